"""The scorecard: announced beforehand, weights visible, paper worth nothing.

Takes: what was played. Gives: points by line and in all; points for process; scores of
forecasts (Brier 1950; Gneiting & Raftery 2007 for the interval score).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from labsim.foundations.declared import Frozen
from labsim.model.trajectory import Trajectory
from labsim.results.declaration import Better, Counts
from labsim.results.indicators import indicator, measure
from labsim.sandbox.exercise import Exercise, Measure
from labsim.sandbox.play import Played, Strike

LEVEL = 0.8
"""Coverage that teams are asked to give their intervals."""
_GROUPS = ("age:young", "age:middle", "age:older", "migrant:yes", "migrant:no", "digital:no")


@dataclass(frozen=True)
class Line:
    """One line of a scorecard: the value behind it, its points of 100 and its weight."""

    dimension: str
    indicator: str
    group: str | None
    value: float
    points: float
    weight: float


def window_of(exercise: Exercise) -> tuple[int, int]:
    """Return the days that are scored: the second half of the rounds, when decisions have had time to work."""
    return exercise.starts[len(exercise.rounds) // 2], exercise.starts[-1]


def scorecard(exercise: Exercise, run: Trajectory, counts: Counts) -> list[Line]:
    """Return the lines of the scorecard of a finished run.

    A line without a value, such as the handling time of no case, gets half its points.
    """
    found = []
    for line in exercise.score:
        value = _value(line, run, counts, window_of(exercise))
        share = 0.5 if not math.isfinite(value) else (value - line.poor) / (line.good - line.poor)
        points = 100.0 * min(max(share, 0.0), 1.0)
        found.append(Line(line.dimension, line.indicator, line.group, value, points, line.weight))
    return found


def total(lines: Sequence[Line]) -> float:
    """Return the points of 100 in all: the mean of the lines, weighted as announced."""
    return math.fsum(line.points * line.weight for line in lines) / math.fsum(line.weight for line in lines)


def score_of(exercise: Exercise, played: Played) -> float:
    """Return the points of what was played."""
    return total(scorecard(exercise, played.run, played.counts))


def _value(line: Measure, run: Trajectory, counts: Counts, window: tuple[int, int]) -> float:
    if line.group != "worst":
        return measure(run, line.indicator, window, line.group, counts=counts)
    values = [measure(run, line.indicator, window, group, counts=counts) for group in _GROUPS]
    known = [value for value in values if math.isfinite(value)]
    if not known:
        return math.nan
    return max(known) if indicator(line.indicator).better is Better.LOWER else min(known)


class Forecast(Frozen):
    """What a team foresees of one reported figure.

    Attributes:
        indicator: the figure.
        rises: chance that it will be higher than in the last report.
        low: lower end of the interval that holds it with 80 %.
        high: upper end.
    """

    indicator: str
    rises: float
    low: float
    high: float


@dataclass(frozen=True)
class Foresight:
    """How good a forecast was: Brier score of the direction, interval score, whether the interval held it."""

    indicator: str
    brier: float
    interval: float
    held: bool
    before: float
    after: float


def brier(chance: float, came: bool) -> float:
    """Return the Brier score of one event: 0 is perfect, 1 certain and wrong, 0.25 never knowing."""
    return (chance - float(came)) ** 2


def interval_score(low: float, high: float, value: float, level: float = LEVEL) -> float:
    """Return the interval score: the width, and a penalty for missing; lower is better."""
    alpha = 1.0 - level
    return (high - low) + 2.0 / alpha * max(low - value, 0.0) + 2.0 / alpha * max(value - high, 0.0)


def foresight(forecast: Forecast, before: float, after: float) -> Foresight | None:
    """Return the score of a forecast, None where there is no figure to hold it against."""
    if not math.isfinite(after):
        return None
    base = before if math.isfinite(before) else (forecast.low + forecast.high) / 2.0
    return Foresight(
        forecast.indicator,
        brier(forecast.rises, after > base),
        interval_score(forecast.low, forecast.high, after),
        forecast.low <= after <= forecast.high,
        before,
        after,
    )


@dataclass(frozen=True)
class Process:
    """Points for how a team worked, of 100 in all; they stand beside the score and never in it.

    Attributes:
        foresaw: share of rounds with a forecast locked in time.
        asked: share of rounds in which it asked for feedback that is not on record.
        answered: share of events answered by a matching decision by the round after.
        reserve: share of all money that was left.
    """

    foresaw: float
    asked: float
    answered: float
    reserve: float

    @property
    def points(self) -> float:
        """Return the points: 30 for forecasts, 30 for feedback, 30 for answers, 10 for a reserve of a tenth."""
        asked = min(self.asked / 0.5, 1.0)
        return 30 * self.foresaw + 30 * asked + 30 * self.answered + 10 * min(self.reserve / 0.1, 1.0)


def answered(exercise: Exercise, strikes: Sequence[Strike], values: Sequence[Mapping[str, float]]) -> float:
    """Return the share of events that a team was prepared for or answered by the round after.

    An event counts as answered when one of its levers is, by then, away from where it was
    before the exercise.
    """
    asked = done = 0
    by_name = {event.name: event for event in exercise.events}
    for strike in strikes:
        event = by_name[strike.name]
        if not event.answers or not values:
            continue
        asked += 1
        index = max(i for i in range(len(exercise.rounds)) if exercise.starts[i] <= strike.day)
        then = values[min(index + 1, len(values) - 1)]
        done += any(then[lever] != exercise.before(lever) for lever in event.answers)
    return done / asked if asked else 1.0
