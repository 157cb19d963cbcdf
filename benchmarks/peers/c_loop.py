"""The workload as a C loop (``c_loop.c``), compiled by gcc for this machine when the benchmark starts."""

import ctypes
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.serving import Year
from benchmarks.peers.workload import CONTACT_WEIGHT, DAYS, TRUST_START, Workload

SOURCE = Path(__file__).with_suffix(".c")


def compiled(*options: str) -> ctypes.CDLL:
    """Return the library; it goes with the process."""
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "year.so"
        command = ["gcc", "-O3", "-march=native", "-shared", "-fPIC", *options, str(SOURCE), "-o", str(library), "-lm"]
        subprocess.run(command, check=True)
        return ctypes.CDLL(str(library))


YEAR = compiled(*sys.argv[3:]).year


def prepare(workload: Workload, seed: int) -> Year:
    """Return a year of the workload."""
    n = workload.residents
    base = workload.base.astype(np.float32)
    weight = (CONTACT_WEIGHT / np.maximum(np.diff(workload.start), 1)).astype(np.float32)
    bytes_ = [np.zeros(n, np.int8) for _ in range(4)]
    habit, trust = np.zeros(n, np.float32), np.full(n, TRUST_START, np.float32)
    budget = workload.budget.copy()
    record = np.zeros((DAYS, len(budget), 4), np.int64)
    columns: list[NDArray[np.generic]] = [
        workload.start,
        workload.other,
        base,
        weight,
        *bytes_,
        habit,
        trust,
        budget,
        record,
    ]

    def run() -> NDArray[np.generic]:
        numbers = [ctypes.c_int64(number) for number in (n, DAYS, seed)]
        YEAR(*numbers, *(ctypes.c_void_p(column.ctypes.data) for column in columns))
        return record[:, :, 0]

    return Year(run, sum(column.nbytes for column in columns))
