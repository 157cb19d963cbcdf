"""Smallest differences that matter, shared by many indicators.

Takes: nothing. Gives: :class:`Delta` values, each with its source.
"""

from labsim.results.declaration import Delta

TWO_POINTS = Delta(absolute=0.02, source="assumption: 2 pp")
FIVE_POINTS = Delta(absolute=0.05, source="assumption: 5 pp")
HALF_DAY = Delta(absolute=0.5, source="assumption: half a day")
MONEY = Delta(absolute=1000.0, relative=0.05, source="assumption: 5 % of the baseline, at least 1000 yuan")


def tenth(at_least: float) -> Delta:
    """Return a tenth of the baseline's value, but at least so much."""
    return Delta(absolute=at_least, relative=0.10, source=f"assumption: 10 % of the baseline, at least {at_least:g}")
