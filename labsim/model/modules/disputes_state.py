"""What changes in the module *disputes*, and what it records every day.

Takes: the switch, sizes and world values of a run. Gives: :class:`DisputesState`, arrays of
length 0 when the module is off.
"""

from enum import IntEnum
from typing import NamedTuple

import numpy as np


class DisputeClass(IntEnum):
    """What a dispute is about; a household has at most one open dispute of each class."""

    NEIGHBOUR = 0
    PROPERTY = 1


class DisputeStage(IntEnum):
    """Where an open dispute is."""

    NONE = 0
    INTAKE = 1
    WAITING = 2
    SESSION = 3
    COOLING = 4


class Pool(IntEnum):
    """Who mediates."""

    MEDIATORS = 0
    ELDERS = 1


DISPUTE = np.dtype(
    [
        ("stage", np.int8),
        ("at_table", np.int8),
        ("pool", np.int8),
        ("referrals", np.int8),
        ("rounds", np.int8),
        ("calmed", np.int32),
        ("day", np.int32),
        ("other", np.int64),
        ("opened", np.float64),
        ("tension", np.float64),
        ("queued", np.float64),
        ("since", np.float64),
        ("next", np.float64),
        ("listed", np.int64),
    ]
)
"""A place for a dispute: row of the resident * 2 + class. ``listed`` of the first places holds which
disputes are open, oldest first; it has nothing to do with the dispute of its own row."""
HOME = np.dtype([("trust", np.float64), ("habit", np.float64), ("rapport", np.float64), ("paid", np.int8)])
"""By row of the resident who decides for the household."""
NEIGHBOURHOOD = np.dtype([("faults", np.int32), ("homes", np.int32), ("paid", np.int32)])
BOOK = np.dtype(
    [(n, np.int64) for n in ("opened", "settled", "escalated", "open", "busy_mediators", "busy_elders", "fee_days")]
    + [("collection", np.float64), ("information", np.float64)]
)
DISPUTES_DAILY = np.dtype(
    [
        (n, np.int32)
        for n in (
            "opened_neighbour",
            "opened_property",
            "settled_neighbour",
            "settled_property",
            "escalated_neighbour",
            "escalated_property",
            "elders_settled",
            "elders_ended",
            "referrals",
            "rounds",
            "open",
            "waiting",
            "counselling",
            "home_visits",
            "care_visits",
            "fees_due",
            "fees_paid",
            "promises_kept",
        )
    ]
    + [(n, np.float64) for n in ("mediators", "days_ended", "mediator_days", "information", "firm_trust", "rapport")]
    + [(n, np.int64) for n in ("fees", "fees_for_repairs")]
)
"""One row per day. ``days_ended`` sums the days from opening to end of the disputes that ended;
``mediators`` is the time that everybody who mediates gives, in days, an elder a part of one; ``elders_*``
counts disputes whose last round was the elders'; money in fen."""


class DisputesState(NamedTuple):
    """What changes about disputes; five arrays, because compile time grows with their number."""

    disputes: np.ndarray  # DISPUTE, [2 * residents]
    homes: np.ndarray  # HOME, [residents]
    blocks: np.ndarray  # NEIGHBOURHOOD, [blocks]
    book: np.ndarray  # BOOK, [1]
    daily: np.ndarray  # DISPUTES_DAILY, [days]


def _records(count: int, dtype: np.dtype) -> np.recarray:
    return np.zeros(count, dtype).view(np.recarray)


def make_disputes(on: bool, days: int, residents: int, blocks: int, world: np.ndarray) -> DisputesState:
    """Allocate the state: no dispute, everybody trusts and pays as at the start.

    Args:
        on: whether the module is switched on; everything is empty otherwise.
        days: burn-in included.
        residents: how many.
        blocks: how many.
        world: ``WORLD`` record of the run, [1].
    """
    size = 1 if on else 0
    state = DisputesState(
        disputes=_records(2 * residents * size, DISPUTE),
        homes=_records(residents * size, HOME),
        blocks=_records(blocks * size, NEIGHBOURHOOD),
        book=_records(size, BOOK),
        daily=_records(days * size, DISPUTES_DAILY),
    )
    state.homes["trust"] = world["firm_trust_start"][0]
    state.homes["habit"] = world["fee_habit_start"][0]
    state.book["collection"] = world["fee_habit_start"][0]
    return state
