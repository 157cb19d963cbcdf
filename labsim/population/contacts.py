"""Who knows whom: drawn once per seed, in arrays that kernels run on.

Takes: ids and blocks of residents, the number of contacts and the share in the block.
Gives: :class:`Contacts`, neighbour lists in compressed rows.

Every resident has the same number of contacts (as near as whole numbers allow) in two
layers, within the block and across blocks. A layer is a configuration model: each open
hand draws an addressed key, hands are joined in the order of keys, and those that would
join a resident to herself or to someone she knows already draw again. What is still open
after that is placed by exchanging one tie that exists (Newman 2010, ch. 13; Viger & Latapy
2005). Time and memory grow with residents x contacts, never with residents squared.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from labsim.foundations.compiled import kernel
from labsim.foundations.randomness import Decision, uniform

Ints = NDArray[np.int64]
Rows = NDArray[np.int32]

_CONTACT = int(Decision.CONTACT)
_ROUNDS = 12
_LOCAL, _FAR, _EXTRA = 0, 1, 2


class Contacts(NamedTuple):
    """Neighbour lists: contacts of row ``i`` are ``other[start[i]:start[i + 1]]``.

    Attributes:
        start: int64, residents + 1.
        other: int32, row numbers, increasing within a resident; every tie stands twice.
        complete: everybody knows everybody; then ``other`` is empty and every start is 0.
    """

    start: Ints
    other: Rows
    complete: bool


@kernel
def _address(layer: int, round_: int, hand: int) -> int:
    """Return the step under which a hand draws; at most 64 hands, 64 rounds."""
    return (layer * 64 + round_) * 64 + hand


@kernel
def _knows(a: int, b: int, degree: Ints, others: Rows) -> bool:
    for k in range(degree[a]):  # noqa: SIM110 - compiled
        if others[a, k] == b:
            return True
    return False


@kernel
def _join(a: int, b: int, degree: Ints, others: Rows) -> None:
    others[a, degree[a]] = b
    degree[a] += 1
    others[b, degree[b]] = a
    degree[b] += 1


@kernel
def _replace(a: int, old: int, new: int, degree: Ints, others: Rows) -> None:
    for k in range(degree[a]):
        if others[a, k] == old:
            others[a, k] = new
            return


@kernel
def _may_join(a: int, b: int, layer: int, block: Rows, degree: Ints, others: Rows) -> bool:
    """Return whether two rows may become contacts in a layer."""
    if a == b or (block[a] == block[b]) != (layer == _LOCAL):
        return False
    return not _knows(a, b, degree, others)


@kernel
def _exchange(
    a: int, b: int, member: Rows, offset: int, layer: int, block: Rows, degree: Ints, others: Rows
) -> bool:
    """Place two open hands by breaking a tie x-y of the layer into a-x and b-y."""
    n = member.shape[0]
    for i in range(n):
        x = member[(offset + i) % n]
        if not _may_join(a, x, layer, block, degree, others):
            continue
        for k in range(degree[x]):
            y = others[x, k]
            if (block[x] == block[y]) != (layer == _LOCAL) or y == a:
                continue
            if _may_join(b, y, layer, block, degree, others):
                _replace(x, y, a, degree, others)
                _replace(y, x, b, degree, others)
                others[a, degree[a]] = x
                degree[a] += 1
                others[b, degree[b]] = y
                degree[b] += 1
                return True
    return False


@kernel
def _pair_hands(
    seed: int, layer: int, ids: Ints, member: Rows, hands: Ints, block: Rows, degree: Ints, others: Rows
) -> None:
    """Join the open hands of the members of one group.

    ``hands`` counts open hands per row and falls as they are joined.
    """
    open_hands = 0
    for i in member:
        open_hands += hands[i]
    owner = np.empty(open_hands, dtype=np.int32)
    key = np.empty(open_hands, dtype=np.float64)
    round_ = 0
    while open_hands > 1 and round_ < _ROUNDS:
        n = 0
        for i in member:
            for hand in range(hands[i]):
                owner[n] = i
                key[n] = uniform(seed, _CONTACT, _address(layer, round_, hand), ids[i])
                n += 1
        order = np.argsort(key[:n], kind="mergesort")
        for p in range(n // 2):
            a = owner[order[2 * p]]
            b = owner[order[2 * p + 1]]
            if _may_join(a, b, layer, block, degree, others):
                _join(a, b, degree, others)
                hands[a] -= 1
                hands[b] -= 1
                open_hands -= 2
        round_ += 1
    n = 0
    for i in member:
        for _ in range(hands[i]):
            owner[n] = i
            n += 1
    for p in range(n // 2):
        a = owner[2 * p]
        b = owner[2 * p + 1]
        offset = int(uniform(seed, _CONTACT, _address(layer, _ROUNDS, p % 64), ids[a]) * member.shape[0])
        if _may_join(a, b, layer, block, degree, others):
            _join(a, b, degree, others)
            placed = True
        else:
            placed = _exchange(a, b, member, offset, layer, block, degree, others)
        if placed:
            hands[a] -= 1
            hands[b] -= 1


@kernel
def _share_hands(
    seed: int, ids: Ints, member: Rows, wanted: int, local: float, near: Ints, far: Ints
) -> None:
    """Split the hands of the members of one block into near and far ones.

    The mean number of near hands is met to one tie per block: everybody has the whole part,
    and the rest goes to the residents with the smallest keys.
    """
    n = member.shape[0]
    most = n - 1
    mean = min(wanted * local, float(most))
    base = int(mean)
    extra = int(n * (mean - base) + 0.5)
    if (n * base + extra) % 2 == 1:
        # An odd number of hands cannot be joined; leave one out, or take one more.
        extra += -1 if extra > 0 else 1
    key = np.empty(n, dtype=np.float64)
    for i in range(n):
        key[i] = uniform(seed, _CONTACT, _address(_EXTRA, 0, 0), ids[member[i]])
    order = np.argsort(key, kind="mergesort")
    for i in range(n):
        row = member[order[i]]
        near[row] = min(base + (1 if i < extra else 0), most, wanted)
        far[row] = wanted - near[row] if local < 1.0 else 0


@kernel
def _draw(
    seed: int, ids: Ints, block: Rows, block_start: Ints, member: Rows, wanted: int, local: float
) -> tuple[Ints, Rows]:
    """Return the neighbour lists in compressed rows."""
    n = ids.shape[0]
    blocks = block_start.shape[0] - 1
    near = np.zeros(n, dtype=np.int64)
    far = np.zeros(n, dtype=np.int64)
    degree = np.zeros(n, dtype=np.int64)
    others = np.empty((n, wanted + 1), dtype=np.int32)
    for b in range(blocks):
        of_block = member[block_start[b] : block_start[b + 1]]
        _share_hands(seed, ids, of_block, wanted, local if blocks > 1 else 1.0, near, far)
        _pair_hands(seed, _LOCAL, ids, of_block, near, block, degree, others)
    _pair_hands(seed, _FAR, ids, member, far, block, degree, others)
    start = np.zeros(n + 1, dtype=np.int64)
    for i in range(n):
        start[i + 1] = start[i] + degree[i]
    other = np.empty(start[n], dtype=np.int32)
    for i in range(n):
        other[start[i] : start[i + 1]] = np.sort(others[i, : degree[i]])
    return start, other


def draw_contacts(
    seed: int, ids: Ints, block: Rows, blocks: tuple[Ints, Rows], contacts: int, local_contacts: float
) -> Contacts:
    """Draw the contact network of a seed.

    The mean number of contacts is exact up to one tie where an odd number of hands cannot
    be joined; so is the share within the block, as long as a block has enough people: a
    resident cannot know more neighbours than there are, and then knows more people
    elsewhere. With a single block everybody lives in it, and the share is 1.

    Args:
        seed: the replication.
        ids: stable ids, shape (n,), increasing.
        block: block of each resident, shape (n,).
        blocks: ``start`` and ``member`` of :class:`~labsim.population.residents.Blocks`.
        contacts: contacts of a resident, below n and at most 50.
        local_contacts: share of them in the block, 0 to 1.
    """
    start, other = _draw(int(seed), ids, block, blocks[0], blocks[1], int(contacts), float(local_contacts))
    return Contacts(start, other, False)
