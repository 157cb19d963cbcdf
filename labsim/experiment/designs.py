"""What varies in a sweep, and how its points are chosen.

Takes: a base scenario, factors, a method. Gives: a :class:`Sweep`: its points, each a scenario, and the
:class:`~labsim.experiment.design.Design` that runs every point in the same worlds on the same luck.

More worlds, replications or points of a Sobol sequence leave those there were as they are, so a sweep can
grow and a store answers what was run before. A Latin hypercube is another one for every number of samples.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import product

import numpy as np
from numpy.typing import NDArray

from labsim.experiment.design import Design
from labsim.experiment.worlds import worlds
from labsim.foundations.declared import Catalogue, Kind, Text
from labsim.foundations.errors import InputError, Problem, raise_if, unknown_name
from labsim.foundations.i18n import t
from labsim.foundations.randomness import Decision, uniform
from labsim.model.city_member import community_scenarios
from labsim.results.indicators import select
from labsim.scenario.checks import COMMUNITY_VALUE, LEVER, WORLD_PARAMETER, labels
from labsim.scenario.city import City
from labsim.scenario.community import COMMUNITY
from labsim.scenario.instruments import INSTRUMENT, instrument_names, instruments
from labsim.scenario.levers import LEVERS
from labsim.scenario.phases import AppliedInstrument
from labsim.scenario.scenario import Scenario
from labsim.scenario.world import WORLD

INSTRUMENTS = "instruments"
SECTIONS: Mapping[str, tuple[Catalogue, Text]] = {
    "levers": (LEVERS, LEVER), "world": (WORLD, WORLD_PARAMETER), "population": (COMMUNITY, COMMUNITY_VALUE),
}  # fmt: skip
MOST_POINTS = 200_000
MOST_RUNS = 5_000_000
"""*Assumption*: what a machine can still remember; each run takes one or two kilobytes while a sweep lasts."""
_MOST_REPLICATIONS = 1_000_000
_MOST_TOLD = 20
_SOBOL_BITS = 30
_ADDRESS = -10 * _MOST_REPLICATIONS
_NAME = 60


class Method(StrEnum):
    """How points are chosen."""

    FACTORIAL = "factorial"
    LATIN_HYPERCUBE = "latin_hypercube"
    SOBOL = "sobol"
    ONE_AT_A_TIME = "one_at_a_time"


SAMPLED = (Method.LATIN_HYPERCUBE, Method.SOBOL)
Level = float | tuple[str, ...]
"""A value, or the names of instruments that are in force together."""


@dataclass(frozen=True)
class Factor:
    """One thing that varies.

    Attributes:
        section: ``levers``, ``world``, ``population`` or ``instruments``.
        name: of the quantity; ``instruments`` for packages of them.
        levels: values to take; of a range its two ends or ``steps`` even ones.
        spans: whether ``levels`` are the ends of a range that samples fill.
    """

    section: str
    name: str
    levels: tuple[Level, ...]
    spans: bool = False

    @property
    def column(self) -> str:
        """Return how its column in a table is called."""
        return self.name if self.section == INSTRUMENTS else f"{self.section}.{self.name}"

    def at(self, share: float) -> Level:
        """Return the level at a share of the way, 0 <= share < 1: each level, or each value, as often as any other."""
        if not self.spans:
            return self.levels[int(share * len(self.levels))]
        low, high = (float(level) for level in self.levels if not isinstance(level, tuple))
        if SECTIONS[self.section][0][self.name].kind is Kind.NUMBER:
            return low + share * (high - low)
        return low + math.floor(share * (high - low + 1.0))


@dataclass(frozen=True)
class Point:
    """One point in one community.

    Attributes:
        number: of the point.
        levels: of each factor.
        scenario: that it means.
        community: number of the community in its city, from 1; 0 without a city.
    """

    number: int
    levels: tuple[Level, ...]
    scenario: Scenario
    community: int = 0


@dataclass(frozen=True)
class Sweep:
    """Many scenarios at once.

    Attributes:
        base: the scenario that varies; of a city, what its communities start from.
        factors: what varies.
        method: how points are chosen.
        samples: points of a Latin hypercube or Sobol sequence; a power of 2 keeps a Sobol sequence balanced.
        worlds: draws of the world; 1 is the central one.
        replications: in each world, for each point.
        seed: from which points, worlds and luck follow.
        indicators: names; all when None.
        city: every point is run in each of its communities, by itself: communities differ as in the city (Y7) and
            have the same luck, and what they share or copy from one another does not act (``simulate_city``).

    Raises:
        InputError: all that is wrong with it, each with the factor and the nearest right name.
    """

    base: Scenario
    factors: tuple[Factor, ...]
    method: Method = Method.FACTORIAL
    samples: int = 0
    worlds: int = 1
    replications: int = 1
    seed: int = 0
    indicators: tuple[str, ...] | None = None
    city: City | None = None

    def __post_init__(self) -> None:
        """Check all of it, the scenario of every point included."""
        raise_if(_problems(self))
        select(self.indicators)
        if not self.points:
            raise AssertionError("a design has points")

    @cached_property
    def points(self) -> tuple[Point, ...]:
        """Return the points in their order, of a city each point in every community.

        Raises:
            InputError: a point is no scenario; the same problem of many points is told once.
        """
        made: list[Point] = []
        found: dict[tuple[str | None, str], Problem] = {}
        places = self.communities
        for (i, levels), community in product(enumerate(_chosen(self)), places):
            try:
                name = f"{i:06d}" + (f"-{community}" if community else "")
                made.append(Point(i, levels, _moved(places[community], self.factors, levels, name), community))
            except InputError as error:
                for one in error.problems:
                    found.setdefault((one.where.key, one.what.en), one)
            if len(found) > _MOST_TOLD:
                break
        raise_if(list(found.values())[:_MOST_TOLD])
        return tuple(made)

    @cached_property
    def communities(self) -> dict[int, Scenario]:
        """Return what varies, by the number of the community; without a city the base alone, under 0."""
        if self.city is None:
            return {0: self.base}
        return dict(enumerate(community_scenarios(self.city, self.seed), 1))

    @property
    def requested(self) -> int:
        """Return how many runs there are."""
        return len(self.points) * self.worlds * self.replications

    def design(self) -> Design:
        """Return the paired design: every point in the same worlds, on the same seeds."""
        scenarios = tuple(point.scenario for point in self.points)
        return Design(scenarios, worlds(self.worlds, self.seed), self.replications, self.seed)


def _moved(base: Scenario, factors: tuple[Factor, ...], levels: tuple[Level, ...], number: str) -> Scenario:
    """Return the scenario of a point, checked."""
    values: dict[str, dict[str, float]] = {section: {} for section in SECTIONS}
    added: tuple[str, ...] = ()
    for factor, level in zip(factors, levels, strict=True):
        if isinstance(level, tuple):
            added += level
        else:
            values[factor.section][factor.name] = level
    return base.changed(
        name=f"{base.name[:_NAME]}-{number}",
        label=Text(zh=f"点 {number}", en=f"point {number}"),
        levers={**base.levers, **values["levers"]},
        world={**base.world, **values["world"]},
        community={**base.community, **values["population"]},
        instruments=base.instruments + tuple(AppliedInstrument(name=one) for one in added),
    )


def _chosen(sweep: Sweep) -> list[tuple[Level, ...]]:
    if sweep.method is Method.FACTORIAL:
        return list(product(*(factor.levels for factor in sweep.factors)))
    if sweep.method is Method.ONE_AT_A_TIME:
        return _one_at_a_time(sweep)
    shares = _sobol(sweep) if sweep.method is Method.SOBOL else _latin_hypercube(sweep)
    return [tuple(factor.at(float(share)) for factor, share in zip(sweep.factors, row, strict=True)) for row in shares]


def _sobol(sweep: Sweep) -> NDArray[np.float64]:
    """Return points of a Sobol sequence in [0, 1), [samples, factors], with a digital shift of the seed's.

    The shift flips the same binary digits of all points, which keeps how evenly they fill the space; chance comes
    from the house alone.
    """
    # It takes a second to load, and the other commands need none of it.
    from scipy.stats import qmc

    exponent = math.ceil(math.log2(sweep.samples))
    even = qmc.Sobol(len(sweep.factors), scramble=False).random_base2(exponent)[: sweep.samples]
    shift = [int(_luck(sweep, i, 0) * 2**_SOBOL_BITS) for i in range(len(sweep.factors))]
    cells = (even * 2**_SOBOL_BITS).astype(np.int64) ^ np.array(shift, np.int64)
    return np.asarray((cells + 0.5) / 2**_SOBOL_BITS, np.float64)


def _latin_hypercube(sweep: Sweep) -> NDArray[np.float64]:
    """Return a Latin hypercube in [0, 1), [samples, factors]: in each factor one sample in each slice."""
    many = sweep.samples
    order = [[_luck(sweep, i, k) for k in range(many)] for i in range(len(sweep.factors))]
    within = [[_luck(sweep, i, many + k) for k in range(many)] for i in range(len(sweep.factors))]
    slices = np.argsort(np.argsort(np.array(order), axis=1, kind="stable"), axis=1)
    return np.asarray(((slices + np.array(within)) / many).T)


def _luck(sweep: Sweep, factor: int, number: int) -> float:
    """Return luck of the points, at addresses that neither seeds nor worlds use."""
    return float(uniform(sweep.seed, int(Decision.WORLD), _ADDRESS - factor, number))


def _one_at_a_time(sweep: Sweep) -> list[tuple[Level, ...]]:
    """Return the base, then each level of each factor with all others as in the base."""
    base = tuple(_of_base(sweep.base, factor) for factor in sweep.factors)
    found = [base]
    for i, factor in enumerate(sweep.factors):
        for level in factor.levels:
            if level != base[i]:
                found.append((*base[:i], level, *base[i + 1 :]))
    return found


def _of_base(base: Scenario, factor: Factor) -> Level:
    if factor.section == INSTRUMENTS:
        return ()
    own = {"levers": base.levers, "world": base.world, "population": base.community}[factor.section]
    return float(own.get(factor.name, SECTIONS[factor.section][0][factor.name].default))


def _problems(sweep: Sweep) -> list[Problem]:
    found: list[Problem] = []
    for factor in sweep.factors:
        found += factor_problems(factor)
    if not sweep.factors:
        where = t("[levers]、[world]、[population] 或 instruments", "[levers], [world], [population] or instruments")
        found.append(Problem.at("levers", t("没有要变化的内容", "nothing varies"), where))
    columns = [factor.column for factor in sweep.factors]
    for name in sorted({name for name in columns if columns.count(name) > 1}):
        found.append(Problem.at(name, t(f"{name} 出现多次", f"{name} is there more than once")))
    found += number_problems(sweep.worlds, sweep.replications, sweep.seed)
    if sweep.method in SAMPLED:
        found += number_problems(samples=sweep.samples)
    points = math.prod(len(factor.levels) for factor in sweep.factors)
    if sweep.method is Method.FACTORIAL and points > MOST_POINTS:
        what = t(f"全因子设计有 {points:,} 个点", f"the full factorial has {points:,} points")
        found.append(Problem.at("method", what, t(f"至多 {MOST_POINTS:,}", f"at most {MOST_POINTS:,}"), Method.SOBOL))
    elif not found:
        found += _too_many_runs(sweep, points)
    return found


def _too_many_runs(sweep: Sweep, full: int) -> list[Problem]:
    """Return the problem of more runs than can be remembered; ``full`` is the number of points of a full factorial."""
    points = sweep.samples if sweep.method in SAMPLED else full
    if sweep.method is Method.ONE_AT_A_TIME:
        points = 1 + sum(len(factor.levels) for factor in sweep.factors)
    runs = points * (1 if sweep.city is None else sweep.city.communities) * sweep.worlds * sweep.replications
    if runs <= MOST_RUNS:
        return []
    what = t(f"共 {runs:,} 次运行", f"these are {runs:,} runs")
    allowed = t(
        f"点 × 社区 × 世界状态 × 重复次数至多 {MOST_RUNS:,}",
        f"points × communities × worlds × replications of at most {MOST_RUNS:,}",
    )
    return [Problem.at("replications", what, allowed)]


def number_problems(worlds: int = 1, replications: int = 1, seed: int = 0, samples: int = 1) -> list[Problem]:
    """Return what is wrong with the numbers of a sweep."""
    found = []
    numbers = {"worlds": worlds, "replications": replications, "samples": samples}
    for key, value in numbers.items():
        most = MOST_POINTS if key == "samples" else _MOST_REPLICATIONS
        if not 1 <= value <= most:
            what = t(f"{value} 无效", f"{value} is not possible")
            found.append(Problem.at(key, what, t(f"1 至 {most:,}", f"1 to {most:,}")))
    if not 0 <= seed < 2**63:
        what = t(f"种子 {seed} 无效", f"a seed of {seed} is not possible")
        found.append(Problem.at("seed", what, t("0 到 2^63 - 1", "0 to 2^63 - 1")))
    return found


def factor_problems(factor: Factor) -> list[Problem]:
    """Return what is wrong with a factor by itself."""
    key = factor.column
    if factor.section == INSTRUMENTS:
        return [
            unknown_name(key, name, instruments(), INSTRUMENT, instrument_names())
            for level in factor.levels
            if isinstance(level, tuple)
            for name in level
            if name not in instruments()
        ]
    if factor.section not in SECTIONS:
        return [unknown_name(key, factor.section, [*SECTIONS, INSTRUMENTS], t("节", "section"))]
    catalogue, what = SECTIONS[factor.section]
    if factor.name not in catalogue:
        return [unknown_name(key, factor.name, catalogue, what, labels(catalogue))]
    if not factor.levels:
        return [Problem.at(key, t("没有取值", "there are no values"), t("至少 1 个", "at least 1"))]
    quantity = catalogue[factor.name]
    allowed = t(f"{quantity.low:g} 至 {quantity.high:g}", f"{quantity.low:g} to {quantity.high:g}")
    if quantity.kind is not Kind.NUMBER:
        allowed = t(f"{allowed.zh} 的整数", f"whole numbers from {allowed.en}")
    return [
        Problem.at(key, t(f"{level:g} 超出范围或类型", f"{level:g} is not allowed"), allowed)
        for level in factor.levels
        if not isinstance(level, tuple) and not (math.isfinite(level) and quantity.allows(level))
    ] + (
        [Problem.at(key, t("low 不小于 high", "low is not below high"), t("low < high", "low < high"))]
        if factor.spans and len(factor.levels) == 2 and not factor.levels[0] < factor.levels[1]  # type: ignore[operator]
        else []
    )
