"""Results: one tidy table of what was measured.

Takes: trajectories. Gives: rows of scenario, world, replication, seed, indicator, group,
window and value; NaN stays a row, because what cannot be measured must be countable.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from labsim.model.state import PERIOD
from labsim.model.trajectory import Trajectory
from labsim.results.declaration import Counts, Indicator
from labsim.results.indicators import ALL, Window, groups, select, series, value_of, view

KEYS = ("scenario", "world", "replication", "seed")
"""What tells one run from another."""
COLUMNS = (*KEYS, "indicator", "group", "window", "value")
SERIES_COLUMNS = (*KEYS, "indicator", "group", "period", "value")


@dataclass(frozen=True)
class Run:
    """Which run it is: scenario by name, draw of the world, number of the replication, seed."""

    scenario: str
    world: int
    replication: int
    seed: int


@dataclass(frozen=True)
class Reduction:
    """What is kept of a trajectory; the rest is dropped to save memory.

    Attributes:
        indicators: names; all when None.
        window: first day and the day after the last; the whole programme when None.
        by_group: also measure every group for which an indicator exists.
        series: names of indicators of which a value per 28 days is kept too.
    """

    indicators: tuple[str, ...] | None = None
    window: Window | None = None
    by_group: bool = True
    series: tuple[str, ...] = ()

    def chosen(self) -> list[Indicator]:
        """Return the indicators.

        Raises:
            InputError: a name does not exist.
        """
        select(self.series)
        return select(self.indicators)


@dataclass(frozen=True)
class Reduced:
    """What is kept of one run: rows without the columns that name the run."""

    values: tuple[tuple[str, str, str, float], ...]
    series: tuple[tuple[str, str, int, float], ...]


def reduce(trajectory: Trajectory, what: Reduction, counts: Counts | None = None) -> Reduced:
    """Return the values of one trajectory.

    Args:
        trajectory: the replication.
        what: which indicators, window and groups.
        counts: the population by cell, for app and council indicators of a group.

    Raises:
        InputError: an indicator or window that does not exist.
    """
    chosen = what.chosen()
    first, last = what.window or (0, trajectory.horizon)
    window = f"{first}:{last}"
    views = {}
    values = []
    for item in chosen:
        for group in groups(item) if what.by_group else (ALL,):
            if group not in views:
                views[group] = view(trajectory, (first, last), group, counts=counts)
            values.append((item.name, group, window, value_of(item, views[group])))
    kept = [
        (item.name, group, period, float(value))
        for item in select(what.series)
        for group in (groups(item) if what.by_group else (ALL,))
        for period, value in enumerate(series(trajectory, item.name, PERIOD, group, counts=counts))
    ]
    return Reduced(tuple(values), tuple(kept))


def tidy(runs: Iterable[tuple[Run, Reduced]]) -> pd.DataFrame:
    """Return one row per run, indicator and group, with the columns :data:`COLUMNS`."""
    return _frame(((run, row) for run, reduced in runs for row in reduced.values), COLUMNS)


def tidy_series(runs: Iterable[tuple[Run, Reduced]]) -> pd.DataFrame:
    """Return one row per run, indicator, group and 28-day period, with :data:`SERIES_COLUMNS`."""
    return _frame(((run, row) for run, reduced in runs for row in reduced.series), SERIES_COLUMNS)


def table(
    trajectories: Sequence[Trajectory],
    scenario: str,
    what: Reduction | None = None,
    counts: Sequence[Counts] | None = None,
) -> pd.DataFrame:
    """Return the tidy table of replications of one scenario in the central world."""
    plan = what or Reduction()
    return tidy(
        (Run(scenario, 0, i, one.seed), reduce(one, plan, counts[i] if counts else None))
        for i, one in enumerate(trajectories)
    )


def _frame(rows: Iterable[tuple[Run, tuple[Any, ...]]], columns: Sequence[str]) -> pd.DataFrame:
    frame = pd.DataFrame(
        [(run.scenario, run.world, run.replication, run.seed, *row) for run, row in rows], columns=list(columns)
    )
    # Names repeat in every run: categories keep hundreds of thousands of rows small.
    for name in {"scenario", "indicator", "group", "window"} & set(columns):
        frame[name] = frame[name].astype("category")
    whole = {name: "int64" for name in ("world", "replication", "seed", "period") if name in columns}
    return frame.astype({**whole, "value": "float64"})
