"""The columns of a run: who is simulated, what changes, what is recorded.

Takes: a population, world values and a horizon.
Gives: NamedTuples of arrays that kernels read and write, and the record layouts of a
:class:`Trajectory`.

Time is in days; day 0 is the start of the programme and days before it are burn-in.
Money is in fen (1/100 yuan) and points in hundredths, as integers, so that books balance
exactly. Sums over residents are fixed-point integers (``arithmetic.fixed``), so that no
result depends on their order.
"""

from enum import IntEnum

import numpy as np

WEEK = 7
PERIOD = 28
YEAR = 364
FEN = 100


class Activity(IntEnum):
    """What residents can do; the row of every per-activity table."""

    SORT = 0
    VOLUNTEER = 1
    APP = 2
    MEETING = 3
    PATROL = 4


N_ACTIVITIES = 5
AGES = 3
CELLS = 12  # age (3) x migrant (2) x digital access (2); cell = age * 4 + migrant * 2 + digital


class ItemState(IntEnum):
    """State of a check item."""

    OK = 0
    LATENT = 1
    OPEN = 2


class Stage(IntEnum):
    """Stage of the open case of an item."""

    NONE = 0
    INTAKE = 1
    APPROVAL = 2
    WAITING = 3
    MONEY_WAIT = 4
    SERVICE = 5
    VERIFICATION = 6


class Detector(IntEnum):
    """Who found a case."""

    INSPECTION = 0
    RESIDENT = 1
    PATROL = 2


class Outcome(IntEnum):
    """How a case ended."""

    OPEN = 0
    CLOSED = 1
    DROPPED = 2


DAILY = np.dtype(
    [("day", np.int32)]
    # true state of check items
    + [(n, np.int32) for n in ("onsets", "recurrences", "latent", "open", "genuine_closures", "superficial_closures")]
    + [(n, np.float64) for n in ("fault_item_days", "severity_item_days")]
    # what is on record
    + [
        (n, np.int32)
        for n in (
            "visits",
            "perfunctory_visits",
            "item_visits",
            "duplicate_item_visits",
            "skipped_item_visits",
            "found_inspection",
            "found_resident",
            "found_patrol",
            "reports",
            "duplicate_reports",
            "repeat_reports",
            "opened",
            "closed",
            "dropped",
            "returned",
            "overdue_open",
            "waiting_money",
            "queued",
        )
    ]
    + [("handling_days", np.float64)]
    # residents; due_* counts those whose turn it was
    + [(f"due_{a.name.lower()}", np.int32) for a in Activity]
    + [(f"act_{a.name.lower()}", np.int32) for a in Activity]
    + [(n, np.int32) for n in ("app_active_28d", "redeem_tries", "redeem_failures")]
    + [(n, np.float64) for n in ("resident_hours", "mean_efficacy", "mean_credibility", "mean_crowding")]
    # staff
    + [(n, np.int32) for n in ("staff_present", "quits", "hires")]
    + [(n, np.float64) for n in ("other_hours", "visit_hours", "case_hours", "load_today", "load", "speed")]
    # money in fen, points in hundredths: flows of the day and balances at its end
    + [
        (n, np.int64)
        for n in (
            "repair_in",
            "repair_spent",
            "repair_balance",
            "pot_in",
            "pot_paid",
            "pot_balance",
            "points_issued",
            "points_redeemed",
            "points_held",
            "service_spent",
            "incentive_spent",
            "wages",
            "project_raised",
            "project_matched",
            "project_spent",
            "project_refunded",
        )
    ]
)
"""One row per simulated day, burn-in included."""

GROUPS = np.dtype(
    [
        (n, np.int64)
        for n in (
            "residents",
            "act_sort",
            "act_volunteer",
            "act_app",
            "act_meeting",
            "act_patrol",
            "reports",
            "offline_12m",
            "deliberated_12m",
            "active_28d",
            "score",
            "satisfied",
            "efficacy",
        )
    ]
)
"""One row per 28-day period and cell. ``act_*`` and ``reports`` count the period; ``*_12m``
and ``active_28d`` count residents at its end; ``score`` (0-100), ``satisfied`` (0-1) and
``efficacy`` are fixed-point sums over the residents of the cell at its end."""

CASES = np.dtype(
    [
        ("item_id", np.int32),
        ("item_class", np.int8),
        ("block", np.int32),
        ("number", np.int32),
        ("onset", np.float64),
        ("opened", np.float64),
        ("detector", np.int8),
        ("reporter", np.int64),
        ("reporter_cell", np.int8),
        ("hops", np.int8),
        ("queued", np.float64),
        ("started", np.float64),
        ("closed", np.float64),
        ("outcome", np.int8),
        ("attempts", np.int16),
        ("superficial", np.int8),
        ("reports", np.int32),
        ("told", np.int8),
        ("next_onset", np.float64),
        ("next_opened", np.float64),
    ]
)
"""One row per case in order of opening. Times in days, NaN where it has not happened.
``number`` counts the cases of the item, ``reports`` includes duplicates, ``next_onset`` (true)
and ``next_opened`` (on record) are when the item failed again after this case was closed."""
