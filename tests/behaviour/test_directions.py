"""What a practitioner expects of each mechanism: the cases of ``*.toml``, read as a table, judged in pairs."""

import re
from itertools import pairwise

import numpy as np
import pytest

from labsim.analysis import verdict
from labsim.analysis.compare import contest
from labsim.analysis.paired import Paired, paired
from labsim.analysis.verdict import MIN_PAIRS
from labsim.experiment.design import Design
from labsim.experiment.runner import run as run_design
from labsim.foundations.errors import InputError
from labsim.results.declaration import Better
from labsim.results.indicators import indicator
from labsim.results.results import Reduction
from labsim.scenario.levers import LEVERS
from labsim.scenario.modules.register import MODULE_OF_LEVER
from tests.behaviour.cases import Case, Direction, Expected, every_case, judged
from tests.behaviour.runs import base, run

CASES = list(every_case())
PARAMETERS = [
    pytest.param(case, id=name, marks=[pytest.mark.slow] if case.slow else []) for name, case in CASES
]  # fmt: skip


@pytest.mark.parametrize("case", PARAMETERS)
def test_direction(case: Case):
    """What is expected happens, and the change changes something, or "same" would be said of nothing."""
    chain = case.scenarios()
    for earlier, later in pairwise(chain):
        assert case.inert or run(earlier, 0).digest() != run(later, 0).digest(), "the change does nothing at all"
    failed = [str(one) for one in judged(case) if not one.holds]
    assert not failed, "\n".join([case.zh, case.why.en, *failed])


def test_the_table_is_large_enough_and_says_everything_in_both_languages():
    assert len(CASES) >= 45
    assert len({case.en for _, case in CASES}) == len({case.zh for _, case in CASES}) == len(CASES)
    chinese = re.compile("[一-鿿]")
    for name, case in CASES:
        assert all(chinese.search(one) for one in (case.zh, case.why.zh)), name
        assert not any(chinese.search(one) for one in (case.en, case.why.en)), name


def test_every_mechanism_has_cases():
    """Each group of core levers and each module that there is has at least four cases that move one of its levers."""
    touched: dict[str, int] = {}
    for _, case in CASES:
        for part in {part_of(lever) for change in case.changes() for lever in change.moved()}:
            touched[part] = touched.get(part, 0) + 1
    assert {part for part in map(part_of, LEVERS) if touched.get(part, 0) < 4} == set()


def part_of(lever: str) -> str:
    """Return the module of a lever, or its group where the core has it."""
    return MODULE_OF_LEVER.get(lever, LEVERS[lever].group)


# -- the judge --------------------------------------------------------------------------------------


def pair_of(*gaps: float) -> Paired:
    before = np.array([[1.0, 2.0, 3.0, 4.0]])
    return paired(before, before + np.array([gaps]), 0.98)


RISE, NOISE, NOTHING = pair_of(1, 1.1, 0.9, 1), pair_of(3, -3, 2, -1.9), pair_of(0, 0, 0, 0)


@pytest.mark.parametrize(
    ("direction", "within", "rise", "noise", "nothing"),
    [
        ("up", None, True, False, False),
        ("down", None, False, False, False),
        ("same", None, False, False, True),
        ("same", 0.5, False, False, True),
        ("not_up", 0.5, False, False, True),
        ("not_down", 0.5, True, False, True),
        ("no_worse", 0.5, True, False, True),
    ],
)
def test_the_interval_decides_and_noise_never_passes(
    direction: Direction, within: float | None, rise: bool, noise: bool, nothing: bool
):
    expected = Expected(indicator="sorting_rate", direction=direction, within=within)
    assert [expected.holds(one) for one in (RISE, NOISE, NOTHING)] == [rise, noise, nothing]


def test_where_lower_is_better_a_rise_is_worse():
    assert not Expected(indicator="staff_load", direction="no_worse", within=0.5).holds(RISE)


def test_a_value_that_is_not_there_is_no_evidence():
    assert not Expected(indicator="staff_load", direction="same").holds(pair_of(0, 0, 0, float("nan")))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"indicator": "staff_lod", "direction": "up"}, "staff_load"),
        ({"indicator": "staff_load", "direction": "up", "within": 1}, "no band"),
        ({"indicator": "staff_load", "direction": "no_worse"}, "within"),
        ({"indicator": "open_mean", "direction": "no_worse", "within": 1}, "neither"),
        ({"indicator": "staff_load", "direction": "sideways"}, "up"),
    ],
)
def test_a_wrong_expectation_is_refused(wrong: dict[str, object], says: str):
    with pytest.raises((ValueError, InputError)) as caught:
        Expected.model_validate(wrong)
    assert says in str(caught.value)


# -- more detected is not worse ---------------------------------------------------------------------


def test_more_detected_cases_are_higher_and_not_worse():
    """Equipment finds more: the verdict on cases opened says "higher", and the undiscovered fall."""
    before = base("core").renamed("before", "之前", "before")
    after = before.with_levers(inspection_equipment=1, inspection_frequency=12).renamed("after", "之后", "after")
    names = ("cases_opened_year", "latent_mean")
    design = Design.of((before, after), replications=MIN_PAIRS)
    found = {one.difference.indicator: one for one in contest(run_design(design, Reduction(names))).verdicts()}
    opened, latent = (found[name] for name in names)
    assert opened.difference.paired.low > 0
    assert (opened.direction, latent.direction) == (verdict.Direction.HIGHER, verdict.Direction.BETTER)
    assert "升高" in opened.sentence.zh
    assert "变差" not in opened.sentence.zh
    assert "higher" in opened.sentence.en
    assert "worse" not in opened.sentence.en


@pytest.mark.parametrize("name", ["cases_opened_year", "open_mean", "reports_month", "grid_found_share"])
def test_no_indicator_of_detection_has_a_worse_side(name: str):
    assert indicator(name).better is Better.NONE
