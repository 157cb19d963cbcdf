"""Module *disputes* with Mesa agents: the office that handles disputes, and the property firm's books.

Takes: the community. Gives: the twin of ``model/modules/disputes*.py``, with the same records, bit
for bit. Households and disputes are agents of their own (``mesa_disputes_parties.py``).
"""

from collections.abc import Callable

import numpy as np

from labsim.behaviour.coordination import load_of, occurrences
from labsim.behaviour.disputes import (
    mediation_time,
    neighbours_share,
    patrolled_share,
    promise_chance,
    sessions_today,
    shared_facts,
)
from labsim.foundations.arithmetic import fixed, unfixed
from labsim.foundations.randomness import Decision
from labsim.model.columns import Account
from labsim.model.kernels.recording import BREACHES
from labsim.model.mesa.agents import fen
from labsim.model.mesa.base import Actor, Community
from labsim.model.mesa.disputes_parties import DisputeAgent, HouseholdAgent
from labsim.model.mesa.modules import ModuleAgent
from labsim.model.modules.disputes_state import DISPUTES_DAILY, DisputeClass, DisputeStage, Pool
from labsim.model.state import PERIOD, YEAR, ItemState
from labsim.model.trajectory import ConservationError
from labsim.population.residents import ItemClass

Record = dict[str, float]
ARISING = {DisputeClass.NEIGHBOUR: Decision.DISPUTE_NEIGHBOUR, DisputeClass.PROPERTY: Decision.DISPUTE_PROPERTY}


class DisputesAgent(ModuleAgent, Actor):
    """The office where disputes are handled, and the books of the property firm.

    Attributes:
        households: in order of rows of their heads.
        open: disputes that are not over, oldest first.
        sheet: the record of the day.
        information: share of facts that both sides of a property dispute know today.
        collection: share of households that paid last time.
    """

    def __init__(self, model: Community) -> None:
        """Open the office; every household trusts and pays as at the start."""
        super().__init__(model)
        self.households = [HouseholdAgent(model, who) for who in model.people if who.head == 1]
        by_head = {home.head.row: home for home in self.households}
        self._blocks = [[by_head[who.row] for who in block if who.head == 1] for block in model.blocks]
        self.open: list[DisputeAgent] = []
        self.opened = self.ended = self._fee_days = 0
        self.information = 0.0
        self.collection = self.world.fee_habit_start
        self.sheet: Record = {}
        self._history: list[Record] = []

    def count(self, name: str) -> None:
        """Add one to a column of the day."""
        self.sheet[name] += 1

    def records(self) -> np.ndarray:
        """Return ``DISPUTES_DAILY`` records, one per day so far."""
        rows = [tuple(day[name] for name in DISPUTES_DAILY.names or ()) for day in self._history]
        return np.array(rows, DISPUTES_DAILY)

    def neighbours_of(self, household: HouseholdAgent) -> list[HouseholdAgent]:
        """Return the other households of a block."""
        return [home for home in self._blocks[household.head.block] if home is not household]

    def morning(self) -> None:
        """Visit the households of the trust file whose turn it is, submodel (D9)."""
        self.sheet = {n: 0.0 if DISPUTES_DAILY[n].kind == "f" else 0 for n in DISPUTES_DAILY.names or ()}
        day, policy, world = self.model.day, self.policy, self.world
        for home in self.households:
            if day % PERIOD == 0:
                home.lose_touch(world.rapport_fade)
            if self.luck(Decision.TRUST_FILE, 0, home.head.id) >= policy.trust_file:
                continue
            for _ in range(occurrences((day + home.head.id) % YEAR, policy.care_visits, float(YEAR))):
                home.be_visited(self.open)
                self.count("care_visits")
        policy.admin_load += load_of(self.sheet["care_visits"] * world.visit_hours_care, world.base_load)

    def evening(self) -> None:
        """Live through a day of disputes, and every 28 days of service and fees."""
        faults = self._faults()
        self.information = self._facts()
        self._talk_to_parties()
        self._arise(faults)
        self._handle_day()
        if self.model.day >= 0 and self.model.end_of_period:
            self._show_service(faults)
            self._collect_fees()
        self._record()
        self._check_laws()
        self._history.append(self.sheet)

    def _faults(self) -> list[int]:
        """Return unresolved facility problems per block."""
        faults = [0] * len(self.model.blocks)
        for item in self.model.items:
            if item.state != ItemState.OK and item.item_class != ItemClass.ENVIRONMENT:
                faults[item.block] += 1
        return faults

    def _facts(self) -> float:
        """Return the share of facts that both sides know, submodel (D6)."""
        days = self.model.recent(PERIOD)
        met, invited = (sum(getattr(day, name) for day in days) for name in ("act_meeting", "due_meeting"))
        hall = self.policy.online_meetings * met / invited if invited > 0 else 0.0
        patrolled = patrolled_share(sum(day.act_patrol for day in days), len(self.model.blocks))
        told, data = self.policy.party_information, self.policy.data_sharing
        return shared_facts(told, self.world.source_reach, data, patrolled, hall)

    def _talk_to_parties(self) -> None:
        """Counsel parties of neighbour disputes, visit parties of property disputes, submodel (D5)."""
        policy, world, day = self.policy, self.world, self.model.day % PERIOD
        counsel = sessions_today(policy.counselling_capacity, day)
        visits = sessions_today(policy.door_to_door_visits, day)
        self.sheet["counselling"] = self._calm(
            DisputeClass.NEIGHBOUR, counsel, lambda one: one.receive(world.counsel_relief, 1.0)
        )
        self.sheet["home_visits"] = self._calm(
            DisputeClass.PROPERTY, visits, lambda one: one.receive(world.visit_relief, one.household.trust_in_helpers())
        )

    def _calm(self, kind: DisputeClass, sessions: int, talk: Callable[[DisputeAgent], None]) -> int:
        """Talk to parties, those with fewest talks so far first; return how many talks there were."""
        concerned = [one for one in self.open if one.kind == kind]
        if not concerned:
            return 0
        for _ in range(sessions):
            talk(min(concerned, key=lambda one: (one.calmed, one.number)))
        return sessions

    def _arise(self, faults: list[int]) -> None:
        """Let disputes arise, submodel (D1)."""
        for home in self.households:
            for kind, decision in ARISING.items():
                if kind in home.disputes:
                    continue
                chance = home.chance_of(kind, faults[home.head.block])
                if self.luck(decision, self.model.day, home.head.id) < chance:
                    home.disputes[kind] = DisputeAgent(self, home, kind, self.opened)
                    self.open.append(home.disputes[kind])
                    self.opened += 1
                    self.count(f"opened_{kind.name.lower()}")

    def _handle_day(self) -> None:
        """Handle what happens to disputes before the end of the day, in order of time."""
        self._give_rounds(float(self.model.day))
        while self.open:
            one = min(self.open, key=lambda d: (min(d.appointment, d.deadline), d.number))
            now = min(one.appointment, one.deadline)
            if now >= self.model.day + 1.0:
                return
            if one.deadline <= now:
                one.end(now, settled=False)
            else:
                one.move_on(now)
                self._give_rounds(now)

    def busy(self, pool: Pool) -> int:
        """Return how many of a pool are in a round."""
        return sum(one.stage == DisputeStage.SESSION and one.pool == pool for one in self.open)

    def _give_rounds(self, now: float) -> None:
        """Let idle mediators and elders take waiting disputes, first come first served, (D3)."""
        many = {Pool.MEDIATORS: int(self.policy.mediators), Pool.ELDERS: int(self.policy.elders_panel)}
        for pool in Pool:
            alone = sum(many.values()) == many[pool]  # the other pool has nobody: its disputes are ours
            waiting = [d for d in self.open if d.stage == DisputeStage.WAITING and (alone or d.pool == pool)]
            idle = max(0, many[pool] - self.busy(pool))
            for one in sorted(waiting, key=lambda d: (d.queued, d.number))[:idle]:
                one.begin_round(pool, now)

    def _show_service(self, faults: list[int]) -> None:
        """Let every household see a promise of the firm kept or broken, submodel (D7)."""
        world, checked = self.world, self.policy.property_alliance
        chance = promise_chance(world.promise_base, checked, self.collection, world.firm_break_even)
        self.sheet["promises_kept"] = sum(home.see_service(chance, faults[home.head.block]) for home in self.households)

    def _collect_fees(self) -> None:
        """Let every household pay its fee or not, submodel (D8), and the firm spend it."""
        world, treasury = self.world, self.model.treasury
        for block in self._blocks:
            paid = sum(home.paid for home in block)
            for home in block:
                share = world.fee_habit_start
                if self._fee_days > 0:
                    share = neighbours_share(paid, len(block), int(home.paid), world.fee_habit_start)
                home.consider_fee(share)
        for home in self.households:
            home.settle_fee()
        paid, due = sum(home.paid for home in self.households), len(self.households)
        money = paid * fen(world.fee_amount)
        repairs = int(money * world.firm_repair_share)
        treasury.transfer(Account.RESIDENTS, Account.REPAIR_FUND, repairs)
        treasury.transfer(Account.RESIDENTS, Account.SUPPLIERS, money - repairs)
        self.model.today.repair_in += repairs
        self._fee_days += 1
        self.collection = paid / due if due > 0 else world.fee_habit_start
        self.sheet.update(fees_due=due, fees_paid=paid, fees=money, fees_for_repairs=repairs)

    def _record(self) -> None:
        trust, rapport = (sum(fixed(getattr(home, of)) for home in self.households) for of in ("trust", "rapport"))
        self.sheet.update(
            open=len(self.open),
            waiting=sum(one.stage == DisputeStage.WAITING for one in self.open),
            mediators=mediation_time(
                int(self.policy.elders_panel), int(self.policy.mediators), self.world.elder_presence
            ),
            information=self.information,
            firm_trust=unfixed(trust) / max(1, len(self.households)),
            rapport=unfixed(rapport) / max(1, len(self.households)),
        )

    def _check_laws(self) -> None:
        """Check the laws of the module.

        Raises:
            ConservationError: disputes got lost, or trust or habit left 0 to 1.
        """
        held = sum(len(home.disputes) for home in self.households)
        if self.opened - self.ended != held or held != len(self.open):
            raise ConservationError(self.model.day, BREACHES[20], self.opened - self.ended - held)
        outside = sum(
            not 0.0 <= share <= 1.0 for home in self.households for share in (home.trust, home.habit, home.rapport)
        )
        if outside:
            raise ConservationError(self.model.day, BREACHES[22], outside)
