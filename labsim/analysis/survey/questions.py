"""What a survey can tell the model: labsim's quantities, declared once.

Takes: nothing. Gives: :data:`QUESTIONS`, each with its kind, its categories and the indicator it is held
against, and :class:`Missing`, the reasons for having no answer, which never enter a mean.
"""

from collections.abc import Mapping
from enum import IntEnum, StrEnum
from types import MappingProxyType

from labsim.foundations.declared import Frozen, Text
from labsim.foundations.i18n import t


class Missing(IntEnum):
    """Why there is no answer; 0 is an answer."""

    ANSWERED = 0
    REFUSED = 1
    DONT_KNOW = 2
    NOT_APPLICABLE = 3
    SKIPPED = 4
    BLANK = 5


MISSING_LABELS: Mapping[Missing, Text] = MappingProxyType(
    {
        Missing.ANSWERED: t("有效回答", "answered"),
        Missing.REFUSED: t("拒答", "refused"),
        Missing.DONT_KNOW: t("不知道", "don't know"),
        Missing.NOT_APPLICABLE: t("不适用", "not applicable"),
        Missing.SKIPPED: t("跳答", "skipped"),
        Missing.BLANK: t("空白", "blank"),
    }
)
KINDS_OF_MISSING = ("refused", "dont_know", "not_applicable", "skipped")
"""What a codebook may call codes without an answer."""
_HINTS = (
    ("拒", Missing.REFUSED), ("refus", Missing.REFUSED), ("不知道", Missing.DONT_KNOW), ("说不清", Missing.DONT_KNOW),
    ("don't know", Missing.DONT_KNOW), ("dont know", Missing.DONT_KNOW), ("不适用", Missing.NOT_APPLICABLE),
    ("not applicable", Missing.NOT_APPLICABLE), ("inapplicable", Missing.NOT_APPLICABLE), ("跳", Missing.SKIPPED),
    ("skip", Missing.SKIPPED),
)  # fmt: skip


def hinted(label: str) -> Missing:
    """Return the kind of missing that a value label speaks of; skipped when it says nothing."""
    low = label.casefold()
    return next((kind for word, kind in _HINTS if word in low), Missing.SKIPPED)


class Kind(StrEnum):
    """How an answer is read."""

    GROUP = "group"
    YES_NO = "yes_no"
    NUMBER = "number"
    SCALE = "scale"


class Question(Frozen):
    """One quantity that a survey may hold.

    Attributes:
        name: in a codebook, under ``[variables.…]``.
        label: in words.
        kind: how answers are read.
        categories: of a group; answers become their numbers 0, 1, …
        indicator: of the model that a mean of answers is held against; None when there is none.
        group: the grouping of residents that the answer makes, such as ``age``; empty when none.
        low: smallest possible number.
        high: largest possible number.
    """

    name: str
    label: Text
    kind: Kind
    categories: tuple[str, ...] = ()
    indicator: str | None = None
    group: str = ""
    low: float = 0.0
    high: float = 1.0


_AGES, _YES = ("young", "middle", "older"), ("no", "yes")


def _group(name: str, zh: str, en: str, categories: tuple[str, ...], group: str) -> Question:
    return Question(name=name, label=t(zh, en), kind=Kind.GROUP, categories=categories, group=group)


def _yes(name: str, zh: str, en: str, indicator: str | None = None) -> Question:
    return Question(name=name, label=t(zh, en), kind=Kind.YES_NO, categories=_YES, indicator=indicator)


def _scale(name: str, zh: str, en: str, indicator: str | None = None) -> Question:
    return Question(name=name, label=t(zh, en), kind=Kind.SCALE, indicator=indicator)


QUESTIONS: Mapping[str, Question] = MappingProxyType(
    {
        one.name: one
        for one in (
            Question(name="age", label=t("年龄", "age in years"), kind=Kind.NUMBER, group="age", low=0, high=120),
            _group("age_group", "年龄组", "age group", _AGES, "age"),
            _group("migrant", "流动人口", "migrant", _YES, "migrant"),
            _group("digital", "数字可及", "digital access", _YES, "digital"),
            _group("low_income", "低收入", "low income", _YES, "low_income"),
            _yes("offline_12m", "12个月内参加过志愿服务、议事会或巡查",
                 "volunteered, came to the council or went on patrol in 12 months", "participation_offline_12m"),
            _yes("deliberated_12m", "12个月内参加过议事", "deliberated in 12 months", "deliberated_12m"),
            _yes("sorts_waste", "本周做到垃圾分类", "sorted waste this week", "sorting_rate"),
            _yes("reported_12m", "12个月内上报过问题", "reported a problem in 12 months"),
            _yes("knows_results", "知道上报问题的处理结果", "knows what became of problems"),
            _yes("registered", "注册了议事应用", "registered in the app"),
            Question(name="volunteer_times_12m", label=t("12个月志愿服务次数", "times volunteered in 12 months"),
                     kind=Kind.NUMBER, high=366, indicator="volunteer_acts_year"),
            _scale("satisfaction", "对社区满意", "satisfied with the community", "satisfaction_share"),
            _scale("efficacy", "觉得“说了管用”", "feels that speaking up helps", "mean_efficacy"),
            _scale("trust", "信任居委会", "trusts the residents' committee"),
        )
    }
)  # fmt: skip
"""Every quantity by name, in the order in which tables show them."""
OVER_REPORTED = frozenset({"participation_offline_12m", "deliberated_12m", "sorting_rate", "volunteer_acts_year"})
"""Indicators of acts that people like to be seen doing: surveys say more than happened."""
