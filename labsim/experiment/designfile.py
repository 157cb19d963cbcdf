"""Design files: what a sweep varies, written in TOML.

Takes: the path of a file. Gives: a :class:`~labsim.experiment.designs.Sweep`, or one error with every
problem of the file, each with its line, what is allowed and the nearest right name.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from labsim.experiment.designs import (
    INSTRUMENTS,
    SAMPLED,
    SECTIONS,
    Factor,
    Level,
    Method,
    Sweep,
    factor_problems,
    number_problems,
)
from labsim.foundations.declared import Kind, Quantity, Text
from labsim.foundations.errors import InputError, Problem, raise_if, unknown_name
from labsim.foundations.i18n import t
from labsim.results.indicators import select
from labsim.scenario import entries
from labsim.scenario.checks import labels
from labsim.scenario.city import City
from labsim.scenario.city_files import load_city
from labsim.scenario.entries import wrong
from labsim.scenario.files import load
from labsim.scenario.instruments import instrument_names, instruments
from labsim.scenario.scenario import Scenario
from labsim.scenario.tomlsource import Source, parse, place_of, read_text

Varied = TypeVar("Varied", Scenario, City)
_NUMBERS = ("samples", "worlds", "replications", "seed")
_TOP = ("base", "city", "method", *_NUMBERS, "indicators", *SECTIONS, INSTRUMENTS)
_TOP_LABELS = [
    ("基准", "base"), ("情景", "base"), ("scenario", "base"), ("城市", "city"), ("方法", "method"),
    ("抽样数", "samples"), ("世界状态数", "worlds"), ("重复次数", "replications"), ("种子", "seed"),
    ("指标", "indicators"),
    ("杠杆", "levers"), ("世界", "world"), ("社区", "population"), ("community", "population"), ("工具", INSTRUMENTS),
]  # fmt: skip
_METHOD_LABELS = [
    ("全因子", Method.FACTORIAL), ("full factorial", Method.FACTORIAL), ("拉丁超立方", Method.LATIN_HYPERCUBE),
    ("lhs", Method.LATIN_HYPERCUBE), ("索博尔", Method.SOBOL), ("单因子", Method.ONE_AT_A_TIME),
    ("oat", Method.ONE_AT_A_TIME),
]  # fmt: skip
_RANGE = ("low", "high", "steps")
_FEWEST_STEPS, _MOST_STEPS = 2, 1000
_DEFAULT_SAMPLES = 64


def load_design(path: str | Path) -> Sweep:
    """Return the sweep of a file.

    Raises:
        InputError: the file is missing or wrong; all problems at once.
    """
    shown = str(path)
    source = parse(read_text(Path(path), shown), shown, _known_names())
    reader = DesignReader(source, shown, Path(path).parent)
    sweep = reader.sweep()
    raise_if(sorted(reader.problems, key=lambda one: (one.where.file or "", one.where.line or 0)))
    assert sweep is not None
    return sweep


class DesignReader:
    """Turns the data of a file into a sweep and collects what is wrong on the way."""

    def __init__(self, source: Source, shown: str, folder: Path) -> None:
        """Take a source, how its file is called in messages, and the folder that paths in it start from."""
        self.data, self.places, self.shown, self.folder = source.data, source.places, shown, folder
        self.problems = list(source.problems)

    def add(self, problem: Problem) -> None:
        """Collect a problem, completed with where its key stands."""
        where = place_of(problem.where.key, self.places, self.shown)
        self.problems.append(Problem(where, problem.what, problem.allowed, problem.suggestion))

    def sweep(self) -> Sweep | None:
        """Return the sweep of what could be read, or None when that is not one."""
        for key in self.data:
            if key not in _TOP:
                self.add(unknown_name(key, key, _TOP, t("项", "entry"), _TOP_LABELS))
        (base, city), method = self._varied(), self._method()
        numbers = {name: self._whole(name) for name in _NUMBERS if name in self.data}
        given = {name: value for name, value in numbers.items() if value is not None}
        if method in SAMPLED:
            given.setdefault("samples", _DEFAULT_SAMPLES)
        factors = [factor for section in SECTIONS for factor in self._section(section, method)]
        factors += self._packages()
        names = self._names("indicators", self.data.get("indicators", []))
        if base is None or method is None or names is None or self.problems:
            self._rest(factors, given, names)
            return None
        try:
            return Sweep(base, tuple(factors), method, indicators=names or None, city=city, **given)
        except InputError as error:
            for problem in error.problems:
                self.add(problem)
            return None

    def _rest(self, factors: Sequence[Factor], numbers: Mapping[str, int], names: tuple[str, ...] | None) -> None:
        """Collect what else is wrong where there can be no sweep, so that everything is told at once."""
        found = [problem for factor in factors if factor.levels for problem in factor_problems(factor)]
        try:
            select(names or None)
        except InputError as error:
            found += error.problems
        for problem in found + number_problems(**numbers):
            self.add(problem)

    def _varied(self) -> tuple[Scenario | None, City | None]:
        """Return the scenario that varies, and the city whose communities start from it."""
        if "city" not in self.data:
            return self._loaded("base", load, t("情景的名称或文件", "name or file of a scenario")), None
        if "base" in self.data:
            what = t("base 与 city 只能有一个", "there can be base or city, not both")
            self.add(Problem.at("base", what, t("城市文件自带情景", "the file of a city has its own scenario")))
        city = self._loaded("city", load_city, t("城市的名称或文件", "name or file of a city"))
        return (None, None) if city is None else (city.scenario, city)

    def _loaded(self, key: str, read: Callable[[str | Path], Varied], allowed: Text) -> Varied | None:
        """Return what a file says that is named beside a key; a path starts from the folder of the design."""
        name = self.data.get(key, "baseline")
        if not isinstance(name, str):
            self.add(wrong(key, name, allowed))
            return None
        beside = self.folder / name
        try:
            return read(beside if beside.is_file() else name)
        except InputError as error:
            for one in error.problems:
                own = one.where.file != name or one.where.line is not None
                self.problems.append(one) if own else self.add(Problem.at(key, one.what, one.allowed, one.suggestion))
            return None

    def _method(self) -> Method | None:
        given = self.data.get("method", Method.FACTORIAL.value)
        if given in [one.value for one in Method]:
            return Method(given)
        known = [one.value for one in Method]
        self.add(unknown_name("method", str(given), known, t("设计方法", "method"), _METHOD_LABELS))
        return None

    def _whole(self, name: str) -> int | None:
        value = self.data[name]
        if isinstance(value, bool) or not isinstance(value, int):
            self.add(wrong(name, value, t("整数", "a whole number")))
            return None
        return value

    def _names(self, key: str, value: Any) -> tuple[str, ...] | None:
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            return tuple(value)
        self.add(wrong(key, value, t('["名称", …]', '["name", …]')))
        return None

    def _section(self, section: str, method: Method | None) -> list[Factor]:
        given = self.data.get(section, {})
        if not isinstance(given, dict):
            self.add(wrong(section, given, t(f"[{section}] 一节", f"a section [{section}]")))
            return []
        catalogue, what = SECTIONS[section]
        found = []
        for name, value in given.items():
            key = f"{section}.{name}"
            if name not in catalogue:
                self.add(unknown_name(key, name, catalogue, what, labels(catalogue)))
            elif isinstance(value, dict):
                found += self._range(key, value, Factor(section, name, ()), method)
            else:
                values = value if isinstance(value, list) else [value]
                numbers = [self._number(f"{key}[{i}]" if value is values else key, one, catalogue[name])
                           for i, one in enumerate(values)]  # fmt: skip
                found.append(Factor(section, name, tuple(one for one in numbers if one is not None)))
        return found

    def _number(self, key: str, value: Any, quantity: Quantity) -> float | None:
        number = entries.number(value, quantity)
        if number is None:
            self.add(entries.unconvertible(key, value, quantity))
        return number

    def _range(self, key: str, value: Mapping[str, Any], factor: Factor, method: Method | None) -> list[Factor]:
        """Return the factor of a range, in a list, or an empty one."""
        quantity = SECTIONS[factor.section][0][factor.name]
        for name in value:
            if name not in _RANGE:
                self.add(unknown_name(f"{key}.{name}", name, _RANGE, t("项", "entry")))
        for name in ("low", "high"):
            if name not in value:
                form = t("{ low = …, high = … }", "{ low = …, high = … }")
                self.add(Problem.at(key, t(f"缺少 {name}", f"{name} is missing"), form))
        ends = [self._number(f"{key}.{name}", value[name], quantity) for name in ("low", "high") if name in value]
        low, high = [*(end for end in ends if end is not None), None, None][:2]
        if low is None or high is None:
            return []
        if method in SAMPLED:
            return [Factor(factor.section, factor.name, (low, high), spans=True)]
        steps = value.get("steps", _FEWEST_STEPS)
        if isinstance(steps, bool) or not isinstance(steps, int) or not _FEWEST_STEPS <= steps <= _MOST_STEPS:
            allowed = t(
                f"{_FEWEST_STEPS} 至 {_MOST_STEPS} 的整数", f"a whole number from {_FEWEST_STEPS} to {_MOST_STEPS}"
            )
            self.add(wrong(f"{key}.steps", steps, allowed))
            return []
        even = np.linspace(low, high, steps)
        if quantity.kind is not Kind.NUMBER:
            even = np.unique(np.round(even))
        levels: tuple[Level, ...] = tuple(float(one) for one in even)
        return [Factor(factor.section, factor.name, levels)]

    def _packages(self) -> list[Factor]:
        """Return the factor of packages of instruments, in a list; empty when there is none."""
        given = self.data.get(INSTRUMENTS)
        if given is None:
            return []
        if not isinstance(given, list):
            self.add(wrong(INSTRUMENTS, given, t('[[], ["工具"], …]', '[[], ["instrument"], …]')))
            return []
        called = dict(instrument_names())
        levels: list[Level] = []
        for i, one in enumerate(given):
            names = self._names(f"{INSTRUMENTS}[{i}]", [one] if isinstance(one, str) else one)
            levels.append(tuple(name if name in instruments() else called.get(name, name) for name in names or ()))
        return [Factor(INSTRUMENTS, INSTRUMENTS, tuple(levels))]


def _known_names() -> dict[str, str]:
    """Return label or name -> right name, for everything that may stand in a design file."""
    names = {name: name for catalogue, _ in SECTIONS.values() for name in catalogue}
    return {**dict(_TOP_LABELS), **names, **{name: name for name in (*_TOP, *_RANGE)}}
