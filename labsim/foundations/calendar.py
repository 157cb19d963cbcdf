"""Days of the model and dates on the wall.

Takes: day numbers counted from day 0. Gives: dates and back, weeks and periods.
The model knows days only (week 7, period 28, year 364); dates are for display and for
people who write scenario files.
"""

from datetime import date, timedelta

DAY = 1
WEEK = 7
PERIOD = 28
YEAR = 364


def date_of(day: int, start: date) -> date:
    """Return the date of a day when day 0 is ``start``."""
    return start + timedelta(days=day)


def day_of(when: date, start: date) -> int:
    """Return the day number of a date when day 0 is ``start``."""
    return (when - start).days


def week_of(day: int) -> int:
    """Return the week of a day: days 0 to 6 are week 0."""
    return day // WEEK


def period_of(day: int) -> int:
    """Return the 28-day period of a day: days 0 to 27 are period 0."""
    return day // PERIOD


def is_whole_periods(days: int) -> bool:
    """Return whether a number of days is a whole number of periods."""
    return days % PERIOD == 0
