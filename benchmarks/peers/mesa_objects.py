"""The workload in Mesa, as its tutorials write it: an object per resident, contacts as lists, ``AgentSet.do``."""

import math

import mesa
import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.serving import Year
from benchmarks.peers.workload import (
    CONTACT_WEIGHT,
    DAYS,
    HABIT_RATE,
    INCENTIVE,
    REWARD_AT,
    TRUST_RATE,
    TRUST_START,
    TRUST_WEIGHT,
    Workload,
)


class Community:
    """The money of a community."""

    def __init__(self, budget: int) -> None:
        """Start with a budget."""
        self.members: list[Resident] = []
        self.budget = budget
        self.pays = True

    def record(self) -> list[float]:
        """Return what is written down each day."""
        acts = sum(member.acts for member in self.members)
        trust = sum(member.trust for member in self.members)
        habit = sum(member.habit for member in self.members)
        return [acts, trust, habit, self.budget]


class Resident(mesa.Agent):  # type: ignore[misc]
    """Somebody who takes part or not."""

    def __init__(self, model: "Participation", motivation: float, cost: float, community: Community) -> None:
        """Start without habit or points."""
        super().__init__(model)
        self.motivation = motivation
        self.cost = cost
        self.community = community
        self.contacts: list[Resident] = []
        self.acts = False
        self.will_act = False
        self.habit = 0.0
        self.trust = TRUST_START
        self.points = 0

    def decide(self) -> None:
        """Decide on what was seen yesterday."""
        share = sum(contact.acts for contact in self.contacts) / len(self.contacts)
        utility = (
            self.motivation
            + INCENTIVE
            + CONTACT_WEIGHT * share
            + self.habit
            + TRUST_WEIGHT * (self.trust - 0.5)
            - self.cost
        )
        self.will_act = self.random.random() < 1.0 / (1.0 + math.exp(-utility))

    def live(self) -> None:
        """Let the decision take effect."""
        self.acts = self.will_act
        self.habit += HABIT_RATE * (self.acts - self.habit)
        if self.acts:
            self.points += 1
            if self.points >= REWARD_AT:
                self.points -= REWARD_AT
                self.community.budget = max(0, self.community.budget - 1)
            self.trust += TRUST_RATE * (self.community.pays - self.trust)


class Participation(mesa.Model):  # type: ignore[misc]
    """The workload."""

    def __init__(self, workload: Workload, seed: int) -> None:
        """Make residents and introduce them to each other."""
        super().__init__(rng=seed)
        self.communities = [Community(int(budget)) for budget in workload.budget]
        columns = (workload.motivation.tolist(), workload.cost.tolist(), workload.community.tolist())
        for motivation, cost, place in zip(*columns, strict=True):
            community = self.communities[place]
            community.members.append(Resident(self, motivation, cost, community))
        residents = list(self.agents)
        for row, resident in enumerate(residents):
            resident.contacts = [residents[k] for k in workload.other[workload.start[row] : workload.start[row + 1]]]
        self.datacollector = mesa.DataCollector({"communities": lambda m: [one.record() for one in m.communities]})

    def step(self) -> None:
        """Let a day pass."""
        for community in self.communities:
            community.pays = community.budget > 0
        self.agents.do("decide")
        self.agents.do("live")
        self.datacollector.collect(self)


def prepare(workload: Workload, seed: int) -> Year:
    """Return a year of the workload."""
    model = Participation(workload, seed)

    def run() -> NDArray[np.generic]:
        for _ in range(DAYS):
            model.step()
        return np.array(model.datacollector.model_vars["communities"])[:, :, 0]

    return Year(run)
