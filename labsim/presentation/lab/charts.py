"""The charts of the lab, made from comparisons: each with the numbers behind it as a table.

Takes: a comparison, an indicator, a language. Gives: :class:`Figure` objects.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from labsim.analysis.attributed import Attribution
from labsim.analysis.compare import Comparison
from labsim.analysis.gainers import Gainers, Share
from labsim.analysis.tradeoffs import Tradeoff, tradeoff
from labsim.analysis.verdict import decimals, gap_unit, number
from labsim.experiment.runner import ExperimentResult
from labsim.foundations.calendar import PERIOD, YEAR
from labsim.foundations.declared import Text
from labsim.foundations.i18n import t
from labsim.presentation import plots
from labsim.presentation.charts import scaled
from labsim.presentation.figures import BAND_FROM, BASELINE
from labsim.presentation.look import colour, mark
from labsim.presentation.plots import Curve, Gap, Titles
from labsim.presentation.words import alike, joined
from labsim.results.indicators import ALL, GROUP_LABELS, indicator
from labsim.scenario.scenario import Scenario

_BLOCK = "block:"


@dataclass(frozen=True)
class Figure:
    """A chart and its numbers.

    Attributes:
        svg: the chart.
        head: headings of the table.
        rows: of the table, as text.
        note: n, seeds and what the numbers rest on.
        marks: sign and colour of each row; empty where rows have none.
        help: how to read the table; perhaps empty.
    """

    svg: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str
    marks: tuple[tuple[str, str], ...] = ()
    help: str = ""


def _scenarios(comparison: Comparison) -> tuple[Scenario, ...]:
    return comparison.result.design.scenarios


def note(comparison: Comparison, lang: str) -> str:
    """Return what the numbers of a comparison rest on."""
    return _rests(comparison.result, max((d.paired.n for d in comparison.differences), default=0), lang)


def _rests(result: ExperimentResult, n: int, lang: str) -> str:
    design, failed = result.design, result.failed
    worlds = len(design.worlds)
    rests = (
        t("仅含运气", "luck only")
        if worlds == 1
        else t(f"{worlds} 种世界状态", f"{worlds} states of the world, luck and knowledge")
    )
    lost = t(f"，失败 {failed} 次运行", f", {failed} runs failed") if failed else t("，无失败运行", ", no run failed")
    return t(
        f"n = {n} 对，{rests.zh}；种子 {design.seed}{lost.zh}；示例参数。",
        f"n = {n} pairs, {rests.en}; seed {design.seed}{lost.en}; illustrative parameters.",
    ).in_language(lang)


def over_time(comparison: Comparison, name: str, lang: str, estimated: Sequence[str] = ()) -> Figure | None:
    """Return an indicator over time, all scenarios in one chart; None when it was not kept."""
    series = comparison.result.series
    mine = series[(series["indicator"] == name) & (series["group"] == ALL)] if len(series) else series
    if not len(mine) or not mine["value"].notna().any():
        return None
    item = indicator(name)
    scale, unit = scaled(item)
    wide = mine.pivot_table(
        index=["scenario", "world", "replication"], columns="period", values="value", observed=True, dropna=False
    )
    periods = wide.columns.to_numpy(np.float64)
    years = (periods + 1) * PERIOD / YEAR
    curves = []
    for i, one in enumerate(_scenarios(comparison)):
        runs = (
            scale * wide.loc[[one.name]].to_numpy(np.float64) if one.name in wide.index else np.zeros((0, len(years)))
        )
        runs = runs[np.isfinite(runs).any(axis=1)]
        curves.append(Curve(i - 1, one.label.in_language(lang), runs, one.name in estimated))
    titles = Titles(
        f"time-{name}",
        t(f"{item.label.zh}：随时间", f"{item.label.en} over time").in_language(lang),
        _curves_said(curves, unit, lang),
        t("开始后年数", "years since the start").in_language(lang),
        unit.in_language(lang),
    )
    head = (t("年", "year").in_language(lang), *(_with_unit(t(one.name, one.name), unit, lang) for one in curves))
    rows = []
    for k in range(len(years)):
        if (k + 1) % 3 == 0 or k == len(years) - 1:
            rows.append((f"{years[k]:.2f}", *(_spread(one.runs[:, k]) for one in curves)))
    many = min(len(one.runs) for one in curves)
    band = (
        t("线为中位数，带含 80% 的运行", "lines are medians, bands hold 80 % of runs")
        if many >= BAND_FROM
        else t("每线一次运行", "a line is a run")
    )
    table = t("表中为中位数（括号内为中间 80% 的运行）", "the table has medians (and the middle 80 % of runs)")
    said = t(f"{band.zh}；{table.zh}。", f"{band.en}; {table.en}. ").in_language(lang)
    return Figure(plots.over_time(curves, years, titles), head, tuple(rows), said + note(comparison, lang))


def _curves_said(curves: Sequence[Curve], unit: Text, lang: str) -> str:
    said = []
    for one in curves:
        if len(one.runs):
            with np.errstate(all="ignore"):
                first, last = (float(np.nanmedian(one.runs[:, k])) for k in (0, -1))
            said.append(
                t(
                    f"{one.name}由 {_plain(first)} 到 {_plain(last)}",
                    f"{one.name} from {_plain(first)} to {_plain(last)}",
                ).in_language(lang)
            )
    return t("中位数：", "Medians: ").in_language(lang) + "; ".join(said) + f" ({unit.in_language(lang)})"


def _with_unit(words: Text, unit: Text, lang: str) -> str:
    return t(f"{words.zh}（{unit.zh}）", f"{words.en} ({unit.en})").in_language(lang)


def _spread(values: np.ndarray) -> str:
    known = values[np.isfinite(values)]
    if not len(known):
        return "–"
    low, middle, high = np.percentile(known, (10, 50, 90))
    return f"{_plain(middle)} ({_plain(low)} – {_plain(high)})"


def _plain(value: float, sign: str = "") -> str:
    """Return a number without powers of ten: readers of a table count zeros badly."""
    value = round(value, 4) + 0.0
    return f"{value:{sign},.0f}" if abs(value) >= 1000 else f"{value:{sign}.4g}"


def by_group(comparison: Comparison, name: str, lang: str) -> Figure | None:
    """Return the differences of an indicator by group; None where it has no groups."""
    found = [v for v in comparison.verdicts() if v.difference.indicator == name]
    groups = [g for g in GROUP_LABELS if any(v.difference.group == g for v in found)]
    if groups in ([], [ALL]):
        return None
    item = indicator(name)
    scale, _ = scaled(item)
    labels = {one.name: one.label for one in _scenarios(comparison)}
    gaps, rows = [], []
    numbers = {(v.difference.group, v.difference.policy): s for v, s in zip(found, alike(found), strict=True)}
    for group in groups:
        for one in found:
            if one.difference.group != group:
                continue
            p, number = one.difference.paired, comparison.policies.index(one.difference.policy)
            row = GROUP_LABELS[group].in_language(lang)
            gaps.append(Gap(row, number, scale * p.difference, scale * p.low, scale * p.high))
            s, policy = (
                numbers[one.difference.group, one.difference.policy],
                labels[one.difference.policy].in_language(lang),
            )
            rows.append(
                (row, policy, s.baseline, s.value, f"{s.difference} ({s.interval.in_language(lang)})",
                 one.words.in_language(lang))
            )  # fmt: skip
    delta = scale * max(v.difference.delta for v in found if v.difference.group == ALL)
    unit = gap_unit(item)
    said = "; ".join(f"{r[0]} {r[1]} {r[4]}" for r in rows)
    titles = Titles(
        f"group-{name}",
        t(f"{item.label.zh}：各群体与自己的基准之差", f"{item.label.en}: difference by group").in_language(lang),
        said,
        unit.in_language(lang),
    )
    gap = t(f"差异（95% 区间），{unit.zh}", f"difference (95 % interval), {unit.en}")
    heads = (t("群体", "group"), t("政策", "policy"), t("基准", "baseline"), t("政策下", "with it"), gap,
             t("结论", "verdict"))  # fmt: skip
    return Figure(
        plots.gaps(gaps, delta, titles), tuple(h.in_language(lang) for h in heads), tuple(rows), note(comparison, lang)
    )


def gains(found: Gainers, policy: Scenario, seed: int, lang: str) -> Figure:
    """Return who gains and who loses under a policy, as the same residents, by group and by block.

    The chart has the blocks at both ends, the table has every block that is large enough, worst off first.
    """
    shares = found.of(policy.name)
    bars, rows = [], []
    for name, label in GROUP_LABELS.items():
        if name in shares:
            one = shares[name]
            bars.append((label.in_language(lang), one.gain, one.lose, _net(one, lang)))
            rows.append(_gain_row(label, one, lang))
    blocks = [one for name, one in shares.items() if name.startswith(_BLOCK)]
    known = sorted((one for one in blocks if np.isfinite(one.gain)), key=lambda one: one.gain - one.lose)
    ends = [(t("最不利", "worst-off "), known[0]), (t("最有利", "best-off "), known[-1])] if len(known) > 1 else []
    for end, one in ends:
        number = _block(one)
        label = t(f"{end.zh}的网格 {number}", f"{end.en}block {number}")
        bars.append((label.in_language(lang), one.gain, one.lose, _net(one, lang)))
    for one in known:
        number = _block(one)
        rows.append(_gain_row(t(f"网格 {number}", f"block {number}"), one, lang))
    titles = Titles(
        f"gain-{policy.name}",
        t(f"{policy.label.zh}：谁得谁失", f"{policy.label.en}: who gains, who loses").in_language(lang),
        "; ".join(" ".join(row) for row in rows),
        t("← 变差的居民 %　　变好的居民 % →", "← residents worse off, %    better off, % →").in_language(lang),
    )
    heads = (t("群体", "group"), t("人数", "residents"), t("变好", "better off"), t("变差", "worse off"),
             t("净值（百分点）", "net (pp)"))  # fmt: skip
    hidden = len(blocks) - len(known)
    picked = t("最不利与最有利的网格是看过结果后挑出的，差距部分出于运气。",
               "The blocks at both ends were picked after the fact: part of their distance is luck.")  # fmt: skip
    few = t(f"另有 {hidden} 个网格不足 10 人，不显示。", f"{hidden} blocks under 10 residents are not shown.")
    more = [*([picked] if ends else []), *([few] if hidden else [])]
    said = t(
        f"满意度得分（0–100）末值相差超过 {found.delta:g} 分才算；同一居民、同一运气；"
        f"n = {found.n} 次重复，仅含运气；种子 {seed}；± 为 95% 区间；示例参数。{''.join(one.zh for one in more)}",
        f"Counted when the final satisfaction score (0-100) differs by more than {found.delta:g}; the same residents "
        f"under the same luck; n = {found.n} replications, luck only; seed {seed}; ± is the 95 % interval; "
        f"illustrative parameters. {' '.join(one.en for one in more)}",
    )
    return Figure(
        plots.shares(bars, titles), tuple(h.in_language(lang) for h in heads), tuple(rows), said.in_language(lang)
    )


def _block(one: Share) -> int:
    """Return the number of a block as people count: from 1, as on the map."""
    return int(one.group.removeprefix(_BLOCK)) + 1


def _net(one: Share, lang: str) -> str:
    if not np.isfinite(one.gain):
        return t("人数太少", "too few").in_language(lang)
    reach = f" ± {100 * one.reach:.1f}" if np.isfinite(one.reach) else ""
    return f"{number(100 * (one.gain - one.lose), 1, sign=True)}{reach}"


def _gain_row(label: Text, one: Share, lang: str) -> tuple[str, ...]:
    numbers = (f"{100 * share:.1f}%" if np.isfinite(share) else "–" for share in (one.gain, one.lose))
    return label.in_language(lang), f"{one.residents:.0f}", *numbers, _net(one, lang)


def trade(comparison: Comparison, names: Sequence[str], across: str, up: str, lang: str) -> Figure:
    """Return two outcomes against each other and how probable it is that nothing beats an option."""
    found: Tradeoff = tradeoff(comparison.result, list(dict.fromkeys(names)))
    both: Tradeoff = tradeoff(comparison.result, [across, up]) if across != up else found
    x, y = indicator(across), indicator(up)
    (sx, ux), (sy, uy) = scaled(x), scaled(y)
    if across == up:
        points = []
    else:
        points = [(i - 1, sx * both.values[across][i], sy * both.values[up][i]) for i in range(len(both.options))]
    labels = {one.name: one.label.in_language(lang) for one in _scenarios(comparison)}
    rows = []
    for i, one in enumerate(found.options):
        means = [_mean(found, name, i) for name in found.names]
        rows.append((labels[one], *means, f"{100 * found.undominated[one]:.0f}%" if found.n else "–"))
    names_said = joined([indicator(n).label for n in found.names])
    titles = Titles(
        f"trade-{across}-{up}",
        t(f"{x.label.zh}与{y.label.zh}", f"{x.label.en} against {y.label.en}").in_language(lang),
        "; ".join(" ".join(row) for row in rows),
        f"{x.label.in_language(lang)}, {ux.in_language(lang)}",
        f"{y.label.in_language(lang)}, {uy.in_language(lang)}",
    )
    head = (t("方案", "option").in_language(lang),
            *(_with_unit(t(label, label), scaled(item)[1], lang)
              for item in map(indicator, found.names) for label in [item.label.in_language(lang)]),
            t("没有别的方案全面更好的概率", "probability that nothing beats it").in_language(lang))  # fmt: skip
    read = t(
        "最后一列：在多少比例的成对运行里，找不到另一个方案在这几项结果上样样不比它差、且至少一项更好。"
        "100% 表示它从不被全面胜过，0% 表示总有方案全面胜过它；几个方案可以同时很高，那就要看更看重哪项结果。",
        "The last column: in which share of the paired runs no other option is at least as good on all of these "
        "outcomes and better on one. 100 %: it is never beaten on all of them; 0 %: something always does. Several "
        "options can be high at once; then the choice depends on which outcome counts more.",
    ).in_language(lang)
    marks = (("◆", BASELINE), *((mark(i), colour(i)) for i in range(len(found.options) - 1)))
    said = t(
        f"按{names_said.zh}判断；小点为单次运行，大标为均值，{found.n} 次成对运行。",
        f"Judged on {names_said.en}; small dots are runs, marks are means, {found.n} paired runs.",
    ).in_language(lang)
    return Figure(plots.scatter(points, titles), head, tuple(rows), f"{said} {note(comparison, lang)}", marks, read)


def _mean(found: Tradeoff, name: str, option: int) -> str:
    """Return the mean of an outcome under an option, no finer than what matters of it: alike for all options."""
    if not found.n:
        return "–"
    item = indicator(name)
    scale, _ = scaled(item)
    means = np.mean(found.values[name], axis=1)
    return number(scale * float(means[option]), decimals(0.0, scale * item.delta.at(float(means[0]))))


def why(found: Attribution, name: str, number: int, lang: str) -> Figure | None:
    """Return which part of a policy adds what to an outcome, in the colour of the policy of that number."""
    item = indicator(name)
    scale, _ = scaled(item)
    whole = next((one for one in found.wholes if one.effect.indicator == name), None)
    if whole is None:
        return None
    labels = {part.key: part.label.in_language(lang) for part in found.package.parts}
    parts = [(labels[one.part], one.effect.paired) for one in found.shares if one.effect.indicator == name]
    p = whole.effect.paired
    gaps, rows = [], []
    for label, one in [*parts, (t("合计", "together").in_language(lang), p)]:
        middle, low, high = (scale * v for v in (one.difference, one.low, one.high))
        gaps.append(Gap(label, number, middle, low, high))
        rows.append((label, _signed(middle), f"{_signed(low)} – {_signed(high)}"))
    unit = gap_unit(item)
    titles = Titles(
        f"why-{name}",
        t(f"{item.label.zh}：各部分的贡献", f"{item.label.en}: what each part adds").in_language(lang),
        "; ".join(" ".join(row) for row in rows),
        unit.in_language(lang),
    )
    adds = t(f"贡献（{unit.zh}）", f"adds ({unit.en})")
    head = (t("部分", "part"), adds, t("95% 区间", "95 % interval"))
    said = t("沙普利值：各部分贡献之和等于总效果。", "Shapley values: the parts add up to the whole. ").in_language(
        lang
    )
    return Figure(
        plots.gaps(gaps, scale * whole.effect.delta, titles),
        tuple(h.in_language(lang) for h in head),
        tuple(rows),
        said + _rests(found.result, p.n, lang),
    )


def _signed(value: float) -> str:
    return _plain(value, "+") if np.isfinite(value) else "–"
