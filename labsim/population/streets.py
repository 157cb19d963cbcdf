"""Streets between blocks: who lives how far from where help is stationed.

Takes: the number of blocks and a seed, or any street map. Gives: :class:`Streets`, neighbour lists in
compressed rows, distances in block sides, and where stations should stand.

Blocks lie in rows as near to a square as their number allows; neighbouring blocks are joined by a street
whose length is drawn. Lengths are whole eighths of a block side, so that sums of them are exact and a
distance has the same bits whichever way it is added up.
"""

from collections.abc import Iterable
from math import ceil, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import dijkstra

from labsim.foundations.randomness import Decision, uniform

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
EIGHTHS = 8
_SHORTEST, _LENGTHS = 4, 9  # a street is 4 to 12 eighths of a block side long: assumption
_CANDIDATES = 256


class Streets(NamedTuple):
    """Neighbour lists: from block ``b`` streets lead to ``other[start[b]:start[b + 1]]``.

    Attributes:
        start: blocks + 1.
        other: block numbers, increasing within a block; every street stands twice.
        length: in eighths of a block side.
    """

    start: Ints
    other: Ints
    length: Ints


def street_grid(blocks: int, seed: int) -> Streets:
    """Return the streets of a community: blocks in rows, lengths drawn by the seed.

    Args:
        blocks: how many.
        seed: the replication.
    """
    width = max(ceil(sqrt(blocks)), 1)
    pairs = [(b, b + step) for b in range(blocks) for step in (1, width) if b + step < blocks]
    joined = [(a, b) for a, b in pairs if b - a == width or b % width != 0]
    drawn = (uniform(seed, int(Decision.STREET_LENGTH), a, b) for a, b in joined)
    return from_lengths(blocks, joined, (_SHORTEST + int(luck * _LENGTHS) for luck in drawn))


def from_lengths(blocks: int, pairs: Iterable[tuple[int, int]], lengths: Iterable[int]) -> Streets:
    """Return the streets between pairs of blocks, with lengths in eighths of a block side."""
    both = sorted((*way, length) for (a, b), length in zip(pairs, lengths, strict=True) for way in ((a, b), (b, a)))
    table = np.array(both, np.int64).reshape(-1, 3)
    start = np.zeros(blocks + 1, np.int64)
    np.cumsum(np.bincount(table[:, 0], minlength=blocks), out=start[1:])
    return Streets(start, table[:, 1].copy(), table[:, 2].copy())


def distances(streets: Streets, sources: Ints) -> Floats:
    """Return the way from each source to every block in block sides, infinite where no street leads.

    Returns:
        Shape [sources, blocks].
    """
    blocks = len(streets.start) - 1
    if not len(sources):
        return np.zeros((0, blocks))
    table = sparse.csr_matrix((streets.length.astype(np.float64), streets.other, streets.start), shape=(blocks, blocks))
    ways: Floats = dijkstra(table, directed=False, indices=sources) / EIGHTHS
    return ways


def station_blocks(streets: Streets, people: Ints, most: int) -> Ints:
    """Return where stations should stand, best first: each shortens the ways of residents most.

    The greedy heuristic for the k-median (Kuehn & Hamburger 1963): the first stays where it is when a
    second is added. Beyond 256 blocks only evenly spaced blocks are considered.

    Args:
        streets: of the community.
        people: residents per block.
        most: stations at most; never more than candidates.
    """
    blocks = len(people)
    spaced = np.linspace(0, blocks - 1, min(blocks, _CANDIDATES)).round().astype(np.int64)
    ways = np.minimum(distances(streets, spaced), float(blocks * EIGHTHS))  # infinity would spoil products with 0
    nearest = np.full(blocks, np.inf)
    chosen: list[int] = []
    for _ in range(min(most, len(spaced))):
        totals = np.minimum(ways, nearest) @ people.astype(np.float64)
        totals[chosen] = np.inf
        best = int(np.argmin(totals))
        chosen.append(best)
        nearest = np.minimum(nearest, ways[best])
    return spaced[chosen]
