"""Targets: patterns that the model must show, as data.

Takes: entries of a targets file. Gives: :class:`Target` and :class:`Targets`, frozen and checked.
:mod:`labsim.analysis.targetfile` reads them from TOML with every problem of the file at once.

A target compares an indicator under one setting of the levers (``after``) with a pass band, on its
own or against another setting (``before``), all from one set of world parameters.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Annotated, NamedTuple

from pydantic import Field, model_validator

from labsim.analysis.setting import Setting, setting_problems
from labsim.foundations.declared import Text
from labsim.foundations.errors import Problem, raise_if, unknown_name
from labsim.foundations.i18n import t
from labsim.results.catalogue import MODULE_OF
from labsim.results.declaration import UNITS, Indicator
from labsim.results.indicators import ALL, GROUP_CELLS, Window, indicators
from labsim.scenario.checked import Checked
from labsim.scenario.scenario import Scenario


class Statistic(StrEnum):
    """What is compared with the band; a share of the ``before`` value is written .35, not 35."""

    LEVEL = "level"
    DIFFERENCE = "difference"
    RATIO = "ratio"
    RELATIVE_CHANGE = "relative_change"

    @property
    def compares(self) -> bool:
        """Return whether the statistic needs a ``before``."""
        return self is not Statistic.LEVEL


class Role(StrEnum):
    """Whether a calibration may look at a target; fixed before anything is fitted."""

    FIT = "fit"
    FREE = "free"


class Status(StrEnum):
    """Whether a target is run and counted."""

    CORE = "core"
    INPUT = "input"
    NEEDS_MODULE = "needs module"


_RUN = {"horizon", "burn_in", "community", "world", "levers", "instruments", "phases", "injects"}
_COUNTED = {"id", "indicator", "group", "statistic", "before", "after", "window", "before_window", "band", "role"}


class Measure(NamedTuple):
    """One number that a run must give: an indicator, a group and a window of days."""

    indicator: str
    group: str
    window: Window


class Target(Checked):
    """One pattern with its pass band.

    Attributes:
        id: its name in the file.
        label: what it is, for readers.
        indicator: what is measured; empty only when the target is not run.
        group: whom; everybody when left out.
        statistic: what is compared with the band.
        before: the setting compared with; no policy when left out.
        after: the setting that is measured; no policy when left out.
        window: first day and the day after the last.
        before_window: the same for ``before`` where it differs.
        value: the figure of the source.
        band: lowest and highest value that count as a hit.
        unit: of value and band.
        role: fit or free.
        status: whether it is run.
        module: which module it needs, when it does.
        evidence: where the figure stands: ids of ``data/evidence.csv`` or of the reader's own.
        note: doubts and caveats, among them why it is missed.
        definition: what exactly is measured where the source does not say.
        mechanism: what in the model brings it about.
        data_needed: which data would settle whether the figure or the model is wrong.
        seen: what was changed about its mechanism or definition after the model had been compared with it.
    """

    id: Annotated[str, Field(pattern=r"^\w[\w\-]*$")]
    label: Text
    indicator: str = ""
    group: str = ALL
    statistic: Statistic = Statistic.LEVEL
    before: Setting = Setting()
    after: Setting = Setting()
    window: Window = (0, 728)
    before_window: Window | None = None
    value: float
    band: tuple[float, float] | None = None
    unit: str = ""
    role: Role = Role.FREE
    status: Status = Status.CORE
    module: str | None = None
    evidence: tuple[str, ...] = ()
    note: Text | None = None
    definition: Text | None = None
    mechanism: Text | None = None
    data_needed: Text | None = None
    seen: Text | None = None

    @property
    def runs(self) -> bool:
        """Return whether the target is run and counted."""
        return self.status is Status.CORE

    @property
    def low(self) -> float:
        """Return the lower end of the band, the value itself without one."""
        return self.value if self.band is None else self.band[0]

    @property
    def high(self) -> float:
        """Return the upper end of the band, the value itself without one."""
        return self.value if self.band is None else self.band[1]

    def measures(self) -> Iterator[tuple[Setting, Measure]]:
        """Yield what must be measured and where: ``after`` first, then ``before`` if it is compared."""
        yield self.after, Measure(self.indicator, self.group, self.window)
        if self.statistic.compares:
            yield self.before, Measure(self.indicator, self.group, self.before_window or self.window)


def window_problem(key: str, window: Window, base: Scenario) -> Problem | None:
    """Return the problem of a window that is empty or outside a run, or None."""
    burn_in, horizon = base.burn_in, base.horizon
    if -burn_in <= window[0] < window[1] <= horizon:
        return None
    return Problem.at(
        key,
        t(f"时间窗 {window[0]} 至 {window[1]} 无效", f"a window of days {window[0]} to {window[1]} is not possible"),
        t(f"{-burn_in} 至 {horizon}，起日小于止日", f"{-burn_in} to {horizon}, the first below the last"),
    )


def _needed(target: Target, key: str) -> Iterator[Problem]:
    for name, given in (("indicator", bool(target.indicator)), ("band", target.band is not None)):
        if not given:
            yield Problem.at(
                f"{key}.{name}",
                t("缺少此项", "this entry is missing"),
                t("参与计算的目标必须写明", "it must be given for a target that is run"),
            )


def _unit_problems(target: Target, key: str, found: Indicator) -> Iterator[Problem]:
    """Yield the problem of a unit that is another one than the indicator's; unknown words are taken as they are."""
    right = {"share", "ratio"} if target.statistic in (Statistic.RATIO, Statistic.RELATIVE_CHANGE) else {found.unit}
    if target.unit in UNITS and target.unit not in right:
        words = " / ".join(sorted(right))
        yield Problem.at(
            key,
            t(f"单位 {target.unit} 与 {found.name} 不符", f"{target.unit} is not the unit of {found.name} here"),
            t(words, words),
        )


def _module_problems(target: Target, key: str, base: Scenario) -> Iterator[Problem]:
    """Yield the problem of an indicator whose extension module is off where it is to be measured."""
    module = MODULE_OF.get(target.indicator)
    if module is not None and not all(setting.has_module(module, base) for setting, _ in target.measures()):
        switch = f"module_{module}"
        line = f"community = {{ {switch} = true }}"
        yield Problem.at(
            key,
            t(f"{target.indicator} 需要打开扩展机制 {switch}", f"{target.indicator} needs {switch}, which is off"),
            t(
                f'在此目标中写 {line}，或在文件开头写 scenario = "full"',
                f'{line} here, or scenario = "full" at the top',
            ),
        )


def target_problems(target: Target, key: str, base: Scenario) -> Iterator[Problem]:
    """Yield what is wrong with a target beyond the types of its entries.

    Its settings are left to :func:`setting_problems`: many targets share one.

    Args:
        target: the target.
        key: where it stands, such as ``targets[3]``.
        base: the scenario that its settings are laid over.
    """
    if not target.runs:
        return
    yield from _needed(target, key)
    found = indicators().get(target.indicator)
    if target.indicator and found is None:
        labels = [(text, i.name) for i in indicators().values() for text in (i.label.zh, i.label.en)]
        yield unknown_name(f"{key}.indicator", target.indicator, indicators(), t("指标", "indicator"), labels)
    if target.group not in GROUP_CELLS:
        yield unknown_name(f"{key}.group", target.group, GROUP_CELLS, t("群体", "group"))
    elif found and target.group != ALL and not found.by_group:
        several = ", ".join(i.name for i in indicators().values() if i.by_group)
        yield Problem.at(
            f"{key}.group",
            t(f"指标 {found.name} 不分群体", f"indicator {found.name} has no values by group"),
            t(f"不写 group，或改用：{several}", f"leave group out, or use one of: {several}"),
        )
    if target.band is not None and not target.band[0] < target.band[1]:
        yield Problem.at(
            f"{key}.band",
            t(
                f"区间 {target.band[0]:g} 至 {target.band[1]:g} 为空",
                f"the band {target.band[0]:g} to {target.band[1]:g} is empty",
            ),
            t("[下限, 上限]，下限小于上限", "[low, high] with low below high"),
        )
    for name, window in (("window", target.window), ("before_window", target.before_window)):
        if window is not None and (problem := window_problem(f"{key}.{name}", window, base)):
            yield problem
    if target.unit and found is not None:
        yield from _unit_problems(target, f"{key}.unit", found)
    if found is not None:
        yield from _module_problems(target, f"{key}.indicator", base)


def used_twice(name: str, key: str, first: str) -> Problem:
    """Return the problem of an id that stands twice; ``first`` is where it stood before."""
    return Problem.at(
        key,
        t(f"“{name}”已用于 {first}", f"'{name}' is {first} already"),
        t("每个目标一个名称", "a name of its own for every target"),
    )


class NotProduced(Checked):
    """Figures that the model cannot produce, and why."""

    evidence: Annotated[tuple[str, ...], Field(min_length=1)]
    reason: Text


def not_produced_problems(found: Sequence[NotProduced], targets: Sequence[Target]) -> Iterator[Problem]:
    """Yield the problems of figures that are said not to be produced although they are targets, or said so twice."""
    first = {name: f"targets[{i}]" for i, one in enumerate(targets) for name in one.evidence}
    for i, entry in enumerate(found):
        for j, name in enumerate(entry.evidence):
            key = f"not_produced[{i}].evidence[{j}]"
            if name in first:
                yield Problem.at(
                    key,
                    t(f"“{name}”已见于 {first[name]}", f"'{name}' stands at {first[name]} already"),
                    t("每个数字只在一处", "every figure in one place"),
                )
            first.setdefault(name, key)


class Targets(Checked):
    """All targets of a file, over one base scenario.

    Attributes:
        base: the scenario that settings are laid over.
        targets: what is run, and what is listed without being run.
        not_produced: figures that the model cannot produce.
        source: the name of the file.

    Raises:
        InputError: a target is not valid, or an id stands twice; all problems at once.
    """

    base: Scenario
    targets: tuple[Target, ...]
    not_produced: tuple[NotProduced, ...] = ()
    source: str = ""

    @model_validator(mode="after")
    def _checked(self) -> "Targets":
        problems: list[Problem] = []
        seen: dict[str, int] = {}
        settings: set[Setting] = set()
        for i, target in enumerate(self.targets):
            if target.id in seen:
                problems.append(used_twice(target.id, f"targets[{i}].id", f"targets[{seen[target.id]}]"))
            seen.setdefault(target.id, i)
            problems += target_problems(target, f"targets[{i}]", self.base)
            for name, setting in (("after", target.after), ("before", target.before)):
                if target.runs and setting not in settings:
                    settings.add(setting)
                    problems += setting_problems(setting, f"targets[{i}].{name}", self.base)
        problems += not_produced_problems(self.not_produced, self.targets)
        raise_if(problems)
        return self

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of all that can change a hit or a loss; words about a target are left out."""
        content = {
            "base": self.base.model_dump(mode="json", include=_RUN),
            "targets": [one.model_dump(mode="json", include=_COUNTED) for one in self.running()],
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    def running(self, role: Role | None = None) -> list[Target]:
        """Return the targets that are run, of one role or of both."""
        return [one for one in self.targets if one.runs and role in (None, one.role)]

    def resting(self) -> list[Target]:
        """Return the targets that are listed but not run."""
        return [one for one in self.targets if not one.runs]

    def only(self, *ids: str) -> "Targets":
        """Return the targets with these ids.

        Raises:
            InputError: there is no target with one of the ids.
        """
        known = [one.id for one in self.targets]
        raise_if(unknown_name("", one, known, t("目标", "target")) for one in ids if one not in known)
        return Targets(base=self.base, targets=tuple(one for one in self.targets if one.id in ids), source=self.source)

    def cited(self) -> set[str]:
        """Return the evidence that stands anywhere in the file, as a target, an input or not produced."""
        lists = [*(one.evidence for one in self.targets), *(one.evidence for one in self.not_produced)]
        return {name for found in lists for name in found}


__all__ = [
    "Measure",
    "NotProduced",
    "Role",
    "Setting",
    "Statistic",
    "Status",
    "Target",
    "Targets",
    "not_produced_problems",
    "target_problems",
]
