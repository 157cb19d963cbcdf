"""How items fail and how that is found, in event time.

Takes: an event and its time. Gives: latent items, reports, visits and opened cases.
Submodels (8)-(11).
"""

import math

from labsim.behaviour.inspection import (
    coverage,
    detection_probability,
    perfunctory_probability,
    reception_hours,
    seen_by_other,
)
from labsim.behaviour.rectification import waiting_time
from labsim.behaviour.reporting import is_repeat, report_probability, reported_again
from labsim.foundations.compiled import part
from labsim.foundations.randomness import Decision, exponential, uniform
from labsim.model.columns import Clock, Records, Setup, State
from labsim.model.kernels.calendar import set_clock, unset
from labsim.model.kernels.cases import RECURRENCE_WINDOW, open_case
from labsim.model.state import PERIOD, Detector, ItemState

PAIR = 4294967296  # 2**32: address of a pair is first * PAIR + second


@part
def become_latent(setup: Setup, state: State, today: Records, j: int, now: float, recurrence: bool) -> None:
    """Let an item fail, unseen for now."""
    item = state.items[j]
    calendar = state.calendar
    item.state = ItemState.LATENT
    item.superficial = 0
    item.incidents += 1
    item.onset = now
    item.notices = 0
    if recurrence:
        today.recurrences += 1
    else:
        today.onsets += 1
    if item.last_closed_case >= 0:
        case = state.cases[item.last_closed_case]
        if math.isnan(case.next_onset):
            case.next_onset = now
    unset(calendar, calendar.first[Clock.RECURRENCE] + j)
    schedule_notice(setup, state, j, now)


@part
def schedule_notice(setup: Setup, state: State, j: int, now: float) -> None:
    """Set when a resident next notices a problem, submodel (10)."""
    item = state.items[j]
    luck = exponential(setup.seed, Decision.NOTICE_TIME, item.notices, int(item.incidents) * PAIR + setup.places.id[j])
    clock = state.calendar.first[Clock.NOTICE] + j
    set_clock(state.calendar, clock, now + waiting_time(setup.world[0].notice_rate, luck))


@part
def schedule_fault(setup: Setup, state: State, j: int, now: float) -> None:
    """Set the next arrival of the item's base fault process, submodel (8).

    Arrivals go on whatever state the item is in, and count only when it is in order. By
    the lack of memory this is the hazard of the model, and the arrivals are the same under
    every policy.
    """
    item = state.items[j]
    luck = exponential(setup.seed, Decision.FAULT_ONSET, item.faults, setup.places.id[j])
    clock = state.calendar.first[Clock.FAULT] + j
    set_clock(state.calendar, clock, now + waiting_time(setup.world[0].fault_rate, luck))


@part
def fault_event(setup: Setup, state: State, today: Records, j: int, now: float) -> None:
    """Handle an arrival of the base fault process."""
    state.items[j].faults += 1
    schedule_fault(setup, state, j, now)
    if state.items[j].state == ItemState.OK:
        become_latent(setup, state, today, j, now, False)


@part
def notice_event(setup: Setup, state: State, today: Records, policy: Records, j: int, now: float) -> None:
    """Let a random resident of the block notice an unresolved item, and perhaps report it.

    A notice rate of infinity means: noticed once, at onset (for the case queue alone).
    """
    world = setup.world[0]
    item = state.items[j]
    block = setup.places.block[j]
    first = setup.blocks.start[block]
    people = setup.blocks.start[block + 1] - first
    address = int(item.incidents) * PAIR + setup.places.id[j]
    number = item.notices
    item.notices = number + 1
    if world.notice_rate < math.inf:
        schedule_notice(setup, state, j, now)
    if people == 0:
        return
    row = setup.blocks.member[first + int(uniform(setup.seed, Decision.NOTICE_WHO, number, address) * people)]
    chance = report_probability(world.report_bias, world.efficacy_weight, state.people.efficacy[row])
    if item.state == ItemState.OPEN:
        chance = reported_again(chance, policy.results_told)
    if uniform(setup.seed, Decision.REPORT, number, address) < chance:
        _report(setup, state, today, policy, j, now, row)


@part
def _report(setup: Setup, state: State, today: Records, policy: Records, j: int, now: float, row: int) -> None:
    item = state.items[j]
    today.reports += 1
    if now >= 0.0:
        period = int(now) // PERIOD
        state.groups[period, setup.residents.cell[row]].reports += 1
    if is_repeat(now, item.last_complaint, RECURRENCE_WINDOW):
        today.repeat_reports += 1
    item.last_complaint = now
    state.complaints[setup.places.block[j]] += 1.0
    if item.state == ItemState.LATENT:
        open_case(setup, state, today, policy, j, now, Detector.RESIDENT, row)
        return
    today.duplicate_reports += 1
    case = state.cases[item.case]
    case.reports += 1
    if case.reporter < 0:
        case.reporter = setup.residents.id[row]
        case.reporter_cell = setup.residents.cell[row]


@part
def schedule_visit(setup: Setup, state: State, d: int, now: float, rate: float) -> None:
    """Set a department's next visit from what is left of its interval, submodel (9)."""
    department = state.departments[d]
    if rate != department.rate:
        department.left -= (now - department.since) * department.rate
        department.since = now
        department.rate = rate
    clock = state.calendar.first[Clock.VISIT] + d
    set_clock(state.calendar, clock, department.since + waiting_time(rate, department.left))


@part
def visit_event(setup: Setup, state: State, today: Records, policy: Records, d: int, now: float) -> None:
    """Let a department visit, and set its next visit."""
    department = state.departments[d]
    department.visits += 1
    department.since = now
    department.left = 1.0
    if setup.world[0].poisson_visits > 0.0:
        department.left = exponential(setup.seed, Decision.VISIT_GAP, department.visits, d)
    schedule_visit(setup, state, d, now, department.rate)
    visit(setup, state, today, policy, d, department.visits, now)


@part
def visit(setup: Setup, state: State, today: Records, policy: Records, d: int, number: int, now: float) -> None:
    """Check items: cover, skip what another department has just seen, detect, submodel (9)."""
    world = setup.world[0]
    seed = setup.seed
    formality = perfunctory_probability(world.perfunctory_share, policy.unannounced_share)
    perfunctory = uniform(seed, Decision.PERFUNCTORY, number, d) < formality
    detection = detection_probability(world.detection, world.equipment_effect, policy.inspection_equipment)
    blocks = len(state.complaints)
    mean_complaints = 0.0
    for block in range(blocks):
        mean_complaints += state.complaints[block]
    mean_complaints = mean_complaints / blocks
    covered = 0
    for j in range(len(state.items)):
        item = state.items[j]
        address = d * PAIR + setup.places.id[j]
        weight = 1.0
        if policy.complaint_targeting > 0.0:
            weight = (state.complaints[setup.places.block[j]] + 1.0) / (mean_complaints + 1.0)
        if uniform(seed, Decision.COVER, number, address) >= coverage(
            policy.inspection_coverage, policy.complaint_targeting, weight
        ):
            continue
        other = seen_by_other(
            d, item.last_department, now - item.last_visit, now - item.other_visit, world.duplicate_window
        )
        if other and uniform(seed, Decision.SHARE_SKIP, number, address) < policy.data_sharing:
            today.skipped_item_visits += 1
            continue
        covered += 1
        if other:
            today.duplicate_item_visits += 1
        if item.last_department != d:
            item.other_visit = item.last_visit
            item.last_department = d
        item.last_visit = now
        if (
            item.state == ItemState.LATENT
            and not perfunctory
            and uniform(seed, Decision.DETECT, number, address) < detection
        ):
            open_case(setup, state, today, policy, j, now, Detector.INSPECTION, -1)
    today.visits += 1
    if perfunctory:
        today.perfunctory_visits += 1
    today.item_visits += covered
    today.visit_hours += reception_hours(world.visit_hours, covered, len(state.items))


@part
def patrol_event(setup: Setup, state: State, today: Records, policy: Records, row: int, now: float) -> None:
    """Let a resident supervisor walk the community, submodel (11)."""
    world = setup.world[0]
    day = math.floor(now)
    chance = world.patrol_coverage * world.patrol_detection
    for j in range(len(state.items)):
        if state.items[j].state != ItemState.LATENT:
            continue
        address = setup.residents.id[row] * PAIR + setup.places.id[j]
        if uniform(setup.seed, Decision.PATROL_DETECT, day, address) < chance:
            open_case(setup, state, today, policy, j, now, Detector.PATROL, row)
