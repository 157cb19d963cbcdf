"""A brief as a tree of sections: said once, laid out as a web page, a Word file and a workbook.

Takes: nothing; these are the pieces. Gives: :class:`Document`. Every text exists in both languages, and a
cell carries its numbers unrounded and the names of the runs behind them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from labsim.foundations.declared import Text
from labsim.foundations.i18n import t
from labsim.presentation.charts import Picture

NUMBERS: Mapping[str, Text] = {
    "baseline": t("基准", "baseline"),
    "value": t("政策", "policy"),
    "difference": t("差异", "difference"),
    "low": t("区间下限", "interval low"),
    "high": t("区间上限", "interval high"),
    "delta": t("关注值", "what matters"),
    "n": t("对数 n", "pairs n"),
    "missing": t("缺失对数", "pairs missing"),
    "reported": t("台账", "on record"),
    "true": t("真实", "true"),
}
"""What a cell may count, and what a reader calls it."""


@dataclass(frozen=True)
class Line:
    """A line of a cell; ``kind`` names its look."""

    text: Text
    kind: str = ""


@dataclass(frozen=True)
class Entry:
    """One cell, or one item of a list.

    Attributes:
        lines: what is printed.
        numbers: what the lines say, unrounded, by a name of :data:`NUMBERS`.
        tone: ``better``, ``worse`` …, or nothing.
        about: what else a machine may want to know, such as the indicator.
        runs: names under which the record of the brief lists the runs behind it.
    """

    lines: tuple[Line, ...]
    numbers: Mapping[str, float] = field(default_factory=dict)
    tone: str = ""
    about: Mapping[str, str] = field(default_factory=dict)
    runs: str = ""

    @property
    def data(self) -> dict[str, str]:
        """The attributes of the cell on a page."""
        numbers = {name: repr(value) for name, value in self.numbers.items()}
        return {**self.about, **numbers, **({"runs": self.runs} if self.runs else {})}

    def said(self, lang: str, between: str = "\n") -> str:
        """Return the lines in one language."""
        return between.join(line.text.in_language(lang) for line in self.lines)


def entry(zh: str, en: str | None = None, kind: str = "") -> Entry:
    """Return a cell of one line; numbers and names are the same in both languages."""
    return Entry((Line(t(zh, zh if en is None else en), kind),))


def entry_of(text: Text, kind: str = "") -> Entry:
    """Return a cell of one line."""
    return Entry((Line(text, kind),))


@dataclass(frozen=True)
class Heading:
    """A heading below that of the section, with the sign and colour of a policy."""

    kind: ClassVar[str] = "heading"
    text: Text
    mark: str = ""
    colour: str = ""


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; ``look`` is empty, ``hint``, ``sample`` or ``warning``."""

    kind: ClassVar[str] = "paragraph"
    text: Text
    look: str = ""


@dataclass(frozen=True)
class Bullets:
    """A list."""

    kind: ClassVar[str] = "bullets"
    items: tuple[Entry, ...]
    look: str = ""


@dataclass(frozen=True)
class Table:
    """A table; the first cell of a row names it.

    Attributes:
        name: unique within the document.
        title: what it holds, for the workbook and for those who cannot see it.
        heads: of the columns.
        rows: of as many cells as there are heads.
        look: ``plain``, ``plan`` or ``verdicts``.
        marks: sign and colour of each head, where it is a policy.
    """

    kind: ClassVar[str] = "table"
    name: str
    title: Text
    heads: tuple[Text, ...]
    rows: tuple[tuple[Entry, ...], ...]
    look: str = "plain"
    marks: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Pictures:
    """Charts side by side."""

    kind: ClassVar[str] = "pictures"
    pictures: tuple[Picture, ...]
    wide: bool = False


@dataclass(frozen=True)
class Legend:
    """Signs, colours and names of the policies."""

    kind: ClassVar[str] = "legend"
    keys: tuple[tuple[str, str, Text], ...]


@dataclass(frozen=True)
class Ids:
    """The runs of one scenario, under a name that cells point to."""

    kind: ClassVar[str] = "ids"
    name: str
    label: str
    ids: tuple[str, ...]


@dataclass(frozen=True)
class Fold:
    """Parts that are shut until they are asked for.

    On paper they are open, but for ``long`` ones: pages of numbers that the file on the screen and the workbook hold.
    """

    kind: ClassVar[str] = "fold"
    summary: Text
    parts: tuple["Part", ...]
    long: bool = False


Part = Heading | Paragraph | Bullets | Table | Pictures | Legend | Ids | Fold


@dataclass(frozen=True)
class Section:
    """A section with its heading."""

    name: str
    heading: Text
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Document:
    """All of a brief but its layout.

    Attributes:
        title: what kind of document it is.
        when: date.
        question: that it answers.
        opening: what stands before the first section.
        sections: in order.
        version: of labsim.
    """

    title: Text
    when: str
    question: Text
    opening: tuple[Part, ...]
    sections: tuple[Section, ...]
    version: str

    def tables(self) -> Iterator[tuple[Section, Table]]:
        """Yield every table with its section, also those in folds."""
        for section in self.sections:
            for part in flat(section.parts):
                if isinstance(part, Table):
                    yield section, part


def flat(parts: tuple[Part, ...]) -> Iterator[Part]:
    """Yield parts in order, a fold followed by what it holds."""
    for part in parts:
        yield part
        if isinstance(part, Fold):
            yield from flat(part.parts)
