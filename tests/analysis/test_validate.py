"""Validation: statistics over seeds, runs shared between targets, hits and misses said as they are."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from labsim.analysis.battery import Battery, Pair, distance, estimate, spread
from labsim.analysis.setting import Setting
from labsim.analysis.targets import Role, Statistic, Targets
from labsim.analysis.validate import recalibrated, validate
from labsim.foundations.errors import InputError
from labsim.model.simulate import simulate
from labsim.results.indicators import measure
from labsim.scenario.scenario import world_values
from tests.analysis.tiny import TINY, scenario, target, targets

NOTHING = np.empty(0)
A = np.array([3.0, 5.0, 4.0, 8.0])
B = np.array([1.0, 2.0, 2.0, 3.0])


def test_the_interval_of_a_level_is_the_t_interval():
    found = estimate(Statistic.LEVEL, Pair(A, NOTHING))
    low, high = stats.t.interval(0.95, len(A) - 1, A.mean(), stats.sem(A))
    assert (found.value, found.n, found.runs) == (5.0, 4, 4)
    assert (found.low, found.high) == pytest.approx((low, high))


def test_a_difference_is_paired():
    found = estimate(Statistic.DIFFERENCE, Pair(A, B))
    low, high = stats.t.interval(0.95, 3, (A - B).mean(), stats.sem(A - B))
    assert (found.value, found.low, found.high) == pytest.approx((3.0, low, high))
    assert estimate(Statistic.DIFFERENCE, Pair(A, A - 3.0)).low == pytest.approx(3.0)


def test_ratios_are_of_means_and_a_relative_change_is_one_less():
    ratio = estimate(Statistic.RATIO, Pair(A, B))
    change = estimate(Statistic.RELATIVE_CHANGE, Pair(A, B))
    assert ratio.value == pytest.approx(20 / 8)
    assert change.value == pytest.approx(20 / 8 - 1)
    assert change.high - change.low == pytest.approx(ratio.high - ratio.low)
    exact = estimate(Statistic.RATIO, Pair(2 * B, B))
    assert (exact.low, exact.high) == pytest.approx((2.0, 2.0))


def test_runs_without_a_value_are_left_out_in_pairs_and_counted():
    after, before = np.array([3.0, np.nan, 4.0, 8.0]), np.array([1.0, 2.0, np.nan, 3.0])
    found = estimate(Statistic.DIFFERENCE, Pair(after, before))
    assert (found.value, found.n, found.runs) == (3.5, 2, 4)
    none = estimate(Statistic.LEVEL, Pair(np.array([np.nan]), NOTHING))
    assert none.n == 0
    assert np.isnan(none.value)
    by_nothing = estimate(Statistic.RATIO, Pair(A, np.zeros(4)))
    assert not np.isfinite(by_nothing.value)


def test_what_one_community_sees_does_not_share_its_luck():
    same = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    low, high = spread(Statistic.DIFFERENCE, Pair(same, same))  # under common luck the difference is 0 in every run
    assert (low, high) == pytest.approx((-3.05, 3.05))
    assert spread(Statistic.RATIO, Pair(2 * same, same))[0] < 1 < 2 < spread(Statistic.RATIO, Pair(2 * same, same))[1]
    assert spread(Statistic.LEVEL, Pair(same, NOTHING)) == pytest.approx((1.2, 4.8))
    assert np.isnan(spread(Statistic.LEVEL, Pair(np.array([np.nan, 1.0]), NOTHING))).all()
    holes = np.array([np.nan, 2.0, 3.0, 4.0, np.nan])
    assert np.isfinite(spread(Statistic.DIFFERENCE, Pair(holes, same))).all()


def test_distance_is_in_widths_of_the_band():
    one = target("a", "sorting_rate", (0.5, 0.7))
    assert [distance(one, v) for v in (0.5, 0.7, 0.4, 1.1)] == pytest.approx([0.0, 0.0, 0.5, 2.0])
    assert np.isnan(distance(one, float("nan")))


def test_a_battery_runs_each_setting_once_and_agrees_with_the_front_door():
    told = Setting(levers={"results_told": 1.0})
    found = targets(
        target("a", "sorting_rate", (0, 1)),
        target("b", "mean_efficacy", (0, 1), after=told, statistic="difference"),
        target("c", "council_attendance", (0, 1), group="age:older"),
    )
    battery = Battery.of(found.running(), found.base, (3, 4))
    assert battery.runs == 2 * 2
    world = world_values(found.base)
    pairs = battery.evaluate(world, threads=1)
    plain = simulate(scenario(), 4)
    policy = simulate(told.over(scenario()), 4)
    assert pairs[0].after[1] == measure(plain, "sorting_rate", (0, 84))
    assert pairs[1].after[1] == measure(policy, "mean_efficacy", (0, 84))
    assert pairs[1].before[1] == measure(plain, "mean_efficacy", (0, 84))
    assert np.isfinite(pairs[2].after).all()  # needs the panel by group, which trajectories do not hold


def test_a_run_leaves_the_levers_of_the_next_alone():
    """Modules turn levers of the day; in a table that the runs of a setting share the second seed saw the first's."""
    modules = ("coordination", "disputes", "emergencies", "evaluation", "projects", "services", "workforce")
    base = scenario().with_community(**{f"module_{name}": 1 for name in modules})
    levers = {"cofunding": 1.0, "cofunding_contribution": 500.0, "match_ratio": 4.0}
    found = Targets(base=base, targets=(target("a", "crowdfund_year", (0, 1), after=Setting(levers=levers)),))
    world = {**world_values(base), "proposal_rate": 1.0, "alpha_fund": 8.0}
    (pair,) = Battery.of(found.running(), base, (3, 4)).evaluate(world, threads=1)
    (alone,) = Battery.of(found.running(), base, (4,)).evaluate(world, threads=1)
    assert pair.after[1] == alone.after[0] > 0


def test_extension_modules_run_when_the_scenario_switches_them_on():
    """A battery that forgets the switches would measure the core and call it the module."""
    base = scenario().with_community(module_coordination=1, module_workforce=1)
    met = Setting(instruments=("joint_meeting",))
    found = Targets(base=base, targets=(target("a", "staff_hours_week", (0, 90), after=met),))
    battery = Battery.of(found.running(), base, (3,))
    (pair,) = battery.evaluate(world_values(base), threads=1)
    assert pair.after[0] == measure(simulate(met.over(base), 3), "staff_hours_week", (0, 84))
    assert pair.after[0] != measure(simulate(met.over(scenario()), 3), "staff_hours_week", (0, 84))


def test_a_lever_that_nothing_reads_makes_no_difference_at_all():
    placebo = Setting(levers={"points_sort": 7.0})  # no scheme runs
    found = targets(target("a", "sorting_rate", (-0.1, 0.1), statistic="difference", after=placebo))
    (one,) = validate(found, replications=3).findings
    assert (one.estimate.value, one.estimate.low, one.estimate.high) == (0.0, 0.0, 0.0)


def write(folder: Path, extra: str = "") -> Path:
    (folder / "tiny.toml").write_text(TINY, encoding="utf-8")
    path = folder / "targets.toml"
    text = """
scenario = "tiny.toml"
[[targets]]
id = "met"
indicator = "sorting_rate"
value = 0.5
band = [0.0, 1.0]
role = "fit"
[[targets]]
id = "missed"
indicator = "staff_hours_week"
value = 500
band = [400, 600]
[[targets]]
id = "never"
indicator = "points_stall_day"
value = 50
band = [0, 84]
role = "fit"
[[targets]]
id = "later"
status = "needs module"
value = 1
"""
    path.write_text(text + extra, encoding="utf-8")
    return path


def test_a_file_goes_through_end_to_end(tmp_path: Path):
    told: list[tuple[int, int]] = []
    report = validate(write(tmp_path), replications=3, progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]
    met, missed, never = report.findings
    assert (met.hit, missed.hit, never.hit) == (True, False, False)
    assert met.distance == 0.0
    assert missed.distance == pytest.approx((400 - missed.estimate.value) / 200)
    assert missed.clear
    assert not never.measurable  # without a scheme nothing stalls: no value is no hit
    assert report.totals() == {"fit": {"hits": 1, "of": 2}, "free": {"hits": 0, "of": 1}}
    said = json.loads(json.dumps(report.to_dict(), allow_nan=False))
    assert [one["hit"] for one in said["findings"]] == [True, False, False]
    assert said["findings"][2]["value"] is None
    assert [one["id"] for one in said["not_run"]] == ["later"]
    table = report.table("zh")
    assert list(table["hit"]) == [True, False, False]
    assert "1/2" in report.summary().zh
    assert "1 of 2" in report.summary().en


def test_the_same_file_gives_the_same_bits_on_any_number_of_threads(tmp_path: Path):
    path = write(tmp_path)
    first = validate(path, replications=3, threads=1).to_dict()
    assert validate(path, replications=3, threads=3).to_dict() == first
    assert validate(path, replications=3, first_seed=5).to_dict() != first


def test_another_state_of_the_world_can_turn_a_hit_into_a_miss():
    found = targets(target("a", "sorting_rate", (0.3, 0.9)))
    assert validate(found, replications=2).findings[0].hit
    nobody = dict.fromkeys(("alpha_sort_young", "alpha_sort_middle", "alpha_sort_older"), -12.0)
    other = validate(recalibrated(found, nobody), replications=2)
    assert not other.findings[0].hit
    assert other.world != validate(found, replications=2).world


def test_too_few_replications_are_refused():
    with pytest.raises(InputError):
        validate(targets(target("a", "sorting_rate", (0, 1))), replications=1)


def test_a_hit_near_an_end_is_not_called_clear():
    found = targets(target("a", "sorting_rate", (0, 1)))
    value = validate(found, replications=4).findings[0].estimate.value
    near = targets(target("a", "sorting_rate", (value - 1e-9, 1)))
    (one,) = validate(near, replications=4).findings
    assert one.hit
    assert not one.clear
    assert [f.target.role for f in validate(near, replications=4).of(Role.FREE)] == []
