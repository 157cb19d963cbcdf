"""The morning of the module *emergencies*: who is on call, what is in stock, what happens today.

Takes: the levers of the day and the shocks dated today. Gives: a day of calls, deliveries, floods, sampling
and rumours, hours of staff that it costs, and its books. Submodels (E1)-(E9).
"""

from labsim.behaviour.coordination import load_of, occurrences
from labsim.behaviour.emergencies import (
    STANDBY_PERSONS,
    callers_out,
    calls_a_day,
    on_call_probability,
    teams_formed,
    teams_standing_by,
)
from labsim.foundations.compiled import part
from labsim.foundations.randomness import Decision, exponential, uniform
from labsim.model.columns import Account, Records, Setup, State
from labsim.model.kernels.accounts import breach, transfer
from labsim.model.kernels.staff import PRESENT
from labsim.model.modules.emergencies_calls import answer_calls, deliver, enter, is_online, raise_alarm
from labsim.model.modules.emergencies_flood import flood, stop_lifts
from labsim.model.modules.emergencies_spread import break_out, epidemic, import_cases, talk
from labsim.model.modules.emergencies_state import MOST_ORDINARY, Call
from labsim.model.state import FEN, WEEK, YEAR, Activity
from labsim.population.residents import Age
from labsim.scenario.phases import InjectKind


@part
def _count_on_call(setup: Setup, state: State, policy: Records, step: int) -> int:
    """Return how many residents would come if a team were called this week, submodel (E3)."""
    world = setup.world[0]
    people = state.people
    pool = 0
    for row in range(len(setup.residents.id)):
        habit = world.habit_weight * people.habit[Activity.VOLUNTEER, row]
        voice = world.efficacy_weight * (people.efficacy[row] - 0.5)
        chance = on_call_probability(world.alpha_team, habit, voice)
        if not is_online(setup, policy, row):
            chance = chance * world.tree_reach
        if uniform(setup.seed, Decision.TEAM_ON_CALL, step, setup.residents.id[row]) < chance:
            pool += 1
    return pool


@part
def _restock(setup: Setup, state: State, today: Records, policy: Records, mine: Records) -> None:
    """Fill supply points up to their stock, and pay, submodel (E4)."""
    module = state.modules.emergencies
    for point in range(int(policy.supply_points)):
        lacking = int(policy.supply_stock) - int(module.units[point].stock)
        if lacking > 0:
            module.units[point].stock += lacking
            mine.bought += lacking
    money = int(mine.bought) * int(FEN * setup.world[0].kit_cost + 0.5)
    transfer(state, Account.GOVERNMENT, Account.SUPPLIERS, money)
    today.service_spent += money
    mine.kit_money = money
    module.book[0].bought += int(mine.bought)


@part
def _ordinary_calls(setup: Setup, state: State, policy: Records, day: int, step: int) -> tuple[int, int]:
    """Let residents call for help; return how many calls and how many requests there are, submodel (E1)."""
    world = setup.world[0]
    residents = setup.residents
    many = len(residents.id)
    half = len(state.modules.emergencies.calls) // 2
    rate = calls_a_day(many, world.call_rate)
    calls = 0
    requests = 0
    time = 0.0
    for k in range(MOST_ORDINARY + many // 4 if rate > 0.0 else 0):
        time += exponential(setup.seed, Decision.CALL_TIME, step, k) / rate
        if time >= 1.0:
            break
        row = setup.blocks.member[int(uniform(setup.seed, Decision.CALL_WHO, step, k) * many)]
        older = residents.age[row] == Age.OLDER
        if not older and uniform(setup.seed, Decision.CALL_KIND, step * 2, k) >= world.call_others:
            continue
        block = residents.block[row]
        enter(state, calls, Call.HELP, block, row, -1 - k, day + time)
        raise_alarm(setup, state, policy, calls, step, False)
        calls += 1
        if uniform(setup.seed, Decision.CALL_KIND, step * 2 + 1, k) < world.kit_share:
            enter(state, half + requests, Call.HELP, block, row, -1 - k, day + time)
            requests += 1
    return calls, requests


@part
def _total(setup: Setup, kind: int, day: int) -> int:
    """Return the magnitudes of today's shocks of a kind together."""
    total = 0
    for k in range(len(setup.injects)):
        if setup.injects[k].day == day and setup.injects[k].kind == kind:
            total += int(setup.injects[k].magnitude)
    return total


@part
def _check(state: State, mine: Records, day: int) -> None:
    """Check the books: supplies, people and vehicles at risk."""
    module = state.modules.emergencies
    held = 0
    for point in range(len(module.units)):
        held += int(module.units[point].stock)
    mine.held = held
    if module.book[0].bought != module.book[0].used + held:
        breach(state, 38, day, module.book[0].bought - module.book[0].used - held)
    off = mine.at_risk - mine.moved - mine.reached - mine.hurt
    if off != 0:
        breach(state, 39, day, off)
    off = mine.cars_at_risk - mine.cars_moved - mine.cars_flooded
    if off != 0:
        breach(state, 40, day, off)


@part
def _man_teams(setup: Setup, state: State, policy: Records, mine: Records, step: int) -> None:
    """Form today's volunteer teams from those on call this week, submodel (E3)."""
    world = setup.world[0]
    book = state.modules.emergencies.book[0]
    if policy.emergency_teams == 0.0 and policy.gate_posts == 0.0:
        book.pool = 0
    elif step % WEEK == 0 or book.pool == 0:
        book.pool = _count_on_call(setup, state, policy, step)
    book.teams = teams_formed(policy.emergency_teams, int(book.pool), world.team_size)
    book.standby = teams_standing_by(policy.standby_teams, int(book.teams), int(book.pool), world.duty_hours)
    mine.pool = book.pool
    mine.teams = book.teams
    mine.standby = book.standby
    mine.volunteer_hours = book.standby * 24.0 * STANDBY_PERSONS


@part
def _shocks(
    setup: Setup, state: State, today: Records, policy: Records, mine: Records, calls: int, requests: int, day: int
) -> tuple[int, int]:
    """Let today's shocks happen, and those of earlier days go on; return how many calls and requests there are."""
    world = setup.world[0]
    book = state.modules.emergencies.book[0]
    blocks = len(setup.blocks.start) - 1
    staff = 0
    for p in range(len(state.posts)):
        if state.posts[p].state == PRESENT:
            staff += 1
    volunteers = book.teams * world.team_size
    callers = callers_out(staff, policy.response_tracks, blocks, world.steward_share, volunteers)
    points = min(_total(setup, InjectKind.FLOOD, day), blocks)
    if points > 0:
        calls = flood(setup, state, policy, mine, points, callers, staff, calls, day)
    calls = stop_lifts(setup, state, today, policy, mine, _total(setup, InjectKind.LIFT_FAILURE, day), calls, day)
    import_cases(setup, state, policy, mine, _total(setup, InjectKind.EPIDEMIC, day), day)
    if book.epidemic > 0:
        requests = epidemic(setup, state, policy, mine, callers, staff, requests, day)
    first = _total(setup, InjectKind.HOT_EVENT, day)
    if first > 0:
        break_out(setup, state, policy, mine, first, day)
    if book.hot > 0:
        talk(setup, state, mine, day)
    return calls, requests


@part
def emergencies_morning(setup: Setup, state: State, today: Records, policy: Records, day: int) -> None:
    """Live through the emergencies of a day."""
    world = setup.world[0]
    step = day + setup.burn_in
    mine = state.modules.emergencies.daily[step]
    mine.day = day
    _man_teams(setup, state, policy, mine, step)
    if step % WEEK == 0:
        _restock(setup, state, today, policy, mine)
    calls, requests = _ordinary_calls(setup, state, policy, day, step)
    calls, requests = _shocks(setup, state, today, policy, mine, calls, requests, day)
    answer_calls(setup, state, policy, mine, calls, step)
    deliver(setup, state, policy, mine, requests, step)
    car = int(FEN * world.car_loss + 0.5)
    home = int(FEN * world.home_loss + 0.5)
    mine.loss = int(mine.cars_flooded) * car + (int(mine.homes_at_risk) - int(mine.homes_saved)) * home
    mine.loss_avoided = int(mine.cars_moved) * car + int(mine.homes_saved) * home
    mine.staff_hours += occurrences(day, policy.emergency_drills, float(YEAR)) * world.drill_hours
    policy.admin_load = policy.admin_load + load_of(mine.staff_hours, world.base_load)
    _check(state, mine, day)
