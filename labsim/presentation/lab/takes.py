"""What is taken away from the lab: brief, tables, scenario files, the view itself.

Takes: a view and its full comparison. Gives: :class:`Take`, the bytes of a file to be saved by the reader.
"""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass

from labsim.analysis.compare import Comparison
from labsim.presentation.brief.page import Told
from labsim.presentation.lab.view import View, written
from labsim.scenario.scenario import Scenario
from labsim.scenario.written import written as scenario_text

_OFFICE = "application/vnd.openxmlformats-officedocument."
KINDS = {"html": "text/html", "docx": f"{_OFFICE}wordprocessingml.document", "xlsx": f"{_OFFICE}spreadsheetml.sheet"}
"""How a brief may be laid out, and what a browser calls it."""


@dataclass(frozen=True)
class Take:
    """A file: name, kind, content."""

    name: str
    mime: str
    content: bytes


def view_file(view: View) -> Take:
    """Return the view as a file that opens the same state again."""
    return Take("labsim-view.json", "application/json", written(view).encode())


def brief_file(comparison: Comparison, view: View, told: Told, kind: str) -> Take:
    """Return the brief as a web page, a Word file or a workbook.

    Args:
        comparison: the full one.
        view: in whose language it opens.
        told: question, date and how often it was asked.
        kind: ``html``, ``docx`` or ``xlsx``.
    """
    # Charts of the brief take a second to load, and most who look around take none away.
    from labsim.presentation.brief.brief import laid_out

    return Take(f"labsim-brief.{kind}", KINDS[kind], laid_out(comparison, told, view.lang, f".{kind}"))


def sheet_file(scenario: Scenario, lang: str) -> Take:
    """Return a scenario as a workbook to be filled in and opened again."""
    # Workbooks take a while to be able to write, and most people never take one away.
    from labsim.presentation.sheet_write import workbook_of

    return Take(f"{scenario.name}.xlsx", KINDS["xlsx"], workbook_of(scenario, lang))


def scenario_files(scenarios: Sequence[Scenario]) -> Take:
    """Return every scenario as a TOML file, in one archive; ``labsim compare`` gives the same numbers from them."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in scenarios:
            archive.writestr(zipfile.ZipInfo(f"{one.name}.toml", (2026, 1, 1, 0, 0, 0)), scenario_text(one))
    return Take("labsim-scenarios.zip", "application/zip", file.getvalue())
