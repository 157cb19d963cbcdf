"""The parts of a calibration's plan: what is turned, and which targets are looked at meanwhile.

Takes: the declarations of the world. Gives: :class:`Knob` and :class:`Stage`, and how knobs and world
values follow from each other. The plan itself is in :mod:`labsim.analysis.plan`.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from labsim.analysis.targets import Role, Target, Targets
from labsim.foundations.declared import Frozen, Kind, Text
from labsim.foundations.errors import Problem, raise_if, unknown_name
from labsim.foundations.i18n import t
from labsim.scenario.checks import WORLD_PARAMETER, labels, number
from labsim.scenario.world import WORLD

_WIDE = 8.0
"""A positive range from one end to so many times that is searched on the scale of logarithms."""
DIGITS = 4
"""Significant digits of a fitted value: more would claim a precision that nobody has."""


class Knob(Frozen):
    """What an optimiser turns: one world parameter, or several that move together.

    ``moves`` says by how much each parameter changes per unit of shift; the shift goes from ``low`` to
    ``high`` and is 0 at the declared defaults. With ``log`` the shift is of the logarithm, for a positive
    parameter whose range spans an order of magnitude.
    """

    name: str
    moves: Annotated[dict[str, float], Field(min_length=1)]
    low: float
    high: float
    log: bool = False


class Stage(Frozen):
    """One stage: the knobs it turns and the indicators whose fit targets it looks at (all when empty).

    ``spread`` is how far from its start a stage looks at first, as a share of the range of a knob.
    """

    name: str
    label: Text
    knobs: Annotated[tuple[Knob, ...], Field(min_length=1)]
    indicators: frozenset[str] = frozenset()
    evaluations: Annotated[int, Field(ge=1)] = 100
    spread: Annotated[float, Field(gt=0, le=0.5)] = 0.02

    def looks_at(self, targets: Targets) -> list[Target]:
        """Return the fit targets that belong to the stage; free ones never do."""
        return [one for one in targets.running(Role.FIT) if not self.indicators or one.indicator in self.indicators]


def alone(name: str) -> Knob:
    """Return the knob of one world parameter over its declared range.

    Raises:
        InputError: there is no such parameter.
    """
    if name not in WORLD:
        raise_if([unknown_name("", name, WORLD, WORLD_PARAMETER, labels(WORLD))])
    q = WORLD[name]
    if q.low > 0 and q.high / q.low >= _WIDE:
        low, high = math.log(q.low / q.default), math.log(q.high / q.default)
        return Knob(name=name, moves={name: 1.0}, low=low, high=high, log=True)
    return Knob(name=name, moves={name: 1.0}, low=q.low - q.default, high=q.high - q.default)


def together(name: str, moves: Mapping[str, float], reach: float) -> Knob:
    """Return a knob that shifts several parameters by up to ``reach`` either way."""
    return Knob(name=name, moves=dict(moves), low=-reach, high=reach)


def knob_problems(knobs: Iterable[Knob]) -> list[Problem]:
    """Return what is wrong with knobs: no such parameter, an empty range, a switch or whole number."""
    found: list[Problem] = []
    for knob in knobs:
        if not knob.low < knob.high:
            what = t(f"范围 {knob.low:g} 至 {knob.high:g} 为空", f"the range {knob.low:g} to {knob.high:g} is empty")
            found.append(Problem.at(knob.name, what, t("下限小于上限", "low below high")))
        for name in knob.moves:
            if name not in WORLD:
                found.append(unknown_name(f"{knob.name}.{name}", name, WORLD, WORLD_PARAMETER, labels(WORLD)))
            elif knob.log and WORLD[name].low <= 0:
                what = t(f"{name} 可以为 0，没有对数", f"{name} can be 0 and has no logarithm")
                found.append(Problem.at(f"{knob.name}.{name}", what, t("正的参数", "a positive parameter")))
            elif WORLD[name].kind is not Kind.NUMBER:
                what = t(f"{name} 不是连续参数", f"{name} is not a continuous parameter")
                found.append(Problem.at(f"{knob.name}.{name}", what))
    return found


def rounded(name: str, value: float) -> float:
    """Return a value of a world parameter inside its declared range, with :data:`DIGITS` digits."""
    q = WORLD[name]
    value = min(max(value, q.low), q.high)
    size = abs(value)
    # Arithmetic can leave 2e-16 of a 0.
    value = 0.0 if size < 1e-12 else round(value, DIGITS - 1 - math.floor(math.log10(size)))
    return min(max(value, q.low), q.high)


def world_at(knobs: Sequence[Knob], shifts: NDArray[np.float64], start: Mapping[str, float]) -> dict[str, float]:
    """Return the world values with knobs at these shifts, every one inside its declared range.

    Args:
        knobs: what is turned.
        shifts: where to, shape [knobs]; 0 is the declared default.
        start: values of parameters that no knob moves.
    """
    world = dict(start)
    moved: dict[str, float] = {}
    for knob, shift in zip(knobs, shifts, strict=True):
        for name, weight in knob.moves.items():
            if knob.log:
                moved[name] = moved.get(name, WORLD[name].default) * math.exp(weight * float(shift))
                continue
            moved[name] = moved.get(name, WORLD[name].default) + weight * float(shift)
    world.update({name: rounded(name, value) for name, value in moved.items()})
    return world


def shifts_of(knobs: Sequence[Knob], world: Mapping[str, float]) -> NDArray[np.float64]:
    """Return the shifts that come nearest to these world values, shape [knobs]."""
    in_logs = {name for knob in knobs if knob.log for name in knob.moves}
    names = sorted({name for knob in knobs for name in knob.moves})
    matrix = np.array([[knob.moves.get(name, 0.0) for knob in knobs] for name in names])
    wanted = np.array(
        [
            math.log(world[name] / WORLD[name].default) if name in in_logs else world[name] - WORLD[name].default
            for name in names
        ]
    )
    found = np.linalg.lstsq(matrix, wanted, rcond=None)[0]
    shifts: NDArray[np.float64] = np.clip(found, [knob.low for knob in knobs], [knob.high for knob in knobs])
    return shifts


def range_problems(world: Mapping[str, float], key: str) -> list[Problem]:
    """Return the problems of fitted values outside their declared range."""
    found = []
    for name, value in world.items():
        if name in WORLD and not WORLD[name].allows(value):
            low, high = number(WORLD[name].low), number(WORLD[name].high)
            what = t(f"{name} 不能是 {number(value)}", f"{name} cannot be {number(value)}")
            found.append(Problem.at(f"{key}.{name}", what, t(f"{low} 至 {high}", f"{low} to {high}")))
    return found
