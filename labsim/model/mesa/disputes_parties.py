"""Households and their disputes as Mesa agents.

Takes: the day, and the office that handles disputes (``mesa_disputes.py``). Gives: trust in the
property firm, fees paid or not, and what becomes of each dispute. Submodels (D1)-(D5), (D7), (D8).
"""

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from labsim.behaviour.disputes import (
    arrival_probability,
    elders_chance,
    fee_probability,
    party_trust,
    property_rate,
    referrals_needed,
    relieved,
    settle_probability,
)
from labsim.behaviour.participation import delta_rule
from labsim.behaviour.trust import problem_calm
from labsim.foundations.randomness import Decision
from labsim.model.mesa.base import Actor, Community
from labsim.model.mesa.people import ResidentAgent
from labsim.model.modules.disputes_state import DisputeClass, DisputeStage, Pool

if TYPE_CHECKING:
    from labsim.model.mesa.disputes import DisputesAgent


class HouseholdAgent(Actor):
    """A household, represented by the resident who decides for it.

    Attributes:
        head: that resident.
        trust: in the property firm, 0 to 1.
        habit: of paying the fee, 0 to 1.
        rapport: with those who visit regularly, 0 to 1.
        paid: whether the last fee was paid.
        disputes: what it is party to and has brought itself, by class.
    """

    def __init__(self, model: Community, head: ResidentAgent) -> None:
        """Found a household."""
        super().__init__(model)
        self.head = head
        self.trust = self.world.firm_trust_start
        self.habit = self.world.fee_habit_start
        self.rapport = 0.0
        self.paid = False
        self.pays = False
        self.disputes: dict[DisputeClass, DisputeAgent] = {}

    def chance_of(self, kind: DisputeClass, faults: int) -> float:
        """Return the chance that a dispute arises today, submodel (D1)."""
        world = self.world
        if kind == DisputeClass.NEIGHBOUR:
            return arrival_probability(world.neighbour_dispute_rate)
        rate = property_rate(world.property_dispute_rate, world.property_fault_effect, float(faults), self.trust)
        return arrival_probability(rate)

    def be_visited(self, disputes: "Iterable[DisputeAgent]") -> None:
        """Get to know those who visit regularly, and talk about one's own among open disputes, submodel (D9)."""
        self.rapport = delta_rule(self.rapport, self.world.rapport_rate, 1.0)
        for one in disputes:
            one.come_up(self)

    def trust_in_helpers(self) -> float:
        """Return how far the household trusts the community to help, submodel (D9)."""
        return party_trust(self.head.efficacy, self.rapport)

    def lose_touch(self, share: float) -> None:
        """Lose a share of rapport, submodel (D9)."""
        self.rapport = delta_rule(self.rapport, share, 0.0)

    def see_service(self, chance: float, faults: int) -> bool:
        """See a promise of the firm kept or not, submodel (D7); return whether it was."""
        luck = self.luck(Decision.PROMISE_KEPT, self.model.day, self.head.id)
        good = luck < chance * problem_calm(self.world.problem_decay, float(faults))
        self.trust = delta_rule(self.trust, self.world.firm_trust_rate, 1.0 if good else 0.0)
        return luck < chance

    def consider_fee(self, neighbours: float) -> None:
        """Decide whether to pay, submodel (D8); nobody sees a decision of the same day."""
        world = self.world
        trust = world.fee_trust_weight * (self.trust - 0.5)
        habit = world.fee_habit_weight * self.habit
        chance = fee_probability(world.alpha_fee, trust, habit, world.fee_influence * neighbours)
        self.pays = self.luck(Decision.FEE_PAID, self.model.day, self.head.id) < chance

    def settle_fee(self) -> None:
        """Pay or not, as decided."""
        self.paid = self.pays
        self.habit = delta_rule(self.habit, self.world.fee_habit_rate, 1.0 if self.paid else 0.0)


class DisputeAgent(Actor):
    """An open dispute of a household with another one or with the property firm.

    Attributes:
        number: in order of opening.
        appointment: when its intake, referral, round or pause ends.
    """

    def __init__(self, office: "DisputesAgent", household: HouseholdAgent, kind: DisputeClass, number: int) -> None:
        """Open a dispute."""
        super().__init__(office.model)
        self.office, self.household, self.kind, self.number = office, household, kind, number
        self.day = self.model.day
        self.opened = self.day + self.chance(Decision.DISPUTE_TIME)
        self.tension = self.chance(Decision.DISPUTE_TENSION)
        self.rounds = 0
        self.calmed = 0
        self.neighbour: HouseholdAgent | None = None
        if kind == DisputeClass.NEIGHBOUR:
            neighbours = office.neighbours_of(household)
            if neighbours:
                self.neighbour = neighbours[int(self.chance(Decision.DISPUTE_OTHER) * len(neighbours))]
        self.at_table = self.chance(Decision.DISPUTE_TABLE) < self.policy.multi_party_table
        by_the_desk = self.chance(Decision.DISPUTE_ROUTE) < self.policy.one_stop
        self.referrals = referrals_needed(self.world.dispute_referrals, by_the_desk)
        self.stage = DisputeStage.INTAKE
        self.pool = Pool.MEDIATORS
        self.queued = self.since = math.nan
        self.appointment = self.opened + self.time(self.world.dispute_intake_days, Decision.DISPUTE_INTAKE)

    def _step(self, event: int) -> int:
        return (self.day + self.model.burn_in) * 16 + event

    def chance(self, decision: Decision, event: int = 0) -> float:
        """Return the luck of this dispute for one of its events."""
        return self.luck(decision, self._step(event), self.household.head.id * 2 + self.kind)

    def time(self, mean: float, decision: Decision, event: int = 0) -> float:
        """Return how long something takes."""
        return mean * self.patience(decision, self._step(event), self.household.head.id * 2 + self.kind)

    @property
    def deadline(self) -> float:
        """When the parties lose patience; a round that has begun is finished first."""
        return math.inf if self.stage == DisputeStage.SESSION else self.opened + self.world.dispute_patience

    def come_up(self, household: HouseholdAgent) -> None:
        """Be talked about at a regular visit, if the household is party to it, submodel (D9)."""
        if household in self._parties():
            self.tension = relieved(self.tension, self.world.visit_relief, household.trust_in_helpers())

    def receive(self, relief: float, trust: float) -> None:
        """Be talked to, submodel (D5)."""
        self.tension = relieved(self.tension, relief, trust)
        self.calmed += 1

    def begin_round(self, pool: Pool, now: float) -> None:
        """Sit down with a mediator or an elder."""
        self.pool, self.stage, self.since = pool, DisputeStage.SESSION, now
        self.appointment = now + self.time(self.world.mediation_days, Decision.DISPUTE_SESSION, self.rounds)

    def move_on(self, now: float) -> None:
        """Go on after intake, a referral, a pause or a round, submodels (D2) and (D3)."""
        if self.stage == DisputeStage.SESSION:
            self._end_round(now)
        elif self.stage == DisputeStage.INTAKE and self.referrals > 0:
            wait = self.time(self.world.referral_days, Decision.DISPUTE_REFERRAL, self.referrals)
            self.referrals -= 1
            self.office.count("referrals")
            self.appointment = now + wait
        else:
            if self.rounds == 0:
                share = elders_chance(
                    int(self.policy.elders_panel), int(self.policy.mediators), self.world.elder_presence
                )
                self.pool = Pool.ELDERS if self.chance(Decision.DISPUTE_PANEL) < share else Pool.MEDIATORS
            self.stage, self.queued, self.appointment = DisputeStage.WAITING, now, math.inf

    def _parties(self) -> list[HouseholdAgent]:
        """Return the households that are party to it; the firm is none."""
        return [self.household] if self.neighbour is None else [self.household, self.neighbour]

    def _trust_of_parties(self) -> float:
        """Return how far the parties trust the community, on average, submodel (D9)."""
        each = [party.trust_in_helpers() for party in self._parties()]
        return each[0] if len(each) == 1 else 0.5 * (each[0] + each[1])

    def _end_round(self, now: float) -> None:
        """End a round: settled, given up, or a pause before the next, submodel (D4)."""
        world = self.world
        self.office.sheet["mediator_days"] += now - self.since
        self.office.count("rounds")
        skill = world.table_effect * self.at_table
        if self.pool == Pool.ELDERS:
            skill = skill + world.elder_skill
        about_firm = self.kind == DisputeClass.PROPERTY
        base = world.settle_property if about_firm else world.settle_neighbour
        facts = self.office.information if about_firm else 0.0
        trust = world.acceptance_weight * (self._trust_of_parties() - 0.5)
        chance = settle_probability(
            base, skill, world.tension_weight, self.tension, world.information_weight, facts, trust
        )
        luck = self.chance(Decision.DISPUTE_SETTLED, self.rounds)
        round_number, self.rounds = self.rounds, self.rounds + 1
        if luck < chance:
            self.end(now, settled=True)
        elif self.rounds >= world.dispute_rounds or now >= self.opened + world.dispute_patience:
            self.end(now, settled=False)
        else:
            self.stage = DisputeStage.COOLING
            gap = world.table_gap_days if self.at_table else world.round_gap_days
            self.appointment = now + self.time(gap, Decision.DISPUTE_GAP, round_number)

    def end(self, now: float, *, settled: bool) -> None:
        """End, settled or as a petition; the parties learn whether it was worth while, submodel (4)."""
        office, outcome = self.office, 1.0 if settled else 0.0
        office.sheet["days_ended"] += now - self.opened
        office.count(f"{'settled' if settled else 'escalated'}_{self.kind.name.lower()}")
        for party in self._parties():
            party.head.hear_back(outcome, now)
            if not settled:
                party.lose_touch(self.world.rapport_rate)
        if self.kind == DisputeClass.PROPERTY and now >= 0.0:
            self.household.trust = delta_rule(self.household.trust, self.world.firm_trust_rate, outcome)
        if self.rounds > 0 and self.pool == Pool.ELDERS:
            office.count("elders_ended")
            if settled:
                office.count("elders_settled")
        del self.household.disputes[self.kind]
        office.ended += 1
        office.open.remove(self)
        self.remove()
