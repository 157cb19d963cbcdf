"""One piece of work: some scenarios on one seed, run, measured and timed.

Takes: a :class:`Task`. Gives: :class:`Done`, with an outcome for each scenario; it crosses processes.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Protocol

from labsim.experiment.design import Job
from labsim.model.trajectory import Trajectory
from labsim.population.residents import Population
from labsim.population.synthesis import synthesise
from labsim.results.declaration import Counts
from labsim.results.results import Reduced, Reduction, Run, reduce
from labsim.results.segments import code_version
from labsim.scenario.scenario import Scenario, community_values

Place = tuple[int, int]
"""Number of the job in its design, number of the scenario."""
People = tuple[tuple[str, float], ...]
"""What residents are made from on a seed."""
_KIBIBYTE = 1024


class Simulate(Protocol):
    """The model: one replication."""

    def __call__(self, scenario: Scenario, seed: int, *, population: Population | None = None) -> Trajectory:
        """Return the trajectory of a scenario on a seed."""


@dataclass(frozen=True)
class Failure:
    """A run that ended in an error."""

    run: Run
    error: str


Outcome = Reduced | Failure
Ended = tuple[Trajectory, Counts] | Outcome
"""A run that is to be measured, or what became of it."""
_WAITS = 2**23
"""Bytes of cases up to which a run waits for the others of its task before it is measured."""


@dataclass(frozen=True)
class Task:
    """Some scenarios of a job: small enough that little is lost, large enough to share a population.

    Attributes:
        job: they share its seed.
        scenarios: in the job's state of the world.
        places: of each in the design.
        what: is kept of each run.
        simulate: the model; the compiled one when None.
        weighs: whether to tell how much memory the process needed. The system may take milliseconds to say.
    """

    job: Job
    scenarios: tuple[Scenario, ...]
    places: tuple[Place, ...]
    what: Reduction
    simulate: Simulate | None
    weighs: bool = False

    def parts(self) -> Iterator["Task"]:
        """Give a task for each scenario."""
        for scenario, place in zip(self.scenarios, self.places, strict=True):
            yield Task(self.job, (scenario,), (place,), self.what, self.simulate)


@dataclass(frozen=True)
class Done:
    """What a task gave.

    Attributes:
        outcomes: one for each scenario.
        people: (residents, seconds) of each population that was made.
        runs: (resident-days, seconds) of each run.
        peak: most memory the process ever had, bytes; 0 when not asked, or where the system does not say.
        code: that did the work: a worker on another machine may have another one.
    """

    outcomes: tuple[Outcome, ...]
    people: tuple[tuple[float, float], ...]
    runs: tuple[tuple[float, float], ...]
    peak: int
    code: str = ""


def work(task: Task) -> Done:
    """Run the scenarios of a task; scenarios of the same community share one population."""
    populations: dict[People, tuple[Population, Counts]] = {}
    people: list[tuple[float, float]] = []
    runs: list[tuple[float, float]] = []
    ended: list[Ended] = []
    for scenario in task.scenarios:
        community, key = community_values(scenario), people_of(scenario)
        start = middle = perf_counter()
        try:
            if key not in populations:
                made = synthesise(community, task.job.seed)
                middle = perf_counter()
                people.append((community["residents"], middle - start))
                populations[key] = made, Counts.of(made)
            trajectory = (task.simulate or _model())(scenario, task.job.seed, population=populations[key][0])
            one = _lean(trajectory), populations[key][1]
            ended.append(one if trajectory.cases.nbytes < _WAITS else _measured(task, scenario, one))
        except Exception as error:  # a failed run is a row, never the end of an experiment
            ended.append(failure(scenario, task.job, error))
        runs.append((_size(scenario, community), perf_counter() - middle))
    # Measured on end: after a run nothing that measuring needs is in the caches, which was a fifth of its time.
    start = perf_counter()
    outcomes = tuple(_measured(task, scenario, one) for scenario, one in zip(task.scenarios, ended, strict=True))
    each = (perf_counter() - start) / len(runs)
    timed = tuple((size, seconds + each) for size, seconds in runs)
    return Done(outcomes, tuple(people), timed, peak_memory() if task.weighs else 0, code_version())


def _lean(trajectory: Trajectory) -> Trajectory:
    """Return a trajectory without what nothing is measured by, so that several can wait."""
    return replace(trajectory, residents=trajectory.residents[:0].copy())


def _measured(task: Task, scenario: Scenario, ended: Ended) -> Outcome:
    if not isinstance(ended, tuple):
        return ended
    try:
        return reduce(ended[0], task.what, ended[1])
    except Exception as error:  # as above
        return failure(scenario, task.job, error)


def measure(scenario: Scenario, seed: int, what: Reduction) -> Reduced:
    """Return what is measured in one run; an error of the run is the caller's to see."""
    population = synthesise(community_values(scenario), seed)
    return reduce(_model()(scenario, seed, population=population), what, Counts.of(population))


def failure(scenario: Scenario, job: Job, error: BaseException) -> Failure:
    """Return the failure of a run."""
    run = Run(scenario.name, job.world.draw, job.replication, job.seed)
    return Failure(run, f"{type(error).__name__}: {error}")


def people_of(scenario: Scenario) -> People:
    """Return what the residents of a scenario are made from: those with the same have the same on a seed."""
    return tuple(sorted(community_values(scenario).items()))


def size(scenario: Scenario) -> float:
    """Return how large a run is, resident-days."""
    return _size(scenario, community_values(scenario))


def _size(scenario: Scenario, community: dict[str, float]) -> float:
    return community["residents"] * (scenario.burn_in + scenario.horizon)


def peak_memory() -> int:
    """Return the most memory this process ever had, bytes; 0 where the system does not say."""
    try:
        import resource
    except ImportError:  # Windows
        return 0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * _KIBIBYTE


def placed(task: Task, outcome: Done | BaseException) -> dict[Place, Outcome]:
    """Return outcomes by place; all failed when the worker itself died, or has other code than this process."""
    if isinstance(outcome, Done) and outcome.code != code_version():
        outcome = RuntimeError("its worker has another version of labsim or Python than the process that asked")
    if isinstance(outcome, BaseException):
        return {place: failure(one, task.job, outcome) for place, one in zip(task.places, task.scenarios, strict=True)}
    return dict(zip(task.places, outcome.outcomes, strict=True))


def grouped(task: Sequence[Task], most: int) -> list[Task]:
    """Return single tasks of the same job, next to one another, joined to tasks of at most so many scenarios."""
    joined: list[Task] = []
    for one in task:
        last = joined[-1] if joined else None
        if last is None or last.job is not one.job or len(last.scenarios) >= most:
            joined.append(one)
        else:
            joined[-1] = Task(one.job, last.scenarios + one.scenarios, last.places + one.places, one.what, one.simulate)
    return joined


def _model() -> Simulate:
    from labsim.model.simulate import simulate

    return simulate
