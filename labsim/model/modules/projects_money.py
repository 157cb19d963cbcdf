"""How projects are paid: households that agree, a match, public and social money. Submodel (P4).

Takes: proposed projects. Gives: money held for them, or given back; every fen is in the accounts.
"""

from labsim.behaviour.allocation import matched_money
from labsim.behaviour.projects import needed_households, paying_probability, price_of
from labsim.foundations.compiled import part
from labsim.foundations.randomness import Decision, uniform
from labsim.model.columns import Account, Records, Setup, State
from labsim.model.kernels.accounts import transfer
from labsim.model.kernels.cases import give_feedback
from labsim.model.modules.projects_needs import households_of, need_of
from labsim.model.modules.projects_state import KINDS, Kind, Origin, ProjectStage
from labsim.model.state import FEN, PERIOD, YEAR

ROUNDS = 64  # addresses of a project: rounds and waits never reach this many


@part
def answer(setup: Setup, state: State, k: int, outcome: float, now: float) -> None:
    """Let residents who asked for a project, or paid, learn what became of it, submodel (4)."""
    people = state.modules.projects.people
    block = k // KINDS
    bit = 1 << (k % KINDS)
    for place in range(setup.blocks.start[block], setup.blocks.start[block + 1]):
        row = setup.blocks.member[place]
        if (people[row].asked | people[row].paid) & bit:
            give_feedback(setup, state, row, outcome, now)
            people[row].asked &= ~bit
            people[row].paid &= ~bit


@part
def end_project(setup: Setup, state: State, k: int, outcome: float, now: float) -> None:
    """Clear the slot of a project that is over."""
    answer(setup, state, k, outcome, now)
    slot = state.modules.projects.slots[k]
    slot.stage = ProjectStage.NONE
    slot.pledges = 0


@part
def put_in(state: State, today: Records, mine: Records, amount: int, source: int) -> None:
    """Move public or social money to projects."""
    transfer(state, source, Account.PROJECT_FUND, amount)
    state.modules.projects.books[0].money_in += amount
    today.service_spent += amount
    if source == Account.SPONSORS:
        mine.social_in += amount
    else:
        mine.public_in += amount


@part
def give_back(state: State, mine: Records, k: int, amount: int) -> None:
    """Return contributions to the households that paid them."""
    transfer(state, Account.PROJECT_FUND, Account.RESIDENTS, amount)
    state.modules.projects.slots[k].held -= amount
    state.modules.projects.books[0].refunded += amount
    mine.refunded += amount


@part
def ask_households(setup: Setup, state: State, mine: Records, k: int) -> None:
    """Ask every household of the block that has not paid yet, all at once, submodel (P4)."""
    module = state.modules.projects
    slot = module.slots[k]
    world = setup.world[0]
    block = k // KINDS
    bit = 1 << (k % KINDS)
    social = world.contact_influence * (slot.pledges / households_of(setup, block))
    worn_out = need_of(setup, state, k, slot.next)
    step = slot.attempts * ROUNDS + slot.rounds
    for place in range(setup.blocks.start[block], setup.blocks.start[block + 1]):
        row = setup.blocks.member[place]
        if setup.residents.head[row] == 0 or module.people[row].paid & bit:
            continue
        gain = module.people[row].stairs if k % KINDS == Kind.LIFT else worn_out
        voice = world.efficacy_weight * (state.people.efficacy[row] - 0.5)
        benefit = world.benefit_weight * (gain - 0.5)
        chance = paying_probability(world.alpha_fund, voice, social, benefit, world.price_weight, slot.price)
        mine.asked += 1
        if uniform(setup.seed, Decision.PROJECT_JOIN, step, setup.residents.id[row] * KINDS + k % KINDS) < chance:
            module.people[row].paid |= bit
            slot.pledges += 1
            mine.joined += 1
            slot.held += slot.price
            transfer(state, Account.RESIDENTS, Account.PROJECT_FUND, slot.price)
            module.books[0].money_in += slot.price
            mine.paid_in += slot.price


@part
def come_together(setup: Setup, state: State, today: Records, policy: Records, mine: Records, k: int) -> bool:
    """Hold a round of asking; say whether the money has come together, and give back what is too much."""
    books = state.modules.projects.books[0]
    slot = state.modules.projects.slots[k]
    needed = needed_households(households_of(setup, k // KINDS), setup.world[0].consent_quorum)
    lift = k % KINDS == Kind.LIFT
    own = int(slot.cost) - int(slot.cost * policy.lift_subsidy)
    if slot.rounds == 0:
        slot.price = price_of(own, needed) if lift else int(FEN * policy.cofunding_contribution + 0.5)
    ask_households(setup, state, mine, k)
    slot.rounds += 1
    if lift:
        if slot.pledges < needed:
            return False
        own = min(own, int(slot.held))
    else:
        match = matched_money(slot.held, slot.cost, policy.match_ratio, policy.match_threshold)
        match = min(match, max(0, int(FEN * policy.match_budget + 0.5) - int(books.matched)))
        if slot.held + match < slot.cost:
            return False
        own = int(slot.cost) - match
        books.matched += match
    give_back(state, mine, k, int(slot.held) - own)
    put_in(state, today, mine, int(slot.cost) - own, Account.GOVERNMENT)
    slot.held = slot.cost
    mine.agreements += 1
    mine.own += own
    mine.shared_cost += slot.cost
    return True


@part
def _granted(policy: Records, k: int, origin: int, cost: int) -> int:
    """Return what whoever decided a project pays of it, in fen."""
    if origin != Origin.PROGRAMME:
        return 0
    if k % KINDS == Kind.GARDEN:
        return min(cost, int(FEN * policy.micro_grant + 0.5))
    return cost


@part
def next_paid(state: State, today: Records, policy: Records, mine: Records) -> int:
    """Pay the first project in line that the pot can pay, and return its slot; -1 when there is none."""
    module = state.modules.projects
    books = module.books[0]
    best = -1
    for k in range(len(module.slots)):
        slot = module.slots[k]
        if slot.stage != ProjectStage.MONEY or (best >= 0 and slot.number > module.slots[best].number):
            continue
        if int(slot.cost) - _granted(policy, k, slot.origin, int(slot.cost)) <= books.pot:
            best = k
    if best >= 0:
        slot = module.slots[best]
        grant = _granted(policy, best, slot.origin, int(slot.cost))
        put_in(state, today, mine, grant, Account.GOVERNMENT)
        books.pot -= int(slot.cost) - grant
        slot.held = slot.cost
    return best


@part
def fill_pot(state: State, today: Records, policy: Records, mine: Records, day: int) -> None:
    """Pay a period's share of public and social money for voted projects; a new year has a new match."""
    books = state.modules.projects.books[0]
    if day % YEAR == 0:
        books.matched = 0
    if (day + 1) % PERIOD == 0:
        public = int(FEN * policy.project_budget * PERIOD / YEAR + 0.5)
        social = int(FEN * policy.social_money * PERIOD / YEAR + 0.5)
        put_in(state, today, mine, public, Account.GOVERNMENT)
        put_in(state, today, mine, social, Account.SPONSORS)
        books.pot += public + social
