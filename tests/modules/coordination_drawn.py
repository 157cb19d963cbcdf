"""Small communities with the coordination module on, drawn at random for the comparison of engines."""

from random import Random

from labsim.foundations.declared import Kind, Quantity
from labsim.scenario.modules.coordination import LEVERS_COORDINATION, WORLD_COORDINATION
from labsim.scenario.phases import Inject, InjectKind, Phase
from labsim.scenario.scenario import Scenario

MANY = 6
SEED = 11
# Ranges for a community of a million; these keep small ones busy.
_NARROW = {
    "grid_officers": (0, 4), "secretaries": (0, 8), "secretary_projects": (0, 24), "meeting_agenda": (2, 8),
    "departments_linked": (1, 8), "departments_standard": (1, 8), "secretary_grant": (0, 400),
    "round_items": (5, 60),
}  # fmt: skip


def _value(chance: Random, quantity: Quantity) -> float:
    low, high = _NARROW.get(quantity.name, (quantity.low, quantity.high))
    if quantity.kind is Kind.WHOLE:
        return float(chance.randint(int(low), int(high)))
    return chance.choice((low, high)) if chance.random() < 0.2 else chance.uniform(low, high)


def draw(number: int) -> Scenario:
    """Return the random scenario of a number: every lever and parameter of the module takes a drawn value."""
    chance = Random(1260 + number)
    levers = {lever.name: _value(chance, lever) for lever in LEVERS_COORDINATION}
    levers |= {
        "joint_decision": chance.uniform(0.2, 1), "data_sharing": chance.random(),
        "repair_budget": chance.uniform(0, 4000),
        "verification": chance.choice((0.0, 0.7)), "case_tracking": chance.random(), "handlers": chance.randint(1, 3),
        "queue_rule": chance.randint(0, 2),
    }  # fmt: skip
    # Meetings three times in four, so that most scenarios have something to decide.
    levers["joint_meetings"] = 0.0 if chance.random() < 0.25 else chance.uniform(1, 4)
    phases = tuple(
        Phase(lever=lever.name, value=_value(chance, lever), start=chance.randint(-10, 40), ramp=chance.choice((0, 9)))
        for lever in chance.sample(LEVERS_COORDINATION, 5)
    )
    community = {
        "residents": chance.randint(60, 120), "items": chance.randint(80, 160), "blocks": chance.randint(1, 9),
        "departments": chance.choice((1, 2, 5, 8)), "panel": 8, "capital_share": 0.1, "module_coordination": 1.0,
    }  # fmt: skip
    world = {q.name: _value(chance, q) for q in WORLD_COORDINATION} | {"fault_rate": 2e-3, "hop_days": 3.0}
    world["many_hops_share"] = chance.uniform(0.4, 0.9)
    burst = Inject(day=chance.randint(0, 50), kind=InjectKind.FAULT_BURST, magnitude=30)
    storm = Inject(day=chance.randint(0, 50), kind=InjectKind.INSPECTION_STORM, magnitude=3)
    return Scenario(
        name=f"coordination-{number}", horizon=56, burn_in=chance.randint(20, 40), community=community, levers=levers,
        world=world, phases=phases, injects=(burst, storm),
    )  # fmt: skip
