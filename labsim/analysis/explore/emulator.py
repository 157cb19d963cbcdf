"""A quick stand-in for the model, and how far it is off.

Takes: points and outcomes of runs. Gives: :class:`Emulator`: a quadratic ridge regression with its error on runs it
has not seen. It answers thousands of questions a millisecond and is used only where its error is shown.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Emulator:
    """A regression on points.

    Attributes:
        weights: of 1, points, squares and products.
        explained: share of the variance of unseen outcomes that it explains (five-fold), luck included.
        luck: standard deviation of what it leaves.
    """

    weights: Array
    explained: float
    luck: float

    def __call__(self, points: Array) -> Array:
        """Return expected outcomes, shape [n]."""
        return np.asarray(terms(points) @ self.weights)


def terms(points: Array) -> Array:
    """Return 1, points, squares and products of points between 0 and 1, shape [n, terms]."""
    x = 2.0 * points - 1.0
    i, j = np.triu_indices(x.shape[1])
    return np.concatenate([np.ones((len(x), 1)), x, x[:, i] * x[:, j]], axis=1)


def emulate(points: Array, outcome: Array, penalty: float = 1e-3) -> Emulator:
    """Return an emulator and its error on held-out runs."""

    def learnt(rows: NDArray[np.bool_]) -> Array:
        x = terms(points[rows])
        add = np.full(x.shape[1], penalty)
        add[0] = 1e-12
        return np.asarray(np.linalg.solve(x.T @ x / len(x) + np.diag(add), x.T @ outcome[rows] / len(x)))

    fold = np.arange(len(points)) % 5
    off = np.empty(len(points))
    for one in range(5):
        off[fold == one] = outcome[fold == one] - terms(points[fold == one]) @ learnt(fold != one)
    spread = float(np.var(outcome))
    explained = 1.0 - float(np.mean(off**2)) / spread if spread > 0 else 0.0
    return Emulator(learnt(np.ones(len(points), np.bool_)), explained, float(np.sqrt(np.mean(off**2))))


@dataclass(frozen=True)
class Split:
    """Shares of the variance of an outcome: policy, parameters, their interaction, luck; they sum to 1."""

    policy: float
    parameters: float
    interaction: float
    luck: float


def split(outcome: Array) -> Split:
    """Split the variance of an outcome into policy, parameters and luck (random effects analysis of variance).

    Args:
        outcome: shape [policies, worlds, replications], at least two of each.
    """
    a, b, r = outcome.shape
    grand, of_policy, of_world, cell = (
        outcome.mean(),
        outcome.mean(axis=(1, 2)),
        outcome.mean(axis=(0, 2)),
        outcome.mean(axis=2),
    )
    luck = float(np.sum((outcome - cell[:, :, None]) ** 2) / (a * b * (r - 1)))
    both = cell - of_policy[:, None] - of_world[None, :] + grand
    mean_both = r * float(np.sum(both**2)) / ((a - 1) * (b - 1))
    mean_policy = b * r * float(np.sum((of_policy - grand) ** 2)) / (a - 1)
    mean_world = a * r * float(np.sum((of_world - grand) ** 2)) / (b - 1)
    interaction = max((mean_both - luck) / r, 0.0)
    policy = max((mean_policy - mean_both) / (b * r), 0.0)
    world = max((mean_world - mean_both) / (a * r), 0.0)
    whole = luck + interaction + policy + world
    return Split(policy / whole, world / whole, interaction / whole, luck / whole) if whole > 0 else Split(0, 0, 0, 0)
