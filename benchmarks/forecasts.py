"""What a sweep says beforehand that it will cost, beside what it does cost: time, memory and disk of varied jobs.

Takes: how many jobs. Gives: of each job what was forecast and what it took, and how many forecasts lie within a
factor of 1.5; for people or (``--json``) for programs. The exit code is 1 when fewer than nine in ten do.

    python benchmarks/forecasts.py                 # 24 jobs, some minutes on a machine with nothing else to do
    python benchmarks/forecasts.py --jobs 4

Jobs differ in residents (also from point to point), length, modules, runs, worlds, workers and in whether they are
kept. Each is a process of its own, as a command is, and is forecast by the runs that the sweep tries first.
"""

import argparse
import json
import math
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

from labsim.experiment.designs import Factor, Method, Sweep
from labsim.experiment.forecast import Forecast
from labsim.experiment.runner import Watch
from labsim.experiment.sweep import run_sweep
from labsim.experiment.tasks import peak_memory
from labsim.experiment.workers import PROCESSES, THREADS, Workers
from labsim.foundations.i18n import in_language, t
from labsim.foundations.randomness import uniform
from labsim.results.store import RunStore
from labsim.scenario.files import load
from labsim.scenario.scenario import Scenario

FACTOR = 1.5
SHARE = 0.9
"""Of the jobs whose forecasts must lie within the factor."""
MODULES = ("disputes", "evaluation", "workforce", "services", "projects", "coordination", "emergencies")


class Job(NamedTuple):
    """A sweep.

    Attributes:
        residents: of the smallest point.
        spread: the largest point has so many times as many.
        days: after a burn-in of 56.
        modules: that are on.
        points: of the design.
        worlds: states of the world.
        replications: in each.
        kind: of workers.
        workers: how many.
        kept: whether there is a store.
    """

    residents: int
    spread: float
    days: int
    modules: tuple[str, ...]
    points: int
    worlds: int
    replications: int
    kind: str
    workers: int
    kept: bool


def job(number: int) -> Job:
    """Return a job, always the same for a number."""
    luck = [uniform(number, 1, 0, i) for i in range(10 + len(MODULES))]
    on = luck[0] < 0.5
    return Job(
        residents=int(60 * 15 ** luck[1]),
        spread=1.0 if luck[2] < 0.5 else 1.0 + 4.0 * luck[3],
        days=28 * int(2 + 18 * luck[4]),
        modules=tuple(m for m, u in zip(MODULES, luck[10:], strict=True) if on and u < 0.5),
        points=int(10 * 5 ** luck[5]),
        worlds=1 if luck[6] < 0.5 else 3,
        replications=1 + int(6 * luck[7]),
        kind=PROCESSES if number % 6 == 5 else THREADS,
        workers=1 + int(2 * luck[8]),
        kept=luck[9] < 0.7,
    )


def base_of(one: Job) -> Scenario:
    """Return the scenario that varies."""
    community = {"blocks": max(2, one.residents // 50), "items": one.residents, "panel": max(4, one.residents // 25)}
    return load("baseline").changed(horizon=one.days, burn_in=56).with_community(**community).with_modules(*one.modules)


def alone(number: int) -> dict[str, Any]:
    """Run one job in this process; return what was forecast and what it took."""
    one = job(number)
    factors = (
        Factor("population", "residents", (one.residents, math.floor(one.spread * one.residents) + 1), spans=True),
        Factor("levers", "verification", (0.0, 0.5), spans=True),
    )
    sweep = Sweep(base_of(one), factors, Method.SOBOL, one.points, one.worlds, one.replications, number)
    told: list[tuple[Forecast, float, int]] = []
    with tempfile.TemporaryDirectory() as folder:
        store = RunStore(Path(folder)) if one.kept else None

        def disk() -> int:
            return sum(file.stat().st_size for file in Path(folder).glob("*.parquet"))

        watch = Watch(forecast=lambda said: told.append((said, time.perf_counter(), disk())))
        found = run_sweep(sweep, Workers(one.kind, one.workers), watch, store)
        ended, kept = time.perf_counter(), disk()
    said, at, had = told[0]
    memory = peak_memory() + (one.workers * children_memory() if one.kind == PROCESSES else 0)
    took = {"seconds": ended - at, "memory": memory, "disk": kept - had}
    ahead = {"seconds": said.seconds, "memory": said.memory or 0.0, "disk": said.disk}
    return {"job": one._asdict(), "runs": found.result.finished, "forecast": ahead, "took": took}


def children_memory() -> int:
    """Return the most memory that any process had that this one started and that has ended, bytes."""
    import resource  # not on Windows

    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return most if sys.platform == "darwin" else 1024 * most


def holds(ahead: float, took: float) -> bool:
    """Return whether a forecast lies within the factor; nothing is nothing."""
    return ahead == took or (min(ahead, took) > 0 and max(ahead, took) <= FACTOR * min(ahead, took))


def measure(jobs: int) -> dict[str, Any]:
    """Return every job, and how many forecasts hold."""
    found = []
    for number in range(jobs):
        done = subprocess.run(
            [sys.executable, __file__, "--alone", str(number)], stdout=subprocess.PIPE, encoding="utf-8", check=True
        )
        found.append(json.loads(done.stdout))
    held = {
        what: sum(holds(one["forecast"][what], one["took"][what]) for one in found)
        for what in ("seconds", "memory", "disk")
    }
    return {"jobs": found, "held": held}


def fits(found: dict[str, Any]) -> bool:
    """Return whether enough forecasts hold."""
    return all(held >= SHARE * len(found["jobs"]) for held in found["held"].values())


def report(found: dict[str, Any]) -> str:
    """Return what was found as text, in the reader's language."""
    head = t(
        "预测 / 实际：    运行数      秒          内存(MiB)       磁盘(kB)",
        "forecast / took:   runs      seconds       memory (MiB)    disk (kB)",
    )
    lines = [in_language(head)]
    units = {"seconds": 1.0, "memory": 2.0**20, "disk": 1e3}
    for number, one in enumerate(found["jobs"]):
        pairs = (f"{one['forecast'][k] / unit:7.1f} /{one['took'][k] / unit:7.1f}" for k, unit in units.items())
        lines.append(f"{number:>15} {one['runs']:>7} {' '.join(pairs)}")
    counts = t(
        "在 1.5 倍以内：时间 {seconds}、内存 {memory}、磁盘 {disk}，共 {all} 项任务",
        "within a factor of 1.5: time {seconds}, memory {memory}, disk {disk} of {all} jobs",
    )
    lines.append(in_language(counts).format(all=len(found["jobs"]), **found["held"]))
    lines.append(in_language(t("达到目标", "within the limits") if fits(found) else t("未达目标！", "TARGET MISSED")))
    return "\n".join(lines)


def main() -> int:
    """Measure and print; return 1 when too few forecasts hold."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--jobs", type=int, default=24)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--alone", type=int, help="one job, in this process")
    asked = parser.parse_args()
    if asked.alone is not None:
        print(json.dumps(alone(asked.alone)))
        return 0
    found = measure(asked.jobs)
    print(json.dumps(found) if asked.json else report(found))
    return 0 if fits(found) else 1


if __name__ == "__main__":
    sys.exit(main())
