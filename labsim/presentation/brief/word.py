"""A brief as a Word file, in one language.

Takes: a :class:`Document`. Gives: the bytes of a ``.docx`` that Word, WPS and LibreOffice open: real headings,
real tables whose head repeats on every page, charts with a text alternative, and the recipe of its runs.
"""

import io
import re
from collections.abc import Sequence
from typing import Any

import vl_convert
from docx import Document as WordDocument
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part as PackagePart
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from labsim.foundations.i18n import t
from labsim.presentation.brief.document import (
    Bullets,
    Document,
    Entry,
    Fold,
    Heading,
    Ids,
    Legend,
    Paragraph,
    Part,
    Pictures,
    Table,
)
from labsim.presentation.charts import Picture
from labsim.presentation.fonts import tell_fonts

RECIPE_PART = "/customXml/item9.xml"
_FONT = "Microsoft YaHei"
_TONES = {"better": "0B6B4B", "worse": "9B3A00"}
_SIGNS = {"better": "＋ ", "worse": "－ ", "other": "± ", "equal": "＝ ", "open": "？ "}
_WIDTH = Cm(18.0)
_PLAN = (0.2, 0.17, 0.16, 0.2, 0.27)
"""Shares of the width of the columns of a plan."""
_ACROSS = 2
"""Charts beside each other."""
_SHARP = 2.5
"""Pixels of a picture for one of the chart, so that print is sharp."""


def word(document: Document, lang: str, recipe: str) -> bytes:
    """Return a brief as a Word file.

    Args:
        document: what it says.
        lang: ``zh`` or ``en``.
        recipe: packed recipe of the runs.
    """
    made = _Word(lang)
    made.opens(document)
    for section in document.sections:
        made.heading(section.heading.in_language(lang), 1)
        made.parts(section.parts)
    made.appendix()
    return made.bytes(recipe)


def recipe_in(content: bytes) -> str:
    """Return the packed recipe of a Word file; empty when there is none."""
    package = WordDocument(io.BytesIO(content)).part.package
    for part in package.iter_parts():
        if str(part.partname) == RECIPE_PART:
            found = re.search(rb"<recipe[^>]*>([A-Za-z0-9+/=]+)</recipe>", part.blob)
            return found[1].decode("ascii") if found else ""
    return ""


class _Word:
    """A Word file under construction."""

    def __init__(self, lang: str) -> None:
        self._lang, self._later = lang, list[Fold]()
        self._file = WordDocument()
        page = self._file.sections[0]
        page.page_width, page.page_height = Cm(21.0), Cm(29.7)
        page.left_margin = page.right_margin = Cm(1.5)
        page.top_margin = page.bottom_margin = Cm(1.6)
        for name, size in (("Normal", 10), ("Title", 18), ("Heading 1", 14), ("Heading 2", 11.5), ("Heading 3", 10.5)):
            style: Any = self._file.styles[name]
            style.font.name, style.font.size = _FONT, Pt(size)
            style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), _FONT)
            if name != "Normal":
                style.font.color.rgb = RGBColor(0x1D, 0x27, 0x33)

    def opens(self, document: Document) -> None:
        """Write what stands before the first section."""
        core = self._file.core_properties
        core.title = document.question.in_language(self._lang)
        core.subject = document.title.in_language(self._lang)
        core.author, core.comments = f"labsim {document.version}", ""
        core.language = "zh-CN" if self._lang == "zh" else "en"
        self._small(f"{document.title.in_language(self._lang)} · {document.when}")
        self._file.add_paragraph(document.question.in_language(self._lang), style="Title")
        self.parts(document.opening)

    def heading(self, text: str, level: int) -> None:
        """Write a heading."""
        self._file.add_heading(text, level)

    def parts(self, parts: Sequence[Part]) -> None:
        """Write parts in order; what is folded on a page is open on paper."""
        for part in parts:
            match part:
                case Heading():
                    self.heading(" ".join(filter(None, (part.mark, part.text.in_language(self._lang)))), 2)
                case Paragraph(look="hint"):
                    self._small(part.text.in_language(self._lang))
                case Paragraph():
                    run = self._file.add_paragraph().add_run(part.text.in_language(self._lang))
                    run.bold = part.look in ("warning", "sample")
                case Bullets():
                    for item in part.items:
                        self._file.add_paragraph(item.said(self._lang), style="List Bullet")
                case Table():
                    self._table(part)
                case Pictures():
                    self._pictures(part.pictures)
                case Legend():
                    self._legend(part)
                case Ids():
                    self._small(f"{part.label}: {' '.join(part.ids)}", 7)
                case Fold(long=True):
                    self._later.append(part)
                    said = part.summary
                    see = t(f"{said.zh}：见附录 {len(self._later)}。", f"{said.en}: see appendix {len(self._later)}.")
                    self._small(see.in_language(self._lang))
                case Fold():
                    self.heading(part.summary.in_language(self._lang), 3)
                    self.parts(part.parts)

    def appendix(self) -> None:
        """Write the long lists, which nobody reads in passing, after everything else."""
        for i, one in enumerate(self._later, 1):
            head = t(f"附录 {i}：{one.summary.zh}", f"Appendix {i}: {one.summary.en}")
            self.heading(head.in_language(self._lang), 1)
            self._file.paragraphs[-1].paragraph_format.page_break_before = i == 1
            self.parts(one.parts)

    def bytes(self, recipe: str) -> bytes:
        """Return the file, with the recipe as a part of its own that Word keeps."""
        package = self._file.part.package
        blob = f'<?xml version="1.0" encoding="UTF-8"?><recipe xmlns="urn:labsim:recipe">{recipe}</recipe>'.encode()
        part = PackagePart(PackURI(RECIPE_PART), "application/xml", blob, package)
        self._file.part.relate_to(part, RELATIONSHIP_TYPE.CUSTOM_XML)
        out = io.BytesIO()
        self._file.save(out)
        return out.getvalue()

    def _small(self, text: str, size: float = 8.5) -> None:
        run = self._file.add_paragraph().add_run(text)
        run.font.size, run.font.color.rgb = Pt(size), RGBColor(0x5B, 0x66, 0x73)

    def _legend(self, part: Legend) -> None:
        line = self._file.add_paragraph()
        line.paragraph_format.keep_with_next = True
        for mark, colour, label in part.keys:
            sign = line.add_run(f"{mark} ")
            sign.font.color.rgb = RGBColor.from_string(colour.lstrip("#"))
            name = line.add_run(f"{label.in_language(self._lang)}      ")
            sign.font.size = name.font.size = Pt(9)

    def _table(self, part: Table) -> None:
        made = self._file.add_table(rows=1, cols=len(part.heads), style="Table Grid")
        made._tbl.tblPr.append(_rules())
        made.alignment = WD_TABLE_ALIGNMENT.CENTER
        made.autofit = False
        widths = [int(_WIDTH * share) for share in _shares(part)]
        heads = [
            " ".join(filter(None, (part.marks[i][0] if part.marks else "", head.in_language(self._lang))))
            for i, head in enumerate(part.heads)
        ]
        for cell, head in zip(made.rows[0].cells, heads, strict=True):
            run = cell.paragraphs[0].add_run(head)
            run.bold, run.font.size = True, Pt(8.5)
            cell._tc.get_or_add_tcPr().append(_shade())
        self._row(made.rows[0], repeats=True)
        for row in part.rows:
            below = made.add_row()
            self._row(below)
            for cell, entry in zip(below.cells, row, strict=True):
                self._cell(cell, entry)
        for row_ in made.rows:
            for cell, width in zip(row_.cells, widths, strict=True):
                cell.width = width
        self._file.add_paragraph()

    @staticmethod
    def _row(row: Any, repeats: bool = False) -> None:
        """Keep a row on one page, and repeat it on every page where it is the head."""
        properties = row._tr.get_or_add_trPr()
        for name in ("w:cantSplit", *(("w:tblHeader",) if repeats else ())):
            properties.append(OxmlElement(name))

    def _cell(self, cell: Any, entry: Entry) -> None:
        for i, line in enumerate(entry.lines):
            paragraph = cell.paragraphs[0] if i == 0 else cell.add_paragraph()
            paragraph.paragraph_format.space_after = Pt(0)
            sign = _SIGNS.get(entry.tone, "") if i == 0 else ""
            run = paragraph.add_run(sign + line.text.in_language(self._lang))
            run.font.size = Pt(7.5 if line.kind in ("small", "levels", "code") else 8.5)
            run.bold = line.kind in ("words", "gap")
            if line.kind == "words" and entry.tone in _TONES:
                run.font.color.rgb = RGBColor.from_string(_TONES[entry.tone])

    def _pictures(self, pictures: Sequence[Picture]) -> None:
        """Write charts in a grid without lines; their titles stand above, what they show is said for the blind."""
        made = self._file.add_table(rows=0, cols=_ACROSS)
        for i in range(0, len(pictures), _ACROSS):
            row = made.add_row()
            self._row(row)
            for cell, one in zip(row.cells, pictures[i : i + _ACROSS], strict=False):
                self._picture(cell, one)

    def _picture(self, cell: Any, one: Picture) -> None:
        head = one.label or one.heading
        title = cell.paragraphs[0].add_run(" ".join(filter(None, (one.mark, head.in_language(self._lang)))))
        title.bold, title.font.size = True, Pt(9)
        svg = one.zh if self._lang == "zh" else one.en
        shape = cell.add_paragraph().add_run().add_picture(io.BytesIO(png(svg)), width=int(_WIDTH / _ACROSS - Cm(0.6)))
        said = re.search(r"<desc[^>]*>(.*?)</desc>", svg, re.DOTALL)
        shape._inline.docPr.set("descr", said[1] if said else head.in_language(self._lang))
        caption = cell.add_paragraph().add_run(one.caption.in_language(self._lang))
        caption.font.size = Pt(8)


def _shares(part: Table) -> Sequence[float]:
    """Return the shares of the width that columns take."""
    if part.look == "plan" and len(part.heads) == len(_PLAN):
        return _PLAN
    first = 0.26 if part.look == "verdicts" else 1 / len(part.heads)
    return [first, *[(1 - first) / max(len(part.heads) - 1, 1)] * (len(part.heads) - 1)]


def _rules() -> Any:
    """Return light lines between rows, and none between columns."""
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line, seen = OxmlElement(f"w:{side}"), side in ("top", "bottom", "insideH")
        for name, value in (("val", "single" if seen else "nil"), ("sz", "4"), ("space", "0"), ("color", "C5CCD3")):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    return borders


def _shade() -> Any:
    """Return the ground of a head."""
    ground = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", "E8EEF3")):
        ground.set(qn(f"w:{name}"), value)
    return ground


def png(svg: str) -> bytes:
    """Return a chart as a picture, drawn with the font that travels with the package."""
    tell_fonts()
    opening = '<svg xmlns="http://www.w3.org/2000/svg" font-family="Noto Sans SC" '
    return bytes(vl_convert.svg_to_png(svg.replace("<svg ", opening, 1), scale=_SHARP))
