"""Disputes arise, and somebody talks to the parties. Submodels (D1), (D5) and (D6).

Takes: households, trust in the property firm, unresolved facility problems, levers of the day.
Gives: open disputes with their tension, and what both sides know.
"""

from labsim.behaviour.disputes import (
    arrival_probability,
    party_trust,
    patrolled_share,
    property_rate,
    referrals_needed,
    relieved,
    sessions_today,
    shared_facts,
)
from labsim.foundations.compiled import part
from labsim.foundations.randomness import Decision, exponential, uniform
from labsim.model.columns import Records, Setup, State
from labsim.model.modules.disputes_state import DisputeClass, DisputeStage
from labsim.model.state import PERIOD, ItemState
from labsim.population.residents import ItemClass

STEPS = 16  # addresses of a dispute: rounds and referrals never reach this many


@part
def count_faults(setup: Setup, state: State) -> None:
    """Count unresolved facility problems in each block."""
    blocks = state.modules.disputes.blocks
    for block in range(len(blocks)):
        blocks[block].faults = 0
    for j in range(len(state.items)):
        if state.items[j].state != ItemState.OK and setup.places.item_class[j] != ItemClass.ENVIRONMENT:
            blocks[setup.places.block[j]].faults += 1


@part
def facts_of_day(setup: Setup, state: State, policy: Records, row: int) -> float:
    """Return the share of facts that both sides of a property dispute know today, submodel (D6)."""
    patrols = 0
    met = 0
    invited = 0
    for earlier in range(max(0, row - PERIOD + 1), row + 1):
        patrols += int(state.daily[earlier].act_patrol)
        met += int(state.daily[earlier].act_meeting)
        invited += int(state.daily[earlier].due_meeting)
    hall = policy.online_meetings * met / invited if invited > 0 else 0.0
    patrolled = patrolled_share(patrols, len(state.modules.disputes.blocks))
    return shared_facts(policy.party_information, setup.world[0].source_reach, policy.data_sharing, patrolled, hall)


@part
def _neighbour(setup: Setup, row: int, luck: float) -> int:
    """Return the row of a household of the same block, drawn by luck; -1 when there is none."""
    residents = setup.residents
    start = setup.blocks.start[residents.block[row]]
    stop = setup.blocks.start[residents.block[row] + 1]
    others = -1
    for place in range(start, stop):
        others += int(residents.head[setup.blocks.member[place]])
    if others < 1:
        return -1
    turn = int(luck * others)
    for place in range(start, stop):
        other = setup.blocks.member[place]
        if residents.head[other] == 0 or other == row:
            continue
        if turn == 0:
            return int(other)
        turn -= 1
    return -1


@part
def dispute_step(setup: Setup, day: int, step: int) -> int:
    """Return the step of an address of luck: the day a dispute was opened, and its how-manieth event."""
    return (int(day) + setup.burn_in) * STEPS + int(step)


@part
def _open(setup: Setup, state: State, policy: Records, k: int, day: int) -> None:
    """Open a dispute of a household."""
    module = state.modules.disputes
    world = setup.world[0]
    dispute = module.disputes[k]
    row = k // 2
    who = setup.residents.id[row] * 2 + k % 2
    step = dispute_step(setup, day, 0)
    dispute.day = day
    dispute.opened = day + uniform(setup.seed, Decision.DISPUTE_TIME, step, who)
    dispute.tension = uniform(setup.seed, Decision.DISPUTE_TENSION, step, who)
    dispute.rounds = 0
    dispute.calmed = 0
    dispute.other = -1
    dispute.at_table = 0
    if k % 2 == DisputeClass.NEIGHBOUR:
        dispute.other = _neighbour(setup, row, uniform(setup.seed, Decision.DISPUTE_OTHER, step, who))
    if uniform(setup.seed, Decision.DISPUTE_TABLE, step, who) < policy.multi_party_table:
        dispute.at_table = 1
    by_the_desk = uniform(setup.seed, Decision.DISPUTE_ROUTE, step, who) < policy.one_stop
    dispute.referrals = referrals_needed(world.dispute_referrals, by_the_desk)
    dispute.stage = DisputeStage.INTAKE
    wait = world.dispute_intake_days * exponential(setup.seed, Decision.DISPUTE_INTAKE, step, who)
    dispute.next = dispute.opened + wait
    book = module.book[0]
    module.disputes[book.open].listed = k
    book.open += 1
    book.opened += 1


@part
def arise(setup: Setup, state: State, policy: Records, row_of_day: int, day: int) -> None:
    """Let disputes arise: between neighbours, and with the property firm, submodel (D1)."""
    world = setup.world[0]
    residents = setup.residents
    module = state.modules.disputes
    daily = module.daily[row_of_day]
    neighbourly = arrival_probability(world.neighbour_dispute_rate)
    for row in range(len(residents.id)):
        if residents.head[row] == 0:
            continue
        who = residents.id[row]
        free = module.disputes[2 * row].stage == DisputeStage.NONE
        if free and uniform(setup.seed, Decision.DISPUTE_NEIGHBOUR, day, who) < neighbourly:
            _open(setup, state, policy, 2 * row + DisputeClass.NEIGHBOUR, day)
            daily.opened_neighbour += 1
        if module.disputes[2 * row + 1].stage != DisputeStage.NONE:
            continue
        faults = float(module.blocks[residents.block[row]].faults)
        trust = module.homes[row].trust
        rate = property_rate(world.property_dispute_rate, world.property_fault_effect, faults, trust)
        if uniform(setup.seed, Decision.DISPUTE_PROPERTY, day, who) < arrival_probability(rate):
            _open(setup, state, policy, 2 * row + DisputeClass.PROPERTY, day)
            daily.opened_property += 1


@part
def _calm(setup: Setup, state: State, kind: int, sessions: int) -> int:
    """Let sessions go to open disputes of a class, those with fewest so far first; return how many."""
    module = state.modules.disputes
    world = setup.world[0]
    held = 0
    for _ in range(sessions):
        best = -1
        for place in range(module.book[0].open):
            k = module.disputes[place].listed
            if k % 2 == kind and (best < 0 or module.disputes[k].calmed < module.disputes[best].calmed):
                best = k
        if best < 0:
            return held
        dispute = module.disputes[best]
        relief = world.counsel_relief
        trust = 1.0
        if kind == DisputeClass.PROPERTY:
            relief = world.visit_relief
            trust = party_trust(state.people.efficacy[best // 2], module.homes[best // 2].rapport)
        dispute.tension = relieved(dispute.tension, relief, trust)
        dispute.calmed += 1
        held += 1
    return held


@part
def talk_to_parties(setup: Setup, state: State, policy: Records, row_of_day: int, day: int) -> None:
    """Counsel parties of neighbour disputes, visit parties of property disputes, submodel (D5)."""
    daily = state.modules.disputes.daily[row_of_day]
    sessions = sessions_today(policy.counselling_capacity, day % PERIOD)
    visits = sessions_today(policy.door_to_door_visits, day % PERIOD)
    daily.counselling = _calm(setup, state, DisputeClass.NEIGHBOUR, sessions)
    daily.home_visits = _calm(setup, state, DisputeClass.PROPERTY, visits)
