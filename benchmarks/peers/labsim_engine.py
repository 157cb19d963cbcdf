"""The workload in labsim's own engine: rules, kernels and pieces, addressed draws, contacts of the population.

What makes it fast is measured in ``docs/performance.md``: draws of 1,024 residents at a time, a deciding loop
without call, branch or division over columns of single precision and bytes, sums in fixed point, contacts told
only of changes, all days in one call.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.serving import Year
from benchmarks.peers.workload import (
    COMMUNITY,
    CONTACT_WEIGHT,
    DAYS,
    HABIT_RATE,
    REWARD_AT,
    TRUST_RATE,
    TRUST_START,
    TRUST_WEIGHT,
    Workload,
)
from labsim.foundations.arithmetic import exp32
from labsim.foundations.compiled import kernel, part, rule
from labsim.foundations.draws import TOGETHER, fill_words
from labsim.foundations.randomness import Decision
from labsim.model.kernels.neighbours import by_contacts, tell_contacts
from labsim.population.contacts import Contacts

_DECISION = int(Decision.ACT_VOLUNTEER)
_FIXED = np.float32(1 << 20)
"""Trust and habit are summed in 20-bit fixed point, so that their order never matters."""
_DRAW_SCALE = np.float32(2.0**-24)
_DRAW_SHIFT = np.float32(2.0**-25)
_ONE = np.float32(1.0)
_TRUST_WEIGHT = np.float32(TRUST_WEIGHT)
_TRUST_RATE = np.float32(TRUST_RATE)
_HABIT_RATE = np.float32(HABIT_RATE)


class Columns(NamedTuple):
    """One entry per resident.

    Attributes:
        base: what of the utility never changes.
        weight: of one contact who takes part.
        acting: contacts who took part yesterday.
        acts: 1 for those who took part.
        change: of ``acts`` today.
        points: towards the next reward.
        habit: 0 to 1.
        trust: 0 to 1.
    """

    base: NDArray[np.float32]
    weight: NDArray[np.float32]
    acting: NDArray[np.int8]
    acts: NDArray[np.int8]
    change: NDArray[np.int8]
    points: NDArray[np.int8]
    habit: NDArray[np.float32]
    trust: NDArray[np.float32]


def columns_of(workload: Workload) -> Columns:
    """Return the columns at the start."""
    n = workload.residents
    degree = np.diff(workload.start)
    return Columns(
        base=workload.base.astype(np.float32),
        weight=(CONTACT_WEIGHT / np.maximum(degree, 1)).astype(np.float32),
        acting=np.zeros(n, np.int8),
        acts=np.zeros(n, np.int8),
        change=np.zeros(n, np.int8),
        points=np.zeros(n, np.int8),
        habit=np.zeros(n, np.float32),
        trust=np.full(n, TRUST_START, np.float32),
    )


@rule
def takes_part(word: int, utility: np.float32) -> bool:
    """Return whether a 32-bit word is below the chance 1 / (1 + exp(-utility)), without a division."""
    draw = np.float32(np.int32(word >> 8)) * _DRAW_SCALE + _DRAW_SHIFT
    return bool(draw + draw * exp32(-utility) < _ONE)


@rule
def moved(old: np.float32, rate: np.float32, target: np.float32) -> np.float32:
    """Move a habit or a belief part of the way to its target."""
    return old + rate * (target - old)


@part
def decide(columns: Columns, words: np.ndarray, shift: int, first: int, last: int, paid: np.float32) -> tuple[int, ...]:
    """Let rows ``first`` to ``last - 1`` decide and learn; return sums of acts, trust, habit and rewards.

    Args:
        columns: everybody.
        words: draws of the residents from row ``shift`` on.
        shift: see above.
        first: the first row.
        last: one more than the last row.
        paid: 1 when the community had money this morning.
    """
    base, weight, acting = columns.base[first:last], columns.weight[first:last], columns.acting[first:last]
    acts, change, points = columns.acts[first:last], columns.change[first:last], columns.points[first:last]
    habit, trust = columns.habit[first:last], columns.trust[first:last]
    luck = words[first - shift : last - shift]
    # A block's sums fit in 32 bits; wider ones would halve how many residents fit in a register.
    acted = trusted = used = rewards = np.int32(0)
    # In two loops: with one, a processor waits for the long chain of sums and products that each resident is.
    for i in range(last - first):
        utility = base[i] + weight[i] * np.float32(acting[i]) + habit[i] + _TRUST_WEIGHT * trust[i]
        change[i] = np.int8(takes_part(luck[i], utility))
    for i in range(last - first):
        used_to, believed, act = habit[i], trust[i], change[i]
        one = np.float32(act)
        used_to = moved(used_to, _HABIT_RATE, one)
        believed = moved(believed, one * _TRUST_RATE, paid)
        habit[i] = used_to
        trust[i] = believed
        collected = np.int8(points[i] + act)
        full = np.int8(collected >= REWARD_AT)
        points[i] = np.int8(collected - np.int8(REWARD_AT * full))
        change[i] = np.int8(act - acts[i])
        acts[i] = act
        acted = np.int32(acted + act)
        rewards = np.int32(rewards + full)
        trusted = np.int32(trusted + np.int32(believed * _FIXED))
        used = np.int32(used + np.int32(used_to * _FIXED))
    return int(acted), int(trusted), int(used), int(rewards)


@kernel
def live(
    columns: Columns, contacts: Contacts, order: np.ndarray, budget: np.ndarray, record: np.ndarray, seed: int
) -> None:
    """Let all days pass.

    Args:
        columns: everybody.
        contacts: who knows whom.
        order: in which changes are told (``neighbours.by_contacts``).
        budget: rewards that each community can pay.
        record: takes acts, trust, habit and money, [days, communities, 4].
        seed: the replication.
    """
    n = len(columns.base)
    words = np.empty(TOGETHER, np.uint32)
    changed = np.empty(TOGETHER, np.uint32)
    for day in range(len(record)):
        drawn = -1
        for place in range(len(budget)):
            paid = np.float32(budget[place] > 0)
            first = place * COMMUNITY
            end = min(n, first + COMMUNITY)
            claims = 0
            while first < end:
                if first // TOGETHER != drawn:
                    drawn = first // TOGETHER
                    fill_words(seed, _DECISION, day, drawn, words)
                last = min(end, (drawn + 1) * TOGETHER)
                acted, trusted, used, rewards = decide(columns, words, drawn * TOGETHER, first, last, paid)
                record[day, place, 0] += acted
                record[day, place, 1] += trusted
                record[day, place, 2] += used
                claims += rewards
                first = last
            budget[place] = max(0, budget[place] - claims)
            record[day, place, 3] = budget[place]
        for first in range(0, n, TOGETHER):
            tell_contacts(contacts, columns.change, order[first : first + TOGETHER], columns.acting, changed)


def prepare(workload: Workload, seed: int) -> Year:
    """Return a year of the workload."""
    columns = columns_of(workload)
    contacts = Contacts(workload.start, workload.other, False)
    order = by_contacts(contacts, TOGETHER)
    budget = workload.budget.copy()
    record = np.zeros((DAYS, len(budget), 4), np.int64)
    kept = (*columns, workload.start, workload.other, order, budget, record)

    def run() -> NDArray[np.generic]:
        live(columns, contacts, order, budget, record, seed)
        return record[:, :, 0]

    return Year(run, sum(column.nbytes for column in kept))
