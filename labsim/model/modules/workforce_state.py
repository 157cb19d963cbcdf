"""What changes in the workforce module: who holds a post, what they can do, what is waited for.

Takes: days and posts. Gives: :class:`Workforce`, empty when the module is off. Skills are
policy (law and rules), digital (tools), mediation (talking with residents) and decision
(deciding under pressure), each 0 to 1.
"""

from typing import NamedTuple

import numpy as np

SKILLS = ("policy", "digital", "mediation", "decision")

WORKER = np.dtype(
    [
        ("present", np.int8),
        ("trained", np.int8),  # passed a session in this post
        ("title", np.int8),
        ("mentees", np.int8),
        ("post", np.int8),  # state of the post at the last roll call
        ("mentor", np.int32),  # post of the mentor, -1 without
        ("vacancies", np.int32),  # of the post at the last roll call
        ("joined", np.float64),  # day
        ("step", np.float64),  # day of the latest promotion, or of joining
    ]
    + [(name, np.float64) for name in SKILLS]
)
"""One record per post: who holds it."""

LEDGER = np.dtype(
    [
        ("headcount", np.int64),
        ("titles", np.int64),  # sum over workers
        ("pairs", np.int64),  # mentors with a newcomer
        ("sessions_due", np.int64),  # millionths of a session, times days of a year
        ("exercises_due", np.int64),
        ("openings", np.int64),  # millionths of a promotion
        ("accrued", np.int64),
        ("promoted", np.int64),
        ("lapsed", np.int64),
    ]
    + [(name, np.float64) for name in SKILLS]  # sums over workers
)

DAILY = np.dtype(
    [("day", np.int32)]
    + [
        (name, np.int32)
        for name in (
            "present",
            "hired",
            "left_blocked",
            "left_other",
            "left_abolished",
            "trained",
            "attended",
            "passed",
            "exercised",
            "promoted",
            "blocked",
            "titles",
            "pairs",
        )
    ]
    + [
        (name, np.float64)
        for name in (*SKILLS, "learning_hours", "relief_hours", "hope", "handling_factor", "approval_factor")
    ]
    + [(name, np.int64) for name in ("fees", "premiums", "professionals", "contracts")]  # fen
)
"""One row per day: skills are means over workers, hours are hours a day, money is in fen."""


class Workforce(NamedTuple):
    """The state of the module."""

    workers: np.ndarray  # [posts]
    ledger: np.ndarray  # [1]
    daily: np.ndarray  # [days]


def make_workforce(on: bool, days: int, posts: int) -> Workforce:
    """Allocate the columns; without the module they are empty."""

    def records(size: int, dtype: np.dtype) -> np.ndarray:
        return np.zeros(size if on else 0, dtype).view(np.recarray)

    workforce = Workforce(records(posts, WORKER), records(1, LEDGER), records(days, DAILY))
    workforce.workers["mentor"] = -1
    return workforce
