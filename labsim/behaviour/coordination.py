"""What departments make of working together: meeting, sharing, claiming, walking the grid.

Takes: scalars of one department, case or round. Gives: utilities, probabilities and counts.
Submodels (C1)-(C6) of ``docs/model.md``.
"""

import math

from labsim.foundations.arithmetic import exp, logistic
from labsim.foundations.compiled import rule

NEEDED = 3
"""Departments that a multi-department case needs (multi_department_threshold)."""
VISIT_DAYS = 1.0  # assumption: an inspection takes a department a day


@rule
def occurrences(day: int, times: float, period: float) -> int:
    """Return how often something evenly spaced happens on a day, for so many times in a period of days.

    Counts the multiples of the spacing that the day completes, so that every stretch of days
    has its share, whole periods exactly.
    """
    return int(math.floor((day + 1) * times / period) - math.floor(day * times / period))


# -- (C1) joint meeting ---------------------------------------------------------------------


@rule
def department_workload(recent_visits: float, pending: int, pending_days: float) -> float:
    """Return a department's working days in this community in the month before a meeting.

    Args:
        recent_visits: its inspections of the last month.
        pending: undecided cases that need it.
        pending_days: work on each of them.
    """
    return VISIT_DAYS * recent_visits + pending_days * pending


@rule
def attendance_probability(
    bias: float, rule_effect: float, workload_effect: float, habit_effect: float, result_effect: float
) -> float:
    """Return the chance that a department attends the joint meeting, submodel (C1).

    A binary logit (McFadden 1974): units stay away because they are busy
    (joint_meeting_attendance_2023), an absence that is named and counts brings them in
    (unit_appraisal_with_attendance), and so do habit and meetings that decide something.

    Args:
        bias: base utility.
        rule_effect: weight of attendance in the appraisal, in logits.
        workload_effect: what its workload takes away, in logits.
        habit_effect: from its habit of attending.
        result_effect: from the share of its agenda that the meeting decided of late.
    """
    return logistic(bias + rule_effect - workload_effect + habit_effect + result_effect)


@rule
def all_attend_share(attending: int, departments: int) -> float:
    """Return the share of cases whose departments all attend, each needing three drawn at random.

    The share of triples inside those who attend, C(m, 3)/C(D, 3); of pairs or single ones
    where there are fewer than three departments. Its mean over independent attendance with
    chance a is a**3.
    """
    share = 1.0
    for k in range(min(NEEDED, departments)):
        share = share * max(attending - k, 0) / (departments - k)
    return share


# -- (C2) shared data and standards ---------------------------------------------------------


@rule
def connected(linked: float, standard: float, departments: int) -> int:
    """Return how many departments are linked and use the common standard; both start with the same ones."""
    return int(min(linked, min(standard, float(departments))))


@rule
def pairs_connected(together: int, departments: int) -> float:
    """Return the share of ordered pairs of departments of which both are connected: n(n-1)/(D(D-1))."""
    if departments < 2:
        return 0.0
    return together * (together - 1) / (departments * (departments - 1))


@rule
def formats_left(formats: float, together: int, departments: int) -> float:
    """Return in how many formats the same data are submitted.

    Connected departments read one format; the others keep their part of the formats. Never
    more than without a platform.
    """
    if together < 2:
        return formats
    return min(formats, 1.0 + formats * (departments - together) / departments)


@rule
def duplicated_share(duplicate_work: float, formats_now: float, formats: float) -> float:
    """Return which share of today's work repeats forms: it falls with the formats beyond the first."""
    return duplicate_work * (formats_now - 1.0) / (formats - 1.0)


@rule
def load_of(hours: float, base_load: float) -> float:
    """Return hours of a day as a part of the work other than cases; none when nothing is booked there."""
    return hours / base_load if base_load > 0.0 else 0.0


# -- (C3) duties ----------------------------------------------------------------------------


@rule
def unclear_probability(unclear: float, listed: float) -> float:
    """Return the chance that nobody claims a new case, submodel (C3): no list names the owner."""
    return unclear * (1.0 - listed)


@rule
def unclaimed_probability(unclear: float, seen: float, attending: int, departments: int) -> float:
    """Return the chance that an unclear case is passed on, submodel (C3).

    The department that it concerns claims it itself (one inspection, claimed by many) when it sees the case in
    the shared records and was at the latest joint meeting, where departments agree who takes what. Data that
    nobody has agreed about assign nothing, and neither does a meeting whose members do not see the case.

    Args:
        unclear: chance that no list names the owner.
        seen: share of what departments find that another one sees.
        attending: departments at the latest joint meeting.
        departments: of the community.
    """
    return unclear * (1.0 - seen * attending / departments)


@rule
def times_passed(luck: float, most: float) -> int:
    """Return how often an unclear case is passed on: 1 to ``most``, each as likely.

    Args:
        luck: uniform in (0, 1).
        most: whole number.
    """
    return 1 + int(luck * most)


# -- (C4) grid and patrols ------------------------------------------------------------------


@rule
def rounds_possible(wanted: float, hours: float, hours_a_day: float) -> float:
    """Return the rounds a day of a grid officer: as many as asked for, within working hours."""
    return min(wanted, hours_a_day / hours)


@rule
def round_coverage(items_seen: float, officers: float, items: int) -> float:
    """Return the chance that the officer of its grid sees an item on a round; grids are equally large."""
    return min(1.0, items_seen * officers / items) if items > 0 else 0.0


# -- (C5) standards list --------------------------------------------------------------------


@rule
def time_per_item(indicators: float, burden: float) -> float:
    """Return how many times as long an item takes when a list is ticked off, submodel (C5)."""
    return 1.0 + indicators / burden


@rule
def detection_with_list(bare: float, gain: float, quantified: float, scale: float) -> float:
    """Return the chance that a covered defect is seen with a list: only figures guide the eye."""
    return bare + (1.0 - bare) * gain * (1.0 - exp(-quantified / scale))


@rule
def formality_with_list(bare: float, rigour: float, quantified: float, scale: float) -> float:
    """Return the chance that an announced visit is a formality: figures to be filled in leave less room for it."""
    return bare * (1.0 - rigour * (1.0 - exp(-quantified / scale)))


# -- (C6) claimed projects ------------------------------------------------------------------


@rule
def pushed_time(now: float, due: float, push: float) -> float:
    """Return when a stage ends after a secretary has pushed it: part of what is left is removed."""
    return now + (due - now) * (1.0 - push)
