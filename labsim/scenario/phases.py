"""When what changes: phases, injects and applied instruments.

Takes: changes dated in days from day 0. Gives: the value of every lever on every day.

Later layers lie over earlier ones: declared defaults, the scenario's own lever values,
instruments, phases. A change ramps from what lies under it and gives it back when it
stops, so removing a policy restores what would have been, not what once was.
"""

from collections.abc import Iterable
from enum import IntEnum
from typing import Annotated, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, PlainSerializer

from labsim.foundations.declared import Kind, Quantity
from labsim.scenario.checked import Checked
from labsim.scenario.levers import LEVERS
from labsim.scenario.values import ValueField, Values


class InjectKind(IntEnum):
    """What happens to a community from outside. The numbers are frozen: compiled code uses them."""

    FAULT_BURST = 1
    FUND_CHANGE = 2
    STAFF_LEAVE = 3
    INSPECTION_STORM = 4
    APP_OUTAGE = 5
    FLOOD = 6
    EPIDEMIC = 7
    LIFT_FAILURE = 8
    HOT_EVENT = 9


EMERGENCIES = frozenset({InjectKind.FLOOD, InjectKind.EPIDEMIC, InjectKind.LIFT_FAILURE, InjectKind.HOT_EVENT})
"""Kinds that only the module *emergencies* knows how to live through."""


INJECT_DTYPE = np.dtype([("day", np.int32), ("kind", np.int32), ("magnitude", np.float64), ("target", np.int32)])
"""The layout of the inject table; ``day`` counts from day 0."""


class Phase(Checked):
    """A lever that takes a value from day ``start`` on.

    It moves evenly over ``ramp`` days and has the value on day ``start + ramp``; from day
    ``stop`` it is again what it would have been without the phase. Switches and rules do
    not ramp: they change on day ``start``.
    """

    lever: str
    value: float
    start: int = 0
    ramp: Annotated[int, Field(ge=0, le=3640)] = 0
    stop: int | None = None


class Inject(Checked):
    """Something that happens to the community on one day.

    Magnitude and target by kind: ``FAULT_BURST`` extra faults, item class 0 to 2 or -1
    for any; ``FUND_CHANGE`` yuan, 0 repair fund or 1 points pot; ``STAFF_LEAVE`` persons;
    ``INSPECTION_STORM`` extra visits that day, department or -1; ``APP_OUTAGE`` days. With the
    module *emergencies* on: ``FLOOD`` waterlogging points; ``EPIDEMIC`` infected residents;
    ``LIFT_FAILURE`` lifts; ``HOT_EVENT`` residents who see it first.
    """

    day: int
    kind: Annotated[InjectKind, PlainSerializer(lambda kind: InjectKind(kind).name.lower())]
    magnitude: float
    target: int = -1


class AppliedInstrument(Checked):
    """A named instrument in a scenario: which variant, when it runs, and values that differ from the catalogue's."""

    name: str
    variant: str | None = None
    start: int = 0
    ramp: Annotated[int, Field(ge=0, le=3640)] = 0
    stop: int | None = None
    levers: ValueField = Values()


class Change(NamedTuple):
    """One lever that one cause moves for a time: the common form of phases and instruments."""

    lever: str
    value: float
    start: int
    ramp: int
    stop: int | None
    instrument: str | None = None
    variant: str | None = None

    def overlaps(self, other: "Change") -> bool:
        """Return whether both act on some day."""
        mine, theirs = self.stop, other.stop
        return (mine is None or other.start < mine) and (theirs is None or self.start < theirs)


def in_steps(quantity: Quantity) -> bool:
    """Return whether a lever jumps: half a switch, or a rule between two rules, means nothing."""
    return quantity.kind is Kind.SWITCH or quantity.unit == "rule"


def moved(under: NDArray[np.float64], quantity: Quantity, change: Change, burn_in: int) -> NDArray[np.float64]:
    """Return the daily values of a lever after one change.

    Args:
        under: value of the lever by day without the change; element 0 is day ``-burn_in``.
        quantity: the declaration of the lever.
        change: what moves it.
        burn_in: days before day 0.
    """
    day = np.arange(under.size) - burn_in
    length = 1 if in_steps(quantity) else change.ramp + 1
    share = np.clip((day - change.start + 1) / length, 0.0, 1.0)
    if change.stop is not None:
        share[day >= change.stop] = 0.0
    # The ends are exact: arithmetic on the way must not leave 0.30000000000000004 behind.
    between = np.where(share == 1.0, change.value, under + (change.value - under) * share)
    between = np.where(share == 0.0, under, between)
    return np.rint(between) if quantity.kind is Kind.WHOLE else between


def table_of(base: NDArray[np.void], changes: Iterable[Change], burn_in: int, days: int) -> np.recarray:
    """Return the value of every lever on every day.

    Args:
        base: one record of ``LEVERS.dtype``: the values before any change.
        changes: layers, lowest first.
        burn_in: days before day 0.
        days: length of the table, burn-in included.

    Returns:
        Record array of shape ``[days]``; element 0 is day ``-burn_in``.
    """
    table = np.repeat(np.atleast_1d(base), days).astype(LEVERS.dtype, copy=False)
    for change in changes:
        table[change.lever] = moved(table[change.lever], LEVERS[change.lever], change, burn_in)
    return table.view(np.recarray)
