"""What an indicator is: one declaration with its formula.

Takes: labels, unit, direction, definition and the smallest difference that matters.
Gives: :class:`Indicator`, and :class:`View`, the counts that a formula may read.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any, Self, TypeVar

import numpy as np
import numpy.typing as npt
from pydantic import Field, model_validator

from labsim.foundations.declared import Frozen, Text
from labsim.model.state import CELLS
from labsim.population.residents import Population

Array = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]
Found = TypeVar("Found")
NOT_MEASURABLE = float("nan")


class Better(StrEnum):
    """Which way is better; ``NONE`` says that neither is."""

    HIGHER = "higher"
    LOWER = "lower"
    NONE = "none"


class Family(StrEnum):
    """What a reader weighs an indicator as."""

    BENEFIT = "benefit"
    COST = "cost"
    BURDEN = "burden"
    CONTEXT = "context"


class Sight(StrEnum):
    """Whether an indicator is on record (``REPORTED``) or only the model knows it (``TRUE``)."""

    REPORTED = "reported"
    TRUE = "true"


UNITS: dict[str, Text] = {
    "share": Text(zh="占比", en="share"),
    "score": Text(zh="分", en="points of 100"),
    "level": Text(zh="水平(0–1)", en="level (0-1)"),
    "days": Text(zh="天", en="days"),
    "items": Text(zh="个点位", en="items"),
    "item-days/y": Text(zh="点位·天/年", en="item-days a year"),
    "times/y": Text(zh="人次/年", en="person-times a year"),
    "times/d": Text(zh="人次/天", en="person-times a day"),
    "events/y": Text(zh="场/年", en="events a year"),
    "times/28d": Text(zh="次/28天", en="per 28 days"),
    "reports/28d": Text(zh="件/28天", en="reports per 28 days"),
    "cases/y": Text(zh="件/年", en="cases a year"),
    "persons": Text(zh="人", en="persons"),
    "departments": Text(zh="个部门", en="departments"),
    "persons/y": Text(zh="人/年", en="persons a year"),
    "hours": Text(zh="小时", en="hours"),
    "hours/week": Text(zh="小时/周", en="hours a week"),
    "hours/y": Text(zh="小时/年", en="hours a year"),
    "load": Text(zh="倍(1为满工时)", en="ratio (1 = full hours)"),
    "yuan": Text(zh="元", en="yuan"),
    "yuan/y": Text(zh="元/年", en="yuan a year"),
    "points/y": Text(zh="积分/年", en="points a year"),
    "points": Text(zh="积分", en="points"),
    "projects": Text(zh="个项目", en="projects"),
    "projects/y": Text(zh="个项目/年", en="projects a year"),
    "households": Text(zh="户", en="households"),
    "spaces": Text(zh="个车位", en="spaces"),
    "ratio": Text(zh="比值", en="ratio"),
    "communities": Text(zh="个社区", en="communities"),
    "streets": Text(zh="个街道", en="streets"),
    "minutes": Text(zh="分钟", en="minutes"),
    "vehicles": Text(zh="辆", en="vehicles"),
    "sites": Text(zh="处", en="sites"),
    "teams": Text(zh="支", en="teams"),
    "calls/y": Text(zh="件/年", en="calls a year"),
}
"""The words of every unit that an indicator may have."""


_DIGITS = 3


class Delta(Frozen):
    """The smallest difference that matters, and why.

    It is the larger of an absolute part, in the indicator's unit, and a part relative to
    the baseline's value, which is said with three digits: nobody can mean more of them.
    """

    absolute: Annotated[float, Field(gt=0)]
    relative: Annotated[float, Field(ge=0)] = 0.0
    source: str = "assumption"

    def at(self, baseline: float) -> float:
        """Return the difference that matters beside this baseline value."""
        part = float(f"{self.relative * abs(baseline):.{_DIGITS}g}") if np.isfinite(baseline) else 0.0
        return max(self.absolute, part)


@dataclass(frozen=True)
class Counts:
    """Residents by cell, from the population: denominators that trajectories do not hold.

    Attributes:
        residents: all of them, shape [12].
        registered: registered in the app at the start, shape [12].
        panel: members of the residents' panel, shape [12].
    """

    residents: Array
    registered: Array
    panel: Array

    @classmethod
    def of(cls, population: Population) -> Self:
        """Count the residents of a population by cell."""
        people = population.residents

        def count(who: Array) -> Array:
            return np.bincount(people.cell[who != 0], minlength=CELLS)

        return cls(count(np.ones_like(people.panel)), count(people.registered), count(people.panel))


class CellSums:
    """Sums of ``GROUPS`` records by cell: taken once, and then asked for by every group of residents."""

    def __init__(self, groups: Array) -> None:
        """Remember the records, shape [periods, 12]."""
        self._groups = groups
        self._found: dict[tuple[str, bool], list[int]] = {}

    def of(self, field: str, at_end: bool = False) -> list[int]:
        """Return the sum over periods of a field, or its value in the last period, in each of the 12 cells."""
        key = field, at_end
        if key not in self._found:
            column = self._groups[field]
            found: list[int] = (column[-1] if at_end else column.sum(axis=0)).tolist()
            self._found[key] = found
        return self._found[key]


@dataclass(frozen=True)
class View:
    """What a formula may read: the counts of one replication inside a window.

    Attributes:
        daily: ``DAILY`` records of the days ``first`` to ``last - 1``.
        groups: ``GROUPS`` records of the whole periods in the window, shape [periods, 12].
        sums: of these by cell; views of other groups of the same window share them.
        cases: all ``CASES`` of the run; formulas pick by time.
        programme: ``DAILY`` records from day 0 to ``last - 1``.
        first: first day of the window.
        last: day after the window.
        end: day after the data, up to which cases are followed.
        cells: which of the 12 cells belong to the group; None for everybody.
        counts: the population by cell, when known.
        modules: daily records of extension modules that are on, by name; the days of ``daily``.
    """

    daily: Array
    groups: Array
    sums: CellSums
    cases: Array
    programme: Array
    first: int
    last: int
    end: int
    cells: Mask | None
    counts: Counts | None
    modules: Mapping[str, Array] = field(default_factory=dict)
    _found: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def once(self, find: Callable[["View"], Found]) -> Found:
        """Return what a function of the view gives, found when it is first asked for: formulas share it."""
        if find not in self._found:
            self._found[find] = find(self)
        found: Found = self._found[find]
        return found

    def module(self, name: str) -> Array | None:
        """Return the daily records of an extension module in the window, None when it is off."""
        return self.modules.get(name)

    def of_group(self, field: str, at_end: bool = False) -> int:
        """Return the sum of a ``GROUPS`` field over the cells of the group, of all periods or of the last one."""
        by_cell = self.sums.of(field, at_end)
        return sum(by_cell) if self.cells is None else sum([by_cell[cell] for cell in self.once(_members)])

    @property
    def days(self) -> int:
        """Return the length of the window in days."""
        return self.last - self.first


def _members(view: View) -> list[int]:
    """Return the numbers of the cells that belong to the group of a view."""
    found: list[int] = np.flatnonzero(np.asarray(view.cells)).tolist()
    return found


Formula = Callable[[View], float]


class Indicator(Frozen):
    """A measured outcome, declared once.

    ``definition`` is one sentence with the denominator. ``by_group`` says that the formula
    can be restricted to cells of residents; ``periodic`` that a value per 28 days makes sense.
    """

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    label: Text
    unit: str
    better: Better
    family: Family
    sight: Sight
    definition: Text
    delta: Delta
    formula: Formula
    by_group: bool = False
    periodic: bool = True

    @model_validator(mode="after")
    def _known_unit(self) -> Self:
        if self.unit not in UNITS:
            raise ValueError(f"{self.name}: unit {self.unit} has no words in UNITS")
        return self

    @property
    def unit_text(self) -> Text:
        """Return the words of the unit."""
        return UNITS[self.unit]
