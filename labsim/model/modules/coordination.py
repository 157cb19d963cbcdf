"""The day of the coordination module: lists, data, meeting, grid, claimed projects, unclear duties.

Takes: the state and the levers of the day. Gives: levers and world values as institutions make
them, opened cases, cases that are passed on or pushed. Submodels (C1)-(C7).
"""

from labsim.behaviour.coordination import (
    connected,
    detection_with_list,
    duplicated_share,
    formality_with_list,
    formats_left,
    load_of,
    occurrences,
    pairs_connected,
    pushed_time,
    round_coverage,
    rounds_possible,
    time_per_item,
    times_passed,
    unclaimed_probability,
    unclear_probability,
)
from labsim.behaviour.workforce import HOURS_PER_DAY
from labsim.foundations.compiled import part
from labsim.foundations.randomness import Decision, uniform
from labsim.model.columns import Account, Clock, Records, Setup, State
from labsim.model.kernels.accounts import breach, transfer
from labsim.model.kernels.calendar import set_clock
from labsim.model.kernels.cases import charge, open_case
from labsim.model.modules.coordination_meeting import hold_meeting, is_joint, standing_share
from labsim.model.state import FEN, PERIOD, WEEK, YEAR, Detector, ItemState, Stage

ROUNDS = 16  # room for a day's rounds in the address of their luck
FADING = 1.0 - 1.0 / PERIOD  # visits count for about a month in a department's workload


@part
def _follow_list(setup: Setup, policy: Records) -> None:
    """Let inspectors tick off the list: longer at each item, fewer items, more seen, submodel (C5)."""
    world = setup.world[0]
    longer = time_per_item(policy.standard_indicators, world.list_burden)
    policy.inspection_coverage = policy.inspection_coverage / longer
    world.visit_hours = world.visit_hours * longer
    quantified = policy.standard_indicators * policy.standard_quantified
    world.detection = detection_with_list(world.detection, world.list_gain, quantified, world.list_scale)
    world.perfunctory_share = formality_with_list(
        world.perfunctory_share, world.list_rigour, quantified, world.list_scale
    )


@part
def _share_data(setup: Setup, policy: Records, mine: Records, departments: int) -> None:
    """Let connected departments skip each other's checks and read one format, submodel (C2)."""
    world = setup.world[0]
    together = connected(policy.departments_linked, policy.departments_standard, departments)
    policy.data_sharing = policy.data_sharing * pairs_connected(together, departments)
    formats = formats_left(world.data_formats, together, departments)
    duplicated = duplicated_share(world.duplicate_work, formats, world.data_formats)
    work = world.base_load * policy.admin_load
    policy.admin_load = policy.admin_load * (1.0 - world.duplicate_work + duplicated)
    mine.connected = together
    mine.sharing = policy.data_sharing
    mine.formats = formats
    mine.duplicate_hours = work * duplicated
    mine.base_hours = world.base_load * policy.admin_load


@part
def _officer_wage(setup: Setup) -> int:
    """Return the wage of a grid officer for a day, in fen."""
    return int(FEN * setup.world[0].officer_pay / YEAR + 0.5)


@part
def _walk_grid(setup: Setup, state: State, today: Records, policy: Records, mine: Records, day: int) -> None:
    """Let grid officers walk their grids, and pay them, submodel (C4)."""
    world = setup.world[0]
    officers = int(policy.grid_officers)
    if officers == 0:
        return
    rounds = occurrences(day, rounds_possible(policy.grid_rounds, world.round_hours, HOURS_PER_DAY), 1.0)
    chance = round_coverage(world.round_items, officers, len(state.items)) * world.round_detection
    calendar = state.calendar
    for k in range(rounds):
        for j in range(len(state.items)):
            if state.items[j].state != ItemState.LATENT:
                continue
            if uniform(setup.seed, Decision.GRID_DETECT, day * ROUNDS + k, setup.places.id[j]) < chance:
                open_case(setup, state, today, policy, j, float(day), Detector.PATROL, -1)
                clock = calendar.first[Clock.CASE] + j
                set_clock(calendar, clock, pushed_time(float(day), calendar.time[clock], policy.grid_dispatch))
                mine.grid_found += 1
    wages = officers * _officer_wage(setup)
    transfer(state, Account.GOVERNMENT, Account.RESIDENTS, wages)
    books = state.modules.coordination.books[0]
    books.officer_days += officers
    books.officer_wages += wages
    mine.officers = officers
    mine.grid_rounds = rounds * officers
    mine.officer_hours = rounds * officers * world.round_hours
    mine.officer_wages = wages


@part
def _patrol(setup: Setup, state: State, today: Records, policy: Records, mine: Records, day: int) -> None:
    """Let the community's inspection team patrol, submodel (C4)."""
    world = setup.world[0]
    patrols = occurrences(day, policy.team_patrols, float(WEEK))
    chance = world.team_coverage * world.round_detection
    for k in range(patrols):
        for j in range(len(state.items)):
            if state.items[j].state != ItemState.LATENT:
                continue
            if uniform(setup.seed, Decision.TEAM_DETECT, day * ROUNDS + k, setup.places.id[j]) < chance:
                open_case(setup, state, today, policy, j, float(day), Detector.PATROL, -1)
                mine.team_found += 1
    mine.team_patrols = patrols


@part
def _claim(state: State) -> bool:
    """Let a secretary claim the oldest case on its way that nobody has claimed; say whether there was one."""
    items = state.modules.coordination.items
    best = -1
    for j in range(len(state.items)):
        item = state.items[j]
        if item.state != ItemState.OPEN or item.stage == Stage.SERVICE or items[j].claimed >= 0:
            continue
        if best < 0 or item.case < state.items[best].case:
            best = j
    if best < 0:
        return False
    items[best].claimed = state.items[best].case
    items[best].pushed = -1
    return True


@part
def _dispatch(state: State, policy: Records, mine: Records) -> None:
    """Take up the oldest cases on their way: from now on somebody answers for each of their stages, submodel (C7)."""
    items = state.modules.coordination.items
    for _ in range(int(policy.dispatch_cases)):
        best = -1
        for j in range(len(items)):
            item = state.items[j]
            if item.state != ItemState.OPEN or item.stage == Stage.SERVICE:
                continue
            if items[j].claimed >= 0 or items[j].followed == item.case:
                continue
            if best < 0 or item.case < state.items[best].case:
                best = j
        if best < 0:
            return
        items[best].followed = state.items[best].case
        items[best].pushed = -1
        mine.dispatched += 1


@part
def _to_the_front(state: State, j: int) -> None:
    """Move an item to the head of the queue."""
    queue = state.queue
    for position in range(state.ledger[0].queued):
        if queue[position] == j:
            for k in range(position, 0, -1):
                queue[k] = queue[k - 1]
            queue[0] = j
            return


@part
def _grant(setup: Setup, state: State, today: Records, policy: Records, mine: Records, j: int) -> None:
    """Pay what the repair fund lacks for a claimed case, when the grant is enough."""
    lacking = charge(setup, state, j) - int(state.accounts[Account.REPAIR_FUND])
    if 0 < lacking <= int(FEN * policy.secretary_grant + 0.5):
        transfer(state, Account.GOVERNMENT, Account.REPAIR_FUND, lacking)
        today.repair_in += lacking
        mine.grants += lacking


@part
def _push(setup: Setup, state: State, today: Records, policy: Records, mine: Records, day: int) -> None:
    """Push every claimed or followed case once in each of its stages, submodels (C6) and (C7).

    What a claim does beyond that: the head of the queue, and the money of the grant.
    """
    calendar = state.calendar
    items = state.modules.coordination.items
    for j in range(len(items)):
        item = state.items[j]
        claimed = items[j].claimed >= 0
        if not claimed and (items[j].followed < 0 or items[j].followed != item.case):
            continue
        step = int(item.stage) * ROUNDS + int(item.hops_left)
        if items[j].pushed == step:
            continue
        items[j].pushed = step
        if item.stage == Stage.SERVICE or (item.stage == Stage.WAITING and not claimed):
            continue
        mine.pushes += 1
        if item.stage == Stage.WAITING:
            _to_the_front(state, j)
            _grant(setup, state, today, policy, mine, j)
        else:
            clock = calendar.first[Clock.CASE] + j
            due = pushed_time(float(day), calendar.time[clock], setup.world[0].project_push)
            set_clock(calendar, clock, due)


@part
def coordination_morning(setup: Setup, state: State, today: Records, policy: Records, day: int) -> None:
    """Set what departments make of today's levers, meet, walk the grid and claim projects."""
    world = setup.world[0]
    books = state.modules.coordination.books[0]
    mine = state.modules.coordination.daily[day + setup.burn_in]
    mine.day = day
    books.cases = state.ledger[0].cases
    _follow_list(setup, policy)
    _share_data(setup, policy, mine, len(state.departments))
    if occurrences(day, policy.joint_meetings, float(PERIOD)) > 0:
        hold_meeting(setup, state, policy, mine, day)
    policy.joint_decision = standing_share(state, policy)
    _walk_grid(setup, state, today, policy, mine, day)
    _patrol(setup, state, today, policy, mine, day)
    for _ in range(occurrences(day, policy.secretaries * policy.secretary_projects, float(YEAR))):
        if _claim(state):
            books.claims += 1
            mine.claims += 1
    dispatches = occurrences(day, policy.dispatch_meetings, float(PERIOD))
    if dispatches > 0:
        _dispatch(state, policy, mine)
    _push(setup, state, today, policy, mine, day)
    hours = mine.meetings * world.meeting_hours + mine.team_patrols * world.team_hours
    hours = hours + dispatches * world.dispatch_hours
    mine.extra_hours = hours + mine.claims * world.project_hours
    policy.admin_load = policy.admin_load + load_of(mine.extra_hours, world.base_load)


@part
def _count_new_cases(setup: Setup, state: State, mine: Records) -> None:
    """Count today's cases, and those that departments decide among themselves."""
    books = state.modules.coordination.books[0]
    for k in range(books.cases, state.ledger[0].cases):
        case = state.cases[k]
        mine.opened += 1
        if is_joint(setup, case.number, case.item_id):
            mine.multi_opened += 1
            if case.hops == 1:
                mine.decided_at_opening += 1
    books.decided += mine.decided_at_opening


@part
def _pass_on(setup: Setup, state: State, policy: Records, mine: Records) -> None:
    """Pass on today's cases that nobody has claimed by the evening, submodel (C3).

    Every pass is a hand-over more: it takes its time and may lose the case. A case that the
    departments decided among themselves has an owner.
    """
    world = setup.world[0]
    first = state.modules.coordination.books[0].cases
    unclear = unclear_probability(world.unclear_duties, policy.responsibility_list)
    attending = state.modules.coordination.books[0].attending
    unclaimed = unclaimed_probability(unclear, mine.sharing, attending, len(state.departments))
    for j in range(len(state.items)):
        item = state.items[j]
        if item.case < first or item.stage != Stage.INTAKE:
            continue
        number = item.cases
        where = setup.places.id[j]
        case = state.cases[item.case]
        if case.hops == 1 and is_joint(setup, number, where):
            continue
        if uniform(setup.seed, Decision.DUTY_UNCLEAR, number, where) < unclaimed:
            passes = times_passed(uniform(setup.seed, Decision.DUTY_PASSES, number, where), world.passes_most)
            item.hops_left = item.hops_left + passes
            case.hops = case.hops + passes
            mine.passed_cases += 1
            mine.passes += passes


@part
def _finish_projects(state: State, mine: Records) -> int:
    """Count claimed cases that have ended, and return how many are under way."""
    items = state.modules.coordination.items
    books = state.modules.coordination.books[0]
    under_way = 0
    for j in range(len(items)):
        if items[j].claimed < 0:
            continue
        if items[j].claimed == state.items[j].case:
            under_way += 1
        else:
            items[j].claimed = -1
            books.finished += 1
            mine.finished += 1
    return under_way


@part
def _check(setup: Setup, state: State, policy: Records, mine: Records, under_way: int, day: int) -> None:
    """Check the module's books: projects, meetings, wages."""
    books = state.modules.coordination.books[0]
    if books.claims != books.finished + under_way:
        breach(state, 23, day, books.claims - books.finished - under_way)
    capacity = int(policy.meeting_agenda)
    if not (mine.attended <= mine.invited and mine.decided_at_meeting <= mine.agenda <= capacity):
        breach(state, 24, day, mine.agenda)
    owed = books.officer_wages - books.officer_days * _officer_wage(setup)
    if owed != 0:
        breach(state, 25, day, owed)


@part
def coordination_evening(setup: Setup, state: State, today: Records, policy: Records, day: int) -> None:
    """Pass on what nobody claims, count what departments have on their hands, check the books."""
    coordination = state.modules.coordination
    mine = coordination.daily[day + setup.burn_in]
    _count_new_cases(setup, state, mine)
    _pass_on(setup, state, policy, mine)
    for d in range(len(coordination.departments)):
        department = coordination.departments[d]
        visits = state.departments[d].visits
        department.recent = department.recent * FADING + (visits - department.visits)
        department.visits = visits
    _check(setup, state, policy, mine, _finish_projects(state, mine), day)
