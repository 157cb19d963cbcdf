"""Fog of war: what a team may know.

Takes: the papers of a round. Gives: reported figures, late by the delay of paper, and samples
that were bought, with the error that their size allows. Nothing here hands on a true state;
inspections that look and see nothing are on record as clean.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from scipy.stats import binom

from labsim.experiment.worlds import address
from labsim.foundations.calendar import PERIOD
from labsim.foundations.randomness import Decision, uniform
from labsim.model.trajectory import Trajectory
from labsim.results.declaration import Counts
from labsim.results.indicators import indicator, value_of, view
from labsim.sandbox.exercise import Exercise, Purchase
from labsim.sandbox.play import Played
from labsim.scenario.scenario import community_values


@dataclass(frozen=True)
class Sample:
    """What a purchase found: a share, its 95 % interval, and how many were asked or seen."""

    name: str
    share: float
    low: float
    high: float
    n: int


def reported(exercise: Exercise, played: Played, index: int) -> dict[str, float]:
    """Return every figure on record for a round, NaN where there is none."""
    first, last = exercise.starts[index], exercise.starts[index + 1] - exercise.delay
    return figures(exercise.visible, played.papers[index], played.counts, (first, last))


def reported_before(exercise: Exercise, opening: Trajectory, counts: Counts) -> dict[str, float]:
    """Return the figures on record before the first round; what needs residents' own counts is not known yet."""
    return figures(exercise.visible, opening, counts, (-min(opening.burn_in, 84), 0))


def figures(names: Sequence[str], trajectory: Trajectory, counts: Counts, window: tuple[int, int]) -> dict[str, float]:
    """Return the values of some indicators in a window of days."""
    seen = view(trajectory, window, counts=counts)
    return {name: value_of(indicator(name), seen) for name in names}


def sampled(exercise: Exercise, played: Played, index: int, bought: Purchase, seed: int) -> Sample | None:
    """Return what a sample taken in a round found, None where there was nothing to sample.

    All teams draw the same luck for the same sample, so equal decisions give equal answers.
    """
    last = exercise.starts[index + 1] - exercise.delay
    # Residents are counted by whole periods, of which a short round may hold none.
    window = max(min(exercise.starts[index], last - 2 * PERIOD), 0), last
    name = "backlog_mean" if bought.of == "backlog_share" else bought.of
    truth = figures([name], played.papers[index], played.counts, window)[name]
    if bought.of == "backlog_share":
        truth /= max(community_values(exercise.scenario)["items"], 1.0)
    if not math.isfinite(truth):
        return None
    # A seed of its own: the sample must not share a draw with the model's own surveys.
    luck = uniform(address(f"sandbox sample {seed}"), Decision.EVALUATION_ASKED, index, address(bought.name))
    n = bought.effective
    share = float(binom.ppf(luck, n, min(max(truth, 0.0), 1.0))) / n
    low, high = wilson(share, n)
    return Sample(bought.name, share, low, high, bought.n)


def wilson(share: float, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a share by Wilson (1927)."""
    z = 1.959963984540054
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    reach = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(middle - reach, 0.0), min(middle + reach, 1.0)
