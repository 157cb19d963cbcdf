"""The workload in Starsim: a module with states, contacts as an edge list."""

import numpy as np
import starsim as ss
from numpy.typing import NDArray

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


class Participation(ss.Module):  # type: ignore[misc]
    """Everybody decides and learns, every day."""

    def __init__(self, workload: Workload) -> None:
        """Declare states and the one draw of a day."""
        super().__init__(name="participation")
        self.workload = workload
        self.budget = workload.budget.copy()
        self.define_states(
            ss.FloatArr("base"),
            ss.FloatArr("weight"),
            ss.FloatArr("acts", default=0.0),
            ss.FloatArr("habit", default=0.0),
            ss.FloatArr("trust", default=TRUST_START),
            ss.FloatArr("points", default=0.0),
        )
        self.draw = ss.random()
        self.record: list[NDArray[np.float64]] = []

    def init_post(self) -> None:
        """Fill in who lives there and whom they know."""
        super().init_post()
        workload = self.workload
        degree = np.diff(workload.start)
        self.base[:] = workload.base
        self.weight[:] = CONTACT_WEIGHT / degree
        self.source = np.repeat(np.arange(workload.residents), degree)
        self.first = np.append(0, np.flatnonzero(np.diff(workload.community)) + 1)
        self.size = np.diff(np.append(self.first, workload.residents))

    def step(self) -> None:
        """Let a day pass."""
        people = self.sim.people.auids
        other = self.workload.other
        acts, habit, trust = self.acts.values, self.habit.values, self.trust.values
        acting = np.bincount(self.source, weights=acts[other], minlength=len(acts))
        utility = self.base.values + self.weight.values * acting + habit + TRUST_WEIGHT * trust
        acts = (self.draw.rvs(people) * (1.0 + np.exp(-utility)) < 1.0).astype(float)
        self.acts[:] = acts
        self.habit[:] = habit + HABIT_RATE * (acts - habit)
        self.trust[:] = trust + TRUST_RATE * acts * (np.repeat(self.budget > 0, self.size) - trust)
        points = self.points.values + acts
        full = points >= REWARD_AT
        self.points[:] = points - REWARD_AT * full
        self.budget = np.maximum(0, self.budget - np.add.reduceat(full, self.first, dtype=int))
        columns = (self.acts.values, self.trust.values, self.habit.values)
        self.record.append(
            np.stack([*(np.add.reduceat(column, self.first) for column in columns), self.budget], axis=1)
        )


def prepare(workload: Workload, seed: int) -> Year:
    """Return a year of the workload."""
    module = Participation(workload)
    sim = ss.Sim(
        n_agents=workload.residents, modules=module, start=ss.days(0), dur=DAYS - 1, dt="day", rand_seed=seed, verbose=0
    )
    sim.init()

    def run() -> NDArray[np.generic]:
        sim.run()
        return np.stack(sim.custom[0].record)[:, :, 0]

    return Year(run)
