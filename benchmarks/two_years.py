"""How much processor time two years of a community take: the core, every module, and each module alone.

Takes: how often to repeat. Gives: seconds of processor time and ratios to the core, for people or
(``--json``) for programs; the exit code is 1 when every module together needs more than the budget.

    python benchmarks/two_years.py
    python benchmarks/two_years.py --json

The compiled engine is warm, residents are made beforehand, and the least of several runs counts:
whatever else the machine does can only add to it.
"""

import argparse
import json
import sys
import time

from labsim.foundations.compiled import COMPILED
from labsim.foundations.i18n import in_language, t
from labsim.model.simulate import simulate
from labsim.population.synthesis import synthesise
from labsim.scenario.community import COMMUNITY
from labsim.scenario.files import load
from labsim.scenario.scenario import Scenario, community_values

SEED = 1
BUDGET = 0.5
"""Seconds of processor time for 1,500 residents, 910 days and every module."""


def seconds(scenario: Scenario, repeats: int) -> float:
    """Return the least processor time of several runs."""
    people = synthesise(community_values(scenario), SEED)
    simulate(scenario, SEED, population=people)
    found = []
    for _ in range(repeats):
        start = time.process_time()
        simulate(scenario, SEED, population=people)
        found.append(time.process_time() - start)
    return min(found)


def measure(repeats: int) -> dict[str, float]:
    """Return seconds by what is on: ``core``, every module of its own that does something, and ``full``."""
    core, full = load("baseline"), load("full")
    before = seconds(core, repeats)
    found = {"core": before}
    for name in (one for one in COMMUNITY if one.startswith("module_")):
        found[name.removeprefix("module_")] = seconds(core.with_community(**{name: 1}), repeats)
    return found | {"full": seconds(full, repeats)}


def report(found: dict[str, float]) -> str:
    """Return what was found as text, in the reader's language."""
    lines = [in_language(t("1,500 名居民，910 天，处理器时间", "1,500 residents, 910 days, processor time"))]
    names = {
        "core": t("核心", "core"),
        "full": t("全部机制", "every module"),
        **{name.removeprefix("module_"): one.label for name, one in COMMUNITY.items() if name.startswith("module_")},
    }
    for name, value in found.items():
        lines.append(f"  {value:8.3f} s  {value / found['core']:5.2f} ×  {in_language(names[name])}")
    within = t("在 {budget} 秒以内", "within {budget} s") if fits(found) else t("超过 {budget} 秒！", "OVER {budget} s")
    return "\n".join([*lines, f"  {in_language(within).format(budget=BUDGET)}"])


def fits(found: dict[str, float]) -> bool:
    """Return whether every module together stays within the budget."""
    return found["full"] <= BUDGET


def main() -> int:
    """Measure and print; return 1 when the budget is exceeded."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    if not COMPILED:
        print(
            in_language(t("编译已关闭，时间没有意义", "the compiler is off: the times mean nothing")), file=sys.stderr
        )
        return 2
    found = measure(asked.repeats)
    ratios = {name: round(value / found["core"], 3) for name, value in found.items()}
    print(json.dumps({"seconds": found, "ratios": ratios, "budget": BUDGET}) if asked.json else report(found))
    return 0 if fits(found) else 1


if __name__ == "__main__":
    sys.exit(main())
