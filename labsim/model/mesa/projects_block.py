"""Blocks and residents in the eyes of the projects module of the Mesa model.

Takes: the residents of a block. Gives: :class:`Neighbourhood`, whose households propose, pay and object, and
:class:`Neighbour`, who makes suggestions, votes and finds the way out or not. Submodels (P1)-(P4) and (P6).
"""

from typing import TYPE_CHECKING

from labsim.behaviour import projects as rules
from labsim.foundations.arithmetic import fixed, unfixed
from labsim.foundations.randomness import Decision
from labsim.model.columns import Account
from labsim.model.mesa.base import Actor
from labsim.model.mesa.people import ResidentAgent
from labsim.model.mesa.projects_site import PUBLIC, ROUNDS, Site
from labsim.model.modules.projects_state import KINDS, Kind, Origin
from labsim.population.residents import Age

if TYPE_CHECKING:
    from labsim.model.mesa.projects import ProjectOffice

Record = dict[str, float]
VISIT_HOURS = 1.0  # assumption: a visit to a household at home


class Neighbour(Actor):
    """A resident, as far as projects are concerned.

    Attributes:
        who: the resident.
        limited: not steady on their feet.
        stairs: floor of the household as a share of the height.
        usual: barrier that the core's parameters hold already.
        asked: kinds of project suggested for the own block and not answered yet.
        paid: kinds of project for which the household has paid.
    """

    def __init__(self, block: "Neighbourhood", who: ResidentAgent, stairs: float) -> None:
        """Draw whether they are steady on their feet."""
        super().__init__(block.model)
        self.block, self.who, self.stairs = block, who, stairs
        share = self.world.limited_older if who.age == Age.OLDER else self.world.limited_others
        self.limited = self.luck(Decision.PROJECT_LIMITED, 0, who.id) < share
        self.usual = 0.0
        self.asked: set[Kind] = set()
        self.paid: set[Kind] = set()

    @property
    def barrier(self) -> float:
        """What keeps them from going out, in logits."""
        sites, world = self.block.sites, self.world
        stairs = self.stairs if sites[Kind.LIFT].level > 0.0 else 0.0
        steps = sites[Kind.RAMP].level > 0.0
        return rules.way_out(self.limited, steps, stairs, world.entrance_barrier, world.stairs_barrier)

    def _is_reached(self) -> bool:
        luck = self.luck(Decision.PROJECT_REACHED, self.model.day, self.who.id)
        return rules.is_reached(self.policy.vote_online > 0.0, self.who.online, self.world.offline_reach, luck)

    def _speaks(self, bias: float) -> float:
        return rules.speaking_probability(bias, self.world.efficacy_weight, self.who.efficacy)

    def be_called(self) -> None:
        """Be disappointed by suggestions without an answer, and perhaps make another one, (P3)."""
        for kind in sorted(self.asked):
            if self.block.sites[kind].is_free:
                self.asked.discard(kind)
                self.who.hear_back(0.0, float(self.model.day))
        if not self._is_reached():
            return
        chance = self._speaks(self.world.suggestion_bias)
        luck = self.luck(Decision.PROJECT_SUGGEST, self.model.day, self.who.id)
        if luck < chance:
            self._suggest(luck / chance)

    def _suggest(self, luck: float) -> None:
        """Suggest what the own block needs, in proportion to how much the own group wants it."""
        free = [self.block.sites[kind] for kind in PUBLIC if self.block.sites[kind].is_free]
        total = 0.0
        for site in free:
            total += site.wish(self.who.age)
        left = luck * total
        for site in free:
            wish = site.wish(self.who.age)
            if left < wish:
                self.asked.add(site.kind)
                site.suggested += 1
                self.block.office.mine["suggestions"] += 1
                return
            left -= wish

    def vote(self, ballot: list[Site]) -> None:
        """Vote, if the vote reaches them and they care to, (P3)."""
        world, who = self.world, self.who
        turnout = self._speaks(world.turnout_bias)
        if self.luck(Decision.PROJECT_TURNOUT, self.model.day, who.id) >= turnout or not self._is_reached():
            return
        office = self.block.office
        office.mine["voters"] += 1
        for site in ballot:
            need, own = world.approval_need * site.wish(who.age), site.block is self.block
            chance = rules.approval_probability(world.approval_bias, site.plan(), need, own, world.approval_others)
            address = who.id * KINDS * len(office.blocks) + site.slot
            site.votes += 1
            site.yes += self.luck(Decision.PROJECT_YES, site.attempts, address) < chance


class Neighbourhood(Actor):
    """A block: its households, its needs.

    Attributes:
        office: the office for projects.
        number: of the block.
        neighbours: residents, by id.
        neighbour: the same by id.
        heads: those who decide for a household.
        sites: one for each kind of project.
        limited: residents who are not steady on their feet.
        households_with_limited: households in which one of them lives.
    """

    def __init__(self, office: "ProjectOffice", number: int, people: list[ResidentAgent]) -> None:
        """Meet the residents, and see what the block needs."""
        super().__init__(office.model)
        self.office, self.number = office, number
        self.neighbours: list[Neighbour] = []
        homes: list[list[Neighbour]] = []
        stairs = 0.0
        for who in people:
            if who.head:
                stairs = who.luck(Decision.PROJECT_FLOOR, 0, who.id)
            if who.head or not homes:
                homes.append([])
            self.neighbours.append(Neighbour(self, who, stairs))
            homes[-1].append(self.neighbours[-1])
        self.neighbour = {home.who.id: home for home in self.neighbours}
        self.heads = [home for home in self.neighbours if home.who.head]
        self.households = len(self.heads)
        self.limited = sum(home.limited for home in self.neighbours)
        self.households_with_limited = sum(any(one.limited for one in home) for home in homes)
        self.sites = [Site(self, kind) for kind in Kind]

    def feel_barriers(self) -> None:
        """Let residents feel what keeps them in, against what the core's parameters hold already."""
        for home in self.neighbours:
            home.who.barrier = home.barrier - home.usual

    def consider_renovation(self) -> None:
        """Perhaps propose to share the cost of a renovation, (P2)."""
        site, world, day = self.sites[Kind.ROAD], self.world, self.model.day
        if not self.heads or not site.is_free:
            return
        belief = unfixed(sum(fixed(home.who.efficacy) for home in self.heads)) / self.households
        chance = rules.proposing_probability(world.proposal_rate, site.need(float(day)), world.efficacy_weight, belief)
        if self.luck(Decision.PROJECT_PROPOSE, day, site.slot) < chance:
            site.propose(Origin.RESIDENTS)

    def ask_households(self, site: Site) -> None:
        """Ask every household that has not paid yet, all at once, (P4)."""
        world, mine = self.world, self.office.mine
        social = world.contact_influence * (site.pledges / self.households)
        wear = site.need(site.next)
        for home in self.heads:
            if site.kind in home.paid:
                continue
            benefit = world.benefit_weight * ((home.stairs if site.kind == Kind.LIFT else wear) - 0.5)
            voice = world.efficacy_weight * (home.who.efficacy - 0.5)
            chance = rules.paying_probability(world.alpha_fund, voice, social, benefit, world.price_weight, site.price)
            mine["asked"] += 1
            step = site.attempts * ROUNDS + site.rounds
            if self.luck(Decision.PROJECT_JOIN, step, home.who.id * KINDS + site.kind) < chance:
                home.paid.add(site.kind)
                site.pledges += 1
                site.held += site.price
                self.model.treasury.transfer(Account.RESIDENTS, Account.PROJECT_FUND, site.price)
                self.office.money["in"] += site.price
                mine["joined"] += 1
                mine["paid_in"] += site.price

    def object_to(self, site: Site) -> int:
        """Return how many households stop the work by a petition, (P6)."""
        policy, world, mine = self.policy, self.world, self.office.mine
        mine["hours"] += VISIT_HOURS * policy.household_visits * self.households
        stopped = 0
        for home in self.heads:
            address = home.who.id * KINDS + site.kind
            if self.luck(Decision.PROJECT_CONFLICT, site.attempts, address) < world.conflict_rate:
                mine["conflicts"] += 1
                calmed = policy.household_visits * world.visit_settles
                settled = self.luck(Decision.PROJECT_SETTLED, site.attempts, address) < calmed
                mine["settled"] += settled
                stopped += not settled
        mine["petitions"] += stopped
        return stopped
