"""The site of a project in the Mesa model: one kind of need of one block, and the project that may meet it.

Takes: the block and the office. Gives: :class:`Site`. Twin of slots in ``modules/projects*``; (P1), (P4)-(P8).
"""

from typing import TYPE_CHECKING

from labsim.behaviour import projects as rules
from labsim.behaviour.allocation import matched_money
from labsim.behaviour.coordination import times_passed, unclear_probability
from labsim.behaviour.rectification import stage_time
from labsim.foundations.arithmetic import normal_quantile
from labsim.foundations.randomness import Decision
from labsim.model.columns import Account
from labsim.model.mesa.agents import fen
from labsim.model.mesa.base import Actor
from labsim.model.modules.projects_state import KINDS, Kind, Origin, ProjectStage
from labsim.model.modules.states import Module
from labsim.model.state import FEN, PERIOD, YEAR

if TYPE_CHECKING:
    from labsim.model.mesa.projects_block import Neighbourhood

ROUNDS = 64  # addresses of a project: rounds and waits never reach this many
PUBLIC = (Kind.RAMP, Kind.PARKING, Kind.ROAD, Kind.GARDEN)  # what can be on a ballot
TIMED = (
    ProjectStage.ASKING, ProjectStage.PERMITS, ProjectStage.CLEARING, ProjectStage.BUILDING, ProjectStage.REWORK,
)  # fmt: skip


class Need(Actor):
    """A kind of need of a block.

    Attributes:
        slot: address of luck.
        level: the need, 0 to 1, on the day ``since``.
        at_start: the need on the first day.
        lacking: parking spaces still lacking.
        relieves: a project has met some of a need that causes faults or serves everybody.
    """

    def __init__(self, block: "Neighbourhood", kind: Kind) -> None:
        """Draw the need."""
        super().__init__(block.model)
        self.block, self.kind, self.office = block, kind, block.office
        self.slot = block.number * KINDS + kind
        self.lacking = 0
        self.since = self.level = 0.0
        self.relieves = False
        if block.households:
            self._draw_need(self.luck(Decision.PROJECT_NEED, int(kind), block.number))
        self.at_start = self.level

    def _draw_need(self, luck: float) -> None:
        world, homes = self.world, self.block.households
        if self.kind == Kind.PARKING:
            self.lacking = int(2.0 * luck * world.parking_lack * homes)
            self.level = min(1.0, self.lacking / homes)
        elif self.kind in (Kind.ROAD, Kind.GARDEN):
            self.level = luck
        else:
            self.level = float(luck < (world.old_blocks if self.kind == Kind.LIFT else world.stepped_blocks))

    def need(self, now: float) -> float:
        """Return the need, 0 to 1; roads and gardens wear on, (P1)."""
        if self.kind in (Kind.ROAD, Kind.GARDEN):
            return rules.worn(self.level, (now - self.since) / YEAR, self.world.project_life)
        return self.level

    def wish(self, age: int) -> float:
        """Return how much an age group wants the project: the need it meets, as the group needs it."""
        service = 0 if self.kind == Kind.RAMP else 2
        return self.need(float(self.model.day)) * self.model.need[service][age]


class Proposal(Need):
    """A project until its money has come together.

    Attributes:
        stage: of the project.
        attempts: projects so far.
    """

    def __init__(self, block: "Neighbourhood", kind: Kind) -> None:
        """Begin without a project."""
        super().__init__(block, kind)
        self.stage = ProjectStage.NONE
        self.attempts = self.number = self.rounds = self.hops = self.steps = 0
        self.pledges = self.suggested = self.yes = self.votes = self.spaces = 0
        self.cost = self.price = self.held = 0
        self.opened = self.next = 0.0
        self.origin = Origin.PROGRAMME

    @property
    def is_free(self) -> bool:
        """Whether no project is under way."""
        return self.stage == ProjectStage.NONE

    @property
    def is_shared(self) -> bool:
        """Whether households pay a part."""
        return self.kind == Kind.LIFT or self.origin == Origin.RESIDENTS

    @property
    def granted(self) -> int:
        """What whoever decided the project pays of it, in fen."""
        if self.origin != Origin.PROGRAMME:
            return 0
        return min(self.cost, fen(self.policy.micro_grant)) if self.kind == Kind.GARDEN else self.cost

    def plan(self) -> float:
        """Return how well the plan is received, in logits."""
        return self.world.plan_spread * normal_quantile(self.luck(Decision.PROJECT_APPEAL, self.attempts, self.slot))

    # -- proposal and money: (P2), (P4) -----------------------------------------------------------

    def propose(self, origin: Origin) -> None:
        """Start a project here."""
        world, homes, office = self.world, self.block.households, self.office
        self.spaces = min(rules.SPACES, self.lacking) if self.kind == Kind.PARKING else 0
        cost = {
            Kind.LIFT: world.lift_cost * homes, Kind.RAMP: world.ramp_cost,
            Kind.PARKING: world.space_cost * self.spaces,
            Kind.ROAD: world.road_cost * homes, Kind.GARDEN: world.garden_cost,
        }[self.kind]  # fmt: skip
        self.cost = fen(cost)
        self.origin = origin
        self.attempts += 1
        self.number = office.counts["proposed"]
        self.rounds = self.steps = self.yes = self.votes = 0
        self.opened = self.next = self.model.day + 1.0
        self.stage = ProjectStage.ASKING if self.is_shared else ProjectStage.MONEY
        if origin == Origin.BALLOT:
            self.stage = ProjectStage.BALLOT
        office.counts["proposed"] += 1
        office.mine["proposed"] += 1
        office.mine["hours"] += world.office_hours

    def money_comes_together(self) -> bool:
        """Hold a round of asking; say whether the money has come together, and give back what is too much."""
        policy, office, mine = self.policy, self.office, self.office.mine
        needed = rules.needed_households(self.block.households, self.world.consent_quorum)
        own = self.cost - int(self.cost * policy.lift_subsidy)
        lift = self.kind == Kind.LIFT
        if self.rounds == 0:
            self.price = rules.price_of(own, needed) if lift else fen(policy.cofunding_contribution)
        self.block.ask_households(self)
        self.rounds += 1
        if lift:
            if self.pledges < needed:
                return False
            own = min(own, self.held)
        else:
            match = matched_money(self.held, self.cost, policy.match_ratio, policy.match_threshold)
            match = min(match, max(0, fen(policy.match_budget) - office.money["matched"]))
            if self.held + match < self.cost:
                return False
            own = self.cost - match
            office.money["matched"] += match
        self.give_back(self.held - own)
        office.put_in(self.cost - own)
        self.held = self.cost
        mine["agreements"] += 1
        mine["own"] += own
        mine["shared_cost"] += self.cost
        return True

    def give_back(self, amount: int) -> None:
        """Return contributions to the households that paid them."""
        self.model.treasury.transfer(Account.PROJECT_FUND, Account.RESIDENTS, amount)
        self.held -= amount
        self.office.money["refunded"] += amount
        self.office.mine["refunded"] += amount

    def end(self, outcome: float, now: float) -> None:
        """Let those who asked or paid learn what became of it, and clear the site."""
        for home in self.block.neighbours:
            if self.kind in home.asked or self.kind in home.paid:
                home.who.hear_back(outcome, now)
                home.asked.discard(self.kind)
                home.paid.discard(self.kind)
        self.stage = ProjectStage.NONE
        self.pledges = 0


class Site(Proposal):
    """A project from its permits to what it changes, (P5)-(P8)."""

    def live(self, until: float) -> None:
        """Take all steps whose time has come."""
        while self.stage in TIMED and self.next <= until:
            if self.stage == ProjectStage.ASKING:
                self._ask_round()
            elif self.stage in (ProjectStage.PERMITS, ProjectStage.CLEARING):
                self._get_answer()
            elif self.stage == ProjectStage.REWORK or self._stands():
                self._complete()

    def _ask_round(self) -> None:
        office = self.office
        if self.money_comes_together():
            self.seek_permits()
        elif self.rounds >= self.world.asking_rounds:
            self.give_back(self.held)
            office.counts["given_up"] += 1
            office.mine["given_up"] += 1
            self.end(0.0, self.next)
        else:
            self.next += PERIOD

    def _wait(self) -> float:
        luck = self.patience(Decision.PROJECT_PERMIT, self.attempts * ROUNDS + self.steps, self.slot)
        self.steps += 1
        return stage_time(self.world.permit_days, self.policy.approval_cut, luck)

    def seek_permits(self) -> None:
        """Hand the plan to the first department; a joint meeting decides for all of them."""
        self.hops = int(self.world.lift_permits) if self.kind == Kind.LIFT else 1
        if self.luck(Decision.PROJECT_JOINT, self.attempts, self.slot) < self.policy.joint_decision:
            self.hops = 1
        self.stage = ProjectStage.PERMITS
        self.next += self._wait()

    def _get_answer(self) -> None:
        self.hops -= 1
        if self.hops > 0:
            self._pass_on()
        elif self.stage == ProjectStage.CLEARING or not self._waste_is_disputed():
            self._build()

    def _pass_on(self) -> None:
        wait = self._wait()
        if self.stage == ProjectStage.CLEARING:
            self.office.mine["delay_days"] += wait
        self.next += wait

    def _waste_is_disputed(self) -> bool:
        """Say whether offices pass on who clears the waste of a renovation, and begin with it."""
        coordinated = Module.COORDINATION in self.model.modules
        unclear = unclear_probability(
            self.world.unclear_duties, self.policy.responsibility_list if coordinated else 0.0
        )
        luck = self.luck(Decision.PROJECT_CLEARING, self.attempts, self.slot)
        if self.kind != Kind.ROAD or luck >= unclear:
            return False
        self.hops = times_passed(luck / unclear, self.world.passes_most)
        self.stage = ProjectStage.CLEARING
        self.office.mine["delays"] += 1
        self._pass_on()
        return True

    def _work_days(self, again: int) -> float:
        world = self.world
        mean = {Kind.LIFT: world.lift_days, Kind.ROAD: world.road_days}.get(self.kind, world.small_days)
        return rules.work_time(mean, self.luck(Decision.PROJECT_BUILD, self.attempts * ROUNDS + again, self.slot))

    def _build(self) -> None:
        self.office.spend(self.cost)
        self.held -= self.cost
        stopped = self.block.object_to(self) if self.kind in (Kind.LIFT, Kind.ROAD) else 0
        self.stage = ProjectStage.BUILDING
        self.next += self._work_days(0) + stopped * self.world.petition_days

    def _stands(self) -> bool:
        """Accept what was built; say whether it stands, or is built again because policy was misread."""
        office, lift = self.office, self.kind == Kind.LIFT
        office.mine["built"] += 1
        office.mine["lifts_built"] += lift
        if self.luck(Decision.PROJECT_ERROR, self.attempts, self.slot) >= office.misread_chance():
            return True
        office.mine["reworks"] += 1
        office.mine["lift_reworks"] += lift
        amount = int(self.cost * self.world.rework_size)
        office.put_in(amount)
        office.spend(amount)
        self.stage = ProjectStage.REWORK
        self.next += self.world.rework_size * self._work_days(1)
        return False

    def _complete(self) -> None:
        """Let what is done do its work, (P8)."""
        mine, block = self.office.mine, self.block
        counted = {Kind.LIFT: "lifts", Kind.RAMP: "ramps", Kind.ROAD: "roads", Kind.GARDEN: "gardens"}
        if self.kind == Kind.PARKING:
            mine["spaces"] += self.spaces
            self.lacking -= self.spaces
            self.level = min(1.0, self.lacking / block.households)
        else:
            mine[counted[self.kind]] += 1
            self.level = 0.0
            self.since = self.next
        if self.kind == Kind.LIFT:
            mine["lift_households"] += block.households
            mine["lift_days"] += self.next - self.opened
        if self.kind == Kind.RAMP:
            mine["ramp_households"] += block.households_with_limited
        if self.kind in (Kind.LIFT, Kind.RAMP):
            block.feel_barriers()
        else:
            self.relieves = True
            self.model.treasury.project_value += self.cost / FEN / self.world.project_life
        self.office.counts["done"] += 1
        mine["done"] += 1
        self.end(1.0, self.next)
