"""The model for decisions: policies or lever settings, run in many states of the world on common luck.

Takes: scenarios or lever ranges. Gives: outcomes by indicator, larger is better where a direction is asked for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labsim.analysis.compare import value_cubes
from labsim.experiment.design import Design
from labsim.experiment.runner import ExperimentResult, Progress, Watch, run
from labsim.experiment.workers import Workers
from labsim.experiment.worlds import SPREAD, World, address
from labsim.foundations.declared import Text
from labsim.foundations.errors import Problem, raise_if, unknown_name
from labsim.foundations.i18n import t
from labsim.foundations.randomness import Decision, uniform
from labsim.results.declaration import Better
from labsim.results.indicators import ALL, indicator, select
from labsim.results.results import Reduction
from labsim.results.store import RunStore
from labsim.scenario.checks import LEVER, labels, value_problem
from labsim.scenario.levers import LEVERS
from labsim.scenario.scenario import Scenario
from labsim.scenario.world import WORLD

Array = NDArray[np.float64]
Cubes = dict[str, Array]
"""Values by indicator, shape [policies, worlds, replications]."""


@dataclass(frozen=True)
class Levers:
    """Levers to turn: name, low and high end."""

    ranges: Mapping[str, tuple[float, float]]

    def __post_init__(self) -> None:
        """Check names and ends.

        Raises:
            InputError: no such lever, an end that is not allowed, an empty range, or no lever at all.
        """
        found: list[Problem] = []
        if not self.ranges:
            found.append(
                Problem.at("--lever", t("没有可调的杠杆", "no lever is turned"), t("名称=下限:上限", "NAME=LOW:HIGH"))
            )
        for name, ends in self.ranges.items():
            if name not in LEVERS:
                found.append(unknown_name("--lever", name, LEVERS, LEVER, labels(LEVERS)))
                continue
            found += [one for end in ends if (one := value_problem(f"--lever {name}", LEVERS[name], end)) is not None]
            if not ends[0] < ends[1]:
                what = t(f"范围 {ends[0]:g}:{ends[1]:g} 为空", f"the range {ends[0]:g}:{ends[1]:g} is empty")
                found.append(Problem.at(f"--lever {name}", what))
        raise_if(found)

    def values(self, points: Array) -> list[dict[str, float]]:
        """Return lever values at points between 0 and 1, shape [n, levers]; whole where levers are."""
        made = []
        for row in points:
            one = {}
            for share, (name, (low, high)) in zip(row, self.ranges.items(), strict=True):
                value = float(low + share * (high - low))
                one[name] = value if LEVERS[name].kind.value == "number" else float(round(value))
            made.append(one)
        return made

    def scenarios(self, base: Scenario, points: Array) -> tuple[Scenario, ...]:
        """Return the base scenario with levers at points."""
        return tuple(
            base.with_levers(**values).renamed(f"p{i:05d}", f"点 {i}", f"point {i}")
            for i, values in enumerate(self.values(points))
        )


def across(
    scenarios: Sequence[Scenario], names: Sequence[str], design: tuple[tuple[World, ...], int, int],
    store: RunStore | None = None, watch: Watch | Progress | None = None,
) -> Cubes:  # fmt: skip
    """Return values of indicators by policy, world and replication.

    Args:
        scenarios: of different names.
        names: of the indicators.
        design: worlds, replications in each, and the seed.
        store: where runs are kept and found.
        watch: who is told.

    Raises:
        InputError: runs failed.
        KeyboardInterrupt: it was stopped.
    """
    worlds, replications, seed = design
    cubes = value_cubes(finished(Design(tuple(scenarios), worlds, replications, seed), names, store, watch))
    return {name: cubes[name, ALL] for name in names}


def finished(
    design: Design, names: Sequence[str], store: RunStore | None = None, watch: Watch | Progress | None = None
) -> ExperimentResult:
    """Return the result of a design of which every run ended well.

    Args:
        design: what is run.
        names: of the indicators.
        store: where runs are kept and found.
        watch: who is told.

    Raises:
        InputError: runs failed.
        KeyboardInterrupt: it was stopped.
    """
    result = run(design, Reduction(tuple(names), by_group=False), Workers(), watch, store=store)
    if result.interrupted:
        raise KeyboardInterrupt
    if result.failed:
        said = str(result.failures.iloc[0]["error"])
        raise_if([Problem.at("", t(f"{result.failed} 次运行失败：{said}", f"{result.failed} runs failed: {said}"))])
    return result


def places_of(worlds: Sequence[World], names: Sequence[str]) -> Array:
    """Return where states of the world lie in the range of each parameter, 0 to 1, shape [worlds, parameters]."""
    return np.array([[(dict(one.factors)[name] - 1 + SPREAD) / (2 * SPREAD) for name in names] for one in worlds])


def worlds_over(n: int, seed: int, parameters: Sequence[str]) -> tuple[World, ...]:
    """Return draws of some parameters only; one alone is a draw too, never the central world."""
    known = [(label, name) for name, q in WORLD.items() for label in (q.label.zh, q.label.en)]
    what = t("世界参数", "world parameter")
    raise_if(unknown_name("--parameter", name, WORLD, what, known) for name in parameters if name not in WORLD)
    return tuple(
        World(
            draw,
            tuple(
                (name, 1 + SPREAD * (2 * uniform(seed, int(Decision.WORLD), draw, address(name)) - 1))
                for name in parameters
            ),
        )
        for draw in range(1, n + 1)
    )


def mean_of(values: Array, axes: tuple[int, ...]) -> Array:
    """Return means of what could be measured; NaN where nothing could."""
    known = np.isfinite(values)
    many = known.sum(axis=axes)
    total = np.where(known, values, 0.0).sum(axis=axes)
    return np.asarray(np.divide(total, many, out=np.full(np.shape(many), np.nan), where=many > 0))


def better(name: str, values: Array) -> Array:
    """Return values so that larger is better; an indicator without a direction counts as it is."""
    return -values if indicator(name).better is Better.LOWER else values


@dataclass(frozen=True)
class Targets:
    """Values that must be reached, by indicator; its direction says from which side."""

    wanted: Mapping[str, float]

    def __post_init__(self) -> None:
        """Check the names.

        Raises:
            InputError: an indicator that does not exist or has no better side.
        """
        raise_if(
            Problem.at("--target", t(f"{one.name} 没有好坏方向", f"neither side of {one.name} is better"))
            for one in select(self.wanted)
            if one.better is Better.NONE
        )

    def met(self, cubes: Cubes) -> NDArray[np.bool_]:
        """Return whether all targets are met, in the shape of the cubes; what cannot be measured is not."""
        met = [better(name, cubes[name]) >= better(name, np.array(value)) for name, value in self.wanted.items()]
        return np.asarray(np.logical_and.reduce(met))

    @property
    def text(self) -> Text:
        """Return the targets in words."""
        zh = [
            f"{indicator(n).label.zh} {'≤' if indicator(n).better is Better.LOWER else '≥'} {v:g}"
            for n, v in self.wanted.items()
        ]
        en = [
            f"{indicator(n).label.en} {'≤' if indicator(n).better is Better.LOWER else '≥'} {v:g}"
            for n, v in self.wanted.items()
        ]
        return t("，".join(zh), ", ".join(en))
