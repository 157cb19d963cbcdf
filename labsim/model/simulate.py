"""One replication: a scenario, a population and a seed give a trajectory.

Takes: a :class:`Scenario` and a seed. Gives: a :class:`Trajectory`. A :class:`Run` can also
go forward day by day; many replications run on threads, because kernels release the
interpreter lock. However it is run, the bits are the same.
"""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from labsim.model.columns import RESIDENT_RESULT, Setup, State, enlarged_state, make_setup, make_state
from labsim.model.day import run_days
from labsim.model.kernels.events import begin
from labsim.model.kernels.recording import BREACHES
from labsim.model.modules.states import module_records
from labsim.model.state import Activity
from labsim.model.trajectory import ConservationError, Trajectory
from labsim.population.residents import Population
from labsim.population.synthesis import synthesise
from labsim.scenario.changes import Under, added_injects, changed_fingerprint, changed_levers
from labsim.scenario.phases import Inject
from labsim.scenario.scenario import Scenario, community_values, inject_table, lever_table, world_values


@dataclass
class Run:
    """A replication that is under way.

    Attributes:
        setup: what stays.
        state: what changes; read it, do not write it.
        day: the next day to be simulated.
        scenario: fingerprint that ends up in the trajectory.
    """

    setup: Setup
    state: State
    day: int
    scenario: str = ""
    _ids: np.ndarray = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Set the first clocks."""
        self._ids = self.setup.residents.id
        begin(self.setup, self.state)

    def advance(self, to: int | None = None) -> "Run":
        """Simulate up to the start of a day, the end of the horizon by default.

        Raises:
            ConservationError: books do not balance; the day, the law and the amount are named.
        """
        last = self.setup.horizon if to is None else min(to, self.setup.horizon)
        while self.day < last:
            self.day = run_days(self.setup, self.state, self.day, last)
            ledger = self.state.ledger[0]
            if ledger.breach:
                raise ConservationError(int(ledger.breach_day), BREACHES[int(ledger.breach)], int(ledger.breach_amount))
            if self.day < last:
                self._enlarge_case_log()
        return self

    def _enlarge_case_log(self) -> None:
        cases = self.state.cases
        larger = np.zeros(2 * len(cases), cases.dtype).view(np.recarray)
        larger[: len(cases)] = cases
        self.state = self.state._replace(cases=larger)

    def set_levers(self, values: Mapping[str, float], day: int | None = None, stop: int | None = None) -> "Run":
        """Set levers from a day on, as a scenario with these phases would have.

        Args:
            values: levers and their new values.
            day: the first day of the new values; the next day to be simulated when left out.
            stop: the day on which what held before holds again; never when left out.

        Raises:
            InputError: no such lever, a value out of range, a day that is over.
        """
        first = self.day if day is None else day
        table = changed_levers(self.setup.levers, values, first, self._under(), stop)
        self.setup = self.setup._replace(levers=table)
        self.state = enlarged_state(self.setup, self.state)
        self.scenario = changed_fingerprint(self.scenario, {"levers": dict(values), "day": first, "stop": stop})
        return self

    def add_injects(self, *injects: Inject) -> "Run":
        """Let more happen to the community, from today on, as a scenario with these injects would have.

        Raises:
            InputError: an inject is not possible or its day is over.
        """
        table = added_injects(self.setup.injects, injects, self._under(), len(self.state.departments))
        self.setup = self.setup._replace(injects=table)
        what = {"injects": [one.model_dump(mode="json") for one in injects]}
        self.scenario = changed_fingerprint(self.scenario, what)
        return self

    def _under(self) -> Under:
        return Under(self.day, self.setup.burn_in, self.setup.horizon)

    def records(self) -> np.ndarray:
        """Return the ``DAILY`` records so far; a view, to be read only."""
        return self.state.daily[: self.day + self.setup.burn_in]

    def module_records(self) -> dict[str, np.ndarray]:
        """Return the daily records so far of the extension modules that are on; views, to be read only."""
        days = self.day + self.setup.burn_in
        return {name: records[:days] for name, records in module_records(self.state.modules).items()}

    def trajectory(self) -> Trajectory:
        """Return what has been recorded so far."""
        setup, state = self.setup, self.state
        days = self.day + setup.burn_in
        return Trajectory(
            scenario=self.scenario,
            seed=setup.seed,
            burn_in=setup.burn_in,
            horizon=self.day,
            daily=_plain(state.daily[:days]),
            groups=_plain(state.groups[: max(self.day, 0) // 28]),
            cases=_plain(state.cases[: int(state.ledger[0].cases)]),
            residents=_residents(setup, state),
            modules={name: _plain(records[:days]) for name, records in module_records(state.modules).items()},
        )


def _plain(records: np.ndarray) -> np.ndarray:
    return np.array(records.view(np.ndarray), dtype=np.dtype(records.dtype.descr))


def _residents(setup: Setup, state: State) -> np.ndarray:
    people, who = state.people, setup.residents
    table = np.zeros(len(who.id), RESIDENT_RESULT)
    for name in ("id", "cell", "block"):
        table[name] = getattr(who, name)
    for name in ("score", "satisfied", "efficacy", "credibility", "crowding"):
        table[name] = getattr(people, name)
    for activity in Activity:
        table[f"habit_{activity.name.lower()}"] = people.habit[activity]
        table[f"acts_{activity.name.lower()}"] = people.acts[activity]
    return table


def start(scenario: Scenario, seed: int, population: Population | None = None) -> Run:
    """Return a run at the first day of burn-in.

    Args:
        scenario: what is asked.
        seed: the replication; it also draws the population unless one is given.
        population: who lives there.
    """
    community = community_values(scenario)
    if population is None:
        population = synthesise(community, seed)
    setup = make_setup(
        population, world_values(scenario), lever_table(scenario), inject_table(scenario), seed, scenario.burn_in
    )
    return start_setup(setup, population.departments, scenario.fingerprint(), community)


def start_setup(setup: Setup, departments: int, scenario: str = "", switches: Mapping[str, float] | None = None) -> Run:
    """Return a run of a hand-made setup, for parts of the model alone (``model.parts``)."""
    return Run(setup, make_state(setup, departments, switches), -setup.burn_in, scenario)


def simulate(scenario: Scenario, seed: int, *, population: Population | None = None) -> Trajectory:
    """Simulate one replication of a scenario.

    Raises:
        ConservationError: money, points, cases or posts do not balance on some day.
    """
    return start(scenario, seed, population).advance().trajectory()


def simulate_many(
    scenario: Scenario, seeds: Iterable[int], *, threads: int = 2, populations: Mapping[int, Population] | None = None
) -> list[Trajectory]:
    """Simulate several replications, in the order of seeds whatever the number of threads."""
    known = populations or {}
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(lambda seed: simulate(scenario, seed, population=known.get(seed)), seeds))
