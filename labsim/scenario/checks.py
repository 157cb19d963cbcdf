"""What a scenario must satisfy beyond its types.

Takes: values, phases, injects and instruments with the key they stand under. Gives:
every problem found, each with what is allowed. Nothing is raised here.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from labsim.foundations.declared import Catalogue, Kind, Quantity, Text
from labsim.foundations.errors import Problem, unknown_name
from labsim.foundations.i18n import t
from labsim.scenario.levers import LEVERS
from labsim.scenario.modules.register import MODULE_OF_LEVER
from labsim.scenario.phases import EMERGENCIES, Change, Inject, InjectKind
from labsim.scenario.units import unit_text

LEVER = t("政策杠杆", "lever")
WORLD_PARAMETER = t("世界参数", "world parameter")
COMMUNITY_VALUE = t("社区属性", "community value")
_TOLERANCE = 1e-9
_MOST_YUAN = 1e8
_LAST_DAY = 3640


def number(value: float) -> str:
    """Return a number as a person would write it."""
    return f"{value:.10g}"


def labels(catalogue: Mapping[str, Quantity]) -> list[tuple[str, str]]:
    """Return (label, name) for every label of a catalogue, so that a label finds its name."""
    return [(label, name) for name, q in catalogue.items() for label in (q.label.zh, q.label.en)]


def allowed_range(quantity: Quantity) -> Text:
    """Return what a quantity may be, with its unit."""
    if quantity.kind is Kind.SWITCH:
        return t("0/1 或 false/true（关/开）", "0/1 or false/true (off/on)")
    low, high = number(quantity.low), number(quantity.high)
    whole = quantity.kind is Kind.WHOLE
    unit = unit_text(quantity.unit)
    return t(
        f"{low} 至 {high}{' 的整数' if whole else ''}，单位：{unit.zh}",
        f"{'whole numbers ' if whole else ''}{low} to {high}, unit: {unit.en}",
    )


def value_problem(key: str, quantity: Quantity, value: float, written: str = "") -> Problem | None:
    """Return the problem of a value outside its declaration, or None.

    Args:
        key: where it stands.
        quantity: what it is a value of.
        value: in the declared unit.
        written: what the person wrote, when that was text with a unit.
    """
    if quantity.allows(value):
        return None
    shown, own = number(value), written.strip()
    zh, en = (f"{own}（即 {shown}）", f"{own} (which is {shown})") if own not in ("", shown) else (shown, shown)
    return Problem.at(
        key,
        t(
            f"“{quantity.label.zh}”（{quantity.name}）不能是 {zh}",
            f"{quantity.label.en} ({quantity.name}) cannot be {en}",
        ),
        allowed_range(quantity),
    )


def value_problems(key: str, values: Mapping[str, float], catalogue: Catalogue, what: Text) -> Iterator[Problem]:
    """Yield the problems of named values: names that do not exist, values out of range."""
    for name, value in values.items():
        if name not in catalogue:
            yield unknown_name(f"{key}.{name}", name, catalogue, what, labels(catalogue))
        elif problem := value_problem(f"{key}.{name}", catalogue[name], value):
            yield problem


def share_problems(
    values: Mapping[str, float], names: Sequence[str], key: str, exact: bool = False
) -> Iterator[Problem]:
    """Yield the problem of shares that sum to more than 1, or (``exact``) to anything but 1."""
    total = sum(values[name] for name in names)
    if total > 1 + _TOLERANCE or (exact and total < 1 - _TOLERANCE):
        sum_of = " + ".join(names)
        rule = t("之和等于 1", "a sum of exactly 1") if exact else t("之和不超过 1", "a sum of at most 1")
        yield Problem.at(
            f"{key}.{names[0]}", t(f"{sum_of} 之和为 {number(total)}", f"{sum_of} sum to {number(total)}"), rule
        )


def module_off(lever: str, community: Mapping[str, float]) -> str | None:
    """Return the extension module of a lever when it is off in a community, None for a lever that acts."""
    module = MODULE_OF_LEVER.get(lever)
    return None if module is None or community.get(f"module_{module}") else module


def module_problem(key: str, named: Text, modules: Sequence[str]) -> Problem:
    """Return the problem of something that acts only in extension modules that are off.

    Args:
        key: where it stands.
        named: what it is, as a reader knows it.
        modules: the modules that are off, such as ``disputes``.
    """
    names = [f"module_{module}" for module in modules]
    lines = ", ".join(f"{name} = true" for name in names)
    return Problem.at(
        key,
        t(
            f"{named.zh}要靠扩展机制 {'、'.join(names)} 起作用，而该情景没有打开",
            f"{named.en} acts only through {' and '.join(names)}, which the scenario leaves off",
        ),
        t(
            f'在 [population] 下写 {lines}，或从全部机制开始：extends = "full"',
            f'write {lines} under [population], or start with every module: extends = "full"',
        ),
    )


def timing_problems(key: str, start: int, stop: int | None, first: int, horizon: int) -> Iterator[Problem]:
    """Yield the problems of a start and a stop."""
    if not first <= start < horizon:
        yield Problem.at(
            f"{key}.start",
            t(f"开始日 {start} 不在模拟期内", f"start day {start} is outside the run"),
            t(f"第 {first} 日至第 {horizon - 1} 日", f"day {first} to {horizon - 1}"),
        )
    if stop is not None and not start < stop <= _LAST_DAY:
        yield Problem.at(
            f"{key}.stop",
            t(f"结束日 {stop} 不晚于开始日 {start}", f"stop day {stop} is not after start day {start}")
            if stop <= start
            else t(f"结束日 {stop} 太晚", f"stop day {stop} is too late"),
            t(f"第 {start + 1} 日至第 {_LAST_DAY} 日", f"day {start + 1} to {_LAST_DAY}"),
        )


def conflict_problems(changes: Sequence[Change], key: str = "instruments") -> Iterator[Problem]:
    """Yield a problem for every two instruments that set a lever differently at the same time."""
    for i, one in enumerate(changes):
        for other in changes[i + 1 :]:
            if one.lever == other.lever and one.value != other.value and one.overlaps(other):
                name, label, a, b = one.lever, LEVERS[one.lever].label, number(one.value), number(other.value)
                yield Problem.at(
                    key,
                    t(
                        f"{one.instrument} 与 {other.instrument} 同时把“{label.zh}”（{name}）设为不同的值：{a} 与 {b}",
                        f"{one.instrument} and {other.instrument} set {label.en} ({name}) differently at the same "
                        f"time: {a} and {b}",
                    ),
                    t(
                        f"在其中一个工具的 levers 中写明 {name}，使两者一致，或错开时间",
                        f"the same value: write {name} under levers of one of them, or run them one after the other",
                    ),
                )


_TARGETS = {
    InjectKind.FAULT_BURST: 2,
    InjectKind.FUND_CHANGE: 1,
    InjectKind.STAFF_LEAVE: -1,
    InjectKind.APP_OUTAGE: -1,
    **dict.fromkeys(EMERGENCIES, -1),
}


def emergency_problem(key: str, inject: Inject, community: Mapping[str, float]) -> Problem | None:
    """Return the problem of a shock that nobody lives through because its module is off, or None."""
    if inject.kind not in EMERGENCIES or community["module_emergencies"] > 0:
        return None
    name = inject.kind.name.lower()
    return Problem.at(
        f"{key}.kind",
        t(f"{name} 需要扩展机制“应急”", f"{name} needs the extension module of emergencies"),
        t("在 [population] 下写 module_emergencies = true", "module_emergencies = true under [population]"),
    )


def inject_problems(key: str, inject: Inject, horizon: int, departments: int) -> Iterator[Problem]:
    """Yield the problems of one inject: its day, magnitude and target."""
    if not 0 <= inject.day < horizon:
        yield Problem.at(
            f"{key}.day",
            t(f"第 {inject.day} 日不在模拟期内", f"day {inject.day} is outside the run"),
            t(f"第 0 日至第 {horizon - 1} 日", f"day 0 to {horizon - 1}"),
        )
    name = inject.kind.name.lower()
    if inject.kind is InjectKind.FUND_CHANGE:
        if not abs(inject.magnitude) <= _MOST_YUAN:
            yield Problem.at(
                f"{key}.magnitude",
                t(f"{name} 的 magnitude 过大", f"magnitude of {name} is too large"),
                t("正负一亿元以内", "at most 100 million yuan either way"),
            )
    elif not (0 <= inject.magnitude <= 100_000 and float(inject.magnitude).is_integer()):
        yield Problem.at(
            f"{key}.magnitude",
            t(
                f"{name} 的 magnitude 不能是 {number(inject.magnitude)}",
                f"magnitude of {name} cannot be {number(inject.magnitude)}",
            ),
            t("0 至 100000 的整数", "a whole number, 0 to 100000"),
        )
    highest = _TARGETS.get(inject.kind, departments - 1)
    lowest = 0 if inject.kind is InjectKind.FUND_CHANGE else -1
    if not lowest <= inject.target <= highest:
        yield Problem.at(
            f"{key}.target",
            t(f"{name} 的 target 不能是 {inject.target}", f"target of {name} cannot be {inject.target}"),
            t(f"{lowest} 至 {highest}", f"{lowest} to {highest}")
            if highest > lowest
            else t("-1（不写）", "-1 (leave it out)"),
        )


def table_problems(table: np.recarray, burn_in: int) -> Iterator[Problem]:
    """Yield the problem of service shares that sum to more than 1 on some day."""
    total = table.care_share + table.culture_share
    if (total > 1 + _TOLERANCE).any():
        day = int(np.argmax(total > 1 + _TOLERANCE))
        yield Problem.at(
            "levers.care_share",
            t(
                f"care_share 与 culture_share 之和在第 {day - burn_in} 日为 {number(total[day])}",
                f"care_share and culture_share sum to {number(total[day])} on day {day - burn_in}",
            ),
            t("任何时候之和都不超过 1", "a sum of at most 1 at all times"),
        )
