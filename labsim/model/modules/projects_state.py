"""What changes in the projects module: needs and projects of blocks, who pays and asks, books, daily records.

Takes: whether the module is on, and sizes. Gives: :class:`ProjectsState`. A block has at most one project
of each kind at a time, so projects live in slots: slot = block * KINDS + kind.
"""

from enum import IntEnum
from typing import NamedTuple

import numpy as np


class Kind(IntEnum):
    """Kinds of project."""

    LIFT = 0
    RAMP = 1
    PARKING = 2
    ROAD = 3
    GARDEN = 4


KINDS = 5
MILLION = 1_000_000


class Origin(IntEnum):
    """Who started a project, and thereby how it is paid."""

    PROGRAMME = 0  # whoever decides it pays it; lifts with the owners
    RESIDENTS = 1  # co-funded
    BALLOT = 2  # out of public and social money when it passes


class ProjectStage(IntEnum):
    """Where a project is."""

    NONE = 0
    BALLOT = 1
    ASKING = 2  # households are asked to agree and pay
    MONEY = 3  # waits for public and social money
    PERMITS = 4
    CLEARING = 5  # offices pass on who clears the waste
    BUILDING = 6
    REWORK = 7


SLOT = np.dtype(
    [
        ("stage", np.int8),
        ("origin", np.int8),
        ("attempts", np.int32),  # projects so far: part of the addresses of their luck
        ("number", np.int32),  # order of proposal in the community
        ("rounds", np.int32),
        ("hops", np.int32),  # approvals, or passes, still to come
        ("steps", np.int32),  # waits so far: part of the addresses of their luck
        ("pledges", np.int32),  # households that have paid
        ("suggested", np.int32),
        ("yes", np.int32),
        ("votes", np.int32),
        ("listed", np.int32),  # slots on the ballot, from the first place on
        ("spaces", np.int32),  # that the project builds
        ("lacking", np.int32),  # parking spaces lacking at the start
        ("cost", np.int64),
        ("price", np.int64),
        ("held", np.int64),
        ("opened", np.float64),
        ("next", np.float64),
        ("since", np.float64),  # when the need was at its level
        ("level", np.float64),
        ("start", np.float64),  # level of the first day
    ]
)
PERSON = np.dtype(
    [
        ("limited", np.int8),
        ("asked", np.int16),  # a bit for each kind suggested for the own block
        ("paid", np.int16),  # a bit for each kind of which the household holds a contribution
        ("stairs", np.float64),  # floor as a share of the height
        ("usual", np.float64),  # barrier that the core's parameters hold already, by age group
    ]
)
BOOKS = np.dtype(
    [
        (name, np.int64)
        for name in (
            "proposed",
            "down",
            "given_up",
            "done",
            "money_in",
            "spent",
            "refunded",
            "pot",
            "matched",
            "ballot",
        )
    ]
    + [("offers", np.float64), ("vote_day", np.int32), ("relieved", np.int32), ("before", np.int64)]
)
PROJECTS_DAILY = np.dtype(
    [("day", np.int32)]
    + [
        (name, np.int32)
        for name in (
            "proposed",
            "voted_down",
            "given_up",
            "done",
            "under_way",
            "waiting_money",
            "suggestions",
            "voters",
            "votes",
            "yes",
            "on_ballot",
            "passed",
            "asked",
            "joined",
            "agreements",
            "lifts",
            "lift_households",
            "lift_reworks",
            "ramps",
            "ramp_households",
            "spaces",
            "roads",
            "gardens",
            "reworks",
            "built",
            "lifts_built",
            "conflicts",
            "settled",
            "petitions",
            "delays",
            "averted",
            "limited",
            "limited_out",
            "limited_free",
            "limited_free_out",
        )
    ]
    + [(name, np.float64) for name in ("lift_days", "delay_days", "hours")]
    + [
        (name, np.int64)
        for name in ("public_in", "social_in", "paid_in", "refunded", "spent", "held", "own", "shared_cost")
    ]
)
"""One row per day, burn-in included. ``built`` counts projects that came to acceptance the first time.

``limited*`` count residents who are not steady on their feet, at the end of each period, all of them and those in
blocks where nothing keeps them in, and who of them took part outside the home within a year. Money is in fen: ``own``
of ``shared_cost`` is what residents paid of co-funded projects whose money came together on the day.
"""


class ProjectsState(NamedTuple):
    """What changes about projects."""

    slots: np.ndarray
    people: np.ndarray
    due: np.ndarray  # millionths of a project or vote, times days of a year; [KINDS + 1], votes last
    books: np.ndarray  # [1]
    daily: np.ndarray


def _records(count: int, dtype: np.dtype) -> np.recarray:
    return np.zeros(count, dtype).view(np.recarray)


def make_projects(on: bool, days: int, residents: int, blocks: int) -> ProjectsState:
    """Allocate the state: nothing proposed, nothing needed yet; empty columns when the module is off.

    Args:
        on: whether the module is on.
        days: burn-in included.
        residents: how many.
        blocks: how many.
    """
    here = 1 if on else 0
    state = ProjectsState(
        slots=_records(here * blocks * KINDS, SLOT),
        people=_records(here * residents, PERSON),
        due=np.full(here * (KINDS + 1), 364 * MILLION, np.int64),  # the first of a programme starts at once
        books=_records(here, BOOKS),
        daily=_records(here * days, PROJECTS_DAILY),
    )
    state.books["vote_day"] = -MILLION
    return state
