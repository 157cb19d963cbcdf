"""The end of a quarter: survey, third-party check, publication, marks, scores, lists.

Takes: what is on record. Gives: an appraisal that everybody can read, residents who have heard what
was done, and units on a list. Submodels (EV2), (EV6) and (EV7).
"""

import numpy as np

from labsim.behaviour.evaluation import (
    QUARTERS,
    Weights,
    five_x_weights,
    is_due,
    marks,
    published_outcome,
    score,
    star_points,
)
from labsim.behaviour.participation import delta_rule
from labsim.foundations.arithmetic import exp
from labsim.foundations.compiled import allocating_part, part
from labsim.foundations.randomness import Decision, uniform
from labsim.model.columns import Records, Setup, State
from labsim.model.modules.evaluation_state import FIRST_DEPARTMENT, QUARTER, STAFF
from labsim.model.modules.evaluation_warnings import remit
from labsim.model.state import Outcome

UNRESOLVED_DAYS = 14
IN_TIME = 21.0  # days; rectification_deadline_days: 15 working days
PROVINCE_SHARE = 0.25  # assumption: one provincial award for four city awards
PILOTS = 4


@part
def _online(setup: Setup, policy: Records, i: int) -> bool:
    residents = setup.residents
    return bool(residents.digital[i] == 1 or residents.taught_key[i] < policy.digital_teaching)


@allocating_part
def _survey(setup: Setup, state: State, policy: Records, row: int, quarter: int) -> None:
    """Ask residents whether they are content: those with the smallest keys among those reached, (EV2)."""
    evaluation = state.modules.evaluation
    desk = evaluation.desk[0]
    residents = setup.residents
    n = len(residents.id)
    rows = np.empty(n, np.int64)
    keys = np.empty(n, np.float64)
    reached = 0
    for i in range(n):
        who = residents.id[i]
        met = uniform(setup.seed, Decision.EVALUATION_REACHED, quarter, who) < policy.survey_door_share
        if _online(setup, policy, i) or met:
            rows[reached] = i
            keys[reached] = uniform(setup.seed, Decision.EVALUATION_ASKED, quarter, who)
            reached += 1
    order = np.argsort(keys[:reached])
    asked = min(reached, int(policy.survey_sample))
    content = 0
    for turn in range(asked):
        i = rows[order[turn]]
        answer = uniform(setup.seed, Decision.EVALUATION_ANSWER, quarter, residents.id[i])
        if answer < state.people.satisfied[i]:
            content += 1
    evaluation.daily[row].asked = asked
    evaluation.daily[row].content = content
    desk.survey_hours = asked * setup.world[0].survey_hours / QUARTER
    if asked > 0:
        desk.satisfaction = content / asked


@allocating_part
def _third_party(setup: Setup, state: State, policy: Records, row: int, day: int) -> None:
    """Let a third party look at closed cases since its last visit; it sees through some, (EV6)."""
    evaluation = state.modules.evaluation
    desk = evaluation.desk[0]
    since = day + 1.0 - QUARTERS * QUARTER / policy.third_party_checks
    many = state.ledger[0].cases
    numbers = np.empty(many, np.int64)
    keys = np.empty(many, np.float64)
    found = 0
    for k in range(many):
        case = state.cases[k]
        if case.outcome == Outcome.CLOSED and case.closed >= since:
            numbers[found] = k
            keys[found] = uniform(setup.seed, Decision.EVALUATION_SAMPLED, case.number, case.item_id)
            found += 1
    order = np.argsort(keys[:found])
    checked = min(found, int(policy.third_party_sample))
    seen = 0
    for turn in range(checked):
        case = state.cases[numbers[order[turn]]]
        luck = uniform(setup.seed, Decision.EVALUATION_SEEN, case.number, case.item_id)
        if case.superficial == 1 and luck < setup.world[0].third_party_detection:
            seen += 1
    evaluation.daily[row].checked = checked
    evaluation.daily[row].seen_through = seen
    if checked > 0:
        desk.verified_known = 1
        desk.verified = 1.0 - seen / checked


@part
def _unresolved(state: State, row: int) -> float:
    """Return the mean number of unresolved problems in the last fortnight."""
    first = max(0, row + 1 - UNRESOLVED_DAYS)
    total = 0.0
    for earlier in range(first, row + 1):
        total += state.daily[earlier].fault_item_days
    return total / (row + 1 - first)


@part
def watch_from_now(state: State, row: int) -> None:
    """Begin to count what arises until the next publication."""
    desk = state.modules.evaluation.desk[0]
    desk.unresolved_before = _unresolved(state, row)
    desk.onsets = 0


@part
def _publish(setup: Setup, state: State, policy: Records, row: int, quarter: int) -> None:
    """Let those whom the publication reaches learn what was done, (EV7)."""
    world = setup.world[0]
    record = state.modules.evaluation.daily[row]
    desk = state.modules.evaluation.desk[0]
    outcome = published_outcome(desk.unresolved_before, float(desk.onsets), _unresolved(state, row))
    rate = world.efficacy_rate * world.publication_weight
    efficacy = state.people.efficacy
    heard = 0
    for i in range(len(efficacy)):
        chance = policy.publication * (world.heard_online if _online(setup, policy, i) else world.heard_offline)
        if uniform(setup.seed, Decision.EVALUATION_HEARD, quarter, setup.residents.id[i]) < chance:
            efficacy[i] = delta_rule(efficacy[i], rate, outcome)
            heard += 1
    record.published = 1
    record.heard = heard
    record.heard_share = heard / len(efficacy)
    record.published_outcome = outcome


@part
def _marks(setup: Setup, state: State, row: int, show: float) -> Weights:
    """Return the marks of the quarter from what is on record, (EV6)."""
    world = setup.world[0]
    evaluation = state.modules.evaluation
    desk = evaluation.desk[0]
    closed = 0
    opened = 0
    in_time = 0
    late = 0
    for earlier in range(max(0, row + 1 - QUARTER), row + 1):
        closed += int(state.daily[earlier].closed)
        opened += int(state.daily[earlier].opened)
        in_time += int(evaluation.daily[earlier].answered_in_time)
        late += int(evaluation.daily[earlier].answered_late)
    official = min(closed / opened, 1.0) if opened > 0 else 1.0
    pilots = marks(evaluation.attention[STAFF, PILOTS], world.pilot_full_marks)
    return Weights(
        marks(show, world.ledger_full_marks),
        official,
        desk.satisfaction,
        desk.verified if desk.verified_known == 1 else official,
        pilots,
        pilots,
        in_time / (in_time + late) if in_time + late > 0 else 1.0,
    )


@part
def _stars(setup: Setup, state: State, quarter: int, gain: float) -> int:
    chance = setup.world[0].award_rate * state.modules.evaluation.attention[STAFF, PILOTS]
    city = uniform(setup.seed, Decision.EVALUATION_CITY_AWARD, quarter, 0) < 1.0 - exp(-chance)
    province = uniform(setup.seed, Decision.EVALUATION_PROVINCE_AWARD, quarter, 0) < 1.0 - exp(-PROVINCE_SHARE * chance)
    return star_points(city, province, gain)


@allocating_part
def _department_marks(setup: Setup, state: State, day: int) -> np.ndarray:
    """Return the share of each department's cases that the quarter's record shows in time, -1 for none."""
    departments = len(state.departments)
    good = np.zeros(departments, np.int64)
    all_cases = np.zeros(departments, np.int64)
    end = day + 1.0
    for k in range(state.ledger[0].cases):
        case = state.cases[k]
        if case.outcome == Outcome.OPEN:
            if end - case.opened <= IN_TIME:
                continue
        elif case.closed < end - QUARTER:
            continue
        d = remit(setup, case.item_id, departments)
        all_cases[d] += 1
        if case.outcome == Outcome.CLOSED and case.closed - case.opened <= IN_TIME:
            good[d] += 1
    shares = np.full(departments, -1.0)
    for d in range(departments):
        if all_cases[d] > 0:
            shares[d] = good[d] / all_cases[d]
    return shares


@allocating_part
def _list_departments(setup: Setup, state: State, policy: Records, row: int, day: int) -> None:
    """Put the worst departments on the black list and the best on the red one, for a quarter (F03)."""
    shares = _department_marks(setup, state, day)
    evaluation = state.modules.evaluation
    until = day + 1.0 + QUARTER
    places = int(policy.red_black_list * len(shares) + 0.5)
    for _ in range(places):
        worst = -1
        for d in range(len(shares)):
            if shares[d] >= 0.0 and (worst < 0 or shares[d] < shares[worst]):
                worst = d
        if worst >= 0:
            evaluation.boosted[FIRST_DEPARTMENT + worst] = until
            evaluation.daily[row].listed_black += 1
            shares[worst] = -1.0
        best = -1
        for d in range(len(shares)):
            if shares[d] >= 0.0 and (best < 0 or shares[d] > shares[best]):
                best = d
        if best >= 0:
            evaluation.boosted[FIRST_DEPARTMENT + best] = until
            evaluation.daily[row].listed_red += 1
            shares[best] = -1.0


@part
def _interview(setup: Setup, state: State, policy: Records, row: int, day: int, total: float) -> None:
    """Call the head in after years of failing (B24)."""
    evaluation = state.modules.evaluation
    desk = evaluation.desk[0]
    desk.failed = desk.failed + 1 if total < setup.world[0].pass_mark else 0
    if policy.interview_after > 0.0 and desk.failed >= QUARTERS * policy.interview_after:
        desk.failed = 0
        evaluation.boosted[STAFF] = day + 1.0 + QUARTERS * QUARTER
        evaluation.daily[row].interviews += 1


@part
def appraise(setup: Setup, state: State, policy: Records, weights: Weights, show: float, day: int) -> None:
    """Appraise the quarter that ends today.

    Args:
        setup: what stays.
        state: what changes.
        policy: levers of the day.
        weights: of the appraisal.
        show: ledgers and meetings against today's.
        day: the last of the quarter.
    """
    evaluation = state.modules.evaluation
    desk = evaluation.desk[0]
    row = day + setup.burn_in
    quarter = (day + 1) // QUARTER - 1
    record = evaluation.daily[row]
    before = desk.satisfaction
    desk.survey_hours = 0.0
    if is_due(quarter, policy.satisfaction_surveys):
        _survey(setup, state, policy, row, quarter)
    if is_due(quarter, policy.third_party_checks):
        _third_party(setup, state, policy, row, day)
    if policy.publication > 0.0:
        _publish(setup, state, policy, row, quarter)
    found = _marks(setup, state, row, show)
    total = score(weights, found)
    five = five_x_weights(
        policy.five_x_satisfaction,
        policy.five_x_governance,
        policy.five_x_innovation,
        policy.five_x_learning,
        policy.five_x_risk,
        policy.appraisal_process_share,
        policy.appraisal_effect_share,
    )
    alone = five_x_weights(0.0, 1.0, 0.0, 0.0, 0.0, policy.appraisal_process_share, policy.appraisal_effect_share)
    record.appraisals = 1
    record.score_appraisal = 100.0 * total
    record.score_5x = 100.0 * score(five, found)
    record.governance_5x = 100.0 * score(alone, found)
    if policy.star_scheme > 0.0:
        record.stars = _stars(setup, state, quarter, desk.satisfaction - before)
    if policy.red_black_list > 0.0:
        _list_departments(setup, state, policy, row, day)
    _interview(setup, state, policy, row, day, total)
    _write(record, weights, found)
    watch_from_now(state, row)


@part
def _write(record: Records, weights: Weights, found: Weights) -> None:
    """Write weights and marks down, for everybody to see."""
    record.weight_process = weights.process
    record.weight_official = weights.official
    record.weight_satisfaction = weights.satisfaction
    record.weight_verified = weights.verified
    record.weight_innovation = weights.innovation
    record.weight_learning = weights.learning
    record.weight_risk = weights.risk
    record.mark_process = found.process
    record.mark_official = found.official
    record.mark_satisfaction = found.satisfaction
    record.mark_verified = found.verified
    record.mark_innovation = found.innovation
    record.mark_learning = found.learning
    record.mark_risk = found.risk
