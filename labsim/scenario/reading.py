"""From the data of a file to a scenario, noting everything that is wrong on the way.

Takes: a :class:`~labsim.scenario.tomlsource.Source`. Gives: a scenario, or the problems,
each with its line, what is allowed and the nearest right name.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar

from labsim.foundations.declared import Catalogue, Quantity, Text
from labsim.foundations.errors import InputError, Problem, Where, nearest, unknown_name
from labsim.foundations.i18n import t
from labsim.scenario import entries
from labsim.scenario.checks import COMMUNITY_VALUE, LEVER, WORLD_PARAMETER, labels, value_problem
from labsim.scenario.community import COMMUNITY
from labsim.scenario.entries import wrong
from labsim.scenario.idle import idle_problems
from labsim.scenario.instruments import INSTRUMENT, instrument_id, instrument_names, instruments
from labsim.scenario.levers import LEVERS
from labsim.scenario.phases import AppliedInstrument, Inject, InjectKind, Phase
from labsim.scenario.scenario import Scenario
from labsim.scenario.tomlsource import Source, place_of
from labsim.scenario.world import WORLD

T = TypeVar("T")

ENTRY = t("项", "entry")
TABLES = {"population": (COMMUNITY, COMMUNITY_VALUE), "world": (WORLD, WORLD_PARAMETER), "levers": (LEVERS, LEVER)}
LISTS = ("instruments", "phases", "injects")
_PLAIN = ("extends", "name", "start_date", "horizon", "burn_in")
_TOP = (*_PLAIN, "label", "description", *TABLES, *LISTS)
_TOP_LABELS = [
    ("名称", "name"),
    ("继承", "extends"),
    ("开始日期", "start_date"),
    ("模拟天数", "horizon"),
    ("预热天数", "burn_in"),
    ("标签", "label"),
    ("说明", "description"),
    ("社区", "population"),
    ("人口", "population"),
    ("community", "population"),
    ("世界", "world"),
    ("参数", "world"),
    ("杠杆", "levers"),
    ("政策", "levers"),
    ("policy", "levers"),
    ("工具", "instruments"),
    ("阶段", "phases"),
    ("事件", "injects"),
    ("events", "injects"),
]
_INSIDE = ("variant", "lever", "value", "start", "ramp", "stop", "day", "kind", "magnitude", "target", "zh", "en")
_WHEN_LABELS = [
    ("变体", "variant"),
    ("开始", "start"),
    ("过渡", "ramp"),
    ("结束", "stop"),
    ("end", "stop"),
    ("begin", "start"),
]
KIND_LABELS = [
    ("故障突增", "fault_burst"),
    ("资金变动", "fund_change"),
    ("人员离岗", "staff_leave"),
    ("集中检查", "inspection_storm"),
    ("应用停用", "app_outage"),
    ("汛情", "flood"),
    ("内涝", "flood"),
    ("疫情", "epidemic"),
    ("电梯故障", "lift_failure"),
    ("电梯困人", "lift_failure"),
    ("热点事件", "hot_event"),
    ("舆情", "hot_event"),
]
"""Kinds of inject in Chinese, with their names."""


def known_names() -> dict[str, str]:
    """Return label or name -> right name, for everything that may stand in a scenario file."""
    names = {name: name for catalogue, _ in TABLES.values() for name in catalogue} | {name: name for name in _TOP}
    called = {label: name for catalogue, _ in TABLES.values() for label, name in labels(catalogue)}
    inside = {name: name for name in (*_INSIDE, *names)}
    return {**called, **dict(_TOP_LABELS), **inside}


class Reader:
    """Turns the data of a source into a scenario and collects what is wrong on the way."""

    def __init__(self, source: Source, shown: str, stem: str) -> None:
        """Take a source, how its file is called in messages, and the name a nameless scenario gets."""
        self.data, self.places, self.shown, self.stem = source.data, source.places, shown, stem
        self.problems = list(source.problems)
        self._said: set[str | None] = set()
        self.start_date = date(2026, 1, 1)

    def add(self, problem: Problem) -> None:
        """Collect a problem, completed with where its key stands; a value quoted as it was written is told once."""
        if problem.where.key in self._said:
            return
        self.problems.append(Problem(self.place(problem.where), problem.what, problem.allowed, problem.suggestion))

    def place(self, where: Where) -> Where:
        """Return where a key stands."""
        return place_of(where.key, self.places, self.shown)

    def scenario(self) -> Scenario | None:
        """Return the scenario of what could be read, or None when that is not one."""
        for key in self.data:
            if key not in _TOP:
                self.add(unknown_name(key, key, _TOP, ENTRY, _TOP_LABELS))
        fields: dict[str, Any] = {"name": self.data.get("name", self.stem)}
        if not isinstance(fields["name"], str):
            self.add(wrong("name", fields.pop("name"), t("带引号的文字", "text in quotes")))
        if "start_date" in self.data:
            given = self.data["start_date"]
            found = self._read("start_date", given, entries.calendar_date(given), entries.A_DATE)
            self.start_date = found or self.start_date
        fields["start_date"] = self.start_date
        for key in ("horizon", "burn_in"):
            if key in self.data:
                fields[key] = self._read(key, self.data[key], entries.days(self.data[key]), entries.DAYS)
        fields = {key: value for key, value in fields.items() if value is not None}
        called = str(self.data.get("name") or self.stem)
        fields["label"] = self._text("label") or Text(zh=called, en=called)
        fields["description"] = self._text("description")
        for section, (catalogue, what) in TABLES.items():
            fields["community" if section == "population" else section] = self._values(
                section, self.data.get(section, {}), catalogue, what
            )
        fields["instruments"] = self._list("instruments", self._instrument)
        fields["phases"] = self._list("phases", self._phase)
        fields["injects"] = self._list("injects", self._inject)
        # Unchecked, because the rest may be wrong too and everything is told at once.
        for problem in idle_problems(Scenario.model_construct(**fields)):
            self.add(problem)
        try:
            return Scenario(**fields)
        except InputError as error:
            for problem in error.problems:
                self.add(problem)
            return None

    def _read(self, key: str, value: Any, found: T | None, allowed: Text) -> T | None:
        """Return what was found, after noting when it is nothing."""
        if found is None:
            self.add(wrong(key, value, allowed))
        return found

    def _text(self, key: str) -> Text | None:
        value = self.data.get(key)
        if value is None:
            return None
        pair = {"zh": value, "en": value} if isinstance(value, str) else value
        if isinstance(pair, dict):
            for name in pair:
                if name not in ("zh", "en"):
                    self.add(unknown_name(f"{key}.{name}", name, ("zh", "en"), t("语言", "language")))
            zh, en = pair.get("zh", pair.get("en")), pair.get("en", pair.get("zh"))
            if isinstance(zh, str) and isinstance(en, str) and zh and en:
                return Text(zh=zh, en=en)
        self.add(wrong(key, value, t('文字，或 zh = "…" 与 en = "…"', 'text, or zh = "…" and en = "…"')))
        return None

    def _number(self, key: str, value: Any, quantity: Quantity) -> float | None:
        number = entries.number(value, quantity)
        if number is None:
            self.add(entries.unconvertible(key, value, quantity))
        elif isinstance(value, str) and (problem := value_problem(key, quantity, number, entries.cut(value))):
            self.add(problem)
            self._said.add(key)
        return number

    def _values(self, section: str, table: Any, catalogue: Catalogue, what: Text) -> dict[str, float]:
        if not isinstance(table, dict):
            self.add(wrong(section, table, t(f"一节 [{section}]", f"a section [{section}]")))
            return {}
        found = {}
        for name, value in table.items():
            if name not in catalogue:
                key = f"{section}.{name}"
                self.add(_elsewhere(section, name) or unknown_name(key, name, catalogue, what, labels(catalogue)))
            elif (number := self._number(f"{section}.{name}", value, catalogue[name])) is not None:
                found[name] = number
        return found

    def _list(self, section: str, make: Callable[[str, Mapping[str, Any]], Any]) -> tuple[Any, ...]:
        given = self.data.get(section, [])
        if isinstance(given, dict):
            self.add(wrong(section, f"[{section}]", t(f"双方括号 [[{section}]]", f"double brackets [[{section}]]")))
            return ()
        if not isinstance(given, list):
            self.add(wrong(section, given, t(f"若干节 [[{section}]]", f"sections [[{section}]]")))
            return ()
        made = []
        for i, entry in enumerate(given):
            key = f"{section}[{i}]"
            entry = {"name": entry} if section == "instruments" and isinstance(entry, str) else entry
            if not isinstance(entry, dict):
                self.add(wrong(key, entry, t(f"一节 [[{section}]]", f"a section [[{section}]]")))
                continue
            try:
                made.append(make(key, entry))
            except InputError as error:
                for one in error.problems:
                    self.add(Problem.at(f"{key}.{one.where.key}", one.what, one.allowed, one.suggestion))
        return tuple(one for one in made if one is not None)

    def _fields(self, key: str, entry: Mapping[str, Any], needed: tuple[str, ...], optional: tuple[str, ...]) -> bool:
        """Note unknown and missing entries, and return whether all that is needed is there."""
        for name in entry:
            if name not in (*needed, *optional):
                self.add(unknown_name(f"{key}.{name}", name, (*needed, *optional), ENTRY, _WHEN_LABELS))
        for name in needed:
            if name not in entry:
                what = t(f"缺少 {name}", f"{name} is missing")
                self.add(Problem.at(f"{key}.{name}", what, t(f"{name} = …", f"{name} = …")))
        return all(name in entry for name in needed)

    def _timing(self, key: str, entry: Mapping[str, Any]) -> dict[str, int]:
        found: dict[str, int | None] = {}
        for name in ("start", "ramp", "stop"):
            if name in entry:
                value = entry[name]
                read = entries.days(value) if name == "ramp" else entries.day(value, self.start_date)
                found[name] = self._read(
                    f"{key}.{name}", value, read, entries.DAYS if name == "ramp" else entries.A_DAY
                )
        return {name: days for name, days in found.items() if days is not None}

    def _instrument(self, key: str, entry: Mapping[str, Any]) -> AppliedInstrument | None:
        complete = self._fields(key, entry, ("name",), ("variant", "start", "ramp", "stop", "levers"))
        timing = self._timing(key, entry)
        values = self._values(f"{key}.levers", entry.get("levers", {}), LEVERS, LEVER)
        if not complete:
            return None
        name = instrument_id(entry["name"]) if isinstance(entry["name"], str) else entry["name"]
        if name not in list(instruments()):
            self.add(unknown_name(f"{key}.name", str(name), instruments(), INSTRUMENT, instrument_names()))
            return None
        variant = entry.get("variant")
        if variant is not None and not isinstance(variant, str):
            self.add(wrong(f"{key}.variant", variant, t("带引号的编号", "a code in quotes")))
            variant = None
        return AppliedInstrument(name=name, variant=variant, levers=values, **timing)

    def _phase(self, key: str, entry: Mapping[str, Any]) -> Phase | None:
        complete = self._fields(key, entry, ("lever", "value"), ("start", "ramp", "stop"))
        timing, lever = self._timing(key, entry), entry.get("lever")
        if lever is not None and lever not in list(LEVERS):
            self.add(unknown_name(f"{key}.lever", str(lever), LEVERS, LEVER, labels(LEVERS)))
            return None
        if not complete:
            return None
        value = self._number(f"{key}.value", entry["value"], LEVERS[str(lever)])
        return None if value is None else Phase(lever=str(lever), value=value, **timing)

    def _inject(self, key: str, entry: Mapping[str, Any]) -> Inject:
        self._fields(key, entry, ("day", "kind", "magnitude"), ("target",))
        kinds = {kind.name.lower(): kind for kind in InjectKind}
        kind = entry.get("kind")
        if kind is not None and kind not in list(kinds):
            self.add(unknown_name(f"{key}.kind", str(kind), kinds, t("事件类型", "kind of inject"), KIND_LABELS))
            kind = nearest(str(kind), kinds, KIND_LABELS)
        when, given = entry.get("day"), entry.get("magnitude")
        unit = "yuan" if kind == "fund_change" else "d" if kind == "app_outage" else "1"
        day, size = entries.day(when, self.start_date), entries.sized(given, unit)
        if kind is None and size is None:
            # Without a kind nobody knows the unit: only what no kind could mean is wrong.
            size = next((n for one in ("yuan", "d") if (n := entries.sized(given, one)) is not None), None)
        if "day" in entry:
            self._read(f"{key}.day", when, day, entries.A_DAY)
        if "magnitude" in entry:
            self._read(f"{key}.magnitude", given, size, t(f"数字，单位 {unit}", f"a number, unit {unit}"))
        target = entry.get("target", -1)
        if isinstance(target, bool) or not isinstance(target, int):
            self.add(wrong(f"{key}.target", target, t("整数", "a whole number")))
            target = None
        # What is missing or wrong was noted; something harmless in its place lets the rest be checked in the same go.
        return Inject(
            day=day or 0,
            kind=kinds[kind or "fault_burst"],
            magnitude=1.0 if kind is None or size is None else size,
            target=0 if kind is None or target is None else target,
        )


def _elsewhere(section: str, name: str) -> Problem | None:
    """Return the problem of a right name under the wrong section, or None."""
    home = next((other for other, (catalogue, _) in TABLES.items() if name in catalogue), None)
    if home is None:
        return None
    return Problem.at(
        f"{section}.{name}",
        t(f"{name} 不属于 [{section}]", f"{name} does not belong under {section}"),
        t(f"写在 [{home}] 下", f"under [{home}]"),
        f"[{home}] {name}",
    )
