"""V10: the same seed gives the same bits, however it is run; what a lever does not touch does not move."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from labsim.model.simulate import simulate, simulate_many, start
from labsim.model.state import Activity
from labsim.model.trajectory import Trajectory
from labsim.population.rearrange import relabel, with_newcomer
from labsim.population.synthesis import synthesise
from labsim.scenario.levers import LEVERS
from labsim.scenario.modules.register import MODULE_OF_LEVER
from labsim.scenario.phases import Phase
from labsim.scenario.scenario import Scenario, community_values

SMALL = Scenario(
    horizon=728, burn_in=91, community={"residents": 200, "blocks": 10, "items": 150, "panel": 40},
    levers={
        "supervisors": 10, "points_earning": 1, "points_redemption": 1, "points_fund": 3000, "points_topup": 100,
        "handlers": 1,
    },
    world={
        "alpha_volunteer_older": -2.0, "alpha_app_young": -1.0, "fault_rate": 2e-3, "report_bias": 0.5,
        "work_days": 2.0,
    },
)  # fmt: skip
CASES = ("item_id", "opened", "onset", "detector", "reporter", "hops", "queued", "started", "closed", "attempts")


def same(a: np.ndarray, b: np.ndarray) -> bool:
    """Return whether two record arrays hold the same bits."""
    return all(a[name].tobytes() == b[name].tobytes() for name in a.dtype.names or ())


def test_v10_same_seed_same_bits_other_seed_other_bits():
    once, again, other = simulate(SMALL, 5), simulate(SMALL, 5), simulate(SMALL, 6)
    assert once.digest() == again.digest()
    assert once.digest() != other.digest()


def test_v10_a_digest_notices_one_bit():
    table = simulate(SMALL, 5)
    before = table.digest()
    table.residents["efficacy"][17] = np.nextafter(table.residents["efficacy"][17], 2.0)
    assert table.digest() != before


@pytest.mark.parametrize("steps", [1, 7, 100])
def test_v10_step_by_step_and_looking_change_nothing(steps: int):
    run = start(SMALL, 5)
    while run.day < SMALL.horizon:
        run.advance(min(run.day + steps, SMALL.horizon))
        if run.day % 3 == 0:
            run.trajectory()
    assert run.trajectory().digest() == simulate(SMALL, 5).digest()


def test_v10_threads_and_the_order_of_a_batch_change_nothing():
    seeds = [3, 1, 4, 15, 9]
    alone = [simulate(SMALL, seed).digest() for seed in seeds]
    for threads in (1, 2, 5):
        assert [t.digest() for t in simulate_many(SMALL, seeds, threads=threads)] == alone
    backwards = simulate_many(SMALL, seeds[::-1], threads=3)
    assert [t.digest() for t in backwards] == alone[::-1]
    # Two scenarios at the same time share nothing but luck.
    other = SMALL.with_levers(handlers=1)
    with ThreadPoolExecutor(4) as pool:
        mixed = list(pool.map(lambda s: simulate(s, 3).digest(), [SMALL, other] * 3))
    assert mixed == [alone[0], simulate(other, 3).digest()] * 3


def test_v10_another_process_gives_the_same_bits(root):
    program = (
        "from tests.verification.test_v10 import SMALL; from labsim.model.simulate import simulate; "
        "print(simulate(SMALL, 5).digest())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=root, check=True)
    assert done.stdout.strip() == simulate(SMALL, 5).digest()


# Levers of extension modules have such tests of their own, with their module on.
LATE = [name for name in LEVERS if name not in ("care_share", "culture_share", *MODULE_OF_LEVER)]


@pytest.mark.parametrize("lever", LATE)
def test_v10_a_lever_from_day_365_leaves_the_days_before(lever: str):
    quantity = LEVERS[lever]
    value = quantity.high if SMALL.levers.get(lever, quantity.default) != quantity.high else quantity.low
    before, after = simulate(SMALL, 2), simulate(SMALL.with_phases(Phase(lever=lever, value=value, start=365)), 2)
    day = SMALL.burn_in + 365
    assert same(before.daily[:day], after.daily[:day])
    assert same(before.groups[: 365 // 28], after.groups[: 365 // 28])
    ended = before.cases[before.cases["closed"] < 365]
    known = after.cases[after.cases["closed"] < 365]
    assert all(ended[name].tobytes() == known[name].tobytes() for name in CASES)


def test_v10_some_late_lever_does_something():
    """Else the test above would hold for a model that ignores levers."""
    plain = simulate(SMALL, 2).digest()
    silent = [
        lever
        for lever in LATE
        if simulate(
            SMALL.with_phases(
                Phase(
                    lever=lever, start=365,
                    value=LEVERS[lever].high
                    if SMALL.levers.get(lever, LEVERS[lever].default) != LEVERS[lever].high
                    else LEVERS[lever].low,
                )
            ),
            2,
        ).digest()
        == plain
    ]  # fmt: skip
    # Terms of co-funding mean nothing while no project is offered; the start-up fund comes once.
    assert [n for n in silent if not n.startswith(("cofunding_", "match_")) and n != "points_fund"] == []


def test_v10_points_leave_faults_visits_and_work_alone():
    none = SMALL.with_levers(points_earning=0, points_redemption=0)
    with_points, without = simulate(SMALL, 4), simulate(none, 4)
    assert same(with_points.cases, without.cases)
    for name in ("onsets", "recurrences", "visits", "item_visits", "reports", "closed", "case_hours", "quits", "speed"):
        assert with_points.daily[name].tobytes() == without.daily[name].tobytes()
    # Nor the decisions that nobody rewards.
    for activity in ("app", "meeting", "patrol"):
        assert (with_points.daily[f"act_{activity}"] == without.daily[f"act_{activity}"]).all()
    assert with_points.daily["act_sort"].sum() > without.daily["act_sort"].sum()


def test_v10_repair_money_leaves_the_base_faults_alone():
    """Policies that change states still share the arrivals that fall on items in order under both."""
    rich, poor = simulate(SMALL, 4), simulate(SMALL.with_levers(repair_budget=0, verification=1, handlers=6), 4)
    onsets = [set(zip(t.cases["item_id"], t.cases["onset"], strict=True)) for t in (rich, poor)]
    assert not same(rich.cases, poor.cases)
    assert len(onsets[0] & onsets[1]) > 0.3 * min(map(len, onsets))
    assert (rich.daily["visits"] == poor.daily["visits"]).all()


def by_id(table: Trajectory) -> np.ndarray:
    return np.sort(table.residents, order="id")


def test_relabelled_rows_permute_the_results_only():
    population = synthesise(community_values(SMALL), 7)
    permuted = relabel(population, np.random.default_rng(1).permutation(200))
    a, b = simulate(SMALL, 7, population=population), simulate(SMALL, 7, population=permuted)
    assert (a.residents["id"] != b.residents["id"]).any()
    assert same(a.daily, b.daily)
    assert same(a.groups, b.groups)
    assert same(a.cases, b.cases)
    assert same(by_id(a), by_id(b))


def test_an_unconnected_newcomer_changes_nobody_elses_luck():
    """Without a shared pot nobody notices: acts, beliefs and cases are the same, bit by bit."""
    scenario = SMALL.with_levers(points_earning=0, points_redemption=0)
    population = synthesise(community_values(scenario), 7)
    a = simulate(scenario, 7, population=population)
    b = simulate(scenario, 7, population=with_newcomer(population, 7))
    assert len(b.residents) == len(a.residents) + 1
    assert same(a.cases, b.cases)
    names = ["id", "efficacy", "credibility", "crowding"] + [
        f"{what}_{activity.name.lower()}" for what in ("habit", "acts") for activity in Activity
    ]
    assert all(a.residents[name].tobytes() == b.residents[name][:-1].tobytes() for name in names)


def test_a_longer_horizon_or_more_handlers_later_change_no_day_before():
    longer = simulate(SMALL.changed(horizon=756), 3)
    assert same(longer.daily[: 91 + 728], simulate(SMALL, 3).daily)


def per_head(scenario: Scenario, factor: float) -> Scenario:
    """Return the scenario with everything that counts heads multiplied."""
    community, levers = community_values(scenario), {**LEVERS.defaults(), **scenario.levers}
    for name in ("residents", "blocks", "items", "panel"):
        community[name] *= factor
    for name in (
        "supervisors", "points_fund", "points_topup", "handlers", "repair_budget", "service_budget", "staff",
        "cofunding_cost",
    ):  # fmt: skip
        levers[name] *= factor
    # A visit to half the items is received by half the staff.
    world = {**scenario.world, "base_load": 78.0 * factor, "visit_hours": 30.0 * factor}
    return scenario.changed(community=community, levers=levers, world=world)


def test_half_the_community_with_half_the_means_has_the_same_shares():
    """Scaling: key figures per head agree within four standard errors of their difference.

    Loads are light, because twice the handlers with twice the cases wait less (Erlang).
    """
    whole = Scenario(
        horizon=364, burn_in=182,
        community={"residents": 800, "blocks": 16, "items": 800, "panel": 80},
        levers={"handlers": 12, "staff": 12, "supervisors": 8, "repair_budget": 400_000, "inspection_frequency": 8},
        world={"cost_capital": 1000.0, "work_days": 0.2},
    )  # fmt: skip
    half = per_head(whole, 0.5)

    def figures(scenario: Scenario, seed: int) -> list[float]:
        daily, n = simulate(scenario, seed).programme, community_values(scenario)["residents"]
        return [
            daily["act_sort"].sum() / daily["due_sort"].sum(),
            daily["act_meeting"].sum() / daily["due_meeting"].sum(),
            daily["act_patrol"].sum() / daily["due_patrol"].sum(),
            daily["mean_efficacy"][-1],
            daily["opened"].sum() / n,
            daily["found_resident"].sum() / daily["opened"].sum(),
            daily["latent"].mean() / n,
            daily["duplicate_item_visits"].sum() / daily["item_visits"].sum(),
            daily["handling_days"].sum() / daily["closed"].sum(),
            daily["load"].mean(),
        ]

    a, b = (np.array([figures(s, seed) for seed in range(40)]) for s in (whole, half))
    error = np.sqrt(a.var(axis=0, ddof=1) / len(a) + b.var(axis=0, ddof=1) / len(b))
    assert np.abs((a - b).mean(axis=0) / error).max() < 4
    # Four standard errors must be small enough to say something.
    assert (4 * error / np.abs(a.mean(axis=0)) < 0.25).all()


def test_the_population_of_a_seed_can_be_handed_in():
    population = synthesise(community_values(SMALL), 8)
    assert simulate(SMALL, 8, population=population).digest() == simulate(SMALL, 8).digest()
    fewer = replace(population, departments=2)
    assert simulate(SMALL, 8, population=fewer).digest() != simulate(SMALL, 8).digest()
