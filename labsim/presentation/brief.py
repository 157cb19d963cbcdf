"""The brief: one HTML file that needs nothing else.

Takes: a :class:`Comparison`. Gives: a page in Chinese and English with a switch that works
without a script, and beside it the run record, from which every number can be made again.
"""

import json
from datetime import date
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from labsim.analysis.compare import Comparison
from labsim.foundations.declared import Text
from labsim.foundations.errors import InputError, Problem, Where
from labsim.foundations.i18n import language, t
from labsim.foundations.writing import beside, check_writable, write_whole
from labsim.presentation.fonts import font_face
from labsim.presentation.page import page


def brief(
    comparison: Comparison,
    path: str | Path = "labsim-brief.html",
    *,
    lang: str | None = None,
    question: Text | None = None,
    on: date | None = None,
) -> tuple[Path, Path]:
    """Write the brief of a comparison and its run record, and return where they are.

    Args:
        comparison: with at least one finished pair.
        path: of the HTML file; the record gets the same name with the ending ``.json``.
        lang: language in which the page opens, ``zh`` or ``en``; the reader's when left out.
        question: that the comparison answers; made from the scenarios when left out.
        on: date that stands in the record; today when left out.

    Raises:
        InputError: nothing was finished, or the files cannot be written.
    """
    if not comparison.differences:
        nothing = t("没有完成的运行，无法写简报", "no run was finished, so there is nothing to brief")
        raise InputError([Problem(Where(), nothing)])
    when = (on or date.today()).isoformat()
    target = Path(path)
    check_writable(target)
    record = beside(target, ".json")
    write_whole(record, run_record(comparison, when))
    write_whole(target, html(comparison, lang or language(), when, question))
    return target.resolve(), record.resolve()


def html(comparison: Comparison, lang: str, when: str, question: Text | None = None) -> str:
    """Return the brief as one HTML document.

    Args:
        comparison: with at least one finished pair.
        lang: language in which it opens.
        when: date that stands in it.
        question: that the comparison answers.
    """
    environment = Environment(
        loader=PackageLoader("labsim.presentation", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    template = environment.get_template("brief.html.j2")
    content = {"page": page(comparison, when, question), "lang": lang, "when": when}
    # Written twice: the font carries the characters that the page turned out to have.
    return template.render(**content, font_face=Markup(font_face(template.render(**content, font_face=""))))


def run_record(comparison: Comparison, when: str) -> str:
    """Return the record of all runs and the comparison itself as JSON, numbers unrounded."""
    result = comparison.result
    document: dict[str, Any] = {
        "record": result.record(when).model_dump(mode="json"),
        "runs": result.run_ids().to_dict("records"),
        "failures": result.failures.to_dict("records"),
        "comparison": json.loads(comparison.to_json()),
    }
    return json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
