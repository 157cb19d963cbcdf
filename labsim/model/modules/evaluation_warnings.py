"""Warnings: open cases turn blue, yellow and red, and a warning is answered in time or not.

Takes: open cases and their age. Gives: cases whose next stage comes sooner, hours of staff, handlers
called away. Submodels (EV8) and (EV9).
"""

import numpy as np

from labsim.behaviour.evaluation import response_time, warning_colour
from labsim.foundations.compiled import part
from labsim.foundations.randomness import Decision, exponential, uniform
from labsim.model.columns import Clock, Records, Setup, State
from labsim.model.kernels.calendar import set_clock
from labsim.model.modules.evaluation_state import FIRST_DEPARTMENT, TODAY
from labsim.model.state import ItemState, Stage

YELLOW, RED = 2, 3


@part
def remit(setup: Setup, item_id: int, departments: int) -> int:
    """Return the department in whose remit an item lies; assumption: drawn once, evenly."""
    return int(uniform(setup.seed, Decision.EVALUATION_REMIT, 0, item_id) * departments)


@part
def pending_warnings(warned: np.ndarray) -> int:
    """Return the warnings that are still to be answered."""
    pending = 0
    for j in range(len(warned)):
        pending += int(warned[j].pending)
    return pending


@part
def _settle(state: State, j: int, row: int, end: float) -> None:
    """Book the answer to a warning that came by now; an end of the case is one."""
    evaluation = state.modules.evaluation
    warning = evaluation.warned[j]
    answer = warning.answer
    if state.items[j].case != warning.case:
        answer = min(answer, state.cases[warning.case].closed)
    if answer > end:
        return
    warning.pending = 0
    evaluation.desk[0].answered += 1
    if answer <= warning.due:
        evaluation.daily[row].answered_in_time += 1
    else:
        evaluation.daily[row].answered_late += 1


@part
def _to_front(state: State, j: int) -> None:
    """Let a waiting case be served next."""
    queue = state.queue
    for position in range(state.ledger[0].queued):
        if queue[position] == j:
            for later in range(position, 0, -1):
                queue[later] = queue[later - 1]
            queue[0] = j
            return


@part
def _follow_up(setup: Setup, state: State, j: int, row: int) -> None:
    """Let the task force of a red case that has been served see to it that it stays so.

    It calls away the handler who would be busy longest, and the case at hand waits for that time.
    """
    warning = state.modules.evaluation.warned[j]
    if state.items[j].case == warning.case and state.items[j].stage != Stage.VERIFICATION:
        return
    warning.force = 0
    calendar = state.calendar
    first = calendar.first[Clock.SERVICE]
    chosen = -1
    for h in range(len(state.handlers)):
        if state.handlers[h].serving < 0:
            continue
        at_hand = state.handlers[h].serving
        busy = state.modules.evaluation.warned[at_hand]
        if busy.colour == RED and busy.case == state.items[at_hand].case:
            continue
        if chosen < 0 or calendar.time[first + h] > calendar.time[first + chosen]:
            chosen = h
    if chosen >= 0:
        later = calendar.time[first + chosen] + setup.world[0].task_force_days / state.ledger[0].speed
        set_clock(calendar, first + chosen, later)
        state.modules.evaluation.daily[row].task_forces += 1


@part
def _issue(setup: Setup, state: State, policy: Records, j: int, colour: int, day: int) -> None:
    """Warn about a case: it moves on no later than the warning is answered."""
    world = setup.world[0]
    evaluation = state.modules.evaluation
    desk = evaluation.desk[0]
    item = state.items[j]
    warning = evaluation.warned[j]
    record = evaluation.daily[day + setup.burn_in]
    where = setup.places.id[j]
    hours = policy.warning_blue_hours
    cost = world.warning_hours_blue
    if colour == RED:
        hours = policy.warning_red_hours
        cost = world.warning_hours_red
        record.warned_red += 1
    elif colour == YELLOW:
        hours = policy.warning_yellow_hours
        cost = world.warning_hours_yellow
        record.warned_yellow += 1
    else:
        record.warned_blue += 1
    if warning.pending == 1:  # a worse colour overtakes a warning that nobody has answered
        record.answered_late += 1
        desk.answered += 1
    actor = FIRST_DEPARTMENT + remit(setup, where, len(state.departments))
    attention = evaluation.attention
    real = (attention[actor, 0] + attention[actor, 1]) / (attention[TODAY, 0] + attention[TODAY, 1])
    luck = exponential(setup.seed, Decision.WARNING_RESPONSE, item.cases * 4 + colour, where)
    now = day + 1.0
    warning.colour = colour
    warning.pending = 1
    warning.due = now + hours / 24.0
    warning.answer = now + response_time(world.warning_response, hours, real, state.ledger[0].speed, luck)
    desk.issued += 1
    desk.warning_hours += cost
    record.warning_hours += cost
    if colour >= YELLOW:  # those concerned sit at one table: what is left of the approvals is one
        item.hops_left = min(item.hops_left, 1)
    if item.stage == Stage.WAITING:
        if colour == RED:
            _to_front(state, j)
    elif item.stage != Stage.SERVICE:
        clock = state.calendar.first[Clock.CASE] + j
        set_clock(state.calendar, clock, min(state.calendar.time[clock], warning.answer))
    if colour == RED:
        warning.force = 1


@part
def warn(setup: Setup, state: State, policy: Records, day: int) -> None:
    """Book answers that came today, and warn about cases that have turned a worse colour."""
    evaluation = state.modules.evaluation
    evaluation.desk[0].warning_hours = 0.0
    row = day + setup.burn_in
    end = day + 1.0
    for j in range(len(state.items)):
        item = state.items[j]
        warning = evaluation.warned[j]
        if warning.pending == 1:
            _settle(state, j, row, end)
        if warning.force == 1:
            _follow_up(setup, state, j, row)
        if policy.warnings == 0.0 or item.state != ItemState.OPEN:
            continue
        if warning.case != item.case:
            warning.case = item.case
            warning.colour = 0
        age = end - state.cases[item.case].opened
        colour = warning_colour(
            setup.places.item_class[j], age, policy.warning_blue_age, policy.warning_yellow_age, policy.warning_red_age
        )
        if colour > warning.colour:
            _issue(setup, state, policy, j, colour, day)
    evaluation.daily[row].pending = pending_warnings(evaluation.warned)
