"""What one resident does: take part or not, and what they learn from it.

Takes: scalars of one resident. Gives: utilities, probabilities and updated states.
Submodels (1)-(7) and (19) of ``docs/model.md``.
"""

from typing import NamedTuple

from labsim.foundations.arithmetic import log, logistic
from labsim.foundations.compiled import rule


class Terms(NamedTuple):
    """Weights that an activity has for everybody on a day; logits unless said otherwise."""

    taste: float  # per unit of personal taste
    habit: float  # per unit of habit
    contacts: float  # when all contacts take part
    voice: float  # per unit of efficacy above one half
    barrier: float  # for migrants
    crowding: float  # per unit of crowding-out
    open_to_all: float  # recognition
    online: float  # for those with digital access
    points: float  # reward in points when fully believed
    cash: float  # reward in cash or kind
    cash_low_income: float  # the same for low-income residents


@rule
def reward_utility(weight: float, value: float, cost: float) -> float:
    """Return what a reward adds to the utility of an act.

    The value of money falls at the margin and counts relative to the effort
    (Kahneman & Tversky 1979).

    Args:
        weight: reward weight (logit).
        value: yuan promised for the act.
        cost: effort cost of the act in yuan.
    """
    return weight * log(1.0 + value / cost)


@rule
def participation_utility(
    alpha: float,
    terms: Terms,
    migrant: int,
    digital: bool,
    low_income: int,
    taste: float,
    habit: float,
    contacts: float,
    efficacy: float,
    credibility: float,
    crowding: float,
) -> float:
    """Return the systematic utility of an act, submodel (1).

    Random utility with social interactions: McFadden 1974, Brock & Durlauf 2001. Points
    count as far as their promise is believed; cash is certain.

    Args:
        alpha: base utility of the activity in the age group.
        terms: weights of the activity today.
        migrant: 1 for the floating population.
        digital: with digital access.
        low_income: 1 with a low income.
        taste: personal taste, standard normal.
        habit: 0 to 1.
        contacts: share of contacts whose last decision was to act.
        efficacy: 0 to 1.
        credibility: of points, 0 to 1.
        crowding: crowding-out, 0 or more.
    """
    utility = alpha - terms.barrier * migrant + terms.taste * taste + terms.habit * habit
    utility = utility + terms.contacts * contacts + terms.voice * (efficacy - 0.5)
    utility = utility + terms.open_to_all + (terms.online if digital else 0.0)
    utility = utility + credibility * terms.points + (terms.cash_low_income if low_income == 1 else terms.cash)
    return utility - terms.crowding * crowding


@rule
def participation_probability(utility: float) -> float:
    """Return the chance to act, submodel (2)."""
    return logistic(utility)


@rule
def delta_rule(old: float, rate: float, target: float) -> float:
    """Move a belief or habit part of the way to what was experienced.

    Rescorla & Wagner 1972 for efficacy (4) and credibility (6), exponential smoothing for
    habit (3) and crowding-out (7), DeGroot 1974 for social learning (5).
    """
    return old + rate * (target - old)


@rule
def crowding_target(strength: float, acted: bool, credibility: float, scheme_on: bool) -> float:
    """Return where crowding-out heads, submodel (7): only a believed payment crowds out."""
    return strength if acted and scheme_on and credibility > 0.3 else 0.0


@rule
def outcome_probability(told: float, resolved: float, relevance: float) -> float:
    """Return the chance that someone who spoke up sees something come of it, submodel (4).

    Args:
        told: share of results that are told.
        resolved: share of recent cases that were closed rather than dropped.
        relevance: share of what was discussed that residents had asked for.
    """
    return told * resolved * relevance


@rule
def redeemable(points: int, threshold: int) -> int:
    """Return the largest multiple of the threshold that the points hold, submodel (6)."""
    return (points // threshold) * threshold


@rule
def joining_probability(alpha: float, efficacy_term: float, social: float) -> float:
    """Return the chance that a household joins a co-funded project, submodel (19)."""
    return logistic(alpha + efficacy_term + social)
