"""One part of the model alone: the real engine with every other part silent.

Takes: who and what is there, and the values that are not silent. Gives: a :class:`Run` of
the same kernels as any scenario. The parts built on it have modules of their own:
``parts_people`` (one activity), ``parts_cases`` (detection; the case queue) and
``parts_resources`` (staff, services, co-funded projects). Guide: ``docs/parts.md``.

Closed-form checks need limits that no community has (a certain act, no time at all), so the
declared ranges are not enforced here; a name that is not declared is still an error.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from labsim.foundations.draws import normals, uniforms
from labsim.foundations.randomness import Decision
from labsim.model.columns import Records, levers_of, make_setup
from labsim.model.simulate import Run, start_setup
from labsim.model.state import PERIOD, Activity
from labsim.population.contacts import Contacts
from labsim.population.network import complete, from_networkx
from labsim.population.residents import Items, Population, Residents, cell_of, group_blocks
from labsim.scenario.levers import LEVERS
from labsim.scenario.phases import INJECT_DTYPE, Inject
from labsim.scenario.world import AGES, WORLD

NEVER_ACTS = -50.0  # logit of a chance below the smallest uniform number
ALWAYS_ACTS = 50.0
Triple = tuple[float, float, float]


class Place(NamedTuple):
    """Who and what is there.

    Attributes:
        residents: how many, or how many per age group (young, middle, older).
        network: ``"none"``, ``"complete"``, contacts, or an undirected networkx graph.
        items: check items, or how many per class (environment, facility, capital).
        departments: departments that inspect.
        blocks: residents and items are dealt to blocks in turn.
    """

    residents: int | tuple[int, int, int] = 1
    network: Any = "none"
    items: int | tuple[int, int, int] = 0
    departments: int = 1
    blocks: int = 1


def populate(place: Place, seed: int) -> Population:
    """Return residents who differ in age group and taste alone: settled, panel members, registered.

    Raises:
        ValueError: the network is unknown or of another size.
    """
    by_age = _per_category(place.residents)
    by_class = _per_category(place.items)
    n = sum(by_age)
    ids = np.arange(n, dtype=np.int64)
    age = np.repeat(np.arange(3, dtype=np.int8), by_age)
    zeros, ones = np.zeros(n, np.int8), np.ones(n, np.int8)
    residents = Residents(
        id=ids, age=age, migrant=zeros, digital=ones, low_income=zeros, registered=ones, panel=ones,
        block=(ids % place.blocks).astype(np.int32), head=ones, cell=cell_of(age, zeros, ones),
        taste=normals(seed, Decision.TASTE, 0, ids), supervisor_rank=ids.astype(np.int32),
        taught_key=uniforms(seed, Decision.DIGITAL_TAUGHT, 0, ids),
    )  # fmt: skip
    item_ids = np.arange(sum(by_class), dtype=np.int64)
    classes = np.repeat(np.arange(3, dtype=np.int8), by_class)
    items = Items(item_ids, classes, (item_ids % place.blocks).astype(np.int32))
    contacts = _contacts(place.network, n)
    return Population(residents, contacts, items, group_blocks(residents, items, place.blocks), place.departments)


def _per_category(count: int | tuple[int, int, int]) -> tuple[int, int, int]:
    return (count, 0, 0) if isinstance(count, int) else count


def _contacts(network: Any, n: int) -> Contacts:
    if isinstance(network, str):
        if network == "complete":
            return complete(n)
        if network == "none":
            return Contacts(np.zeros(n + 1, np.int64), np.empty(0, np.int32), False)
        raise ValueError(f"network {network!r}: need 'none', 'complete', contacts or a graph")
    contacts = network if isinstance(network, Contacts) else from_networkx(network)
    if len(contacts.start) != n + 1:
        raise ValueError(f"the network has {len(contacts.start) - 1} members for {n} residents")
    return contacts


def silent_world() -> dict[str, float]:
    """Return world values under which nothing happens: no act, no fault, no time, no cost, no effect."""
    values = {f"alpha_{a.name.lower()}_{age}": NEVER_ACTS for a in Activity for age in AGES}
    values |= dict.fromkeys(
        (
            "taste_sd", "contact_influence", "habit_weight", "efficacy_weight", "reward_weight", "crowding_out",
            "recognition_weight", "efficacy_rate", "social_learning_rate", "credibility_rate", "migrant_barrier",
            "meeting_burden", "fault_rate", "cost_environment", "cost_facility", "cost_capital", "equipment_effect",
            "perfunctory_share", "notice_rate", "patrol_coverage", "intake_days", "hop_days", "many_hops_share",
            "drop_rate", "work_days", "superficial_share", "verification_days", "base_load", "visit_hours", "quit_rate",
            "quit_load", "quit_pay", "volunteer_value",
        ),
        0.0,
    )  # fmt: skip
    return values | {"alpha_fund": NEVER_ACTS, "detection": 1.0, "efficacy_start": 0.5, "app_taste": 1.0}


def silent_levers() -> dict[str, float]:
    """Return lever values under which nobody inspects, pays, rewards or tells anything."""
    return {
        "inspection_frequency": 0.0, "inspection_coverage": 1.0, "unannounced_share": 0.0, "repair_budget": 0.0,
        "service_budget": 0.0, "results_told": 0.0, "agenda_residents": 1.0, "handlers": 1.0, "staff": 1.0,
        "pay_gap": 0.0, "admin_load": 1.0,
    }  # fmt: skip


@dataclass(frozen=True)
class Alone:
    """What is not silent, and for how long.

    Attributes:
        place: who and what is there.
        world: world values over the silent ones.
        levers: lever values over the silent ones, from the first day.
        changes: day -> lever values that hold from that day on.
        injects: what happens from outside.
        days: length from day 0.
        burn_in: days before day 0.
    """

    place: Place = field(default_factory=Place)
    world: Mapping[str, float] = field(default_factory=dict)
    levers: Mapping[str, float] = field(default_factory=dict)
    changes: Mapping[int, Mapping[str, float]] = field(default_factory=dict)
    injects: tuple[Inject, ...] = ()
    days: int = PERIOD
    burn_in: int = 0


def start_alone(part: Alone, seed: int) -> Run:
    """Return a run of a part at its first day.

    Raises:
        KeyError: a world value or lever is not declared.
        ValueError: the network does not fit the residents.
    """
    population = populate(part.place, seed)
    rows = [(one.day, int(one.kind), one.magnitude, one.target) for one in part.injects]
    injects = np.array(rows, dtype=INJECT_DTYPE).view(np.recarray)
    world = WORLD.defaults() | silent_world() | dict(part.world)
    setup = make_setup(population, world, _levers(part), injects, seed, part.burn_in)
    return start_setup(setup, population.departments)


def _levers(part: Alone) -> Records:
    table = levers_of(silent_levers() | dict(part.levers), part.burn_in + part.days)
    for day in sorted(part.changes):
        for name, value in part.changes[day].items():
            if name not in LEVERS:
                raise KeyError(f"not declared: {name}")
            table[name][part.burn_in + day :] = value
    return table


def logit(share: float) -> float:
    """Return the utility at which an act has this probability; certain at 0 and 1.

    >>> logit(0.5)
    0.0
    >>> logit(1.0)
    50.0
    """
    if share <= 0.0:
        return NEVER_ACTS
    if share >= 1.0:
        return ALWAYS_ACTS
    return float(np.log(share / (1.0 - share)))
