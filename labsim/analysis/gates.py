"""Are the statistics right? Every method on problems whose answer is known, against figures fixed beforehand.

Takes: how hard to try. Gives: :class:`Gate` s (docs/research.md): what was asked, what was found, whether it passed.
What an inference must show on a study of one's own is ``labsim research check``.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from labsim.analysis.chance import Purpose, bells, evens
from labsim.analysis.decide.robust import information
from labsim.analysis.decide.search import hypervolume, pareto
from labsim.analysis.decide.selection import select
from labsim.analysis.explore.discovery import discover
from labsim.analysis.explore.sensitivity import sobol
from labsim.analysis.paired import Paired, paired
from labsim.foundations.declared import Text
from labsim.foundations.i18n import t

Array = NDArray[np.float64]
BAND = 0.999
ISHIGAMI = {"a": (0.3139, 0.5576), "b": (0.4424, 0.4424), "c": (0.0, 0.2437)}
"""First and total indices of the function of Ishigami & Homma 1990, in closed form."""


@dataclass(frozen=True)
class Gate:
    """One figure that was asked for.

    Attributes:
        name: what was tried.
        asked: what must come out.
        found: what came out.
        passed: whether it did.
    """

    name: Text
    asked: Text
    found: str
    passed: bool


def gates(hard: float = 1.0, seed: int = 1) -> Iterator[Gate]:
    """Yield all gates.

    Args:
        hard: share of the number of trials that is asked for; bands are made for the number tried.
        seed: of all chance.
    """
    for one in (_null, _common, _known, _power, _stated, _chosen, _front, _box, _noise, _indices, _worth):
        yield one(hard, seed)


def _many(asked: int, hard: float, least: int = 10) -> int:
    return max(least, round(asked * hard))


def band(n: int, share: float, inside: float = BAND) -> tuple[int, int]:
    """Return between which numbers of n hits lie with this chance, when each has a chance of ``share``."""
    low, high = (float(binom.ppf(end, n, share)) for end in ((1 - inside) / 2, (1 + inside) / 2))
    return int(low), int(high)


def _counted(name: Text, hits: int, n: int, share: float) -> Gate:
    low, high = band(n, share)
    return Gate(name, t(f"{low}–{high} / {n}", f"{low}–{high} of {n}"), f"{hits} / {n}", low <= hits <= high)


def _contests(many: int, seed: int, pairs: int, gap: float) -> Iterator[Paired]:
    for k in range(many):
        luck = bells(seed, Purpose.LUCK, 1000 + k, (2, 1, pairs))
        yield paired(luck[0] * np.sqrt(0.5), gap + luck[1] * np.sqrt(0.5))


def _null(hard: float, seed: int) -> Gate:
    many = _many(400, hard)
    wrong = sum(not one.low <= 0 <= one.high for one in _contests(many, seed, 50, 0.0))
    return _counted(t("零比较：两个相同的政策，各用各的运气", "null contest: equal policies, luck of their own"),
                    wrong, many, 0.05)  # fmt: skip


def _common(hard: float, seed: int) -> Gate:
    many = _many(400, hard)
    values = bells(seed, Purpose.LUCK, 900, (many, 1, 20))
    same = sum(paired(one, one).identical for one in values)
    name = t("零比较：两个相同的政策，同样的运气", "null contest: equal policies, the same luck")
    return Gate(name, t("差异恰好为 0", "a difference of exactly 0"), f"{same} / {many}", same == many)


def _known(hard: float, seed: int) -> Gate:
    many = _many(400, hard)
    hits = sum(one.low <= 0.3 <= one.high for one in _contests(many, seed + 1, 40, 0.3))
    return _counted(t("已知差异的 95% 区间", "95 % interval of a known difference"), hits, many, 0.95)


def _power(hard: float, seed: int) -> Gate:
    many = _many(400, hard)
    found = sum(one.low > 0 for one in _contests(many, seed + 2, 43, 0.5)) / many
    name = t("功效：差异为成对标准差的一半，43 对", "power: a difference of half the paired sd, 43 pairs")
    # What is asked is 90 %; the luck of so many trials is allowed for.
    least = band(many, 0.9)[0] / many
    return Gate(name, t("≥ 90%（减去抽样误差）", "≥ 90 % (less sampling error)"), f"{found:.0%}", found >= least)


def _stated(hard: float, seed: int) -> Gate:
    """Where A is said to be better in 80 to 90 % of worlds: does it come true as often as that?"""
    stated, came = [], []
    for k in range(_many(4000, hard, 800)):
        draw = bells(seed, Purpose.TRUTH, 100 + k, (14,))
        worlds = 1.2 * draw[0] + draw[1:13, None]
        gaps = worlds + 2.0 * bells(seed, Purpose.LUCK, 20_000 + k, (12, 4))
        share = paired(np.zeros_like(gaps), gaps).higher_in_worlds
        if 0.8 <= share <= 0.9:
            stated.append(share)
            came.append(1.2 * draw[0] + draw[13] > 0)
    true = float(np.mean(came))
    name = t("“甲更好”的概率说 80–90%", "a stated chance of 80–90 % that A is better")
    return Gate(name, t("75–95% 成真", "comes true in 75–95 %"), f"{true:.0%} (n = {len(came)})", 0.75 <= true <= 0.95)


def _chosen(hard: float, seed: int) -> Gate:
    many = _many(1000, hard)
    means = np.zeros(10)
    means[3] = 0.5

    def race(k: int) -> Callable[[Sequence[int] | range, int, int], Array]:
        def sample(policies: Sequence[int] | range, first: int, more: int) -> Array:
            rows = [means[i] + bells(seed, Purpose.LUCK, 400_000 + 10 * k + i, (first + more,)) for i in policies]
            return np.stack([one[first:] for one in rows])

        return sample

    right = sum(select(race(k), 10, 0.5).best == (3,) for k in range(many))
    name = t("十个政策中选出最好的（其余都恰好差 δ）", "the best of ten policies, all others worse by just δ")
    return Gate(name, t("≥ 93%", "≥ 93 %"), f"{right / many:.1%}", right / many >= 0.93)


def _front(hard: float, seed: int) -> Gate:
    def zdt1(points: Array, batch: int) -> Array:
        g = 1 + 9 * points[:, 1:].mean(axis=1)
        return np.stack([-points[:, 0], -g * (1 - np.sqrt(points[:, 0] / g))], axis=1)

    found = pareto(zdt1, 2, 2, trials=1500, seed=seed)
    x = np.linspace(0, 1, 2000)
    truth, corner = np.stack([-x, np.sqrt(x) - 1], axis=1), np.array([-1.1, -1.1])
    share = hypervolume(np.array([one.promised for one in found]), corner) / hypervolume(truth, corner)
    name = t("已知前沿（ZDT1）的超体积", "hypervolume of a known front (ZDT1)")
    return Gate(name, t("≥ 98%", "≥ 98 %"), f"{share:.1%}", share >= 0.98)


def _box(hard: float, seed: int) -> Gate:
    many, good = _many(40, hard), 0
    names = [f"x{i}" for i in range(10)]
    for k in range(many):
        points = evens(seed + k, Purpose.DESIGN, 1, (1000, 10))
        chance = np.where((points[:, 2] > 0.6) & (points[:, 7] < 0.5), 0.95, 0.02)
        found = discover(points, evens(seed + k, Purpose.LUCK, 1, (1000,)) < chance, names, seed=k)
        limits = {one.name for one in found.limits} if found else set()
        good += bool(
            found and found.coverage >= 0.8 and found.density >= 0.8 and {"x2", "x7"} <= limits and len(limits) <= 3
        )
    name = t("PRIM：10 维中埋下的 2 维盒子，1,000 点", "PRIM: a box in 2 of 10 dimensions, 1,000 points")
    asked = t("覆盖与密度 ≥ .8，多余维度 ≤ 1：≥ 90%", "coverage and density ≥ .8, at most one dimension more: ≥ 90 %")
    return Gate(name, asked, f"{good} / {many}", good >= 0.9 * many)


def _noise(hard: float, seed: int) -> Gate:
    many, told = _many(100, hard), 0
    for k in range(many):
        points = evens(seed + k, Purpose.DESIGN, 2, (400, 8))
        bad = evens(seed + k, Purpose.LUCK, 2, (400,)) < 0.3
        told += discover(points, bad, [f"x{i}" for i in range(8)], seed=k) is not None
    name = t("PRIM：纯噪声上什么也不说", "PRIM: says nothing on pure noise")
    return Gate(name, t("≤ 5%", "≤ 5 %"), f"{told} / {many}", told <= 0.05 * many)


def _indices(hard: float, seed: int) -> Gate:
    def ishigami(points: Array) -> Array:
        x = np.pi * (2 * points - 1)
        return np.asarray(np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0]))

    found = {one.name: one for one in sobol(ishigami, list(ISHIGAMI), 1024, seed=seed)}
    off = max(
        max(abs(found[name].first - first), abs(found[name].total - total)) for name, (first, total) in ISHIGAMI.items()
    )
    dummy = found["dummy"]
    quiet = abs(dummy.total) <= max(dummy.total_error, 1e-12)
    name = t("Sobol：Ishigami 函数，另加一个虚设因子", "Sobol: the Ishigami function and a dummy")
    asked = t("指数误差 ≤ .05，虚设因子区间含 0", "indices within .05, interval of the dummy holds 0")
    return Gate(name, asked, f"{off:.3f}; {dummy.total:.3f} ± {dummy.total_error:.3f}", off <= 0.05 and quiet)


def _worth(hard: float, seed: int) -> Gate:
    """Policy B gains x − .5, x uniform: knowing x is worth E max(x − .5, 0) = .125; y decides nothing."""
    points = evens(seed, Purpose.DESIGN, 0, (4000, 2))
    outcome = np.stack([0 * points[:, 0], points[:, 0] - 0.5]) + 0.3 * bells(seed, Purpose.LUCK, 0, (2, 4000))
    found = {one.name: one.value for one in information(["x", "y"], outcome, points)}
    name = t("信息价值（EVPPI）：真值 .125 与 0", "value of information (EVPPI): .125 and 0 are true")
    good = abs(found["x"] - 0.125) <= 0.02 and found["y"] <= 0.02
    return Gate(name, t("误差 ≤ .02", "within .02"), f"{found['x']:.3f}; {found['y']:.3f}", good)
