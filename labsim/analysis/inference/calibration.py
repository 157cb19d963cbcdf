"""Is the inference itself right? Ranks, coverage, recovery, on data whose truth is known.

Takes: a bank. Gives: :class:`Quality` per parameter, from simulations that were held out: their figures are
measured as the real ones were, and the posterior is asked about the parameters that made them.

Gates are those of docs/research.md, fixed before any figure was seen.
A posterior that returns the prior passes ranks and coverage, so an
unidentified parameter is declared one by the width of its intervals, and only then.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom, kstest

from labsim.analysis.chance import Purpose, seeds
from labsim.analysis.inference.bank import Bank, natural
from labsim.foundations.declared import Text
from labsim.foundations.i18n import t

Array = NDArray[np.float64]
Infer = Callable[[Array, int], Array]
"""From figures and a seed to draws of the scores, [draws, parameters]."""
BAND = 0.999
"""Central share of the binomial distribution in which coverage must lie."""
RANKS = 0.001
IDENTIFIED, PRIOR_ONLY = 0.5, 0.8
"""Widths of 90 % intervals, as a share of the prior's: below, data speak; above, only the prior does."""


class Light(StrEnum):
    """May a verdict rest on a parameter?"""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


class Rests(StrEnum):
    """What a posterior rests on."""

    DATA = "data"
    BOTH = "both"
    PRIOR = "prior"


RESTS_LABELS = {
    Rests.DATA: t("数据", "data"),
    Rests.BOTH: t("数据与先验", "data and prior"),
    Rests.PRIOR: t("先验", "prior"),
}

ONLY_PRIOR = t("数据没有告诉我们什么：只有先验", "the data say nothing: only the prior speaks")
NOT_CHECKED = t("推断没有检验过", "the inference was not checked")


@dataclass(frozen=True)
class Quality:
    """How well a parameter is inferred.

    Attributes:
        name: of the parameter.
        ranks: p of uniform ranks (Kolmogorov-Smirnov), not corrected.
        ranks_pass: whether p is above the gate after Holm's correction over all parameters.
        hits: of how many truths the 90 % interval held.
        half_hits: the same of the 50 % interval.
        n: data sets.
        recovery: R² of the posterior median on the truth.
        error: root mean square error of the median, as a share of the prior's range.
        width: mean width of the 90 % interval, as a share of the prior's.
    """

    name: str
    ranks: float
    ranks_pass: bool
    hits: int
    half_hits: int
    n: int
    recovery: float
    error: float
    width: float

    @property
    def rests(self) -> Rests:
        """Return what the posterior rests on, over all data sets."""
        return rests_on(self.width)

    @property
    def covers(self) -> bool:
        """Return whether both intervals cover as often as they say, inside the binomial band."""
        return in_band(self.hits, self.n, 0.9) and in_band(self.half_hits, self.n, 0.5)

    @property
    def light(self) -> Light:
        """Return green, yellow or red."""
        if not (self.ranks_pass and self.covers) or self.rests is Rests.PRIOR:
            return Light.RED
        good = self.rests is Rests.DATA and self.recovery >= 0.8 and self.error <= 0.12
        return Light.GREEN if good else Light.YELLOW

    @property
    def why(self) -> Text:
        """Return the reason for the light in a sentence."""
        if not self.ranks_pass:
            return t(
                "后验秩不均匀：推断有偏或过于自信", "ranks are not uniform: the inference is biased or overconfident"
            )
        if not self.covers:
            return t("区间覆盖率不对", "intervals do not cover as often as they say")
        if self.rests is Rests.PRIOR:
            return ONLY_PRIOR
        if self.light is Light.YELLOW:
            return t("数据只说明一部分", "the data tell a part of it")
        return t("数据可识别", "identified by the data")


def rests_on(width: float) -> Rests:
    """Return what an interval of this width rests on."""
    return Rests.DATA if width <= IDENTIFIED else Rests.PRIOR if width >= PRIOR_ONLY else Rests.BOTH


def in_band(hits: int, n: int, level: float, band: float = BAND) -> bool:
    """Return whether so many hits are likely when intervals cover at a level."""
    low, high = (float(binom.ppf(share, n, level)) for share in ((1 - band) / 2, (1 + band) / 2))
    return bool(low <= hits <= high)


def drawn(bank: Bank, tests: NDArray[np.int64], infer: Infer, seed: int) -> Array:
    """Return draws of the scores for each of some simulations, measured as the real data were.

    Args:
        bank: all simulations.
        tests: the ones that were held out.
        infer: the inference, learnt from the others.
        seed: of the errors of measurement and of the draws.

    Returns:
        Scores, shape [tests, draws, parameters].
    """
    measured = bank.observed.noisy(bank.clean[tests], seed, 999)
    luck = seeds(seed, Purpose.TRUTH, len(tests))
    return np.stack([infer(row, one) for row, one in zip(measured, luck, strict=True)])


def quality(bank: Bank, tests: NDArray[np.int64], draws: Array) -> list[Quality]:
    """Return how well an inference finds the parameters of simulations that it has not seen.

    Args:
        bank: all simulations.
        tests: the ones that were held out.
        draws: of their posteriors, of :func:`drawn`.
    """
    held = bank.part(tests)
    many, p = len(tests), held.scores.shape[1]
    ranks = (np.sum(draws < held.scores[:, None], axis=1) + 0.5) / (draws.shape[1] + 1)
    middle = np.zeros((many, p))
    ends = np.zeros((4, many, p))
    for i, some in enumerate(draws):
        values = natural(bank.study, some)
        middle[i] = np.median(values, axis=0)
        ends[:, i] = np.quantile(values, [0.05, 0.95, 0.25, 0.75], axis=0)
    return _judged(bank, held.values, ranks, middle, ends)


def _judged(bank: Bank, truth: Array, ranks: Array, middle: Array, ends: Array) -> list[Quality]:
    p_values = [float(kstest(ranks[:, j], "uniform").pvalue) for j in range(truth.shape[1])]
    passes = holm(p_values, RANKS)
    found = []
    for j, prior in enumerate(bank.study.priors):
        inside = [np.sum((ends[a, :, j] <= truth[:, j]) & (truth[:, j] <= ends[b, :, j])) for a, b in ((0, 1), (2, 3))]
        before = truth[:, j]
        if prior.learnt is not None:  # what records said counts as found: truths as they were before any data
            before = prior.untouched.natural(prior.scores(before))
        scatter = float(np.sum((before - before.mean()) ** 2))
        off = float(np.sum((truth[:, j] - middle[:, j]) ** 2))
        found.append(
            Quality(prior.name, p_values[j], passes[j], int(inside[0]), int(inside[1]), len(truth), 1 - off / scatter,
                    float(np.sqrt(off / len(truth)) / (prior.high - prior.low)),
                    float(np.mean(ends[1, :, j] - ends[0, :, j]) / prior.whole))
        )  # fmt: skip
    return found


def holm(p_values: list[float], level: float) -> list[bool]:
    """Return which hypotheses are kept at a family-wise level (Holm 1979)."""
    order = np.argsort(p_values, kind="stable")
    kept, rejecting = [True] * len(p_values), True
    for place, i in enumerate(order):
        rejecting = rejecting and p_values[i] <= level / (len(p_values) - place)
        kept[i] = not rejecting
    return kept
