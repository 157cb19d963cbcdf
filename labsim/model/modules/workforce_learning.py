"""How community workers learn: sessions, exercises, mentors, daily work. (W1)-(W4).

Takes: the state, a day. Gives: changed skills. Luck is addressed by day and post.
"""

from labsim.behaviour.skills import attendance, daily_share, learnt_from, mean_skill, practised, session_gain, taught
from labsim.foundations.compiled import part
from labsim.foundations.randomness import Decision, uniform
from labsim.model.columns import Records, Setup, State


@part
def teach(setup: Setup, state: State, policy: Records, p: int) -> None:
    """Let a worker pass a session: three units of teaching, shared by three skills."""
    worker = state.modules.workforce.workers[p]
    rate = setup.world[0].training_gain
    common = session_gain(rate, policy.training_quality, 1.5 * (1.0 - policy.training_digital))
    worker.policy = taught(worker.policy, common)
    worker.digital = taught(worker.digital, session_gain(rate, policy.training_quality, 3.0 * policy.training_digital))
    worker.mediation = taught(worker.mediation, common)
    worker.trained = 1


@part
def hold_session(setup: Setup, state: State, policy: Records, day: int, load: float) -> None:
    """Let workers attend a training session, and those who pass learn, (W2) and (W3)."""
    world = setup.world[0]
    book = state.modules.workforce.daily[day + setup.burn_in]
    chance = attendance(world.training_attendance, policy.training_places, world.attendance_load, load)
    for p in range(len(state.posts)):
        present = state.modules.workforce.workers[p].present == 1
        if present and uniform(setup.seed, Decision.TRAINING_ATTEND, day, p) < chance:
            book.attended += 1
            if uniform(setup.seed, Decision.TRAINING_PASS, day, p) < world.training_pass:
                book.passed += 1
                teach(setup, state, policy, p)


@part
def hold_exercise(setup: Setup, state: State, day: int, load: float) -> None:
    """Let workers rehearse decisions in the sandbox, (W2) and (W3)."""
    world = setup.world[0]
    book = state.modules.workforce.daily[day + setup.burn_in]
    chance = attendance(world.training_attendance, 1.0, world.attendance_load, load)
    for p in range(len(state.posts)):
        worker = state.modules.workforce.workers[p]
        if worker.present == 1 and uniform(setup.seed, Decision.EXERCISE_ATTEND, day, p) < chance:
            book.exercised += 1
            worker.decision = taught(worker.decision, world.exercise_gain)


@part
def _choose_mentor(setup: Setup, state: State, policy: Records, p: int, day: int) -> int:
    """Return the post of the most skilled veteran who can take one more newcomer, -1 without."""
    workers = state.modules.workforce.workers
    best = -1
    most = mean_skill(workers[p].policy, workers[p].digital, workers[p].mediation)
    for m in range(len(workers)):
        other = workers[m]
        veteran = other.present == 1 and day - other.joined >= setup.world[0].mentoring_days
        if not veteran or other.mentees >= policy.mentees_per_mentor:
            continue
        skill = mean_skill(other.policy, other.digital, other.mediation)
        if skill > most:
            best = m
            most = skill
    return best


@part
def pair(setup: Setup, state: State, policy: Records, day: int) -> None:
    """End what mentoring has run its time, and give newcomers a mentor, (W4)."""
    workers = state.modules.workforce.workers
    for m in range(len(workers)):
        workers[m].mentees = 0
    for p in range(len(workers)):
        worker = workers[p]
        over = worker.present == 0 or day - worker.joined >= setup.world[0].mentoring_days
        if worker.mentor >= 0 and (over or workers[worker.mentor].present == 0):
            worker.mentor = -1
        if worker.mentor >= 0:
            workers[worker.mentor].mentees += 1
    for p in range(len(workers)):
        worker = workers[p]
        new = worker.present == 1 and day - worker.joined < setup.world[0].mentoring_days
        luck = uniform(setup.seed, Decision.MENTORED, worker.vacancies, p)
        if new and worker.mentor < 0 and luck < policy.mentoring:
            worker.mentor = _choose_mentor(setup, state, policy, p, day)
            if worker.mentor >= 0:
                workers[worker.mentor].mentees += 1


@part
def learn(setup: Setup, state: State) -> None:
    """Let newcomers learn from mentors, then everybody from work, (W4) and (W1); no mentor has a mentor."""
    world = setup.world[0]
    workers = state.modules.workforce.workers
    share = daily_share(world.mentor_rate)
    learning = daily_share(world.practice_rate)
    forgetting = daily_share(world.forgetting_rate)
    for p in range(len(workers)):
        worker = workers[p]
        if worker.mentor >= 0:
            mentor = workers[worker.mentor]
            worker.policy = learnt_from(worker.policy, mentor.policy, share)
            worker.digital = learnt_from(worker.digital, mentor.digital, share)
            worker.mediation = learnt_from(worker.mediation, mentor.mediation, share)
            worker.decision = learnt_from(worker.decision, mentor.decision, share)
    level = world.skill_practice
    for p in range(len(workers)):
        worker = workers[p]
        if worker.present == 1:
            worker.policy = practised(worker.policy, level, learning, forgetting)
            worker.digital = practised(worker.digital, level, learning, forgetting)
            worker.mediation = practised(worker.mediation, level, learning, forgetting)
            worker.decision = practised(worker.decision, level, learning, forgetting)
