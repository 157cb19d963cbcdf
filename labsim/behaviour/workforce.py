"""What load does to one community worker and to the speed of handling.

Takes: scalars of the staff pool. Gives: speed, load and quit chances. Submodels (15)-(16).
"""

from labsim.foundations.arithmetic import exp
from labsim.foundations.compiled import rule

HOURS_PER_DAY = 8.0 * 5.0 / 7.0  # of one post, averaged over the week


@rule
def handling_speed(capacity: float, other_hours: float, handlers: float) -> float:
    """Return the speed of case handling: what is left of stretched working time.

    Staff stretch to one and a half times their hours before cases suffer.

    Args:
        capacity: contractual hours of present staff, h/d.
        other_hours: work other than cases, h/d.
        handlers: handlers of cases.
    """
    speed = (1.5 * capacity - other_hours) / (handlers * HOURS_PER_DAY)
    return min(max(speed, 0.15), 1.0)


@rule
def day_load(hours: float, capacity: float) -> float:
    """Return hours of work per contractual hour, at most 5 (also when nobody is left)."""
    return min(hours / capacity, 5.0) if capacity > 0.0 else 5.0


@rule
def daily_wages(worker_pay: float, pay_gap: float, present: int, handler_pay: float, handlers: float) -> float:
    """Return wages of a day in yuan: workers at their pay below the neighbours', and handlers."""
    return (worker_pay * (1.0 - pay_gap) * present + handler_pay * handlers) / 364.0


@rule
def quit_probability(base: float, load_effect: float, load: float, pay_effect: float, pay_gap: float) -> float:
    """Return the chance that a worker quits on a day (job demands-resources; Sun & Zhou 2019)."""
    hazard = base * exp(load_effect * max(load - 1.0, 0.0) + pay_effect * pay_gap)
    return 1.0 - exp(-hazard / 364.0)
