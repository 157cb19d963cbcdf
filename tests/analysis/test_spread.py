"""What a before/after shows, on a toy whose drift and luck are known, and the page of a tiny design."""

import math
import re
from pathlib import Path

import numpy as np
import pytest

from labsim.analysis import spread_page
from labsim.analysis.spread import Meaning, Reading, Spread, spread
from labsim.foundations.errors import InputError
from labsim.foundations.randomness import uniform
from labsim.model.trajectory import Trajectory
from labsim.scenario.instruments import instruments
from labsim.scenario.levers import LEVERS
from labsim.scenario.scenario import Scenario, lever_table
from tests.analysis.tiny import scenario as community
from tests.results.factory import trajectory

STRONG, WEAK, IDLE = "pdca_cycle", "resident_supervisors", "honours_and_awards"
EFFECT = {"case_tracking": 150.0, "supervisors": 30.0}
DRIFT, LUCK = 20, 100
"""Reports a day: the second half has 20 more anyway, and each half its own luck in a range of 100."""


@pytest.fixture(autouse=True)
def _english(monkeypatch):
    monkeypatch.setenv("LABSIM_LANG", "en")


def toy(scenario: Scenario, seed: int, *, population=None) -> Trajectory:
    """Fewer reports while a lever is off its default; drift and the luck of each half beside it."""
    table = lever_table(scenario)
    reports = np.zeros(56)
    for half in range(2):
        days = slice(28 * half, 28 * half + 28)
        reports[days] = 200 + DRIFT * half + round(LUCK * (uniform(seed, 1, half, 0) - 0.5))
        for name, effect in EFFECT.items():
            reports[days] -= effect * (table[name][days] != LEVERS[name].default)
    return trajectory(56, 0, daily={"reports": reports})


def found_in(simulate=toy, names=(STRONG, WEAK, IDLE), **options) -> Spread:
    base = Scenario(name="box", horizon=56, burn_in=0, community={"residents": 20, "blocks": 2, "items": 0, "panel": 4})
    given = {"indicators": ["reports_month"], "worlds": 10, "replications": 4, **options}
    return spread(base, names, simulate=simulate, **given)


@pytest.fixture(scope="module")
def made() -> dict[str, Reading]:
    return {one.effect.policy: one for one in found_in().readings}


def test_the_effect_is_that_of_the_instrument_and_a_reading_holds_drift_and_luck(made):
    strong = made[STRONG]
    assert strong.effect.paired.difference == pytest.approx(-28 * 150)
    assert strong.n == 40
    assert strong.readings.mean() == pytest.approx(28 * (DRIFT - 150), abs=28 * 15)
    assert strong.readings.std() > 28 * 10
    assert strong.low < strong.median < strong.high


def test_readings_of_a_weak_effect_point_the_wrong_way(made):
    """Effect -30, drift +20: a reading is -10 and luck between -100 and 100, so four in ten are wrong."""
    weak = made[WEAK]
    assert weak.effect.paired.difference == pytest.approx(-28 * 30)
    assert weak.effect.paired.high < 0
    assert weak.wrong == (weak.readings > 0).mean()
    assert 0.25 < weak.wrong < 0.6
    assert weak.meaning is Meaning.NOTHING
    assert made[STRONG].wrong == 0.0
    assert made[STRONG].meaning is Meaning.TELLS


def test_an_instrument_without_effect_has_no_direction_and_its_readings_are_the_drift(made):
    idle = made[IDLE]
    assert idle.effect.paired.identical
    assert math.isnan(idle.wrong)
    assert idle.meaning is Meaning.FALSE_ALARM
    found = found_in(names=[IDLE])
    (drift,) = found.drifts
    assert (drift.median, drift.low, drift.high) == (idle.median, idle.low, idle.high)
    assert drift.n == 40
    assert drift.beyond == idle.beyond == (np.abs(idle.readings) > idle.effect.delta).mean() > 0.2


def test_an_effect_below_what_matters_is_not_looked_for_in_readings():
    """The weak effect is real and its sign known, but beside ten times the reports it matters to nobody."""

    def many(scenario: Scenario, seed: int, *, population=None) -> Trajectory:
        one = toy(scenario, seed)
        one.daily["reports"] += 2000
        return one

    (reading,) = found_in(many, [WEAK]).readings
    assert reading.effect.paired.high < 0
    assert reading.effect.paired.low > -reading.effect.delta
    assert math.isnan(reading.wrong)
    assert reading.meaning is Meaning.NO_EFFECT


def test_instruments_start_at_half_time():
    found = found_in()
    assert found.start == 28
    assert {one.start for s in found.result.design.scenarios for one in s.instruments} == {28}


def test_halves_that_cannot_be_measured_are_counted():
    (one,) = found_in(names=[IDLE], indicators=["fix_rate_official"]).readings
    assert (one.n, one.missing) == (0, 40)
    assert math.isnan(one.median)
    assert one.meaning is Meaning.UNKNOWN


def test_each_instrument_is_read_by_its_claims_and_satisfaction():
    found = found_in(indicators=None, names=[IDLE], worlds=2, replications=1)
    claims = {claim.indicator for claim in instruments()[IDLE].claims}
    assert {one.effect.indicator for one in found.readings} == claims | {"satisfaction_share"}


def test_mistakes_are_told():
    with pytest.raises(InputError, match="did you mean pdca_cycle"):
        found_in(names=["pdca_cycl"])
    with pytest.raises(InputError, match="did you mean reports_month"):
        found_in(indicators=["report_month"])
    with pytest.raises(InputError, match="no two halves"):
        spread(community().changed(horizon=28), [IDLE])


def test_the_page_tells_every_instrument_in_both_languages(made):
    found = found_in()
    text = spread_page.page(found)
    for name in (STRONG, WEAK, IDLE):
        (row,) = [line for line in text.splitlines() if f"`{name}`" in line]
        assert instruments()[name].name.zh in row
        assert instruments()[name].name.en in row
        assert "| 40 |" in row
    (weak,) = [line for line in text.splitlines() if f"`{WEAK}`" in line]
    assert f"{100 * made[WEAK].wrong:.0f} %" in weak
    assert "✗ means nothing" in weak
    assert "-840" in weak
    assert "<!-- instruments: 3 -->" in text
    assert text.count("When nothing is done") == 1
    assert "python -m labsim.analysis.spread_page docs/spread.md" in text


def test_the_page_in_the_docs_is_about_instruments_that_exist(root: Path):
    """Its figures take minutes and are regenerated by hand; a name that is gone shows that it is due."""
    text = (root / "docs" / "spread.md").read_text(encoding="utf-8")
    named = set(re.findall(r"<br>`([a-z0-9_]+)` \|", text))
    assert len(named) > 40
    assert named - set(instruments()) == set(), "python -m labsim.analysis.spread_page docs/spread.md"


def test_the_engine_gives_a_page(tmp_path, monkeypatch):
    """The generator end to end, on a tiny community and two instruments."""
    tiny = community().with_community(items=600)
    monkeypatch.setattr(spread_page, "load", lambda name: tiny)
    monkeypatch.setattr(spread_page, "spread", lambda base, **design: spread(base, [STRONG, IDLE], worlds=2, seed=1))
    spread_page.main([str(tmp_path / "spread.md")])
    text = (tmp_path / "spread.md").read_text(encoding="utf-8")
    assert f"`{STRONG}`" in text
    assert "day 28" in text
    assert "nan" not in text
