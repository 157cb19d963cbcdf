"""Water comes, lifts stop: who and what is moved before, and who must be fetched. Submodels (E5) and (E7).

Takes: a dated shock. Gives: calls for teams, and what was out of the way in time.
"""

import math

from labsim.behaviour.emergencies import told_by_visit, water_time
from labsim.foundations.compiled import part
from labsim.foundations.randomness import Decision, exponential, uniform
from labsim.model.columns import Records, Setup, State
from labsim.model.kernels.cases import give_feedback
from labsim.model.kernels.faults import become_latent
from labsim.model.modules.emergencies_calls import enter, is_online, raise_alarm
from labsim.model.modules.emergencies_state import Call
from labsim.model.state import ItemState
from labsim.population.residents import Age, ItemClass

FLOORS = 4  # what happens to a resident in a flood, in the address of luck; traits have negative steps
GARAGE = 4294967296  # addresses of cars and garages are above those of residents
CARS = 10  # of a garage call: several teams may share a garage
OCCUPIED = 0.5  # assumption: somebody is in every second lift that stops


@part
def _next_point(setup: Setup, last: float) -> tuple[int, float]:
    """Return the lowest block above the last one: low ground is the same in every flood."""
    best = -1
    lowest = math.inf
    for block in range(len(setup.blocks.start) - 1):
        key = uniform(setup.seed, Decision.FLOOD_POINT, 0, block)
        if last < key < lowest:
            best = block
            lowest = key
    return best, lowest


@part
def _is_monitored(setup: Setup, policy: Records, block: int) -> bool:
    return bool(uniform(setup.seed, Decision.FLOOD_POINT, 1, block) < policy.flood_monitoring)


@part
def _flood_residents(
    setup: Setup,
    state: State,
    policy: Records,
    mine: Records,
    block: int,
    water: float,
    warning: float,
    visitors: float,
    count: int,
    step: int,
) -> int:
    """Warn and move the residents of a flooded block; return how many calls there are then."""
    world = setup.world[0]
    residents = setup.residents
    seed = setup.seed
    visits = 0
    for place in range(setup.blocks.start[block], setup.blocks.start[block + 1]):
        row = setup.blocks.member[place]
        who = residents.id[row]
        if uniform(seed, Decision.FLOOD_PERSON, -1, who) >= world.flood_exposed:
            continue
        mine.at_risk += 1
        told = math.inf
        if warning < water and is_online(setup, policy, row):
            told = warning + world.read_hours * exponential(seed, Decision.FLOOD_PERSON, step * FLOORS, who) / 24.0
        elif warning < water:
            visits += 1
            told = told_by_visit(warning, visits, visitors, world.warning_visits)
        if residents.head[row] == 1:
            mine.homes_at_risk += 1
            if told < water:
                mine.homes_saved += 1
        helpless = residents.age[row] == Age.OLDER
        helpless = helpless and uniform(seed, Decision.FLOOD_PERSON, -2, who) < world.flood_help
        gone = told + world.move_hours * exponential(seed, Decision.FLOOD_PERSON, step * FLOORS + 1, who) / 24.0
        if gone < water and not helpless:
            mine.moved += 1
            give_feedback(setup, state, row, 1.0, water)
            continue
        fetched = helpless and told < water
        enter(state, count, Call.PERSON, block, row, who, told if fetched else water)
        call = state.modules.emergencies.calls[count]
        call.water = water
        hours = world.danger_hours * exponential(seed, Decision.FLOOD_PERSON, step * FLOORS + 2, who)
        call.danger = water + hours / 24.0
        raise_alarm(setup, state, policy, count, step, fetched)
        count += 1
    return count


@part
def _flood_garage(
    setup: Setup,
    state: State,
    policy: Records,
    mine: Records,
    block: int,
    water: float,
    warning: float,
    count: int,
    step: int,
) -> int:
    """Warn owners of cars, and call teams for the rest; return how many calls there are then."""
    world = setup.world[0]
    seed = setup.seed
    cars = int(world.garage_cars)
    left = cars
    for k in range(cars):
        who = GARAGE + block * 1024 + k
        luck = uniform(seed, Decision.FLOOD_CAR, -1, who)
        owner = setup.blocks.member[int(luck * len(setup.blocks.member))]
        if warning < water and is_online(setup, policy, owner):
            hours = world.read_hours * exponential(seed, Decision.FLOOD_CAR, step * FLOORS, who)
            hours = hours + world.move_hours * exponential(seed, Decision.FLOOD_CAR, step * FLOORS + 1, who)
            if warning + hours / 24.0 < water:
                left -= 1
    mine.cars_at_risk += cars
    mine.cars_moved += cars - left
    if warning >= water:
        mine.cars_flooded += left
        return count
    for k in range(0, left, CARS):
        enter(state, count, Call.GARAGE, block, -1, GARAGE + block * 1024 + k, warning)
        call = state.modules.emergencies.calls[count]
        call.cars = min(CARS, left - k)
        call.water = water
        raise_alarm(setup, state, policy, count, step, True)
        count += 1
    return count


@part
def flood(
    setup: Setup,
    state: State,
    policy: Records,
    mine: Records,
    points: int,
    callers: float,
    staff: int,
    count: int,
    day: int,
) -> int:
    """Let water come to so many points, submodel (E5); return how many calls there are then."""
    world = setup.world[0]
    step = day + setup.burn_in
    last = -1.0
    for _ in range(points):
        block, last = _next_point(setup, last)
        mine.points_warned += _is_monitored(setup, policy, block)
    mine.points += points
    if mine.points_warned > 0:
        mine.staff_hours += staff * world.flood_lead
    last = -1.0
    for _ in range(points):
        block, last = _next_point(setup, last)
        water = water_time(day, uniform(setup.seed, Decision.FLOOD_POINT, step + 2, block))
        warning = water
        visitors = 0.0
        if _is_monitored(setup, policy, block):
            warning = water - world.flood_lead / 24.0
            visitors = callers / mine.points_warned
        count = _flood_residents(setup, state, policy, mine, block, water, warning, visitors, count, step)
        count = _flood_garage(setup, state, policy, mine, block, water, warning, count, step)
    return count


@part
def stop_lifts(
    setup: Setup, state: State, today: Records, policy: Records, mine: Records, lifts: int, count: int, day: int
) -> int:
    """Let so many lifts that are in order stop, some with somebody inside, submodel (E7)."""
    step = day + setup.burn_in
    for _ in range(lifts):
        best = -1
        lowest = math.inf
        for j in range(len(state.items)):
            if state.items[j].state == ItemState.OK and setup.places.item_class[j] == ItemClass.CAPITAL:
                key = uniform(setup.seed, Decision.LIFT_FAILURE, step, setup.places.id[j])
                if key < lowest:
                    best = j
                    lowest = key
        if best < 0:
            return count
        become_latent(setup, state, today, best, float(day), False)
        mine.lifts += 1
        who = 2 * GARAGE + setup.places.id[best]
        if uniform(setup.seed, Decision.LIFT_TRAPPED, step * 2, who) < OCCUPIED:
            mine.trapped += 1
            since = day + uniform(setup.seed, Decision.LIFT_TRAPPED, step * 2 + 1, who)
            enter(state, count, Call.LIFT, setup.places.block[best], -1, who, since)
            raise_alarm(setup, state, policy, count, step, False)
            count += 1
    return count
