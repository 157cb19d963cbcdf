"""Declarations: one quantity, and catalogues of them."""

import numpy as np
import pytest
from pydantic import ValidationError

from labsim.foundations.declared import Catalogue, Kind, Quantity, Text
from labsim.scenario.community import COMMUNITY
from labsim.scenario.levers import LEVERS
from labsim.scenario.world import WORLD

LABEL = Text(zh="人数", en="persons")


def quantity(name="staff", low=0.0, high=10.0, default=3.0, kind=Kind.NUMBER):
    return Quantity(
        name=name, label=LABEL, unit="persons", low=low, high=high, default=default, source="assumption", group="g",
        kind=kind,
    )  # fmt: skip


def test_a_default_outside_its_range_cannot_be_declared():
    with pytest.raises(ValidationError, match=r"default 11\.0 outside"):
        quantity(default=11)


@pytest.mark.parametrize("name", ["Staff", "1staff", "staff-load", ""])
def test_a_name_that_is_no_column_name_cannot_be_declared(name):
    with pytest.raises(ValidationError):
        quantity(name=name)


@pytest.mark.parametrize(
    ("kind", "value", "allowed"),
    [
        (Kind.NUMBER, 2.5, True),
        (Kind.WHOLE, 2.5, False),
        (Kind.WHOLE, 2.0, True),
        (Kind.SWITCH, 0.5, False),
        (Kind.NUMBER, 10.0, True),
        (Kind.NUMBER, 10.0001, False),
        (Kind.NUMBER, float("nan"), False),
        (Kind.WHOLE, float("nan"), False),
        (Kind.NUMBER, float("inf"), False),
    ],
)
def test_what_a_quantity_allows(kind, value, allowed):
    assert quantity(kind=kind).allows(value) is allowed


def test_a_quantity_cannot_be_changed_or_extended():
    one = quantity()
    with pytest.raises(ValidationError):
        one.default = 4.0
    with pytest.raises(ValidationError):
        Text.model_validate({"zh": "一", "en": "one", "fr": "un"})


def test_a_name_declared_twice_is_an_error():
    with pytest.raises(ValueError, match="twice"):
        Catalogue(quantity(), quantity())


def test_a_record_holds_values_over_defaults_in_declared_order():
    catalogue = Catalogue(quantity("b", default=1), quantity("a", default=2))
    record = catalogue.record({"a": 9})
    assert record.dtype.names == ("b", "a")
    assert record.dtype == catalogue.dtype
    assert (record[0].b, record[0].a) == (1.0, 9.0)
    assert isinstance(record, np.recarray)
    with pytest.raises(KeyError, match="not declared: c"):
        catalogue.record({"c": 1})


@pytest.mark.parametrize("catalogue", [LEVERS, WORLD, COMMUNITY], ids=["levers", "world", "community"])
def test_every_declaration_says_where_its_number_comes_from_in_both_languages(catalogue):
    labels_zh = [q.label.zh for q in catalogue.values()]
    labels_en = [q.label.en for q in catalogue.values()]
    assert len(set(labels_zh)) == len(labels_zh)
    assert len(set(labels_en)) == len(labels_en)
    for q in catalogue.values():
        assert any("一" <= c <= "鿿" for c in q.label.zh), q.name
        assert all(ord(c) < 0x3000 for c in q.label.en), q.name
        assert q.allows(q.default), q.name
        assert q.low < q.high, q.name
