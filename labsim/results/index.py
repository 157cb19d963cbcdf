"""Which run lies in which segment of a store: quick to ask, and made anew from the segments at any time.

Takes: a folder of segments. Gives: :class:`Index`, on ``_index.sqlite`` in that folder.

Nothing is lost with the index: it is made again when it is missing or damaged, catches up with what other
processes wrote, and lives in memory where the folder cannot be written to.
"""

import json
import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from labsim.results.segments import entries

NAME = "_index.sqlite"
"""Readers of a folder of Parquet files skip names with this beginning."""
_SEGMENT = re.compile(r"[0-9a-f]{32}\.parquet")
_WAIT_SECONDS = 30.0
_AT_A_TIME = 500
_TABLES = """
create table if not exists segments (name text primary key, size integer);
create table if not exists runs (run text, window text, series text, segment text, code text, scenario text,
                                 primary key (run, window, series, segment));
"""


def segment_files(folder: Path) -> list[Path]:
    """Return the segments in a folder, in order of their names; files of other names are somebody else's."""
    return sorted(file for file in folder.glob("*.parquet") if _SEGMENT.fullmatch(file.name))


class Index:
    """Which run lies in which segment."""

    def __init__(self, folder: Path, damaged: set[str], damage: Callable[[str, OSError | ValueError], None]) -> None:
        """Remember the folder; nothing is read before the first question.

        Args:
            folder: of the store.
            damaged: segments that are not to be used; the store adds to it.
            damage: called with a segment that cannot be read, and why.
        """
        self._folder, self._damaged, self._damage = folder, damaged, damage

    def segments(self, runs: Sequence[str], window: str, series: Sequence[str]) -> dict[str, list[str]]:
        """Return the segments in which runs were measured in a window and with these series, and which runs."""
        places: dict[str, list[str]] = {}
        with self._open() as index:
            for start in range(0, len(runs), _AT_A_TIME):
                part = runs[start : start + _AT_A_TIME]
                marks = ",".join("?" * len(part))
                query = f"select run, series, segment from runs where window = ? and run in ({marks})"
                for run, kept, segment in index.execute(query, [window, *part]):
                    if set(series) <= set(json.loads(kept)):
                        places.setdefault(segment, []).append(run)
        return places

    def totals(self, code: str) -> tuple[int, int, int, int, dict[str, int]]:
        """Return numbers of runs, segments and bytes, of runs of this code, and of runs by scenario."""
        with self._open() as index:
            (segments, size) = index.execute("select count(*), coalesce(sum(size), 0) from segments").fetchone()
            (runs,) = index.execute("select count(distinct run) from runs").fetchone()
            (current,) = index.execute("select count(distinct run) from runs where code = ?", [code]).fetchone()
            names = index.execute("select scenario, count(distinct run) from runs group by scenario order by scenario")
            return runs, segments, size, current, dict(names)

    def without(self, code: str) -> list[str]:
        """Return the segments in which no run is of this code."""
        query = "select name from segments where name not in (select segment from runs where code = ?) order by name"
        with self._open() as index:
            return [name for (name,) in index.execute(query, [code])]

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(self._connected()) as index:
            yield index

    def _connected(self) -> sqlite3.Connection:
        """Return the index, up to date with the segments."""
        path = self._folder / NAME
        for place in (path, path, ":memory:"):
            index: Any = None
            try:
                index = sqlite3.connect(place, timeout=_WAIT_SECONDS)
                if index.execute("pragma quick_check").fetchone() != ("ok",):
                    raise sqlite3.DatabaseError("damaged")
                index.executescript(_TABLES)
                self._catch_up(index)
            except sqlite3.DatabaseError as error:
                if index is not None:
                    index.close()
                # Read-only, full and locked are operational errors: the file is good, and somebody may use it.
                if not isinstance(error, sqlite3.OperationalError):
                    with suppress(OSError):
                        path.unlink(missing_ok=True)
                continue
            return index  # type: ignore[no-any-return]
        raise AssertionError("an index in memory can always be made")

    def _catch_up(self, index: sqlite3.Connection) -> None:
        """Enter segments that others, or a process that was killed, have written; drop what is gone."""
        here = {file.name for file in segment_files(self._folder)} - self._damaged
        known = {name for (name,) in index.execute("select name from segments")}
        for name in sorted(here - known):
            self._enter(index, name)
        for name in sorted(known - here):
            with index:
                index.execute("delete from segments where name = ?", [name])
                index.execute("delete from runs where segment = ?", [name])

    def _enter(self, index: sqlite3.Connection, name: str) -> None:
        try:
            held = entries(self._folder / name)
            size = (self._folder / name).stat().st_size
        except (OSError, ValueError) as error:
            self._damage(name, error)
            return
        rows = [(one.run, one.window, json.dumps(one.series), name, one.code, one.scenario) for one in held]
        with index:
            index.execute("insert or replace into segments values (?, ?)", [name, size])
            index.executemany("insert or ignore into runs values (?, ?, ?, ?, ?, ?)", rows)
