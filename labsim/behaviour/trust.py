"""How content one resident is.

Takes: scalars of one resident. Gives: a score and a chance to be satisfied. Submodel (18).
"""

from labsim.foundations.arithmetic import exp, normal_cdf
from labsim.foundations.compiled import rule


@rule
def problem_calm(decay: float, unresolved: float) -> float:
    """Return how undisturbed a block is, 1 without unresolved problems."""
    return exp(-decay * unresolved)


@rule
def satisfaction_score(
    service_weight: float, service: float, problem_weight: float, calm: float, efficacy_weight: float, efficacy: float
) -> float:
    """Return the satisfaction score, 0 to 100."""
    return 100.0 * (service_weight * service + problem_weight * calm + efficacy_weight * efficacy)


@rule
def satisfied_probability(score: float, threshold: float, spread: float) -> float:
    """Return the chance that someone with this score calls themselves satisfied (ordered probit)."""
    return normal_cdf((score - threshold) / spread)
