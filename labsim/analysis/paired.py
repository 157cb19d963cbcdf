"""The statistics of a paired contest with two levels of uncertainty.

Takes: values of two scenarios on the same worlds and seeds, shape [worlds, replications].
Gives: :class:`Paired`: the mean difference, its interval and what it rests on.

The pairs of world *w* scatter around that world's expected difference by luck; these
expectations scatter between worlds for want of knowledge. Every world has its own seeds
(``experiment.design``), so world means are independent and a random-effects interval over
them holds both parts. With one world only luck is known, and that is said.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import stdtr, stdtrit

Array = npt.NDArray[np.float64]
NAN = float("nan")
_ROUNDING = 1e-9


class Basis(StrEnum):
    """What an interval holds."""

    LUCK = "luck only"
    BOTH = "luck and knowledge"


@dataclass(frozen=True)
class Paired:
    """Differences policy - baseline, from pairs in which both values exist.

    Attributes:
        baseline: mean over worlds of the baseline's mean; without any pair, of all its values.
        policy: the same of the policy.
        difference: the same of policy - baseline.
        low: lower end of the interval of the expected difference. With several worlds it is
            where the expectation of one more world would lie, so that more runs narrow the
            luck in it and never what is not known; with one world it holds luck only.
        high: upper end.
        level: coverage of the interval.
        n: pairs used.
        missing: pairs left out because a run failed or its value is not measurable.
        error: standard error of ``difference``: how precisely the mean is computed.
        worlds: worlds with at least one pair.
        basis: what the interval holds.
        luck_sd: standard deviation of single differences within a world.
        knowledge_sd: standard deviation of expected differences between worlds, luck removed;
            NaN with one world.
        higher_in_worlds: estimated share of worlds in which the policy's expectation is higher;
            NaN with one world.
        higher_in_futures: share of single pairs in which the policy is higher.
        lower_in_futures: share of single pairs in which it is lower.
        correlation: of the paired values within worlds; NaN when one does not vary.
        variance_ratio: variance of an unpaired difference / variance of the paired one;
            NaN when the paired one does not vary.
        identical: every pair is exactly equal.
    """

    baseline: float
    policy: float
    difference: float
    low: float
    high: float
    level: float
    n: int
    missing: int
    error: float
    worlds: int
    basis: Basis
    luck_sd: float
    knowledge_sd: float
    higher_in_worlds: float
    higher_in_futures: float
    lower_in_futures: float
    correlation: float
    variance_ratio: float
    identical: bool


def paired(baseline: Array, policy: Array, level: float = 0.95, ran: npt.NDArray[np.bool_] | None = None) -> Paired:
    """Compare two scenarios on common worlds and seeds.

    Args:
        baseline: values, shape [worlds, replications]; NaN where there is none.
        policy: values of the other scenario on the same worlds and seeds.
        level: coverage of the interval.
        ran: which pairs were run, of the same shape; all when left out. Pairs that were
            cancelled are not missing, they were never asked.

    Raises:
        ValueError: the shapes differ or are not two-dimensional.
    """
    if baseline.shape != policy.shape or baseline.ndim != 2:
        raise ValueError(f"pairs need equal shapes [worlds, replications], not {baseline.shape} and {policy.shape}")
    both = np.isfinite(baseline) & np.isfinite(policy)
    some = both.any(axis=1)
    of_world = [(baseline[w][both[w]], policy[w][both[w]]) for w in np.flatnonzero(some)]
    n, many = int(both.sum()), baseline.shape[0] > 1
    missing = int((~both if ran is None else ~both & ran).sum())
    gaps = [p - b for b, p in of_world]
    single = np.concatenate(gaps) if gaps else np.empty(0)
    luck = _pooled(gaps)
    centre, spread, luck_part = _levels(gaps, luck, many)
    df = len(gaps) - 1 if many else n - 1
    excess = spread**2 * len(gaps) - luck_part  # NaN with one world
    knowledge = NAN if np.isnan(excess) else np.sqrt(excess) if excess > _ROUNDING * luck_part else 0.0
    reach = float(np.hypot(knowledge, spread)) if many else spread
    low, high = _interval(centre, reach, df, level)
    return Paired(
        baseline=_mean([b.mean() for b, _ in of_world]) if n else _mean(baseline[np.isfinite(baseline)]),
        policy=_mean([p.mean() for _, p in of_world]) if n else _mean(policy[np.isfinite(policy)]),
        difference=centre,
        low=low,
        high=high,
        level=level,
        n=n,
        missing=missing,
        error=spread,
        worlds=len(gaps),
        basis=Basis.BOTH if many else Basis.LUCK,
        luck_sd=float(np.sqrt(luck)),
        knowledge_sd=float(knowledge),
        higher_in_worlds=_above_zero(centre, reach if many else NAN, df),
        higher_in_futures=_share(single > 0),
        lower_in_futures=_share(single < 0),
        **_pairing(of_world, luck),
        identical=bool(n and np.all(single == 0)),
    )


def _levels(gaps: list[Array], luck: float, many: bool) -> tuple[float, float, float]:
    """Return the mean difference, its standard error and the luck in the variance of world means."""
    if not gaps:
        return NAN, NAN, NAN
    means = np.array([gap.mean() for gap in gaps])
    if not many:
        return float(means[0]), float(np.sqrt(luck / gaps[0].size)), NAN
    if len(gaps) < 2:
        return float(means[0]), NAN, NAN
    luck_part = luck * float(np.mean([1.0 / gap.size for gap in gaps])) if np.isfinite(luck) else 0.0
    return float(means.mean()), float(means.std(ddof=1) / np.sqrt(len(gaps))), luck_part


def _interval(centre: float, spread: float, df: int, level: float) -> tuple[float, float]:
    if not np.isfinite(spread) or df < 1:
        return NAN, NAN
    reach = float(stdtrit(df, (1.0 + level) / 2.0)) * spread
    return centre - reach, centre + reach


def _above_zero(centre: float, spread: float, df: int) -> float:
    """Return the chance that the expectation of a further world is above zero (t predictive)."""
    if not np.isfinite(spread):
        return NAN
    return float(stdtr(df, centre / spread)) if spread > 0 else float(centre > 0)


def _pooled(samples: list[Array]) -> float:
    """Return the variance within samples, pooled; NaN when no sample has two values."""
    df = sum(sample.size - 1 for sample in samples)
    squares = sum(float(((sample - sample.mean()) ** 2).sum()) for sample in samples)
    return squares / df if df > 0 else NAN


def _pairing(of_world: list[tuple[Array, Array]], luck: float) -> dict[str, Any]:
    """Return what pairing gained: correlation and variance ratio within worlds."""
    before, after = _pooled([b for b, _ in of_world]), _pooled([p for _, p in of_world])
    varies = before > 0 and after > 0  # False for NaN
    # Var(p - b) = Var(p) + Var(b) - 2 Cov(p, b)
    correlation = (before + after - luck) / (2.0 * np.sqrt(before * after)) if varies else NAN
    return {
        "correlation": float(np.clip(correlation, -1.0, 1.0)),
        "variance_ratio": (before + after) / luck if luck > 0 else NAN,
    }


def _mean(values: Sequence[float] | Array) -> float:
    return float(np.mean(values)) if len(values) else NAN


def _share(which: npt.NDArray[np.bool_]) -> float:
    return float(which.mean()) if which.size else NAN
