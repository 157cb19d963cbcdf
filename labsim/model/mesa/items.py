"""Check items that fail, and departments that inspect them.

Takes: appointed times. Gives: latent problems, notices and reports, visits, detections.
Submodels (8)-(10).
"""

import math

from labsim.behaviour.inspection import (
    coverage,
    detection_probability,
    perfunctory_probability,
    reception_hours,
    seen_by_other,
)
from labsim.behaviour.rectification import waiting_time
from labsim.behaviour.reporting import is_repeat
from labsim.foundations.randomness import Decision
from labsim.model.columns import Clock
from labsim.model.mesa.base import PAIR, Actor, Community, add_up
from labsim.model.mesa.cases import RECURRENCE_WINDOW, Case
from labsim.model.mesa.people import ResidentAgent
from labsim.model.state import PERIOD, Detector, ItemState

_NEVER = -math.inf


class CheckItem(Actor):
    """Something that can fail and is looked after: a lamp, a fire door, a lift.

    Attributes:
        row: place in the population's columns.
        id: which item this is; addresses of luck use it.
        state: in order, latent (failed, nobody told) or open (there is a case).
        onset: when it failed last.
        closed: when its last case was closed.
        case: the open case.
        last_closed: the case that was closed last.
        last_department: who visited last, and when; ``other_visit`` is when anybody else did.
    """

    def __init__(self, model: Community, row: int, number: int, item_class: int, block: int) -> None:
        """Put an item in its block, in order."""
        super().__init__(model)
        self.row = row
        self.id = number
        self.item_class = item_class
        self.block = block
        self.state = ItemState.OK
        self.onset = 0.0
        self.closed = _NEVER
        self.case: Case | None = None
        self.last_closed: Case | None = None
        self.last_department = -1
        self.last_visit = _NEVER
        self.other_visit = _NEVER
        self.last_complaint = _NEVER
        # How often something has happened so far: part of the addresses of luck.
        self.faults = 0
        self.incidents = 0
        self.notices = 0
        self.cases = 0
        self.closures = 0

    # -- failing: submodel (8) ---------------------------------------------------------------

    def expect_fault(self, now: float) -> None:
        """Appoint the next arrival of the base fault process.

        Arrivals go on whatever state the item is in, and count only when it is in order, so
        they are the same under every policy.
        """
        luck = self.patience(Decision.FAULT_ONSET, self.faults, self.id)
        self.model.events.set(Clock.FAULT, self.row, now + waiting_time(self.world.fault_rate, luck))

    def arrival(self, now: float) -> None:
        """Handle an arrival of the base fault process."""
        self.faults += 1
        self.expect_fault(now)
        if self.state == ItemState.OK:
            self.fail(now)

    def expect_recurrence(self, now: float) -> None:
        """Appoint when a superficial repair gives way."""
        luck = self.patience(Decision.RECURRENCE, self.closures, self.id)
        self.model.events.set(Clock.RECURRENCE, self.row, now + self.world.recurrence_days * luck)

    def fail(self, now: float, recurrence: bool = False) -> None:
        """Become latent: out of order, and nobody knows."""
        self.state = ItemState.LATENT
        self.onset = now
        self.incidents += 1
        self.notices = 0
        if recurrence:
            self.today.recurrences += 1
        else:
            self.today.onsets += 1
        if self.last_closed is not None and math.isnan(self.last_closed.next_onset):
            self.last_closed.next_onset = now
        self.model.events.stop(Clock.RECURRENCE, self.row)
        self.expect_notice(now)

    # -- being noticed and reported: submodel (10) --------------------------------------------

    @property
    def problem(self) -> int:
        """The address of the present failure of this item."""
        return self.incidents * PAIR + self.id

    def expect_notice(self, now: float) -> None:
        """Appoint when a resident next notices the problem."""
        luck = self.patience(Decision.NOTICE_TIME, self.notices, self.problem)
        self.model.events.set(Clock.NOTICE, self.row, now + waiting_time(self.world.notice_rate, luck))

    def is_noticed(self, now: float) -> None:
        """Let a random resident of the block notice the problem, and perhaps report it."""
        notice = self.notices
        self.notices += 1
        if self.world.notice_rate < math.inf:  # infinity: noticed once, at onset
            self.expect_notice(now)
        neighbours = self.model.blocks[self.block]
        if not neighbours:
            return
        who = neighbours[int(self.luck(Decision.NOTICE_WHO, notice, self.problem) * len(neighbours))]
        if who.reports(notice, self.problem, has_case=self.case is not None):
            self.is_reported(who, now)

    def is_reported(self, who: ResidentAgent, now: float) -> None:
        """Book a report; the first about a problem opens a case, later ones are duplicates."""
        self.today.reports += 1
        if now >= 0.0:
            self.model.groups["reports"][int(now) // PERIOD, who.cell] += 1
        if is_repeat(now, self.last_complaint, RECURRENCE_WINDOW):
            self.today.repeat_reports += 1
        self.last_complaint = now
        self.model.complaints[self.block] += 1.0
        if self.case is None:
            self.model.desk.open_case(self, now, Detector.RESIDENT, who)
        else:
            self.today.duplicate_reports += 1
            self.case.add_report(who)


class DepartmentAgent(Actor):
    """A department that inspects.

    Attributes:
        number: its number.
        visits: how many so far.
        rate: visits a day.
        since: when ``left`` was measured.
        left: what is left of the interval to the next visit, 1 for a whole one.
    """

    def __init__(self, model: Community, number: int, start: float) -> None:
        """Let a department begin somewhere in its interval."""
        super().__init__(model)
        self.number = number
        self.visits = 0
        self.rate = 0.0
        self.since = start
        self.left = self.luck(Decision.VISIT_PHASE, 0, number)
        if self.world.poisson_visits > 0.0:
            self.left = self.patience(Decision.VISIT_GAP, 0, number)

    def change_rate(self, now: float, rate: float) -> None:
        """Stretch or shorten what is left of the interval when the frequency changes."""
        if rate != self.rate:
            self.left -= (now - self.since) * self.rate
            self.since = now
            self.rate = rate
            self.expect_visit()

    def expect_visit(self) -> None:
        """Appoint the next visit."""
        self.model.events.set(Clock.VISIT, self.number, self.since + waiting_time(self.rate, self.left))

    def visit_is_due(self, now: float) -> None:
        """Visit, and begin the next interval: a fixed one, or a random one."""
        self.visits += 1
        self.since = now
        self.left = 1.0
        if self.world.poisson_visits > 0.0:
            self.left = self.patience(Decision.VISIT_GAP, self.visits, self.number)
        self.expect_visit()
        self.visit(self.visits, now)

    def visit(self, number: int, now: float) -> None:
        """Check items, submodel (9).

        Args:
            number: address of the luck of this visit.
            now: time.
        """
        world, policy, today, items = self.world, self.policy, self.today, self.model.items
        formality = perfunctory_probability(world.perfunctory_share, policy.unannounced_share)
        perfunctory = self.luck(Decision.PERFUNCTORY, number, self.number) < formality
        detection = detection_probability(world.detection, world.equipment_effect, policy.inspection_equipment)
        mean_complaints = add_up(self.model.complaints) / len(self.model.complaints)
        covered = 0
        for item in items:
            address = self.number * PAIR + item.id
            weight = 1.0
            if policy.complaint_targeting > 0.0:
                weight = (self.model.complaints[item.block] + 1.0) / (mean_complaints + 1.0)
            chance = coverage(policy.inspection_coverage, policy.complaint_targeting, weight)
            if self.luck(Decision.COVER, number, address) >= chance:
                continue
            duplicate = self._others_were_here(item, now)
            if duplicate and self.luck(Decision.SHARE_SKIP, number, address) < policy.data_sharing:
                today.skipped_item_visits += 1
                continue
            covered += 1
            today.duplicate_item_visits += duplicate
            self._leave_trace(item, now)
            seen = item.state == ItemState.LATENT and not perfunctory
            if seen and self.luck(Decision.DETECT, number, address) < detection:
                self.model.desk.open_case(item, now, Detector.INSPECTION)
        today.visits += 1
        today.perfunctory_visits += perfunctory
        today.item_visits += covered
        today.visit_hours += reception_hours(world.visit_hours, covered, len(items))

    def _others_were_here(self, item: CheckItem, now: float) -> bool:
        since_last, since_other = now - item.last_visit, now - item.other_visit
        return seen_by_other(self.number, item.last_department, since_last, since_other, self.world.duplicate_window)

    def _leave_trace(self, item: CheckItem, now: float) -> None:
        if item.last_department != self.number:
            item.other_visit = item.last_visit
            item.last_department = self.number
        item.last_visit = now
