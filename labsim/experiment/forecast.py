"""What an experiment will cost, from a few of its own runs before the rest begins.

Takes: tasks, and what the pilot among them took. Gives: :class:`Forecast`.

The pilot is part of the experiment: its runs are kept and not run again. It is spread over all sizes of
runs, so that the cost of making a population and of a run can each be read as a start and a share per size.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from labsim.experiment.tasks import Done, Task, peak_memory, size
from labsim.results.results import Reduced
from labsim.scenario.scenario import community_values

_EACH = 4
"""Runs of a pilot for each worker, after one that wakes it up (*assumption*: enough to see a spread)."""
_OUTLIER = 3.0
_KEPT_BYTES = 600.0
"""A run in memory beside its values (*assumption*, measured on CPython 3.11)."""
_VALUE_BYTES = 120.0
"""A value of a run in memory, in its array and in the final tables (*assumption*, measured)."""


@dataclass(frozen=True)
class Forecast:
    """What is still to come when the pilot is done.

    Attributes:
        runs: still to run.
        workers: that share them.
        seconds: until all are done.
        memory: most memory of all processes here at the same time, bytes; None where it cannot be told.
        disk: that the store will grow by, bytes.
    """

    runs: int
    workers: int
    seconds: float
    memory: float | None
    disk: float


def pilot_of(tasks: Sequence[Task], workers: int) -> tuple[list[Task], list[Task]]:
    """Return single runs to try first, those that wake workers up before the others, and all the rest.

    Args:
        tasks: of one scenario each.
        workers: how many work at a time.
    """
    many = min((_EACH + 1) * workers, max(workers + 2, len(tasks) // 4))
    if len(tasks) <= many:
        return [], list(tasks)
    by_size = sorted(range(len(tasks)), key=lambda i: (size(tasks[i].scenarios[0]), i))
    spread = np.unique(np.linspace(0, len(tasks) - 1, many - workers).round().astype(int))
    chosen = [by_size[i] for i in spread]
    waking = [i for i in by_size if i not in set(chosen)][:workers]
    first = [*waking, *chosen]
    taken = set(first)
    return [replace(tasks[i], weighs=True) for i in first], [task for i, task in enumerate(tasks) if i not in taken]


def forecast(
    pilot: Sequence[Done], rest: Sequence[Task], workers: int, disk: tuple[float, float], apart: bool
) -> Forecast:
    """Return what the rest will cost.

    Args:
        pilot: what the pilot took, without the runs that woke workers up.
        rest: tasks still to do.
        workers: how many work at a time.
        disk: bytes of a file, and of each run in it.
        apart: whether workers are processes of this machine beside this one.
    """
    people = _cost([one for done in pilot for one in done.people])
    runs = _cost([one for done in pilot for one in done.runs])
    total, many = 0.0, 0
    for task in rest:
        communities = {tuple(sorted(community_values(one).items())): one for one in task.scenarios}
        total += sum(people[0] + people[1] * community_values(one)["residents"] for one in communities.values())
        total += sum(runs[0] + runs[1] * size(one) for one in task.scenarios)
        many += len(task.scenarios)
    measured = [len(one.values) for done in pilot for one in done.outcomes if isinstance(one, Reduced)]
    values = float(np.mean(measured)) if measured else 0.0
    peak = peak_memory()
    most = max((done.peak for done in pilot), default=0) if apart else 0
    seconds = total / workers
    gap = seconds / max(len(rest), 1)  # a file is written by the first task that ends after two seconds
    files = max(seconds / (2.0 + gap), many / 500.0, 1.0)
    return Forecast(
        runs=many,
        workers=workers,
        seconds=seconds,
        memory=peak + workers * most + many * (_KEPT_BYTES + _VALUE_BYTES * values) if peak else None,
        disk=min(files, many) * disk[0] + many * disk[1],
    )


def _cost(measured: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Return seconds to begin with and seconds per size, neither below 0; what took far longer does not count."""
    if not measured:
        return 0.0, 0.0
    from scipy.optimize import nnls  # slow to load

    sizes, seconds = np.array(measured, np.float64).T
    usual = np.ones(len(sizes), np.bool_)
    found = np.zeros(2)
    for _ in range(2):
        if np.ptp(sizes[usual]) == 0.0:
            found = np.array([seconds[usual].mean(), 0.0])
            expected = np.full(len(sizes), np.median(seconds))
        else:
            scale = sizes.max()
            found = nnls(np.column_stack([np.ones(usual.sum()), sizes[usual] / scale]), seconds[usual])[0]
            found[1] /= scale
            expected = found[0] + found[1] * sizes
        kept = seconds <= _OUTLIER * expected
        usual = kept if kept.any() else usual
    return float(found[0]), float(found[1])
