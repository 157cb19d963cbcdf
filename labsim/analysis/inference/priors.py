"""What is not known before the data: parameters and their prior ranges.

Takes: names and ranges. Gives: :class:`Prior`: between a range, natural values and standard normal scores, on
which all methods work because no value of a score is impossible.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.special import ndtr, ndtri

from labsim.foundations.declared import Frozen, Kind, Text
from labsim.foundations.errors import Problem, unknown_name
from labsim.foundations.i18n import t
from labsim.scenario.checks import WORLD_PARAMETER, labels, number
from labsim.scenario.scenario import Scenario, world_values
from labsim.scenario.world import WORLD

Array = NDArray[np.float64]
_EDGE = 1e-6
_TAIL = 1e-12
_WIDE = 8.0
_NINETY = 1.6448536269514722


class Prior(Frozen):
    """One parameter, uniform between two ends, or uniform in its logarithm.

    Attributes:
        name: of a world parameter, or of a shift of several.
        low: lower end.
        high: upper end.
        moves: world parameters that a shift is added to; empty when the value is the parameter's own.
        log: whether it is uniform in the logarithm.
        learnt: what records said directly, as the mean and the standard deviation of a normal likelihood of the value
            (of its logarithm when ``log``); the prior is then cut from that, and None without any.
    """

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    low: float
    high: float
    moves: tuple[str, ...] = ()
    log: bool = False
    learnt: tuple[float, float] | None = None

    @property
    def label(self) -> Text:
        """Return its name in words."""
        if not self.moves:
            return WORLD[self.name].label
        first = WORLD[self.moves[0]].label
        return t(
            f"{first.zh} 等 {len(self.moves)} 项的共同偏移",
            f"common shift of {first.en} and {len(self.moves) - 1} more",
        )

    def natural(self, scores: Array) -> Array:
        """Return natural values of standard normal scores."""
        share = ndtr(scores)
        if self.learnt is not None:
            low, high = self._ends(self.learnt)
            place = self.learnt[0] + self.learnt[1] * ndtri(np.clip(low + (high - low) * share, _TAIL, 1 - _TAIL))
            value = np.exp(place) if self.log else place
            return np.asarray(np.clip(value, self.low, self.high))
        if self.log:
            return np.asarray(self.low * (self.high / self.low) ** share)
        return np.asarray(self.low + (self.high - self.low) * share)

    def scores(self, values: Array) -> Array:
        """Return standard normal scores of natural values."""
        if self.learnt is not None:
            low, high = self._ends(self.learnt)
            place = np.log(np.asarray(values)) if self.log else np.asarray(values)
            share = (ndtr((place - self.learnt[0]) / self.learnt[1]) - low) / (high - low)
        elif self.log:
            share = np.log(np.asarray(values) / self.low) / np.log(self.high / self.low)
        else:
            share = (np.asarray(values) - self.low) / (self.high - self.low)
        return np.asarray(ndtri(np.clip(share, _EDGE, 1 - _EDGE)))

    def _ends(self, learnt: tuple[float, float]) -> tuple[float, float]:
        """Return which shares of the normal likelihood lie below each end of the range."""
        ends = np.log([self.low, self.high]) if self.log else np.array([self.low, self.high])
        low, high = ndtr((ends - learnt[0]) / learnt[1])
        return float(low), float(high)

    @property
    def untouched(self) -> "Prior":
        """Return the prior as it was before any record spoke."""
        return self.model_copy(update={"learnt": None})

    @property
    def left(self) -> float:
        """Return its own width as a share of the one before any data: 1 where no records spoke."""
        return float(np.diff(self.natural(np.array([-_NINETY, _NINETY])))[0]) / self.whole

    @property
    def whole(self) -> float:
        """Return the width of the central 90 % before any data, that intervals are held against."""
        return float(np.diff(self.untouched.natural(np.array([-_NINETY, _NINETY])))[0])


def declared(name: str, low: float | None = None, high: float | None = None) -> Prior:
    """Return the prior of one world parameter, over its declared range where no end is given."""
    q = WORLD[name]
    ends = (q.low if low is None else low, q.high if high is None else high)
    return Prior(name=name, low=ends[0], high=ends[1], log=ends[0] > 0 and ends[1] / ends[0] >= _WIDE)


def world_of(priors: Sequence[Prior], values: Sequence[float], base: Scenario) -> dict[str, float]:
    """Return the world values that parameter values mean in a scenario, inside their declared ranges."""
    centre = world_values(base)
    found: dict[str, float] = {}
    for prior, value in zip(priors, values, strict=True):
        for name in prior.moves or (prior.name,):
            at = found.get(name, centre[name]) + float(value) if prior.moves else float(value)
            found[name] = min(max(at, WORLD[name].low), WORLD[name].high)
    return found


def values_of(priors: Sequence[Prior], world: Mapping[str, float], base: Scenario) -> list[float]:
    """Return the parameter values that world values of a scenario mean: :func:`world_of` turned round."""
    centre = world_values(base)
    return [
        float(np.median([world[name] - centre[name] for name in one.moves])) if one.moves else float(world[one.name])
        for one in priors
    ]


def prior_problems(priors: Sequence[Prior], key: str = "parameters") -> list[Problem]:
    """Return what is wrong with priors: no such parameter, an empty range, a switch, a value outside its range."""
    found: list[Problem] = []
    moved: dict[str, str] = {}
    for prior in priors:
        at = f"{key}.{prior.name}"
        if not prior.low < prior.high:
            what = t(
                f"范围 {prior.low:g} 至 {prior.high:g} 为空", f"the range {prior.low:g} to {prior.high:g} is empty"
            )
            found.append(Problem.at(at, what, t("low 小于 high", "low below high")))
        for name in prior.moves or (prior.name,):
            if name not in WORLD:
                found.append(unknown_name(at, name, WORLD, WORLD_PARAMETER, labels(WORLD)))
                continue
            if name in moved and moved[name] != prior.name:
                what = t(f"{name} 已由 {moved[name]} 改变", f"{name} is moved by {moved[name]} already")
                found.append(Problem.at(at, what))
            moved[name] = prior.name
            q = WORLD[name]
            if q.kind is not Kind.NUMBER or name.startswith("score_"):
                what = t(f"{name} 不能单独连续变化", f"{name} cannot vary alone and continuously")
                found.append(Problem.at(at, what))
            elif not prior.moves and not q.low <= prior.low < prior.high <= q.high:
                said = f"{number(q.low)}–{number(q.high)}"
                what = t(
                    f"{prior.low:g} 至 {prior.high:g} 超出允许范围",
                    f"{prior.low:g} to {prior.high:g} leave the declared range",
                )
                found.append(Problem.at(at, what, t(said, said)))
    return found


def table(priors: Sequence[Prior]) -> Mapping[str, tuple[float, float]]:
    """Return the ends of every prior by name."""
    return {one.name: (one.low, one.high) for one in priors}
