"""What every single verdict rests on: data, prior or story, and how much of its interval more runs can narrow.

Takes: scenarios and verdicts. Gives: sentences in both languages, for the lab and for every brief.
Counted are the provenances that the declarations carry; nothing is judged here.
"""

import math
from collections import Counter

from labsim.analysis.paired import Basis, Paired
from labsim.analysis.verdict import Verdict, constant
from labsim.foundations.declared import Text
from labsim.foundations.i18n import t
from labsim.presentation.words import joined
from labsim.scenario.differences import OWN, differences
from labsim.scenario.scenario import Scenario

KINDS = (
    ("local data", t("本地数据", "local data")),
    ("literature", t("文献", "literature")),
    ("story", t("个案叙述", "single stories")),
    ("assumption", t("假设", "assumptions")),
    (OWN, t("本情景自设", "set by this scenario")),
)
"""On whose word a value may stand, the strongest first."""
WEAK = frozenset({"story", "assumption", OWN})
"""Kinds that a plan marks: nobody measured them."""
_MOSTLY = 2 / 3
_TRACE = 0.01
_CLEAR = 2.0
"""Standard errors by which the variance between worlds must exceed what luck makes of it."""


def kind_of(source: str) -> str:
    """Return the kind of a source as declared: a name of :data:`KINDS`."""
    return next((name for name, _ in KINDS if source.startswith(name)), "literature")


def values_said(policy: Scenario, baseline: Scenario) -> Text:
    """Return on whose word the values stand that a policy changes, as a sentence."""
    counted = Counter(kind_of(one.source) for one in differences(policy, baseline))
    if not counted:
        return t("没有改动。", "Nothing is changed.")
    parts = joined([t(f"{label.zh} {counted[name]}", f"{label.en} {counted[name]}")
                    for name, label in KINDS if counted[name]])  # fmt: skip
    many = counted.total()
    return t(f"改动的 {many} 个取值：{parts.zh}。", f"Values changed: {many} ({parts.en}).")


def unknown_share(one: Paired) -> float | None:
    """Return which share of an interval's squared width comes from what is not known; None where it cannot be told."""
    if constant(one) or one.basis is not Basis.BOTH or not one.knowledge_sd >= 0 or not one.error > 0:
        return None
    by_luck = one.luck_sd**2 * one.worlds / one.n * math.sqrt(2 / (one.worlds - 1))
    if 0 < one.knowledge_sd**2 < _CLEAR * by_luck:
        return None  # worlds differ by no more than luck alone lets their means differ
    luck = max(one.error**2 - one.knowledge_sd**2 / one.worlds, 0.0)
    known = one.knowledge_sd**2 * (1 + 1 / one.worlds)
    return float(known / (known + luck)) if known + luck > 0 else None


def interval_said(one: Verdict) -> Text:
    """Return what the width of a verdict's interval comes from, and whether more runs would help."""
    p = one.difference.paired
    if p.identical:
        return t(
            "两边逐次相同：模型里没有起作用的渠道。", "Both sides are equal run by run: no channel of the model acts."
        )
    if constant(p):
        return t("每对运行的差都一样：没有不确定。", "Every pair of runs differs by the same: nothing is uncertain.")
    if p.basis is Basis.LUCK:
        return t("区间只含运气；先验（参数未知）未计入。", "The interval holds luck alone; the prior is left out.")
    share = unknown_share(p)
    if share is None:
        return t(
            "运气与先验还分不开：多运行可以分清。", "Luck and prior cannot be told apart yet: more runs would tell."
        )
    part = _parts(share)
    if share >= _MOSTLY:
        more = t("：要本地数据才能更准，多运行无用。", ": local data would narrow it, more runs would not.")
    elif share <= 1 - _MOSTLY:
        more = t("：多运行可以更准。", ": more runs would narrow it.")
    else:
        more = t("：多运行与本地数据都有用。", ": more runs and local data would both help.")
    return t(part.zh + more.zh, part.en + more.en)


def _parts(share: float) -> Text:
    if share > 1 - _TRACE:
        return t("区间几乎全部来自先验（参数未知）", "Nearly all of the interval is prior (parameters not known)")
    if share < _TRACE:
        return t("区间几乎全部来自运气", "Nearly all of the interval is luck")
    return t(f"区间约 {share:.0%} 来自先验（参数未知），{1 - share:.0%} 来自运气",
             f"About {share:.0%} of the interval is prior (parameters not known), {1 - share:.0%} luck")  # fmt: skip
