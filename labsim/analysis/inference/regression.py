"""Regression-ABC, amortised: one bank of simulations, a posterior for any data in a second.

Takes: a bank. Gives: :class:`Regression`, which knows how figures speak of parameters, and draws of the posterior
for observed figures.

Figures become one summary per parameter, its expectation by quadratic ridge regression (semi-automatic,
Fearnhead & Prangle 2012, JRSS B 74). The simulations whose summaries come nearest are accepted and moved to the
observed summaries by local linear regression with changing variance (Blum & François 2010, Stat. Comput. 20).
Every simulation is measured several times over with fresh errors of measurement, so that the error of a survey
does not cost simulations.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labsim.analysis.chance import Purpose, evens
from labsim.analysis.inference.bank import Bank
from labsim.analysis.inference.observed import Observed

Array = NDArray[np.float64]
COPIES = 5
"""Times that every simulation is measured."""
DRAWS = 1000
ACCEPTED = 0.1
"""Share of the measured simulations that is accepted."""
_FEWEST = 400
_RIDGE = 1e-3
_FLOOR = 1e-9


@dataclass(frozen=True)
class Regression:
    """What a bank taught.

    Attributes:
        scores: parameters of the measured simulations, shape [copies · n, parameters].
        summaries: their summaries, shape [copies · n, parameters].
        source: number of the simulation behind each, shape [copies · n].
        centre: mean of each figure.
        spread: standard deviation of each figure.
        weights: of the features in each summary.
        scale: whitening of summaries, shape [parameters, parameters].
    """

    scores: Array
    summaries: Array
    source: NDArray[np.int64]
    centre: Array
    spread: Array
    weights: Array
    scale: Array

    def summary(self, figures: Array) -> Array:
        """Return the summaries of measured figures, shape [n, parameters]."""
        return np.asarray(features((figures - self.centre) / self.spread) @ self.weights)

    def posterior(self, values: Array, seed: int, without: int | None = None, draws: int = DRAWS) -> Array:
        """Return draws of the scores given observed figures.

        Args:
            values: observed, shape [figures].
            seed: of the draws.
            without: a simulation to leave out, when the values are its own.
            draws: how many.

        Returns:
            Scores, shape [draws, parameters].
        """
        target = self.summary(values[None, :])[0]
        away = (self.summaries - target) @ self.scale
        distance = np.sqrt(np.sum(away**2, axis=1))
        if without is not None:
            distance = np.where(self.source == without, np.inf, distance)
        many = min(max(_FEWEST, round(ACCEPTED * len(distance))), len(distance) - 1)
        near = np.argpartition(distance, many)[: many + 1]
        near = near[np.lexsort((near, distance[near]))]
        reach = max(float(distance[near[-1]]), _FLOOR)
        weight = np.maximum(1.0 - (distance[near[:-1]] / reach) ** 2, 0.0)  # Epanechnikov
        moved = adjusted(self.scores[near[:-1]], self.summaries[near[:-1]] - target, weight)
        return moved[resampled(weight, draws, seed)]


def features(x: Array) -> Array:
    """Return 1, the standardised figures and their squares, shape [n, 1 + 2 figures]; far values are held in."""
    x = np.clip(x, -6.0, 6.0)
    return np.concatenate([np.ones((len(x), 1)), x, x**2 - 1.0], axis=1)


def ridge(x: Array, y: Array, penalty: float = _RIDGE) -> Array:
    """Return coefficients of a ridge regression; the first column, a constant, is not penalised."""
    gram = x.T @ x / len(x)
    add = np.full(x.shape[1], penalty)
    add[0] = 0.0
    return np.asarray(np.linalg.solve(gram + np.diag(add + 1e-12), x.T @ y / len(x)))


def learn(bank: Bank, seed: int, copies: int = COPIES, seen: Observed | None = None) -> Regression:
    """Return what a bank teaches about the figures of a study.

    Args:
        bank: the simulations.
        seed: of the errors of measurement.
        copies: times that every simulation is measured.
        seen: figures and their errors; those of the bank when left out.
    """
    figures = seen or bank.observed
    measured = np.concatenate([figures.noisy(bank.clean, seed, i) for i in range(copies)])
    scores = np.tile(bank.scores, (copies, 1))
    centre, spread = measured.mean(axis=0), measured.std(axis=0) + _FLOOR
    x = features((measured - centre) / spread)
    weights = ridge(x, scores)
    summaries = x @ weights
    # Distances count a difference by what is left to know about the parameter, and no direction twice.
    left = np.cov((scores - summaries).T).reshape(scores.shape[1], scores.shape[1])
    explained = np.cov(summaries.T).reshape(left.shape) + _FLOOR * np.eye(len(left))
    size, turn = np.linalg.eigh(explained + 0.05 * left)
    scale = turn / np.sqrt(np.maximum(size, _FLOOR))
    return Regression(scores, summaries, np.tile(np.arange(bank.n), copies), centre, spread, weights, scale)


def adjusted(scores: Array, away: Array, weight: Array) -> Array:
    """Return scores moved to where the summaries agree: local mean and local spread (Blum & François 2010)."""
    x = np.concatenate([np.ones((len(away), 1)), away], axis=1)
    root = np.sqrt(weight)[:, None]
    mean = np.linalg.lstsq(root * x, root * scores, rcond=None)[0]
    rest = scores - x @ mean
    log_square = np.log(rest**2 + _FLOOR)
    change = np.linalg.lstsq(root * x, root * log_square, rcond=None)[0]
    here, there = change[0], x @ change
    return np.asarray(mean[0] + rest * np.exp(np.clip(here - there, -1.5, 1.5) / 2))


def resampled(weight: Array, draws: int, seed: int) -> NDArray[np.int64]:
    """Return places drawn in proportion to weights, by one systematic pass in an order of luck."""
    order = np.argsort(evens(seed, Purpose.POSTERIOR, 0, (len(weight),)), kind="stable")
    ladder = np.cumsum(weight[order]) / weight.sum()
    steps = (np.arange(draws) + evens(seed, Purpose.POSTERIOR, 1, (1,))[0]) / draws
    return np.asarray(order[np.minimum(np.searchsorted(ladder, steps), len(order) - 1)], np.int64)
