"""Sequential replication: when are there enough replications, and why were there no more.

Takes: differences with their luck. Gives: which are still too wide, and :class:`Precision`.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from labsim.analysis.verdict import Difference
from labsim.foundations.declared import Text
from labsim.foundations.i18n import t
from labsim.results.indicators import ALL, indicator


class Stop(StrEnum):
    """Why ``precision="auto"`` added no more replications."""

    PRECISE = "precise"
    BUDGET = "budget"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True)
class Precision:
    """What became of ``precision="auto"``.

    Attributes:
        stop: why no more replications were added.
        replications: in each world, in the end.
        wide: indicators in which luck is still larger than the difference that matters; empty when precise.
    """

    stop: Stop
    replications: int
    wide: tuple[str, ...] = ()

    @property
    def words(self) -> Text:
        """Return it as a sentence."""
        if self.stop is Stop.PRECISE:
            return t(
                f"足够精确：每种世界状态 {self.replications} 次重复后，运气小于关注值。",
                f"Precise enough: after {self.replications} replications in each world luck is below what matters.",
            )
        zh = "、".join(indicator(name).label.zh for name in self.wide)
        en = ", ".join(indicator(name).label.en for name in self.wide)
        if self.stop is Stop.BUDGET:
            return t(
                f"预算用完：每种世界状态 {self.replications} 次重复后，运气仍大于关注值：{zh}。",
                f"The budget ended: after {self.replications} replications in each world luck is still above what "
                f"matters in: {en}.",
            )
        return t("达到所要精度前已中断。", "Interrupted before it was precise enough.")

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {"stop": self.stop.value, "replications": self.replications, "wide": list(self.wide)}


def too_wide(differences: Iterable[Difference], names: Sequence[str]) -> tuple[str, ...]:
    """Return in which of these indicators luck is above the difference that matters, for everybody and any policy."""
    wide = {
        one.indicator: None
        for one in differences
        if one.group == ALL and one.indicator in names and one.paired.n >= 2
        if 2.0 * one.paired.luck_sd / math.sqrt(one.paired.n) > one.delta
    }
    return tuple(wide)
