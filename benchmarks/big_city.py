"""The full core from a thousand residents to a million: time per resident and day, and memory.

Takes: sizes and days. Gives: nanoseconds of processor time per resident and day, seconds to make residents, the
most memory that the process had; for people or (``--json``) for programs. The exit code is 1 when the largest
city needs more memory than 8 GiB, or a resident of it more than five times the time of one of the smallest.

    python benchmarks/big_city.py                       # 10^3 to 10^6 residents, 364 days; some minutes
    python benchmarks/big_city.py --sizes 1000 100000 --days 56

Every size has a process of its own. Blocks, check items, panel, staff and money grow with the residents. The
first day compiles or loads what was compiled before and does not count.
"""

import argparse
import json
import subprocess
import sys
import time
from typing import Any

from labsim.foundations.i18n import in_language, t
from labsim.model.simulate import start
from labsim.population.synthesis import synthesise
from labsim.scenario.community import COMMUNITY
from labsim.scenario.levers import LEVERS
from labsim.scenario.scenario import Scenario, community_values

SIZES = (1_000, 10_000, 100_000, 1_000_000)
MEMORY = 8.0
"""GiB that the largest city may take."""
GROWTH = 5.0
"""How often the time per resident of the smallest community a resident of the largest may take."""
_SHARES = {"items": 1.0, "blocks": 1 / 50, "panel": 1 / 25}
_LEVERS = ("staff", "handlers", "repair_budget", "service_budget")


def city(residents: int, days: int) -> Scenario:
    """Return the baseline for a number of residents, with what there is of everything in proportion."""
    community = {name: min(int(residents * share), COMMUNITY[name].high) for name, share in _SHARES.items()}
    scenario = Scenario(horizon=days, burn_in=0).with_community(residents=residents, **community)
    times = residents / COMMUNITY["residents"].default
    levers = {name: min(max(1, round(LEVERS[name].default * times)), LEVERS[name].high) for name in _LEVERS}
    return scenario.with_levers(**levers)


def peak() -> float:
    """Return the most memory that this process has had, in GiB."""
    import resource  # not on Windows, where the figure is left out

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**30 if sys.platform == "darwin" else 2**20)


def alone(residents: int, days: int) -> dict[str, float]:
    """Return what one city takes, in this process."""
    scenario = city(residents, days)
    before = time.process_time()
    population = synthesise(community_values(scenario), 1)
    made = time.process_time()
    run = start(scenario, 1, population).advance(1)
    first = time.process_time()
    run.advance()
    last = time.process_time()
    acts = int(run.trajectory().daily["act_sort"].sum())
    return {
        "residents": residents,
        "nanoseconds": 1e9 * (last - first) / residents / (days - 1),
        "seconds": last - first,
        "making": made - before,
        "gibibytes": peak(),
        "acts": acts,
    }


def measure(sizes: list[int], days: int) -> list[dict[str, float]]:
    """Return what every size takes, each in a process of its own."""
    found = []
    for size in sizes:
        command = [sys.executable, __file__, "--alone", str(size), "--days", str(days)]
        done = subprocess.run(command, stdout=subprocess.PIPE, encoding="utf-8", check=True)
        found.append(json.loads(done.stdout))
    return found


def fits(found: list[dict[str, float]]) -> bool:
    """Return whether the largest city stays within memory, and time grows with residents."""
    growth = found[-1]["nanoseconds"] / found[0]["nanoseconds"]
    return found[-1]["gibibytes"] <= MEMORY and growth <= GROWTH


def report(found: list[dict[str, float]], days: int) -> str:
    """Return what was found as text, in the reader's language."""
    head = t(
        "核心模型，{days} 天，处理器时间（单个进程）", "the core model, {days} days, processor time, one process each"
    )
    columns = t(
        "  居民人数  纳秒/居民/天    合计(秒)  生成居民(秒)  内存峰值(GiB)",
        " residents  ns/resident/day  total(s)  making them(s)  peak (GiB)",
    )
    lines = [in_language(head).format(days=days), in_language(columns)]
    for one in found:
        lines.append(
            f"{one['residents']:>10} {one['nanoseconds']:16.1f} {one['seconds']:9.1f} {one['making']:15.1f} "
            f"{one['gibibytes']:11.2f}"
        )
    within = t("在限度之内", "within the limits") if fits(found) else t("超出限度！", "OVER THE LIMITS")
    return "\n".join([*lines, in_language(within)])


def main() -> int:
    """Measure and print; return 1 when a limit is exceeded."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--days", type=int, default=364)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--alone", type=int, help="one size, in this process")
    asked = parser.parse_args()
    if asked.alone:
        print(json.dumps(alone(asked.alone, asked.days)))
        return 0
    found: Any = measure(asked.sizes, asked.days)
    print(json.dumps({"days": asked.days, "sizes": found}) if asked.json else report(found, asked.days))
    return 0 if fits(found) else 1


if __name__ == "__main__":
    sys.exit(main())
