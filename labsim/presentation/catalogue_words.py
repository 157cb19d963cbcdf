"""The catalogue of instruments in words: families, mechanisms, figures of the documents.

Takes: instruments and rows of ``data/evidence.csv``. Gives: short texts, for the screen and for
the page of the catalogue.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from labsim.foundations.declared import Text
from labsim.foundations.i18n import t
from labsim.presentation.words import quantity
from labsim.results.indicators import indicators
from labsim.scenario.community import COMMUNITY
from labsim.scenario.instruments import Claim, Instrument, Setting, Variant
from labsim.scenario.levers import LEVERS
from labsim.scenario.modules.register import MODULE_OF_LEVER

FAMILIES: Mapping[str, Text] = MappingProxyType(
    {
        "incentives": t("参与激励", "participation incentives"),
        "inspection": t("检查与整改", "inspection and rectification"),
        "resources": t("资源配置", "resources"),
        "coordination": t("协同", "coordination"),
        "digital": t("数字平台", "digital platform"),
        "workforce": t("队伍与培训", "workforce and training"),
        "evaluation": t("评价", "evaluation"),
        "emergency": t("应急", "emergency"),
        "sandbox": t("沙盘", "sandbox"),
    }
)
"""The families of the documents, in the order of their codes A to I."""
_SUBMODELS: Mapping[str, Text] = MappingProxyType(
    {
        "incentives": t("参与（1–7）", "participation (1-7)"),
        "voice": t("参与（1–7）", "participation (1-7)"),
        "inspection": t("隐患、发现与案件（8–14）", "faults, detection and cases (8-14)"),
        "rectification": t("隐患、发现与案件（8–14）", "faults, detection and cases (8-14)"),
        "services": t("人员、资金、服务（15–19）", "staff, money, services (15-19)"),
        "staff": t("人员、资金、服务（15–19）", "staff, money, services (15-19)"),
    }
)
"""Of every group of levers of the core, the submodels of docs/model.md that read them."""
_BOUND = re.compile(r"^\[(<=|>=|<|>|~)\]")
_FIGURE_UNITS: Mapping[str, str] = MappingProxyType(
    {
        text.en: text.zh
        for text in (
            t("人", "persons"), t("天", "days"), t("小时", "hours"), t("个月", "months"), t("年", "years"),
            t("个部门", "departments"), t("次/年", "times/year"), t("次/月", "times/month"), t("次/周", "times/week"),
            t("次/季", "times/quarter"), t("次/天", "times/day"), t("人次/年", "person-times/year"),
            t("人次", "person-times"), t("元", "CNY"), t("元/年", "CNY/year"), t("元/社区·年", "CNY/community/year"),
            t("权重", "weight"), t("次/年", "sessions/year"), t("个工作日", "working days"), t("人/年", "persons/year"),
            t("件", "cases"), t("件/年", "cases/year"), t("分钟", "minutes"), t("户", "households"),
            t("项指标", "indicators"), t("次检查/月", "inspections/month"), t("倍", "factor"),
            t("分（满分 100）", "points (0-100)"), t("个项目", "projects"), t("个项目/年", "projects/year"),
            t("个社区", "communities"), t("家企业", "companies"),
        )
    }
)  # fmt: skip
"""The units of figures that occur most often; the others stand as the documents' table has them."""


def mechanisms(one: Instrument) -> list[Text]:
    """Return the parts of the model through which an instrument acts, each once: what its file says, else by levers."""
    if one.mechanism is not None:
        return [one.mechanism]
    return list(dict.fromkeys(_mechanism(name) for name in one.levers))


def _mechanism(lever: str) -> Text:
    module = MODULE_OF_LEVER.get(lever)
    if module is None:
        return _SUBMODELS[LEVERS[lever].group]
    label = COMMUNITY[f"module_{module}"].label
    return t(
        f"{label.zh.removeprefix('扩展机制·')}（module_{module}）",
        f"{label.en.removeprefix('extension module: ')} (module_{module})",
    )


def moves(settings: Mapping[str, Setting]) -> list[Text]:
    """Return what becomes of every lever: its label, declared value and new value."""
    return [_move(name, setting.value) for name, setting in settings.items()]


def _move(name: str, value: float) -> Text:
    q = LEVERS[name]
    old, new = quantity(q.default, q.unit), quantity(value, q.unit)
    if value == q.default:
        return t(f"{q.label.zh} {new.zh}", f"{q.label.en} {new.en}")
    return t(f"{q.label.zh} {old.zh} → {new.zh}", f"{q.label.en} {old.en} → {new.en}")


def claimed(claim: Claim) -> Text:
    """Return what the documents claim: the label of the indicator and an arrow."""
    label, arrow = indicators()[claim.indicator].label, "↑" if claim.direction == "up" else "↓"
    return t(f"{label.zh} {arrow}", f"{label.en} {arrow}")


def cited(one: Instrument) -> list[str]:
    """Return the evidence ids that an instrument and its variants cite, each once."""
    return list(dict.fromkeys(one.all_evidence()))


def figure(row: Mapping[str, str]) -> Text:
    """Return the figure of a row of the evidence, with the value before and the unit.

    Shares are shown in per cent and relative changes with their sign; a masked figure is a dash.
    """
    if not row["value"]:
        return t("（原文隐去）", "(masked)")
    found = _BOUND.match(row["condition"])
    bound = {"<=": "≤ ", ">=": "≥ ", "<": "< ", ">": "> ", "~": "≈ "}[found[1]] if found else ""
    unit = row["unit"]
    signed = unit.startswith("relative change")
    percent = signed or unit.startswith("share")

    def shown(text: str) -> str:
        value = float(text)
        if percent:
            return f"{100 * value:+.4g}%" if signed else f"{100 * value:.4g}%"
        return f"{value:,.10g}"

    before = f"{shown(row['value_before'])} → " if row["value_before"] else ""
    number = f"{before}{bound}{shown(row['value'])}"
    kept = unit.removeprefix("relative change").removeprefix("share").strip() if percent else unit
    zh, en = _FIGURE_UNITS.get(kept, kept), kept
    return t(f"{number} {zh}".strip(), f"{number} {en}".strip())


def causal(row: Mapping[str, str]) -> bool:
    """Return whether the text itself ties a figure to a policy."""
    return row["is_causal"] == "yes"


def differs(one: Variant) -> list[Text]:
    """Return what a variant sets otherwise than its instrument and what it leaves alone; nothing for a mere name."""
    own = moves(one.levers)
    if one.without:
        labels = [LEVERS[name].label for name in one.without]
        zh, en = "、".join(label.zh for label in labels), ", ".join(label.en for label in labels)
        own.append(t(f"不动：{zh}", f"leaves alone: {en}"))
    return own
