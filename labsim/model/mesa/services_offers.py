"""Module *services* with Mesa agents: what the office offers in the morning.

Takes: money, levers, volunteer hours and use so far. Gives: places of every service, and what the
core reads of them. Twin of ``modules/services_offers``; submodels (S3), (S5)-(S8).
"""

from dataclasses import dataclass, field

from labsim.behaviour.allocation import service_share
from labsim.behaviour.coordination import load_of
from labsim.behaviour.participation import reward_utility
from labsim.behaviour.services import OPEN_DAYS, happens, places, stored_hours, use_ratio
from labsim.foundations.randomness import Decision
from labsim.model.mesa.base import Actor, Community, add_up
from labsim.model.mesa.modules import ModuleAgent
from labsim.model.modules.services_state import FUNDED, SERVICES_DAILY, Service
from labsim.model.state import PERIOD, WEEK, YEAR, Activity
from labsim.scenario.world import AGES

_FUNDED = tuple(Service)[:FUNDED]
_CARE = (Service.CANTEEN, Service.SCHOOL)


@dataclass
class Ledger:
    """What is known about one service.

    Attributes:
        places: a week.
        week: served on each weekday of the last seven days.
        asked: this period.
        measured: asked in the last period.
        served: this period.
    """

    places: int = 0
    week: list[int] = field(default_factory=lambda: [0] * WEEK)
    asked: int = 0
    measured: int = 0
    served: int = 0


class OfferingOffice(ModuleAgent, Actor):
    """The office in the morning.

    Attributes:
        ledgers: by service.
        slots: of rooms this week, and how many are ``used``.
        joint: activities of sharing units this week.
        shared: share of slots in shared venues.
        sessions: of culture in a week.
        errands: share of visiting hours that are the errand team's.
        kept: share of paid requests for visits that were met in the last period with any.
        paid_asked: paid requests this period, and ``paid_served`` of them.
        sheet: the record of the day; ``history`` holds them all.
    """

    def __init__(self, model: Community) -> None:
        """Open the office."""
        super().__init__(model)
        self.ledgers = {service: Ledger() for service in Service}
        self.slots = self.used = self.joint = 0
        self.shared = self.sessions = self.errands = 0.0
        self.kept = 1.0
        self.paid_asked = self.paid_served = 0
        self.sheet: dict[str, float] = {}
        self.history: list[dict[str, float]] = []

    def mean_trust(self) -> float:
        """Return the mean trust in the time bank."""
        raise NotImplementedError

    def morning(self) -> None:
        """Open services and rooms for the day; nothing happens during burn-in."""
        day, world, policy = self.model.day, self.world, self.policy
        self.sheet = {n: 0.0 if SERVICES_DAILY[n].kind == "f" else 0 for n in SERVICES_DAILY.names or ()}
        if day < 0:
            return
        if day % PERIOD == 0:
            self._begin_period()
        if day % WEEK == 0:
            self._open_rooms()
        self._set_places()
        self._motivate()
        hours = sum(self.ledgers[Service.ITEM].week) * world.item_hours / WEEK
        self.sheet["item_hours"] = hours
        policy.admin_load = policy.admin_load + load_of(hours, world.base_load)
        if self.model.end_of_period:
            self._cover()

    def _begin_period(self) -> None:
        for ledger in self.ledgers.values():
            ledger.measured, ledger.asked, ledger.served = ledger.asked, 0, 0
        if self.paid_asked > 0:
            self.kept = self.paid_served / self.paid_asked
        self.paid_asked = self.paid_served = 0

    def _open_rooms(self) -> None:
        """Open the rooms of a week, and let sharing units hold their activities in them, (S5)."""
        world, policy = self.world, self.policy
        own, shared = world.own_rooms * world.own_room_hours, policy.shared_venues * policy.venue_hours
        self.slots = int((own + shared) / world.slot_hours)
        self.shared = shared / (own + shared) if own + shared > 0.0 else 0.0
        chance = happens(world.joint_rate)
        lucks = [self.luck(Decision.JOINT_ACTIVITY, self.model.day, v) for v in range(int(policy.shared_venues))]
        self.used = self.joint = min(self.slots, sum(luck < chance for luck in lucks))

    # -- money and places: (S3) ------------------------------------------------------------------

    def _unit_costs(self) -> dict[Service, float]:
        """Return what a weekly place of each funded service costs."""
        world, hours = self.world, self.policy.school_hours
        return {
            Service.CANTEEN: world.meal_cost * OPEN_DAYS,
            Service.SCHOOL: world.school_cost * hours * OPEN_DAYS,
            Service.CULTURE: world.culture_cost / world.session_seats,
            Service.GYM: world.gym_cost,
        }

    def _shares(self) -> dict[Service, float]:
        """Return each funded service's share of the budget: habit, or demand measured last period."""
        policy, costs = self.policy, self._unit_costs()
        habits = {
            Service.CANTEEN: policy.care_share * policy.canteen_share,
            Service.SCHOOL: policy.care_share * (1.0 - policy.canteen_share),
            Service.CULTURE: policy.culture_share * (1.0 - policy.gym_share),
            Service.GYM: policy.culture_share * policy.gym_share,
        }
        asked = {one: self.ledgers[one].measured * costs[one] for one in _FUNDED}
        total = add_up(asked.values())
        if total == 0.0:
            return habits
        bookable = policy.care_share + policy.culture_share
        return {one: service_share(habits[one], asked[one] / total * bookable, policy.demand_weight) for one in _FUNDED}

    def _set_places(self) -> None:
        policy, world, costs = self.policy, self.world, self._unit_costs()
        of = self.ledgers
        for one, share in self._shares().items():
            money = share * policy.service_budget
            of[one].places = places(money, costs[one])
            if one == Service.CULTURE:
                self.sessions = money / (YEAR / WEEK) / world.culture_cost + policy.art_sessions + self.joint
                of[one].places = int(self.sessions * world.session_seats)
        of[Service.ROOM].places = self.slots * int(world.room_seats)
        of[Service.COUNSEL].places = int(policy.counselling_capacity * world.counsel_dropins / (PERIOD / WEEK))
        of[Service.VISIT].places = self._visits()
        of[Service.ITEM].places = int(policy.proxy_hours / world.item_hours)

    def _visits(self) -> int:
        """Return the visits that teams can make in a week, (S7)."""
        world, policy = self.world, self.policy
        acts = sum(day.act_volunteer for day in self.model.recent(WEEK + 1)[:-1])
        errands = policy.errand_team * world.team_member_hours
        hours = policy.team_share * acts * world.hours_volunteer + errands
        self.errands = errands / hours if hours > 0.0 else 0.0
        return int(hours / world.visit_hours_each)

    # -- what the core reads: (S6) and (S8) --------------------------------------------------------

    def _motivate(self) -> None:
        """Let hours that can be stored add to the utility of volunteering, as far as the bank is trusted."""
        world, policy = self.world, self.policy
        bonus = 0.0
        if policy.time_bank > 0.0:
            trust = self.mean_trust()
            hours = stored_hours(world.hours_volunteer, policy.team_share, policy.time_bank_rate) / 100.0
            bonus = reward_utility(world.reward_weight, world.hour_value * hours * trust, world.cost_volunteer)
        for age, name in enumerate(AGES):
            self.model.alpha[Activity.VOLUNTEER][age] = getattr(world, f"alpha_volunteer_{name}") + bonus

    def _cover(self) -> None:
        """Let the core's coverage count what is used instead of what is spent."""
        world, policy, of = self.world, self.policy, self.ledgers
        days = self.model.day % PERIOD
        scale = YEAR / days
        acts = sum(day.act_volunteer for day in self.model.recent(PERIOD)[:-1])
        volunteers = acts * scale * world.volunteer_value
        supply = policy.service_budget + volunteers
        if supply <= 0.0:
            return
        hour = world.volunteer_value / world.hours_volunteer
        visits = of[Service.VISIT].served * scale * world.visit_hours_each * hour
        directed = min(volunteers, visits * (1.0 - self.errands))
        rest = (supply - directed) / supply
        extra_care = (visits + of[Service.COUNSEL].served * scale * hour) / supply
        extra_culture = of[Service.ROOM].served * scale * self.shared * world.room_value / supply
        care = culture = 0.0
        for one, share in self._shares().items():
            usual = world.usual_care_use if one in _CARE else world.usual_culture_use
            used = share * use_ratio(float(of[one].served), of[one].places * days / WEEK, usual)
            if one in _CARE:
                care += used
            else:
                culture += used
        care = care * rest + extra_care
        culture = culture * rest + extra_culture
        environment = max(0.0, 1.0 - policy.care_share - policy.culture_share) * rest
        total = max(1e-9, care + culture + environment)
        policy.care_share, policy.culture_share = care / total, culture / total
        policy.demand_weight = 0.0
        world.need_cost = world.need_cost / total
