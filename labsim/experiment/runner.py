"""Running a design: on threads, or on any executor of ``concurrent.futures``.

Takes: a :class:`Design`, what to keep of each run, an executor. Gives: an
:class:`ExperimentResult`, the same whatever the executor and the order of completion.

A run that fails is a row that says why. Ctrl-C, or a caller's stop, leaves finished work
usable: the result is then partial and says so. The first Ctrl-C waits for what is under
way, a second one does not.
"""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import CancelledError, Executor, Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import pandas as pd

from labsim.experiment.design import Design, Job
from labsim.model.trajectory import Trajectory
from labsim.population.residents import Population
from labsim.population.synthesis import synthesise
from labsim.results.declaration import Counts
from labsim.results.indicators import view
from labsim.results.record import Record, record, run_id
from labsim.results.results import Reduced, Reduction, Run, reduce, tidy, tidy_series
from labsim.scenario.scenario import Scenario, community_values

Progress = Callable[[int, int], None]
"""Called with runs done and runs requested, from the calling thread."""
FAILURE_COLUMNS = ("scenario", "world", "replication", "seed", "error")


class Simulate(Protocol):
    """The model: one replication."""

    def __call__(self, scenario: Scenario, seed: int, *, population: Population | None = None) -> Trajectory:
        """Return the trajectory of a scenario on a seed."""


@dataclass(frozen=True)
class Failure:
    """A run that ended in an error."""

    run: Run
    error: str


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
    """

    design: Design
    values: pd.DataFrame
    series: pd.DataFrame
    failures: pd.DataFrame
    finished: int
    failed: int
    cancelled: int
    interrupted: bool

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
    executor: Executor | None = None,
    progress: Progress | None = None,
    simulate: Simulate | None = None,
) -> ExperimentResult:
    """Run a design.

    Args:
        design: scenarios, worlds and replications.
        what: what to keep of each run; all indicators over the whole programme when left out.
        executor: any executor of ``concurrent.futures``; one thread per processor when left
            out (the compiled model releases the interpreter lock).
        progress: called after every job.
        simulate: the model; the compiled one when left out. Picklable for processes.

    Returns:
        The result, rows in the order of the design.

    Raises:
        InputError: an indicator or window that does not exist; nothing has run then.
    """
    plan = what or Reduction()
    _check(design, plan)
    jobs = design.jobs()
    own = ThreadPoolExecutor(os.cpu_count() or 1) if executor is None else None
    pool = executor if executor is not None else own
    assert pool is not None
    done: dict[int, list[Reduced | Failure]] = {}
    interrupted, waits = False, True
    futures: dict[Future[list[Reduced | Failure]], int] = {}
    try:
        try:
            for i, job in enumerate(jobs):
                futures[pool.submit(_run, design.scenarios, job, plan, simulate)] = i
            _collect(as_completed(futures), futures, jobs, design, done, progress)
        except KeyboardInterrupt:
            interrupted = True
            try:
                _cancel(futures)
                _collect(as_completed(futures), futures, jobs, design, done)
            except KeyboardInterrupt:
                # Asked twice: what is still under way is left to itself, and counts as never run.
                waits = False
                _cancel(futures)
                _collect([one for one in futures if one.done()], futures, jobs, design, done)
    finally:
        if own is not None:
            own.shutdown(wait=waits, cancel_futures=True)
    return _result(design, jobs, done, interrupted)


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
    )


def _run(
    scenarios: tuple[Scenario, ...], job: Job, what: Reduction, simulate: Simulate | None
) -> list[Reduced | Failure]:
    """Run all scenarios of a job; scenarios of the same community share one population."""
    populations: dict[tuple[tuple[str, float], ...], Population] = {}
    return [_run_one(scenario, job, what, simulate, populations) for scenario in scenarios]


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


def _cancel(futures: Iterable[Future[list[Reduced | Failure]]]) -> None:
    for future in futures:
        future.cancel()


def _collect(
    ended: Iterable[Future[list[Reduced | Failure]]],
    futures: dict[Future[list[Reduced | Failure]], int],
    jobs: list[Job],
    design: Design,
    done: dict[int, list[Reduced | Failure]],
    progress: Progress | None = None,
) -> None:
    """Put what is done in its place; what was cancelled stays absent."""
    for future in ended:
        i = futures[future]
        if i in done:
            continue
        try:
            done[i] = future.result()
        except CancelledError:
            continue
        except Exception as error:  # the worker itself died, for example a killed process
            done[i] = [_failure(scenario, jobs[i], error) for scenario in design.scenarios]
        if progress is not None:
            progress(len(done) * len(design.scenarios), design.requested)


def _result(
    design: Design, jobs: list[Job], done: dict[int, list[Reduced | Failure]], interrupted: bool
) -> ExperimentResult:
    kept: list[tuple[Run, Reduced]] = []
    failures: list[Failure] = []
    for i, job in enumerate(jobs):
        for scenario, outcome in zip(design.scenarios, done.get(i, ()), strict=False):
            if isinstance(outcome, Failure):
                failures.append(outcome)
            else:
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
    )


def _check(design: Design, what: Reduction) -> None:
    """Find a wrong name or window now and not in every run."""
    what.chosen()
    if what.window is not None:
        scenario = design.scenarios[0]
        empty = np.zeros(0)
        view(Trajectory("", 0, scenario.burn_in, scenario.horizon, empty, empty, empty, empty), what.window)


__all__ = ["ExperimentResult", "Failure", "Progress", "Reduction", "Simulate", "joined", "run"]
