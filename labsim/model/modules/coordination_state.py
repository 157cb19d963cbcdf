"""What changes in the coordination module: its daily records, and columns of departments and items.

Takes: whether the module is on, and sizes. Gives: :class:`CoordinationState`.
"""

from typing import NamedTuple

import numpy as np

COORDINATION_DAILY = np.dtype(
    [("day", np.int32)]
    + [
        (name, np.int32)
        for name in (
            "meetings",
            "invited",
            "attended",
            "agenda",
            "decided_at_meeting",
            "multi_opened",
            "decided_at_opening",
            "opened",
            "passed_cases",
            "passes",
            "connected",
            "officers",
            "grid_rounds",
            "grid_found",
            "team_patrols",
            "team_found",
            "claims",
            "dispatched",
            "pushes",
            "finished",
        )
    ]
    + [(name, np.float64) for name in ("workload", "formats", "duplicate_hours", "base_hours", "extra_hours")]
    + [(name, np.float64) for name in ("officer_hours", "sharing")]
    + [(name, np.int64) for name in ("officer_wages", "grants")]
)
"""One row per day, burn-in included. Hours are of community staff, but ``officer_hours``;
``workload`` sums working days over the invited departments; ``sharing`` is the effective
share of repeat checks avoided; money in fen."""

COORDINATION_DEPARTMENT = np.dtype(
    [
        ("attends", np.int8),  # the latest meeting
        ("visits", np.int32),  # counted so far
        ("recent", np.float64),  # visits, fading over a month
        ("pending", np.int32),  # undecided cases that need it, at the latest meeting
        ("habit", np.float64),
    ]
)
COORDINATION_ITEM = np.dtype([("claimed", np.int64), ("followed", np.int64), ("pushed", np.int32)])
"""Case claimed by a secretary, case followed since a dispatch meeting, latest step pushed."""
COORDINATION_BOOKS = np.dtype(
    [
        ("cases", np.int64),  # in the log at the start of the day
        ("decided", np.int64),  # since the latest meeting
        ("attending", np.int64),
        ("claims", np.int64),
        ("finished", np.int64),
        ("officer_days", np.int64),
        ("officer_wages", np.int64),
        ("impression", np.float64),  # of what meetings decide
    ]
)


class CoordinationState(NamedTuple):
    """What changes about coordination."""

    daily: np.ndarray
    departments: np.ndarray
    items: np.ndarray
    books: np.ndarray  # [1]


def _records(count: int, dtype: np.dtype) -> np.recarray:
    return np.zeros(count, dtype).view(np.recarray)


def make_coordination(on: bool, days: int, departments: int, items: int) -> CoordinationState:
    """Allocate the state: nobody has met, nothing is claimed; empty columns when the module is off.

    Args:
        on: whether the module is on.
        days: burn-in included.
        departments: how many.
        items: how many.
    """
    here = 1 if on else 0
    state = CoordinationState(
        daily=_records(here * days, COORDINATION_DAILY),
        departments=_records(here * departments, COORDINATION_DEPARTMENT),
        items=_records(here * items, COORDINATION_ITEM),
        books=_records(here, COORDINATION_BOOKS),
    )
    state.departments["habit"] = 0.5
    state.items["claimed"] = -1
    state.items["followed"] = -1
    state.books["impression"] = 0.5
    return state
