"""Runs on disk: append-only, atomic, checksummed; the same inputs are never run twice.

Takes: a folder. Gives: a :class:`RunStore`, which keeps what was measured of each run under the
:func:`run_key` of all that decides it, and finds it again.

A *segment* is a Parquet file with the values of some runs, one row each, named by its own SHA-256:
whoever reads it knows whether it is whole, and pandas or DuckDB read a folder of them without labsim.
Segments are written beside and then renamed, and never changed. ``_index.sqlite`` only remembers which
run lies where: it is made again from the segments whenever it is missing, damaged or behind.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import time

import numpy as np
import pyarrow as pa

from labsim.foundations.declared import Text
from labsim.foundations.errors import InputError, Problem, Where, reason
from labsim.foundations.i18n import t
from labsim.foundations.writing import UNFINISHED, unwritable, write_whole
from labsim.results.index import Index, segment_files
from labsim.results.results import Reduced, Reduction
from labsim.results.segments import SCHEMA, Stored, code_version, name_of, pack, parquet, unpack, whole_table

_ABANDONED_SECONDS = 3600.0
"""After which a file that nobody finished is of a killed process (*assumption*: no write takes an hour)."""


@dataclass(frozen=True)
class Contents:
    """What a store holds.

    Attributes:
        runs: number of runs.
        segments: number of files.
        size: of the files, bytes.
        current: runs of the code that asks; the others can only be read, never found.
        scenarios: runs by name of the scenario.
    """

    runs: int
    segments: int
    size: int
    current: int
    scenarios: Mapping[str, int]


class RunStore:
    """A folder of runs.

    Several processes may read and write one folder at the same time. A damaged file is left where it
    is, told in :attr:`notes` and not used: its runs are run again.

    Attributes:
        folder: where the segments are.
        notes: what went wrong without harm, in both languages.
    """

    def __init__(self, folder: Path) -> None:
        """Open a store, and make it when it is new.

        Raises:
            InputError: the folder is none, or cannot be made.
        """
        self.folder = folder
        self.notes: list[Text] = []
        self._damaged: set[str] = set()
        self._index = Index(folder, self._damaged, self._put_aside)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError([unwritable(folder, error)]) from None

    # ------------------------------------------------------------------ reading

    def find(self, runs: Iterable[str], what: Reduction, horizon: int) -> dict[str, Reduced]:
        """Return what is kept of these runs, by run key; a run that is not there is left out.

        Args:
            runs: run keys.
            what: must have been measured; narrower than what is kept is enough.
            horizon: of the scenarios, d: the window when ``what`` names none.
        """
        wanted = sorted(set(runs))
        first, last = what.window or (0, horizon)
        found: dict[str, Reduced] = {}
        for segment, some in self._index.segments(wanted, f"{first}:{last}", what.series).items():
            missing = [run for run in some if run not in found]
            if missing:
                found.update(self._read(segment, missing, f"{first}:{last}", what))
        return found

    def _read(self, segment: str, runs: Sequence[str], window: str, what: Reduction) -> dict[str, Reduced]:
        table = self._table(segment)
        return {} if table is None else unpack(table, runs, window, what)

    def _table(self, segment: str) -> pa.Table | None:
        """Return a segment, or None after a note when it is not what was written."""
        try:
            return whole_table(self.folder / segment)
        except (OSError, ValueError) as error:
            self._put_aside(segment, error)
            return None

    def _put_aside(self, segment: str, error: OSError | ValueError) -> None:
        self._damaged.add(segment)
        changed = t("内容与写入时不同", "its content is not what was written")
        why = reason(error) if isinstance(error, OSError) else changed
        self._note(
            t(
                f"{segment} 已损坏，不再使用，其中的运行将重新计算（{why.zh}）；labsim store verify --remove 可删除",
                f"{segment} is damaged and not used, its runs are run again ({why.en}); "
                "labsim store verify --remove deletes it",
            )
        )

    def _note(self, note: Text) -> None:
        if note not in self.notes:
            self.notes.append(note)

    # ------------------------------------------------------------------ writing

    def add(self, runs: Sequence[Stored]) -> None:
        """Keep runs, in one new segment; all of them or, when the disk is full, none.

        Raises:
            InputError: the folder cannot be written to.
        """
        if not runs:
            return
        content = pack(runs)
        name = name_of(content)
        write_whole(self.folder / name, content)
        self._damaged.discard(name)  # the same runs give the same bytes: a damaged file is whole again

    def keep(self, runs: Sequence[Stored]) -> None:
        """Keep runs; a folder that refuses costs a note, never the results."""
        try:
            self.add(runs)
        except InputError as error:
            what = error.problems[0].what
            self._note(t(f"运行没有存入 {self.folder}：{what.zh}", f"runs were not kept in {self.folder}: {what.en}"))

    # ------------------------------------------------------------------ keeping house

    def contents(self) -> Contents:
        """Return what there is."""
        return Contents(*self._index.totals(code_version()))

    def verify(self, remove: bool = False) -> list[str]:
        """Read every segment and return the names of those that are damaged.

        Args:
            remove: delete the damaged ones; their runs are run again when they are next asked for.

        Raises:
            InputError: a damaged file cannot be deleted.
        """
        damaged = [file.name for file in segment_files(self.folder) if not self._is_whole(file)]
        if remove:
            self._delete(damaged)
        return damaged

    def prune(self) -> int:
        """Delete segments in which no run is of today's code, and what killed processes left; return how many."""
        old = self._index.without(code_version())
        left = [file.name for file in self.folder.glob(f"{UNFINISHED}*") if _abandoned(file)]
        self._delete([*old, *left])
        return len(old) + len(left)

    def export(self, path: Path) -> int:
        """Write all values to one file, CSV or Parquet by its ending; return the number of rows.

        Every value stands there once, also where two processes ran the same at the same time and each kept it.

        Raises:
            InputError: another ending, or the file cannot be written.
        """
        tables = [table for file in segment_files(self.folder) if (table := self._table(file.name)) is not None]
        whole = _once(pa.concat_tables([SCHEMA.empty_table(), *(table.cast(SCHEMA) for table in tables)]))
        if path.suffix == ".csv":
            write_whole(path, whole.to_pandas().to_csv(index=False))
        elif path.suffix == ".parquet":
            write_whole(path, parquet(whole.replace_schema_metadata(None)))
        else:
            what = t(f"不支持 {path.suffix or path.name}", f"{path.suffix or path.name} is not supported")
            raise InputError([Problem(Where(str(path)), what, t(".csv 或 .parquet", ".csv or .parquet"))])
        return int(whole.num_rows)

    def _is_whole(self, file: Path) -> bool:
        try:
            return name_of(file.read_bytes()) == file.name
        except OSError:
            return False

    def _delete(self, names: Iterable[str]) -> None:
        for name in names:
            try:
                (self.folder / name).unlink(missing_ok=True)
            except OSError as error:
                raise InputError([unwritable(self.folder / name, error)]) from None


def _once(table: pa.Table) -> pa.Table:
    """Return the rows of a table without those of a value that stands further up."""
    names = ["run", "indicator", "group", "window", "period"]
    keys = table.select(names).append_column("row", pa.array(np.arange(len(table))))
    return table.take(keys.group_by(names).aggregate([("row", "min")]).sort_by("row_min")["row_min"])


def _abandoned(file: Path) -> bool:
    """Return whether nobody writes a file any more; one that is just being written may be gone meanwhile."""
    try:
        return time() - file.stat().st_mtime > _ABANDONED_SECONDS
    except FileNotFoundError:
        return False
