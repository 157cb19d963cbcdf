"""Policies held against many states of the world: regret, targets met, the worst tenth, and what knowing is worth.

Takes: outcomes by policy and world. Gives: :class:`Robust` per policy, the Pareto set with the chance to be in it,
and the value of information by regression (EVPPI; Strong, Oakley & Brennan 2014, Med. Decis. Making 34).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labsim.analysis.explore.emulator import terms

Array = NDArray[np.float64]
Bits = NDArray[np.bool_]
TENTH = 0.1


@dataclass(frozen=True)
class Robust:
    """How a policy does over states of the world.

    Attributes:
        name: of the policy.
        mean: outcome over worlds, larger is better.
        worst_tenth: mean of the worst tenth of worlds.
        largest_regret: most that another policy would have been better by, in any world.
        mean_regret: the same on average.
        meets: share of worlds in which all targets are met.
    """

    name: str
    mean: float
    worst_tenth: float
    largest_regret: float
    mean_regret: float
    meets: float


def robust(names: Sequence[str], outcome: Array, meets: Bits | None = None) -> list[Robust]:
    """Return how policies do.

    Args:
        names: of the policies.
        outcome: larger is better, shape [policies, worlds].
        meets: whether all targets are met, of the same shape; everything when left out.
    """
    good = np.ones(outcome.shape, np.bool_) if meets is None else meets
    regret = outcome.max(axis=0) - outcome
    many = max(1, round(TENTH * outcome.shape[1]))
    worst = np.sort(outcome, axis=1)[:, :many].mean(axis=1)
    return [
        Robust(name, float(outcome[i].mean()), float(worst[i]), float(regret[i].max()), float(regret[i].mean()),
               float(good[i].mean()))
        for i, name in enumerate(names)
    ]  # fmt: skip


def dominated(outcomes: Array) -> Bits:
    """Return which rows another row beats: no worse in all columns and better in one; larger is better.

    Args:
        outcomes: shape [policies, outcomes].
    """
    no_worse = (outcomes[None] >= outcomes[:, None]).all(axis=2)
    better = (outcomes[None] > outcomes[:, None]).any(axis=2)
    return np.asarray(np.any(no_worse & better, axis=1))


@dataclass(frozen=True)
class Worth:
    """What it is worth to know something before deciding, in the unit of the outcome.

    Attributes:
        name: of the parameter; ``all`` for everything.
        value: expected gain from knowing it.
        error: standard error of it.
    """

    name: str
    value: float
    error: float

    @property
    def survey_first(self) -> bool:
        """Return whether knowing is worth more than its own error."""
        return self.value > 2 * self.error and self.value > 0


def information(names: Sequence[str], outcome: Array, points: Array) -> list[Worth]:
    """Return the expected value of perfect information about each parameter, and about all of them.

    Args:
        names: of the parameters.
        outcome: larger is better, shape [policies, worlds].
        points: where each world lies, between 0 and 1, shape [worlds, parameters].

    Returns:
        One per parameter in order, then ``all``: of the worlds as regression on all parameters sees them, so that
        luck is not taken for knowledge.
    """
    found = [_worth(name, outcome, points[:, [j]]) for j, name in enumerate(names)]
    return [*found, _worth("all", outcome, points)]


def _worth(name: str, outcome: Array, points: Array) -> Worth:
    x = terms(points)
    if x.shape[1] > len(points) // 4:  # too few worlds for squares and products
        x = np.concatenate([np.ones((len(points), 1)), 2.0 * points - 1.0], axis=1)
    # Differences from the policy that is best on average: what all policies share decides nothing.
    best = int(np.argmax(outcome.mean(axis=1)))
    gaps = (outcome - outcome[best]).T
    fold = np.arange(len(points)) % 5
    expected, gain = np.zeros_like(gaps), np.zeros(len(points))
    for one in range(5):  # whom to choose is learnt on other worlds than those that judge it
        away = fold != one
        penalty = np.diag([1e-12] + [1e-3] * (x.shape[1] - 1))
        weights = np.linalg.solve(x[away].T @ x[away] / away.sum() + penalty, x[away].T @ gaps[away] / away.sum())
        expected[~away] = x[~away] @ weights
    choice = np.argmax(expected, axis=1)
    gain = gaps[np.arange(len(gaps)), choice]
    return Worth(name, max(float(gain.mean()), 0.0), float(gain.std() / np.sqrt(len(gain))))
