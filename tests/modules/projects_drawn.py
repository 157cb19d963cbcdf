"""Small communities with the projects module on, drawn at random for the comparison of engines."""

from random import Random

from labsim.foundations.declared import Kind, Quantity
from labsim.scenario.modules.projects import LEVERS_PROJECTS, WORLD_PROJECTS
from labsim.scenario.phases import Phase
from labsim.scenario.scenario import Scenario
from labsim.scenario.world import WORLD

MANY = 7
SEED = 13
OTHERS = ("disputes", "coordination", "services", "workforce", "evaluation", "emergencies")
# Ranges that let something happen within months and with few people.
_NARROW = {
    "lift_projects": (30, 60), "ramp_projects": (10, 60), "parking_spaces": (50, 400), "micro_projects": (10, 60),
    "project_votes": (4, 12), "project_budget": (0, 900000), "social_money": (0, 300000), "micro_grant": (0, 30000),
    "match_budget": (0, 90000), "household_visits": (0.2, 0.8), "lift_cost": (500, 6000), "road_cost": (100, 2000),
    "ramp_cost": (2000, 30000), "space_cost": (500, 6000), "garden_cost": (2000, 40000), "lift_permits": (1, 3),
    "permit_days": (1, 6), "lift_days": (3, 10), "road_days": (3, 20), "small_days": (2, 12), "petition_days": (0, 5),
    "asking_rounds": (1, 3), "offline_reach": (0.3, 1), "suggestion_bias": (-1, 2), "turnout_bias": (-1, 2),
    "approval_bias": (-2, 2), "proposal_rate": (0.3, 1), "parking_lack": (0.3, 1.5), "old_blocks": (0.7, 1),
    "stepped_blocks": (0.3, 1), "limited_older": (0.2, 0.7), "limited_others": (0.05, 0.3), "price_weight": (0, 1),
    "conflict_rate": (0.05, 0.4), "policy_error": (0.3, 0.8), "wear_faults": (0.3, 0.9), "parking_faults": (0.3, 0.9),
    "consent_quorum": (0.1, 0.7), "visit_settles": (0.5, 1),
}  # fmt: skip


def value(chance: Random, quantity: Quantity) -> float:
    """Return a drawn value; one in five from the ends of its range."""
    low, high = _NARROW.get(quantity.name, (quantity.low, quantity.high))
    if quantity.kind is Kind.SWITCH:
        return float(chance.randint(0, 1))
    if quantity.kind is Kind.WHOLE:
        return float(chance.randint(int(low), int(high)))
    return chance.choice((low, high)) if chance.random() < 0.2 else chance.uniform(low, high)


def draw(number: int) -> Scenario:
    """Return the random scenario of a number: every lever and parameter of the module takes a drawn value.

    The last one has every other module on.
    """
    chance = Random(2000 + number)
    levers = {lever.name: value(chance, lever) for lever in LEVERS_PROJECTS} | {
        "cofunding": 1, "cofunding_contribution": chance.uniform(200, 1500), "match_ratio": chance.uniform(0, 4),
        "match_threshold": chance.uniform(0, 0.3), "demand_weight": chance.random(),
        "joint_decision": chance.choice((0.0, 0.5)), "approval_cut": chance.choice((0.0, 0.4)),
        "digital_teaching": chance.choice((0.0, 0.5)), "responsibility_list": chance.random(),
    }  # fmt: skip
    phases = tuple(
        Phase(lever=lever.name, value=value(chance, lever), start=chance.randint(-10, 70), ramp=chance.choice((0, 9)))
        for lever in chance.sample(LEVERS_PROJECTS, 4)
    )
    community = {
        "residents": chance.randint(60, 110), "items": chance.randint(60, 120), "blocks": chance.randint(4, 8),
        "panel": 8, "household_size": chance.randint(1, 4), "module_projects": 1.0,
    }  # fmt: skip
    if number == MANY - 1:
        community |= {f"module_{name}": 1.0 for name in OTHERS}
    # The rest of the world as declared: what a refit finds must not make these scenarios idle.
    world = WORLD.defaults() | {q.name: value(chance, q) for q in WORLD_PROJECTS} | {
        "fault_rate": 2e-3, "alpha_fund": chance.uniform(0, 2.5), "project_life": chance.choice((1.0, 10.0)),
    }  # fmt: skip
    return Scenario(
        name=f"projects-{number}", horizon=112, burn_in=chance.randint(14, 30), community=community, levers=levers,
        world=world, phases=phases,
    )  # fmt: skip
