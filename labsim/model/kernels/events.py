"""One day of events in order of time, and what starts or disturbs them.

Takes: the calendar. Gives: every event up to the end of the day, handled by its kernel.
"""

import math

from labsim.foundations.compiled import kernel, part
from labsim.foundations.randomness import Decision, exponential, uniform
from labsim.model.columns import Account, Clock, Records, Setup, State
from labsim.model.kernels.accounts import breach, transfer
from labsim.model.kernels.calendar import kind_of, next_time, pop
from labsim.model.kernels.cases import case_event, service_event
from labsim.model.kernels.faults import (
    become_latent,
    fault_event,
    notice_event,
    patrol_event,
    schedule_fault,
    schedule_visit,
    visit,
    visit_event,
)
from labsim.model.kernels.services import release_money
from labsim.model.kernels.staff import PRESENT, vacate
from labsim.model.state import FEN, PERIOD, ItemState
from labsim.scenario.phases import InjectKind

STORM = 1_000_000_000  # visit numbers of injected visits start here, away from ordinary ones
STORM_DAY = 100_000  # room for a day's injected visits; 32 bits hold the longest run


@kernel
def begin(setup: Setup, state: State) -> None:
    """Prepare the first day of burn-in: all posts filled, first faults and visits set, money in."""
    start = -float(setup.burn_in)
    policy = setup.levers[0]
    for p in range(int(policy.staff)):
        state.posts[p].state = PRESENT
    for j in range(len(state.items)):
        schedule_fault(setup, state, j, start)
    for d in range(len(state.departments)):
        department = state.departments[d]
        department.since = start
        department.left = uniform(setup.seed, Decision.VISIT_PHASE, 0, d)
        if setup.world[0].poisson_visits > 0.0:
            department.left = exponential(setup.seed, Decision.VISIT_GAP, 0, d)
    release_money(state, state.daily[0], policy)


@part
def reschedule_visits(setup: Setup, state: State, policy: Records, now: float) -> None:
    """Stretch or shorten the intervals between visits when the frequency changes."""
    departments = len(state.departments)
    rate = policy.inspection_frequency / PERIOD / departments
    for d in range(departments):
        if state.departments[d].rate != rate:
            schedule_visit(setup, state, d, now, rate)


@part
def events_of_day(setup: Setup, state: State, today: Records, policy: Records, day: int) -> None:
    """Handle every event before the end of the day, in order of time."""
    calendar = state.calendar
    end = day + 1.0
    while next_time(calendar) < end:
        # One event opens at most one case per item. A write beyond the log would be silent.
        if state.ledger[0].cases + len(state.items) > len(state.cases):
            breach(state, 10, day, len(state.cases))
            return
        now = next_time(calendar)
        clock = pop(calendar)
        kind = kind_of(calendar, clock)
        who = clock - calendar.first[kind]
        if kind == Clock.FAULT:
            fault_event(setup, state, today, who, now)
        elif kind == Clock.RECURRENCE:
            become_latent(setup, state, today, who, now, True)
        elif kind == Clock.NOTICE:
            notice_event(setup, state, today, policy, who, now)
        elif kind == Clock.CASE:
            case_event(setup, state, today, policy, who, now)
        elif kind == Clock.VISIT:
            visit_event(setup, state, today, policy, who, now)
        elif kind == Clock.PATROL:
            patrol_event(setup, state, today, policy, who, now)
        else:
            service_event(setup, state, today, policy, who, now)


@part
def _burst(setup: Setup, state: State, today: Records, day: int, count: int, item_class: int) -> None:
    """Let the items with the smallest keys fail."""
    for _ in range(count):
        best = -1
        best_key = math.inf
        for j in range(len(state.items)):
            if state.items[j].state != ItemState.OK or (item_class >= 0 and setup.places.item_class[j] != item_class):
                continue
            key = uniform(setup.seed, Decision.INJECT_ITEM, day, setup.places.id[j])
            if key < best_key:
                best = j
                best_key = key
        if best < 0:
            return
        become_latent(setup, state, today, best, float(day), False)


@part
def _change_fund(state: State, today: Records, yuan: float, target: int) -> None:
    account = Account.POINTS_POT if target == 1 else Account.REPAIR_FUND
    amount = math.floor(FEN * yuan + 0.5)
    amount = max(amount, -int(state.accounts[account]))
    transfer(state, Account.GOVERNMENT, account, amount)
    if target == 1:
        today.pot_in += amount
    else:
        today.repair_in += amount


@part
def _leave(setup: Setup, state: State, today: Records, day: int, count: int) -> None:
    """Let the workers with the smallest keys leave."""
    for _ in range(count):
        best = -1
        best_key = math.inf
        for p in range(len(state.posts)):
            key = uniform(setup.seed, Decision.INJECT_STAFF, day, p)
            if state.posts[p].state == PRESENT and key < best_key:
                best = p
                best_key = key
        if best >= 0:
            vacate(setup, state, today, best, float(day))


@part
def inject(setup: Setup, state: State, today: Records, policy: Records, day: int) -> None:
    """Apply the injects dated today."""
    departments = len(state.departments)
    for k in range(len(setup.injects)):
        event = setup.injects[k]
        if event.day != day:
            continue
        count = int(event.magnitude)
        if event.kind == InjectKind.FAULT_BURST:
            _burst(setup, state, today, day, count, event.target)
        elif event.kind == InjectKind.FUND_CHANGE:
            _change_fund(state, today, event.magnitude, event.target)
        elif event.kind == InjectKind.STAFF_LEAVE:
            _leave(setup, state, today, day, count)
        elif event.kind == InjectKind.INSPECTION_STORM:
            for extra in range(count):
                d = int(event.target) if event.target >= 0 else extra % departments
                # Numbered by the visits of the day so far: two storms on one day have luck of their own.
                number = STORM + (day + setup.burn_in) * STORM_DAY + int(today.visits)
                visit(setup, state, today, policy, d, number, float(day))
        elif event.kind == InjectKind.APP_OUTAGE:
            state.ledger[0].app_back = max(state.ledger[0].app_back, day + event.magnitude)
