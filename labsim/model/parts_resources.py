"""Staff, services and co-funded projects alone; the best split of a budget.

Takes: a specification. Gives: posts, coverage and projects from the same kernels as any
run, submodels (15)-(17) and (19), and the optimum that services can be compared with.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from labsim.model.parts import NEVER_ACTS, Alone, Place, start_alone
from labsim.model.state import PERIOD
from labsim.scenario.world import AGES


@dataclass(frozen=True)
class StaffAlone:
    """Workers who quit and are replaced.

    Attributes:
        posts: how many.
        quit_rate: hazard per year at a load up to 1 and equal pay.
        vacancy_days: mean time to fill a vacancy.
        base_load: hours of work a day.
        quit_load: effect of load above 1 on the log hazard.
        pay_gap: pay below neighbours, share.
        quit_pay: effect of the pay gap on the log hazard.
        days: length.
        burn_in: days before day 0.
    """

    posts: int = 12
    quit_rate: float = 0.08
    vacancy_days: float = 60.0
    base_load: float = 0.0
    quit_load: float = 0.0
    pay_gap: float = 0.0
    quit_pay: float = 0.0
    days: int = 3640
    burn_in: int = 728


@dataclass(frozen=True)
class StaffResult:
    """Posts day by day, shape [days]: workers present, who quit, who were hired, load and speed."""

    present: NDArray[np.int32]
    quits: NDArray[np.int32]
    hires: NDArray[np.int32]
    load: NDArray[np.float64]
    speed: NDArray[np.float64]
    posts: int

    @property
    def vacant_share(self) -> float:
        """Return the mean share of posts that are vacant."""
        return 1.0 - float(self.present.mean()) / self.posts


def staff(part: StaffAlone, seed: int = 0) -> StaffResult:
    """Let workers quit and be replaced.

    >>> staff(StaffAlone(quit_rate=0.0, days=28)).vacant_share
    0.0
    """
    world = {
        "quit_rate": part.quit_rate, "vacancy_days": part.vacancy_days, "base_load": part.base_load,
        "quit_load": part.quit_load, "quit_pay": part.quit_pay,
    }  # fmt: skip
    levers = {"staff": float(part.posts), "pay_gap": part.pay_gap}
    run = start_alone(Alone(world=world, levers=levers, days=part.days, burn_in=part.burn_in), seed).advance()
    daily = run.trajectory().programme
    return StaffResult(
        daily["staff_present"], daily["quits"], daily["hires"], daily["load"], daily["speed"], part.posts
    )


@dataclass(frozen=True)
class ServicesAlone:
    """Money for three services: care, culture, environment.

    Attributes:
        residents: per age group.
        need_care: care as a share of the need of each age group.
        need_culture: culture likewise; the rest is for the environment.
        care_share: care as a share of the budget by habit.
        culture_share: culture likewise.
        demand_weight: how far measured need replaces habit.
        budget: yuan a year.
        need_cost: yuan a year that meet one resident's needs.
        saturation: kappa.
        volunteer_value: yuan that one weekly volunteer act is worth; with it everybody
            volunteers every week.
    """

    residents: tuple[int, int, int] = (100, 100, 100)
    need_care: tuple[float, float, float] = (1.0, 0.0, 0.0)
    need_culture: tuple[float, float, float] = (0.0, 1.0, 0.0)
    care_share: float = 0.2
    culture_share: float = 0.3
    demand_weight: float = 0.0
    budget: float = 50_000.0
    need_cost: float = 200.0
    saturation: float = 1.2
    volunteer_value: float = 0.0


def services(part: ServicesAlone, seed: int = 0) -> NDArray[np.float64]:
    """Return the service index of each age group, its need-weighted coverage, shape [3].

    When each age group needs one service only (the default), these are the coverages of
    care, culture and environment. An empty age group gets NaN.

    >>> bool((services(ServicesAlone(budget=0.0)) == 0.0).all())
    True
    """
    world = {
        "need_cost": part.need_cost, "saturation": part.saturation, "volunteer_value": part.volunteer_value,
        "score_service": 1.0, "score_problem": 0.0, "score_efficacy": 0.0,
    }  # fmt: skip
    for g, name in enumerate(AGES):
        world |= {f"need_care_{name}": part.need_care[g], f"need_culture_{name}": part.need_culture[g]}
        world |= {f"alpha_volunteer_{name}": -NEVER_ACTS if part.volunteer_value else NEVER_ACTS}
    levers = {
        "service_budget": part.budget, "care_share": part.care_share, "culture_share": part.culture_share,
        "demand_weight": part.demand_weight,
    }  # fmt: skip
    run = start_alone(Alone(Place(part.residents), world, levers, days=PERIOD), seed).advance()
    age, score = run.setup.residents.age, run.state.people.score
    return np.array([score[age == g].mean() / 100.0 if (age == g).any() else np.nan for g in range(3)])


def optimal_shares(supply: float, effect: ArrayLike, weight: ArrayLike) -> NDArray[np.float64]:
    """Return the supplies that maximise the sum of ``weight * (1 - exp(-effect * x))``.

    Water-filling (Karush-Kuhn-Tucker): ``x_k = ln(w_k a_k / nu)+ / a_k`` with nu such that the
    supplies sum to what there is. Services compete with ``effect = saturation / (need * cost)``.

    Args:
        supply: what there is to share, positive.
        effect: a_k, positive.
        weight: w_k, positive.

    >>> optimal_shares(3.0, [1.0, 1.0, 1.0], [1.0, 1.0, 1.0]).tolist()
    [1.0, 1.0, 1.0]
    """
    a, w = np.asarray(effect, float), np.asarray(weight, float)
    level = np.log(w * a)
    order = np.argsort(-level)
    log_nu = -np.inf
    for count in range(1, len(a) + 1):
        served = order[:count]
        log_nu = ((level[served] / a[served]).sum() - supply) / (1.0 / a[served]).sum()
        if count == len(a) or log_nu >= level[order[count]]:
            break
    supplies: NDArray[np.float64] = np.maximum(level - log_nu, 0.0) / a
    return supplies


@dataclass(frozen=True)
class CofundingAlone:
    """A project offered again and again to households.

    Attributes:
        households: how many.
        alpha: utility of joining.
        contribution: yuan of a household that joins.
        cost: yuan that the project costs.
        match_ratio: yuan added for each yuan of residents, up to the gap.
        match_threshold: own share of the cost needed for the match.
        contact_influence: J.
        network: as in ``parts.Place``.
        offers: how often it is offered.
        world: further world values over the silent ones.
    """

    households: int = 100
    alpha: float = 0.0
    contribution: float = 500.0
    cost: float = 20_000.0
    match_ratio: float = 0.0
    match_threshold: float = 0.3
    contact_influence: float = 0.0
    network: object = "none"
    offers: int = 100
    world: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class CofundingResult:
    """Yuan of each offer, shape [offers]: raised, matched, spent and given back."""

    raised: NDArray[np.float64]
    matched: NDArray[np.float64]
    spent: NDArray[np.float64]
    refunded: NDArray[np.float64]

    @property
    def built(self) -> NDArray[np.bool_]:
        """Return which offers went ahead."""
        return self.spent > 0.0


def cofunding(part: CofundingAlone, seed: int = 0) -> CofundingResult:
    """Offer the project; offers are 84 days apart.

    >>> result = cofunding(CofundingAlone(alpha=50.0, offers=2))
    >>> result.raised.tolist(), result.refunded.tolist()
    ([50000.0, 50000.0], [30000.0, 30000.0])
    """
    world = {"alpha_fund": part.alpha, "contact_influence": part.contact_influence}
    levers = {
        "cofunding": 1.0, "cofunding_contribution": part.contribution, "cofunding_cost": part.cost,
        "match_ratio": part.match_ratio, "match_threshold": part.match_threshold,
    }  # fmt: skip
    place = Place(part.households, part.network)
    alone = Alone(place, world | dict(part.world), levers, days=3 * PERIOD * part.offers)
    daily = start_alone(alone, seed).advance().trajectory().programme[:: 3 * PERIOD]
    names = ("project_raised", "project_matched", "project_spent", "project_refunded")
    raised, matched, spent, refunded = (daily[name] / 100.0 for name in names)
    return CofundingResult(raised, matched, spent, refunded)
