"""Small communities with the workforce module on, drawn at random for the comparison of engines."""

from random import Random

from labsim.scenario.modules.workforce import LEVERS_WORKFORCE, WORLD_WORKFORCE
from labsim.scenario.phases import Phase
from labsim.scenario.scenario import Scenario
from tests.model.drawn import draw_scenario, value_of

MANY = 6
SEED = 7


def draw(number: int) -> Scenario:
    """Return the random scenario of a number: every lever of the module drawn, and staff that comes and goes."""
    chance = Random(2000 + number)
    levers = {lever.name: value_of(chance, lever) for lever in LEVERS_WORKFORCE}
    levers |= {"trainings": chance.uniform(6, 24), "staff": float(chance.randint(4, 20))}
    world = {q.name: value_of(chance, q) for q in WORLD_WORKFORCE if chance.random() < 0.6}
    world |= {"blocked_quit": chance.uniform(0.3, 1), "mentoring_days": 90.0, "title_wait": 0.5}
    scenario = draw_scenario(number).with_community(module_workforce=1).with_levers(**levers).with_world(**world)
    return scenario.with_phases(
        Phase(lever="staff", value=chance.randint(2, 25), start=15, stop=40),
        Phase(lever="title_levels", value=chance.randint(0, 3), start=20),
        Phase(lever="promotion_share", value=chance.random(), start=10, ramp=20),
        Phase(lever="mentoring", value=1, start=5),
        Phase(lever="social_workers", value=chance.randint(0, 10), start=8),
        Phase(lever="social_organisations", value=chance.randint(0, 20), start=12),
    )
