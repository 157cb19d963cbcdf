"""Whether every number of a brief is what its runs give.

Takes: a brief (web page, Word file, workbook) or its run record. Gives: :class:`Checked`: the places at which the
file says something else than its own recipe gives when it is run again.

Everything a reader can see is compared, not only what looks like a number: the brief is made anew from the recipe
and both are taken apart in the same way, piece by piece, each with its place.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from labsim.experiment.runner import Watch
from labsim.foundations.declared import Text
from labsim.foundations.errors import InputError, Problem, Where, reason
from labsim.foundations.i18n import t
from labsim.presentation.brief import tables, word
from labsim.presentation.brief.brief import laid_out, run_record
from labsim.presentation.brief.closing import MACHINE_ROWS, SOURCES_ROW
from labsim.presentation.brief.pieces import BETWEEN, Piece, of_page, of_record, of_word, of_workbook, recipe_of_page
from labsim.presentation.brief.recipe import Recipe, read_recipe, unpacked
from labsim.results.record import sources_now
from labsim.results.store import RunStore

_MOST = 200_000_000
"""Bytes of a brief; a larger file is none."""
_ENDINGS = (".html", ".htm", ".docx", ".xlsx", ".json")


def _rows(names: Sequence[Text]) -> frozenset[str]:
    """Return what a row of the record is called in any layout; a web page holds both languages."""
    return frozenset(form for one in names for form in (one.zh, one.en, f"{one.zh} {one.en}"))


_MACHINE = frozenset(("versions", "platform")) | _rows(MACHINE_ROWS)
"""What a record says about the machine; another machine says something else and is no forgery."""
_FOREIGN = t(
    "本文件由另一版本的代码写出：有差异时，用写出它的版本检验。",
    "The file was written by other code than this: where it differs, verify it with the version that wrote it.",
)
_SOURCES = frozenset(("sources",)) | _rows((SOURCES_ROW,))


@dataclass(frozen=True)
class Difference:
    """A place, what the file says there, and what its runs give."""

    place: str
    said: str
    right: str


@dataclass(frozen=True)
class Verified:
    """What became of a check.

    Attributes:
        differences: places that say something else; empty when every number is right.
        pieces: how many pieces were compared.
        runs: runs behind them.
        stored: of these, taken from a store and not run again.
        notes: what was noticed without harm.
    """

    differences: tuple[Difference, ...]
    pieces: int
    runs: int
    stored: int
    notes: tuple[Text, ...]


def verify(path: Path, watch: Watch, store: RunStore | None) -> Verified:
    """Make every number of a brief again and compare.

    Args:
        path: ``.html``, ``.docx``, ``.xlsx``, or the run record ``.json``.
        watch: who is told about progress.
        store: where runs are taken from; without one all are run again.

    Raises:
        InputError: the file cannot be read, or carries no recipe of its runs.
    """
    content = _read(path)
    kind = path.suffix.lower()
    recipe = _recipe(kind, content, str(path))
    comparison = recipe.compared(watch, store)
    told, lang = recipe.told, recipe.lang
    right = run_record(comparison, told).encode() if kind == ".json" else laid_out(comparison, told, lang, kind)
    pieces = _PIECES[kind](content)
    foreign = recipe.sources != sources_now()
    skipped = _MACHINE | _SOURCES if foreign else _MACHINE
    differences = compared(pieces, _PIECES[kind](right))
    found = tuple(one for one in differences if not skipped & set(one.place.split(BETWEEN)))
    result = comparison.result
    return Verified(found, len(pieces), result.finished, result.stored, (_FOREIGN,) if foreign else ())


def compared(said: Sequence[Piece], right: Sequence[Piece]) -> list[Difference]:
    """Return where two lists of pieces differ, each with its place."""
    if len(said) == len(right):
        pairs = [(one, other) for one, other in zip(said, right, strict=True) if one != other]
        return [Difference(one.place, one.text, other.text) for one, other in pairs]
    found = []
    # Pieces were added or taken away: they are lined up first.
    for kind, a, b, c, d in SequenceMatcher(None, list(said), list(right), autojunk=False).get_opcodes():
        for i in range(max(b - a, d - c) if kind != "equal" else 0):
            one = said[a + i] if a + i < b else Piece(right[c + i].place, "")
            other = right[c + i] if c + i < d else Piece(one.place, "")
            found.append(Difference(one.place, one.text, other.text))
    return found


def _read(path: Path) -> bytes:
    def refused(what: Text) -> InputError:
        allowed = t(
            "由 labsim 写出的 .html、.docx、.xlsx 或 .json", "an .html, .docx, .xlsx or .json written by labsim"
        )
        return InputError([Problem(Where(str(path)), what, allowed)])

    if path.suffix.lower() not in _ENDINGS:
        raise refused(t(f"不能检验 {path.suffix or path.name}", f"{path.suffix or path.name} cannot be verified"))
    try:
        if path.stat().st_size > _MOST:
            raise refused(t("文件太大", "the file is too large"))
        return path.read_bytes()
    except OSError as error:
        why = reason(error)
        raise refused(t(f"无法读取：{why.zh}", f"cannot read: {why.en}")) from None


def _recipe(kind: str, content: bytes, file: str) -> Recipe:
    """Return the recipe that a file carries."""
    none = InputError([
        Problem(
            Where(file),
            t("文件里没有运行配方，无法重新计算", "it carries no recipe of its runs, so nothing can be computed again"),
            t("由 labsim 写出的简报或运行记录", "a brief or run record written by labsim"),
        )
    ])  # fmt: skip
    try:
        if kind == ".json":
            data = json.loads(content)
            if not isinstance(data, dict) or not isinstance(data.get("recipe"), dict):
                raise none
            return read_recipe(data["recipe"], file)
        line = _LINES[kind](content)
    except InputError:
        raise
    except Exception as error:  # whatever a damaged archive makes its library say
        what = t(f"文件已损坏（{error}）", f"the file is damaged ({error})")
        raise InputError([Problem(Where(file), what)]) from None
    if not line:
        raise none
    return unpacked(line, file)


_LINES: Mapping[str, Callable[[bytes], str]] = {
    ".html": recipe_of_page, ".htm": recipe_of_page, ".docx": word.recipe_in, ".xlsx": tables.recipe_in,
}  # fmt: skip
_PIECES: Mapping[str, Callable[[bytes], list[Piece]]] = {
    ".html": of_page, ".htm": of_page, ".docx": of_word, ".xlsx": of_workbook, ".json": of_record,
}  # fmt: skip
