"""The columns that change while a run goes on.

Takes: a population, a scenario's values and a seed. Gives: :class:`Setup` (what stays) and
:class:`State` (what changes), NamedTuples of arrays that kernels read and write.
"""

from collections.abc import Mapping
from enum import IntEnum
from typing import Any, NamedTuple, cast

import numpy as np

from labsim.model.modules.states import Module, ModuleStates, Sizes, make_modules
from labsim.model.state import CASES, CELLS, DAILY, GROUPS, N_ACTIVITIES, PERIOD, WEEK, Activity
from labsim.population.contacts import Contacts
from labsim.population.residents import Blocks, Items, Population, Residents
from labsim.scenario.levers import LEVERS
from labsim.scenario.world import AGES, WORLD

Records = np.recarray
NEVER = -1_000_000_000


class Account(IntEnum):
    """Who holds money; every transfer leaves the sum over accounts at 0."""

    GOVERNMENT = 0
    SPONSORS = 1
    REPAIR_FUND = 2
    POINTS_POT = 3
    SERVICE_FUND = 4
    ESCROW = 5
    RESIDENTS = 6
    SUPPLIERS = 7
    PROJECT_FUND = 8


class Clock(IntEnum):
    """Kinds of event, in the order that breaks ties."""

    FAULT = 0
    RECURRENCE = 1
    NOTICE = 2
    CASE = 3
    VISIT = 4
    PATROL = 5
    SERVICE = 6


ITEM = np.dtype(
    [
        ("state", np.int8),
        ("stage", np.int8),
        ("superficial", np.int8),
        ("informed", np.int8),
        ("hops_left", np.int8),
        ("last_department", np.int32),
        ("faults", np.int32),
        ("incidents", np.int32),
        ("notices", np.int32),
        ("closures", np.int32),
        ("cases", np.int32),
        ("case", np.int64),
        ("last_closed_case", np.int64),
        ("onset", np.float64),
        ("closed", np.float64),
        ("last_visit", np.float64),
        ("other_visit", np.float64),
        ("last_complaint", np.float64),
    ]
)
DEPARTMENT = np.dtype([("visits", np.int32), ("left", np.float64), ("since", np.float64), ("rate", np.float64)])
POST = np.dtype([("state", np.int8), ("vacancies", np.int32), ("filled", np.float64)])  # 0 no post, 1 present, 2 vacant
HANDLER = np.dtype([("serving", np.int64), ("since", np.float64)])
LEDGER = np.dtype(
    [
        ("cases", np.int64),
        ("closed", np.int64),
        ("dropped", np.int64),
        ("queued", np.int64),
        ("cheapest", np.int64),  # no case in the queue costs less, fen
        ("points_issued", np.int64),
        ("points_redeemed", np.int64),
        ("points_held", np.int64),
        ("points_started", np.int64),
        ("app_back", np.float64),
        ("speed", np.float64),
        ("next_speed", np.float64),
        ("project_value", np.float64),
        ("breach", np.int64),
        ("breach_day", np.int64),
        ("breach_amount", np.int64),
    ]
)
RESIDENT_RESULT = np.dtype(
    [("id", np.int64), ("cell", np.int8), ("block", np.int32)]
    + [(n, np.float64) for n in ("score", "satisfied", "efficacy", "credibility", "crowding")]
    + [(f"habit_{a.name.lower()}", np.float64) for a in Activity]
    + [(f"acts_{a.name.lower()}", np.int32) for a in Activity]
)


class People(NamedTuple):
    """What changes about residents; per-activity arrays are [activity, row]."""

    efficacy: np.ndarray
    credibility: np.ndarray
    crowding: np.ndarray
    points: np.ndarray  # hundredths
    active: np.ndarray  # last decision, 0 or 1
    acting: np.ndarray  # contacts whose last decision was to act
    decided: np.ndarray  # today's decision, -1 when it was not their turn
    habit: np.ndarray
    last_act: np.ndarray  # day
    acts: np.ndarray
    score: np.ndarray
    satisfied: np.ndarray
    contributed: np.ndarray
    barrier: np.ndarray  # what keeps from going out, in logits, against the mean of the age group
    scratch: np.ndarray


class Calendar(NamedTuple):
    """Every clock of the run and a heap over those that are set (see ``kernels.calendar``)."""

    time: np.ndarray  # [clocks], infinity when not set
    heap: np.ndarray  # clock numbers
    place: np.ndarray  # [clocks] position in the heap, -1 when not set
    size: np.ndarray  # [1]
    first: np.ndarray  # [kinds + 1] first clock of each kind


class Setup(NamedTuple):
    """What stays during a run."""

    residents: Residents
    contacts: Contacts
    blocks: Blocks
    places: Items
    world: Records  # [1]
    levers: Records  # [days]
    injects: Records
    alpha: np.ndarray  # [activity, age]
    need: np.ndarray  # [service, age] care, culture, environment
    ages: np.ndarray  # residents per age group
    turns: np.ndarray  # rows of residents in the order of their weekday
    turn_start: np.ndarray  # where each weekday starts in ``turns``, [WEEK + 1]
    cost: np.ndarray  # fen per item class
    seed: int
    burn_in: int
    horizon: int


class State(NamedTuple):
    """What changes during a run."""

    people: People
    calendar: Calendar
    items: Records
    departments: Records
    posts: Records
    handlers: Records
    queue: np.ndarray  # items in order of arrival
    accounts: np.ndarray
    ledger: Records  # [1]
    complaints: np.ndarray  # per block, fading over 56 days
    unresolved: np.ndarray  # [14, block] latest counts, a ring by day
    daily: Records
    groups: Records
    cases: Records
    modules: ModuleStates


def make_setup(
    population: Population, world: dict[str, float], levers: Records, injects: Records, seed: int, burn_in: int
) -> Setup:
    """Collect what stays during a run.

    Args:
        population: who lives there.
        world: values of :data:`WORLD`; missing names take their declared default.
        levers: ``LEVERS`` records, one per day from the start of burn-in.
        injects: records with fields day, kind, magnitude, target.
        seed: the replication.
        burn_in: days before day 0.
    """
    w = WORLD.record(world)
    alpha = np.array([[float(w[f"alpha_{a.name.lower()}_{age}"][0]) for age in AGES] for a in Activity])
    need = np.zeros((3, len(AGES)))
    for g, age in enumerate(AGES):
        need[0, g] = w[f"need_care_{age}"][0]
        need[1, g] = w[f"need_culture_{age}"][0]
        need[2, g] = max(0.0, 1.0 - need[0, g] - need[1, g])
    weekday = population.residents.id % WEEK
    cost = np.array([round(100 * float(w[f"cost_{c}"][0])) for c in ("environment", "facility", "capital")], np.int64)
    return Setup(
        residents=population.residents,
        contacts=population.contacts,
        blocks=population.blocks,
        places=population.items,
        world=w,
        levers=levers.copy(),  # modules turn levers of the day: a table that runs share would carry it over
        injects=injects,
        alpha=alpha,
        need=need,
        ages=np.bincount(population.residents.age, minlength=len(AGES)).astype(np.int64),
        turns=np.argsort(weekday, kind="stable").astype(np.int64),
        turn_start=np.searchsorted(np.sort(weekday), np.arange(WEEK + 1)).astype(np.int64),
        cost=cost,
        seed=int(seed),
        burn_in=int(burn_in),
        horizon=len(levers) - int(burn_in),
    )


def _records(shape: int | tuple[int, ...], dtype: np.dtype) -> Records:
    return np.zeros(shape, dtype).view(np.recarray)


def _people(n: int, world: Records) -> People:
    return People(
        efficacy=np.full(n, float(world.efficacy_start[0])),
        credibility=np.full(n, float(world.credibility_start[0])),
        crowding=np.zeros(n),
        points=np.zeros(n, np.int64),
        active=np.zeros((N_ACTIVITIES, n), np.int8),
        acting=np.zeros((N_ACTIVITIES, n), np.int16),
        decided=np.full((N_ACTIVITIES, n), -1, np.int8),
        habit=np.zeros((N_ACTIVITIES, n)),
        last_act=np.full((N_ACTIVITIES, n), NEVER, np.int32),
        acts=np.zeros((N_ACTIVITIES, n), np.int32),
        score=np.zeros(n),
        satisfied=np.zeros(n),
        contributed=np.zeros(n, np.int8),
        barrier=np.zeros(n),
        scratch=np.zeros(n),
    )


def _calendar(items: int, departments: int, residents: int, handlers: int) -> Calendar:
    counts = [items, items, items, items, departments, residents, handlers]
    clocks = sum(counts)
    return Calendar(
        time=np.full(clocks, np.inf),
        heap=np.zeros(clocks, np.int64),
        place=np.full(clocks, -1, np.int64),
        size=np.zeros(1, np.int64),
        first=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
    )


def make_state(setup: Setup, departments: int, switches: Mapping[str, float] | None = None) -> State:
    """Allocate the columns of a run: all items in order, nobody active, accounts empty.

    Args:
        setup: what stays.
        departments: departments that visit.
        switches: values of ``COMMUNITY``, of which the switches of modules are read; none by default.
    """
    n, items, days = len(setup.residents.id), len(setup.places.id), len(setup.levers)
    max_handlers = int(setup.levers.handlers.max())
    posts = int(setup.levers.staff.max())
    blocks = len(setup.blocks.start) - 1
    sizes = Sizes(days, n, blocks, items, posts, departments, np.diff(setup.blocks.start), setup.seed)
    state = State(
        people=_people(n, setup.world),
        calendar=_calendar(items, departments, n, max_handlers),
        items=_records(items, ITEM),
        departments=_records(departments, DEPARTMENT),
        posts=_records(posts, POST),
        handlers=_records(max_handlers, HANDLER),
        queue=np.zeros(items + 1, np.int64),
        accounts=np.zeros(len(Account), np.int64),
        ledger=_records(1, LEDGER),
        complaints=np.zeros(blocks),
        unresolved=np.zeros((14, blocks), np.int64),
        daily=_records(days, DAILY),
        groups=_records((-(-setup.horizon // PERIOD), CELLS), GROUPS),  # a part may end within a period
        cases=_records(_expected_cases(setup, items), CASES),
        modules=make_modules(switches or {}, sizes, setup.world),
    )
    state.items.case = -1
    state.items.last_closed_case = -1
    state.items.last_department = -1
    for column in ("closed", "last_visit", "other_visit", "last_complaint"):
        state.items[column] = -np.inf
    state.handlers.serving = -1
    state.ledger.speed = 1.0
    state.ledger.next_speed = 1.0
    state.ledger.app_back = -np.inf
    return state


def enlarged_state(setup: Setup, state: State) -> State:
    """Return the state with room for the posts and handlers of a changed lever table.

    What is added is as it was at the start, which is what posts and handlers are that no
    day so far had use for. Nothing is copied when there is room.
    """
    if int(setup.levers.handlers.max()) <= len(state.handlers) and int(setup.levers.staff.max()) <= len(state.posts):
        return state
    switches = {f"module_{module.name.lower()}": float(state.modules.on[module]) for module in Module}
    fresh = make_state(setup, len(state.departments), switches)
    clocks = fresh.calendar.first
    moved = cast(State, _moved_in(state, fresh))
    return moved._replace(calendar=moved.calendar._replace(first=clocks))


def _moved_in(old: Any, fresh: Any) -> Any:
    """Return a tuple of columns with the old values, in the fresh array wherever that is the larger one."""
    if isinstance(old, tuple):
        return type(old)(*(_moved_in(*pair) for pair in zip(old, fresh, strict=True)))
    if any(new > was for new, was in zip(fresh.shape, old.shape, strict=True)):
        fresh[tuple(slice(length) for length in old.shape)] = old
        return fresh
    return old


def _expected_cases(setup: Setup, items: int) -> int:
    """Return room for the case log: three times the base faults; it grows when it fills."""
    faults = min(float(setup.world.fault_rate[0]), 10.0) * items * len(setup.levers)
    return int(3 * faults) + 4 * items + 64


def levers_of(values: dict[str, float], days: int) -> Records:
    """Return a lever table that keeps the same values on every day (for parts and tests)."""
    return np.repeat(LEVERS.record(values), days).view(np.recarray)
