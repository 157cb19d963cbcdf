"""Hand-made trajectories, small enough to count by hand."""

from typing import Any

import numpy as np

from labsim.model.state import CASES, CELLS, DAILY, GROUPS, PERIOD, Outcome
from labsim.model.trajectory import Trajectory

NAN = float("nan")


def case(opened: float, **fields: Any) -> dict[str, Any]:
    """Return a case that is open, found 2 days after its onset, never queued and never back."""
    return {
        "item_id": 0, "onset": opened - 2.0, "opened": opened, "queued": NAN, "started": NAN, "closed": NAN,
        "outcome": Outcome.OPEN, "next_onset": NAN, "next_opened": NAN, **fields,
    }  # fmt: skip


def closed(opened: float, days: float, **fields: Any) -> dict[str, Any]:
    """Return a case that was closed so many days after it was opened."""
    return case(opened, **{"closed": opened + days, "outcome": Outcome.CLOSED, **fields})


def trajectory(
    horizon: int = 364,
    burn_in: int = 28,
    cases: list[dict[str, Any]] | None = None,
    daily: dict[str, Any] | None = None,
    groups: dict[str, Any] | None = None,
) -> Trajectory:
    """Return a trajectory in which nothing happens but what is given.

    ``daily`` columns hold one value for each day from day 0 (or one for all); ``groups``
    columns broadcast to [periods, 12]. Each of the 12 cells has 10 residents.
    """
    days = np.zeros(burn_in + horizon, DAILY)
    days["day"] = np.arange(-burn_in, horizon)
    for name, values in (daily or {}).items():
        days[name][burn_in:] = values
    periods = np.zeros((horizon // PERIOD, CELLS), GROUPS)
    periods["residents"] = 10
    for name, values in (groups or {}).items():
        periods[name] = values
    log = np.zeros(len(cases or []), CASES)
    for i, fields in enumerate(sorted(cases or [], key=lambda one: one["opened"])):
        for name, value in fields.items():
            log[name][i] = value
    return Trajectory("hand-made", 1, burn_in, horizon, days, periods, log, np.zeros(0))
