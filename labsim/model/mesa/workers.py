"""Community workers as Mesa agents, and the roster of who comes, rises, despairs and leaves.

Takes: posts of the community, levers, world values. Gives: :class:`WorkerAgent`, a person who
takes a post and leaves it, and :class:`Roster`. In the compiled module
(``modules/workforce_*.py``) a post is a row whose holder changes. Submodels (W1)-(W4), (W7), (W8).
"""

from typing import NamedTuple

from labsim.behaviour import skills as rules
from labsim.behaviour.skills import YEAR
from labsim.foundations.randomness import Decision
from labsim.model.mesa.agents import StaffAgent
from labsim.model.mesa.base import Actor, Community
from labsim.model.mesa.modules import ModuleAgent
from labsim.model.modules.workforce_state import DAILY, SKILLS

MILLION = 1_000_000
REVIEW = 91  # assumption: openings are filled once a quarter
TAUGHT = ("policy", "digital", "mediation")


class PostSeen(NamedTuple):
    """What was known of a post at a roll call."""

    exists: bool
    present: bool
    vacancies: int


class WorkerAgent(Actor):
    """A community worker: a person, from taking a post to leaving it.

    Attributes:
        post: which post they hold.
        skills: 0 to 1, by name.
        joined: day, fractional for those who were there before.
        step: day of the latest promotion, or of joining.
        title: level.
        trained: passed a session since they came.
        mentor: who shows them the work.
    """

    def __init__(self, model: Community, post: StaffAgent, joined: float) -> None:
        """Take a post as a newcomer who can do little."""
        super().__init__(model)
        self.post = post
        self.joined = self.step = joined
        self.skills = dict.fromkeys(SKILLS, self.world.skill_newcomer)
        self.title = 0
        self.trained = False
        self.mentor: WorkerAgent | None = None

    @property
    def waited(self) -> float:
        """Years since joining or the latest promotion."""
        return (self.model.day - self.step) / YEAR

    @property
    def is_new(self) -> bool:
        """Whether they are still in the time of mentoring."""
        return self.model.day - self.joined < self.world.mentoring_days

    @property
    def is_blocked(self) -> bool:
        """Whether their career is blocked, (W7)."""
        return rules.is_blocked(self.waited, self.world.blocked_after, self.title, self.policy.title_levels)

    @property
    def overall(self) -> float:
        """Mean of the skills that are taught."""
        return rules.mean_skill(*(self.skills[name] for name in TAUGHT))

    def settle(self, years: float) -> None:
        """Look back on years of service, with the skills and perhaps the title that came with them."""
        world, number = self.world, self.post.number
        skill = rules.experienced(world.skill_newcomer, world.skill_practice, world.practice_rate, years)
        self.skills = dict.fromkeys(SKILLS, skill)
        if self.luck(Decision.TRAINED_START, 0, number) < world.trained_start:
            self.pass_session()
        if self.luck(Decision.TITLE_START, 0, number) < world.titled_start:
            self.title = 1
            self.step = self.model.day - 0.5 * YEAR * years

    def start(self) -> None:
        """Begin on the first day, with credentials or without."""
        if self.luck(Decision.CERTIFIED, self.post.vacancies, self.post.number) < self.policy.certified_hiring:
            self.skills["policy"] = self.skills["mediation"] = self.world.skill_certified

    def pass_session(self) -> None:
        """Learn three units of teaching, shared by three skills, (W2)."""
        rate, policy = self.world.training_gain, self.policy
        common = rules.session_gain(rate, policy.training_quality, 1.5 * (1.0 - policy.training_digital))
        digital = rules.session_gain(rate, policy.training_quality, 3.0 * policy.training_digital)
        for name, gain in (("policy", common), ("digital", digital), ("mediation", common)):
            self.skills[name] = rules.taught(self.skills[name], gain)
        self.trained = True

    def rehearse(self) -> None:
        """Learn to decide in the sandbox, (W2)."""
        self.skills["decision"] = rules.taught(self.skills["decision"], self.world.exercise_gain)

    def watch_mentor(self) -> None:
        """Learn from the mentor, (W4)."""
        if self.mentor is not None:
            share = rules.daily_share(self.world.mentor_rate)
            for name in SKILLS:
                self.skills[name] = rules.learnt_from(self.skills[name], self.mentor.skills[name], share)

    def work(self) -> None:
        """Learn on the job, and forget what the job does not use, (W1)."""
        world = self.world
        learning, forgetting = rules.daily_share(world.practice_rate), rules.daily_share(world.forgetting_rate)
        for name in SKILLS:
            self.skills[name] = rules.practised(self.skills[name], world.skill_practice, learning, forgetting)


class Openings:
    """Promotions that were granted, in millionths: saved up, given, or lost."""

    def __init__(self) -> None:
        """Start with none."""
        self.kept = self.granted = self.given = self.lapsed = 0

    def grant(self, amount: int) -> None:
        """Save up a part of an opening."""
        self.kept += amount
        self.granted += amount

    def give(self) -> None:
        """Use one opening."""
        self.kept -= MILLION
        self.given += 1

    def lapse(self) -> None:
        """Lose the whole openings that nobody could take."""
        whole = self.kept // MILLION * MILLION
        self.kept -= whole
        self.lapsed += whole

    @property
    def missing(self) -> int:
        """What the books lack, 0 when they balance."""
        return self.granted - MILLION * self.given - self.kept - self.lapsed


class Roster(ModuleAgent):
    """Who works here, and what becomes of them.

    Attributes:
        workers: by post number, in that order.
        openings: promotions.
        book: the record of the day, by column.
    """

    model: Community

    def __init__(self, model: Community) -> None:
        """Know nobody yet."""
        super().__init__(model)
        self.workers: dict[int, WorkerAgent] = {}
        self.seen: dict[int, PostSeen] = {}
        self.openings = Openings()
        self.book: dict[str, float] = dict.fromkeys(DAILY.names or (), 0.0)

    def found(self) -> None:
        """Meet those who hold a post on the first day."""
        model = self.model
        for post in model.staff:
            if post.present:
                worker = WorkerAgent(model, post, 0.0)
                years = model.world.tenure_start * worker.patience(Decision.TENURE_START, 0, post.number)
                worker.joined = worker.step = model.day - YEAR * years
                worker.settle(years)
                self.workers[post.number] = worker
        self._take_note()

    def _take_note(self) -> None:
        self.seen = {post.number: PostSeen(post.exists, post.present, post.vacancies) for post in self.model.staff}

    def _part_with(self, number: int) -> None:
        self.workers.pop(number).remove()

    def roll_call(self) -> None:
        """Find out who has left and who has come since yesterday evening."""
        for post in self.model.staff:
            number, seen = post.number, self.seen.get(post.number, PostSeen(False, False, 0))
            changed = post.vacancies != seen.vacancies
            if number in self.workers:
                if changed or not post.present:
                    self.book["left_other" if post.exists else "left_abolished"] += 1
                    self._part_with(number)
            elif seen.exists and not seen.present and post.exists and not post.present and changed:
                self.book["hired"] += 1  # came in the morning, and left in the evening
                self.book["left_other"] += 1
            if number not in self.workers and post.present:
                self.book["hired"] += 1
                self.workers[number] = WorkerAgent(self.model, post, float(self.model.day))
                self.workers[number].start()
        self.workers = dict(sorted(self.workers.items()))
        self._take_note()

    def despair(self) -> None:
        """Let workers leave whose career is blocked and who have little hope, (W7)."""
        world, policy, day = self.model.world, self.model.policy, self.model.day
        if policy.title_levels > 0.0:
            waiting = sum(worker.title < policy.title_levels for worker in self.workers.values())
            self.book["hope"] = rules.promotion_hope(policy.promotion_share * policy.staff, waiting)
        chance = rules.blocked_quit_probability(world.blocked_quit, self.book["hope"])
        for number, worker in list(self.workers.items()):
            if worker.is_blocked and worker.luck(Decision.QUIT_BLOCKED, day, number) < chance:
                worker.post.leave(day + 1.0)
                self.book["left_blocked"] += 1
                self._part_with(number)
        self._take_note()

    def pair(self) -> None:
        """End what mentoring has run its time, and give newcomers a mentor, (W4)."""
        here = set(self.workers.values())
        for worker in here:
            if not worker.is_new or worker.mentor not in here:
                worker.mentor = None
        for number, worker in self.workers.items():
            alone = worker.is_new and worker.mentor is None
            if alone and worker.luck(Decision.MENTORED, worker.post.vacancies, number) < self.model.policy.mentoring:
                worker.mentor = self._mentor_for(worker)

    def _mentor_for(self, newcomer: WorkerAgent) -> WorkerAgent | None:
        """Return the most skilled veteran who can take one more newcomer."""
        most = self.model.policy.mentees_per_mentor
        able = [
            other
            for other in self.workers.values()
            if not other.is_new
            and other.overall > newcomer.overall
            and sum(worker.mentor is other for worker in self.workers.values()) < most
        ]
        return max(able, key=lambda other: other.overall, default=None)

    def promote(self) -> None:
        """Save up openings, and once a quarter give them to those with the best claim, (W8)."""
        world, policy = self.model.world, self.model.policy
        if policy.title_levels > 0.0:
            self.openings.grant(int(MILLION * policy.promotion_share * policy.staff / YEAR + 0.5))
        if self.model.day % REVIEW != 0:
            return
        while self.openings.kept >= MILLION:
            able = [
                worker
                for worker in self.workers.values()
                if worker.title < policy.title_levels and worker.waited >= world.title_wait
            ]
            if not able:
                break
            merit = policy.promotion_merit
            best = max(able, key=lambda worker: rules.promotion_score(merit, worker.waited, worker.overall))
            best.title += 1
            best.step = float(self.model.day)
            self.openings.give()
            self.book["promoted"] += 1
        self.openings.lapse()
