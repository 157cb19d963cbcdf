"""Is the model any good at foretelling what it was not fitted to? Scores against those who know no model.

Takes: a bank and what its study holds out: half of the surveyed blocks, the year that followed, another community.
Gives: :class:`Foretold`: scores of the model, of *the same figure in what is known* (last year, the other half, the
first community), of *everybody in what is known*, of a logistic regression of persons, and of the prior.

A forecast of the model is regression-ABC with figures in the place of parameters: what simulations whose known figures
looked like these showed elsewhere. So it knows the luck of this community as well as its parameters. A naive forecast
is given the spread that its errors have over all simulations: nobody who knows no model could know it better. Scores
are continuous ranked probability scores in standard deviations of the prior's forecast, smaller is better.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from labsim.analysis.inference.bank import Bank, simulate_split
from labsim.analysis.inference.observed import Observed
from labsim.analysis.inference.posterior import crps
from labsim.analysis.inference.regression import features, ridge
from labsim.analysis.inference.splits import Split
from labsim.experiment.runner import Progress, Watch
from labsim.results.store import RunStore

Array = NDArray[np.float64]
SAME, EVERYBODY, LOGISTIC, MODEL, PRIOR = "same", "everybody", "logistic", "model", "prior"
NAIVE = (SAME, EVERYBODY, LOGISTIC)
GAIN = 0.1
"""By how much the model should be better than the best naive forecast."""
_COPIES, _NEAR = 4, 400
_OTHERS = 50_000
"""Far from the numbers of other samples of the same noise."""
Scores = dict[str, float]


@dataclass(frozen=True)
class Foretold:
    """Scores of forecasts of what was held out.

    Attributes:
        name: what was held out.
        figures: how many were foretold.
        scores: of the model, of naive forecasts and of the prior, on these data.
        each: the same on data sets of known truth, which these data are one draw of. Persons are not simulated one by
            one, so there is no logistic regression in them; see :mod:`labsim.analysis.inference.logistic` for why the
            same figure stands for it.
    """

    name: str
    figures: int
    scores: Scores
    each: tuple[Scores, ...]

    @property
    def gain(self) -> float:
        """Return by how much the model is better than the best naive forecast on these data, as a share."""
        return gain(self.scores)

    @property
    def usual_gain(self) -> float:
        """Return the same of mean scores over data sets of known truth."""
        return gain({name: float(np.mean([one[name] for one in self.each])) for name in self.each[0]})

    @property
    def gains(self) -> Array:
        """Return the gain on each data set of known truth, shape [tests]."""
        return np.array([gain(one) for one in self.each])

    @property
    def often(self) -> float:
        """Return in what share of data sets of known truth the gain is as large as asked."""
        return float(np.mean(self.gains >= GAIN))


def gain(scores: Scores) -> float:
    """Return by how much the model is better than the best naive forecast, as a share of that one's score."""
    return 1.0 - scores[MODEL] / min(scores[name] for name in NAIVE if name in scores)


def all_foretold(
    bank: Bank, tests: int = 100, store: RunStore | None = None, watch: Watch | Progress | None = None
) -> list[Foretold]:
    """Return how well everything that a study holds out is foretold; nothing when it holds nothing out."""
    found = [foretold(bank, one, simulate_split(bank, one, store, watch), tests) for one in bank.study.splits]
    return [one for one in found if one is not None]


def together(some: Sequence[Foretold]) -> Foretold:
    """Return the scores of several, every figure counting alike."""
    weights = np.array([one.figures for one in some], np.float64)

    def joined(scores: Sequence[Scores]) -> Scores:
        names = [name for name in scores[0] if all(name in one for one in scores)]
        return {name: float(np.average([one[name] for one in scores], weights=weights)) for name in names}

    each = tuple(joined(row) for row in zip(*(one.each for one in some), strict=True))
    return Foretold("all", int(weights.sum()), joined([one.scores for one in some]), each)


def foretold(bank: Bank, split: Split, elsewhere: Array, tests: int = 100) -> Foretold | None:
    """Return how well one part is foretold; None when it has no figure in common with what is known.

    Args:
        bank: simulations of what is known.
        split: what is known, and what is foretold.
        elsewhere: the same simulations where they are foretold, shape [n, figures of the second].
        tests: data sets of known truth, at most a fifth of the simulations.
    """
    places = {(one.indicator, one.group, one.source): i for i, one in enumerate(bank.observed.figures)}
    keys = [[(one.indicator, one.group, one.source) for one in half.figures] for half in (split.first, split.second)]
    kept = [i for i, key in enumerate(keys[0]) if key in places]
    gaps = ~np.isfinite(elsewhere)
    told = [i for i, key in enumerate(keys[1]) if key in places and key in keys[0] and gaps[:, i].mean() < 0.1]
    if not told:
        return None
    many, seed = min(tests, bank.n // 5), bank.study.seed
    known = bank.clean[:, [places[keys[0][i]] for i in kept]]
    come = elsewhere[:, told]
    come = np.where(np.isfinite(come), come, np.nanmedian(come, axis=0))
    first, second = split.first.only(kept), split.second.only(told)
    learnt = bank.n - many
    forecaster = _Forecaster((known[:learnt], first), (come[:learnt], second), seed)
    seen = first.noisy(known[learnt:], seed, 800)
    came = second.noisy(come[learnt:], seed, 800, _OTHERS)
    each = tuple(forecaster.scores(one, other) for one, other in zip(seen, came, strict=True))
    return Foretold(split.name, len(told), forecaster.scores(first.values, second.values, split.regressed[told]), each)


class _Forecaster:
    """Learns from simulations what known figures say of others."""

    def __init__(self, first: tuple[Array, Observed], second: tuple[Array, Observed], seed: int) -> None:
        (known, seen), (come, told) = first, second
        given = np.concatenate([seen.noisy(known, seed, 810 + i) for i in range(_COPIES)])
        came = np.concatenate([told.noisy(come, seed, 810 + i, _OTHERS) for i in range(_COPIES)])
        self.centre, self.spread = given.mean(axis=0), given.std(axis=0) + 1e-9
        self.scale, self.prior = came.std(axis=0) + 1e-9, came
        table = features((given - self.centre) / self.spread)
        self.weights = ridge(table, came)
        self.expected = table @ self.weights
        self.rest = came - self.expected
        names = [(one.indicator, one.group, one.source) for one in seen.figures]
        same = [names.index((one.indicator, one.group, one.source)) for one in told.figures]
        whole = {(one.indicator, one.source): i for i, one in enumerate(seen.figures) if one.group == "all"}
        everybody = [whole.get((one.indicator, one.source), i) for one, i in zip(told.figures, same, strict=True)]
        self.naive = {SAME: same, EVERYBODY: everybody}
        self.errors = {
            name: np.sqrt(np.mean((came - given[:, places]) ** 2, axis=0)) + 1e-9 for name, places in self.naive.items()
        }

    def scores(self, seen: Array, came: Array, regressed: Array | None = None) -> Scores:
        """Return the scores of every forecaster on one data set."""
        row = features((seen[None, :] - self.centre) / self.spread) @ self.weights
        away = np.sum(((self.expected - row) / self.scale) ** 2, axis=1)
        near = np.argpartition(away, min(_NEAR, len(away) - 1))[:_NEAR]
        told = {MODEL: crps(row + self.rest[near], came)}
        for name, places in self.naive.items():
            told[name] = _normal_crps(seen[places], self.errors[name], came)
        if regressed is not None and np.isfinite(regressed).any():
            # What persons cannot tell, figures of a log, a regression of persons leaves as it was.
            centre = np.where(np.isfinite(regressed), regressed, seen[self.naive[SAME]])
            told[LOGISTIC] = _normal_crps(centre, self.errors[SAME], came)
        told[PRIOR] = crps(self.prior[:: max(1, len(self.prior) // 400)], came)
        return {name: float(np.mean(one / self.scale)) for name, one in told.items()}


def _normal_crps(centre: Array, spread: Array, came: Array) -> Array:
    """Return the score of normal forecasts in closed form (Gneiting & Raftery 2007, eq. 21)."""
    z = (came - centre) / spread
    return np.asarray(spread * (z * (2 * norm.cdf(z) - 1) + 2 * norm.pdf(z) - 1 / np.sqrt(np.pi)))
