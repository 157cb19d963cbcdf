"""The numbers of the charts over time: medians of each scenario by period.

Takes: a :class:`Comparison` that kept values over time. Gives: tables of a brief.
"""

from collections.abc import Mapping

from labsim.analysis.compare import Comparison
from labsim.foundations.calendar import PERIOD, YEAR
from labsim.foundations.declared import Text
from labsim.foundations.i18n import t
from labsim.presentation.brief.document import Entry, Line, Table, entry
from labsim.presentation.charts import scaled
from labsim.results.indicators import ALL, indicator

_EVERY = 2
"""On a page a row for every second period is enough; the workbook of values holds them all."""


def time_tables(comparison: Comparison, labels: Mapping[str, Text]) -> tuple[Table, ...]:
    """Return one table per indicator kept over time: median of each scenario by moment."""
    series = comparison.result.series
    if series.empty:
        return ()
    everybody = series[(series["group"] == ALL) & series["value"].notna()]
    names = (comparison.baseline, *comparison.policies)
    tables = []
    for name in dict.fromkeys(everybody["indicator"]):
        item = indicator(name)
        scale, unit = scaled(item)
        mine = everybody[everybody["indicator"] == name]
        middle = mine.groupby(["period", "scenario"], observed=True)["value"].median().unstack()
        rows = []
        for period in sorted(middle.index, reverse=True)[::_EVERY][::-1]:
            cells = [entry(f"{(period + 1) * PERIOD / YEAR:.2f}")]
            for i, scenario in enumerate(names):
                value = float(middle.loc[period, scenario]) if scenario in middle else float("nan")
                shown = scale * value
                text = f"{shown:,.0f}" if abs(shown) >= 1000 else f"{shown:.4g}"  # no powers of ten
                kind = "baseline" if i == 0 else "value"
                cells.append(Entry((Line(t(text, text)),), {kind: value}, runs=f"runs-{i}"))
            rows.append(tuple(cells))
        heads = (t("年", "years"), *(labels[one] for one in names))
        title = t(f"{item.label.zh}（{unit.zh}，中位数）", f"{item.label.en} ({unit.en}, median)")
        tables.append(Table(f"table-time-{name}", title, heads, tuple(rows)))
    return tuple(tables)
