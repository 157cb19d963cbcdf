"""The communities of a city: one small protocol, how they differ, what is public about them.

Takes: a city and a seed. Gives: members that go forward to a day, show their records and take
levers and injects. A compiled or plain :class:`Run` is one, and so is the Mesa model.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np

from labsim.behaviour.city import appraisal_mark, scaled, shifted_logit
from labsim.foundations.draws import normals
from labsim.foundations.randomness import Decision, uniform
from labsim.model.simulate import start
from labsim.model.state import PERIOD
from labsim.model.trajectory import Trajectory
from labsim.scenario.city import City
from labsim.scenario.city_declared import Published
from labsim.scenario.community import COMMUNITY
from labsim.scenario.phases import Inject
from labsim.scenario.scenario import Scenario, community_values, world_values
from labsim.scenario.world import AGES, WORLD

_TRAITS = ("popularity", "perfunctory", "faults", "size")
_SIZED = ("residents", "blocks", "items", "panel")
_BITS = 2.0**52
QUARTER = 3
"""Periods over which streets look back."""


class Member(Protocol):
    """A community under way, whatever engine runs it."""

    @property
    def day(self) -> int:
        """Return the next day to be simulated."""

    def advance(self, to: int | None = None) -> Any:
        """Simulate up to the start of a day."""

    def records(self) -> np.ndarray:
        """Return the ``DAILY`` records so far."""

    def set_levers(self, values: Mapping[str, float], day: int | None = None, stop: int | None = None) -> Any:
        """Set levers from a day on."""

    def add_injects(self, *injects: Inject) -> Any:
        """Let something happen."""

    def trajectory(self) -> Trajectory:
        """Return everything recorded so far."""


Engine = Callable[[Scenario, int], Member]


def compiled(scenario: Scenario, seed: int) -> Member:
    """Start a community in the array engine, compiled or plain as the process has it."""
    return start(scenario, seed)


def seed_of(seed: int, community: int) -> int:
    """Return the seed of a community; the first has that of the city, so that a city of one is the plain run."""
    return seed if community == 0 else int(uniform(seed, Decision.CITY_SEED, 0, community) * _BITS)


def community_scenarios(city: City, seed: int) -> list[Scenario]:
    """Return the scenario of every community: the city's, moved by what communities differ in, (Y7).

    Popular communities have a stronger taste for volunteering and more contacts; how far
    inspection is a formality, how often things break and size vary independently of that.
    """
    ids = np.arange(city.communities)
    traits = {name: normals(seed, Decision.CITY_TRAIT, i, ids) for i, name in enumerate(_TRAITS)}
    return [
        _different(city, {name: float(values[community]) for name, values in traits.items()})
        for community in range(city.communities)
    ]


def _different(city: City, trait: Mapping[str, float]) -> Scenario:
    scenario, world, who = city.scenario, world_values(city.scenario), community_values(city.scenario)
    taste = city.value("volunteer_spread") * trait["popularity"]
    moved = {f"alpha_volunteer_{age}": world[f"alpha_volunteer_{age}"] + taste for age in AGES}
    formality = city.value("perfunctory_spread") * trait["perfunctory"]
    moved["perfunctory_share"] = shifted_logit(world["perfunctory_share"], formality)
    moved["fault_rate"] = scaled(world["fault_rate"], city.value("fault_spread") * trait["faults"])
    moved = {name: min(max(value, WORLD[name].low), WORLD[name].high) for name, value in moved.items()}
    size, ties = city.value("size_spread") * trait["size"], city.value("contact_spread") * trait["popularity"]
    other = {name: _whole(name, scaled(who[name], size)) for name in _SIZED}
    other["contacts"] = _whole("contacts", scaled(who["contacts"], ties))
    moved = {name: value for name, value in moved.items() if value != world[name]}
    other = {name: value for name, value in other.items() if value != who[name]}
    if not moved and not other:
        return scenario  # the city's own, so that a city of one is the plain run
    return scenario.changed(world={**scenario.world, **moved}, community={**scenario.community, **other})


def _whole(name: str, value: float) -> float:
    return float(min(max(int(value + 0.5), COMMUNITY[name].low), COMMUNITY[name].high))


# -- what is public ------------------------------------------------------------------------------


def total(records: np.ndarray, *columns: str) -> int:
    """Return the sum of columns over days."""
    return sum(int(records[column].sum()) for column in columns)


def backlog(records: np.ndarray) -> int:
    """Return the cases on record that are open now."""
    return total(records, "opened") - total(records, "closed", "dropped")


def last_days(records: np.ndarray, periods: int) -> np.ndarray:
    """Return the records of the last periods, fewer when there are not as many."""
    return records[max(0, len(records) - periods * PERIOD) :]


def mark(records: np.ndarray) -> int:
    """Return the street's mark for a community over the last quarter, in thousandths of a point."""
    recent = last_days(records, QUARTER)
    overdue = int(records["overdue_open"][-1]) if len(records) else 0
    return appraisal_mark(total(recent, "closed"), total(recent, "dropped"), overdue, backlog(records))


def published(records: np.ndarray, what: Published) -> float:
    """Return a published result over some days, NaN where it cannot be measured."""
    over: dict[Published, tuple[int, int]] = {
        Published.FIX_RATE: (total(records, "closed"), total(records, "closed", "dropped")),
        Published.COMPLAINTS: (total(records, "reports"), len(records)),
        Published.REPEATS: (total(records, "repeat_reports"), total(records, "reports")),
        Published.OVERDUE: (total(records, "overdue_open"), len(records)),
        Published.VOLUNTEERS: (total(records, "act_volunteer"), total(records, "due_volunteer")),
        Published.ATTENDANCE: (total(records, "act_meeting"), total(records, "due_meeting")),
    }
    counted, of = over[what]
    return counted / of if of > 0 else float("nan")


HIGHER_IS_BETTER = frozenset({Published.FIX_RATE, Published.VOLUNTEERS, Published.ATTENDANCE})
"""Published results that are better when higher."""
