"""Grid officers, patrols and claimed projects of the Mesa model.

Takes: latent items and open cases. Gives: :class:`GridTeam`, which finds problems, and
:class:`Projects`, the cases that secretaries claim and push. Twins of what
``modules/coordination`` does in the morning; submodels (C4), (C6) and (C7).
"""

import math
from collections.abc import Iterator
from itertools import islice

from labsim.behaviour.coordination import occurrences, pushed_time, round_coverage, rounds_possible
from labsim.behaviour.workforce import HOURS_PER_DAY
from labsim.foundations.randomness import Decision
from labsim.model.columns import Account, Clock
from labsim.model.mesa.agents import fen
from labsim.model.mesa.base import Actor, Community
from labsim.model.mesa.cases import Case
from labsim.model.mesa.coordination_meeting import Record
from labsim.model.mesa.items import CheckItem
from labsim.model.state import FEN, WEEK, YEAR, Detector, ItemState, Outcome, Stage

ROUNDS = 16  # room for a day's rounds in the address of their luck


def fen_a_day(yuan_a_year: float) -> int:
    """Return a yearly wage as fen a day, rounded half up."""
    return math.floor(FEN * yuan_a_year / YEAR + 0.5)


def bring_forward(model: Community, item: CheckItem, push: float) -> None:
    """Remove part of what is left of the stage that the case of an item is in."""
    now = float(model.day)
    model.events.set(Clock.CASE, item.row, pushed_time(now, model.events.time_of(Clock.CASE, item.row), push))


class GridOfficer(Actor):
    """A grid officer, whose grid is every n-th block.

    Attributes:
        number: of the officer.
    """

    def __init__(self, model: Community, number: int) -> None:
        """Appoint an officer."""
        super().__init__(model)
        self.number = number

    def walk(self, step: int, officers: int, chance: float) -> list[CheckItem]:
        """Return the problems that the officer finds in the grid on a round.

        Args:
            step: address of the luck of the round.
            officers: on duty; they divide the blocks among themselves.
            chance: to find a problem.
        """
        grid = (item for item in self.model.items if item.block % officers == self.number)
        latent = (item for item in grid if item.state == ItemState.LATENT)
        return [item for item in latent if self.luck(Decision.GRID_DETECT, step, item.id) < chance]


class GridTeam(Actor):
    """Grid officers, and the community's inspection team.

    Attributes:
        officers: ever on duty; the lever says how many are today.
        owed: wages of officers on duty so far, in fen.
        paid: what they were paid, in fen.
    """

    def __init__(self, model: Community) -> None:
        """Begin without officers."""
        super().__init__(model)
        self.officers: list[GridOfficer] = []
        self.owed = 0
        self.paid = 0

    def walk_grid(self, mine: Record) -> None:
        """Send grid officers on their rounds, and pay them."""
        policy, world, day = self.policy, self.world, self.model.day
        many = int(policy.grid_officers)
        if many == 0:
            return
        while len(self.officers) < many:
            self.officers.append(GridOfficer(self.model, len(self.officers)))
        rounds = occurrences(day, rounds_possible(policy.grid_rounds, world.round_hours, HOURS_PER_DAY), 1.0)
        chance = round_coverage(world.round_items, many, len(self.model.items)) * world.round_detection
        for k in range(rounds):
            finds = [item for officer in self.officers[:many] for item in officer.walk(day * ROUNDS + k, many, chance)]
            for item in sorted(finds, key=lambda one: one.row):
                self.model.desk.open_case(item, float(day), Detector.PATROL)
                bring_forward(self.model, item, policy.grid_dispatch)
                mine["grid_found"] += 1
        wages = many * fen_a_day(world.officer_pay)
        self.model.treasury.transfer(Account.GOVERNMENT, Account.RESIDENTS, wages)
        self.paid += wages
        self.owed += sum(fen_a_day(world.officer_pay) for _ in self.officers[:many])
        mine["officers"], mine["officer_wages"] = many, wages
        mine["grid_rounds"] = rounds * many
        mine["officer_hours"] = rounds * many * world.round_hours

    def patrol(self, mine: Record) -> None:
        """Let the community's inspection team patrol."""
        world, day, items = self.world, self.model.day, self.model.items
        patrols = occurrences(day, self.policy.team_patrols, float(WEEK))
        chance = world.team_coverage * world.round_detection
        for k in range(patrols):
            for item in items:
                latent = item.state == ItemState.LATENT
                if latent and self.luck(Decision.TEAM_DETECT, day * ROUNDS + k, item.id) < chance:
                    self.model.desk.open_case(item, float(day), Detector.PATROL)
                    mine["team_found"] += 1
        mine["team_patrols"] = patrols


class Projects(Actor):
    """Cases that secretaries have claimed.

    Attributes:
        claimed: cases under way, with the step at which each was pushed last.
        followed: the same for cases that a dispatch meeting has taken up and nobody has claimed.
        claims: so far.
        finished: claimed cases that have ended.
    """

    def __init__(self, model: Community) -> None:
        """Begin with an empty list."""
        super().__init__(model)
        self.claimed: dict[Case, tuple[Stage, int] | None] = {}
        self.followed: dict[Case, tuple[Stage, int] | None] = {}
        self.claims = 0
        self.finished = 0

    def on_the_way(self) -> Iterator[Case]:
        """Yield open cases that nobody has claimed and nobody works on, oldest first."""
        for case in self.model.desk.log:
            if case.outcome == Outcome.OPEN and case.stage != Stage.SERVICE and case not in self.claimed:
                yield case

    def dispatch(self, mine: Record) -> None:
        """Take up the oldest cases on their way, submodel (C7)."""
        new = (case for case in self.on_the_way() if case not in self.followed)
        taken = list(islice(new, int(self.policy.dispatch_cases)))
        self.followed.update(dict.fromkeys(taken))
        mine["dispatched"] += len(taken)

    def claim(self, mine: Record) -> None:
        """Claim the oldest case on its way that nobody has claimed, if there is one."""
        oldest = next(self.on_the_way(), None)
        if oldest is not None:
            self.followed.pop(oldest, None)
            self.claimed[oldest] = None
            self.claims += 1
            mine["claims"] += 1

    def push(self, mine: Record) -> None:
        """Push every claimed or followed case once in each of its stages; in the order of items."""
        for case in sorted([*self.claimed, *self.followed], key=lambda one: one.item.row):
            step = (case.stage, case.hops_left)
            book = self.claimed if case in self.claimed else self.followed
            if book[case] == step:
                continue
            book[case] = step
            waits = case.stage == Stage.WAITING and book is self.followed
            if case.stage == Stage.SERVICE or waits:
                continue
            mine["pushes"] += 1
            if case.stage == Stage.WAITING:
                queue = self.model.desk.queue
                queue.insert(0, queue.pop(queue.index(case)))
                self.grant(case, mine)
            else:
                bring_forward(self.model, case.item, self.world.project_push)

    def grant(self, case: Case, mine: Record) -> None:
        """Pay what the repair fund lacks for a claimed case, when the grant is enough."""
        treasury = self.model.treasury
        lacking = self.model.desk.charge(case) - treasury.balance(Account.REPAIR_FUND)
        if 0 < lacking <= fen(self.policy.secretary_grant):
            treasury.fund_repairs(lacking)
            mine["grants"] += lacking

    def strike_finished(self, mine: Record) -> None:
        """Strike claimed cases that have ended off the list."""
        self.followed = {case: step for case, step in self.followed.items() if case.outcome == Outcome.OPEN}
        ended = [case for case in self.claimed if case.outcome != Outcome.OPEN]
        for case in ended:
            del self.claimed[case]
        self.finished += len(ended)
        mine["finished"] += len(ended)
