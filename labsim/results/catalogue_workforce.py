"""Indicators of the module *workforce*: skills, training, careers, who leaves and why.

Takes: nothing. Gives: declarations, joined in ``catalogue``; not measurable when the module is off.
"""

from labsim.foundations.arithmetic import exp
from labsim.foundations.i18n import t
from labsim.model.state import FEN, WEEK, YEAR
from labsim.results.declaration import Better, Delta, Family, Formula, Indicator, Sight, View
from labsim.results.formulas import ratio
from labsim.results.formulas_modules import module_mean, module_per, module_ratio, module_total
from labsim.results.margins import FIVE_POINTS, MONEY, TWO_POINTS, tenth

_M = "workforce"
_SKILL = Delta(absolute=0.05, source="assumption: a twentieth of the scale")


def _a_year(column: str) -> Formula:
    """Return the formula events a year / workers present."""

    def formula(view: View) -> float:
        return ratio(module_total(view, _M, column) * YEAR, module_total(view, _M, "present"))

    return formula


def _in_three_years(view: View) -> float:
    """Return the share that leaves in three years at the rate of the window."""
    rate = _a_year("left_blocked")(view)
    return 1.0 - exp(-3.0 * rate) if rate == rate else rate


def _times_as_fast(column: str) -> Formula:
    """Return the formula 1 / mean over days of a factor on times."""
    mean = module_mean(_M, column)
    return lambda view: ratio(1.0, mean(view))


def _skill(name: str, zh: str, en: str) -> Indicator:
    return Indicator(
        name=f"{name}_skill",
        label=t(zh, en),
        unit="level",
        better=Better.HIGHER,
        family=Family.BENEFIT,
        sight=Sight.TRUE,
        delta=_SKILL,
        definition=t(f"在岗社工{zh}(0–1)的平均，各日平均", f"{en} (0-1) of the workers present, mean over days"),
        formula=module_mean(_M, name),
    )


WORKFORCE = (
    _skill("policy", "政策掌握度", "mastery of policy and law"),
    _skill("digital", "数字技能", "digital skill of staff"),
    _skill("mediation", "沟通调解技能", "mediation skill of staff"),
    _skill("decision", "决策技能", "decision skill of staff"),
    Indicator(
        name="processing_efficiency",
        label=t("处置效率(技能)", "efficiency of processing (skill)"),
        unit="ratio",
        better=Better.HIGHER,
        family=Family.BENEFIT,
        sight=Sight.TRUE,
        delta=FIVE_POINTS,
        definition=t(
            "现状人员办理同一件事的时间 ÷ 在岗人员所需时间(受理与处置)，等待不计",
            "time that today's staff needs for a piece of work / time that those present need (intake and work), "
            "waiting left out",
        ),
        formula=_times_as_fast("handling_factor"),
    ),
    Indicator(
        name="decision_efficiency",
        label=t("决策效率(技能)", "efficiency of decisions (skill)"),
        unit="ratio",
        better=Better.HIGHER,
        family=Family.BENEFIT,
        sight=Sight.TRUE,
        delta=FIVE_POINTS,
        definition=t(
            "现状人员一次审批的时间 ÷ 在岗人员所需时间",
            "time that today's staff needs for an approval / time that those present need",
        ),
        formula=_times_as_fast("approval_factor"),
    ),
    Indicator(
        name="trained_share",
        label=t("受训社工占比", "trained staff"),
        unit="share",
        better=Better.HIGHER,
        family=Family.CONTEXT,
        sight=Sight.REPORTED,
        delta=FIVE_POINTS,
        definition=t("到岗后至少一次培训合格者 ÷ 在岗社工", "workers who passed a training session / workers present"),
        formula=module_ratio(_M, ("trained",), ("present",)),
    ),
    Indicator(
        name="training_attendance_year",
        label=t("培训人次", "person-times of training"),
        unit="times/y",
        better=Better.NONE,
        family=Family.CONTEXT,
        sight=Sight.REPORTED,
        delta=tenth(2.0),
        definition=t("培训与演练人次，折算为每年", "workers who attend sessions and exercises, scaled to a year"),
        formula=module_per(_M, YEAR, "attended", "exercised"),
    ),
    Indicator(
        name="training_hours_year",
        label=t("培训带教工时", "hours of learning"),
        unit="hours/y",
        better=Better.NONE,
        family=Family.BURDEN,
        sight=Sight.REPORTED,
        delta=tenth(50.0),
        definition=t(
            "培训、演练与带教占用的工时，折算为每年",
            "staff hours of sessions, exercises and mentoring, scaled to a year",
        ),
        formula=module_per(_M, YEAR, "learning_hours"),
    ),
    Indicator(
        name="promotions_year",
        label=t("晋升人数", "promotions"),
        unit="persons/y",
        better=Better.HIGHER,
        family=Family.BENEFIT,
        sight=Sight.REPORTED,
        delta=Delta(absolute=0.25, source="assumption: one more in four years"),
        definition=t("晋升职称人数，折算为每年", "workers promoted, scaled to a year"),
        formula=module_per(_M, YEAR, "promoted"),
    ),
    Indicator(
        name="blocked_share",
        label=t("晋升受阻占比", "blocked careers"),
        unit="share",
        better=Better.LOWER,
        family=Family.BURDEN,
        sight=Sight.TRUE,
        delta=FIVE_POINTS,
        definition=t(
            "等待晋升超过耐心年限且仍有上升需要者 ÷ 在岗社工",
            "workers who waited longer than their patience and have not reached the top / workers present",
        ),
        formula=module_ratio(_M, ("blocked",), ("present",)),
    ),
    Indicator(
        name="turnover_blocked_year",
        label=t("晋升受阻年离职率", "turnover for blocked promotion"),
        unit="share",
        better=Better.LOWER,
        family=Family.BURDEN,
        sight=Sight.REPORTED,
        delta=TWO_POINTS,
        definition=t(
            "每年因晋升受阻离职人数 ÷ 在岗社工",
            "workers a year who leave for blocked promotion / workers present",
        ),
        formula=_a_year("left_blocked"),
    ),
    Indicator(
        name="turnover_other_year",
        label=t("其他原因年离职率", "turnover for other reasons"),
        unit="share",
        better=Better.LOWER,
        family=Family.BURDEN,
        sight=Sight.REPORTED,
        delta=TWO_POINTS,
        definition=t(
            "每年因负荷、薪酬等其他原因离职人数 ÷ 在岗社工",
            "workers a year who leave for load, pay and all else / workers present",
        ),
        formula=_a_year("left_other"),
    ),
    Indicator(
        name="attrition_blocked_3y",
        label=t("三年因晋升受阻流失率", "left for blocked promotion in three years"),
        unit="share",
        better=Better.LOWER,
        family=Family.BURDEN,
        sight=Sight.REPORTED,
        delta=FIVE_POINTS,
        definition=t(
            "按窗口内受阻离职率，三年内至少离职一次的概率",
            "share that leaves for blocked promotion within three years, at the rate of the window",
        ),
        formula=_in_three_years,
    ),
    Indicator(
        name="relief_hours_week",
        label=t("移交事务工时", "administration taken over"),
        unit="hours/week",
        better=Better.NONE,
        family=Family.CONTEXT,
        sight=Sight.REPORTED,
        delta=Delta(absolute=2.0, source="assumption: 2 h a week"),
        definition=t(
            "专业社工与社会组织每周承接的行政工时", "hours a week of administration that others take over"
        ),
        formula=module_per(_M, WEEK, "relief_hours"),
    ),
    Indicator(
        name="money_workforce_year",
        label=t("队伍建设支出", "money for the workforce"),
        unit="yuan/y",
        better=Better.LOWER,
        family=Family.COST,
        sight=Sight.REPORTED,
        delta=MONEY,
        definition=t(
            "培训费、职称津贴、专业社工与社会组织合同(元)，折算为每年；已含于工资与服务支出",
            "fees of training, title allowances, posted professionals and contracts, scaled to a year; part of wages "
            "and service money already",
        ),
        formula=module_per(_M, YEAR, "fees", "premiums", "professionals", "contracts", divisor=FEN),
    ),
)
