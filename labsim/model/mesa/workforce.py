"""The workforce module as a Mesa agent: whoever employs and trains community workers.

Takes: the roster of workers. Gives: sessions, effects of skill, money, and the same daily
records, bit for bit, as the compiled module (``modules/workforce.py``). Submodels (W1)-(W9).
"""

import numpy as np

from labsim.behaviour import skills as rules
from labsim.behaviour.skills import YEAR
from labsim.behaviour.workforce import HOURS_PER_DAY
from labsim.foundations.arithmetic import fixed, unfixed
from labsim.foundations.randomness import Decision
from labsim.model.columns import Account
from labsim.model.kernels.recording import BREACHES
from labsim.model.mesa.agents import fen
from labsim.model.mesa.base import Community
from labsim.model.mesa.workers import MILLION, Roster
from labsim.model.modules.workforce_state import DAILY, SKILLS
from labsim.model.trajectory import ConservationError

A_YEAR = 364 * MILLION


class WorkforceAgent(Roster):
    """Whoever employs and trains community workers.

    Attributes:
        due: sessions and exercises that are due, in millionths of one, times days of a year.
        rows: records of the days before.
    """

    def __init__(self, model: Community) -> None:
        """Hold no session yet."""
        super().__init__(model)
        self.due = {"trainings": 0, "exercises": 0}
        self.rows: list[tuple[float, ...]] = []

    def morning(self) -> None:
        """Hold today's sessions, and let skills, titles and relief change what is read today."""
        model, book = self.model, dict.fromkeys(DAILY.names or (), 0.0)
        self.book = book
        book["day"] = model.day
        if not self.rows:
            self.found()
        load = model.history[-1].load if model.history else 0.0
        self._work_as_skilled()
        self._hold_sessions(load)
        self._change_load()
        many, titles = len(self.workers), self._titles()
        if many > 0:
            premium = model.policy.title_premium * titles / many
            model.policy.pay_gap -= premium
            book["premiums"] = fen(model.world.worker_pay * premium * many / YEAR)

    def _total(self, skill: str) -> float:
        return unfixed(sum(fixed(worker.skills[skill]) for worker in self.workers.values()))

    def _titles(self) -> int:
        return sum(worker.title for worker in self.workers.values())

    def _pairs(self) -> int:
        return sum(worker.mentor is not None for worker in self.workers.values())

    def _team(self, skill: str, posted: float, professional: float) -> float:
        alone = self.model.world.skill_newcomer
        return rules.team_skill(self._total(skill), len(self.workers), posted, professional, alone)

    def _work_as_skilled(self) -> None:
        """Let skills change times, repairs, hand-overs and talks, (W5) and (W6)."""
        world, policy = self.model.world, self.model.policy
        usual = rules.usual_skill(world.skill_newcomer, world.skill_practice, world.practice_rate, world.tenure_start)
        posted, expert, book = policy.social_workers, world.skill_professional, self.book
        book["handling_factor"] = rules.time_factor(world.skill_speed, self._team("digital", 0.0, 0.0), usual)
        book["approval_factor"] = rules.time_factor(world.skill_decision, self._team("decision", 0.0, 0.0), usual)
        law, voice = self._team("policy", posted, expert), self._team("mediation", posted, expert)
        world.work_days *= book["handling_factor"]
        world.intake_days *= book["handling_factor"]
        world.hop_days *= book["approval_factor"]
        world.superficial_share = rules.shifted(world.superficial_share, world.skill_quality, law, usual)
        world.drop_rate = rules.shifted(world.drop_rate, world.skill_quality, law, usual)
        policy.results_told = rules.shifted(policy.results_told, -world.skill_voice, voice, usual)

    def _is_due(self, kind: str, a_year: float) -> bool:
        self.due[kind] += int(MILLION * a_year + 0.5)
        if self.due[kind] < A_YEAR:
            return False
        self.due[kind] -= A_YEAR
        return True

    def _hold_sessions(self, load: float) -> None:
        """Teach those who come, (W2) and (W3)."""
        world, policy, day = self.model.world, self.model.policy, self.model.day
        base, deterred = world.training_attendance, world.attendance_load
        if self._is_due("trainings", policy.trainings):
            chance = rules.attendance(base, policy.training_places, deterred, load)
            for number, worker in self.workers.items():
                if worker.luck(Decision.TRAINING_ATTEND, day, number) < chance:
                    self.book["attended"] += 1
                    if worker.luck(Decision.TRAINING_PASS, day, number) < world.training_pass:
                        self.book["passed"] += 1
                        worker.pass_session()
        if self._is_due("exercises", policy.exercises):
            chance = rules.attendance(base, 1.0, deterred, load)
            for number, worker in self.workers.items():
                if worker.luck(Decision.EXERCISE_ATTEND, day, number) < chance:
                    self.book["exercised"] += 1
                    worker.rehearse()

    def _change_load(self) -> None:
        """Add hours of learning to the administration, and take away what others do, (W9)."""
        world, policy, book = self.model.world, self.model.policy, self.book
        hours = book["attended"] * world.training_hours + book["exercised"] * world.exercise_hours
        book["learning_hours"] = hours + self._pairs() * world.mentor_hours
        relief = policy.social_workers * HOURS_PER_DAY + policy.social_organisations * world.organisation_hours
        before, limit = policy.admin_load, world.handover_limit
        policy.admin_load = rules.administration(before, world.base_load, book["learning_hours"], relief, limit)
        book["relief_hours"] = min(relief, limit * before * world.base_load)

    def evening(self) -> None:
        """Let workers come and go, learn, despair and rise, and keep the books."""
        before = len(self.workers)
        self.roll_call()
        self.despair()
        self.pair()
        for worker in self.workers.values():
            worker.watch_mentor()
        for worker in self.workers.values():
            worker.work()
        self.promote()
        self._pay()
        self._write_down()
        self._check(before)
        self.rows.append(tuple(self.book[name] for name in DAILY.names or ()))

    def _pay(self) -> None:
        """Pay fees, posted professionals and contracts; allowances are in the wages already."""
        world, policy, book, treasury = self.model.world, self.model.policy, self.book, self.model.treasury
        fees = fen(world.training_cost * book["attended"])
        professionals = fen(world.worker_pay * policy.social_workers / YEAR)
        contracts = fen(world.organisation_pay * policy.social_organisations / YEAR)
        treasury.transfer(Account.GOVERNMENT, Account.SUPPLIERS, fees + contracts)
        treasury.transfer(Account.GOVERNMENT, Account.RESIDENTS, professionals)
        self.model.today.service_spent += fees + contracts
        self.model.today.wages += professionals
        book["fees"], book["professionals"], book["contracts"] = fees, professionals, contracts

    def _write_down(self) -> None:
        """Record who is there and what they can do."""
        book, everybody, many = self.book, self.workers.values(), len(self.workers)
        book["present"], book["titles"], book["pairs"] = many, self._titles(), self._pairs()
        book["trained"] = sum(worker.trained for worker in everybody)
        book["blocked"] = sum(worker.is_blocked for worker in everybody)
        for name in SKILLS:
            book[name] = self._total(name) / many if many > 0 else 0.0

    def _check(self, before: int) -> None:
        """Check the laws of the module against what the core knows of posts.

        Raises:
            ConservationError: a law broke.
        """
        book, model = self.book, self.model
        here = sum(post.present for post in model.staff)
        left = book["left_blocked"] + book["left_other"]
        off = abs(before + book["hired"] - left - book["left_abolished"] - here) + abs(here - len(self.workers))
        off += abs(book["hired"] - model.today.hires) + abs(left - model.today.quits)
        people = self.workers.values()
        wrong = sum(not 0.0 <= skill <= 1.0 for worker in people for skill in worker.skills.values())
        wrong += sum(worker.mentor is not None and worker.mentor not in people for worker in people)
        for law, amount in ((32, int(off)), (33, wrong), (34, self.openings.missing)):
            if amount != 0:
                raise ConservationError(model.day, BREACHES[law], amount)

    def records(self) -> np.ndarray:
        """Return the daily records of the module so far."""
        return np.array(self.rows, DAILY)
