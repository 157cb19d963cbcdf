"""Ranking and selection: the best of three to twenty policies, with few runs and a promise.

Takes: a function that gives paired outcomes of policies on further seeds. Gives: :class:`Selected`. Fully
sequential elimination with an indifference zone (Kim & Nelson 2001, ACM TOMACS 11): with probability ``level`` the
best is chosen whenever it is better than all others by the smallest difference that matters.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labsim.foundations.errors import Problem, raise_if
from labsim.foundations.i18n import t

Array = NDArray[np.float64]
Sample = Callable[[Sequence[int], int, int], Array]
"""From policies still in the race, the first replication and how many, to outcomes [policies, replications]."""


@dataclass(frozen=True)
class Selected:
    """Who is left.

    Attributes:
        best: places of the policies left; several when they are practically equal and runs ended.
        means: of each policy over the runs it was given.
        runs: of each policy.
        total: runs in all.
        decided: whether one is left.
    """

    best: tuple[int, ...]
    means: Array
    runs: NDArray[np.int64]
    total: int
    decided: bool


def select(
    sample: Sample, policies: int, delta: float, level: float = 0.95, first: int = 10, most: int = 2000
) -> Selected:
    """Return the best of some policies; larger is better.

    Args:
        sample: the model, on common random numbers.
        policies: how many.
        delta: the smallest difference that matters.
        level: probability that the best is chosen, when it is better by delta.
        first: replications before anybody leaves.
        most: replications of each policy at most.

    Raises:
        InputError: fewer than two policies, or a delta that is not above 0.
    """
    raise_if(
        Problem.at(key, t(f"{value:g} 无效", f"{value:g} is not possible"), t(f"大于 {low:g}", f"above {low:g}"))
        for key, value, low in (("policies", policies, 1), ("delta", delta, 0.0), ("first", first, 2))
        if not value > low
    )
    values = np.full((policies, most), np.nan)
    values[:, :first] = sample(range(policies), 0, first)
    eta = 0.5 * ((2 * (1 - level) / (policies - 1)) ** (-2 / (first - 1)) - 1)
    gaps = values[:, None, :first] - values[None, :, :first]
    reach = 2 * eta * (first - 1) * gaps.var(axis=2, ddof=1)
    left, n = list(range(policies)), first
    while True:
        totals = np.nansum(values[:, :n], axis=1)
        slack = np.maximum(reach / (2 * delta) - delta * n / 2, 0.0)
        left = [i for i in left if all(totals[i] >= totals[j] - slack[i, j] for j in left if j != i)]
        if len(left) == 1 or n >= most:
            break
        more = min(max(first // 2, 1), most - n)
        values[left, n : n + more] = sample(left, n, more)
        n += more
    runs = np.isfinite(values).sum(axis=1)
    return Selected(tuple(left), np.nanmean(values, axis=1), runs, int(runs.sum()), len(left) == 1)
