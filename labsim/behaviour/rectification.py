"""What happens to one case on its way to closure.

Takes: scalars of one case. Gives: times and probabilities. Submodels (8) and (12)-(14).
"""

import math

from labsim.foundations.compiled import rule


@rule
def waiting_time(rate: float, unit_exponential: float) -> float:
    """Return an exponential waiting time for a rate; never when the rate is 0."""
    return unit_exponential / rate if rate > 0.0 else math.inf


@rule
def stage_time(mean: float, cut: float, unit_exponential: float) -> float:
    """Return the time of one stage, of whose mean a share is cut."""
    return mean * (1.0 - cut) * unit_exponential


@rule
def hops_needed(many: bool, joint: bool) -> int:
    """Return how many hand-overs a case needs: three departments, or one that decides."""
    return 3 if many and not joint else 1


@rule
def drop_probability(bare: float, tracked_share: float) -> float:
    """Return the chance that a hand-over loses the case; a tracked one cannot."""
    return bare * (1.0 - tracked_share)


@rule
def superficial_probability(bare: float, recurring: bool, root_cause_share: float) -> float:
    """Return the chance that a repair is superficial.

    Seeking the root cause applies to faults that came back.
    """
    return bare * (1.0 - root_cause_share) if recurring else bare


@rule
def queue_priority(queue_rule: int, item_class: int, age: float, deadline: float) -> int:
    """Return the priority of a waiting case; larger goes first, ties by arrival.

    Args:
        queue_rule: 0 first come, 1 by class (safety, facility, environment), 2 overdue first.
        item_class: 0 environment, 1 facility, 2 capital and safety.
        age: days since the case was opened.
        deadline: days after which a case is overdue.
    """
    if queue_rule == 1:
        return item_class
    if queue_rule == 2:
        return 1 if age > deadline else 0
    return 0
