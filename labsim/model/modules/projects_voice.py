"""Where projects come from: programmes, residents, suggestions and a vote. Submodels (P2) and (P3).

Takes: needs and beliefs. Gives: proposed projects; those on a ballot pass or are voted down.
"""

from labsim.behaviour.projects import (
    SPACES,
    approval_probability,
    is_reached,
    left_over,
    proposing_probability,
    speaking_probability,
)
from labsim.foundations.arithmetic import fixed, normal_quantile, unfixed
from labsim.foundations.compiled import part
from labsim.foundations.randomness import Decision, uniform
from labsim.model.columns import Records, Setup, State
from labsim.model.kernels.cases import give_feedback
from labsim.model.modules.projects_money import end_project
from labsim.model.modules.projects_needs import choose, households_of, need_of
from labsim.model.modules.projects_state import KINDS, MILLION, Kind, Origin, ProjectStage
from labsim.model.state import FEN, PERIOD

CARE = 0
ENVIRONMENT = 2


@part
def propose(setup: Setup, state: State, mine: Records, k: int, origin: int, day: int) -> None:
    """Start a project in a free slot."""
    world = setup.world[0]
    books = state.modules.projects.books[0]
    slot = state.modules.projects.slots[k]
    kind = k % KINDS
    homes = households_of(setup, k // KINDS)
    slot.spaces = min(SPACES, int(slot.lacking)) if kind == Kind.PARKING else 0
    cost = world.garden_cost
    if kind == Kind.LIFT:
        cost = world.lift_cost * homes
    elif kind == Kind.RAMP:
        cost = world.ramp_cost
    elif kind == Kind.PARKING:
        cost = world.space_cost * slot.spaces
    elif kind == Kind.ROAD:
        cost = world.road_cost * homes
    slot.cost = int(FEN * cost + 0.5)
    slot.origin = origin
    slot.attempts += 1
    slot.number = books.proposed
    slot.rounds = 0
    slot.steps = 0
    slot.yes = 0
    slot.votes = 0
    slot.opened = day + 1.0
    slot.next = day + 1.0
    slot.stage = ProjectStage.MONEY
    if origin == Origin.BALLOT:
        slot.stage = ProjectStage.BALLOT
    elif kind == Kind.LIFT or origin == Origin.RESIDENTS:
        slot.stage = ProjectStage.ASKING
    books.proposed += 1
    mine.proposed += 1
    mine.hours += world.office_hours


@part
def is_due(state: State, which: int, a_year: float) -> bool:
    """Return whether one of so many a year is due; the first one is at once."""
    due = state.modules.projects.due
    if a_year <= 0.0:
        return False
    if due[which] < 364 * MILLION:
        due[which] += int(MILLION * a_year + 0.5)
    if due[which] < 364 * MILLION:
        return False
    due[which] -= 364 * MILLION
    return True


@part
def start_programmes(setup: Setup, state: State, policy: Records, mine: Records, day: int) -> None:
    """Start projects that somebody has decided, where need or habit says."""
    for kind in range(KINDS):
        rate = 0.0
        if kind == Kind.LIFT:
            rate = policy.lift_projects
        elif kind == Kind.RAMP:
            rate = policy.ramp_projects
        elif kind == Kind.PARKING:
            rate = policy.parking_spaces / SPACES
        elif kind == Kind.GARDEN:
            rate = policy.micro_projects
        if is_due(state, kind, rate):
            k = choose(setup, state, policy, kind, day)
            if k >= 0:
                propose(setup, state, mine, k, Origin.PROGRAMME, day)
                if kind == Kind.PARKING:
                    full = 364 * MILLION
                    state.modules.projects.due[kind] += left_over(int(state.modules.projects.slots[k].spaces), full)


@part
def hear_residents(setup: Setup, state: State, mine: Records, day: int) -> None:
    """Let residents of worn blocks propose to share the cost of a renovation, submodel (P2)."""
    world = setup.world[0]
    for block in range(len(setup.blocks.start) - 1):
        k = block * KINDS + Kind.ROAD
        homes = households_of(setup, block)
        if homes == 0 or state.modules.projects.slots[k].stage != ProjectStage.NONE:
            continue
        belief = 0
        for place in range(setup.blocks.start[block], setup.blocks.start[block + 1]):
            row = setup.blocks.member[place]
            if setup.residents.head[row] == 1:
                belief += fixed(state.people.efficacy[row])
        wear = need_of(setup, state, k, float(day))
        chance = proposing_probability(world.proposal_rate, wear, world.efficacy_weight, unfixed(belief) / homes)
        if uniform(setup.seed, Decision.PROJECT_PROPOSE, day, k) < chance:
            propose(setup, state, mine, k, Origin.RESIDENTS, day)


@part
def _wish(setup: Setup, state: State, k: int, age: int, day: int) -> float:
    """Return how much a group wants a project: the need it meets, as the group needs it."""
    service = CARE if k % KINDS == Kind.RAMP else ENVIRONMENT
    return float(need_of(setup, state, k, float(day)) * setup.need[service, age])


@part
def _reached(setup: Setup, policy: Records, row: int, day: int) -> bool:
    """Return whether today's call reaches a resident."""
    residents = setup.residents
    digital = residents.digital[row] == 1 or residents.taught_key[row] < policy.digital_teaching
    luck = uniform(setup.seed, Decision.PROJECT_REACHED, day, residents.id[row])
    return is_reached(policy.vote_online > 0.0, digital, setup.world[0].offline_reach, luck)


@part
def _suggest(setup: Setup, state: State, row: int, luck: float, day: int) -> int:
    """Return the slot of the project that a resident suggests for the own block, -1 when nothing is needed."""
    slots = state.modules.projects.slots
    first = setup.residents.block[row] * KINDS
    age = setup.residents.age[row]
    total = 0.0
    for k in range(first + Kind.RAMP, first + KINDS):
        if slots[k].stage == ProjectStage.NONE:
            total += _wish(setup, state, k, age, day)
    left = luck * total
    for k in range(first + Kind.RAMP, first + KINDS):
        if slots[k].stage == ProjectStage.NONE:
            wish = _wish(setup, state, k, age, day)
            if left < wish:
                return k
            left -= wish
    return -1


@part
def call_for_suggestions(setup: Setup, state: State, policy: Records, mine: Records, day: int) -> None:
    """Collect suggestions and put those with most support on the ballot; earlier ones without answer disappoint."""
    module = state.modules.projects
    world = setup.world[0]
    for k in range(len(module.slots)):
        module.slots[k].suggested = 0
    for row in range(len(setup.residents.id)):
        person = module.people[row]
        for kind in range(KINDS):
            free = module.slots[setup.residents.block[row] * KINDS + kind].stage == ProjectStage.NONE
            if free and person.asked & (1 << kind):
                person.asked &= ~(1 << kind)
                give_feedback(setup, state, row, 0.0, float(day))
        if not _reached(setup, policy, row, day):
            continue
        chance = speaking_probability(world.suggestion_bias, world.efficacy_weight, state.people.efficacy[row])
        luck = uniform(setup.seed, Decision.PROJECT_SUGGEST, day, setup.residents.id[row])
        if luck < chance:
            k = _suggest(setup, state, row, luck / chance, day)
            if k >= 0:
                person.asked |= 1 << (k % KINDS)
                module.slots[k].suggested += 1
                mine.suggestions += 1
    books = module.books[0]
    books.ballot = 0
    books.vote_day = day + PERIOD
    for _ in range(int(policy.ballot_projects)):
        best = -1
        for k in range(len(module.slots)):
            slot = module.slots[k]
            if slot.stage == ProjectStage.NONE and slot.suggested > (module.slots[best].suggested if best >= 0 else 0):
                best = k
        if best >= 0:
            propose(setup, state, mine, best, Origin.BALLOT, day)
            module.slots[books.ballot].listed = best
            books.ballot += 1


@part
def hold_vote(setup: Setup, state: State, policy: Records, mine: Records, day: int) -> None:
    """Let residents vote on the ballot; what enough of them want waits for money, submodel (P3)."""
    module = state.modules.projects
    world = setup.world[0]
    books = module.books[0]
    mine.on_ballot = books.ballot
    for row in range(len(setup.residents.id)):
        who = setup.residents.id[row]
        chance = speaking_probability(world.turnout_bias, world.efficacy_weight, state.people.efficacy[row])
        luck = uniform(setup.seed, Decision.PROJECT_TURNOUT, day, who)
        if luck >= chance or not _reached(setup, policy, row, day):
            continue
        mine.voters += 1
        for place in range(books.ballot):
            k = module.slots[place].listed
            slot = module.slots[k]
            plan = world.plan_spread * normal_quantile(uniform(setup.seed, Decision.PROJECT_APPEAL, slot.attempts, k))
            need = world.approval_need * _wish(setup, state, k, setup.residents.age[row], day)
            own = setup.residents.block[row] == k // KINDS
            chance = approval_probability(world.approval_bias, plan, need, own, world.approval_others)
            slot.votes += 1
            if uniform(setup.seed, Decision.PROJECT_YES, slot.attempts, who * len(module.slots) + k) < chance:
                slot.yes += 1
    for place in range(books.ballot):
        k = module.slots[place].listed
        slot = module.slots[k]
        mine.votes += slot.votes
        mine.yes += slot.yes
        if slot.yes > policy.vote_threshold * slot.votes:
            slot.stage = ProjectStage.MONEY
            mine.passed += 1
        else:
            books.down += 1
            mine.voted_down += 1
            end_project(setup, state, k, 0.0, day + 1.0)
    books.ballot = 0
