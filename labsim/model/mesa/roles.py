"""The roles of residents, one agent each: sorting, volunteering, app, council, patrol.

Takes: nothing. Gives: what is special about each role; what all have in common is in
``mesa_role.py``. Everybody sorts waste and may volunteer; the app is for those who are
registered or were taught, the council for members of the panel, patrols for supervisors.
"""

import math

from labsim.behaviour.participation import crowding_target, delta_rule
from labsim.foundations.randomness import Decision
from labsim.model.columns import Clock
from labsim.model.mesa.base import PAIR, Values
from labsim.model.mesa.people import ResidentAgent
from labsim.model.mesa.role import Role
from labsim.model.state import PERIOD, Activity, Detector, ItemState


class SortingRole(Role):
    """Sorting waste at home, week by week."""

    is_outside = False
    activity = Activity.SORT
    decision = Decision.ACT_SORT
    is_habitual = True
    is_paid_for = True

    @classmethod
    def effort(cls, world: Values) -> float:
        """Return the effort cost of sorting for a week."""
        return world.cost_sort

    @classmethod
    def points(cls, policy: Values) -> float:
        """Return the points of a week of sorting."""
        return policy.points_sort if policy.points_earning > 0.0 else 0.0

    def feel_paid(self) -> None:
        """Move towards crowding-out when paid in points that are believed in, submodel (7)."""
        who, world = self.resident, self.world
        acted = bool(self.decided)
        target = crowding_target(world.crowding_out, acted, who.credibility, self.policy.points_earning > 0.0)
        who.crowding = delta_rule(who.crowding, world.crowding_out_rate, target)


class VolunteerRole(Role):
    """Volunteering: helping neighbours, keeping order, teaching."""

    activity = Activity.VOLUNTEER
    decision = Decision.ACT_VOLUNTEER
    is_habitual = True
    is_paid_for = True

    @classmethod
    def effort(cls, world: Values) -> float:
        """Return the effort cost of one act."""
        return world.cost_volunteer

    @classmethod
    def barrier(cls, world: Values, policy: Values) -> float:
        """Return what holds migrants back."""
        return world.migrant_barrier

    @classmethod
    def recognition(cls, world: Values, policy: Values) -> float:
        """Return what public recognition adds."""
        return world.recognition_weight * policy.recognition

    @classmethod
    def points(cls, policy: Values) -> float:
        """Return the points of an act."""
        return policy.points_volunteer if policy.points_earning > 0.0 else 0.0

    @classmethod
    def cash(cls, policy: Values, low_income: int) -> float:
        """Return vouchers, and for low-income residents a subsidy for lost wages."""
        return policy.venue_vouchers + policy.lost_wage_subsidy * low_income


class AppRole(Role):
    """Deliberating in the app."""

    is_outside = False
    activity = Activity.APP
    decision = Decision.ACT_APP
    is_habitual = True
    is_voice = True
    outcome = Decision.OUTCOME_APP
    belief_weight = 0.5

    @classmethod
    def spread(cls, world: Values) -> float:
        """Return how far tastes differ: online, few do most."""
        return world.app_taste

    @classmethod
    def barrier(cls, world: Values, policy: Values) -> float:
        """Return what holds migrants back, as far as the rules do not let them in."""
        return world.migrant_barrier * (1.0 - policy.migrant_access)

    def is_due(self) -> bool:
        """Return whether they open the app today: it works, and they are in it."""
        who = self.resident
        works = self.model.day >= self.model.app_back
        return works and who.weekday_is_today and (who.in_app == 1 or who.taught)


class CouncilRole(Role):
    """Attending the residents' council, once in 28 days."""

    activity = Activity.MEETING
    decision = Decision.ACT_MEETING
    is_voice = True
    outcome = Decision.OUTCOME_MEETING

    def is_due(self) -> bool:
        """Return whether the council meets today."""
        return self.model.day % PERIOD == 0

    @classmethod
    def barrier(cls, world: Values, policy: Values) -> float:
        """Return what holds migrants back, as far as the rules do not let them in."""
        return world.migrant_barrier * (1.0 - policy.migrant_access)

    @classmethod
    def recognition(cls, world: Values, policy: Values) -> float:
        """Return what public recognition adds."""
        return world.recognition_weight * policy.recognition

    @classmethod
    def ease_online(cls, world: Values, policy: Values) -> float:
        """Return the burden of going there that online meetings take away."""
        return world.meeting_burden * policy.online_meetings

    @classmethod
    def relevance(cls, policy: Values) -> float:
        """Return the share of the agenda that residents set."""
        return policy.agenda_residents


class SupervisorRole(Role):
    """Patrolling as a resident supervisor, submodel (11)."""

    activity = Activity.PATROL
    decision = Decision.ACT_PATROL
    is_voice = True
    outcome = Decision.OUTCOME_PATROL

    @classmethod
    def spread(cls, world: Values) -> float:
        """Return how far tastes differ: half as far as elsewhere."""
        return 0.5

    def is_due(self) -> bool:
        """Return whether supervisors are asked today, and this is one of them."""
        return self.model.day % PERIOD == 0 and self.resident.supervisor_rank < self.policy.supervisors

    @classmethod
    def effort(cls, world: Values) -> float:
        """Return the effort cost of a patrol."""
        return world.cost_patrol

    @classmethod
    def cash(cls, policy: Values, low_income: int) -> float:
        """Return the reward for a patrol."""
        return policy.supervisor_reward

    def follow_up(self) -> None:
        """Go on patrol some time tomorrow."""
        day = self.model.day
        time = day + 1.0 + self.luck(Decision.PATROL_TIME, day, self.resident.id)
        self.model.events.set(Clock.PATROL, self.resident.row, time)

    def keep_appointment(self, now: float) -> None:
        """Walk the community, and report what is found, submodel (11)."""
        chance = self.world.patrol_coverage * self.world.patrol_detection
        for item in self.model.items:
            if item.state != ItemState.LATENT:
                continue
            address = self.resident.id * PAIR + item.id
            if self.luck(Decision.PATROL_DETECT, math.floor(now), address) < chance:
                self.model.desk.open_case(item, now, Detector.PATROL)


ROLES: dict[Activity, type[Role]] = {
    role.activity: role for role in (SortingRole, VolunteerRole, AppRole, CouncilRole, SupervisorRole)
}


def give_roles(resident: ResidentAgent, most_supervisors: float) -> None:
    """Give a resident every role that may become theirs during the run.

    Args:
        resident: who.
        most_supervisors: the largest number of supervisors on any day.
    """
    SortingRole(resident)
    VolunteerRole(resident)
    if resident.in_app == 1 or resident.digital == 0:  # who has no access may be taught
        AppRole(resident)
    if resident.panel == 1:
        CouncilRole(resident)
    if resident.supervisor_rank < most_supervisors:
        SupervisorRole(resident)
