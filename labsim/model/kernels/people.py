"""What residents decide on their turn, and what that changes for them.

Takes: the state at the start of step 5. Gives: decisions, all made before any takes
effect, then habits, feedback and crowding-out. Submodels (1)-(5) and (7).
"""

import numpy as np

from labsim.behaviour.participation import (
    Terms,
    crowding_target,
    delta_rule,
    outcome_probability,
    participation_probability,
    participation_utility,
    reward_utility,
)
from labsim.foundations.arithmetic import fixed, unfixed
from labsim.foundations.compiled import allocating_part, kernel, part
from labsim.foundations.draws import fill_uniforms
from labsim.foundations.randomness import Decision, uniform
from labsim.model.columns import Account, Clock, People, Records, Setup, State
from labsim.model.kernels.accounts import transfer
from labsim.model.kernels.calendar import set_clock
from labsim.model.kernels.neighbours import tell
from labsim.model.state import FEN, PERIOD, WEEK, Activity
from labsim.population.contacts import Contacts

_TOGETHER = 512
"""Residents who decide together: what is kept of them stays in the nearest cache."""


@kernel
def active_share(contacts: Contacts, active: np.ndarray, row: int, total: int) -> float:
    """Return the share of someone's contacts whose last decision was to act.

    Args:
        contacts: who knows whom.
        active: last decisions on one activity, shape [N].
        row: whose contacts.
        total: sum of ``active``, used when everybody knows everybody.
    """
    if contacts.complete:
        others = len(active) - 1
        return (total - int(active[row])) / others if others > 0 else 0.0
    first = contacts.start[row]
    last = contacts.start[row + 1]
    if last == first:
        return 0.0
    acting = 0
    for place in range(first, last):
        acting += int(active[contacts.other[place]])
    return float(acting / (last - first))


@kernel
def cash_for(policy: Records, activity: int, low_income: int) -> float:
    """Return yuan in cash or in kind that an act earns."""
    if activity == Activity.VOLUNTEER:
        return float(policy.venue_vouchers + policy.lost_wage_subsidy * low_income)
    if activity == Activity.PATROL:
        return float(policy.supervisor_reward)
    return 0.0


@kernel
def points_for(policy: Records, activity: int) -> float:
    """Return the points that an act earns."""
    if policy.points_earning > 0.0:
        if activity == Activity.SORT:
            return float(policy.points_sort)
        if activity == Activity.VOLUNTEER:
            return float(policy.points_volunteer)
    return 0.0


@kernel
def terms_of(world: Records, policy: Records, activity: int) -> Terms:
    """Gather the weights of an activity from the world and the policy of the day."""
    weekly = activity <= Activity.APP
    barrier = 0.0
    recognition = 0.0
    online = 0.0
    cost = 1.0
    spread = 1.0
    if activity == Activity.SORT:
        cost = world.cost_sort
    elif activity == Activity.VOLUNTEER:
        cost = world.cost_volunteer
        barrier = world.migrant_barrier
        recognition = world.recognition_weight * policy.recognition
    elif activity == Activity.APP:
        spread = world.app_taste
        barrier = world.migrant_barrier * (1.0 - policy.migrant_access)
    elif activity == Activity.MEETING:
        barrier = world.migrant_barrier * (1.0 - policy.migrant_access)
        recognition = world.recognition_weight * policy.recognition
        online = world.meeting_burden * policy.online_meetings
    elif activity == Activity.PATROL:
        spread = 0.5
        cost = world.cost_patrol
    return Terms(
        world.taste_sd * spread,
        world.habit_weight if weekly else 0.0,
        world.contact_influence,
        world.efficacy_weight if activity >= Activity.APP else 0.0,
        barrier,
        1.0 if activity <= Activity.VOLUNTEER else 0.0,
        recognition,
        online,
        reward_utility(world.reward_weight, points_for(policy, activity), cost),
        reward_utility(world.reward_weight, cash_for(policy, activity, 0), cost),
        reward_utility(world.reward_weight, cash_for(policy, activity, 1), cost),
    )


@kernel
def is_due(activity: int, day: int, who: int, panel: int, supervises: bool, registered: bool) -> bool:
    """Return whether it is someone's turn to decide on an activity.

    Weekly activities have a seventh of residents each day; meetings of the panel and
    patrols of supervisors are once in 28 days.
    """
    if activity == Activity.MEETING:
        return day % PERIOD == 0 and panel == 1
    if activity == Activity.PATROL:
        return day % PERIOD == 0 and supervises
    return who % WEEK == day % WEEK and (activity != Activity.APP or registered)


@kernel
def turn(setup: Setup, activity: int, day: int) -> tuple[int, int]:
    """Return where in ``Setup.turns`` those stand whose day for an activity it may be.

    A seventh of all residents for a weekly activity, everybody once in 28 days, else nobody:
    the others need not be looked at.
    """
    if activity <= Activity.APP:
        return setup.turn_start[day % WEEK], setup.turn_start[day % WEEK + 1]
    return 0, len(setup.turns) if day % PERIOD == 0 else 0


@part
def acting_share(contacts: Contacts, people: People, activity: int, row: int, total: int) -> float:
    """Return what :func:`active_share` would count, from the counters that :func:`take_effect` keeps."""
    others = contacts.start[row + 1] - contacts.start[row]
    acting = int(people.acting[activity, row])
    if contacts.complete:
        others = len(contacts.start) - 2
        acting = total - int(people.active[activity, row])
    return float(acting / others) if others > 0 else 0.0


@allocating_part
def decide(setup: Setup, state: State, policy: Records, activity: int, day: int) -> None:
    """Let residents whose turn it is decide on an activity, submodel (2).

    Each writes only their own ``decided``, so their order does not matter. Some hundred at a time: what they would
    gain, then luck and chances in loops that become SIMD.
    """
    people = state.people
    residents = setup.residents
    contacts = setup.contacts
    active = people.active[activity]
    decided = people.decided[activity]
    habit = people.habit[activity]
    alpha = setup.alpha[activity]
    terms = terms_of(setup.world[0], policy, activity)
    decision = Decision.ACT_SORT + activity
    closed = activity == Activity.APP and day < state.ledger[0].app_back
    supervisors = policy.supervisors
    teaching = policy.digital_teaching
    outside = 0.0 if activity == Activity.SORT or activity == Activity.APP else 1.0
    total = 0
    if contacts.complete:
        for row in range(len(active)):
            total += int(active[row])
    first, last = turn(setup, activity, day - 1)
    for place in range(first, last):
        decided[setup.turns[place]] = -1
    first, last = turn(setup, activity, day)
    rows = np.empty(_TOGETHER, np.int64)
    ids = np.empty(_TOGETHER, np.int64)
    utility = np.empty(_TOGETHER, np.float64)
    luck = np.empty(_TOGETHER, np.float64)
    acts = np.empty(_TOGETHER, np.int8)
    for begin in range(first, last, _TOGETHER):
        many = 0
        for place in range(begin, min(last, begin + _TOGETHER)):
            row = setup.turns[place]
            decided[row] = -1
            who = residents.id[row]
            taught = residents.digital[row] == 0 and residents.taught_key[row] < teaching
            registered = residents.registered[row] == 1 or taught
            supervises = residents.supervisor_rank[row] < supervisors
            if closed or not is_due(activity, day, who, residents.panel[row], supervises, registered):
                continue
            rows[many] = row
            ids[many] = who
            utility[many] = participation_utility(
                alpha[residents.age[row]] - outside * people.barrier[row],
                terms,
                residents.migrant[row],
                residents.digital[row] == 1 or taught,
                residents.low_income[row],
                residents.taste[row],
                habit[row],
                acting_share(contacts, people, activity, row, total),
                people.efficacy[row],
                people.credibility[row],
                people.crowding[row],
            )
            many += 1
        fill_uniforms(setup.seed, decision, day, ids[:many], luck)
        for i in range(many):
            acts[i] = 1 if luck[i] < participation_probability(utility[i]) else 0
        for i in range(many):
            decided[rows[i]] = acts[i]


@part
def resolved_share(state: State, row: int) -> float:
    """Return closures / (closures + drops) of the last 56 days, 1 when there were none."""
    closed = 0
    dropped = 0
    for earlier in range(max(0, row - 55), row + 1):
        closed += state.daily[earlier].closed
        dropped += state.daily[earlier].dropped
    return closed / (closed + dropped) if closed + dropped > 0 else 1.0


@part
def take_effect(setup: Setup, state: State, today: Records, policy: Records, activity: int, day: int) -> None:
    """Let decisions of the day change residents: (3), (4) for attendance, (7), and cash rewards."""
    world = setup.world[0]
    people = state.people
    seed = setup.seed
    resolved = resolved_share(state, day + setup.burn_in)
    relevance = policy.agenda_residents if activity == Activity.MEETING else 1.0
    rate = world.efficacy_rate * (0.5 if activity == Activity.APP else 1.0)
    period = day // PERIOD
    due = 0
    acted = 0
    first, last = turn(setup, activity, day)
    for place in range(first, last):
        row = setup.turns[place]
        decided = people.decided[activity, row]
        if decided < 0:
            continue
        due += 1
        change = int(decided) - int(people.active[activity, row])
        if change != 0:
            people.active[activity, row] = decided
            tell(setup.contacts, row, change, people.acting[activity])
        if activity <= Activity.APP:
            habit = people.habit[activity, row]
            people.habit[activity, row] = delta_rule(habit, world.habit_rate, float(decided))
        if activity == Activity.SORT:
            target = crowding_target(
                world.crowding_out, decided == 1, people.credibility[row], policy.points_earning > 0.0
            )
            people.crowding[row] = delta_rule(people.crowding[row], world.crowding_out_rate, target)
        if decided == 0:
            continue
        acted += 1
        who = setup.residents.id[row]
        people.last_act[activity, row] = day
        people.acts[activity, row] += 1
        group = state.groups[period, setup.residents.cell[row]]
        cash = int(FEN * cash_for(policy, activity, setup.residents.low_income[row]) + 0.5)
        transfer(state, Account.SPONSORS, Account.RESIDENTS, cash)
        today.incentive_spent += cash
        if activity >= Activity.APP:
            chance = outcome_probability(policy.results_told, resolved, relevance)
            seen = uniform(seed, Decision.OUTCOME_APP + activity - Activity.APP, day, who) < chance
            people.efficacy[row] = delta_rule(people.efficacy[row], rate, 1.0 if seen else 0.0)
        if activity == Activity.SORT:
            group.act_sort += 1
        elif activity == Activity.VOLUNTEER:
            group.act_volunteer += 1
        elif activity == Activity.APP:
            group.act_app += 1
        elif activity == Activity.MEETING:
            group.act_meeting += 1
        else:
            group.act_patrol += 1
            clock = state.calendar.first[Clock.PATROL] + row
            set_clock(state.calendar, clock, day + 1.0 + uniform(seed, Decision.PATROL_TIME, day, who))
    if activity == Activity.SORT:
        today.due_sort = due
        today.act_sort = acted
    elif activity == Activity.VOLUNTEER:
        today.due_volunteer = due
        today.act_volunteer = acted
        today.resident_hours += acted * world.hours_volunteer
    elif activity == Activity.APP:
        today.due_app = due
        today.act_app = acted
    elif activity == Activity.MEETING:
        today.due_meeting = due
        today.act_meeting = acted
        today.resident_hours += acted * world.hours_meeting
    else:
        today.due_patrol = due
        today.act_patrol = acted
        today.resident_hours += acted * world.hours_patrol


@part
def learn_from_contacts(setup: Setup, state: State, belief: np.ndarray) -> None:
    """Move a belief towards the mean of contacts, everybody at once, submodel (5)."""
    rate = setup.world[0].social_learning_rate
    n = len(setup.residents.id)
    everybody = 0
    if setup.contacts.complete:
        for row in range(n):
            everybody += fixed(belief[row])
    for row in range(n):
        total = everybody - fixed(belief[row])
        count = n - 1
        if not setup.contacts.complete:
            total = 0
            count = setup.contacts.start[row + 1] - setup.contacts.start[row]
            for place in range(setup.contacts.start[row], setup.contacts.start[row + 1]):
                total += fixed(belief[setup.contacts.other[place]])
        old = belief[row]
        state.people.scratch[row] = delta_rule(old, rate, unfixed(total) / count) if count > 0 else old
    for row in range(n):
        belief[row] = state.people.scratch[row]
