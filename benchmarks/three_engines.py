"""How long the three engines take for the same run, and that they gave the same bits.

Takes: the size of a run. Gives: seconds and ratios, for people or (``--json``) for programs.

    python benchmarks/three_engines.py            # 1,500 residents, 910 days
    python benchmarks/three_engines.py --json

The compiled engine is warm: the median of several runs after a first one, which compiles or
loads what was compiled before. Mesa and plain Python run once; plain Python runs in a
process of its own with the compiler off, and is timed there.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from labsim.foundations.compiled import COMPILED
from labsim.foundations.i18n import in_language, t
from labsim.model.mesa.model import CommunityModel
from labsim.model.simulate import simulate
from labsim.model.trajectory import Trajectory
from labsim.scenario.scenario import Scenario

SEED = 1
ROOT = Path(__file__).resolve().parents[1]


def scenario_of(residents: int, horizon: int) -> Scenario:
    """Return the baseline for a number of residents, with blocks, items and panel in proportion."""
    community = {
        "residents": residents,
        "items": residents,
        "blocks": max(residents // 50, 1),
        "panel": residents // 25,
    }
    return Scenario(horizon=horizon).with_community(**community)


def timed(run: Callable[[], Trajectory]) -> tuple[float, str]:
    """Return the seconds that a run took and the digest of what it gave."""
    start = time.perf_counter()
    trajectory = run()
    return time.perf_counter() - start, trajectory.digest()


def array_engine(residents: int, horizon: int, repeats: int) -> tuple[float, str]:
    """Return the median of warm runs of the array engine, compiled or not as this process has it."""
    scenario = scenario_of(residents, horizon)
    if COMPILED:
        simulate(scenario, SEED)
    runs = [timed(lambda: simulate(scenario, SEED)) for _ in range(repeats)]
    return statistics.median(seconds for seconds, _ in runs), runs[0][1]


def plain_engine(residents: int, horizon: int) -> tuple[float, str]:
    """Return the time and digest of plain Python, measured in a process of its own."""
    command = [sys.executable, __file__, "--alone", "--json", "--residents", str(residents), "--horizon", str(horizon)]
    environment = {**os.environ, "LABSIM_COMPILER": "off", "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, encoding="utf-8", check=True)
    answer = json.loads(done.stdout)
    return answer["seconds"], answer["digest"]


def measure(residents: int, horizon: int, repeats: int) -> dict[str, object]:
    """Return seconds of the three engines, their ratios, and whether the bits are the same."""
    scenario = scenario_of(residents, horizon)
    compiled, bits = array_engine(residents, horizon, repeats)
    mesa, mesa_bits = timed(lambda: CommunityModel(scenario, SEED).run().trajectory())
    plain, plain_bits = plain_engine(residents, horizon)
    return {
        "residents": residents,
        "days": scenario.burn_in + horizon,
        "compiled_seconds": round(compiled, 4),
        "mesa_seconds": round(mesa, 2),
        "plain_seconds": round(plain, 2),
        "mesa_over_compiled": round(mesa / compiled, 1),
        "plain_over_compiled": round(plain / compiled, 1),
        "same_bits": bits == mesa_bits == plain_bits,
    }


def report(found: dict[str, object]) -> str:
    """Return what was found as text, in the reader's language."""
    head = t("{residents} 名居民，{days} 天", "{residents} residents, {days} days")
    names = {
        "compiled": t("编译引擎（热）", "compiled, warm"),
        "mesa": t("Mesa 智能体", "Mesa agents"),
        "plain": t("纯 Python", "plain Python"),
    }
    lines = [in_language(head).format(**found)]
    for key, name in names.items():
        times = f"{found[f'{key}_over_compiled']:>8} ×" if key != "compiled" else ""
        lines.append(f"  {in_language(name):<18} {found[f'{key}_seconds']:>9} s {times}")
    same = t("逐位相同", "the same bits") if found["same_bits"] else t("结果不同！", "DIFFERENT RESULTS")
    return "\n".join([*lines, f"  {in_language(same)}"])


def main() -> int:
    """Measure and print; return 1 when the engines differ."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--residents", type=int, default=1500)
    parser.add_argument("--horizon", type=int, default=728)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--alone", action="store_true", help="time the array engine of this process, once")
    asked = parser.parse_args()
    if asked.alone:
        seconds, digest = array_engine(asked.residents, asked.horizon, 1)
        print(json.dumps({"seconds": seconds, "digest": digest}))
        return 0
    found = measure(asked.residents, asked.horizon, asked.repeats)
    print(json.dumps(found) if asked.json else report(found))
    return 0 if found["same_bits"] else 1


if __name__ == "__main__":
    sys.exit(main())
