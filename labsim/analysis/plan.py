"""The plan of a calibration: the core's blocks, then one stage for every extension module, then all together.

Takes: targets. Gives: :func:`stages`. A stage can be run alone on values that are in use already, so that
the parameters of a module are fitted while those of the core stay.
"""

from collections.abc import Mapping
from types import MappingProxyType

from labsim.analysis.staged import Stage, alone, together
from labsim.analysis.targets import Role, Targets
from labsim.foundations.errors import raise_if, unknown_name
from labsim.foundations.i18n import t
from labsim.results.catalogue import MODULE_OF
from labsim.scenario.community import COMMUNITY
from labsim.scenario.world import AGES


def _ages(activity: str) -> dict[str, float]:
    return {f"alpha_{activity}_{age}": 1.0 for age in AGES}


# The documents have figures for the young and the old only; the middle-aged stand between them.
PARTICIPATION = (
    together("volunteer_young", {"alpha_volunteer_young": 1.0, "alpha_volunteer_middle": 0.5}, 4.0),
    together("volunteer_older", {"alpha_volunteer_older": 1.0, "alpha_volunteer_middle": 0.5}, 4.0),
    together("sort", _ages("sort"), 3.0),
    together("app", _ages("app"), 3.0),
    together("meeting", _ages("meeting"), 4.0),
    *(
        alone(name)
        for name in (
            "taste_sd", "contact_influence", "habit_weight", "efficacy_weight", "efficacy_rate", "efficacy_start",
            "reward_weight", "crowding_out", "credibility_rate", "credibility_start", "redemption_rate",
        )
    ),
)  # fmt: skip
CASES = tuple(
    alone(name)
    for name in (
        "fault_rate", "detection", "notice_rate", "report_bias", "intake_days", "hop_days", "drop_rate", "work_days",
        "superficial_share", "recurrence_days", "verification_days",
    )
)  # fmt: skip
SATISFACTION = tuple(
    alone(name)
    for name in (
        "need_cost", "saturation", "problem_decay", "satisfied_at", "satisfied_sd", "base_load", "quit_rate",
        "quit_load", "quit_pay",
    )
)  # fmt: skip
_PARTICIPATION_SEES = frozenset(
    {
        "participation_offline_12m", "deliberated_12m", "volunteer_acts_year", "sorting_rate", "council_attendance",
        "app_active_share", "app_weekly", "app_mau_ratio", "points_stall_day", "points_issued", "points_redeemed",
        "points_held", "redeem_failure_share", "mean_credibility", "resident_hours_year", "money_points_year",
    }
)  # fmt: skip
_SATISFACTION_SEES = frozenset(
    {
        "satisfaction_share", "satisfaction_score", "mean_efficacy", "service_score", "staff_load", "staff_hours_week",
        "staff_present_mean", "quits_year", "turnover_share_year",
    }
)  # fmt: skip


# What a module's fit targets can tell apart. Parameters that only free targets depend on are left as declared.
MODULES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "disputes": (
            "referral_days", "round_gap_days", "settle_neighbour", "settle_property", "tension_weight",
            "counsel_relief", "alpha_fee", "fee_trust_weight",
        ),
        "coordination": (
            "meeting_bias", "meeting_rule_weight", "meeting_workload_weight", "meeting_habit_weight", "unclear_duties",
        ),
        "workforce": (
            "blocked_quit", "blocked_after", "skill_speed", "skill_decision", "exercise_gain", "training_gain",
        ),
        "evaluation": ("attention_sensitivity", "listening_effect", "publication_weight", "heard_online"),
        "projects": (
            "benefit_weight", "price_weight", "permit_days", "suggestion_bias", "approval_bias", "entrance_barrier",
            "conflict_rate",
        ),
        "services": (
            "bias_culture", "bias_gym", "bias_room", "bias_visit", "joint_rate", "meal_scale", "school_gap",
        ),
        "emergencies": ("move_hours", "flood_exposed", "station_rate", "gather_rate"),
    }
)  # fmt: skip
"""World parameters that the stage of a module turns."""
_SEES_TOO: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "coordination": frozenset({"fix_rate_official", "handling_days_mean"}),
        "workforce": frozenset({"staff_hours_week"}),
    }
)
"""Figures of the core that the parameters of a module move: its stage must not lose them."""


def _module_stages(targets: Targets) -> list[Stage]:
    """Return a stage for each module with parameters to turn and a fit target of its own."""
    wanted = {MODULE_OF.get(one.indicator) for one in targets.running(Role.FIT)}
    return [
        Stage(
            name=module,
            label=COMMUNITY[f"module_{module}"].label,
            knobs=tuple(alone(name) for name in names),
            indicators=frozenset(name for name, of in MODULE_OF.items() if of == module)
            | _SEES_TOO.get(module, frozenset()),
            evaluations=60,
        )
        for module, names in MODULES.items()
        if names and module in wanted
    ]


def stages(targets: Targets) -> tuple[Stage, ...]:
    """Return the plan; what is of no module and neither participation nor satisfaction belongs to cases."""
    running = {one.indicator for one in targets.running()}
    others = running - _PARTICIPATION_SEES - _SATISFACTION_SEES - set(MODULE_OF)
    modules = _module_stages(targets)
    core = (*PARTICIPATION, *CASES, *SATISFACTION)
    return (
        Stage(name="participation", label=t("参与", "participation"), knobs=PARTICIPATION,
              indicators=_PARTICIPATION_SEES),
        Stage(name="cases", label=t("案件", "cases"), knobs=CASES, indicators=frozenset(others) or frozenset({"-"})),
        Stage(name="satisfaction", label=t("满意度与人员", "satisfaction and staff"), knobs=SATISFACTION,
              indicators=_SATISFACTION_SEES, evaluations=80),
        *modules,
        Stage(name="together", label=t("合并", "all together"),
              knobs=(*core, *(knob for stage in modules for knob in stage.knobs)), evaluations=40, spread=0.01),
    )  # fmt: skip


def stages_named(targets: Targets, *names: str) -> tuple[Stage, ...]:
    """Return stages of the plan by name, in the order of the plan.

    Raises:
        InputError: there is no stage of a name; the error names the nearest.
    """
    plan = {one.name: one for one in stages(targets)}
    called = [(text, one.name) for one in plan.values() for text in (one.label.zh, one.label.en)]
    right = [dict(called).get(name, name) for name in names]
    raise_if(
        unknown_name("--stage", name, plan, t("校准阶段", "calibration stage"), called)
        for name in right
        if name not in plan
    )
    return tuple(one for name, one in plan.items() if name in right)
