"""Numbers, units and moments as a reader meets them, in both languages.

Takes: declared units, verdicts, differences of scenarios. Gives: short texts. The same words
stand on the screen and in the brief, so that a number read in one is found in the other.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from labsim.analysis.compare import Comparison
from labsim.analysis.verdict import MOST_DECIMALS, PURE, Direction, Kind, Verdict, decimals, number
from labsim.foundations.calendar import YEAR, date_of
from labsim.foundations.declared import Text
from labsim.foundations.i18n import t
from labsim.presentation.words_injects import INJECTS
from labsim.results.catalogue import MODULE_INDICATORS
from labsim.results.indicators import ALL, indicator
from labsim.scenario.differences import OWN, Difference
from labsim.scenario.modules.register import MODULE_OF_LEVER
from labsim.scenario.phases import Inject
from labsim.scenario.scenario import community_values

HEADLINES = (
    "participation_offline_12m",
    "volunteer_acts_year",
    "sorting_rate",
    "fix_rate_genuine",
    "handling_days_mean",
    "recurrence_90d_true",
    "backlog_mean",
    "repeat_report_share",
    "satisfaction_share",
    "mean_efficacy",
    "duplicate_inspection_share",
    "staff_load",
    "resident_hours_year",
    "money_total_year",
)
"""Indicators that a reader sees first, unless others are asked for."""
OVER_TIME = ("satisfaction_share", "fix_rate_genuine", "handling_days_mean", "volunteer_acts_year")
"""Indicators drawn over time."""
BY_GROUP = ("participation_offline_12m", "deliberated_12m", "sorting_rate", "satisfaction_share")
"""Indicators drawn by group of residents."""
TRUE_BESIDE_REPORTED = (
    ("fix_rate_official", "fix_rate_genuine"),
    ("recurrence_90d", "recurrence_90d_true"),
    ("open_mean", "backlog_mean"),
)
"""What is on record, and the same thing as only the model knows it."""

_UNITS: Mapping[str, Text] = MappingProxyType(
    {
        "yuan": t("元", "yuan"),
        "yuan/y": t("元/年", "yuan/y"),
        "yuan/28 d": t("元/28 天", "yuan/28 d"),
        "yuan/yuan": t("元/元", "yuan per yuan"),
        "persons": t("人", "persons"),
        "points": t("分", "points"),
        "1/28 d": t("次/28 天", "per 28 d"),
        "1/d": t("次/天", "per day"),
        "1/week": t("每周", "per week"),
        "1/y": t("每年", "per year"),
        "1/event": t("每次", "per event"),
        "ratio": t("倍", "times"),
        "d": t("天", "days"),
        "h": t("小时", "hours"),
        "h/d": t("小时/天", "hours a day"),
        "y": t("年", "years"),
        "handler-d": t("人·天", "handler-days"),
        "blocks": t("栋", "blocks"),
        "items": t("个", "items"),
        "departments": t("个", "departments"),
        "faults": t("处", "faults"),
        "visits": t("次", "visits"),
        "waterlogging points": t("个积水点", "waterlogging points"),
        "lifts": t("部电梯", "lifts"),
        "min": t("分钟", "minutes"),
        "1/h": t("次/小时", "per hour"),
        "teams": t("支", "teams"),
        "stations": t("个", "stations"),
        "sites": t("处", "sites"),
        "tracks": t("条", "tracks"),
        "kits": t("套", "kits"),
        "vehicles": t("辆", "vehicles"),
    }
)
_PHRASES: Mapping[str, str] = MappingProxyType(
    {
        text.en: text.zh
        for text in (
            t("假设", "assumption"),
            t("个案叙述", "story"),
            t("文献", "literature"),
            t("本地数据", "local data"),
            t("范围为假设", "range assumption"),
            t("大小为假设", "size assumption"),
            t("对社工为假设", "assumption for workers"),
            t("地方的规模为假设", "size of the place assumption"),
            t("默认关闭", "off"),
            t("政策之前为关闭", "off before the policy"),
            t("关闭，只有核心模型", "off, the core alone"),
            t("设计", "design"),
            t("先验范围", "prior range"),
            t("先验范围 2–5", "prior 2-5"),
            t("先验范围见 model.md 2.4.7", "prior range of model.md 2.4.7"),
            t("大小", "size"),
            t("问卷", "survey"),
            t("自由参数，按 data/targets.toml 校准", "free, calibrated to data/targets.toml"),
            t("2 小时，每小时 20 元", "2 h at 20 yuan"),
            t("每栋 50 名居民", "50 residents each"),
            t("用来衡量问卷噪声", "against it the noise of a survey is judged"),
            t("同处置人员", "as a handler"),
            t("同应用内的一条消息", "as a message in the app"),
            t("同一次检查", "as an inspection"),
            t("同设备", "as equipment"),
            t("同 habit_weight", "as habit_weight"),
            t("上门询问", "asked at the door"),
            t("低于 identification_accuracy_equipment（+58%）", "below identification_accuracy_equipment (+58 %)"),
            t("目前按资历", "by seniority today"),
            t("先到先得", "first come"),
            t("五件中四件按时", "four in five are in time"),
            t("三轮之内五件成四件", "four in five within three rounds"),
            t(
                "权重全满时几乎所有单位参加（以 party_coverage_2024 为目标）",
                "full weight brings nearly all units (party_coverage_2024 as the aim)",
            ),
            t("由此得出 duplicate_inspection_share", "gives duplicate_inspection_share"),
            t("半天", "half a day"),
            t("半天，每件十分钟", "half a day at ten minutes a case"),
            t("赶工得益为 1", "haste gains 1"),
            t("以讲课为主，有少量案例", "lectures with some cases"),
            t("下一阶段减半", "next stage halved"),
            t("未使用 secretary_project_efficiency_gain", "secretary_project_efficiency_gain is not used"),
            t("每年一次", "once a year"),
            t("satisfaction_survey_quarterly 属于政策", "satisfaction_survey_quarterly is the policy"),
            t("一个社区", "one community"),
            t("目前一级", "one step today"),
            t("超负荷使人离不开办公桌", "overload keeps people at their desks"),
            t("周期性，相位随机", "periodic with random phase"),
            t("由公安、法院或部门转来", "police, court or department pass it on"),
            t("标准精确，余地就小", "precise standards leave less slack"),
            t("一个区的满意居民", "satisfied residents of one district"),
            t("文件中没有数字", "the documents give no number"),
            t("量表中点", "the scale's middle"),
            t("每周三个半小时", "three and a half hours a week"),
            t("四分之三", "three quarters"),
            t("目前少数人每年一次", "today one a year for few"),
            t("计划", "plan"),
            t("两天", "two days"),
            t("两人三小时", "two persons, three hours"),
            t(
                "与其他各项合起来得出 joint_meeting_attendance_2023",
                "with the other terms, joint_meeting_attendance_2023",
            ),
            t("一次检查按一天计", "an inspection counts as one day"),
            t("议价中的信息不对称", "asymmetric information in bargaining"),
            t("未拟合 elder_panel_mediation_success", "elder_panel_mediation_success is not fitted"),
            t("差距本身为 social_worker_pay_gap", "the gap itself is social_worker_pay_gap"),
            t("正向反馈 d = 0.33", "positive feedback d = .33"),
            t("保留 0", "0 kept"),
            t("15 天减到 7 天，相差两次转介", "15 to 7 days in two referrals"),
            t("只列名，没有权重", "named without a weight"),
            t("因忙缺席", "absent because busy"),
            t("3 天办结", "settled in 3 days"),
            t("突击检查占 0.12 时，走过场的占全部检查 0.32", ".32 of all visits when .12 are unannounced"),
            t("0.65", ".65"),
            t("15 个工作日", "15 working days"),
            t("目前的用法为 1", "today's use is 1"),
            t("secretaries_over_10_years 说的是书记", "secretaries_over_10_years speaks of secretaries"),
            t("12.3% 有机会", "12.3 % had access"),
            t("假设为三年之内", "over three years assumed"),
            t("每周 52 小时", "52 h a week"),
            t("42 项全部量化", "all 42 are quantified"),
            t("措辞含糊", "wording is vague"),
            t("7 类计为 1", "7 kinds are 1"),
            t("目前每人 8 项", "8 each today"),
            t("004 的培训内容", "training contents of 004"),
            t("政策、数字工具、调解", "policy, digital tools, mediation"),
            t("假设三者等分", "equal shares assumed"),
            t("training_phase1_months 至第三阶段", "training_phase1_months to phase3"),
            t("12 个月熟悉期", "12 months of familiarisation"),
            t("unclear_responsibility_share（按社区计）", "unclear_responsibility_share, of communities"),
            t("当作案件占比（假设）", "taken as the share of cases (assumption)"),
            t("在目前流动率下保持 28% 受过培训", "keeps 28 % trained under today's turnover"),
            t("三轮之内 0.45", ".45 within three rounds"),
        )
    }
)
"""What declarations and instruments say in words about a source; citations and evidence ids are not in it."""
_SUFFIXES = (t("（之前）", " (before)"), t("（定义）", " (definition)"))


def quantity(value: float, unit: str) -> Text:
    """Return a value of a lever, world parameter or community value with its declared unit."""
    if unit == "off/on":
        return t("开", "on") if value else t("关", "off")
    if unit == "share":
        return t(f"{100 * value:.4g}%", f"{100 * value:.4g}%")
    shown = f"{value:,.10g}" if abs(value) >= 1 or not value else f"{value:.4g}"
    known = _UNITS.get(unit)
    return t(f"{shown} {known.zh}", f"{shown} {known.en}") if known else t(shown, shown)


def source(written: str) -> Text:
    """Return where a value comes from: its words in both languages, citations and evidence ids as they are."""
    if written == OWN:
        return t("本情景", "this scenario")
    parts = [[_phrase(clause) for clause in part.split(": ")] for part in written.split("; ")]
    return t("；".join("：".join(part) for part in parts), written)


def _phrase(clause: str) -> str:
    """Return one clause of a source in Chinese; a citation or an evidence id is returned as it is."""
    for suffix in _SUFFIXES:
        if clause.endswith(suffix.en):
            return clause.removesuffix(suffix.en) + suffix.zh
    return _PHRASES.get(clause, clause)


def inject(one: Inject) -> tuple[Text, Text, Text]:
    """Return the kind, magnitude and target of an inject in words."""
    kind, unit, targets = INJECTS[one.kind]
    target = t("–", "–")
    if one.target >= 0:
        target = targets[one.target] if targets else t(f"部门 {one.target}", f"department {one.target}")
    return kind, quantity(one.magnitude, unit), target


def needs(lever: str) -> Text | None:
    """Return which extension module a lever needs, None for a lever of the core."""
    module = MODULE_OF_LEVER.get(lever)
    return t(f"需开启 module_{module}", f"needs module_{module}") if module else None


def silent(comparison: Comparison) -> frozenset[str]:
    """Return the indicators without any value because their module is off in every scenario compared."""
    communities = [community_values(one) for one in comparison.result.design.scenarios]
    off = {
        item.name
        for module, items in MODULE_INDICATORS.items()
        if not any(values[f"module_{module}"] for values in communities)
        for item in items
    }
    return frozenset(off - {d.indicator for d in comparison.differences if d.group == ALL and d.paired.n})


def when(one: Difference, start: date) -> Text:
    """Return from when to when a value differs, as dates."""
    if one.start is None:
        return t("全程", "throughout")
    first = date_of(one.start, start).isoformat()
    zh, en = f"{first} 起", f"from {first}"
    if one.ramp:
        zh, en = f"{zh}，{one.ramp} 天到位", f"{en}, over {one.ramp} days"
    if one.stop is not None:
        last = date_of(one.stop, start).isoformat()
        zh, en = f"{zh}，{last} 止", f"{en}, until {last}"
    return t(zh, en)


def years(days: int) -> Text:
    """Return a number of days in model years where they are whole ones."""
    whole, rest = divmod(days, YEAR)
    if rest:
        return t(f"{days} 天", f"{days} days")
    return t(f"{whole} 年", f"{whole} year" if whole == 1 else f"{whole} years")


def joined(texts: list[Text]) -> Text:
    """Return texts as a list within a sentence."""
    en = [text.en for text in texts]
    last = f"{', '.join(en[:-1])} and {en[-1]}" if len(en) > 1 else "".join(en)
    return t("、".join(text.zh for text in texts), last)


@dataclass(frozen=True)
class Shown:
    """The numbers of a verdict as they are printed, rounded to the precision of the interval.

    ``unit`` is of differences; levels of shares carry their own percent sign.
    """

    baseline: str
    value: str
    difference: str
    low: str
    high: str
    delta: str
    unit: Text | None

    @property
    def interval(self) -> Text:
        """Return the interval in words."""
        return t(f"{self.low} 至 {self.high}", f"{self.low} to {self.high}")


def shown(one: Verdict) -> Shown:
    """Return the numbers of a verdict as its sentence prints them."""
    item, p = indicator(one.difference.indicator), one.difference.paired
    share = item.unit == "share"
    scale = 100.0 if share else 1.0
    delta = scale * one.difference.delta
    places = coarse = decimals(scale * (p.high - p.low) / 2, delta)
    if math.isfinite(p.difference) and p.difference and not round(scale * p.difference, places):
        places = min(1 - math.floor(math.log10(abs(scale * p.difference))), MOST_DECIMALS)

    def level(value: float) -> str:
        """Return a level, with the percent sign of a share; a tiny difference makes no level finer."""
        text = number(scale * value, coarse)
        return f"{text}%" if share and math.isfinite(value) else text

    gap, low, high = (number(scale * x, places, sign=True) for x in (p.difference, p.low, p.high))
    unit = t("个百分点", "pp") if share else None if item.unit in PURE else item.unit_text
    matters = f"{delta:,.3g}" if delta < 1000 else f"{delta:,.0f}"
    return Shown(level(p.baseline), level(p.policy), gap, low, high, matters, unit)


def tone(one: Verdict) -> str:
    """Return how a verdict is marked: better, worse, other, equal, open or none."""
    if one.direction in (Direction.BETTER, Direction.WORSE):
        return one.direction.value
    if one.direction is not Direction.NONE:
        return "other"
    return one.kind.value if one.kind in (Kind.EQUAL, Kind.OPEN) else "none"


def way(name: str) -> Text:
    """Return which way an indicator is better."""
    return {
        "higher": t("越高越好", "higher is better"),
        "lower": t("越低越好", "lower is better"),
        "none": t("无好坏之分", "neither way is better"),
    }[indicator(name).better.value]
