"""``kill -9`` at any moment, of main and of workers: the same command goes on, and not a byte is different."""

import json
import sys
import time
from pathlib import Path

import pytest

from labsim.experiment.designfile import load_design
from labsim.experiment.sweep import run_sweep
from labsim.foundations.randomness import uniform
from labsim.results.store import RunStore
from labsim.results.tablefile import write_table
from tests.experiment.sweeping import Sweeping, await_segments, design, end, gone

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc")
WORKERS = ("--processes", "--workers", "2")


def undisturbed(path: Path, folder: Path) -> bytes:
    """Return the table of a sweep that nobody disturbs, run on threads and without a store."""
    write_table(run_sweep(load_design(path)).table, folder / "reference.parquet")
    return (folder / "reference.parquet").read_bytes()


def test_two_kills_cost_only_unfinished_runs(tmp_path: Path, root: Path):
    path = design(tmp_path, 24)
    store, out = tmp_path / "runs", tmp_path / "table.parquet"
    arguments = (path, "--out", out, "--store", store, "--workers", "1")
    first = Sweeping(root, arguments)
    seen = await_segments(store, 0)
    first.kill()
    assert not out.exists()
    kept = RunStore(store).contents().runs
    assert kept > 0
    second = Sweeping(root, (*arguments, "--processes"))
    await_segments(store, seen)
    killed = second.workers()
    for worker in killed:
        end(worker)
    code, said, error = second.wait()
    assert code == 0, error
    counts = json.loads(said)
    assert (counts["requested"], counts["finished"], counts["failed"], counts["cancelled"]) == (96, 96, 0, 0)
    assert counts["stored"] == kept
    assert killed, "the worker was to be killed in the middle"
    assert out.read_bytes() == undisturbed(path, tmp_path)
    assert RunStore(store).verify() == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_twenty_kills_at_random_moments(tmp_path: Path, root: Path, seed: int):
    """Ten of main and ten of workers, each at a moment that a seed chose, from before the first import on."""
    path = design(tmp_path, 512)
    store, out = tmp_path / "runs", tmp_path / "table.parquet"
    arguments = (path, "--out", out, "--store", store, *WORKERS)
    reference = undisturbed(path, tmp_path)
    kills = {"main": 0, "worker": 0}
    attempts = 0
    sweep = Sweeping(root, arguments)
    while sum(kills.values()) < 20:
        attempts += 1
        assert attempts < 200
        time.sleep(6.0 * uniform(seed, 1, attempts, 0))
        if not sweep.running:
            # Done too early: whoever deletes the table and half of the runs asks for them again.
            sweep.wait()
            for file in sorted(store.glob("[!.]*.parquet"))[::2]:
                file.unlink()
            out.unlink(missing_ok=True)
            sweep = Sweeping(root, arguments)
            continue
        workers = sweep.workers()
        if uniform(seed, 1, attempts, 1) < 0.5 and kills["main"] < 10:
            assert gone(sweep.kill())
            assert not list(tmp_path.glob("table.partial*"))
            kills["main"] += 1
            sweep = Sweeping(root, arguments)
        elif workers and kills["worker"] < 10:
            end(workers[int(uniform(seed, 1, attempts, 2) * len(workers))])
            kills["worker"] += 1
    code, said, error = sweep.wait()
    assert code == 0, error
    assert json.loads(said)["finished"] == 2048
    assert kills == {"main": 10, "worker": 10}
    assert out.read_bytes() == reference
    assert RunStore(store).verify() == []
