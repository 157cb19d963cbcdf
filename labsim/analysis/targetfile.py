"""Targets files: ``data/targets.toml`` and any file in the same format.

Takes: a path. Gives: :class:`~labsim.analysis.targets.Targets`, or one error with every problem of the
file: line, key, what is wrong, what is allowed and the nearest right name.
"""

from pathlib import Path
from typing import Any

from labsim.analysis.targets import (
    Setting,
    Statistic,
    Target,
    Targets,
    setting_problems,
    target_problems,
    used_twice,
    window_problem,
)
from labsim.foundations.declared import Text
from labsim.foundations.errors import InputError, Problem, Where, raise_if, unknown_name
from labsim.foundations.i18n import t
from labsim.foundations.paths import resource
from labsim.results.indicators import GROUP_LABELS, indicators
from labsim.scenario import entries
from labsim.scenario.checks import LEVER, labels
from labsim.scenario.entries import wrong
from labsim.scenario.files import load
from labsim.scenario.instruments import instrument_names, instruments
from labsim.scenario.levers import LEVERS
from labsim.scenario.scenario import Scenario
from labsim.scenario.tomlsource import Source, parse, place_of, read_text

TARGETS = ("data", "targets.toml")
_ENTRY = t("项", "entry")
_TOP = ("scenario", "horizon", "window", "targets")
_TOP_LABELS = [("情景", "scenario"), ("目标", "targets"), ("时间窗", "window"), ("target", "targets")]
_FIELDS = tuple(Target.model_fields)
_FIELD_LABELS = [
    ("指标", "indicator"), ("群体", "group"), ("证据", "evidence"), ("区间", "band"), ("说明", "note"),
    ("数值", "value"), ("单位", "unit"), ("机制", "mechanism"), ("定义", "definition"), ("数据", "data_needed"),
]  # fmt: skip
_SETTING_LABELS = [("工具", "instruments"), ("杠杆", "levers"), ("开始", "start")]
_SETTING = ("instruments", "levers", "start")
_TEXTS = ("label", "note", "definition", "mechanism", "data_needed")


def read_targets(path: str | Path | None = None) -> Targets:
    """Return the targets of a file, of ``data/targets.toml`` when left out.

    Raises:
        InputError: the file is missing or wrong; all problems at once.
    """
    place = resource(*TARGETS) if path is None else Path(path)
    text = read_text(place, str(place.name if path is None else path))
    return parse_targets(text, str(place.name if path is None else path), place.parent)


def parse_targets(text: str, shown: str, folder: Path | None = None) -> Targets:
    """Return the targets of a TOML text.

    Args:
        text: the text.
        shown: how the file is called in messages.
        folder: where its scenario is looked for first.

    Raises:
        InputError: as :func:`read_targets`.
    """
    names = {name: name for name in (*_TOP, *_FIELDS, *_SETTING, *LEVERS, *indicators(), *instruments())}
    reader = _Reader(parse(text, shown, {**dict(_FIELD_LABELS), **names}), shown, folder)
    targets = reader.targets()
    raise_if(sorted(reader.problems, key=lambda one: one.where.line or 0))
    return Targets(base=reader.base, targets=tuple(targets), source=Path(shown).name)


def _text(value: Any) -> Text | None:
    """Return a text given once or in both languages, or None when it is neither."""
    pair = {"zh": value, "en": value} if isinstance(value, str) else value
    if not isinstance(pair, dict) or set(pair) - {"zh", "en"}:
        return None
    zh, en = pair.get("zh", pair.get("en")), pair.get("en", pair.get("zh"))
    return Text(zh=zh, en=en) if isinstance(zh, str) and isinstance(en, str) and zh and en else None


class _Reader:
    """Turns the data of a targets file into targets and collects what is wrong on the way."""

    def __init__(self, source: Source, shown: str, folder: Path | None) -> None:
        self.data, self.places, self.shown, self.folder = source.data, source.places, shown, folder
        self.problems = list(source.problems)
        self.base = Scenario()
        self.window: list[Any] | None = None
        self.settings: set[Setting] = set()

    def add(self, problem: Problem) -> None:
        """Collect a problem, completed with where its key stands."""
        where: Where = place_of(problem.where.key, self.places, self.shown)
        self.problems.append(Problem(where, problem.what, problem.allowed, problem.suggestion))

    def add_all(self, problems: Any) -> None:
        """Collect several problems."""
        for one in problems:
            self.add(one)

    def targets(self) -> list[Target]:
        """Return the targets that could be read."""
        for key in self.data:
            if key not in _TOP:
                self.add(unknown_name(key, key, _TOP, _ENTRY, _TOP_LABELS))
        self._base()
        self.window = self._window("window", self.data.get("window", [0, self.base.horizon]))
        if self.window is not None and (problem := window_problem("window", tuple(self.window), self.base)):
            self.add(problem)
            self.window = None
        given = self.data.get("targets", [])
        if not isinstance(given, list) or not given:
            self.add(wrong("targets", given, t("至少一节 [[targets]]", "at least one section [[targets]]")))
            return []
        found: list[Target] = []
        places: dict[str, int] = {}
        for i, entry in enumerate(given):
            key = f"targets[{i}]"
            if not isinstance(entry, dict):
                self.add(wrong(key, entry, t("一节 [[targets]]", "a section [[targets]]")))
                continue
            target = self._target(key, entry)
            if target is None:
                continue
            if target.id in places:
                self.add(used_twice(target.id, f"{key}.id", f"targets[{places[target.id]}]"))
                continue
            places[target.id] = i
            found.append(target)
            self.add_all(target_problems(target, key, self.base))
        return found

    def _base(self) -> None:
        name = self.data.get("scenario", "baseline")
        try:
            if not isinstance(name, str):
                raise InputError([wrong("scenario", name, t("情景的名称或文件", "a scenario's name or file"))])
            beside = self.folder / name if self.folder is not None else Path(name)
            self.base = load(beside if beside.is_file() else name)
            horizon = self.data.get("horizon", self.base.horizon)
            days = entries.days(horizon)
            if days is None:
                raise InputError([wrong("horizon", horizon, entries.DAYS)])
            self.base = self.base.changed(horizon=days)
        except InputError as error:
            for one in error.problems:
                key = "horizon" if one.where.key == "horizon" else "scenario"
                self.add(Problem.at(key, one.what, one.allowed, one.suggestion))

    def _window(self, key: str, value: Any) -> list[Any] | None:
        days = [entries.days(one) for one in value] if isinstance(value, list) else []
        if len(days) == 2 and None not in days:
            return list(days)
        self.add(wrong(key, value, t("[起日, 止日]，如 [364, 728]", "[first, last], such as [364, 728]")))
        return None

    def _target(self, key: str, entry: dict[str, Any]) -> Target | None:
        before = len(self.problems)
        fields: dict[str, Any] = {"window": self.window or (0, self.base.horizon)}
        for name, value in entry.items():
            at = f"{key}.{name}"
            if name not in _FIELDS:
                self.add(unknown_name(at, name, _FIELDS, _ENTRY, _FIELD_LABELS))
            elif name in _TEXTS:
                fields[name] = _text(value)
                if fields[name] is None:
                    self.add(wrong(at, value, t('文字，或 { zh = "…", en = "…" }', 'text, or { zh = "…", en = "…" }')))
            elif name in ("window", "before_window"):
                fields[name] = self._window(at, value)
            elif name in ("before", "after"):
                fields[name] = self._setting(at, value)
            elif name == "evidence":
                fields[name] = (value,) if isinstance(value, str) else value
            elif name == "group":
                fields[name] = next((g for g, label in GROUP_LABELS.items() if value in (label.zh, label.en)), value)
            else:
                fields[name] = value
        fields.setdefault("label", _text(str(entry.get("id", key))))
        self._figures(key, fields)
        for needed in ("id", "value"):
            if needed not in entry:
                self.add(Problem.at(f"{key}.{needed}", t("缺少此项", "this entry is missing"),
                                    t(f"{needed} = …", f"{needed} = …")))  # fmt: skip
        # What can be checked of the rest is checked all the same, so that nothing is found only next time.
        broken = len(self.problems) > before
        rest = {name: value for name, value in fields.items() if value is not None}
        try:
            target = Target(**{"id": "x", "value": 0.0, **rest})
        except InputError as error:
            self.add_all(
                Problem.at(f"{key}.{one.where.key}", one.what, one.allowed, one.suggestion) for one in error.problems
            )
            return None
        if broken:
            told = self._told(key)
            self.add_all(p for p in target_problems(target, key, self.base) if p.where.key not in told)
            return None
        return target

    def _told(self, key: str) -> set[str]:
        """Return the keys of an entry about which something has been said."""
        said = {one.where.key or "" for one in self.problems}
        return {one for one in said if one.startswith(f"{key}.")}

    def _figures(self, key: str, fields: dict[str, Any]) -> None:
        """Turn value and band into plain numbers in the indicator's unit; per cent become shares."""
        found = indicators().get(str(fields.get("indicator")))
        statistic = fields.get("statistic", Statistic.LEVEL)
        shares = statistic in (Statistic.RATIO, Statistic.RELATIVE_CHANGE) or (found and found.unit == "share")
        unit = "share" if shares else (found.unit if found else str(fields.get("unit", "1")))
        percent = shares and fields.get("unit") in ("%", "percent")

        def figure(at: str, value: Any) -> float | None:
            number = entries.sized(value, unit)
            if number is None:
                self.add(wrong(at, value, t("数字", "a number")))
                return None
            return number / 100.0 if percent and not isinstance(value, str) else number

        if "value" in fields:
            fields["value"] = figure(f"{key}.value", fields["value"])
        if "band" in fields:
            band = fields["band"]
            if isinstance(band, list) and len(band) == 2:
                fields["band"] = [figure(f"{key}.band[{i}]", one) for i, one in enumerate(band)]
            else:
                self.add(wrong(f"{key}.band", band, t("[下限, 上限]", "[low, high]")))
        if percent:
            fields["unit"] = "share"

    def _setting(self, key: str, value: Any) -> Setting | None:
        """Return a setting given as a list of instruments or as a table, or None."""
        table = {"instruments": value} if isinstance(value, list) else value
        if not isinstance(table, dict):
            allowed = t('["工具", …] 或 { instruments = […], levers = { … } }',
                        '["instrument", …] or { instruments = […], levers = { … } }')  # fmt: skip
            self.add(wrong(key, value, allowed))
            return None
        for name in table:
            if name not in _SETTING:
                self.add(unknown_name(f"{key}.{name}", name, _SETTING, _ENTRY, _SETTING_LABELS))
        names = table.get("instruments", [])
        names = [names] if isinstance(names, str) else names
        if not isinstance(names, list) or not all(isinstance(one, str) for one in names):
            self.add(wrong(f"{key}.instruments", names, t('["工具", …]', '["instrument", …]')))
            return None
        called = dict(instrument_names())
        start = entries.days(table.get("start", 0))
        if start is None:
            self.add(wrong(f"{key}.start", table["start"], entries.DAYS))
        levers = table.get("levers", {})
        if not isinstance(levers, dict):
            self.add(wrong(f"{key}.levers", levers, t("{ 杠杆 = 值 }", "{ lever = value }")))
            return None
        values: dict[str, float] = {}
        for name, given in levers.items():
            if name not in LEVERS:
                self.add(unknown_name(f"{key}.levers.{name}", name, LEVERS, LEVER, labels(LEVERS)))
            elif (number := entries.number(given, LEVERS[name])) is None:
                self.add(entries.unconvertible(f"{key}.levers.{name}", given, LEVERS[name]))
            else:
                values[name] = number
        right = tuple(one if one in instruments() else called.get(one, one) for one in names)
        if start is None:
            return None
        setting = Setting(instruments=right, levers=values, start=start)
        if setting not in self.settings:
            self.settings.add(setting)
            self.add_all(setting_problems(setting, key, self.base))
        return setting
