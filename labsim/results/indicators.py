"""Indicators: what a replication is judged by.

Takes: a trajectory, a name, a window of days and a group of residents.
Gives: one value, or one value per 28 days; NaN where it cannot be measured.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from labsim.foundations.errors import InputError, Problem, raise_if, unknown_name
from labsim.foundations.i18n import t
from labsim.model.state import CELLS, PERIOD
from labsim.model.trajectory import Trajectory
from labsim.results.catalogue import CATALOGUE
from labsim.results.declaration import NOT_MEASURABLE, Array, CellSums, Counts, Indicator, Mask, View

ALL = "all"
SMALLEST_GROUP = 10
"""Groups of fewer residents have no values of their own: persons could be known again."""
Window = tuple[int, int]
"""First day and the day after the last."""

_CELL = np.arange(CELLS)
GROUP_CELLS: Mapping[str, Mask] = MappingProxyType(
    {
        ALL: np.ones(CELLS, dtype=np.bool_),
        "age:young": _CELL // 4 == 0,
        "age:middle": _CELL // 4 == 1,
        "age:older": _CELL // 4 == 2,
        "migrant:yes": _CELL // 2 % 2 == 1,
        "migrant:no": _CELL // 2 % 2 == 0,
        "digital:yes": _CELL % 2 == 1,
        "digital:no": _CELL % 2 == 0,
    }
)
"""Which of the 12 cells belong to each group (cell = age * 4 + migrant * 2 + digital)."""

GROUP_LABELS = MappingProxyType(
    {
        ALL: t("全体居民", "all residents"),
        "age:young": t("青年(18–34)", "young (18-34)"),
        "age:middle": t("中年(35–59)", "middle (35-59)"),
        "age:older": t("老年(60+)", "older (60+)"),
        "migrant:yes": t("流动人口", "migrants"),
        "migrant:no": t("户籍人口", "locals"),
        "digital:yes": t("有数字可及", "with digital access"),
        "digital:no": t("无数字可及", "without digital access"),
    }
)
"""The words of every group."""

_BY_NAME: Mapping[str, Indicator] = MappingProxyType({i.name: i for i in CATALOGUE})


def indicators() -> Mapping[str, Indicator]:
    """Return all indicators by name, in the order in which they are shown."""
    return _BY_NAME


def indicator(name: str) -> Indicator:
    """Return the declaration of an indicator.

    Raises:
        InputError: there is no such indicator; the message names the nearest.
    """
    found = _BY_NAME.get(name)
    return select([name])[0] if found is None else found


def select(names: Iterable[str] | None = None) -> list[Indicator]:
    """Return the declarations of these names, of all when left out.

    Raises:
        InputError: some names do not exist; all of them are named at once.
    """
    if names is None:
        return list(CATALOGUE)
    wanted = list(names)
    labels = [(label, i.name) for i in CATALOGUE for label in (i.label.zh, i.label.en)]
    raise_if(
        unknown_name("indicators", name, _BY_NAME, t("指标", "indicator"), labels)
        for name in wanted
        if name not in _BY_NAME
    )
    return [_BY_NAME[name] for name in wanted]


def groups(item: Indicator) -> tuple[str, ...]:
    """Return the groups for which an indicator exists."""
    return tuple(GROUP_CELLS) if item.by_group else (ALL,)


def measure(
    trajectory: Trajectory,
    name: str,
    window: Window | None = None,
    group: str | None = None,
    *,
    counts: Counts | None = None,
) -> float:
    """Return the value of an indicator in one replication.

    Args:
        trajectory: the replication.
        name: of the indicator.
        window: first day and the day after the last; the whole programme when left out.
        group: a name in :data:`GROUP_CELLS`; everybody when left out.
        counts: the population by cell, needed for app and council indicators of a group.

    Returns:
        The value in the indicator's unit, NaN where it cannot be measured.

    Raises:
        InputError: no such indicator or group, no such group for this indicator, or a
            window outside the run.
    """
    item = indicator(name)
    _check_group(item, group)
    return value_of(item, view(trajectory, window, group, counts=counts))


def value_of(item: Indicator, seen: View) -> float:
    """Return the value of an indicator, NaN for a group too small to be told apart from persons."""
    hidden = seen.cells is not None and seen.once(_is_too_small)
    return NOT_MEASURABLE if hidden else float(item.formula(seen))


def _is_too_small(seen: View) -> bool:
    return not len(seen.groups) or seen.of_group("residents", at_end=True) < SMALLEST_GROUP


def series(
    trajectory: Trajectory, name: str, step: int = PERIOD, group: str | None = None, *, counts: Counts | None = None
) -> Array:
    """Return the value of an indicator in every ``step`` days from day 0, shape [horizon // step].

    Raises:
        InputError: as :func:`measure`, or the indicator makes no sense per period.
    """
    item = indicator(name)
    _check_group(item, group)
    if not item.periodic:
        raise InputError([Problem.at(name, t("该指标不能按期计算", "this indicator has no value per period"))])
    if step < 1:
        raise InputError(
            [
                Problem.at(
                    "step",
                    t(f"步长 {step} 无效", f"a step of {step} days is not possible"),
                    t("至少1天", "at least 1 day"),
                )
            ]
        )
    values = [
        value_of(item, view(trajectory, (first, first + step), group, counts=counts))
        for first in range(0, trajectory.horizon - step + 1, step)
    ]
    return np.array(values, dtype=np.float64)


def view(
    trajectory: Trajectory, window: Window | None = None, group: str | None = None, *, counts: Counts | None = None
) -> View:
    """Return the counts of a trajectory inside a window, as formulas read them.

    Raises:
        InputError: the window is empty or outside the run.
    """
    first, last = window or (0, trajectory.horizon)
    burn_in, horizon = trajectory.burn_in, trajectory.horizon
    if not -burn_in <= first < last <= horizon:
        raise InputError(
            [
                Problem.at(
                    "window",
                    t(f"时间窗 {first} 至 {last} 无效", f"a window of days {first} to {last} is not possible"),
                    t(
                        f"{-burn_in} 至 {horizon} 之间，起日小于止日",
                        f"within {-burn_in} to {horizon}, the first below the last",
                    ),
                )
            ]
        )
    # A period belongs to the window when all of its days do.
    periods = slice(max(-(-first // PERIOD), 0), max(last // PERIOD, 0))
    groups = trajectory.groups[periods]
    everybody = View(
        daily=trajectory.daily[burn_in + first : burn_in + last],
        groups=groups,
        sums=CellSums(groups),
        cases=trajectory.cases,
        programme=trajectory.programme[: max(last, 0)],
        first=first,
        last=last,
        end=horizon,
        cells=None,
        counts=counts,
        modules={name: records[burn_in + first : burn_in + last] for name, records in trajectory.modules.items()},
    )
    return of_group(everybody, group)


def of_group(seen: View, group: str | None) -> View:
    """Return what formulas read for a group in :data:`GROUP_CELLS`, everybody when None; from a view of everybody."""
    return seen if group in (None, ALL) else replace(seen, cells=GROUP_CELLS[str(group)])


def _check_group(item: Indicator, group: str | None) -> None:
    if group in (None, ALL):
        return
    if group not in GROUP_CELLS:
        raise InputError([unknown_name("group", str(group), GROUP_CELLS, t("群体", "group"))])
    if not item.by_group:
        raise InputError(
            [
                Problem.at(
                    "group",
                    t(f"指标 {item.name} 不分群体", f"indicator {item.name} has no values by group"),
                    t(
                        ", ".join(i.name for i in CATALOGUE if i.by_group),
                        ", ".join(i.name for i in CATALOGUE if i.by_group),
                    ),
                )
            ]
        )


__all__ = [
    "ALL",
    "GROUP_CELLS",
    "GROUP_LABELS",
    "NOT_MEASURABLE",
    "SMALLEST_GROUP",
    "Counts",
    "Indicator",
    "Window",
    "groups",
    "indicator",
    "indicators",
    "measure",
    "of_group",
    "select",
    "series",
    "value_of",
    "view",
]
