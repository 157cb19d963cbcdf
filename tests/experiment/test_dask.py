"""Beyond one machine: a Dask scheduler and two workers, real processes on loopback, one killed in the middle."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from labsim.experiment.designfile import load_design
from labsim.experiment.runner import Watch
from labsim.experiment.sweep import run_sweep
from labsim.experiment.workers import Feed, Workers
from labsim.presentation.cli import main
from labsim.results.store import RunStore
from labsim.results.tablefile import write_table
from tests.experiment.labour import deadly, double
from tests.experiment.sweeping import children, command, design, end

pytest.importorskip("dask.distributed")
# Loopback only: the libraries themselves warn of ports and of connections that a killed worker leaves.
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]


class Cluster:
    """A scheduler and its workers."""

    def __init__(self, root: Path, folder: Path) -> None:
        """Start them; workers have a nanny that replaces a worker that died."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{port}"
        self._folder = folder
        environment = {**os.environ, "PYTHONPATH": str(root), "PYTHONWARNINGS": "ignore"}
        scheduler = ["scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]
        worker = ["worker", self.address, "--nthreads", "1", "--nanny", "--no-dashboard", "--host", "127.0.0.1",
                  "--death-timeout", "60", "--local-directory", str(folder)]  # fmt: skip
        with (folder / "dask.log").open("w", encoding="utf-8") as log:
            self.all = [
                subprocess.Popen(
                    [sys.executable, "-m", "dask", *words], cwd=root, env=environment, stdout=log, stderr=log
                )
                for words in (scheduler, worker, worker)
            ]

    def kill_a_worker(self) -> bool:
        """Kill the process below one nanny that does the work; return whether there was one."""
        found = [pid for pid in children(self.all[1].pid) if "spawn_main" in command(pid)]
        for pid in found:
            end(pid)
        return bool(found)

    def close(self) -> None:
        """End everybody."""
        below = [pid for process in self.all for pid in children(process.pid)]
        for process in reversed(self.all):
            process.send_signal(signal.SIGKILL)
            process.wait()
        for pid in below:
            end(pid)


@pytest.fixture(scope="module")
def cluster(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    made = Cluster(root, tmp_path_factory.mktemp("dask"))
    from dask.distributed import Client

    with Client(made.address, timeout="120s") as client:
        client.wait_for_workers(2, timeout=120)
    yield made
    made.close()


def outcomes(task, items, workers: Workers) -> dict:
    feed: Feed = Feed(task, items, workers)
    try:
        return dict(feed)
    finally:
        feed.close()


def test_errors_come_back_as_they_were(cluster: Cluster):
    found = outcomes(double, [1, -2, 3], Workers(cluster.address))
    assert (found[0], found[2], str(found[1])) == (2, 6, "-2 is below zero")


def test_a_worker_killed_in_the_middle_changes_no_byte(cluster: Cluster, tmp_path: Path):
    sweep = load_design(design(tmp_path, 128))
    write_table(run_sweep(sweep).table, tmp_path / "reference.csv")
    killed = threading.Event()

    def kill_once(done: int, total: int) -> None:
        if done > total // 4 and not killed.is_set() and cluster.kill_a_worker():
            killed.set()

    found = run_sweep(sweep, Workers(cluster.address), Watch(kill_once), RunStore(tmp_path / "runs"))
    assert killed.is_set()
    assert (found.result.finished, found.result.failed) == (512, 0)
    write_table(found.table, tmp_path / "table.csv")
    assert (tmp_path / "table.csv").read_bytes() == (tmp_path / "reference.csv").read_bytes()


def test_the_command_line_takes_an_address(cluster: Cluster, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = design(tmp_path, 8)
    for name, where in (("one", ["--dask", cluster.address]), ("other", ["--threads"])):
        arguments = ["sweep", str(path), "--out", str(tmp_path / f"{name}.csv"), "--no-store", *where, "--lang", "en"]
        assert main(arguments) == 0
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "other.csv").read_bytes()


def test_a_deadly_item_is_found_and_no_innocent_one_is_blamed(cluster: Cluster):
    found = outcomes(deadly, list(range(9)), Workers(cluster.address))
    assert "3 times" in str(found.pop(5))
    assert found == {i: 2 * i for i in range(9) if i != 5}


def test_a_scheduler_that_goes_away_is_an_error_and_no_silence(root: Path, tmp_path: Path):
    made = Cluster(root, tmp_path)
    from dask.distributed import Client

    with Client(made.address, timeout="120s") as client:
        client.wait_for_workers(1, timeout=120)
    feed: Feed = Feed(double, list(range(4)), Workers(made.address))
    next(feed)
    made.close()
    started = time.monotonic()
    rest = [value for _, value in feed]
    assert time.monotonic() - started < 120
    assert len(rest) == 3
