"""What all agents of the Mesa model share: the community they live in, and their luck.

Takes: nothing. Gives: :class:`Community`, the model as agents see it, :class:`Actor`, the
base of every agent, and two small tables, :class:`Values` and :class:`DayRecord`.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import mesa
import numpy as np

from labsim.foundations.randomness import Decision, exponential, uniform
from labsim.model.mesa.calendar import EventQueue
from labsim.model.state import DAILY, PERIOD

if TYPE_CHECKING:
    from labsim.model.mesa.agents import StaffAgent, TreasuryAgent
    from labsim.model.mesa.cases import CaseDesk
    from labsim.model.mesa.items import CheckItem, DepartmentAgent
    from labsim.model.mesa.modules import ModuleAgent
    from labsim.model.mesa.people import ResidentAgent
    from labsim.model.modules.states import Module

PAIR = 2**32  # the address of a pair is first * PAIR + second
_FIELDS = frozenset(DAILY.names or ())


def add_up(numbers: Iterable[float]) -> float:
    """Return the sum of floats, added one after the other.

    ``sum`` compensates rounding errors from Python 3.12 on, which is better and gives other
    bits than the loops of the compiled engine.
    """
    total = 0.0
    for number in numbers:
        total += number
    return total


class Values:
    """Named numbers that are read as attributes: world values, or the levers of a day."""

    def __init__(self, values: Mapping[str, float]) -> None:
        """Take the numbers as they are."""
        vars(self).update(values)

    def __getattr__(self, name: str) -> float:
        """Say that a number is missing; those that exist are found before this is asked."""
        raise AttributeError(name)

    def __setattr__(self, name: str, value: float) -> None:
        """Change a number, as extension modules do for a day; a misspelt one is an error, not a new number."""
        if name not in vars(self):
            raise AttributeError(name)
        vars(self)[name] = value


class DayRecord:
    """What is written down about one day: the columns of ``DAILY``, 0 until something happens."""

    def __init__(self, day: int) -> None:
        """Open the record of a day."""
        vars(self).update({name: 0.0 if DAILY[name].kind == "f" else 0 for name in DAILY.names or ()})
        self.day = day

    def __getattr__(self, name: str) -> Any:
        """Say that there is no such column."""
        raise AttributeError(f"DAILY has no column {name}")

    def __setattr__(self, name: str, value: float) -> None:
        """Write a column; a misspelt one is an error, not a new column."""
        if name not in _FIELDS:
            raise AttributeError(f"DAILY has no column {name}")
        vars(self)[name] = value

    def count(self, name: str) -> None:
        """Add one to a column whose name is put together, such as ``act_sort``."""
        setattr(self, name, getattr(self, name) + 1)

    def row(self) -> tuple[float, ...]:
        """Return the record as a row of ``DAILY``."""
        columns = vars(self)
        return tuple(columns[name] for name in DAILY.names or ())


class Community(mesa.Model):
    """The model as agents see it: what holds today, and who else is there.

    Attributes:
        seed: the replication; together with an address it gives every draw.
        burn_in: days before day 0.
        horizon: days from day 0.
        world: uncertain parameters, the same all along.
        policy: levers of the day.
        day: the day that passes; negative during burn-in.
        today: the record of the day.
        history: records of the days before, oldest first.
        events: everything that has an appointed time.
        treasury: the accounts.
        desk: cases, queue and handlers.
        people: residents in order of rows.
        items: check items in order of rows.
        departments: who inspects.
        staff: posts of community workers.
        blocks: members of each block, by id.
        complaints: recent complaints per block, fading over 56 days.
        unresolved: unresolved items per block, the last 14 days.
        groups: ``GROUPS`` records, shape [periods, cells].
        cost: of serving a case in fen, by class of item.
        need: share of each need, [service][age].
        residents_by_age: how many in each age group.
        app_back: from when the app works again.
        everybody_acquainted: the contact network is complete.
        modules: an agent for every extension module that is on.
    """

    seed: int
    burn_in: int
    horizon: int
    world: Values
    policy: Values
    day: int
    today: DayRecord
    history: list[DayRecord]
    events: EventQueue
    treasury: "TreasuryAgent"
    desk: "CaseDesk"
    people: list["ResidentAgent"]
    items: list["CheckItem"]
    departments: list["DepartmentAgent"]
    staff: list["StaffAgent"]
    blocks: list[list["ResidentAgent"]]
    complaints: list[float]
    unresolved: deque[list[int]]
    groups: np.ndarray
    cost: list[int]
    need: list[list[float]]
    residents_by_age: list[int]
    app_back: float
    everybody_acquainted: bool
    modules: dict["Module", "ModuleAgent"]

    @property
    def row(self) -> int:
        """Row of the day in the records: 0 is the first day of burn-in."""
        return self.day + self.burn_in

    @property
    def end_of_period(self) -> bool:
        """Whether a period of 28 days ends today."""
        return (self.day + 1) % PERIOD == 0

    def recent(self, days: int) -> list[DayRecord]:
        """Return the records of the latest days, today included, oldest first."""
        return [*self.history[max(0, len(self.history) + 1 - days) :], self.today]


class Actor(mesa.Agent):
    """Base of every agent: it sees the community and draws its own luck.

    Luck never comes from Mesa's generator, which gives numbers in the order in which they
    are asked for. It comes from an address (what is decided, which time, by whom), so the
    order in which agents are activated changes nothing.
    """

    model: Community

    @property
    def world(self) -> Values:
        """Uncertain parameters."""
        return self.model.world

    @property
    def policy(self) -> Values:
        """Levers of the day."""
        return self.model.policy

    @property
    def today(self) -> DayRecord:
        """Record of the day."""
        return self.model.today

    def luck(self, decision: Decision, step: int, address: int) -> float:
        """Return the uniform number, in (0, 1), that belongs to an address."""
        return uniform(self.model.seed, int(decision), step, address)

    def patience(self, decision: Decision, step: int, address: int) -> float:
        """Return the exponential number, with mean 1, that belongs to an address."""
        return exponential(self.model.seed, int(decision), step, address)
