"""What all roles of residents have in common: decide by one rule, and live with it.

Takes: the state at the start of step 5. Gives: decisions, then what they change: habits,
feedback, crowding-out, cash and points. Submodels (1)-(4), (6) and (7).
"""

from typing import ClassVar, NamedTuple

from labsim.behaviour.participation import (
    Terms,
    delta_rule,
    outcome_probability,
    participation_probability,
    participation_utility,
    reward_utility,
)
from labsim.foundations.randomness import Decision
from labsim.model.columns import Account
from labsim.model.mesa.base import Actor, Values
from labsim.model.mesa.people import ResidentAgent
from labsim.model.state import FEN, PERIOD, Activity


class DayContext(NamedTuple):
    """What is the same for everybody who decides on a day; each by :class:`Activity`."""

    alpha: list[list[float]]  # base utility per age group
    terms: list[Terms]  # weights of submodel (1)
    active: list[int]  # residents whose last decision was to act


class Role(Actor):
    """Something a resident may do; subclasses say what.

    Attributes:
        resident: whose role it is.
        habit: 0 to 1.
        decided: today's decision, None when it was not their turn.
        acts: how often so far.
    """

    activity: ClassVar[Activity]
    decision: ClassVar[Decision]
    is_outside: ClassVar[bool] = True  # takes leaving home
    is_habitual: ClassVar[bool] = False  # weekly activities form habits
    is_voice: ClassVar[bool] = False  # speaking up depends on efficacy
    is_paid_for: ClassVar[bool] = False  # payment can crowd out intrinsic motivation
    outcome: ClassVar[Decision | None] = None  # the draw of whether anything comes of it
    belief_weight: ClassVar[float] = 1.0  # of what is experienced, against a report

    def __init__(self, resident: ResidentAgent) -> None:
        """Give a resident the role."""
        super().__init__(resident.model)
        self.resident = resident
        self.habit = 0.0
        self.decided: bool | None = None
        self.acts = 0
        resident.roles[self.activity] = self

    # -- what is special about a role --------------------------------------------------------

    def is_due(self) -> bool:
        """Return whether it is the resident's turn today."""
        return self.resident.weekday_is_today

    @classmethod
    def effort(cls, world: Values) -> float:
        """Return the effort cost of one act in yuan, against which rewards count."""
        return 1.0

    @classmethod
    def barrier(cls, world: Values, policy: Values) -> float:
        """Return what holds migrants back."""
        return 0.0

    @classmethod
    def recognition(cls, world: Values, policy: Values) -> float:
        """Return what public recognition adds."""
        return 0.0

    @classmethod
    def ease_online(cls, world: Values, policy: Values) -> float:
        """Return what online access adds."""
        return 0.0

    @classmethod
    def points(cls, policy: Values) -> float:
        """Return the points that an act earns."""
        return 0.0

    @classmethod
    def cash(cls, policy: Values, low_income: int) -> float:
        """Return yuan in cash or in kind that an act earns."""
        return 0.0

    @classmethod
    def spread(cls, world: Values) -> float:
        """Return how far tastes for the activity differ, times the spread of taste."""
        return 1.0

    @classmethod
    def relevance(cls, policy: Values) -> float:
        """Return the share of what was discussed that residents had asked for."""
        return 1.0

    # -- what all roles have in common -------------------------------------------------------

    @classmethod
    def terms(cls, world: Values, policy: Values) -> Terms:
        """Return the weights of submodel (1) that hold for everybody on a day."""
        effort = cls.effort(world)
        return Terms(
            taste=world.taste_sd * cls.spread(world),
            habit=world.habit_weight if cls.is_habitual else 0.0,
            contacts=world.contact_influence,
            voice=world.efficacy_weight if cls.is_voice else 0.0,
            barrier=cls.barrier(world, policy),
            crowding=1.0 if cls.is_paid_for else 0.0,
            open_to_all=cls.recognition(world, policy),
            online=cls.ease_online(world, policy),
            points=reward_utility(world.reward_weight, cls.points(policy), effort),
            cash=reward_utility(world.reward_weight, cls.cash(policy, 0), effort),
            cash_low_income=reward_utility(world.reward_weight, cls.cash(policy, 1), effort),
        )

    def decide(self, context: DayContext) -> None:
        """Decide whether to act, submodels (1) and (2).

        Nobody sees a decision of the same day: ``active`` of contacts is the last one.
        """
        self.decided = None
        if not self.is_due():
            return
        who, k = self.resident, self.activity
        utility = participation_utility(
            context.alpha[k][who.age] - (who.barrier if self.is_outside else 0.0),
            context.terms[k],
            who.migrant,
            who.online,
            who.low_income,
            who.taste,
            self.habit,
            who.share_of_contacts(lambda contact: contact.active[k], context.active[k]),
            who.efficacy,
            who.credibility,
            who.crowding,
        )
        self.decided = self.luck(self.decision, self.model.day, who.id) < participation_probability(utility)

    def take_effect(self, resolved: float) -> None:
        """Let today's decision change the resident, submodels (3), (4) and (7).

        Args:
            resolved: share of recent cases that were closed rather than dropped.
        """
        if self.decided is None:
            return
        name = self.activity.name.lower()
        self.today.count(f"due_{name}")
        self.resident.active[self.activity] = int(self.decided)
        if self.is_habitual:
            self.habit = delta_rule(self.habit, self.world.habit_rate, 1.0 if self.decided else 0.0)
        self.feel_paid()
        if self.decided:
            self.today.count(f"act_{name}")
            self.model.groups[f"act_{name}"][self.model.day // PERIOD, self.resident.cell] += 1
            self.acts += 1
            self.resident.last_act[self.activity] = self.model.day
            self.be_rewarded()
            self.see_outcome(resolved)
            self.follow_up()

    def feel_paid(self) -> None:
        """Build up or lose crowding-out, submodel (7); only payment for sorting does that."""

    def be_rewarded(self) -> None:
        """Receive cash or kind from sponsors; points come later in the day."""
        amount = int(FEN * self.cash(self.policy, self.resident.low_income) + 0.5)
        self.model.treasury.transfer(Account.SPONSORS, Account.RESIDENTS, amount)
        self.today.incentive_spent += amount

    def earn_points(self, amount: int) -> None:
        """Be credited with points for today's act, in hundredths, submodel (6)."""
        if self.decided and amount > 0:
            self.resident.points += amount
            self.model.treasury.issue_points(amount)

    def see_outcome(self, resolved: float) -> None:
        """Learn from whether anything came of speaking up, submodel (4)."""
        if self.outcome is None:
            return
        who = self.resident
        chance = outcome_probability(self.policy.results_told, resolved, self.relevance(self.policy))
        seen = self.luck(self.outcome, self.model.day, who.id) < chance
        rate = self.world.efficacy_rate * self.belief_weight
        who.efficacy = delta_rule(who.efficacy, rate, 1.0 if seen else 0.0)

    def follow_up(self) -> None:
        """Appoint when to do what was decided; most acts are done at once."""

    def keep_appointment(self, now: float) -> None:
        """Do what was appointed."""
