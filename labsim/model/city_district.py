"""What streets and district do at the start of a period: visits, money, volunteer teams.

Takes: a city and its communities under way. Gives: levers and money for the period, and books
that balance. Submodels (Y1)-(Y3).
"""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from labsim.behaviour.city import bid_probability, shortage
from labsim.foundations.randomness import Decision, uniform
from labsim.model.city_diffusion import NEVER, secretaries
from labsim.model.city_member import Engine, Member, community_scenarios, compiled, seed_of
from labsim.model.city_sharing import FundBooks, shared
from labsim.model.city_state import COMMUNITY_PERIODS, FUND_PERIODS, members_of
from labsim.model.state import FEN, PERIOD, YEAR
from labsim.scenario.city import City
from labsim.scenario.city_declared import FundRule, Level, TeamRule, VisitRule
from labsim.scenario.levers import LEVERS
from labsim.scenario.phases import Inject, InjectKind
from labsim.scenario.scenario import community_values, lever_table

HUNDREDTHS = 100


class District:
    """A city that is under way.

    Attributes:
        city: what is asked.
        seed: the replication.
        members: the communities.
        street: the street of each, from 0.
        day: the next day to be simulated; the start of a period from day 0 on.
        adopted: the day on which each community adopted each practice, -1 before.
        periods: ``COMMUNITY_PERIODS`` records.
        funds: ``FUND_PERIODS`` records.
        waiting: volunteer acts in teams that have not gone yet, by fund.
        books: of the shared fund.
    """

    def __init__(self, city: City, seed: int, engine: Engine = compiled, threads: int = 2) -> None:
        """Start every community at its first day of burn-in.

        Args:
            city: what is asked.
            seed: the replication; every community has a seed of its own from it.
            engine: how a community is run.
            threads: on how many threads communities are started and simulated.
        """
        self.city, self.seed, self.threads = city, int(seed), threads
        self.day = -city.scenario.burn_in
        self.street = [city.street_of(k) for k in range(city.communities)]
        self.sharing = members_of(self.street, city.level is Level.STREET)
        self.known = secretaries(self.seed, self.street, city.value("ties_street"), city.value("ties_district"))
        many = city.scenario.horizon // PERIOD
        self.periods = np.zeros((many, city.communities), COMMUNITY_PERIODS).view(np.recarray)
        self.funds = np.zeros((many, len(self.sharing)), FUND_PERIODS).view(np.recarray)
        self.adopted = np.full((len(city.practices), city.communities), NEVER, np.int32)
        self.books = FundBooks(len(self.sharing), city.communities)
        self.waiting = [0] * len(self.sharing)
        self._table = lever_table(city.scenario)
        asked = list(enumerate(community_scenarios(city, self.seed)))
        self._people = [int(community_values(scenario)["residents"]) for _, scenario in asked]
        with ThreadPoolExecutor(threads) as pool:
            begun = pool.map(lambda one: engine(one[1], seed_of(self.seed, one[0])), asked)
            self.members: list[Member] = list(begun)

    def share(self, records: list[np.ndarray]) -> None:
        """Split visits, allot money and send teams for the period that begins.

        Args:
            records: ``DAILY`` records of every community so far.
        """
        for fund, communities in enumerate(self.sharing):
            if self.city.visit_rule is not VisitRule.OWN:
                self._split_visits(fund, communities)
            if self.city.value("fund") > 0.0:
                self._allot(fund, communities, records)
            if self.city.team_rule is not TeamRule.HOME:
                self._send_teams(fund, communities)

    def _split_visits(self, fund: int, communities: list[int]) -> None:
        """Split the visits of the departments over communities to the hundredth, (Y1)."""
        now, book = self.periods[self.day // PERIOD], self.funds[self.day // PERIOD, fund]
        weights = {
            VisitRule.COMPLAINTS: [int(now[k].complaints) + 1 for k in communities],
            VisitRule.POPULATION: [self._residents(k) for k in communities],
        }.get(self.city.visit_rule, [1] * len(communities))
        book.capacity = int(HUNDREDTHS * self.city.value("department_visits") * len(communities) + 0.5)
        most = int(HUNDREDTHS * LEVERS["inspection_frequency"].high)
        given = shared(int(book.capacity), weights, [most] * len(communities))
        book.unused = int(book.capacity) - sum(given)
        for k, visits in zip(communities, given, strict=True):
            now[k].visits_allotted = visits
            self._until_next(k, {"inspection_frequency": visits / HUNDREDTHS})

    def _allot(self, fund: int, communities: list[int], records: list[np.ndarray]) -> None:
        """Pay a period's money into the fund and allot it, (Y2)."""
        now, book = self.periods[self.day // PERIOD], self.funds[self.day // PERIOD, fund]
        book.paid_in = int(FEN * self.city.value("fund") * len(communities) * PERIOD / YEAR + 0.5)
        self.books.pay_in(fund, int(book.paid_in))
        for k, amount in zip(communities, self._allotments(fund, communities, records), strict=True):
            self.books.allot(fund, k, amount)
            services = int(amount * self.city.value("fund_services") + 0.5)
            now[k].allotted, now[k].services, now[k].repairs = amount, services, amount - services
            self._give(k, amount - services, services)
        self.books.check(self.day)
        book.held = self.books.held[fund]

    def _allotments(self, fund: int, communities: list[int], records: list[np.ndarray]) -> list[int]:
        now, rule = self.periods[self.day // PERIOD], self.city.fund_rule
        if rule is FundRule.BIDS:
            return self._granted(fund, communities, records)
        weights = [1] * len(communities)
        if rule is FundRule.NEED:
            weights = [int(now[k].backlog) for k in communities]
        elif rule is FundRule.POPULATION:
            weights = [self._residents(k) for k in communities]
        elif rule is FundRule.MERIT:
            lowest = min(int(now[k].mark) for k in communities)
            weights = [int(now[k].mark) - lowest for k in communities]
        return shared(self.books.held[fund], weights, [self._room()] * len(communities))

    def _granted(self, fund: int, communities: list[int], records: list[np.ndarray]) -> list[int]:
        """Let communities bid, and give grants to the best bids while the money lasts."""
        city, period = self.city, self.day // PERIOD
        now, quality = self.periods[period], {}
        for k in communities:
            load = float(records[k]["load"][-1]) if len(records[k]) else 1.0
            chance = bid_probability(city.value("bid_rate"), city.value("bid_load"), load)
            if uniform(self.seed, Decision.CITY_BID, period, k) < chance:
                now[k].bid = 1
                luck = uniform(self.seed, Decision.CITY_BID_QUALITY, period, k)
                quality[k] = int(now[k].mark) / 1000 + city.value("bid_luck") * luck
        grant = min(int(FEN * city.value("grant") + 0.5), self._room())
        winners = sorted(quality, key=lambda k: (-quality[k], k))[: self.books.held[fund] // grant]
        return [grant if k in winners else 0 for k in communities]

    def _room(self) -> int:
        """Return the most that a community can be given in a period, in fen."""
        share = self.city.value("fund_services")
        most = int(FEN * LEVERS["service_budget"].high * PERIOD / YEAR) - self._own_services()
        return int(max(0, most) / share) if share > 0.0 else FEN * 100_000_000

    def _own_services(self) -> int:
        """Return what a community spends on services in this period by its own budget, in fen."""
        row = self.day + PERIOD - 1 + self.city.scenario.burn_in
        return int(FEN * float(self._table["service_budget"][row]) * PERIOD / YEAR + 0.5)

    def _give(self, k: int, repairs: int, services: int) -> None:
        """Put money into the repair fund of a community and into its services."""
        if repairs > 0:
            gift = Inject(day=self.day, kind=InjectKind.FUND_CHANGE, magnitude=repairs / FEN, target=0)
            self.members[k].add_injects(gift)
        if services > 0:
            budget = (self._own_services() + services) * (YEAR // PERIOD) / FEN
            self._until_next(k, {"service_budget": min(budget, LEVERS["service_budget"].high)})

    def _send_teams(self, fund: int, communities: list[int]) -> None:
        """Send the teams that volunteers of the last period made up, (Y3)."""
        period, rule = self.day // PERIOD, self.city.team_rule
        if period == 0:
            for k in communities:
                self.members[k].set_levers({"volunteers_sent": self.city.value("volunteer_pool")}, self.day)
            return
        before, now = self.periods[period - 1], self.periods[period]
        acts = {k: int(before[k].acts) for k in communities}
        weights = [1] * len(communities)
        if rule is TeamRule.TURNOUT:
            weights = [acts[k] for k in communities]
        elif rule is TeamRule.SHORTAGE:
            people = {k: self._residents(k) for k in communities}
            best = max(communities, key=lambda k: (acts[k] / people[k], -k))
            weights = [shortage(acts[k], people[k], acts[best], people[best]) for k in communities]
        most = int(LEVERS["volunteers_received"].high)
        given = shared(self.waiting[fund], weights, [most] * len(communities))
        self.waiting[fund] -= sum(given)
        for k, teams in zip(communities, given, strict=True):
            now[k].received = teams
            self._until_next(k, {"volunteers_received": float(teams)})

    def _until_next(self, k: int, values: dict[str, float]) -> None:
        self.members[k].set_levers(values, self.day, self.day + PERIOD)

    def _residents(self, k: int) -> int:
        return self._people[k]
