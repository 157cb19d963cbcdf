"""The appointments of the Mesa model: what happens next, in order of time.

Takes: clocks (a kind of event and whose it is) and times in days. Gives: the next one.
The textbook way: a heap of (time, kind, who). Moving an appointment leaves the old entry
in the heap, and it is skipped when it comes up. Ties go to the smaller kind, then to the
smaller number, as in the compiled engine (``kernels/calendar.py``), which moves entries
inside the heap instead.
"""

import heapq
import math

from labsim.model.columns import Clock


class EventQueue:
    """Clocks that are set, one per kind of event and owner."""

    def __init__(self) -> None:
        """Start with no clock set."""
        self._heap: list[tuple[float, int, int]] = []
        self._times: dict[tuple[int, int], float] = {}

    def __len__(self) -> int:
        """Return how many clocks are set."""
        return len(self._times)

    def set(self, kind: Clock, who: int, time: float) -> None:
        """Set a clock to ring at a time, or move it there; infinity stops it."""
        if time == math.inf:
            self.stop(kind, who)
            return
        self._times[kind, who] = time
        heapq.heappush(self._heap, (time, int(kind), who))

    def stop(self, kind: Clock, who: int) -> None:
        """Stop a clock; nothing happens when it was not set."""
        self._times.pop((kind, who), None)

    def time_of(self, kind: Clock, who: int) -> float:
        """Return when a clock rings, infinity when it is not set."""
        return self._times.get((kind, who), math.inf)

    def next_time(self) -> float:
        """Return when the next clock rings, infinity when none is set."""
        while self._heap:
            time, kind, who = self._heap[0]
            if self._times.get((kind, who)) == time:
                return time
            heapq.heappop(self._heap)  # the clock was stopped or moved
        return math.inf

    def pop(self) -> tuple[float, Clock, int]:
        """Stop and return the clock that rings next: time, kind, whose.

        Raises:
            IndexError: no clock is set.
        """
        self.next_time()
        time, kind, who = heapq.heappop(self._heap)
        del self._times[kind, who]
        return time, Clock(kind), who
