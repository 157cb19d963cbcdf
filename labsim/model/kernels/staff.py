"""Community workers: load, speed, quitting and hiring. Submodels (15) and (16)."""

from labsim.behaviour.workforce import HOURS_PER_DAY, daily_wages, day_load, handling_speed, quit_probability
from labsim.foundations.compiled import part
from labsim.foundations.randomness import Decision, exponential, uniform
from labsim.model.columns import Account, Records, Setup, State
from labsim.model.kernels.accounts import transfer
from labsim.model.state import FEN

NO_POST = 0
PRESENT = 1
VACANT = 2


@part
def vacate(setup: Setup, state: State, today: Records, p: int, now: float) -> None:
    """Let a worker leave; the post is filled after a while."""
    post = state.posts[p]
    post.state = VACANT
    post.vacancies += 1
    luck = exponential(setup.seed, Decision.VACANCY_TIME, post.vacancies, p)
    post.filled = now + setup.world[0].vacancy_days * luck
    today.quits += 1


@part
def fill_posts(setup: Setup, state: State, today: Records, policy: Records, day: int) -> None:
    """Create and abolish posts as the lever says, and fill vacancies that have run their time."""
    for p in range(len(state.posts)):
        post = state.posts[p]
        if p >= policy.staff:
            post.state = NO_POST
        elif post.state == NO_POST:
            post.state = VACANT
            post.vacancies += 1
            luck = exponential(setup.seed, Decision.VACANCY_TIME, post.vacancies, p)
            post.filled = day + setup.world[0].vacancy_days * luck
        if post.state == VACANT and post.filled <= day:
            post.state = PRESENT
            today.hires += 1


@part
def staff_day(setup: Setup, state: State, today: Records, policy: Records, row: int, day: int) -> float:
    """Book load and wages of the day, let workers quit, and return tomorrow's speed of handling.

    Args:
        setup: what stays.
        state: what changes.
        today: record of the day.
        policy: levers of the day.
        row: row of the day in the records.
        day: the day.
    """
    world = setup.world[0]
    present = 0
    for p in range(len(state.posts)):
        if state.posts[p].state == PRESENT:
            present += 1
    visits = 0.0
    first = max(0, row - 13)
    for earlier in range(first, row + 1):
        visits += state.daily[earlier].visit_hours
    other = world.base_load * policy.admin_load + visits / (row + 1 - first)
    capacity = present * HOURS_PER_DAY
    today.staff_present = present
    wages = daily_wages(world.worker_pay, policy.pay_gap, present, world.handler_pay, policy.handlers)
    today.wages = int(FEN * wages + 0.5)
    transfer(state, Account.GOVERNMENT, Account.RESIDENTS, today.wages)
    today.other_hours = other
    today.load_today = day_load(other + today.case_hours, capacity)
    load = 0.0
    first = max(0, row - 27)
    for earlier in range(first, row + 1):
        load += state.daily[earlier].load_today
    load = load / (row + 1 - first)
    today.load = load
    chance = quit_probability(world.quit_rate, world.quit_load, load, world.quit_pay, policy.pay_gap)
    for p in range(len(state.posts)):
        if state.posts[p].state == PRESENT and uniform(setup.seed, Decision.QUIT, day, p) < chance:
            vacate(setup, state, today, p, day + 1.0)
    speed = handling_speed(capacity, other, policy.handlers)
    today.speed = speed
    return speed
