"""Indicators of the module *coordination*: joint meetings, shared data, unclear duties, grid, claimed projects.

Takes: nothing. Gives: declarations, joined in ``catalogue``; not measurable when the module is off.
"""

from labsim.foundations.declared import Text
from labsim.foundations.i18n import t
from labsim.model.state import FEN, YEAR, Detector, Outcome
from labsim.results import formulas as f
from labsim.results.declaration import NOT_MEASURABLE, Better, Delta, Family, Formula, Indicator, Sight, View
from labsim.results.formulas_modules import module_mean, module_per, module_ratio
from labsim.results.margins import FIVE_POINTS, HALF_DAY, MONEY, TWO_POINTS

_M = "coordination"


def patrol_handling(view: View) -> float:
    """Return the mean days from opening to closing of cases that were found on a round or patrol."""
    if view.module(_M) is None:
        return NOT_MEASURABLE
    cases = view.cases[f.opened(view, f.FOLLOW_UP)]
    cases = cases[(cases["detector"] == Detector.PATROL) & (cases["outcome"] == Outcome.CLOSED)]
    return f.mean(cases["closed"] - cases["opened"])


def _share(
    name: str, label: Text, better: Better, family: Family, delta: Delta, definition: Text, formula: Formula
) -> Indicator:
    return Indicator(
        name=name,
        label=label,
        unit="share",
        better=better,
        family=family,
        sight=Sight.REPORTED,
        delta=delta,
        definition=definition,
        formula=formula,
    )


COORDINATION = (
    _share(
        "meeting_attendance",
        t("联席会议出席率", "attendance of the joint meeting"),
        Better.HIGHER,
        Family.CONTEXT,
        FIVE_POINTS,
        t(
            "出席部门次数 ÷ 应出席部门次数，窗口内各次会议",
            "departments that came / departments invited, over the meetings of the window",
        ),
        module_ratio(_M, ("attended",), ("invited",)),
    ),
    _share(
        "cases_decided_in_meeting",
        t("联席会议议定占比", "cases decided by the joint meeting"),
        Better.HIGHER,
        Family.CONTEXT,
        FIVE_POINTS,
        t(
            "会上议定及其后由出席部门直接议定的多部门案件 ÷ 窗口内立案的多部门案件",
            "multi-department cases decided at the meeting, or afterwards by those who attended / "
            "multi-department cases opened",
        ),
        module_ratio(_M, ("decided_at_meeting", "decided_at_opening"), ("multi_opened",)),
    ),
    Indicator(
        name="passes_per_case",
        label=t("每案推转次数", "times a case is passed on"),
        unit="ratio",
        better=Better.LOWER,
        family=Family.BURDEN,
        sight=Sight.REPORTED,
        delta=Delta(absolute=0.05, source="assumption: one case in twenty"),
        definition=t(
            "因权责不清被推转的次数 ÷ 窗口内立案数",
            "times that cases are passed on because their owner is unclear / cases opened",
        ),
        formula=module_ratio(_M, ("passes",), ("opened",)),
    ),
    _share(
        "grid_found_share",
        t("网格与巡查发现占比", "cases found by grid officers and patrols"),
        Better.NONE,
        Family.CONTEXT,
        FIVE_POINTS,
        t(
            "网格员和社区检查队发现的案件 ÷ 窗口内立案数",
            "cases found by grid officers and the community's team / cases opened",
        ),
        module_ratio(_M, ("grid_found", "team_found"), ("opened",)),
    ),
    Indicator(
        name="patrol_handling_days",
        label=t("巡查发现案件办理天数", "handling time of cases found on patrol"),
        unit="days",
        better=Better.LOWER,
        family=Family.BENEFIT,
        sight=Sight.REPORTED,
        delta=HALF_DAY,
        definition=t(
            "从立案到办结的日历天数：巡访或巡查(含居民监督员)发现、已跟踪60天且已办结案件的平均",
            "calendar days from opening to closing, mean of closed cases found on a round or patrol, residents' "
            "included, and followed for 60 days",
        ),
        formula=patrol_handling,
    ),
    _share(
        "duplicate_work_share",
        t("重复填报工作占比", "duplicated share of work"),
        Better.LOWER,
        Family.BURDEN,
        TWO_POINTS,
        t(
            "重复报送数据的工时 ÷ 案件与迎检以外的工时",
            "hours of submitting the same data again / hours of work other than cases and visits",
        ),
        module_ratio(_M, ("duplicate_hours",), ("base_hours",)),
    ),
    Indicator(
        name="departments_linked",
        label=t("联通且标准统一的部门", "departments linked on one standard"),
        unit="departments",
        better=Better.NONE,
        family=Family.CONTEXT,
        sight=Sight.REPORTED,
        delta=Delta(absolute=1.0, source="assumption: one department"),
        definition=t(
            "既联通数据又采用统一标准的部门数，各日平均",
            "departments that are linked and use the common standard, mean over days",
        ),
        formula=module_mean(_M, "connected"),
    ),
    Indicator(
        name="projects_finished",
        label=t("书记认领项目办结", "claimed projects finished"),
        unit="cases/y",
        better=Better.HIGHER,
        family=Family.CONTEXT,
        sight=Sight.REPORTED,
        delta=Delta(absolute=1.0, source="assumption: one project"),
        definition=t(
            "书记认领且在窗口内结束的案件，折算为每年",
            "cases that secretaries claimed and that ended in the window, scaled to a year",
        ),
        formula=module_per(_M, YEAR, "finished"),
    ),
    Indicator(
        name="grid_officer_cost",
        label=t("网格员工资", "wages of grid officers"),
        unit="yuan/y",
        better=Better.LOWER,
        family=Family.COST,
        sight=Sight.REPORTED,
        delta=MONEY,
        definition=t("支付给网格员的工资，折算为每年", "wages paid to grid officers, scaled to a year"),
        formula=module_per(_M, YEAR, "officer_wages", divisor=FEN),
    ),
)
"""Indicators of coordination."""
