"""The core model a second time, as Mesa agents: what learners open, and what proves the fast one.

Takes: a scenario and a seed. Gives: :class:`CommunityModel`, one replication with an agent
for every resident, role, check item, department, post and handler, and in the end the same
:class:`Trajectory`, bit for bit, as the compiled engine (``simulate``).

The two engines share the rules of one person (``behaviour/``), arithmetic, addressed luck
and the layouts of records. They share no loop: this one is written to be read.

    >>> from labsim.model.mesa.model import CommunityModel
    >>> from labsim.scenario.scenario import Scenario
    >>> small = Scenario(horizon=28, burn_in=0).with_community(residents=60, blocks=3, items=60, panel=6)
    >>> model = CommunityModel(small, seed=1)
    >>> model.step()
    >>> model.day
    1
    >>> len(model.run().trajectory().daily)
    28
"""

import math
from collections import deque
from collections.abc import Iterable
from functools import partial

import numpy as np
from mesa.datacollection import DataCollector

from labsim.foundations.errors import InputError, Problem
from labsim.foundations.i18n import t
from labsim.model.columns import RESIDENT_RESULT
from labsim.model.day import ORDER
from labsim.model.mesa.agents import StaffAgent, TreasuryAgent
from labsim.model.mesa.base import DayRecord, Values
from labsim.model.mesa.calendar import EventQueue
from labsim.model.mesa.cases import CaseDesk
from labsim.model.mesa.injects import InjectRow
from labsim.model.mesa.items import CheckItem, DepartmentAgent
from labsim.model.mesa.people import ResidentAgent
from labsim.model.mesa.registry import MODULE_AGENTS
from labsim.model.mesa.roles import give_roles
from labsim.model.mesa.under_way import UnderWay
from labsim.model.modules.states import is_on
from labsim.model.state import CASES, CELLS, DAILY, FEN, GROUPS, PERIOD, Activity
from labsim.model.trajectory import Trajectory
from labsim.population.residents import Population
from labsim.population.synthesis import synthesise
from labsim.scenario.scenario import Scenario, community_values, inject_table, lever_table, world_values
from labsim.scenario.world import AGES


def _of_last_day(model: "CommunityModel", column: str) -> float:
    value: float = getattr(model.history[-1], column)
    return value


class CommunityModel(UnderWay):
    """One replication of a scenario, day by day.

    Attributes:
        scenario: what is asked.
        datacollector: Mesa's collector: every column of ``DAILY`` by day, and what is watched
            about residents.
        agents: Mesa's set of all agents; ``agents_by_type`` has one set per kind.

    The further attributes are those of :class:`Community` and :class:`CommunityDay`.
    """

    def __init__(
        self,
        scenario: Scenario,
        seed: int,
        population: Population | None = None,
        *,
        activation: int = 0,
        watch: Iterable[str] = (),
    ) -> None:
        """Prepare the first day of burn-in.

        Args:
            scenario: what is asked.
            seed: the replication; it also draws the population unless one is given.
            population: who lives there.
            activation: seed of Mesa's generator, which draws the order in which agents act.
                No result depends on it, and a test says so.
            watch: attributes of residents to be collected daily, such as ``efficacy``.
        """
        super().__init__(seed=activation)
        self.scenario = scenario
        self.seed = int(seed)
        self.burn_in = scenario.burn_in
        self.horizon = scenario.horizon
        self.day = -scenario.burn_in
        self._levers = lever_table(scenario)
        self.policy = self._policy_of(self.day)
        self._injects = inject_table(scenario)
        self.injects = [InjectRow(*row) for row in self._injects.tolist()]
        self._fingerprint = scenario.fingerprint()
        self.events = EventQueue()
        self.history = []
        self.today = DayRecord(self.day)
        self.app_back = -math.inf
        self._read_world(world_values(scenario))
        if population is None:
            population = synthesise(community_values(scenario), self.seed)
        self._make_agents(population)
        switches = community_values(scenario)
        self.modules = {m: make(self) for m, make in MODULE_AGENTS.items() if is_on(m, switches)}
        self.datacollector = DataCollector(
            model_reporters={name: partial(_of_last_day, column=name) for name in DAILY.names or ()},
            agenttype_reporters={ResidentAgent: {name: name for name in ("id", *watch)}} if watch else None,
        )
        for item in self.items:
            item.expect_fault(float(self.day))
        self.treasury.release()

    def _policy_of(self, day: int) -> Values:
        row = self._levers[day + self.burn_in]
        return Values({name: float(row[name]) for name in self._levers.dtype.names or ()})

    def _read_world(self, world: dict[str, float]) -> None:
        self._world_at_start = {name: float(value) for name, value in world.items()}
        self.world = Values(self._world_at_start)
        self.alpha = [[float(world[f"alpha_{a.name.lower()}_{age}"]) for age in AGES] for a in Activity]
        care = [float(world[f"need_care_{age}"]) for age in AGES]
        culture = [float(world[f"need_culture_{age}"]) for age in AGES]
        self.cost = [round(FEN * float(world[f"cost_{name}"])) for name in ("environment", "facility", "capital")]
        self.need = [care, culture, [max(0.0, 1.0 - a - b) for a, b in zip(care, culture, strict=True)]]

    def _make_agents(self, population: Population) -> None:
        """Make everybody: residents and their roles, items, departments, staff, desk, treasury."""
        most = self._most()
        self.treasury = TreasuryAgent(self)
        self.desk = CaseDesk(self, most["handlers"])
        self.departments = [DepartmentAgent(self, d, float(self.day)) for d in range(population.departments)]
        self.staff = [StaffAgent(self, p) for p in range(most["staff"])]
        for post in self.staff[: int(self.policy.staff)]:
            post.arrive()
        columns = {name: column.tolist() for name, column in population.residents._asdict().items()}
        many = len(columns["id"])
        self.people = [ResidentAgent(self, row, {k: v[row] for k, v in columns.items()}) for row in range(many)]
        self._introduce(population)
        for resident in self.people:
            give_roles(resident, most["supervisors"])
        places = zip(*(column.tolist() for column in population.items), strict=True)
        self.items = [CheckItem(self, row, *place) for row, place in enumerate(places)]
        self._gather()

    def _introduce(self, population: Population) -> None:
        """Tell residents whom they know, and blocks who lives there."""
        contacts, blocks = population.contacts, population.blocks
        self.everybody_acquainted = bool(contacts.complete)
        for row, resident in enumerate(self.people):
            others = contacts.other[contacts.start[row] : contacts.start[row + 1]].tolist()
            resident.contacts = [self.people[other] for other in others]
        spans = zip(blocks.start[:-1], blocks.start[1:], strict=True)
        self.blocks = [[self.people[row] for row in blocks.member[a:b].tolist()] for a, b in spans]
        self.residents_by_age = [sum(who.age == age for who in self.people) for age in range(len(AGES))]
        self.complaints = [0.0] * len(self.blocks)
        self.unresolved = deque(maxlen=14)
        self.groups = np.zeros((self.horizon // PERIOD, CELLS), GROUPS)

    def step(self) -> None:
        """Let one day pass, in the order of :data:`ORDER`.

        Raises:
            ConservationError: books do not balance; the day, the law and the amount are named.
            InputError: the horizon has been reached.
        """
        if self.day >= self.horizon:
            raise InputError(
                [Problem.at("step", t(f"模拟期 {self.horizon} 天已结束", f"the run of {self.horizon} days is over"))]
            )
        self.policy = self._policy_of(self.day)
        vars(self.world).update(self._world_at_start)  # modules may change it from day to day
        for step in ORDER:
            getattr(self, step.kernel)()
        self.history.append(self.today)
        self.datacollector.collect(self)
        self.day += 1
        self.today = DayRecord(self.day)
        self.running = self.day < self.horizon

    def run(self, to: int | None = None) -> "CommunityModel":
        """Let days pass up to the start of a day, the end of the horizon by default."""
        last = self.horizon if to is None else min(to, self.horizon)
        while self.day < last:
            self.step()
        return self

    def advance(self, to: int | None = None) -> "CommunityModel":
        """Do what :meth:`run` does, under the name that it has in the array engine."""
        return self.run(to)

    def records(self) -> np.ndarray:
        """Return the ``DAILY`` records so far."""
        return np.array([day.row() for day in self.history], DAILY)

    def module_records(self) -> dict[str, np.ndarray]:
        """Return the daily records so far of the extension modules that are on."""
        return {module.name.lower(): agent.records() for module, agent in self.modules.items()}

    def trajectory(self) -> Trajectory:
        """Return what has been recorded so far."""
        return Trajectory(
            scenario=self._fingerprint,
            seed=self.seed,
            burn_in=self.burn_in,
            horizon=self.day,
            daily=self.records(),
            groups=self.groups[: max(self.day, 0) // PERIOD].copy(),
            cases=np.array([case.row() for case in self.desk.log], CASES),
            residents=np.array([who.result() for who in self.people], RESIDENT_RESULT),
            modules=self.module_records(),
        )
