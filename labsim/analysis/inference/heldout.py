"""Is the model any good at foretelling what it was not fitted to? Scores against those who know no model.

Takes: a bank whose study knows the two halves of its survey. Gives: :class:`Foretold`: the blocks of one half, foretold
from the other half and the logs by the model, and by three who need none: the same group in the first half, everybody
in the first half, and the prior.

A forecast of the model is regression-ABC with figures in the place of parameters: what simulations whose first half
looked like this showed in the second. So it knows the luck of this community as well as its parameters. Scores are
continuous ranked probability scores in standard deviations of the prior's forecast, smaller is better.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from labsim.analysis.inference.bank import Bank
from labsim.analysis.inference.observed import Observed
from labsim.analysis.inference.posterior import crps
from labsim.analysis.inference.regression import features, ridge

Array = NDArray[np.float64]
NAIVE = ("same group", "everybody")
GAIN = 0.1
"""By how much the model should be better than the best naive forecast (analysis.md 1.5)."""
_COPIES, _NEAR = 4, 400
_OTHERS = 50_000
"""Far from the numbers of other samples of the same noise."""


@dataclass(frozen=True)
class Foretold:
    """Scores of forecasts of the second half.

    Attributes:
        figures: how many were foretold.
        scores: of the model, of naive forecasts and of the prior, on these data.
        usual: the same over data sets of known truth, which one survey is one draw of.
        tests: how many such data sets.
    """

    figures: int
    scores: dict[str, float]
    usual: dict[str, float]
    tests: int

    @property
    def gain(self) -> float:
        """Return by how much the model is better than the best naive forecast on these data, as a share."""
        return gain(self.scores)

    @property
    def usual_gain(self) -> float:
        """Return the same over data sets of known truth."""
        return gain(self.usual)


def gain(scores: dict[str, float]) -> float:
    """Return by how much the model is better than the best naive forecast, as a share of that one's score."""
    best = min(scores[name] for name in NAIVE)
    return 1.0 - scores["model"] / best


def foretold(bank: Bank, seed: int, tests: int = 100) -> Foretold | None:
    """Return how well the second half of a survey is foretold from the first; None when it cannot be halved."""
    halves = bank.study.halves
    if halves is None:
        return None
    first, second = _shared(bank, *halves)
    if not second[1]:
        return None
    many = min(tests, bank.n // 5)
    forecaster = _Forecaster(bank.part(np.arange(bank.n - many)), first, second, seed)
    held = bank.clean[bank.n - many :]
    seen = first[0].noisy(held[:, first[1]], seed, 800)
    came = second[0].noisy(held[:, second[1]], seed, 800, _OTHERS)
    each = [forecaster.scores(one, other) for one, other in zip(seen, came, strict=True)]
    usual = {name: float(np.mean([one[name] for one in each])) for name in each[0]}
    return Foretold(len(second[1]), forecaster.scores(first[0].values, second[0].values), usual, many)


Half = tuple[Observed, list[int]]
"""Figures of a half, and their places among those of the bank."""


def _shared(bank: Bank, one: Observed, other: Observed) -> tuple[Half, Half]:
    """Return the figures that the bank has too; of the second half, groups whose like the first half has."""
    places = {(figure.name, figure.source): i for i, figure in enumerate(bank.observed.figures)}
    keys = [[(figure.name, figure.source) for figure in half.figures] for half in (one, other)]
    kept = [i for i, key in enumerate(keys[0]) if key in places]
    told = [i for i, key in enumerate(keys[1]) if key in places and key in keys[0]]
    return (
        (one.only(kept), [places[keys[0][i]] for i in kept]),
        (other.only(told), [places[keys[1][i]] for i in told]),
    )


class _Forecaster:
    """Learns from a bank what a first half says of the second."""

    def __init__(self, bank: Bank, first: Half, second: Half, seed: int) -> None:
        self.first, self.second = first[0], second[0]
        x, y = bank.clean[:, first[1]], bank.clean[:, second[1]]
        given = np.concatenate([self.first.noisy(x, seed, 810 + i) for i in range(_COPIES)])
        came = np.concatenate([self.second.noisy(y, seed, 810 + i, _OTHERS) for i in range(_COPIES)])
        self.centre, self.spread = given.mean(axis=0), given.std(axis=0) + 1e-9
        self.scale, self.prior = came.std(axis=0) + 1e-9, came
        table = features((given - self.centre) / self.spread)
        self.weights = ridge(table, came)
        self.expected = table @ self.weights
        self.rest = came - self.expected
        names = [one.name for one in self.first.figures]
        self.same = [names.index(one.name) for one in self.second.figures]
        whole = {one.indicator: i for i, one in enumerate(self.first.figures) if one.group == "all"}
        self.all = [whole.get(one.indicator, same) for one, same in zip(self.second.figures, self.same, strict=True)]

    def scores(self, seen: Array, came: Array) -> dict[str, float]:
        """Return the scores of every forecaster on one data set."""
        row = features((seen[None, :] - self.centre) / self.spread) @ self.weights
        away = np.sum(((self.expected - row) / self.scale) ** 2, axis=1)
        near = np.argpartition(away, min(_NEAR, len(away) - 1))[:_NEAR]
        model = row + self.rest[near]
        errors = [np.diag(one.covariance) for one in (self.first, self.second)]
        told = {"model": crps(model, came)}
        for name, places in zip(NAIVE, (self.same, self.all), strict=True):
            spread = np.sqrt(errors[0][places] + errors[1])
            told[name] = _normal_crps(seen[places], spread, came)
        told["prior"] = crps(self.prior[:: max(1, len(self.prior) // 400)], came)
        return {name: float(np.mean(one / self.scale)) for name, one in told.items()}


def _normal_crps(centre: Array, spread: Array, came: Array) -> Array:
    """Return the score of normal forecasts in closed form (Gneiting & Raftery 2007, eq. 21)."""
    z = (came - centre) / spread
    return np.asarray(spread * (z * (2 * norm.cdf(z) - 1) + 2 * norm.pdf(z) - 1 / np.sqrt(np.pi)))
