"""A small comparison for the tests of what is shown: 200 residents, 84 days, 20 pairs and more."""

from dataclasses import replace
from pathlib import Path

import pytest

from labsim.analysis.compare import Comparison, compare
from labsim.foundations.declared import Text
from labsim.presentation.brief.brief import html
from labsim.presentation.brief.document import Document
from labsim.presentation.brief.page import Told, page
from labsim.presentation.brief.sections import document
from labsim.presentation.words import OVER_TIME
from labsim.scenario.files import load, save
from labsim.scenario.scenario import Scenario

NASTY = "<script>alert('x')</script> & \"quotes\""


def small(name: str) -> Scenario:
    """Return a scenario of the package, shortened."""
    return load(name).changed(horizon=84, burn_in=28).with_community(residents=200, blocks=8, items=150, panel=20)


@pytest.fixture(scope="session")
def comparison() -> Comparison:
    """Two policies, one of them with a name that tries to break out of the page."""
    nasty = small("closed_loop").changed(label=Text(zh=f"闭环{NASTY}", en=f"loop {NASTY}"))
    return compare(small("baseline"), small("points"), nasty, replications=2, worlds=10, seed=3, series=OVER_TIME[:2])


@pytest.fixture(scope="session")
def partial(comparison: Comparison) -> Comparison:
    """The same, as if it had been interrupted."""
    result = comparison.result
    stopped = replace(
        result, design=replace(result.design, replications=3), cancelled=result.design.requested // 2, interrupted=True
    )
    return replace(comparison, result=stopped)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with small scenarios as files."""
    made = tmp_path_factory.mktemp("scenarios")
    for name in ("baseline", "points", "closed_loop", "coordination"):
        save(small(name), made / f"{name}.toml")
    return made


@pytest.fixture(scope="session")
def told() -> Told:
    """What the briefs of these tests are told."""
    return Told("2026-01-31")


@pytest.fixture(scope="session")
def said(comparison: Comparison, told: Told) -> Document:
    """The brief of the comparison before it is laid out; its charts take seconds to draw."""
    return document(page(comparison, told))


@pytest.fixture(scope="session")
def source(comparison: Comparison, told: Told) -> str:
    """The brief as a web page."""
    return html(comparison, "zh", told)
