"""Small communities with the emergencies module on, drawn at random for the comparison of engines."""

from random import Random

from labsim.foundations.declared import Kind, Quantity
from labsim.scenario.modules.emergencies import LEVERS_EMERGENCIES, WORLD_EMERGENCIES
from labsim.scenario.phases import Inject, InjectKind, Phase
from labsim.scenario.scenario import Scenario

MANY = 6
SEED = 17
OTHERS = ("disputes", "coordination", "projects", "services", "workforce", "evaluation")
# Ranges for a community of a million; these keep small ones busy.
_NARROW = {
    "emergency_teams": (0, 9), "standby_teams": (0, 3), "supply_points": (1, 4), "supply_stock": (0, 9),
    "supply_vehicles": (0, 4), "sampling_stations": (1, 6), "call_rate": (2, 20), "team_size": (2, 6),
    "alpha_team": (-3, 1), "garage_cars": (0, 40), "flood_exposed": (0.2, 1), "hot_answer_hours": (1, 96),
    "infection_chance": (0.1, 0.6), "close_contacts": (2, 20), "hot_tell": (0.1, 0.6), "danger_hours": (0.1, 6),
    "station_rate": (10, 60), "gather_rate": (2, 20), "sampling_day": (1, 6), "symptom_days": (3, 9),
    "duty_hours": (10, 40),
}  # fmt: skip


def _value(chance: Random, quantity: Quantity) -> float:
    low, high = _NARROW.get(quantity.name, (quantity.low, quantity.high))
    if quantity.kind is Kind.WHOLE:
        return float(chance.randint(int(low), int(high)))
    return chance.choice((low, high)) if chance.random() < 0.2 else chance.uniform(low, high)


def draw(number: int) -> Scenario:
    """Return the random scenario of a number: every lever and parameter of the module takes a drawn value.

    The last one has every other module on.
    """
    chance = Random(1700 + number)
    levers = {lever.name: _value(chance, lever) for lever in LEVERS_EMERGENCIES} | {"digital_teaching": chance.random()}
    phases = tuple(
        Phase(lever=lever.name, value=_value(chance, lever), start=chance.randint(-10, 40), ramp=chance.choice((0, 9)))
        for lever in chance.sample(LEVERS_EMERGENCIES, 5)
    )
    blocks = chance.randint(1, 9)
    community = {
        "residents": chance.randint(60, 120), "items": 60, "blocks": blocks, "panel": 8, "capital_share": 0.1,
        "departments": 3, "household_size": chance.randint(1, 3), "contacts": chance.choice((0, 4, 8)),
        "module_emergencies": 1.0,
    }  # fmt: skip
    if number == MANY - 1:
        community |= {f"module_{name}": 1.0 for name in OTHERS}
    world = {q.name: _value(chance, q) for q in WORLD_EMERGENCIES} | {"alpha_volunteer_older": -1.0}
    shocks = [
        (chance.randint(0, 50), InjectKind.FLOOD, chance.randint(1, blocks)),
        (chance.randint(0, 30), InjectKind.FLOOD, blocks),
        (chance.randint(0, 30), InjectKind.EPIDEMIC, chance.randint(1, 5)),
        (chance.randint(0, 50), InjectKind.LIFT_FAILURE, chance.randint(1, 9)),
        (chance.randint(0, 20), InjectKind.HOT_EVENT, chance.randint(1, 9)),
        (chance.randint(20, 50), InjectKind.HOT_EVENT, 2),
    ]
    return Scenario(
        name=f"emergencies-{number}", horizon=56, burn_in=chance.randint(14, 20), community=community, levers=levers,
        world=world, phases=phases, injects=tuple(Inject(day=d, kind=k, magnitude=m) for d, k, m in shocks),
    )  # fmt: skip
