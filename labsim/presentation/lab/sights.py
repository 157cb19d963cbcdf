"""What is on record beside what is true: one chart and one table per pair of indicators.

Takes: a comparison. Gives: :class:`Figure` objects.
"""

from labsim.analysis.compare import Comparison
from labsim.analysis.verdict import gap_unit, number
from labsim.foundations.i18n import t
from labsim.presentation import plots
from labsim.presentation.charts import scaled
from labsim.presentation.lab.charts import Figure, note
from labsim.presentation.plots import Titles
from labsim.presentation.words import alike
from labsim.results.indicators import ALL, indicator


def sight(comparison: Comparison, reported: str, true: str, lang: str) -> Figure:
    """Return what records say of every scenario, what is true of it, and the gap between them.

    Args:
        comparison: that measured both.
        reported: indicator of the records.
        true: indicator of the same thing as only the model knows it, in the same unit.
        lang: of the words.
    """
    item = indicator(reported)
    scale, unit = scaled(item)
    rows, levels = [], []
    labels = [one.label.in_language(lang) for one in comparison.result.design.scenarios]
    found = [[v for v in comparison.verdicts(group=ALL) if v.difference.indicator == one] for one in (reported, true)]
    told = alike([*found[0], *found[1]])
    for i, (a, b, s, r) in enumerate(zip(*found, told[: len(found[0])], told[len(found[0]) :], strict=True)):
        p, q = a.difference.paired, b.difference.paired
        sides = [(i + 1, s.value, r.value, p.policy, q.policy)]
        if i == 0:
            sides.insert(0, (0, s.baseline, r.baseline, p.baseline, q.baseline))
        for at, on_record, known, x, y in sides:
            rows.append((labels[at], on_record, known, number(scale * (y - x), s.places, sign=True)))
            levels.append((labels[at], at - 1, scale * x, scale * y))
    heads = (t("方案", "option"), item.label, indicator(true).label, t("真实 − 台账", "true − on record"))
    head = [one.in_language(lang) for one in heads]
    head[-1] += t(f"（{gap_unit(item).zh}）", f" ({gap_unit(item).en})").in_language(lang)
    titles = Titles(
        f"sight-{reported}",
        t(
            f"{item.label.zh}与{indicator(true).label.zh}", f"{item.label.en} and {indicator(true).label.en}"
        ).in_language(lang),
        "; ".join(f"{row[0]}: {row[1]} → {row[2]}" for row in rows),
        unit.in_language(lang),
    )
    key = t("空心为台账，实心为真实，横线为差距。", "Hollow: on record; solid: true; the line is the gap. ")
    return Figure(plots.pairs(levels, titles), tuple(head), tuple(rows), key.in_language(lang) + note(comparison, lang))
