"""City: many communities under streets and a district, whole and unchangeable.

Takes: a scenario that every community starts from, how communities differ, how visits, money
and volunteer teams are shared, which practices may spread. Gives: :class:`City`, checked,
with a fingerprint; ``city_files`` reads and writes it.
"""

import hashlib
import json
from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field, model_validator

from labsim.foundations.calendar import PERIOD
from labsim.foundations.declared import Text
from labsim.foundations.errors import Problem, raise_if, unknown_name
from labsim.foundations.i18n import t
from labsim.scenario.checked import Checked
from labsim.scenario.checks import LEVER, table_problems, value_problems
from labsim.scenario.city_declared import CITY, PRACTICE, FundRule, Learning, Level, Published, TeamRule, VisitRule
from labsim.scenario.instruments import INSTRUMENT, instrument_names, instruments
from labsim.scenario.levers import LEVERS
from labsim.scenario.scenario import Scenario, lever_table, resolved
from labsim.scenario.values import ValueField, Values

CITY_VALUE = t("城市属性", "city value")
PRACTICE_VALUE = t("做法属性", "value of a practice")
_SHARED = ("inspection_frequency", "service_budget", "volunteers_sent", "volunteers_received")
"""Levers that streets and district set, so that no practice may."""


class Practice(Checked):
    """Something communities do that others may take over: instruments, and levers over them.

    Attributes:
        name: short name.
        label: what it is called.
        instruments: names in the catalogue.
        levers: values over those of the instruments.
        adopters: the first communities, counted from 1.
        published: the result by which others judge it.
        learning: whether they look at results at all.
        values: what differs from :data:`PRACTICE`.
    """

    name: Annotated[str, Field(pattern=r"^\w[\w\-]{0,79}$")]
    label: Text | None = None
    instruments: tuple[str, ...] = ()
    levers: ValueField = Values()
    adopters: tuple[int, ...] = (1,)
    published: Published = Published.FIX_RATE
    learning: Learning = Learning.RESULTS
    values: ValueField = Values()

    def value(self, name: str) -> float:
        """Return a number of the practice, its declared default when it has none of its own."""
        return self.values.get(name, PRACTICE[name].default)

    def settings(self) -> dict[str, float]:
        """Return the levers that adoption sets."""
        known = [instruments()[name].values() for name in self.instruments if name in instruments()]
        return {name: float(value) for one in (*known, self.levers) for name, value in one.items()}


class City(Checked):
    """A whole city.

    Attributes:
        scenario: what every community starts from; name, label and length of the run are its own.
        values: what differs from :data:`CITY`.
        level: at which level means are shared.
        visit_rule: how visits of departments are split.
        fund_rule: how the shared fund is allotted.
        team_rule: where volunteer teams go.
        practices: what may spread.

    Raises:
        InputError: anything is not valid; all problems at once.
    """

    scenario: Scenario
    values: ValueField = Values()
    level: Level = Level.DISTRICT
    visit_rule: VisitRule = VisitRule.OWN
    fund_rule: FundRule = FundRule.EQUAL
    team_rule: TeamRule = TeamRule.HOME
    practices: tuple[Practice, ...] = ()

    @model_validator(mode="after")
    def _checked(self) -> "City":
        kept = {n: v for n, v in self.values.items() if n not in CITY or v != CITY[n].default}
        object.__setattr__(self, "values", Values(kept))
        raise_if(_problems(self))
        return self

    def value(self, name: str) -> float:
        """Return a number of the city, its declared default when it has none of its own."""
        return self.values.get(name, CITY[name].default)

    @property
    def communities(self) -> int:
        """Number of communities."""
        return int(self.value("communities"))

    def street_of(self, community: int) -> int:
        """Return the street of a community, both counted from 0; sizes of streets differ by one at most."""
        return community * int(self.value("streets")) // self.communities

    def changed(self, **fields: Any) -> "City":
        """Return the city with whole fields replaced, checked anew."""
        return City(**{**dict(self), **fields})

    def with_values(self, **values: float) -> "City":
        """Return the city with other numbers."""
        return self.changed(values={**self.values, **values})

    def fingerprint(self) -> str:
        """Return the SHA-256 of everything that can change a result; labels are left out."""
        document = {
            "scenario": resolved(self.scenario),
            "values": {name: self.value(name) + 0.0 for name in CITY},
            "rules": [self.level.value, self.visit_rule.value, self.fund_rule.value, self.team_rule.value],
            "practices": [
                {
                    "levers": {name: value + 0.0 for name, value in sorted(one.settings().items())},
                    "adopters": list(one.adopters),
                    "looks": [one.published.value, one.learning.value],
                    "values": {name: one.value(name) + 0.0 for name in PRACTICE},
                }
                for one in self.practices
            ],
        }
        return hashlib.sha256(json.dumps(document, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _problems(city: City) -> list[Problem]:
    found = list(value_problems("city", city.values, CITY, CITY_VALUE))
    if found:
        return found
    streets, communities = city.value("streets"), city.communities
    if streets > communities:
        what = t(
            f"{streets:.0f} 个街道多于 {communities} 个社区", f"{streets:.0f} streets for {communities} communities"
        )
        found.append(Problem.at("city.streets", what, t(f"1 至 {communities}", f"1 to {communities}")))
    names = [one.name for one in city.practices]
    for i, practice in enumerate(city.practices):
        key = f"city.practices[{i}]"
        if practice.name in names[:i]:
            what = t(f"做法“{practice.name}”出现两次", f"the practice '{practice.name}' is there twice")
            found.append(Problem.at(f"{key}.name", what, t("互不相同的名称", "names that differ")))
        found += _practice_problems(key, practice, city)
    found += _conflicts(city.practices)
    return found


def _practice_problems(key: str, practice: Practice, city: City) -> Iterator[Problem]:
    wrong = [
        *value_problems(key, practice.values, PRACTICE, PRACTICE_VALUE),
        *value_problems(f"{key}.levers", practice.levers, LEVERS, LEVER),
    ]
    for name in practice.instruments:
        if name not in instruments():
            wrong.append(unknown_name(f"{key}.instruments", name, instruments(), INSTRUMENT, instrument_names()))
    yield from wrong
    for number in practice.adopters:
        if not 1 <= number <= city.communities:
            what = t(f"没有第 {number} 个社区", f"there is no community {number}")
            yield Problem.at(f"{key}.adopters", what, t(f"1 至 {city.communities}", f"1 to {city.communities}"))
    if wrong:
        return
    if not practice.settings():
        what = t("做法没有任何工具或杠杆", "the practice has no instrument and no lever")
        yield Problem.at(key, what, t('instruments = ["…"] 或 levers', 'instruments = ["…"] or levers'))
    for name in sorted(set(_SHARED) & set(practice.settings())):
        what = t(f"{name} 由街道和区统筹", f"{name} is set by streets and district")
        yield Problem.at(f"{key}.levers", what, t("其他杠杆", "other levers"))
    start = int(practice.value("start"))
    if start % PERIOD or not start < city.scenario.horizon:
        what = t(f"第 {start} 日不是一期的开始", f"day {start} is not the start of a period")
        last = (city.scenario.horizon - 1) // PERIOD * PERIOD
        yield Problem.at(f"{key}.start", what, t(f"28 的倍数，至多 {last}", f"a multiple of 28, at most {last}"))
    table = lever_table(city.scenario)
    for name, value in practice.settings().items():
        table[name] = value
    for problem in table_problems(table, city.scenario.burn_in):
        yield Problem.at(f"{key}.levers", problem.what, problem.allowed)


def _conflicts(practices: tuple[Practice, ...]) -> Iterator[Problem]:
    for i, one in enumerate(practices):
        for other in practices[i + 1 :]:
            mine, theirs = one.settings(), other.settings()
            for name in sorted(set(mine) & set(theirs)):
                if mine[name] != theirs[name]:
                    what = t(
                        f"做法“{one.name}”与“{other.name}”把 {name} 设为不同的值",
                        f"the practices '{one.name}' and '{other.name}' set {name} differently",
                    )
                    yield Problem.at("city.practices", what, t("相同的值", "the same value"))
