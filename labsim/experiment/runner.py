"""Running a design: on threads, or on any executor of ``concurrent.futures``.

Takes: a :class:`Design`, what to keep of each run, an executor. Gives: an
:class:`ExperimentResult`, the same whatever the executor and the order of completion.

A run that fails is a row that says why. Ctrl-C, or a caller's stop, leaves finished work
usable: the result is then partial and says so. The first Ctrl-C waits for what is under
way, a second one does not.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from labsim.experiment.design import Design
from labsim.experiment.failures import failure_table
from labsim.experiment.forecast import Forecast, forecast, pilot_of
from labsim.experiment.shelf import Shelf
from labsim.experiment.tasks import Done, Failure, Outcome, Place, Simulate, Task, grouped, placed, work
from labsim.experiment.workers import PROCESSES, Feed, Workers
from labsim.experiment.worlds import World
from labsim.foundations.declared import Text
from labsim.foundations.paths import store_folder
from labsim.model.trajectory import Trajectory
from labsim.results.indicators import view
from labsim.results.record import Record, record, run_id
from labsim.results.results import Reduced, Reduction, Run, tidy, tidy_series
from labsim.results.store import RunStore
from labsim.scenario.scenario import Scenario

Progress = Callable[[int, int], None]
"""Called with runs done and runs requested, from the calling thread."""
_TOGETHER = 4
"""Scenarios of one task: they share a population."""
_PILOT = 500
"""Tasks of which it is remembered what they took."""


@dataclass(frozen=True)
class Watch:
    """Who is told what, from the calling thread.

    Attributes:
        progress: runs done and requested, after every few runs.
        forecast: what it will cost, once, after a few runs and before the rest.
        failure: each run that failed, as it fails.
    """

    progress: Progress | None = None
    forecast: Callable[[Forecast], None] | None = None
    failure: Callable[[Failure], None] | None = None


@dataclass(frozen=True)
class ExperimentResult:
    """What a design gave.

    Attributes:
        design: that was run.
        values: tidy table, one row per finished run, indicator and group.
        series: tidy table of the values per 28 days that were asked for; may be empty.
        failures: one row per failed run with its error and the command that runs it again, alone.
        finished: number of finished runs.
        failed: number of failed runs.
        cancelled: number of runs that never ran, or were not waited for.
        interrupted: whether the experiment was stopped before it was done.
        stored: number of finished runs that were found in a store.
        notes: what a store had to say, such as a full disk.
    """

    design: Design
    values: pd.DataFrame
    series: pd.DataFrame
    failures: pd.DataFrame
    finished: int
    failed: int
    cancelled: int
    interrupted: bool
    stored: int = 0
    notes: tuple[Text, ...] = ()

    def __post_init__(self) -> None:
        """Check that every run is accounted for."""
        if self.design.requested != self.finished + self.failed + self.cancelled:
            raise AssertionError(
                f"{self.design.requested} runs requested, but {self.finished} finished, {self.failed} failed and "
                f"{self.cancelled} were cancelled"
            )

    def run_ids(self) -> pd.DataFrame:
        """Return one row per run of the design with its ``run_id``."""
        prints = {scenario.name: scenario.fingerprint() for scenario in self.design.scenarios}
        rows = [
            (
                scenario.name,
                job.world.draw,
                job.replication,
                job.seed,
                run_id(prints[scenario.name], job.seed, job.world.draw),
            )
            for job in self.design.jobs()
            for scenario in self.design.scenarios
        ]
        return pd.DataFrame(rows, columns=["scenario", "world", "replication", "seed", "run_id"])

    def record(self, date: str) -> Record:
        """Return the run record; ``date`` is the caller's, no clock is read here."""
        baseline = self.design.scenarios[0]
        seeds: dict[int, list[int]] = {}
        for job in self.design.jobs():
            seeds.setdefault(job.world.draw, []).append(job.seed)
        drawn = {world.draw: dict(world.applied(baseline).world) for world in self.design.worlds}
        counts = {"requested": self.design.requested, "finished": self.finished, "failed": self.failed}
        return record(self.design.scenarios, date, counts, self.design.seed, seeds, worlds=drawn)


def run(
    design: Design,
    what: Reduction | None = None,
    executor: Workers | Executor | None = None,
    progress: Progress | Watch | None = None,
    simulate: Simulate | None = None,
    store: RunStore | None = None,
) -> ExperimentResult:
    """Run a design.

    Args:
        design: scenarios, worlds and replications.
        what: what to keep of each run; all indicators over the whole programme when left out.
        executor: who works, or any executor of ``concurrent.futures``; one thread per processor when left
            out (the compiled model releases the interpreter lock).
        progress: called after every few runs, or who is told more than that.
        simulate: the model; the compiled one when left out. Picklable for processes.
        store: where finished runs are kept while others go on, and where those that were run before are
            found. Only for the compiled model: nothing tells the runs of another one apart.

    Returns:
        The result, rows in the order of the design.

    Raises:
        InputError: an indicator or window that does not exist; it is found before any run.
        ValueError: a store with a model of one's own.
    """
    plan = what or Reduction()
    _check(design, plan)
    if store is not None and simulate is not None:
        raise ValueError("a store keeps runs of the compiled model only")
    watch = progress if isinstance(progress, Watch) else Watch(progress)
    moved = design.moved()
    shelf = Shelf(store, design, plan, moved)
    what_each = plan if store is None else plan.wide
    left = [
        Task(job, (moved[job.world.draw, j],), ((i, j),), what_each, simulate)
        for i, job in enumerate(design.jobs())
        for j in range(len(design.scenarios))
        if (i, j) not in shelf.found and (i, j) not in shelf.spared
    ]
    course = _Course(design, shelf, watch, Feed(work, [], executor or Workers()))
    apart = isinstance(executor, Workers) and executor.kind == PROCESSES
    interrupted = course.through(left, apart)
    cancelled = isinstance(executor, Workers) and executor.control.cancelled
    folder = None if simulate is not None else store_folder() if store is None else store.folder
    return _result(design, course.done, interrupted or cancelled, shelf, folder)


class _Course:
    """The course of an experiment: what is done, and who is told."""

    def __init__(self, design: Design, shelf: Shelf, watch: Watch, feed: Feed[Task, Done]) -> None:
        self._requested, self._shelf, self._watch, self._feed = design.requested, shelf, watch, feed
        self._tasks: list[Task] = []
        self._took: list[Done] = []
        self.done: dict[Place, Outcome] = dict(shelf.found)

    def through(self, left: Sequence[Task], apart: bool) -> bool:
        """Do what is left and return whether it was interrupted."""
        interrupted = False
        try:
            if self.done and self._watch.progress is not None:
                self._watch.progress(len(self.done), self._requested)
            try:
                pilot, rest = pilot_of(left, self._feed.width) if self._watch.forecast else ([], left)
                tasks = grouped(rest, _TOGETHER)
                if pilot and self._watch.forecast:
                    self._do(pilot)
                    self._shelf.flush()
                    took = self._took[self._feed.width :]
                    self._watch.forecast(forecast(took, tasks, self._feed.width, self._shelf.cost(), apart))
                self._do(tasks)
            except KeyboardInterrupt:
                interrupted = True
                self._feed.stop()
                try:
                    self._collect(self._feed, tells=False)
                except KeyboardInterrupt:
                    # Asked twice: what is still under way is left to itself, and counts as never run.
                    self._collect(self._feed.finished(), tells=False)
                    self._feed.close(waits=False)
        finally:
            self._shelf.flush()
            self._feed.close(waits=not interrupted)
        return interrupted

    def _do(self, tasks: Sequence[Task]) -> None:
        self._tasks += tasks
        self._feed.extend(tasks)
        self._collect(self._feed)

    def _collect(self, outcomes: Iterable[tuple[int, Done | BaseException]], tells: bool = True) -> None:
        for i, outcome in outcomes:
            if isinstance(outcome, Done) and len(self._took) < _PILOT:
                self._took.append(outcome)
            fresh = placed(self._tasks[i], outcome)
            self.done.update(self._shelf.kept(fresh))
            for one in fresh.values():
                if tells and isinstance(one, Failure) and self._watch.failure is not None:
                    self._watch.failure(one)
            if tells and self._watch.progress is not None:
                self._watch.progress(len(self.done), self._requested)


def joined(one: ExperimentResult, more: ExperimentResult) -> ExperimentResult:
    """Return the result of a design and of the replications added to it.

    Raises:
        ValueError: the second does not continue the first.
    """
    a, b = one.design, more.design
    if replace(b, first=a.first, replications=a.replications) != a or b.first != a.first + a.replications:
        raise ValueError("the second design does not continue the first")

    def both(left: pd.DataFrame, right: pd.DataFrame) -> pd.DataFrame:
        parts = [part for part in (left, right) if len(part)]
        return pd.concat(parts, ignore_index=True) if parts else left

    return ExperimentResult(
        design=replace(a, replications=a.replications + b.replications),
        values=both(one.values, more.values),
        series=both(one.series, more.series),
        failures=both(one.failures, more.failures),
        finished=one.finished + more.finished,
        failed=one.failed + more.failed,
        cancelled=one.cancelled + more.cancelled,
        interrupted=one.interrupted or more.interrupted,
        stored=one.stored + more.stored,
        notes=one.notes + tuple(note for note in more.notes if note not in one.notes),
    )


def _result(
    design: Design, done: Mapping[Place, Outcome], interrupted: bool, shelf: Shelf, folder: Path | None
) -> ExperimentResult:
    kept: list[tuple[Run, Reduced]] = []
    failures: list[tuple[Failure, Scenario, World]] = []
    for i, job in enumerate(design.jobs()):
        for j, scenario in enumerate(design.scenarios):
            outcome = done.get((i, j))
            if isinstance(outcome, Failure):
                failures.append((outcome, scenario, job.world))
            elif outcome is not None:
                kept.append((Run(scenario.name, job.world.draw, job.replication, job.seed), outcome))
    return ExperimentResult(
        design=design,
        values=tidy(kept),
        series=tidy_series(kept),
        failures=failure_table(failures, folder),
        finished=len(kept),
        failed=len(failures),
        cancelled=design.requested - len(kept) - len(failures),
        interrupted=interrupted,
        stored=len(shelf.found),
        notes=shelf.notes,
    )


def _check(design: Design, what: Reduction) -> None:
    """Find a wrong name or window now and not in every run."""
    what.chosen()
    if what.window is not None:
        scenario = design.scenarios[0]
        empty = np.zeros(0)
        view(Trajectory("", 0, scenario.burn_in, scenario.horizon, empty, empty, empty, empty), what.window)


__all__ = ["ExperimentResult", "Failure", "Forecast", "Progress", "Reduction", "Simulate", "Watch", "joined", "run"]
