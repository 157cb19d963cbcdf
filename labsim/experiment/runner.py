"""Running a design: on threads, or on any executor of ``concurrent.futures``.

Takes: a :class:`Design`, what to keep of each run, an executor. Gives: an
:class:`ExperimentResult`, the same whatever the executor and the order of completion.

A run that fails is a row that says why. Ctrl-C, or a caller's stop, leaves finished work
usable: the result is then partial and says so. The first Ctrl-C waits for what is under
way, a second one does not.
"""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
import pandas as pd

from labsim.experiment.design import Design, Job
from labsim.experiment.shelf import Failure, Place, Shelf
from labsim.experiment.workers import Feed, Workers
from labsim.foundations.declared import Text
from labsim.model.trajectory import Trajectory
from labsim.population.residents import Population
from labsim.population.synthesis import synthesise
from labsim.results.declaration import Counts
from labsim.results.indicators import view
from labsim.results.record import Record, record, run_id
from labsim.results.results import Reduced, Reduction, Run, reduce, tidy, tidy_series
from labsim.results.store import RunStore
from labsim.scenario.scenario import Scenario, community_values

Progress = Callable[[int, int], None]
"""Called with runs done and runs requested, from the calling thread."""
_TOGETHER = 4
"""Scenarios of one task: they share a population."""
FAILURE_COLUMNS = ("scenario", "world", "replication", "seed", "error")


class Simulate(Protocol):
    """The model: one replication."""

    def __call__(self, scenario: Scenario, seed: int, *, population: Population | None = None) -> Trajectory:
        """Return the trajectory of a scenario on a seed."""


@dataclass(frozen=True)
class ExperimentResult:
    """What a design gave.

    Attributes:
        design: that was run.
        values: tidy table, one row per finished run, indicator and group.
        series: tidy table of the values per 28 days that were asked for; may be empty.
        failures: one row per failed run with its error.
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
    progress: Progress | None = None,
    simulate: Simulate | None = None,
    store: RunStore | None = None,
) -> ExperimentResult:
    """Run a design.

    Args:
        design: scenarios, worlds and replications.
        what: what to keep of each run; all indicators over the whole programme when left out.
        executor: who works, or any executor of ``concurrent.futures``; one thread per processor when left
            out (the compiled model releases the interpreter lock).
        progress: called after every few runs.
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
    shelf = Shelf(store, design, plan)
    done: dict[Place, Reduced | Failure] = dict(shelf.found)
    tasks = _tasks(design, done, plan if store is None else plan.wide, simulate)
    interrupted = False
    feed = Feed(_work, tasks, executor or Workers())

    def collect(outcomes: Iterable[tuple[int, list[Reduced | Failure] | BaseException]], tells: bool = True) -> None:
        for i, outcome in outcomes:
            fresh = _placed(tasks[i], outcome)
            done.update(shelf.kept(fresh))
            if tells and progress is not None:
                progress(len(done), design.requested)

    try:
        if done and progress is not None:
            progress(len(done), design.requested)
        try:
            collect(feed)
        except KeyboardInterrupt:
            interrupted = True
            feed.stop()
            try:
                collect(feed, tells=False)
            except KeyboardInterrupt:
                # Asked twice: what is still under way is left to itself, and counts as never run.
                collect(feed.finished(), tells=False)
                feed.close(waits=False)
    finally:
        shelf.flush()
        feed.close(waits=not interrupted)
    cancelled = isinstance(executor, Workers) and executor.control.cancelled
    return _result(design, done, interrupted or cancelled, shelf)


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


@dataclass(frozen=True)
class _Task:
    """Some scenarios of a job: small enough that little is lost, large enough to share a population."""

    job: Job
    at: int
    scenarios: tuple[Scenario, ...]
    places: tuple[Place, ...]
    what: Reduction
    simulate: Simulate | None


def _tasks(design: Design, done: Mapping[Place, Any], what: Reduction, simulate: Simulate | None) -> list[_Task]:
    """Return what is left to do, in the order of the design."""
    tasks = []
    for i, job in enumerate(design.jobs()):
        left = [j for j in range(len(design.scenarios)) if (i, j) not in done]
        for some in (left[k : k + _TOGETHER] for k in range(0, len(left), _TOGETHER)):
            scenarios = tuple(design.scenarios[j] for j in some)
            tasks.append(_Task(job, i, scenarios, tuple((i, j) for j in some), what, simulate))
    return tasks


def _work(task: _Task) -> list[Reduced | Failure]:
    """Run the scenarios of a task; scenarios of the same community share one population."""
    populations: dict[tuple[tuple[str, float], ...], Population] = {}
    return [_run_one(one, task.job, task.what, task.simulate, populations) for one in task.scenarios]


def _placed(task: _Task, outcome: list[Reduced | Failure] | BaseException) -> dict[Place, Reduced | Failure]:
    if isinstance(outcome, BaseException):  # the worker itself died, for example a killed process
        return {place: _failure(one, task.job, outcome) for place, one in zip(task.places, task.scenarios, strict=True)}
    return dict(zip(task.places, outcome, strict=True))


def _run_one(
    scenario: Scenario,
    job: Job,
    what: Reduction,
    simulate: Simulate | None,
    populations: dict[tuple[tuple[str, float], ...], Population],
) -> Reduced | Failure:
    try:
        model = simulate or _model()
        community = community_values(scenario)
        key = tuple(sorted(community.items()))
        if key not in populations:
            populations[key] = synthesise(community, job.seed)
        population = populations[key]
        trajectory = model(job.world.applied(scenario), job.seed, population=population)
        return reduce(trajectory, what, Counts.of(population))
    except Exception as error:  # a failed run is a row, never the end of an experiment
        return _failure(scenario, job, error)


def _model() -> Simulate:
    from labsim.model.simulate import simulate

    return simulate


def _failure(scenario: Scenario, job: Job, error: BaseException) -> Failure:
    run_ = Run(scenario.name, job.world.draw, job.replication, job.seed)
    return Failure(run_, f"{type(error).__name__}: {error}")


def _result(
    design: Design, done: Mapping[Place, Reduced | Failure], interrupted: bool, shelf: Shelf
) -> ExperimentResult:
    kept: list[tuple[Run, Reduced]] = []
    failures: list[Failure] = []
    for i, job in enumerate(design.jobs()):
        for j, scenario in enumerate(design.scenarios):
            outcome = done.get((i, j))
            if isinstance(outcome, Failure):
                failures.append(outcome)
            elif outcome is not None:
                kept.append((Run(scenario.name, job.world.draw, job.replication, job.seed), outcome))
    rows = [(f.run.scenario, f.run.world, f.run.replication, f.run.seed, f.error) for f in failures]
    return ExperimentResult(
        design=design,
        values=tidy(kept),
        series=tidy_series(kept),
        failures=pd.DataFrame(rows, columns=list(FAILURE_COLUMNS)),
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


__all__ = ["ExperimentResult", "Failure", "Progress", "Reduction", "Simulate", "joined", "run"]
