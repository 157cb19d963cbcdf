"""What a sensitivity analysis turns: levers, world parameters and community values, each with its range.

Takes: what a user wrote, ``world``, ``levers``, ``NAME`` or ``NAME=LOW:HIGH``. Gives: factors, or one error with every
problem; and :class:`Placed`, the scenario with all of them at given levels.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from labsim.experiment.designs import SECTIONS, Factor, factor_problems
from labsim.experiment.worlds import SPREAD, SUM_TO_ONE, UNCERTAIN, World, balanced
from labsim.foundations.errors import Problem, Where, raise_if, unknown_name
from labsim.foundations.i18n import t
from labsim.scenario.checks import labels, module_off, module_problem
from labsim.scenario.levers import LEVERS
from labsim.scenario.scenario import Scenario, changes_of, community_values, world_values
from labsim.scenario.units import parse
from labsim.scenario.world import WORLD

ALL_WORLD, ALL_LEVERS = "world", "levers"
KEY = "--over"
FORM = t("world、levers、名称 或 名称=下限:上限", "world, levers, NAME or NAME=LOW:HIGH")
_BUDGET = ("care_share", "culture_share")
"""Shares of one budget: they sum to 1 at most."""
_JUST_BELOW_ONE = 1.0 - 2.0**-53


@dataclass(frozen=True)
class Placed(World):
    """A state of the world in which some quantities have given values, whatever a scenario says of them.

    Attributes:
        levels: section, name and value of each.
    """

    levels: tuple[tuple[str, str, float], ...] = ()

    def applied(self, scenario: Scenario) -> Scenario:
        """Return the scenario with these values; weights of the score sum to 1 and shares of a budget to no more."""
        values: dict[str, dict[str, float]] = {section: {} for section in SECTIONS}
        for section, name, value in self.levels:
            values[section][name] = value
        levers, world, community = (values[section] for section in SECTIONS)
        if set(SUM_TO_ONE) & set(world):
            centre = world_values(scenario)
            world = balanced({name: centre[name] for name in SUM_TO_ONE} | world, centre)
        if set(_BUDGET) & set(levers):
            shares = {name: {**LEVERS.defaults(), **scenario.levers, **levers}[name] for name in _BUDGET}
            most = max(sum(shares.values()), 1.0)
            levers |= {name: share / most for name, share in shares.items()}
        moved = scenario
        if levers or community:
            moved = scenario.changed(
                levers={**scenario.levers, **levers}, community={**scenario.community, **community}
            )
        return moved.with_world(**world)


def level(factor: Factor, share: float) -> float:
    """Return the level of a range at a share of the way, both ends included."""
    found = factor.at(min(share, _JUST_BELOW_ONE))
    assert isinstance(found, float)
    return found


def factors_of(written: Sequence[str], scenarios: Sequence[Scenario]) -> tuple[Factor, ...]:
    """Return what is turned.

    Args:
        written: as a user writes it; what is named by itself goes before what ``world`` or ``levers`` say of it.
        scenarios: whose values ranges lie around; all of them are turned alike.

    Raises:
        InputError: every name that does not exist, range that is not allowed and lever that could do nothing.
    """
    problems: list[Problem] = []
    whole: list[Factor] = []
    own: list[Factor] = []
    for one in written:
        name, equals, ends = (part.strip() for part in one.partition("="))
        if not equals and name == ALL_WORLD:
            whole += [_around(each, scenarios[0]) for each in UNCERTAIN if each not in scenarios[0].world]
            continue
        if not equals and name == ALL_LEVERS:
            whole += [each for each in map(_declared, LEVERS) if not any(_fruitless(each, scenarios))]
            continue
        # Tables name a factor with its section.
        stem, _, bare = name.partition(".")
        name = bare if bare and stem in SECTIONS else name
        section = next((key for key, (catalogue, _) in SECTIONS.items() if name in catalogue), None)
        if section is None:
            problems.append(_unknown(name))
            continue
        factor = _ranged(section, name, ends) if equals else _usual(section, name, scenarios[0])
        if isinstance(factor, Problem):
            problems.append(factor)
            continue
        wrong = factor_problems(factor) or list(_fruitless(factor, scenarios))
        problems += [replace(each, where=Where(key=f"{KEY} {name}")) for each in wrong]
        if any(each.name == name for each in own):
            problems.append(Problem.at(f"{KEY} {name}", t("出现多次", "it is there more than once")))
        own.append(factor)
    named = {factor.column for factor in own}
    found = {factor.column: factor for factor in whole if factor.column not in named}
    if not problems and not found and not own:
        problems.append(Problem.at(KEY, t("没有要变化的内容", "nothing varies"), FORM))
    raise_if(problems)
    return (*found.values(), *own)


def _unknown(name: str) -> Problem:
    catalogues = [catalogue for catalogue, _ in SECTIONS.values()]
    names = [each for catalogue in catalogues for each in catalogue]
    kind = t("杠杆、世界参数或社区属性", "lever, world parameter or community value")
    spoken = [pair for catalogue in catalogues for pair in labels(catalogue)]
    return unknown_name(KEY, name, [ALL_WORLD, ALL_LEVERS, *names], kind, spoken)


def _ranged(section: str, name: str, ends: str) -> Factor | Problem:
    """Return the factor of a written range; units are read as in scenario files."""
    unit = SECTIONS[section][0][name].unit
    values = [parse(end, unit) for end in ends.split(":")]
    numbers = [value for value in values if value is not None]
    if len(values) != 2 or len(numbers) != 2:
        what = t(f"看不懂“{ends}”", f"'{ends}' cannot be read")
        return Problem.at(f"{KEY} {name}", what, t("名称=下限:上限", "NAME=LOW:HIGH"))
    return Factor(section, name, tuple(numbers), spans=True)


def _usual(section: str, name: str, base: Scenario) -> Factor | Problem:
    """Return the factor of a name alone: around a world parameter's value, or over a lever's declared range."""
    if section == "levers":
        return _declared(name)
    if section == "world" and world_values(base)[name] != 0.0:
        return _around(name, base)
    what = t("没有通常的范围", "it has no usual range")
    return Problem.at(f"{KEY} {name}", what, t("名称=下限:上限", "NAME=LOW:HIGH"))


def _declared(name: str) -> Factor:
    return Factor("levers", name, (LEVERS[name].low, LEVERS[name].high), spans=True)


def _around(name: str, base: Scenario) -> Factor:
    """Return a world parameter within the spread of its value, inside its declared range."""
    centre, quantity = world_values(base)[name], WORLD[name]
    ends = sorted((centre * (1.0 - SPREAD), centre * (1.0 + SPREAD)))
    return Factor("world", name, (max(ends[0], quantity.low), min(ends[1], quantity.high)), spans=True)


def _fruitless(factor: Factor, scenarios: Sequence[Scenario]) -> Iterator[Problem]:
    """Yield why a lever could do nothing: its module is off, or an instrument or phase moves it."""
    if factor.section != "levers":
        return
    for one in scenarios:
        if module := module_off(factor.name, community_values(one)):
            label = LEVERS[factor.name].label
            named = t(f"“{label.zh}”（{factor.name}）", f"{label.en} ({factor.name})")
            yield module_problem(factor.column, named, (module,))
            return
        if factor.name in {change.lever for change in changes_of(one)}:
            yield Problem.at(
                factor.column,
                t(f"情景“{one.name}”的工具或阶段已在调它", f"an instrument or phase of '{one.name}' moves it"),
                t("它没有调的杠杆", "a lever that it does not move"),
            )
            return
