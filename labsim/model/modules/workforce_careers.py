"""Who comes, rises, despairs and leaves among community workers. (W7) and (W8).

Takes: the state, a day. Gives: holders of posts, their titles, and vacancies of the core.
"""

from labsim.behaviour.skills import (
    YEAR,
    blocked_quit_probability,
    experienced,
    is_blocked,
    mean_skill,
    promotion_hope,
    promotion_score,
)
from labsim.foundations.compiled import part
from labsim.foundations.randomness import Decision, exponential, uniform
from labsim.model.columns import Records, Setup, State
from labsim.model.kernels.staff import NO_POST, PRESENT, VACANT, vacate
from labsim.model.modules.workforce_learning import teach

MILLION = 1_000_000
REVIEW = 91  # assumption: openings are filled once a quarter


@part
def found(setup: Setup, state: State, policy: Records, day: int) -> None:
    """Give those who hold a post on the first day their years of service, skills and titles."""
    world = setup.world[0]
    for p in range(len(state.posts)):
        worker = state.modules.workforce.workers[p]
        worker.post = state.posts[p].state
        worker.vacancies = state.posts[p].vacancies
        if worker.post != PRESENT:
            continue
        worker.present = 1
        years = world.tenure_start * exponential(setup.seed, Decision.TENURE_START, 0, p)
        skill = experienced(world.skill_newcomer, world.skill_practice, world.practice_rate, years)
        worker.policy = skill
        worker.digital = skill
        worker.mediation = skill
        worker.decision = skill
        worker.joined = day - YEAR * years
        worker.step = worker.joined
        if uniform(setup.seed, Decision.TRAINED_START, 0, p) < world.trained_start:
            teach(setup, state, policy, p)
        if uniform(setup.seed, Decision.TITLE_START, 0, p) < world.titled_start:
            worker.title = 1
            worker.step = day - 0.5 * YEAR * years


@part
def _enter(setup: Setup, state: State, policy: Records, p: int, day: int) -> None:
    """Let a newcomer take a post."""
    world = setup.world[0]
    worker = state.modules.workforce.workers[p]
    worker.present = 1
    worker.trained = 0
    worker.title = 0
    worker.mentor = -1
    worker.joined = day
    worker.step = day
    skill = world.skill_newcomer
    if uniform(setup.seed, Decision.CERTIFIED, state.posts[p].vacancies, p) < policy.certified_hiring:
        skill = world.skill_certified
    worker.policy = skill
    worker.mediation = skill
    worker.digital = world.skill_newcomer
    worker.decision = world.skill_newcomer


@part
def roll_call(setup: Setup, state: State, policy: Records, day: int) -> None:
    """Find out who has left and who has come since yesterday evening."""
    book = state.modules.workforce.daily[day + setup.burn_in]
    for p in range(len(state.posts)):
        worker = state.modules.workforce.workers[p]
        post = state.posts[p]
        changed = post.vacancies != worker.vacancies
        here = post.state == PRESENT
        if worker.present == 1 and (changed or not here):
            worker.present = 0
            if post.state == NO_POST:
                book.left_abolished += 1
            else:
                book.left_other += 1
        elif worker.present == 0 and worker.post == VACANT and post.state == VACANT and changed:
            book.hired += 1  # came in the morning, and left in the evening
            book.left_other += 1
        if worker.present == 0 and here:
            book.hired += 1
            _enter(setup, state, policy, p, day)
        worker.post = post.state
        worker.vacancies = post.vacancies


@part
def waited(state: State, p: int, day: int) -> float:
    """Return the years since a worker joined or was promoted."""
    years: float = (day - state.modules.workforce.workers[p].step) / YEAR
    return years


@part
def despair(setup: Setup, state: State, today: Records, policy: Records, day: int) -> None:
    """Let workers leave whose career is blocked and who have little hope, (W7)."""
    world = setup.world[0]
    book = state.modules.workforce.daily[day + setup.burn_in]
    waiting = 0
    for p in range(len(state.posts)):
        worker = state.modules.workforce.workers[p]
        if worker.present == 1 and worker.title < policy.title_levels:
            waiting += 1
    openings = policy.promotion_share * policy.staff if policy.title_levels > 0.0 else 0.0
    book.hope = promotion_hope(openings, waiting) if policy.title_levels > 0.0 else 0.0
    chance = blocked_quit_probability(world.blocked_quit, book.hope)
    for p in range(len(state.posts)):
        worker = state.modules.workforce.workers[p]
        years = waited(state, p, day)
        stuck = is_blocked(years, world.blocked_after, worker.title, policy.title_levels)
        if worker.present == 1 and stuck and uniform(setup.seed, Decision.QUIT_BLOCKED, day, p) < chance:
            vacate(setup, state, today, p, day + 1.0)
            worker.present = 0
            worker.post = state.posts[p].state
            worker.vacancies = state.posts[p].vacancies
            book.left_blocked += 1


@part
def promote(setup: Setup, state: State, policy: Records, day: int) -> None:
    """Save up openings, and once a quarter give them to those with the best claim, (W8)."""
    workers = state.modules.workforce.workers
    ledger = state.modules.workforce.ledger[0]
    book = state.modules.workforce.daily[day + setup.burn_in]
    if policy.title_levels > 0.0:
        new = int(MILLION * policy.promotion_share * policy.staff / YEAR + 0.5)
        ledger.openings += new
        ledger.accrued += new
    if day % REVIEW != 0:
        return
    for _ in range(ledger.openings // MILLION):
        best = -1
        highest = -1.0
        for p in range(len(workers)):
            worker = workers[p]
            years = waited(state, p, day)
            if worker.present == 0 or worker.title >= policy.title_levels or years < setup.world[0].title_wait:
                continue
            skill = mean_skill(worker.policy, worker.digital, worker.mediation)
            score = promotion_score(policy.promotion_merit, years, skill)
            if score > highest:
                best = p
                highest = score
        if best < 0:
            break
        workers[best].title += 1
        workers[best].step = day
        ledger.openings -= MILLION
        ledger.promoted += 1
        book.promoted += 1
    unfilled = ledger.openings // MILLION * MILLION
    ledger.openings -= unfilled
    ledger.lapsed += unfilled
