"""Codebooks: how a stranger's file says what labsim asks, written in TOML.

Takes: the path of a codebook. Gives: :class:`Codebook`, or every problem of it at once, each with its line.
Whether a data file fits is for :mod:`labsim.analysis.survey.checking`.

Example::

    [design]
    weight = "WT"
    stratum = "street"
    cluster = "block"          # or, from an office that keeps these to itself:
    # replicates = "rw*"       # columns of replicate weights
    # method = "brr"           # brr (with fay = 0.5, say), jackknife, jk2 or bootstrap

    [imputation]               # optional: refused and unknown answers filled in, combined by Rubin's rules
    sets = 20

    [missing]
    refused = [-3]
    dont_know = [-2]
    not_applicable = [-1]

    [variables.age]
    column = "a2"

    [variables.migrant]
    column = "hukou"
    values = { no = [1], yes = [2] }

    [variables.satisfaction]
    column = "q12"
    scale = [1, 5]
"""

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from labsim.analysis.survey.imputation import Imputation, read_imputation
from labsim.analysis.survey.questions import KINDS_OF_MISSING, QUESTIONS, Kind, Missing, Question
from labsim.analysis.survey.variance import Replication, read_replication
from labsim.foundations.errors import Problem, raise_if, unknown_name
from labsim.foundations.i18n import t
from labsim.scenario.entries import wrong
from labsim.scenario.tomlsource import Source, parse, place_of, read_text

DESIGN = ("weight", "stratum", "cluster", "population", "replicates", "method", "fay")
_TOP = ("title", "design", "missing", "variables", "imputation")
_INSIDE = ("column", "values", "numbers", "scale", "missing")
_LABELS = [("权重", "weight"), ("分层", "stratum"), ("层", "stratum"), ("群", "cluster"), ("psu", "cluster"),
           ("总体", "population"), ("列", "column"), ("取值", "values"), ("量表", "scale"), ("数字", "numbers"),
           ("插补", "imputation"), ("重复权重", "replicates"),
           ("缺失", "missing"), ("变量", "variables"), ("设计", "design"), ("拒答", "refused"), ("不知道", "dont_know"),
           ("不适用", "not_applicable"), ("跳答", "skipped")]  # fmt: skip
Code = float | str
_KIND = {name: Missing[name.upper()] for name in KINDS_OF_MISSING}


@dataclass(frozen=True)
class Variable:
    """One quantity and where it stands.

    Attributes:
        question: labsim's quantity.
        column: of the file.
        values: category number of each code, for groups and yes or no.
        scale: codes of the lowest and the highest answer; the first may be the larger one.
        missing: reason of each code without an answer.
        numbers: what codes of a banded number stand for, such as 1.5 for "once or twice".
    """

    question: Question
    column: str
    values: Mapping[Code, int] = field(default_factory=dict)
    scale: tuple[float, float] | None = None
    missing: Mapping[Code, Missing] = field(default_factory=dict)
    numbers: Mapping[Code, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Codebook:
    """A whole codebook.

    Attributes:
        variables: by name of the quantity, in the order of the file.
        design: columns of weight, stratum and cluster; only those given.
        population: size of the population that was sampled, for the finite population correction; None when unknown.
        shown: how the file is called in messages.
        sha256: of the file.
        source: where each key stands.
        replication: replicate weights; None without.
        imputation: how gaps are filled; None when they stay.
    """

    variables: Mapping[str, Variable]
    design: Mapping[str, str]
    population: float | None
    shown: str
    sha256: str
    source: Source
    replication: Replication | None = None
    imputation: Imputation | None = None

    def placed(self, problem: Problem) -> Problem:
        """Return a problem with the line its key stands on."""
        where = place_of(problem.where.key, self.source.places, self.shown)
        return Problem(where, problem.what, problem.allowed, problem.suggestion)


def code(value: Any) -> Code:
    """Return a cell or a code as it is compared: a number where it is one, else the text without its widths."""
    if isinstance(value, bool):
        return float(value)
    if isinstance(value, int | float):
        return float(value)
    text = unicodedata.normalize("NFKC", str(value)).strip()
    try:
        return float(text)
    except ValueError:
        return text.casefold()


def read_codebook(path: Path) -> Codebook:
    """Return the codebook of a file.

    Raises:
        InputError: it is missing or wrong; all problems at once.
    """
    shown = str(path)
    text = read_text(path, shown)
    names = {name: name for name in (*QUESTIONS, *DESIGN, *_TOP, *_INSIDE, *KINDS_OF_MISSING)}
    source = parse(text, shown, {**dict(_LABELS), **names})
    reader = _Reader(source, shown)
    book = reader.codebook(hashlib.sha256(text.encode()).hexdigest())
    raise_if(sorted(reader.problems, key=lambda one: one.where.line or 0))
    return book


class _Reader:
    """Turns the data of a file into a codebook and collects what is wrong on the way."""

    def __init__(self, source: Source, shown: str) -> None:
        self.source, self.shown = source, shown
        self.problems = list(source.problems)

    def add(self, problem: Problem) -> None:
        where = place_of(problem.where.key, self.source.places, self.shown)
        self.problems.append(Problem(where, problem.what, problem.allowed, problem.suggestion))

    def codebook(self, sha256: str) -> Codebook:
        data = self.source.data
        for key in data:
            if key not in _TOP:
                self.add(unknown_name(key, key, _TOP, t("项", "entry"), _LABELS))
        common = self._missing("missing", data.get("missing", {}))
        design, population = self._design(data.get("design", {}))
        found = {}
        entries = self._table("variables", data.get("variables", {}))
        if not entries:
            example = t("[variables.age] 等", "[variables.age] and so on")
            self.add(Problem.at("variables", t("没有任何变量", "there is no variable"), example))
        labels = [(one, q.name) for q in QUESTIONS.values() for one in (q.label.zh, q.label.en)]
        for name, entry in entries.items():
            if name not in QUESTIONS:
                self.add(unknown_name(f"variables.{name}", name, QUESTIONS, t("问卷变量", "survey quantity"), labels))
            elif (one := self._variable(name, entry, common)) is not None:
                found[name] = one
        if {"age", "age_group"} <= set(entries):
            what = t("age 与 age_group 只能有一个", "age and age_group cannot both be there")
            self.add(Problem.at("variables.age_group", what))
        replication = read_replication(data["design"], self.add) if isinstance(data.get("design"), dict) else None
        imputation = read_imputation(data.get("imputation"), self.add)
        return Codebook(found, design, population, self.shown, sha256, self.source, replication, imputation)

    def _table(self, key: str, value: Any) -> dict[str, Any]:
        if isinstance(value, dict):
            return value
        self.add(wrong(key, value, t(f"[{key}] 一节", f"a section [{key}]")))
        return {}

    def _design(self, given: Any) -> tuple[dict[str, str], float | None]:
        found: dict[str, str] = {}
        population = None
        for name, value in self._table("design", given).items():
            key = f"design.{name}"
            if name not in DESIGN:
                self.add(unknown_name(key, name, DESIGN, t("抽样设计项", "entry of the design"), _LABELS))
            elif name == "population":
                if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
                    self.add(wrong(key, value, t("大于 0 的人数", "a number of persons above 0")))
                else:
                    population = float(value)
            elif name in ("replicates", "method", "fay"):
                continue
            elif not isinstance(value, str):
                self.add(wrong(key, value, t("列名", "the name of a column")))
            else:
                found[name] = value
        return found, population

    def _codes(self, key: str, value: Any) -> list[Code]:
        some = value if isinstance(value, list) else [value]
        if any(not isinstance(one, int | float | str) for one in some):
            self.add(wrong(key, value, t("编码的列表，如 [1, 2]", "a list of codes, such as [1, 2]")))
            return []
        return [code(one) for one in some]

    def _missing(self, key: str, given: Any) -> dict[Code, Missing]:
        found: dict[Code, Missing] = {}
        for name, value in self._table(key, given).items():
            if name not in _KIND:
                what = t("缺失原因", "reason for a missing answer")
                self.add(unknown_name(f"{key}.{name}", name, KINDS_OF_MISSING, what, _LABELS))
                continue
            for one in self._codes(f"{key}.{name}", value):
                if found.get(one, _KIND[name]) is not _KIND[name]:
                    said = t(f"编码 {one} 有两种缺失原因", f"code {one} has two reasons to be missing")
                    self.add(Problem.at(f"{key}.{name}", said))
                found[one] = _KIND[name]
        return found

    def _variable(self, name: str, given: Any, common: Mapping[Code, Missing]) -> Variable | None:
        key, question = f"variables.{name}", QUESTIONS[name]
        entry = self._table(key, given)
        for inside in entry:
            if inside not in _INSIDE:
                self.add(unknown_name(f"{key}.{inside}", inside, _INSIDE, t("项", "entry"), _LABELS))
        column = entry.get("column", name)
        if not isinstance(column, str):
            self.add(wrong(f"{key}.column", column, t("列名", "the name of a column")))
            return None
        missing = {**common, **self._missing(f"{key}.missing", entry.get("missing", {}))}
        values = self._values(key, entry, question)
        scale, numbers = self._scale(key, entry, question), self._numbers(key, entry, question)
        both = sorted({str(one) for one in (*values, *numbers) if one in missing})
        if both:
            said = ", ".join(both)
            what = t(f"编码 {said} 既是回答又是缺失", f"codes {said} are answers and missing at once")
            self.add(Problem.at(f"{key}.values", what))
        return Variable(question, column, values, scale, missing, numbers)

    def _numbers(self, key: str, entry: Mapping[str, Any], question: Question) -> dict[Code, float]:
        if "numbers" not in entry:
            return {}
        given, found = self._table(f"{key}.numbers", entry["numbers"]), {}
        if question.kind is not Kind.NUMBER:
            what = t(f"{question.name} 不是数字", f"{question.name} is no number")
            self.add(Problem.at(f"{key}.numbers", what, t("删去 numbers", "leave numbers out")))
        for name, value in given.items():
            if (
                isinstance(value, bool)
                or not isinstance(value, int | float)
                or not question.low <= value <= question.high
            ):
                allowed = t(f"{question.low:g} 至 {question.high:g}", f"{question.low:g} to {question.high:g}")
                self.add(wrong(f"{key}.numbers.{name}", value, allowed))
            else:
                found[code(name)] = float(value)
        return found

    def _values(self, key: str, entry: Mapping[str, Any], question: Question) -> dict[Code, int]:
        if not question.categories:
            if "values" in entry:
                what = t(f"{question.name} 没有类别", f"{question.name} has no categories")
                self.add(Problem.at(f"{key}.values", what, t("删去 values", "leave values out")))
            return {}
        form = "{ " + ", ".join(f"{one} = […]" for one in question.categories) + " }"
        if "values" not in entry:
            what = t("缺少 values：哪些编码属于哪一类", "values is missing: which codes mean what")
            self.add(Problem.at(key, what, t(form, form)))
            return {}
        found: dict[Code, int] = {}
        for name, some in self._table(f"{key}.values", entry["values"]).items():
            if name not in question.categories:
                what = t("类别", "category")
                self.add(unknown_name(f"{key}.values.{name}", name, question.categories, what))
                continue
            for one in self._codes(f"{key}.values.{name}", some):
                if one in found:
                    said = t(f"编码 {one} 出现两次", f"code {one} is there twice")
                    self.add(Problem.at(f"{key}.values.{name}", said))
                found[one] = question.categories.index(name)
        return found

    def _scale(self, key: str, entry: Mapping[str, Any], question: Question) -> tuple[float, float] | None:
        if question.kind is not Kind.SCALE:
            if "scale" in entry:
                what = t(f"{question.name} 不是量表", f"{question.name} is no scale")
                self.add(Problem.at(f"{key}.scale", what, t("删去 scale", "leave scale out")))
            return None
        value = entry.get("scale")
        numbers = value if isinstance(value, list) else []
        right = len(numbers) == 2 and all(isinstance(n, int | float) and not isinstance(n, bool) for n in numbers)
        if not right or numbers[0] == numbers[1]:
            allowed = t(
                "[最低, 最高]，如 [1, 5]；反向量表写 [5, 1]", "[lowest, highest], such as [1, 5]; or [5, 1] reversed"
            )
            self.add(wrong(f"{key}.scale", value if value is not None else "—", allowed))
            return None
        return float(numbers[0]), float(numbers[1])
