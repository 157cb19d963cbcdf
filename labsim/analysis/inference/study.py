"""A study: which parameters are fitted to which data, in one TOML file.

Takes: the path of a file. Gives: :class:`Study`, or every problem of it and of the data it names, at once.

Example::

    base = "baseline.toml"
    simulations = 6000
    seed = 1

    [data]
    survey = "survey.csv"
    codebook = "codebook.toml"
    cases = "cases.csv"
    cases_columns = "cases.toml"

    [parameters]
    migrant_barrier = {}
    report_bias = { low = -2, high = 1 }
    volunteering = { moves = ["alpha_volunteer_young", "alpha_volunteer_older"], low = -1, high = 1 }

    [direct]                                        # records that speak of a parameter without a simulation
    intake_days = { stage = "intake_last_year.csv" }

    [held_out.later]                                # the year after; never fitted to, only foretold
    survey = "survey_2.csv"
    codebook = "codebook.toml"

    [held_out.elsewhere]                            # another community
    base = "neighbour.toml"
    survey = "neighbour.csv"
    codebook = "codebook.toml"
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labsim.analysis.inference.datafile import FILES, Data, read_data
from labsim.analysis.inference.directfile import read_direct
from labsim.analysis.inference.observed import Observed, observed
from labsim.analysis.inference.priors import Prior, declared, prior_problems
from labsim.analysis.inference.splits import ELSEWHERE, LATER, Split, apart, by_blocks
from labsim.analysis.survey.estimates import estimate
from labsim.foundations.errors import InputError, Problem, raise_if, unknown_name
from labsim.foundations.i18n import t
from labsim.scenario.checks import WORLD_PARAMETER, labels
from labsim.scenario.entries import plain_number, wrong
from labsim.scenario.files import load
from labsim.scenario.scenario import Scenario, community_values
from labsim.scenario.tomlsource import Source, parse, place_of, read_text
from labsim.scenario.world import WORLD

_TOP = ("base", "simulations", "seed", "data", "parameters", "direct", "held_out")
_HELD_OUT = (LATER, ELSEWHERE)
_PARAMETER = ("low", "high", "moves")
_LABELS = [("基准", "base"), ("情景", "base"), ("模拟次数", "simulations"), ("种子", "seed"), ("数据", "data"),
           ("参数", "parameters"), ("问卷", "survey"), ("编码本", "codebook"), ("案件", "cases"),
           ("应用", "app"), ("直接", "direct"), ("留出", "held_out"), ("下一年", LATER),
           ("另一社区", ELSEWHERE)]  # fmt: skip
FEWEST, MOST = 200, 200_000


@dataclass(frozen=True)
class Study:
    """What is fitted to what.

    Attributes:
        base: the community.
        priors: the parameters.
        observed: the figures.
        simulations: how many.
        seed: from which all chance follows.
        data: SHA-256 of every file of data, by name.
        splits: what is held out and foretold.
    """

    base: Scenario
    priors: tuple[Prior, ...]
    observed: Observed
    simulations: int = 6000
    seed: int = 1
    data: Mapping[str, str] | None = None
    splits: tuple[Split, ...] = ()

    @property
    def names(self) -> list[str]:
        """Return the names of the parameters."""
        return [one.name for one in self.priors]

    def fingerprint(self) -> str:
        """Return the SHA-256 of everything that decides a posterior, but the method."""
        document = {
            "base": self.base.fingerprint(), "priors": [one.model_dump() for one in self.priors],
            "figures": [vars(one) for one in self.observed.figures], "values": self.observed.values.tolist(),
            "covariance": self.observed.covariance.tolist(), "simulations": self.simulations, "seed": self.seed,
        }  # fmt: skip
        return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def read_study(path: Path) -> Study:
    """Return the study of a file; paths in it start from its folder.

    Raises:
        InputError: the file or the data it names are missing or wrong; all problems at once.
    """
    shown = str(path)
    names = {name: name for name in (*_TOP, *FILES, *_HELD_OUT, *_PARAMETER, *WORLD)}
    reader = _Reader(parse(read_text(path, shown), shown, {**dict(_LABELS), **names}), shown, path.parent)
    study = reader.study()
    raise_if(reader.problems)
    assert study is not None
    return study


class _Reader:
    """Turns the data of a file into a study and collects what is wrong on the way."""

    def __init__(self, source: Source, shown: str, folder: Path) -> None:
        self.source, self.shown, self.folder = source, shown, folder
        self.problems = list(source.problems)

    def add(self, problem: Problem) -> None:
        where = place_of(problem.where.key, self.source.places, self.shown)
        self.problems.append(Problem(where, problem.what, problem.allowed, problem.suggestion))

    def study(self) -> Study | None:
        given = self.source.data
        for key in given:
            if key not in _TOP:
                self.add(unknown_name(key, key, _TOP, t("项", "entry"), _LABELS))
        base = self._base(given.get("base", "baseline"))
        priors = self._priors(given.get("parameters", {}))
        numbers = {
            "simulations": self._whole("simulations", 6000, FEWEST, MOST),
            "seed": self._whole("seed", 1, 0, 2**31),
        }
        data = self._data(given.get("data", {}), "data")
        if base is not None:
            priors += self._direct(given.get("direct", {}), base, data, {one.name for one in priors})
        others = self._held_out(given.get("held_out", {}), base)
        if base is None or self.problems:
            return None
        residents = community_values(base)["residents"]
        try:
            seen = observed(data.survey, data.logs, residents)
            splits = [] if data.survey is None else [by_blocks(data.survey, data.logs, residents, base)]
            for name, (where, other) in others.items():
                told = observed(other.survey, other.logs, community_values(where)["residents"])
                splits.append(apart(name, where, (data.survey, seen), (other.survey, told)))
        except InputError as error:
            self.problems += error.problems
            return None
        known = tuple(one for one in splits if one is not None)
        return Study(base, priors, seen, numbers["simulations"], numbers["seed"], data.hashes, known)

    def _take(self, error: InputError) -> None:
        """Remember problems of another file as they are, all others with their place in this one."""
        for one in error.problems:
            if one.where.file:
                self.problems.append(one)
            else:
                self.add(one)

    def _data(self, given: Any, section: str) -> Data:
        try:
            return read_data(given, self.folder, section, _LABELS)
        except InputError as error:
            self._take(error)
        return Data(None, {}, {})

    def _held_out(self, given: Any, base: Scenario | None) -> dict[str, tuple[Scenario, Data]]:
        """Return the community and the data of each entry that is to be foretold."""
        found: dict[str, tuple[Scenario, Data]] = {}
        if not isinstance(given, dict):
            self.add(wrong("held_out", given, t("[held_out.later] 等一节", "a section such as [held_out.later]")))
            return {}
        for name, entry in given.items():
            key = f"held_out.{name}"
            if name not in _HELD_OUT:
                self.add(unknown_name(key, name, _HELD_OUT, t("留出的数据", "data to hold out"), _LABELS))
                continue
            if name == LATER and isinstance(entry, dict) and "base" in entry:
                self.add(Problem.at(f"{key}.base", t("下一年是同一个社区", "the year after is of the same community")))
            where = base if name == LATER else self._base((entry if isinstance(entry, dict) else {}).get("base"), key)
            files = {k: v for k, v in entry.items() if k != "base"} if isinstance(entry, dict) else entry
            data = self._data(files, key)
            if where is not None:
                found[name] = (where, data)
        return found

    def _base(self, name: Any, section: str = "") -> Scenario | None:
        key = f"{section}.base" if section else "base"
        if not isinstance(name, str):
            self.add(wrong(key, name or "—", t("情景的名称或文件", "name or file of a scenario")))
            return None
        beside = self.folder / name
        try:
            return load(beside if beside.is_file() else name)
        except InputError as error:
            for one in error.problems:
                self.add(Problem.at(key, one.what, one.allowed, one.suggestion))
            return None

    def _direct(self, given: Any, base: Scenario, data: Data, named: set[str]) -> tuple[Prior, ...]:
        survey = data.survey
        seen = None if survey is None or "efficacy" not in survey.answers else estimate(survey, "efficacy")
        believed = None if seen is None or seen.hidden else seen.value
        try:
            found = read_direct(given, self.folder, base, data.hashes, believed)
        except InputError as error:
            self._take(error)
            return ()
        for prior in found:
            if prior.name in named:
                what = t(f"{prior.name} 已在 [parameters] 中", f"{prior.name} stands in [parameters] already")
                self.add(Problem.at(f"direct.{prior.name}", what, t("只写一处", "name it once")))
        return found

    def _whole(self, name: str, default: int, low: int, high: int) -> int:
        value = self.source.data.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self.add(wrong(name, value, t(f"{low} 至 {high} 的整数", f"a whole number from {low} to {high}")))
            return default
        return value

    def _priors(self, given: Any) -> tuple[Prior, ...]:
        if not isinstance(given, dict) or not given:
            self.add(
                wrong(
                    "parameters",
                    given,
                    t("[parameters] 一节，至少一个参数", "a section [parameters] with at least one"),
                )
            )
            return ()
        found = []
        for name, entry in given.items():
            key = f"parameters.{name}"
            if not isinstance(entry, dict):
                self.add(wrong(key, entry, t("{ low = …, high = … } 或 {}", "{ low = …, high = … } or {}")))
                continue
            for inside in entry:
                if inside not in _PARAMETER:
                    self.add(unknown_name(f"{key}.{inside}", inside, _PARAMETER, t("项", "entry")))
            ends = [plain_number(entry[end]) if end in entry else None for end in ("low", "high")]
            moves = entry.get("moves", [])
            if moves and (None in ends or not isinstance(moves, list)):
                self.add(
                    Problem.at(
                        key, t("共同偏移需要 low、high 与参数列表", "a shift needs low, high and a list of parameters")
                    )
                )
            elif moves:
                found.append(Prior(name=name, low=ends[0] or 0.0, high=ends[1] or 0.0, moves=tuple(map(str, moves))))
            elif name not in WORLD:
                self.add(unknown_name(key, name, WORLD, WORLD_PARAMETER, labels(WORLD)))
            else:
                found.append(declared(name, *ends))
        for problem in prior_problems(found):
            self.add(problem)
        return tuple(found)
