"""A brief taken apart: every text and number of a file, with its place.

Takes: the bytes of a web page, a Word file, a workbook or a run record. Gives: pieces, in order.
"""

import hashlib
import io
import json
from html.parser import HTMLParser
from typing import Any, NamedTuple

from docx import Document as WordDocument
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph
from openpyxl import load_workbook

from labsim.presentation.brief.tables import RECIPE_SHEET

BETWEEN = " › "
_VOID = {"meta", "input", "br", "link", "img", "hr"}
_SHORT = 60
_UNSEEN = ("style",)


class Piece(NamedTuple):
    """What stands at a place."""

    place: str
    text: str


# ------------------------------------------------------------------ a web page


class _Page(HTMLParser):
    """Reads a page and remembers under which headings and in which row it is."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[Piece] = []
        self.recipe = ""
        self._open: list[str] = []
        self._heads: dict[str, str] = {}
        self._row = ""
        self._said: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "meta" and given.get("name") == "labsim-recipe":
            self.recipe = given.get("content", "")
        if tag in ("h1", "h2", "h3", "summary", "tr"):
            self._heads = {name: text for name, text in self._heads.items() if name < tag or tag == "tr"}
            self._row, self._said = "", []
        # Data behind a cell, and how a chart is drawn, are what a machine reads: they must be right too.
        shown = {n: v for n, v in given.items() if n.startswith("data-") or self._in_chart(tag)}
        for name, value in shown.items():
            self.pieces.append(Piece(self._place(name), value))
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _VOID:
            self.handle_starttag(tag, attrs)
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass
        if tag in ("h1", "h2", "h3", "summary"):
            self._heads[tag] = " ".join(self._said)[:_SHORT]
        if tag == "th" and not self._row:
            self._row = " ".join(self._said)[:_SHORT]
        if tag == "tr":
            self._row = ""

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split())
        if not text or (self._open and self._open[-1] in _UNSEEN):
            return
        self._said.append(text)
        self.pieces.append(Piece(self._place(), text))

    def _in_chart(self, tag: str) -> bool:
        return tag == "svg" or "svg" in self._open

    def _place(self, name: str = "") -> str:
        chart = "svg" if "svg" in self._open else ""
        return BETWEEN.join(filter(None, (*self._heads.values(), self._row, chart, name)))


def of_page(content: bytes) -> list[Piece]:
    """Return the pieces of a web page."""
    return _parsed(content).pieces


def recipe_of_page(content: bytes) -> str:
    """Return the packed recipe of a web page; empty when there is none."""
    return _parsed(content).recipe


def _parsed(content: bytes) -> _Page:
    page = _Page()
    page.feed(content.decode("utf-8", errors="replace"))
    page.close()
    return page


# ------------------------------------------------------------------ a Word file


def of_word(content: bytes) -> list[Piece]:
    """Return the pieces of a Word file: paragraphs, cells, and what its pictures show."""
    file = WordDocument(io.BytesIO(content))
    pieces: list[Piece] = []
    heads: dict[int, str] = {}
    for block in file.iter_inner_content():
        if isinstance(block, Paragraph):
            style = str(block.style.name) if block.style is not None else ""
            if style.startswith("Heading"):
                level = int(style.rsplit(" ", 1)[-1])
                heads = {k: v for k, v in heads.items() if k < level} | {level: block.text[:_SHORT]}
            pieces.append(Piece(BETWEEN.join(heads.values()), block.text))
        else:
            pieces += _cells(block, BETWEEN.join(heads.values()), file.part)
    return pieces


def _cells(table: Table, under: str, part: Any) -> list[Piece]:
    pieces = []
    heads = [cell.text for cell in table.rows[0].cells] if table.rows else []
    for row in table.rows:
        for j, cell in enumerate(row.cells):
            place = BETWEEN.join(filter(None, (under, row.cells[0].text.split("\n")[0][:_SHORT], heads[j][:_SHORT])))
            pieces.append(Piece(place, cell.text))
            for blip in cell._tc.iter(qn("a:blip")):
                image = part.related_parts[blip.get(qn("r:embed"))].blob
                pieces.append(Piece(f"{place}{BETWEEN}▣", hashlib.sha256(image).hexdigest()))
    return pieces


# ------------------------------------------------------------------ a workbook


def of_workbook(content: bytes) -> list[Piece]:
    """Return the pieces of a workbook: every cell with its address; formulas are read as they stand."""
    book = load_workbook(io.BytesIO(content), read_only=True)
    pieces = []
    for sheet in book:
        for row in sheet.iter_rows() if sheet.title != RECIPE_SHEET else ():
            named = [str(row[0].value)[:_SHORT]] if row and row[0].value is not None else []
            for cell in row:
                if cell.value is not None:
                    place = BETWEEN.join([f"{sheet.title}!{cell.coordinate}", *named])
                    pieces.append(Piece(place, str(cell.value) if isinstance(cell.value, str) else repr(cell.value)))
    return pieces


# ------------------------------------------------------------------ a run record


def of_record(content: bytes) -> list[Piece]:
    """Return the pieces of a run record: every value with the path to it."""
    pieces: list[Piece] = []

    def walk(value: Any, place: str) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                walk(inner, f"{place}{BETWEEN}{key}" if place else str(key))
        elif isinstance(value, list):
            for i, inner in enumerate(value):
                walk(inner, f"{place}[{i}]")
        else:
            pieces.append(Piece(place, json.dumps(value, ensure_ascii=False)))

    walk(json.loads(content), "")
    return pieces
