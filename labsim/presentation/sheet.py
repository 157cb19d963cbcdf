"""How a scenario stands in a workbook: which sheet holds what, and what its columns are called.

Takes: nothing. Gives: the layout that :mod:`sheet_write` writes and :mod:`sheet_read` reads, so that the two
cannot drift apart.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from labsim.foundations.declared import Catalogue, Text
from labsim.foundations.i18n import t
from labsim.scenario.community import COMMUNITY
from labsim.scenario.instruments import instruments
from labsim.scenario.levers import LEVERS
from labsim.scenario.phases import InjectKind
from labsim.scenario.reading import KIND_LABELS
from labsim.scenario.world import WORLD

BETWEEN = " · "
"""Between the words of a choice and the name behind them."""
SETTINGS = "scenario"
FIELDS: Mapping[str, Text] = {
    "name": t("名称（英文字母、汉字、数字）", "name (letters, digits)"),
    "label.zh": t("中文标题", "title in Chinese"),
    "label.en": t("英文标题", "title in English"),
    "description.zh": t("中文说明", "description in Chinese"),
    "description.en": t("英文说明", "description in English"),
    "start_date": t("开始日期", "start date"),
    "horizon": t("模拟天数（28 的倍数）", "days simulated (a multiple of 28)"),
    "burn_in": t("预热天数", "days of burn-in"),
}
"""What the first sheet asks for, by its key in a scenario file."""
TITLES: Mapping[str, Text] = {
    SETTINGS: t("情景", "scenario"),
    "population": t("社区", "community"),
    "world": t("世界参数", "world"),
    "levers": t("政策杠杆", "levers"),
    "instruments": t("治理工具", "instruments"),
    "own": t("工具取值", "values of instruments"),
    "phases": t("阶段", "phases"),
    "injects": t("突发事件", "injects"),
}
"""The sheets."""
VALUES: Mapping[str, Catalogue] = {"population": COMMUNITY, "world": WORLD, "levers": LEVERS}
"""Sheets with one row per declared quantity."""
VALUE_HEADS: Mapping[str, Text] = {
    "name": t("名称", "name"),
    "label": t("含义", "meaning"),
    "value": t("取值（空白＝默认）", "value (blank: default)"),
    "unit": t("单位", "unit"),
    "default": t("默认", "default"),
    "low": t("下限", "lowest"),
    "high": t("上限", "highest"),
    "source": t("来源", "source"),
}
_WHEN = {
    "start": t("开始（第几天或日期）", "start (day or date)"),
    "ramp": t("过渡天数", "days to get there"),
    "stop": t("结束（第几天或日期）", "stop (day or date)"),
}
LISTS: Mapping[str, Mapping[str, Text]] = {
    "instruments": {"name": t("工具", "instrument"), "variant": t("变体", "variant"), **_WHEN},
    "own": {
        "row": t("治理工具表中的第几行", "row in the sheet of instruments"),
        "lever": t("杠杆", "lever"),
        "value": t("取值", "value"),
    },
    "phases": {"lever": t("杠杆", "lever"), "value": t("取值", "value"), **_WHEN},
    "injects": {
        "day": t("第几天或日期", "day or date"), "kind": t("事件", "what happens"), "magnitude": t("大小", "magnitude"),
        "target": t("对象（空白＝任意）", "target (blank: any)"),
    },
}  # fmt: skip
"""Sheets with one row per entry, and their columns by key."""
ROOM = 60
"""Rows of a list that are ready to be filled in, with their choices."""


@dataclass(frozen=True)
class Choices:
    """What a column offers: the words of each choice by name."""

    words: Mapping[str, Text]

    def said(self, name: str, lang: str) -> str:
        """Return a choice as it stands in a cell: words for people, then the name that is read."""
        return f"{self.words[name].in_language(lang)}{BETWEEN}{name}" if name in self.words else name


def choices() -> dict[str, Choices]:
    """Return what columns offer, by the name of their list."""
    kinds = {kind.name.lower(): kind.name.lower().replace("_", " ") for kind in InjectKind}
    chinese = {name: label for label, name in reversed(KIND_LABELS)}
    return {
        "lever": Choices({name: q.label for name, q in LEVERS.items()}),
        "instrument": Choices({name: one.name for name, one in instruments().items()}),
        "kind": Choices({name: t(chinese.get(name, en), en) for name, en in kinds.items()}),
        "switch": Choices({}),
    }


OFFERS: Mapping[tuple[str, str], str] = {
    ("instruments", "name"): "instrument", ("own", "lever"): "lever", ("phases", "lever"): "lever",
    ("injects", "kind"): "kind",
}  # fmt: skip
"""Sheet and column to the list that its cells offer."""


def chosen(cell: str) -> str:
    """Return the name behind what stands in a cell."""
    return cell.rsplit(BETWEEN, 1)[-1].strip()
