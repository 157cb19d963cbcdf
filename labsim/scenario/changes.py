"""Changes to a run that is under way: levers from a day on, injects that were not foreseen.

Takes: the tables a run was started with and what is to change. Gives: new tables, or one
error with every problem. The promise: whoever changes a lever on day *d* of a run gets, bit
for bit, the run of a scenario that had this phase from day *d* on.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from labsim.foundations.declared import Kind
from labsim.foundations.errors import Problem, raise_if
from labsim.foundations.i18n import t
from labsim.scenario.checks import LEVER, inject_problems, table_problems, value_problems
from labsim.scenario.levers import LEVERS
from labsim.scenario.phases import INJECT_DTYPE, Inject


class Under(NamedTuple):
    """Where a run stands when something is changed."""

    day: int  # the next day to be simulated
    burn_in: int
    horizon: int


def _day_problem(key: str, day: int, under: Under) -> Iterator[Problem]:
    if not under.day <= day < under.horizon:
        yield Problem.at(
            key,
            t(f"第 {day} 日已过去或不在模拟期内", f"day {day} is over or outside the run"),
            t(f"第 {under.day} 日至第 {under.horizon - 1} 日", f"day {under.day} to {under.horizon - 1}"),
        )


def changed_levers(
    table: np.recarray, values: Mapping[str, float], day: int, under: Under, stop: int | None = None
) -> np.recarray:
    """Return a lever table with other values from a day on.

    Args:
        table: values by day; element 0 is day ``-burn_in``. It stays as it is.
        values: levers and what they are set to.
        day: the first day of the new values; not before the day the run stands at.
        under: where the run stands.
        stop: the day on which the table's own values hold again; never when left out.

    Raises:
        InputError: a lever does not exist, a value or day is not possible, shares sum to more than 1.
    """
    found = list(value_problems("levers", values, LEVERS, LEVER))
    found += _day_problem("start", day, under)
    if stop is not None and stop <= day:
        what = t(f"结束日 {stop} 不晚于开始日 {day}", f"stop day {stop} is not after start day {day}")
        found.append(Problem.at("stop", what, t(f"第 {day + 1} 日起", f"day {day + 1} or later")))
    raise_if(found)
    first, last = day + under.burn_in, None if stop is None else stop + under.burn_in
    changed = table.copy()
    for name, value in values.items():
        changed[name][first:last] = np.rint(value) if LEVERS[name].kind is Kind.WHOLE else value
    if {"care_share", "culture_share"} & set(values):
        raise_if(table_problems(changed[first:last].view(np.recarray), -day))
    return changed


def added_injects(table: np.recarray, injects: Sequence[Inject], under: Under, departments: int) -> np.recarray:
    """Return an inject table with more rows; those of one day happen in the order in which they were added.

    Raises:
        InputError: an inject lies in the past or is not possible.
    """
    found: list[Problem] = []
    for i, inject in enumerate(injects):
        found += inject_problems(f"injects[{i}]", inject, under.horizon, departments)
        if 0 <= inject.day < under.horizon:
            found += _day_problem(f"injects[{i}].day", inject.day, under)
    raise_if(found)
    rows = [(one.day, int(one.kind), one.magnitude, one.target) for one in injects]
    merged = np.concatenate([np.asarray(table, INJECT_DTYPE), np.array(rows, INJECT_DTYPE)])
    return merged[np.argsort(merged["day"], kind="stable")].view(np.recarray)


def changed_fingerprint(before: str, what: Mapping[str, object]) -> str:
    """Return the fingerprint of a run whose policy was changed under way; it tells the run from the planned one."""
    return hashlib.sha256((before + json.dumps(what, sort_keys=True, separators=(",", ":"))).encode()).hexdigest()
