"""How a practice spreads from secretary to secretary.

Takes: the network of secretaries, who has adopted, who is seen to do well with it. Gives: who
adopts this period. It runs without any community too, for closed-form checks: constant
hazard without influence, the logistic curve on a complete network.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from labsim.behaviour.city import adoption_probability
from labsim.foundations.randomness import Decision, uniform

PAIR = 2**32
NEVER = -1


def secretaries(seed: int, street: Sequence[int], inside: float, between: float) -> NDArray[np.bool_]:
    """Return who is in contact with whom: dense within a street, sparse between streets, (Y4).

    Args:
        seed: the replication.
        street: the street of each community.
        inside: chance that two secretaries of one street are in contact.
        between: the same for two streets.

    Returns:
        A symmetric matrix without a diagonal, shape [communities, communities].
    """
    many = len(street)
    known = np.zeros((many, many), np.bool_)
    for i in range(many):
        for j in range(i + 1, many):
            chance = inside if street[i] == street[j] else between
            known[i, j] = known[j, i] = uniform(seed, Decision.CITY_TIE, 0, i * PAIR + j) < chance
    return known


def example_shares(known: NDArray[np.bool_], good: NDArray[np.bool_]) -> list[float]:
    """Return for every secretary the share of contacts who set a good example, 0 without contacts."""
    contacts, examples = known.sum(axis=1).tolist(), (known & good).sum(axis=1).tolist()
    return [some / every if every else 0.0 for some, every in zip(examples, contacts, strict=True)]


def adopting(
    address: tuple[int, int, int],
    known: NDArray[np.bool_],
    adopted: NDArray[np.bool_],
    good: NDArray[np.bool_],
    hazard: tuple[float, float, float],
) -> list[int]:
    """Return which communities adopt in a period, all from the state at its start, (Y6).

    Args:
        address: seed, period and number of the practice.
        known: who is in contact with whom.
        adopted: who has the practice already.
        good: whose example is good.
        hazard: innovation, imitation and threshold.
    """
    seed, period, practice = address
    innovation, imitation, threshold = hazard
    shares = example_shares(known, good)
    return [
        community
        for community in range(len(known))
        if not adopted[community]
        and uniform(seed, Decision.CITY_ADOPT, period, practice * PAIR + community)
        < adoption_probability(innovation, imitation, threshold, shares[community])
    ]
