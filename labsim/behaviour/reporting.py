"""What one resident does on seeing a problem.

Takes: scalars of one resident and one problem. Gives: probabilities. Submodel (10).
"""

from labsim.foundations.arithmetic import logistic
from labsim.foundations.compiled import rule


@rule
def report_probability(bias: float, efficacy_weight: float, efficacy: float) -> float:
    """Return the chance that someone who noticed a problem reports it.

    Reporting is voice: it rises with the belief that something will happen
    (Hirschman 1970). Noticing and reporting are kept apart because only duplicates tell
    them apart in data (Liu, Bhandaram & Garg 2023).
    """
    return logistic(bias + efficacy_weight * (efficacy - 0.5))


@rule
def reported_again(chance: float, told: float) -> float:
    """Return the chance to report a problem that is being dealt with, submodel (10).

    Who has been told what became of it does not report it again; nobody is told of a problem without a case.

    Args:
        chance: to report it without knowing.
        told: share of residents who are told.
    """
    return chance * (1.0 - told)


@rule
def is_repeat(now: float, last_complaint: float, window: float) -> bool:
    """Return whether the same item was complained about within the window before."""
    return now - last_complaint <= window
