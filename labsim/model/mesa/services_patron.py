"""Module *services* with Mesa agents: the residents who ask for services, and who hold hours and vouchers.

Takes: a resident and the community's office. Gives: requests, what is expected of services, savings.
Twin of ``modules/services_booking``; submodels (S1), (S2), (S4), (S6) and (S7).
"""

from typing import TYPE_CHECKING, NamedTuple

from labsim.behaviour.participation import delta_rule
from labsim.behaviour.services import (
    Offer,
    booked_online,
    finds_channel,
    item_probability,
    matched,
    price_utility,
    satisfying,
    skill_found,
    use_probability,
)
from labsim.foundations.randomness import Decision
from labsim.model.mesa.agents import fen
from labsim.model.mesa.base import Actor
from labsim.model.mesa.people import ResidentAgent
from labsim.model.modules.services_state import MANY, Service
from labsim.model.state import FEN, WEEK, Activity
from labsim.population.residents import Age

if TYPE_CHECKING:
    from labsim.model.mesa.services import ServicesAgent

KEPT = (Service.CANTEEN, Service.SCHOOL)  # who has a place keeps it
CARE, CULTURE = 0, 1  # rows of the table of needs
FAMILY = {one: CULTURE if one in (Service.CULTURE, Service.GYM, Service.ROOM) else CARE for one in Service}


class Request(NamedTuple):
    """Somebody asks for a service.

    Attributes:
        patron: who.
        online: whether it was booked online.
        turn: key by which those who ask today line up.
    """

    patron: "PatronAgent"
    online: bool
    turn: float


class PatronAgent(Actor):
    """A resident as somebody who uses services.

    Attributes:
        resident: who.
        expects: of each service, 0 to 1.
        served_on: the day each service was last given; missing when never.
        hours: saved in the time bank, in hundredths.
        vouchers: for rooms, in fen.
        trust: in the time bank, 0 to 1.
    """

    def __init__(self, office: "ServicesAgent", resident: ResidentAgent) -> None:
        """Expect what people expect at the start."""
        super().__init__(office.model)
        self.office = office
        self.resident = resident
        self.expects = dict.fromkeys(Service, self.world.expectation_start)
        self.served_on: dict[Service, int] = {}
        self.hours = 0
        self.vouchers = 0
        self.trust = self.world.credibility_start
        self._at_home = {
            one: self.luck(Decision.NEEDED_AT_HOME, int(one), resident.id) for one in (Service.SCHOOL, Service.VISIT)
        }

    def is_meant_for(self, service: Service) -> bool:
        """Return whether a service is for them: meals for the old, visits for those alone, class for parents."""
        older = self.resident.age == Age.OLDER
        match service:
            case Service.CANTEEN:
                return older
            case Service.VISIT:
                return older and self._at_home[service] < self.world.alone_share
            case Service.SCHOOL:
                return not older and self._at_home[service] < self.world.pupil_share
            case _:
                return True

    def holds_place(self, service: Service) -> bool:
        """Return whether they were served on their turn a week ago."""
        return self.served_on.get(service) == self.model.day - WEEK

    def consider(self, service: Service, offer: Offer) -> Request | None:
        """Decide whether to ask for a service, and find a way to ask, (S1) and (S2)."""
        policy, sheet, who = self.policy, self.office.sheet, self.resident
        channel = 1.0
        if policy.online_booking > 0.0:
            channel = self.luck(Decision.SERVICE_CHANNEL, int(service), who.id)
        online = who.online and booked_online(channel, policy.online_booking)
        address = who.id * MANY + service
        if self.luck(Decision.SERVICE_ASKED, self.model.day, address) >= self._chance(service, offer, online):
            return None
        if not finds_channel(channel, policy.online_booking, policy.offline_channel, who.online):
            sheet["unheard"] += 1
            sheet["unheard_older"] += who.age == Age.OLDER
            return None
        first = self.can_pay() if service == Service.VISIT else service in KEPT and self.holds_place(service)
        turn = self.luck(Decision.SERVICE_ORDER, self.model.day, address)
        return Request(self, online, turn - 1.0 if first else turn)

    def _chance(self, service: Service, offer: Offer, online: bool) -> float:
        world = self.world
        if service == Service.ITEM:
            return item_probability(world.item_rate, self.policy.proxy_items)
        vouchers = self.vouchers / FEN if service == Service.ROOM else 0.0
        left = max(0.0, offer.fee - vouchers)
        offered = offer.bias + price_utility(world.price_sensitivity, left, world.price_scale)
        if self.holds_place(service):
            offered += offer.inertia
        if online:
            offered += offer.ease
        need = world.need_weight * (self.model.need[FAMILY[service]][self.resident.age] - 1.0 / 3.0)
        taste = world.service_taste * world.taste_sd * self.resident.taste
        expected = world.expectation_weight * (self.expects[service] - world.expectation_start)
        return use_probability(offered, need, taste, expected)

    def is_answered(self, service: Service, served: bool) -> None:
        """Expect more or less of a service from now on, (S4)."""
        good = served and self._likes(service)
        self.expects[service] = delta_rule(self.expects[service], self.world.expectation_rate, 1.0 if good else 0.0)
        if served:
            self.served_on[service] = self.model.day

    def _likes(self, service: Service) -> bool:
        policy, world = self.policy, self.world
        chance = 1.0
        if service == Service.CANTEEN:
            chance = satisfying(policy.meal_price + world.meal_cost, world.meal_scale)
        elif service == Service.SCHOOL:
            chance = satisfying(policy.school_hours, world.school_gap)
        return self.luck(Decision.SERVICE_GOOD, self.model.day, self.resident.id * MANY + service) < chance

    # -- vouchers, hours and visits: (S6) and (S7) ------------------------------------------------

    def pay_with_vouchers(self, fee: int) -> int:
        """Return how much of a fee their vouchers pay."""
        paid = min(fee, self.vouchers)
        self.vouchers -= paid
        return paid

    @property
    def visit_cost(self) -> int:
        """Return the hours that a visit costs, in hundredths."""
        return fen(self.world.visit_hours_each)

    def can_pay(self) -> bool:
        """Return whether they can pay for a visit with saved hours, or from the pool."""
        return self.policy.time_bank > 0.0 and max(self.hours, self.office.pool) >= self.visit_cost

    def believe(self, outcome: float) -> None:
        """Trust the time bank more or less."""
        self.trust = delta_rule(self.trust, self.world.credibility_rate, outcome)

    def somebody_comes(self) -> bool:
        """Return whether somebody is found for a visit: by the pool, the errand team or among contacts."""
        found = skill_found(self.world.volunteer_skills, self.policy.talent_pool)
        chance = matched(self.policy.team_matching, found, self.office.errands)
        if self.luck(Decision.VISIT_MATCHED, self.model.day, self.resident.id) < chance:
            return True
        everybody = sum(who.active[Activity.VOLUNTEER] for who in self.model.people)
        return self.resident.share_of_contacts(lambda one: one.active[Activity.VOLUNTEER], everybody) > 0.0
