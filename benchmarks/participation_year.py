"""The workload "participation-year" in labsim's engine and in others, side by side in one run.

Takes: residents, repeats, a Python in which other frameworks are installed. Gives: nanoseconds of processor time
per resident and day, ratios, whether engines agree; for people or (``--json``) for programs. The exit code is 1
when engines disagree or a target is missed.

    python benchmarks/participation_year.py
    python benchmarks/participation_year.py --peers-python ../peers/bin/python --residents 100000

Every engine has a process of its own and passes a year when its turn comes, so that whatever else the machine
does meets all of them alike; medians count. What is not installed is named as skipped. The definition is in
``peers/workload.py``, the engines beside it. mesa-frames and Starsim pin other versions of NumPy than labsim
and want an environment of their own (``pip install mesa-frames starsim``).
"""

import argparse
import hashlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.peers.labsim_engine import prepare  # noqa: E402 - the folder above must be known first
from benchmarks.peers.workload import Workload, make  # noqa: E402
from labsim.foundations.i18n import in_language, t  # noqa: E402

AGREE = 0.005
"""Mean participation of the last 30 days, mean over seeds: how far an engine may be from labsim's."""


class Engine(NamedTuple):
    """An engine: its module in ``peers``, options, and how labsim must compare.

    Attributes:
        name: what it is called.
        module: in ``benchmarks.peers``.
        options: for the module.
        elsewhere: whether it is looked for in ``--peers-python``.
        least: the least ratio of its time to labsim's, 0 for none.
    """

    name: str
    module: str
    options: tuple[str, ...] = ()
    elsewhere: bool = False
    least: float = 0.0


_YEARS = 8
"""At a time on two threads: a year of 10,000 residents is over in 12 ms, which a busy machine easily doubles."""
_HASHED = 8_000_000
"""Bytes whose SHA-256 takes about as long as a year."""
LABSIM = Engine("labsim", "labsim_engine")
ENGINES = (
    LABSIM,
    Engine("C, gcc -O3 -march=native", "c_loop", ("-fno-trapping-math",), least=1 / 1.5),
    Engine("C, cheap draws", "c_loop", ("-fno-trapping-math", "-DHASH")),
    Engine("NumPy, sparse", "numpy_sparse"),
    Engine("Starsim", "starsim_module", elsewhere=True, least=10.0),
    Engine("mesa-frames", "mesa_frames_columns", elsewhere=True, least=50.0),
    Engine("Mesa", "mesa_objects", least=300.0),
)


class Running:
    """An engine in a process of its own."""

    def __init__(self, engine: Engine, python: str, data: Path) -> None:
        """Start the process; it waits for seeds."""
        command = [python, "-m", "benchmarks.peers.serving", engine.module, str(data), *engine.options]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "OMP_NUM_THREADS": "1"}
        environment |= {"POLARS_MAX_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment, encoding="utf-8", **pipes)
        self.years: list[dict[str, float]] = []

    def year(self, seed: int) -> dict[str, float] | None:
        """Return what a year took and gave, or None when the process has ended."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        try:
            self.process.stdin.write(f"{seed}\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except BrokenPipeError:
            return None
        return json.loads(line) if line else None

    def end(self) -> str:
        """End the process; return the last line of its complaints."""
        complaints = self.process.communicate()[1].strip().splitlines()
        return complaints[-1] if complaints else ""


def measure(residents: int, repeats: int, peers_python: str) -> dict[str, Any]:
    """Return what every engine took, and why some did not run."""
    skipped: dict[str, str] = {}
    running: dict[str, Running] = {}
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "workload.npz"
        workload = make(residents)
        np.savez(data, **workload._asdict())
        for engine in ENGINES:
            if engine.module == "c_loop" and shutil.which("gcc") is None:
                skipped[engine.name] = "gcc"
                continue
            one = Running(engine, peers_python if engine.elsewhere else sys.executable, data)
            if one.year(0) is None:  # the first year compiles, loads and warms up; it does not count
                skipped[engine.name] = one.end()
            else:
                running[engine.name] = one
        for seed in range(1, repeats + 1):
            for one in running.values():
                one.years.append(one.year(seed) or {})
        for one in running.values():
            one.end()
    engines = {name: _summary(one.years) for name, one in running.items()}
    found = {"residents": residents, "repeats": repeats, "engines": engines, "skipped": skipped}
    return (
        found | {"two_threads": two_threads(workload, repeats)} | {"missed": missed(engines), "differ": differ(engines)}
    )


def _summary(years: list[dict[str, float]]) -> dict[str, float]:
    times = [year["nanoseconds"] for year in years]
    return {
        "median": statistics.median(times),
        "least": min(times),
        "participation": statistics.mean(year["participation"] for year in years),
        "bytes": years[-1]["columns"] or years[-1]["memory"],
    }


def missed(engines: dict[str, dict[str, float]]) -> list[str]:
    """Return the engines that labsim should be further ahead of, or closer to."""
    own = engines[LABSIM.name]["median"]
    return [e.name for e in ENGINES if e.name in engines and engines[e.name]["median"] / own < e.least]


def differ(engines: dict[str, dict[str, float]]) -> list[str]:
    """Return the engines that do not show what labsim shows."""
    own = engines[LABSIM.name]["participation"]
    return [name for name, found in engines.items() if abs(found["participation"] - own) > AGREE]


def two_threads(workload: Workload, repeats: int) -> tuple[float, float]:
    """Return how much faster two threads are than one, by the clock: with years, and with work that shares nothing.

    The second, hashing in turn with the years, is what the machine has to give at that moment.
    """
    content = bytes(_HASHED)
    ratios: list[tuple[float, float]] = []
    with ThreadPoolExecutor(2) as pool:
        for _ in range(repeats):
            years = [prepare(workload, seed).run for seed in range(2 * _YEARS)]
            ratios.append((_faster(pool, years), _faster(pool, [lambda: hashlib.sha256(content)] * 2 * _YEARS)))
    return statistics.median(years for years, _ in ratios), statistics.median(hashes for _, hashes in ratios)


def _faster(pool: ThreadPoolExecutor, work: Sequence[Callable[[], object]]) -> float:
    """Return how much faster the second half of some work is on two threads than the first half on one."""
    half = len(work) // 2
    start = time.perf_counter()
    for one in work[:half]:
        one()
    between = time.perf_counter()
    list(pool.map(lambda one: one(), work[half:]))
    return (between - start) / (time.perf_counter() - between)


def report(found: dict[str, Any]) -> str:
    """Return what was found as text, in the reader's language."""
    head = t(
        "{residents} 名居民，365 天，{repeats} 次的中位数：每名居民每天的处理器时间（纳秒）",
        "{residents} residents, 365 days, medians of {repeats}: processor time per resident and day (ns)",
    )
    lines = [in_language(head).format(**found)]
    own = found["engines"][LABSIM.name]["median"]
    columns = t(
        "中位数    最小   与 labsim 之比  后30天参与率  字节/居民",
        " median    least    x labsim     last 30 days   bytes each",
    )
    lines.append(f"  {'':<26}{in_language(columns)}")
    for name, one in found["engines"].items():
        lines.append(
            f"  {name:<26}{one['median']:8.1f} {one['least']:8.1f} {one['median'] / own:11.2f} "
            f"{one['participation']:16.4f} {one['bytes']:12.0f}"
        )
    said = {
        "skipped": t("跳过：{} ({})", "skipped: {} ({})"),
        "threads": t(
            "两个线程：{:.2f} 倍（按钟表时间；同时互不相干的计算：{:.2f} 倍）",
            "two threads: {:.2f} times as fast, by the clock ({:.2f} times where nothing is shared, in turn with it)",
        ),
        "missed": t("未达到目标：{}", "TARGET MISSED: {}"),
        "differ": t("结果不同！{}", "DIFFERENT RESULTS: {}"),
    }
    lines += [in_language(said["skipped"]).format(*one) for one in found["skipped"].items()]
    lines.append(in_language(said["threads"]).format(*found["two_threads"]))
    for key in ("missed", "differ"):
        if found[key]:
            lines.append(in_language(said[key]).format(", ".join(found[key])))
    return "\n".join(lines)


def main() -> int:
    """Measure and print; return 1 when engines differ or a target is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--residents", type=int, default=10_000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--peers-python", default=sys.executable, help="where mesa-frames and Starsim are installed")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    if shutil.which(asked.peers_python) is None:
        parser.error(
            in_language(t("--peers-python：找不到 {}", "--peers-python: there is no {}")).format(asked.peers_python)
        )
    found = measure(asked.residents, asked.repeats, asked.peers_python)
    print(json.dumps(found) if asked.json else report(found))
    return 1 if found["missed"] or found["differ"] else 0


if __name__ == "__main__":
    sys.exit(main())
