"""The workload in Mesa: one Python object per resident, contacts as lists, days by ``AgentSet.do``."""

from collections.abc import Sequence
from math import exp

import mesa
import numpy as np
from numpy.typing import NDArray
from serving import Year, serve
from workload import CONTACT_WEIGHT, DAYS, HABIT_RATE, REWARD_AT, TRUST_RATE, TRUST_START, TRUST_WEIGHT, Workload


class Community:
    """The money of a community, and what is counted today."""

    def __init__(self, budget: int) -> None:
        """Start with a budget."""
        self.budget = budget
        self.morning = budget
        self.sums = [0.0, 0.0, 0.0]


class Resident(mesa.Agent):  # type: ignore[misc]
    """Somebody who takes part or not."""

    def __init__(self, model: "Participation", base: float, community: Community) -> None:
        """Start without habit or points."""
        super().__init__(model)
        self.base = base
        self.community = community
        self.contacts: Sequence[Resident] = ()
        self.acts = self.next = 0
        self.habit = 0.0
        self.trust = TRUST_START
        self.points = 0

    def decide(self) -> None:
        """Decide on what was seen yesterday."""
        active = 0
        for contact in self.contacts:
            active += contact.acts
        share = active / len(self.contacts)
        utility = self.base + CONTACT_WEIGHT * share + self.habit + TRUST_WEIGHT * self.trust
        self.next = 1 if self.random.random() < 1.0 / (1.0 + exp(-utility)) else 0

    def live(self) -> None:
        """Let the decision take effect."""
        acts, community = self.next, self.community
        self.acts = acts
        self.habit += HABIT_RATE * (acts - self.habit)
        if acts:
            self.points += 1
            if self.points >= REWARD_AT:
                self.points -= REWARD_AT
                community.budget = max(0, community.budget - 1)
            self.trust += TRUST_RATE * ((1.0 if community.morning > 0 else 0.0) - self.trust)
        sums = community.sums
        sums[0] += acts
        sums[1] += self.trust
        sums[2] += self.habit


class Participation(mesa.Model):  # type: ignore[misc]
    """The workload."""

    def __init__(self, workload: Workload, seed: int) -> None:
        """Make residents and introduce them to each other."""
        super().__init__(rng=seed)
        self.communities = [Community(int(budget)) for budget in workload.budget]
        places = workload.community.tolist()
        residents = [
            Resident(self, base, self.communities[place])
            for base, place in zip(workload.base.tolist(), places, strict=True)
        ]
        start, other = workload.start.tolist(), workload.other.tolist()
        for row, resident in enumerate(residents):
            resident.contacts = [residents[k] for k in other[start[row] : start[row + 1]]]
        self.record: list[list[list[float]]] = []

    def step(self) -> None:
        """Let a day pass."""
        for community in self.communities:
            community.morning = community.budget
            community.sums = [0.0, 0.0, 0.0]
        self.agents.do("decide")
        self.agents.do("live")
        self.record.append([[*community.sums, community.budget] for community in self.communities])


def prepare(workload: Workload, seed: int) -> Year:
    """Return a year of the workload."""
    model = Participation(workload, seed)

    def run() -> NDArray[np.generic]:
        for _ in range(DAYS):
            model.step()
        return np.array(model.record)[:, :, 0]

    return Year(run)


if __name__ == "__main__":
    serve(prepare)
