"""Module *services* with Mesa agents: the office that offers services, rooms and a time bank.

Takes: the community. Gives: the twin of ``model/modules/services*.py``, with the same records, bit for
bit. Who asks is ``mesa_services_patron.py``; what is on offer is ``mesa_services_offers.py``.
"""

import numpy as np

from labsim.behaviour.services import OPEN_DAYS, Offer, opens_slot, option_utility, price_utility, stored_hours
from labsim.foundations.arithmetic import fixed, unfixed
from labsim.foundations.randomness import Decision
from labsim.model.columns import Account
from labsim.model.kernels.recording import BREACHES
from labsim.model.mesa.agents import fen
from labsim.model.mesa.base import Community
from labsim.model.mesa.services_offers import OfferingOffice
from labsim.model.mesa.services_patron import KEPT, PatronAgent, Request
from labsim.model.modules.services_state import SERVICES_DAILY, Service
from labsim.model.state import WEEK, YEAR, Activity
from labsim.model.trajectory import ConservationError
from labsim.population.residents import Age


class ServicesAgent(OfferingOffice):
    """The office on a day: it serves, keeps the time bank, and writes down what happened.

    Attributes:
        patrons: residents as users of services, by row.
        pool: hours for the old who have saved nothing, in hundredths.
        credited: hours credited so far.
        spent: hours spent so far.
        culture: shares of everybody and of the young who took part in culture, last looked up.
        visited: older residents who were visited, last looked up.
    """

    def __init__(self, model: Community) -> None:
        """Open the office."""
        super().__init__(model)
        self.patrons = [PatronAgent(self, who) for who in model.people]
        self.pool = self.credited = self.spent = self._issued = self._redeemed = 0
        self.culture = (0.0, 0.0)
        self.visited = 0.0

    def records(self) -> np.ndarray:
        """Return ``SERVICES_DAILY`` records, one per day so far."""
        names = SERVICES_DAILY.names or ()
        return np.array([tuple(day[name] for name in names) for day in self.history], SERVICES_DAILY)

    def mean_trust(self) -> float:
        """Return the mean trust in the time bank."""
        return unfixed(sum(fixed(one.trust) for one in self.patrons)) / len(self.patrons)

    # -- the evening ----------------------------------------------------------------------------

    def evening(self) -> None:
        """Live through a day of services; nothing happens during burn-in."""
        if self.model.day >= 0:
            self._store()
            for service in Service:
                self._serve(service)
            if self.model.end_of_period:
                self._look_back()
            self._record()
            self._check_laws()
        self.history.append(self.sheet)

    def _store(self) -> None:
        """Credit hours and vouchers to those who volunteered today, (S6)."""
        policy = self.policy
        voucher = fen(policy.venue_vouchers)
        credit = 0
        if policy.time_bank > 0.0:
            credit = stored_hours(self.world.hours_volunteer, policy.team_share, policy.time_bank_rate)
        given = int(credit * policy.time_bank_pool)
        for one in self.patrons:
            if one.resident.roles[Activity.VOLUNTEER].decided is not True:
                continue
            one.vouchers += voucher
            self.sheet["vouchers_issued"] += voucher
            if credit > 0:
                one.hours += credit - given
                self.pool += given
                self.sheet["hours_credited"] += credit
                one.believe(self.kept)
        self.credited += int(self.sheet["hours_credited"])
        self._issued += int(self.sheet["vouchers_issued"])

    def _offer(self, service: Service) -> Offer:
        """Return what is the same for everybody who considers a service today."""
        world = self.world
        options = 1.0
        if service == Service.CULTURE:
            options = self.sessions
        elif service == Service.ROOM:
            options = world.own_rooms + self.policy.venue_map * self.policy.shared_venues
        # Government items have no utility of their own: they come up.
        bias = getattr(world, f"bias_{service.name.lower()}") if service != Service.ITEM else 0.0
        inertia = world.place_inertia if service in KEPT else 0.0
        fee = self._price(service)
        price = price_utility(world.price_sensitivity, fee, world.price_scale)
        return Offer(bias + option_utility(options), price, fee, inertia, world.booking_ease)

    def _price(self, service: Service) -> float:
        prices = {Service.CANTEEN: "meal_price", Service.SCHOOL: "school_price", Service.ROOM: "room_price"}
        return float(getattr(self.policy, prices[service])) if service in prices else 0.0

    def _serve(self, service: Service) -> None:
        """Let residents whose turn it is ask, and give places in an order of luck, (S2)."""
        ledger, day = self.ledgers[service], self.model.day
        ledger.week[day % WEEK] = 0
        offer = self._offer(service)
        due = [one for one in self.patrons if one.resident.weekday_is_today and one.is_meant_for(service)]
        requests = [asked for one in due if (asked := one.consider(service, offer))]
        free = ledger.places - sum(ledger.week)
        for request in sorted(requests, key=lambda one: one.turn):
            served = self._answer(service, request, free)
            free -= served
            if request.online:
                self.sheet["online"] += 1
                if service >= Service.COUNSEL and ledger.places > 0:
                    self.sheet["online_requests"] += 1
                    self.sheet["online_closed"] += served
        ledger.asked += len(requests)
        ledger.served += ledger.week[day % WEEK]
        self.sheet[f"asked_{service.name.lower()}"] = len(requests)
        self.sheet[f"served_{service.name.lower()}"] = ledger.week[day % WEEK]

    def _answer(self, service: Service, request: Request, free: int) -> bool:
        """Serve somebody or refuse."""
        patron, sheet = request.patron, self.sheet
        is_visit = service == Service.VISIT
        pays = is_visit and patron.can_pay()
        self.paid_asked += pays
        served = free > 0 and (not is_visit or patron.somebody_comes())
        patron.is_answered(service, served)
        if not served:
            if pays:
                patron.believe(0.0)
            return False
        self.ledgers[service].week[self.model.day % WEEK] += 1
        self._charge(service, patron)
        if pays:
            self._draw_hours(patron)
        sheet["served_older"] += patron.resident.age == Age.OLDER
        self._seat(service, patron)
        if service in KEPT:
            sheet[f"liking_{service.name.lower()}"] += fixed(patron.expects[service])
        return True

    def _charge(self, service: Service, patron: PatronAgent) -> None:
        fee = fen(self._price(service)) * (OPEN_DAYS if service == Service.CANTEEN else 1)
        self.model.treasury.transfer(Account.RESIDENTS, Account.SUPPLIERS, fee)
        self.sheet["fees"] += fee
        if service == Service.ROOM:
            paid = patron.pay_with_vouchers(fee)
            self._redeemed += paid
            self.sheet["vouchers_spent"] += paid

    def _draw_hours(self, patron: PatronAgent) -> None:
        """Pay for a visit from savings, or from the pool, (S6)."""
        cost = patron.visit_cost
        if patron.hours >= cost:
            patron.hours -= cost
        else:
            self.pool -= cost
        self.spent += cost
        self.paid_served += 1
        self.sheet["hours_spent"] += cost
        patron.believe(1.0)

    def _seat(self, service: Service, patron: PatronAgent) -> None:
        """Write down which session or slot somebody went to, (S5)."""
        day, who = self.model.day, patron.resident.id
        if service == Service.CULTURE:
            luck = self.luck(Decision.SESSION_WHICH, day, who) * self.sessions
            if luck < self.joint:
                self.sheet["joint_visits"] += 1
            elif luck < self.joint + self.policy.art_sessions:
                self.sheet["art_visits"] += 1
        elif service == Service.ROOM and opens_slot(self.luck(Decision.ROOM_SLOT, day, who), self.used, self.slots):
            self.used += 1
            self.sheet["used_slots"] += 1

    # -- books ----------------------------------------------------------------------------------

    def _look_back(self) -> None:
        """Count who took part in culture and who was visited in the last twelve months."""
        since = self.model.day - YEAR

        def recent(service: Service) -> list[PatronAgent]:
            return [one for one in self.patrons if one.served_on.get(service, since) > since]

        took_part = recent(Service.CULTURE)
        young = sum(one.resident.age == Age.YOUNG for one in took_part)
        all_young = self.model.residents_by_age[Age.YOUNG]
        self.culture = (len(took_part) / len(self.patrons), young / all_young if all_young > 0 else 0.0)
        self.visited = float(len(recent(Service.VISIT)))

    def _record(self) -> None:
        sheet = self.sheet
        sheet["culture_12m"], sheet["culture_12m_young"] = self.culture
        sheet["elders_visited"] = self.visited
        sheet["bank_trust"] = self.mean_trust()
        sheet["hours_held"] = self.credited - self.spent
        sheet["vouchers_held"] = self._issued - self._redeemed
        if self.model.day % WEEK == 0:
            sheet["slots"] = self.slots
            sheet["joint_activities"] = self.joint
            sheet["used_slots"] += self.joint

    def _check_laws(self) -> None:
        """Check the laws of the module.

        Raises:
            ConservationError: hours or vouchers got lost, or a belief left 0 to 1.
        """
        hours = self.credited - self.spent - self.pool - sum(one.hours for one in self.patrons)
        vouchers = self._issued - self._redeemed - sum(one.vouchers for one in self.patrons)
        beliefs = [belief for one in self.patrons for belief in (one.trust, *one.expects.values())]
        outside = sum(not 0.0 <= belief <= 1.0 for belief in beliefs)
        for code, amount in ((29, hours), (30, vouchers), (31, outside)):
            if amount != 0:
                raise ConservationError(self.model.day, BREACHES[code], amount)
