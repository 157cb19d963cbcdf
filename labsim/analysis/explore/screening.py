"""A sensitivity analysis of the model: Morris to screen, Sobol on what is left, luck and a dummy beside the factors.

Takes: a scenario, perhaps a policy, factors, indicators. Gives: :class:`Sensitivity`. Of a policy the outcome is its
difference from the scenario in the same world on the same luck. Runs are kept in a store, so that whoever stops
and starts again loses nothing.

Runs that differ in the dummy alone are the same run, for luck is a factor too: they are run once, and any index of
the dummy above 0 would show that luck or columns were mixed up.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

import numpy as np
from numpy.typing import NDArray

from labsim.analysis.chance import Purpose, seeds
from labsim.analysis.compare import value_cubes
from labsim.analysis.decide.running import finished
from labsim.analysis.explore.factors import Placed, level
from labsim.analysis.explore.sensitivity import DUMMY, LUCK, Effect, morris, sobol
from labsim.experiment.design import Design, Job
from labsim.experiment.designs import Factor
from labsim.experiment.runner import Watch
from labsim.foundations.declared import Text
from labsim.foundations.errors import Problem, raise_if
from labsim.foundations.i18n import t
from labsim.results.indicators import ALL
from labsim.results.store import RunStore
from labsim.scenario.scenario import Scenario

Array = NDArray[np.float64]
During = Callable[[int], AbstractContextManager[Watch | None]]
"""Is told how many runs there will be, and gives who watches them."""
SMALL = 0.05
"""A factor whose whole interval lies below this share of the largest effect is not worth Sobol's runs: with effects
in proportion to it, a quarter of a percent of the variance."""
SMALL_SHARE = 0.01
"""A factor whose whole interval lies below this share of the variance matters little."""


class Method(StrEnum):
    """How factors are judged."""

    MORRIS = "morris"
    SOBOL = "sobol"
    BOTH = "both"


class Standing(StrEnum):
    """What can be said of a factor."""

    NOTHING = "nothing"
    SMALL = "small"
    UP = "up"
    DOWN = "down"
    EITHER = "either"
    MATTERS = "matters"
    UNCLEAR = "unclear"


STANDINGS = {
    Standing.NOTHING: t("与虚设因子不能区分", "not distinguishable from the dummy"),
    Standing.SMALL: t("影响很小", "matters little"),
    Standing.UP: t("使其上升", "raises it"),
    Standing.DOWN: t("使其下降", "lowers it"),
    Standing.EITHER: t("有影响，时升时降", "matters, now up, now down"),
    Standing.MATTERS: t("有影响", "matters"),
    Standing.UNCLEAR: t("有影响；单独有无作用不能区分", "matters; whether by itself cannot be told"),
}
DROPPED = (Standing.NOTHING, Standing.SMALL)


@dataclass(frozen=True)
class Plan:
    """How much is run.

    Attributes:
        method: screening, indices or both.
        trajectories: of Morris.
        samples: base sample of Sobol, a power of 2.
        seed: of points, luck and bootstrap.
    """

    method: Method = Method.BOTH
    trajectories: int = 20
    samples: int = 128
    seed: int = 0

    def runs(self, method: Method, factors: int, scenarios: int) -> int:
        """Return how many runs a method takes at most; points that are the same are run once."""
        each = self.trajectories * (factors + 2) if method is Method.MORRIS else self.samples * (factors + 3)
        return scenarios * each


@dataclass(frozen=True)
class Row:
    """What one method found of one factor, of luck or of the dummy, for one indicator."""

    indicator: str
    method: Method
    effect: Effect
    standing: Standing


@dataclass(frozen=True)
class Sensitivity:
    """What was found.

    Attributes:
        plan: of the analysis.
        factors: what was turned.
        rows: by indicator and method, in the order of the factors; then luck and the dummy.
        left: names of the factors that screening left, for any indicator; all where there was none.
        runs: distinct runs.
        stored: how many of them a store had.
        notes: what the store had to say.
    """

    plan: Plan
    factors: tuple[Factor, ...]
    rows: tuple[Row, ...]
    left: tuple[str, ...]
    runs: int
    stored: int
    notes: tuple[Text, ...] = ()

    def of(self, indicator: str, method: Method) -> list[Row]:
        """Return the rows of an indicator and a method."""
        return [one for one in self.rows if (one.indicator, one.method) == (indicator, method)]


@dataclass(frozen=True)
class Lucky(Design):
    """A design in which each state of the world has one run, on a seed of its own choice.

    Attributes:
        lucks: seeds, in the order of the worlds.
    """

    lucks: tuple[int, ...] = ()

    def jobs(self) -> list[Job]:
        """Return one job for each state of the world."""
        return [Job(world, 0, luck) for world, luck in zip(self.worlds, self.lucks, strict=True)]


@dataclass
class Runs:
    """Runs of the model, and how many there were.

    Attributes:
        scenarios: one, or a baseline and a policy whose difference counts.
        names: of the indicators.
        seed: from which luck follows.
        store: where runs are kept and found.
        many: runs so far.
        stored: how many of them a store had.
        notes: what the store had to say.
    """

    scenarios: tuple[Scenario, ...]
    names: tuple[str, ...]
    seed: int = 0
    store: RunStore | None = None
    many: int = 0
    stored: int = 0
    notes: tuple[Text, ...] = ()

    def at(self, factors: Sequence[Factor], points: Array, during: During) -> Array:
        """Return outcomes, shape [n, indicators]; points that are the same are run once.

        Args:
            factors: what is turned.
            points: between 0 and 1, shape [n, factors + 1]; the last column is luck: the same number, the same seed.
            during: is told how many runs there will be; gives who watches them.

        Raises:
            InputError: runs failed, or an indicator could not be measured in one.
            KeyboardInterrupt: it was stopped; finished runs are in the store.
        """
        rows = [
            (*(level(one, share) for one, share in zip(factors, row[:-1], strict=True)), row[-1])
            for row in points.tolist()
        ]
        distinct = {row: i for i, row in enumerate(dict.fromkeys(rows))}
        lucks = sorted({row[-1] for row in distinct})
        seed_of = dict(zip(lucks, seeds(self.seed, Purpose.LUCK, len(lucks)), strict=True))
        worlds = tuple(
            Placed(i, (), tuple((one.section, one.name, value) for one, value in zip(factors, row[:-1], strict=True)))
            for i, row in enumerate(distinct, 1)
        )
        chosen = tuple(seed_of[row[-1]] for row in distinct)
        design = Lucky(self.scenarios, worlds, 1, self.seed, 0, chosen)
        with during(design.requested) as watch:
            result = finished(design, self.names, self.store, watch)
        self.many, self.stored = self.many + result.finished, self.stored + result.stored
        self.notes += tuple(one for one in result.notes if one not in self.notes)
        cubes = value_cubes(result)
        values = np.stack([cubes[name, ALL][:, :, 0] for name in self.names], axis=2)
        made = values[1] - values[0] if len(self.scenarios) > 1 else values[0]
        raise_if(_gaps(self.names, made))
        return np.asarray(made[[distinct[row] for row in rows]])


def analyse(
    runs: Runs,
    factors: tuple[Factor, ...],
    plan: Plan,
    during: Callable[[Method, int], AbstractContextManager[Watch | None]] = lambda method, many: nullcontext(),
) -> Sensitivity:
    """Return what outcomes depend on.

    Args:
        runs: of which scenarios and indicators.
        factors: what is turned.
        plan: how much is run.
        during: is told each method and how many runs it takes; gives who watches them.

    Raises:
        InputError: runs failed, an indicator could not be measured, or SALib is not installed.
        KeyboardInterrupt: it was stopped; finished runs are in the store.
    """
    rows: list[Row] = []
    left = factors
    for method in (Method.MORRIS, Method.SOBOL):
        if plan.method not in (method, Method.BOTH) or not left:
            continue
        rows += _judged(runs, left, plan, method, partial(during, method))
        if method is Method.MORRIS:
            worth = {one.effect.name for one in rows if one.standing not in DROPPED}
            left = tuple(one for one in factors if one.column in worth)
    return Sensitivity(plan, factors, tuple(rows), tuple(one.column for one in left), runs.many, runs.stored,
                       runs.notes)  # fmt: skip


def _judged(runs: Runs, factors: tuple[Factor, ...], plan: Plan, method: Method, during: During) -> Iterator[Row]:
    """Yield the rows of one method; all indicators are of the same runs."""
    outcomes: list[Array] = []

    def outcome(points: Array, i: int) -> Array:
        if not outcomes:
            outcomes.append(runs.at(factors, points, during))
        return np.asarray(outcomes[0][:, i])

    names = [*(one.column for one in factors), LUCK]
    for i, indicator in enumerate(runs.names):
        model = partial(outcome, i=i)
        if method is Method.MORRIS:
            effects = morris(model, names, plan.trajectories, plan.seed)
            yield from (Row(indicator, method, one, _screened(one, effects)) for one in effects)
        else:
            effects = sobol(model, names, plan.samples, plan.seed)
            yield from (Row(indicator, method, one, _shared(one, effects[-1])) for one in effects)


def _screened(one: Effect, effects: Sequence[Effect]) -> Standing:
    """Return what Morris says of a factor; the dummy comes last."""
    dummy = effects[-1]
    largest = max((each.first for each in effects if each.name not in (LUCK, DUMMY)), default=0.0)
    if one.first - one.first_error <= dummy.first + dummy.first_error:
        return Standing.NOTHING
    if one.first + one.first_error < SMALL * largest:
        return Standing.SMALL
    if one.name == LUCK:
        return Standing.MATTERS  # luck has no direction
    if abs(one.mean) <= one.mean_error:
        return Standing.EITHER
    return Standing.UP if one.mean > 0 else Standing.DOWN


def _shared(one: Effect, dummy: Effect) -> Standing:
    """Return what Sobol says of a factor."""
    if one.total - one.total_error <= dummy.total + dummy.total_error:
        return Standing.NOTHING
    if one.total + one.total_error < SMALL_SHARE:
        return Standing.SMALL
    alone = one.first - one.first_error > dummy.first + dummy.first_error
    return Standing.MATTERS if alone else Standing.UNCLEAR


def _gaps(names: Sequence[str], made: Array) -> Iterator[Problem]:
    for name, gaps in zip(names, (~np.isfinite(made)).sum(axis=0), strict=True):
        if gaps:
            yield Problem.at(
                f"-i {name}",
                t(f"{gaps} 次运行中无法测量", f"it cannot be measured in {gaps} runs"),
                t("更长的模拟期，或另一个指标", "a longer horizon, or another indicator"),
            )
