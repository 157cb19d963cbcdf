"""Coordination: closed forms, conservation, directions, three engines, instruments, and off means off."""

import math
from itertools import combinations, pairwise, permutations

import numpy as np
import pytest

from labsim.behaviour.coordination import (
    all_attend_share,
    attendance_probability,
    connected,
    detection_with_list,
    duplicated_share,
    formality_with_list,
    formats_left,
    load_of,
    occurrences,
    pairs_connected,
    pushed_time,
    round_coverage,
    rounds_possible,
    time_per_item,
    times_passed,
    unclaimed_probability,
    unclear_probability,
)
from labsim.foundations.randomness import Decision, uniform
from labsim.model.mesa.registry import MODULE_AGENTS
from labsim.model.modules.coordination_state import COORDINATION_DAILY
from labsim.model.simulate import simulate, simulate_many
from labsim.model.state import YEAR, Outcome
from labsim.model.trajectory import Trajectory
from labsim.results.indicators import measure
from labsim.scenario.modules.coordination import LEVERS_COORDINATION
from labsim.scenario.scenario import Scenario
from tests.modules import coordination_drawn as drawn
from tests.modules.engines import idle, same_bits

OFF = Scenario(horizon=364, burn_in=56)
ON = OFF.with_community(module_coordination=1)
SMALL = ON.with_community(residents=200, blocks=10, items=300, panel=8).with_world(fault_rate=2e-3)
# Nobody finds anything but the module: no inspections, and residents hardly report.
UNSEEN = SMALL.with_levers(inspection_frequency=0).with_world(notice_rate=0.02, report_bias=-3, efficacy_weight=7)
COLUMNS = COORDINATION_DAILY.names or ()


def records(run: Trajectory) -> np.ndarray:
    return run.modules["coordination"]


def total(runs: list[Trajectory], *columns: str) -> float:
    return float(sum(records(run)[column].sum() for run in runs for column in columns))


# -- closed forms of the rules ------------------------------------------------------------------


@pytest.mark.parametrize(("linked", "departments"), [(0, 8), (1, 8), (2, 8), (5, 8), (8, 8), (12, 8), (3, 2)])
def test_pairs_connected_is_the_share_of_pairs_inside_the_platform(linked: int, departments: int):
    together = connected(float(linked), 50.0, departments)
    inside = [a < together and b < together for a, b in permutations(range(departments), 2)]
    assert pairs_connected(together, departments) == pytest.approx(sum(inside) / len(inside))


def test_being_linked_without_the_standard_is_not_being_connected():
    assert connected(8.0, 0.0, 8) == connected(0.0, 8.0, 8) == 0
    assert connected(6.0, 3.0, 8) == 3
    assert pairs_connected(1, 1) == 0.0


@pytest.mark.parametrize(("attending", "departments"), [(0, 8), (2, 8), (3, 8), (6, 8), (8, 8), (1, 2), (2, 2), (1, 1)])
def test_the_share_of_cases_whose_departments_all_attend_counts_triples(attending: int, departments: int):
    groups = list(combinations(range(departments), min(3, departments)))
    inside = sum(max(group) < attending for group in groups)
    assert all_attend_share(attending, departments) == pytest.approx(inside / len(groups))


@pytest.mark.parametrize("chance", [0.1, 0.65, 0.99])
def test_with_independent_attendance_three_attend_with_the_third_power(chance: float):
    weights = [math.comb(8, m) * chance**m * (1 - chance) ** (8 - m) for m in range(9)]
    mean = sum(weight * all_attend_share(m, 8) for m, weight in enumerate(weights))
    assert mean == pytest.approx(chance**3)


def test_attendance_is_a_logit_and_each_term_pulls_its_way():
    bias = math.log(0.65 / 0.35)
    assert attendance_probability(bias, 0.0, 0.0, 0.0, 0.0) == pytest.approx(0.65)
    assert attendance_probability(bias, 3.0, 0.0, 0.0, 0.0) == pytest.approx(1 / (1 + math.exp(-bias - 3)))
    assert attendance_probability(bias, 0.0, 1.0, 0.0, 0.0) < 0.65 < attendance_probability(bias, 0.0, 0.0, 0.5, 0.0)
    assert attendance_probability(bias, 0.0, 0.0, 0.0, 0.5) > 0.65


@pytest.mark.parametrize(
    ("times", "period"), [(0.0, 28.0), (1.0, 28.0), (4.0, 28.0), (3.0, 364.0), (480.0, 364.0), (2.0, 7.0), (1.5, 1.0)]
)
def test_what_is_evenly_spaced_happens_as_often_as_it_should(times: float, period: float):
    days = [occurrences(day, times, period) for day in range(-364, 728)]
    assert all(sum(days[k : k + 364]) == pytest.approx(times * 364 / period, abs=1) for k in range(0, 728, 91))
    assert sum(days[364:728]) == times * 364 / period
    assert max(days) - min(days) <= 1


def test_formats_fall_with_connected_departments_and_never_rise():
    left = [formats_left(6.0, n, 8) for n in range(9)]
    assert left[:2] == [6.0, 6.0]
    assert left[8] == 1.0
    assert all(a >= b for a, b in pairwise(left))
    assert formats_left(2.0, 2, 50) == 2.0
    assert duplicated_share(0.4, 6.0, 6.0) == 0.4
    assert duplicated_share(0.4, 1.0, 6.0) == 0.0


def test_small_rules():
    assert unclear_probability(0.45, 0.0) == 0.45
    assert unclear_probability(0.45, 1.0) == 0.0
    assert unclaimed_probability(0.45, 0.0, 8, 8) == unclaimed_probability(0.45, 1.0, 0, 8) == 0.45
    assert unclaimed_probability(0.45, 0.6, 4, 8) == pytest.approx(0.315)
    assert unclaimed_probability(0.45, 1.0, 8, 8) == 0.0
    assert {times_passed((k + 0.5) / 30, 3.0) for k in range(30)} == {1, 2, 3}
    assert np.mean([times_passed((k + 0.5) / 300, 5.0) for k in range(300)]) == pytest.approx(3.0)
    assert round_coverage(60, 1, 1500) == pytest.approx(0.04)
    assert round_coverage(60, 30, 1500) == 1.0
    assert round_coverage(60, 1, 0) == 0.0
    assert rounds_possible(6.0, 2.0, 40 / 7) == pytest.approx(20 / 7)
    assert rounds_possible(1.0, 2.0, 40 / 7) == 1.0
    assert time_per_item(100.0, 100.0) == 2.0
    assert detection_with_list(0.3, 0.35, 0.0, 15.0) == 0.3
    assert detection_with_list(0.3, 0.35, 1e9, 15.0) == pytest.approx(0.3 + 0.7 * 0.35)
    assert formality_with_list(0.36, 0.3, 15.0, 15.0) == pytest.approx(0.36 * (1 - 0.3 * (1 - math.exp(-1))))
    assert pushed_time(10.0, 14.0, 0.5) == 12.0
    assert load_of(8.0, 80.0) == 0.1
    assert load_of(8.0, 0.0) == 0.0


# -- closed forms of the mechanisms -------------------------------------------------------------

_PLAIN_MEETING = {"meeting_habit_weight": 0, "meeting_result_weight": 0, "meeting_workload_weight": 0}


def test_a_meeting_decides_with_the_third_power_of_attendance():
    """Independent attendance at a = .7: new joint cases are decided with probability a^3 = .343."""
    chance = 0.7
    scenario = SMALL.with_levers(joint_meetings=4, joint_decision=1, meeting_agenda=200, responsibility_list=1)
    scenario = scenario.with_world(meeting_bias=math.log(chance / (1 - chance)), many_hops_share=1, **_PLAIN_MEETING)
    runs = simulate_many(scenario, range(6))
    invited, attended = total(runs, "invited"), total(runs, "attended")
    assert invited == 6 * 8 * 4 * (364 + 56) / 28
    assert attended / invited == pytest.approx(chance, abs=4 * math.sqrt(chance * (1 - chance) / invited))
    per_meeting = 0.25  # largest spread of the share of triples over meetings
    spread = 4 * per_meeting / math.sqrt(invited / 8)
    assert total(runs, "decided_at_opening") / total(runs, "multi_opened") == pytest.approx(chance**3, abs=spread)
    decided = total(runs, "decided_at_meeting") / total(runs, "agenda")
    assert decided == pytest.approx(chance**3, abs=spread + 4 * 0.5 / math.sqrt(total(runs, "agenda")))


def test_everybody_there_decides_everything_and_nobody_there_nothing():
    scenario = SMALL.with_levers(joint_meetings=4, joint_decision=1, meeting_agenda=200, responsibility_list=1)
    full = simulate(scenario.with_world(meeting_bias=4, meeting_rule_weight=6, **_PLAIN_MEETING).with_levers(
        joint_meetings=4, joint_decision=1, meeting_agenda=200, responsibility_list=1, meeting_rule=1), 1)  # fmt: skip
    rows = records(full)
    met = np.cumsum(rows["meetings"]) > 0
    everyone = rows["attended"].sum() >= 0.99 * rows["invited"].sum()
    assert everyone
    assert rows["decided_at_opening"][met].sum() >= 0.9 * rows["multi_opened"][met].sum()
    without = records(simulate(scenario.with_levers(joint_meetings=0), 1))
    assert without["decided_at_opening"].sum() == without["agenda"].sum() == 0


def test_a_meeting_takes_no_more_cases_than_its_agenda_holds():
    levers = {"joint_meetings": 1, "joint_decision": 1, "meeting_rule": 1, "meeting_agenda": 3}
    rows = records(simulate(SMALL.with_levers(**levers).with_world(many_hops_share=1, hop_days=3), 2))
    starts = np.flatnonzero(rows["meetings"])
    assert len(starts) > 5
    taken = [
        (rows["agenda"][a:b].sum() + rows["decided_at_opening"][a:b].sum(), rows["multi_opened"][a:b].max())
        for a, b in zip(starts, [*starts[1:], len(rows)], strict=True)
    ]
    # The agenda is counted in the evening: what one day brings may go beyond it.
    assert all(count <= 3 + most for count, most in taken)
    assert max(count for count, _ in taken) >= 3


def test_the_grid_finds_a_problem_after_a_geometric_time():
    """Hazard h = f q a morning: the mean time from onset to detection is 1/h - 1/2 days."""
    levers, world = {"grid_officers": 1, "grid_rounds": 1}, {"round_items": 60, "round_detection": 0.5}
    runs = simulate_many(UNSEEN.with_levers(**levers).with_world(**world), range(4))
    hazard = 60 / 300 * 0.5
    cases = np.concatenate([run.cases for run in runs])
    first = cases[cases["detector"] == 2]
    _, at = np.unique(first[["item_id", "onset"]], return_index=True)
    waits = (first["opened"] - first["onset"])[at]
    waits = waits[first["onset"][at] < 364 - 100]
    assert len(waits) > 300
    assert waits.mean() == pytest.approx(1 / hazard - 0.5, abs=4 * waits.std() / math.sqrt(len(waits)))
    assert total(runs, "grid_found") > 0.9 * total(runs, "opened")


@pytest.mark.parametrize(("linked", "meetings"), [(0, 4), (6, 0), (6, 4)])
def test_a_case_is_passed_on_when_nobody_claims_it_and_it_is_still_at_intake_in_the_evening(linked: int, meetings: int):
    """Cases found in the morning stay a day at intake with probability exp(-1/d).

    Of the unclear ones the pool of 6 among 8 departments shows its owner 0.9 x 30/56, who claims it when all meet;
    neither the pool nor the meeting does that alone.
    """
    scenario = UNSEEN.with_levers(
        grid_officers=3, grid_rounds=1, data_sharing=0.9, departments_linked=linked, departments_standard=8,
        joint_meetings=meetings, meeting_rule=1,
    ).with_world(
        intake_days=5, many_hops_share=0, unclear_duties=0.45, meeting_bias=4, meeting_rule_weight=6, **_PLAIN_MEETING
    )  # fmt: skip
    runs = simulate_many(scenario, range(6))
    found = total(runs, "grid_found")
    claimed = 0.9 * linked * (linked - 1) / 56 if meetings else 0.0
    expected = 0.45 * (1 - claimed) * math.exp(-1 / 5)
    seen = total(runs, "passed_cases") / total(runs, "opened")
    assert found > 500
    assert seen == pytest.approx(expected, abs=4 * math.sqrt(expected * (1 - expected) / found))
    assert total(runs, "passes") / total(runs, "passed_cases") == pytest.approx(
        2.0, abs=4 * 0.82 / math.sqrt(seen * found)
    )


def test_every_pass_is_a_hand_over_in_the_log():
    run = simulate(SMALL, 5)
    share = 0.38
    chance = [uniform(5, int(Decision.HOPS), int(c["number"]), int(c["item_id"])) for c in run.cases]
    needed = sum(3 if one < share else 1 for one in chance)
    assert run.cases["hops"].sum() == needed + records(run)["passes"].sum()
    assert records(run)["passes"].sum() > 20


def test_a_claimed_case_moves_on_and_ends_earlier_than_the_same_case_unclaimed():
    plain = SMALL.with_levers(case_tracking=1, secretaries=0).with_world(project_hours=0)
    claiming = plain.with_levers(case_tracking=1, secretaries=20, secretary_projects=24)
    before, after = simulate(plain, 3), simulate(claiming, 3)
    assert records(after)["claims"].sum() > 100
    assert records(after)["pushes"].sum() > records(after)["claims"].sum()
    assert measure(after, "handling_days_mean") < 0.85 * measure(before, "handling_days_mean")


def test_a_dispatched_case_is_pushed_in_every_stage_but_not_in_the_queue():
    """A meeting a day that takes every case: of an exponential stage only what is left after a day is halved."""
    plain = SMALL.with_levers(case_tracking=1, secretaries=0).with_world(dispatch_hours=0)
    daily = plain.with_levers(dispatch_meetings=28, dispatch_cases=200)
    before, after = simulate(plain, 3), simulate(daily, 3)
    assert records(before)["dispatched"].sum() == 0
    assert records(after)["dispatched"].sum() > 0.5 * after.daily["opened"].sum()
    assert records(after)["claims"].sum() == records(after)["grants"].sum() == 0
    assert measure(after, "handling_days_mean") < 0.85 * measure(before, "handling_days_mean")
    few = simulate(daily.with_levers(dispatch_cases=1), 3)
    assert 0 < records(few)["dispatched"].max() <= 1
    useless = simulate(daily.with_world(project_push=0), 3)
    assert useless.cases.tobytes() == before.cases.tobytes()


def test_dispatch_meetings_cost_their_hours():
    plain = SMALL.with_levers(secretaries=0)
    weekly = plain.with_levers(dispatch_meetings=4).with_world(dispatch_hours=7)
    hours = [records(simulate(one, 3))["extra_hours"].sum() for one in (plain, weekly)]
    weeks = (SMALL.horizon + SMALL.burn_in) // 7
    assert hours[1] - hours[0] == pytest.approx(7 * weeks, abs=7 * SMALL.burn_in / 7)  # burn-in has no levers


def test_a_grant_pays_what_the_fund_lacks_and_not_a_fen_more():
    broke = SMALL.with_levers(
        repair_budget=0, secretaries=20, secretary_projects=24, secretary_grant=150, responsibility_list=1
    )
    run = simulate(broke, 4)
    paid = records(run)["grants"].sum()
    assert paid > 0
    assert run.daily["repair_in"].sum() == paid  # the budget is 0: the grants are all there is
    assert run.daily["repair_spent"].sum() + run.daily["repair_balance"][-1] == paid
    without = simulate(broke.with_levers(**{**broke.levers, "secretary_grant": 0}), 4)
    assert without.daily["repair_spent"].sum() < run.daily["repair_spent"].sum()


# -- books --------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", range(drawn.MANY))
def test_records_balance(number: int):
    """The laws 23-25 hold on every day, or the run would have stopped; the records say the same."""
    run = simulate(drawn.draw(number), drawn.SEED)
    rows = records(run)
    assert rows["opened"].sum() == len(run.cases)
    assert (rows["attended"] <= rows["invited"]).all()
    assert (rows["decided_at_meeting"] <= rows["agenda"]).all()
    assert (rows["grid_found"] + rows["team_found"] <= run.daily["found_patrol"]).all()
    assert 0 <= rows["claims"].sum() - rows["finished"].sum() <= np.count_nonzero(run.cases["outcome"] == Outcome.OPEN)
    wage = int(100 * drawn.draw(number).world["officer_pay"] / YEAR + 0.5)
    assert (rows["officer_wages"] == rows["officers"] * wage).all()
    assert run.cases["hops"].min() >= 1
    assert run.cases["hops"].max() <= 3 + drawn.draw(number).world["passes_most"]


# -- engines, off, the past ---------------------------------------------------------------------


def test_three_engines_give_the_same_bits():
    assert idle(same_bits(drawn), "coordination", least=2) == []


def test_mesa_agents_of_modules_act_in_the_order_of_modules():
    assert list(MODULE_AGENTS) == sorted(MODULE_AGENTS)


def core(run: Trajectory) -> list[bytes]:
    return [table.tobytes() for table in (run.daily, run.groups, run.cases, run.residents)]


def test_switched_off_its_levers_and_parameters_change_nothing():
    levers = {lever.name: lever.high if lever.default == lever.low else lever.low for lever in LEVERS_COORDINATION}
    small = OFF.with_community(residents=100, blocks=4, items=100, panel=5).changed(horizon=84)
    moved = simulate(small.with_levers(**levers).with_world(unclear_duties=1, duplicate_work=0), 1)
    assert moved.digest() == simulate(small, 1).digest()
    assert moved.modules == {}


def test_with_neutral_levers_and_clear_duties_the_core_runs_bit_for_bit():
    on = simulate(SMALL.with_world(fault_rate=2e-3, unclear_duties=0), 1)
    off = simulate(SMALL.with_community(**{**SMALL.community, "module_coordination": 0}), 1)
    assert core(on) == core(off)
    assert on.digest() != off.digest()  # it has records of its own
