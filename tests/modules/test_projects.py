"""Projects and funds: closed forms, conservation, three engines, instruments, a story, and off means off."""

import math
from typing import Any

import numpy as np
import pytest

from labsim.behaviour import projects as rules
from labsim.foundations.arithmetic import logistic, normal_cdf
from labsim.foundations.paths import resource
from labsim.model.modules.projects_state import KINDS, PROJECTS_DAILY, Kind
from labsim.model.simulate import Run, simulate, simulate_many, start
from labsim.model.state import PERIOD, YEAR
from labsim.model.trajectory import ConservationError, Trajectory
from labsim.population.residents import ItemClass
from labsim.results.catalogue import MODULE_INDICATORS
from labsim.results.indicators import measure
from labsim.scenario.files import load
from labsim.scenario.instruments import instrument
from labsim.scenario.modules.projects import LEVERS_PROJECTS, WORLD_PROJECTS
from labsim.scenario.scenario import Scenario
from tests.modules import projects_drawn as drawn
from tests.modules.engines import idle, same_bits

OFF = Scenario(horizon=364, burn_in=28)
ON = OFF.with_community(module_projects=1)
# Ten households of one in each of 60 blocks; nothing breaks and nobody deliberates: beliefs stay where they are.
STILL = ON.with_community(residents=600, blocks=60, household_size=1, items=0, panel=0, registered_share=0)
STILL = STILL.with_world(contact_influence=0, benefit_weight=0, price_weight=0, efficacy_start=0.5, efficacy_weight=1)
STILL = STILL.changed(horizon=112, burn_in=0)
COLUMNS = PROJECTS_DAILY.names or ()
INSTRUMENTS = (
    "lift_retrofit", "livelihood_project_vote", "parking_spaces", "barrier_free_conversion", "crowdfunded_renovation",
    "matched_crowdfunding", "secretary_projects",
)  # fmt: skip


def records(run: Trajectory) -> np.ndarray:
    return run.modules["projects"]


def total(runs: list[Trajectory], *columns: str) -> float:
    return float(sum(records(run)[column].sum() for run in runs for column in columns))


def core(run: Trajectory) -> list[bytes]:
    return [table.tobytes() for table in (run.daily, run.groups, run.cases, run.residents)]


# -- closed forms of the rules ------------------------------------------------------------------


def test_needs():
    assert rules.worn(0.2, 3.0, 10.0) == pytest.approx(0.5)
    assert rules.worn(0.9, 3.0, 10.0) == 1.0
    assert rules.relieved(0.8, 0.2) == pytest.approx(0.75)
    assert rules.relieved(0.2, 0.8) == rules.relieved(0.0, 0.0) == 0.0
    assert rules.way_out(False, True, 1.0, 2.0, 1.5) == 0.0
    assert rules.way_out(True, True, 0.5, 2.0, 1.5) == pytest.approx(2.75)
    assert rules.way_out(True, False, 0.0, 2.0, 1.5) == 0.0


@pytest.mark.parametrize(("own", "payers"), [(384600, 11), (1, 3), (0, 4), (600000, 156), (999, 1000)])
def test_the_price_covers_the_residents_part_and_not_a_fen_more_each(own: int, payers: int):
    price = rules.price_of(own, payers)
    assert own <= price * payers < own + payers


@pytest.mark.parametrize(("homes", "quorum", "needed"), [(15, 2 / 3, 10), (16, 2 / 3, 11), (1, 0.1, 1), (10, 1.0, 10)])
def test_as_many_households_as_the_quorum_says(homes: int, quorum: float, needed: int):
    assert rules.needed_households(homes, quorum) == needed


def test_paying_at_500_yuan_is_joining_in_the_core_and_money_counts_by_its_logarithm():
    assert rules.paying_probability(-0.5, 0.3, 0.2, 0.0, 0.6, 50000) == pytest.approx(1 / (1 + math.exp(0.0)))
    dear = rules.paying_probability(0.0, 0.0, 0.0, 0.0, 0.6, 500000)
    assert dear / (1 - dear) == pytest.approx(10**-0.6)
    assert rules.paying_probability(0.0, 0.0, 0.0, 0.0, 4.0, 0) == 0.5


def test_votes_proposals_and_work():
    assert rules.approval_probability(0.5, -0.2, 1.0, False, 0.4) == pytest.approx(logistic(0.7))
    assert rules.approval_probability(0.5, -0.2, 1.0, True, 0.4) == pytest.approx(logistic(1.3))
    assert rules.proposing_probability(0.3, 0.2, 3.0, 0.9) == 0.0
    assert rules.left_over(4, 1000) == 600
    assert rules.left_over(10, 1000) == 0
    assert rules.proposing_probability(0.3, 1.0, 3.0, 0.5) == pytest.approx(1 - math.exp(-0.3))
    assert rules.preference(2.0, 4.0, 1.0, 0.9) == 0.5
    assert rules.preference(2.0, 0.0, 0.0, 0.9) == 0.9
    assert rules.misread_probability(0.23, 0.5, 0.7) == pytest.approx(0.23 * 0.65)
    assert rules.is_reached(True, True, 0.0, 0.5)
    assert not rules.is_reached(False, True, 0.3, 0.5)
    assert np.mean([rules.work_time(40.0, (k + 0.5) / 100) for k in range(100)]) == pytest.approx(40.0)


# -- closed forms of the mechanisms -------------------------------------------------------------

EVERYBODY_PAYS = {"alpha_fund": 6.0, "policy_error": 0, "conflict_rate": 0, "old_blocks": 1, "lift_cost": 500}


@pytest.mark.parametrize(
    ("levers", "mean", "variance"),
    [({}, 4 * 6 + 20, 4 * 36), ({"approval_cut": 0.5}, 4 * 3 + 20, 4 * 9), ({"joint_decision": 1}, 6 + 20, 36)],
    ids=["one office after the other", "each in half the time", "one meeting"],
)
def test_a_lift_takes_its_permits_and_its_building(levers: dict[str, float], mean: float, variance: float):
    """Money comes together at once; then n approvals Exp(6) and a building time uniform on 15-25 days."""
    world = EVERYBODY_PAYS | {"permit_days": 6, "lift_permits": 4, "lift_days": 20, "consent_quorum": 0.5}
    scenario = STILL.changed(horizon=364).with_levers(lift_projects=60, **levers).with_world(**world)
    runs = simulate_many(scenario, range(4))
    done, days = total(runs, "lifts"), total(runs, "lift_days")
    assert done > 150
    error = math.sqrt((variance + 100 / 12) / done)
    # Runs end: a lift that takes longer than the rest of the run is not counted, which shortens the mean a little.
    assert days / done == pytest.approx(mean, abs=4 * error + 0.02 * mean)


def test_households_join_as_the_logit_says_and_the_provision_point_is_a_binomial_tail():
    """One round, beliefs at one half: Bin(10, p) pay 500 yuan; seven must, or all is paid back."""
    alpha = 0.5
    chance = logistic(alpha)
    world = {"alpha_fund": alpha, "asking_rounds": 1, "road_cost": 350, "proposal_rate": 1}
    scenario = STILL.changed(horizon=28).with_levers(cofunding=1, match_ratio=0).with_world(**world)
    runs = simulate_many(scenario, range(24))
    asked, joined = total(runs, "asked"), total(runs, "joined")
    assert asked == 10 * total(runs, "proposed") > 3000
    assert joined / asked == pytest.approx(chance, abs=4 * math.sqrt(chance * (1 - chance) / asked))
    tail = sum(math.comb(10, k) * chance**k * (1 - chance) ** (10 - k) for k in range(7, 11))
    decided = total(runs, "agreements", "given_up")
    assert total(runs, "agreements") / decided == pytest.approx(
        tail, abs=4 * math.sqrt(tail * (1 - tail) / decided) + 0.03
    )


def test_money_that_does_not_come_together_goes_back_to_the_fen():
    world = {"alpha_fund": 6, "asking_rounds": 2, "road_cost": 20000, "proposal_rate": 1}
    rows = records(simulate(STILL.with_levers(cofunding=1, match_ratio=5, match_threshold=0.3).with_world(**world), 1))
    assert rows["given_up"].sum() > 10
    assert rows["agreements"].sum() == rows["spent"].sum() == rows["public_in"].sum() == 0
    assert rows["refunded"].sum() > 0
    assert rows["paid_in"].sum() == rows["refunded"].sum() + rows["held"][-1]


def test_a_match_needs_its_own_share_and_stays_within_its_budget():
    """All ten pay 500 of 8,000 yuan: 62.5 % own share, so 3,000 are matched until the budget is used up."""
    world = {"alpha_fund": 6, "road_cost": 800, "proposal_rate": 1, "policy_error": 0}
    scenario = STILL.with_levers(cofunding=1, match_ratio=1, match_threshold=0.6, match_budget=10000).with_world(
        **world
    )
    rows = records(simulate(scenario, 1))
    assert rows["agreements"].sum() == 3  # a fourth match would exceed 10,000 yuan
    assert rows["public_in"].sum() == 3 * 300000
    assert (
        records(simulate(scenario.with_levers(**{**scenario.levers, "match_threshold": 0.7}), 1))["agreements"].sum()
        == 0
    )


def test_misread_policy_shows_at_acceptance_as_often_as_it_should():
    quick = {"permit_days": 1, "small_days": 1, "stepped_blocks": 1, "policy_error": 0.5, "parking_lack": 2}
    for briefed, expected in ((0.0, 0.5), (1.0, 0.5 * 0.3)):
        levers = {"ramp_projects": 100, "parking_spaces": 1000, "policy_briefing": briefed}
        runs = simulate_many(STILL.with_levers(**levers).with_world(**quick), range(6))
        built = total(runs, "built")
        assert built > 200
        error = math.sqrt(expected * (1 - expected) / built)
        assert total(runs, "reworks") / built == pytest.approx(expected, abs=4 * error)


def test_suggestions_follow_reach_and_the_pass_rate_follows_the_spread_of_plans():
    """Need has no weight and one half is needed: a plan passes when bias + plan > 0, chance Phi(bias / spread)."""
    world = {"suggestion_bias": -1.0, "offline_reach": 0.4, "approval_need": 0, "approval_bias": 0.8, "plan_spread": 1}
    levers = {"project_votes": 12, "ballot_projects": 30}
    runs = simulate_many(STILL.with_levers(**levers).with_world(**world, turnout_bias=6), range(8))
    first = [int(records(run)["suggestions"][:PERIOD].sum()) for run in runs]
    chance = 0.4 * logistic(-1.0)
    assert np.mean(first) == pytest.approx(600 * chance, abs=4 * math.sqrt(600 * chance * (1 - chance) / 8))
    voted = total(runs, "on_ballot")
    assert voted > 300
    expected = normal_cdf(0.8)
    # About 230 vote, so that plans near one half are decided by luck; that is even on both sides.
    error = 4 * math.sqrt(expected * (1 - expected) / voted)
    assert total(runs, "passed") / voted == pytest.approx(expected, abs=error + 0.02)


def test_unclear_duties_pass_a_renovation_on_once_to_three_times():
    world: dict[str, float] = {"alpha_fund": 6, "road_cost": 100, "proposal_rate": 1, "permit_days": 5, "road_days": 1}
    world["unclear_duties"] = 0.45
    runs = simulate_many(STILL.with_levers(cofunding=1).with_world(**world), range(6))
    delays, done = total(runs, "delays"), total(runs, "roads")
    assert done > 200
    assert delays / done == pytest.approx(0.45, abs=0.08)
    assert total(runs, "delay_days") / delays == pytest.approx(2 * 5, abs=4 * 8.2 / math.sqrt(delays) + 0.5)
    clear = STILL.with_community(**{**STILL.community, "module_coordination": 1}).with_levers(
        cofunding=1, responsibility_list=1
    )
    assert total([simulate(clear.with_world(**world), 1)], "delays") == 0


def test_a_renovated_road_takes_its_share_of_facility_faults_away():
    """All roads as new from the start, and they last: of facility faults the share of worn roads is gone."""
    scenario = ON.with_community(residents=120, blocks=6, items=400, facility_share=1, capital_share=0)
    scenario = scenario.with_world(fault_rate=2e-3, wear_faults=0.6, project_life=30).changed(horizon=364, burn_in=0)
    averted = arrivals = 0
    for seed in range(3):
        run = start(scenario, seed).advance(1)
        module = run.state.modules.projects
        module.slots["level"][Kind.ROAD :: KINDS] = 0.0
        module.books["relieved"] = 1
        run.advance()
        rows = records(run.trajectory())
        averted += int(rows["averted"].sum())
        arrivals += int(run.state.items.faults.sum())
    # Wear comes back by a thirtieth a year of what it was: relief falls from 1 by less than a tenth on average.
    share = averted / arrivals
    assert 0.6 * 0.8 < share < 0.6 + 4 * math.sqrt(0.24 / arrivals)


def first_day(scenario: Scenario, seed: int = 1) -> Run:
    return start(scenario, seed).advance(1 - scenario.burn_in)


def test_barriers_of_the_first_day_are_what_the_core_stands_for():
    run = first_day(ON)
    people, residents = run.state.people, run.setup.residents
    limited = run.state.modules.projects.people["limited"]
    for age, share in ((0, 0.04), (1, 0.04), (2, 0.3)):
        same = residents.age == age
        assert np.exp(-people.barrier[same]).mean() == pytest.approx(1.0, abs=1e-6)
        many = int(same.sum())
        assert limited[same].mean() == pytest.approx(share, abs=4 * math.sqrt(share * (1 - share) / many))
    assert people.barrier.max() > 1.0 > 0.0 > people.barrier.min()


def test_a_ramp_takes_the_steps_of_its_block_away_and_of_no_other():
    scenario = STILL.with_levers(ramp_projects=4).with_world(
        permit_days=1, small_days=1, entrance_barrier=2, stairs_barrier=0, limited_others=0.5, policy_error=0
    )
    before, after = first_day(scenario), start(scenario, 1).advance()
    levels = after.state.modules.projects.slots["level"][Kind.RAMP :: KINDS]
    first = before.state.modules.projects.slots["level"][Kind.RAMP :: KINDS]
    changed = np.flatnonzero(first != levels)
    assert len(changed) == records(after.trajectory())["ramps"].sum() > 0
    gain = before.state.people.barrier - after.state.people.barrier
    limited = before.state.modules.projects.people["limited"] == 1
    freed = np.isin(before.setup.residents.block, changed) & limited
    assert gain[freed] == pytest.approx(2.0)
    assert (gain[~freed] == 0.0).all()


# -- books --------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", range(drawn.MANY))
def test_records_balance(number: int):
    """The laws 26-28 hold on every day, or the run would have stopped; the records say the same."""
    run = start(drawn.draw(number), drawn.SEED).advance()
    rows = records(run.trajectory())
    ended = np.cumsum(rows["voted_down"] + rows["given_up"] + rows["done"])
    assert (np.cumsum(rows["proposed"]) == ended + rows["under_way"]).all()
    money_in = np.cumsum(rows["public_in"] + rows["social_in"] + rows["paid_in"])
    assert (money_in == np.cumsum(rows["spent"] + rows["refunded"]) + rows["held"]).all()
    assert rows["lifts"].sum() + rows["ramps"].sum() + rows["roads"].sum() + rows["gardens"].sum() <= rows["done"].sum()
    assert (rows["conflicts"] == rows["settled"] + rows["petitions"]).all()
    assert (rows["joined"] <= rows["asked"]).all()
    assert (rows["yes"] <= rows["votes"]).all()
    slots = run.state.modules.projects.slots
    assert ((slots["level"] >= 0.0) & (slots["level"] <= 1.0)).all()
    assert (slots["lacking"] >= 0).all()
    assert run.trajectory().daily["project_raised"].sum() == 0  # the core's offers are the module's now


@pytest.mark.parametrize(("column", "law"), [("proposed", "projects proposed"), ("pot", "project money in")])
def test_a_broken_law_stops_the_run(column: str, law: str):
    run = start(drawn.draw(0), 1).advance(20)
    run.state.modules.projects.books[column] += 1
    with pytest.raises(ConservationError, match=law):
        run.advance()


# -- engines, off, the past ---------------------------------------------------------------------


def test_three_engines_give_the_same_bits():
    assert idle(same_bits(drawn), "projects", least=2) == []


def test_switched_off_its_levers_and_parameters_change_nothing():
    levers = {lever.name: lever.high if lever.default == lever.low else lever.low for lever in LEVERS_PROJECTS}
    small = OFF.with_community(residents=100, blocks=4, items=100, panel=5).changed(horizon=84)
    moved = simulate(small.with_levers(**levers).with_world(entrance_barrier=5, policy_error=0.9), 1)
    assert moved.digest() == simulate(small, 1).digest()
    assert moved.modules == {}


def test_without_barriers_and_projects_the_core_runs_bit_for_bit():
    small = OFF.with_community(residents=200, blocks=8, items=200, panel=10).with_world(
        entrance_barrier=0, stairs_barrier=0, fault_rate=2e-3
    )
    on, off = simulate(small.with_community(**{**small.community, "module_projects": 1}), 1), simulate(small, 1)
    assert core(on) == core(off)
    assert on.digest() != off.digest()  # it has records of its own


def test_barriers_hardly_move_what_the_core_was_fitted_to():
    seeds = range(4)
    pairs = list(zip(simulate_many(OFF, seeds), simulate_many(ON, seeds), strict=True))
    for name, most in (("participation_offline_12m", 0.02), ("satisfaction_share", 0.01), ("fix_rate_official", 0.01)):
        change = np.mean([measure(b, name) - measure(a, name) for a, b in pairs])
        assert abs(change) < most, name


# -- instruments --------------------------------------------------------------------------------

START = 56
# Projects as declared: a refit must not decide whether a lift is ready in time.
LONG = ON.changed(horizon=616).with_world(**{q.name: q.default for q in WORLD_PROJECTS})


@pytest.fixture(scope="module")
def without() -> list[Trajectory]:
    return simulate_many(LONG, range(6))


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_an_instrument_keeps_its_promises_and_changes_nothing_before_it_starts(name: str, without: list[Trajectory]):
    runs = simulate_many(LONG.with_instruments(name, start=START), range(6))
    row = LONG.burn_in + START
    for a, b in zip(without, runs, strict=True):
        assert a.daily[:row].tobytes() == b.daily[:row].tobytes()
        assert records(a)[:row].tobytes() == records(b)[:row].tobytes()
        assert records(a)[row:].tobytes() != records(b)[row:].tobytes()
    own = {one.name for one in MODULE_INDICATORS["projects"]}
    kept = {}
    for claim in instrument(name).claims:
        pairs = zip(without, runs, strict=True)
        window: Any = (START, LONG.horizon)
        change = np.array([measure(b, claim.indicator, window) - measure(a, claim.indicator, window) for a, b in pairs])
        change = np.where(np.isnan(change), 0.0, change)  # what the instrument itself creates has no value without it
        error = change.std(ddof=1) / math.sqrt(len(change))
        kept[claim.indicator] = bool((change.mean() if claim.direction == "up" else -change.mean()) > 3 * error)
    assert all(kept[indicator] for indicator in own & set(kept)), kept
    assert any(kept.values())


# -- a story ------------------------------------------------------------------------------------


def test_a_lift_breaks_on_fifty_thousand_a_year_and_waits_for_its_money():
    story = load(resource("scenarios", "lift_and_fifty_thousand.toml"))
    poor = simulate_many(story, range(8))
    rich = simulate_many(story.with_levers(**{**story.levers, "repair_budget": 100000}), range(8))

    def waits(runs: list[Trajectory]) -> list[float]:
        """Days from the queue to the first work of capital cases, up to the end of the run where there was none."""
        found = []
        for run in runs:
            cases = run.cases[(run.cases["item_class"] == ItemClass.CAPITAL) & (run.cases["onset"] >= PERIOD)]
            cases = cases[~np.isnan(cases["queued"])]
            found += list(np.where(np.isnan(cases["started"]), run.horizon, cases["started"]) - cases["queued"])
        return found

    assert len(waits(poor)) >= 8
    assert np.mean(waits(poor)) > np.mean(waits(rich)) + 14
    assert np.mean(waits(poor)) > 60  # about a quarter: fire_rectification_delay_months
    # What is cheap passes by: others wait for money rarely.
    for run in poor:
        cheap = run.cases[(run.cases["item_class"] != ItemClass.CAPITAL) & ~np.isnan(run.cases["started"])]
        assert np.median(cheap["started"] - cheap["queued"]) < 14
    assert all(
        run.daily["repair_spent"][run.burn_in :].sum() <= 100 * 50000 * (run.horizon + 182) / YEAR for run in poor
    )
