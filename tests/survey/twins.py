"""A small community, run once, and the data that it would have delivered."""

from functools import cache

from labsim.analysis.survey.synthetic import Fieldwork, Twin, twin
from labsim.model.simulate import simulate
from labsim.model.trajectory import Trajectory
from labsim.population.residents import Population
from labsim.population.synthesis import synthesise
from labsim.scenario.files import load
from labsim.scenario.scenario import Scenario, community_values

SMALL = {"residents": 300, "blocks": 10, "items": 300, "panel": 30}


def scenario(**world: float) -> Scenario:
    """Return a community of 300 over the twelve months that surveys ask about."""
    return load("baseline").changed(name="small", horizon=364, burn_in=28, community=SMALL, world=world)


@cache  # runs are the same whenever they are made
def ran(seed: int = 1) -> tuple[Trajectory, Population]:
    """Return a run and its people."""
    people = synthesise(community_values(scenario()), seed)
    return simulate(scenario(), seed, population=people), people


def data(seed: int = 1, **how: float) -> Twin:
    """Return the twin of a run."""
    run, people = ran()
    return twin(scenario(), run, people, Fieldwork(**{"persons": 250, **how}), seed)  # type: ignore[arg-type]
