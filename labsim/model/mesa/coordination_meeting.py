"""The joint meeting of the Mesa model: delegates of departments, and what they decide together.

Takes: cases that wait for several departments. Gives: :class:`JointMeeting`. Twin of
``modules/coordination_meeting``; submodel (C1).
"""

from labsim.behaviour.coordination import NEEDED, all_attend_share, attendance_probability, department_workload
from labsim.behaviour.participation import delta_rule
from labsim.foundations.randomness import Decision
from labsim.model.mesa.base import PAIR, Actor, Community
from labsim.model.mesa.cases import Case
from labsim.model.mesa.items import DepartmentAgent
from labsim.model.state import PERIOD, Outcome, Stage

Record = dict[str, float]
"""The module's record of a day, by column."""
FADING = 1.0 - 1.0 / PERIOD  # visits count for about a month in a department's workload
_UNDER_WAY = (Stage.INTAKE, Stage.APPROVAL)


class Delegate(Actor):
    """Who speaks for a department at the joint meeting.

    Attributes:
        department: whose delegate.
        attends: whether they came to the latest meeting.
        pending: undecided cases that need the department.
        habit: of attending, 0 to 1.
        recent: inspections of the department, fading over a month.
        counted: inspections counted so far.
    """

    def __init__(self, department: DepartmentAgent) -> None:
        """Send a delegate of a department."""
        super().__init__(department.model)
        self.department = department
        self.attends = False
        self.pending = 0
        self.habit = 0.5
        self.recent = 0.0
        self.counted = 0

    def key(self, case: Case) -> float:
        """Return the key by which a case needs the department: those with the smallest are needed."""
        return self.luck(Decision.NEEDED_DEPARTMENT, case.number, self.department.number * PAIR + case.item.id)

    def workload(self) -> float:
        """Return the working days of the department in the month before."""
        return department_workload(self.recent, self.pending, self.world.pending_days)

    def come_or_not(self, impression: float) -> None:
        """Attend the meeting of the day or stay away."""
        world = self.world
        chance = attendance_probability(
            world.meeting_bias,
            world.meeting_rule_weight * self.policy.meeting_rule,
            world.meeting_workload_weight * self.workload(),
            world.meeting_habit_weight * (self.habit - 0.5),
            world.meeting_result_weight * (impression - 0.5),
        )
        self.attends = self.luck(Decision.MEETING_ATTEND, self.model.day, self.department.number) < chance
        self.habit = delta_rule(self.habit, world.meeting_learning, 1.0 if self.attends else 0.0)

    def look_back(self) -> None:
        """Count the inspections of the day."""
        self.recent = self.recent * FADING + (self.department.visits - self.counted)
        self.counted = self.department.visits


class JointMeeting(Actor):
    """The joint meeting of departments, monthly or as often as the lever says.

    Attributes:
        delegates: of departments, in order.
        attending: how many came to the latest meeting.
        impression: of what meetings decide, 0 to 1.
        taken_up: cases that the latest meeting took up, and its members since.
    """

    def __init__(self, model: Community) -> None:
        """Invite every department."""
        super().__init__(model)
        self.delegates = [Delegate(department) for department in model.departments]
        self.attending = 0
        self.impression = 0.5
        self.taken_up = 0

    def is_joint(self, case: Case) -> bool:
        """Return whether a case needs several departments."""
        return self.luck(Decision.HOPS, case.number, case.item.id) < self.world.many_hops_share

    def pending(self) -> list[Case]:
        """Return the cases that still have to go through several departments, oldest first."""
        on_the_way = (case for case in self.model.desk.log if case.outcome == Outcome.OPEN and case.stage in _UNDER_WAY)
        return [case for case in on_the_way if case.hops_left > 1 and self.is_joint(case)]

    def needed(self, case: Case) -> list[Delegate]:
        """Return the delegates of the departments that a case needs."""
        return sorted(self.delegates, key=lambda delegate: delegate.key(case))[:NEEDED]

    def meet(self, mine: Record) -> None:
        """Hold a joint meeting: departments come or not, and decide what they can."""
        cases = self.pending()
        for delegate in self.delegates:
            delegate.pending = 0
        for case in cases:
            for delegate in self.needed(case):
                delegate.pending += 1
        for delegate in self.delegates:
            delegate.come_or_not(self.impression)
            mine["workload"] += delegate.workload()
        self.attending = sum(delegate.attends for delegate in self.delegates)
        mine["meetings"] += 1
        mine["invited"] += len(self.delegates)
        mine["attended"] += self.attending
        self.decide(cases, mine)

    def decide(self, cases: list[Case], mine: Record) -> None:
        """Decide those cases on the agenda whose departments are all there."""
        policy, day = self.policy, self.model.day
        put = [c for c in cases if self.luck(Decision.MEETING_AGENDA, day, c.item.id) < policy.joint_decision]
        agenda = put[: int(policy.meeting_agenda)]
        decided = [case for case in agenda if all(delegate.attends for delegate in self.needed(case))]
        for case in decided:
            case.hops -= case.hops_left - 1
            case.hops_left = 1
        if agenda:
            rate = self.world.meeting_learning
            self.impression = delta_rule(self.impression, rate, len(decided) / len(agenda))
        self.taken_up = len(agenda)
        mine["agenda"] += len(agenda)
        mine["decided_at_meeting"] += len(decided)

    def standing_share(self) -> float:
        """Return the share of new multi-department cases that the latest meeting lets its members decide."""
        policy = self.policy
        if policy.joint_meetings <= 0.0:
            self.attending = 0
        if self.taken_up >= int(policy.meeting_agenda):
            return 0.0
        return policy.joint_decision * all_attend_share(self.attending, len(self.delegates))
