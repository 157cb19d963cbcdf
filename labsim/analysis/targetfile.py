"""Targets files: ``data/targets.toml`` and any file in the same format.

Takes: a path. Gives: :class:`~labsim.analysis.targets.Targets`, or one error with every problem of the
file: line, key, what is wrong, what is allowed and the nearest right name.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from labsim.analysis.setting import Setting
from labsim.analysis.settingfile import SETTING, SettingReader
from labsim.analysis.targets import (
    NotProduced,
    Role,
    Statistic,
    Status,
    Target,
    Targets,
    not_produced_problems,
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
from labsim.scenario.community import COMMUNITY
from labsim.scenario.entries import wrong
from labsim.scenario.files import load
from labsim.scenario.instruments import instruments
from labsim.scenario.levers import LEVERS
from labsim.scenario.scenario import Scenario
from labsim.scenario.tomlsource import Source, parse, place_of, read_text

TARGETS = ("data", "targets.toml")
_ENTRY = t("项", "entry")
_TOP = ("scenario", "horizon", "window", "targets", "not_produced")
_TOP_LABELS = [
    ("情景", "scenario"), ("目标", "targets"), ("时间窗", "window"), ("target", "targets"),
    ("不能产生", "not_produced"), ("missing", "not_produced"),
]  # fmt: skip
_FIELDS = (*Target.model_fields, "community")
_FIELD_LABELS = [
    ("指标", "indicator"), ("群体", "group"), ("证据", "evidence"), ("区间", "band"), ("说明", "note"),
    ("数值", "value"), ("单位", "unit"), ("机制", "mechanism"), ("定义", "definition"), ("数据", "data_needed"),
    ("社区", "community"), ("population", "community"),
]  # fmt: skip
_CHOICES: dict[str, tuple[tuple[str, ...], Text, list[tuple[str, str]]]] = {
    "statistic": (
        tuple(Statistic), t("统计量", "statistic"),
        [("水平", "level"), ("差", "difference"), ("比", "ratio"), ("相对变化", "relative_change")],
    ),
    "role": (tuple(Role), t("角色", "role"), [("拟合", "fit"), ("自由", "free")]),
    "status": (tuple(Status), t("状态", "status"), [("输入", "input"), ("需要模块", "needs module")]),
}  # fmt: skip
_WHY_LABELS = [("证据", "evidence"), ("理由", "reason"), ("why", "reason"), ("note", "reason")]
_TEXTS = ("label", "note", "definition", "mechanism", "data_needed", "seen")


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
    names = {name: name for name in (*_TOP, *_FIELDS, *SETTING, *LEVERS, *COMMUNITY, *indicators(), *instruments())}
    reader = _Reader(parse(text, shown, {**dict(_FIELD_LABELS), **names}), shown, folder)
    targets = reader.targets()
    rest = _not_produced(reader.data.get("not_produced", []), targets, reader.add)
    raise_if(sorted(reader.problems, key=lambda one: one.where.line or 0))
    return Targets(base=reader.base, targets=tuple(targets), not_produced=rest, source=Path(shown).name)


def _text(value: Any) -> Text | None:
    """Return a text given once or in both languages, or None when it is neither."""
    pair = {"zh": value, "en": value} if isinstance(value, str) else value
    if not isinstance(pair, dict) or set(pair) - {"zh", "en"}:
        return None
    zh, en = pair.get("zh", pair.get("en")), pair.get("en", pair.get("zh"))
    return Text(zh=zh, en=en) if isinstance(zh, str) and isinstance(en, str) and zh and en else None


def _not_produced(given: Any, targets: list[Target], add: Callable[[Problem], None]) -> tuple[NotProduced, ...]:
    """Return the figures that a file says the model cannot produce, and tell what is wrong with them."""
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        add(wrong("not_produced", given, t("若干节 [[not_produced]]", "sections [[not_produced]]")))
        return ()
    names = tuple(NotProduced.model_fields)
    found = []
    for i, entry in enumerate(given):
        key = f"not_produced[{i}]"
        for name in entry:
            if name not in names:
                add(unknown_name(f"{key}.{name}", name, names, _ENTRY, _WHY_LABELS))
        evidence, reason = entry.get("evidence"), _text(entry.get("reason"))
        ids = [evidence] if isinstance(evidence, str) else evidence
        right = isinstance(ids, list) and bool(ids) and all(isinstance(one, str) for one in ids)
        if not right:
            add(wrong(f"{key}.evidence", evidence, t('["编号", …]', '["id", …]')))
        if reason is None:
            allowed = t('文字，或 { zh = "…", en = "…" }', 'text, or { zh = "…", en = "…" }')
            add(wrong(f"{key}.reason", entry.get("reason"), allowed))
        if right and reason is not None:
            found.append(NotProduced(evidence=tuple(ids or ()), reason=reason))
    if len(found) == len(given):  # else their places are not those of the file
        for problem in not_produced_problems(found, targets):
            add(problem)
    return tuple(found)


class _Reader:
    """Turns the data of a targets file into targets and collects what is wrong on the way."""

    def __init__(self, source: Source, shown: str, folder: Path | None) -> None:
        self.data, self.places, self.shown, self.folder = source.data, source.places, shown, folder
        self.problems = list(source.problems)
        self.base = Scenario()
        self.window: list[Any] | None = None
        self.settings = SettingReader(self.add)

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
        name = self.data.get("scenario", "full")
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
            # Nothing is known of its modules: entries are not to be blamed for them.
            switches = [name for name in COMMUNITY if name.startswith("module_")]
            self.base = self.base.with_community(**dict.fromkeys(switches, 1.0))

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
            self._field(f"{key}.{name}", name, value, fields)
        self._settings(key, entry, fields)
        fields.setdefault("label", _text(str(entry.get("id", key))))
        self._figures(key, fields)
        for needed in ("id", "value"):
            if needed not in entry:
                self.add(Problem.at(f"{key}.{needed}", t("缺少此项", "this entry is missing"),
                                    t(f"{needed} = …", f"{needed} = …")))  # fmt: skip
        given = {name: value for name, value in fields.items() if value is not None}
        target = self._made(key, given)
        # What can be checked of the rest is checked all the same, so that nothing is found only next time.
        told = self._told(key)
        if f"{key}.statistic" in told:
            told.add(f"{key}.unit")  # which unit is right depends on the statistic
        self.add_all(p for p in target_problems(target, key, self.base) if p.where.key not in told)
        return target if len(self.problems) == before else None

    def _made(self, key: str, given: dict[str, Any]) -> Target:
        """Return the target of what was given, with what is not of its type told and left out."""
        try:
            return Target(**{"id": "x", "value": 0.0, **given})
        except InputError as error:
            self.add_all(
                Problem.at(f"{key}.{one.where.key}", one.what, one.allowed, one.suggestion) for one in error.problems
            )
            wrong_ones = {re.split(r"[.\[]", one.where.key or "")[0] for one in error.problems}
        right = {name: value for name, value in given.items() if name not in wrong_ones}
        return Target(**{"id": "x", "value": 0.0, "label": t("x", "x"), **right})

    def _field(self, at: str, name: str, value: Any, fields: dict[str, Any]) -> None:
        """Read one entry of a target that needs no other."""
        if name not in _FIELDS:
            self.add(unknown_name(at, name, _FIELDS, _ENTRY, _FIELD_LABELS))
        elif name in _TEXTS:
            fields[name] = _text(value)
            if fields[name] is None:
                self.add(wrong(at, value, t('文字，或 { zh = "…", en = "…" }', 'text, or { zh = "…", en = "…" }')))
        elif name in ("window", "before_window"):
            fields[name] = self._window(at, value)
        elif name in _CHOICES:
            names, what, spoken = _CHOICES[name]
            fields[name] = dict(spoken).get(value, value) if isinstance(value, str) else value
            if fields[name] not in names:
                self.add(unknown_name(at, str(value), names, what, spoken))
                fields[name] = None
        elif name == "evidence":
            fields[name] = (value,) if isinstance(value, str) else value
        elif name == "group":
            fields[name] = next((g for g, label in GROUP_LABELS.items() if value in (label.zh, label.en)), value)
        elif name not in ("before", "after", "community"):
            fields[name] = value

    def _settings(self, key: str, entry: dict[str, Any], fields: dict[str, Any]) -> None:
        """Read before and after, in the community of the entry."""
        community = self.settings.community(f"{key}.community", entry.get("community", {}))
        for side in ("before", "after"):
            at = f"{key}.{side}"
            setting = self.settings.read(at, entry[side]) if side in entry else Setting()
            fields[side] = setting and setting.within(community)
            if fields[side] is not None:
                self.settings.check(at if side in entry else f"{key}.community", fields[side], self.base)

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
