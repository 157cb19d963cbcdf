"""What is taken away from the lab: brief, tables, scenario files, the view itself.

Takes: a view and its full comparison. Gives: :class:`Take`, the bytes of a file to be saved by the reader.
"""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from labsim.analysis.compare import Comparison
from labsim.foundations.declared import Text
from labsim.presentation.lab_view import View, written
from labsim.scenario.scenario import Scenario
from labsim.scenario.written import written as scenario_text

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Take:
    """A file: name, kind, content."""

    name: str
    mime: str
    content: bytes


def view_file(view: View) -> Take:
    """Return the view as a file that opens the same state again."""
    return Take("labsim-view.json", "application/json", written(view).encode())


def brief_file(comparison: Comparison, view: View, question: Text, on: date) -> Take:
    """Return the brief as one HTML file."""
    # Charts of the brief take a second to load, and most who look around take none away.
    from labsim.presentation.brief import html

    page = html(comparison, view.lang, on.isoformat(), question)
    return Take("labsim-brief.html", "text/html", page.encode())


def scenario_files(scenarios: Sequence[Scenario]) -> Take:
    """Return every scenario as a TOML file, in one archive; ``labsim compare`` gives the same numbers from them."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in scenarios:
            archive.writestr(zipfile.ZipInfo(f"{one.name}.toml", (2026, 1, 1, 0, 0, 0)), scenario_text(one))
    return Take("labsim-scenarios.zip", "application/zip", file.getvalue())


def table_file(comparison: Comparison, lang: str) -> Take:
    """Return the numbers of a comparison as a workbook: verdicts, every run's values, values over time, runs."""
    result = comparison.result
    keys = ["scenario", "world", "replication", "seed"]
    everybody, series = (table[table["group"] == "all"] for table in (result.values, result.series))
    sheets = {
        "verdicts": comparison.table(lang),
        "values": _wide(everybody, keys, "indicator"),
        "over time": _wide(series, [*keys, "period"], "indicator"),
        "runs": result.run_ids(),
    }
    file = io.BytesIO()
    with pd.ExcelWriter(file, engine="openpyxl") as book:
        for name, table in sheets.items():
            # A spreadsheet keeps 15 digits; a seed has up to 16.
            shown = table.astype({"seed": str}) if "seed" in table else table
            shown.to_excel(book, sheet_name=name, index=False, freeze_panes=(1, 0))
    return Take("labsim-tables.xlsx", XLSX, file.getvalue())


def _wide(table: pd.DataFrame, keys: list[str], columns: str) -> pd.DataFrame:
    return (
        table.pivot_table(index=keys, columns=columns, values="value", observed=True, dropna=False, sort=False)
        .dropna(how="all")
        .reset_index()
    )
