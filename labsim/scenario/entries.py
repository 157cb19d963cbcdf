"""Single entries of a scenario file: what a written value means, or that it means nothing.

Takes: one value as TOML gives it. Gives: a number, a day, a date; None when it is none;
and the problem to tell then. Nothing here knows about files or sections.
"""

from datetime import date, datetime
from typing import Any

from labsim.foundations.calendar import day_of
from labsim.foundations.declared import Kind, Quantity, Text
from labsim.foundations.errors import Problem
from labsim.foundations.i18n import t
from labsim.scenario import units
from labsim.scenario.checks import allowed_range

A_DATE = t("日期，如 2026-01-01", "a date such as 2026-01-01")
DAYS = t('整数天数，如 90 或 "90 d"', 'a whole number of days, such as 90 or "90 d"')
A_DAY = t("从第 0 日算起的天数，或日期，如 90 或 2026-04-01", "days from day 0 or a date, such as 90 or 2026-04-01")
_LONGEST = 40


def plain_number(value: Any) -> float | None:
    """Return an integer or float as a float, or None for anything else and for what no float can hold."""
    try:
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
    except OverflowError:
        return None


def sized(value: Any, unit: str) -> float | None:
    """Return a number, or a text with a unit, in a unit; or None."""
    return units.parse(value, unit) if isinstance(value, str) else plain_number(value)


def number(value: Any, quantity: Quantity) -> float | None:
    """Return a value in the declared unit of a quantity, or None; only switches may be true and false."""
    if isinstance(value, bool):
        return float(value) if quantity.kind is Kind.SWITCH else None
    return sized(value, quantity.unit)


def days(value: Any) -> int | None:
    """Return a whole number of days, given as a number or with a unit, or None."""
    found = sized(value, "d")
    return int(found) if found is not None and found.is_integer() else None


def calendar_date(value: Any) -> date | None:
    """Return a date, given as one or as text in the form 2026-01-01, or None."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return None


def day(value: Any, start: date) -> int | None:
    """Return a day number, given as one or as a date when day 0 is ``start``, or None."""
    when = calendar_date(value)
    return days(value) if when is None else day_of(when, start)


def shown(value: Any) -> str:
    """Return a value as it is quoted in a message: as in TOML, and not too long."""
    return cut(str(value).lower() if isinstance(value, bool) else repr(value))


def cut(text: str) -> str:
    """Return a text, or the beginning of a long one."""
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def wrong(key: str, value: Any, allowed: Text) -> Problem:
    """Return the problem of a value that is not of the right type."""
    return Problem.at(key, t(f"值无效：{shown(value)}", f"not valid: {shown(value)}"), allowed)


def unconvertible(key: str, value: Any, quantity: Quantity) -> Problem:
    """Return the problem of a value that is no number in the declared unit."""
    return Problem.at(
        key,
        t(
            f"{shown(value)} 不能换算为“{quantity.label.zh}”的单位：{units.unit_text(quantity.unit).zh}",
            f"{shown(value)} does not convert to {quantity.unit}, the unit of {quantity.label.en}",
        ),
        allowed_range(quantity),
        units.completed(value, quantity.unit) if isinstance(value, str) else None,
    )
