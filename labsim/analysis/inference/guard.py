"""What a verdict rests on: parameters that nobody has learnt anything about may not carry one.

Takes: a comparison over states of the world drawn from a posterior, and that posterior. Gives: :class:`Guarded`: the
verdict, how much of what is not known comes from red parameters, and the verdict that may be told instead.
A brief asks :func:`backed`, which finds out by itself where the worlds of a comparison lie.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from labsim.analysis.compare import Comparison, ended_runs, value_cubes
from labsim.analysis.inference.calibration import Light
from labsim.analysis.inference.posterior import Posterior
from labsim.analysis.inference.priors import values_of
from labsim.analysis.verdict import Direction, Kind, Verdict
from labsim.foundations.declared import Text
from labsim.foundations.errors import Problem, raise_if
from labsim.foundations.i18n import t
from labsim.results.indicators import ALL
from labsim.scenario.scenario import world_values

Array = NDArray[np.float64]
MOST = 0.5
"""Share of the variance between worlds above which red parameters take a verdict away."""
_CLEAR = 0.05
_SPARE = 3
"""Worlds beyond the number of parameters that a share of variance needs at least."""


@dataclass(frozen=True)
class Guarded:
    """A verdict and whether it may be told.

    Attributes:
        verdict: that may be told.
        before: what the numbers alone said.
        share: of the variance between worlds, from red parameters.
        blamed: the red parameters with most of it, largest first.
        reason: why it was taken away; None when it was not.
    """

    verdict: Verdict
    before: Verdict
    share: float
    blamed: tuple[str, ...]
    reason: Text | None


def least_worlds(posterior: Posterior) -> int:
    """Return in how many states of the world a comparison must be made before a verdict can be traced."""
    return len(posterior.priors) + _SPARE


def backed(found: Comparison, posterior: Posterior) -> list[Guarded]:
    """Return every verdict on all residents, guarded by the lights of a posterior.

    Args:
        found: compared in states of the world drawn from the posterior (``posterior.worlds(...)``).
        posterior: that knows which parameters the data speak of.

    Raises:
        InputError: too few states of the world to tell which parameter a verdict rests on.
    """
    design = found.result.design
    least, many = least_worlds(posterior), len(design.worlds)
    what = t(f"只有 {many} 种世界状态，看不出结论依靠哪个参数",
             f"{many} states of the world cannot tell which parameter a verdict rests on")  # fmt: skip
    allowed = t(f"至少 {least} 种，取自后验", f"at least {least}, drawn from the posterior")
    raise_if([] if many >= least else [Problem.at("worlds", what, allowed)])
    return guarded(found, scores_of(found, posterior), [one.name for one in posterior.priors], posterior.lights)


def scores_of(found: Comparison, posterior: Posterior) -> Array:
    """Return where the worlds of a comparison lie, as scores of the priors, shape [worlds, parameters]."""
    design = found.result.design
    base = design.scenarios[0]
    values = np.array([values_of(posterior.priors, world_values(one.applied(base)), base) for one in design.worlds])
    return np.stack([one.scores(values[:, i]) for i, one in enumerate(posterior.priors)], axis=1)


def guarded(found: Comparison, scores: Array, names: Sequence[str], lights: Mapping[str, Light]) -> list[Guarded]:
    """Return every verdict on all residents, guarded.

    Args:
        found: compared in states of the world, one for each row of ``scores``.
        scores: of the parameters, shape [worlds, parameters].
        names: of the parameters.
        lights: of each parameter; those without one are red.
    """
    cubes, ran = value_cubes(found.result), ended_runs(found.result)
    places = [scenario.name for scenario in found.result.design.scenarios]
    made = []
    for one in found.verdicts(group=ALL):
        cube = cubes[one.difference.indicator, ALL]
        at = places.index(one.difference.policy)
        gaps = np.where(ran[0] & ran[at], cube[at] - cube[0], np.nan)
        known = np.isfinite(gaps).any(axis=1)
        means = np.array([np.nanmean(row) for row in gaps[known]])
        made.append(_guarded(one, shares(means, scores[known]), names, lights))
    return made


def shares(outcome: Array, scores: Array) -> Array:
    """Return the share of an outcome's variance between worlds that goes with each parameter, shape [parameters].

    By linear regression; what chance alone would explain is taken off, and nothing is below 0. Of parameters that go
    together in a posterior squared slopes may sum to more than there is: they are then shares of their sum.
    """
    n, p = scores.shape
    if n <= p + 2 or np.ptp(outcome) == 0:
        return np.zeros(p)
    x = (scores - scores.mean(axis=0)) / np.maximum(scores.std(axis=0), 1e-9)
    y = (outcome - outcome.mean()) / outcome.std()
    slope = np.linalg.lstsq(np.concatenate([np.ones((n, 1)), x], axis=1), y, rcond=None)[0][1:]
    rest = y - x @ slope
    noise = float(rest @ rest) / (n - p - 1) / n
    found = np.maximum(slope**2 - noise, 0.0)
    return np.asarray(found / max(float(found.sum()), 1.0))


def _guarded(one: Verdict, part: Array, names: Sequence[str], lights: Mapping[str, Light]) -> Guarded:
    red = [i for i, name in enumerate(names) if lights.get(name, Light.RED) is Light.RED]
    share = float(part[red].sum()) if red else 0.0
    blamed = tuple(names[i] for i in sorted(red, key=lambda i: -part[i]) if part[i] > _CLEAR)
    # An equality or an open question claims nothing that a red parameter could carry.
    if share <= MOST or one.kind not in (Kind.MATTERS, Kind.SMALLER):
        return Guarded(one, one, share, blamed, None)
    said = "、".join(blamed), ", ".join(blamed)
    reason = t(
        f"不同世界之间的差异有 {share:.0%} 来自数据没有说明的参数（{said[0]}），所以不下结论",
        f"{share:.0%} of the difference between worlds comes from parameters that the data say nothing about "
        f"({said[1]}), so no verdict is given",
    )
    lower = replace(
        one,
        kind=Kind.OPEN,
        direction=Direction.NONE,
        may_matter=False,
        words=t("不下结论：依据不足", "no verdict: it would rest on assumptions"),
        sentence=t(
            f"{one.sentence.zh.rstrip('。')}——但{reason.zh}。", f"{one.sentence.en.rstrip('.')} – but {reason.en}."
        ),
    )
    return Guarded(lower, one, share, blamed, reason)
