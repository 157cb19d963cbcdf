"""Segments: Parquet files with what was measured of some runs.

Takes: runs with their values. Gives: the bytes of a file that pandas and DuckDB read without
labsim, one row per value, and the way back.
"""

import hashlib
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from labsim.foundations.sources import source_hash
from labsim.results.results import Reduced, Reduction

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

    def each(values: Sequence[object]) -> list[object]:
        return [value for value, length in zip(values, lengths, strict=True) for _ in range(length)]

    windows = [one.reduced.rows[0][2] if one.reduced.rows else "" for one in runs]
    names = [
        row
        for one, window in zip(runs, windows, strict=True)
        for row in (*one.reduced.rows, *((a, b, window) for a, b, _ in one.reduced.periods))
    ]
    periods = [p for one in runs for p in (*([WHOLE] * len(one.reduced.rows)), *(p for *_, p in one.reduced.periods))]
    columns = {
        "run": each([one.run for one in runs]),
        "code": each([code for _ in runs]),
        "fingerprint": each([one.fingerprint for one in runs]),
        "scenario": each([one.scenario for one in runs]),
        "world": each([one.world for one in runs]),
        "seed": each([one.seed for one in runs]),
        "indicator": [row[0] for row in names],
        "group": [row[1] for row in names],
        "window": [row[2] for row in names],
        "period": periods,
        "value": np.concatenate([part for one in runs for part in (one.reduced.values, one.reduced.series)]),
    }
    told = [
        [one.run, window, sorted({name for name, _, _ in one.reduced.periods}), code, one.scenario]
        for one, window in zip(runs, windows, strict=True)
    ]
    table = pa.table(columns, schema=SCHEMA.with_metadata({_RUNS: json.dumps(told).encode()}))
    return parquet(table)


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
