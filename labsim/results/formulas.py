"""Formulas of indicators: pure functions on primitive counts.

Takes: a :class:`View`. Gives: one number, or NaN where the denominator is empty.
"""

from typing import Any

import numpy as np

from labsim.foundations.arithmetic import unfixed
from labsim.model.state import FEN, PERIOD, WEEK, YEAR, Outcome
from labsim.results.declaration import NOT_MEASURABLE, Array, Formula, Mask, View

TURNS_A_PERIOD = PERIOD // WEEK
FOLLOW_UP = 60
"""Days for which a case is followed before it counts as ended or not."""
RECORD_DEADLINE = 21
"""15 working days in calendar days (rectification_deadline_days)."""
RECURRENCE = 90
"""Days within which a problem that comes back is a recurrence."""
QUANTILES = (0.5, 0.9)
"""Shares of cases below the days that indicators name; found together, as finding one takes as long as all."""
CAPITAL = 2
"""Item class of capital repairs, after environment (0) and facility (1)."""


def ratio(above: float, below: float) -> float:
    """Return above / below, NaN when there is nothing below."""
    return float(above) / float(below) if below else NOT_MEASURABLE


def mean(values: Array) -> float:
    """Return the mean, NaN of nothing."""
    return float(values.mean()) if values.size else NOT_MEASURABLE


def _total(view: View, fields: tuple[str, ...]) -> Any:
    return sum(view.daily[field].sum() for field in fields)


# --- daily records ---------------------------------------------------------------------


def daily_ratio(above: str, below: str) -> Formula:
    """Return the formula sum of one daily count / sum of another."""

    def formula(view: View) -> float:
        return ratio(view.daily[above].sum(), view.daily[below].sum())

    return formula


def daily_mean(*fields: str) -> Formula:
    """Return the formula mean over days of the sum of these daily values."""

    def formula(view: View) -> float:
        return ratio(_total(view, fields), view.days)

    return formula


def per(days: int, *fields: str, divisor: float = 1.0) -> Formula:
    """Return the formula total of these daily flows, per so many days, in a bigger unit."""

    def formula(view: View) -> float:
        return ratio(float(_total(view, fields)) / divisor * days, view.days)

    return formula


def yuan_a_year(*fields: str) -> Formula:
    """Return the formula total of these money flows in yuan a year."""
    return per(YEAR, *fields, divisor=FEN)


def held_points(view: View) -> float:
    """Return the points held at the end of the window."""
    return float(view.daily["points_held"][-1]) / 100 if view.days else NOT_MEASURABLE


def contributions(view: View) -> float:
    """Return what residents paid to projects and did not get back, in yuan a year; also to those of the module."""
    paid = float(view.daily["project_raised"].sum()) - float(view.daily["project_refunded"].sum())
    module = view.module("projects")
    if module is not None:
        paid += float(module["paid_in"].sum()) - float(module["refunded"].sum())
    return ratio(paid / FEN * YEAR, view.days)


def worked_hours(view: View) -> float:
    """Return the weekly hours of a worker who is present."""
    # other_hours already holds the visits, as their 14-day mean
    return ratio(WEEK * float(_total(view, ("other_hours", "case_hours"))), view.daily["staff_present"].sum())


def turnover(view: View) -> float:
    """Return quits a year as a share of the workers present."""
    return ratio(float(view.daily["quits"].sum()) * YEAR, view.daily["staff_present"].sum())


def stall_day(view: View) -> float:
    """Return when redemptions began to fail, in days after the first point was issued.

    It is the last of the first 28 days in which more than half of the tries failed.
    """
    issued = np.flatnonzero(view.programme["points_issued"] > 0)
    if not issued.size:
        return NOT_MEASURABLE
    start = int(issued[0])
    tries = np.cumsum(np.concatenate(([0], view.programme["redeem_tries"][start:])))
    failures = np.cumsum(np.concatenate(([0], view.programme["redeem_failures"][start:])))
    if len(tries) <= PERIOD:
        return NOT_MEASURABLE
    most_fail = 2 * (failures[PERIOD:] - failures[:-PERIOD]) > tries[PERIOD:] - tries[:-PERIOD]
    stalled = np.flatnonzero(most_fail)
    return float(stalled[0] + PERIOD - 1) if stalled.size else NOT_MEASURABLE


# --- residents by cell -----------------------------------------------------------------


def at_end_of_year(field: str) -> Formula:
    """Return the formula residents with this in the last 12 months / residents, at the end.

    Twelve months must have passed since day 0: the past before it is not simulated.
    """

    def formula(view: View) -> float:
        if view.last < YEAR or not len(view.groups):
            return NOT_MEASURABLE
        return ratio(view.of_group(field, at_end=True), view.of_group("residents", at_end=True))

    return formula


def fixed_mean(field: str, scale: float = 1.0) -> Formula:
    """Return the formula mean over residents and period ends of a fixed-point sum."""

    def formula(view: View) -> float:
        return ratio(unfixed(view.of_group(field)) * scale, view.of_group("residents"))

    return formula


def acts(field: str, days: int, daily: str) -> Formula:
    """Return the formula acts per so many days, of everybody from days and of a group from periods."""
    everybody = per(days, daily)

    def formula(view: View) -> float:
        if view.cells is None:
            return everybody(view)
        return ratio(float(view.of_group(field)) * days, len(view.groups) * PERIOD)

    return formula


def sorting(view: View) -> float:
    """Return acts of sorting / turns; everybody has four turns a period."""
    if view.cells is None:
        return ratio(view.daily["act_sort"].sum(), view.daily["due_sort"].sum())
    return ratio(view.of_group("act_sort"), TURNS_A_PERIOD * float(view.of_group("residents")))


def attendance(view: View) -> float:
    """Return attendances / turns of the panel; one meeting a period."""
    if view.cells is None:
        return ratio(view.daily["act_meeting"].sum(), view.daily["due_meeting"].sum())
    if view.counts is None:
        return NOT_MEASURABLE
    due = float(view.counts.panel[view.cells].sum()) * len(view.groups)
    return ratio(view.of_group("act_meeting"), due)


def app_active(view: View) -> float:
    """Return the mean share of the registered who used the app in the last 28 days.

    Everybody registered has one turn a week, so the turns of 7 days count them, taught ones
    included; the most so far, because an outage takes turns away but registers nobody out.
    """
    due = np.cumsum(np.concatenate(([0], view.programme["due_app"])))
    if len(due) <= WEEK:
        return NOT_MEASURABLE
    registered = np.maximum.accumulate(due[WEEK:] - due[:-WEEK])  # from day 6 on
    day = view.daily["day"]
    full = day >= PERIOD - 1
    return ratio(view.daily["app_active_28d"][full].sum(), registered[day[full] - (WEEK - 1)].sum())


def app_stickiness(view: View) -> float:
    """Return weekly uses of the app for each resident who used it in the last 28 days."""
    full = view.daily["day"] >= PERIOD - 1
    return ratio(WEEK * mean(view.daily["act_app"][full]), mean(view.daily["app_active_28d"][full]))


# --- cases -----------------------------------------------------------------------------


def opened(view: View, follow_up: int = 0) -> Mask:
    """Return which cases were opened in the window and are followed by the data for so many days."""
    when = view.cases["opened"]
    found: Mask = (when >= view.first) & (when < view.last) & (when <= view.end - follow_up)
    return found


def closed_within(days: float, genuine: bool = False) -> Formula:
    """Return the formula cases closed (for good) within so many days / cases opened and followed."""

    def formula(view: View) -> float:
        done = view.once(_handling) <= days
        if genuine:
            done &= view.cases["superficial"][view.once(_closed)] == 0
        return ratio(int(np.count_nonzero(done)), view.once(_followed))

    return formula


def _opened_and_followed(view: View) -> Mask:
    return opened(view, FOLLOW_UP)


def _followed(view: View) -> int:
    return int(np.count_nonzero(view.once(_opened_and_followed)))


def _ended_well(view: View) -> Mask:
    found: Mask = view.cases["outcome"] == Outcome.CLOSED
    return found


def _closed(view: View) -> Array:
    """Return the places of the followed cases that were closed."""
    return np.flatnonzero(view.once(_opened_and_followed) & view.once(_ended_well))


def _handling(view: View) -> Array:
    closed = view.once(_closed)
    days: Array = view.cases["closed"][closed] - view.cases["opened"][closed]
    return days


def _handling_quantiles(view: View) -> dict[float, float]:
    days = view.once(_handling)
    found = np.quantile(days, QUANTILES).tolist() if days.size else [NOT_MEASURABLE for _ in QUANTILES]
    return dict(zip(QUANTILES, found, strict=True))


def handling_mean(view: View) -> float:
    """Return the mean days from opening to closing."""
    return mean(view.once(_handling))


def handling_quantile(share: float) -> Formula:
    """Return the formula quantile of the days from opening to closing; the share is one of :data:`QUANTILES`."""
    return lambda view: view.once(_handling_quantiles)[share]


def detection(view: View) -> float:
    """Return the mean days from the onset of a problem to the opening of its first case.

    A case that got lost sends the problem back undiscovered; its next case is no discovery.
    """
    onset, item = (np.ascontiguousarray(view.cases[field]) for field in ("onset", "item_id"))
    if not len(onset):
        return NOT_MEASURABLE
    rank = np.empty(len(onset), np.int64)
    rank[np.argsort(onset)] = np.arange(len(onset))
    order = np.argsort(item * np.int64(len(onset)) + rank)  # by item, then by onset, in half the time of a lexsort
    onset, item = onset[order], item[order]
    first = np.flatnonzero(np.concatenate(([True], (item[1:] != item[:-1]) | (onset[1:] != onset[:-1]))))
    opened_ = np.minimum.reduceat(view.cases["opened"][order], first)
    within = (opened_ >= view.first) & (opened_ < view.last)
    return mean((opened_ - onset[first])[within])


def comes_back(field: str) -> Formula:
    """Return the formula closed cases whose item failed again within 90 days / closed cases."""

    def formula(view: View) -> float:
        closed, when = view.once(_closed_and_watched)
        again = view.cases[field][closed] - when <= RECURRENCE  # False for NaN: it never came back
        return ratio(int(np.count_nonzero(again)), len(closed))

    return formula


def _closed_and_watched(view: View) -> tuple[Array, Array]:
    """Return the places of the cases closed in the window and followed for 90 days, and when they were closed."""
    when = view.cases["closed"]
    done = view.once(_ended_well) & (when >= view.first) & (when < view.last) & (when <= view.end - RECURRENCE)
    closed = np.flatnonzero(done)
    return closed, when[closed]


def money_wait(view: View) -> float:
    """Return the mean days from queue to start of capital repairs, the waiting ones up to the end."""
    capital = np.flatnonzero(view.cases["item_class"] == CAPITAL)
    queued, started = view.cases["queued"][capital], view.cases["started"][capital]
    begun = np.where(np.isfinite(started), started, float(view.end))
    return mean((begun - queued)[(queued >= view.first) & (queued < view.last)])
