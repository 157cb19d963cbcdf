"""Raking: a joint table that meets given margins, in real and in whole numbers.

Takes: a seed table (survey counts, a cross-table from elsewhere, or ones) and margins.
Gives: the table that meets the margins and keeps the associations of the seed table,
with a report of the fit; and its rounding to whole people.

Own code, on purpose: iterative proportional fitting is the loop of ten lines in
:func:`rake`. The usual package, ipfn, had its last release in 2021, brings pandas, and
does not say which empty cell makes a margin impossible, which is where raking fails in
practice (Lovelace, Birkin, Ballas & van Leeuwen 2015, JASSS 18(2)21).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labsim.foundations.declared import Text
from labsim.foundations.errors import Problem, raise_if
from labsim.foundations.i18n import t

Table = NDArray[np.float64]
Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Margin:
    """What the table must add up to over some of its axes.

    Attributes:
        name: how messages call it.
        axes: the axes that remain after summing, in increasing order.
        target: what the sums must be, one axis per entry of ``axes``.
    """

    name: str
    axes: tuple[int, ...]
    target: Table

    def of(self, table: Table) -> Table:
        """Return the sums of a table over all other axes."""
        sums: Table = table.sum(axis=self._others(table.ndim))
        return sums

    def spread(self, values: Table, ndim: int) -> Table:
        """Return values of this margin in a shape that broadcasts over a table of ``ndim`` axes."""
        return np.expand_dims(values, self._others(ndim))

    def _others(self, ndim: int) -> tuple[int, ...]:
        return tuple(axis for axis in range(ndim) if axis not in self.axes)


@dataclass(frozen=True)
class Raked:
    """A raked table and how well it fits.

    Attributes:
        table: the table, shape of the seed table.
        rounds: how many times all margins were applied.
        converged: whether ``largest_error`` came below the tolerance.
        largest_error: largest difference from a target, as a share of the total.
        errors: the same per margin, by name.
    """

    table: Table
    rounds: int
    converged: bool
    largest_error: float
    errors: dict[str, float]


def rake(table: Table, margins: Sequence[Margin], tolerance: float = 1e-10, max_rounds: int = 1000) -> Raked:
    """Scale a table until its sums meet every margin (iterative proportional fitting).

    Cells that are empty in the seed table stay empty, and odds ratios of the seed table are
    kept (Deming & Stephan 1940). Non-convergence is reported, not hidden: it means that the
    margins contradict each other or the empty cells.

    Args:
        table: seed table of any number of axes; not negative.
        margins: the targets; all with the same total.
        tolerance: largest allowed difference from a target, as a share of the total.
        max_rounds: when to give up.

    Raises:
        InputError: shapes do not fit, a number is negative or not finite, totals differ, or
            a margin asks for people in cells that are all empty; every such problem is named.
    """
    raise_if(_problems(table, margins))
    fitted = np.array(table, dtype=np.float64)
    total = max(float(margins[0].target.sum()), np.finfo(np.float64).tiny)
    errors = _errors(fitted, margins, total)
    rounds = 0
    while max(errors.values()) > tolerance and rounds < max_rounds:
        for margin in margins:
            sums = margin.of(fitted)
            factors = np.divide(margin.target, sums, out=np.zeros_like(sums), where=sums > 0)
            fitted *= margin.spread(factors, fitted.ndim)
        rounds += 1
        errors = _errors(fitted, margins, total)
    largest = max(errors.values())
    return Raked(fitted, rounds, largest <= tolerance, largest, errors)


def largest_remainder(shares: Table, total: int) -> Counts:
    """Return whole numbers in proportion to shares that add up to ``total`` exactly.

    Ties go to the earlier entry. Source: Hare quota with largest remainders.

    Args:
        shares: not negative, any shape, positive sum.
        total: the sum to reach.
    """
    exact = np.asarray(shares, dtype=np.float64) * (total / float(np.sum(shares)))
    whole = np.floor(exact + 1e-9).astype(np.int64)
    # Rounded, so that equal remainders tie on every machine whatever their last bits.
    order = np.argsort(-np.round(exact - whole, 9).ravel(), kind="stable")
    short = total - int(whole.sum())
    flat = whole.ravel()
    flat[order[:short]] += 1
    return flat.reshape(exact.shape)


def integerise(table: Table, margins: Sequence[Margin]) -> Counts:
    """Round a raked table to whole people and keep its margins.

    Truncate; then give the missing people one by one to the cell that helps the margins
    and its own remainder most; then move single people while that brings the margins
    closer. Each cell ends at its exact value rounded down or up. Truncate-replicate-sample
    (Lovelace & Ballas 2013) without the sampling, which would only add error to margins.

    Args:
        table: raked table; its total is a whole number (up to rounding).
        margins: the margins to keep; targets need not be whole.

    Returns:
        Whole numbers of the same shape and total.
    """
    whole = np.floor(table + 1e-9).astype(np.int64)
    remainder = np.round(table - whole, 9)
    free = remainder > 0
    missing = round(float(table.sum())) - int(whole.sum())
    for _ in range(missing):
        gain = np.where(free, _gain(table, whole, margins), -np.inf)
        cell = np.unravel_index(int(np.argmax(gain)), table.shape)
        whole[cell] += 1
        free[cell] = False
    up = (remainder > 0) & ~free
    for _ in range(4 * missing):
        if not _move_one(table, whole, up, remainder, margins):
            break
    return whole


def _gain(table: Table, whole: Counts, margins: Sequence[Margin]) -> Table:
    """Return how far each cell is short, in its margins and in itself."""
    gap = table - whole
    short = gap.copy()
    for margin in margins:
        short = short + margin.spread(margin.target - margin.of(whole.astype(np.float64)), table.ndim)
    rounded: Table = np.round(short, 9)
    return rounded


def _move_one(table: Table, whole: Counts, up: NDArray[np.bool_], remainder: Table, margins: Sequence[Margin]) -> bool:
    """Move one person between cells if the squared error of the margins falls; say whether."""
    before = _squared_error(whole, margins)
    gain = _gain(table, whole, margins)
    sources = sorted(np.flatnonzero(up), key=lambda c: (gain.flat[c], c))
    goals = sorted(np.flatnonzero((remainder > 0) & ~up), key=lambda c: (-gain.flat[c], c))
    # The best few suffice: others have smaller gains in every margin they do not share.
    for source in sources[:8]:
        for goal in goals[:8]:
            whole.flat[source] -= 1
            whole.flat[goal] += 1
            if _squared_error(whole, margins) < before - 1e-6:
                up.flat[source], up.flat[goal] = False, True
                return True
            whole.flat[source] += 1
            whole.flat[goal] -= 1
    return False


def _squared_error(whole: Counts, margins: Sequence[Margin]) -> float:
    return float(sum(((m.of(whole.astype(np.float64)) - m.target) ** 2).sum() for m in margins))


def _errors(table: Table, margins: Sequence[Margin], total: float) -> dict[str, float]:
    return {m.name: float(np.abs(m.of(table) - m.target).max(initial=0.0)) / total for m in margins}


def _problems(table: Table, margins: Sequence[Margin]) -> list[Problem]:
    """Return everything that makes raking impossible."""
    if not margins:
        return [Problem.at("", t("没有给出边际分布", "no margin is given"))]
    if not _proper(np.asarray(table)):
        return [Problem.at("", t("种子表含有负数或非有限数", "the seed table has negative or infinite numbers"))]
    problems = []
    first = margins[0]
    for m in margins:
        if not set(m.axes) <= set(range(table.ndim)) or tuple(table.shape[a] for a in m.axes) != m.target.shape:
            what = t(
                f"边际形状 {m.target.shape} 与种子表 {table.shape} 的轴 {m.axes} 不符",
                f"shape {m.target.shape} does not fit axes {m.axes} of a table {table.shape}",
            )
        elif tuple(sorted(set(m.axes))) != m.axes:
            what = t(f"轴 {m.axes} 须递增且不重复", f"axes {m.axes} must increase and not repeat")
        elif not _proper(m.target):
            what = t("目标含有负数或非有限数", "a target is negative or infinite")
        elif not np.isclose(m.target.sum(), first.target.sum(), rtol=1e-9, atol=1e-9):
            what = t(
                f"合计 {m.target.sum():g} 与“{first.name}”的合计 {first.target.sum():g} 不等",
                f"its total {m.target.sum():g} differs from {first.target.sum():g}, the total of '{first.name}'",
            )
        else:
            problems += [Problem.at(m.name, empty) for empty in _empty_cells(table, m)]
            continue
        problems.append(Problem.at(m.name, what))
    return problems


def _empty_cells(table: Table, margin: Margin) -> list[Text]:
    where = np.argwhere((margin.of(np.asarray(table, dtype=np.float64)) == 0) & (margin.target > 0))
    return [
        t(
            f"类别 {tuple(map(int, index))} 需要 {margin.target[tuple(index)]:g} 人，但种子表中相应格子全为空",
            f"category {tuple(map(int, index))} needs {margin.target[tuple(index)]:g}, "
            "but its cells in the seed table are all empty",
        )
        for index in where
    ]


def _proper(numbers: NDArray[np.generic]) -> bool:
    values = numbers.astype(np.float64)
    return bool(np.all(np.isfinite(values)) and np.all(values >= 0))
