"""Cases on their way from opening to closure, and the desk and handlers that work on them.

Takes: reports and detections. Gives: the case log. Submodels (12)-(15).
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labsim.behaviour.rectification import (
    drop_probability,
    hops_needed,
    queue_priority,
    stage_time,
    superficial_probability,
    waiting_time,
)
from labsim.behaviour.workforce import HOURS_PER_DAY
from labsim.foundations.randomness import Decision
from labsim.model.columns import Account, Clock
from labsim.model.mesa.base import Actor, Community
from labsim.model.mesa.people import ResidentAgent
from labsim.model.state import CASES, Detector, ItemState, Outcome, Stage

if TYPE_CHECKING:
    from labsim.model.mesa.items import CheckItem

RECURRENCE_WINDOW = 90.0  # recurrence_window_months: 3
_NOT_YET = math.nan


@dataclass(eq=False)
class Case:
    """A problem from opening to closure: a row of the case log, and where it stands."""

    item: "CheckItem"
    number: int
    onset: float
    opened: float
    detector: Detector
    first_reporter: ResidentAgent | None = None
    hops: int = 1
    queued: float = _NOT_YET
    started: float = _NOT_YET
    closed: float = _NOT_YET
    outcome: Outcome = Outcome.OPEN
    attempts: int = 0
    superficial: int = 0
    reports: int = 0
    told: int = 0
    next_onset: float = _NOT_YET
    next_opened: float = _NOT_YET
    # Where it stands; not kept in the log.
    stage: Stage = Stage.INTAKE
    hops_left: int = 1
    disappointed: bool = False  # the reporter has waited too long

    @property
    def hop_address(self) -> int:
        """Address of the present hand-over."""
        return self.number * 16 + self.hops_left

    @property
    def attempt_address(self) -> int:
        """Address of the present attempt."""
        return self.number * 64 + self.attempts

    def add_report(self, who: ResidentAgent) -> None:
        """Count a duplicate report; the first resident who reports becomes the reporter."""
        self.reports += 1
        if self.first_reporter is None:
            self.first_reporter = who

    def row(self) -> tuple[float, ...]:
        """Return the case as a row of ``CASES``."""
        who = self.first_reporter
        known = {
            "item_id": self.item.id,
            "item_class": self.item.item_class,
            "block": self.item.block,
            "reporter": -1 if who is None else who.id,
            "reporter_cell": -1 if who is None else who.cell,
        }
        return tuple(known[name] if name in known else getattr(self, name) for name in CASES.names or ())


class HandlerAgent(Actor):
    """A handler of cases: serves one at a time.

    Attributes:
        number: its number.
        case: what it works on; None when idle.
        since: from when hours of work are still to be booked.
    """

    def __init__(self, model: Community, number: int) -> None:
        """Begin idle."""
        super().__init__(model)
        self.number = number
        self.case: Case | None = None
        self.since = 0.0

    def start(self, case: Case, now: float, speed: float) -> None:
        """Begin an attempt, submodel (13)."""
        self.case = case
        self.since = now
        luck = self.patience(Decision.WORK_TIME, case.attempt_address, case.item.id)
        self.model.events.set(Clock.SERVICE, self.number, now + waiting_time(speed, self.world.work_days * luck))

    def book_hours(self, now: float, speed: float) -> None:
        """Book the hours of work up to a time."""
        if self.case is not None:
            self.today.case_hours += (now - self.since) * speed * HOURS_PER_DAY
            self.since = now

    def change_speed(self, now: float, old: float, new: float) -> None:
        """Go on with what is left of the work, faster or slower."""
        if self.case is not None:
            left = self.model.events.time_of(Clock.SERVICE, self.number) - now
            self.model.events.set(Clock.SERVICE, self.number, now + left * (old / new))


class CaseDesk(Actor):
    """Where cases are opened, handed over, queued, checked and closed.

    Attributes:
        log: every case in order of opening.
        queue: cases that wait for a handler, in order of arrival.
        handlers: everybody who can be a handler; the lever says how many are on duty.
        speed: of handling, 1 when staff have time.
        next_speed: from tomorrow on.
        closed: cases closed so far.
        dropped: cases lost so far.
    """

    def __init__(self, model: Community, handlers: int) -> None:
        """Open the desk."""
        super().__init__(model)
        self.log: list[Case] = []
        self.queue: list[Case] = []
        self.handlers = [HandlerAgent(model, number) for number in range(handlers)]
        self.speed = 1.0
        self.next_speed = 1.0
        self.closed = 0
        self.dropped = 0

    # -- opening: submodel (12) --------------------------------------------------------------

    def open_case(self, item: "CheckItem", now: float, detector: Detector, who: ResidentAgent | None = None) -> None:
        """Open a case for a latent item; ``who`` is the resident who reported it."""
        item.cases += 1
        item.state = ItemState.OPEN
        case = Case(item, item.cases, item.onset, now, detector, who, reports=0 if who is None else 1)
        item.case = case
        self.log.append(case)
        many = self.luck(Decision.HOPS, case.number, item.id) < self.world.many_hops_share
        joint = self.luck(Decision.JOINT_DECISION, case.number, item.id) < self.policy.joint_decision
        case.hops = case.hops_left = hops_needed(many, joint)
        self.today.opened += 1
        self.today.count(f"found_{detector.name.lower()}")
        if item.last_closed is not None and math.isnan(item.last_closed.next_opened):
            item.last_closed.next_opened = now
        luck = self.patience(Decision.INTAKE_TIME, case.number, item.id)
        self._move_on(case, now + stage_time(self.world.intake_days, self.policy.intake_cut, luck))

    def _move_on(self, case: Case, time: float) -> None:
        self.model.events.set(Clock.CASE, case.item.row, time)

    # -- moving on ---------------------------------------------------------------------------

    def stage_ends(self, item: "CheckItem", now: float) -> None:
        """Move the case of an item on, whose intake, approval or verification has ended."""
        case = item.case
        if case is None:
            raise RuntimeError(f"item {item.id} has no case at {now}")
        if case.stage == Stage.INTAKE:
            case.stage = Stage.APPROVAL
            self._begin_hop(case, now)
        elif case.stage == Stage.APPROVAL:
            self._end_hop(case, now)
        else:
            self._verify(case, now)

    def _begin_hop(self, case: Case, now: float) -> None:
        luck = self.patience(Decision.HOP_TIME, case.hop_address, case.item.id)
        self._move_on(case, now + stage_time(self.world.hop_days, self.policy.approval_cut, luck))

    def _end_hop(self, case: Case, now: float) -> None:
        lost = drop_probability(self.world.drop_rate, self.policy.case_tracking)
        if self.luck(Decision.HOP_DROP, case.hop_address, case.item.id) < lost:
            self._drop(case, now)
            return
        case.hops_left -= 1
        if case.hops_left > 0:
            self._begin_hop(case, now)
        else:
            case.queued = now
            self._enqueue(case, now)

    def _verify(self, case: Case, now: float) -> None:
        caught = self.luck(Decision.VERIFY, case.attempt_address, case.item.id) < self.policy.verification
        if case.superficial == 1 and caught:
            self.today.returned += 1
            self._enqueue(case, now)
        else:
            self._close(case, now)

    def _enqueue(self, case: Case, now: float) -> None:
        case.stage = Stage.WAITING
        self.queue.append(case)
        self.give_work(now)

    # -- service: submodel (13) --------------------------------------------------------------

    def charge(self, case: Case) -> int:
        """Return what serving a case costs now, in fen; rework is on the contractor."""
        return self.model.cost[case.item.item_class] if case.attempts == 0 else 0

    def waiting_for_money(self) -> list[Case]:
        """Return the cases in the queue that the repair fund cannot pay."""
        money = self.model.treasury.balance(Account.REPAIR_FUND)
        return [case for case in self.queue if self.charge(case) > money]

    def _next_case(self, now: float) -> Case | None:
        money = self.model.treasury.balance(Account.REPAIR_FUND)
        payable = [case for case in self.queue if self.charge(case) <= money]
        rule, deadline = int(self.policy.queue_rule), self.world.feedback_deadline
        # max() keeps the first of equals: ties by arrival.
        return max(
            payable, key=lambda c: queue_priority(rule, c.item.item_class, now - c.opened, deadline), default=None
        )

    def give_work(self, now: float) -> None:
        """Give waiting cases to idle handlers on duty, as far as money goes."""
        for handler in self.handlers[: int(self.policy.handlers)]:
            if handler.case is not None:
                continue
            case = self._next_case(now)
            if case is None:
                return
            self.queue.remove(case)
            self.model.treasury.pay_repair(self.charge(case))
            case.stage = Stage.SERVICE
            if math.isnan(case.started):
                case.started = now
            handler.start(case, now, self.speed)

    def change_speed(self, now: float) -> None:
        """Let work in progress go on at the speed that staff have for cases, submodel (15)."""
        if self.next_speed != self.speed:
            for handler in self.handlers:
                handler.change_speed(now, self.speed, self.next_speed)
            self.speed = self.next_speed

    # -- ends: submodel (14) -----------------------------------------------------------------

    def service_ends(self, handler: HandlerAgent, now: float) -> None:
        """End an attempt: superficial or genuine, then verification or closure."""
        case = handler.case
        if case is None:
            raise RuntimeError(f"handler {handler.number} has no case at {now}")
        handler.book_hours(now, self.speed)
        handler.case = None
        case.attempts += 1
        item = case.item
        recurring = item.onset - item.closed <= RECURRENCE_WINDOW
        chance = superficial_probability(self.world.superficial_share, recurring, self.policy.root_cause)
        case.superficial = int(self.luck(Decision.SUPERFICIAL, case.attempt_address, item.id) < chance)
        if self.policy.verification > 0.0:
            case.stage = Stage.VERIFICATION
            luck = self.patience(Decision.VERIFY_TIME, case.attempt_address, item.id)
            self._move_on(case, now + self.world.verification_days * luck)
        else:
            self._close(case, now)
        self.give_work(now)

    def _drop(self, case: Case, now: float) -> None:
        case.outcome, case.closed = Outcome.DROPPED, now
        case.item.state, case.item.case = ItemState.LATENT, None
        self.today.dropped += 1
        self.dropped += 1
        self.disappoint(case, now)

    def disappoint(self, case: Case, now: float) -> None:
        """Let the reporter of a lost or overdue case lose faith, once, submodel (4)."""
        if case.first_reporter is not None and not case.disappointed:
            case.disappointed = True
            case.first_reporter.hear_back(0.0, now)

    def _close(self, case: Case, now: float) -> None:
        item = case.item
        case.outcome, case.closed = Outcome.CLOSED, now
        item.state, item.case, item.last_closed, item.closed = ItemState.OK, None, case, now
        item.closures += 1
        self.closed += 1
        self.today.closed += 1
        self.today.handling_days += now - case.opened
        self.model.events.stop(Clock.NOTICE, item.row)
        if case.superficial == 1:
            self.today.superficial_closures += 1
            item.expect_recurrence(now)
        else:
            self.today.genuine_closures += 1
        who = case.first_reporter
        if who is not None and self.luck(Decision.TOLD, case.number, item.id) < self.policy.results_told:
            case.told = 1
            who.hear_back(1.0, now)
