"""Logs of the real community: cases and hotline calls, and weekly use of the app.

Takes: a data file and a small TOML file that names its columns. Gives: :class:`CaseLog` or :class:`AppLog`, and
the figures that the model's indicators are held against. A log is no sample: it has no sampling error.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from labsim.analysis.survey.estimates import small
from labsim.analysis.survey.reading import read_table
from labsim.foundations.errors import Problem, raise_if, unknown_name
from labsim.foundations.i18n import t
from labsim.results.formulas import FOLLOW_UP, RECORD_DEADLINE
from labsim.results.indicators import SMALLEST_GROUP
from labsim.scenario.tomlsource import parse, place_of, read_text

Array = NDArray[np.float64]
CASE_COLUMNS = ("opened", "closed", "category", "department", "by_resident", "duplicate_of", "reopened", "id")
APP_COLUMNS = ("week", "active", "registered")
_NEEDED = {"cases": ("opened", "closed"), "app": ("week", "active", "registered")}
_LABELS = [
    ("受理时间", "opened"), ("立案", "opened"), ("办结时间", "closed"), ("类别", "category"), ("部门", "department"),
    ("重复", "duplicate_of"), ("来源", "by_resident"), ("重开", "reopened"), ("编号", "id"), ("周", "week"),
    ("活跃", "active"), ("注册", "registered"),
]  # fmt: skip
_YEAR = 364.0


@dataclass(frozen=True)
class CaseLog:
    """Cases that were opened, duplicates apart.

    Attributes:
        opened: day of opening, days from the first, shape [cases].
        closed: day of closing; NaN while open.
        duplicates: number of records that repeat an open case.
        by_residents: number of cases that a resident reported; None when the log does not say.
        reopened: number of cases that were opened again; None when the log does not say.
        categories: number of cases by category; under ``<10`` how many categories have fewer.
        days: from the first to the last day of the log.
    """

    opened: Array
    closed: Array
    duplicates: int
    by_residents: int | None
    reopened: int | None
    categories: Mapping[str, int]
    days: float

    def figures(self) -> dict[str, float]:
        """Return the figures of the log by name of the indicator; only those that can be measured."""
        followed = self.opened <= self.days - FOLLOW_UP
        took = self.closed[followed] - self.opened[followed]
        done = took[np.isfinite(took)]
        found = {"cases_opened_year": len(self.opened) / self.days * _YEAR}
        if self.by_residents:
            found["duplicate_report_share"] = self.duplicates / (self.by_residents + self.duplicates)
        if len(took) >= SMALLEST_GROUP:
            found["fix_rate_official"] = float(np.mean(took <= FOLLOW_UP))  # False for NaN: not closed yet
            found["on_time_share"] = float(np.mean(took <= RECORD_DEADLINE))
        if len(done) >= SMALLEST_GROUP:
            found["handling_days_mean"] = float(done.mean())
            found["handling_days_median"] = float(np.median(done))
        return found


@dataclass(frozen=True)
class AppLog:
    """Use of the app by week: active and registered residents, shape [weeks]."""

    active: Array
    registered: Array

    def figures(self) -> dict[str, float]:
        """Return the figures of the log by name of the indicator."""
        return {"app_weekly": float(self.active.sum() / self.registered.sum())}


def read_log(data: Path, book: Path) -> CaseLog | AppLog:
    """Return the log of a data file; the TOML file has ``kind`` (cases or app) and ``[columns]``.

    Raises:
        InputError: either is missing or wrong; all problems at once.
    """
    shown = str(book)
    names = {name: name for name in (*CASE_COLUMNS, *APP_COLUMNS, "kind", "columns")}
    source = parse(read_text(book, shown), shown, {**dict(_LABELS), **names})
    problems = list(source.problems)
    kind = source.data.get("kind", "cases")
    if kind not in _NEEDED:
        problems.append(unknown_name("kind", str(kind), _NEEDED, t("日志种类", "kind of log"), [("案件", "cases")]))
        kind = "cases"
    given = source.data.get("columns", {})
    known = CASE_COLUMNS if kind == "cases" else APP_COLUMNS
    table = read_table(data)
    columns: dict[str, pd.Series] = {}
    for name, column in given.items() if isinstance(given, dict) else ():
        if name not in known:
            problems.append(unknown_name(f"columns.{name}", name, known, t("日志列", "column of a log"), _LABELS))
        elif column not in table.frame.columns:
            heads = [str(one) for one in table.frame.columns]
            problems.append(unknown_name(f"columns.{name}", str(column), heads, t("列", "column")))
        else:
            columns[name] = table.frame[str(column)]
    for name in _NEEDED[kind]:
        if not isinstance(given, dict) or name not in given:
            problems.append(Problem.at("columns", t(f"缺少 {name}", f"{name} is missing")))
    log = None
    if all(name in columns for name in _NEEDED[kind]):
        log = _cases(columns, problems) if kind == "cases" else _app(columns, problems)
    raise_if(
        Problem(place_of(one.where.key, source.places, shown), one.what, one.allowed, one.suggestion)
        if one.where.line is None
        else one
        for one in problems
    )
    assert log is not None
    return log


def days_of(column: pd.Series, name: str, problems: list[Problem]) -> Array:
    """Return times in days; NaN where the cell is empty."""
    empty = column.isna() | column.astype(str).str.strip().isin(["", "nan", "NaT", "None"])
    numbers = pd.to_numeric(column.where(~empty), errors="coerce")
    if numbers.notna().sum() == (~empty).sum():
        return numbers.to_numpy(np.float64)
    text = column.where(~empty).map(lambda one: str(one).translate(_DATES).strip(), na_action="ignore")
    times = pd.to_datetime(text, errors="coerce", format="mixed")
    bad = times.isna() & ~empty
    if bad.any():
        rows = ", ".join(str(i + 1) for i in np.flatnonzero(bad.to_numpy())[:5])
        what = t(
            f"{int(bad.sum())} 个时间看不懂（数据行 {rows} …）",
            f"{int(bad.sum())} times cannot be read (rows {rows} …)",
        )
        allowed = t("2026-01-31、2026-01-31 08:00 或天数", "2026-01-31, 2026-01-31 08:00 or days")
        problems.append(Problem.at(f"columns.{name}", what, allowed))
    stamps = times.to_numpy().astype("datetime64[s]")
    days = stamps.astype(np.int64) / 86400.0
    return np.where(np.isnat(stamps), np.nan, days)


_DATES = str.maketrans({"年": "-", "月": "-", "日": " ", "/": "-", "时": ":", "分": ""})


def _cases(columns: Mapping[str, pd.Series], problems: list[Problem]) -> CaseLog:
    opened, closed = days_of(columns["opened"], "opened", problems), days_of(columns["closed"], "closed", problems)
    backwards = closed < opened
    if backwards.any():
        rows = ", ".join(str(i + 1) for i in np.flatnonzero(backwards)[:5])
        many = int(backwards.sum())
        what = t(f"{many} 个案件办结早于立案（数据行 {rows} …）", f"{many} cases end before they begin (rows {rows} …)")
        problems.append(Problem.at("columns.closed", what))
    if np.isnan(opened).any():
        many = int(np.isnan(opened).sum())
        problems.append(
            Problem.at("columns.opened", t(f"{many} 行没有立案时间", f"{many} rows have no time of opening"))
        )
        return CaseLog(np.zeros(0), np.zeros(0), 0, None, None, {}, 0.0)
    repeats = _said(columns.get("duplicate_of"), len(opened))
    again = _said(columns.get("reopened"), len(opened))
    first = float(opened.min())
    last = float(np.nanmax(np.concatenate([opened, closed])))
    kinds = columns["category"].astype(str).value_counts() if "category" in columns else pd.Series(dtype=np.int64)
    shown = {str(name): int(many) for name, many in kinds.items() if many >= SMALLEST_GROUP}
    if len(shown) < len(kinds):
        shown[small(1)] = len(kinds) - len(shown)
    own = _said(columns.get("by_resident"), len(opened)) & ~repeats
    counted = {
        "by_residents": int(own.sum()) if "by_resident" in columns else None,
        "reopened": int(again.sum()) if "reopened" in columns else None,
    }
    length = max(last - first, 1.0)
    return CaseLog(
        opened[~repeats] - first, closed[~repeats] - first, int(repeats.sum()), categories=shown, days=length, **counted
    )


def _said(column: pd.Series | None, n: int) -> NDArray[np.bool_]:
    """Return where a column says yes: anything but empty, 0, no, 否."""
    if column is None:
        return np.zeros(n, np.bool_)
    no = {"", "0", "0.0", "no", "false", "否", "nan", "none", "无"}
    return ~column.astype(str).str.strip().str.casefold().isin(no).to_numpy(np.bool_)


def _app(columns: Mapping[str, pd.Series], problems: list[Problem]) -> AppLog:
    active, registered = (pd.to_numeric(columns[name], errors="coerce").to_numpy(np.float64)
                          for name in ("active", "registered"))  # fmt: skip
    bad = ~((active >= 0) & (registered > 0) & (active <= registered))
    if bad.any():
        rows = ", ".join(str(i + 1) for i in np.flatnonzero(bad)[:5])
        what = t(
            f"活跃人数不在 0 至注册人数之间（数据行 {rows} …）",
            f"active residents outside 0 to registered (rows {rows} …)",
        )
        problems.append(Problem.at("columns.active", what))
    return AppLog(active, registered)


def log_file(columns: Mapping[str, str], kind: str) -> str:
    """Return the text of the TOML file that names the columns of a log."""
    lines = [f'kind = "{kind}"', "", "[columns]", *(f'{name} = "{column}"' for name, column in columns.items())]
    text = "\n".join(lines) + "\n"
    tomllib.loads(text)
    return text
