"""Calls are answered by teams and requests by supply points, in order of time. Submodels (E2) and (E4).

Takes: the day's list of calls and requests. Gives: who comes from where and when, and what is used up.
"""

import math

import numpy as np

from labsim.behaviour.emergencies import (
    CIRCLE,
    PROMISE,
    alarm_minutes,
    cars_before,
    later,
    minutes_between,
    muster_mean,
    relay_minutes,
)
from labsim.foundations.compiled import part
from labsim.foundations.randomness import Decision, exponential, uniform
from labsim.model.columns import Records, Setup, State
from labsim.model.kernels.cases import give_feedback
from labsim.model.modules.emergencies_state import Call
from labsim.population.residents import Age

STAGES = 8  # room for what happens to a call in the address of its luck


@part
def is_online(setup: Setup, policy: Records, row: int) -> bool:
    """Return whether an alert reaches a resident: with digital access, or taught to use it."""
    residents = setup.residents
    return bool(residents.digital[row] == 1 or residents.taught_key[row] < policy.digital_teaching)


@part
def enter(state: State, k: int, kind: int, place: int, row: int, who: int, since: float) -> None:
    """Put a call or request into place k of the list, ready at once."""
    call = state.modules.emergencies.calls[k]
    call.kind = kind
    call.place = place
    call.row = row
    call.cars = 0
    call.who = who
    call.listed = k
    call.since = since
    call.ready = since
    call.water = math.inf
    call.danger = math.inf


@part
def raise_alarm(setup: Setup, state: State, policy: Records, k: int, step: int, seen: bool) -> None:
    """Let the alarm of a call get through to a team, submodel (E2); ``seen`` when a caller is there already."""
    world = setup.world[0]
    call = state.modules.emergencies.calls[k]
    minutes = 0.0
    if not seen:
        row = call.row
        device = False
        if row >= 0 and setup.residents.age[row] == Age.OLDER:
            device = uniform(setup.seed, Decision.CALL_DEVICE, 0, setup.residents.id[row]) < policy.call_devices
        luck = exponential(setup.seed, Decision.CALL_STAGE, step * STAGES, call.who)
        minutes = alarm_minutes(device, world.device_minutes, world.alarm_minutes, luck)
    luck = exponential(setup.seed, Decision.CALL_STAGE, step * STAGES + 1, call.who)
    other = exponential(setup.seed, Decision.CALL_STAGE, step * STAGES + 2, call.who)
    minutes = minutes + relay_minutes(world.relay_minutes, policy.response_tracks, luck, other)
    call.ready = later(call.since, minutes)


@part
def _in_order(calls: np.ndarray, first: int, last: int) -> None:
    """Let places first to last - 1 name calls in order of time (Shell 1959); ties go by address of luck."""
    gap = (last - first) // 2
    while gap > 0:
        for at in range(first + gap, last):
            moving = calls[at].listed
            ready = calls[moving].ready
            who = calls[moving].who
            to = at
            while to >= first + gap:
                other = calls[to - gap].listed
                if calls[other].ready < ready or (calls[other].ready == ready and calls[other].who < who):
                    break
                calls[to].listed = other
                to -= gap
            calls[to].listed = moving
        gap //= 2


@part
def _arrive(setup: Setup, state: State, mine: Records, k: int, arrival: float) -> float:
    """Do what a team came for; return minutes at the scene, negative for the usual time."""
    call = state.modules.emergencies.calls[k]
    if call.kind == Call.GARAGE:
        moved = cars_before(arrival, call.water, setup.world[0].car_minutes, int(call.cars))
        mine.cars_moved += moved
        mine.cars_flooded += int(call.cars) - moved
        return float(moved * setup.world[0].car_minutes)
    response = minutes_between(call.since, arrival)
    if arrival < math.inf:
        mine.calls += 1
        mine.response_minutes += response
        if response <= CIRCLE:
            mine.in_circle += 1
    if call.kind == Call.PERSON:
        outcome = 0.0
        if arrival < call.water:
            mine.moved += 1
            outcome = 1.0
        elif arrival <= call.danger:
            mine.reached += 1
            outcome = 1.0 if response <= CIRCLE else 0.0
        else:
            mine.hurt += 1
        give_feedback(setup, state, call.row, outcome, call.since)
    return -1.0


@part
def answer_calls(setup: Setup, state: State, policy: Records, mine: Records, count: int, step: int) -> None:
    """Send to each call, in order of time, the team that can be there first, submodel (E2)."""
    world = setup.world[0]
    module = state.modules.emergencies
    book = module.book[0]
    stations = int(policy.emergency_stations)
    mean = muster_mean(world.muster_minutes, world.drill_gain, policy.emergency_drills, world.drill_scale)
    _in_order(module.calls, 0, count)
    for place in range(count):
        k = module.calls[place].listed
        call = module.calls[k]
        muster = mean * exponential(setup.seed, Decision.CALL_STAGE, step * STAGES + 3, call.who)
        first = -1
        arrival = math.inf
        back = 0.0
        for team in range(1 + book.teams):
            out = world.standby_minutes if 0 < team <= book.standby else muster
            way = module.ways[team % stations, call.place] * world.street_minutes
            there = later(max(call.ready, module.units[team].team), out + way)
            if there < arrival:
                first = team
                arrival = there
                back = way
        busy = _arrive(setup, state, mine, k, arrival)
        if busy < 0.0:
            luck = exponential(setup.seed, Decision.CALL_STAGE, step * STAGES + 4, call.who)
            busy = world.rescue_minutes * luck
        if first >= 0:
            module.units[first].team = later(arrival, busy + back)
        if first > 0:
            mine.volunteer_hours += (busy + 2.0 * back) / 60.0 * world.team_size


@part
def _carry(setup: Setup, state: State, policy: Records, point: int, k: int, ready: float) -> tuple[float, int]:
    """Return when a kit from a point arrives, and by which vehicle (-1: somebody walks), submodel (E4)."""
    world = setup.world[0]
    module = state.modules.emergencies
    sides = module.ways[point, module.calls[k].place]
    arrival = later(ready, world.loading_minutes + sides * world.street_minutes)
    by = -1
    for vehicle in range(point, int(policy.supply_vehicles), int(policy.supply_points)):
        start = max(ready, module.units[vehicle].vehicle)
        there = later(start, world.loading_minutes + sides * world.vehicle_minutes)
        if there < arrival:
            arrival = there
            by = vehicle
    return arrival, by


@part
def _by_phone(setup: Setup, state: State, policy: Records, k: int, step: int) -> tuple[int, float]:
    """Ask points by phone, the nearest first, until one has a kit; return it (-1: none) and when, (E4)."""
    world = setup.world[0]
    module = state.modules.emergencies
    call = module.calls[k]
    ready = call.since
    last = -1.0
    last_point = -1
    for attempt in range(int(policy.supply_points)):
        nearest = -1
        for point in range(int(policy.supply_points)):
            sides = module.ways[point, call.place]
            if sides < last or (sides == last and point <= last_point):
                continue
            if nearest < 0 or sides < module.ways[nearest, call.place]:
                nearest = point
        last = module.ways[nearest, call.place]
        last_point = nearest
        luck = exponential(setup.seed, Decision.SUPPLY_REQUEST, step * STAGES + 1 + attempt % (STAGES - 1), call.who)
        ready = later(ready, world.allocation_minutes * luck)
        if module.units[nearest].stock > 0:
            return nearest, ready
    return -1, ready


@part
def deliver(setup: Setup, state: State, policy: Records, mine: Records, count: int, step: int) -> None:
    """Deliver what was asked for, in order of time, from points that have it, submodel (E4)."""
    world = setup.world[0]
    module = state.modules.emergencies
    half = len(module.calls) // 2
    _in_order(module.calls, half, half + count)
    mine.requests += count
    for place in range(half, half + count):
        k = module.calls[place].listed
        call = module.calls[k]
        point = -1
        ready = call.since
        if uniform(setup.seed, Decision.SUPPLY_REQUEST, step * STAGES, call.who) < policy.smart_dispatch:
            earliest = math.inf
            for other in range(int(policy.supply_points)):
                arrival, _ = _carry(setup, state, policy, other, k, ready)
                if module.units[other].stock > 0 and arrival < earliest:
                    point = other
                    earliest = arrival
        else:
            point, ready = _by_phone(setup, state, policy, k, step)
        if point < 0:
            mine.unmet += 1
            continue
        arrival, by = _carry(setup, state, policy, point, k, ready)
        if by >= 0:
            module.units[by].vehicle = later(arrival, module.ways[point, call.place] * world.vehicle_minutes)
        module.units[point].stock -= 1
        module.book[0].used += 1
        minutes = minutes_between(call.since, arrival)
        mine.delivered += 1
        mine.delivery_minutes += minutes
        if minutes <= PROMISE:
            mine.in_promise += 1
