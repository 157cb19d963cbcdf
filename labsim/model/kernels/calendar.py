"""The event calendar: clocks with continuous times and a binary heap over them.

Takes: clock numbers and times in days. Gives: the next event. A clock belongs to one kind
of event of one entity (``columns.Clock``); setting it again moves it. Ties go to the
smaller clock number, so the order of events is fixed.
"""

import math

from labsim.foundations.compiled import kernel
from labsim.model.columns import Calendar


@kernel
def _before(calendar: Calendar, a: int, b: int) -> bool:
    ta = calendar.time[a]
    tb = calendar.time[b]
    return ta < tb or (ta == tb and a < b)


@kernel
def _rise(calendar: Calendar, position: int) -> None:
    heap = calendar.heap
    clock = heap[position]
    while position > 0:
        parent = (position - 1) >> 1
        other = heap[parent]
        if not _before(calendar, clock, other):
            break
        heap[position] = other
        calendar.place[other] = position
        position = parent
    heap[position] = clock
    calendar.place[clock] = position


@kernel
def _sink(calendar: Calendar, position: int) -> None:
    heap = calendar.heap
    size = calendar.size[0]
    clock = heap[position]
    while True:
        child = 2 * position + 1
        if child >= size:
            break
        if child + 1 < size and _before(calendar, heap[child + 1], heap[child]):
            child += 1
        other = heap[child]
        if not _before(calendar, other, clock):
            break
        heap[position] = other
        calendar.place[other] = position
        position = child
    heap[position] = clock
    calendar.place[clock] = position


@kernel
def unset(calendar: Calendar, clock: int) -> None:
    """Stop a clock; nothing happens when it was not set."""
    position = calendar.place[clock]
    if position < 0:
        return
    calendar.place[clock] = -1
    calendar.time[clock] = math.inf
    last = calendar.size[0] - 1
    calendar.size[0] = last
    if position == last:
        return
    moved = calendar.heap[last]
    calendar.heap[position] = moved
    calendar.place[moved] = position
    _rise(calendar, position)
    _sink(calendar, calendar.place[moved])


@kernel
def set_clock(calendar: Calendar, clock: int, time: float) -> None:
    """Set a clock to ring at a time; infinity stops it."""
    if time == math.inf:
        unset(calendar, clock)
        return
    position = calendar.place[clock]
    calendar.time[clock] = time
    if position < 0:
        position = calendar.size[0]
        calendar.size[0] = position + 1
        calendar.heap[position] = clock
        calendar.place[clock] = position
        _rise(calendar, position)
    else:
        _rise(calendar, position)
        _sink(calendar, calendar.place[clock])


@kernel
def next_time(calendar: Calendar) -> float:
    """Return the time of the next event, infinity when no clock is set."""
    return calendar.time[calendar.heap[0]] if calendar.size[0] > 0 else math.inf


@kernel
def pop(calendar: Calendar) -> int:
    """Stop and return the clock that rings next."""
    clock = calendar.heap[0]
    unset(calendar, clock)
    return int(clock)


@kernel
def kind_of(calendar: Calendar, clock: int) -> int:
    """Return the kind of event that a clock belongs to."""
    kind = 0
    while calendar.first[kind + 1] <= clock:
        kind += 1
    return kind
