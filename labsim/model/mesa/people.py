"""One agent per resident: what they believe, whom they know, what they answer.

Takes: the day. Gives: beliefs that move with experience, reports, redeemed points,
contributions and answers to the survey. What residents take part in are their roles
(``mesa_role.py``). Submodels (4)-(7), (10), (18) and (19).
"""

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from labsim.behaviour.participation import delta_rule, joining_probability, redeemable
from labsim.behaviour.reporting import report_probability, reported_again
from labsim.behaviour.trust import problem_calm, satisfaction_score, satisfied_probability
from labsim.foundations.arithmetic import fixed, unfixed
from labsim.foundations.randomness import Decision
from labsim.model.columns import Account
from labsim.model.mesa.base import Actor, Community
from labsim.model.state import N_ACTIVITIES, PERIOD, WEEK, YEAR, Activity

if TYPE_CHECKING:
    from labsim.model.mesa.role import Role


class ResidentAgent(Actor):
    """A resident.

    Attributes:
        row: place in the population's columns.
        id: who this is, whatever the row; addresses of luck use it.
        efficacy: belief that speaking up makes a difference, 0 to 1.
        credibility: belief that points can be redeemed, 0 to 1.
        crowding: intrinsic motivation lost to payment, 0 or more.
        points: points held, in hundredths.
        barrier: what keeps them from going out, in logits, against the mean of the age group.
        contacts: whom they know; empty when everybody knows everybody.
        active: last decision per activity, 0 or 1.
        last_act: day of the last act per activity.
        roles: what they can take part in, by activity.
    """

    def __init__(self, model: Community, row: int, who: Mapping[str, float]) -> None:
        """Make a resident of one row of the population's columns."""
        super().__init__(model)
        self.row = row
        self.id = int(who["id"])
        self.age = int(who["age"])
        self.migrant = int(who["migrant"])
        self.digital = int(who["digital"])
        self.low_income = int(who["low_income"])
        self.in_app = int(who["registered"])
        self.panel = int(who["panel"])
        self.block = int(who["block"])
        self.head = int(who["head"])
        self.cell = int(who["cell"])
        self.taste = float(who["taste"])
        self.supervisor_rank = int(who["supervisor_rank"])
        self.taught_key = float(who["taught_key"])

        self.efficacy = self.world.efficacy_start
        self.credibility = self.world.credibility_start
        self.crowding = 0.0
        self.points = 0
        self.score = 0.0
        self.satisfied = 0.0
        self.contributed = self._joins = 0
        self.barrier = 0.0
        self._learnt = 0.0

        self.contacts: list[ResidentAgent] = []
        self.active = [0] * N_ACTIVITIES
        self.last_act = [-math.inf] * N_ACTIVITIES
        self.roles: dict[Activity, Role] = {}

    @property
    def taught(self) -> bool:
        """Whether somebody without digital access has been taught to go online."""
        return self.digital == 0 and self.taught_key < self.policy.digital_teaching

    @property
    def online(self) -> bool:
        """Whether they can take part online."""
        return self.digital == 1 or self.taught

    def result(self) -> tuple[float, ...]:
        """Return how they are as a row of ``RESIDENT_RESULT``."""
        beliefs = (self.score, self.satisfied, self.efficacy, self.credibility, self.crowding)
        roles = [self.roles.get(activity) for activity in Activity]
        habits = [role.habit if role else 0.0 for role in roles]
        acts = [role.acts if role else 0 for role in roles]
        return (self.id, self.cell, self.block, *beliefs, *habits, *acts)

    def shares(self) -> list[float]:
        """Return everything about them that must lie between 0 and 1."""
        return [self.efficacy, self.credibility, *(role.habit for role in self.roles.values())]

    @property
    def weekday_is_today(self) -> bool:
        """Whether it is their day of the week: a seventh of residents each day."""
        return self.id % WEEK == self.model.day % WEEK

    def share_of_contacts(self, did: Callable[["ResidentAgent"], int], everybody: int) -> float:
        """Return the share of contacts who did something; term J m of submodel (1).

        Args:
            did: 1 or 0 for a contact.
            everybody: how many of all residents did; needed when all know each other.
        """
        if self.model.everybody_acquainted:
            others = len(self.model.people) - 1
            return (everybody - did(self)) / others if others > 0 else 0.0
        return sum(did(contact) for contact in self.contacts) / len(self.contacts) if self.contacts else 0.0

    # -- voice: submodels (4) and (10) ------------------------------------------------------

    def reports(self, notice: int, problem: int, *, has_case: bool) -> bool:
        """Return whether they report a problem that they have noticed, submodel (10)."""
        chance = report_probability(self.world.report_bias, self.world.efficacy_weight, self.efficacy)
        told = self.policy.results_told if has_case else 0.0
        return self.luck(Decision.REPORT, notice, problem) < reported_again(chance, told)

    def hear_back(self, outcome: float, now: float) -> None:
        """Learn from what became of their report, submodel (4); burn-in teaches nothing."""
        if now >= 0.0:
            self.efficacy = delta_rule(self.efficacy, self.world.efficacy_rate, outcome)

    # -- social learning: submodel (5), in two steps so that all listen before anybody changes --

    def listen(self, belief: str, everybody: int) -> None:
        """Form a new opinion from those of contacts.

        Args:
            belief: ``efficacy`` or ``credibility``.
            everybody: fixed-point sum over all residents; needed when all know each other.
        """
        own: float = getattr(self, belief)
        if self.model.everybody_acquainted:
            total, count = everybody - fixed(own), len(self.model.people) - 1
        else:
            total, count = sum(fixed(getattr(c, belief)) for c in self.contacts), len(self.contacts)
        rate = self.world.social_learning_rate
        self._learnt = delta_rule(own, rate, unfixed(total) / count) if count > 0 else own

    def change_mind(self, belief: str) -> None:
        """Take the new opinion on."""
        setattr(self, belief, self._learnt)

    # -- points: submodel (6) --------------------------------------------------------------

    def hear_of_scheme(self) -> None:
        """Believe in a points scheme that is launched, as far as people do at the start."""
        self.credibility = self.world.credibility_start

    def wants_to_redeem(self, threshold: int) -> bool:
        """Return whether they try to redeem points today; threshold in hundredths."""
        if not self.weekday_is_today or self.points < threshold:
            return False
        return self.luck(Decision.REDEEM, self.model.day, self.id) < self.world.redemption_rate

    def place_in_line(self) -> float:
        """Return the key by which those who redeem today line up."""
        return self.luck(Decision.REDEEM_ORDER, self.model.day, self.id)

    def redeem(self, threshold: int) -> None:
        """Try to redeem, and believe in the scheme according to what happens."""
        amount = redeemable(self.points, threshold)
        treasury = self.model.treasury
        success = self.policy.points_redemption > 0.0 and treasury.balance(Account.POINTS_POT) >= amount
        if success:
            self.points -= amount
            treasury.redeem_points(amount)
        else:
            self.today.redeem_failures += 1
        self.today.redeem_tries += 1
        self.credibility = delta_rule(self.credibility, self.world.credibility_rate, 1.0 if success else 0.0)

    # -- co-funded project: submodel (19), again in two steps -------------------------------

    def consider_project(self, everybody: int) -> None:
        """Decide for the household whether to join; ``everybody`` counts earlier contributors."""
        self._joins = 0
        if self.head == 0:
            return
        voice = self.world.efficacy_weight * (self.efficacy - 0.5)
        social = self.world.contact_influence * self.share_of_contacts(lambda r: r.contributed, everybody)
        chance = joining_probability(self.world.alpha_fund, voice, social)
        self._joins = int(self.luck(Decision.FUND_JOIN, self.model.day, self.id) < chance)

    def announce_contribution(self) -> None:
        """Let others see whether the household joined."""
        self.contributed = self._joins

    # -- satisfaction survey: submodel (18) ------------------------------------------------

    def answer_survey(self, coverage: tuple[float, float, float], unresolved: list[float]) -> None:
        """Say how content they are; be counted in the group of the period.

        Args:
            coverage: of care, culture and environment, 0 to 1.
            unresolved: problems per block, mean of the last 14 days.
        """
        world = self.world
        need = self.model.need
        service = need[0][self.age] * coverage[0] + need[1][self.age] * coverage[1] + need[2][self.age] * coverage[2]
        calm = problem_calm(world.problem_decay, unresolved[self.block])
        self.score = satisfaction_score(
            world.score_service, service, world.score_problem, calm, world.score_efficacy, self.efficacy
        )
        self.satisfied = satisfied_probability(self.score, world.satisfied_at, world.satisfied_sd)
        self._be_counted()

    def _be_counted(self) -> None:
        day = self.model.day
        offline = max(self.last_act[a] for a in (Activity.VOLUNTEER, Activity.MEETING, Activity.PATROL))
        spoke = max(self.last_act[a] for a in (Activity.MEETING, Activity.APP))
        group = self.model.groups[day // PERIOD, self.cell]
        group["residents"] += 1
        group["score"] += fixed(self.score)
        group["satisfied"] += fixed(self.satisfied)
        group["efficacy"] += fixed(self.efficacy)
        group["offline_12m"] += offline > day - YEAR
        group["deliberated_12m"] += spoke > day - YEAR
        group["active_28d"] += max(offline, spoke) > day - PERIOD
