"""Disputes are passed on, wait, go through rounds of mediation and end. Submodels (D2)-(D4).

Takes: open disputes and the levers of the day. Gives: what happens to them in order of time;
who was party to a dispute learns from how it ended, settled or as a petition.
"""

import math

from labsim.behaviour.disputes import elders_chance, party_trust, settle_probability
from labsim.behaviour.participation import delta_rule
from labsim.foundations.compiled import part
from labsim.foundations.randomness import Decision, exponential, uniform
from labsim.model.columns import Records, Setup, State
from labsim.model.kernels.cases import give_feedback
from labsim.model.modules.disputes_arise import dispute_step
from labsim.model.modules.disputes_state import DisputeClass, DisputeStage, Pool


@part
def _next_waiting(state: State, policy: Records, pool: int) -> int:
    """Return the dispute that a pool serves next, first come first served; -1 for none.

    A pool without anybody leaves its disputes to the other.
    """
    module = state.modules.disputes
    empty = int(policy.elders_panel) == 0 if pool == Pool.MEDIATORS else int(policy.mediators) == 0
    best = -1
    for place in range(module.book[0].open):
        k = module.disputes[place].listed
        dispute = module.disputes[k]
        if dispute.stage != DisputeStage.WAITING or (dispute.pool != pool and not empty):
            continue
        if best < 0 or dispute.queued < module.disputes[best].queued:
            best = k
    return best


@part
def give_rounds(setup: Setup, state: State, policy: Records, now: float) -> None:
    """Let idle mediators and elders take waiting disputes, submodel (D3)."""
    module = state.modules.disputes
    book = module.book[0]
    for pool in (Pool.MEDIATORS, Pool.ELDERS):
        idle = int(policy.mediators) - book.busy_mediators
        if pool == Pool.ELDERS:
            idle = int(policy.elders_panel) - book.busy_elders
        while idle > 0:
            k = _next_waiting(state, policy, pool)
            if k < 0:
                break
            idle -= 1
            dispute = module.disputes[k]
            dispute.pool = pool
            dispute.stage = DisputeStage.SESSION
            dispute.since = now
            if pool == Pool.ELDERS:
                book.busy_elders += 1
            else:
                book.busy_mediators += 1
            who = setup.residents.id[k // 2] * 2 + k % 2
            step = dispute_step(setup, dispute.day, dispute.rounds)
            luck = exponential(setup.seed, Decision.DISPUTE_SESSION, step, who)
            dispute.next = now + setup.world[0].mediation_days * luck


@part
def _disappoint(setup: Setup, state: State, row: int) -> None:
    """Let a household whose dispute nobody could settle lose rapport, submodel (D9)."""
    home = state.modules.disputes.homes[row]
    home.rapport = delta_rule(home.rapport, setup.world[0].rapport_rate, 0.0)


@part
def _end(setup: Setup, state: State, row_of_day: int, k: int, now: float, settled: bool) -> None:
    """End a dispute; its parties learn whether it was worth while, submodel (4)."""
    module = state.modules.disputes
    book = module.book[0]
    daily = module.daily[row_of_day]
    dispute = module.disputes[k]
    row = k // 2
    outcome = 1.0 if settled else 0.0
    daily.days_ended += now - dispute.opened
    if settled:
        book.settled += 1
    else:
        book.escalated += 1
    give_feedback(setup, state, row, outcome, now)
    if not settled:
        _disappoint(setup, state, row)
        if dispute.other >= 0:
            _disappoint(setup, state, dispute.other)
    if k % 2 == DisputeClass.NEIGHBOUR:
        if dispute.other >= 0:
            give_feedback(setup, state, dispute.other, outcome, now)
        if settled:
            daily.settled_neighbour += 1
        else:
            daily.escalated_neighbour += 1
    else:
        if settled:
            daily.settled_property += 1
        else:
            daily.escalated_property += 1
        if now >= 0.0:
            home = module.homes[row]
            home.trust = delta_rule(home.trust, setup.world[0].firm_trust_rate, outcome)
    if dispute.rounds > 0 and dispute.pool == Pool.ELDERS:
        daily.elders_ended += 1
        if settled:
            daily.elders_settled += 1
    dispute.stage = DisputeStage.NONE
    book.open -= 1
    found = False
    for place in range(book.open):
        found = found or module.disputes[place].listed == k
        if found:
            module.disputes[place].listed = module.disputes[place + 1].listed


@part
def _deadline(setup: Setup, state: State, k: int) -> float:
    """Return when the parties lose patience; a round that has begun is finished first."""
    dispute = state.modules.disputes.disputes[k]
    if dispute.stage == DisputeStage.SESSION:
        return math.inf
    return float(dispute.opened + setup.world[0].dispute_patience)


@part
def _trust_of_parties(setup: Setup, state: State, k: int) -> float:
    """Return how far the residents who are party to a dispute trust the community, on average, submodel (D9)."""
    homes = state.modules.disputes.homes
    row = k // 2
    trust = party_trust(state.people.efficacy[row], homes[row].rapport)
    other = state.modules.disputes.disputes[k].other
    if other >= 0:
        trust = 0.5 * (trust + party_trust(state.people.efficacy[other], homes[other].rapport))
    return trust


@part
def _round_over(setup: Setup, state: State, row_of_day: int, k: int, now: float) -> None:
    """End a round: settled, given up, or a pause before the next, submodel (D4)."""
    module = state.modules.disputes
    world = setup.world[0]
    book = module.book[0]
    daily = module.daily[row_of_day]
    dispute = module.disputes[k]
    who = setup.residents.id[k // 2] * 2 + k % 2
    step = dispute_step(setup, dispute.day, dispute.rounds)
    daily.mediator_days += now - dispute.since
    daily.rounds += 1
    skill = world.table_effect * dispute.at_table
    if dispute.pool == Pool.ELDERS:
        book.busy_elders -= 1
        skill = skill + world.elder_skill
    else:
        book.busy_mediators -= 1
    base = world.settle_neighbour
    facts = 0.0
    if k % 2 == DisputeClass.PROPERTY:
        base = world.settle_property
        facts = book.information
    trust = world.acceptance_weight * (_trust_of_parties(setup, state, k) - 0.5)
    chance = settle_probability(
        base, skill, world.tension_weight, dispute.tension, world.information_weight, facts, trust
    )
    dispute.rounds += 1
    if uniform(setup.seed, Decision.DISPUTE_SETTLED, step, who) < chance:
        _end(setup, state, row_of_day, k, now, True)
    elif dispute.rounds >= world.dispute_rounds or now >= dispute.opened + world.dispute_patience:
        _end(setup, state, row_of_day, k, now, False)
    else:
        dispute.stage = DisputeStage.COOLING
        gap = world.table_gap_days if dispute.at_table == 1 else world.round_gap_days
        dispute.next = now + gap * exponential(setup.seed, Decision.DISPUTE_GAP, step, who)


@part
def _move_on(setup: Setup, state: State, policy: Records, row_of_day: int, k: int, now: float) -> None:
    """Move on a dispute whose intake, referral, pause or round has ended."""
    world = setup.world[0]
    dispute = state.modules.disputes.disputes[k]
    who = setup.residents.id[k // 2] * 2 + k % 2
    if dispute.stage == DisputeStage.SESSION:
        _round_over(setup, state, row_of_day, k, now)
    elif dispute.stage == DisputeStage.INTAKE and dispute.referrals > 0:
        step = dispute_step(setup, dispute.day, dispute.referrals)
        dispute.referrals -= 1
        state.modules.disputes.daily[row_of_day].referrals += 1
        dispute.next = now + world.referral_days * exponential(setup.seed, Decision.DISPUTE_REFERRAL, step, who)
    else:
        if dispute.rounds == 0:
            step = dispute_step(setup, dispute.day, 0)
            chance = elders_chance(int(policy.elders_panel), int(policy.mediators), world.elder_presence)
            to_elders = uniform(setup.seed, Decision.DISPUTE_PANEL, step, who) < chance
            dispute.pool = Pool.ELDERS if to_elders else Pool.MEDIATORS
        dispute.stage = DisputeStage.WAITING
        dispute.queued = now
        dispute.next = math.inf
    give_rounds(setup, state, policy, now)


@part
def disputes_of_day(setup: Setup, state: State, policy: Records, row_of_day: int, day: int) -> None:
    """Handle everything that happens to disputes before the end of the day, in order of time."""
    module = state.modules.disputes
    give_rounds(setup, state, policy, float(day))
    while True:
        best = -1
        when = day + 1.0
        for place in range(module.book[0].open):
            k = module.disputes[place].listed
            time = min(module.disputes[k].next, _deadline(setup, state, k))
            if time < when:
                best = k
                when = time
        if best < 0:
            return
        if _deadline(setup, state, best) <= when:
            _end(setup, state, row_of_day, best, when, False)
        else:
            _move_on(setup, state, policy, row_of_day, best, when)
