"""The coordination module of the Mesa model: the street office that brings departments together.

Takes: the community. Gives: :class:`StreetOffice`, which sets what departments make of the levers,
and lets the joint meeting, the grid officers and the secretaries do their work. Twin of
``modules/coordination``; submodels (C2), (C3) and (C5), the others next door.
"""

from collections.abc import Iterator

import numpy as np

from labsim.behaviour.coordination import (
    connected,
    detection_with_list,
    duplicated_share,
    formality_with_list,
    formats_left,
    load_of,
    occurrences,
    pairs_connected,
    time_per_item,
    times_passed,
    unclaimed_probability,
    unclear_probability,
)
from labsim.foundations.randomness import Decision
from labsim.model.mesa.base import Actor, Community
from labsim.model.mesa.cases import Case
from labsim.model.mesa.coordination_field import GridTeam, Projects
from labsim.model.mesa.coordination_meeting import JointMeeting, Record
from labsim.model.mesa.modules import ModuleAgent
from labsim.model.modules.coordination_state import COORDINATION_DAILY
from labsim.model.state import PERIOD, YEAR, Outcome, Stage
from labsim.model.trajectory import ConservationError


class StreetOffice(ModuleAgent, Actor):
    """The office that coordinates departments.

    Attributes:
        meeting: the joint meeting.
        grid: officers and patrols.
        projects: what secretaries have claimed.
    """

    def __init__(self, model: Community) -> None:
        """Open the office."""
        super().__init__(model)
        self.meeting = JointMeeting(model)
        self.grid = GridTeam(model)
        self.projects = Projects(model)
        self._known_cases = 0
        self._days: list[Record] = []
        self._today: Record = {}

    def records(self) -> np.ndarray:
        """Return the daily records of the module so far."""
        names = COORDINATION_DAILY.names or ()
        return np.array([tuple(day[name] for name in names) for day in self._days], COORDINATION_DAILY)

    # -- the day --------------------------------------------------------------------------------

    def morning(self) -> None:
        """Set what departments make of today's levers, meet, walk the grid and claim projects."""
        policy, world, mine = self.policy, self.world, dict.fromkeys(COORDINATION_DAILY.names or (), 0.0)
        self._today = mine
        self._days.append(mine)
        day = self.model.day
        mine["day"] = day
        self._known_cases = len(self.model.desk.log)
        self.follow_list()
        self.share_data()
        if occurrences(day, policy.joint_meetings, float(PERIOD)) > 0:
            self.meeting.meet(mine)
        policy.joint_decision = self.meeting.standing_share()
        self.grid.walk_grid(mine)
        self.grid.patrol(mine)
        for _ in range(occurrences(day, policy.secretaries * policy.secretary_projects, float(YEAR))):
            self.projects.claim(mine)
        dispatches = occurrences(day, policy.dispatch_meetings, float(PERIOD))
        if dispatches > 0:
            self.projects.dispatch(mine)
        self.projects.push(mine)
        hours = mine["meetings"] * world.meeting_hours + mine["team_patrols"] * world.team_hours
        hours = hours + dispatches * world.dispatch_hours
        mine["extra_hours"] = hours + mine["claims"] * world.project_hours
        policy.admin_load = policy.admin_load + load_of(mine["extra_hours"], world.base_load)

    def evening(self) -> None:
        """Pass on what nobody claims, count what departments have on their hands, check the books."""
        self.count_new_cases()
        self.pass_on()
        for delegate in self.meeting.delegates:
            delegate.look_back()
        self.projects.strike_finished(self._today)
        self.check()

    # -- lists and data: (C5), (C2) -------------------------------------------------------------

    def follow_list(self) -> None:
        """Let inspectors tick off the list: longer at each item, fewer items, more seen."""
        policy, world = self.policy, self.world
        longer = time_per_item(policy.standard_indicators, world.list_burden)
        policy.inspection_coverage /= longer
        world.visit_hours *= longer
        quantified = policy.standard_indicators * policy.standard_quantified
        world.detection = detection_with_list(world.detection, world.list_gain, quantified, world.list_scale)
        formality = formality_with_list(world.perfunctory_share, world.list_rigour, quantified, world.list_scale)
        world.perfunctory_share = formality

    def share_data(self) -> None:
        """Let connected departments skip each other's checks and read one format."""
        policy, world, mine, many = self.policy, self.world, self._today, len(self.meeting.delegates)
        together = connected(policy.departments_linked, policy.departments_standard, many)
        policy.data_sharing *= pairs_connected(together, many)
        formats = formats_left(world.data_formats, together, many)
        duplicated = duplicated_share(world.duplicate_work, formats, world.data_formats)
        mine["duplicate_hours"] = world.base_load * policy.admin_load * duplicated
        policy.admin_load *= 1.0 - world.duplicate_work + duplicated
        mine["base_hours"] = world.base_load * policy.admin_load
        mine["connected"], mine["sharing"], mine["formats"] = together, policy.data_sharing, formats

    # -- unclear duties: (C3) -------------------------------------------------------------------

    def new_cases(self) -> Iterator[Case]:
        """Yield the cases opened today."""
        yield from self.model.desk.log[self._known_cases :]

    def count_new_cases(self) -> None:
        """Count today's cases, and those that departments decide among themselves."""
        mine = self._today
        for case in self.new_cases():
            joint = self.meeting.is_joint(case)
            mine["opened"] += 1
            mine["multi_opened"] += joint
            mine["decided_at_opening"] += joint and case.hops == 1
        self.meeting.taken_up += int(mine["decided_at_opening"])

    def pass_on(self) -> None:
        """Pass on today's cases that nobody has claimed by the evening."""
        unclear = unclear_probability(self.world.unclear_duties, self.policy.responsibility_list)
        unclaimed = unclaimed_probability(
            unclear, self._today["sharing"], self.meeting.attending, len(self.meeting.delegates)
        )
        for case in self.new_cases():
            has_owner = case.hops == 1 and self.meeting.is_joint(case)
            if case.outcome != Outcome.OPEN or case.stage != Stage.INTAKE or has_owner:
                continue
            if self.luck(Decision.DUTY_UNCLEAR, case.number, case.item.id) < unclaimed:
                luck = self.luck(Decision.DUTY_PASSES, case.number, case.item.id)
                passes = times_passed(luck, self.world.passes_most)
                case.hops += passes
                case.hops_left += passes
                self._today["passed_cases"] += 1
                self._today["passes"] += passes

    # -- books ----------------------------------------------------------------------------------

    def check(self) -> None:
        """Check the module's books.

        Raises:
            ConservationError: projects, meetings or wages do not balance.
        """
        mine, projects = self._today, self.projects
        laws = {
            "claimed projects = finished + under way": projects.claims - projects.finished - len(projects.claimed),
            "attendance and agenda of a joint meeting within its bounds": int(
                max(mine["attended"] - mine["invited"], mine["decided_at_meeting"] - mine["agenda"], 0.0)
            ),
            "wages of grid officers against officers on duty": self.grid.paid - self.grid.owed,
        }
        for law, amount in laws.items():
            if amount != 0:
                raise ConservationError(self.model.day, law, amount)
