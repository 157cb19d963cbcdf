"""Scenario files: what is read, what is refused and how, and the way back."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labsim.foundations.declared import Kind, Text
from labsim.foundations.errors import InputError
from labsim.foundations.paths import resource
from labsim.scenario.community import COMMUNITY
from labsim.scenario.files import load, save, scenario_names
from labsim.scenario.instruments import instrument, instruments
from labsim.scenario.levers import LEVERS
from labsim.scenario.modules.register import MODULE_OF_LEVER
from labsim.scenario.phases import AppliedInstrument, Inject, InjectKind, Phase
from labsim.scenario.scenario import Scenario, lever_table
from labsim.scenario.world import WORLD
from labsim.scenario.written import written


def put(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def problems(path):
    with pytest.raises(InputError) as caught:
        load(path)
    for one in caught.value.problems:
        assert one.render("zh")
        assert one.render("en")
    return caught.value.problems


def told(path, language="en"):
    return [one.render(language) for one in problems(path)]


# --- what travels with the package -------------------------------------------------------


def test_the_baseline_is_the_declared_community_without_policy():
    baseline = load("baseline")
    assert (baseline.name, baseline.horizon, baseline.burn_in) == ("baseline", 728, 182)
    assert not baseline.levers
    assert baseline.fingerprint() == Scenario().fingerprint()


def test_the_three_policies_differ_only_by_policy():
    baseline = load("baseline")
    assert {"points", "closed_loop", "coordination"} <= set(scenario_names())
    seen = {baseline.fingerprint()}
    for name in ("points", "closed_loop", "coordination"):
        one = load(name)
        assert (one.community, one.world, one.horizon, one.burn_in) == (
            baseline.community, baseline.world, baseline.horizon, baseline.burn_in,
        )  # fmt: skip
        assert one.description is not None
        assert one.label.zh != baseline.label.zh
        table, before = lever_table(one), lever_table(baseline)
        assert (table[:182] == before[:182]).all(), "a policy must not act before day 0"
        assert (table[182:] != before[182:]).all()
        seen.add(one.fingerprint())
    assert len(seen) == 4


def test_the_points_scheme_gets_its_money_once():
    table = lever_table(load("points"))
    assert table.points_fund[182] == 60000
    assert (table.points_topup == 0).all()


@pytest.mark.parametrize("how", ["baseline", "baseline.toml", "scenarios/baseline.toml"])
def test_a_packaged_scenario_is_found_from_anywhere(how, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert load(how).name == "baseline"


# --- reading -----------------------------------------------------------------------------


def test_values_units_dates_and_switches_are_read(tmp_path):
    one = load(
        put(
            tmp_path,
            "mine.toml",
            """
            horizon = "2 年"
            burn_in = "26 周"
            start_date = 2027-01-01
            label = "我的"
            [levers]
            points_earning = true
            repair_budget = "8 万元/年"
            results_told = "30%"
            [world]
            intake_days = "24 h"
            [population]
            residents = "300 人"
            [[phases]]
            lever = "points_redemption"
            value = true
            start = 2027-04-01
            stop = "2027-05-01"
            [[instruments]]
            name = "points_scheme"
            start = "30 d"
            levers = { points_fund = "1 万元" }
            [[injects]]
            day = 2027-02-01
            kind = "fund_change"
            magnitude = "-2 万元"
            target = 1
            """,
        )
    )
    assert one.name == "mine"
    assert (one.horizon, one.burn_in) == (728, 182)
    assert one.label == Text(zh="我的", en="我的")
    assert dict(one.levers) == {"points_earning": 1, "repair_budget": 80000, "results_told": 0.3}
    assert one.world["intake_days"] == 1.0
    assert one.phases[0] == Phase(lever="points_redemption", value=1, start=90, stop=120)
    assert one.instruments[0].start == 30
    assert one.instruments[0].levers["points_fund"] == 10000
    assert one.injects == (Inject(day=31, kind=InjectKind.FUND_CHANGE, magnitude=-20000, target=1),)


def test_a_child_says_only_what_differs(tmp_path):
    put(
        tmp_path,
        "parent.toml",
        'label = "家长"\nhorizon = 364\n[levers]\nstaff = 14\nhandlers = 4\n'
        '[[instruments]]\nname = "points_scheme"\n[[phases]]\nlever = "staff"\nvalue = 15\n',
    )
    child = put(
        tmp_path,
        "child.toml",
        'extends = "parent.toml"\n[levers]\nhandlers = 5\n[[instruments]]\nname = "points_scheme"\nstart = 50\n'
        '[[instruments]]\nname = "joint_meeting"\n[[phases]]\nlever = "staff"\nvalue = 16\nstart = 9\n',
    )
    one = load(child)
    assert one.name == "child"
    assert one.label.zh == "child"
    assert one.horizon == 364
    assert dict(one.levers) == {"staff": 14, "handlers": 5}
    assert one.instruments == (
        AppliedInstrument(name="points_scheme", start=50), AppliedInstrument(name="joint_meeting"),
    )  # fmt: skip
    assert [phase.value for phase in one.phases] == [15, 16]


def test_instruments_may_be_listed_by_name(tmp_path):
    one = load(put(tmp_path, "a.toml", 'instruments = ["points_scheme", "joint_meeting"]\n'))
    assert [i.name for i in one.instruments] == ["points_scheme", "joint_meeting"]


@pytest.mark.parametrize("title", ["积分制", "Community points scheme"])
def test_an_instrument_may_be_named_by_its_title_and_is_the_very_same(tmp_path, title):
    """Also where a child file says more about an instrument that its parent names in the other way."""
    by_id, by_title = (put(tmp_path, f"{i}.toml", f'[[instruments]]\nname = "{one}"\nstart = 9\n')
                       for i, one in enumerate(("points_scheme", title)))  # fmt: skip
    assert load(by_title).instruments == load(by_id).instruments
    assert load(by_title).fingerprint() == load(by_id).fingerprint() != load("baseline").fingerprint()
    assert load(put(tmp_path, "list.toml", f'instruments = ["{title}"]\n')).instruments[0].name == "points_scheme"
    child = put(tmp_path, "child.toml", f'extends = "0.toml"\n[[instruments]]\nname = "{title}"\nstart = 50\n')
    assert load(child).instruments == (AppliedInstrument(name="points_scheme", start=50),)
    (found,) = told(put(tmp_path, "wrong.toml", '[[instruments]]\nname = "积分制度"\n'))
    assert "no instrument named '积分制度'" in found


def test_a_value_out_of_range_is_told_as_it_was_written(tmp_path):
    path = put(
        tmp_path,
        "a.toml",
        '[population]\nyoung_share = "180 %"\nolder_share = 1.5\n[levers]\nstaff = "9000"\n'
        '[[phases]]\nlever = "points_fund"\nvalue = "90 亿元"\n',
    )
    lines = told(path, "zh")
    assert [line for line in lines if "young_share）不能是 180 %（即 1.8）" in line]
    assert [line for line in lines if "older_share）不能是 1.5；" in line]
    assert [line for line in lines if "staff）不能是 9000；" in line]
    assert [line for line in lines if "points_fund）不能是 90 亿元（即 9000000000）" in line]
    assert len(lines) == 4, "each is told once"


def test_a_file_saved_by_a_windows_editor_is_read(tmp_path):
    path = tmp_path / "a.toml"
    path.write_bytes("\ufeff[levers]\r\nstaff = 14\r\n".encode())
    assert load(path).levers["staff"] == 14


# --- refusing ----------------------------------------------------------------------------

EVERYTHING_WRONG = """\
extends = "baseline.toml"
nmae = "x"
horizon = 700
[levers]
staf = 14
"检查频次" = 3
检查覆盖率 = 0.3
approval_cut = "5 h"
repair_budget = "5 万元"
handlers = ３
admin_load = 9
base_load = 3
staff = [1]
[[phases]]
lever = "staff"
value = 999
begin = 3
[[phases]]
lever = "culture_share"
value = 0.9
start = 2026-04-01
stop = 3
[[injects]]
kind = "fault burst"
magnitude = 1
[instruments]
name = "points_scheme"
"""


def test_all_problems_of_a_file_are_told_at_once_with_line_and_fix(tmp_path):
    path = put(tmp_path, "bad.toml", EVERYTHING_WRONG)
    found = {one.where.line: one for one in problems(path)}
    fixes = {2: "name", 5: "staff", 6: "inspection_frequency", 7: "inspection_coverage = 0.3", 9: "5 万元/年",
             10: "handlers = 3", 12: "[world] base_load", 17: "start", 23: "fault_burst"}  # fmt: skip
    keys = {2: "nmae", 5: "levers.staf", 8: "levers.approval_cut", 11: "levers.admin_load", 13: "levers.staff",
            16: "phases[0].value", 22: "phases[1].stop", 26: "instruments"}  # fmt: skip
    for line, fix in fixes.items():
        assert found[line if line != 23 else 24].suggestion == fix
    for line, key in keys.items():
        assert found[line].where.key == key
        assert found[line].where.file == str(path)
    assert "unit: share" in found[8].render("en")
    assert "0 to 3" in found[11].render("en")
    assert "[[instruments]]" in found[26].render("en")
    assert any("injects[0].day" in (one.where.key or "") for one in problems(path))
    assert [one.where.line or 0 for one in problems(path)] == sorted(one.where.line or 0 for one in problems(path))


@pytest.mark.parametrize(
    ("text", "line", "fix"),
    [
        ('name = "x\n[levers]\nstaff = 14\n', 1, 'name = "x"'),
        ("[levers\nstaff = 14\n", 1, "[levers]"),
        ("[[phases]\nlever = 1\n", 1, "[[phases]]"),
        ("[levers]\nstaff 14\n", 2, "staff = 14"),
        ("[levers]\nstaff：14\n", 2, "staff = 14"),
        ("[levers]\nstaff == 14\n", 2, "staff = 14"),
        ("[levers]\nstaff ＝ 14\n", 2, "staff = 14"),
        ("name = “甲”\n", 1, 'name = "甲"'),
        ("name = baseline\n", 1, 'name = "baseline"'),
        ("【levers】\nstaff = 14\n", 1, "[levers]"),
        ("[levers]\nstaff = 14\nstaff = 15\n", 3, None),
        ("[levers]\nstaff = 14\n[levers]\nhandlers = 4\n", 3, None),
        ("instruments = [\n  'points_scheme'\n\n\n", 1, None),
        ('name = """a\nb\nc\n', 1, None),
        ("[levers]\nresults_told = 30%\n", 2, None),
    ],
)
def test_broken_toml_is_told_with_its_line_and_a_repair(tmp_path, text, line, fix):
    first = problems(put(tmp_path, "bad.toml", text))[0]
    assert first.where.line == line
    if fix:
        assert first.suggestion == fix
    assert "不是有效的 TOML" in first.render("zh")


def test_a_broken_header_does_not_hide_or_invent_other_problems(tmp_path):
    found = told(put(tmp_path, "bad.toml", "[levers\nstaff = 14\n[world]\ntaste_sdd = 1\n"))
    assert len(found) == 2
    assert "did you mean taste_sd?" in found[1]


def test_a_problem_in_the_parent_names_the_parent(tmp_path):
    put(tmp_path, "parent.toml", "\n[levers]\nstaff = 99\n")
    found = told(put(tmp_path, "child.toml", 'extends = "parent.toml"\n[levers]\nhandlers = 99\n'))
    assert any(line.startswith("parent.toml:3: levers.staff") for line in found)
    assert any("child.toml:3: levers.handlers" in line for line in found)


def test_a_phase_of_the_child_is_placed_in_the_child_although_the_parent_has_phases(tmp_path):
    put(tmp_path, "parent.toml", '[[phases]]\nlever = "staff"\nvalue = 15\n')
    path = put(tmp_path, "child.toml", 'extends = "parent.toml"\n\n[[phases]]\nlever = "staff"\nvalue = 99\n')
    (only,) = problems(path)
    assert (only.where.file, only.where.line, only.where.key) == (str(path), 5, "phases[1].value")


def test_a_chain_that_comes_back_is_told(tmp_path):
    put(tmp_path, "a.toml", 'extends = "b.toml"\n')
    put(tmp_path, "b.toml", '# b\nextends = "c.toml"\n')
    put(tmp_path, "c.toml", 'extends = "b.toml"\n')
    (only,) = problems(tmp_path / "a.toml")
    assert "a.toml → b.toml → c.toml → b.toml" in only.render("en")
    assert only.where.line == 1
    (itself,) = problems(put(tmp_path, "d.toml", 'extends = "d.toml"\n'))
    assert "循环" in itself.render("zh")


@pytest.mark.parametrize("value", ['"baselin.toml"', '"nowhere"', "3", "[]", '""'])
def test_a_parent_that_is_not_there_is_told(tmp_path, value):
    (only,) = problems(put(tmp_path, "a.toml", f"\nextends = {value}\n"))
    assert only.where.line == 2
    if "baselin" in value:
        assert only.suggestion == "baseline"


def test_a_conflict_of_instruments_in_a_file_names_both_and_the_lever(tmp_path):
    path = put(tmp_path, "a.toml", 'instruments = ["points_scheme", "smart_waste_sorting_points"]\n')
    text = told(path)[0]
    for word in ("points_scheme", "smart_waste_sorting_points", "points_sort", "a.toml:1"):
        assert word in text


@pytest.mark.parametrize("name", ["pionts", "points.tom"])
def test_a_file_that_is_not_there_offers_the_nearest(name):
    with pytest.raises(InputError) as caught:
        load(name)
    assert caught.value.problems[0].suggestion == "points"


def test_a_file_in_another_encoding_is_told_with_its_line(tmp_path):
    path = tmp_path / "a.toml"
    path.write_bytes(b"horizon = 364\n" + 'label = "积分"\n'.encode("gbk"))
    (only,) = problems(path)
    assert only.where.line == 2
    assert "UTF-8" in only.render("zh")


def test_a_folder_is_not_a_scenario(tmp_path):
    assert told(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "horizon = 1" + "0" * 400 + "\n",
        "[levers]\nstaff = 1" + "0" * 400 + "\n",
        "[levers]\nstaff = inf\n",
        "[levers]\nstaff = nan\n",
        "[[injects]]\nday = inf\nkind = 'app_outage'\nmagnitude = nan\n",
        "[[injects]]\nday = 1\nkind = 'app_outage'\nmagnitude = 1\ntarget = 1" + "0" * 30 + "\n",
        "[[injects]]\nday = 1\nkind = ['a']\nmagnitude = {}\n",
        "phases = [1, 'a', [2]]\n",
        "phases = 3\n",
        "levers = 3\n",
        "name = 3\n",
        "label = { zh = 3 }\n",
        "label = { fr = 'x' }\n",
        "start_date = 'soon'\n",
        "start_date = 10:00:00\n",
        "[[phases]]\nlever = {}\nvalue = 1\n",
        "[[phases]]\nlever = 'staff'\nvalue = 13\nstart = true\nramp = -1\nstop = 1e400\n",
        "[[instruments]]\nname = ['x']\nlevers = 3\n",
        "[population]\ndepartments = inf\n",
        "[levers.staff]\nvalue = 3\n",
        "[[levers]]\nstaff = 3\n",
        "\0",
    ],
)
def test_no_value_however_odd_gets_past_the_messages(tmp_path, text):
    for one in problems(put(tmp_path, "odd.toml", text)):
        assert one.where.file is not None
        assert one.where.line is not None, one


# --- the way back ------------------------------------------------------------------------


def number_of(q):
    if q.kind is Kind.NUMBER:
        return st.floats(q.low, q.high)
    return st.integers(int(q.low), int(q.high)).map(float)


@st.composite
def some_of(draw, catalogue):
    """Draw values for a few names: every quantity at once would take longer and show no more."""
    names = draw(st.lists(st.sampled_from([name for name in catalogue if name not in SUMS]), unique=True, max_size=6))
    return {name: draw(number_of(catalogue[name])) for name in names}


SUMS = ("care_share", "culture_share", "young_share", "older_share", "facility_share", "capital_share",
        "score_service", "score_problem", "score_efficacy", "departments")  # fmt: skip
WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
TEXTS = st.builds(Text, zh=WORDS, en=WORDS)


@st.composite
def changes(draw, names):
    start = draw(st.integers(0, 300))
    return {"start": start, "ramp": draw(st.integers(0, 100)),
            "stop": draw(st.none() | st.integers(start + 1, 900))} | draw(names)  # fmt: skip


@st.composite
def phases(draw):
    lever = draw(st.sampled_from([name for name in LEVERS if name not in SUMS]))
    return Phase(**draw(changes(st.fixed_dictionaries({"lever": st.just(lever), "value": number_of(LEVERS[lever])}))))


def with_what_it_needs(**fields):
    """Build a scenario with the extension modules on through which its drawn levers and instruments act."""
    moved = {*fields["levers"], *(phase.lever for phase in fields["phases"])}
    needed = {MODULE_OF_LEVER[name] for name in moved if name in MODULE_OF_LEVER}
    needed |= {module for one in fields["instruments"] for module in instrument(one.name).needs(one.variant)}
    on = {f"module_{module}": 1.0 for module in needed}
    return Scenario(**{**fields, "community": {**fields["community"], **on}})


CHOICES = [(name, None) for name in instruments()] + [
    (o.id, v.code) for o in instruments().values() for v in o.variants
]
SCENARIOS = st.builds(
    with_what_it_needs,
    name=st.text(st.sampled_from("abZ09_-社区é"), max_size=20).map(lambda tail: "n" + tail),
    label=TEXTS,
    description=st.none() | TEXTS,
    start_date=st.dates(date(1990, 1, 1), date(2100, 1, 1)),
    horizon=st.integers(11, 130).map(lambda n: 28 * n),
    burn_in=st.integers(0, 700),
    levers=some_of(LEVERS),
    world=some_of(WORLD),
    community=some_of(COMMUNITY),
    instruments=st.lists(
        changes(st.sampled_from(sorted(CHOICES, key=str)).map(lambda one: {"name": one[0], "variant": one[1]})).map(
            lambda fields: AppliedInstrument(**fields)
        ),
        max_size=1,
    ),
    phases=st.lists(phases(), max_size=3),
    injects=st.lists(
        st.builds(
            Inject, day=st.integers(0, 300), kind=st.just(InjectKind.FUND_CHANGE), magnitude=st.floats(-1e8, 1e8),
            target=st.integers(0, 1),
        )
        | st.builds(Inject, day=st.integers(0, 300), kind=st.just(InjectKind.FAULT_BURST),
                    magnitude=st.integers(0, 1000).map(float), target=st.integers(-1, 2)),
        max_size=3,
    ),
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(SCENARIOS)
def test_a_scenario_comes_back_from_its_file_without_loss(tmp_path_factory, scenario):
    path = save(scenario, tmp_path_factory.mktemp("way_back") / "s.toml")
    again = load(path)
    assert again == scenario
    assert again.fingerprint() == scenario.fingerprint()
    assert written(again) == written(scenario)


def test_minus_zero_is_zero(tmp_path):
    injects = [Inject(day=0, kind=InjectKind.FUND_CHANGE, magnitude=zero, target=0) for zero in (-0.0, 0.0)]
    one, other = (Scenario(injects=(inject,)) for inject in injects)
    assert one.fingerprint() == other.fingerprint()
    again = load(save(one, tmp_path / "s.toml"))
    assert again.fingerprint() == one.fingerprint()
    assert Scenario(levers={"pay_gap": -0.0}).fingerprint() == Scenario(levers={"pay_gap": 0.0}).fingerprint()


def test_a_saved_file_is_for_people(tmp_path):
    one = Scenario(levers={"staff": 14, "points_earning": True}).with_instruments("joint_meeting", start=28)
    text = save(one, tmp_path / "s.toml").read_text(encoding="utf-8")
    assert "staff = 14 # 社区工作者编制, persons" in text
    assert "points_earning = true" in text
    assert "[[instruments]]" in text


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    path = save(Scenario(), tmp_path / "s.toml")
    before = path.read_bytes()
    assert list(tmp_path.iterdir()) == [path]

    def fails(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fails)
    with pytest.raises(InputError, match=r"磁盘已满|disk is full"):
        save(Scenario(levers={"staff": 14}), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(InputError):
        save(Scenario(), tmp_path / "nowhere" / "s.toml")


def test_every_packaged_scenario_survives_the_way_back(tmp_path):
    assert resource("scenarios", "baseline.toml").is_file()
    for name in scenario_names():
        assert load(save(load(name), tmp_path / f"{name}.toml")) == load(name)


# --- mistakes that once slipped through --------------------------------------------------


def test_a_directory_is_called_one(tmp_path):
    (one,) = problems(tmp_path)
    assert "is a directory" in one.render("en")
    assert "是文件夹" in one.render("zh")
    (tmp_path / "sub").mkdir()
    (two,) = problems(put(tmp_path, "s.toml", 'extends = "sub"\n'))
    assert "is a directory" in two.render("en")
    assert two.where.line == 1


def test_a_name_of_nothing_is_no_directory():
    assert "no scenario file" in told("")[0]


def test_what_is_extended_is_named_in_text(tmp_path):
    (one,) = problems(put(tmp_path, "s.toml", "horizon = 28\nextends = 5\n"))
    assert (one.where.line, one.where.key) == (2, "extends")
    assert "not valid: 5" in one.render("en")
    assert "text in quotes" in one.render("en")


@pytest.mark.parametrize(
    "deep",
    [
        "x = " + "[" * 5000,
        "x = " + "[" * 5000 + "]" * 5000,
        "x = " + "[" * 60 + "]" * 60,
        "x = " + "{a = " * 5000 + "1" + "}" * 5000,
        "x" + ".x" * 5000 + " = 1",
        "[x" + ".x" * 5000 + "]",
        "[" * 5000,
    ],
    ids=["open", "closed", "a little too deep", "tables", "dots", "header", "brackets only"],
)
def test_nesting_too_deep_is_a_problem_and_not_a_crash(tmp_path, deep):
    found = problems(put(tmp_path, "deep.toml", f"horizon = 28\n{deep}\n"))
    assert [one.where.line for one in found] == [2]
    if not deep.startswith("[[["):
        assert "nested too deeply" in found[0].render("en")
        assert "嵌套过深" in found[0].render("zh")


@pytest.mark.parametrize("kind", ["falt_burst", "资金变动", "xyzzy"])
def test_a_misspelt_kind_hides_nothing_else_of_its_inject(tmp_path, kind):
    text = f'[[injects]]\nkind = "{kind}"\nday = 9999\nmagnitude = "many"\ntarget = "x"\n'
    found = problems(put(tmp_path, "s.toml", text))
    assert [(one.where.line, one.where.key) for one in found] == [
        (2, "injects[0].kind"), (3, "injects[0].day"), (4, "injects[0].magnitude"), (5, "injects[0].target"),
    ]  # fmt: skip


def test_the_meant_kind_decides_what_its_magnitude_may_be(tmp_path):
    assert len(told(put(tmp_path, "a.toml", '[[injects]]\nkind = "falt_burst"\nday = 1\nmagnitude = -3\n'))) == 2
    assert (
        len(
            told(
                put(tmp_path, "b.toml", '[[injects]]\nkind = "fund_chang"\nday = 1\nmagnitude = "2万元"\ntarget = 1\n')
            )
        )
        == 1
    )
    assert (
        len(told(put(tmp_path, "c.toml", '[[injects]]\nkind = "xyzzy"\nday = 1\nmagnitude = "2万元"\ntarget = 1\n')))
        == 1
    )


# --- variants ----------------------------------------------------------------------------

VARIANT = '[population]\nmodule_workforce = true\n[[instruments]]\nname = "capability_plan"\nvariant = {}\n'


def test_a_variant_is_read_written_and_kept_apart_in_the_fingerprint(tmp_path):
    whole = load(put(tmp_path, "whole.toml", VARIANT.replace("variant = {}\n", "")))
    part = load(put(tmp_path, "part.toml", VARIANT.format('"F04"')))
    assert part.instruments[0].variant == "F04"
    assert part.fingerprint() != whole.fingerprint()
    assert (lever_table(part)["trainings"] == LEVERS["trainings"].default).all()
    assert lever_table(part)["mentoring"][-1] == lever_table(whole)["mentoring"][-1] == 1
    save(part, tmp_path / "back.toml")
    assert load(tmp_path / "back.toml") == part
    name_only = load(put(tmp_path, "name.toml", VARIANT.format('"F01"')))
    assert name_only.fingerprint() == whole.fingerprint()


@pytest.mark.parametrize(
    ("wrote", "says"), [('"导师帮带"', "did you mean F04?"), ('"B41"', "did you mean B14?"), ("4", "a code in quotes")]
)
def test_an_unknown_variant_is_told_with_the_nearest(tmp_path, wrote, says):
    (found,) = problems(put(tmp_path, "mine.toml", VARIANT.format(wrote)))
    assert found.where.line == 5
    assert says in found.render("en")
    assert any("一" <= c <= "鿿" for c in found.render("zh"))


def test_an_instrument_without_variants_says_so(tmp_path):
    (found,) = problems(put(tmp_path, "mine.toml", '[[instruments]]\nname = "rectification_budget"\nvariant = "B08"\n'))
    assert "has no variants" in found.render("en")
