"""The brief: one file that needs nothing else, as a web page, a Word file or a workbook, and its run record.

Takes: a :class:`Comparison`. Gives: files from which ``labsim verify`` makes every number again.
"""

import json
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from markupsafe import Markup

from labsim.analysis.compare import Comparison
from labsim.foundations.declared import Text
from labsim.foundations.errors import InputError, Problem, Where, nearest
from labsim.foundations.i18n import language, t
from labsim.foundations.writing import check_writable, write_whole
from labsim.presentation.brief.document import Document
from labsim.presentation.brief.page import Told, page
from labsim.presentation.brief.recipe import packed, recipe_of
from labsim.presentation.brief.sections import document
from labsim.presentation.brief.tables import workbook
from labsim.presentation.brief.word import word
from labsim.presentation.fonts import font_face
from labsim.presentation.look import environment
from labsim.results.results import COLUMNS

Layout = Callable[[Comparison, Told, str], bytes]


def brief(
    comparison: Comparison,
    path: str | Path = "labsim-brief.html",
    *,
    lang: str | None = None,
    question: Text | None = None,
    on: date | None = None,
    told: Told | None = None,
) -> tuple[Path, Path]:
    """Write the brief of a comparison and its run record, and return where they are.

    Args:
        comparison: with at least one finished pair.
        path: of the file; ``.docx`` gives a Word file, ``.xlsx`` a workbook with every table, ``.html``, ``.htm`` and
            no ending a web page. The record gets the whole name and ``.json``, so that no brief replaces another's.
        lang: language in which it opens, ``zh`` or ``en``; the reader's when left out.
        question: that the comparison answers; made from the scenarios when left out.
        on: date that stands in the record; today when left out.
        told: all of this and more: when the question was stated, and what a calibration says; instead of
            ``question`` and ``on``.

    Raises:
        InputError: nothing was finished, another ending, or the files cannot be written.
    """
    if not comparison.differences:
        nothing = t("没有完成的运行，无法写简报", "no run was finished, so there is nothing to brief")
        raise InputError([Problem(Where(), nothing)])
    said = told or Told((on or date.today()).isoformat(), question)
    target = Path(path)
    record = check_brief(target)
    write_whole(record, run_record(comparison, said))
    write_whole(target, laid_out(comparison, said, lang or language(), target.suffix.lower()))
    return target.resolve(), record.resolve()


def check_brief(target: Path) -> Path:
    """Find out before minutes of work whether a brief can be written there; return where its record goes.

    Raises:
        InputError: no brief has this ending, or a file cannot be written.
    """
    ending = target.suffix.lower()
    if ending not in LAYOUTS:
        what = t(f"简报没有 {ending} 格式", f"no brief is a {ending} file")
        allowed = t(".html（可打印成 PDF）、.docx、.xlsx", ".html (prints to PDF), .docx, .xlsx")
        raise InputError([Problem(Where(str(target)), what, allowed, nearest(ending, filter(None, LAYOUTS)))])
    check_writable(target)
    record = target.with_name(f"{target.name}.json")
    check_writable(record)
    return record


def laid_out(comparison: Comparison, told: Told, lang: str, ending: str) -> bytes:
    """Return the brief as the bytes of a file with an ending of :data:`LAYOUTS`."""
    return LAYOUTS[ending](comparison, told, lang)


def html(comparison: Comparison, lang: str, told: Told) -> str:
    """Return the brief as one HTML document.

    Args:
        comparison: with at least one finished pair.
        lang: language in which it opens.
        told: date, question, and what the verdicts rest on.
    """
    template = environment().get_template("brief.html.j2")
    recipe = packed(recipe_of(comparison, told, lang))
    content = {"document": _document(comparison, told), "lang": lang, "recipe": recipe}
    # Written twice: the font carries the characters that the page turned out to have.
    return template.render(**content, font_face=Markup(font_face(template.render(**content, font_face=""))))


def word_file(comparison: Comparison, told: Told, lang: str) -> bytes:
    """Return the brief as a Word file in one language."""
    return word(_document(comparison, told), lang, packed(recipe_of(comparison, told, lang)))


def table_file(comparison: Comparison, told: Told, lang: str) -> bytes:
    """Return every table of the brief and the values of every run as a workbook in one language."""
    result = comparison.result
    keys = list(COLUMNS[:4])
    everybody, series = (table[table["group"] == "all"] for table in (result.values, result.series))
    sheets = {
        t("全部结论", "all verdicts"): comparison.table(lang),
        t("每次运行的值", "values of every run"): _wide(everybody, keys),
        t("随时间的值", "values over time"): _wide(series, [*keys, "period"]),
        t("运行编号", "run ids"): result.run_ids(),
    }
    recipe = packed(recipe_of(comparison, told, lang))
    return workbook(_document(comparison, told), lang, sheets, recipe)


def run_record(comparison: Comparison, told: Told) -> str:
    """Return the record of all runs and the comparison itself as JSON, numbers unrounded."""
    result = comparison.result
    document: dict[str, Any] = {
        "record": result.record(told.when).model_dump(mode="json"),
        "runs": result.run_ids().to_dict("records"),
        "failures": result.failures.to_dict("records"),
        "comparison": json.loads(comparison.to_json()),
        "recipe": recipe_of(comparison, told, "zh").model_dump(mode="json"),
    }
    return json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _document(comparison: Comparison, told: Told) -> Document:
    return document(page(comparison, told))


def _page_bytes(comparison: Comparison, told: Told, lang: str) -> bytes:
    return html(comparison, lang, told).encode()


def _wide(table: Any, keys: list[str]) -> Any:
    return (
        table.pivot_table(index=keys, columns="indicator", values="value", observed=True, dropna=False, sort=False)
        .dropna(how="all")
        .reset_index()
    )


LAYOUTS: Mapping[str, Layout] = {
    ".html": _page_bytes, ".htm": _page_bytes, "": _page_bytes, ".docx": word_file, ".xlsx": table_file,
}  # fmt: skip
"""How a brief is laid out, by the ending of its file."""
