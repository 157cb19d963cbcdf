"""Validation: does the model show the patterns, from one set of world parameters?

Takes: a targets file. Gives: :class:`ValidationReport`: every target with its value, interval, n, hit or
miss and distance; totals for fit and free. Misses are said plainly.
"""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from labsim.analysis.battery import Battery, Estimate, Progress, distance, estimate, spread
from labsim.analysis.targetfile import read_targets
from labsim.analysis.targets import Role, Statistic, Target, Targets
from labsim.foundations.declared import Text
from labsim.foundations.errors import InputError, Problem
from labsim.foundations.i18n import t
from labsim.results.catalogue import SUBJECT_OF
from labsim.results.indicators import ALL, indicators
from labsim.results.store import RunStore
from labsim.scenario.scenario import calibrated_values, world_values

REPLICATIONS = 20
FIRST_SEED = 10_001
"""Seeds of a validation: none of them was seen by the calibration, which counts from 1."""
_ENOUGH = 0.5


@dataclass(frozen=True)
class Finding:
    """What became of one target.

    Attributes:
        target: the target.
        estimate: its statistic over the replications.
        hit: whether the value is inside the band; a target that cannot be measured in half of the runs is missed.
        distance: how far outside, in widths of the band; NaN when it could not be measured.
        single: what nine in ten single communities would see, with and without the policy once each.
    """

    target: Target
    estimate: Estimate
    hit: bool
    distance: float
    single: tuple[float, float] = (math.nan, math.nan)

    @property
    def measurable(self) -> bool:
        """Return whether it could be measured in at least half of the runs."""
        found = self.estimate
        return math.isfinite(found.value) and found.n >= _ENOUGH * found.runs

    @property
    def clear(self) -> bool:
        """Return whether luck cannot turn a hit into a miss or the reverse: the interval does not cross an end."""
        found, target = self.estimate, self.target
        if not (self.measurable and math.isfinite(found.low)):
            return not self.measurable
        inside = target.low <= found.low and found.high <= target.high
        return inside if self.hit else found.high < target.low or found.low > target.high

    @property
    def subject(self) -> str:
        """Return the subject of the indicator: a part of the core, or an extension module."""
        return SUBJECT_OF[self.target.indicator]

    @property
    def telling(self) -> bool:
        """Return whether one community would see at least the direction of an effect; a level always tells."""
        none = {Statistic.RATIO: 1.0, Statistic.DIFFERENCE: 0.0, Statistic.RELATIVE_CHANGE: 0.0}
        nothing = none.get(self.target.statistic)
        return nothing is None or not self.single[0] <= nothing <= self.single[1]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON; None where something could not be measured."""
        target, found = self.target, self.estimate
        return {
            "id": target.id,
            "label": target.label.model_dump(),
            "role": target.role.value,
            "subject": self.subject,
            "indicator": target.indicator,
            "group": target.group,
            "statistic": target.statistic.value,
            "before": str(target.before) if target.statistic.compares else None,
            "after": str(target.after),
            "window": list(target.window),
            "unit": unit_of(target),
            "expected": target.value,
            "band": [target.low, target.high],
            "value": _plain(found.value),
            "interval": [_plain(found.low), _plain(found.high)],
            "single_community": [_plain(self.single[0]), _plain(self.single[1])],
            "n": found.n,
            "runs": found.runs,
            "hit": self.hit,
            "clear": self.clear,
            "distance": _plain(self.distance),
            "evidence": list(target.evidence),
            "note": target.note.model_dump() if target.note else None,
        }


def _plain(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def unit_of(target: Target) -> str:
    """Return the unit of a target: as written, else as the indicator and the statistic have it."""
    if target.unit:
        return target.unit
    if target.statistic.compares and target.statistic.value != "difference":
        return "ratio" if target.statistic.value == "ratio" else "share"
    return indicators()[target.indicator].unit


@dataclass(frozen=True)
class ValidationReport:
    """What a validation found.

    Attributes:
        targets: the targets file.
        findings: one for every target that is run, in the order of the file.
        seeds: the replications, common to all scenarios.
        world: SHA-256 of the world values that everything was run with.
        calibrated: how many of them were fitted.
        stored: runs that were found in a store.
    """

    targets: Targets
    findings: tuple[Finding, ...]
    seeds: tuple[int, ...]
    world: str
    calibrated: int
    stored: int = 0

    def of(self, role: Role | None = None) -> list[Finding]:
        """Return the findings of one role, or all."""
        return [one for one in self.findings if role in (None, one.target.role)]

    def totals(self) -> dict[str, dict[str, int]]:
        """Return hits and targets, for fit and free."""
        return {role.value: {"hits": sum(one.hit for one in self.of(role)), "of": len(self.of(role))} for role in Role}

    def summary(self) -> Text:
        """Return the totals in one sentence."""
        fit, free, n = self.totals()["fit"], self.totals()["free"], len(self.seeds)
        return t(
            f"拟合目标 {fit['hits']}/{fit['of']} 命中，自由目标 {free['hits']}/{free['of']} 命中；"
            f"每个情景 {n} 次重复，同一组世界参数。",
            f"{fit['hits']} of {fit['of']} fit targets and {free['hits']} of {free['of']} free targets inside their "
            f"bands; {n} replications of each scenario, one set of world parameters.",
        )

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values, for ``--json``."""
        return {
            "targets": self.targets.source,
            "sha256": self.targets.sha256,
            "world": self.world,
            "calibrated_parameters": self.calibrated,
            "replications": len(self.seeds),
            "seeds": list(self.seeds),
            "totals": self.totals(),
            "findings": [one.to_dict() for one in self.findings],
            "not_run": [
                {"id": one.id, "label": one.label.model_dump(), "status": one.status.value, "module": one.module,
                 "expected": one.value, "unit": one.unit}
                for one in self.targets.resting()
            ],
            "not_produced": [
                {"evidence": list(one.evidence), "reason": one.reason.model_dump()} for one in self.targets.not_produced
            ],
        }  # fmt: skip

    def table(self, language: str = "en") -> pd.DataFrame:
        """Return one row per target that was run, labels in the chosen language."""
        return pd.DataFrame(
            [
                {
                    "target": one.target.label.in_language(language),
                    "role": one.target.role.value,
                    "indicator": one.target.indicator + ("" if one.target.group == ALL else f" [{one.target.group}]"),
                    "statistic": one.target.statistic.value,
                    "unit": unit_of(one.target),
                    "expected": one.target.value,
                    "band_low": one.target.low,
                    "band_high": one.target.high,
                    "value": one.estimate.value,
                    "low": one.estimate.low,
                    "high": one.estimate.high,
                    "single_low": one.single[0],
                    "single_high": one.single[1],
                    "n": one.estimate.n,
                    "hit": one.hit,
                    "clear": one.clear,
                    "distance": one.distance,
                }
                for one in self.findings
            ]
        )


def world_hash(world: Mapping[str, float]) -> str:
    """Return the SHA-256 of world values."""
    return hashlib.sha256(json.dumps(dict(world), sort_keys=True).encode()).hexdigest()


def validate(
    path: str | Path | Targets | None = None,
    *,
    replications: int = REPLICATIONS,
    threads: int = 2,
    first_seed: int = FIRST_SEED,
    progress: Progress | None = None,
    store: RunStore | None = None,
) -> ValidationReport:
    """Run what a targets file needs and compare it with the pass bands.

    Every scenario is run once on each seed, whatever the number of targets that look at it. The world is
    that of the base scenario: fitted values over declared defaults, under the scenario's own.

    Args:
        path: a targets file or targets already read; ``data/targets.toml`` when left out.
        replications: seeds, at least 2, so that there is an interval.
        threads: runs at the same time; changes no bit.
        first_seed: the first of the seeds.
        progress: called with runs done and runs in all.
        store: where runs are kept and found.

    Returns:
        The report; the same bits for the same file, seeds and world.

    Raises:
        InputError: the file or a number is wrong; all problems at once.
    """
    if replications < 2:
        what = t(f"重复次数 {replications} 太少", f"{replications} replications are too few")
        raise InputError([Problem.at("replications", what, t("至少 2", "at least 2"))])
    targets = path if isinstance(path, Targets) else read_targets(path)
    running = targets.running()
    seeds = tuple(range(first_seed, first_seed + replications))
    world = world_values(targets.base)
    battery = Battery.of(running, targets.base, seeds)
    shelf = None if store is None else battery.shelf(store, world)
    pairs = battery.evaluate(world, threads, progress, shelf)
    findings = []
    for target, pair in zip(running, pairs, strict=True):
        found = estimate(target.statistic, pair)
        away = distance(target, found.value)
        measured = math.isfinite(found.value) and found.n >= _ENOUGH * found.runs
        hit = bool(measured and away == 0.0)
        findings.append(Finding(target, found, hit, away if measured else math.nan, spread(target.statistic, pair)))
    stored = 0 if shelf is None else shelf.stored
    return ValidationReport(targets, tuple(findings), seeds, world_hash(world), len(calibrated_values()), stored)


def recalibrated(targets: Targets, world: Mapping[str, float]) -> Targets:
    """Return the targets over a base scenario in another state of the world.

    Raises:
        InputError: a world value does not exist or is out of range.
    """
    return Targets(
        base=targets.base.with_world(**world),
        targets=targets.targets,
        not_produced=targets.not_produced,
        source=targets.source,
    )
