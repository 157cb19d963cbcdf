"""A sweep as a process of its own, to be killed: with its design, its children and its table."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

BASE = """
extends = "baseline"
horizon = 364
burn_in = 28
[population]
residents = 300
blocks = 6
items = 300
"""
DESIGN = """
base = "small.toml"
method = "sobol"
samples = {samples}
worlds = 2
replications = 2
seed = 5
indicators = ["reports_month", "sorting_rate", "satisfaction_share"]
[levers]
verification = {{ low = 0.0, high = 0.5 }}
staff = [6, 8, 10]
[world]
detection = {{ low = 0.2, high = 0.6 }}
"""


def design(folder: Path, samples: int) -> Path:
    """Write a design of four runs for each sample, and return where it is."""
    (folder / "small.toml").write_text(BASE, encoding="utf-8")
    path = folder / "design.toml"
    path.write_text(DESIGN.format(samples=samples), encoding="utf-8")
    return path


class Sweeping:
    """A process that runs ``labsim sweep``."""

    def __init__(self, root: Path, arguments: Sequence[str | Path]) -> None:
        """Start it."""
        self._log = subprocess.Popen(
            [sys.executable, "-m", "labsim", "sweep", *map(str, arguments), "--json", "--lang", "en"],
            cwd=root, env={**os.environ, "PYTHONPATH": str(root)}, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        self.pid = self._log.pid

    @property
    def running(self) -> bool:
        """Whether it is still there."""
        return self._log.poll() is None

    def workers(self) -> list[int]:
        """Return the worker processes that it has now."""
        return [pid for pid in children(self.pid) if "spawn_main" in command(pid)]

    def kill(self) -> list[int]:
        """Kill it, without a chance to tidy up, and return the workers it had."""
        left = children(self.pid)
        self._log.kill()
        self._log.communicate()
        return left

    def wait(self) -> tuple[int, str, str]:
        """Return exit code, standard output and standard error, once it has ended."""
        out, error = self._log.communicate(timeout=1800)
        return self._log.returncode, out, error


def children(pid: int) -> list[int]:
    """Return the children of a process, those of all its threads; Linux tells."""
    found: list[int] = []
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [int(one) for one in thread.read_text(encoding="utf-8").split()]
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def command(pid: int) -> str:
    """Return the command line of a process, empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def end(pid: int) -> None:
    """Kill a process that may be gone already."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def gone(pids: Sequence[int], seconds: float = 60.0) -> bool:
    """Return whether processes end by themselves within some time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not any("labsim" in command(pid) or "spawn_main" in command(pid) for pid in pids):
            return True
        time.sleep(0.1)
    return False


def await_segments(store: Path, more_than: int, seconds: float = 300.0) -> int:
    """Wait until a store has more segments than a number, and return how many."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        many = len([file for file in store.glob("*.parquet") if not file.name.startswith(".")])
        if many > more_than:
            return many
        time.sleep(0.05)
    raise AssertionError("nothing was written")
