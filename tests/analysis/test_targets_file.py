"""Targets files: what may be written, and what is said when something else is."""

from pathlib import Path

import pytest

from labsim.analysis.setting import Setting
from labsim.analysis.targetfile import parse_targets, read_targets
from labsim.analysis.targets import Role, Statistic, Status
from labsim.foundations.errors import InputError
from labsim.scenario.instruments import evidence_rows
from tests.analysis.tiny import TINY

GOOD = """
[[targets]]
id = "sorting"
indicator = "sorting_rate"
group = "age:older"
statistic = "relative_change"
after = ["points_scheme"]
window = [0, 364]
value = 0.2
band = [0.1, 0.3]
unit = "share"
role = "fit"
evidence = ["x_of_another_folder"]
"""


def problems(text: str) -> InputError:
    with pytest.raises(InputError) as caught:
        parse_targets(text, "mine.toml")
    return caught.value


def test_the_packaged_file_has_a_split_and_names_its_evidence():
    found = read_targets()
    assert len(found.running(Role.FIT)) >= 16
    assert len(found.running(Role.FREE)) >= 8
    cited = {evidence for one in found.targets for evidence in one.evidence}
    assert cited <= set(evidence_rows())
    assert {one.status for one in found.resting()} == {Status.INPUT}
    for one in found.running():
        assert one.low <= one.value <= one.high, one.id
        assert one.mechanism is not None, one.id
        assert one.label.zh != one.label.en, one.id
        assert one.unit, one.id


def test_a_good_entry_is_read_as_written():
    (one,) = parse_targets(GOOD, "mine.toml").targets
    assert one.statistic is Statistic.RELATIVE_CHANGE
    assert one.after == Setting(instruments=("points_scheme",))
    assert one.before == Setting()
    assert (one.window, one.band, one.role) == ((0, 364), (0.1, 0.3), Role.FIT)
    assert [setting for setting, _ in one.measures()] == [one.after, one.before]


def test_a_role_left_out_is_free_and_no_setting_is_no_policy():
    text = '[[targets]]\nid = "a"\nindicator = "sorting_rate"\nvalue = 0.6\nband = [0.5, 0.7]\n'
    (one,) = parse_targets(text, "mine.toml").targets
    assert one.role is Role.FREE
    assert next(iter(one.measures()))[0] == Setting()
    assert one.window == (0, 728)


def test_per_cent_labels_and_units_are_understood():
    text = """
[[targets]]
id = "a"
indicator = "sorting_rate"
group = "老年(60+)"
value = 60
band = [50, 70]
unit = "%"
after = { instruments = "积分制", levers = { points_fund = "6 万元" }, start = "4 weeks" }
[[targets]]
id = "b"
indicator = "sorting_rate"
value = "60%"
band = ["50%", 0.7]
"""
    first, second = parse_targets(text, "mine.toml").targets
    assert (first.value, first.band, first.unit, first.group) == (0.6, (0.5, 0.7), "share", "age:older")
    assert first.after == Setting(instruments=("points_scheme",), levers={"points_fund": 60000}, start=28)
    assert (second.value, second.band) == (0.6, (0.5, 0.7))


@pytest.mark.parametrize(
    ("old", "new", "key", "meant"),
    [
        ('"sorting_rate"', '"sorting_rte"', "targets[0].indicator", "sorting_rate"),
        ('"age:older"', '"older"', "targets[0].group", "age:older"),
        ('["points_scheme"]', '["points_sheme"]', "targets[0].after.instruments[0]", "points_scheme"),
        ('["points_scheme"]', "{ levers = { handler = 1 } }", "targets[0].after.levers.handler", "handlers"),
        ('["points_scheme"]', "{ instrument = [] }", "targets[0].after.instrument", "instruments"),
        ("evidence =", "evidense =", "targets[0].evidense", "evidence"),
        ("[[targets]]", "horison = 3\n[[targets]]", "horison", "horizon"),
        ("[[targets]]", 'scenario = "baselin"\n[[targets]]', "scenario", "baseline"),
    ],
)  # fmt: skip
def test_a_wrong_name_is_told_with_its_line_and_the_right_one(old: str, new: str, key: str, meant: str):
    error = problems(GOOD.replace(old, new, 1))
    (one,) = error.problems
    assert (one.where.key, one.suggestion) == (key, meant)
    assert one.where.line
    assert one.where.file == "mine.toml"
    assert error.render("zh") != error.render("en")


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("value = 0.2", "", "targets[0].value"),
        ("value = 0.2", 'value = "much"', "targets[0].value"),
        ("value = 0.2", "value = nan", "targets[0].value"),
        ("band = [0.1, 0.3]", "", "targets[0].band"),
        ("band = [0.1, 0.3]", "band = [0.3, 0.1]", "targets[0].band"),
        ("band = [0.1, 0.3]", "band = 0.2", "targets[0].band"),
        ("window = [0, 364]", "window = [0, 9999]", "targets[0].window"),
        ("window = [0, 364]", "window = 364", "targets[0].window"),
        ('"relative_change"', '"percentage"', "targets[0].statistic"),
        ('"fit"', '"both"', "targets[0].role"),
        ('unit = "share"', 'unit = "days"', "targets[0].unit"),
        ('"sorting_rate"', '"staff_load"', "targets[0].group"),
        ('id = "sorting"', "", "targets[0].id"),
        ('["points_scheme"]', "{ levers = { results_told = 7 } }", "targets[0].after.levers.results_told"),
        ('["points_scheme"]', "{ levers = { care_share = 0.9 } }", "targets[0].after"),
        ('["points_scheme"]', "{ start = 800 }", "targets[0].after.start"),
        ('["points_scheme"]', '["points_scheme", "smart_waste_sorting_points"]', "targets[0].after"),
    ],
)
def test_a_wrong_value_is_told_where_it_stands(old: str, new: str, key: str):
    error = problems(GOOD.replace(old, new, 1))
    assert key in {one.where.key for one in error.problems}
    assert all(one.allowed is not None for one in error.problems)


def test_all_problems_of_a_file_come_at_once():
    text = GOOD.replace("band = [0.1, 0.3]", "band = [0.3, 0.1]").replace('"sorting_rate"', '"sorting"') + GOOD
    text += "[[targets]]\nid = 'b'\nvalue = 1\nwindow = 3\nstatistic = 'leve'\nindicator = 'no'\n= 3\n"
    keys = [one.where.key for one in problems(text).problems]
    for key in (
        "targets[0].indicator", "targets[0].band", "targets[2].window", "targets[2].statistic",
    ):  # fmt: skip
        assert key in keys
    last = text.count("\n")
    assert any(one.where.line == last and one.allowed for one in problems(text).problems)  # the line that is no TOML


def test_an_id_that_stands_twice_is_told():
    (one,) = problems(GOOD + GOOD).problems
    assert one.where.key == "targets[1].id"


def test_a_file_without_targets_or_a_missing_file_is_an_error():
    assert problems("").problems[0].where.key == "targets"
    with pytest.raises(InputError):
        read_targets("nowhere.toml")


def test_what_is_not_run_needs_no_indicator():
    text = '[[targets]]\nid = "a"\nstatus = "needs module"\nmodule = "disputes"\nvalue = 7\nunit = "days"\n'
    found = parse_targets(text + GOOD, "mine.toml")
    assert [one.id for one in found.running()] == ["sorting"]
    assert [one.id for one in found.resting()] == ["a"]


def test_the_hash_is_of_what_counts_not_of_words():
    first = parse_targets(GOOD, "mine.toml").sha256
    assert parse_targets(GOOD.replace("x_of_another_folder", "y") + 'note = "words"\n', "b.toml").sha256 == first
    assert parse_targets(GOOD.replace("0.3]", "0.31]"), "mine.toml").sha256 != first
    assert parse_targets(GOOD.replace('"fit"', '"free"'), "mine.toml").sha256 != first


def test_a_scenario_beside_the_file_is_found(tmp_path: Path):
    (tmp_path / "tiny.toml").write_text(TINY, encoding="utf-8")
    text = 'scenario = "tiny.toml"\n[[targets]]\nid = "a"\nindicator = "sorting_rate"\nvalue = 0.6\nband = [0.5, 0.7]\n'
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    found = read_targets(tmp_path / "mine.toml")
    assert found.base.horizon == 84
    assert found.targets[0].window == (0, 84)


def test_some_targets_can_be_picked_by_id():
    found = read_targets()
    assert [one.id for one in found.only("recurrence").targets] == ["recurrence"]
    with pytest.raises(InputError, match="recurrence"):
        found.only("recurence")


def test_nesting_too_deep_is_one_problem():
    (one,) = problems("horizon = 28\nx = " + "[" * 5000).problems
    assert one.where.line == 2
    assert "nested too deeply" in one.render("en")
