"""Money, services, shared projects and how content residents are. Submodels (17)-(19)."""

from labsim.behaviour.allocation import matched_money, service_coverage, service_share
from labsim.behaviour.participation import joining_probability
from labsim.behaviour.trust import problem_calm, satisfaction_score, satisfied_probability
from labsim.foundations.arithmetic import fixed
from labsim.foundations.compiled import part
from labsim.foundations.randomness import Decision, uniform
from labsim.model.columns import Account, Records, Setup, State
from labsim.model.kernels.accounts import transfer
from labsim.model.kernels.people import active_share
from labsim.model.state import FEN, PERIOD, YEAR, Activity

SERVICES = 3  # care, culture, environment
OFFER_EVERY = 3 * PERIOD  # assumption: a co-funded project is offered once a quarter


@part
def release_money(state: State, today: Records, policy: Records) -> None:
    """Pay a period's share of yearly budgets: repair money in, services bought."""
    repair = int(FEN * policy.repair_budget * PERIOD / YEAR + 0.5)
    transfer(state, Account.GOVERNMENT, Account.REPAIR_FUND, repair)
    today.repair_in += repair
    service = int(FEN * policy.service_budget * PERIOD / YEAR + 0.5)
    transfer(state, Account.GOVERNMENT, Account.SERVICE_FUND, service)
    transfer(state, Account.SERVICE_FUND, Account.SUPPLIERS, service)
    today.service_spent += service


@part
def offer_project(setup: Setup, state: State, today: Records, policy: Records, day: int) -> None:
    """Offer a co-funded project to households, and build it or pay back, submodel (19)."""
    if policy.cofunding == 0.0 or day % OFFER_EVERY != 0:
        return
    world = setup.world[0]
    people = state.people
    residents = setup.residents
    n = len(residents.id)
    total = 0
    if setup.contacts.complete:
        for row in range(n):
            total += int(people.contributed[row])
    for row in range(n):
        people.scratch[row] = 0.0
        if residents.head[row] == 0:
            continue
        voice = world.efficacy_weight * (people.efficacy[row] - 0.5)
        social = world.contact_influence * active_share(setup.contacts, people.contributed, row, total)
        chance = joining_probability(world.alpha_fund, voice, social)
        if uniform(setup.seed, Decision.FUND_JOIN, day, residents.id[row]) < chance:
            people.scratch[row] = 1.0
    joined = 0
    for row in range(n):
        people.contributed[row] = 1 if people.scratch[row] > 0.0 else 0
        joined += int(people.contributed[row])
    cost = int(FEN * policy.cofunding_cost + 0.5)
    raised = joined * int(FEN * policy.cofunding_contribution + 0.5)
    match = matched_money(raised, cost, policy.match_ratio, policy.match_threshold)
    transfer(state, Account.RESIDENTS, Account.ESCROW, raised)
    today.project_raised += raised
    refund = raised
    if raised + match >= cost:
        transfer(state, Account.GOVERNMENT, Account.ESCROW, match)
        transfer(state, Account.ESCROW, Account.SUPPLIERS, cost)
        today.project_matched += match
        today.project_spent += cost
        refund = raised + match - cost
        state.ledger[0].project_value += cost / FEN / world.project_life
    transfer(state, Account.ESCROW, Account.RESIDENTS, refund)
    today.project_refunded += refund


@part
def coverage_of(setup: Setup, state: State, policy: Records, row: int, service: int) -> float:
    """Return how far a service covers its need, submodel (17).

    Volunteers' work of the last period counts at its value for a year, spread like the
    budget, where it is done; finished projects count for the environment.
    """
    world = setup.world[0]
    need = 0.0
    all_needs = 0.0
    for k in range(SERVICES):
        for age in range(len(setup.ages)):
            part = setup.ages[age] * setup.need[k, age]
            all_needs += part
            if k == service:
                need += part
    habit = policy.care_share
    if service == 1:
        habit = policy.culture_share
    elif service == 2:
        habit = 1.0 - policy.care_share - policy.culture_share
    share = service_share(habit, need / all_needs, policy.demand_weight)
    acts = 0
    for earlier in range(max(0, row - PERIOD + 1), row + 1):
        acts += int(state.daily[earlier].act_volunteer)
    worked = acts * (1.0 - policy.volunteers_sent) + policy.volunteers_received
    supply = share * (policy.service_budget + worked * (YEAR / PERIOD) * world.volunteer_value)
    if service == 2:
        supply = supply + state.ledger[0].project_value
    return service_coverage(world.saturation, supply, need * world.need_cost)


@part
def survey(setup: Setup, state: State, policy: Records, row: int, day: int) -> None:
    """Ask every resident how content they are, submodel (18), and record groups of the period."""
    world = setup.world[0]
    people = state.people
    residents = setup.residents
    care = coverage_of(setup, state, policy, row, 0)
    culture = coverage_of(setup, state, policy, row, 1)
    environment = coverage_of(setup, state, policy, row, 2)
    days = min(14, row + 1)
    for i in range(len(residents.id)):
        age = residents.age[i]
        block = residents.block[i]
        unresolved = 0
        for d in range(14):
            unresolved += state.unresolved[d, block]
        service = setup.need[0, age] * care + setup.need[1, age] * culture + setup.need[2, age] * environment
        calm = problem_calm(world.problem_decay, unresolved / days)
        score = satisfaction_score(
            world.score_service, service, world.score_problem, calm, world.score_efficacy, people.efficacy[i]
        )
        people.score[i] = score
        people.satisfied[i] = satisfied_probability(score, world.satisfied_at, world.satisfied_sd)
        group = state.groups[day // PERIOD, residents.cell[i]]
        group.residents += 1
        group.score += fixed(score)
        group.satisfied += fixed(people.satisfied[i])
        group.efficacy += fixed(people.efficacy[i])
        volunteered = people.last_act[Activity.VOLUNTEER, i]
        met = people.last_act[Activity.MEETING, i]
        patrolled = people.last_act[Activity.PATROL, i]
        spoke = max(met, people.last_act[Activity.APP, i])
        offline = max(volunteered, max(met, patrolled))
        if offline > day - YEAR:
            group.offline_12m += 1
        if spoke > day - YEAR:
            group.deliberated_12m += 1
        if max(offline, spoke) > day - PERIOD:
            group.active_28d += 1
