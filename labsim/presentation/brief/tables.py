"""A brief as a workbook: every table of it, and the values of every run, in one language.

Takes: a :class:`Document` and further tables. Gives: the bytes of an ``.xlsx``. Numbers are numbers, unrounded;
every one stands beside the names of the runs it comes from.
"""

import io
import math
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any

import pandas as pd
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from labsim.foundations.declared import Text
from labsim.foundations.i18n import t
from labsim.presentation.brief.document import (
    NUMBERS,
    Bullets,
    Document,
    Entry,
    Heading,
    Ids,
    Paragraph,
    Part,
    Table,
    flat,
)

RECIPE_SHEET = "recipe"
_LONGEST_CELL = 32_000
_LONGEST_NAME = 31
_WIDEST, _NARROWEST = 60, 9
_HEAD = PatternFill("solid", fgColor="E8EEF3")
_A4 = 9
_LINE = 16.0
_ABOUT = 110
"""Width of the sheet that is all sentences."""
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def workbook(document: Document, lang: str, more: Mapping[Text, pd.DataFrame], recipe: str) -> bytes:
    """Return a brief as a workbook.

    Args:
        document: what it says.
        lang: ``zh`` or ``en``.
        more: further tables by title, such as the values of every run.
        recipe: packed recipe of the runs.
    """
    book = Workbook()
    first: Any = book.active
    first.title = t("说明", "about").in_language(lang)
    _write(first, _about(document, lang), head=False)
    _as_text(first, {document.question, *(section.heading for section in document.sections)}, lang)
    for section, table in document.tables():
        sheet = book.create_sheet(_name(book, f"{section.heading.in_language(lang)} {table.title.in_language(lang)}"))
        counts = any(cell.numbers for row in table.rows for cell in row)
        _write(sheet, _long(table, lang) if counts else _plain(table, lang))
    for title, frame in more.items():
        # A spreadsheet keeps 15 digits; a seed has up to 16.
        shown = frame.astype({"seed": str}) if "seed" in frame else frame
        rows = [list(map(str, shown.columns)), *(list(row) for row in shown.itertuples(index=False))]
        _write(book.create_sheet(_name(book, title.in_language(lang))), rows)
    kept = book.create_sheet(RECIPE_SHEET)
    for i, at in enumerate(range(0, len(recipe), _LONGEST_CELL), 1):
        kept.cell(i, 1, recipe[at : at + _LONGEST_CELL])
    for sheet in book.worksheets:
        on_paper(sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def on_paper(sheet: Worksheet) -> None:
    """Let a sheet print on A4 across, as wide as the paper, with its head on every page."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", _A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    if sheet.freeze_panes:
        sheet.print_title_rows = "1:1"


def recipe_in(content: bytes) -> str:
    """Return the packed recipe of a workbook; empty when there is none."""
    book = load_workbook(io.BytesIO(content), read_only=True)
    if RECIPE_SHEET not in book.sheetnames:
        return ""
    return "".join(str(row[0] or "") for row in book[RECIPE_SHEET].iter_rows(max_col=1, values_only=True))


def _about(document: Document, lang: str) -> Iterator[list[Any]]:
    """Yield what is said and is no table, one line each."""
    yield [document.title.in_language(lang), document.when]
    yield [document.question.in_language(lang)]
    yield from _lines(document.opening, lang)
    for section in document.sections:
        yield []
        yield [section.heading.in_language(lang)]
        yield from _lines(section.parts, lang)


def _as_text(sheet: Worksheet, headings: Set[Text], lang: str) -> None:
    """Let sentences flow within the width of a page; headings are bold."""
    bold = {one.in_language(lang) for one in headings}
    sheet.column_dimensions["A"].width = _ABOUT
    for (cell,) in sheet.iter_rows(max_col=1):
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        cell.font = Font(bold=cell.value in bold)
        # A program that does not measure text shows one line of a wrapped cell unless it is told its height.
        sheet.row_dimensions[cell.row].height = _LINE * max(1, math.ceil(_reach(cell.value or "") / _ABOUT))


def _lines(parts: tuple[Part, ...], lang: str) -> Iterator[list[Any]]:
    for part in flat(parts):
        match part:
            case Paragraph() | Heading():
                yield [part.text.in_language(lang)]
            case Bullets():
                yield from ([item.said(lang)] for item in part.items)
            case Ids():
                yield [part.name, part.label]


def _plain(table: Table, lang: str) -> Iterator[list[Any]]:
    """Yield a table as it stands on the page."""
    yield [head.in_language(lang) for head in table.heads]
    for row in table.rows:
        yield [cell.said(lang, " · ") for cell in row]


def _long(table: Table, lang: str) -> Iterator[list[Any]]:
    """Yield a table of numbers with one line per cell: of what, of which column, what is said, every number, runs."""
    counted = dict.fromkeys(name for row in table.rows for cell in row for name in cell.numbers)
    of, column, said, runs = (
        one.in_language(lang) for one in (table.heads[0], t("列", "column"), t("文字", "as printed"), t("运行", "runs"))
    )
    yield [of, column, said, *(NUMBERS[name].in_language(lang) for name in counted), runs]
    for row in table.rows:
        for head, cell in zip(table.heads[1:], row[1:], strict=True):
            yield [
                row[0].said(lang, " · "), head.in_language(lang), cell.said(lang, " "), *_numbers(cell, counted),
                cell.runs,
            ]  # fmt: skip


def _numbers(cell: Entry, names: Mapping[str, None]) -> list[float | None]:
    return [cell.numbers.get(name) for name in names]


def _write(sheet: Worksheet, rows: Iterator[list[Any]] | Sequence[list[Any]], head: bool = True) -> None:
    widths: dict[int, int] = {}
    for i, row in enumerate(rows, 1):
        for j, value in enumerate(row, 1):
            cell = sheet.cell(i, j)
            put(cell, value)
            widths[j] = min(max(widths.get(j, _NARROWEST), _reach(value)), _WIDEST)
            if head and i == 1:
                cell.font, cell.fill = Font(bold=True), _HEAD
                cell.alignment = Alignment(wrap_text=True, vertical="top")
    for j, width in widths.items():
        sheet.column_dimensions[get_column_letter(j)].width = width
    if head:
        sheet.freeze_panes = "B2"


def put(cell: Any, value: Any) -> None:
    """Write a value into a cell; text that looks like a formula stays text, what is no number stays empty."""
    if isinstance(value, str):
        cell.value = _CONTROLS.sub("", value)[:_LONGEST_CELL]
        cell.data_type = "s"
        return
    number = value.item() if hasattr(value, "item") else value
    cell.value = None if isinstance(number, float) and not math.isfinite(number) else number


def _reach(value: Any) -> int:
    return sum(2 if ord(c) > 0x2E80 else 1 for c in str(value)) + 2 if isinstance(value, str) else 12


def _name(book: Workbook, wanted: str) -> str:
    """Return a name for a sheet that is allowed and not taken."""
    plain = _FORBIDDEN.sub(" ", wanted).strip("' ")[:_LONGEST_NAME] or "sheet"
    name, i = plain, 2
    while name.casefold() in {one.casefold() for one in book.sheetnames}:
        name, i = f"{plain[: _LONGEST_NAME - 3]} {i}", i + 1
    return name
