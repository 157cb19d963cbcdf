"""Small communities with disputes, drawn at random for the comparison of engines."""

from random import Random

from labsim.scenario.modules.disputes import LEVERS_DISPUTES, WORLD_DISPUTES
from labsim.scenario.phases import Phase
from labsim.scenario.scenario import Scenario
from tests.model.drawn import draw_scenario, value_of

MANY = 6
SEED = 7


def draw(number: int) -> Scenario:
    """Return the random scenario of a number: every lever of the module drawn, and many disputes."""
    chance = Random(1000 + number)
    levers = {lever.name: value_of(chance, lever) for lever in LEVERS_DISPUTES}
    levers |= {"mediators": float(chance.randint(0, 2)), "elders_panel": float(chance.randint(0, 2))}
    world = {q.name: value_of(chance, q) for q in WORLD_DISPUTES if chance.random() < 0.6}
    world |= {"neighbour_dispute_rate": chance.uniform(1, 5), "property_dispute_rate": chance.uniform(2, 5)}
    world |= {"firm_trust_start": chance.uniform(0, 0.5), "dispute_patience": chance.uniform(7, 30)}
    small = draw_scenario(number).with_community(module_disputes=1, residents=90, items=90)
    scenario = small.with_levers(**levers).with_world(**world)
    return scenario.with_phases(
        Phase(lever="mediators", value=chance.randint(0, 3), start=20),
        Phase(lever="elders_panel", value=chance.randint(0, 3), start=30, stop=45),
        Phase(lever="one_stop", value=chance.random(), start=10, ramp=20),
    )
