"""What streets, district and secretaries do: rules of a city, scalar and without chance.

Takes: numbers of one community. Gives: weights for sharing, marks, chances to bid and to take
a practice over. Submodels (Y1)-(Y7) of ``docs/model.md``. They run once a period and
community, so they are plain Python; ``exp`` is ours, so that bits are the same everywhere.
"""

import math

from labsim.foundations.arithmetic import exp, log, logistic

MARK = 1000
"""Marks of an appraisal are whole thousandths of a point, so that sharing by marks is exact."""
FIX_POINTS, TIME_POINTS = 60.0, 40.0


def teams_sent(acts: int, pool: float) -> int:
    """Return how many volunteer acts of a period go into teams that the district sends, (Y3)."""
    return int(acts * pool + 0.5)


def shortage(acts: int, residents: int, most_acts: int, most_residents: int) -> int:
    """Return by how much a community falls short of the community with most acts per resident, (Y3).

    In units of 1 / (residents * most_residents), which makes it a whole number.
    """
    return max(0, residents * most_acts - acts * most_residents)


def appraisal_mark(closed: int, dropped: int, overdue: int, backlog: int) -> int:
    """Return a street's mark for a community from what is on record, in thousandths of a point, (Y2).

    Sixty points for the official fix rate, forty for open cases within their deadline:
    appraisals of the documents look at ledgers, so superficial repairs count as repairs.
    """
    fixed = closed / (closed + dropped) if closed + dropped > 0 else 1.0
    late = min(1.0, overdue / backlog) if backlog > 0 else 0.0
    return int(MARK * (FIX_POINTS * fixed + TIME_POINTS * (1.0 - late)) + 0.5)


def bid_probability(rate: float, effect: float, load: float) -> float:
    """Return the chance that a community writes a bid, (Y2): hours beyond the full week go into cases first.

    Args:
        rate: at full hours.
        effect: of overload (logit).
        load: hours needed / hours there are.
    """
    odds = rate / (1.0 - rate)
    return float(odds / (odds + exp(effect * max(0.0, load - 1.0))))


def has_improved(before: float, after: float, higher_is_better: bool, margin: float) -> bool:
    """Return whether others see that a published result improved, (Y5); NaN is no result."""
    if math.isnan(before) or math.isnan(after):
        return False
    gain = after - before if higher_is_better else before - after
    return gain > 0.0 and gain >= margin * abs(before)


def adoption_probability(innovation: float, imitation: float, threshold: float, share: float) -> float:
    """Return the chance to take a practice over within a period, (Y6).

    Bass 1969: the hazard is p + q * share of contacts that set a good example; below a
    threshold nobody follows (Granovetter 1978).
    """
    followed = share if share > 0.0 and share >= threshold else 0.0
    return 1.0 - float(exp(-(innovation + imitation * followed)))


def shifted_logit(share: float, shift: float) -> float:
    """Return a share moved by so much on the scale of logits, (Y7); 0 and 1 stay."""
    if shift == 0.0 or not 0.0 < share < 1.0:
        return share
    return float(logistic(log(share) - log(1.0 - share) + shift))


def scaled(value: float, log_shift: float) -> float:
    """Return a value multiplied by e to a shift, (Y7); unchanged, to the bit, without one."""
    return value if log_shift == 0.0 else value * float(exp(log_shift))
