"""Segments: Parquet files with what was measured of some runs.

Takes: runs with their values. Gives: the bytes of a file that pandas and DuckDB read without
labsim, one row per value, and the way back.
"""

import hashlib
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from labsim.foundations.sources import source_hash
from labsim.results.results import Periods, Reduced, Reduction, Rows

WHOLE = -1
"""The period of a value that is no part of a series."""
SCHEMA = pa.schema(
    [
        ("run", pa.string()),
        ("code", pa.string()),
        ("fingerprint", pa.string()),
        ("scenario", pa.dictionary(pa.int32(), pa.string())),
        ("world", pa.int64()),
        ("seed", pa.int64()),
        ("indicator", pa.dictionary(pa.int32(), pa.string())),
        ("group", pa.dictionary(pa.int32(), pa.string())),
        ("window", pa.dictionary(pa.int32(), pa.string())),
        ("period", pa.int32()),
        ("value", pa.float64()),
    ]
)
_NAME_LENGTH = 32
_RUNS = b"labsim.runs"


@dataclass(frozen=True)
class Stored:
    """One run to be kept.

    Attributes:
        run: its :func:`run_key`.
        fingerprint: of the scenario in its state of the world.
        scenario: its name when it was run; told to readers, no part of the key.
        world: number of the draw; told to readers, the fingerprint holds what it means.
        seed: of the run.
        reduced: what was measured: all indicators and groups (``Reduction.wide``).
    """

    run: str
    fingerprint: str
    scenario: str
    world: int
    seed: int
    reduced: Reduced


def code_version() -> str:
    """Return the hash of all code that can change a number: everything up to the results."""
    return source_hash(("foundations", "scenario", "population", "behaviour", "model", "results"))


def run_key(fingerprint: str, seed: int) -> str:
    """Return what a run is found by.

    Args:
        fingerprint: of the scenario in its state of the world; it resolves every file that was read.
        seed: of the run.
    """
    return hashlib.sha256(f"{code_version()} {fingerprint} {seed}".encode()).hexdigest()[:_NAME_LENGTH]


@dataclass(frozen=True)
class Entry:
    """What a segment says it holds of one run: enough to find it without reading values."""

    run: str
    window: str
    series: tuple[str, ...]
    code: str
    scenario: str


def name_of(content: bytes) -> str:
    """Return the name of a segment: its checksum."""
    return f"{hashlib.sha256(content).hexdigest()[:_NAME_LENGTH]}.parquet"


def pack(runs: Sequence[Stored]) -> bytes:
    """Return the bytes of a segment with these runs."""
    code = code_version()
    lengths = [len(one.reduced.values) + len(one.reduced.series) for one in runs]

    def each(values: Sequence[object]) -> pa.Array:
        return pa.array(values).take(run_of_row)

    run_of_row = pa.array(np.repeat(np.arange(len(runs)), lengths))
    windows = [_window(one.reduced.rows) for one in runs]
    names = [_columns(one.reduced.rows, one.reduced.periods) for one in runs]
    indicator, group, window, period = (pa.concat_arrays(column) for column in zip(*names, strict=True))
    columns = {
        "run": each([one.run for one in runs]),
        "code": each([code for _ in runs]),
        "fingerprint": each([one.fingerprint for one in runs]),
        "scenario": each([one.scenario for one in runs]).dictionary_encode(),
        "world": each([one.world for one in runs]),
        "seed": each([one.seed for one in runs]),
        "indicator": indicator.dictionary_encode(),
        "group": group.dictionary_encode(),
        "window": window.dictionary_encode(),
        "period": period,
        "value": np.concatenate([part for one in runs for part in (one.reduced.values, one.reduced.series)]),
    }
    told = [
        [one.run, window, sorted({name for name, _, _ in one.reduced.periods}), code, one.scenario]
        for one, window in zip(runs, windows, strict=True)
    ]
    table = pa.table(columns, schema=SCHEMA.with_metadata({_RUNS: json.dumps(told).encode()}))
    return parquet(table)


# Runs of one experiment name their values alike.
@lru_cache(maxsize=64)
def _columns(rows: Rows, periods: Periods) -> tuple[pa.Array, ...]:
    """Return indicator, group, window and period of each value of a run."""
    names = [*rows, *((indicator, group, _window(rows)) for indicator, group, _ in periods)]
    numbers = [*(WHOLE for _ in rows), *(period for *_, period in periods)]
    return (*(pa.array([name[i] for name in names], pa.string()) for i in range(3)), pa.array(numbers, pa.int32()))


def _window(rows: Rows) -> str:
    return rows[0][2] if rows else ""


def parquet(table: pa.Table) -> bytes:
    """Return a table as the bytes of a Parquet file."""
    file = io.BytesIO()
    pq.write_table(table, file, compression="zstd", write_page_checksum=True)
    return file.getvalue()


def entries(file: Path) -> list[Entry]:
    """Return what a segment says it holds.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no segment (``pyarrow.ArrowInvalid`` is one).
    """
    metadata = pq.read_schema(file).metadata or {}
    if _RUNS not in metadata:
        raise ValueError("it was not written by labsim")
    return [
        Entry(run, window, tuple(series), code, name) for run, window, series, code, name in json.loads(metadata[_RUNS])
    ]


def whole_table(file: Path) -> pa.Table:
    """Return all rows of a segment.

    Raises:
        OSError: it cannot be read.
        ValueError: it is not what was written.
    """
    content = file.read_bytes()
    if name_of(content) != file.name:
        raise ValueError("its checksum is wrong")
    return pq.read_table(io.BytesIO(content))


def unpack(table: pa.Table, runs: Iterable[str], window: str, what: Reduction) -> dict[str, Reduced]:
    """Return some runs of a segment, by run key, narrowed to what is asked for."""
    mine = pc.and_(pc.is_in(table["run"], pa.array(list(runs))), pc.equal(table["window"].cast(pa.string()), window))
    table = table.filter(mine)
    keys = table["run"].to_pandas().to_numpy()
    names = [table[column].to_pandas().astype(str).to_numpy() for column in ("indicator", "group")]
    periods, values = table["period"].to_numpy(), table["value"].to_numpy()
    found: dict[str, Reduced] = {}
    starts = [0, *(np.flatnonzero(keys[1:] != keys[:-1]) + 1), len(keys)]
    for start, stop in pairwise(starts):
        part = slice(start, stop)
        whole = periods[part] == WHOLE
        rows = list(zip(names[0][part], names[1][part], strict=True))
        found[str(keys[start])] = Reduced(
            tuple((name, group, window) for (name, group), is_whole in zip(rows, whole, strict=True) if is_whole),
            values[part][whole],
            tuple(
                (name, group, int(period))
                for (name, group), period, is_whole in zip(rows, periods[part], whole, strict=True)
                if not is_whole
            ),
            values[part][~whole],
        ).narrowed(what)
    return found
