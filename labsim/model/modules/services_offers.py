"""The morning of the module *services*: what is on offer today, and what the core reads of it.

Takes: money, levers, volunteer hours and use so far. Gives: places of every service, the utility
that stored hours add to volunteering, staff hours of the desk, and on the day of the survey the
money that serves somebody. Submodels (S3), (S5)-(S8).
"""

from labsim.behaviour.allocation import service_share
from labsim.behaviour.coordination import load_of
from labsim.behaviour.participation import reward_utility
from labsim.behaviour.services import OPEN_DAYS, happens, places, stored_hours, use_ratio
from labsim.foundations.arithmetic import unfixed
from labsim.foundations.compiled import part
from labsim.foundations.randomness import Decision, uniform
from labsim.model.columns import Records, Setup, State
from labsim.model.modules.services_state import FUNDED, MANY, Service, Tally
from labsim.model.state import PERIOD, WEEK, YEAR, Activity


@part
def _unit_cost(setup: Setup, policy: Records, service: int) -> float:
    """Return what a weekly place of a funded service costs, in yuan."""
    world = setup.world[0]
    if service == Service.CANTEEN:
        return float(world.meal_cost * OPEN_DAYS)
    if service == Service.SCHOOL:
        return float(world.school_cost * policy.school_hours * OPEN_DAYS)
    if service == Service.CULTURE:
        return float(world.culture_cost / world.session_seats)
    return float(world.gym_cost)


@part
def _habit(policy: Records, service: int) -> float:
    """Return the share of the budget that a funded service gets by habit."""
    if service == Service.CANTEEN:
        return float(policy.care_share * policy.canteen_share)
    if service == Service.SCHOOL:
        return float(policy.care_share * (1.0 - policy.canteen_share))
    if service == Service.CULTURE:
        return float(policy.culture_share * (1.0 - policy.gym_share))
    return float(policy.culture_share * policy.gym_share)


@part
def _share_of(setup: Setup, state: State, policy: Records, service: int) -> float:
    """Return a funded service's share of the budget: habit, or demand measured last period, (S3)."""
    tally = state.modules.services.tally
    total = 0.0
    for k in range(FUNDED):
        total += tally[k, Tally.MEASURED] * _unit_cost(setup, policy, k)
    habit = _habit(policy, service)
    if total == 0.0:
        return habit
    measured = tally[service, Tally.MEASURED] * _unit_cost(setup, policy, service) / total
    bookable = policy.care_share + policy.culture_share
    return service_share(habit, measured * bookable, policy.demand_weight)


@part
def served_last_week(state: State, service: int) -> int:
    """Return how many were served in the last seven days."""
    total = 0
    for weekday in range(WEEK):
        total += state.modules.services.tally[service, weekday]
    return total


@part
def _begin_period(state: State) -> None:
    """Take stock: demand becomes measured demand, kept promises of the time bank are known."""
    tally = state.modules.services.tally
    book = state.modules.services.book[0]
    for k in range(MANY):
        tally[k, Tally.MEASURED] = tally[k, Tally.ASKED]
        tally[k, Tally.ASKED] = 0
        tally[k, Tally.SERVED] = 0
    if book.paid_asked > 0:
        book.kept = book.paid_served / book.paid_asked
    book.paid_asked = 0
    book.paid_served = 0


@part
def _open_rooms(setup: Setup, state: State, policy: Records, day: int) -> None:
    """Open the rooms of a week, and let sharing units hold their activities in them, submodel (S5)."""
    world = setup.world[0]
    book = state.modules.services.book[0]
    own = world.own_rooms * world.own_room_hours
    shared = policy.shared_venues * policy.venue_hours
    book.slots = int((own + shared) / world.slot_hours)
    book.shared = shared / (own + shared) if own + shared > 0.0 else 0.0
    book.used = 0
    book.joint = 0
    for venue in range(int(policy.shared_venues)):
        luck = uniform(setup.seed, Decision.JOINT_ACTIVITY, day, venue)
        if book.used < book.slots and luck < happens(world.joint_rate):
            book.joint += 1
            book.used += 1


@part
def _visits(setup: Setup, state: State, policy: Records, day: int) -> int:
    """Return the visits that teams can make in a week, submodel (S7)."""
    world = setup.world[0]
    book = state.modules.services.book[0]
    acts = 0
    row = day + setup.burn_in
    for earlier in range(max(0, row - WEEK), row):
        acts += int(state.daily[earlier].act_volunteer)
    errands = policy.errand_team * world.team_member_hours
    hours = policy.team_share * acts * world.hours_volunteer + errands
    book.errands = errands / hours if hours > 0.0 else 0.0
    return int(hours / world.visit_hours_each)


@part
def _offer(setup: Setup, state: State, policy: Records, day: int) -> None:
    """Set the weekly places of every service, submodel (S3)."""
    world = setup.world[0]
    tally = state.modules.services.tally
    book = state.modules.services.book[0]
    for k in range(FUNDED):
        money = _share_of(setup, state, policy, k) * policy.service_budget
        tally[k, Tally.PLACES] = places(money, _unit_cost(setup, policy, k))
        if k == Service.CULTURE:
            book.sessions = money / (YEAR / WEEK) / world.culture_cost + policy.art_sessions + book.joint
            tally[k, Tally.PLACES] = int(book.sessions * world.session_seats)
    tally[Service.ROOM, Tally.PLACES] = book.slots * int(world.room_seats)
    counselling = policy.counselling_capacity * world.counsel_dropins / (PERIOD / WEEK)
    tally[Service.COUNSEL, Tally.PLACES] = int(counselling)
    tally[Service.VISIT, Tally.PLACES] = _visits(setup, state, policy, day)
    tally[Service.ITEM, Tally.PLACES] = int(policy.proxy_hours / world.item_hours)


@part
def _motivate(setup: Setup, state: State, policy: Records) -> None:
    """Let hours that can be stored add to the utility of volunteering, as far as the bank is trusted, (S6)."""
    world = setup.world[0]
    bonus = 0.0
    if policy.time_bank > 0.0:
        trust = unfixed(state.modules.services.book[0].trust) / len(setup.residents.id)
        hours = stored_hours(world.hours_volunteer, policy.team_share, policy.time_bank_rate) / 100.0
        bonus = reward_utility(world.reward_weight, world.hour_value * hours * trust, world.cost_volunteer)
    setup.alpha[Activity.VOLUNTEER, 0] = world.alpha_volunteer_young + bonus
    setup.alpha[Activity.VOLUNTEER, 1] = world.alpha_volunteer_middle + bonus
    setup.alpha[Activity.VOLUNTEER, 2] = world.alpha_volunteer_older + bonus


@part
def _used(state: State, service: int, usual: float, day: int) -> float:
    """Return the use of a service's places this period against the usual."""
    tally = state.modules.services.tally
    offered = tally[service, Tally.PLACES] * (day % PERIOD) / WEEK
    return use_ratio(float(tally[service, Tally.SERVED]), offered, usual)


@part
def _cover(setup: Setup, state: State, policy: Records, day: int) -> None:
    """Let the core's coverage count what is used instead of what is spent, submodel (S8).

    The core spreads the budget and the worth of volunteers' acts over three services; here empty
    places serve nobody, visits count for care and uses of shared rooms for culture. As shares must
    sum to one, what is lost or gained over all is put into the cost of meeting a need.
    """
    world = setup.world[0]
    tally = state.modules.services.tally
    book = state.modules.services.book[0]
    row = day + setup.burn_in
    acts = 0
    for earlier in range(max(0, row - PERIOD + 1), row):
        acts += int(state.daily[earlier].act_volunteer)
    scale = YEAR / (day % PERIOD)
    volunteers = acts * scale * world.volunteer_value
    supply = policy.service_budget + volunteers
    if supply <= 0.0:
        return
    hour = world.volunteer_value / world.hours_volunteer
    visits = tally[Service.VISIT, Tally.SERVED] * scale * world.visit_hours_each * hour
    directed = min(volunteers, visits * (1.0 - book.errands))
    rest = (supply - directed) / supply
    extra_care = (visits + tally[Service.COUNSEL, Tally.SERVED] * scale * hour) / supply
    extra_culture = tally[Service.ROOM, Tally.SERVED] * scale * book.shared * world.room_value / supply
    care = 0.0
    culture = 0.0
    for k in range(FUNDED):
        share = _share_of(setup, state, policy, k)
        if k <= Service.SCHOOL:
            care += share * _used(state, k, world.usual_care_use, day)
        else:
            culture += share * _used(state, k, world.usual_culture_use, day)
    care = care * rest + extra_care
    culture = culture * rest + extra_culture
    environment = max(0.0, 1.0 - policy.care_share - policy.culture_share) * rest
    total = max(1e-9, care + culture + environment)
    policy.care_share = care / total
    policy.culture_share = culture / total
    policy.demand_weight = 0.0
    world.need_cost = world.need_cost / total


@part
def services_morning(setup: Setup, state: State, policy: Records, day: int) -> None:
    """Open services and rooms for the day; nothing happens during burn-in."""
    if day < 0:
        return
    world = setup.world[0]
    if day % PERIOD == 0:
        _begin_period(state)
    if day % WEEK == 0:
        _open_rooms(setup, state, policy, day)
    _offer(setup, state, policy, day)
    _motivate(setup, state, policy)
    hours = served_last_week(state, Service.ITEM) * world.item_hours / WEEK
    state.modules.services.daily[day + setup.burn_in].item_hours = hours
    policy.admin_load = policy.admin_load + load_of(hours, world.base_load)
    if (day + 1) % PERIOD == 0:
        _cover(setup, state, policy, day)
