"""Attribution: the effect of a package split over its parts, by switching parts off.

Takes: a scenario with several instruments or phases, and its baseline. Gives: an
:class:`~labsim.analysis.attributed.Attribution`: for each indicator what each part adds, with the
interval of a comparison.

Every coalition of parts meets the same worlds and the same seeds, so a difference between two
coalitions is the parts' and never luck's. Up to six parts the split is exact (all coalitions);
beyond, it is an average over orders drawn in antithetic pairs, whose error is shown.
"""

import math
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import Any, TypedDict, Unpack

import numpy as np

from labsim.analysis.attributed import WHOLE, Attribution, Interaction, Share, Whole
from labsim.analysis.compare import LEVEL, ended_runs, value_cubes
from labsim.analysis.packages import By, Package, package_of
from labsim.analysis.paired import Array, Paired, paired
from labsim.analysis.shapley import (
    EXACT,
    ORDERS,
    Plan,
    drawn_orders,
    exact_plan,
    interactions,
    order_errors,
    order_plan,
    split,
)
from labsim.analysis.verdict import Difference
from labsim.experiment.design import Design
from labsim.experiment.runner import ExperimentResult, Progress, Simulate, Watch, run
from labsim.experiment.workers import Workers
from labsim.foundations.declared import Text
from labsim.foundations.errors import Problem, raise_if, unknown_name
from labsim.foundations.i18n import t
from labsim.results.indicators import ALL, Window, indicator, indicators, select
from labsim.results.results import Reduction
from labsim.results.store import RunStore
from labsim.scenario.instruments import instruments
from labsim.scenario.scenario import Scenario

ALWAYS = ("satisfaction_share",)
"""Split besides what the instruments of a package are claimed to move, where no indicator is named."""


class Options(TypedDict, total=False):
    """How to attribute.

    ``by`` instruments, mechanisms or levers (instruments); ``indicators`` by name (those that the
    package's instruments are claimed to move); ``replications`` seeds in each world (2);
    ``worlds`` draws of the world (10); ``seed`` (0); ``orders`` averaged over with more than six
    parts (12); ``window`` of days (the whole programme); ``executor``, ``progress`` and
    ``simulate`` as in ``experiment.runner.run``.
    """

    by: str
    indicators: Sequence[str] | None
    replications: int
    worlds: int
    seed: int
    orders: int
    window: Window | None
    executor: Workers | Executor | None
    progress: Progress | Watch | None
    simulate: Simulate | None
    store: RunStore | None


def attribute(whole: Scenario, baseline: Scenario | None = None, **options: Unpack[Options]) -> Attribution:
    """Split the effect of a package over its parts.

    Args:
        whole: the package.
        baseline: what it is compared with; the package without its instruments and phases when left out.
        options: see :class:`Options`.

    Returns:
        The attribution; partial and marked as such after Ctrl-C.

    Raises:
        InputError: unknown options or indicators, no parts, more than twenty, or parts that cannot
            be on without one another.
    """
    raise_if(
        unknown_name("attribute", name, Options.__annotations__, t("选项", "option"))
        for name in options
        if name not in Options.__annotations__
    )
    names = options.get("indicators")
    select(names)
    package = package_of(whole, baseline, options.get("by", By.INSTRUMENTS))
    seed, orders = options.get("seed", 0), options.get("orders", ORDERS)
    plan = _plan(package, orders, seed)
    number, scenarios = _distinct(package, plan)
    design = Design.of(scenarios, options.get("worlds", 10), options.get("replications", 2), seed)
    chosen = tuple(claimed(package) if names is None else dict.fromkeys(names))
    result = run(
        design,
        Reduction(chosen, options.get("window"), by_group=False),
        executor=options.get("executor"),
        progress=options.get("progress"),
        simulate=options.get("simulate"),
        store=options.get("store"),
    )
    return _attribution(package, plan, number, result)


def claimed(package: Package) -> list[str]:
    """Return the indicators that the instruments of a package are claimed to move, and satisfaction."""
    names = dict.fromkeys(one.name for one in package.whole.instruments)
    moved = {claim.indicator for name in names for claim in instruments()[name].claims} | set(ALWAYS)
    return [name for name in indicators() if name in moved]


def _plan(package: Package, orders: int, seed: int) -> Plan:
    many = len(package.parts)
    if many <= EXACT:
        return exact_plan(many)
    if not 2 <= orders <= 1000:
        what = t(f"{orders} 种次序无效", f"{orders} orders are not possible")
        raise_if([Problem.at("orders", what, t("2 至 1,000", "2 to 1,000"))])
    return order_plan(many, drawn_orders([part.key for part in package.parts], orders, seed))


def _distinct(package: Package, plan: Plan) -> tuple[dict[int, int], list[Scenario]]:
    """Return which scenario each coalition is, and the scenarios, each once, the baseline first.

    A scenario that names a world parameter keeps it in every draw of the world, so what it names
    is part of what it is, beside its fingerprint.
    """
    number: dict[int, int] = {}
    seen: dict[tuple[str, frozenset[str]], int] = {}
    scenarios: list[Scenario] = []
    for on in plan.coalitions():
        scenario = package.coalition(on)
        key = scenario.fingerprint(), frozenset(scenario.world)
        if key not in seen:
            seen[key] = len(scenarios)
            scenarios.append(scenario.changed(name=f"coalition_{on}"))
        number[on] = seen[key]
    return number, scenarios


def _attribution(package: Package, plan: Plan, number: Mapping[int, int], result: ExperimentResult) -> Attribution:
    wholes, shares, pairs = [], [], []
    ended = ended_runs(result).all(axis=0)
    for (name, _), cube in value_cubes(result).items():
        shape = cube.shape[1:]
        worth = {on: cube[at].ravel() for on, at in number.items()}
        added = split(plan, worth)
        stats = _Statistics(package, plan, name, shape, ended)
        wholes.append(stats.whole(worth, added))
        shares += stats.shares(wholes[-1], worth, added)
        for (i, j), index in interactions(plan, worth).items():
            one, other = package.parts[i].key, package.parts[j].key
            pairs.append(Interaction(name, one, other, stats.over_pairs(index)))
    found = tuple(wholes), tuple(shares), tuple(pairs)
    return Attribution(package, plan, *found, len(result.design.scenarios), result)


@dataclass(frozen=True)
class _Statistics:
    """From values by pair to means with intervals, for one indicator."""

    package: Package
    plan: Plan
    name: str
    shape: tuple[int, ...]
    ended: Any

    def over_pairs(self, values: Array) -> Paired:
        """Return the statistics of a comparison for values that are already differences."""
        cube = values.reshape(self.shape)
        return paired(np.where(np.isfinite(cube), 0.0, np.nan), cube, LEVEL, self.ended)

    def whole(self, worth: Mapping[int, Array], added: Array) -> Whole:
        """Return the effect of the package in the pairs that could be split."""
        known = np.isfinite(added).all(axis=0)
        before, after = (np.where(known, worth[on], np.nan) for on in (0, self.plan.full))
        numbers = paired(before.reshape(self.shape), after.reshape(self.shape), LEVEL, self.ended)
        gaps = [abs(math.fsum([*added[:, k], before[k], -after[k]])) for k in np.flatnonzero(known)]
        effect = self._difference(WHOLE, numbers, numbers.baseline)
        return Whole(effect, max(gaps, default=math.nan), self._reason(numbers))

    def shares(self, whole: Whole, worth: Mapping[int, Array], added: Array) -> list[Share]:
        """Return what each part adds."""
        known = np.isfinite(added).all(axis=0)
        told, total = whole.effect.paired, whole.effect.paired.difference
        clear = (told.low > 0 or told.high < 0) if math.isfinite(told.low) else told.n > 0 and total != 0
        errors = order_errors(self.plan, worth)
        found = []
        for i, part in enumerate(self.package.parts):
            apart = np.where(known, worth[1 << i] - worth[0], np.nan)
            missed = np.where(known, worth[self.plan.full] - worth[self.plan.full ^ 1 << i], np.nan)
            numbers = self.over_pairs(added[i])
            # Levels, so that a part reads as any difference: baseline, and baseline with the part.
            levels = replace(numbers, baseline=told.baseline, policy=told.baseline + numbers.difference)
            effect = self._difference(part.key, levels, told.baseline)
            share = numbers.difference / total if clear else math.nan
            alone, last, synergy = (self.over_pairs(one) for one in (apart, missed, added[i] - apart))
            found.append(Share(part.key, effect, alone, last, synergy, share, float(errors[i])))
        return found

    def _difference(self, part: str, numbers: Paired, baseline: float) -> Difference:
        delta = float(indicator(self.name).delta.at(baseline))
        return Difference(part, self.name, ALL, delta, numbers)

    def _reason(self, numbers: Paired) -> Text | None:
        if not numbers.missing and numbers.n:
            return None
        total = numbers.n + numbers.missing
        return t(
            f"{total} 对运行中只有 {numbers.n} 对在全部组合下都有值",
            f"only {numbers.n} of {total} pairs of runs have a value in every coalition",
        )
