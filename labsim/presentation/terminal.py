"""The terminal: tables that wrap, JSON for machines, progress, and mistakes without a traceback.

Takes: rows and texts. Gives: output in UTF-8 on standard output; progress and notes go to
standard error, so that a pipe holds results only.
"""

import json
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

import numpy as np
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from labsim.experiment.runner import Progress as Tell
from labsim.foundations.declared import Text
from labsim.foundations.i18n import in_language, t


def out() -> Console:
    """Return the console of results; made anew, because standard output may have been replaced."""
    return Console(highlight=False, soft_wrap=False)


def aside() -> Console:
    """Return the console of notes and progress."""
    return Console(stderr=True, highlight=False)


def utf8() -> None:
    """Make standard output and error write UTF-8, on Windows consoles and in pipes too."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


def say(text: Text, lang: str, style: str = "") -> None:
    """Print one message on standard output; nothing in it is read as markup."""
    out().print(escape(in_language(text, lang)), style=style or None, soft_wrap=True)


def note(text: Text, lang: str, style: str = "dim") -> None:
    """Print one message on standard error."""
    aside().print(escape(in_language(text, lang)), style=style, soft_wrap=True)


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], ratios: Sequence[int] = ()) -> Table:
    """Return a table whose cells wrap and are never cut.

    Args:
        title: above the table; may be empty.
        columns: headings.
        rows: cells; Rich markup is read, so escape what users wrote.
        ratios: relative widths of columns; by content when left out.
    """
    made = Table(title=title or None, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    made.expand = bool(ratios)
    for i, heading in enumerate(columns):
        made.add_column(heading, overflow="fold", ratio=ratios[i] if ratios else None)
    for row in rows:
        made.add_row(*row)
    return made


def show(made: Table) -> None:
    """Print a table."""
    out().print(made)


def dump(document: Any) -> None:
    """Print a document as JSON; numbers unrounded, those of NumPy too, and Chinese as it is."""
    text = json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False, default=np.generic.item)
    sys.stdout.write(text + "\n")


@contextmanager
def answering(lang: str) -> Iterator[None]:
    """Answer the first Ctrl-C while the block runs at once: what is under way may take seconds to end."""

    def answer(number: int, frame: FrameType | None) -> None:
        # The second Ctrl-C finds Python's own handler, and so does one that comes while this one is answered.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        # Python forbids writing to a stream in the middle of another write to it; stopping comes first.
        with suppress(RuntimeError):
            words = t(
                "正在收尾…（再按一次 Ctrl-C 不再等待）", "finishing what is under way… (Ctrl-C again: do not wait)"
            )
            note(words, lang, "yellow")
        signal.default_int_handler(number, frame)

    before = signal.getsignal(signal.SIGINT)
    # Only the main thread may answer signals, and whoever set a handler of their own or none wants it so.
    if before is not signal.default_int_handler or threading.current_thread() is not threading.main_thread():
        yield
        return
    signal.signal(signal.SIGINT, answer)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def progress(label: Text, lang: str) -> Iterator[Tell]:
    """Show a bar with the time left while the block runs; give the function that moves it.

    Without a terminal nothing is drawn: a log has no use for a thousand bars.
    """
    console = aside()
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("→"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    with bar:
        task = bar.add_task(in_language(label, lang), total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
