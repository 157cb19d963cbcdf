"""Could the model have made these data at all? A check before any posterior is believed.

Takes: a bank and observed figures. Gives: :class:`Misfit`: whether the data are unlike anything the model shows,
and the figures that say so. When data lie outside the simulator's range every method of inference fails.

Each figure is predicted from all others by a regression learnt on simulations with errors of measurement; the
largest surprise is held against the surprises of simulations that were held out, so that one in twenty data sets
of the model itself is flagged. Prediction from the others sees patterns that no single range shows.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labsim.analysis.inference.bank import Bank
from labsim.analysis.inference.observed import Figure
from labsim.analysis.inference.regression import features, ridge

Array = NDArray[np.float64]
FALSE_FLAGS = 0.04
"""Share of data sets of the model itself that are flagged."""
_TOLD = 5


@dataclass(frozen=True)
class Surprise:
    """A figure that the others did not expect: observed, expected, and how many standard deviations apart."""

    figure: Figure
    observed: float
    expected: float
    surprise: float


@dataclass(frozen=True)
class Misfit:
    """Whether data are unlike the model.

    Attributes:
        flagged: whether they are.
        largest: the largest surprise, in standard deviations.
        threshold: above which data are flagged.
        p: share of the model's own data sets with a larger surprise.
        surprises: the largest ones, largest first.
    """

    flagged: bool
    largest: float
    threshold: float
    p: float
    surprises: tuple[Surprise, ...]


@dataclass(frozen=True)
class Expectation:
    """What each figure is expected to be, given the others."""

    centre: Array
    spread: Array
    weights: tuple[Array, ...]
    left: Array
    own: Array

    def surprises(self, figures: Array) -> tuple[Array, Array]:
        """Return expected figures and surprises in standard deviations, both [n, figures]."""
        x = (figures - self.centre) / self.spread
        expected = np.stack([_without(x, j) @ self.weights[j] for j in range(x.shape[1])], axis=1)
        return expected * self.spread + self.centre, (x - expected) / self.left


def _without(x: Array, j: int) -> Array:
    return features(np.delete(x, j, axis=1))


def expectation(bank: Bank, seed: int) -> Expectation:
    """Learn from half of a bank what figures say of each other; the other half says how often they surprise."""
    measured = bank.observed.noisy(bank.clean, seed, 900)
    learning, rest = measured[0::2], measured[1::2]
    centre, spread = learning.mean(axis=0), learning.std(axis=0) + 1e-9
    x = (learning - centre) / spread
    weights = tuple(ridge(_without(x, j), x[:, j], 1e-2) for j in range(x.shape[1]))
    made = Expectation(centre, spread, weights, np.ones(x.shape[1]), np.zeros(0))
    _, away = made.surprises(rest)
    left = np.sqrt(np.mean(away**2, axis=0)) + 1e-9
    return Expectation(centre, spread, weights, left, np.max(np.abs(away / left), axis=1))


def misfit(known: Expectation, bank: Bank, values: Array) -> Misfit:
    """Return whether observed figures are unlike the model."""
    expected, away = known.surprises(values[None, :])
    size = np.abs(away[0])
    threshold = float(np.quantile(known.own, 1 - FALSE_FLAGS))
    order = np.argsort(-size, kind="stable")[:_TOLD]
    found = tuple(
        Surprise(bank.observed.figures[j], float(values[j]), float(expected[0, j]), float(away[0, j])) for j in order
    )
    largest = float(size.max())
    return Misfit(largest > threshold, largest, threshold, float(np.mean(known.own >= largest)), found)


def rates(known: Expectation, bank: Bank, seed: int, tests: int = 1000) -> dict[str, float]:
    """Return how often data are flagged: the model's own (``false``) and impossible ones (``found``).

    Impossible data are data of the model with one figure moved against the others, by three standard deviations of
    what simulations show; each figure takes its turn.
    """
    rows = np.arange(bank.n)[1::2][-tests:]  # of the half from which no expectation was learnt
    own = bank.observed.noisy(bank.clean[rows], seed, 901)
    threshold = float(np.quantile(known.own, 1 - FALSE_FLAGS))
    false = np.max(np.abs(known.surprises(own)[1]), axis=1) > threshold
    moved = own.copy()
    turn = np.arange(len(rows)) % own.shape[1]
    at = np.arange(len(rows)), turn
    moved[at] += 3.0 * known.spread[turn] * np.where(own[at] > known.centre[turn], -1.0, 1.0)
    found = np.max(np.abs(known.surprises(moved)[1]), axis=1) > threshold
    return {"false": float(false.mean()), "found": float(found.mean())}
