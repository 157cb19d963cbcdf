"""A targets file by somebody else: levers, instruments, groups, windows, statistics, modules; and its mistakes."""

import json
from pathlib import Path

import pytest

from labsim.analysis.battery import Battery
from labsim.analysis.setting import Setting
from labsim.analysis.targetfile import parse_targets, read_targets
from labsim.analysis.targets import Role
from labsim.analysis.validate import validate
from labsim.foundations.errors import InputError
from labsim.model.simulate import simulate
from labsim.presentation.cli import main
from labsim.results.indicators import measure
from labsim.scenario.scenario import world_values
from tests.analysis.tiny import TINY

STRANGER = """
scenario = "tiny.toml"
window = [28, 84]

[[targets]]
id = "老年志愿"
label = "60 岁以上志愿服务"
indicator = "volunteer_acts_year"
group = "老年(60+)"
statistic = "比"
after = { instruments = ["积分制"], levers = { points_fund = "2 万元" }, start = 28 }
value = 3
band = [0.0, 9.0]
role = "拟合"

[[targets]]
id = "told"
indicator = "mean_efficacy"
statistic = "difference"
before = { levers = { results_told = 0 } }
after = { levers = { results_told = 1 } }
before_window = [0, 28]
value = 0.1
band = [-1, 1]

[[targets]]
id = "dispute_days"
indicator = "dispute_days_mean"
community = { module_disputes = true }
after = ["one_stop_mediation"]
statistic = "relative_change"
value = "-50%"
band = ["-90%", "0%"]

[[targets]]
id = "bigger"
indicator = "inspections_month"
after = { community = { residents = 300, module_coordination = true } }
value = 4.2
band = [0, 30]

[[targets]]
id = "met"
indicator = "meeting_attendance"
community = { module_coordination = true }
after = { levers = { joint_meetings = 2 } }
value = 0.65
band = [0.0, 1.0]

[[not_produced]]
evidence = "my_own_figure"
reason = { zh = "没有机制", en = "no mechanism" }
"""


def written(folder: Path, text: str = STRANGER) -> Path:
    (folder / "tiny.toml").write_text(TINY, encoding="utf-8")
    path = folder / "theirs.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_strangers_file_is_read_as_meant(tmp_path: Path):
    found = read_targets(written(tmp_path))
    acts, told, days, bigger, met = found.targets
    assert (acts.group, acts.statistic.value, acts.role) == ("age:older", "ratio", Role.FIT)
    assert acts.after == Setting(instruments=("points_scheme",), levers={"points_fund": 20000}, start=28)
    assert (told.before_window, told.window) == ((0, 28), (28, 84))
    assert days.value == -0.5
    # the community of the entry holds for both sides, that of a side for this side only
    assert days.before.community == days.after.community == {"module_disputes": 1.0}
    assert (bigger.after.community["residents"], bigger.before.community) == (300, {})
    assert met.after.has_module("coordination", found.base)
    assert found.cited() == {"my_own_figure"}


def test_a_strangers_file_is_run_in_the_communities_that_it_names(tmp_path: Path):
    found = read_targets(written(tmp_path))
    report = validate(found, replications=2)
    assert all(one.measurable for one in report.findings)
    battery = Battery.of(found.running(), found.base, (7,))
    pairs = battery.evaluate(world_values(found.base), threads=1)
    days, bigger = found.targets[2:4]
    for pair, target in ((pairs[2], days), (pairs[3], bigger)):
        plain = simulate(target.after.over(found.base), 7)
        assert pair.after[0] == measure(plain, target.indicator, target.window)
    without = simulate(days.before.over(found.base), 7)
    assert pairs[2].before[0] == measure(without, days.indicator, days.window)
    sizes = {len(people.residents.id) for people in battery.populations.values()}
    assert sizes == {200, 300}
    assert len(battery.populations) == 2  # a switch makes no other people


def test_the_command_takes_the_file_as_an_argument_or_an_option(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = str(written(tmp_path))
    assert main(["validate", "--targets", path, "-n", "2", "--json"]) == 0
    option = json.loads(capsys.readouterr().out)
    assert [one["id"] for one in option["findings"]] == ["老年志愿", "told", "dispute_days", "bigger", "met"]
    assert {one["subject"] for one in option["findings"]} >= {"participation", "disputes", "coordination"}
    assert option["not_produced"][0]["evidence"] == ["my_own_figure"]
    assert main(["validate", path, "--targets", "other.toml"]) == 2
    assert "other.toml" in capsys.readouterr().err


def test_the_switches_of_an_entry_count_in_the_hash():
    text = '[[targets]]\nid = "a"\nindicator = "sorting_rate"\nvalue = 0.6\nband = [0.5, 0.7]\n'
    plain = parse_targets(text, "a.toml")
    other = parse_targets(text + "community = { module_evaluation = false }\n", "a.toml")
    assert plain.sha256 != other.sha256


MISTAKES = """
scenario = "baseline"
[[targets]]
id = "not so"
indicator = "fix_rate_offcial"
statistic = "relativ_change"
role = "fitt"
status = "inputs"
group = "age:old"
band = [0.9, 0.1]
window = [0, 9999]
after = { instruments = ["five_step_closed_lop"], levers = { verificaton = 1 }, community = { module_disputs = 1 } }
before = { levers = { results_told = 3 } }
community = { residents = -5 }
unit = "days"
nte = "?"

[[targets]]
id = "days"
indicator = "dispute_days_mean"
value = 7
band = [6, 8]
unit = "share"

[[not_produced]]
evidense = ["a"]
evidence = []

[[not_produced]]
evidence = ["b"]
reason = 3
"""


def test_all_mistakes_of_an_entry_come_at_once_in_both_languages():
    with pytest.raises(InputError) as caught:
        parse_targets(MISTAKES, "theirs.toml")
    said = {one.where.key: one for one in caught.value.problems}
    near = {
        "targets[0].indicator": "fix_rate_official",
        "targets[0].statistic": "relative_change",
        "targets[0].role": "fit",
        "targets[0].status": "input",
        "targets[0].group": "age:older",
        "targets[0].after.instruments[0]": "five_step_closed_loop",
        "targets[0].after.levers.verificaton": "verification",
        "targets[0].after.community.module_disputs": "module_disputes",
        "targets[0].nte": "note",
        "not_produced[0].evidense": "evidence",
    }
    assert {key: said[key].suggestion for key in near} == near
    for key in (
        "targets[0].id", "targets[0].value", "targets[0].band", "targets[0].window",
        "targets[0].before.levers.results_told", "targets[0].community.residents", "targets[1].indicator",
        "targets[1].unit", "not_produced[0].evidence", "not_produced[0].reason", "not_produced[1].reason",
    ):  # fmt: skip
        assert key in said, key
    assert "targets[0].unit" not in said  # which unit is right depends on the statistic, and that is wrong
    assert all(one.where.line for one in caught.value.problems)
    assert 'scenario = "full"' in said["targets[1].indicator"].render("en")
    zh, en = caught.value.render("zh"), caught.value.render("en")
    assert len(zh.splitlines()) == len(en.splitlines()) == len(caught.value.problems)
    assert zh != en


def test_an_unknown_scenario_is_not_blamed_on_the_entries():
    text = 'scenario = "ful"\n[[targets]]\nid = "a"\nindicator = "fee_collection"\nvalue = 0.6\nband = [0.5, 0.7]\n'
    with pytest.raises(InputError) as caught:
        parse_targets(text, "theirs.toml")
    (one,) = caught.value.problems
    assert (one.where.key, one.suggestion) == ("scenario", "full")


@pytest.mark.parametrize("again", ['evidence = "x"', 'evidence = ["y", "y"]'])
def test_a_figure_that_is_a_target_or_stands_twice_is_told(again: str):
    text = '[[targets]]\nid = "a"\nindicator = "sorting_rate"\nvalue = 0.6\nband = [0.5, 0.7]\nevidence = "x"\n'
    with pytest.raises(InputError) as caught:
        parse_targets(f'{text}[[not_produced]]\n{again}\nreason = "no"\n', "theirs.toml")
    (one,) = caught.value.problems
    assert one.where.key is not None
    assert one.where.key.startswith("not_produced[0].evidence")


def test_what_is_measured_in_a_module_needs_it_unless_the_base_has_it():
    text = '[[targets]]\nid = "a"\nindicator = "fee_collection"\nvalue = 0.6\nband = [0.5, 0.7]\n'
    assert parse_targets(text, "theirs.toml").base.community["module_disputes"] == 1.0
    off = text + "statistic = 'difference'\nbefore = { community = { module_disputes = false } }\n"
    with pytest.raises(InputError, match="module_disputes"):
        parse_targets(off, "theirs.toml")
