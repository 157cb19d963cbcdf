"""The workload "participation-year": one definition for every engine.

Takes: how many residents and a seed. Gives: who they are and whom they know, as NumPy arrays. Nothing but
NumPy is imported, because engines may run in a Python of their own.

N residents stand on an undirected small-world network (Watts & Strogatz 1998, 8 contacts, a tenth of ties
rewired), in communities of 5,000. Each day all decide at once, on what they saw yesterday:

    u = motivation + 0.8 * incentive + 1.5 * share of contacts who took part + habit + 1.2 * (trust - 0.5) - cost
    x ~ Bernoulli(1 / (1 + exp(-u)))
    habit += 0.05 * (x - habit);   points += x;   at 10 points: points -= 10, and the community pays a reward
    trust += 0.02 * (f - trust) for those with x = 1, where f = 1 if the community had money that morning, else 0

A community starts with 200 rewards per 1,000 residents; what it cannot pay is lost. Each day records, for each
community, who took part, mean trust, mean habit and the money left.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

DAYS = 365
COMMUNITY = 5_000
CONTACTS = 8
REWIRED = 0.1
INCENTIVE = 0.8
CONTACT_WEIGHT = 1.5
TRUST_WEIGHT = 1.2
HABIT_RATE = 0.05
TRUST_RATE = 0.02
TRUST_START = 0.5
REWARD_AT = 10
REWARDS_PER_RESIDENT = 0.2
LAST = 30
"""Engines must agree on the mean participation of so many last days."""


class Workload(NamedTuple):
    """Who lives there; rows are residents.

    Attributes:
        motivation: standard normal around -2, [residents].
        cost: of time, 0 to 1, [residents].
        start: contacts of row i are ``other[start[i]:start[i + 1]]``, [residents + 1].
        other: rows, every tie twice.
        budget: rewards that each community can pay, [communities].
    """

    motivation: NDArray[np.float64]
    cost: NDArray[np.float64]
    start: NDArray[np.int64]
    other: NDArray[np.int32]
    budget: NDArray[np.int64]

    @property
    def residents(self) -> int:
        """How many residents."""
        return len(self.motivation)

    @property
    def community(self) -> NDArray[np.int64]:
        """The community of every resident."""
        return np.arange(self.residents) // COMMUNITY

    @property
    def base(self) -> NDArray[np.float64]:
        """What of the utility never changes."""
        return self.motivation + INCENTIVE - self.cost - TRUST_WEIGHT * 0.5


def make(residents: int, seed: int = 1) -> Workload:
    """Draw a workload."""
    chance = np.random.default_rng(seed)
    motivation = chance.normal(-2.0, 1.0, residents)
    cost = chance.random(residents)
    start, other = _small_world(residents, chance)
    size = np.bincount(np.arange(residents) // COMMUNITY)
    return Workload(motivation, cost, start, other, (size * REWARDS_PER_RESIDENT).astype(np.int64))


def _small_world(n: int, chance: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return a ring whose ties lead elsewhere with a small chance, without loops and double ties."""
    one = np.repeat(np.arange(n), CONTACTS // 2)
    two = (one + np.tile(np.arange(1, CONTACTS // 2 + 1), n)) % n
    again = chance.random(len(one)) < REWIRED
    while again.any():
        two[again] = chance.integers(0, n, int(again.sum()))
        key = np.minimum(one, two) * n + np.maximum(one, two)
        again = np.ones(len(one), bool)
        again[np.unique(key, return_index=True)[1]] = False
        again |= one == two
    source, target = np.concatenate([one, two]), np.concatenate([two, one])
    start = np.zeros(n + 1, np.int64)
    np.cumsum(np.bincount(source, minlength=n), out=start[1:])
    return start, target[np.lexsort((target, source))].astype(np.int32)
