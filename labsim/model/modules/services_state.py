"""What changes in the module *services*, and what it records every day.

Takes: the switch, sizes and world values of a run. Gives: :class:`ServicesState`, arrays of
length 0 when the module is off.
"""

from enum import IntEnum
from typing import NamedTuple

import numpy as np

from labsim.foundations.arithmetic import fixed
from labsim.model.state import WEEK


class Service(IntEnum):
    """What residents can ask for; the row of every per-service table."""

    CANTEEN = 0
    SCHOOL = 1
    CULTURE = 2
    GYM = 3
    ROOM = 4
    COUNSEL = 5
    VISIT = 6
    ITEM = 7


class Tally(IntEnum):
    """Columns of ``tally`` after the seven weekdays."""

    ASKED = WEEK  # this period
    MEASURED = WEEK + 1  # asked in the last period
    SERVED = WEEK + 2  # this period
    PLACES = WEEK + 3  # a week


FUNDED = 4  # services that the budget pays for: the first so many
MANY = len(Service)

PATRON = np.dtype([("hours", np.int64), ("vouchers", np.int64), ("trust", np.float64)])
"""By row of the resident: hours saved (hundredths), vouchers held (fen), trust in the time bank."""
SERVICES_BOOK = np.dtype(
    [
        (n, np.int64)
        for n in (
            "credited",
            "spent",
            "pool",
            "vouchers_issued",
            "vouchers_spent",
            "slots",
            "used",
            "joint",
            "paid_asked",
            "paid_served",
            "trust",  # fixed-point sum over residents
        )
    ]
    + [(n, np.float64) for n in ("kept", "sessions", "shared", "errands")]
    + [(n, np.float64) for n in ("culture_12m", "culture_12m_young", "elders_visited")]
)
SERVICES_DAILY = np.dtype(
    [(f"{what}_{s.name.lower()}", np.int32) for s in Service for what in ("asked", "served")]
    + [
        (n, np.int32)
        for n in (
            "unheard",
            "unheard_older",
            "served_older",
            "online",
            "online_requests",
            "online_closed",
            "slots",
            "used_slots",
            "joint_activities",
            "joint_visits",
            "art_visits",
        )
    ]
    + [(n, np.float64) for n in ("culture_12m", "culture_12m_young", "elders_visited", "item_hours", "bank_trust")]
    + [(n, np.int64) for n in ("liking_canteen", "liking_school")]
    + [(n, np.int64) for n in ("hours_credited", "hours_spent", "hours_held")]
    + [(n, np.int64) for n in ("vouchers_issued", "vouchers_spent", "vouchers_held", "fees")]
)
"""One row per day. ``asked`` counts requests that were heard, ``unheard`` those that found no channel;
``liking_*`` sums, in fixed point, how far those served today like it; ``*_12m`` are shares and
``elders_visited`` a number of residents at the end of the last period; hours of the time bank in
hundredths, money in fen."""


class ServicesState(NamedTuple):
    """What changes about services; five arrays, because compile time grows with their number."""

    patrons: np.ndarray  # PATRON, [residents]
    memory: np.ndarray  # [2 * services, residents]: what is expected, then the day last served
    tally: np.ndarray  # [services, len(Tally) + 7]: served by weekday, then ``Tally``
    book: np.ndarray  # SERVICES_BOOK, [1]
    daily: np.ndarray  # SERVICES_DAILY, [days]


def _records(count: int, dtype: np.dtype) -> np.recarray:
    return np.zeros(count, dtype).view(np.recarray)


def make_services(on: bool, days: int, residents: int, world: np.ndarray) -> ServicesState:
    """Allocate the state: nobody has been served, everybody expects what people expect at the start.

    Args:
        on: whether the module is switched on; everything is empty otherwise.
        days: burn-in included.
        residents: how many.
        world: ``WORLD`` record of the run, [1].
    """
    here = 1 if on else 0
    state = ServicesState(
        patrons=_records(residents * here, PATRON),
        memory=np.full((2 * MANY, residents * here), -1e9),
        tally=np.zeros((MANY, WEEK + len(Tally)), np.int64),
        book=_records(here, SERVICES_BOOK),
        daily=_records(days * here, SERVICES_DAILY),
    )
    trust = float(world["credibility_start"][0])
    state.memory[:MANY] = world["expectation_start"][0]
    state.patrons["trust"] = trust
    state.book["trust"] = residents * fixed(trust)
    state.book["kept"] = 1.0
    return state
