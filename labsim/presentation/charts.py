"""The charts of a comparison, each in both languages.

Takes: a :class:`Comparison`. Gives: :class:`Picture` objects, which a page shows in the
language of its reader.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from labsim.analysis.compare import Comparison
from labsim.analysis.verdict import Verdict, gap_unit
from labsim.foundations.calendar import PERIOD, YEAR
from labsim.foundations.declared import Text
from labsim.foundations.i18n import LANGUAGES, t
from labsim.presentation import figures
from labsim.presentation.figures import COLOURS, Frame, Words
from labsim.presentation.words import shown, way
from labsim.results.declaration import Indicator
from labsim.results.indicators import ALL, GROUP_LABELS, indicator

_HALF_YEARS = (0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0)


@dataclass(frozen=True)
class Picture:
    """A chart as SVG in each language, with a heading and a line below it.

    Attributes:
        heading: what it is of.
        caption: which way is better, or how many runs.
        zh: the chart in Chinese.
        en: the chart in English.
        policy: name of the policy that it shows alone; empty when it shows all.
        label: of that policy.
        mark: sign of that policy.
        colour: of that policy.
    """

    heading: Text
    caption: Text
    zh: str
    en: str
    policy: str = ""
    label: Text | None = None
    mark: str = ""
    colour: str = ""


def scaled(item: Indicator) -> tuple[float, Text]:
    """Return by what values of an indicator are multiplied for a reader, and the unit then."""
    return (100.0, t("%", "%")) if item.unit == "share" else (1.0, item.unit_text)


def difference_charts(comparison: Comparison, names: Sequence[str], labels: Mapping[str, Text]) -> list[Picture]:
    """Return one chart of paired differences per indicator, a row for each policy."""
    return [_differences(name, comparison, labels) for name in names]


def _differences(name: str, comparison: Comparison, labels: Mapping[str, Text]) -> Picture:
    item = indicator(name)
    found = [v for v in comparison.verdicts(group=ALL) if v.difference.indicator == name]
    scale, _ = scaled(item)
    delta = scale * max(v.difference.delta for v in found)
    svgs = {}
    for lang in LANGUAGES:
        rows = pd.DataFrame(
            [
                _dot(labels[v.difference.policy].in_language(lang), comparison.policies.index(v.difference.policy), v)
                for v in found
            ]
        )
        words = Words(
            name=f"gap-{name}-{lang}",
            title=t(f"与基准的差异：{item.label.zh}", f"difference from the baseline: {item.label.en}").in_language(
                lang
            ),
            description=_described(found, labels).in_language(lang),
            x=gap_unit(item).in_language(lang),
        )
        domain = figures.span(rows[["difference", "low", "high"]], -delta, delta, 0.0)
        svgs[lang] = figures.differences(rows, delta, words, Frame(width=220, height=30 * len(found), domain=domain))
    return Picture(item.label, way(name), svgs["zh"], svgs["en"])


def _dot(row: str, series: int, one: Verdict) -> dict[str, object]:
    p = one.difference.paired
    scale, _ = scaled(indicator(one.difference.indicator))
    numbers = {"difference": scale * p.difference, "low": scale * p.low, "high": scale * p.high}
    return {"row": row, "series": series, **numbers}


def _described(found: Sequence[Verdict], labels: Mapping[str, Text]) -> Text:
    """Return in words what the dots and intervals show, for those who cannot see them."""
    zh, en = [], []
    for one in found:
        numbers, label = shown(one), labels[one.difference.policy]
        group = GROUP_LABELS[one.difference.group]
        head = label if one.difference.group == ALL else t(f"{label.zh}·{group.zh}", f"{label.en}, {group.en}")
        zh.append(f"{head.zh}：{numbers.difference}（{numbers.interval.zh}），n = {one.difference.paired.n}")
        en.append(f"{head.en}: {numbers.difference} ({numbers.interval.en}), n = {one.difference.paired.n}")
    return t("；".join(zh) + "。", "; ".join(en) + ".")


def group_charts(comparison: Comparison, names: Sequence[str], labels: Mapping[str, Text]) -> list[Picture]:
    """Return one chart per indicator with a row for each group and a dot for each policy."""
    found = {name: [v for v in comparison.verdicts() if v.difference.indicator == name] for name in names}
    return [
        _groups(name, verdicts, comparison.policies, labels)
        for name, verdicts in found.items()
        if any(v.difference.group != ALL for v in verdicts)
    ]


def _groups(name: str, found: Sequence[Verdict], policies: Sequence[str], labels: Mapping[str, Text]) -> Picture:
    item = indicator(name)
    scale, _ = scaled(item)
    delta = scale * max(v.difference.delta for v in found if v.difference.group == ALL)
    groups = [group for group in GROUP_LABELS if any(v.difference.group == group for v in found)]
    svgs = {}
    for lang in LANGUAGES:
        rows = pd.DataFrame(
            [
                _dot(GROUP_LABELS[group].in_language(lang), policies.index(v.difference.policy), v)
                for group in groups
                for v in found
                if v.difference.group == group
            ]
        )
        words = Words(
            name=f"group-{name}-{lang}",
            title=t(f"按群体的差异：{item.label.zh}", f"difference by group: {item.label.en}").in_language(lang),
            description=_described(found, labels).in_language(lang),
            x=gap_unit(item).in_language(lang),
        )
        domain = figures.span(rows[["difference", "low", "high"]], -delta, delta, 0.0)
        height = (10 + 11 * len(policies)) * len(groups)
        svgs[lang] = figures.differences(rows, delta, words, Frame(240, height, domain))
    return Picture(item.label, way(name), svgs["zh"], svgs["en"])


def time_charts(comparison: Comparison, labels: Mapping[str, Text]) -> list[list[Picture]]:
    """Return, for every indicator kept over time, one chart per policy on a common scale."""
    series = comparison.result.series
    if series.empty:
        return []
    everybody = series[series["group"] == ALL]
    kept = [name for name in dict.fromkeys(everybody["indicator"]) if len(everybody)]
    return [
        [_over_time(name, rows, policy, comparison, labels) for policy in comparison.policies]
        for name in kept
        if (rows := everybody[everybody["indicator"] == name])["value"].notna().any()
    ]


def _over_time(
    name: str, rows: pd.DataFrame, policy: str, comparison: Comparison, labels: Mapping[str, Text]
) -> Picture:
    item = indicator(name)
    scale, unit = scaled(item)
    runs = rows[rows["scenario"].isin([comparison.baseline, policy])]
    table = pd.DataFrame(
        {
            "policy": (runs["scenario"] == policy).to_numpy(),
            "run": [f"{w}-{r}" for w, r in zip(runs["world"], runs["replication"], strict=True)],
            "time": ((runs["period"] + 1) * PERIOD / YEAR).round(4).to_numpy(),
            "value": (scale * runs["value"]).to_numpy(),
        }
    )
    at = rows.groupby(["scenario", "period"], observed=True)["value"]
    whole = scale * pd.concat([at.quantile(figures.BAND[0]), at.quantile(figures.BAND[1])])
    many = min(table[table["value"].notna()].groupby("policy")["run"].nunique(), default=0)
    domain = figures.span(whole if many >= figures.BAND_FROM else scale * rows["value"])
    ticks = tuple(x for x in _HALF_YEARS if x <= table["time"].max() + 1e-9)
    colour = COLOURS[comparison.policies.index(policy) % len(COLOURS)]
    number = comparison.policies.index(policy)
    svgs = {}
    for lang in LANGUAGES:
        words = Words(
            name=f"time-{name}-{number}-{lang}",
            title=t(
                f"{item.label.zh}：{labels[policy].zh}与{labels[comparison.baseline].zh}",
                f"{item.label.en}: {labels[policy].en} and {labels[comparison.baseline].en}",
            ).in_language(lang),
            description=_ends(table, unit).in_language(lang),
            x=t("开始后年数", "years since the start").in_language(lang),
            y=unit.in_language(lang),
        )
        svgs[lang] = figures.fan(table, words, Frame(240, 140, domain, ticks=ticks), colour)
    caption = t(f"n = {many} 次运行", f"n = {many} runs")
    mark = figures.MARKS[number % len(figures.MARKS)]
    return Picture(item.label, caption, svgs["zh"], svgs["en"], policy, labels[policy], mark, colour)


def _ends(table: pd.DataFrame, unit: Text) -> Text:
    """Return the medians of the first and the last period in words."""
    middle = table.groupby(["policy", "time"])["value"].median().unstack(0)
    (b0, b1), (p0, p1) = ((float(middle[side].iloc[0]), float(middle[side].iloc[-1])) for side in (False, True))
    return t(
        f"中位数：基准由 {b0:.4g} 到 {b1:.4g}，政策由 {p0:.4g} 到 {p1:.4g}（{unit.zh}）。",
        f"Medians: baseline from {b0:.4g} to {b1:.4g}, policy from {p0:.4g} to {p1:.4g} ({unit.en}).",
    )
