"""The brief: one HTML file that needs nothing else.

Takes: a :class:`Comparison`. Gives: a page in Chinese and English with a switch that works
without a script, and beside it the run record, from which every number can be made again.
"""

import json
import os
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from labsim.analysis.compare import Comparison
from labsim.foundations.declared import Text
from labsim.foundations.errors import InputError, Problem, Where
from labsim.foundations.i18n import language, t
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
    record = target.with_suffix(".json")
    if record == target:
        record = target.with_suffix(".record.json")
    _write(record, run_record(comparison, when))
    _write(target, html(comparison, lang or language(), when, question))
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
    return environment.get_template("brief.html.j2").render(page=page(comparison, when, question), lang=lang, when=when)


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


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all.

    Raises:
        InputError: the place cannot be written to.
    """
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".labsim-", suffix=path.suffix)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
            # A private temporary file would stay private: a brief is there to be handed on.
            Path(temporary).chmod(0o644)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise InputError([unwritable(path, error)]) from None


def unwritable(path: Path, error: OSError) -> Problem:
    """Return the problem of a place that cannot be written to."""
    return Problem(
        Where(str(path)),
        t(f"无法写入：{error.strerror}", f"cannot write: {error.strerror}"),
        t("已存在且可写的文件夹", "a folder that exists and can be written to"),
    )
