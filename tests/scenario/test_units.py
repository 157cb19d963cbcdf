"""Numbers with units, as people write them."""

import pytest

from labsim.scenario.community import COMMUNITY
from labsim.scenario.levers import LEVERS
from labsim.scenario.units import completed, parse, unit_text
from labsim.scenario.world import WORLD


@pytest.mark.parametrize(
    ("text", "declared", "number"),
    [
        ("24 h", "d", 1.0),
        ("36小时", "d", 1.5),
        ("2 周", "d", 14.0),
        ("1 y", "d", 364.0),
        ("30%", "share", 0.3),
        ("57 %", "share", 0.57),
        ("30％", "share", 0.3),
        ("0.3", "share", 0.3),
        ("３０％", "share", 0.3),
        ("5 万元", "yuan", 50000.0),
        ("5万", "yuan", 50000.0),
        ("1,200 元", "yuan", 1200.0),
        ("5 万元/年", "yuan/y", 50000.0),
        ("5 万元 / 年", "yuan/y", 50000.0),
        ("1000 yuan/28 d", "yuan/y", 13000.0),
        ("13000 元/年", "yuan/28 d", 1000.0),
        ("2 次/周", "1/28 d", 8.0),
        ("1/d", "1/d", None),
        ("14 人", "persons", 14.0),
        ("2 h/d", "h/d", 2.0),
        ("14 h/week", "h/d", 2.0),
        ("开", "off/on", 1.0),
        ("off", "off/on", 0.0),
        ("-1.5e2", "logit", -150.0),
        ("90 d", "d", 90.0),
        ("1e400", "d", None),
        ("1e999999999", "d", None),
        ("9" * 400, "d", None),
        ("9" * 9000, "d", None),
    ],
)
def test_a_well_defined_conversion_is_made(text, declared, number):
    assert parse(text, declared) == number


@pytest.mark.parametrize(
    ("text", "declared"),
    [
        ("1 month", "d"),
        ("3 个月", "d"),
        ("5 万元/月", "yuan/y"),
        ("5 万元", "yuan/y"),
        ("5 h", "share"),
        ("30%", "persons"),
        ("30%", "yuan"),
        ("3 bananas", "d"),
        ("", "d"),
        ("h", "d"),
        ("1..2", "d"),
        ("--3", "d"),
        ("2 d/d", "share"),
        ("maybe", "off/on"),
        ("10 元/人", "yuan"),
    ],
)
def test_no_well_defined_conversion_is_no_number(text, declared):
    assert parse(text, declared) is None


def test_a_missing_period_is_offered():
    assert completed("5 万元", "yuan/y") == "5 万元/年"
    assert completed("5 h", "share") is None


@pytest.mark.parametrize("catalogue", [LEVERS, WORLD, COMMUNITY], ids=["levers", "world", "community"])
def test_every_declared_unit_reads_itself_and_has_a_chinese_name(catalogue):
    for q in catalogue.values():
        assert parse(f"0.5 {q.unit}", q.unit) == 0.5, q.name
        assert unit_text(q.unit).en == q.unit
        assert q.unit == "logit" or any("一" <= c <= "鿿" for c in unit_text(q.unit).zh), q.unit
