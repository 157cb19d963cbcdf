"""Who asks for what, and who is served. Submodels (S1), (S2) and (S4)-(S7).

Takes: residents whose turn it is, places of the day. Gives: bookings in an order of luck, refusals,
what residents expect from then on, hours and vouchers that are spent.
"""

import numpy as np

from labsim.behaviour.participation import delta_rule
from labsim.behaviour.services import (
    OPEN_DAYS,
    Offer,
    booked_online,
    finds_channel,
    item_probability,
    matched,
    opens_slot,
    option_utility,
    price_utility,
    satisfying,
    skill_found,
    use_probability,
)
from labsim.foundations.arithmetic import fixed
from labsim.foundations.compiled import allocating_part, part
from labsim.foundations.randomness import Decision, uniform
from labsim.model.columns import Account, Records, Setup, State
from labsim.model.kernels.accounts import transfer
from labsim.model.kernels.people import active_share
from labsim.model.modules.services_offers import served_last_week
from labsim.model.modules.services_state import MANY, Service, Tally
from labsim.model.state import FEN, WEEK, Activity
from labsim.population.residents import Age


@part
def believe(setup: Setup, state: State, row: int, outcome: float) -> None:
    """Let somebody believe more or less in the time bank, submodel (S6)."""
    patron = state.modules.services.patrons[row]
    old = patron.trust
    patron.trust = delta_rule(old, setup.world[0].credibility_rate, outcome)
    state.modules.services.book[0].trust += fixed(patron.trust) - fixed(old)


@part
def _price(policy: Records, service: int) -> float:
    """Return what somebody pays who is served: for a meal, for a week of class, for a use of a room."""
    if service == Service.CANTEEN:
        return float(policy.meal_price)
    if service == Service.SCHOOL:
        return float(policy.school_price)
    return float(policy.room_price) if service == Service.ROOM else 0.0


@part
def _offer_of(setup: Setup, state: State, policy: Records, service: int) -> Offer:
    """Gather what is the same for everybody who considers a service today."""
    world = setup.world[0]
    bias = world.bias_canteen
    options = 1.0
    if service == Service.SCHOOL:
        bias = world.bias_school
    elif service == Service.CULTURE:
        bias = world.bias_culture
        options = state.modules.services.book[0].sessions
    elif service == Service.GYM:
        bias = world.bias_gym
    elif service == Service.ROOM:
        bias = world.bias_room
        options = world.own_rooms + policy.venue_map * policy.shared_venues
    elif service == Service.COUNSEL:
        bias = world.bias_counsel
    elif service == Service.VISIT:
        bias = world.bias_visit
    inertia = world.place_inertia if service <= Service.SCHOOL else 0.0
    fee = _price(policy, service)
    price = price_utility(world.price_sensitivity, fee, world.price_scale)
    return Offer(bias + option_utility(options), price, fee, inertia, world.booking_ease)


@part
def _eligible(setup: Setup, row: int, service: int) -> bool:
    """Return whether a service is for somebody: meals for the old, visits for those alone, class for parents."""
    older = bool(setup.residents.age[row] == Age.OLDER)
    if service == Service.CANTEEN:
        return older
    if service == Service.SCHOOL or service == Service.VISIT:
        share = setup.world[0].pupil_share if service == Service.SCHOOL else setup.world[0].alone_share
        luck = uniform(setup.seed, Decision.NEEDED_AT_HOME, service, setup.residents.id[row])
        return bool(older == (service == Service.VISIT) and luck < share)
    return True


@part
def _chance(
    setup: Setup, state: State, policy: Records, offer: Offer, service: int, row: int, day: int, online: bool
) -> float:
    """Return the chance that somebody asks for a service today, submodel (S1)."""
    world = setup.world[0]
    if service == Service.ITEM:
        return item_probability(world.item_rate, policy.proxy_items)
    memory = state.modules.services.memory
    base = offer.bias + offer.price
    if service == Service.ROOM and state.modules.services.patrons[row].vouchers > 0:
        left = max(0.0, offer.fee - state.modules.services.patrons[row].vouchers / FEN)
        base = offer.bias + price_utility(world.price_sensitivity, left, world.price_scale)
    if memory[MANY + service, row] == day - WEEK:
        base = base + offer.inertia
    if online:
        base = base + offer.ease
    family = 1 if Service.CULTURE <= service <= Service.ROOM else 0
    need = world.need_weight * (setup.need[family, setup.residents.age[row]] - 1.0 / 3.0)
    taste = world.service_taste * world.taste_sd * setup.residents.taste[row]
    expected = world.expectation_weight * (memory[service, row] - world.expectation_start)
    return use_probability(base, need, taste, expected)


@part
def _can_pay(setup: Setup, state: State, policy: Records, row: int) -> bool:
    """Return whether somebody can pay for a visit with saved hours, or from the pool."""
    cost = int(100.0 * setup.world[0].visit_hours_each + 0.5)
    services = state.modules.services
    enough = services.patrons[row].hours >= cost or services.book[0].pool >= cost
    return bool(policy.time_bank > 0.0 and enough)


@part
def _pay_hours(setup: Setup, state: State, daily: Records, row: int) -> None:
    """Take the hours of a visit from savings, or from the pool, submodel (S6)."""
    cost = int(100.0 * setup.world[0].visit_hours_each + 0.5)
    book = state.modules.services.book[0]
    patron = state.modules.services.patrons[row]
    if patron.hours >= cost:
        patron.hours -= cost
    elif book.pool >= cost:
        book.pool -= cost
    else:
        return
    book.spent += cost
    daily.hours_spent += cost
    book.paid_served += 1
    believe(setup, state, row, 1.0)


@part
def _pay(state: State, policy: Records, daily: Records, service: int, row: int) -> None:
    """Let somebody pay for a service; vouchers pay for rooms first."""
    fee = int(FEN * _price(policy, service) + 0.5)
    if service == Service.CANTEEN:
        fee = fee * OPEN_DAYS
    transfer(state, Account.RESIDENTS, Account.SUPPLIERS, fee)
    daily.fees += fee
    if service == Service.ROOM:
        patron = state.modules.services.patrons[row]
        paid = min(fee, int(patron.vouchers))
        patron.vouchers -= paid
        state.modules.services.book[0].vouchers_spent += paid
        daily.vouchers_spent += paid


@part
def _is_matched(setup: Setup, state: State, policy: Records, row: int, day: int) -> bool:
    """Return whether somebody is found for a visit: by the pool, the errand team or among contacts, (S7)."""
    found = skill_found(setup.world[0].volunteer_skills, policy.talent_pool)
    chance = matched(policy.team_matching, found, state.modules.services.book[0].errands)
    if uniform(setup.seed, Decision.VISIT_MATCHED, day, setup.residents.id[row]) < chance:
        return True
    active = state.people.active[Activity.VOLUNTEER]
    total = 0
    if setup.contacts.complete:
        for other in range(len(active)):
            total += int(active[other])
    return active_share(setup.contacts, active, row, total) > 0.0


@part
def _is_good(setup: Setup, policy: Records, service: int, row: int, day: int) -> bool:
    """Return whether somebody who is served likes it, submodel (S4)."""
    world = setup.world[0]
    chance = 1.0
    if service == Service.CANTEEN:
        chance = satisfying(policy.meal_price + world.meal_cost, world.meal_scale)
    elif service == Service.SCHOOL:
        chance = satisfying(policy.school_hours, world.school_gap)
    return uniform(setup.seed, Decision.SERVICE_GOOD, day, setup.residents.id[row] * MANY + service) < chance


@part
def _note_place(setup: Setup, state: State, policy: Records, daily: Records, service: int, row: int, day: int) -> None:
    """Write down where a served resident went: which session, which slot."""
    book = state.modules.services.book[0]
    who = setup.residents.id[row]
    if service == Service.CULTURE:
        luck = uniform(setup.seed, Decision.SESSION_WHICH, day, who) * book.sessions
        if luck < book.joint:
            daily.joint_visits += 1
        elif luck < book.joint + policy.art_sessions:
            daily.art_visits += 1
    elif service == Service.ROOM and opens_slot(
        uniform(setup.seed, Decision.ROOM_SLOT, day, who), book.used, book.slots
    ):
        book.used += 1
        daily.used_slots += 1


@part
def _answer(
    setup: Setup, state: State, policy: Records, daily: Records, service: int, row: int, day: int, free: int
) -> bool:
    """Serve somebody or refuse; what they expect of the service changes, submodel (S4)."""
    services = state.modules.services
    rate = setup.world[0].expectation_rate
    pays = service == Service.VISIT and _can_pay(setup, state, policy, row)
    if pays:
        services.book[0].paid_asked += 1
    served = free > 0 and (service != Service.VISIT or _is_matched(setup, state, policy, row, day))
    good = served and _is_good(setup, policy, service, row, day)
    services.memory[service, row] = delta_rule(services.memory[service, row], rate, 1.0 if good else 0.0)
    if not served:
        if pays:
            believe(setup, state, row, 0.0)
        return False
    services.memory[MANY + service, row] = day
    services.tally[service, day % WEEK] += 1
    services.tally[service, Tally.SERVED] += 1
    _pay(state, policy, daily, service, row)
    if pays:
        _pay_hours(setup, state, daily, row)
    _note_place(setup, state, policy, daily, service, row, day)
    if setup.residents.age[row] == Age.OLDER:
        daily.served_older += 1
    if service == Service.CANTEEN:
        daily.liking_canteen += fixed(services.memory[service, row])
    elif service == Service.SCHOOL:
        daily.liking_school += fixed(services.memory[service, row])
    return True


@allocating_part
def serve(setup: Setup, state: State, policy: Records, daily: Records, service: int, day: int) -> int:
    """Let residents whose turn it is ask, and give places in an order of luck; return how many asked, (S2)."""
    residents = setup.residents
    services = state.modules.services
    seed = setup.seed
    offer = _offer_of(setup, state, policy, service)
    services.tally[service, day % WEEK] = 0
    free = services.tally[service, Tally.PLACES] - served_last_week(state, service)
    rows = np.empty(len(residents.id), np.int64)
    keys = np.empty(len(residents.id), np.float64)
    onlines = np.empty(len(residents.id), np.int8)
    asked = 0
    for row in range(len(residents.id)):
        who = residents.id[row]
        if who % WEEK != day % WEEK or not _eligible(setup, row, service):
            continue
        digital = residents.digital[row] == 1 or residents.taught_key[row] < policy.digital_teaching
        luck = 1.0
        if policy.online_booking > 0.0:
            luck = uniform(seed, Decision.SERVICE_CHANNEL, service, who)
        online = digital and booked_online(luck, policy.online_booking)
        chance = _chance(setup, state, policy, offer, service, row, day, online)
        if uniform(seed, Decision.SERVICE_ASKED, day, who * MANY + service) >= chance:
            continue
        if not finds_channel(luck, policy.online_booking, policy.offline_channel, digital):
            daily.unheard += 1
            if residents.age[row] == Age.OLDER:
                daily.unheard_older += 1
            continue
        rows[asked] = row
        keys[asked] = uniform(seed, Decision.SERVICE_ORDER, day, who * MANY + service)
        if service <= Service.SCHOOL and services.memory[MANY + service, row] == day - WEEK:
            keys[asked] -= 1.0  # who has a place keeps it
        if service == Service.VISIT and _can_pay(setup, state, policy, row):
            keys[asked] -= 1.0  # who has given hours comes first
        onlines[asked] = 1 if online else 0
        asked += 1
    services.tally[service, Tally.ASKED] += asked
    order = np.argsort(keys[:asked])
    for turn in range(asked):
        served = _answer(setup, state, policy, daily, service, rows[order[turn]], day, free)
        if served:
            free -= 1
        if onlines[order[turn]] == 1:
            daily.online += 1
            if service >= Service.COUNSEL and services.tally[service, Tally.PLACES] > 0:
                daily.online_requests += 1
                daily.online_closed += 1 if served else 0
    return asked
