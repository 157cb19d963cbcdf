"""Settings as they are written in a targets file.

Takes: the TOML value of ``before``, ``after`` or ``community``. Gives: a
:class:`~labsim.analysis.setting.Setting`, and every problem of it, once however many entries share it.
"""

from collections.abc import Callable
from typing import Any

from labsim.analysis.setting import Setting, setting_problems
from labsim.foundations.declared import Catalogue, Text
from labsim.foundations.errors import InputError, Problem, unknown_name
from labsim.foundations.i18n import t
from labsim.scenario import entries
from labsim.scenario.checks import COMMUNITY_VALUE, LEVER, labels, value_problem
from labsim.scenario.community import COMMUNITY
from labsim.scenario.entries import wrong
from labsim.scenario.instruments import instrument_names, instruments
from labsim.scenario.levers import LEVERS
from labsim.scenario.phases import Inject, InjectKind
from labsim.scenario.reading import KIND_LABELS
from labsim.scenario.scenario import Scenario

SETTING = ("instruments", "levers", "start", "community", "injects")
_LABELS = [("工具", "instruments"), ("杠杆", "levers"), ("开始", "start"), ("社区", "community"), ("事件", "injects")]
_INJECT = ("day", "kind", "magnitude", "target")
_ENTRY = t("项", "entry")


class SettingReader:
    """Reads settings and tells ``add`` what is wrong with them."""

    def __init__(self, add: Callable[[Problem], None]) -> None:
        """Take what collects problems."""
        self.add = add
        self.checked: set[Setting] = set()

    def read(self, key: str, value: Any) -> Setting | None:
        """Return a setting given as a list of instruments or as a table, or None."""
        table = {"instruments": value} if isinstance(value, list | str) else value
        if not isinstance(table, dict):
            allowed = t('["工具", …] 或 { instruments = […], levers = { … } }',
                        '["instrument", …] or { instruments = […], levers = { … } }')  # fmt: skip
            self.add(wrong(key, value, allowed))
            return None
        for name in table:
            if name not in SETTING:
                self.add(unknown_name(f"{key}.{name}", name, SETTING, _ENTRY, _LABELS))
        start = entries.days(table.get("start", 0))
        if start is None:
            self.add(wrong(f"{key}.start", table["start"], entries.DAYS))
        return Setting(
            instruments=self._instruments(f"{key}.instruments", table.get("instruments", [])),
            levers=self._numbers(f"{key}.levers", table.get("levers", {}), LEVERS, LEVER),
            start=start or 0,
            community=self.community(f"{key}.community", table.get("community", {})),
            injects=self._injects(f"{key}.injects", table.get("injects", [])),
        )

    def check(self, key: str, setting: Setting, base: Scenario) -> None:
        """Tell what is wrong with a whole setting, unless that was told of the same one before."""
        if setting not in self.checked:
            self.checked.add(setting)
            for problem in setting_problems(setting, key, base):
                self.add(problem)

    def community(self, key: str, value: Any) -> dict[str, float]:
        """Return the community values of a table that are right."""
        found = self._numbers(key, value, COMMUNITY, COMMUNITY_VALUE)
        right = {}
        for name, number in found.items():
            problem = value_problem(f"{key}.{name}", COMMUNITY[name], number)
            if problem is None:
                right[name] = number
            else:
                self.add(problem)
        return right

    def _instruments(self, key: str, names: Any) -> tuple[str, ...]:
        names = [names] if isinstance(names, str) else names
        if not isinstance(names, list) or not all(isinstance(one, str) for one in names):
            self.add(wrong(key, names, t('["工具", …]', '["instrument", …]')))
            return ()
        called = dict(instrument_names())
        return tuple(one if one in instruments() else str(called.get(one, one)) for one in map(str, names))

    def _injects(self, key: str, given: Any) -> tuple[Inject, ...]:
        """Return the injects of a list of tables that are right."""
        found = []
        kinds = {kind.name.lower(): kind for kind in InjectKind}
        for i, one in enumerate(given if isinstance(given, list) else [given]):
            at = f"{key}[{i}]"
            if not isinstance(one, dict) or not {"day", "kind", "magnitude"} <= set(one) <= set(_INJECT):
                self.add(wrong(at, one, t("{ day = …, kind = …, magnitude = …, target = … }",
                                          "{ day = …, kind = …, magnitude = …, target = … }")))  # fmt: skip
            elif one["kind"] not in list(kinds):
                self.add(
                    unknown_name(f"{at}.kind", str(one["kind"]), kinds, t("事件类型", "kind of inject"), KIND_LABELS)
                )
            else:
                try:
                    found.append(Inject(**{**one, "kind": kinds[one["kind"]]}))
                except InputError as error:
                    for problem in error.problems:
                        self.add(Problem.at(f"{at}.{problem.where.key}", problem.what, problem.allowed))
        return tuple(found)

    def _numbers(self, key: str, given: Any, catalogue: Catalogue, what: Text) -> dict[str, float]:
        if not isinstance(given, dict):
            self.add(wrong(key, given, t("{ 名称 = 值 }", "{ name = value }")))
            return {}
        values: dict[str, float] = {}
        for name, one in given.items():
            if name not in catalogue:
                self.add(unknown_name(f"{key}.{name}", name, catalogue, what, labels(catalogue)))
            elif (number := entries.number(one, catalogue[name])) is None:
                self.add(entries.unconvertible(f"{key}.{name}", one, catalogue[name]))
            else:
                values[name] = number
        return values
