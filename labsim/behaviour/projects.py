"""What residents, households and offices make of a project: want it, vote, pay, build, get it wrong.

Takes: scalars of one resident, household, block or project. Gives: needs, probabilities, amounts in fen
and times. Submodels (P1)-(P8) of ``docs/model.md``.
"""

import math

from labsim.foundations.arithmetic import exp, log, logistic
from labsim.foundations.compiled import rule

STORY_PRICE = 50000
"""500 yuan in fen, the contribution for which the core's ``alpha_fund`` stands (crowdfund_household_contribution)."""

SPACES = 10
"""Parking spaces of one project: assumption."""

WORN_ENOUGH = 0.25
"""Wear below which nobody proposes to renovate: assumption."""

# -- (P1) needs -----------------------------------------------------------------------------


@rule
def worn(level: float, years: float, life: float) -> float:
    """Return how worn something is, 0 to 1, some years after it was at a level; it lasts ``life`` years."""
    return min(1.0, level + years / life)


@rule
def relieved(start: float, now: float) -> float:
    """Return the share of a need at the start that is met now; a need that grew counts as none."""
    return max(0.0, 1.0 - now / start) if start > 0.0 else 0.0


@rule
def way_out(limited: bool, steps: bool, stairs: float, entrance_barrier: float, stairs_barrier: float) -> float:
    """Return what keeps someone from going out, in logits, submodel (P1).

    Who is not steady on their feet meets steps at the entrance, and stairs by the floor they live on.

    Args:
        limited: not steady on their feet.
        steps: no ramp at the entrance.
        stairs: floor as a share of the height of a building without a lift, 0 where there is one.
        entrance_barrier: weight of steps.
        stairs_barrier: weight of stairs at the top.
    """
    if not limited:
        return 0.0
    return (entrance_barrier if steps else 0.0) + stairs_barrier * stairs


@rule
def usual_barrier(mean_odds: float) -> float:
    """Return what the core's utilities hold already: for rare acts odds multiply, so the mean of e^-barrier counts."""
    return -log(mean_odds)


@rule
def averted(cause_share: float, relief: float, luck: float) -> bool:
    """Return whether a fault does not happen because its cause is gone, submodel (P8).

    Args:
        cause_share: share of such faults that the need causes.
        relief: share of the need that has been met.
        luck: uniform in (0, 1).
    """
    return luck < cause_share * relief


# -- (P2) proposals, suggestions, votes -------------------------------------------------------


@rule
def is_reached(online: bool, is_digital: bool, offline_reach: float, luck: float) -> bool:
    """Return whether a call reaches a resident: on the notice board, or online with digital access."""
    return (online and is_digital) or luck < offline_reach


@rule
def speaking_probability(bias: float, efficacy_weight: float, efficacy: float) -> float:
    """Return the chance that someone makes a suggestion or votes, as in submodel (1)."""
    return logistic(bias + efficacy_weight * (efficacy - 0.5))


@rule
def proposing_probability(rate: float, wear: float, efficacy_weight: float, efficacy: float) -> float:
    """Return the chance in 28 days that a block proposes to share a cost: need, and belief that it helps, (P2).

    Args:
        rate: at full wear and an efficacy of one half.
        wear: 0 to 1.
        efficacy_weight: as for speaking up.
        efficacy: mean of the block.
    """
    if wear < WORN_ENOUGH:
        return 0.0
    return 1.0 - exp(-rate * wear * exp(efficacy_weight * (efficacy - 0.5)))


@rule
def left_over(spaces: int, full: int) -> int:
    """Return the part of a full project of parking spaces that a small one leaves for the next."""
    return full * (SPACES - spaces) // SPACES


@rule
def preference(place: float, highest: float, demand_weight: float, luck: float) -> float:
    """Return the rank by which a place is chosen: measured need as far as it counts, else luck of the moment."""
    return demand_weight * (place / highest if highest > 0.0 else 0.0) + (1.0 - demand_weight) * luck


@rule
def approval_probability(bias: float, plan: float, need: float, own: bool, others: float) -> float:
    """Return the chance of a yes, submodel (P3): random utility (McFadden 1974).

    Args:
        bias: base utility.
        plan: how well the plan is received, common to all who vote.
        need: weighted need that the project meets, for the group of the voter.
        own: in the voter's block.
        others: weight of the need of other blocks.
    """
    return logistic(bias + plan + (need if own else others * need))


# -- (P4) money -----------------------------------------------------------------------------


@rule
def needed_households(households: int, quorum: float) -> int:
    """Return how many households must agree and pay, at least one."""
    return max(1, math.ceil(quorum * households - 1e-9))


@rule
def price_of(own: int, payers: int) -> int:
    """Return what each of the payers pays of the residents' part in fen, rounded up to a fen."""
    return (own + payers - 1) // payers


@rule
def paying_probability(
    alpha: float, voice: float, social: float, benefit: float, price_weight: float, price: int
) -> float:
    """Return the chance that a household pays its contribution when asked, submodel (P4).

    The core's utility of joining (19), with what the household gains and what it is asked for:
    money counts by its logarithm (Weber; Kahneman & Tversky 1979).

    Args:
        alpha: base utility at 500 yuan.
        voice: efficacy term.
        social: from the share of the block's households that have paid.
        benefit: weighted gain of the household.
        price_weight: what e times as much money takes away.
        price: in fen.
    """
    cost = price_weight * log(price / STORY_PRICE) if price > 0 else 0.0
    return logistic(alpha + voice + social + benefit - cost)


# -- (P5)-(P7) permits, building, acceptance ----------------------------------------------------


@rule
def misread_probability(bare: float, briefed: float, effect: float) -> float:
    """Return the chance that policy is misread in a project, which shows at acceptance, submodel (P7).

    Args:
        bare: with the staff there is and no check of the plan.
        briefed: share of projects whose plan is checked.
        effect: share of misreadings that a check prevents.
    """
    return bare * (1.0 - briefed * effect)


@rule
def work_time(mean: float, luck: float) -> float:
    """Return a building time: uniform within a quarter of its mean on either side."""
    return mean * (0.75 + 0.5 * luck)
