"""Stand-ins for the model: cheap, and known to the last digit. At the top of a module, so that processes find them."""

import threading
import time

import numpy as np

from labsim.foundations.randomness import uniform
from labsim.model.trajectory import Trajectory
from labsim.scenario.scenario import Scenario, world_values
from tests.results.factory import trajectory

TINY = {"residents": 20, "blocks": 2, "items": 0, "contacts": 2, "panel": 4}


def tiny(name: str, **levers: float) -> Scenario:
    """Return a scenario that costs nothing to set up."""
    return Scenario(name=name, horizon=28, burn_in=0, community=TINY).with_levers(**levers)


def simulate(scenario: Scenario, seed: int, *, population=None) -> Trajectory:
    """Return as many reports a day as the luck of the seed, the policy and the world say."""
    assert population is not None
    luck = 1000 * uniform(seed, 1, 0, 0)
    policy = 100 * dict(scenario.levers).get("verification", 0.0)
    world = 10 * world_values(scenario)["detection"]
    return trajectory(28, 0, daily={"reports": np.full(28, int(luck + policy + world))})


def slow_first(scenario: Scenario, seed: int, *, population=None) -> Trajectory:
    """Take longer the smaller the seed: jobs end in another order than they began."""
    time.sleep(0.05 * (1 - seed / 2**52))
    return simulate(scenario, seed, population=population)


def fails_sometimes(scenario: Scenario, seed: int, *, population=None) -> Trajectory:
    """Fail in one scenario on half of the seeds."""
    if scenario.name == "policy" and seed % 2:
        raise ArithmeticError(f"no luck with {seed}")
    return simulate(scenario, seed, population=population)


class Counting:
    """A model that remembers which population it was given."""

    def __init__(self) -> None:
        """Start with no runs."""
        self.populations: list[tuple[int, int]] = []
        self._lock = threading.Lock()

    def __call__(self, scenario: Scenario, seed: int, *, population=None) -> Trajectory:
        """Remember, then simulate."""
        with self._lock:
            self.populations.append((seed, id(population)))
        return simulate(scenario, seed, population=population)
