"""What a before/after in one community shows, beside what the instrument does.

Takes: a community and instruments, each alone. Gives: :class:`Spread`: for each instrument the
paired effect in the second half of the run, and the readings that single communities would have
made: second half minus first half, without a control.

The instrument starts when the first half ends. The paired effect compares the same second half
with and without it, in the same world and on the same seed. A reading compares two halves of one
run, so it holds the effect, the luck of both halves and all that drifts anyway.
"""

import math
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from enum import StrEnum
from typing import TypedDict, Unpack

import numpy as np

from labsim.analysis.compare import contest, value_cubes
from labsim.analysis.paired import Array
from labsim.analysis.verdict import Difference
from labsim.experiment.design import Design
from labsim.experiment.runner import ExperimentResult, Progress, Simulate, run
from labsim.foundations.calendar import PERIOD
from labsim.foundations.errors import Problem, raise_if, unknown_name
from labsim.foundations.i18n import t
from labsim.results.indicators import indicator, indicators, select
from labsim.results.results import Reduction
from labsim.scenario.instruments import INSTRUMENT, instrument_names, instruments
from labsim.scenario.scenario import Scenario

ALWAYS = ("satisfaction_share",)
"""Read for every instrument, besides what it is claimed to move."""
OFTEN_WRONG, SOMETIMES_WRONG = 0.20, 0.05
"""Shares of readings in the wrong direction from which a reading means nothing, or little."""
FEW = 5
"""Fewer readings are no distribution."""


class Meaning(StrEnum):
    """What one before/after reading is worth."""

    TELLS = "tells"
    DIRECTION = "direction"
    LITTLE = "little"
    NOTHING = "nothing"
    NO_EFFECT = "no_effect"
    FALSE_ALARM = "false_alarm"
    UNKNOWN = "unknown"


class Options(TypedDict, total=False):
    """How to look: ``worlds`` (10), ``replications`` in each (2), ``seed`` (0), and as ``experiment.runner.run``.

    ``indicators`` are read for every instrument; when left out, each instrument is read by what
    it is claimed to move, and by satisfaction.
    """

    indicators: Sequence[str] | None
    replications: int
    worlds: int
    seed: int
    executor: Executor | None
    progress: Progress | None
    simulate: Simulate | None


@dataclass(frozen=True)
class Drift:
    """What changes in one community from the first to the second half when nothing is done.

    Attributes:
        indicator: its name.
        n: readings.
        median: of the readings; ``low`` and ``high`` hold the middle 90 % of them.
        low: 5 % of the readings are below.
        high: 5 % are above.
        beyond: share of readings that are larger than what matters, in either direction.
    """

    indicator: str
    n: int
    median: float
    low: float
    high: float
    beyond: float


@dataclass(frozen=True)
class Reading:
    """One instrument and one indicator: its effect, and what single communities would have read.

    Attributes:
        effect: paired, in the second half; ``policy`` is the instrument.
        readings: second minus first half of each run, shape [n].
        missing: runs in which one half has no value.
        median: of the readings; ``low`` and ``high`` hold the middle 90 % of them.
        low: 5 % of the readings are below.
        high: 5 % are above.
        wrong: share of the readings that point against the effect; NaN when the effect has no known
            direction, or all of its interval is smaller than what matters.
        beyond: share of readings that are larger than what matters, in either direction.
    """

    effect: Difference
    readings: Array
    missing: int
    median: float
    low: float
    high: float
    wrong: float
    beyond: float

    @property
    def n(self) -> int:
        """Return how many readings there are."""
        return len(self.readings)

    @property
    def meaning(self) -> Meaning:
        """Return what one reading is worth."""
        if self.n < FEW or not math.isfinite(self.effect.paired.low):
            return Meaning.UNKNOWN
        if math.isnan(self.wrong):
            return Meaning.FALSE_ALARM if self.beyond >= OFTEN_WRONG else Meaning.NO_EFFECT
        if self.wrong >= SOMETIMES_WRONG:
            return Meaning.NOTHING if self.wrong >= OFTEN_WRONG else Meaning.LITTLE
        size = self.median / self.effect.paired.difference
        return Meaning.TELLS if 0.5 <= size <= 2.0 else Meaning.DIRECTION


@dataclass(frozen=True)
class Spread:
    """What was found.

    Attributes:
        base: the community without any of the instruments.
        start: day on which the instruments start: the end of the first half.
        readings: one per instrument and indicator.
        drifts: one per indicator.
        result: the runs of the second half.
    """

    base: Scenario
    start: int
    readings: tuple[Reading, ...]
    drifts: tuple[Drift, ...]
    result: ExperimentResult


def spread(base: Scenario, names: Sequence[str] | None = None, **options: Unpack[Options]) -> Spread:
    """Compare the effect of instruments with what a before/after in one community shows.

    Args:
        base: the community; its instruments and phases stay as they are.
        names: of instruments; all of the catalogue when left out.
        options: see :class:`Options`.

    Raises:
        InputError: unknown instruments or indicators, or a run that has no halves of whole periods.
    """
    catalogue = instruments()
    chosen = list(catalogue if names is None else dict.fromkeys(names))
    raise_if(
        unknown_name("instruments", name, catalogue, INSTRUMENT, instrument_names())
        for name in chosen
        if name not in catalogue
    )
    read_by = _read_by(chosen, options.get("indicators"))
    start = _half(base)
    reduction = tuple(name for name in indicators() if any(name in read for read in read_by.values()))
    scenarios = [base.changed(name="base")] + [
        base.with_instruments(name, start=start).changed(name=name) for name in chosen
    ]
    worlds, replications, seed = options.get("worlds", 10), options.get("replications", 2), options.get("seed", 0)
    results = [
        run(
            Design.of(some, worlds, replications, seed),
            Reduction(reduction, window, by_group=False),
            executor=options.get("executor"),
            progress=options.get("progress"),
            simulate=options.get("simulate"),
        )
        # Nothing before its start can depend on an instrument, so the first half is run once.
        for some, window in ((scenarios[:1], (0, start)), (scenarios, (start, 2 * start)))
    ]
    return _spread(base, start, read_by, (results[0], results[1]))


def _half(base: Scenario) -> int:
    half = base.horizon // 2 // PERIOD * PERIOD
    if not half:
        what = t(f"{base.horizon} 天太短，没有前后两半", f"a run of {base.horizon} days has no two halves")
        raise_if([Problem.at("horizon", what, t(f"至少 {2 * PERIOD} 天", f"at least {2 * PERIOD} days"))])
    return half


def _read_by(chosen: Sequence[str], wanted: Sequence[str] | None) -> dict[str, list[str]]:
    """Return which indicators each instrument is read by, in the order of the catalogue."""
    select(wanted)
    catalogue = instruments()
    return {
        one: [
            name
            for name in indicators()
            if name in (wanted or {*ALWAYS, *(claim.indicator for claim in catalogue[one].claims)})
        ]
        for one in chosen
    }


def _spread(
    base: Scenario, start: int, read_by: Mapping[str, Sequence[str]], results: tuple[ExperimentResult, ExperimentResult]
) -> Spread:
    first, second = results
    if first.interrupted or second.interrupted:
        raise KeyboardInterrupt  # a distribution over some of the communities would be read as one over all
    before = {name: cube[0].ravel() for (name, _), cube in value_cubes(first).items()}
    after = {name: cube for (name, _), cube in value_cubes(second).items()}
    at = {scenario.name: i for i, scenario in enumerate(second.design.scenarios)}
    effects = {(one.policy, one.indicator): one for one in contest(second).differences}
    readings = [
        _reading(effects[one, name], after[name][at[one]].ravel() - before[name])
        for one, names in read_by.items()
        for name in names
        if name in before
    ]
    drifts = [_drift(name, values, after[name][0].ravel()) for name, values in before.items()]
    return Spread(base, start, tuple(readings), tuple(drifts), second)


def _reading(effect: Difference, gaps: Array) -> Reading:
    known = gaps[np.isfinite(gaps)]
    numbers = effect.paired
    # An effect that lies wholly below what matters has a sign, but nobody should look for it in a reading.
    matters = max(abs(numbers.low), abs(numbers.high)) > effect.delta
    told = matters and (numbers.low > 0 or numbers.high < 0) and len(known) > 0
    wrong = float((known * numbers.difference < 0).mean()) if told else math.nan
    middle = _middle(known)
    return Reading(effect, known, len(gaps) - len(known), *middle, wrong, _beyond(known, effect.delta))


def _drift(name: str, before: Array, after: Array) -> Drift:
    gaps = after - before
    known = np.isfinite(gaps)
    level = float(after[known].mean()) if known.any() else math.nan
    delta = float(indicator(name).delta.at(level))
    return Drift(name, int(known.sum()), *_middle(gaps[known]), _beyond(gaps[known], delta))


def _middle(known: Array) -> tuple[float, float, float]:
    if not len(known):
        return math.nan, math.nan, math.nan
    low, median, high = np.quantile(known, (0.05, 0.5, 0.95))
    return float(median), float(low), float(high)


def _beyond(known: Array, delta: float) -> float:
    return float((np.abs(known) > delta).mean()) if len(known) else math.nan
