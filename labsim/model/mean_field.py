"""Participation in the limit of very many residents: a deterministic map.

Takes: an :class:`ActivityAlone` in a complete network (or without influence of contacts).
Gives: the share who act in every round, and the shares at which nothing changes any more.
Runs with many residents must come within one percentage point (``tests/verification``);
the map shares no code with the kernels, so that each checks the other.

Chance averages out: a share of residents with the same taste acts with the logit
probability. Taste is integrated by Gauss-Hermite quadrature. Habit differs between people
of one taste, by the luck of what they did; its distribution is carried on a grid.
Brock & Durlauf 2001; with heterogeneity: Gordon, Nadal, Phan & Semeshenko 2009.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import brentq
from scipy.special import expit

from labsim.model.parts_people import ActivityAlone
from labsim.model.state import Activity

Array = NDArray[np.float64]
_NODES = 31
_GRID = 201


@dataclass(frozen=True)
class MeanField:
    """The limit of an activity.

    Attributes:
        shares: share who act in each round, shape [rounds].
        by_group: the same per age group, shape [rounds, 3]; NaN for an empty group.
        habit: mean habit of each age group at the end, shape [3].
    """

    shares: Array
    by_group: Array
    habit: Array


class _Cohort:
    """Those who decide on the same day: their last share, and how habit is spread among them."""

    def __init__(self, part: ActivityAlone, cells: Array, start: float) -> None:
        grid = np.linspace(0.0, 1.0, _GRID)
        self.cells = cells  # [group, node] shares of residents, sum 1
        self.active = np.full(cells.shape, start)
        self.spread = np.zeros((*cells.shape, _GRID))
        habit = float(np.asarray(part.habit_start, float).mean())
        low = min(int(habit * (_GRID - 1)), _GRID - 2)
        self.spread[..., low + 1] = habit * (_GRID - 1) - low
        self.spread[..., low] = 1.0 - self.spread[..., low + 1]
        self.grid = grid
        self.up = _moves(grid + part.habit_rate * (1.0 - grid))
        self.down = _moves(grid * (1.0 - part.habit_rate))

    def decide(self, utility: Array, habit_weight: float) -> None:
        """Let the cohort act with utilities [group, node] that leave habit out."""
        chance = expit(utility[..., None] + habit_weight * self.grid)
        acting = self.spread * chance
        self.active = acting.sum(axis=-1)
        idle = self.spread - acting
        flat = self.up @ acting.reshape(-1, _GRID).T + self.down @ idle.reshape(-1, _GRID).T
        self.spread = flat.T.reshape(self.spread.shape)

    @property
    def share(self) -> float:
        """Return the share of the cohort who acted last."""
        return float((self.cells * self.active).sum())


def _moves(target: Array) -> sparse.csr_array:
    """Return the matrix that moves mass from grid points to targets and keeps its mean; transposed."""
    place = np.clip(target * (_GRID - 1), 0.0, _GRID - 1.0)
    low = np.minimum(place.astype(int), _GRID - 2)
    share = place - low
    rows = np.arange(_GRID)
    entries = (np.concatenate([1.0 - share, share]), (np.concatenate([low, low + 1]), np.concatenate([rows, rows])))
    return sparse.csr_array(entries, shape=(_GRID, _GRID))


def mean_field(part: ActivityAlone) -> MeanField:
    """Return the limit of an activity for infinitely many residents.

    Weekly activities have seven cohorts, one a day, each answering to what the others did
    last, as in the model. Terms from ``world`` and ``levers`` are not part of the map.

    Raises:
        ValueError: the network is neither complete nor without influence.
    """
    if part.network != "complete" and part.contact_influence != 0.0:
        raise ValueError("a mean field needs a complete network, or no influence of contacts")
    taste, weight = _taste(part)
    sizes = np.array(part.residents if isinstance(part.residents, tuple) else (part.residents, 0, 0), float)
    cells = (sizes / sizes.sum())[:, None] * weight
    weekly = part.activity <= Activity.APP
    habit_weight = part.habit_weight if weekly else 0.0
    cohorts = [_Cohort(part, cells, float(np.asarray(part.start, float).mean())) for _ in range(7 if weekly else 1)]
    own = np.array(part.alphas)[:, None] + taste
    shares = np.empty(part.rounds)
    by_group = np.empty((part.rounds, 3))
    for step in range(part.rounds):
        for cohort in cohorts:
            everybody = float(np.mean([each.share for each in cohorts]))
            cohort.decide(own + part.contact_influence * everybody, habit_weight)
        shares[step] = np.mean([cohort.share for cohort in cohorts])
        by_group[step] = np.mean([cohort.active @ weight for cohort in cohorts], axis=0)
    habit = np.mean([(cohort.spread @ cohort.grid) @ weight for cohort in cohorts], axis=0)
    by_group[:, sizes == 0] = np.nan
    return MeanField(shares, by_group, habit)


def _taste(part: ActivityAlone) -> tuple[Array, Array]:
    """Return the values of taste in utility and their weights, shape [nodes] each."""
    node, weight = np.polynomial.hermite_e.hermegauss(_NODES)
    spread = part.taste_sd * (0.5 if part.activity == Activity.PATROL else 1.0)
    if spread == 0.0:
        return np.zeros(1), np.ones(1)
    return spread * node, weight / weight.sum()


@dataclass(frozen=True)
class FixedPoint:
    """A share that reproduces itself; stable when a small push dies out."""

    share: float
    stable: bool


def fixed_points(part: ActivityAlone) -> list[FixedPoint]:
    """Return every share m with m = E[logistic(alpha + taste + J m)], ascending; habit is left out.

    >>> [round(point.share, 4) for point in fixed_points(ActivityAlone(alpha=-3.0, contact_influence=6.0))]
    [0.0707, 0.5, 0.9293]
    """
    taste, weight = _taste(part)
    sizes = np.array(part.residents if isinstance(part.residents, tuple) else (part.residents, 0, 0), float)
    group = sizes / sizes.sum()
    own = np.array(part.alphas)[:, None] + taste

    def gain(m: float) -> float:
        return float(group @ expit(own + part.contact_influence * m) @ weight) - m

    # Away from round numbers, so that a root at a half is crossed and not stepped on.
    edges = np.concatenate([[0.0], (np.arange(4000) + 0.437) / 4000, [1.0]])
    values = np.array([gain(m) for m in edges])
    return [
        FixedPoint(float(brentq(gain, edges[i], edges[i + 1], xtol=1e-14)), bool(values[i] > 0.0))
        for i in range(len(edges) - 1)
        if values[i] * values[i + 1] < 0.0
    ]
