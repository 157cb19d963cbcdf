"""How long a policymaker waits: one lever of one of three scenarios is moved.

Takes: how often to repeat. Gives: seconds to the first and the last answer and their ratio to running
the whole question, for people or (``--json``) for programs; the exit code is 1 when the last answer
takes more than :data:`BUDGET` of the time of the whole question, or the first more than :data:`FIRST`.

    python benchmarks/live.py
    python benchmarks/live.py --json

Three scenarios x 20 replications, 1,500 residents, two years, on every core there is. The engine is warm;
the median of several moves counts. A third of the runs is new and shares its burn-in, so about a quarter
of the time is due; the rest of the budget is what telling costs.
"""

import argparse
import json
import os
import sys
from statistics import median
from time import perf_counter

from labsim.experiment.design import Design
from labsim.experiment.live import Answer, Live
from labsim.experiment.runner import run
from labsim.foundations.i18n import in_language, t
from labsim.presentation.words import HEADLINES, OVER_TIME
from labsim.results.results import Reduction
from labsim.scenario.files import load
from labsim.scenario.phases import Phase
from labsim.scenario.scenario import Scenario

BUDGET = 0.45
"""Of the time of the whole question."""
FIRST = 0.3
"""Seconds to the first answer."""
WHAT = Reduction(indicators=HEADLINES, by_group=False, series=OVER_TIME)
REPLICATIONS, SEED = 20, 1


def measure(repeats: int) -> dict[str, float]:
    """Return seconds: ``whole`` question, ``first`` and ``last`` answer to a moved lever, and the ``ratio``."""
    base, policy, other = (load(name) for name in ("baseline", "points", "closed_loop"))
    run(Design.of([base], 1, 1, SEED), WHAT)
    started = perf_counter()
    run(Design.of([base, policy, other], 1, REPLICATIONS, SEED), WHAT)
    whole = perf_counter() - started
    live = Live(WHAT, REPLICATIONS, SEED)
    _asked(live, [base, policy, other])
    moves = [
        _asked(live, [base, policy.with_phases(Phase(lever="verification", value=0.1 * (i + 1), start=0)), other])
        for i in range(repeats)
    ]
    live.close()
    last = median(move[-1].seconds for move in moves)
    return {"whole": whole, "first": median(move[0].seconds for move in moves), "last": last, "ratio": last / whole}


def _asked(live: Live, scenarios: list[Scenario]) -> list[Answer]:
    told: list[Answer] = []
    live.ask(scenarios, told.append).wait()
    return told


def main() -> int:
    """Measure, report, and compare with the budgets."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--repeats", type=int, default=5, choices=range(1, 10))
    given = parser.parse_args()
    found = measure(given.repeats)
    text = t(
        f"整个问题 {found['whole']:.2f} 秒；移动一个杠杆：首个回答 {1000 * found['first']:.0f} 毫秒，"
        f"最后回答 {found['last']:.2f} 秒，占 {found['ratio']:.2f}（{os.cpu_count()} 核）",
        f"whole question {found['whole']:.2f} s; one lever moved: first answer {1000 * found['first']:.0f} ms, "
        f"last answer {found['last']:.2f} s, ratio {found['ratio']:.2f} ({os.cpu_count()} cores)",
    )
    print(json.dumps(found) if given.json else in_language(text))
    return int(found["ratio"] > BUDGET or found["first"] > FIRST)


if __name__ == "__main__":
    sys.exit(main())
