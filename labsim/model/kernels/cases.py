"""What happens to cases in event time: intake, approvals, queue, service, verification.

Takes: an item whose case moves on, and the time. Gives: the next stage. Submodels (12)-(14).
The open case of an item lives on the item; the case log keeps every case.
"""

import math

from labsim.behaviour.participation import delta_rule
from labsim.behaviour.rectification import (
    drop_probability,
    hops_needed,
    queue_priority,
    stage_time,
    superficial_probability,
    waiting_time,
)
from labsim.behaviour.workforce import HOURS_PER_DAY
from labsim.foundations.compiled import part
from labsim.foundations.randomness import Decision, exponential, uniform
from labsim.model.columns import Account, Clock, Records, Setup, State
from labsim.model.kernels.accounts import transfer
from labsim.model.kernels.calendar import set_clock, unset
from labsim.model.state import Detector, ItemState, Outcome, Stage

RECURRENCE_WINDOW = 90.0  # recurrence_window_months: 3
MORE_THAN_ANY = 1 << 62  # fen


@part
def give_feedback(setup: Setup, state: State, resident: int, outcome: float, now: float) -> None:
    """Let someone who reported learn from what became of it, submodel (4)."""
    if now >= 0.0:
        efficacy = state.people.efficacy
        efficacy[resident] = delta_rule(efficacy[resident], setup.world[0].efficacy_rate, outcome)


@part
def reporter_row(setup: Setup, reporter: int) -> int:
    """Return the row of a resident id, -1 for nobody; ids are kept in ascending order or not."""
    ids = setup.residents.id
    if reporter < 0:
        return -1
    if reporter < len(ids) and ids[reporter] == reporter:
        return reporter
    for row in range(len(ids)):
        if ids[row] == reporter:
            return row
    return -1


@part
def open_case(
    setup: Setup, state: State, today: Records, policy: Records, j: int, now: float, detector: int, row: int
) -> None:
    """Open a case for a latent item; ``row`` is the reporting resident or -1."""
    world = setup.world[0]
    ledger = state.ledger[0]
    item = state.items[j]
    k = ledger.cases
    ledger.cases = k + 1
    item.cases += 1
    item.case = k
    item.state = ItemState.OPEN
    item.stage = Stage.INTAKE
    item.informed = 0
    where = setup.places.id[j]
    case = state.cases[k]
    case.item_id = where
    case.item_class = setup.places.item_class[j]
    case.block = setup.places.block[j]
    case.number = item.cases
    case.onset = item.onset
    case.opened = now
    case.detector = detector
    case.reporter = -1
    case.reporter_cell = -1
    if row >= 0 and detector == Detector.RESIDENT:
        case.reporter = setup.residents.id[row]
        case.reporter_cell = setup.residents.cell[row]
        case.reports = 1
    many = uniform(setup.seed, Decision.HOPS, item.cases, where) < world.many_hops_share
    joint = uniform(setup.seed, Decision.JOINT_DECISION, item.cases, where) < policy.joint_decision
    case.hops = hops_needed(many, joint)
    item.hops_left = case.hops
    case.queued = math.nan
    case.started = math.nan
    case.closed = math.nan
    case.next_onset = math.nan
    case.next_opened = math.nan
    today.opened += 1
    if detector == Detector.INSPECTION:
        today.found_inspection += 1
    elif detector == Detector.RESIDENT:
        today.found_resident += 1
    else:
        today.found_patrol += 1
    if item.last_closed_case >= 0:
        before = state.cases[item.last_closed_case]
        if math.isnan(before.next_opened):
            before.next_opened = now
    luck = exponential(setup.seed, Decision.INTAKE_TIME, item.cases, where)
    wait = stage_time(world.intake_days, policy.intake_cut, luck)
    set_clock(state.calendar, state.calendar.first[Clock.CASE] + j, now + wait)


@part
def _begin_hop(setup: Setup, state: State, policy: Records, j: int, now: float) -> None:
    item = state.items[j]
    address = item.cases * 16 + item.hops_left
    luck = exponential(setup.seed, Decision.HOP_TIME, address, setup.places.id[j])
    wait = stage_time(setup.world[0].hop_days, policy.approval_cut, luck)
    set_clock(state.calendar, state.calendar.first[Clock.CASE] + j, now + wait)


@part
def _enqueue(setup: Setup, state: State, j: int) -> None:
    ledger = state.ledger[0]
    state.items[j].stage = Stage.WAITING
    state.queue[ledger.queued] = j
    ledger.queued += 1
    ledger.cheapest = min(ledger.cheapest, charge(setup, state, j))


@part
def _drop(setup: Setup, state: State, today: Records, j: int, now: float) -> None:
    item = state.items[j]
    case = state.cases[item.case]
    case.outcome = Outcome.DROPPED
    case.closed = now
    today.dropped += 1
    state.ledger[0].dropped += 1
    row = reporter_row(setup, case.reporter)
    if row >= 0 and item.informed == 0:
        give_feedback(setup, state, row, 0.0, now)
    item.state = ItemState.LATENT
    item.stage = Stage.NONE
    item.case = -1


@part
def _close(setup: Setup, state: State, today: Records, policy: Records, j: int, now: float) -> None:
    item = state.items[j]
    case = state.cases[item.case]
    where = setup.places.id[j]
    case.outcome = Outcome.CLOSED
    case.closed = now
    today.closed += 1
    state.ledger[0].closed += 1
    today.handling_days += now - case.opened
    item.closures += 1
    item.state = ItemState.OK
    item.stage = Stage.NONE
    item.superficial = case.superficial
    item.closed = now
    item.last_closed_case = item.case
    item.case = -1
    calendar = state.calendar
    unset(calendar, calendar.first[Clock.NOTICE] + j)
    if case.superficial == 1:
        today.superficial_closures += 1
        luck = exponential(setup.seed, Decision.RECURRENCE, item.closures, where)
        set_clock(calendar, calendar.first[Clock.RECURRENCE] + j, now + setup.world[0].recurrence_days * luck)
    else:
        today.genuine_closures += 1
    row = reporter_row(setup, case.reporter)
    if row >= 0 and uniform(setup.seed, Decision.TOLD, item.cases, where) < policy.results_told:
        case.told = 1
        give_feedback(setup, state, row, 1.0, now)


@part
def case_event(setup: Setup, state: State, today: Records, policy: Records, j: int, now: float) -> None:
    """Move a case on whose intake, approval or verification has ended."""
    world = setup.world[0]
    item = state.items[j]
    where = setup.places.id[j]
    if item.stage == Stage.INTAKE:
        item.stage = Stage.APPROVAL
        _begin_hop(setup, state, policy, j, now)
    elif item.stage == Stage.APPROVAL:
        lost = drop_probability(world.drop_rate, policy.case_tracking)
        if uniform(setup.seed, Decision.HOP_DROP, item.cases * 16 + item.hops_left, where) < lost:
            _drop(setup, state, today, j, now)
            return
        item.hops_left -= 1
        if item.hops_left > 0:
            _begin_hop(setup, state, policy, j, now)
        else:
            state.cases[item.case].queued = now
            _enqueue(setup, state, j)
            start_service(setup, state, today, policy, now)
    else:
        case = state.cases[item.case]
        caught = uniform(setup.seed, Decision.VERIFY, item.cases * 64 + case.attempts, where) < policy.verification
        if case.superficial == 1 and caught:
            today.returned += 1
            _enqueue(setup, state, j)
            start_service(setup, state, today, policy, now)
        else:
            _close(setup, state, today, policy, j, now)


@part
def charge(setup: Setup, state: State, j: int) -> int:
    """Return what serving a case costs now, in fen; rework is on the contractor."""
    case = state.cases[state.items[j].case]
    return setup.cost[case.item_class] if case.attempts == 0 else 0


@part
def _choose(setup: Setup, state: State, policy: Records, now: float) -> int:
    """Return the queue position of the case to serve next, -1 when none can be paid."""
    best = -1
    best_priority = -1
    deadline = setup.world[0].feedback_deadline
    money = state.accounts[Account.REPAIR_FUND]
    cheapest = MORE_THAN_ANY
    for position in range(state.ledger[0].queued):
        j = state.queue[position]
        cost = charge(setup, state, j)
        if cost > money:
            cheapest = min(cheapest, cost)
            continue
        case = state.cases[state.items[j].case]
        priority = queue_priority(int(policy.queue_rule), case.item_class, now - case.opened, deadline)
        if priority > best_priority:
            best = position
            best_priority = priority
    if best < 0:
        state.ledger[0].cheapest = cheapest
    return best


@part
def start_service(setup: Setup, state: State, today: Records, policy: Records, now: float) -> None:
    """Give waiting cases to idle handlers, as far as money goes, submodel (13)."""
    ledger = state.ledger[0]
    calendar = state.calendar
    for h in range(int(policy.handlers)):
        handler = state.handlers[h]
        if handler.serving >= 0 or ledger.queued == 0:
            continue
        if state.accounts[Account.REPAIR_FUND] < ledger.cheapest:
            return  # as the last look at everybody who waits has shown: a long queue without money is not read again
        position = _choose(setup, state, policy, now)
        if position < 0:
            return
        j = state.queue[position]
        ledger.queued -= 1
        for later in range(position, ledger.queued):
            state.queue[later] = state.queue[later + 1]
        item = state.items[j]
        case = state.cases[item.case]
        cost = charge(setup, state, j)
        transfer(state, Account.REPAIR_FUND, Account.SUPPLIERS, cost)
        today.repair_spent += cost
        item.stage = Stage.SERVICE
        if math.isnan(case.started):
            case.started = now
        handler.serving = j
        handler.since = now
        luck = exponential(setup.seed, Decision.WORK_TIME, item.cases * 64 + case.attempts, setup.places.id[j])
        wait = waiting_time(ledger.speed, setup.world[0].work_days * luck)
        set_clock(calendar, calendar.first[Clock.SERVICE] + h, now + wait)


@part
def service_event(setup: Setup, state: State, today: Records, policy: Records, h: int, now: float) -> None:
    """End an attempt: superficial or genuine, then verification or closure, submodel (14)."""
    world = setup.world[0]
    handler = state.handlers[h]
    j = handler.serving
    today.case_hours += (now - handler.since) * state.ledger[0].speed * HOURS_PER_DAY
    handler.serving = -1
    item = state.items[j]
    case = state.cases[item.case]
    where = setup.places.id[j]
    case.attempts += 1
    address = item.cases * 64 + case.attempts
    recurring = item.onset - item.closed <= RECURRENCE_WINDOW
    chance = superficial_probability(world.superficial_share, recurring, policy.root_cause)
    case.superficial = 1 if uniform(setup.seed, Decision.SUPERFICIAL, address, where) < chance else 0
    if policy.verification > 0.0:
        item.stage = Stage.VERIFICATION
        wait = world.verification_days * exponential(setup.seed, Decision.VERIFY_TIME, address, where)
        set_clock(state.calendar, state.calendar.first[Clock.CASE] + j, now + wait)
    else:
        _close(setup, state, today, policy, j, now)
    start_service(setup, state, today, policy, now)


@part
def change_speed(state: State, today: Records, speed: float, now: float) -> None:
    """Let work in progress go on at a new speed; called at the start of a day."""
    ledger = state.ledger[0]
    calendar = state.calendar
    if speed == ledger.speed:
        return
    for h in range(len(state.handlers)):
        if state.handlers[h].serving >= 0:
            clock = calendar.first[Clock.SERVICE] + h
            set_clock(calendar, clock, now + (calendar.time[clock] - now) * (ledger.speed / speed))
    ledger.speed = speed


@part
def count_work(state: State, today: Records, end: float) -> None:
    """Book the hours of work that goes on over midnight."""
    speed = state.ledger[0].speed
    for h in range(len(state.handlers)):
        handler = state.handlers[h]
        if handler.serving >= 0:
            today.case_hours += (end - handler.since) * speed * HOURS_PER_DAY
            handler.since = end
