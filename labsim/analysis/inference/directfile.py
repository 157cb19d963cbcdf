"""Records that speak of a parameter directly, as a study file names them.

Takes: the section ``[direct]`` of a study. Gives: a prior per parameter: the likelihood of its records, cut to its
declared range. Example::

    [direct]
    intake_days = { stage = "intake_days.csv" }             # columns began, ended (empty while it goes on)
    notice_rate = { duplicates = "open_cases.csv" }         # columns days (open), repeats (reports after the first)
    contact_influence = { panel = "panel.csv", contacts = "contacts.csv" }    # id and a column a week; id, contact

Records must be others than those in ``[data]``: the same ones would be counted twice.
"""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from labsim.analysis.inference.direct import Direct, influence, report_rate, stage_days
from labsim.analysis.inference.priors import Prior
from labsim.analysis.survey.logs import days_of
from labsim.analysis.survey.reading import read_table
from labsim.behaviour.reporting import report_probability, reported_again
from labsim.foundations.errors import InputError, Problem, Where, raise_if, unknown_name
from labsim.foundations.i18n import t
from labsim.scenario.scenario import Scenario, lever_table, world_values

Array = NDArray[np.float64]
DIRECT = {"intake_days": "stage", "hop_days": "stage", "notice_rate": "duplicates", "contact_influence": "panel"}
"""What kind of records speak of which parameter."""
_CUT = {"intake_days": "intake_cut", "hop_days": "approval_cut"}
_HEADS = {"开始": "began", "结束": "ended", "天数": "days", "重复上报": "repeats", "编号": "id", "联系人": "contact"}


def read_direct(
    given: Any, folder: Path, base: Scenario, taken: Mapping[str, str], efficacy: float | None = None
) -> tuple[Prior, ...]:
    """Return the priors that records give.

    Args:
        given: the section.
        folder: from which paths start.
        base: the community that the records are of.
        taken: SHA-256 of the files that are fitted to, by name.
        efficacy: mean belief of residents that speaking up helps, of a survey; what the model starts with when None.

    Raises:
        InputError: unknown parameters or files, the same records as in the data, records that say nothing; all at once.
    """
    problems: list[Problem] = []
    found: list[Prior] = []
    if not isinstance(given, dict):
        raise_if([Problem.at("direct", t("需要 [direct] 一节", "a section [direct] is needed"))])
    for name, entry in given.items():
        key = f"direct.{name}"
        if name not in DIRECT:
            problems.append(unknown_name(key, name, DIRECT, t("可直接估计的参数", "parameter that records speak of")))
            continue
        kind = DIRECT[name]
        needed = ("panel", "contacts") if kind == "panel" else (kind,)
        if not isinstance(entry, dict) or set(entry) != set(needed):
            example = "{ " + ", ".join(f'{one} = "….csv"' for one in needed) + " }"
            problems.append(
                Problem.at(key, t("记录文件写法不对", "the files of records are not named"), t(example, example))
            )
            continue
        paths = [folder / str(entry[one]) for one in needed]
        again = [path for path in paths if path.is_file() and _hash(path) in taken.values()]
        for path in again:
            what = t(f"{path.name} 已用于 [data]，同样的记录会被算两次",
                     f"{path.name} is in [data] already: the same records would count twice")  # fmt: skip
            problems.append(Problem.at(key, what, t("其他时期的记录", "records of another time")))
        if again:
            continue
        try:
            found.append(_said(name, paths, base, efficacy).prior(name))
        except InputError as error:
            problems += [
                one if one.where.file else Problem(Where(key=key), one.what, one.allowed) for one in error.problems
            ]
    raise_if(problems)
    return tuple(found)


def _said(name: str, paths: list[Path], base: Scenario, efficacy: float | None) -> Direct:
    if DIRECT[name] == "stage":
        began, ended = _columns(paths[0], ("began", "ended"), days_of)
        found = stage_days(began, ended, float(np.nanmax(np.concatenate([began, ended]))))
        # The records know the time as the community's procedures leave it; the parameter is the time on paper.
        return found.times(1.0 / (1.0 - float(lever_table(base)[_CUT[name]].mean())))
    if DIRECT[name] == "duplicates":
        rate = report_rate(*_columns(paths[0], ("days", "repeats"), _numbers))
        world = world_values(base)
        # Of those who notice, some report: the more, the more they believe that it helps. Who was told what is being
        # done does not report it again.
        believed = world["efficacy_start"] if efficacy is None else efficacy
        chance = report_probability(world["report_bias"], world["efficacy_weight"], believed)
        return rate.times(1.0 / reported_again(chance, float(lever_table(base)["results_told"].mean())))
    return influence(*_panel(*paths))


def _columns(path: Path, names: tuple[str, ...], read: Callable[..., Array]) -> list[Array]:
    table = _table(path)
    problems: list[Problem] = [
        Problem(
            Where(str(path)), t(f"没有列 {name}", f"there is no column {name}"), t(", ".join(names), ", ".join(names))
        )
        for name in names
        if name not in table
    ]
    raise_if(problems)
    found = [read(table[name], name, problems) for name in names]
    raise_if(Problem(Where(str(path), key=one.where.key), one.what, one.allowed) for one in problems)
    return found


def _table(path: Path) -> pd.DataFrame:
    if not path.is_file():
        raise_if([Problem(Where(str(path)), t("没有这个文件", "there is no such file"))])
    frame = read_table(path).frame
    return frame.rename(columns={name: _HEADS.get(str(name).strip(), str(name).strip()) for name in frame.columns})


def _numbers(column: pd.Series, name: str, problems: list[Problem]) -> Array:
    values = pd.to_numeric(column, errors="coerce").to_numpy(np.float64)
    if not np.isfinite(values).all():
        rows = ", ".join(str(i + 1) for i in np.flatnonzero(~np.isfinite(values))[:5])
        problems.append(Problem.at(name, t(f"不是数字（数据行 {rows} …）", f"not a number (rows {rows} …)")))
    return values


def _panel(acts: Path, links: Path) -> tuple[NDArray[np.int8], NDArray[np.int64]]:
    """Return who acted in which week, [weeks, persons], and contacts of each person, -1 where there is none."""
    table, pairs = _table(acts), _table(links)
    problems = [
        Problem(Where(str(path)), t(f"没有列 {name}", f"there is no column {name}"))
        for path, frame, name in ((acts, table, "id"), (links, pairs, "id"), (links, pairs, "contact"))
        if name not in frame
    ]
    raise_if(problems)
    weeks = table.drop(columns="id").apply(pd.to_numeric, errors="coerce").to_numpy(np.float64).T
    if not np.isin(weeks, (0.0, 1.0)).all():
        raise_if([Problem(Where(str(acts)), t("面板只能有 0 和 1", "a panel holds 0 and 1 only"))])
    place = {str(one): i for i, one in enumerate(table["id"])}
    lists: list[list[int]] = [[] for _ in place]
    for one, other in zip(pairs["id"].map(str), pairs["contact"].map(str), strict=True):
        if one in place and other in place:
            lists[place[one]].append(place[other])
    most = max((len(one) for one in lists), default=0)
    contacts = np.full((len(place), max(most, 1)), -1, np.int64)
    for i, some in enumerate(lists):
        contacts[i, : len(some)] = some
    return weeks.astype(np.int8), contacts


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
