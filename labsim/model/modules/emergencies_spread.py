"""What goes from resident to resident: an infection and a rumour. Submodels (E6), (E8) and (E9).

Takes: contacts, who is infected, who has heard. Gives: infections, rounds of sampling, quarantine with its
requests for supplies, and trust that is lost until somebody answers.
"""

import math

from labsim.behaviour.emergencies import gate_shifts, pair_chance, round_hours, sampling_pace, seen_at_gate, told_share
from labsim.behaviour.participation import delta_rule
from labsim.foundations.compiled import part
from labsim.foundations.randomness import Decision, uniform
from labsim.model.columns import Records, Setup, State
from labsim.model.kernels.faults import PAIR
from labsim.model.modules.emergencies_calls import enter
from labsim.model.modules.emergencies_state import Call, Health


@part
def known_to(setup: Setup, row: int) -> tuple[int, int]:
    """Return first and last + 1 of a resident's contacts; everybody when all know each other."""
    if setup.contacts.complete:
        return 0, len(setup.residents.id)
    return int(setup.contacts.start[row]), int(setup.contacts.start[row + 1])


@part
def contact(setup: Setup, place: int) -> int:
    """Return the row of whoever stands at a place of the list of contacts."""
    return place if setup.contacts.complete else int(setup.contacts.other[place])


@part
def import_cases(setup: Setup, state: State, policy: Records, mine: Records, count: int, day: int) -> None:
    """Let residents with the smallest keys come home infected; who is seen at the gate stays in, submodel (E9)."""
    world = setup.world[0]
    module = state.modules.emergencies
    book = module.book[0]
    watched = gate_shifts(policy.gate_posts, world.entrances, book.pool, world.duty_hours, book.standby)
    if count > 0 or book.epidemic > 0:
        mine.volunteer_hours += watched * world.entrances * 24.0
    for _ in range(count):
        best = -1
        lowest = math.inf
        for row in range(len(module.people)):
            key = uniform(setup.seed, Decision.EPIDEMIC_SEED, day, setup.residents.id[row])
            if module.people[row].health == Health.SUSCEPTIBLE and key < lowest:
                best = row
                lowest = key
        if best < 0:
            return
        module.people[best].health = Health.INFECTED
        module.people[best].infected = day - 1
        mine.imported += 1
        seen = uniform(setup.seed, Decision.GATE_SEEN, day, setup.residents.id[best])
        if seen < seen_at_gate(watched, world.gate_check):
            module.people[best].until = day + int(world.quarantine_days)
            mine.seen_at_gate += 1
        if book.epidemic == 0:
            book.epidemic = 1
            book.sampling = 0
            book.next_round = day


@part
def _infect(setup: Setup, state: State, mine: Records, day: int) -> None:
    """Let infected residents who are at large meet their contacts."""
    world = setup.world[0]
    people = state.modules.emergencies.people
    ids = setup.residents.id
    step = day + setup.burn_in
    for row in range(len(people)):
        if people[row].health != Health.INFECTED or people[row].infected >= day or people[row].until > day:
            continue
        first, last = known_to(setup, row)
        others = last - first - (1 if setup.contacts.complete else 0)
        chance = pair_chance(world.infection_chance, world.close_contacts, others)
        for place in range(first, last):
            other = contact(setup, place)
            if other == row or people[other].health != Health.SUSCEPTIBLE or people[other].until > day:
                continue
            if uniform(setup.seed, Decision.EPIDEMIC_CONTACT, step, ids[row] * PAIR + ids[other]) < chance:
                people[other].health = Health.INFECTED
                people[other].infected = day
                mine.infections += 1


@part
def _sample(setup: Setup, state: State, policy: Records, mine: Records, callers: float, staff: int, day: int) -> float:
    """Go on with a round of sampling; return the share of residents sampled by the evening, submodel (E6)."""
    world = setup.world[0]
    book = state.modules.emergencies.book[0]
    if book.sampling == 0 and day >= book.next_round:
        book.sampling = 1
        book.rounds += 1
        book.round_day = day
        book.done = 0.0
    if book.sampling == 0:
        return float(book.done)
    pace = sampling_pace(policy.sampling_stations, world.station_rate, callers, world.gather_rate)
    share = pace * world.sampling_day / len(state.modules.emergencies.people)
    if book.done + share < 1.0:
        mine.staff_hours += staff * world.sampling_day
        return float(book.done + share)
    book.sampling = 0
    book.next_round = day + int(world.sampling_gap)
    mine.rounds += 1
    mine.sampling_hours += round_hours(int(day - book.round_day), book.done, share, world.sampling_day)
    mine.staff_hours += staff * ((1.0 - book.done) / share * world.sampling_day)
    return 1.0


@part
def _find(setup: Setup, state: State, mine: Records, evening: float, day: int) -> None:
    """Find the infected by samples of today or by symptoms, and send their contacts into quarantine."""
    world = setup.world[0]
    module = state.modules.emergencies
    book = module.book[0]
    for row in range(len(module.people)):
        one = module.people[row]
        if one.health != Health.INFECTED:
            continue
        found = day - one.infected >= world.symptom_days
        if one.infected < day and not found:
            who = setup.residents.id[row]
            turn = uniform(setup.seed, Decision.SAMPLE_TURN, book.rounds, who)
            if book.done <= turn < evening:
                found = uniform(setup.seed, Decision.SAMPLE_FINDS, book.rounds, who) < world.test_sensitivity
        if not found:
            continue
        one.health = Health.FOUND
        mine.found += 1
        if setup.contacts.complete:
            continue
        for place in range(setup.contacts.start[row], setup.contacts.start[row + 1]):
            other = module.people[setup.contacts.other[place]]
            other.until = max(int(other.until), day + int(world.quarantine_days))
    book.done = evening


@part
def epidemic(
    setup: Setup, state: State, policy: Records, mine: Records, callers: float, staff: int, count: int, day: int
) -> int:
    """Live through a day of an epidemic, submodel (E6); return how many requests for supplies there are then."""
    module = state.modules.emergencies
    _infect(setup, state, mine, day)
    _find(setup, state, mine, _sample(setup, state, policy, mine, callers, staff, day), day)
    half = len(module.calls) // 2
    going_on = 0
    for row in range(len(module.people)):
        one = module.people[row]
        if one.health == Health.INFECTED:
            going_on = 1
        if one.until <= day or one.health == Health.FOUND:
            continue
        going_on = 1
        mine.quarantined += 1
        who = setup.residents.id[row]
        since = day + uniform(setup.seed, Decision.CALL_TIME, -1 - day - setup.burn_in, who)
        enter(state, half + count, Call.HELP, setup.residents.block[row], row, who, since)
        count += 1
    module.book[0].epidemic = going_on
    return count


@part
def _hears(setup: Setup, state: State, mine: Records, row: int, heard: int) -> None:
    """Let a resident hear of the hot event and trust less."""
    module = state.modules.emergencies
    module.people[row].event = module.book[0].events
    module.people[row].heard = heard
    mine.heard += 1
    weight = setup.world[0].efficacy_rate * setup.world[0].hot_weight
    state.people.efficacy[row] = delta_rule(state.people.efficacy[row], weight, 0.0)


@part
def break_out(setup: Setup, state: State, policy: Records, mine: Records, count: int, day: int) -> None:
    """Let a hot event be seen by so many residents; it displaces one that is still talked about."""
    module = state.modules.emergencies
    book = module.book[0]
    book.hot = 1
    book.events += 1
    book.hot_since = float(day)
    book.hot_until = day + policy.hot_answer_hours / 24.0
    for _ in range(count):
        best = -1
        lowest = math.inf
        for row in range(len(module.people)):
            key = uniform(setup.seed, Decision.HOT_SEED, int(book.events), setup.residents.id[row])
            if module.people[row].event != book.events and key < lowest:
                best = row
                lowest = key
        if best < 0:
            return
        _hears(setup, state, mine, best, day - 1)


@part
def talk(setup: Setup, state: State, mine: Records, day: int) -> None:
    """Let whoever heard the day before tell contacts, until the event is answered, submodel (E8)."""
    module = state.modules.emergencies
    book = module.book[0]
    ids = setup.residents.id
    exposure = told_share(day, book.hot_until)
    if exposure == 0.0:
        book.hot = 0
        mine.answers += 1
        mine.answer_hours += 24.0 * (book.hot_until - book.hot_since)
        return
    chance = setup.world[0].hot_tell * exposure
    for row in range(len(module.people)):
        if module.people[row].event != book.events or module.people[row].heard != day - 1:
            continue
        first, last = known_to(setup, row)
        for place in range(first, last):
            other = contact(setup, place)
            if module.people[other].event == book.events:
                continue
            address = ids[row] * PAIR + ids[other]
            if uniform(setup.seed, Decision.HOT_TOLD, day + setup.burn_in, address) < chance:
                _hears(setup, state, mine, other, day)
