"""City files: ``scenarios/*.toml`` with a table ``[city]``, to :class:`City` and back.

Takes: a path or the name of a city that travels with the package. Gives: a city, or one error
with every problem. Everything outside ``[city]`` is the scenario that all communities share.
"""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

import tomlkit

from labsim.foundations.declared import Catalogue, Text
from labsim.foundations.errors import InputError, Problem, raise_if, unknown_name
from labsim.foundations.i18n import t
from labsim.foundations.writing import write_whole
from labsim.scenario import entries
from labsim.scenario.checks import LEVER, labels
from labsim.scenario.city import CITY_VALUE, PRACTICE_VALUE, City, Practice
from labsim.scenario.city_declared import CHOICE_LABELS, CITY, PRACTICE, RULE_LABELS, RULES, Learning, Published
from labsim.scenario.entries import wrong
from labsim.scenario.files import city_names, source_of
from labsim.scenario.instruments import instrument_id
from labsim.scenario.levers import LEVERS
from labsim.scenario.reading import Reader
from labsim.scenario.tomlsource import Source
from labsim.scenario.written import written

_PRACTICE_CHOICES: Mapping[str, type[StrEnum]] = {"published": Published, "learning": Learning}
_PRACTICE_OTHER = ("name", "label", "instruments", "levers", "adopters")


def load_city(path_or_name: str | Path) -> City:
    """Return the city of a file.

    Raises:
        InputError: the file is missing or wrong, or describes a single community; all problems at once.
    """
    source, stem = source_of(path_or_name, city_names)
    reader = CityReader(source, str(path_or_name), stem)
    city = reader.city()
    raise_if(sorted(reader.problems, key=lambda one: (one.where.file or "", one.where.line or 0)))
    assert city is not None
    return city


def save_city(city: City, path: str | Path) -> Path:
    """Write a city to a file that :func:`load_city` reads back without loss, and return where."""
    target = Path(path)
    write_whole(target, written_city(city))
    return target


class CityReader(Reader):
    """Turns the data of a source into a city and collects what is wrong on the way."""

    def __init__(self, source: Source, shown: str, stem: str) -> None:
        """Take a source, how its file is called in messages, and the name a nameless city gets."""
        rest = {key: value for key, value in source.data.items() if key != "city"}
        super().__init__(Source(rest, source.places, source.problems), shown, stem)
        self.table = source.data.get("city")

    def city(self) -> City | None:
        """Return the city of what could be read, or None when that is not one."""
        scenario = self.scenario()
        if not isinstance(self.table, dict):
            what = t("没有 [city] 一节，这是单个社区的情景", "there is no [city]: this is a scenario of one community")
            self.add(Problem.at("city", what, t("[city]，或 labsim run", "[city], or labsim run")))
            return None
        fields: dict[str, Any] = {}
        numbers, choices = {}, {name: kind for name, (kind, _) in RULES.items()}
        for name, value in self.table.items():
            key = f"city.{name}"
            if name in choices:
                fields[name] = self._choice(key, value, choices[name], RULE_LABELS[name])
            elif name == "practices":
                continue
            elif name not in CITY:
                known = [*CITY, *choices, "practices"]
                spoken = [*labels(CITY), *((RULE_LABELS[one].zh, one) for one in choices), ("做法", "practices")]
                self.add(unknown_name(key, name, known, CITY_VALUE, spoken))
            elif (number := self._number(key, value, CITY[name])) is not None:
                numbers[name] = number
        fields["practices"] = self._practices(self.table.get("practices", []))
        if scenario is None:
            return None
        try:
            # What was wrong is noted; the rest is checked in the same go.
            given = {name: value for name, value in fields.items() if value is not None}
            return City(scenario=scenario, values=numbers, **given)
        except InputError as error:
            for problem in error.problems:
                self.add(problem)
            return None

    def _choice(self, key: str, value: Any, kind: type[StrEnum], what: Text) -> StrEnum | None:
        known = [one.value for one in kind]
        if value in known:
            return kind(value)
        spoken = [(label, one) for one in known for label in (CHOICE_LABELS[one].zh, CHOICE_LABELS[one].en)]
        self.add(unknown_name(key, str(value), known, what, spoken))
        return None

    def _practices(self, given: Any) -> tuple[Practice, ...] | None:
        if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
            self.add(wrong("city.practices", given, t("若干节 [[city.practices]]", "sections [[city.practices]]")))
            return None
        found = [self._practice(f"city.practices[{i}]", one) for i, one in enumerate(given)]
        return tuple(one for one in found if one is not None)

    def _practice(self, key: str, entry: Mapping[str, Any]) -> Practice | None:
        fields: dict[str, Any] = {}
        numbers: dict[str, float] = {}
        for name, value in entry.items():
            inner = f"{key}.{name}"
            if name in _PRACTICE_CHOICES:
                fields[name] = self._choice(inner, value, _PRACTICE_CHOICES[name], RULE_LABELS[name])
            elif name == "levers":
                fields[name] = self._values(inner, value, LEVERS, LEVER)
            elif name in _PRACTICE_OTHER:
                fields[name] = self._plain(inner, name, value)
            elif name not in PRACTICE:
                known = [*_PRACTICE_OTHER, *_PRACTICE_CHOICES, *PRACTICE]
                self.add(unknown_name(inner, name, known, PRACTICE_VALUE, labels(PRACTICE)))
            elif name == "start":
                day = entries.day(value, self.start_date)
                if self._read(inner, value, day, entries.A_DAY) is not None and day is not None:
                    numbers[name] = float(day)
            elif (number := self._number(inner, value, PRACTICE[name])) is not None:
                numbers[name] = number
        if "name" not in entry:
            self.add(Problem.at(f"{key}.name", t("缺少 name", "name is missing"), t("name = …", "name = …")))
            return None
        try:
            return Practice(values=numbers, **{name: value for name, value in fields.items() if value is not None})
        except InputError as error:
            for one in error.problems:
                self.add(Problem.at(f"{key}.{one.where.key}", one.what, one.allowed, one.suggestion))
            return None

    def _plain(self, key: str, name: str, value: Any) -> Any:
        """Return a name, a label or a list as it is written, after noting when it is none."""
        if name == "label":
            if (
                isinstance(value, dict)
                and set(value) == {"zh", "en"}
                and all(isinstance(x, str) for x in value.values())
            ):
                return Text(**value)
            if isinstance(value, str) and value:
                return Text(zh=value, en=value)
            return self._read(key, value, None, t('文字，或 zh = "…" 与 en = "…"', 'text, or zh = "…" and en = "…"'))
        if name == "name":
            good, allowed = isinstance(value, str), t("带引号的文字", "text in quotes")
        elif name == "instruments":
            good = isinstance(value, list) and all(isinstance(one, str) for one in value)
            allowed = t('名称列表，如 ["points_scheme"]', 'a list of names such as ["points_scheme"]')
        else:
            good = isinstance(value, list) and all(type(one) is int for one in value)
            allowed = t("社区编号列表，如 [1, 4]", "a list of communities such as [1, 4]")
        if not good:
            self.add(wrong(key, value, allowed))
            return None
        if name == "instruments":
            return tuple(instrument_id(one) for one in value)
        return tuple(value) if isinstance(value, list) else value


def written_city(city: City) -> str:
    """Return the text of a city file; nothing of the city is lost."""
    document = tomlkit.document()
    table = tomlkit.table()
    for name, kind in RULES.items():
        if getattr(city, name) != kind[1]:
            table[name] = str(getattr(city, name))
    _numbers(table, city.values, CITY)
    practices = tomlkit.aot()
    for one in city.practices:
        entry = tomlkit.table()
        entry["name"] = one.name
        if one.label is not None:
            entry["label"] = tomlkit.inline_table()
            entry["label"].update({"zh": one.label.zh, "en": one.label.en})
        entry["instruments"], entry["adopters"] = list(one.instruments), list(one.adopters)
        entry["published"], entry["learning"] = str(one.published), str(one.learning)
        _numbers(entry, one.values, PRACTICE)
        if one.levers:
            entry["levers"] = tomlkit.table()
            _numbers(entry["levers"], one.levers, LEVERS)
        practices.append(entry)
    if city.practices:
        table["practices"] = practices
    document["city"] = table
    return f"{written(city.scenario)}\n{tomlkit.dumps(document)}"


def _numbers(table: Any, values: Mapping[str, float], catalogue: Catalogue) -> None:
    """Write numbers with label and unit beside them."""
    for name, value in values.items():
        plain = int(value) if float(value).is_integer() and abs(value) < 1e15 else float(value)
        quantity = catalogue[name]
        table[name] = tomlkit.item(plain).comment(f"{quantity.label.zh}, {quantity.unit}")
