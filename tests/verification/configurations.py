"""Random configurations: any values inside the declared ranges, changed on the way, disturbed from outside.

Every quantity is drawn by its own name, so a quantity that is added leaves all others as they were.
"""

from collections.abc import Iterable
from zlib import crc32

import numpy as np

from labsim.foundations.declared import Kind, Quantity
from labsim.foundations.errors import InputError
from labsim.scenario.community import COMMUNITY
from labsim.scenario.levers import LEVERS
from labsim.scenario.phases import Inject, InjectKind, Phase
from labsim.scenario.scenario import Scenario
from labsim.scenario.world import WORLD

HORIZON = 140
BURN_IN = 35
SMALL = {
    "cofunding_cost": (1000, 20_000),
    "cofunding_contribution": (0, 600),
    "residents": (20, 150),
    "items": (0, 150),
    "blocks": (1, 15),
    "contacts": (0, 12),
    "departments": (1, 12),
}


def value(rng: np.random.Generator, quantity: Quantity) -> float:
    """Draw a value from the declared range; one in five from its ends."""
    low, high = SMALL.get(quantity.name, (quantity.low, quantity.high))
    drawn = rng.uniform(low, high) if rng.uniform() < 0.8 else (low, high)[rng.integers(2)]
    return float(drawn if quantity.kind is Kind.NUMBER else round(drawn))


def luck_of(seed: int, name: str) -> np.random.Generator:
    """Return the luck that belongs to one name in one configuration."""
    return np.random.default_rng([seed, crc32(name.encode())])


def values(seed: int, quantities: Iterable[Quantity]) -> dict[str, float]:
    """Draw a value of every quantity, each by its own name."""
    return {one.name: value(luck_of(seed, one.name), one) for one in quantities}


def phase_of(seed: int, name: str) -> Phase:
    """Draw when and to what a lever changes on the way."""
    rng = luck_of(seed, f"phase of {name}")
    start = int(rng.integers(-BURN_IN, HORIZON - 1))
    stop = int(rng.integers(start + 1, HORIZON)) if rng.uniform() < 0.5 and start + 1 < HORIZON else None
    ramp = int(rng.integers(0, max(1, (stop or HORIZON) - start)))
    return Phase(lever=name, value=value(rng, LEVERS[name]), start=start, stop=stop, ramp=ramp)


def shares_of_a_whole(rng: np.random.Generator, found: dict[str, float], *names: str) -> None:
    """Make shares that must not exceed 1 together fit."""
    drawn = rng.dirichlet(np.ones(len(names) + 1))
    found.update({name: float(share) for name, share in zip(names, drawn, strict=False)})


def injects(rng: np.random.Generator, departments: int) -> tuple[Inject, ...]:
    """Draw up to four disturbances."""
    found = []
    for _ in range(rng.integers(5)):
        kind = InjectKind(int(rng.integers(1, 6)))
        size = float(rng.integers(1, 20)) if kind != InjectKind.FUND_CHANGE else float(rng.uniform(-50_000, 50_000))
        target = -1
        if kind == InjectKind.FUND_CHANGE:
            target = int(rng.integers(2))
        elif kind == InjectKind.FAULT_BURST:
            target = int(rng.integers(-1, 3))
        elif kind == InjectKind.INSPECTION_STORM:
            target = int(rng.integers(-1, departments))
        found.append(Inject(day=int(rng.integers(HORIZON)), kind=kind, magnitude=size, target=target))
    return tuple(found)


def configuration(seed: int, every_module: bool = False) -> Scenario | None:
    """Return a random scenario, or None when its values contradict each other."""
    rng = np.random.default_rng(seed)
    community = values(seed, COMMUNITY.values())
    if every_module:
        community |= {name: 1.0 for name in COMMUNITY if name.startswith("module_")}
    world = values(seed, WORLD.values())
    # Utilities where both acting and not acting happen; the ends of the range are certain.
    world |= {name: float(luck_of(seed, name).uniform(-3, 2)) for name in WORLD if name.startswith("alpha_")}
    levers = values(seed, LEVERS.values())
    shares_of_a_whole(rng, community, "young_share", "older_share")
    shares_of_a_whole(rng, community, "facility_share", "capital_share")
    shares_of_a_whole(rng, levers, "care_share", "culture_share")
    score = rng.multinomial(100, [0.4, 0.3, 0.3])
    world |= {n: s / 100 for n, s in zip(("score_service", "score_problem", "score_efficacy"), score, strict=True)}
    names = [name for name in LEVERS if name not in ("care_share", "culture_share")]
    moved = sorted(names, key=lambda name: luck_of(seed, f"turn of {name}").uniform())[:8]
    phases = [phase_of(seed, name) for name in moved]
    try:
        return Scenario(
            horizon=HORIZON, burn_in=BURN_IN, community=community, world=world, levers=levers, phases=tuple(phases),
            injects=injects(rng, int(community["departments"])),
        )  # fmt: skip
    except InputError:
        return None


def configurations(count: int, every_module: bool = False) -> list[tuple[int, Scenario]]:
    """Return so many random scenarios with their seeds; modules are on by chance, or all of them."""
    found: list[tuple[int, Scenario]] = []
    seed = 0
    while len(found) < count:
        scenario = configuration(seed, every_module)
        if scenario is not None:
            found.append((seed, scenario))
        seed += 1
        assert seed < 3 * count + 20, "too many configurations contradict themselves"
    return found
