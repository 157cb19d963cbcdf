"""Evaluation: attention follows what is scored, and attention is how the day's levers are carried out.

Takes: the appraisal of the day. Gives: the levers and the world of the day as staff and departments
make them; once a period attention that moves towards what the appraisal asks for; once a
quarter an appraisal; every day warnings. Submodels (EV3)-(EV5); the others stand in
``evaluation_appraisal`` and ``evaluation_warnings``.
"""

import numpy as np

from labsim.behaviour.evaluation import (
    EFFECT,
    EXTERNAL,
    PROCESS,
    RESIDENT,
    SAMPLE,
    Attention,
    Weights,
    admin_ratio,
    any_check,
    as_measured,
    attention_target,
    five_x_weights,
    hastened,
    multi_source_weights,
    reliability,
    shifted,
    stake_of,
    survey_noise,
    total_weight,
    with_stars,
)
from labsim.behaviour.participation import delta_rule
from labsim.foundations.arithmetic import exp
from labsim.foundations.compiled import part
from labsim.model.columns import Records, Setup, State
from labsim.model.kernels.accounts import breach
from labsim.model.modules.evaluation_appraisal import appraise, watch_from_now
from labsim.model.modules.evaluation_state import FIRST_DEPARTMENT, QUARTER, STAFF, TODAY, WORKS
from labsim.model.modules.evaluation_warnings import pending_warnings, warn
from labsim.model.state import PERIOD

REPAIR, FEEDBACK, CLOSING, LEDGER, PILOTS = 0, 1, 2, 3, 4  # fields of Attention
CONFIRMED_WINDOW = 56  # days over which the share of cases with a reporter is taken


@part
def appraised_weights(policy: Records) -> Weights:
    """Return the weights of today's appraisal, those of what nobody measures moved to the record, (EV1)."""
    weights = multi_source_weights(
        policy.appraisal_resident_weight,
        policy.appraisal_external_weight,
        policy.appraisal_process_share,
        policy.appraisal_effect_share,
    )
    if policy.five_x > 0.0:
        weights = five_x_weights(
            policy.five_x_satisfaction,
            policy.five_x_governance,
            policy.five_x_innovation,
            policy.five_x_learning,
            policy.five_x_risk,
            policy.appraisal_process_share,
            policy.appraisal_effect_share,
        )
    weights = with_stars(weights, policy.star_scheme)
    return as_measured(weights, policy.satisfaction_surveys > 0.0, policy.third_party_checks > 0.0)


@part
def _target(setup: Setup, weights: Weights, stake: float, satisfied: float, asked: float) -> Attention:
    """Return where attention heads when so many are asked a year, (EV2) and (EV3)."""
    world = setup.world[0]
    reliable = reliability(world.satisfaction_spread, survey_noise(satisfied, asked))
    return attention_target(
        weights,
        world.attention_sensitivity * stake,
        reliable,
        world.third_party_detection,
        world.intrinsic_real,
        world.repair_seen,
        world.repair_on_record,
        world.feedback_seen,
    )


@part
def _begin(setup: Setup, state: State) -> None:
    """Let everybody attend to what today's appraisal asks for: the core was fitted to that."""
    evaluation = state.modules.evaluation
    desk = evaluation.desk[0]
    desk.started = 1
    desk.satisfaction = setup.world[0].satisfaction_before
    weights = as_measured(multi_source_weights(RESIDENT, EXTERNAL, PROCESS, EFFECT), True, False)
    target = _target(setup, weights, 1.0, desk.satisfaction, SAMPLE)
    for actor in range(len(evaluation.attention)):
        for work in range(WORKS):
            evaluation.attention[actor, work] = target[work]


@part
def departments_mean(attention: np.ndarray, work: int) -> float:
    """Return the mean attention of departments to a kind of work."""
    total = 0.0
    for d in range(FIRST_DEPARTMENT, len(attention)):
        total += attention[d, work]
    return total / (len(attention) - FIRST_DEPARTMENT)


@part
def departments_shift(attention: np.ndarray, work: int) -> float:
    """Return how far departments' attention has moved from today's; exactly 0 while nobody moves."""
    total = 0.0
    for d in range(FIRST_DEPARTMENT, len(attention)):
        total += attention[d, work] - attention[TODAY, work]
    return total / (len(attention) - FIRST_DEPARTMENT)


@part
def show_ratio(attention: np.ndarray) -> float:
    """Return staff's attention to ledgers, meetings and pilots against today's, (EV5)."""
    now = attention[STAFF, LEDGER] + attention[STAFF, PILOTS]
    return float(now / (attention[TODAY, LEDGER] + attention[TODAY, PILOTS]))


@part
def _confirming(state: State, row: int, share: float) -> float:
    """Return the share of repairs that a reporter is asked to confirm: only a reported case has one."""
    reported = 0
    opened = 0
    for earlier in range(max(0, row - CONFIRMED_WINDOW), row):
        reported += int(state.daily[earlier].found_resident)
        opened += int(state.daily[earlier].opened)
    return float(share * reported / opened) if opened > 0 else 0.0


@part
def evaluation_morning(setup: Setup, state: State, policy: Records, day: int) -> None:
    """Let staff and departments carry out the levers of the day as they attend to things, (EV4) and (EV5)."""
    world = setup.world[0]
    evaluation = state.modules.evaluation
    attention = evaluation.attention
    desk = evaluation.desk[0]
    row = day + setup.burn_in
    if desk.started == 0:
        _begin(setup, state)
    repair = attention[STAFF, REPAIR] - attention[TODAY, REPAIR]
    feedback = attention[STAFF, FEEDBACK] - attention[TODAY, FEEDBACK]
    closing = attention[STAFF, CLOSING] - attention[TODAY, CLOSING]
    elsewhere = departments_shift(attention, CLOSING)
    formal = departments_shift(attention, LEDGER) - departments_shift(attention, REPAIR)
    world.superficial_share = shifted(
        world.superficial_share, world.haste_effect * closing - world.care_effect * repair
    )
    world.perfunctory_share = shifted(world.perfunctory_share, world.formality_effect * formal)
    world.work_days = world.work_days * exp(world.care_work * (repair - closing))
    policy.intake_cut = hastened(policy.intake_cut, world.haste_stages * closing)
    policy.approval_cut = hastened(policy.approval_cut, world.haste_stages * elsewhere)
    policy.case_tracking = max(hastened(policy.case_tracking, world.haste_stages * closing), 0.0)
    policy.results_told = shifted(policy.results_told, world.listening_effect * feedback)
    policy.agenda_residents = shifted(policy.agenda_residents, world.listening_effect * feedback)
    confirmed = _confirming(state, row, policy.confirmation) * world.confirm_detection
    policy.verification = any_check(policy.verification, world.own_checks * max(repair, 0.0), confirmed)
    show = show_ratio(attention)
    record = evaluation.daily[row]
    record.ledger_hours = world.base_load * policy.admin_load * world.ledger_share * show
    record.survey_hours = desk.survey_hours
    policy.admin_load = policy.admin_load * admin_ratio(world.ledger_share, show)
    if world.base_load > 0.0:
        policy.admin_load = policy.admin_load + (desk.warning_hours + desk.survey_hours) / world.base_load


@part
def _attend(setup: Setup, state: State, policy: Records, day: int) -> None:
    """Let attention move towards what the appraisal asks for, (EV3)."""
    world = setup.world[0]
    evaluation = state.modules.evaluation
    weights = appraised_weights(policy)
    asked = policy.survey_sample * policy.satisfaction_surveys
    for actor in range(STAFF, len(evaluation.attention)):
        stake = stake_of(policy.appraisal_stake, world.list_boost, evaluation.boosted[actor] > day)
        target = _target(setup, weights, stake, evaluation.desk[0].satisfaction, asked)
        for work in range(WORKS):
            evaluation.attention[actor, work] = delta_rule(
                evaluation.attention[actor, work], world.attention_rate, target[work]
            )


@part
def _record(state: State, row: int, day: int) -> None:
    evaluation = state.modules.evaluation
    record = evaluation.daily[row]
    attention = evaluation.attention
    record.day = day
    record.staff_repair = attention[STAFF, 0]
    record.staff_feedback = attention[STAFF, 1]
    record.staff_closing = attention[STAFF, 2]
    record.staff_ledger = attention[STAFF, 3]
    record.staff_pilots = attention[STAFF, 4]
    record.staff_other = attention[STAFF, 5]
    record.department_repair = departments_mean(attention, 0)
    record.department_feedback = departments_mean(attention, 1)
    record.department_closing = departments_mean(attention, 2)
    record.department_ledger = departments_mean(attention, 3)
    record.department_pilots = departments_mean(attention, 4)
    record.department_other = departments_mean(attention, 5)


@part
def _check(state: State, policy: Records, day: int) -> None:
    """Check the laws of the module."""
    evaluation = state.modules.evaluation
    for actor in range(len(evaluation.attention)):
        total = 0.0
        for work in range(WORKS):
            total += evaluation.attention[actor, work]
        if abs(total - 1.0) > 1e-9:
            breach(state, 35, day, int((total - 1.0) * 1e9))
    desk = evaluation.desk[0]
    off = desk.issued - desk.answered - pending_warnings(evaluation.warned)
    if off != 0:
        breach(state, 36, day, off)
    total = total_weight(appraised_weights(policy))
    if abs(total - 1.0) > 1e-9:
        breach(state, 37, day, int((total - 1.0) * 1e9))


@part
def evaluation_evening(setup: Setup, state: State, today: Records, policy: Records, day: int) -> None:
    """Answer and issue warnings, appraise at the end of a quarter, move attention at the end of a period."""
    row = day + setup.burn_in
    evaluation = state.modules.evaluation
    warn(setup, state, policy, day)
    if day == 0:
        watch_from_now(state, row)
    elif day > 0:
        evaluation.desk[0].onsets += today.onsets
        if (day + 1) % QUARTER == 0:
            appraise(setup, state, policy, appraised_weights(policy), show_ratio(evaluation.attention), day)
    if (day + 1) % PERIOD == 0:
        _attend(setup, state, policy, day)
    _record(state, row, day)
    _check(state, policy, day)
