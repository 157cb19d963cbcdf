"""Runs that many cases share: a scenario meets a seed once, whoever asks.

Takes: scenarios and seeds. Gives: trajectories, kept by fingerprint, and paired values.
Residents of a seed are made once for all policies, as ``experiment.runner`` does.
"""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from labsim.model.simulate import simulate
from labsim.model.trajectory import Trajectory
from labsim.population.residents import Population
from labsim.population.synthesis import synthesise
from labsim.results.declaration import Counts
from labsim.results.indicators import ALL, Window, measure
from labsim.scenario.files import load
from labsim.scenario.scenario import Scenario, community_values

BASES = Path(__file__).parent / "bases"
KEPT = 400
"""So many trajectories are kept; a small community's year takes about half a megabyte."""

_runs: dict[tuple[str, int], Trajectory] = {}


@lru_cache
def base(name: str) -> Scenario:
    """Return a base of this folder."""
    return load(BASES / f"{name}.toml")


@lru_cache(maxsize=64)
def _population(community: tuple[tuple[str, float], ...], seed: int) -> Population:
    return synthesise(dict(community), seed)


def population(scenario: Scenario, seed: int) -> Population:
    """Return the residents of a scenario on a seed."""
    return _population(tuple(sorted(community_values(scenario).items())), seed)


def run(scenario: Scenario, seed: int) -> Trajectory:
    """Return the trajectory of a scenario on a seed, run only once while it is kept."""
    key = (scenario.fingerprint(), seed)
    if key not in _runs:
        while len(_runs) >= KEPT:
            del _runs[next(iter(_runs))]
        _runs[key] = simulate(scenario, seed, population=population(scenario, seed))
    return _runs[key]


def runs(scenario: Scenario, seeds: Sequence[int]) -> list[Trajectory]:
    """Return the trajectories of a scenario on seeds."""
    return [run(scenario, seed) for seed in seeds]


def values(
    scenario: Scenario, seeds: Sequence[int], indicator: str, window: Window | None = None, group: str = ALL
) -> np.ndarray:
    """Return an indicator on each seed, shape ``[1, seeds]`` as ``analysis.paired`` wants it."""
    found = []
    for seed in seeds:
        counts = None if group == ALL else Counts.of(population(scenario, seed))
        found.append(measure(run(scenario, seed), indicator, window, group, counts=counts))
    return np.array([found])
