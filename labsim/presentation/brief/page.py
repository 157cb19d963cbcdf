"""What a brief says, before it is laid out.

Takes: a :class:`Comparison` and the question it answers. Gives: :class:`Page`: texts in both
languages and rows of cells, each number with the runs that it comes from.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from labsim.analysis.compare import Comparison
from labsim.analysis.paired import Basis
from labsim.analysis.verdict import Verdict
from labsim.experiment.worlds import SPREAD
from labsim.foundations.declared import Text
from labsim.foundations.i18n import t
from labsim.presentation.brief.document import Table
from labsim.presentation.brief.grounds import Grounds, Lit, weighed
from labsim.presentation.brief.series import time_tables
from labsim.presentation.charts import Picture, difference_charts, group_charts, time_charts
from labsim.presentation.plan_page import Plan, plans
from labsim.presentation.rests import values_said
from labsim.presentation.words import (
    BY_GROUP,
    HEADLINES,
    TRUE_BESIDE_REPORTED,
    Shown,
    alike,
    joined,
    quantity,
    shown,
    silent,
    tone,
    way,
    years,
)
from labsim.presentation.words_sources import source
from labsim.results.declaration import Family
from labsim.results.indicators import ALL, GROUP_LABELS, indicator
from labsim.results.record import Record
from labsim.scenario.scenario import Scenario, calibrated_values, world_values
from labsim.scenario.world import WORLD

BURDENS = (Family.COST, Family.BURDEN)


@dataclass(frozen=True)
class Told:
    """What a brief is told beside the comparison.

    Attributes:
        when: date that stands in it.
        question: that the comparison answers; made from the scenarios when left out.
        stated: when question and differences that matter were stated, before any result; empty when nobody noted it.
        restated: how often they were changed after results had been seen.
        attempts: comparisons that were asked for before and with this one, quick looks included; 0 when not counted.
        grounds: what a calibration says about the parameters.
        asked: indicators that the question is about, which stand first; empty when nobody named any.
    """

    when: str
    question: Text | None = None
    stated: str = ""
    restated: int = 0
    attempts: int = 0
    grounds: Grounds | None = None
    asked: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cell:
    """A verdict in a table: its numbers as printed and as they are, and the runs behind them."""

    verdict: Verdict
    shown: Shown
    tone: str
    runs: str


@dataclass(frozen=True)
class Row:
    """An indicator with one cell per policy."""

    name: str
    label: Text
    unit: Text | None
    way: Text
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Level:
    """A value of one scenario: printed and unrounded, on record and true."""

    scenario: str
    label: Text
    reported: str
    true: str
    reported_value: float
    true_value: float
    runs: str


@dataclass(frozen=True)
class Page:
    """All of a brief but its layout."""

    question: Text
    baseline: Text
    plans: tuple[Plan, ...]
    basis: Text
    runs_said: Text
    unfinished: Text | None
    asked: tuple[Row, ...]
    benefits: tuple[Row, ...]
    burdens: tuple[Row, ...]
    deltas: tuple[tuple[Text, str, Text | None, Text], ...]
    gaps: tuple[Picture, ...]
    over_time: tuple[tuple[Picture, ...], ...]
    time_tables: tuple[Table, ...]
    groups: tuple[Picture, ...]
    group_rows: tuple[tuple[Text, tuple[Row, ...]], ...]
    sights: tuple[tuple[Text, Text, tuple[Level, ...]], ...]
    told: Told
    rests_on: tuple[Text, ...]
    values: Mapping[str, Text]
    lights: tuple[Lit, ...]
    taken_back: tuple[Text, ...]
    parameters: tuple[tuple[Text, Text, Text, Text], ...]
    record: Record
    runs: Mapping[str, tuple[str, ...]]


def page(comparison: Comparison, told: Told) -> Page:
    """Return what the brief of a comparison says.

    Args:
        comparison: with at least one finished pair.
        told: date, question, and what the verdicts rest on.
    """
    found = weighed(comparison, told.grounds)
    comparison = found.comparison
    scenarios = comparison.result.design.scenarios
    baseline, policies = scenarios[0], scenarios[1:]
    labels = {one.name: one.label for one in scenarios}
    measured = {v.difference.indicator for v in comparison.verdicts(group=ALL)}
    # What was asked for by name is shown even where it is no headline, or where its module is off.
    by_name = len(measured) <= len(HEADLINES)
    asked = [name for name in told.asked if name in measured]
    ordered = [v.difference.indicator for v in comparison.verdicts(comparison.policies[0], ALL)]
    if not by_name:
        measured -= silent(comparison)
    first = ordered if by_name else [name for name in HEADLINES if name in measured] or sorted(measured)
    costs = [name for name in measured if indicator(name).family in BURDENS and _moves(comparison, name)]
    first = [name for name in first if name not in asked]
    benefits = [name for name in first if indicator(name).family not in BURDENS]
    burdens = [name for name in ordered if name not in (*asked, *benefits) and (name in costs or name in first)]
    return Page(
        question=told.question or _question(baseline, policies),
        baseline=baseline.label,
        plans=plans(scenarios),
        basis=_basis(comparison),
        runs_said=_runs_said(comparison),
        unfinished=_unfinished(comparison),
        asked=tuple(_row(name, comparison) for name in asked),
        benefits=tuple(_row(name, comparison) for name in benefits),
        burdens=tuple(_row(name, comparison) for name in burdens),
        deltas=tuple(_delta(name, comparison) for name in (*asked, *benefits, *burdens)),
        gaps=tuple(difference_charts(comparison, [*asked, *benefits, *(n for n in burdens if n in first)], labels)),
        over_time=tuple(tuple(pictures) for pictures in time_charts(comparison, labels)),
        time_tables=time_tables(comparison, labels),
        groups=tuple(group_charts(comparison, [n for n in BY_GROUP if n in measured], labels)),
        group_rows=tuple(_by_group(n, comparison) for n in BY_GROUP if n in measured),
        sights=tuple(_sight(pair, comparison, labels) for pair in TRUE_BESIDE_REPORTED if set(pair) <= measured),
        told=told,
        rests_on=_rests_on(comparison),
        values={one.name: values_said(one, baseline) for one in policies},
        lights=found.lights,
        taken_back=found.taken_back,
        parameters=tuple(_parameters(baseline)),
        record=comparison.result.record(told.when),
        runs=_run_ids(comparison),
    )


def runs_of(comparison: Comparison, *scenarios: str) -> str:
    """Return the names under which the record of a brief lists the runs of scenarios."""
    names = [one.name for one in comparison.result.design.scenarios]
    return " ".join(f"runs-{names.index(name)}" for name in scenarios)


def _moves(comparison: Comparison, name: str) -> bool:
    """Return whether any policy moves an indicator at all."""
    return any(v.difference.indicator == name and not v.difference.paired.identical for v in comparison.verdicts())


def _question(baseline: Scenario, policies: Sequence[Scenario]) -> Text:
    asked = joined([t(f"“{p.label.zh}”", p.label.en) for p in policies])
    length = years(baseline.horizon)
    return t(
        f"与“{baseline.label.zh}”相比，{asked.zh}在 {length.zh}里会带来什么变化、代价几何？",
        f"Against '{baseline.label.en}', what would {asked.en} change in {length.en}, and at what cost?",
    )


def _basis(comparison: Comparison) -> Text:
    some = max((one.paired for one in comparison.differences), key=lambda one: one.worlds)
    level = f"{some.level:.0%}"
    if some.basis is Basis.LUCK:
        return t(
            f"{level} 区间只含运气：参数未知带来的不确定未计入，结论可能过于肯定。",
            f"The {level} intervals hold luck only: what is not known about parameters is left out, "
            "so verdicts may be too sure.",
        )
    return t(
        f"{level} 区间含两层不确定：运气，以及 {some.worlds} 种世界状态代表的参数未知。",
        f"The {level} intervals hold both kinds of uncertainty: luck, and what is not known about parameters, "
        f"as {some.worlds} states of the world.",
    )


def _runs_said(comparison: Comparison) -> Text:
    r = comparison.result
    pairs = max(d.paired.n for d in comparison.differences)
    return t(
        f"每项政策与基准成对比较，同一世界、同一运气，n = {pairs} 对；共 {r.finished} 次运行，失败 {r.failed} 次。",
        f"Each policy is paired with the baseline, in the same worlds with the same luck, n = {pairs} pairs; "
        f"{r.finished} runs in all, {r.failed} failed.",
    )


def _unfinished(comparison: Comparison) -> Text | None:
    r = comparison.result
    if not r.interrupted:
        return None
    return t(
        f"运行被中断：计划 {r.design.requested} 次，完成 {r.finished} 次。本简报只用已完成的运行。",
        f"Interrupted: {r.finished} of {r.design.requested} runs were finished. This brief uses those only.",
    )


def _row(name: str, comparison: Comparison, group: str = ALL) -> Row:
    item = indicator(name)
    found = [v for v in comparison.verdicts(group=group) if v.difference.indicator == name]
    cells = tuple(
        Cell(v, numbers, tone(v), runs_of(comparison, comparison.baseline, v.difference.policy))
        for v, numbers in zip(found, alike(found), strict=True)
    )
    label = item.label if group == ALL else GROUP_LABELS[group]
    return Row(name, label, cells[0].shown.unit, way(name), cells)


def _by_group(name: str, comparison: Comparison) -> tuple[Text, tuple[Row, ...]]:
    groups = {v.difference.group for v in comparison.verdicts() if v.difference.indicator == name}
    return indicator(name).label, tuple(_row(name, comparison, group) for group in GROUP_LABELS if group in groups)


def _delta(name: str, comparison: Comparison) -> tuple[Text, str, Text | None, Text]:
    item = indicator(name)
    one = next(v for v in comparison.verdicts(group=ALL) if v.difference.indicator == name)
    declared = item.delta.at(one.difference.paired.baseline)
    numbers = shown(one)
    why = source(item.delta.source) if one.difference.delta == declared else t("事先自定", "set for this question")
    return item.label, numbers.delta, numbers.unit, why


def _sight(
    pair: tuple[str, str], comparison: Comparison, labels: Mapping[str, Text]
) -> tuple[Text, Text, tuple[Level, ...]]:
    reported, true = pair
    levels = []
    found = [[v for v in comparison.verdicts(group=ALL) if v.difference.indicator == name] for name in pair]
    sides = zip(*found, *(alike(one) for one in found), strict=True)
    for i, (policy, (on_record, known, a, b)) in enumerate(zip(comparison.policies, sides, strict=True)):
        p, q = on_record.difference.paired, known.difference.paired
        if i == 0:
            name = comparison.baseline
            runs = runs_of(comparison, name)
            levels.append(Level(name, labels[name], a.baseline, b.baseline, p.baseline, q.baseline, runs))
        runs = runs_of(comparison, policy)
        levels.append(Level(policy, labels[policy], a.value, b.value, p.policy, q.policy, runs))
    return indicator(reported).label, indicator(true).label, tuple(levels)


def _rests_on(comparison: Comparison) -> tuple[Text, ...]:
    fitted = calibrated_values()
    assumed = sum(q.source.startswith("assumption") or "assumption" in q.source for q in WORLD.values())
    said = [
        t(
            f"世界参数 {len(WORLD)} 个，其中 {assumed} 个的取值或范围是假设；按已发表数字拟合的有 {len(fitted)} 个。",
            f"There are {len(WORLD)} world parameters; values or ranges of {assumed} are assumptions; "
            f"{len(fitted)} were fitted to published figures.",
        )
    ]
    drawn = comparison.result.design.worlds[0].factors
    if drawn:
        said.append(
            t(
                f"证据不能确定的 {len(drawn)} 个参数在取值上下 {SPREAD:.0%} 内独立抽取；这个幅度也是假设。",
                f"{len(drawn)} parameters that the evidence does not pin down are drawn independently within "
                f"plus or minus {SPREAD:.0%}; that range is an assumption too.",
            )
        )
    return tuple(said)


def _parameters(baseline: Scenario) -> list[tuple[Text, Text, Text, Text]]:
    values, fitted = world_values(baseline), calibrated_values()
    rows = []
    for name, q in WORLD.items():
        where = t("拟合", "fitted") if name in fitted and name not in baseline.world else source(q.source)
        low, high = quantity(q.low, q.unit), quantity(q.high, q.unit)
        rows.append(
            (q.label, quantity(values[name], q.unit), t(f"{low.zh} 至 {high.zh}", f"{low.en} to {high.en}"), where)
        )
    return rows


def _run_ids(comparison: Comparison) -> Mapping[str, tuple[str, ...]]:
    ids = comparison.result.run_ids()
    return {
        scenario.name: tuple(ids.loc[ids["scenario"] == scenario.name, "run_id"])
        for scenario in comparison.result.design.scenarios
    }
