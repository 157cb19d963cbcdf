"""What ``labsim sensitivity`` answers: tables and sentences in one language, a table for files, and JSON.

Takes: a :class:`~labsim.analysis.explore.screening.Sensitivity`. Gives: text on the terminal, a frame, a document.
"""

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd
from rich.markup import escape

from labsim.analysis.explore.screening import DROPPED, SMALL, SMALL_SHARE, STANDINGS, Method, Row, Sensitivity, Standing
from labsim.analysis.explore.sensitivity import DUMMY, LUCK
from labsim.experiment.designs import SECTIONS
from labsim.foundations.declared import Text
from labsim.foundations.i18n import t
from labsim.presentation import terminal
from labsim.results.indicators import indicator
from labsim.scenario.scenario import Scenario

METHODS = {Method.MORRIS: t("Morris 筛选", "Morris screening"), Method.SOBOL: t("Sobol 指数", "Sobol indices")}
_NAMES = {LUCK: t("运气（种子）", "luck (the seed)"), DUMMY: t("虚设因子", "dummy")}
_FLOOR = t("噪声下限", "noise floor")


def table_of(found: Sensitivity) -> pd.DataFrame:
    """Return a row for each indicator, method and factor, numbers unrounded; what a method has not is empty."""
    ends = {one.column: one.levels for one in found.factors}
    rows = []
    for one in found.rows:
        effect, (low, high) = one.effect, ends.get(one.effect.name, (math.nan, math.nan))
        screens = one.method is Method.MORRIS
        row = {
            "indicator": one.indicator, "method": one.method.value, "factor": effect.name, "low": low, "high": high,
            "effect": effect.first if screens else math.nan,
            "effect_error": effect.first_error if screens else math.nan,
            "mean": effect.mean, "mean_error": effect.mean_error,
            "sigma": effect.total if screens else math.nan,
            "first": math.nan if screens else effect.first,
            "first_error": math.nan if screens else effect.first_error,
            "total": math.nan if screens else effect.total, "total_error": effect.total_error,
            "standing": one.standing.value,
            "n": found.plan.trajectories if screens else found.plan.samples,
        }  # fmt: skip
        rows.append(row)
    return pd.DataFrame(rows)


def document(found: Sensitivity, scenarios: tuple[Scenario, ...], table: pd.DataFrame) -> dict[str, Any]:
    """Return what was found as JSON-ready values; ``table`` is that of :func:`table_of`."""
    rows = [
        {key: None if isinstance(value, float) and math.isnan(value) else value for key, value in row.items()}
        for row in table.to_dict("records")
    ]
    return {
        "scenario": scenarios[0].name,
        "policy": scenarios[1].name if len(scenarios) > 1 else None,
        "seed": found.plan.seed,
        "runs": found.runs,
        "stored": found.stored,
        "left": list(found.left),
        "rows": rows,
    }


def said(found: Sensitivity, scenarios: tuple[Scenario, ...], lang: str) -> None:
    """Print what was found: a table for each indicator and method, and what it rests on."""
    for name in dict.fromkeys(one.indicator for one in found.rows):
        for method in METHODS:
            if rows := found.of(name, method):
                _print(found, rows, len(scenarios) > 1, lang)
    _closing(found, scenarios, lang)


def _print(found: Sensitivity, rows: list[Row], differs: bool, lang: str) -> None:
    """Print one indicator by one method: what matters as a table, the rest in a sentence."""
    item, method = indicator(rows[0].indicator), rows[0].method
    unit = t("个百分点", "points") if item.unit == "share" else item.unit_text
    label = item.label
    if differs:
        label = t(f"{label.zh}，政策与情景之差", f"{label.en}, policy less scenario")
    title = t(f"{label.zh}（{unit.zh}）", f"{label.en} ({unit.en})") if method is Method.MORRIS else label
    heads = {
        Method.MORRIS: (
            t("因子", "factor"), t("范围", "range"), t("影响大小", "size of effect"), t("平均影响", "mean effect"),
            t("结论", "verdict"),
        ),
        Method.SOBOL: (
            t("因子", "factor"), t("范围", "range"), t("单独的份额", "share alone"),
            t("连同交互", "with interactions"), t("结论", "verdict"),
        ),
    }[method]  # fmt: skip
    ends = {one.column: one.levels for one in found.factors}
    real = [one for one in rows if one.effect.name not in _NAMES]
    shown = sorted((one for one in real if one.standing not in DROPPED), key=_rank)
    shown += [one for one in rows if one.effect.name in _NAMES]
    cells = [_cells(one, ends, 100.0 if item.unit == "share" else 1.0, lang) for one in shown]
    terminal.say(t(f"{METHODS[method].zh}：{title.zh}", f"{METHODS[method].en}: {title.en}"), lang, "bold")
    terminal.show(terminal.table("", [one.in_language(lang) for one in heads], cells, (8, 4, 5, 5, 6)))
    for standing in DROPPED:
        names = [_label(one.effect.name) for one in real if one.standing is standing]
        if names:
            zh, en = "、".join(one.zh for one in names), "; ".join(one.en for one in names)
            said = STANDINGS[standing]
            terminal.say(t(f"{said.zh}（{len(names)} 个）：{zh}。", f"{said.en} ({len(names)}): {en}."), lang)


def _rank(one: Row) -> float:
    return -(one.effect.first if one.method is Method.MORRIS else one.effect.total)


def _cells(one: Row, ends: Mapping[str, tuple[Any, ...]], scale: float, lang: str) -> list[str]:
    """Return the cells of a factor: intervals behind numbers, in the indicator's unit or as shares of variance."""
    effect = one.effect
    own = effect.name.partition(".")[2]
    name = escape(_label(effect.name).in_language(lang))
    label = name if effect.name in _NAMES else f"{name}\n[dim]{own}[/dim]"
    low, high = ends.get(effect.name, (None, None))
    extent = "–" if low is None else f"{low:.4g} – {high:.4g}"
    verdict = _FLOOR if effect.name == DUMMY else STANDINGS[one.standing]
    said = verdict.in_language(lang)
    if one.method is Method.MORRIS:
        mean = "–" if effect.name in _NAMES else _spread(scale * effect.mean, scale * effect.mean_error, "+.3g")
        size = _spread(scale * effect.first, scale * effect.first_error, ".3g")
        return [label, extent, size, mean, said]
    first, total = _spread(effect.first, effect.first_error, ".1%"), _spread(effect.total, effect.total_error, ".1%")
    return [label, extent, first, total, said]


def _spread(value: float, error: float, form: str) -> str:
    low, middle, high = (format(one, form) for one in (value - error, value, value + error))
    # Rich would read an interval in brackets as markup.
    return escape(f"{middle} [{low}, {high}]")


def _closing(found: Sensitivity, scenarios: tuple[Scenario, ...], lang: str) -> None:
    """Say what the numbers mean and rest on."""
    plan, ran, little = found.plan, {one.method for one in found.rows}, STANDINGS[Standing.SMALL]
    if Method.MORRIS in ran:
        terminal.say(
            t(
                f"Morris：因子从范围一端到另一端时结果的变化，n = {plan.trajectories} 条轨迹；运气的影响是换一个种子"
                f"的差别。“{little.zh}”：整个区间不到最大影响的 {SMALL:.0%}。",
                f"Morris: how far the outcome moves when a factor goes from one end of its range to the other, "
                f"n = {plan.trajectories} trajectories; that of luck is what another seed changes. "
                f"'{little.en}': the whole interval is below {SMALL:.0%} of the largest effect.",
            ),
            lang,
        )
    if not found.left:
        nothing = t(
            "没有留下任何因子，所以不算 Sobol 指数。", "screening left no factor, so there are no Sobol indices."
        )
        terminal.say(nothing, lang, "yellow")
    if Method.SOBOL in ran:
        terminal.say(
            t(
                f"Sobol：结果方差中的份额，n = {plan.samples} 个基础样本；范围内各值等可能、相互独立。“{little.zh}”："
                f"整个区间不到 {SMALL_SHARE:.0%}。",
                f"Sobol: shares of the variance of the outcome, n = {plan.samples} base samples; values are taken to "
                f"be equally likely in their ranges, and independent. '{little.en}': the whole interval is below "
                f"{SMALL_SHARE:.0%}.",
            ),
            lang,
        )
    named = " / ".join(one.name for one in scenarios)
    terminal.say(
        t(
            f"{named}：{found.runs:,} 次运行（{found.stored:,} 次取自运行库），种子 {plan.seed}，95% 自助法区间。"
            "虚设因子是噪声下限：区间够到它的因子与它不能区分。",
            f"{named}: {found.runs:,} runs ({found.stored:,} from the store), seed {plan.seed}, 95 % bootstrap "
            "intervals. The dummy is the noise floor: a factor whose interval reaches down to it is not "
            "distinguishable from it.",
        ),
        lang,
        "bold",
    )
    for one in found.notes:
        terminal.note(one, lang, "yellow")


def _label(name: str) -> Text:
    """Return what a factor is called; its column says of which section it is."""
    if name in _NAMES:
        return _NAMES[name]
    section, _, own = name.partition(".")
    return SECTIONS[section][0][own].label
