"""``docs/validation.md``: what the model reproduces and what it misses, generated.

Takes: a validation report and the record of the calibration. Gives: the page. ``python -m
labsim.analysis.validation_page docs/validation.md`` runs the validation and writes it; a test fails when the
page was written for other targets or other world values.
"""

import json
import math
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from labsim.analysis.calibrated import RECORD
from labsim.analysis.coverage import coverage, is_aim
from labsim.analysis.markdown import both as _both
from labsim.analysis.markdown import markdown_table as _table
from labsim.analysis.targets import Role, Statistic, Status, Target
from labsim.analysis.validate import Finding, ValidationReport, unit_of, validate
from labsim.foundations.declared import Text
from labsim.foundations.paths import resource
from labsim.foundations.writing import write_whole
from labsim.results.catalogue import SUBJECT_OF
from labsim.results.indicators import ALL, indicators
from labsim.scenario.community import COMMUNITY
from labsim.scenario.scenario import calibrated_values
from labsim.scenario.world import WORLD

PAGE_REPLICATIONS = 60
_EDGE = 0.02
"""A fitted value within this share of its declared range from an end leans on the range, not on the targets."""
_STATISTICS = {
    Statistic.LEVEL: "水平 level", Statistic.DIFFERENCE: "差 difference", Statistic.RATIO: "比 ratio",
    Statistic.RELATIVE_CHANGE: "相对变化 relative change",
}  # fmt: skip
_SUBJECTS = {
    "participation": Text(zh="参与", en="participation"), "cases": Text(zh="问题与整改", en="problems and repairs"),
    "voice": Text(zh="上报与满意度", en="reports and satisfaction"), "inspection": Text(zh="检查", en="inspection"),
    "staff": Text(zh="人员", en="staff"), "money": Text(zh="资金与积分", en="money and points"),
}  # fmt: skip
_STATUS = {Status.INPUT: "输入 input", Status.NEEDS_MODULE: "需要模块 needs module"}


def _number(value: float) -> str:
    if not math.isfinite(value):
        return "–"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _policy(target: Target) -> str:
    if target.statistic.compares:
        return f"{target.before} → {target.after}"
    return str(target.after)


def _subject(name: str) -> Text:
    """Return the label of a subject: a part of the core, or an extension module."""
    if name in _SUBJECTS:
        return _SUBJECTS[name]
    label = COMMUNITY[f"module_{name}"].label
    return Text(zh=label.zh.split("：")[-1], en=label.en.split(": ")[-1])


def _by_subject(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    """Return findings by subject, subjects in the order of the indicators, fit before free."""
    groups: dict[str, list[Finding]] = {subject: [] for subject in SUBJECT_OF.values()}
    for one in sorted(findings, key=lambda one: one.target.role is Role.FREE):
        groups[one.subject].append(one)
    return {subject: found for subject, found in groups.items() if found}


def _hits(found: Iterable[Finding]) -> str:
    found = list(found)
    return f"{sum(one.hit for one in found)}/{len(found)}" if found else "–"


def _overview(report: ValidationReport) -> str:
    rows = []
    for subject, found in _by_subject(report.findings).items():
        label = _subject(subject)
        fit, free = ([one for one in found if one.target.role is role] for role in (Role.FIT, Role.FREE))
        missed = ", ".join(f"`{one.target.id}`" for one in found if not one.hit)
        rows.append([f"{label.zh} {label.en}", _hits(fit), _hits(free), missed or "—"])
    fit, free = report.of(Role.FIT), report.of(Role.FREE)
    share = f"{100 * len(fit) / max(1, len(report.findings)):.0f} %"
    rows.append(["**合计 all**", f"**{_hits(fit)}** ({share})", f"**{_hits(free)}**", ""])
    return _table(("领域 subject", "拟合 fit", "自由 free", "未命中 missed"), rows)


def _aims(report: ValidationReport) -> str:
    """Return hits among free targets, what a plan aims at apart from what somebody observed."""
    free = report.of(Role.FREE)
    aims, seen = ([one for one in free if is_aim(one.target) is aim] for aim in (True, False))
    return (
        f"自由目标中有 {len(aims)} 个是原文的规划目标，没有人观察到过：命中 {_hits(aims)}；"
        f"其余观察到的：{_hits(seen)}。\n\n"
        f"Of the free targets {len(aims)} are what a plan of the text aims at, which nobody observed: {_hits(aims)} "
        f"inside; of those that were observed: {_hits(seen)}.\n"
    )


def _covered(report: ValidationReport) -> str:
    found = coverage(report.targets)
    run, inputs, silent, nowhere = map(len, (found.run, found.inputs, found.not_produced, found.forgotten))
    return (
        f"证据表中 {found.total} 个输出数字：{run} 个由目标检验，{inputs} 个是输入，{silent} 个不能产生（附理由），"
        f"{nowhere} 个尚未列入。\n\n"
        f"Of {found.total} output figures of the evidence table {run} are checked by targets, {inputs} are inputs, "
        f"{silent} cannot be produced (with the reason), {nowhere} are not listed yet.\n"
    )


def _silent(report: ValidationReport) -> str:
    rows = ([_both(one.reason), ", ".join(one.evidence)] for one in report.targets.not_produced)
    return _table(("理由 reason", "证据 evidence"), rows)


def _row(one: Finding) -> list[str]:
    target, found = one.target, one.estimate
    group = "" if target.group == ALL else f", {target.group}"
    if not one.measurable:
        result = "✗ 无法测量 not measurable"
    elif one.hit:
        result = "✓" if one.clear else "✓ (luck)"
    else:
        result = f"✗ {one.distance:.2f}" + ("" if one.clear else " (luck)")
    single = f"{_number(one.single[0])} – {_number(one.single[1])}" + ("" if one.telling else " ⚠")
    return [
        f"{_both(target.label)}<br>`{target.id}`",
        "拟合 fit" if target.role is Role.FIT else "自由 free",
        f"`{target.indicator}`{group}<br>{_STATISTICS[target.statistic]}",
        _policy(target),
        f"{target.window[0]}–{target.window[1]}",
        f"{_number(target.value)} ({_number(target.low)} – {_number(target.high)}) {unit_of(target)}",
        f"**{_number(found.value)}** ({_number(found.low)} – {_number(found.high)})",
        single if one.measurable else "–",
        f"{found.n}/{found.runs}",
        result,
    ]


_HEAD = (
    "模式 pattern", "角色 role", "指标与统计量 indicator, statistic", "政策 policy", "天 days",
    "来源数值(区间) source (band)", "模型(95% 区间) model (95 %)", "单个社区(九成) one community (nine in ten)", "n",
    "结果 result",
)  # fmt: skip


def _how_far(one: Finding) -> float:
    """Return a key that puts the widest miss first, after what could not be measured at all."""
    return -one.distance if one.measurable else -math.inf


def _miss(one: Finding) -> str:
    target = one.target
    item = indicators()[target.indicator]
    lines = [f"### {target.label.zh} · {target.label.en}", ""]
    low, high = _number(target.low), _number(target.high)
    if one.measurable:
        far = f"{_number(one.estimate.value)} ({low} – {high}), {one.distance:.2f}"
        away = Text(zh=f"{far} 个区间宽", en=f"{far} widths of the band")
    else:
        away = Text(zh="多数重复中无法测量", en="not measurable in most replications")
    parts = [
        ("差距", "distance", away),
        ("指标定义", "indicator", item.definition),
        ("口径", "definition", target.definition),
        ("机制", "mechanism", target.mechanism),
        ("说明", "note", target.note),
        ("可以定案的数据", "data that would settle it", target.data_needed),
    ]
    for zh, en, text in parts:
        if text is not None:
            lines += [f"- {zh}：{text.zh}", f"  {en}: {text.en}"]
    return "\n".join(lines) + "\n"


def _definitions(report: ValidationReport) -> str:
    rows = (
        [f"`{one.target.id}`", _both(one.target.definition or indicators()[one.target.indicator].definition),
         _both(one.target.mechanism), _both(one.target.note), ", ".join(one.target.evidence)]
        for one in report.findings
    )  # fmt: skip
    return _table(("id", "口径 definition", "机制 mechanism", "说明 note", "证据 evidence"), rows)


def _seen(report: ValidationReport) -> str:
    """Return what was changed after the figure was seen: such a hit no longer tests the model."""
    changed = [one for one in report.findings if one.target.seen is not None]
    free = [one for one in changed if one.target.role is Role.FREE]
    hits = sum(one.hit for one in free)
    untouched = f"{sum(one.hit for one in report.of(Role.FREE)) - hits}/{len(report.of(Role.FREE)) - len(free)}"
    rows = (
        [f"`{one.target.id}`", "✓" if one.hit else "✗", "拟合 fit" if one.target.role is Role.FIT else "自由 free",
         _both(one.target.seen)]
        for one in changed
    )  # fmt: skip
    return (
        f"{len(free)} 个自由目标的机制或口径是在看过它与模型的差距之后改动的，其中 {hits} 个现在命中。"
        f"它们没有进入拟合，但不再是独立的检验；其余自由目标命中 {untouched}。\n\n"
        f"The mechanism or definition of {len(free)} free targets was changed after their distance from the model had "
        f"been seen; {hits} of these are met now. The calibration never looked at them, but they are no independent "
        f"test any more; of the other free targets {untouched} are met.\n\n"
        + _table(("id", "命中 hit", "角色 role", "改动 change"), rows)
    )


def _resting(report: ValidationReport) -> str:
    rows = (
        [_both(one.label), f"{_number(one.value)} {one.unit}",
         ": ".join(part for part in (_STATUS[one.status], one.module) if part), _both(one.note),
         ", ".join(one.evidence)]
        for one in report.targets.resting()
    )  # fmt: skip
    return _table(("模式 pattern", "数值 figure", "为何不计 why not counted", "说明 note", "证据 evidence"), rows)


def _fitted() -> str:
    rows = []
    for name, value in calibrated_values().items():
        q = WORLD[name]
        reach = _EDGE * (q.high - q.low)
        edge = "在边界 at the edge" if value <= q.low + reach or value >= q.high - reach else ""
        rows.append([f"`{name}`", _both(q.label), f"{q.default:g}", f"{q.low:g} – {q.high:g}", f"**{value:g}**", edge])
    return _table(("参数 parameter", "", "默认 declared", "范围 range", "拟合 fitted", ""), rows)


def _stages(record: Mapping[str, Any]) -> str:
    rows = (
        [one["stage"], str(len(one["knobs"])), str(len(one["targets"])), str(one["evaluations"]),
         f"{one['start_loss']:.4g} → {one['loss']:.4g}"]
        for one in record["stages"]
    )  # fmt: skip
    return _table(("阶段 stage", "旋钮 knobs", "目标 targets", "评估 evaluations", "损失 loss"), rows)


def page(report: ValidationReport, record: Mapping[str, Any] | None = None) -> str:
    """Return the page as Markdown, Chinese before English.

    Args:
        report: what was found.
        record: of the calibration, ``data/calibration/core.json``; its part is left out without one.
    """
    summary = report.summary()
    misses = [one for one in report.findings if not one.hit]
    seeds = f"{report.seeds[0]}–{report.seeds[-1]}"
    parts = [
        "# 验证 · Validation\n",
        "<!-- Generated by `python -m labsim.analysis.validation_page docs/validation.md`; do not edit. -->",
        f"<!-- targets: {report.targets.sha256} -->",
        f"<!-- world: {report.world} -->\n",
        f"**{summary.zh}**\n\n**{summary.en}**\n",
        _aims(report),
        "目标来自范文式材料中的数字（无分母、无对照、无时段），是训练故事而非测量；命中只说明同一组参数能同时讲通这些故事。"
        "拟合与自由的划分、命中区间在拟合之前固定（`data/targets.toml` 的历史可查）。自由目标从不参与拟合；"
        "看过差距之后改过机制的，在下文单列。\n",
        "The targets are figures of template texts, without denominators, controls or periods: stories, not "
        "measurements. A hit says only that one set of parameters tells these stories together. The split into fit "
        "and free and the bands were fixed before fitting (see the history of `data/targets.toml`); the calibration "
        "never looks at free targets. Those whose mechanism was changed after their figure was seen are listed "
        "below.\n",
        f"种子 {seeds}（校准未用过）；区间只含运气，不含参数不确定性；“(luck)” 表示区间跨过边界，运气可改变结果；"
        "未命中后的数字是离区间多少个区间宽。\n",
        f"Seeds {seeds}, none seen by the calibration. Intervals hold luck only, not what is unknown about the world; "
        "(luck) marks an interval that crosses an end of the band; the number after ✗ is the distance in widths of "
        "the band.\n",
        "“单个社区”是九成单个社区会看到的范围：有政策与无政策各观察一次，运气不同。⚠ 表示其中含“无效应”，"
        "一个社区的前后对比说明不了什么。\n",
        "'One community' is what nine in ten single communities would see that observe once with the policy and once "
        "without, each with its own luck. ⚠: no effect is among it, so before and after in one community mean "
        "nothing.\n",
    ]
    parts += ["## 总览 · Overview\n", _covered(report), _overview(report), "## 结果 · Results\n"]
    for subject, found in _by_subject(report.findings).items():
        label = _subject(subject)
        parts += [f"### {label.zh} · {label.en}: {_hits(found)}\n", _table(_HEAD, map(_row, found))]
    if any(one.target.seen for one in report.findings):
        parts += ["## 看过差距之后的改动 · Changed after the figure was seen\n", _seen(report)]
    parts.append("## 未命中 · Misses\n")
    parts += [_miss(one) for one in sorted(misses, key=_how_far)] or ["—\n"]
    parts += ["## 口径与机制 · Definitions and mechanisms\n", _definitions(report)]
    if report.targets.resting():
        parts += ["## 不计入的模式 · Patterns that are not counted\n", _resting(report)]
    if report.targets.not_produced:
        parts += ["## 不能产生的数字 · Figures that cannot be produced\n", _silent(report)]
    if record is not None:
        seeds_fitted = record["search"]["seeds"]
        parts += [
            "## 校准 · Calibration\n",
            f"{record['date']}, labsim {record['labsim']}, {record['optimiser']}, seeds {seeds_fitted[0]}–"
            f"{seeds_fitted[-1]}: {record['hits']}/{len(record['results'])}. "
            "`labsim calibrate`; [record](../data/calibration/core.json), [start](../data/calibration/start.toml).\n",
            _stages(record),
            _fitted(),
        ]
    return "\n".join(parts)


def packaged_record() -> dict[str, Any] | None:
    """Return the record of the calibration that travels with the package, or None without one."""
    path = resource("data", *RECORD)
    if not path.is_file():
        return None
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def main(paths: Iterable[str]) -> None:
    """Validate and write the page to each of these files."""
    text = page(validate(replications=PAGE_REPLICATIONS), packaged_record())
    for path in map(Path, paths):
        write_whole(path, text)


if __name__ == "__main__":
    main(sys.argv[1:])
