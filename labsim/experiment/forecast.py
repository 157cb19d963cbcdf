"""What an experiment will cost, from a few of its own runs before the rest begins.

Takes: tasks, and what the pilot among them took. Gives: :class:`Forecast`.

The pilot is part of the experiment: its runs are kept and not run again. It is spread over all sizes of
runs, so that the cost of making a population and of a run can each be read as a start and a share per size.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from labsim.experiment.shelf import Cost
from labsim.experiment.tasks import Done, People, Task, peak_memory, people_of, size
from labsim.results.results import Reduced
from labsim.scenario.scenario import community_values

_SPREAD = 4
"""Runs of a pilot for each worker that are spread over all sizes (*assumption*: enough to see a spread)."""
_AGAIN = 2
"""Runs of a pilot for each worker with residents and luck of those (*assumption*: enough to see what is shared)."""
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
    many = min((_SPREAD + _AGAIN) * workers, max(workers + 2, len(tasks) // 4))
    if len(tasks) <= many:
        return [], list(tasks)
    by_size = sorted(range(len(tasks)), key=lambda i: (size(tasks[i].scenarios[0]), i))
    spread = np.unique(np.linspace(0, len(tasks) - 1, min(_SPREAD * workers, many - workers)).round().astype(int))
    chosen = [by_size[i] for i in spread]
    again = _again(tasks, chosen, by_size)[: many - len(chosen)]
    first = [*again[:workers], *chosen, *again[workers:]]
    taken = set(first)
    return [replace(tasks[i], weighs=True) for i in first], [task for i, task in enumerate(tasks) if i not in taken]


def _again(tasks: Sequence[Task], chosen: Sequence[int], by_size: Sequence[int]) -> list[int]:
    """Return all that are not chosen: first one with the residents and the luck of each that is, then by size."""
    left: dict[tuple[int, People], list[int]] = {}
    for i in sorted(set(by_size) - set(chosen)):
        left.setdefault(_residents(tasks[i]), []).append(i)
    mates = [same.pop(0) for i in chosen if (same := left.get(_residents(tasks[i])))]
    taken = {*chosen, *mates}
    return [*mates, *(i for i in by_size if i not in taken)]


def _residents(task: Task) -> tuple[int, People]:
    return task.job.seed, people_of(task.scenarios[0])


def forecast(pilot: Sequence[Done], rest: Sequence[Task], workers: int, disk: Cost, apart: bool) -> Forecast:
    """Return what the rest will cost.

    Args:
        pilot: what the pilot took, without what woke workers up.
        rest: tasks still to do.
        workers: how many work at a time.
        disk: what keeping costs.
        apart: whether workers are processes of this machine beside this one.
    """
    people = _cost([one for done in pilot for one in done.people])
    runs = _cost([one for done in pilot for one in done.runs])
    total, many = 0.0, 0
    new: set[tuple[int, People]] = set()
    for task in rest:
        communities = {people_of(one): one for one in task.scenarios}
        new |= {(task.job.seed, each) for each in communities}
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
        disk=min(files, many) * disk.file + len(new) * disk.new + (many - len(new)) * disk.again,
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
