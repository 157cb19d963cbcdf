"""A large sweep: how much of the processors' time the engine gets, how memory grows, how good the forecast was.

Takes: how many runs, how many work. Gives: the share of all processor time that was spent making residents and
simulating, memory at a quarter of the runs and at the end, and the time that was forecast before the start; for
people or (``--json``) for programs. The exit code is 1 when a limit is exceeded.

    python benchmarks/sweep.py                     # 10,000 runs of 1,500 residents and two years: some minutes
    python benchmarks/sweep.py --runs 1000

The sweep is the real one: a Latin hypercube over levers and the world, several worlds and replications, on threads,
kept in a store (a temporary one). Shares are of processor time, so that whatever else the machine does is left out.
"""

import argparse
import json
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from labsim.experiment import tasks
from labsim.experiment.designs import Factor, Method, Sweep
from labsim.experiment.forecast import Forecast
from labsim.experiment.runner import Watch
from labsim.experiment.sweep import run_sweep
from labsim.experiment.workers import THREADS, Workers
from labsim.foundations.i18n import in_language, t
from labsim.model.simulate import simulate
from labsim.population.synthesis import synthesise
from labsim.results.store import RunStore
from labsim.scenario.files import load
from labsim.scenario.scenario import community_values

SHARE = 0.95
"""Of the processor time that the engine must get."""
GROWTH = 1.25
"""Times the memory at a quarter of the runs that the end may need."""
WORLDS, REPLICATIONS = 5, 4


class Clock:
    """Adds up the processor time of threads inside some functions."""

    def __init__(self) -> None:
        """Start at nothing."""
        self.seconds = 0.0
        self._lock = threading.Lock()

    def timing(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function that is timed."""

        def timed(*given: Any, **named: Any) -> Any:
            start = time.thread_time()
            try:
                return function(*given, **named)
            finally:
                with self._lock:
                    self.seconds += time.thread_time() - start

        return timed


def measure(runs: int, workers: int) -> dict[str, float]:
    """Return what a sweep of so many runs took, and what was forecast."""
    base = load("baseline")
    people = synthesise(community_values(base), 1)
    simulate(base, 1, population=people)  # compiles what is not compiled
    clock = Clock()
    engine: dict[str, Any] = {"synthesise": clock.timing(synthesise), "_model": lambda: clock.timing(simulate)}
    for name, function in engine.items():
        setattr(tasks, name, function)
    factors = (
        Factor("levers", "verification", (0.0, 0.5), spans=True),
        Factor("levers", "inspection_frequency", (0.5, 4.0), spans=True),
        Factor("world", "detection", (0.2, 0.6), spans=True),
    )
    many = max(1, runs // (WORLDS * REPLICATIONS))
    sweep = Sweep(base, factors, Method.LATIN_HYPERCUBE, many, WORLDS, REPLICATIONS, 1)
    quarter: list[int] = []
    end: list[int] = []
    told: list[tuple[Forecast, float, int]] = []

    def progress(done: int, requested: int) -> None:
        if 4 * done >= requested and not quarter:
            quarter.append(tasks.peak_memory())
        if done == requested:
            end.append(tasks.peak_memory())

    def forecast(one: Forecast) -> None:
        told.append((one, time.perf_counter(), sweep.requested - one.runs))

    start, before = time.perf_counter(), time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        found = run_sweep(sweep, Workers(THREADS, workers), Watch(progress, forecast), RunStore(Path(folder)))
        table = tasks.peak_memory()
        disk = sum(file.stat().st_size for file in Path(folder).iterdir())
    used, seconds = time.process_time() - before, time.perf_counter() - start
    return {
        "runs": sweep.requested,
        "finished": found.result.finished,
        "workers": workers,
        "seconds": seconds,
        "share": clock.seconds / used,
        "busy": used / seconds / workers,
        "milliseconds_beside": 1e3 * (used - clock.seconds) / sweep.requested,
        "quarter": quarter[0] / 2**20,
        "end": end[0] / 2**20,
        "table": table / 2**20,
        "disk": disk / 2**20,
        "forecast": told[0][0].seconds if told else 0.0,
        "after_forecast": time.perf_counter() - told[0][1] if told else 0.0,
    }


def fits(found: dict[str, float]) -> bool:
    """Return whether every run ended, the engine got its share and memory stayed flat."""
    flat = found["end"] <= GROWTH * found["quarter"]
    return found["finished"] == found["runs"] and found["share"] >= SHARE and flat


def report(found: dict[str, float]) -> str:
    """Return what was found as text, in the reader's language."""
    lines = (
        t("{runs} 次运行，{workers} 个线程，{seconds:.0f} 秒", "{runs} runs, {workers} threads, {seconds:.0f} s"),
        t(
            "引擎占处理器时间 {share:.1%}，其余每次运行 {milliseconds_beside:.2f} 毫秒；处理器利用率 {busy:.0%}",
            "{share:.1%} of processor time in the engine, {milliseconds_beside:.2f} ms a run beside it; "
            "processors {busy:.0%} busy",
        ),
        t(
            "内存：四分之一处 {quarter:.0f} MiB，跑完 {end:.0f} MiB，加总表 {table:.0f} MiB；磁盘 {disk:.1f} MiB",
            "memory: {quarter:.0f} MiB at a quarter of the runs, {end:.0f} MiB after all, "
            "{table:.0f} MiB with the table of all values; disk {disk:.1f} MiB",
        ),
        t(
            "预测还需 {forecast:.0f} 秒，实际 {after_forecast:.0f} 秒",
            "{forecast:.0f} s were forecast, {after_forecast:.0f} s it took",
        ),
        t("在限度之内", "within the limits") if fits(found) else t("超出限度！", "OVER THE LIMITS"),
    )
    return "\n".join(in_language(line).format(**found) for line in lines)


def main() -> int:
    """Measure and print; return 1 when a limit is exceeded."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    found = measure(asked.runs, asked.workers)
    print(json.dumps(found) if asked.json else report(found))
    return 0 if fits(found) else 1


if __name__ == "__main__":
    sys.exit(main())
