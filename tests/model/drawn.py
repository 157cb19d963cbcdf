"""Scenarios drawn at random: small communities in which everything that can happen does.

Run as a script with the number of scenarios, it prints the digests of the engines of its
process as JSON: that is how plain Python is compared, in a process with the compiler off.
"""

import json
import sys
from random import Random
from typing import Any

from labsim.foundations.compiled import COMPILED
from labsim.foundations.declared import Catalogue, Kind, Quantity
from labsim.model.mesa.model import CommunityModel
from labsim.model.simulate import simulate
from labsim.scenario.community import COMMUNITY
from labsim.scenario.levers import LEVERS
from labsim.scenario.modules.register import MODULE_OF_LEVER
from labsim.scenario.phases import Inject, InjectKind, Phase
from labsim.scenario.scenario import Scenario
from labsim.scenario.world import WORLD

MANY = 20
MATCHED = 4
"""Drawn scenarios with a co-funded project that needs its match."""
FULL = 2
"""Scenarios with every extension module on that come before the drawn ones."""
SHOCKS = {InjectKind.FLOOD: 20, InjectKind.EPIDEMIC: 30, InjectKind.LIFT_FAILURE: 40, InjectKind.HOT_EVENT: 50}
"""When the shocks of the module emergencies come, where it is on."""
_SUMS = {"care_share", "culture_share", "young_share", "older_share", "facility_share", "capital_share"}
_SCORE = ("score_service", "score_problem", "score_efficacy")
# Ranges are wide enough for a community of a million; these keep small ones busy.
_NARROW = {
    "repair_budget": (0, 20000), "service_budget": (0, 60000), "points_fund": (0, 3000), "points_topup": (0, 400),
    "cofunding_cost": (1000, 20000), "handlers": (1, 4), "staff": (1, 15), "supervisors": (0, 30),
    "redemption_threshold": (1, 25), "fault_rate": (1e-3, 2e-3), "vacancy_days": (30, 40),
    "alpha_volunteer_older": (-4, 0),
}  # fmt: skip


def value_of(chance: Random, quantity: Quantity) -> float:
    """Draw a value of a quantity; a fifth of them at an end of the range."""
    low, high = _NARROW.get(quantity.name, (quantity.low, quantity.high))
    if quantity.kind is Kind.SWITCH:
        return float(chance.random() < 0.7)
    if quantity.kind is Kind.WHOLE:
        return float(chance.randint(int(low), int(high)))
    return chance.choice((low, high)) if chance.random() < 0.2 else chance.uniform(low, high)


def some_of(chance: Random, catalogue: Catalogue, share: float) -> dict[str, float]:
    """Draw values for a share of the quantities, leaving out shares that must sum to 1."""
    left_out = _SUMS | set(_SCORE)
    return {
        q.name: value_of(chance, q) for q in catalogue.values() if q.name not in left_out and chance.random() < share
    }


def draw_scenario(number: int) -> Scenario:
    """Return the random scenario of a number, always the same."""
    chance = Random(number)
    horizon, burn_in = chance.choice((56, 84)), chance.randint(14, 60)
    community: dict[str, float] = {
        "residents": chance.randint(60, 200), "items": chance.randint(80, 200), "blocks": chance.randint(1, 12),
        "departments": chance.randint(1, 8), "contacts": chance.randint(0, 10), "panel": chance.randint(0, 30),
        "household_size": chance.randint(1, 5), "local_contacts": chance.random(), "registered_share": chance.random(),
        "digital_young": chance.random(), "low_income_share": chance.random(), "young_share": chance.uniform(0.1, 0.5),
        "older_share": chance.uniform(0.1, 0.5), "facility_share": chance.uniform(0, 0.6),
        "capital_share": chance.uniform(0, 0.3),
    }  # fmt: skip
    service, problem = sorted((chance.random(), chance.random()))
    score = dict(zip(_SCORE, (service, problem - service, 1.0 - problem), strict=True))
    levers = some_of(chance, LEVERS, 0.6) | {
        "care_share": chance.uniform(0, 0.5),
        "culture_share": chance.uniform(0, 0.5),
    }
    if number < MATCHED:  # a project that some of the households can pay with the match, and not without it
        households = community["residents"] / community["household_size"]
        levers |= {"cofunding": 1.0, "cofunding_contribution": 200.0, "cofunding_cost": max(120 * households, 1000.0)}
        levers |= {"match_ratio": 5.0, "match_threshold": 0.0}
        score |= {"alpha_fund": -1.0, "efficacy_weight": 1.0}
    moved = chance.sample(sorted(set(LEVERS) - _SUMS), 8)
    phases = [
        Phase(lever=name, value=value_of(chance, LEVERS[name]), start=start, ramp=chance.choice((0, 0, 5, 40)),
              stop=chance.choice((None, start + chance.randint(1, 40))))
        for name in moved
        for start in [chance.randint(-burn_in, horizon - 1)]
    ]  # fmt: skip
    return Scenario(
        name=f"drawn-{number}", horizon=horizon, burn_in=burn_in, community=community, levers=levers,
        world=some_of(chance, WORLD, 0.6) | score, phases=tuple(phases),
        injects=tuple(draw_injects(chance, horizon, int(community["departments"]))),
    )  # fmt: skip


def draw_full(number: int) -> Scenario:
    """Return a random scenario in which every extension module is on and has something to do.

    It lasts a quarter, so that there is an appraisal; it is small, because plain Python runs it too.
    """
    chance = Random(5000 + number)
    switches = {name: 1.0 for name in COMMUNITY if name.startswith("module_")}
    drawn = draw_scenario(1000 + number).with_community(**switches, residents=60, items=80, blocks=4, panel=12)
    levers = {name: value_of(chance, LEVERS[name]) for name in MODULE_OF_LEVER}
    levers |= {"warnings": 1.0, "warning_blue_age": 2.0, "warning_yellow_age": 5.0, "trainings": 12.0}
    levers |= {"joint_meetings": 2.0, "grid_officers": 2.0, "social_workers": 2.0}
    scenario = drawn.changed(horizon=112, burn_in=28, phases=()).with_levers(**levers)
    scenario = scenario.with_injects(*(Inject(day=day, kind=kind, magnitude=4) for kind, day in SHOCKS.items()))
    return scenario.renamed(f"full-{number}", f"全部机制{number}", f"all modules {number}")


def draw_injects(chance: Random, horizon: int, departments: int) -> list[Inject]:
    """Draw at least one inject of every kind that the core knows."""
    of_kind: dict[InjectKind, Any] = {
        InjectKind.FAULT_BURST: lambda: (chance.randint(0, 60), chance.randint(-1, 2)),
        InjectKind.FUND_CHANGE: lambda: (round(chance.uniform(-9000, 9000), 2), chance.randint(0, 1)),
        InjectKind.STAFF_LEAVE: lambda: (chance.randint(1, 5), -1),
        InjectKind.INSPECTION_STORM: lambda: (chance.randint(1, 6), chance.randint(-1, departments - 1)),
        InjectKind.APP_OUTAGE: lambda: (chance.randint(1, 9), -1),
    }
    core = list(of_kind)  # shocks of the module emergencies are drawn with it
    kinds = [*core, chance.choice(core), chance.choice(core)]
    drawn = []
    for kind in kinds:
        magnitude, target = of_kind[kind]()
        drawn.append(Inject(day=chance.randint(0, horizon - 1), kind=kind, magnitude=magnitude, target=target))
    return drawn


def extreme(high: bool) -> Scenario:
    """Return a scenario with everything at one end of its range: ties in time, zero waits, empty funds."""

    def end(catalogue: Catalogue) -> dict[str, float]:
        narrow = {name: bounds for name, bounds in _NARROW.items() if name in catalogue}
        ends = {q.name: q.high if high else q.low for q in catalogue.values()}
        return ends | {name: float(bounds[1] if high else bounds[0]) for name, bounds in narrow.items()}

    levers = {name: value for name, value in end(LEVERS).items() if name not in _SUMS}
    world = {name: value for name, value in end(WORLD).items() if name not in _SCORE}
    community = {"residents": 90, "blocks": 4, "items": 80, "panel": 20}
    bursts = tuple(Inject(day=day, kind=InjectKind.FAULT_BURST, magnitude=40) for day in (0, 1, 30))
    return Scenario(
        name="extreme", horizon=56, burn_in=28, community=community, levers=levers, world=world, injects=bursts
    )


def baseline(residents: int = 300, horizon: int = 112) -> Scenario:
    """Return the declared community before any policy, made smaller."""
    community = {"residents": residents, "blocks": residents // 50, "items": residents, "panel": residents // 25}
    return Scenario(horizon=horizon, burn_in=56).with_community(**community)


def scenarios(many: int = MANY) -> list[Scenario]:
    """Return all scenarios that the engines are compared on."""
    full = [draw_full(number) for number in range(FULL)]
    return [baseline(), extreme(False), extreme(True), *full, *(draw_scenario(number) for number in range(many))]


SEED = 7


def array_engine(many: int) -> list[str]:
    """Return the digests of the array engine, compiled or not as the process has it."""
    return [simulate(one, SEED).digest() for one in scenarios(many)]


def mesa(many: int) -> list[str]:
    """Return the digests of the Mesa model."""
    return [CommunityModel(one, SEED).run().trajectory().digest() for one in scenarios(many)]


if __name__ == "__main__":
    count = int(sys.argv[1])
    if sys.argv[2:] == ["full"]:
        digests = {"array": [simulate(draw_full(number), SEED).digest() for number in range(count)]}
    else:
        digests = {"array": array_engine(count), "mesa": mesa(min(count, 3))}
    print(json.dumps({"compiled": COMPILED, **digests}))
