"""The runs that a set of targets needs, each once.

Takes: targets, seeds and world values. Gives: for every target and seed the number measured after and
before, and from them the statistic with its interval. Scenarios that several targets name are run once,
all on the same seeds, and populations are made once: an evaluation in another state of the world costs
the runs only, and is deterministic.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from labsim.analysis.setting import Setting
from labsim.analysis.shelved import BatteryShelf
from labsim.analysis.targets import Measure, Statistic, Target
from labsim.model.columns import make_setup
from labsim.model.simulate import start_setup
from labsim.population.residents import Population
from labsim.population.synthesis import synthesise
from labsim.results.declaration import Counts
from labsim.results.indicators import measure
from labsim.results.store import RunStore
from labsim.scenario.community import COMMUNITY
from labsim.scenario.scenario import Scenario, community_values, inject_table, lever_table
from labsim.scenario.values import Values

Array = NDArray[np.float64]
Progress = Callable[[int, int], None]
CONFIDENCE = 0.95


class Estimate(NamedTuple):
    """A statistic over seeds: its value, a 95 % interval of luck, and in how many runs it could be measured."""

    value: float
    low: float
    high: float
    n: int
    runs: int


class Pair(NamedTuple):
    """What was measured for one target: ``after`` and ``before`` by seed, shape [n]; before is empty for a level."""

    after: Array
    before: Array


def _people(scenario: Scenario) -> Values:
    """Return the community values that the residents depend on."""
    switches = {name: 0.0 for name in COMMUNITY if name.startswith("module_")}
    return Values({**community_values(scenario), **switches})


@dataclass(frozen=True)
class Battery:
    """Scenarios, seeds and populations, ready to be run in any state of the world.

    Attributes:
        targets: what the runs are for.
        scenarios: one per setting.
        wanted: what is measured in each.
        seeds: replications, the same for all scenarios.
        populations: one per community and seed; switches of modules make no other people.
    """

    targets: tuple[Target, ...]
    scenarios: Mapping[Setting, Scenario]
    wanted: Mapping[Setting, tuple[Measure, ...]]
    seeds: tuple[int, ...]
    populations: Mapping[tuple[Values, int], Population] = field(repr=False)

    @classmethod
    def of(cls, targets: Sequence[Target], base: Scenario, seeds: Sequence[int]) -> "Battery":
        """Prepare the runs of these targets over a base scenario."""
        wanted: dict[Setting, dict[Measure, None]] = {}
        for target in targets:
            for setting, one in target.measures():
                wanted.setdefault(setting, {})[one] = None
        scenarios = {setting: setting.over(base) for setting in wanted}
        peoples = {_people(scenario): None for scenario in scenarios.values()}
        return cls(
            targets=tuple(targets),
            scenarios=scenarios,
            wanted={setting: tuple(measures) for setting, measures in wanted.items()},
            seeds=tuple(seeds),
            populations={(one, seed): synthesise(one, seed) for one in peoples for seed in dict.fromkeys(seeds)},
        )

    @property
    def runs(self) -> int:
        """Return how many runs an evaluation takes."""
        return len(self.scenarios) * len(self.seeds)

    def shelf(self, store: RunStore, world: Mapping[str, float]) -> BatteryShelf:
        """Return where the runs of a state of the world are kept and found."""
        moved = {setting: one.with_world(**world) for setting, one in self.scenarios.items()}
        return BatteryShelf(store, moved, self.wanted, self.seeds)

    def evaluate(
        self,
        world: Mapping[str, float],
        threads: int = 2,
        progress: Progress | None = None,
        shelf: BatteryShelf | None = None,
    ) -> list[Pair]:
        """Run everything in one state of the world.

        Args:
            world: every world parameter.
            threads: runs at the same time; the result does not depend on it.
            progress: called with runs done and runs in all.
            shelf: where runs are kept and found, of :meth:`shelf` in the same state of the world; none for a
                search, which never comes to the same world twice.

        Returns:
            What was measured, by target.
        """
        tables = {setting: (lever_table(one), inject_table(one)) for setting, one in self.scenarios.items()}
        jobs = [(setting, seed) for seed in self.seeds for setting in self.scenarios]
        values: dict[tuple[Setting, int], dict[Measure, float]] = {}

        def run(job: tuple[Setting, int]) -> dict[Measure, float]:
            setting, seed = job
            known = None if shelf is None else shelf.found(setting, seed)
            if known is not None:
                return known
            levers, injects = tables[setting]
            scenario = self.scenarios[setting]
            people = self.populations[_people(scenario), seed]
            setup = make_setup(people, dict(world), levers, injects, seed, scenario.burn_in)
            switches = community_values(scenario)
            trajectory = start_setup(setup, people.departments, switches=switches).advance().trajectory()
            counts = Counts.of(people)
            if shelf is not None:
                shelf.keep(setting, seed, trajectory, counts)
            return {one: measure(trajectory, one.indicator, one.window, one.group, counts=counts)
                    for one in self.wanted[setting]}  # fmt: skip

        with ThreadPoolExecutor(max(1, threads)) as pool:
            for done, (job, found) in enumerate(zip(jobs, pool.map(run, jobs), strict=True), start=1):
                values[job] = found
                if progress is not None:
                    progress(done, len(jobs))
                if shelf is not None:
                    shelf.flush(now=done == len(jobs))
        return [self._pair(target, values) for target in self.targets]

    def _pair(self, target: Target, values: Mapping[tuple[Setting, int], Mapping[Measure, float]]) -> Pair:
        sides = [
            np.array([values[setting, seed][one] for seed in self.seeds], dtype=np.float64)
            for setting, one in target.measures()
        ]
        return Pair(sides[0], sides[1] if len(sides) > 1 else np.empty(0))


def _statistic(statistic: Statistic, after: Array, before: Array) -> Array:
    """Return a statistic of means; a ratio of means, because a ratio of one run can be by nothing."""
    if statistic is Statistic.LEVEL:
        return after
    if statistic is Statistic.DIFFERENCE:
        return after - before
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(before != 0.0, after / before, np.nan)
    return ratio if statistic is Statistic.RATIO else ratio - 1.0


def estimate(statistic: Statistic, pair: Pair) -> Estimate:
    """Return the statistic of what was measured on several seeds.

    The interval is of luck alone, by the jackknife over seeds, which keeps runs of one seed together;
    the world is held fixed. Runs in which something cannot be measured are left out and counted.
    """
    runs = len(pair.after)
    usable = np.isfinite(pair.after)
    if statistic.compares:
        usable &= np.isfinite(pair.before)
    after = pair.after[usable]
    before = pair.before[usable] if statistic.compares else np.zeros_like(after)
    n = len(after)
    if n == 0:
        return Estimate(np.nan, np.nan, np.nan, 0, runs)
    value = float(_statistic(statistic, after.mean(keepdims=True), before.mean(keepdims=True))[0])
    if n == 1 or not np.isfinite(value):
        return Estimate(value, np.nan, np.nan, n, runs)
    left_out = _statistic(statistic, (after.sum() - after) / (n - 1), (before.sum() - before) / (n - 1))
    error = math.sqrt((n - 1) / n * float(np.sum((left_out - left_out.mean()) ** 2)))
    margin = float(stdtrit(n - 1, 0.5 + CONFIDENCE / 2)) * error
    return Estimate(value, value - margin, value + margin, n, runs)


def spread(statistic: Statistic, pair: Pair) -> tuple[float, float]:
    """Return what nine in ten single communities would see: the 5 and 95 % points of single runs.

    A single community is observed once under a policy and once without it, and luck is not the same both
    times: an effect is taken over every two different seeds, not over runs that share their luck.
    """
    after = pair.after[:, None] if statistic.compares else pair.after
    with np.errstate(invalid="ignore"):
        seen = _statistic(statistic, after, pair.before[None, :]) if statistic.compares else after
    if statistic.compares:
        seen = seen[~np.eye(len(seen), dtype=bool)]
    seen = seen[np.isfinite(seen)]
    if seen.size < 2:
        return np.nan, np.nan
    low, high = np.quantile(seen, [0.05, 0.95])
    return float(low), float(high)


def distance(target: Target, value: float) -> float:
    """Return how far a value is outside the band, in widths of the band; 0 inside, NaN when not measurable."""
    if not np.isfinite(value):
        return float("nan")
    return max(target.low - value, value - target.high, 0.0) / (target.high - target.low)
