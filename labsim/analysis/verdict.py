"""Verdicts: what a difference says, in words.

Takes: a :class:`Difference` with its interval and the smallest difference that matters.
Gives: one of four verdicts, or why there is none, with a sentence in Chinese and English.
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from labsim.analysis.paired import Basis, Paired
from labsim.foundations.declared import Text
from labsim.foundations.i18n import t
from labsim.results.declaration import Better
from labsim.results.indicators import ALL, GROUP_LABELS, indicator

MIN_PAIRS = 20
"""Below this many pairs no verdict is given."""
MOST_DECIMALS = 6
_ENDS = 3
"""Two ends and what lies between."""
_LAST_DIGITS = 1e-9
"""Of a level: a sum in another order differs by less."""
CONSTANT = t("每对都一样", "the same in every pair")
PURE = ("level", "ratio", "load")
"""Units that a sentence leaves out: the number has none."""
MAX_MISSING = 0.10
"""Above this share of pairs without a value, the rest are a selection and no basis for a verdict."""
NEGLIGIBLE = 0.01
"""Of the difference that matters: an interval inside is no difference to speak of, however sure its sign is."""
RULE = t(
    "看整个区间，不看中间值：区间全在关注值之外，是“达到关注值”；不含 0，是“改善”或“变差”；"
    "全在 ±关注值之内且含 0，或不到关注值的百分之一，是“实际相同”；其余“无法区分”。",
    "The whole interval decides, not its middle: all of it beyond what matters is a margin that matters; one that "
    "leaves out 0 is better or worse; one within what matters that holds 0, or within a hundredth of it, is "
    "practically equal; all else cannot be told apart.",
)
"""How the verdicts are told, for those who read them."""


class Kind(StrEnum):
    """The four verdicts and the two ways to have none."""

    MATTERS = "matters"
    SMALLER = "smaller"
    EQUAL = "equal"
    OPEN = "open"
    NOT_MEASURABLE = "not_measurable"
    TOO_FEW = "too_few"


class Direction(StrEnum):
    """Where a difference points; ``HIGHER`` and ``LOWER`` where neither is better."""

    BETTER = "better"
    WORSE = "worse"
    HIGHER = "higher"
    LOWER = "lower"
    NONE = "none"


class Measured(Protocol):
    """What a verdict must know of an indicator, of a community or of a city."""

    @property
    def label(self) -> Text:
        """Return its name in words."""

    @property
    def unit(self) -> str:
        """Return the name of its unit."""

    @property
    def unit_text(self) -> Text:
        """Return the words of its unit."""

    @property
    def better(self) -> Better:
        """Return which way is better."""


@dataclass(frozen=True)
class Difference:
    """A paired difference of one indicator in one group.

    Attributes:
        policy: name of the scenario compared with the baseline.
        indicator: name of the indicator.
        group: name of the group of residents.
        delta: smallest difference that matters, in the indicator's unit.
        paired: means, interval, counts and probabilities, in the indicator's unit.
    """

    policy: str
    indicator: str
    group: str
    delta: float
    paired: Paired


@dataclass(frozen=True)
class Verdict:
    """What a difference says.

    Attributes:
        kind: which of the four verdicts, or why there is none.
        direction: where it points; ``NONE`` for equal, open and no verdict.
        may_matter: of a ``SMALLER`` difference: its interval reaches beyond delta.
        words: the verdict in a few words.
        sentence: the verdict with numbers, rounded to the precision of the interval.
        difference: what it rests on.
    """

    kind: Kind
    direction: Direction
    may_matter: bool
    words: Text
    sentence: Text
    difference: Difference


def verdict(difference: Difference, declared: Measured | None = None) -> Verdict:
    """Return the verdict on a difference.

    The interval decides, never the point: all of it beyond delta *matters*; all of it on one
    side of zero is a difference in a known direction, *smaller* than what is shown to matter;
    all of it within plus or minus delta is *equal*; all else is *open*. The last three are
    ruled out while pairs are few or many cannot be measured.

    Args:
        difference: with its interval and the smallest difference that matters.
        declared: the declaration of what was measured; that of the indicator when left out.
    """
    item, numbers = declared or indicator(difference.indicator), difference.paired
    kind = _kind(numbers, difference.delta)
    direction = _direction(item.better, numbers.difference) if kind in (Kind.MATTERS, Kind.SMALLER) else Direction.NONE
    beyond = max(abs(numbers.low), abs(numbers.high)) > difference.delta
    may_matter = kind is Kind.SMALLER and beyond
    words = _words(kind, direction, may_matter)
    return Verdict(kind, direction, may_matter, words, _sentence(difference, item, kind, words), difference)


def _kind(numbers: Paired, delta: float) -> Kind:
    total = numbers.n + numbers.missing
    if total and numbers.missing > MAX_MISSING * total:
        return Kind.NOT_MEASURABLE
    if numbers.n < MIN_PAIRS or not math.isfinite(numbers.low):
        return Kind.TOO_FEW
    if numbers.identical:
        return Kind.EQUAL
    if numbers.low > delta or numbers.high < -delta:
        return Kind.MATTERS
    if max(-numbers.low, numbers.high) < NEGLIGIBLE * delta:
        return Kind.EQUAL
    if numbers.low > 0 or numbers.high < 0:
        return Kind.SMALLER
    return Kind.EQUAL if -delta <= numbers.low and numbers.high <= delta else Kind.OPEN


def _direction(better: Better, difference: float) -> Direction:
    up = difference > 0
    if better is Better.NONE:
        return Direction.HIGHER if up else Direction.LOWER
    return Direction.BETTER if up == (better is Better.HIGHER) else Direction.WORSE


_DIRECTION_WORDS = {
    Direction.BETTER: t("改善", "better"),
    Direction.WORSE: t("变差", "worse"),
    Direction.HIGHER: t("升高", "higher"),
    Direction.LOWER: t("降低", "lower"),
}
_KIND_WORDS = {
    Kind.EQUAL: t("实际相同", "practically equal"),
    Kind.OPEN: t("无法区分", "not distinguishable"),
    Kind.NOT_MEASURABLE: t("无法测量", "not measurable"),
    Kind.TOO_FEW: t("运行次数不足", "not enough runs"),
}


def _words(kind: Kind, direction: Direction, may_matter: bool) -> Text:
    if direction is Direction.NONE:
        return _KIND_WORDS[kind]
    way = _DIRECTION_WORDS[direction]
    if kind is Kind.MATTERS:
        return t(f"{way.zh}，幅度达到关注值", f"{way.en} by a margin that matters")
    if may_matter:
        return t(f"{way.zh}，幅度是否达到关注值未定", f"{way.en}, whether by a margin that matters is open")
    return t(f"{way.zh}，但幅度小于关注值", f"{way.en}, but smaller than matters")


# --- numbers in words ------------------------------------------------------------------


def decimals(width: float, delta: float) -> int:
    """Return how many decimals a difference is shown with; negative before the point.

    Two digits of half an interval's width, but nothing finer than a twentieth of what matters.
    """
    cap = -math.floor(math.log10(delta / 20))
    if not (math.isfinite(width) and width > 0):
        return max(min(cap, MOST_DECIMALS), -MOST_DECIMALS)
    return min(1 - math.floor(math.log10(width)), cap, MOST_DECIMALS)


def in_digits(difference: Difference, scale: float) -> tuple[str, str, str, int]:
    """Return a difference and the ends of its interval as they are shown, and their decimals.

    An interval is never shown narrower than it is: where rounding would make its ends one number there are more
    decimals. Below :data:`NEGLIGIBLE` its digits would say nothing, and its ends are rounded outwards instead.
    """
    p, delta = difference.paired, scale * difference.delta
    gap, low, high = scale * p.difference, scale * p.low, scale * p.high
    places = decimals((high - low) / 2, delta)
    if low < high and not constant(p):
        small = max(-low, high) < NEGLIGIBLE * delta
        while not small and places < MOST_DECIMALS and len({round(x, places) for x in (low, gap, high)}) < _ENDS:
            places += 1
        if round(low, places) == round(high, places):
            step = 10.0**-places
            low, high = math.floor(low / step) * step, math.ceil(high / step) * step
    return number(gap, places, sign=True), number(low, places, sign=True), number(high, places, sign=True), places


def constant(numbers: Paired) -> bool:
    """Return whether a difference is the same in every pair, but for the last digits that a machine keeps."""
    size = max(abs(numbers.baseline), abs(numbers.policy), abs(numbers.difference))
    return numbers.identical or numbers.high - numbers.low <= _LAST_DIGITS * size


def matters_from(delta: float) -> str:
    """Return a difference that matters as it is shown: as it was set."""
    return f"{delta:,.10g}"


def number(value: float, places: int, sign: bool = False) -> str:
    """Return a number at this precision, with thousands separated and no negative zero."""
    if not math.isfinite(value):
        return "–"
    rounded = round(value, places) + 0.0
    return f"{rounded:{'+' if sign and rounded else ''},.{max(places, 0)}f}"


def _sentence(difference: Difference, item: Measured, kind: Kind, words: Text) -> Text:
    head = item.label
    if difference.group != ALL:
        group = GROUP_LABELS[difference.group]
        head = t(f"{head.zh}·{group.zh}", f"{head.en}, {group.en}")
    numbers = difference.paired
    if kind is Kind.NOT_MEASURABLE:
        why = _why_not(difference, item)
        return t(f"{head.zh}：{words.zh}，{why.zh}。", f"{head.en}: {words.en}, {why.en}.")
    if kind is Kind.TOO_FEW:
        return t(
            f"{head.zh}：{words.zh}，{numbers.n} 对，至少需要 {MIN_PAIRS} 对。",
            f"{head.en}: {words.en}, {numbers.n} pairs of at least {MIN_PAIRS}.",
        )
    return _numbers(difference, item, head, words)


def _why_not(difference: Difference, item: Measured) -> Text:
    """Return why there is no difference, with the value of a side that has one on its own."""
    p = difference.paired
    total = p.n + p.missing
    if p.n or (math.isnan(p.baseline) and math.isnan(p.policy)):
        return t(f"{total} 对运行中只有 {p.n} 对有值", f"only {p.n} of {total} pairs of runs have a value")
    before, after = (_level(x, item, difference.delta) for x in (p.baseline, p.policy))
    return t(
        f"没有两边都有值的运行（基准 {before}，政策 {after}）",
        f"no pair of runs has both values (baseline {before}, policy {after})",
    )


def _level(value: float, item: Measured, delta: float) -> str:
    scale = _scale(item)
    shown = number(scale * value, decimals(0.0, scale * delta))
    return f"{shown}%" if item.unit == "share" and math.isfinite(value) else shown


def _scale(item: Measured) -> float:
    return 100.0 if item.unit == "share" else 1.0


def _numbers(difference: Difference, item: Measured, head: Text, words: Text) -> Text:
    p, scale = difference.paired, _scale(item)
    gap, low, high, places = in_digits(difference, scale)
    before, after = (number(scale * x, places) for x in (p.baseline, p.policy))
    percent = "%" if item.unit == "share" else ""
    matters = matters_from(scale * difference.delta)
    rests = (
        t(f"n = {p.n} 对，仅含运气", f"n = {p.n} pairs, luck only")
        if p.basis is Basis.LUCK
        else t(f"n = {p.n} 对，{p.worlds} 种世界状态", f"n = {p.n} pairs in {p.worlds} states of the world")
    )
    unit_zh, unit_en = _unit_words(item)
    level = f"{p.level:.0%}"
    ends = t(f"{level} 区间 {low} 至 {high}", f"{level} interval {low} to {high}")
    between = CONSTANT if constant(p) else ends
    return t(
        f"{head.zh}：{words.zh}。差异 {gap}{unit_zh}（{between.zh}，关注值 {matters}），"
        f"基准 {before}{percent} → 政策 {after}{percent}；{rests.zh}。",
        f"{head.en}: {words.en}. Difference {gap}{unit_en} ({between.en}; {matters} would matter), "
        f"baseline {before}{percent} → policy {after}{percent}; {rests.en}.",
    )


def gap_unit(item: Measured) -> Text:
    """Return the unit of a difference: points for a share."""
    return t("个百分点", "percentage points") if item.unit == "share" else item.unit_text


def _unit_words(item: Measured) -> tuple[str, str]:
    if item.unit in PURE:
        return "", ""
    unit = gap_unit(item)
    return f" {unit.zh}", f" {unit.en}"
