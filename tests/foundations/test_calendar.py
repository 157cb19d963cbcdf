"""Days and dates."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from labsim.foundations.calendar import PERIOD, WEEK, YEAR, date_of, day_of


@given(st.integers(-3640, 3640), st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_a_date_and_its_day_are_each_others_inverse(day, start):
    assert day_of(date_of(day, start), start) == day


def test_day_zero_is_the_start_and_leap_days_count():
    assert date_of(0, date(2028, 2, 28)) == date(2028, 2, 28)
    assert date_of(2, date(2028, 2, 28)) == date(2028, 3, 1)
    assert day_of(date(2027, 1, 1), date(2026, 1, 1)) == 365


def test_weeks_and_periods_fill_the_year():
    assert YEAR == 13 * PERIOD == 52 * WEEK
