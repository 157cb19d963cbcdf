"""Tables of generated pages, in Markdown with both languages in a cell.

Takes: cells. Gives: text.
"""

from collections.abc import Iterable

from labsim.foundations.declared import Text


def _cells(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def markdown_table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table; bars in cells are escaped."""
    names = list(head)
    return "\n".join([_cells(names), "|" + " --- |" * len(names), *(_cells(row) for row in rows)]) + "\n"


def both(text: Text | None) -> str:
    """Return a text in both languages, Chinese above English, once where they are the same."""
    if text is None:
        return ""
    return text.zh if text.zh == text.en else f"{text.zh}<br>{text.en}"
