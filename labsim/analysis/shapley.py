"""A whole shared among its parts: Shapley values, from all coalitions or from orders.

Takes: what every coalition of parts is worth, in many pairs of runs at once. Gives: what each
part adds, averaged over the orders in which parts can be put together (Shapley 1953), and how
much two parts do together that they do not do apart (Grabisch & Roubens 1999).

A coalition is the whole number whose bit *i* says that part *i* is in it. All sums are exact
until the last rounding (:func:`math.fsum` on products without rounding), so that a part that
changes no bit of any run gets exactly 0, two parts that do the same get the same bits, and
parts sum to the whole within a rounding of each part.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from labsim.experiment.worlds import address
from labsim.foundations.randomness import Decision, uniform

EXACT = 6
"""Up to so many parts every coalition is run; beyond, the coalitions of random orders."""
ORDERS = 12
"""How many orders are drawn beyond; each comes with its reverse, so the number is even."""
_SPLIT = 134217729.0  # 2**27 + 1: Veltkamp's constant, which splits 53 bits into 26 and 26

Array = npt.NDArray[np.float64]
Terms = Sequence[tuple[int, int]]
"""Weighted coalitions: (weight, coalition)."""


@dataclass(frozen=True)
class Plan:
    """Which coalitions are needed, and how they are weighted.

    Attributes:
        parts: how many.
        joins: of each part, how often it joins which coalition (coalition without it, weight).
        total: sum of the weights of each part.
        orders: the orders averaged over, each with its reverse behind it; none when every
            coalition is weighted exactly.
    """

    parts: int
    joins: tuple[tuple[tuple[int, int], ...], ...]
    total: int
    orders: tuple[tuple[int, ...], ...] = ()

    @property
    def exact(self) -> bool:
        """Return whether all orders are in it, and not a sample."""
        return not self.orders

    @property
    def full(self) -> int:
        """Return the coalition of all parts."""
        return (1 << self.parts) - 1

    def coalitions(self) -> list[int]:
        """Return the coalitions that have to be run, the empty one first and the full one second.

        Every part alone and every part taken out of the full coalition are among them.
        """
        ones = [1 << i for i in range(self.parts)]
        wanted = [0, self.full, *ones, *(self.full ^ one for one in ones)]
        for i, joined in enumerate(self.joins):
            for before, _ in joined:
                wanted += [before, before | 1 << i]
        return list(dict.fromkeys(wanted))


def exact_plan(parts: int) -> Plan:
    """Return the plan of all coalitions: part *i* joins *S* in |S|! (n - |S| - 1)! of the n! orders."""
    joins = tuple(
        tuple(
            (before, math.factorial(before.bit_count()) * math.factorial(parts - before.bit_count() - 1))
            for before in range(1 << parts)
            if not before & 1 << i
        )
        for i in range(parts)
    )
    return Plan(parts, joins, math.factorial(parts))


def order_plan(parts: int, orders: Iterable[Sequence[int]]) -> Plan:
    """Return the plan of these orders: each part joins those that stand before it.

    Args:
        parts: how many.
        orders: permutations of the numbers of the parts.
    """
    taken = tuple(tuple(order) for order in orders)
    joins: list[Counter[int]] = [Counter() for _ in range(parts)]
    for order in taken:
        before = 0
        for i in order:
            joins[i][before] += 1
            before |= 1 << i
    return Plan(parts, tuple(tuple(sorted(one.items())) for one in joins), len(taken), taken)


def drawn_orders(names: Sequence[str], orders: int, seed: int) -> list[tuple[int, ...]]:
    """Draw orders of parts, each followed by its reverse.

    The reverse is antithetic: who came first and met nobody now comes last and meets all, so
    the error of a part whose worth depends on the others shrinks faster than by chance.

    Args:
        names: of the parts; a part is drawn by its name, so another part moves none of the rest.
        orders: how many, reverses included; an odd number is rounded up.
        seed: of the experiment.
    """
    found: list[tuple[int, ...]] = []
    for k in range(-(-orders // 2)):
        keys = [uniform(seed, int(Decision.ATTRIBUTION_ORDER), k, address(name)) for name in names]
        order = tuple(sorted(range(len(names)), key=keys.__getitem__))
        found += [order, order[::-1]]
    return found


def split(plan: Plan, worth: Mapping[int, Array]) -> Array:
    """Return what each part adds.

    Args:
        plan: the coalitions and their weights.
        worth: of every coalition of the plan, shape [pairs].

    Returns:
        Shape [parts, pairs]; NaN in the pairs in which some coalition has no value. Each column
        sums to ``worth[full] - worth[0]`` within a rounding of each part.
    """
    whole = _complete(plan, worth)
    found = []
    for i, joins in enumerate(plan.joins):
        terms = [(weight, before | 1 << i) for before, weight in joins]
        terms += [(-weight, before) for before, weight in joins]
        found.append(np.where(whole, _sum(terms, worth) / plan.total, np.nan))
    return np.array(found)


def interactions(plan: Plan, worth: Mapping[int, Array]) -> dict[tuple[int, int], Array]:
    """Return the interaction index of every two parts, NaN as in :func:`split`; none for a sample of orders.

    It is what two parts do together beyond the sum of what each does without the other, averaged
    over the coalitions of the rest: positive for synergy, negative where one takes the other's place.
    """
    if not plan.exact:
        return {}
    n, whole = plan.parts, _complete(plan, worth)
    found = {}
    for i, j in combinations(range(n), 2):
        a, b = 1 << i, 1 << j
        terms = []
        for rest in range(1 << n):
            if not rest & (a | b):
                size = rest.bit_count()
                weight = math.factorial(size) * math.factorial(n - size - 2)
                terms += [(weight, rest | a | b), (-weight, rest | a), (-weight, rest | b), (weight, rest)]
        found[i, j] = np.where(whole, _sum(terms, worth) / math.factorial(n - 1), np.nan)
    return found


def order_errors(plan: Plan, worth: Mapping[int, Array]) -> Array:
    """Return the standard error of each part's mean that comes from the sample of orders, shape [parts].

    The unit is an order with its reverse, averaged over pairs of runs; it is 0 when every
    coalition counts, and NaN when there are fewer than two units.
    """
    if plan.exact:
        return np.zeros(plan.parts)
    whole = _complete(plan, worth)
    units = len(plan.orders) // 2
    if units < 2 or not whole.any():
        return np.full(plan.parts, np.nan)
    mean = {coalition: float(values[whole].mean()) for coalition, values in worth.items()}
    added = np.zeros((units, plan.parts))
    for k, order in enumerate(plan.orders[: 2 * units]):
        before = 0
        for i in order:
            added[k // 2, i] += (mean[before | 1 << i] - mean[before]) / 2.0
            before |= 1 << i
    return np.asarray(added.std(axis=0, ddof=1) / math.sqrt(units))


def _complete(plan: Plan, worth: Mapping[int, Array]) -> npt.NDArray[np.bool_]:
    """Return in which pairs every coalition of the plan has a value."""
    return np.asarray(np.isfinite(np.array([worth[one] for one in plan.coalitions()])).all(axis=0))


def _sum(terms: Terms, worth: Mapping[int, Array]) -> Array:
    """Return the weighted sums, shape [pairs], exact but for one rounding.

    A value is split into two halves of 26 bits, whose products with a weight below 2**26 are exact.
    """
    rows = []
    for weight, coalition in terms:
        value = np.where(np.isfinite(worth[coalition]), worth[coalition], np.nan)
        high = value * _SPLIT - (value * _SPLIT - value)
        rows += [weight * high, weight * (value - high)]
    return np.array([math.fsum(column) if np.isfinite(column).all() else np.nan for column in np.array(rows).T])
