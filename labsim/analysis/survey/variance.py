"""Errors of weighted means: by linearisation over strata and clusters, or from the replicate weights of the office.

Takes: a survey and what its persons say. Gives: the covariance of means.

A survey firm that may not give strata and clusters away gives replicate weights instead: the survey as it would have
been weighted, had some clusters not been drawn. The scatter of the means over them is the error (Wolter 2007):
Σ(θr - θ)² over R for balanced repeated replication (and over (1 - k)² with Fay's factor k) and the bootstrap, times
(R - 1)/R for the jackknife, as it is for the paired jackknife (JK2).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labsim.foundations.errors import Problem, unknown_name
from labsim.foundations.i18n import t
from labsim.scenario.entries import wrong

Array = NDArray[np.float64]
METHODS = ("brr", "jackknife", "jk2", "bootstrap")
FEWEST = 4
"""Replicates; fewer say nothing of an error."""


@dataclass(frozen=True)
class Replication:
    """How replicate weights were made.

    Attributes:
        columns: names, or patterns such as ``rw*``.
        method: one of :data:`METHODS`.
        fay: Fay's factor of balanced repeated replication, 0 without.
    """

    columns: tuple[str, ...]
    method: str
    fay: float = 0.0

    def scale(self, many: int) -> float:
        """Return what the sum of squares over so many replicates is multiplied with."""
        if self.method == "jackknife":
            return (many - 1) / many
        return 1.0 if self.method == "jk2" else 1.0 / (many * (1.0 - self.fay) ** 2)

    def found(self, heads: list[str]) -> list[str]:
        """Return the columns of a file that are meant, in its order."""
        return [head for head in heads if any(fnmatchcase(head, one) for one in self.columns)]


def read_replication(given: Mapping[str, Any], add: Callable[[Problem], None]) -> Replication | None:
    """Return what the section ``[design]`` says of replicate weights; problems are added to a list."""
    if "replicates" not in given:
        for name in ("method", "fay"):
            if name in given:
                add(Problem.at(f"design.{name}", t("没有 replicates", "there is no replicates"),
                               t('replicates = "rw*"', 'replicates = "rw*"')))  # fmt: skip
        return None
    columns, method, fay = given["replicates"], given.get("method", "—"), given.get("fay", 0.0)
    names = [columns] if isinstance(columns, str) else columns
    if not isinstance(names, list) or not names or not all(isinstance(one, str) for one in names):
        add(wrong("design.replicates", columns, t('"rw*" 或列名的列表', '"rw*" or a list of columns')))
        names = []
    if method not in METHODS:
        add(unknown_name("design.method", str(method), METHODS, t("重复权重方法", "method of replicate weights")))
        return None
    number = isinstance(fay, int | float) and not isinstance(fay, bool) and 0 <= fay < 1
    if not number or (fay and method != "brr"):
        add(wrong("design.fay", fay, t("0 至 1（不含），只用于 brr", "from 0 to below 1, for brr only")))
        return None
    return Replication(tuple(names), method, float(fay))


def linearised(influence: Array, stratum: NDArray[np.int64], cluster: NDArray[np.int64]) -> Array:
    """Return Σ over strata of m/(m-1) Σ over clusters of (z - z̄)(z - z̄)ᵀ.

    Args:
        influence: of each person on each mean, shape [n, means].
        stratum: shape [n].
        cluster: shape [n].
    """
    key = stratum * (int(cluster.max()) + 1) + cluster
    clusters, place = np.unique(key, return_inverse=True)
    totals = np.zeros((len(clusters), influence.shape[1]))
    np.add.at(totals, place, influence)
    of = clusters // (int(cluster.max()) + 1)
    found = np.zeros((influence.shape[1],) * 2)
    for one in np.unique(of):
        some = totals[of == one]
        if len(some) < 2:
            found += np.outer(some[0], some[0])  # its own centre is unknown: against 0, the mean of the sample
            continue
        spread = some - some.mean(axis=0)
        found += len(some) / (len(some) - 1) * spread.T @ spread
    return found


def replicated(values: Array, weight: Array, replicates: Array, scale: float) -> Array:
    """Return the covariance of means over replicate weights.

    Args:
        values: of each person for each mean, NaN outside it, shape [n, means].
        weight: of the whole sample, shape [n].
        replicates: weights of the replicates, shape [n, replicates].
        scale: of the method.
    """
    inside = np.isfinite(values)
    flat = np.where(inside, values, 0.0)
    totals = np.maximum(replicates.T @ inside, 1e-12)
    whole = (weight @ flat) / np.maximum(weight @ inside, 1e-12)
    # A group that a replicate has nobody of says nothing there.
    away = np.where(totals > 1e-9, (replicates.T @ flat) / totals - whole, 0.0)
    return np.asarray(scale * away.T @ away)
