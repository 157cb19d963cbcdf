"""Two rules for one city: the same communities, the same luck, and a verdict on each indicator.

Takes: cities that differ in rules. Gives: verdicts on paired differences. The state of the world
is the central one, so intervals hold luck only, and verdicts say so.
"""

from collections.abc import Callable, Sequence

import numpy as np

from labsim.analysis.paired import Paired, paired
from labsim.analysis.verdict import Difference, Verdict, verdict
from labsim.model.city import simulate_city
from labsim.model.city_state import CityTrajectory
from labsim.results.city import CityIndicator, choose
from labsim.results.city_catalogue import CITY_INDICATORS
from labsim.results.indicators import ALL
from labsim.scenario.city import City

Progress = Callable[[int, int], None]


def city_values(
    city: City, seeds: Sequence[int], items: Sequence[CityIndicator], threads: int = 2, progress: Progress | None = None
) -> tuple[np.ndarray, CityTrajectory]:
    """Return the value of indicators in replications of a city, and the first replication.

    Args:
        city: what is asked.
        seeds: one replication each.
        items: indicators.
        threads: on how many threads the communities of a city are simulated.
        progress: told after every replication.

    Returns:
        Values, shape [seeds, indicators], NaN where not measurable; the first trajectory.
    """
    values = np.full((len(seeds), len(items)), np.nan)
    first: CityTrajectory | None = None
    for row, seed in enumerate(seeds):
        one = simulate_city(city, seed, threads=threads)
        first = first or one
        values[row] = [item.formula(one) for item in items]
        if progress is not None:
            progress(row + 1, len(seeds))
    assert first is not None
    return values, first


def verdicts(name: str, before: np.ndarray, after: np.ndarray, items: Sequence[CityIndicator]) -> list[Verdict]:
    """Return the verdict on every indicator that was measured.

    Args:
        name: of the city that is compared with the other.
        before: values of the one city, shape [seeds, indicators].
        after: values of the other on the same seeds.
        items: the indicators.
    """
    found = []
    for column, item in enumerate(items):
        numbers: Paired = paired(before[None, :, column], after[None, :, column])
        if numbers.n:
            difference = Difference(name, item.name, ALL, item.delta.at(numbers.baseline), numbers)
            found.append(verdict(difference, item))
    return found


def compare_cities(
    one: City, other: City, seeds: Sequence[int], indicators: Sequence[str] | None = None, threads: int = 2
) -> list[Verdict]:
    """Compare two cities on common luck.

    Args:
        one: the city compared with.
        other: the city with other rules.
        seeds: replications; at least 20 for a verdict.
        indicators: names; all when left out.
        threads: on how many threads.

    Raises:
        InputError: no such indicator.
    """
    items = choose(CITY_INDICATORS, indicators)
    before, _ = city_values(one, seeds, items, threads)
    after, _ = city_values(other, seeds, items, threads)
    return verdicts(other.scenario.name, before, after, items)
