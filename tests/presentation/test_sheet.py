"""A scenario as a spreadsheet: nothing is lost on the way there and back, mistakes are told with their cell."""

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from labsim.foundations.declared import Text
from labsim.foundations.errors import InputError
from labsim.presentation.cli import main
from labsim.presentation.sheet_read import read_workbook
from labsim.presentation.sheet_write import exact, workbook_of
from labsim.scenario.files import load, scenario_names
from labsim.scenario.instruments import instruments
from labsim.scenario.levers import LEVERS
from labsim.scenario.phases import AppliedInstrument, Inject, InjectKind, Phase
from labsim.scenario.scenario import Scenario


@pytest.fixture(scope="module")
def filled() -> bytes:
    return workbook_of(load("closed_loop"), "zh")


def changed(content: bytes, cells: dict[tuple[str, str], object]) -> bytes:
    """Return a workbook with other values in some cells."""
    book = load_workbook(io.BytesIO(content))
    for (page, place), value in cells.items():
        book[page][place] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def row_of(content: bytes, page: str, name: str) -> int:
    return next(c.row for c in load_workbook(io.BytesIO(content))[page]["A"] if c.value == name)


def told(content: bytes, name: str = "my.xlsx") -> list[str]:
    with pytest.raises(InputError) as error:
        read_workbook(content, name)
    return error.value.render("zh").splitlines()


@pytest.mark.parametrize(
    "name",
    [name if i % 4 == 0 else pytest.param(name, marks=pytest.mark.slow) for i, name in enumerate(scenario_names())],
)
def test_a_shipped_scenario_comes_back_unchanged(name: str):
    one = load(name)
    assert read_workbook(workbook_of(one, "zh"), "a.xlsx") == one
    assert read_workbook(workbook_of(one, "en"), "a.xlsx") == one


NUMBERS = [
    name for name, q in LEVERS.items() if q.kind.value == "number" and name not in ("care_share", "culture_share")
]


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """Scenarios with what shipped ones do not have: every digit of a number, ramps, stops, variants, odd texts."""
    core = [
        n for n in NUMBERS if LEVERS[n].group in ("participation", "incentives", "inspection", "rectification")
    ] or NUMBERS
    phases = []
    for name in draw(st.lists(st.sampled_from(core), max_size=4, unique=True)):
        q = LEVERS[name]
        start = draw(st.integers(0, 300))
        stop = draw(st.none() | st.integers(start + 1, 400))
        value = draw(st.floats(q.low, q.high))
        phases.append(Phase(lever=name, value=value, start=start, ramp=draw(st.integers(0, 90)), stop=stop))
    words = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=20)
    label = Text(zh=draw(words), en=draw(words))
    injects = [
        Inject(
            day=draw(st.integers(0, 700)),
            kind=InjectKind.FAULT_BURST,
            magnitude=3,
            target=draw(st.sampled_from((-1, 0))),
        )
    ]
    about = label if draw(st.booleans()) else None
    return Scenario(
        name="drawn", label=label, description=about, phases=tuple(phases), injects=tuple(injects),
        community={"residents": float(draw(st.integers(200, 4000)))},
    )  # fmt: skip


@settings(max_examples=5, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(scenarios())
def test_any_scenario_comes_back_unchanged(one: Scenario):
    assert read_workbook(workbook_of(one, "zh"), "a.xlsx") == one


@settings(max_examples=300, deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_written_so_that_no_digit_is_lost(value: float):
    kept = exact(value)
    back = float(kept) if isinstance(kept, str | int) else float(f"{kept:.16g}")
    assert (back, str(back)[0]) == (value, str(value)[0])


def test_values_of_an_instrument_and_its_variant_come_back():
    name, one = next((n, i) for n, i in instruments().items() if i.levers and not i.needs())
    lever = next(iter(one.levers))
    applied = AppliedInstrument(name=name, start=28, stop=90, levers={lever: LEVERS[lever].low})
    scenario = Scenario(name="a", instruments=(AppliedInstrument(name=name, start=100), applied))
    assert read_workbook(workbook_of(scenario, "en"), "a.xlsx") == scenario


def test_cells_offer_choices_and_check_their_limits(filled: bytes):
    book = load_workbook(io.BytesIO(filled))
    row = row_of(filled, "政策杠杆", "points_fund")
    checks = book["政策杠杆"].data_validations.dataValidation
    mine = next(one for one in checks if f"C{row}" in str(one.sqref))
    q = LEVERS["points_fund"]
    assert (mine.type, float(mine.formula1), float(mine.formula2)) == ("decimal", q.low, q.high)
    switch = next(name for name, one in LEVERS.items() if one.kind.value == "switch")
    other = next(one for one in checks if f"C{row_of(filled, '政策杠杆', switch)}" in str(one.sqref))
    assert (other.type, other.formula1) == ("list", '"开,关"')
    assert {one.type for one in book["阶段"].data_validations.dataValidation} == {"list"}
    assert book["lists"].sheet_state == "hidden"
    assert [c.value for c in book["阶段"][1]][:2] == ["杠杆", "取值"]


def test_every_mistake_is_told_at_once_with_its_cell(filled: bytes):
    row = row_of(filled, "政策杠杆", "points_fund")
    lines = told(
        changed(
            filled,
            {
                ("政策杠杆", f"C{row}"): -5, ("政策杠杆", f"C{row + 1}"): "=1+1", ("阶段", "A2"): "points_fnd",
                ("阶段", "B2"): 3, ("情景", "B7"): "明天", ("工具取值", "A2"): 99, ("突发事件", "A2"): 1,
            },
        )
    )  # fmt: skip
    for place in (f"政策杠杆!C{row}:", f"政策杠杆!C{row + 1}", "阶段!A2", "情景!B7", "工具取值!A2", "突发事件!A2"):
        assert [line for line in lines if f"my.xlsx {place}" in line], (place, lines)
    assert any("公式" in line for line in lines)
    assert any("points_fund" in line and "阶段!A2" in line for line in lines)


def test_a_value_may_be_written_as_people_write_it(filled: bytes):
    row = row_of(filled, "政策杠杆", "points_fund")
    found = read_workbook(changed(filled, {("政策杠杆", f"C{row}"): "5 万元"}), "a.xlsx")
    assert found.levers["points_fund"] == 50_000


def test_an_instrument_may_be_typed_by_its_title(filled: bytes):
    found = read_workbook(changed(filled, {("治理工具", "A2"): "积分制"}), "a.xlsx")
    assert found.instruments[0].name == "points_scheme"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [("xl/vbaProject.bin", b"MZ", "宏"), ("xl/evil.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a/>', "实体")],
)
def test_macros_and_entities_are_refused(filled: bytes, name: str, content: bytes, said: str):
    made = io.BytesIO(filled)
    with zipfile.ZipFile(made, "a") as archive:
        archive.writestr(name, content)
    assert said in told(made.getvalue())[0]


def test_what_is_no_workbook_is_one_clear_message():
    assert told(b"PK nothing")[0].startswith("my.xlsx: ")


def test_the_command_goes_there_and_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    table, file = tmp_path / "a.xlsx", tmp_path / "a.toml"
    assert main(["sheet", "points", "--out", str(table), "--lang", "zh"]) == 0
    assert main(["sheet", str(table), "--lang", "zh"]) == 0
    assert load(file) == load("points")
    assert main(["sheet", "points", "--out", str(tmp_path / "a.ods"), "--lang", "zh"]) == 2
    assert ".xlsx" in capsys.readouterr().err
