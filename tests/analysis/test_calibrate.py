"""Calibration: it finds what was planted, looks at fit targets only, and leaves whole files behind."""

import json
import math
import tomllib
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from labsim.analysis.battery import Battery, estimate
from labsim.analysis.calibrate import Search, calibrate, miss, search_stage, start_values
from labsim.analysis.calibrated import save_calibration, values_text
from labsim.analysis.plan import MODULES, stages, stages_named
from labsim.analysis.staged import Knob, Stage, alone, knob_problems, rounded, shifts_of, together, world_at
from labsim.analysis.targetfile import read_targets
from labsim.analysis.targets import Role
from labsim.foundations.errors import InputError
from labsim.foundations.i18n import t
from labsim.results.catalogue import MODULE_OF
from labsim.scenario.checks import WORLD_PARAMETER, value_problems
from labsim.scenario.world import WORLD
from tests.analysis.tiny import target, targets

SORT = together("sort", {f"alpha_sort_{age}": 1.0 for age in ("young", "middle", "older")}, 3.0)
QUICK = Search(seeds=(1, 2), threads=1, margin=0.0, pull=0.0)
DAY = date(2026, 1, 1)


def stage(*knobs: Knob, evaluations: int = 60, indicators: frozenset[str] = frozenset()) -> Stage:
    return Stage(name="one", label=t("一", "one"), knobs=knobs, indicators=indicators, evaluations=evaluations,
                 spread=0.1)  # fmt: skip


def planted(shift: float):
    """Return targets that a community with sorting shifted by so much meets, measured on other seeds."""
    found = targets(target("a", "sorting_rate", (0, 1)))
    world = world_at([SORT], np.array([shift]), WORLD.defaults())
    (pair,) = Battery.of(found.running(), found.base, tuple(range(50, 58))).evaluate(world)
    value = estimate(found.targets[0].statistic, pair).value
    return targets(target("a", "sorting_rate", (value - 0.01, value + 0.01)))


@pytest.mark.parametrize("shift", [-1.2, 1.0])
def test_a_planted_parameter_is_recovered(shift: float):
    found = calibrate(planted(shift), [stage(SORT)], QUICK, start={})
    assert found.hits == 1
    assert found.fitted["alpha_sort_older"] - WORLD["alpha_sort_older"].default == pytest.approx(shift, abs=0.25)
    assert found.stages[0]["loss"] < 0.01 < found.stages[0]["start_loss"]
    assert list(np.diff(found.stages[0]["trace"]) > 0).count(True) == 0


def test_the_same_search_gives_the_same_bits_and_leaves_numpy_alone():
    before = str(np.random.get_state())
    both = [calibrate(planted(1.0), [stage(SORT, evaluations=9)], QUICK, start={}) for _ in range(2)]
    assert both[0] == both[1]
    assert str(np.random.get_state()) == before
    other = QUICK.model_copy(update={"search_seed": 2})
    assert calibrate(planted(1.0), [stage(SORT, evaluations=9)], other, start={}).stages != both[0].stages


def test_free_targets_are_never_looked_at():
    fit = target("a", "sorting_rate", (0.2, 0.3))
    alone_ = calibrate(targets(fit), [stage(SORT, evaluations=9)], QUICK, start={})
    free = target("b", "mean_efficacy", (5, 6), role="free")
    beside = calibrate(targets(fit, free), [stage(SORT, evaluations=9)], QUICK, start={})
    assert beside.fitted == alone_.fitted
    assert [one["id"] for one in beside.results] == ["a"]


def test_a_stage_that_cannot_do_better_changes_nothing():
    met = targets(target("a", "sorting_rate", (0, 1)))
    start = {**WORLD.defaults(), "alpha_sort_young": 0.0, "alpha_sort_middle": 0.4, "alpha_sort_older": 0.8}
    world, record = search_stage(stage(SORT, evaluations=6), met, start, QUICK)
    assert world == start
    assert record["loss"] == record["start_loss"] == 0.0


def test_stages_follow_one_another_and_can_be_rerun_alone():
    found = targets(target("a", "sorting_rate", (0.2, 0.25)), target("b", "staff_hours_week", (45, 47)))
    plan = [
        stage(SORT, indicators=frozenset({"sorting_rate"})),
        stage(alone("base_load"), indicators=frozenset({"staff_hours_week"})),
    ]
    both = calibrate(found, plan, QUICK, start={})
    assert both.hits == 2
    assert [one["targets"] for one in both.stages] == [["a"], ["b"]]
    again = calibrate(found, plan[1:], QUICK, start=both.fitted)
    assert again.fitted["alpha_sort_young"] == both.fitted["alpha_sort_young"]


def test_ctrl_c_leaves_the_stages_that_are_done():
    def stop(name: str, done: int, total: int, loss: float) -> None:
        raise KeyboardInterrupt

    found = calibrate(planted(1.0), [stage(SORT)], QUICK, start={}, progress=stop)
    assert found.stopped
    assert found.stages == []
    assert "complete = false" in values_text(found, DAY, "0")


def test_loss_is_0_well_inside_grows_outside_and_is_worst_without_a_value():
    one = target("a", "sorting_rate", (0.4, 0.6))
    assert miss(one, 0.5, 1.0, 0.2) == 0.0
    assert miss(one, 0.41, 1.0, 0.2) == pytest.approx(0.15**2)
    assert miss(one, 0.41, 1.0, 0.0) == 0.0
    steps = [miss(one, value, 1.0, 0.2) for value in np.linspace(0.6, 1.5, 50)]
    assert (np.diff(steps) > 0).all()
    assert miss(one, float("nan"), 0.0, 0.2) > miss(one, 0.8, 1.0, 0.2)


def test_values_stay_in_their_declared_range_with_few_digits():
    assert rounded("taste_sd", 9.0) == WORLD["taste_sd"].high
    assert rounded("fault_rate", 0.000654321) == 0.0006543
    assert rounded("crowding_out", 0.0) == 0.0
    world = world_at([alone("taste_sd"), SORT], np.array([99.0, 99.0]), WORLD.defaults())
    assert all(WORLD[name].allows(value) for name, value in world.items())


def test_shifts_and_values_are_each_others_inverse():
    assert alone("need_cost").log
    knobs = [
        SORT,
        alone("taste_sd"),
        alone("need_cost"),
        together("v", {"alpha_volunteer_young": 1.0, "alpha_volunteer_middle": 0.5}, 2),
    ]
    shifts = np.array([0.5, -0.25, -1.0, 1.5])
    assert world_at(knobs, shifts, WORLD.defaults())["need_cost"] == pytest.approx(200 / math.e, rel=1e-3)
    assert shifts_of(knobs, world_at(knobs, shifts, WORLD.defaults())) == pytest.approx(shifts, abs=1e-3)


def test_impossible_knobs_starts_and_stages_are_told():
    bad = [Knob(name="a", moves={"tast_sd": 1.0, "poisson_visits": 1.0}, low=1, high=0)]
    said = knob_problems(bad)
    assert [one.suggestion for one in said if one.suggestion] == ["taste_sd"]
    assert len(said) == 3
    assert len(knob_problems([Knob(name="b", moves={"crowding_out": 1.0}, low=-1, high=1, log=True)])) == 1
    found = planted(1.0)
    with pytest.raises(InputError, match="taste_sd"):
        calibrate(found, [stage(*bad)], QUICK, start={})
    with pytest.raises(InputError, match="taste_sd"):
        calibrate(found, [stage(SORT)], QUICK, start={"taste_sd": 99})
    with pytest.raises(InputError, match="participation"):
        stages_named(found, "cases", "partcipation")
    with pytest.raises(InputError, match="role"):
        calibrate(targets(target("a", "sorting_rate", (0, 1), role="free")), [stage(SORT)], QUICK, start={})
    with pytest.raises(InputError, match="taste_sd"):
        alone("tastesd")


def test_the_plan_reaches_every_fit_target_of_the_package():
    found = read_targets()
    seen = {one.id for part in stages(found)[:-1] for one in part.looks_at(found)}
    assert seen == {one.id for one in found.running(Role.FIT)}
    assert not knob_problems(knob for part in stages(found) for knob in part.knobs)


def test_a_module_has_its_own_stage_and_leaves_the_core_alone():
    found = read_targets()
    plan = {part.name: part for part in stages(found)}
    for module in set(MODULES) & set(plan):
        moved = {name for knob in plan[module].knobs for name in knob.moves}
        assert {WORLD[name].group for name in moved} == {module}
        own = [one for one in plan[module].looks_at(found) if MODULE_OF.get(one.indicator) == module]
        assert own, module
        assert not [one for one in plan["cases"].looks_at(found) if one in own]
    assert {"disputes", "coordination", "workforce"} <= set(plan)
    assert [one.name for one in stages_named(found, "disputes", "案件")] == ["cases", "disputes"]


def test_every_fit_target_is_reported_after_one_stage_alone():
    found = targets(target("a", "sorting_rate", (0.2, 0.25)), target("b", "staff_hours_week", (45, 47)))
    plan = [stage(SORT, evaluations=3, indicators=frozenset({"sorting_rate"}))]
    one = calibrate(found, plan, QUICK, start={"base_load": 70.0})
    assert [result["id"] for result in one.results] == ["a", "b"]
    assert one.fitted["base_load"] == 70.0


def test_the_start_found_by_hand_is_allowed_and_a_broken_one_is_told(tmp_path: Path):
    assert not list(value_problems("world", start_values(), WORLD, WORLD_PARAMETER))
    path = tmp_path / "start.toml"
    assert start_values(path) == {}
    for text in ("[world]\ntaste_sd = 99\n", "[world\n"):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(InputError, match=r"start\.toml"):
            start_values(path)


def test_files_are_written_whole_with_their_record(tmp_path: Path):
    found = calibrate(planted(1.0), [stage(SORT)], QUICK, start={})
    places = save_calibration(found, DAY, "1.2.3", tmp_path)
    values = tomllib.loads(places["values"].read_text(encoding="utf-8"))
    assert values["world"] == found.fitted
    assert not list(value_problems("world", values["world"], WORLD, WORLD_PARAMETER))
    assert (values["record"]["date"], values["record"]["labsim"]) == (DAY, "1.2.3")
    assert (values["record"]["fit_targets_hit"], values["record"]["seeds"]) == (1, [1, 2])
    record = json.loads(places["record"].read_text(encoding="utf-8"))
    assert record["stages"][0]["trace"][0] == record["stages"][0]["start_loss"]
    assert record["sha256"] == planted(1.0).sha256
    first = {name: path.read_bytes() for name, path in places.items()}
    save_calibration(found, DAY, "1.2.3", tmp_path)
    assert {name: path.read_bytes() for name, path in places.items()} == first


def test_nothing_is_written_when_a_value_is_out_of_range_or_the_disk_says_no(tmp_path: Path, monkeypatch):
    found = calibrate(planted(1.0), [stage(SORT, evaluations=1)], QUICK, start={})
    save_calibration(found, DAY, "1", tmp_path)
    kept = (tmp_path / "calibrated.toml").read_bytes()
    wrong = found.model_copy(update={"fitted": {"taste_sd": 99.0}})
    with pytest.raises(InputError, match="taste_sd"):
        save_calibration(wrong, DAY, "1", tmp_path)

    def full(self: Path, other: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(InputError, match="disk is full"):
        save_calibration(found, DAY, "2", tmp_path)
    assert (tmp_path / "calibrated.toml").read_bytes() == kept
    assert not list(tmp_path.rglob(".saving-*"))
