"""Where a policy fails, in a sentence: boxes of parameters, tested on runs that did not make them.

Takes: points, names and which runs failed. Gives: :class:`Box` or nothing. The Patient Rule Induction Method
(Friedman & Fisher 1999) peels the slice with the fewest failures, again and again, on one half of the runs; every
restriction must then prove itself on the other half, and so must the box. On pure noise nothing is printed.

Own code: the packaged PRIM is under the GPL, and the EMA Workbench brings a framework of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom, hypergeom

from labsim.analysis.chance import Purpose, evens
from labsim.foundations.declared import Text
from labsim.foundations.i18n import t

Array = NDArray[np.float64]
Bits = NDArray[np.bool_]
PEEL, FEWEST = 0.05, 0.06
LEVEL = 0.01
_TOO_MANY = 4


@dataclass(frozen=True)
class Limit:
    """A restriction: the factor lies between two ends; an end at 0 or 1 of the unit range restricts nothing."""

    name: str
    low: float
    high: float


@dataclass(frozen=True)
class Box:
    """Where runs fail.

    Attributes:
        limits: restrictions, on the unit range of each factor.
        coverage: share of all failures that lie inside, on held-out runs.
        density: share of the held-out runs inside that failed.
        base: share of all held-out runs that failed.
        n: held-out runs.
        p: chance that a box without meaning would do as well on the held-out runs.
    """

    limits: tuple[Limit, ...]
    coverage: float
    density: float
    base: float
    n: int
    p: float

    def sentence(
        self, ranges: Mapping[str, tuple[float, float]] | None = None, label: Mapping[str, Text] | None = None
    ) -> Text:
        """Return the box in words.

        Args:
            ranges: ends of the natural range by name; unit ranges when left out.
            label: words by name.
        """
        zh, en = [], []
        for one in self.limits:
            low, high = (ranges or {}).get(one.name, (0.0, 1.0))
            ends = low + one.low * (high - low), low + one.high * (high - low)
            words = (label or {}).get(one.name) or t(one.name, one.name)
            if one.low > 0 and one.high < 1:
                zh.append(f"{words.zh}在 {ends[0]:.3g} 至 {ends[1]:.3g} 之间")
                en.append(f"{words.en} is between {ends[0]:.3g} and {ends[1]:.3g}")
            elif one.low > 0:
                zh.append(f"{words.zh}高于 {ends[0]:.3g}")
                en.append(f"{words.en} is above {ends[0]:.3g}")
            else:
                zh.append(f"{words.zh}低于 {ends[1]:.3g}")
                en.append(f"{words.en} is below {ends[1]:.3g}")
        return t(
            f"当{'，且'.join(zh)}时，目标多半达不到：其中 {self.density:.0%} 的情形失败，"
            f"占全部失败的 {self.coverage:.0%}（留出 {self.n} 次运行；平均失败率 {self.base:.0%}）。",
            f"Targets are mostly missed when {' and '.join(en)}: {self.density:.0%} of such cases fail, "
            f"which is {self.coverage:.0%} of all failures (held out: {self.n} runs; {self.base:.0%} fail on average).",
        )


def discover(points: Array, failed: Bits, names: Sequence[str], seed: int = 1) -> Box | None:
    """Return the box in which runs fail, or None when the held-out runs do not bear one out.

    Args:
        points: between 0 and 1, shape [runs, factors].
        failed: shape [runs].
        names: of the factors.
        seed: which runs are held out.
    """
    half = evens(seed, Purpose.SPLIT, 0, (len(points),)) < 0.5
    limits = _peeled(points[half], failed[half])
    if not limits:
        return None
    limits = _needed(points[half], failed[half], limits)
    rest, lost = points[~half], failed[~half]
    limits = [one for one in limits if _proves(one, limits, rest, lost)]
    found = _within(rest, limits)
    many, hits = int(found.sum()), int((found & lost).sum())
    if not limits or not many or not lost.any():
        return None
    p = float(hypergeom.sf(hits - 1, len(rest), int(lost.sum()), many))
    density, base = hits / many, float(lost.mean())
    if p > LEVEL / 2 or (density < 1.5 * base and density < base + 0.3 * (1 - base)):
        return None
    told = tuple(Limit(names[j], low, high) for j, low, high in limits)
    return Box(told, hits / int(lost.sum()), density, base, len(rest), p)


_Cut = tuple[int, float, float]


def _within(points: Array, limits: Sequence[_Cut]) -> Bits:
    found = np.ones(len(points), np.bool_)
    for j, low, high in limits:
        found &= (points[:, j] >= low) & (points[:, j] <= high)
    return found


def _peeled(points: Array, failed: Bits) -> list[_Cut]:
    """Peel; of the course, take the box with the best balance of coverage and density."""
    low, high = np.zeros(points.shape[1]), np.ones(points.shape[1])
    inside = np.ones(len(points), np.bool_)
    best, best_box = 0.0, (low.copy(), high.copy())
    while inside.sum() > max(FEWEST * len(points), 20):
        options = []
        for j in range(points.shape[1]):
            values = points[inside, j]
            for end, cut in ((0, np.quantile(values, PEEL)), (1, np.quantile(values, 1 - PEEL))):
                keep = inside & ((points[:, j] >= cut) if end == 0 else (points[:, j] <= cut))
                if 0 < keep.sum() < inside.sum():
                    options.append((float(failed[keep].mean()), -j, end, float(cut), keep))
        if not options:
            break
        _, minus, end, cut, inside = max(options, key=lambda one: one[:4])
        (low if end == 0 else high)[-minus] = cut
        hits = float((failed & inside).sum())
        coverage, density = hits / max(failed.sum(), 1), hits / inside.sum()
        balance = 2 * coverage * density / (coverage + density) if hits else 0.0
        if balance > best:
            best, best_box = balance, (low.copy(), high.copy())
    low, high = best_box
    return [(j, float(low[j]), float(high[j])) for j in range(points.shape[1]) if low[j] > 0 or high[j] < 1]


def _needed(points: Array, failed: Bits, limits: list[_Cut]) -> list[_Cut]:
    """Drop restrictions, the least useful first, while the box stays as good; keep at most four."""

    def balance(some: Sequence[_Cut]) -> float:
        found = _within(points, some)
        hits = float((found & failed).sum())
        return 2 * hits / float(failed.sum() + found.sum())

    some = list(limits)
    while len(some) > 1:
        left = [(balance([x for x in some if x is not one]), i) for i, one in enumerate(some)]
        best, i = max(left)
        if best < 0.97 * balance(some) and len(some) <= _TOO_MANY:
            break
        some.pop(i)
    return some


def _proves(one: _Cut, limits: Sequence[_Cut], points: Array, failed: Bits) -> bool:
    """Return whether held-out runs that only this restriction shuts out fail less often than those inside."""
    others = _within(points, [x for x in limits if x is not one])
    inside = _within(points, limits)
    out = others & ~inside
    if inside.sum() < 5 or out.sum() < 5:
        return False
    rate = float(failed[others].mean())
    return bool(binom.sf(int(failed[inside].sum()) - 1, int(inside.sum()), rate) < LEVEL)
