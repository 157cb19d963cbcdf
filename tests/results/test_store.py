"""The run store: what was kept is found again to the last bit, and whatever breaks harms nothing else."""

import errno
import json
import multiprocessing
import os
import shutil
import sqlite3
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from labsim.foundations.errors import InputError
from labsim.foundations.writing import write_whole
from labsim.results import segments, store
from labsim.results.index import NAME, segment_files
from labsim.results.results import Reduced, Reduction, reduce
from labsim.results.segments import Stored, run_key
from labsim.results.store import RunStore
from tests.results.factory import trajectory

HORIZON = 364
WIDE = Reduction(series=("reports_month",))


def reduced(reports: float, what: Reduction = WIDE) -> Reduced:
    return reduce(trajectory(daily={"reports": np.full(HORIZON, int(reports))}), what)


def kept(i: int, scenario: str = "base", what: Reduction = WIDE) -> Stored:
    return Stored(key(i), f"print{scenario}", scenario, 1, i, reduced(3 * i, what))


def key(i: int) -> str:
    return run_key("print", i)


def same(one: Reduced, other: Reduced) -> bool:
    return (
        (one.rows, one.periods) == (other.rows, other.periods)
        and one.values.tobytes() == other.values.tobytes()
        and one.series.tobytes() == other.series.tobytes()
    )


def write_some(folder: str, first: int) -> None:
    """Write five segments of one run each; the entry of a process."""
    mine = RunStore(Path(folder))
    for i in range(first, first + 5):
        mine.add([kept(i)])


@pytest.fixture
def full(tmp_path: Path) -> RunStore:
    """A store with runs 0 to 3 in one segment and 4 in another."""
    made = RunStore(tmp_path / "runs")
    made.add([kept(i) for i in range(4)])
    made.add([kept(4, "policy")])
    return made


def test_what_was_kept_is_found_to_the_last_bit(full: RunStore):
    again = RunStore(full.folder).find([key(i) for i in range(6)], WIDE, HORIZON)
    assert sorted(again) == sorted(key(i) for i in range(5))
    for i in range(5):
        assert same(again[key(i)], reduced(3 * i))
        assert np.isnan(again[key(i)].values).any()  # what could not be measured is kept as such


def test_a_narrower_question_is_answered_as_it_would_have_been_measured(full: RunStore):
    for what in (
        Reduction(("reports_month",), by_group=False),
        Reduction(("sorting_rate", "reports_month")),
        Reduction(("reports_month", "sorting_rate")),
        Reduction(("sorting_rate",), series=("reports_month",), by_group=False),
        Reduction(window=(0, HORIZON)),
    ):
        assert same(full.find([key(2)], what, HORIZON)[key(2)], reduced(6, what)), what


@pytest.mark.parametrize("what", [Reduction(window=(0, 28)), Reduction(series=("reports_month", "sorting_rate"))])
def test_another_window_or_more_series_are_not_found_but_can_be_added(full: RunStore, what: Reduction):
    assert full.find([key(1)], what, HORIZON) == {}
    full.add([kept(1, what=what)])
    assert same(full.find([key(1)], what, HORIZON)[key(1)], reduced(3, what))
    assert same(full.find([key(1)], WIDE, HORIZON)[key(1)], reduced(3))


def test_one_run_in_several_windows_may_lie_in_one_file_in_any_order(tmp_path: Path):
    early, late = (Reduction(window=window, series=("reports_month",)) for window in ((0, 28), (28, 364)))
    mine = RunStore(tmp_path)
    mine.add([kept(1, what=early), kept(2, what=early), kept(1, what=late), kept(2, what=late), kept(2)])
    for what in (early, late):
        found = mine.find([key(1), key(2)], what, HORIZON)
        assert same(found[key(1)], reduced(3, what))
        assert same(found[key(2)], reduced(6, what))
    assert list(mine.find([key(1), key(2)], WIDE, HORIZON)) == [key(2)]
    assert same(mine.find([key(2)], WIDE, HORIZON)[key(2)], reduced(6))


def test_all_that_decides_a_run_is_in_its_key(monkeypatch: pytest.MonkeyPatch):
    keys = {run_key("a", 1), run_key("a", 2), run_key("b", 1)}
    monkeypatch.setattr(segments, "source_hash", lambda floors: "other code")
    keys |= {run_key("a", 1)}
    assert len(keys) == 4


def test_the_same_runs_give_the_same_file(tmp_path: Path):
    for name in ("one", "other"):
        RunStore(tmp_path / name).add([kept(i) for i in range(3)])
    (one,), (other,) = (segment_files(tmp_path / name) for name in ("one", "other"))
    assert one.name == other.name
    assert one.read_bytes() == other.read_bytes()


def test_two_writers_at_once_lose_nothing(tmp_path: Path):
    spawn = multiprocessing.get_context("spawn")
    writers = [spawn.Process(target=write_some, args=(str(tmp_path), first)) for first in (0, 100)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(120)
    assert [writer.exitcode for writer in writers] == [0, 0]
    wanted = [*range(5), *range(100, 105)]
    mine = RunStore(tmp_path)
    assert len(mine.find([key(i) for i in wanted], WIDE, HORIZON)) == 10
    assert mine.contents().runs == 10
    assert mine.notes == []


@pytest.mark.parametrize("harm", ["flipped", "truncated", "emptied", "foreign"])
def test_a_damaged_file_is_told_not_used_and_harms_no_other(full: RunStore, harm: str):
    victim = next(file for file in segment_files(full.folder) if file.stat().st_size > 0)
    runs = {i for i in range(5) if key(i) in pd.read_parquet(victim)["run"].unique()}
    content = bytearray(victim.read_bytes())
    content[len(content) // 3] ^= 1
    other = full.folder.parent / "other.parquet"
    pd.DataFrame({"run": [1]}).to_parquet(other)
    victim.write_bytes(
        {"flipped": bytes(content), "truncated": bytes(content[:-100]), "emptied": b"", "foreign": other.read_bytes()}[
            harm
        ]
    )
    for fresh in (False, True):  # with the index that was made before, and with one made afterwards
        if fresh:
            (full.folder / NAME).unlink()
        mine = RunStore(full.folder)
        assert set(mine.find([key(i) for i in range(5)], WIDE, HORIZON)) == {key(i) for i in range(5) if i not in runs}
        assert len(mine.notes) == 1
        assert victim.name in mine.notes[0].en
        assert "损坏" in mine.notes[0].zh
    assert mine.verify() == [victim.name]
    # Run again, the same runs make the file whole.
    mine.add([kept(i, "policy" if i == 4 else "base") for i in sorted(runs)])
    assert len(mine.find([key(i) for i in range(5)], WIDE, HORIZON)) == 5
    assert mine.verify() == []


def test_damaged_files_can_be_removed(full: RunStore):
    victim = segment_files(full.folder)[0]
    victim.write_bytes(b"")
    assert full.verify(remove=True) == [victim.name]
    assert not victim.exists()
    assert RunStore(full.folder).verify() == []


@pytest.mark.parametrize("harm", ["deleted", "damaged", "a folder", "of another program"])
def test_the_index_is_made_anew(full: RunStore, harm: str):
    full.contents()
    index = full.folder / NAME
    index.unlink()
    if harm == "damaged":
        index.write_bytes(b"no database, but long enough to look like one" * 100)
    elif harm == "a folder":
        index.mkdir()
    elif harm == "of another program":
        with sqlite3.connect(index) as other:
            other.execute("create table runs (something text)")
        other.close()
    mine = RunStore(full.folder)
    assert len(mine.find([key(i) for i in range(5)], WIDE, HORIZON)) == 5
    assert mine.contents().runs == 5
    assert mine.notes == []


def test_an_index_torn_in_the_middle_is_made_anew(tmp_path: Path):
    mine = RunStore(tmp_path)
    for i in range(30):
        mine.add([kept(i)])
    mine.contents()
    index = tmp_path / NAME
    content = bytearray(index.read_bytes())
    content[4096:8192] = bytes(range(256)) * 16
    index.write_bytes(content)
    assert len(RunStore(tmp_path).find([key(i) for i in range(30)], WIDE, HORIZON)) == 30


def test_a_file_that_is_being_written_is_no_segment(full: RunStore):
    whole = segment_files(full.folder)[0].read_bytes()
    (full.folder / ".saving-xyz.parquet").write_bytes(whole[:50])
    mine = RunStore(full.folder)
    assert mine.contents().runs == 5
    assert mine.notes == []
    assert mine.verify() == []


@pytest.mark.skipif(os.name == "nt", reason="no fork")
def test_what_a_killed_process_leaves_behind_is_not_called_parquet(full: RunStore, monkeypatch):
    """DuckDB reads every ``*.parquet``, hidden ones too, and gives up at one that is not whole."""
    monkeypatch.setattr("labsim.foundations.writing.os.fsync", lambda _: os._exit(9))
    fork = multiprocessing.get_context("fork")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # a fork beside threads: it does one thing and is gone
        writer = fork.Process(target=full.add, args=([kept(9)],))
        writer.start()
    writer.join(120)
    assert writer.exitcode == 9
    left = {file.name for file in full.folder.iterdir()} - {file.name for file in segment_files(full.folder)}
    assert any(name.startswith(".saving") for name in left)
    assert not any(name.endswith(".parquet") for name in left)


def test_a_table_of_ones_own_beside_the_segments_is_left_alone(full: RunStore):
    """Such as an export, or the table of a sweep: taken for damaged, ``verify --remove`` deleted it."""
    full.export(full.folder / "all.parquet")
    mine = RunStore(full.folder)
    assert mine.contents().runs == 5
    assert mine.verify(remove=True) == []
    assert mine.notes == []
    assert (full.folder / "all.parquet").exists()


def test_a_read_only_folder_can_be_read_and_says_why_it_cannot_be_written(full: RunStore, monkeypatch):
    """The user of a gate may be root, whom no mode stops: what the system would say is said for it."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    real = sqlite3.connect

    def read_only(place, **more):
        if place == ":memory:":
            return real(place, **more)
        connection = real(f"file:{place}?mode=ro", uri=True, **more)
        return connection

    (full.folder / NAME).unlink(missing_ok=True)
    monkeypatch.setattr("labsim.foundations.writing.tempfile.mkstemp", refuse)
    monkeypatch.setattr("labsim.results.index.sqlite3.connect", read_only)
    mine = RunStore(full.folder)
    assert len(mine.find([key(i) for i in range(5)], WIDE, HORIZON)) == 5
    with pytest.raises(InputError) as caught:
        mine.add([kept(9)])
    assert "can only be read" in caught.value.render("en")
    assert "无法写入" in caught.value.render("zh")
    assert len(mine.find([key(i) for i in range(5)], WIDE, HORIZON)) == 5


def test_a_full_disk_leaves_nothing_half(full: RunStore, monkeypatch):
    before = sorted(file.name for file in full.folder.iterdir() if not file.name.startswith("_"))

    def no_room(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as context:
        context.setattr("labsim.foundations.writing.os.fsync", no_room)
        with pytest.raises(InputError, match="disk is full"):
            full.add([kept(7)])
    assert sorted(file.name for file in full.folder.iterdir() if not file.name.startswith("_")) == before
    full.add([kept(7)])
    assert len(full.find([key(i) for i in (*range(5), 7)], WIDE, HORIZON)) == 6


def test_a_file_in_the_way_of_the_folder_is_told(tmp_path: Path):
    (tmp_path / "runs").write_text("a file", encoding="utf-8")
    with pytest.raises(InputError, match="runs"):
        RunStore(tmp_path / "runs")


def test_pandas_reads_the_folder_without_labsim(full: RunStore):
    full.contents()  # an index stands beside the segments
    table = pd.read_parquet(full.folder)
    assert set(table["run"]) == {key(i) for i in range(5)}
    one = table[(table["run"] == key(4)) & (table["indicator"] == "reports_month") & (table["group"] == "all")]
    assert one["scenario"].astype(str).unique().tolist() == ["policy"]
    assert one.loc[one["period"] == segments.WHOLE, "value"].item() == pytest.approx(12 * HORIZON / 13)
    assert len(one[one["period"] >= 0]) == 13


def test_an_export_has_every_value_once_though_two_processes_kept_the_same(full: RunStore, tmp_path: Path):
    once, twice = tmp_path / "once.parquet", tmp_path / "twice.parquet"
    rows = full.export(once)
    full.add([kept(3), kept(1)])
    assert full.export(twice) == rows
    columns = ["run", "indicator", "group", "window", "period", "value"]
    tables = [pd.read_parquet(file)[columns].astype({"indicator": str, "group": str}) for file in (once, twice)]
    before, after = (table.sort_values(columns[:5], ignore_index=True) for table in tables)
    assert not before.duplicated(columns[:5]).any()
    pd.testing.assert_frame_equal(before, after)


def test_runs_of_older_code_are_counted_and_pruned(full: RunStore, monkeypatch):
    with monkeypatch.context() as context:
        context.setattr(segments, "source_hash", lambda floors: "older")
        full.add([kept(20)])
    contents = full.contents()
    assert (contents.runs, contents.current, contents.segments) == (6, 5, 3)
    assert contents.scenarios == {"base": 5, "policy": 1}
    assert contents.size == sum(file.stat().st_size for file in segment_files(full.folder))
    assert full.prune() == 1
    assert full.contents().runs == 5
    assert full.prune() == 0


def test_what_a_killed_process_left_is_pruned_but_not_what_is_being_written(full: RunStore):
    left, written = full.folder / ".saving-left", full.folder / ".saving-now"
    for file in (left, written):
        file.write_bytes(b"half")
    os.utime(left, (0, 0))
    assert full.prune() == 1
    assert not left.exists()
    assert written.exists()
    assert full.contents().runs == 5


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_store_is_exported_to_one_file(full: RunStore, tmp_path: Path, ending: str):
    path = tmp_path / f"all.{ending}"
    rows = full.export(path)
    table = pd.read_csv(path) if ending == "csv" else pd.read_parquet(path)
    assert len(table) == rows == 5 * (len(reduced(0).values) + len(reduced(0).series))
    first = path.read_bytes()
    # The order in which runs were written must not show.
    other = RunStore(tmp_path / "copy")
    for file in reversed(segment_files(full.folder)):
        shutil.copy(file, other.folder)
    other.export(path)
    assert path.read_bytes() == first


def test_an_export_to_another_ending_is_refused(full: RunStore, tmp_path: Path):
    with pytest.raises(InputError, match=r"\.csv or \.parquet"):
        full.export(tmp_path / "all.xlsx")


def test_an_empty_store_answers(tmp_path: Path):
    mine = RunStore(tmp_path / "new")
    assert mine.find([key(1)], WIDE, HORIZON) == {}
    assert mine.contents() == store.Contents(0, 0, 0, 0, {})
    assert mine.export(tmp_path / "none.csv") == 0
    mine.add([])
    assert segment_files(mine.folder) == []


def test_a_segment_says_what_it_holds(full: RunStore):
    held = [entry for file in segment_files(full.folder) for entry in segments.entries(file)]
    assert {entry.run for entry in held} == {key(i) for i in range(5)}
    assert {entry.series for entry in held} == {("reports_month",)}
    assert {json.dumps(entry.window) for entry in held} == {'"0:364"'}
    write_whole(full.folder / "zz.parquet", b"nothing")
    with pytest.raises(ValueError, match="arquet"):
        segments.entries(full.folder / "zz.parquet")
