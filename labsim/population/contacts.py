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


class _Draft(NamedTuple):
    """A network in the making: row ``i`` knows ``others[i, :degree[i]]`` so far."""

    seed: int
    ids: Ints
    block: Rows
    degree: Ints
    others: NDArray[np.int32]


@kernel
def _address(layer: int, round_: int, hand: int) -> int:
    """Return the step under which a hand draws; at most 64 hands, 64 rounds."""
    return (layer * 64 + round_) * 64 + hand


@kernel
def _may_join(a: int, b: int, layer: int, draft: _Draft) -> bool:
    """Return whether two rows may become contacts in a layer."""
    if a == b or (draft.block[a] == draft.block[b]) != (layer == _LOCAL):
        return False
    for k in range(draft.degree[a]):  # noqa: SIM110 - compiled
        if draft.others[a, k] == b:
            return False
    return True


@kernel
def _add(a: int, b: int, draft: _Draft) -> None:
    """Append b to the contacts of a, one way."""
    draft.others[a, draft.degree[a]] = b
    draft.degree[a] += 1


@kernel
def _replace(a: int, old: int, new: int, draft: _Draft) -> None:
    for k in range(draft.degree[a]):
        if draft.others[a, k] == old:
            draft.others[a, k] = new
            return


@kernel
def _exchange(a: int, b: int, member: Rows, offset: int, layer: int, draft: _Draft) -> bool:
    """Place two open hands by breaking a tie x-y of the layer into a-x and b-y; say whether."""
    n = member.shape[0]
    for i in range(n):
        x = member[(offset + i) % n]
        if not _may_join(a, x, layer, draft):
            continue
        for k in range(draft.degree[x]):
            y = draft.others[x, k]
            if (draft.block[x] == draft.block[y]) != (layer == _LOCAL) or y == a:
                continue
            if _may_join(b, y, layer, draft):
                _replace(x, y, a, draft)
                _replace(y, x, b, draft)
                _add(a, x, draft)
                _add(b, y, draft)
                return True
    return False


@kernel
def _join_by_key(layer: int, round_: int, member: Rows, hands: Ints, draft: _Draft) -> int:
    """Join open hands in the order of their keys, once; return how many stay open.

    ``hands`` counts open hands per row and falls as they are joined.
    """
    n = 0
    for i in member:
        n += hands[i]
    owner = np.empty(n, dtype=np.int32)
    key = np.empty(n, dtype=np.float64)
    n = 0
    for i in member:
        for hand in range(hands[i]):
            owner[n] = i
            key[n] = uniform(draft.seed, _CONTACT, _address(layer, round_, hand), draft.ids[i])
            n += 1
    order = np.argsort(key, kind="mergesort")
    still_open = n
    for p in range(n // 2):
        a = owner[order[2 * p]]
        b = owner[order[2 * p + 1]]
        if _may_join(a, b, layer, draft):
            _add(a, b, draft)
            _add(b, a, draft)
            hands[a] -= 1
            hands[b] -= 1
            still_open -= 2
    return still_open


@kernel
def _join_strangers(layer: int, member: Rows, hands: Ints, draft: _Draft) -> None:
    """Join all residents with open hands who may be joined, in the order of members."""
    waiting = np.empty(member.shape[0], dtype=np.int32)
    n = 0
    for i in member:
        if hands[i] > 0:
            waiting[n] = i
            n += 1
    for p in range(n):
        a = waiting[p]
        for q in range(p + 1, n):
            b = waiting[q]
            if hands[a] > 0 and hands[b] > 0 and _may_join(a, b, layer, draft):
                _add(a, b, draft)
                _add(b, a, draft)
                hands[a] -= 1
                hands[b] -= 1


@kernel
def _place_rest(layer: int, member: Rows, hands: Ints, draft: _Draft) -> None:
    """Join the hands that no round could join: their owners are the same or know each other."""
    _join_strangers(layer, member, hands, draft)
    waiting = -1
    for i in member:
        for _ in range(hands[i]):
            if waiting < 0:
                waiting = i
                continue
            u = uniform(draft.seed, _CONTACT, _address(layer, _ROUNDS, 0), draft.ids[i])
            if _exchange(waiting, i, member, int(u * member.shape[0]), layer, draft):
                hands[waiting] -= 1
                hands[i] -= 1
            waiting = -1


@kernel
def _pair_hands(layer: int, member: Rows, hands: Ints, draft: _Draft) -> None:
    """Join the open hands of the members of one group."""
    for round_ in range(_ROUNDS):
        if _join_by_key(layer, round_, member, hands, draft) < 2:
            return
    _place_rest(layer, member, hands, draft)


@kernel
def _share_hands(member: Rows, wanted: int, local: float, near: Ints, far: Ints, draft: _Draft) -> None:
    """Split the hands of the members of one block into near and far ones.

    The mean number of near hands is met to one hand per block: everybody has the whole part,
    and the rest goes to the residents with the smallest keys.
    """
    n = member.shape[0]
    most = min(n - 1, wanted)
    mean = min(wanted * local, float(most))
    base = int(mean)
    extra = int(n * (mean - base) + 0.5)
    if (n * base + extra) % 2 == 1:
        # An odd number of hands cannot be joined; one fewer, or one more.
        extra += -1 if extra > 0 else 1
    key = np.empty(n, dtype=np.float64)
    for i in range(n):
        key[i] = uniform(draft.seed, _CONTACT, _address(_EXTRA, 0, 0), draft.ids[member[i]])
    order = np.argsort(key, kind="mergesort")
    for i in range(n):
        row = member[order[i]]
        near[row] = min(base + (1 if i < extra else 0), most)
        far[row] = wanted - near[row] if local < 1.0 else 0


@kernel
def _draw(start: Ints, member: Rows, wanted: int, local: float, draft: _Draft) -> tuple[Ints, Rows]:
    """Return the neighbour lists in compressed rows."""
    n = draft.ids.shape[0]
    near = np.zeros(n, dtype=np.int64)
    far = np.zeros(n, dtype=np.int64)
    for b in range(start.shape[0] - 1):
        of_block = member[start[b] : start[b + 1]]
        _share_hands(of_block, wanted, local, near, far, draft)
        _pair_hands(_LOCAL, of_block, near, draft)
    _pair_hands(_FAR, member, far, draft)
    first = np.zeros(n + 1, dtype=np.int64)
    for i in range(n):
        first[i + 1] = first[i] + draft.degree[i]
    other = np.empty(first[n], dtype=np.int32)
    for i in range(n):
        other[first[i] : first[i + 1]] = np.sort(draft.others[i, : draft.degree[i]])
    return first, other


def draw_contacts(
    seed: int, ids: Ints, block: Rows, grouped: tuple[Ints, Rows], contacts: int, local_contacts: float
) -> Contacts:
    """Draw the contact network of a seed.

    Everybody has ``contacts`` contacts, and the share within the block is met to one tie per
    block, wherever that is possible: a hand stays open when the number of hands is odd, and
    a resident cannot know more neighbours than the block has (then more contacts are
    elsewhere) nor, with a single block, anybody elsewhere (then the share is 1).

    Args:
        seed: the replication, below 2**63.
        ids: stable ids, shape (n,).
        block: block of each resident, shape (n,).
        grouped: ``start`` and ``member`` of the blocks (``residents.group_by_block``).
        contacts: contacts of a resident, below n and at most 64.
        local_contacts: share of them in the block, 0 to 1.
    """
    start, member = grouped
    local = 1.0 if len(start) == 2 else float(local_contacts)
    others = np.empty((len(ids), max(int(contacts), 1)), dtype=np.int32)
    draft = _Draft(int(seed), ids, block, np.zeros(len(ids), dtype=np.int64), others)
    return Contacts(*_draw(start, member, int(contacts), local, draft), False)
