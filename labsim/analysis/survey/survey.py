"""A survey as labsim sees it: answers with reasons for missing ones, weights and the design.

Takes: a data file and a codebook. Gives: :class:`Survey`, or every problem of both at once.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from labsim.analysis.survey.codebook import Codebook, Variable, code, read_codebook
from labsim.analysis.survey.imputation import Imputation
from labsim.analysis.survey.questions import QUESTIONS, Kind, Missing, Question, hinted
from labsim.analysis.survey.reading import RawTable, read_table
from labsim.analysis.survey.variance import FEWEST, Replication
from labsim.foundations.declared import Text
from labsim.foundations.errors import InputError, Problem, raise_if, unknown_name
from labsim.foundations.i18n import t

Array = NDArray[np.float64]
Codes = NDArray[np.int64]
AGE_FROM = (18.0, 35.0, 60.0)
"""First year of each age group."""
_TOLD = 6


@dataclass(frozen=True)
class Answers:
    """The answers to one question.

    Attributes:
        question: the quantity.
        values: category number, number, or place on the scale from 0 to 1; NaN without an answer, shape [n].
        missing: a :class:`Missing` for every person, shape [n].
        points: answers that the scale has; 0 for other kinds.
    """

    question: Question
    values: Array
    missing: Codes
    points: int = 0

    def counts(self) -> dict[Missing, int]:
        """Return how many persons gave each reason, the answered included."""
        many = np.bincount(self.missing, minlength=len(Missing))
        return {kind: int(many[kind]) for kind in Missing}


@dataclass(frozen=True)
class Survey:
    """Persons who were asked; only adults count.

    Attributes:
        answers: by name of the quantity.
        weight: of each person, mean 1, shape [n].
        stratum: number of the stratum, shape [n].
        cluster: number of the cluster, shape [n]; everybody's own without clusters.
        population: size of the population; None when unknown.
        weighted: whether the file had weights.
        notes: what is worth knowing and wrong in nothing.
        sha256: of the data file and of the codebook.
        replicates: replicate weights, shape [n, replicates]; None when errors come from strata and clusters.
        scale: what squares over replicates are multiplied with.
        imputation: how gaps are filled; None when they stay.
    """

    answers: Mapping[str, Answers]
    weight: Array
    stratum: Codes
    cluster: Codes
    population: float | None
    weighted: bool
    notes: tuple[Text, ...]
    sha256: tuple[str, str]
    replicates: Array | None = None
    scale: float = 1.0
    imputation: Imputation | None = None

    @property
    def n(self) -> int:
        """Return how many persons there are."""
        return len(self.weight)

    def part(self, rows: Codes) -> "Survey":
        """Return some of the persons, by place."""
        answers = {
            name: replace(one, values=one.values[rows], missing=one.missing[rows]) for name, one in self.answers.items()
        }
        repeated = None if self.replicates is None else self.replicates[rows]
        return replace(self, answers=answers, weight=self.weight[rows], stratum=self.stratum[rows],
                       cluster=self.cluster[rows], replicates=repeated)  # fmt: skip

    def group(self, name: str) -> Array | None:
        """Return the category of everybody in a grouping such as ``age``; None when it was not asked."""
        for one in self.answers.values():
            if one.question.group == name:
                if one.question.kind is Kind.NUMBER:
                    ages = np.searchsorted(np.array(AGE_FROM), one.values, side="right") - 1.0
                    return np.where(np.isfinite(one.values) & (ages >= 0), ages, np.nan)
                return one.values
        return None


def read_survey(data: Path, book: Path) -> Survey:
    """Return the survey of a data file and its codebook.

    Raises:
        InputError: either is missing or wrong; all problems of both at once.
    """
    problems: list[Problem] = []
    codebook, table = None, None
    try:
        codebook = read_codebook(book)
    except InputError as error:
        problems += error.problems
    try:
        table = read_table(data)
    except InputError as error:
        problems += error.problems
    raise_if(problems)
    assert codebook is not None
    assert table is not None
    return survey_of(table, codebook, hashlib.sha256(data.read_bytes()).hexdigest())


def survey_of(table: RawTable, book: Codebook, sha256: str = "") -> Survey:
    """Return a survey from a table that is in memory.

    Raises:
        InputError: columns that are not there, codes nobody explained, weights that are none; all at once.
    """
    problems: list[Problem] = []
    answers = {}
    for name, variable in book.variables.items():
        column = _column(table, variable.column, f"variables.{name}.column", problems)
        if column is not None:
            answers[name] = _answers(table, variable, column, f"variables.{name}", problems)
    columns = {name: _column(table, given, f"design.{name}", problems) for name, given in book.design.items()}
    weight = _weight(columns.get("weight"), len(table.frame), problems)
    stratum = _numbered(columns.get("stratum"), len(table.frame), "stratum", problems)
    cluster = _numbered(columns.get("cluster"), len(table.frame), "cluster", problems)
    replicates, scale = _replicates(table, book.replication, problems)
    if problems:
        raise InputError(book.placed(one) for one in problems)
    if "cluster" not in columns:
        cluster = np.arange(len(table.frame))
    survey = Survey(answers, weight / weight.mean(), stratum, cluster, book.population, "weight" in columns, (),
                    (sha256, book.sha256), replicates, scale, book.imputation)  # fmt: skip
    return replace(survey, notes=tuple(_notes(survey, table)))


def _column(table: RawTable, name: str, key: str, problems: list[Problem]) -> pd.Series | None:
    heads = [str(head) for head in table.frame.columns]
    if name in heads:
        return table.frame[name]
    called = [(label, head) for head, label in table.labels.items()]
    problems.append(unknown_name(key, name, heads, t("列", "column"), called))
    return None


def _empty(value: Any) -> bool:
    return value is None or (isinstance(value, float) and np.isnan(value)) or str(value).strip() in ("", "nan", "NaT")


def _answers(table: RawTable, variable: Variable, column: pd.Series, key: str, problems: list[Problem]) -> Answers:
    """Return the answers of a column; codes that nobody explained are a problem."""
    question, n = variable.question, len(column)
    named = {code(value): label for value, label in table.value_labels.get(variable.column, {}).items()}
    ranges = table.missing.get(variable.column, ())
    values, missing = np.full(n, np.nan), np.zeros(n, np.int64)
    strange: Counter[str] = Counter()
    known: dict[Any, tuple[float, int]] = {}
    for i, cell in enumerate(column):
        if _empty(cell):
            missing[i] = Missing.BLANK
            continue
        one = code(cell)
        if one not in known:
            known[one] = _read(one, named.get(one), variable, ranges)
        values[i], missing[i] = known[one]
        if missing[i] < 0:
            strange[str(cell)] += 1
    if strange:
        few = ", ".join(f"{value} (×{many})" if many >= 10 else value for value, many in strange.most_common(_TOLD))
        more = t(f" 等 {len(strange)} 种", f" and {len(strange) - _TOLD} more") if len(strange) > _TOLD else t(" ", " ")
        what = t(f"列 {variable.column} 中有未说明的编码：{few}{more.zh}".strip(),
                 f"codes in column {variable.column} that nobody explains: {few}{more.en}".strip())  # fmt: skip
        problems.append(Problem.at(key, what, _explained(question)))
    elif not (missing == Missing.ANSWERED).any():
        what = t(f"列 {variable.column} 没有一个有效回答", f"column {variable.column} holds no answer at all")
        problems.append(Problem.at(key, what))
    points = 0 if variable.scale is None else round(abs(variable.scale[1] - variable.scale[0])) + 1
    return Answers(question, values, missing, points)


def _explained(question: Question) -> Text:
    if question.kind is Kind.SCALE:
        return t("写进 scale 的两端之间，或写进 missing", "inside the ends of scale, or under missing")
    if question.kind is Kind.NUMBER:
        low, high = f"{question.low:g}", f"{question.high:g}"
        return t(f"{low} 至 {high} 的数字，或写进 missing", f"a number from {low} to {high}, or under missing")
    return t("写进 values 或 missing", "under values or missing")


def _read(one: Any, label: str | None, variable: Variable, ranges: Any) -> tuple[float, int]:
    """Return what a code means: a value or a reason; the reason -1 when nobody explained it."""
    called = None if label is None else code(label)
    for key in (one, called):
        if key is not None and key in variable.missing:
            return np.nan, variable.missing[key]
        if key is not None and key in variable.values:
            return float(variable.values[key]), Missing.ANSWERED
        if key is not None and key in variable.numbers:
            return variable.numbers[key], Missing.ANSWERED
    for low, high in ranges:
        text = isinstance(one, str) or isinstance(code(low), str)
        if (text and code(low) == one) or (not text and float(low) <= one <= float(high)):
            return np.nan, hinted(label or "")
    if isinstance(one, str):
        return np.nan, -1
    if variable.scale is not None:
        low, high = variable.scale
        place = (one - low) / (high - low)
        return (place, Missing.ANSWERED) if 0.0 <= place <= 1.0 else (np.nan, -1)
    question = variable.question
    if question.kind is Kind.NUMBER and question.low <= one <= question.high:
        return one, Missing.ANSWERED
    return np.nan, -1


def _weight(column: pd.Series | None, n: int, problems: list[Problem]) -> Array:
    if column is None:
        return np.ones(n)
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(np.float64)
    bad = ~(np.isfinite(numbers) & (numbers > 0))
    if bad.any():
        rows = ", ".join(str(i + 1) for i in np.flatnonzero(bad)[:_TOLD])
        what = t(f"{int(bad.sum())} 个权重不是正数（数据行 {rows} …）",
                 f"{int(bad.sum())} weights are no positive numbers (rows {rows} …)")  # fmt: skip
        problems.append(Problem.at("design.weight", what, t("大于 0 的数字", "numbers above 0")))
        return np.ones(n)
    return numbers


def _replicates(table: RawTable, how: Replication | None, problems: list[Problem]) -> tuple[Array | None, float]:
    """Return replicate weights and the scale of their method."""
    if how is None:
        return None, 1.0
    heads = how.found([str(head) for head in table.frame.columns])
    if len(heads) < FEWEST:
        named = ", ".join(how.columns)
        what = t(f"{named} 只有 {len(heads)} 列", f"{named} stands for {len(heads)} columns only")
        problems.append(Problem.at("design.replicates", what, t(f"至少 {FEWEST} 列", f"at least {FEWEST} columns")))
        return None, 1.0
    numbers = table.frame[heads].apply(pd.to_numeric, errors="coerce").to_numpy(np.float64)
    bad = [head for head, fine in zip(heads, (np.isfinite(numbers) & (numbers >= 0)).all(axis=0), strict=True)
           if not fine]  # fmt: skip
    if bad:
        said = ", ".join(bad[:_TOLD])
        what = t(f"重复权重不是数字或为负：{said}", f"replicate weights below 0 or no numbers: {said}")
        problems.append(Problem.at("design.replicates", what, t("0 或以上的数字", "numbers from 0 up")))
        return None, 1.0
    return numbers, how.scale(len(heads))


def _numbered(column: pd.Series | None, n: int, name: str, problems: list[Problem]) -> Codes:
    if column is None:
        return np.zeros(n, np.int64)
    empty = np.array([_empty(value) for value in column])
    if empty.any():
        what = t(f"{int(empty.sum())} 行没有 {name}", f"{int(empty.sum())} rows have no {name}")
        problems.append(Problem.at(f"design.{name}", what, t("每行都要有", "one in every row")))
        return np.zeros(n, np.int64)
    codes, _ = pd.factorize(pd.Series([str(code(value)) for value in column]))
    return np.asarray(codes, np.int64)


def _notes(survey: Survey, table: RawTable) -> list[Text]:
    found = [t(f"编码/格式：{table.encoding}", f"encoding or format: {table.encoding}")]
    if not survey.weighted:
        found.append(t("没有权重：按等权计算", "no weights: everybody counts the same"))
    share = survey.weight.max() / np.median(survey.weight)
    if share > 5:
        found.append(
            t(f"最大权重是中位数的 {share:.1f} 倍；考虑截断", f"the largest weight is {share:.1f} times the median")
        )
    if survey.replicates is not None:
        many = survey.replicates.shape[1]
        found.append(t(f"误差来自 {many} 组重复权重", f"errors come from {many} replicate weights"))
    if survey.imputation is not None:
        many, tilt = survey.imputation.sets, f"{survey.imputation.shift:g}"
        zh = f"拒答与不知道插补 {many} 次，按 Rubin 规则合并（偏移 {tilt}）"
        en = f"refused and unknown answers are filled in {many} times, by Rubin's rules (shift {tilt})"
        found.append(t(zh, en))
    inside = pd.Series(survey.cluster).groupby(survey.stratum).nunique()
    if (inside < 2).any():
        many = int((inside < 2).sum())
        found.append(
            t(f"{many} 个层只有一个群：其方差并入相邻层", f"{many} strata hold one cluster: counted with the others")
        )
    ages = survey.answers.get("age")
    if ages is not None and (ages.values < AGE_FROM[0]).any():
        found.append(t("18 岁以下者不进入任何年龄组", "persons under 18 are in no age group"))
    for name in sorted(set(QUESTIONS) - set(survey.answers)):
        if QUESTIONS[name].indicator is not None:
            label = QUESTIONS[name].label
            found.append(t(f"未问及：{label.zh}（{name}）", f"not asked: {label.en} ({name})"))
    return found
