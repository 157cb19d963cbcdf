"""What changes in the module *emergencies*, and what it records every day.

Takes: the switch, sizes and streets of a run. Gives: :class:`EmergenciesState`, arrays of length 0 when the
module is off.
"""

from enum import IntEnum
from typing import NamedTuple

import numpy as np

from labsim.population.streets import distances, station_blocks, street_grid

MOST_STATIONS = 12  # highest value of emergency_stations and of supply_points
MOST_TEAMS = 41  # one of staff, and the highest value of emergency_teams
MOST_ORDINARY = 64  # ordinary calls of a day, beside one for every fourth resident: the highest rate brings fewer


class Call(IntEnum):
    """What a call is about."""

    HELP = 0
    PERSON = 1
    GARAGE = 2
    LIFT = 3


class Health(IntEnum):
    """Where a resident stands in an epidemic."""

    SUSCEPTIBLE = 0
    INFECTED = 1
    FOUND = 2


CALL = np.dtype(
    [
        ("kind", np.int8),
        ("place", np.int32),  # block
        ("row", np.int32),  # of the resident, -1 for nobody
        ("cars", np.int32),
        ("who", np.int64),  # address of its luck; breaks ties of time
        ("listed", np.int64),  # the how-manieth place of the list in order of time holds this call
        ("since", np.float64),
        ("ready", np.float64),
        ("water", np.float64),
        ("danger", np.float64),
    ]
)
"""A place in the day's list: calls for teams in the first half, requests for supplies in the second."""
PERSON = np.dtype(
    [
        ("health", np.int8),
        ("infected", np.int32),  # day
        ("until", np.int32),  # quarantine, the day after the last
        ("exposed", np.int32),  # latest day at risk of water
        ("event", np.int32),  # number of the latest hot event heard of
        ("heard", np.int32),  # day
    ]
)
UNIT = np.dtype([("team", np.float64), ("vehicle", np.float64), ("stock", np.int32)])
"""Row k: when team k and vehicle k are free again, and what supply point k holds."""
BOOK = np.dtype(
    [
        (n, np.int64)
        for n in ("pool", "teams", "standby", "bought", "used", "rounds", "round_day", "next_round", "events")
    ]
    + [(n, np.int8) for n in ("epidemic", "sampling", "hot")]
    + [(n, np.float64) for n in ("done", "hot_since", "hot_until")]
)
EMERGENCIES_DAILY = np.dtype(
    [("day", np.int32)]
    + [
        (n, np.int32)
        for n in (
            "calls",
            "in_circle",
            "requests",
            "delivered",
            "in_promise",
            "unmet",
            "bought",
            "held",
            "teams",
            "standby",
            "pool",
            "points",
            "points_warned",
            "at_risk",
            "moved",
            "reached",
            "hurt",
            "cars_at_risk",
            "cars_moved",
            "cars_flooded",
            "homes_at_risk",
            "homes_saved",
            "lifts",
            "trapped",
            "imported",
            "seen_at_gate",
            "infections",
            "found",
            "quarantined",
            "rounds",
            "heard",
            "answers",
        )
    ]
    + [(n, np.float64) for n in ("response_minutes", "delivery_minutes", "sampling_hours", "answer_hours")]
    + [(n, np.float64) for n in ("staff_hours", "volunteer_hours")]
    + [(n, np.int64) for n in ("loss", "loss_avoided", "kit_money")]
)
"""One row per day, burn-in included. ``calls`` counts calls that a team has answered, whatever time it took;
``held`` sums kits over points at the end of the day; ``homes_*`` counts households with somebody at risk;
money in fen. Losses are values, not payments."""


class EmergenciesState(NamedTuple):
    """What changes about emergencies."""

    daily: np.ndarray
    calls: np.ndarray  # CALL, two halves
    people: np.ndarray  # PERSON, by row
    units: np.ndarray  # UNIT, [MOST_TEAMS]
    book: np.ndarray  # [1]
    ways: np.ndarray  # block sides from station k to every block, [MOST_STATIONS, blocks]


def _records(count: int, dtype: np.dtype) -> np.recarray:
    return np.zeros(count, dtype).view(np.recarray)


def station_ways(people: np.ndarray, seed: int) -> np.ndarray:
    """Return how far blocks are from where stations stand, best place first, shape [MOST_STATIONS, blocks].

    Args:
        people: residents per block.
        seed: the replication, which draws the lengths of streets.
    """
    streets = street_grid(len(people), seed)
    places = station_blocks(streets, people, MOST_STATIONS)
    # A community of few blocks has as many places: further stations stand beside the first.
    return distances(streets, np.resize(places, MOST_STATIONS))


def make_emergencies(on: bool, days: int, items: int, people: np.ndarray, seed: int) -> EmergenciesState:
    """Allocate the state: nobody calls, cupboards are empty until the first morning.

    Args:
        on: whether the module is on.
        days: burn-in included.
        items: check items, among them lifts.
        people: residents per block.
        seed: the replication.
    """
    size, residents, blocks = int(on), int(people.sum()), len(people)
    # Everybody at risk and in quarantine, every garage, lift and ordinary call on one day: never more.
    room = 2 * residents + items + MOST_ORDINARY + residents // 4 + 64 * blocks
    state = EmergenciesState(
        daily=_records(size * days, EMERGENCIES_DAILY),
        calls=_records(size * 2 * room, CALL),
        people=_records(size * residents, PERSON),
        units=_records(size * MOST_TEAMS, UNIT),
        book=_records(size, BOOK),
        ways=station_ways(people, seed) if on else np.zeros((0, 0)),
    )
    state.units["team"] = -np.inf
    state.units["vehicle"] = -np.inf
    state.people["exposed"] = -1
    return state
