"""The joint meeting of departments, submodel (C1).

Takes: cases that wait for several departments. Gives: who attends, which of these cases are
decided, and what those who attended may decide until they meet again.
"""

from labsim.behaviour.coordination import NEEDED, all_attend_share, attendance_probability, department_workload
from labsim.behaviour.participation import delta_rule
from labsim.foundations.compiled import part
from labsim.foundations.randomness import Decision, uniform
from labsim.model.columns import Records, Setup, State
from labsim.model.kernels.faults import PAIR
from labsim.model.state import ItemState, Stage


@part
def is_joint(setup: Setup, number: int, where: int) -> bool:
    """Return whether a case needs several departments; the draw is the core's, submodel (12)."""
    return bool(uniform(setup.seed, Decision.HOPS, number, where) < setup.world[0].many_hops_share)


@part
def is_pending(setup: Setup, state: State, j: int) -> bool:
    """Return whether the case of an item still has to go through several departments."""
    item = state.items[j]
    if item.state != ItemState.OPEN or item.hops_left <= 1:
        return False
    if item.stage != Stage.INTAKE and item.stage != Stage.APPROVAL:
        return False
    return is_joint(setup, item.cases, setup.places.id[j])


@part
def needed_department(setup: Setup, state: State, j: int, before: int) -> int:
    """Return the department a case needs after another one, -1 for the first: by smallest key."""
    departments = len(state.departments)
    number = state.items[j].cases
    where = setup.places.id[j]
    least = -1.0
    if before >= 0:
        least = uniform(setup.seed, Decision.NEEDED_DEPARTMENT, number, before * PAIR + where)
    best = -1
    best_key = 2.0
    for d in range(departments):
        key = uniform(setup.seed, Decision.NEEDED_DEPARTMENT, number, d * PAIR + where)
        if least < key < best_key:
            best = d
            best_key = key
    return best


@part
def _count_pending(setup: Setup, state: State) -> None:
    departments = state.modules.coordination.departments
    for d in range(len(departments)):
        departments[d].pending = 0
    for j in range(len(state.items)):
        if not is_pending(setup, state, j):
            continue
        d = -1
        for _ in range(min(NEEDED, len(departments))):
            d = needed_department(setup, state, j, d)
            departments[d].pending += 1


@part
def _attend(setup: Setup, state: State, policy: Records, mine: Records, day: int) -> None:
    """Let every department come or stay away."""
    world = setup.world[0]
    books = state.modules.coordination.books[0]
    departments = state.modules.coordination.departments
    attending = 0
    for d in range(len(departments)):
        department = departments[d]
        workload = department_workload(department.recent, department.pending, world.pending_days)
        chance = attendance_probability(
            world.meeting_bias,
            world.meeting_rule_weight * policy.meeting_rule,
            world.meeting_workload_weight * workload,
            world.meeting_habit_weight * (department.habit - 0.5),
            world.meeting_result_weight * (books.impression - 0.5),
        )
        comes = 1 if uniform(setup.seed, Decision.MEETING_ATTEND, day, d) < chance else 0
        department.attends = comes
        department.habit = delta_rule(department.habit, world.meeting_learning, float(comes))
        attending += comes
        mine.workload += workload
    books.attending = attending
    mine.meetings += 1
    mine.invited += len(departments)
    mine.attended += attending


@part
def _oldest_pending(setup: Setup, state: State, after: int) -> int:
    """Return the item of the oldest pending case younger than a case, -1 when there is none."""
    best = -1
    for j in range(len(state.items)):
        case = state.items[j].case
        older = best < 0 or case < state.items[best].case
        if case > after and older and is_pending(setup, state, j):
            best = j
    return best


@part
def _all_attend(setup: Setup, state: State, j: int) -> bool:
    departments = state.modules.coordination.departments
    d = -1
    for _ in range(min(NEEDED, len(departments))):
        d = needed_department(setup, state, j, d)
        if departments[d].attends == 0:
            return False
    return True


@part
def _decide(setup: Setup, state: State, mine: Records, day: int, capacity: int, on_agenda: float) -> None:
    """Go through pending cases, oldest first; those whose departments all attend are decided."""
    books = state.modules.coordination.books[0]
    agenda = 0
    decided = 0
    latest = -1
    while agenda < capacity:
        j = _oldest_pending(setup, state, latest)
        if j < 0:
            break
        item = state.items[j]
        latest = item.case
        if uniform(setup.seed, Decision.MEETING_AGENDA, day, setup.places.id[j]) >= on_agenda:
            continue
        agenda += 1
        if _all_attend(setup, state, j):
            decided += 1
            case = state.cases[item.case]
            case.hops = case.hops - item.hops_left + 1
            item.hops_left = 1
    if agenda > 0:
        books.impression = delta_rule(books.impression, setup.world[0].meeting_learning, decided / agenda)
    books.decided = agenda
    mine.agenda += agenda
    mine.decided_at_meeting += decided


@part
def hold_meeting(setup: Setup, state: State, policy: Records, mine: Records, day: int) -> None:
    """Hold a joint meeting: who comes, and what is decided.

    Args:
        setup: what stays.
        state: what changes.
        policy: levers of the day; ``joint_decision`` is the share of pending cases put to the meeting.
        mine: the module's record of the day.
        day: the day.
    """
    _count_pending(setup, state)
    _attend(setup, state, policy, mine, day)
    _decide(setup, state, mine, day, int(policy.meeting_agenda), policy.joint_decision)


@part
def standing_share(state: State, policy: Records) -> float:
    """Return the share of new multi-department cases that those at the latest meeting decide among themselves.

    Nothing without meetings, and nothing once the agenda of a meeting is used up.
    """
    books = state.modules.coordination.books[0]
    if policy.joint_meetings <= 0.0:
        books.attending = 0
    if books.decided >= int(policy.meeting_agenda):
        return 0.0
    return float(policy.joint_decision * all_attend_share(books.attending, len(state.departments)))
