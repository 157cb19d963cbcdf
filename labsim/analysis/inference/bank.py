"""Simulations for inference: many worlds from the prior, one run each, kept in the run store.

Takes: a study. Gives: :class:`Bank`: parameters and figures of every run. More simulations leave those there
were as they are, so a study can grow, stop and resume: a store answers what was run before.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from labsim.analysis.chance import Purpose, evens
from labsim.analysis.compare import value_cubes
from labsim.analysis.inference.observed import Observed
from labsim.analysis.inference.priors import world_of
from labsim.analysis.inference.splits import BLOCKS, LATER, Split
from labsim.analysis.inference.study import Study
from labsim.experiment.design import Design
from labsim.experiment.runner import Progress, Watch, run
from labsim.experiment.workers import Workers
from labsim.experiment.worlds import World
from labsim.foundations.errors import Problem, raise_if
from labsim.foundations.i18n import t
from labsim.results.indicators import Window
from labsim.results.results import Reduction
from labsim.results.store import RunStore
from labsim.scenario.scenario import Scenario

Array = NDArray[np.float64]
_MOST_MISSING = 0.1
_ELSEWHERE = 3_000_001
"""Number of the first run in another community, whose luck is its own."""
LEVELS = ("satisfaction_share", "mean_efficacy")
"""What people feel when they are asked: the model's value of the last four weeks, not the mean of the year."""


@dataclass(frozen=True)
class Placed(World):
    """A state of the world at given parameter values."""

    values: tuple[tuple[str, float], ...] = ()

    def applied(self, scenario: Scenario) -> Scenario:
        """Return the scenario in this state of the world."""
        return scenario.with_world(**dict(self.values))


@dataclass(frozen=True)
class Bank:
    """Simulations of a study.

    Attributes:
        study: what was simulated.
        scores: standard normal scores of the parameters, shape [n, parameters].
        clean: figures of the model without errors of measurement, shape [n, figures].
        observed: the figures that could be measured in nearly all runs.
        dropped: names of the figures that could not.
        stored: runs that came from a store.
    """

    study: Study
    scores: Array
    clean: Array
    observed: Observed
    dropped: tuple[str, ...] = ()
    stored: int = 0

    @property
    def n(self) -> int:
        """Return how many simulations there are."""
        return len(self.scores)

    @cached_property
    def values(self) -> Array:
        """Return natural parameter values, shape [n, parameters]."""
        return natural(self.study, self.scores)

    def part(self, rows: NDArray[np.int64]) -> "Bank":
        """Return some of the simulations."""
        return Bank(self.study, self.scores[rows], self.clean[rows], self.observed, self.dropped, self.stored)


def natural(study: Study, scores: Array) -> Array:
    """Return natural values of scores, shape [n, parameters]."""
    return np.stack([one.natural(scores[:, i]) for i, one in enumerate(study.priors)], axis=1)


def prior_scores(study: Study, n: int) -> Array:
    """Return scores drawn from the prior; the first ones are the same for every n, shape [n, parameters]."""
    columns = [evens(study.seed, Purpose.PRIOR, i, (n,)) for i in range(len(study.priors))]
    return np.asarray(ndtri(np.stack(columns, axis=1)))


def simulated(
    study: Study,
    scores: Array,
    first: int = 1,
    store: RunStore | None = None,
    watch: Watch | Progress | None = None,
    window: Window | None = None,
) -> tuple[Array, int]:
    """Run the model at some scores and return its figures, NaN where one could not be measured.

    Args:
        study: what is simulated.
        scores: shape [n, parameters].
        first: number of the first run, from which its luck follows.
        store: where runs are kept and found.
        watch: who is told.
        window: days that figures are of; the whole run when left out.

    Returns:
        Figures of the model, shape [n, figures], and how many runs came from the store.
    """
    values = natural(study, scores)
    worlds = tuple(
        Placed(first + i, (), tuple(world_of(study.priors, [float(one) for one in row], study.base).items()))
        for i, row in enumerate(values)
    )
    names = tuple(dict.fromkeys(one.indicator for one in study.observed.figures))
    levels = tuple(name for name in names if name in LEVELS)
    what = Reduction(names, window, series=levels)
    result = run(Design((study.base,), worlds, 1, study.seed), what, Workers(), watch, store=store)
    if result.interrupted:
        raise KeyboardInterrupt
    if result.failed:
        first_error = str(result.failures.iloc[0]["error"])
        raise_if(
            [
                Problem.at(
                    "", t(f"{result.failed} 次模拟失败：{first_error}", f"{result.failed} runs failed: {first_error}")
                )
            ]
        )
    cubes = value_cubes(result)
    last = _last(result.series, len(scores), first)
    columns = [
        one.scale
        * (last[one.indicator, one.group] if one.indicator in LEVELS else cubes[one.indicator, one.group][0, :, 0])
        for one in study.observed.figures
    ]
    return np.stack(columns, axis=1), result.stored


def _last(series: pd.DataFrame, n: int, first: int) -> dict[tuple[str, str], Array]:
    """Return the value of each series in its last period by indicator and group, shape [n]."""
    found: dict[tuple[str, str], Array] = {}
    if series.empty:
        return found
    ends = series[series["period"] == series["period"].max()]
    for key, some in ends.groupby(["indicator", "group"], observed=True):
        name, group = (str(one) for one in key)
        found[name, group] = np.full(n, np.nan)
        found[name, group][some["world"].to_numpy(np.int64) - first] = some["value"].to_numpy(np.float64)
    return found


def simulate_bank(study: Study, store: RunStore | None = None, watch: Watch | Progress | None = None) -> Bank:
    """Simulate a study from its prior.

    Raises:
        InputError: runs failed, or no figure can be measured.
        KeyboardInterrupt: it was stopped; finished runs are in the store.
    """
    scores = prior_scores(study, study.simulations)
    clean, stored = simulated(study, scores, store=store, watch=watch)
    return bank_of(study, scores, clean, stored)


def simulate_split(
    bank: Bank, split: Split, store: RunStore | None = None, watch: Watch | Progress | None = None
) -> Array:
    """Return what the simulations of a bank are like where nothing was fitted, shape [n, figures]; NaN as ever.

    The year after is the second year of the very same runs: same luck, same persons. Another community has the
    parameters in common and nothing else.

    Raises:
        InputError: runs failed.
        KeyboardInterrupt: it was stopped; finished runs are in the store.
    """
    if split.name == BLOCKS:
        places = [bank.observed.figures.index(one) if one in bank.observed.figures else -1
                  for one in split.second.figures]  # fmt: skip
        return np.where(np.array(places) >= 0, bank.clean[:, places], np.nan)
    study = replace(bank.study, base=split.base, observed=split.second)
    if split.name == LATER:
        year = split.base.horizon
        longer = replace(study, base=split.base.changed(horizon=2 * year))
        return simulated(longer, bank.scores, 1, store, watch, (year, 2 * year))[0]
    return simulated(study, bank.scores, _ELSEWHERE, store, watch)[0]


def bank_of(study: Study, scores: Array, clean: Array, stored: int = 0) -> Bank:
    """Return a bank; figures that fail in a tenth of runs are dropped, single gaps take the median.

    Raises:
        InputError: no figure is left.
    """
    gaps = ~np.isfinite(clean)
    constant = np.nanstd(np.where(gaps.all(axis=0), 0.0, clean), axis=0) == 0
    bad = (gaps.mean(axis=0) > _MOST_MISSING) | constant
    keep = np.flatnonzero(~bad)
    nothing = t("没有一个数字能在模拟中测量", "no figure can be measured in the simulations")
    raise_if([] if len(keep) else [Problem.at("data", nothing)])
    kept = clean[:, keep]
    kept = np.where(np.isfinite(kept), kept, np.nanmedian(kept, axis=0))
    dropped = tuple(study.observed.figures[i].name for i in np.flatnonzero(bad))
    return Bank(study, scores, kept, study.observed.only(keep.tolist()), dropped, stored)
