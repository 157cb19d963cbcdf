"""The projects module of the Mesa model: the office where projects are proposed, voted on, paid and built.

Takes: the community. Gives: :class:`ProjectOffice`, which leads projects from the proposal to what they change.
Twin of ``modules/projects*``; households and neighbours are next door. Submodels (P1)-(P8).
"""

from collections.abc import Iterator

import numpy as np

from labsim.behaviour import projects as rules
from labsim.behaviour.coordination import load_of
from labsim.behaviour.skills import shifted, usual_skill
from labsim.foundations.arithmetic import exp, fixed, unfixed
from labsim.foundations.randomness import Decision
from labsim.model.columns import Account, Clock
from labsim.model.kernels.recording import BREACHES
from labsim.model.mesa.base import Actor, Community
from labsim.model.mesa.modules import ModuleAgent
from labsim.model.mesa.projects_block import Neighbourhood, Record
from labsim.model.mesa.projects_site import Site
from labsim.model.modules.projects_state import KINDS, MILLION, PROJECTS_DAILY, Kind, Origin, ProjectStage
from labsim.model.modules.states import Module
from labsim.model.state import FEN, PERIOD, YEAR, Activity
from labsim.model.trajectory import ConservationError
from labsim.population.residents import ItemClass

A_YEAR = 364 * MILLION
OUTSIDE = (Activity.VOLUNTEER, Activity.MEETING, Activity.PATROL)


class ProjectBooks(Actor):
    """The books of the office: counts, money, and the laws that they must keep.

    Attributes:
        blocks: neighbourhoods, with the sites of their projects.
        counts: projects proposed, voted down, given up and done so far.
        money: fen put in, spent, refunded so far, matched this year, and in the pot for voted projects.
        mine: the record of the day.
    """

    def __init__(self, model: Community) -> None:
        """Open the books."""
        super().__init__(model)
        self.blocks: list[Neighbourhood] = []
        self.counts = dict.fromkeys(("proposed", "down", "given_up", "done"), 0)
        self.money = dict.fromkeys(("in", "spent", "refunded", "matched", "pot"), 0)
        self.mine: Record = {}
        self.rows: list[tuple[float, ...]] = []

    @property
    def sites(self) -> Iterator[Site]:
        """Yield the sites of all projects, block by block."""
        for block in self.blocks:
            yield from block.sites

    def put_in(self, amount: int, source: Account = Account.GOVERNMENT) -> None:
        """Move public or social money to projects."""
        self.model.treasury.transfer(source, Account.PROJECT_FUND, amount)
        self.money["in"] += amount
        self.today.service_spent += amount
        self.mine["social_in" if source == Account.SPONSORS else "public_in"] += amount

    def spend(self, amount: int) -> None:
        """Pay builders."""
        self.model.treasury.transfer(Account.PROJECT_FUND, Account.SUPPLIERS, amount)
        self.money["spent"] += amount
        self.mine["spent"] += amount

    def fill_pot(self) -> None:
        """Pay a period's share of public and social money for voted projects; a new year has a new match."""
        if self.model.day % YEAR == 0:
            self.money["matched"] = 0
        if self.model.end_of_period:
            for lever, source in (("project_budget", Account.GOVERNMENT), ("social_money", Account.SPONSORS)):
                amount = int(FEN * getattr(self.policy, lever) * PERIOD / YEAR + 0.5)
                self.put_in(amount, source)
                self.money["pot"] += amount

    def pay_next(self) -> bool:
        """Pay the first project in line that the pot can pay; say whether there was one."""
        line = sorted((s for s in self.sites if s.stage == ProjectStage.MONEY), key=lambda site: site.number)
        site = next((s for s in line if s.cost - s.granted <= self.money["pot"]), None)
        if site is None:
            return False
        granted = site.granted
        self.put_in(granted)
        self.money["pot"] -= site.cost - granted
        site.held = site.cost
        site.next = self.model.day + 1.0
        site.seek_permits()
        return True

    def count_limited(self) -> None:
        """Count who is not steady on their feet, and who of them took part outside the home within a year."""
        for block in self.blocks:
            free = not any(block.sites[kind].level for kind in (Kind.LIFT, Kind.RAMP))
            for home in block.neighbours:
                if home.limited:
                    out = max(home.who.last_act[activity] for activity in OUTSIDE) > self.model.day - YEAR
                    self.mine["limited"] += 1
                    self.mine["limited_out"] += out
                    self.mine["limited_free"] += free
                    self.mine["limited_free_out"] += out and free

    def write_down(self) -> None:
        """Record what is under way and held."""
        mine = self.mine
        mine["under_way"] = sum(not site.is_free for site in self.sites)
        mine["waiting_money"] = sum(site.stage == ProjectStage.MONEY for site in self.sites)
        mine["held"] = self.money["pot"] + sum(site.held for site in self.sites)

    def check(self) -> None:
        """Check the laws of the module.

        Raises:
            ConservationError: projects, money or contributions do not balance.
        """
        counts, money, held = self.counts, self.money, int(self.mine["held"])
        ended = counts["down"] + counts["given_up"] + counts["done"]
        off = abs(money["in"] - money["spent"] - money["refunded"] - held)
        off += abs(held - self.model.treasury.balance(Account.PROJECT_FUND))
        paid = sum(len(home.paid) for block in self.blocks for home in block.neighbours)
        laws = {
            26: counts["proposed"] - ended - int(self.mine["under_way"]),
            27: off,
            28: sum(site.pledges for site in self.sites) - paid,
        }
        for law, amount in laws.items():
            if amount != 0:
                raise ConservationError(self.model.day, BREACHES[law], amount)


class ProjectOffice(ProjectBooks, ModuleAgent):
    """The office for projects.

    Attributes:
        ballot: sites that will be voted on, in order of support.
        due: millionths of a project of each programme, and last of a vote, times days of a year.
    """

    model: Community

    def __init__(self, model: Community) -> None:
        """Open the office; needs are drawn on the first morning."""
        super().__init__(model)
        self.ballot: list[Site] = []
        self.vote_day = -MILLION
        self.due = [A_YEAR] * (KINDS + 1)
        self.offers = False

    def records(self) -> np.ndarray:
        """Return the daily records of the module so far."""
        return np.array(self.rows, PROJECTS_DAILY)

    # -- morning --------------------------------------------------------------------------------

    def morning(self) -> None:
        """Take the core's co-funded projects over, book yesterday's work, and avert faults without a cause."""
        policy = self.policy
        hours = self.mine.get("hours", 0.0)
        self.mine = dict.fromkeys(PROJECTS_DAILY.names or (), 0.0)
        self.mine["day"] = self.model.day
        if not self.blocks:
            self.blocks = [Neighbourhood(self, b, people) for b, people in enumerate(self.model.blocks)]
            self.get_used()
        else:
            policy.admin_load += load_of(hours, self.world.base_load)
        self.offers = policy.cofunding > 0.0
        policy.cofunding = 0.0
        if any(site.relieves for site in self.sites):
            self.avert_faults()

    def get_used(self) -> None:
        """Count barriers of the first day as part of what the core's utilities stand for, by age group."""
        for age in range(3):
            same = [home for block in self.blocks for home in block.neighbours if home.who.age == age]
            if same:
                odds = unfixed(sum(fixed(exp(-home.barrier)) for home in same)) / len(same)
                for home in same:
                    home.usual = rules.usual_barrier(odds)
        for block in self.blocks:
            block.feel_barriers()

    def avert_faults(self) -> None:
        """Let arrivals of today not happen whose cause a project has removed, (P8)."""
        events, tomorrow = self.model.events, self.model.day + 1.0
        for item in self.model.items:
            if item.item_class == ItemClass.CAPITAL or events.time_of(Clock.FAULT, item.row) >= tomorrow:
                continue
            litter = item.item_class == ItemClass.ENVIRONMENT
            share = self.world.parking_faults if litter else self.world.wear_faults
            site = self.blocks[item.block].sites[Kind.PARKING if litter else Kind.ROAD]
            relief = rules.relieved(site.at_start, site.need(float(self.model.day)))
            while (when := events.time_of(Clock.FAULT, item.row)) < tomorrow:
                if not rules.averted(share, relief, item.luck(Decision.PROJECT_CAUSE, item.faults, item.id)):
                    break
                item.faults += 1
                item.expect_fault(when)
                self.mine["averted"] += 1

    # -- evening --------------------------------------------------------------------------------

    def evening(self) -> None:
        """Propose, vote, pay, permit, build; residents decide from day 0 on."""
        model, policy = self.model, self.policy
        if model.day >= 0:
            self.fill_pot()
            self.start_programmes()
            if self.offers and model.end_of_period:
                for block in self.blocks:
                    block.consider_renovation()
            if self.vote_day == model.day:
                self.hold_vote()
            if self.vote_day <= model.day and self.is_due(KINDS, policy.project_votes):
                self.call_for_suggestions()
            while self.pay_next():
                pass
            for site in self.sites:
                site.live(model.day + 1.0)
            if model.end_of_period:
                self.count_limited()
        self.write_down()
        self.check()
        self.rows.append(tuple(self.mine[name] for name in PROJECTS_DAILY.names or ()))

    def is_due(self, which: int, a_year: float) -> bool:
        """Return whether one of so many a year is due; the first one is at once."""
        if a_year <= 0.0:
            return False
        if self.due[which] < A_YEAR:
            self.due[which] += int(MILLION * a_year + 0.5)
        if self.due[which] < A_YEAR:
            return False
        self.due[which] -= A_YEAR
        return True

    def start_programmes(self) -> None:
        """Start projects that somebody has decided, where need or habit says, (P2)."""
        policy = self.policy
        rates = {
            Kind.LIFT: policy.lift_projects, Kind.RAMP: policy.ramp_projects,
            Kind.PARKING: policy.parking_spaces / rules.SPACES, Kind.ROAD: 0.0, Kind.GARDEN: policy.micro_projects,
        }  # fmt: skip
        for kind, rate in rates.items():
            if self.is_due(kind, rate):
                site = self.choose(kind)
                if site is not None:
                    site.propose(Origin.PROGRAMME)
                    if kind == Kind.PARKING:
                        self.due[kind] += rules.left_over(site.spaces, A_YEAR)

    def choose(self, kind: Kind) -> Site | None:
        """Return where the next project of a programme goes."""
        day = self.model.day
        wanting = [block.sites[kind] for block in self.blocks]
        wanting = [site for site in wanting if site.is_free and site.need(float(day)) > 0.0]
        needs = {site: float(site.block.limited) if kind <= Kind.RAMP else site.need(float(day)) for site in wanting}
        highest = max(needs.values(), default=0.0)

        def rank(site: Site) -> float:
            luck = self.luck(Decision.PROJECT_CHOICE, day, site.slot)
            return rules.preference(needs[site], highest, self.policy.demand_weight, luck)

        return max(wanting, key=rank, default=None)

    def call_for_suggestions(self) -> None:
        """Collect suggestions and put those with most support on the ballot."""
        for site in self.sites:
            site.suggested = 0
        for resident in self.model.people:
            self.blocks[resident.block].neighbour[resident.id].be_called()
        self.vote_day = self.model.day + PERIOD
        supported = [site for site in self.sites if site.is_free and site.suggested > 0]
        supported.sort(key=lambda site: -site.suggested)
        self.ballot = supported[: int(self.policy.ballot_projects)]
        for site in self.ballot:
            site.propose(Origin.BALLOT)

    def hold_vote(self) -> None:
        """Let residents vote on the ballot; what enough of them want waits for money, (P3)."""
        mine = self.mine
        mine["on_ballot"] = len(self.ballot)
        for resident in self.model.people:
            self.blocks[resident.block].neighbour[resident.id].vote(self.ballot)
        for site in self.ballot:
            mine["votes"] += site.votes
            mine["yes"] += site.yes
            if site.yes > self.policy.vote_threshold * site.votes:
                site.stage = ProjectStage.MONEY
                mine["passed"] += 1
            else:
                mine["voted_down"] += 1
                self.counts["down"] += 1
                site.end(0.0, self.model.day + 1.0)
        self.ballot = []

    def misread_chance(self) -> float:
        """Return the chance that policy is misread, with the staff there was yesterday, (P7)."""
        world = self.world
        bare = world.policy_error
        workforce = self.model.modules.get(Module.WORKFORCE)
        if workforce is not None and self.rows:
            usual = usual_skill(world.skill_newcomer, world.skill_practice, world.practice_rate, world.tenure_start)
            bare = shifted(bare, world.error_skill, float(workforce.records()["policy"][-1]), usual)
        return rules.misread_probability(bare, self.policy.policy_briefing, world.briefing_effect)
