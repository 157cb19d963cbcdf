"""How an engine of the benchmark is run: in a process of its own, a year whenever it is asked.

Takes: a file with a workload, and lines with seeds on the standard input. Gives: a line of JSON for each
year: processor seconds, mean participation of the last days, how much memory the engine came to need.
"""

import importlib
import json
import resource
import sys
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.workload import DAYS, LAST, Workload


class Year(NamedTuple):
    """A run that is ready to start, and what it takes.

    Attributes:
        run: passes the days and returns residents who took part, by day and community.
        columns: bytes of the engine's own columns, 0 when it cannot tell.
    """

    run: Callable[[], NDArray[np.generic]]
    columns: int = 0


def peak() -> int:
    """Return the most memory that this process has had, in bytes."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def main(module: str, data: str) -> None:
    """Answer every line of the standard input with a year of the workload.

    Args:
        module: of this folder; its ``prepare`` makes a year ready from a workload and a seed, which is not timed.
        data: the file with the workload.
    """
    prepare: Callable[[Workload, int], Year] = importlib.import_module(f"benchmarks.peers.{module}").prepare
    with np.load(data) as file:
        workload = Workload(**file)
    before = peak()
    for line in sys.stdin:
        year = prepare(workload, int(line))
        start = time.process_time()
        acted = year.run()
        seconds = time.process_time() - start
        answer: dict[str, Any] = {
            "nanoseconds": 1e9 * seconds / workload.residents / DAYS,
            "participation": float(np.asarray(acted)[-LAST:].sum() / LAST / workload.residents),
            "columns": year.columns / workload.residents,
            "memory": (peak() - before) / workload.residents,
        }
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:3])
