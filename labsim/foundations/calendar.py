"""Days of the model and dates on the wall.

Takes: day numbers counted from day 0. Gives: dates and back.
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
