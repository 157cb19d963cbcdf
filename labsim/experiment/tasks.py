"""One piece of work: some scenarios on one seed, run, measured and timed.

Takes: a :class:`Task`. Gives: :class:`Done`, with an outcome for each scenario; it crosses processes.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Protocol

from labsim.experiment.design import Job
from labsim.model.trajectory import Trajectory
from labsim.population.residents import Population
from labsim.population.synthesis import synthesise
from labsim.results.declaration import Counts
from labsim.results.results import Reduced, Reduction, Run, reduce
from labsim.scenario.scenario import Scenario, community_values

Place = tuple[int, int]
"""Number of the job in its design, number of the scenario."""
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


@dataclass(frozen=True)
class Task:
    """Some scenarios of a job: small enough that little is lost, large enough to share a population.

    ``weighs``: whether to tell how much memory the process needed. The system may take milliseconds to say.
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
    """

    outcomes: tuple[Outcome, ...]
    people: tuple[tuple[float, float], ...]
    runs: tuple[tuple[float, float], ...]
    peak: int


def work(task: Task) -> Done:
    """Run the scenarios of a task; scenarios of the same community share one population."""
    populations: dict[tuple[tuple[str, float], ...], Population] = {}
    people: list[tuple[float, float]] = []
    runs: list[tuple[float, float]] = []
    outcomes: list[Outcome] = []
    for scenario in task.scenarios:
        community = community_values(scenario)
        key = tuple(sorted(community.items()))
        start = middle = perf_counter()
        try:
            if key not in populations:
                populations[key] = synthesise(community, task.job.seed)
                middle = perf_counter()
                people.append((community["residents"], middle - start))
            moved = task.job.world.applied(scenario)
            outcomes.append(_measured(moved, task.job.seed, populations[key], task.what, task.simulate))
        except Exception as error:  # a failed run is a row, never the end of an experiment
            outcomes.append(failure(scenario, task.job, error))
        runs.append((size(scenario), perf_counter() - middle))
    return Done(tuple(outcomes), tuple(people), tuple(runs), peak_memory() if task.weighs else 0)


def measure(scenario: Scenario, seed: int, what: Reduction) -> Reduced:
    """Return what is measured in one run; an error of the run is the caller's to see."""
    return _measured(scenario, seed, synthesise(community_values(scenario), seed), what, None)


def failure(scenario: Scenario, job: Job, error: BaseException) -> Failure:
    """Return the failure of a run."""
    run = Run(scenario.name, job.world.draw, job.replication, job.seed)
    return Failure(run, f"{type(error).__name__}: {error}")


def size(scenario: Scenario) -> float:
    """Return how large a run is, resident-days."""
    return community_values(scenario)["residents"] * (scenario.burn_in + scenario.horizon)


def peak_memory() -> int:
    """Return the most memory this process ever had, bytes; 0 where the system does not say."""
    try:
        import resource
    except ImportError:  # Windows
        return 0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * _KIBIBYTE


def placed(task: Task, outcome: Done | BaseException) -> dict[Place, Outcome]:
    """Return outcomes by place; all failed when the worker itself died, for example a killed process."""
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


def _measured(
    scenario: Scenario, seed: int, population: Population, what: Reduction, simulate: Simulate | None
) -> Reduced:
    trajectory = (simulate or _model())(scenario, seed, population=population)
    return reduce(trajectory, what, Counts.of(population))


def _model() -> Simulate:
    from labsim.model.simulate import simulate

    return simulate
