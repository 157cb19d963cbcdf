"""Whoever does the work, and whatever becomes of them: the outcomes are the same."""

import os
import subprocess
import sys
import threading
import time
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import pandas as pd
import pytest

from labsim.experiment.design import Design
from labsim.experiment.runner import Reduction, run
from labsim.experiment.workers import Control, Feed, WorkerDiedError, Workers
from labsim.foundations.errors import InputError
from labsim.results.store import RunStore
from tests.experiment.labour import deadly, dies_once, double, slow_double, who
from tests.experiment.models import simulate, tiny
from tests.experiment.sweeping import children, command, end

PAIR = (tiny("base"), tiny("policy", verification=0.5))
REPORTS = Reduction(("reports_month",), by_group=False, series=("reports_month",))


def outcomes(task, items, workers: Workers | Executor) -> dict:
    feed: Feed = Feed(task, items, workers)
    try:
        return dict(feed)
    finally:
        feed.close()


def test_threads_processes_and_an_executor_of_ones_own_give_identical_tables():
    design = Design.of(PAIR, 2, 3, seed=4)
    frames = [run(design, REPORTS, workers, simulate=simulate) for workers in (Workers(number=1), Workers(number=3))]
    frames.append(run(design, REPORTS, Workers("processes", 2), simulate=simulate))
    with ThreadPoolExecutor(2) as pool:
        frames.append(run(design, REPORTS, pool, simulate=simulate))
    assert all(frame.finished == 12 for frame in frames)
    for frame in frames[1:]:
        pd.testing.assert_frame_equal(frame.values, frames[0].values)
        pd.testing.assert_frame_equal(frame.series, frames[0].series)
        assert frame.values.to_csv() == frames[0].values.to_csv()


class Elsewhere(ThreadPoolExecutor):
    """A machine whose labsim is an older one."""

    def submit(self, task, /, *items, **_):
        return super().submit(lambda: replace(task(*items), code="older"))


def test_what_other_code_gave_is_a_failure_and_never_kept(tmp_path: Path):
    """Kept under the key of today's code, an older worker's numbers would be found as today's for ever."""
    with Elsewhere(1) as pool:
        result = run(Design.of(PAIR, 1, 2), REPORTS, pool, store=RunStore(tmp_path))
    assert (result.finished, result.failed) == (0, 4)
    assert result.failures["error"].str.contains("another version of labsim").all()
    assert RunStore(tmp_path).contents().runs == 0


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.skipif(os.name == "nt", reason="no fork")
def test_forked_processes_of_ones_own_do_the_work():
    with ProcessPoolExecutor(1, get_context("fork")) as pool:
        assert outcomes(double, range(5), pool) == {i: 2 * i for i in range(5)}


def test_every_item_comes_once_with_its_result_or_its_error():
    found = outcomes(double, [3, -1, 4], Workers(number=2))
    assert (found[0], found[2]) == (6, 8)
    assert str(found[1]) == "-1 is below zero"


def test_processes_are_others_and_a_killed_one_costs_nothing(tmp_path: Path):
    found = outcomes(dies_once, [(i, str(tmp_path)) for i in range(12)], Workers("processes", 2))
    assert (tmp_path / "died").exists()
    assert found == {i: 2 * i for i in range(12)}


def test_a_deadly_item_is_found_and_no_innocent_one_is_blamed():
    found = outcomes(deadly, range(9), Workers("processes", 2))
    died = found.pop(5)
    assert isinstance(died, WorkerDiedError)
    assert "3 times" in str(died)
    assert found == {i: 2 * i for i in range(9) if i != 5}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc")
def test_a_process_killed_before_it_could_begin_costs_nothing():
    killed: list[int] = []

    def kill_one() -> None:
        while not killed:
            killed.extend([pid for pid in children(os.getpid()) if "spawn_main" in command(pid)][:1])
        end(killed[0])

    killer = threading.Thread(target=kill_one)
    killer.start()
    found = outcomes(double, range(12), Workers("processes", 2))
    killer.join()
    assert found == {i: 2 * i for i in range(12)}


def test_a_script_that_processes_read_again_is_told_so_and_not_tried_for_minutes(tmp_path: Path):
    script = tmp_path / "script.py"
    script.write_text(
        "from labsim.experiment.workers import Feed, Workers\n"
        "from tests.experiment.labour import double\n"
        "print(dict(Feed(double, range(99), Workers('processes', 2))))\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, script], env={**os.environ, "PYTHONPATH": os.getcwd()}, capture_output=True, text=True
    )
    assert "InputError" in done.stderr
    assert "if __name__ == '__main__':" in done.stderr
    assert done.stderr.count("Traceback") == 1  # of the script itself, none of its workers
    assert done.stdout == ""


def test_processes_work_beside_this_one():
    numbers = set(outcomes(who, range(8), Workers("processes", 2)).values())
    assert 1 <= len(numbers) <= 2
    assert os.getpid() not in numbers


def test_a_pause_hands_out_nothing_and_a_resume_goes_on():
    control = Control()
    feed: Feed = Feed(slow_double, range(30), Workers(number=1, control=control))
    first = [next(feed) for _ in range(3)]
    control.pause()
    rest: list = []
    reader = threading.Thread(target=lambda: rest.extend(feed))
    reader.start()
    time.sleep(0.6)
    during = len(rest)
    assert during <= 4  # what was under way
    time.sleep(0.6)
    assert len(rest) == during
    assert control.paused
    control.resume()
    reader.join(60)
    assert sorted(first + rest) == [(i, 2 * i) for i in range(30)]
    feed.close()


def test_a_cancel_keeps_what_is_finished():
    control = Control()

    def stop(done: int, total: int) -> None:
        if done >= 6:
            control.cancel()

    result = run(Design.of(PAIR, 1, 200), REPORTS, Workers(number=1, control=control), stop, simulate)
    assert result.interrupted
    assert 6 <= result.finished < 60
    assert result.finished + result.cancelled == 400
    assert len(result.values) == result.finished


def test_a_pause_does_not_keep_a_cancel_waiting():
    control = Control()
    control.pause()
    threading.Timer(0.3, control.cancel).start()
    started = time.monotonic()
    assert outcomes(double, range(10), Workers(number=1, control=control)) == {}
    assert time.monotonic() - started < 30


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C of a console")
def test_a_ctrl_c_from_a_terminal_spares_the_processes(tmp_path: Path, root: Path):
    """A terminal sends it to the whole group; the workers finish what they have, and the caller keeps it."""
    script = tmp_path / "script.py"
    script.write_text(
        "import os, signal\n"
        "from labsim.experiment.workers import Feed, Workers\n"
        "from tests.experiment.labour import slow_double\n"
        "if __name__ == '__main__':\n"
        "    signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "    os.setsid() if os.getpgid(0) != os.getpid() else None\n"
        "    feed = Feed(slow_double, range(200), Workers('processes', 2))\n"
        "    found = []\n"
        "    try:\n"
        "        for one in feed:\n"
        "            found.append(one)\n"
        "            if len(found) == 3:\n"
        "                os.killpg(0, signal.SIGINT)\n"
        "    except KeyboardInterrupt:\n"
        "        feed.stop()\n"
        "        found += feed\n"
        "    feed.close()\n"
        "    assert all(value == 2 * i for i, value in found), found\n"
        "    print('kept', 3 < len(found) < 20)\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, script], cwd=root, capture_output=True, text=True, timeout=300,
        env={**os.environ, "PYTHONPATH": str(root)},
    )  # fmt: skip
    assert done.stdout.strip() == "kept True", done.stdout + done.stderr


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C of a console")
def test_a_ctrl_c_while_processes_start_is_no_mistake_of_theirs(tmp_path: Path, root: Path):
    script = tmp_path / "script.py"
    script.write_text(
        "import multiprocessing, os, signal, threading, time\n"
        "from labsim.experiment.workers import Feed, Workers\n"
        "from tests.experiment.labour import slow_double\n"
        "def interrupt():\n"
        "    while not multiprocessing.active_children():\n"
        "        time.sleep(0.01)\n"
        "    time.sleep(0.2)\n"  # a process needs longer to read what it is to do
        "    os.killpg(0, signal.SIGINT)\n"
        "if __name__ == '__main__':\n"
        "    signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "    os.setsid() if os.getpgid(0) != os.getpid() else None\n"
        "    threading.Thread(target=interrupt).start()\n"
        "    feed = Feed(slow_double, range(200), Workers('processes', 2))\n"
        "    found = []\n"
        "    try:\n"
        "        found += feed\n"
        "    except KeyboardInterrupt:\n"
        "        feed.stop()\n"
        "        found += feed\n"
        "    feed.close()\n"
        "    print('kept', 0 < len(found) < 20)\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, script], cwd=root, capture_output=True, text=True, timeout=300,
        env={**os.environ, "PYTHONPATH": str(root)},
    )  # fmt: skip
    assert (done.stdout.strip(), done.stderr) == ("kept True", "")


@pytest.mark.skipif(os.name == "nt", reason="kill -9")
def test_workers_do_not_outlive_who_asked_for_the_work(tmp_path: Path, root: Path):
    script = tmp_path / "script.py"
    script.write_text(
        "import os, signal\n"
        "from labsim.experiment.workers import Feed, Workers\n"
        "from tests.experiment.labour import who\n"
        "if __name__ == '__main__':\n"
        "    feed = Feed(who, range(10**6), Workers('processes', 2))\n"
        "    print(next(feed)[1], flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, script], cwd=root, stdout=subprocess.PIPE, text=True, timeout=300,
        env={**os.environ, "PYTHONPATH": str(root)},
    )  # fmt: skip
    worker = int(done.stdout)
    # The output was open until the last worker ended, or run() would still wait.
    for _ in range(100):
        try:
            os.kill(worker, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    raise AssertionError("a worker is still there")


def test_wrong_workers_are_told_with_the_nearest_right_name():
    with pytest.raises(InputError) as caught:
        Workers("proceses")
    assert "did you mean processes?" in caught.value.render("en")
    assert "执行方式" in caught.value.render("zh")
    with pytest.raises(InputError, match="0 workers"):
        Workers(number=0)


def test_a_scheduler_that_does_not_answer_is_told():
    pytest.importorskip("dask.distributed")
    with pytest.raises(InputError, match="no scheduler answers"):
        Feed(double, range(2), Workers("nonsense://127.0.0.1:9"))
