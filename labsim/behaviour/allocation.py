"""What money and volunteers do for services, and what a project needs.

Takes: scalars of one service or project. Gives: shares, coverage and amounts.
Submodels (17) and (19).
"""

from labsim.foundations.arithmetic import exp
from labsim.foundations.compiled import rule


@rule
def service_share(habit: float, need: float, demand_weight: float) -> float:
    """Return a service's share of the budget: habit, or measured need as far as it counts."""
    return (1.0 - demand_weight) * habit + demand_weight * need


@rule
def service_coverage(saturation: float, supply: float, need: float) -> float:
    """Return the share of a need that supply covers, with falling returns; yuan over yuan."""
    return 1.0 - exp(-saturation * supply / need) if need > 0.0 else 1.0


@rule
def matched_money(raised: int, cost: int, ratio: float, threshold: float) -> int:
    """Return the match for a co-funded project in fen: up to the gap, above an own share."""
    if raised < threshold * cost:
        return 0
    return int(min(ratio * raised, float(max(cost - raised, 0))))
