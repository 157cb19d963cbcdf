"""The day of the Mesa model: each step of ``day.ORDER`` is a method of its own.

Takes: the agents. Gives: :class:`CommunityDay`, whose steps :class:`CommunityModel` calls
in the order of the list. To try another rule, subclass and replace one step.

Agents are activated with ``shuffle_do`` wherever many of them act at once. The order is
drawn by Mesa and differs from day to day, and no result depends on it: decisions read the
state at the start of the step, luck has addresses, and sums are sums of integers.
"""

from mesa.agent import AgentSet

from labsim.behaviour.workforce import HOURS_PER_DAY, daily_wages, day_load, handling_speed, quit_probability
from labsim.foundations.arithmetic import fixed, unfixed
from labsim.model.columns import Account, Clock
from labsim.model.mesa.agents import fen
from labsim.model.mesa.base import Community, add_up
from labsim.model.mesa.injects import InjectRow, apply_inject
from labsim.model.mesa.laws import check_laws
from labsim.model.mesa.modules import ModuleAgent
from labsim.model.mesa.people import ResidentAgent
from labsim.model.mesa.role import DayContext
from labsim.model.mesa.roles import ROLES
from labsim.model.modules.states import Module
from labsim.model.state import PERIOD, Activity, ItemState

SEVERITY = (1.0, 3.0, 10.0)  # assumption: an open safety problem weighs as ten of litter
FADING = 1.0 - 1.0 / 56.0  # complaints count for about 56 days in targeting
OFFER_EVERY = 3 * PERIOD  # assumption: a co-funded project is offered once a quarter


class WorkingDay(Community):
    """Steps 1 to 4: what institutions do, and everything that has an appointed time.

    Attributes:
        injects: what happens from outside, by day.
        residents: all residents, to be activated.
        workers: all posts of community workers, to be activated.
        modules: an agent for every extension module that is on.
    """

    injects: list[InjectRow]
    residents: AgentSet
    workers: AgentSet
    modules: dict[Module, ModuleAgent]

    # -- 1: what is different from yesterday ---------------------------------------------------

    def modules_morning(self) -> None:
        """Let extension modules set what their institutions make of today's levers."""
        for agent in self.modules.values():
            agent.morning()

    def fill_posts(self) -> None:
        """Create and abolish posts as the lever says, and fill vacancies, submodel (16)."""
        self.workers.shuffle_do("follow_establishment")

    def reschedule_visits(self) -> None:
        """Move the next visits when the frequency of inspections has changed, submodel (9)."""
        rate = self.policy.inspection_frequency / PERIOD / len(self.departments)
        for department in self.departments:
            department.change_rate(float(self.day), rate)

    def fund_points(self) -> None:
        """Put money into the pot: at the launch of the points scheme, then every period, (6)."""
        policy, treasury = self.policy, self.treasury
        if not treasury.scheme_launched and policy.points_earning > 0.0 and self.day >= 0:
            treasury.scheme_launched = True
            self.residents.shuffle_do("hear_of_scheme")
            treasury.fund_pot(fen(policy.points_fund))
        if treasury.scheme_launched and policy.points_redemption > 0.0 and self.day % PERIOD == 0:
            treasury.fund_pot(fen(policy.points_topup))

    def inject(self) -> None:
        """Apply the injects dated today."""
        for one in self.injects:
            if one.day == self.day:
                apply_inject(self, one)

    def change_speed(self) -> None:
        """Let work in progress go on at the speed that yesterday's load allows, (15)."""
        self.desk.change_speed(float(self.day))

    def start_service(self) -> None:
        """Let idle handlers take waiting cases: there may be new money or more handlers, (13)."""
        self.desk.give_work(float(self.day))

    # -- 2: everything that has an appointed time ----------------------------------------------

    def events_of_day(self) -> None:
        """Handle every event before the end of the day, in order of time, (8)-(14)."""
        while self.events.next_time() < self.day + 1.0:
            self._handle(*self.events.pop())

    def _handle(self, now: float, kind: Clock, who: int) -> None:
        match kind:
            case Clock.FAULT:
                self.items[who].arrival(now)
            case Clock.RECURRENCE:
                self.items[who].fail(now, recurrence=True)
            case Clock.NOTICE:
                self.items[who].is_noticed(now)
            case Clock.CASE:
                self.desk.stage_ends(self.items[who], now)
            case Clock.VISIT:
                self.departments[who].visit_is_due(now)
            case Clock.PATROL:
                self.people[who].roles[Activity.PATROL].keep_appointment(now)
            case Clock.SERVICE:
                self.desk.service_ends(self.desk.handlers[who], now)

    # -- 3: staff ------------------------------------------------------------------------------

    def count_work(self) -> None:
        """Book the hours of work that goes on over midnight, (15)."""
        for handler in self.desk.handlers:
            handler.book_hours(self.day + 1.0, self.desk.speed)

    def staff_day(self) -> None:
        """Pay wages, work out the load, let workers quit, set tomorrow's speed, (15) and (16)."""
        world, policy, today = self.world, self.policy, self.today
        today.staff_present = sum(post.present for post in self.staff)
        capacity = today.staff_present * HOURS_PER_DAY
        pay = daily_wages(world.worker_pay, policy.pay_gap, today.staff_present, world.handler_pay, policy.handlers)
        today.wages = fen(pay)
        self.treasury.transfer(Account.GOVERNMENT, Account.RESIDENTS, today.wages)
        fortnight = self.recent(14)
        visits = add_up(day.visit_hours for day in fortnight) / len(fortnight)
        today.other_hours = world.base_load * policy.admin_load + visits
        today.load_today = day_load(today.other_hours + today.case_hours, capacity)
        period = self.recent(PERIOD)
        today.load = add_up(day.load_today for day in period) / len(period)
        chance = quit_probability(world.quit_rate, world.quit_load, today.load, world.quit_pay, policy.pay_gap)
        self.workers.shuffle_do("consider_quitting", chance)
        today.speed = self.desk.next_speed = handling_speed(capacity, today.other_hours, policy.handlers)

    # -- 4: what is left over ------------------------------------------------------------------

    def sweep(self) -> None:
        """Count open problems, and disappoint reporters who have waited too long, (4)."""
        today, end = self.today, self.day + 1.0
        self.complaints = [count * FADING for count in self.complaints]
        unresolved = [0] * len(self.complaints)
        for item in self.items:
            if item.state == ItemState.OK:
                continue
            unresolved[item.block] += 1
            today.severity_item_days += SEVERITY[item.item_class]
            if item.case is None:
                today.latent += 1
                continue
            today.open += 1
            if end - item.case.opened > self.world.feedback_deadline:
                today.overdue_open += 1
                self.desk.disappoint(item.case, end)
        self.unresolved.append(unresolved)
        today.fault_item_days = float(today.latent + today.open)


class CommunityDay(WorkingDay):
    """Steps 5 to 9: what residents decide and learn, money and surveys, books.

    Attributes:
        alpha: base utility, [activity][age].
        roles: all roles of an activity, to be activated.
    """

    alpha: list[list[float]]
    roles: dict[Activity, AgentSet]

    # -- 5: residents whose turn it is ---------------------------------------------------------

    def decide(self) -> None:
        """Let everybody whose turn it is decide at once, (1) and (2)."""
        if self.day >= 0:
            terms = [ROLES[activity].terms(self.world, self.policy) for activity in Activity]
            active = [sum(who.active[activity] for who in self.people) for activity in Activity]
            context = DayContext(self.alpha, terms, active)
            for activity in Activity:
                self.roles[activity].shuffle_do("decide", context)

    def offer_project(self) -> None:
        """Offer a co-funded project to households once a quarter, (19)."""
        if self.day >= 0 and self.policy.cofunding != 0.0 and self.day % OFFER_EVERY == 0:
            earlier = sum(who.contributed for who in self.people)
            self.residents.shuffle_do("consider_project", earlier)
            self.residents.shuffle_do("announce_contribution")
            self.treasury.collect_for_project(sum(who.contributed for who in self.people))

    def take_effect(self) -> None:
        """Let decisions change habits, beliefs and motivation, one activity after the other, (3), (4), (7)."""
        if self.day < 0:
            return
        days = self.recent(56)
        closed, dropped = sum(day.closed for day in days), sum(day.dropped for day in days)
        resolved = closed / (closed + dropped) if closed + dropped > 0 else 1.0
        for activity in Activity:
            self.roles[activity].shuffle_do("take_effect", resolved)
        today, world = self.today, self.world
        today.resident_hours += today.act_volunteer * world.hours_volunteer
        today.resident_hours += today.act_meeting * world.hours_meeting
        today.resident_hours += today.act_patrol * world.hours_patrol

    # -- 6: points -----------------------------------------------------------------------------

    def issue_points(self) -> None:
        """Credit the acts of the day, (6)."""
        if self.day >= 0:
            for activity in (Activity.SORT, Activity.VOLUNTEER):
                self.roles[activity].shuffle_do("earn_points", fen(ROLES[activity].points(self.policy)))

    def redeem_points(self) -> None:
        """Let residents redeem in an order of luck until the pot cannot pay, (6)."""
        scheme = self.policy.points_earning != 0.0 or self.policy.points_redemption != 0.0
        if self.day >= 0 and scheme:
            threshold = fen(self.world.redemption_threshold)
            line = self.residents.select(lambda who: who.wants_to_redeem(threshold))
            line.sort(ResidentAgent.place_in_line, ascending=True).do("redeem", threshold)

    # -- 7: every 28 days ----------------------------------------------------------------------

    def learn_from_contacts(self) -> None:
        """Let beliefs move towards those of contacts, all at once, (5)."""
        if self.day < 0 or not self.end_of_period:
            return
        beliefs = ["efficacy", "credibility"] if self.policy.points_earning > 0.0 else ["efficacy"]
        for belief in beliefs:
            total = sum(fixed(getattr(who, belief)) for who in self.people)
            self.residents.shuffle_do("listen", belief, total)
            self.residents.shuffle_do("change_mind", belief)

    def release_money(self) -> None:
        """Pay a period's share of yearly budgets, (13) and (17)."""
        if self.end_of_period:
            self.treasury.release()

    def survey(self) -> None:
        """Ask every resident how content they are, (17) and (18)."""
        if self.day >= 0 and self.end_of_period:
            coverage = tuple(self.treasury.coverage(service) for service in range(3))
            blocks = zip(*self.unresolved, strict=True)
            unresolved = [sum(counts) / len(self.unresolved) for counts in blocks]
            self.residents.shuffle_do("answer_survey", coverage, unresolved)

    def modules_evening(self) -> None:
        """Let extension modules live through their day."""
        for agent in self.modules.values():
            agent.evening()

    # -- 8 and 9: books ------------------------------------------------------------------------

    def record(self) -> None:
        """Write stocks and means of the day."""
        today, treasury, many = self.today, self.treasury, len(self.people)
        for belief in ("efficacy", "credibility", "crowding"):
            total = sum(fixed(getattr(who, belief)) for who in self.people)
            setattr(today, f"mean_{belief}", unfixed(total) / many)
        today.app_active_28d = sum(who.last_act[Activity.APP] > self.day - PERIOD for who in self.people)
        today.waiting_money = len(self.desk.waiting_for_money())
        today.queued = len(self.desk.queue)
        today.repair_balance = treasury.balance(Account.REPAIR_FUND)
        today.pot_balance = treasury.balance(Account.POINTS_POT)
        today.points_held = treasury.points_held

    def conserve(self) -> None:
        """Check that books balance."""
        check_laws(self)
