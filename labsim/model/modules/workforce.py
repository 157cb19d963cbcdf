"""Skills and careers of community workers: the workforce module, (W1)-(W9).

Takes: the state. Gives: workers who are trained, learn, forget, hope, rise and leave; what
skill does to times, repairs, hand-overs and talks; hours of learning and of relief. Training
is in the morning and its hours are other work of the day; skills act from the next day on.
"""

from labsim.behaviour.skills import YEAR, administration, is_blocked, shifted, team_skill, time_factor, usual_skill
from labsim.behaviour.workforce import HOURS_PER_DAY
from labsim.foundations.arithmetic import fixed, unfixed
from labsim.foundations.compiled import part
from labsim.model.columns import Account, Records, Setup, State
from labsim.model.kernels.accounts import breach, transfer
from labsim.model.kernels.staff import PRESENT
from labsim.model.modules.workforce_careers import MILLION, despair, found, promote, roll_call, waited
from labsim.model.modules.workforce_learning import hold_exercise, hold_session, learn, pair
from labsim.model.state import FEN

A_YEAR = 364 * MILLION


@part
def _work_as_skilled(setup: Setup, state: State, policy: Records, day: int) -> None:
    """Let skills of yesterday evening act on today's times, repairs, hand-overs and talks, (W5) and (W6)."""
    world = setup.world[0]
    ledger = state.modules.workforce.ledger[0]
    book = state.modules.workforce.daily[day + setup.burn_in]
    many = ledger.headcount
    posted = policy.social_workers
    alone = world.skill_newcomer
    digital = team_skill(ledger.digital, many, 0.0, 0.0, alone)
    decision = team_skill(ledger.decision, many, 0.0, 0.0, alone)
    rules = team_skill(ledger.policy, many, posted, world.skill_professional, alone)
    voice = team_skill(ledger.mediation, many, posted, world.skill_professional, alone)
    usual = usual_skill(world.skill_newcomer, world.skill_practice, world.practice_rate, world.tenure_start)
    book.handling_factor = time_factor(world.skill_speed, digital, usual)
    book.approval_factor = time_factor(world.skill_decision, decision, usual)
    world.work_days *= book.handling_factor
    world.intake_days *= book.handling_factor
    world.hop_days *= book.approval_factor
    world.superficial_share = shifted(world.superficial_share, world.skill_quality, rules, usual)
    world.drop_rate = shifted(world.drop_rate, world.skill_quality, rules, usual)
    policy.results_told = shifted(policy.results_told, -world.skill_voice, voice, usual)


@part
def _measure(setup: Setup, state: State, policy: Records, day: int) -> None:
    """Count workers and sum up skills, in fixed point."""
    world = setup.world[0]
    ledger = state.modules.workforce.ledger[0]
    book = state.modules.workforce.daily[day + setup.burn_in]
    many = 0
    titles = 0
    pairs = 0
    trained = 0
    blocked = 0
    rules = 0
    digital = 0
    mediation = 0
    decision = 0
    for p in range(len(state.posts)):
        worker = state.modules.workforce.workers[p]
        if worker.present == 0:
            continue
        many += 1
        titles += int(worker.title)
        trained += int(worker.trained)
        pairs += 1 if worker.mentor >= 0 else 0
        if is_blocked(waited(state, p, day), world.blocked_after, worker.title, policy.title_levels):
            blocked += 1
        rules += fixed(worker.policy)
        digital += fixed(worker.digital)
        mediation += fixed(worker.mediation)
        decision += fixed(worker.decision)
    ledger.headcount = many
    ledger.titles = titles
    ledger.pairs = pairs
    ledger.policy = unfixed(rules)
    ledger.digital = unfixed(digital)
    ledger.mediation = unfixed(mediation)
    ledger.decision = unfixed(decision)
    book.present = many
    book.titles = titles
    book.pairs = pairs
    book.trained = trained
    book.blocked = blocked
    # Without workers there is no mean: 0, also when the last one left on the first day, counted in the morning.
    book.policy = ledger.policy / many if many > 0 else 0.0
    book.digital = ledger.digital / many if many > 0 else 0.0
    book.mediation = ledger.mediation / many if many > 0 else 0.0
    book.decision = ledger.decision / many if many > 0 else 0.0


@part
def workforce_morning(setup: Setup, state: State, today: Records, policy: Records, day: int) -> None:
    """Hold today's sessions, and let skills, titles and relief change what the core reads today."""
    row = day + setup.burn_in
    ledger = state.modules.workforce.ledger[0]
    book = state.modules.workforce.daily[row]
    world = setup.world[0]
    book.day = day
    load = 0.0
    if row == 0:
        found(setup, state, policy, day)
        _measure(setup, state, policy, day)
    else:
        load = state.daily[row - 1].load
    _work_as_skilled(setup, state, policy, day)
    ledger.sessions_due += int(MILLION * policy.trainings + 0.5)
    if ledger.sessions_due >= A_YEAR:
        ledger.sessions_due -= A_YEAR
        hold_session(setup, state, policy, day, load)
    ledger.exercises_due += int(MILLION * policy.exercises + 0.5)
    if ledger.exercises_due >= A_YEAR:
        ledger.exercises_due -= A_YEAR
        hold_exercise(setup, state, day, load)
    hours = book.attended * world.training_hours + book.exercised * world.exercise_hours
    book.learning_hours = hours + ledger.pairs * world.mentor_hours
    relief = policy.social_workers * HOURS_PER_DAY + policy.social_organisations * world.organisation_hours
    before = policy.admin_load
    policy.admin_load = administration(before, world.base_load, book.learning_hours, relief, world.handover_limit)
    book.relief_hours = min(relief, world.handover_limit * before * world.base_load)
    if ledger.headcount > 0:
        premium = policy.title_premium * ledger.titles / ledger.headcount
        policy.pay_gap -= premium
        book.premiums = int(FEN * world.worker_pay * premium * ledger.headcount / YEAR + 0.5)


@part
def _pay(setup: Setup, state: State, today: Records, policy: Records, day: int) -> None:
    """Pay fees of sessions, posted professionals and contracts; allowances are in the wages already."""
    world = setup.world[0]
    book = state.modules.workforce.daily[day + setup.burn_in]
    book.fees = int(FEN * world.training_cost * book.attended + 0.5)
    book.professionals = int(FEN * world.worker_pay * policy.social_workers / YEAR + 0.5)
    book.contracts = int(FEN * world.organisation_pay * policy.social_organisations / YEAR + 0.5)
    transfer(state, Account.GOVERNMENT, Account.SUPPLIERS, book.fees + book.contracts)
    transfer(state, Account.GOVERNMENT, Account.RESIDENTS, book.professionals)
    today.service_spent += book.fees + book.contracts
    today.wages += book.professionals


@part
def _check(setup: Setup, state: State, today: Records, before: int, day: int) -> None:
    """Check the laws of the module against what the core knows of posts."""
    workforce = state.modules.workforce
    ledger = workforce.ledger[0]
    book = workforce.daily[day + setup.burn_in]
    here = 0
    wrong = 0
    for p in range(len(state.posts)):
        worker = workforce.workers[p]
        if state.posts[p].state == PRESENT:
            here += 1
        for skill in (worker.policy, worker.digital, worker.mediation, worker.decision):
            if not 0.0 <= skill <= 1.0:
                wrong += 1
        if worker.mentor >= 0 and workforce.workers[worker.mentor].present == 0:
            wrong += 1
    left = book.left_blocked + book.left_other
    off = abs(before + book.hired - left - book.left_abolished - here) + abs(here - ledger.headcount)
    off += abs(book.hired - today.hires) + abs(left - today.quits)
    if off != 0:
        breach(state, 32, day, off)
    if wrong != 0:
        breach(state, 33, day, wrong)
    off = ledger.accrued - MILLION * ledger.promoted - ledger.openings - ledger.lapsed
    if off != 0:
        breach(state, 34, day, off)


@part
def workforce_evening(setup: Setup, state: State, today: Records, policy: Records, day: int) -> None:
    """Let workers come and go, learn, forget, despair and rise, and keep the books."""
    before = state.modules.workforce.ledger[0].headcount
    roll_call(setup, state, policy, day)
    despair(setup, state, today, policy, day)
    pair(setup, state, policy, day)
    learn(setup, state)
    promote(setup, state, policy, day)
    _pay(setup, state, today, policy, day)
    _measure(setup, state, policy, day)
    _check(setup, state, today, before, day)
