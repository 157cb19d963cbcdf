"""The tables of the documentation are the declarations."""

from pathlib import Path

import pytest

from labsim.presentation.reference import TABLES, refreshed

ROOT = Path(__file__).parents[2]


def test_tables_in_the_model_document_are_current() -> None:
    text = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
    assert refreshed(text) == text, "run: python -m labsim.presentation.reference docs/model.md"


def test_every_table_stands_in_the_document() -> None:
    text = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
    assert all(f"<!-- table: {name} -->" in text for name in TABLES)


def test_an_unknown_table_is_an_error() -> None:
    with pytest.raises(KeyError):
        refreshed("<!-- table: nonsense -->\n<!-- end -->")
