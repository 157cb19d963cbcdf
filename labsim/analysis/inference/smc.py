"""ABC by population Monte Carlo: slower, with fresh simulations near the data.

Takes: a study and a first bank. Gives: weighted draws. Generations of simulations close in on the data
(Beaumont et al. 2009, Biometrika 96; Toni et al. 2009): parameters of the last generation are moved by a normal
kernel of twice its covariance, simulated, and kept when their summaries come nearer than the last tolerance. What
distance the last tolerance leaves is taken off by local linear regression (Beaumont, Zhang & Balding 2002).

Own code: pyABC, the kept library, draws from the global generator of NumPy inside its workers, so that no
posterior of it can be made again bit for bit, and it brings a data base and a web server.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labsim.analysis.chance import Purpose, bells, evens, picked
from labsim.analysis.inference.bank import Bank
from labsim.analysis.inference.regression import DRAWS, Regression, adjusted, features, resampled, ridge

Array = NDArray[np.float64]
PARTICLES, GENERATIONS = 800, 2
KEEP = 0.5
"""Share of a generation whose distance is the next tolerance."""
Simulated = Callable[[Array, int], Array]
"""From scores and the number of the first run to figures without errors of measurement."""


@dataclass(frozen=True)
class Generation:
    """Particles: scores, weights that sum to 1, summaries less the observed ones, and simulations made so far."""

    scores: Array
    weights: Array
    away: Array
    distances: Array
    simulations: int
    tolerance: float


def smc(
    bank: Bank, known: Regression, values: Array, simulated: Simulated, seed: int, draws: int = DRAWS
) -> tuple[Array, list[Generation]]:
    """Return draws of the scores, shape [draws, parameters], and the generations they came through.

    Args:
        bank: simulations from the prior, the first generation.
        known: what summaries are.
        values: observed figures.
        simulated: the model.
        seed: of all chance.
        draws: how many.
    """
    target = known.summary(values[None, :])[0]

    def compared(clean: Array, copy: int) -> tuple[Array, Array]:
        away = known.summary(bank.observed.noisy(clean, seed, copy)) - target
        return away, np.sqrt(np.sum((away @ known.scale) ** 2, axis=1))

    away, first = compared(bank.clean, 100)
    best = np.argsort(first, kind="stable")[:PARTICLES]
    even = np.full(len(best), 1 / len(best))
    now = Generation(bank.scores[best], even, away[best], first[best], bank.n, float(first[best[-1]]))
    course = [now]
    for number in range(1, GENERATIONS + 1):
        tolerance = float(np.quantile(now.distances, KEEP))
        root: Any = np.linalg.cholesky(2.0 * _covariance(now) + 1e-9 * np.eye(now.scores.shape[1]))
        kept: list[tuple[Array, Array, Array]] = []
        made, batch = 0, 0
        while sum(len(one[2]) for one in kept) < PARTICLES and batch < 6:
            luck = 1000 * number + batch
            which = _drawn(now.weights, evens(seed, Purpose.PERTURB, 2 * luck, (PARTICLES,)))
            moved = now.scores[which] + bells(seed, Purpose.PERTURB, 2 * luck + 1, now.scores[which].shape) @ root.T
            start = bank.n + 1 + 100_000 * number + batch * PARTICLES
            away, distance = compared(simulated(moved, start), luck)
            near = distance <= tolerance
            kept.append((moved[near], away[near], distance[near]))
            made, batch = made + len(moved), batch + 1
        scores, away, distance = (np.concatenate(part)[:PARTICLES] for part in zip(*kept, strict=True))
        if len(scores) < PARTICLES // 5:
            break  # the tolerance is below the noise: closer is not to be had
        now = Generation(scores, _weights(scores, now, root), away, distance, now.simulations + made, tolerance)
        course.append(now)
    near_most = np.maximum(1.0 - (now.distances / max(now.tolerance, 1e-9)) ** 2, 0.0) + 1e-6
    weights = now.weights * near_most
    return adjusted(now.scores, now.away, weights)[resampled(weights, draws, seed)], course


def emulated(bank: Bank, seed: int) -> Simulated:
    """Return a stand-in for the model, learnt from a bank: its figures as regression has them, and its luck.

    On it a method of fresh simulations can be tried on hundreds of data sets, which no model would live to see.
    """
    table = features(bank.scores)
    weights = ridge(table, bank.clean)
    rest = bank.clean - table @ weights

    def model(scores: Array, first: int) -> Array:
        luck = picked(seed, Purpose.LUCK, first % 900_000, len(scores), len(rest))
        return np.asarray(features(scores) @ weights + rest[luck])

    return model


def _covariance(one: Generation) -> Array:
    centred = one.scores - one.weights @ one.scores
    return np.asarray((one.weights[:, None] * centred).T @ centred)


def _drawn(weights: Array, luck: Array) -> NDArray[np.int64]:
    return np.minimum(np.searchsorted(np.cumsum(weights), luck), len(weights) - 1).astype(np.int64)


def _weights(scores: Array, before: Generation, root: Array) -> Array:
    """Return prior density over the density of what was proposed."""
    log_prior = -0.5 * np.sum(scores**2, axis=1)
    steps = np.linalg.solve(root, (scores[:, None, :] - before.scores[None]).reshape(-1, scores.shape[1]).T).T
    log_kernel = -0.5 * np.sum(steps**2, axis=1).reshape(len(scores), -1)
    top = log_kernel.max(axis=1, keepdims=True)
    log_proposed = top[:, 0] + np.log(np.exp(log_kernel - top) @ before.weights)
    weight = np.exp(log_prior - log_proposed - np.max(log_prior - log_proposed))
    return np.asarray(weight / weight.sum())
