"""Staff, services, co-funding and the points scheme against closed forms."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import LinearConstraint, minimize
from scipy.special import expit
from scipy.stats import binom

from labsim.model.parts import ALWAYS_ACTS, Alone, Place, start_alone
from labsim.model.parts_resources import (
    CofundingAlone,
    ServicesAlone,
    StaffAlone,
    cofunding,
    optimal_shares,
    services,
    staff,
)

AGES = ("young", "middle", "older")


def vacant_share(hazard: float, days: float) -> float:
    """Return h tau / (1 + h tau), with whole days: a post is vacant for the days that its vacancy touches."""
    quits = 1 - np.exp(-hazard / 364)
    vacant = 1 / (1 - np.exp(-1 / days))
    return float(vacant / (vacant + 1 / quits))


@pytest.mark.parametrize(("hazard", "days"), [(0.08, 60.0), (1.0, 60.0), (4.0, 30.0)])
def test_vacancy_is_an_alternating_renewal(hazard: float, days: float):
    part = StaffAlone(posts=400, quit_rate=hazard, vacancy_days=days, days=3640, burn_in=728)
    shares = np.array([staff(part, seed).vacant_share for seed in range(6)])
    expected = vacant_share(hazard, days)
    textbook = hazard / 364 * days / (1 + hazard / 364 * days)
    assert expected == pytest.approx(textbook, rel=0.02)  # days instead of instants
    assert shares.mean() == pytest.approx(expected, abs=4 * shares.std(ddof=1) / np.sqrt(len(shares)))


def test_quits_are_poisson_in_the_hazard():
    """Load above 1 and the pay gap multiply the hazard: exp(eta_rho (rho - 1) + eta_w gap)."""
    hours = 8 * 5 / 7
    part = StaffAlone(
        posts=200, quit_rate=0.1, vacancy_days=1e-6, base_load=1.3 * 200 * hours, quit_load=2.0, pay_gap=0.15,
        quit_pay=3.0, days=3640, burn_in=56,
    )  # fmt: skip
    result = staff(part, seed=1)
    hazard = 0.1 * np.exp(2.0 * 0.3 + 3.0 * 0.15)
    # A post that is left in the evening is filled in the morning after: no day is lost, hardly any load either.
    expected = part.posts * (1 - np.exp(-hazard / 364)) * 3640
    assert result.quits.sum() == pytest.approx(expected, abs=4 * np.sqrt(expected) + 0.02 * expected)
    assert result.load.mean() == pytest.approx(1.3, rel=0.005)


def test_nobody_quits_without_a_hazard_and_load_below_one_does_not_count():
    assert staff(StaffAlone(quit_rate=0.0)).quits.sum() == 0
    light = StaffAlone(posts=100, quit_rate=1.0, quit_load=5.0, base_load=100.0, vacancy_days=1.0)
    assert (staff(light, 3).quits == staff(replace(light, quit_load=0.0), 3).quits).all()


@pytest.mark.parametrize("base_load", [0.0, 12 * 40 / 7, 13 * 40 / 7, 1000.0])
def test_speed_is_what_stretched_time_leaves(base_load: float):
    """phi = clip((1.5 K - A) / (c h), .15, 1), equation (15), with one handler."""
    result = staff(StaffAlone(posts=9, quit_rate=0.0, base_load=base_load, days=56))
    hours = 40 / 7
    assert result.speed == pytest.approx(np.clip((1.5 * 9 * hours - base_load) / hours, 0.15, 1.0))
    assert result.load == pytest.approx(min(base_load / (9 * hours), 5.0))


def coverage(part: ServicesAlone, shares: np.ndarray, extra: float = 0.0) -> np.ndarray:
    need = np.array(part.residents, float) * part.need_cost
    return 1 - np.exp(-part.saturation * shares * (part.budget + extra) / need)


@pytest.mark.parametrize("budget", [0.0, 20_000.0, 400_000.0])
@pytest.mark.parametrize("demand_weight", [0.0, 0.4, 1.0])
def test_coverage_saturates(budget: float, demand_weight: float):
    """cov = 1 - exp(-kappa x), equation (17); shares from habit to measured need."""
    part = ServicesAlone((100, 300, 200), budget=budget, demand_weight=demand_weight)
    habit, need = np.array([0.2, 0.3, 0.5]), np.array([1, 3, 2]) / 6
    shares = (1 - demand_weight) * habit + demand_weight * need
    assert services(part) == pytest.approx(coverage(part, shares), abs=1e-12)


def test_service_index_weighs_needs():
    part = ServicesAlone((50, 100, 150), need_care=(0.2, 0.4, 0.6), need_culture=(0.5, 0.1, 0.2))
    table = np.array([part.need_care, part.need_culture, 1 - np.array(part.need_care) - part.need_culture])
    needs = table @ np.array(part.residents) * part.need_cost
    covered = 1 - np.exp(-part.saturation * np.array([0.2, 0.3, 0.5]) * part.budget / needs)
    assert services(part) == pytest.approx(table.T @ covered, abs=1e-12)


def test_volunteers_count_at_their_value():
    """Everybody once a week: a year of acts is 52 a head."""
    part = ServicesAlone((70, 70, 70), budget=10_000.0, volunteer_value=3.0)
    assert services(part) == pytest.approx(coverage(part, np.array([0.2, 0.3, 0.5]), 210 * 52 * 3.0), abs=1e-12)


def test_the_optimum_is_water_filling():
    effect, weight = np.array([1.0, 2.0, 0.5, 4.0]), np.array([3.0, 1.0, 0.2, 0.05])
    for supply in (0.1, 1.0, 5.0, 50.0):
        best = optimal_shares(supply, effect, weight)
        assert best.sum() == pytest.approx(supply)
        assert (best >= 0).all()

        def loss(x: np.ndarray) -> float:
            return -float((weight * (1 - np.exp(-effect * x))).sum())

        everything = LinearConstraint(np.ones(4), supply, supply)
        found = minimize(loss, np.full(4, supply / 4), bounds=[(0, None)] * 4, constraints=everything, tol=1e-12)
        assert loss(best) <= found.fun + 1e-9
        marginal = weight * effect * np.exp(-effect * best)
        assert marginal[best > 0] == pytest.approx(np.full((best > 0).sum(), marginal.max()))


def test_no_split_of_the_budget_beats_the_optimum_in_the_model():
    part = ServicesAlone((60, 240, 100), budget=30_000.0)
    need = np.array(part.residents, float) * part.need_cost
    best = optimal_shares(part.budget, part.saturation / need, np.array(part.residents, float)) / part.budget

    def served(care: float, culture: float) -> float:
        return float(services(replace(part, care_share=care, culture_share=culture)) @ np.array(part.residents))

    top = served(best[0], best[1])
    for care, culture in ((0.0, 0.0), (0.05, -0.05), (-0.05, 0.05), (0.05, 0.0), (0.0, 0.05), (-0.1, -0.1)):
        assert served(best[0] + care, best[1] + culture) <= top + 1e-9
    assert served(0.60, 0.15) < top


@pytest.mark.parametrize(("ratio", "threshold"), [(0.0, 0.3), (1.0, 0.3), (1.0, 0.62), (0.25, 0.0), (3.0, 0.9)])
def test_a_provision_point_is_a_binomial_tail(ratio: float, threshold: float):
    """Goes if contributions and match reach the cost; matched only above the own share, up to the gap."""
    part = CofundingAlone(
        households=60, alpha=0.2, contribution=500.0, cost=30_000.0 * 0.55, match_ratio=ratio,
        match_threshold=threshold, offers=400,
    )  # fmt: skip
    joined = np.arange(61)
    raised = joined * 500.0
    match = np.where(raised >= threshold * part.cost, np.minimum(ratio * raised, np.maximum(part.cost - raised, 0)), 0)
    goes = raised + match >= part.cost
    chance = binom.pmf(joined, 60, expit(0.2))[goes].sum()
    result = cofunding(part, seed=2)
    assert result.built.mean() == pytest.approx(chance, abs=4 * np.sqrt(chance * (1 - chance) / 400) + 1e-9)
    number = np.rint(result.raised / 500).astype(int)
    assert number.mean() == pytest.approx(60 * expit(0.2), abs=4 * np.sqrt(60 * 0.25 / 400))
    assert (result.built == goes[number]).all()
    assert result.matched == pytest.approx(np.where(result.built, match[number], 0.0))
    # Refund rule of Bagnoli & Lipman 1989: all of it when it fails, what is left over when it goes.
    left = raised[number] + match[number] - part.cost
    assert result.refunded == pytest.approx(np.where(result.built, left, raised[number]))


def test_joining_is_contagious_with_contacts():
    """In a complete network above the critical influence, offers end high or low by where they start."""
    part = CofundingAlone(households=4000, alpha=-3.5, contact_influence=6.0, network="complete", offers=30)
    share = cofunding(part, 1).raised[-1] / 500 / 4000
    assert share == pytest.approx(0.03616, abs=4 * np.sqrt(0.035 / 4000) * 1.5)


def points(levers: dict[str, float], world: dict[str, float], weeks: int, residents: int = 70):
    plain = {f"alpha_sort_{age}": ALWAYS_ACTS for age in AGES} | {"redemption_rate": 1.0, "redemption_threshold": 20.0}
    switched = {"points_earning": 1.0, "points_redemption": 1.0, "points_sort": 10.0}
    return start_alone(Alone(Place(residents), plain | world, switched | levers, days=7 * weeks), 1)


def test_points_are_redeemed_in_multiples_while_the_pot_lasts():
    """Everybody earns 10 a week and redeems 20 every other week: 70 people, 1,000 yuan, 50 redemptions."""
    run = points({"points_fund": 1000.0}, {"credibility_rate": 0.2, "credibility_start": 0.8}, 10).advance()
    daily = run.trajectory().programme
    assert daily["points_issued"].sum() == 70 * 10 * 10 * 100
    assert daily["points_redeemed"].sum() == 1000 * 100
    assert daily["pot_balance"][-1] == 0
    assert run.state.people.points.sum() == 70 * 10 * 10 * 100 - 1000 * 100
    # Tries: weeks 2, 4, 6, 8, 10 for those who were paid once; each failure is tried again the week after.
    assert daily["redeem_tries"].sum() - daily["redeem_failures"].sum() == 50
    paid = run.state.people.points < 100 * 100
    assert paid.sum() == 50
    never = run.state.people.credibility[~paid]
    assert never == pytest.approx(np.full(20, 0.8 * 0.8**9))  # failed from week 2 to week 10


def test_credibility_rises_while_promises_are_kept():
    run = points({"points_fund": 1e6}, {"credibility_rate": 0.2, "credibility_start": 0.5}, 10).advance()
    assert run.state.people.credibility == pytest.approx(1 - 0.5 * 0.8**5)
    assert run.trajectory().programme["redeem_failures"].sum() == 0


def test_tries_happen_at_their_rate():
    """Points never run out: each week a try with the redemption rate."""
    run = points(
        {"points_fund": 0.0}, {"redemption_rate": 0.3, "redemption_threshold": 10.0}, 40, residents=700
    ).advance()
    tries = run.trajectory().programme["redeem_tries"].sum()
    assert tries == pytest.approx(700 * 40 * 0.3, abs=4 * np.sqrt(700 * 40 * 0.21))


def test_the_scheme_that_stops_earning_still_redeems():
    part = {"points_fund": 1e5}
    run = points(part, {"redemption_rate": 0.2}, 40)
    run.setup.levers.points_earning[140:] = 0.0
    daily = run.advance().trajectory().programme
    assert daily["points_issued"][140:].sum() == 0
    assert daily["points_redeemed"][140:].sum() > 0
    assert daily["points_held"][-1] == run.state.people.points.sum()
    assert (run.state.people.points < 20 * 100).mean() > 0.95
