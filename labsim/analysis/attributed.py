"""What an attribution gave: numbers by indicator and part, as a table and as JSON.

Takes: statistics. Gives: :class:`Attribution`.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from labsim.analysis.packages import Package, Part
from labsim.analysis.paired import Paired
from labsim.analysis.shapley import Plan
from labsim.analysis.verdict import Difference
from labsim.experiment.runner import ExperimentResult
from labsim.foundations.declared import Text
from labsim.foundations.errors import raise_if, unknown_name
from labsim.foundations.i18n import t
from labsim.results.indicators import indicator

WHOLE = "whole"
"""The part of a row that is the whole package."""


@dataclass(frozen=True)
class Whole:
    """The effect of the whole package on one indicator.

    Attributes:
        effect: package against baseline, in the pairs in which every coalition has a value.
        residual: how far the parts' sum is from the whole, the largest over pairs; NaN without any.
        reason: why there is no value, or not in all pairs; None when there is one in all.
    """

    effect: Difference
    residual: float
    reason: Text | None


@dataclass(frozen=True)
class Share:
    """What one part adds to one indicator.

    Attributes:
        part: its key.
        effect: what it adds on average over orders: its Shapley value.
        alone: what it does without the others.
        last: what is lost when it alone is taken out of the package.
        synergy: ``effect - alone``: its share in what parts do together and not apart.
        share: of the whole; NaN when the whole cannot be told from 0. May be below 0 or above 1.
        order_error: standard error of the mean from the sample of orders; 0 when exact.
    """

    part: str
    effect: Difference
    alone: Paired
    last: Paired
    synergy: Paired
    share: float
    order_error: float


@dataclass(frozen=True)
class Interaction:
    """What two parts do together on one indicator beyond what they do apart."""

    indicator: str
    one: str
    other: str
    effect: Paired


@dataclass(frozen=True)
class Attribution:
    """The effect of a package split over its parts.

    Attributes:
        package: the scenario, its baseline and its parts.
        plan: the coalitions and how they are weighted.
        wholes: one per indicator.
        shares: one per indicator and part, in the order of the parts.
        interactions: one per indicator and two parts; none for a sample of orders.
        distinct: how many different scenarios were run: equal coalitions run once.
        result: the runs.
    """

    package: Package
    plan: Plan
    wholes: tuple[Whole, ...]
    shares: tuple[Share, ...]
    interactions: tuple[Interaction, ...]
    distinct: int
    result: ExperimentResult

    @property
    def parts(self) -> tuple[Part, ...]:
        """Return the parts."""
        return self.package.parts

    def of(self, name: str) -> tuple[Whole, list[Share]]:
        """Return the whole and the parts of an indicator.

        Raises:
            InputError: it was not split.
        """
        known = [one.effect.indicator for one in self.wholes]
        if name not in known:
            raise_if([unknown_name("indicator", name, known, t("指标", "indicator"))])
        return self.wholes[known.index(name)], [one for one in self.shares if one.effect.indicator == name]

    def frame(self) -> pd.DataFrame:
        """Return one row per indicator and part, the whole first; numbers in the indicator's unit."""
        rows = []
        for whole in self.wholes:
            name = whole.effect.indicator
            extra = {"residual": whole.residual, "reason": None if whole.reason is None else whole.reason.en}
            rows.append({"indicator": name, "part": WHOLE, **_numbers(whole.effect.paired), "share": 1.0, **extra})
            for one in self.of(name)[1]:
                alone = {"alone": one.alone.difference, "last": one.last.difference}
                together = {f"synergy{k}": v for k, v in _interval(one.synergy).items()}
                numbers = _numbers(one.effect.paired) | {"share": one.share, "order_error": one.order_error}
                rows.append({"indicator": name, "part": one.part, **numbers, **alone, **together})
        return pd.DataFrame(rows)

    def to_dict(self) -> dict[str, Any]:
        """Return all of it but the runs, ready for JSON; what is not a number is None."""
        labels = {part.key: {"zh": part.label.zh, "en": part.label.en} for part in self.parts}
        return {
            "package": self.package.whole.name,
            "baseline": self.package.baseline.name,
            "by": self.package.by.value,
            "parts": [{"key": key, "label": label} for key, label in labels.items()],
            "method": "exact" if self.plan.exact else "orders",
            "orders": None if self.plan.exact else len(self.plan.orders),
            "coalitions": len(self.plan.coalitions()),
            "scenarios_run": self.distinct,
            "seed": self.result.design.seed,
            "worlds": [world.draw for world in self.result.design.worlds],
            "replications": self.result.design.replications,
            "runs": {key: getattr(self.result, key) for key in ("finished", "failed", "cancelled", "interrupted")},
            "indicators": [self._document(whole) for whole in self.wholes],
        }

    def _document(self, whole: Whole) -> dict[str, Any]:
        name = whole.effect.indicator
        item = indicator(name)
        parts = [
            {"part": one.part, **_known(_numbers(one.effect.paired)), "share": _value(one.share),
             "order_error": _value(one.order_error), "alone": _known(_numbers(one.alone)),
             "last": _known(_numbers(one.last)), "synergy": _known(_numbers(one.synergy))}
            for one in self.of(name)[1]
        ]  # fmt: skip
        return {
            "indicator": name,
            "label": {"zh": item.label.zh, "en": item.label.en},
            "unit": {"zh": item.unit_text.zh, "en": item.unit_text.en},
            "whole": _known(_numbers(whole.effect.paired)),
            "residual": _value(whole.residual),
            "reason": None if whole.reason is None else {"zh": whole.reason.zh, "en": whole.reason.en},
            "parts": parts,
            "interactions": [
                {"parts": [one.one, one.other], **_known(_numbers(one.effect))}
                for one in self.interactions
                if one.indicator == name
            ],
        }


def _interval(numbers: Paired) -> dict[str, float]:
    return {"": numbers.difference, "_low": numbers.low, "_high": numbers.high}


def _numbers(numbers: Paired) -> dict[str, Any]:
    names = ("difference", "low", "high", "n", "missing", "worlds")
    return {name: getattr(numbers, name) for name in names} | {"basis": numbers.basis.value}


def _known(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _value(value) for name, value in row.items()}


def _value(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
