"""The workload in NumPy: whole columns at once, contacts as a sparse matrix product."""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from benchmarks.peers.serving import Year
from benchmarks.peers.workload import (
    CONTACT_WEIGHT,
    DAYS,
    HABIT_RATE,
    REWARD_AT,
    TRUST_RATE,
    TRUST_START,
    TRUST_WEIGHT,
    Workload,
)


def prepare(workload: Workload, seed: int) -> Year:
    """Return a year of the workload."""
    n = workload.residents
    degree = np.diff(workload.start)
    weight = np.repeat((CONTACT_WEIGHT / degree).astype(np.float32), degree)
    contacts = sparse.csr_array((weight, workload.other, workload.start), shape=(n, n))
    base = workload.base.astype(np.float32)
    first = np.append(0, np.flatnonzero(np.diff(workload.community)) + 1)
    size = np.diff(np.append(first, n))

    def run() -> NDArray[np.generic]:
        chance = np.random.default_rng(seed)
        acts = np.zeros(n, np.float32)
        habit = np.zeros(n, np.float32)
        trust = np.full(n, TRUST_START, np.float32)
        points = np.zeros(n, np.int8)
        budget = workload.budget.copy()
        record = np.zeros((DAYS, len(budget), 4))
        for day in range(DAYS):
            utility = base + contacts @ acts + habit + np.float32(TRUST_WEIGHT) * trust
            acted = chance.random(n, np.float32) * (1 + np.exp(-utility)) < 1
            acts = acted.astype(np.float32)
            habit += np.float32(HABIT_RATE) * (acts - habit)
            points += acted
            full = points >= REWARD_AT
            points[full] -= REWARD_AT
            trust += np.float32(TRUST_RATE) * acts * (np.repeat(budget > 0, size) - trust)
            budget = np.maximum(0, budget - np.add.reduceat(full, first, dtype=np.int64))
            sums = [np.add.reduceat(column, first) for column in (acts, trust, habit)]
            record[day] = np.stack([*sums, budget], axis=1)
        return record[:, :, 0]

    return Year(run)
