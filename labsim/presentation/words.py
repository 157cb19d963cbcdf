"""Numbers, units and moments as a reader meets them, in both languages.

Takes: declared units, verdicts, differences of scenarios. Gives: short texts. The same words
stand on the screen and in the brief, so that a number read in one is found in the other.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from labsim.analysis.compare import Comparison
from labsim.analysis.verdict import (
    CONSTANT,
    PURE,
    Direction,
    Kind,
    Verdict,
    constant,
    decimals,
    in_digits,
    matters_from,
    number,
)
from labsim.foundations.calendar import YEAR, date_of
from labsim.foundations.declared import Text
from labsim.foundations.i18n import t
from labsim.presentation.words_injects import INJECTS
from labsim.results.catalogue import MODULE_INDICATORS
from labsim.results.indicators import ALL, indicator
from labsim.scenario.differences import Difference
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


def quantity(value: float, unit: str) -> Text:
    """Return a value of a lever, world parameter or community value with its declared unit."""
    if unit == "off/on":
        return t("开", "on") if value else t("关", "off")
    if unit == "share":
        return t(f"{100 * value:.4g}%", f"{100 * value:.4g}%")
    shown = f"{value:,.10g}" if abs(value) >= 1 or not value else f"{value:.4g}"
    known = _UNITS.get(unit)
    return t(f"{shown} {known.zh}", f"{shown} {known.en}") if known else t(shown, shown)


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

    ``unit`` is of differences; levels of shares carry their own percent sign, and have ``places`` decimals.
    """

    baseline: str
    value: str
    difference: str
    low: str
    high: str
    delta: str
    unit: Text | None
    places: int
    constant: bool

    @property
    def interval(self) -> Text:
        """Return the interval in words; where every pair says the same there is none."""
        return CONSTANT if self.constant else t(f"{self.low} 至 {self.high}", f"{self.low} to {self.high}")


def shown(one: Verdict) -> Shown:
    """Return the numbers of a verdict as its sentence prints them."""
    return alike([one])[0]


def alike(row: Sequence[Verdict]) -> list[Shown]:
    """Return the numbers of verdicts on one indicator that stand side by side: levels have the same decimals in all."""
    found = [decimals(_scale(one) * (p.high - p.low) / 2, _scale(one) * one.difference.delta)
             for one in row if not (p := one.difference.paired).identical]  # fmt: skip
    # Runs that are identical have no interval, so they say nothing about how finely a level is known.
    coarse = max(found) if found else max(decimals(0.0, _scale(one) * one.difference.delta) for one in row)
    return [_shown(one, coarse) for one in row]


def _scale(one: Verdict) -> float:
    return 100.0 if indicator(one.difference.indicator).unit == "share" else 1.0


def _shown(one: Verdict, coarse: int) -> Shown:
    item, p, scale = indicator(one.difference.indicator), one.difference.paired, _scale(one)
    share = item.unit == "share"

    def level(value: float) -> str:
        """Return a level, with the percent sign of a share; a tiny difference makes no level finer."""
        text = number(scale * value, coarse)
        return f"{text}%" if share and math.isfinite(value) else text

    gap, low, high, _ = in_digits(one.difference, scale)
    unit = t("个百分点", "pp") if share else None if item.unit in PURE else item.unit_text
    matters = matters_from(scale * one.difference.delta)
    return Shown(level(p.baseline), level(p.policy), gap, low, high, matters, unit, coarse, constant(p))


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
