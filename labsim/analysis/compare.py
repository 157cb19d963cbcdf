"""A paired contest: policies against a baseline, with intervals and verdicts.

Takes: scenarios, or the result of an experiment. Gives: a :class:`Comparison`.
"""

import json
import math
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal, TypedDict, Unpack, cast

import numpy as np
import pandas as pd

from labsim.analysis.paired import Basis, paired
from labsim.analysis.precision import Precision, Stop, too_wide
from labsim.analysis.verdict import Difference, Verdict, verdict
from labsim.experiment.design import Design
from labsim.experiment.runner import ExperimentResult, Progress, Simulate, Watch, joined, run
from labsim.experiment.workers import Workers
from labsim.foundations.errors import Problem, raise_if, unknown_name
from labsim.foundations.i18n import t
from labsim.results.indicators import ALL, GROUP_CELLS, Window, indicator, indicators, select
from labsim.results.results import Reduction
from labsim.results.store import RunStore
from labsim.scenario.scenario import Scenario

LEVEL = 0.95
BUDGET = 4
"""``precision="auto"`` runs at most so many times the replications first asked for."""
PRECISE = ("satisfaction_share", "participation_offline_12m", "fix_rate_genuine", "handling_days_mean")
"""Indicators that ``precision="auto"`` makes precise, where no indicators are named."""


class Options(TypedDict, total=False):
    """How to compare.

    ``replications`` seeds in each world (50); ``worlds`` draws of the world (1: the central one,
    luck only); ``seed`` from which all seeds and draws follow (0); ``indicators`` by name (all);
    ``delta`` the smallest difference that matters by indicator, in its unit (as declared);
    ``precision="auto"`` adds replications until luck is below delta; ``window`` of days (the
    whole programme); ``series`` names of which values per 28 days are kept; ``executor``,
    ``progress``, ``simulate`` and ``store`` as in ``experiment.runner.run``.
    """

    replications: int
    worlds: int
    seed: int
    indicators: Sequence[str] | None
    delta: Mapping[str, float]
    precision: Literal["auto"] | None
    window: Window | None
    series: Sequence[str]
    executor: Workers | Executor | None
    progress: Progress | Watch | None
    simulate: Simulate | None
    store: RunStore | None


@dataclass(frozen=True)
class Comparison:
    """Policies compared with a baseline on the same worlds and the same luck.

    Attributes:
        baseline: name of the baseline.
        policies: names of the policies.
        differences: one per policy, indicator and group, in the order of the catalogue.
        result: the runs it rests on: tables, failures, design and record.
        precision: what became of ``precision="auto"``; None when it was not asked for.
        instead: verdicts on all residents that are told instead of those of the numbers alone, by policy and
            indicator (``inference.guard``).
    """

    baseline: str
    policies: tuple[str, ...]
    differences: tuple[Difference, ...]
    result: ExperimentResult
    precision: Precision | None = None
    instead: Mapping[tuple[str, str], Verdict] = field(default_factory=dict)

    @cached_property
    def _verdicts(self) -> tuple[Verdict, ...]:
        return tuple(
            self.instead.get((one.policy, one.indicator) if one.group == ALL else ("", "")) or verdict(one)
            for one in self.differences
        )

    def verdicts(self, policy: str | None = None, group: str | None = None) -> list[Verdict]:
        """Return the verdicts, of one policy or group where named.

        Raises:
            InputError: no such policy or group.
        """
        found = []
        if policy is not None and policy not in self.policies:
            found.append(unknown_name("policy", policy, self.policies, t("政策", "policy")))
        if group is not None and group not in GROUP_CELLS:
            found.append(unknown_name("group", group, GROUP_CELLS, t("群体", "group")))
        raise_if(found)
        return [
            one
            for one in self._verdicts
            if policy in (None, one.difference.policy) and group in (None, one.difference.group)
        ]

    def difference(self, policy: str, name: str, group: str = ALL) -> Difference:
        """Return one difference.

        Raises:
            InputError: there is none of that policy, indicator and group.
        """
        indicator(name)
        for one in self.verdicts(policy, group):
            if one.difference.indicator == name:
                return one.difference
        problem = Problem.at(
            name, t(f"没有 {policy}、{name}、{group} 的比较", f"{policy}, {name}, {group} was not compared")
        )
        raise_if([problem])
        raise AssertionError("unreachable")

    def table(self, language: str = "en") -> pd.DataFrame:
        """Return one row per verdict: labels and words in the language, numbers in the unit."""
        return pd.DataFrame([_row(one, language) for one in self._verdicts])

    def to_json(self) -> str:
        """Return everything but the runs as JSON; what is not a number is null."""
        document = {
            "baseline": self.baseline,
            "policies": list(self.policies),
            "seed": self.result.design.seed,
            "replications": self.result.design.replications,
            "worlds": [world.draw for world in self.result.design.worlds],
            "runs": {name: getattr(self.result, name) for name in ("finished", "failed", "cancelled", "interrupted")},
            "precision": None if self.precision is None else self.precision.to_dict(),
            "verdicts": [_document(one) for one in self._verdicts],
        }
        return json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False)


def compare(baseline: Scenario, *policies: Scenario, **options: Unpack[Options]) -> Comparison:
    """Compare policies with a baseline on common random numbers.

    ``precision="auto"`` is a fixed-width rule: after each batch it looks at the width of
    intervals and never at their place, so it cannot stop because a difference looks good. It adds
    replications until the luck in :data:`PRECISE` (or in the indicators named) is below the
    difference that matters for every policy, at most :data:`BUDGET` times the first number. What
    is not known about the world does not shrink with replications, and is not waited for.

    Args:
        baseline: what policies are compared with.
        policies: at least one.
        options: see :class:`Options`.

    Returns:
        The comparison; partial and marked as such after Ctrl-C.

    Raises:
        InputError: all that is wrong with the scenarios and options.
    """
    _check(policies, options)
    names = options.get("indicators")
    what = Reduction(
        indicators=None if names is None else tuple(names),
        window=options.get("window"),
        series=tuple(options.get("series", ())),
    )
    design = Design.of(
        (baseline, *policies), options.get("worlds", 1), options.get("replications", 50), options.get("seed", 0)
    )
    delta = options.get("delta", {})
    auto = options.get("precision") == "auto"
    total = design.requested
    result = _batch(design, what, options, 0, total)
    wanted = [name for name in PRECISE if names is None] or list(names or ())
    if not auto:
        return contest(result, delta)
    found, batch = contest(result, delta), 1
    while (wide := too_wide(found.differences, wanted)) and batch < BUDGET and not result.interrupted:
        more = replace(design, first=design.first + batch * design.replications)
        result = joined(result, _batch(more, what, options, batch * total, (batch + 1) * total))
        found, batch = contest(result, delta), batch + 1
    stop = Stop.INTERRUPTED if result.interrupted else Stop.BUDGET if wide else Stop.PRECISE
    return replace(found, precision=Precision(stop, result.design.replications, wide))


def contest(result: ExperimentResult, delta: Mapping[str, float] | None = None, level: float = LEVEL) -> Comparison:
    """Compare the first scenario of an experiment with the others.

    Args:
        result: of an experiment; a partial one counts what it has.
        delta: smallest difference that matters by indicator; as declared where left out.
        level: coverage of the intervals.

    Raises:
        InputError: a name in ``delta`` that is no indicator, or a value that is not above 0.
    """
    raise_if(_delta_problems(delta or {}))
    names = [scenario.name for scenario in result.design.scenarios]
    cubes, ran = value_cubes(result), ended_runs(result)
    differences = []
    for policy in names[1:]:
        for (name, group), cube in cubes.items():
            at = names.index(policy)
            numbers = paired(cube[0], cube[at], level, ran[0] & ran[at])
            margin = (delta or {}).get(name, indicator(name).delta.at(numbers.baseline))
            differences.append(Difference(policy, name, group, float(margin), numbers))
    return Comparison(names[0], tuple(names[1:]), tuple(differences), result)


def value_cubes(result: ExperimentResult) -> dict[tuple[str, str], Any]:
    """Return values by indicator and group, shape [scenarios, worlds, replications], NaN where a run is missing."""
    design, values = result.design, result.values
    scenario = values["scenario"].map({s.name: i for i, s in enumerate(design.scenarios)}).to_numpy(np.int64)
    world = values["world"].map({w.draw: i for i, w in enumerate(design.worlds)}).to_numpy(np.int64)
    replication = values["replication"].to_numpy(np.int64) - design.first
    shape = (len(design.scenarios), len(design.worlds), design.replications)
    numbers = values["value"].to_numpy(np.float64)
    cubes = {}
    places = values.groupby(["indicator", "group"], observed=True, sort=False).indices
    for key, rows in places.items():
        name, group = cast(tuple[str, str], key)
        cube = np.full(shape, np.nan)
        cube[scenario[rows], world[rows], replication[rows]] = numbers[rows]
        cubes[name, group] = cube
    order = {name: i for i, name in enumerate(indicators())}
    at = list(GROUP_CELLS)
    return dict(sorted(cubes.items(), key=lambda entry: (order[entry[0][0]], at.index(entry[0][1]))))


def ended_runs(result: ExperimentResult) -> Any:
    """Return which runs ended, well or in an error, shape [scenarios, worlds, replications]."""
    design = result.design
    shape = (len(design.scenarios), len(design.worlds), design.replications)
    ended = np.zeros(shape, np.bool_)
    scenarios = {scenario.name: i for i, scenario in enumerate(design.scenarios)}
    worlds = {world.draw: i for i, world in enumerate(design.worlds)}
    for table in (result.values, result.failures):
        rows = table[["scenario", "world", "replication"]].drop_duplicates().itertuples(index=False)
        for scenario, world, replication in rows:
            ended[scenarios[scenario], worlds[world], int(replication) - design.first] = True
    return ended


def _batch(design: Design, what: Reduction, options: Options, before: int, total: int) -> ExperimentResult:
    given = options.get("progress")
    watch = given if isinstance(given, Watch) else Watch(given)
    tell = watch.progress
    return run(
        design,
        what,
        executor=options.get("executor"),
        simulate=options.get("simulate"),
        progress=replace(watch, progress=None if tell is None else lambda done, _: tell(before + done, total)),
        store=options.get("store"),
    )


def _check(policies: Sequence[Scenario], options: Options) -> None:
    found = [
        unknown_name("compare", name, Options.__annotations__, t("选项", "option"))
        for name in options
        if name not in Options.__annotations__
    ]
    if not policies:
        found.append(
            Problem.at("policies", t("没有可比较的政策", "there is no policy to compare"), t("至少 1 个", "at least 1"))
        )
    if options.get("precision") not in (None, "auto"):
        found.append(
            Problem.at(
                "precision",
                t(f"精度 {options['precision']!r} 无效", f"a precision of {options['precision']!r} is not possible"),
                t("auto", "auto"),
            )
        )
    found += _delta_problems(options.get("delta", {}))
    raise_if(found)
    select(options.get("indicators"))


def _delta_problems(delta: Mapping[str, float]) -> list[Problem]:
    found = []
    for name, value in delta.items():
        if name not in indicators():
            found.append(unknown_name("delta", name, indicators(), t("指标", "indicator")))
        elif not (math.isfinite(value) and value > 0):
            found.append(
                Problem.at(
                    f"delta.{name}",
                    t(f"关注值 {value} 无效", f"a difference of {value} cannot matter"),
                    t("大于 0", "above 0"),
                )
            )
    return found


def _row(one: Verdict, language: str) -> dict[str, Any]:
    item, p = indicator(one.difference.indicator), one.difference.paired
    return {
        "policy": one.difference.policy,
        "indicator": item.name,
        "label": item.label.in_language(language),
        "group": one.difference.group,
        "family": item.family.value,
        "unit": item.unit_text.in_language(language),
        "baseline": p.baseline,
        "value": p.policy,
        "difference": p.difference,
        "low": p.low,
        "high": p.high,
        "delta": one.difference.delta,
        "verdict": one.words.in_language(language),
        "kind": one.kind.value,
        "direction": one.direction.value,
        "n": p.n,
        "missing": p.missing,
        "worlds": p.worlds,
        "basis": p.basis.value,
        **_chances(one),
        "luck_sd": p.luck_sd,
        "knowledge_sd": p.knowledge_sd,
        "correlation": p.correlation,
        "variance_ratio": p.variance_ratio,
    }


def _chances(one: Verdict) -> dict[str, float]:
    """Return the two probabilities in the direction that is better (higher where neither is)."""
    p = one.difference.paired
    lower = indicator(one.difference.indicator).better.value == "lower"
    known = p.basis is Basis.BOTH and not p.identical
    return {
        "better_in_worlds": (1.0 - p.higher_in_worlds if lower else p.higher_in_worlds) if known else math.nan,
        "better_in_futures": p.lower_in_futures if lower else p.higher_in_futures,
    }


def _document(one: Verdict) -> dict[str, Any]:
    row = {key: value for key, value in _row(one, "en").items() if key not in ("label", "unit", "verdict")}
    for key in ("zh", "en"):
        item = indicator(one.difference.indicator)
        row[f"label_{key}"] = item.label.in_language(key)
        row[f"unit_{key}"] = item.unit_text.in_language(key)
        row[f"verdict_{key}"] = one.words.in_language(key)
        row[f"sentence_{key}"] = one.sentence.in_language(key)
    row["may_matter"] = one.may_matter
    return {key: None if isinstance(value, float) and not math.isfinite(value) else value for key, value in row.items()}
