"""What a person sees while many runs are under way: a bar, or a line now and then where there is no terminal.

Takes: a label and a language. Gives: a :class:`~labsim.experiment.runner.Watch`.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from labsim.experiment.runner import Failure, Forecast, Watch
from labsim.foundations.compiled import COMPILED
from labsim.foundations.declared import Text
from labsim.foundations.i18n import in_language, t
from labsim.presentation import terminal

_LINE_SECONDS = 30.0
_MINUTE, _HOUR = 60.0, 3600.0


@contextmanager
def watching(label: Text, lang: str, tell_forecast: Callable[[Forecast], None] | None = None) -> Iterator[Watch]:
    """Show how far the runs are while the block lasts: done, failed, time left; before, that the model is compiled.

    Args:
        label: what is under way.
        lang: of what is said.
        tell_forecast: is given the forecast, if one is wanted.
    """
    if COMPILED and not compiled_code()[0]:
        what = t(
            "首次使用要先编译模型：只此一次，两核约 2–4 分钟；以后不再需要。",
            "First use: the model is compiled, once, in 2–4 minutes on two cores; never again after that.",
        )
        terminal.note(what, lang)
    console = terminal.aside()
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("→"),
        TimeRemainingColumn(), console=console, transient=True, disable=not console.is_terminal,
    )  # fmt: skip
    with bar:
        one = _Watcher(bar, in_language(label, lang), lang)
        yield Watch(one.progress, tell_forecast, one.failed)


def compiled_code() -> tuple[int, int]:
    """Return how many compiled functions are kept for these sources, and their bytes on disk."""
    folder = os.environ.get("NUMBA_CACHE_DIR", "")
    kept = [path for path in Path(folder).rglob("*.nb?") if path.is_file()] if folder else []
    return sum(path.suffix == ".nbi" for path in kept), sum(path.stat().st_size for path in kept)


class _Watcher:
    def __init__(self, bar: Progress, label: str, lang: str) -> None:
        self._bar, self._label, self._lang = bar, label, lang
        self._task = bar.add_task(label, total=None)
        self._failures = 0
        self._first: tuple[float, int] | None = None
        self._line = 0.0

    def failed(self, failure: Failure) -> None:
        self._failures += 1

    def progress(self, done: int, total: int) -> None:
        now = monotonic()
        if self._first is None:
            # Time is counted from the first run that ended: what came before was compiling.
            self._first, self._line = (now, done), now
        failed = t(f"{self._label}（失败 {self._failures}）", f"{self._label} ({self._failures} failed)")
        label = in_language(failed, self._lang) if self._failures else self._label
        self._bar.update(self._task, completed=done, total=total, description=label)
        if not self._bar.disable or now - self._line < _LINE_SECONDS or done == self._first[1]:
            return
        self._line = now
        left = duration((now - self._first[0]) / (done - self._first[1]) * (total - done))
        terminal.note(
            t(f"{label} {done}/{total}，约剩 {left.zh}", f"{label} {done}/{total}, about {left.en} left"), self._lang
        )


def forecast_text(one: Forecast, found: int) -> Text:
    """Return a forecast as a sentence.

    Args:
        one: the forecast.
        found: runs that are done already.
    """
    time, disk = duration(one.seconds), amount(one.disk)
    memory = t("未知", "not known") if one.memory is None else t(*[amount(one.memory)] * 2)
    return t(
        f"已有 {found:,} 次；其余 {one.runs:,} 次预计：时间 {time.zh}（{one.workers} 个并行），"
        f"内存 {memory.zh}，磁盘 {disk}。",
        f"{found:,} runs are done; forecast for the other {one.runs:,}: {time.en} on {one.workers} workers, "
        f"{memory.en} of memory, {disk} on disk.",
    )


def duration(seconds: float) -> Text:
    """Return a time span in words."""
    if seconds < 1.0:
        return t("不到 1 秒", "less than a second")
    if seconds < 1.5 * _MINUTE:
        return t(f"{seconds:.0f} 秒", f"{seconds:.0f} s")
    if seconds < 1.5 * _HOUR:
        return t(f"{seconds / _MINUTE:.0f} 分钟", f"{seconds / _MINUTE:.0f} min")
    return t(f"{seconds / _HOUR:.1f} 小时", f"{seconds / _HOUR:.1f} h")


def amount(size: float) -> str:
    """Return a number of bytes as it is said in both languages."""
    for unit, least in (("GB", 1e9), ("MB", 1e6)):
        if size >= least:
            return f"{size / least:.1f} {unit}"
    return f"{size / 1e3:.0f} kB"
