"""Results: one tidy table of what was measured.

Takes: trajectories. Gives: rows of scenario, world, replication, seed, indicator, group,
window and value; NaN stays a row, because what cannot be measured must be countable.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from labsim.model.state import PERIOD
from labsim.model.trajectory import Trajectory
from labsim.results.declaration import Counts, Indicator
from labsim.results.indicators import ALL, Window, groups, of_group, select, series, value_of, view

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

    @property
    def wide(self) -> "Reduction":
        """Return the reduction that keeps all indicators and groups; it answers every narrower one."""
        return replace(self, indicators=None, by_group=True)


Rows = tuple[tuple[str, str, str], ...]
"""Indicator, group and window of each value."""
Periods = tuple[tuple[str, str, int], ...]
"""Indicator, group and 28-day period of each value of a series."""


@dataclass(frozen=True, eq=False)
class Reduced:
    """What is kept of one run, without what names the run.

    Attributes:
        rows: what each value is; one object for all runs of an experiment, or memory would grow with names.
        values: [len(rows)], NaN where it could not be measured.
        periods: what each value of the series is; as ``rows``.
        series: [len(periods)].
    """

    rows: Rows
    values: NDArray[np.float64]
    periods: Periods
    series: NDArray[np.float64]

    def __post_init__(self) -> None:
        """Share the names with all runs that have the same."""
        object.__setattr__(self, "rows", _shared(self.rows))
        object.__setattr__(self, "periods", _shared(self.periods))

    def __reduce__(self) -> tuple[type["Reduced"], tuple[Any, ...]]:
        """Come out of a pickle, from a worker process, by the door that shares names."""
        return Reduced, (self.rows, self.values, self.periods, self.series)

    def narrowed(self, what: Reduction) -> "Reduced":
        """Return what a narrower reduction would have kept.

        Raises:
            InputError: the reduction names an indicator that does not exist.
        """
        rows = _picked(self.rows, what.indicators, what.by_group)
        periods = _picked(self.periods, what.series, what.by_group)
        return Reduced(
            tuple(self.rows[i] for i in rows),
            self.values[rows],
            tuple(self.periods[i] for i in periods),
            self.series[periods],
        )


# All runs of an experiment have the same names.
@lru_cache(maxsize=64)
def _picked(names: Rows | Periods, wanted: tuple[str, ...] | None, by_group: bool) -> NDArray[np.intp]:
    """Return where the values of some indicators are, in the order they are asked for."""
    order = [item.name for item in select(wanted)]
    places: dict[str, list[int]] = {name: [] for name in order}
    for i, (name, group, _) in enumerate(names):
        if name in places and (by_group or group == ALL):
            places[name].append(i)
    return np.array([i for name in order for i in places[name]], np.intp)


# Whichever equal tuple comes back, it is the same to everybody who reads it.
@lru_cache(maxsize=1024)
def _shared(names: Any) -> Any:
    """Return the first tuple seen that equals this one."""
    return names


def reduce(trajectory: Trajectory, what: Reduction, counts: Counts | None = None) -> Reduced:
    """Return the values of one trajectory.

    Args:
        trajectory: the replication.
        what: which indicators, window and groups.
        counts: the population by cell, for app and council indicators of a group.

    Raises:
        InputError: an indicator or window that does not exist.
    """
    first, last = what.window or (0, trajectory.horizon)
    rows = _wanted(what.indicators, what.by_group)
    everybody = view(trajectory, (first, last), counts=counts)
    views = {group: of_group(everybody, group) for group in {group for _, group in rows}}
    wanted = _wanted(what.series, what.by_group)
    curves = [series(trajectory, item.name, PERIOD, group, counts=counts) for item, group in wanted]
    return Reduced(
        _named(what.indicators, what.by_group, f"{first}:{last}"),
        np.array([value_of(item, views[group]) for item, group in rows], np.float64),
        tuple(
            (item.name, group, i)
            for (item, group), curve in zip(wanted, curves, strict=True)
            for i in range(len(curve))
        ),
        np.concatenate([*curves, np.zeros(0)]),
    )


# The catalogue of indicators does not change.
@lru_cache(maxsize=64)
def _wanted(names: tuple[str, ...] | None, by_group: bool) -> tuple[tuple[Indicator, str], ...]:
    """Return indicators with each of their groups."""
    return tuple((item, group) for item in select(names) for group in (groups(item) if by_group else (ALL,)))


# The catalogue of indicators does not change.
@lru_cache(maxsize=64)
def _named(names: tuple[str, ...] | None, by_group: bool, window: str) -> Rows:
    """Return the rows of a reduction."""
    return tuple((item.name, group, window) for item, group in _wanted(names, by_group))


def tidy(runs: Sequence[tuple[Run, Reduced]]) -> pd.DataFrame:
    """Return one row per run, indicator and group, with the columns :data:`COLUMNS`."""
    return _frame([(run, reduced.rows, reduced.values) for run, reduced in runs], COLUMNS)


def tidy_series(runs: Sequence[tuple[Run, Reduced]]) -> pd.DataFrame:
    """Return one row per run, indicator, group and 28-day period, with :data:`SERIES_COLUMNS`."""
    return _frame([(run, reduced.periods, reduced.series) for run, reduced in runs], SERIES_COLUMNS)


def table(
    trajectories: Sequence[Trajectory],
    scenario: str,
    what: Reduction | None = None,
    counts: Sequence[Counts] | None = None,
) -> pd.DataFrame:
    """Return the tidy table of replications of one scenario in the central world."""
    plan = what or Reduction()
    return tidy(
        [
            (Run(scenario, 0, i, one.seed), reduce(one, plan, counts[i] if counts else None))
            for i, one in enumerate(trajectories)
        ]
    )


def _frame(runs: Sequence[tuple[Run, Rows | Periods, NDArray[np.float64]]], columns: Sequence[str]) -> pd.DataFrame:
    """Return the values of all runs below one another; names become categories, which keeps millions of rows small."""
    lengths = [len(values) for _, _, values in runs]
    frame: dict[str, Any] = {"scenario": _category([run.scenario for run, _, _ in runs], lengths)}
    for name in KEYS[1:]:
        frame[name] = np.repeat(np.array([getattr(run, name) for run, _, _ in runs], np.int64), lengths)
    layouts = {id(rows): rows for _, rows, _ in runs}
    for place, name in enumerate(columns[len(KEYS) : -1]):
        if name == "period":
            whole = {key: np.array([row[place] for row in rows], np.int64) for key, rows in layouts.items()}
            frame[name] = np.concatenate([np.zeros(0, np.int64), *(whole[id(rows)] for _, rows, _ in runs)])
        else:
            parts = {key: [str(row[place]) for row in rows] for key, rows in layouts.items()}
            frame[name] = _categories(parts, [id(rows) for _, rows, _ in runs])
    frame["value"] = np.concatenate([np.zeros(0), *(values for _, _, values in runs)])
    return pd.DataFrame(frame, columns=list(columns), copy=False)


def _category(names: Sequence[str], lengths: Sequence[int]) -> pd.Categorical:
    known = sorted(set(names))
    code = {name: i for i, name in enumerate(known)}
    return _coded(np.repeat(np.array([code[name] for name in names], np.int32), lengths), known)


def _categories(parts: dict[int, list[str]], order: Sequence[int]) -> pd.Categorical:
    known = sorted({name for part in parts.values() for name in part})
    code = {name: i for i, name in enumerate(known)}
    codes = {key: np.array([code[name] for name in part], np.int32) for key, part in parts.items()}
    return _coded(np.concatenate([np.zeros(0, np.int32), *(codes[key] for key in order)]), known)


def _coded(codes: NDArray[np.int32], names: list[str]) -> pd.Categorical:
    # An index of text even when it is empty: tables of no runs keep the types of the others.
    return pd.Categorical.from_codes(codes, categories=pd.Index(names, dtype=object))
