"""What one resident does: take part or not, and what they learn from it.

Takes: scalars of one resident. Gives: utilities, probabilities and updated states.
Submodels (1)-(7) and (19) of ``docs/model.md``.
"""

from labsim.foundations.arithmetic import log, logistic
from labsim.foundations.compiled import rule


@rule
def reward_utility(weight: float, credibility: float, points_value: float, cash: float, cost: float) -> float:
    """Return what a reward adds to the utility of an act.

    Points count by how far their promise is believed; cash and vouchers are certain. Both
    have falling marginal value relative to the effort (Kahneman & Tversky 1979).

    Args:
        weight: reward weight (logit).
        credibility: belief that points will be honoured, 0 to 1.
        points_value: yuan promised in points for the act.
        cash: yuan in cash or in kind for the act.
        cost: effort cost of the act in yuan.
    """
    return weight * (credibility * log(1.0 + points_value / cost) + log(1.0 + cash / cost))


@rule
def participation_utility(
    alpha: float, barrier: float, taste: float, habit: float, social: float, voice: float, reward: float, crowding: float
) -> float:
    """Return the systematic utility of an act, submodel (1); all terms in logits.

    Random utility with social interactions: McFadden 1974, Brock & Durlauf 2001.
    """
    return alpha - barrier + taste + habit + social + voice + reward - crowding


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
