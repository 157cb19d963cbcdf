"""Community workers and the treasury.

Takes: the load of the day; levers. Gives: workers who leave and come; money and points
that move and are never made or lost. Submodels (6), (15)-(17) and (19).
"""

from labsim.behaviour.allocation import matched_money, service_coverage, service_share
from labsim.foundations.randomness import Decision
from labsim.model.columns import Account
from labsim.model.mesa.base import Actor, Community
from labsim.model.state import FEN, PERIOD, YEAR
from labsim.scenario.world import AGES

SERVICES = 3  # care, culture, environment


def fen(yuan: float) -> int:
    """Return an amount in fen, rounded half up."""
    return int(FEN * yuan + 0.5)


class StaffAgent(Actor):
    """A post of a community worker, and whoever holds it.

    Attributes:
        number: of the post.
        exists: whether the post is in the establishment.
        present: whether somebody holds it.
        vacancies: how often it has been vacant.
        filled_at: when a vacancy is filled.
    """

    def __init__(self, model: Community, number: int) -> None:
        """Create a post that does not exist yet."""
        super().__init__(model)
        self.number = number
        self.exists = False
        self.present = False
        self.vacancies = 0
        self.filled_at = 0.0

    def arrive(self) -> None:
        """Hold the post."""
        self.exists = self.present = True

    def follow_establishment(self) -> None:
        """Create or abolish the post as the lever says, and fill a vacancy that has run its time."""
        day = self.model.day
        if self.number >= self.policy.staff:
            self.exists = self.present = False
        elif not self.exists:
            self.exists = True
            self._be_vacant(day)
        if self.exists and not self.present and self.filled_at <= day:
            self.present = True
            self.today.hires += 1

    def _be_vacant(self, now: float) -> None:
        self.present = False
        self.vacancies += 1
        luck = self.patience(Decision.VACANCY_TIME, self.vacancies, self.number)
        self.filled_at = now + self.world.vacancy_days * luck

    def leave(self, now: float) -> None:
        """Quit."""
        self._be_vacant(now)
        self.today.quits += 1

    def consider_quitting(self, chance: float) -> None:
        """Quit with a chance, submodel (16)."""
        if self.present and self.luck(Decision.QUIT, self.model.day, self.number) < chance:
            self.leave(self.model.day + 1.0)


class TreasuryAgent(Actor):
    """The accounts of the community, in fen, and the points scheme, in hundredths.

    Attributes:
        accounts: by :class:`Account`; their sum is always 0.
        scheme_launched: whether the points scheme has started.
        points_issued: since the launch.
        points_redeemed: since the launch.
        project_value: what finished projects are worth to the environment, yuan a year.
    """

    def __init__(self, model: Community) -> None:
        """Open the accounts, empty."""
        super().__init__(model)
        self.accounts = [0] * len(Account)
        self.scheme_launched = False
        self.points_issued = 0
        self.points_redeemed = 0
        self.project_value = 0.0

    def balance(self, account: Account) -> int:
        """Return what an account holds."""
        return self.accounts[account]

    def transfer(self, source: Account, target: Account, amount: int) -> None:
        """Move money from one account to another."""
        self.accounts[source] -= amount
        self.accounts[target] += amount

    # -- repair money and services: submodels (13) and (17) -----------------------------------

    def release(self) -> None:
        """Pay a period's share of yearly budgets: repair money in, services bought."""
        self.fund_repairs(int(FEN * self.policy.repair_budget * PERIOD / YEAR + 0.5))
        amount = int(FEN * self.policy.service_budget * PERIOD / YEAR + 0.5)
        self.transfer(Account.GOVERNMENT, Account.SERVICE_FUND, amount)
        self.transfer(Account.SERVICE_FUND, Account.SUPPLIERS, amount)
        self.today.service_spent += amount

    def fund_repairs(self, amount: int) -> None:
        """Put money into the repair fund, or take it out."""
        self.transfer(Account.GOVERNMENT, Account.REPAIR_FUND, amount)
        self.today.repair_in += amount

    def pay_repair(self, amount: int) -> None:
        """Pay for a repair."""
        self.transfer(Account.REPAIR_FUND, Account.SUPPLIERS, amount)
        self.today.repair_spent += amount

    def coverage(self, service: int) -> float:
        """Return how far a service covers its need, submodel (17).

        Args:
            service: 0 care, 1 culture, 2 environment.
        """
        world, policy = self.world, self.policy
        needs = [0.0] * SERVICES
        all_needs = 0.0
        for k in range(SERVICES):
            for age in range(len(AGES)):
                part = self.model.residents_by_age[age] * self.model.need[k][age]
                needs[k] += part
                all_needs += part
        habits = (policy.care_share, policy.culture_share, 1.0 - policy.care_share - policy.culture_share)
        share = service_share(habits[service], needs[service] / all_needs, policy.demand_weight)
        acts = sum(day.act_volunteer for day in self.model.recent(PERIOD))
        worked = acts * (1.0 - policy.volunteers_sent) + policy.volunteers_received
        supply = share * (policy.service_budget + worked * (YEAR / PERIOD) * world.volunteer_value)
        if service == 2:
            supply = supply + self.project_value
        return service_coverage(world.saturation, supply, needs[service] * world.need_cost)

    # -- points: submodel (6) ----------------------------------------------------------------

    @property
    def points_held(self) -> int:
        """Points that residents hold according to the books."""
        return self.points_issued - self.points_redeemed

    def fund_pot(self, amount: int) -> None:
        """Put money into the pot of the points scheme, or take it out."""
        self.transfer(Account.GOVERNMENT, Account.POINTS_POT, amount)
        self.today.pot_in += amount

    def issue_points(self, amount: int) -> None:
        """Book points that somebody has earned."""
        self.points_issued += amount
        self.today.points_issued += amount

    def redeem_points(self, amount: int) -> None:
        """Pay for points that somebody redeems: a point is a yuan."""
        self.transfer(Account.POINTS_POT, Account.RESIDENTS, amount)
        self.points_redeemed += amount
        self.today.points_redeemed += amount
        self.today.pot_paid += amount

    # -- co-funded project: submodel (19) -----------------------------------------------------

    def collect_for_project(self, households: int) -> None:
        """Collect contributions, add the match, and build the project or pay back."""
        policy, today = self.policy, self.today
        cost = fen(policy.cofunding_cost)
        raised = households * fen(policy.cofunding_contribution)
        match = matched_money(raised, cost, policy.match_ratio, policy.match_threshold)
        self.transfer(Account.RESIDENTS, Account.ESCROW, raised)
        today.project_raised += raised
        refund = raised
        if raised + match >= cost:
            self.transfer(Account.GOVERNMENT, Account.ESCROW, match)
            self.transfer(Account.ESCROW, Account.SUPPLIERS, cost)
            today.project_matched += match
            today.project_spent += cost
            refund = raised + match - cost
            self.project_value += cost / FEN / self.world.project_life
        self.transfer(Account.ESCROW, Account.RESIDENTS, refund)
        today.project_refunded += refund
