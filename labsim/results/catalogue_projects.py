"""Indicators of the module *projects*: votes, shared money, lifts, ramps, parking, how well things are built.

Takes: nothing. Gives: declarations, joined in ``catalogue``; not measurable when the module is off.
"""

from labsim.foundations.declared import Text
from labsim.foundations.i18n import t
from labsim.model.state import FEN, YEAR
from labsim.results.declaration import Better, Delta, Family, Formula, Indicator, Sight
from labsim.results.formulas_modules import module_per, module_ratio
from labsim.results.margins import FIVE_POINTS, MONEY, tenth

_M = "projects"
_ONE = Delta(absolute=1.0, source="assumption: one")
_MONTH = Delta(absolute=28.0, source="assumption: a month")


def _of(
    name: str,
    label: Text,
    unit: str,
    better: Better,
    delta: Delta,
    definition: Text,
    formula: Formula,
    family: Family = Family.CONTEXT,
    sight: Sight = Sight.REPORTED,
) -> Indicator:
    return Indicator(
        name=name, label=label, unit=unit, better=better, family=family, sight=sight, delta=delta,
        definition=definition, formula=formula,
    )  # fmt: skip


def _a_year(*columns: str, divisor: float = 1.0) -> Formula:
    return module_per(_M, YEAR, *columns, divisor=divisor)


def _ratio(above: str, below: str) -> Formula:
    return module_ratio(_M, (above,), (below,))


PROJECTS = (
    _of(
        "projects_done_year",
        t("完成的项目", "projects done"),
        "projects/y",
        Better.HIGHER,
        _ONE,
        t("窗口内完成的各类项目，折算为每年", "projects of all kinds done in the window, scaled to a year"),
        _a_year("done"),
        Family.BENEFIT,
    ),
    _of(
        "vote_suggestions",
        t("民生实事建议条数", "suggestions for livelihood projects"),
        "times/y",
        Better.HIGHER,
        tenth(5),
        t("线上线下征集到的建议，折算为每年", "suggestions collected online and offline, scaled to a year"),
        _a_year("suggestions"),
    ),
    _of(
        "vote_pass_rate",
        t("票决通过率", "pass rate of the vote"),
        "share",
        Better.NONE,
        FIVE_POINTS,
        t("票决通过的项目 ÷ 提交票决的项目", "projects that passed / projects on ballots"),
        _ratio("passed", "on_ballot"),
    ),
    _of(
        "vote_approval",
        t("赞成票占比", "share of yes votes"),
        "share",
        Better.NONE,
        FIVE_POINTS,
        t("赞成票 ÷ 全部票，对各项目合计", "yes votes / votes, over all projects voted on"),
        _ratio("yes", "votes"),
    ),
    _of(
        "owner_agreements",
        t("居民出资协议", "agreements of residents to pay together"),
        "projects/y",
        Better.HIGHER,
        _ONE,
        t(
            "资金凑齐、住户签约的共建项目，折算为每年",
            "co-funded projects whose households agreed and whose money came together, a year",
        ),
        _a_year("agreements"),
    ),
    _of(
        "joining_share",
        t("征询户出资率", "households that pay when asked"),
        "share",
        Better.HIGHER,
        FIVE_POINTS,
        t("同意并出资的户次 ÷ 被征询的户次", "households that agreed and paid / households asked, each round counted"),
        _ratio("joined", "asked"),
    ),
    _of(
        "resident_share",
        t("共建项目居民自筹占比", "residents' share of co-funded projects"),
        "share",
        Better.NONE,
        FIVE_POINTS,
        t(
            "居民出资 ÷ 造价，窗口内资金凑齐的共建项目",
            "residents' money / cost, co-funded projects whose money came together in the window",
        ),
        _ratio("own", "shared_cost"),
    ),
    _of(
        "crowdfund_year",
        t("共建项目资金", "money of co-funded projects"),
        "yuan/y",
        Better.HIGHER,
        MONEY,
        t(
            "资金凑齐的共建项目造价合计，折算为每年",
            "cost of co-funded projects whose money came together, scaled to a year",
        ),
        _a_year("shared_cost", divisor=FEN),
    ),
    _of(
        "social_money_share",
        t("社会资金占投入", "share of money from companies"),
        "share",
        Better.NONE,
        FIVE_POINTS,
        t(
            "企业资金 ÷ 政府、企业与居民投入项目的资金",
            "companies' money / money that government, companies and residents put into projects",
        ),
        module_ratio(_M, ("social_in",), ("public_in", "social_in", "paid_in")),
    ),
    _of(
        "project_public_cost",
        t("项目财政支出", "public money for projects"),
        "yuan/y",
        Better.LOWER,
        MONEY,
        t("政府投入项目的资金，折算为每年", "money that the government puts into projects, scaled to a year"),
        _a_year("public_in", divisor=FEN),
        Family.COST,
    ),
    _of(
        "lifts_installed",
        t("加装电梯", "lifts installed"),
        "projects/y",
        Better.HIGHER,
        _ONE,
        t("建成并验收的电梯，折算为每年", "lifts built and accepted, scaled to a year"),
        _a_year("lifts"),
        Family.BENEFIT,
    ),
    _of(
        "lift_households",
        t("加装电梯受益户", "households with a new lift"),
        "households",
        Better.HIGHER,
        tenth(5),
        t("窗口内加装电梯的楼栋的住户", "households of blocks in which a lift was installed in the window"),
        lambda view: module_per(_M, view.days, "lift_households")(view),
        Family.BENEFIT,
    ),
    _of(
        "lift_project_days",
        t("加装电梯项目周期", "time until a lift works"),
        "days",
        Better.LOWER,
        _MONTH,
        t(
            "从发起到验收的日历天数，窗口内建成电梯的平均",
            "calendar days from proposal to acceptance, mean of lifts done in the window",
        ),
        _ratio("lift_days", "lifts"),
        Family.BENEFIT,
    ),
    _of(
        "lift_rework_share",
        t("加装电梯返工占比", "lifts built again"),
        "share",
        Better.LOWER,
        FIVE_POINTS,
        t(
            "因误读政策返工的电梯 ÷ 首次验收的电梯",
            "lifts built again because policy was misread / lifts that came to acceptance",
        ),
        _ratio("lift_reworks", "lifts_built"),
        Family.BURDEN,
    ),
    _of(
        "project_rework_share",
        t("项目返工占比", "projects built again"),
        "share",
        Better.LOWER,
        FIVE_POINTS,
        t(
            "因误读政策返工的项目 ÷ 首次验收的项目",
            "projects built again because policy was misread / projects that came to acceptance",
        ),
        _ratio("reworks", "built"),
        Family.BURDEN,
    ),
    _of(
        "ramps_added",
        t("新增坡道", "ramps added"),
        "projects/y",
        Better.HIGHER,
        _ONE,
        t("建成的无障碍坡道，折算为每年", "ramps built, scaled to a year"),
        _a_year("ramps"),
        Family.BENEFIT,
    ),
    _of(
        "ramp_households",
        t("坡道受益户", "households that a ramp serves"),
        "households",
        Better.HIGHER,
        tenth(3),
        t(
            "窗口内建成坡道的楼栋中有行动不便者的住户",
            "households with somebody not steady on their feet, where a ramp was built in the window",
        ),
        lambda view: module_per(_M, view.days, "ramp_households")(view),
        Family.BENEFIT,
    ),
    _of(
        "participation_limited",
        t("行动不便居民的线下参与", "participation of residents not steady on their feet"),
        "share",
        Better.HIGHER,
        FIVE_POINTS,
        t(
            "12个月内参加过志愿、议事或巡查的行动不便者占比，各期末平均",
            "share of those not steady on their feet who volunteered, deliberated or patrolled in 12 months, "
            "mean over period ends",
        ),
        _ratio("limited_out", "limited"),
        Family.BENEFIT,
        Sight.TRUE,
    ),
    _of(
        "participation_limited_free",
        t("无障碍楼栋行动不便居民的线下参与", "the same where nothing keeps them in"),
        "share",
        Better.HIGHER,
        FIVE_POINTS,
        t(
            "同上，只计出入口无台阶且不缺电梯的楼栋",
            "as participation_limited, in blocks without steps and without a missing lift",
        ),
        _ratio("limited_free_out", "limited_free"),
        Family.CONTEXT,
        Sight.TRUE,
    ),
    _of(
        "parking_spaces_added",
        t("新增车位", "parking spaces added"),
        "spaces",
        Better.HIGHER,
        tenth(5),
        t("窗口内建成的车位", "parking spaces built in the window"),
        lambda view: module_per(_M, view.days, "spaces")(view),
        Family.BENEFIT,
    ),
    _of(
        "renovations_done",
        t("完成的道路改造", "roads renovated"),
        "projects",
        Better.HIGHER,
        _ONE,
        t("窗口内完成道路改造的楼栋", "blocks whose road was renovated in the window"),
        lambda view: module_per(_M, view.days, "roads")(view),
        Family.BENEFIT,
    ),
    _of(
        "renovation_conflicts_settled",
        t("改造矛盾化解", "objections to renovation settled"),
        "times/y",
        Better.HIGHER,
        _ONE,
        t("入户走访化解的矛盾，折算为每年", "objections settled by visits at home, scaled to a year"),
        _a_year("settled"),
    ),
    _of(
        "renovation_petitions",
        t("改造信访", "petitions against renovation"),
        "times/y",
        Better.LOWER,
        _ONE,
        t("未化解而成为信访的矛盾，折算为每年", "objections that became petitions, scaled to a year"),
        _a_year("petitions"),
        Family.BURDEN,
    ),
    _of(
        "renovation_delay_days",
        t("权责不清的延误", "delay by unclear duties"),
        "days",
        Better.LOWER,
        _MONTH,
        t(
            "清运责任不清使改造延误的天数，受影响项目的平均",
            "days by which unclear duties delay a renovation, mean of those concerned",
        ),
        _ratio("delay_days", "delays"),
        Family.BURDEN,
    ),
    _of(
        "micro_projects_done",
        t("建成的微项目", "micro-projects done"),
        "projects/y",
        Better.HIGHER,
        _ONE,
        t("建成的小游园等微项目，折算为每年", "gardens and other small works done, scaled to a year"),
        _a_year("gardens"),
        Family.BENEFIT,
    ),
    _of(
        "faults_averted",
        t("被消除的故障", "faults averted"),
        "cases/y",
        Better.HIGHER,
        _ONE,
        t(
            "因改造与增设车位而不再发生的故障，折算为每年",
            "faults that no longer happen because their cause is gone, scaled to a year",
        ),
        _a_year("averted"),
        Family.CONTEXT,
        Sight.TRUE,
    ),
)
"""Indicators of projects and funds."""
