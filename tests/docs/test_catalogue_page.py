"""The page of the catalogue is the catalogue."""

import re
from pathlib import Path

import pytest

from labsim.presentation.catalogue_page import files, page
from labsim.presentation.catalogue_words import FAMILIES, figure
from labsim.scenario.instruments import evidence_rows, instruments
from labsim.scenario.not_instruments import not_instruments

PAGE = Path(__file__).parents[2] / "docs" / "catalogue.md"


def test_the_page_is_current_in_both_languages() -> None:
    for file, text in files(PAGE).items():
        current = file.read_text(encoding="utf-8") == text
        assert current, "run: python -m labsim.presentation.catalogue_page docs/catalogue.md"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_system_has_one_row_of_equal_width(lang: str) -> None:
    rows = [line for line in page(lang).splitlines() if re.match(r"\| (\*\*)?[A-I]\d\d ", line)]
    codes = [re.match(r"\| (?:\*\*)?([A-I]\d\d)", row)[1] for row in rows]  # type: ignore[index]
    variants = [variant.code for one in instruments().values() for variant in one.variants]
    assert sorted(codes) == sorted([*(one.code for one in instruments().values()), *variants, *not_instruments()])
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {7}


def test_every_family_is_named() -> None:
    assert {one.family for one in instruments().values()} <= set(FAMILIES)


@pytest.mark.parametrize(
    ("name", "en", "zh"),
    [
        ("pdca_recurrence_rate", "45% → 12%", "45% → 12%"),
        ("pdca_rectification_days", "7 → 3 days", "7 → 3 天"),
        ("rectification_efficiency_effect", "+35%", "+35%"),
        ("council_attendance_decline", "85% → < 50%", "85% → < 50%"),
        ("rectification_budget_per_community", "50,000 CNY/community/year", "50,000 元/社区·年"),
        ("camera_investment_masked", "(masked)", "（原文隐去）"),
    ],
)
def test_a_figure_is_shown_as_the_documents_have_it(name: str, en: str, zh: str) -> None:
    shown = figure(evidence_rows()[name])
    assert (shown.en, shown.zh) == (en, zh)


def test_every_figure_can_be_shown() -> None:
    assert all(figure(row).en and figure(row).zh for row in evidence_rows().values())
