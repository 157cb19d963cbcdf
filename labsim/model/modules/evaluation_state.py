"""What changes in the evaluation module: records, attention, warnings.

Takes: sizes. Gives: :class:`EvaluationState` and the layout of its daily records.
"""

from typing import NamedTuple

import numpy as np

from labsim.behaviour.evaluation import Attention, Weights

QUARTER = 91  # a quarter of a year of 364 days
WORKS = len(Attention._fields)
TODAY = 0  # row of attention that holds what was attended to before any reform
STAFF = 1  # row of the community's staff; departments follow
FIRST_DEPARTMENT = 2

EVALUATION_DAILY = np.dtype(
    [("day", np.int32)]
    + [(f"staff_{work}", np.float64) for work in Attention._fields]
    + [(f"department_{work}", np.float64) for work in Attention._fields]
    + [(name, np.float64) for name in ("ledger_hours", "warning_hours", "survey_hours")]
    # warnings
    + [
        (name, np.int32)
        for name in (
            "warned_blue",
            "warned_yellow",
            "warned_red",
            "answered_in_time",
            "answered_late",
            "pending",
            "task_forces",
        )
    ]
    # at the end of a quarter, else 0
    + [
        (name, np.int32)
        for name in (
            "appraisals",
            "asked",
            "content",
            "checked",
            "seen_through",
            "published",
            "heard",
            "stars",
            "listed_red",
            "listed_black",
            "interviews",
        )
    ]
    + [("heard_share", np.float64), ("published_outcome", np.float64)]
    + [(f"weight_{what}", np.float64) for what in Weights._fields]
    + [(f"mark_{what}", np.float64) for what in Weights._fields]
    + [(name, np.float64) for name in ("score_appraisal", "score_5x", "governance_5x")]
)
"""One row per simulated day, burn-in included. Attention is a share; marks are 0 to 1, scores 0 to 100."""

WARNED = np.dtype(
    [
        ("colour", np.int8),
        ("pending", np.int8),
        ("force", np.int8),
        ("case", np.int64),
        ("due", np.float64),
        ("answer", np.float64),
    ]
)
DESK = np.dtype(
    [
        ("started", np.int8),
        ("verified_known", np.int8),
        ("satisfaction", np.float64),
        ("verified", np.float64),
        ("unresolved_before", np.float64),
        ("onsets", np.int64),
        ("warning_hours", np.float64),
        ("survey_hours", np.float64),
        ("failed", np.int64),
        ("issued", np.int64),
        ("answered", np.int64),
    ]
)


class EvaluationState(NamedTuple):
    """The state of the module; empty arrays when it is off."""

    daily: np.ndarray  # EVALUATION_DAILY, [days]
    attention: np.ndarray  # [2 + departments, WORKS]
    boosted: np.ndarray  # day until which a list or an interview adds to the stake, [2 + departments]
    warned: np.ndarray  # WARNED, [items]
    desk: np.ndarray  # DESK, [1]


def make_evaluation(on: bool, days: int, items: int, departments: int) -> EvaluationState:
    """Allocate the state of the module.

    Args:
        on: whether the module is switched on.
        days: burn-in included.
        items: check items.
        departments: departments that visit.
    """
    rows = FIRST_DEPARTMENT + departments if on else 0
    warned = np.zeros(items if on else 0, WARNED).view(np.recarray)
    warned.case = -1
    return EvaluationState(
        daily=np.zeros(days if on else 0, EVALUATION_DAILY).view(np.recarray),
        attention=np.zeros((rows, WORKS)),
        boosted=np.full(rows, -np.inf),
        warned=warned,
        desk=np.zeros(1 if on else 0, DESK).view(np.recarray),
    )
