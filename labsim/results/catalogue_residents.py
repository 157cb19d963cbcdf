"""Indicators of what residents do and feel.

Takes: nothing. Gives: declarations, joined in ``catalogue``.
"""

from labsim.foundations.i18n import t
from labsim.model.state import PERIOD, YEAR
from labsim.results import formulas as f
from labsim.results.declaration import Better, Delta, Family, Indicator, Sight
from labsim.results.margins import FIVE_POINTS, TWO_POINTS, tenth

PARTICIPATION = (
    Indicator(
        name="participation_offline_12m",
        label=t("线下参与率(12个月)", "offline participation (12 months)"),
        unit="share",
        better=Better.HIGHER,
        family=Family.BENEFIT,
        sight=Sight.REPORTED,
        by_group=True,
        periodic=False,
        delta=TWO_POINTS,
        definition=t(
            "期末前12个月内至少参加一次志愿服务、议事会或巡查的居民 ÷ 全体居民",
            "residents with at least one volunteer act, council meeting or patrol in the 12 months before the "
            "end of the window / residents",
        ),
        formula=f.at_end_of_year("offline_12m"),
    ),
    Indicator(
        name="deliberated_12m",
        label=t("参与过议事的居民(12个月)", "ever deliberated (12 months)"),
        unit="share",
        better=Better.HIGHER,
        family=Family.BENEFIT,
        sight=Sight.REPORTED,
        by_group=True,
        periodic=False,
        delta=TWO_POINTS,
        definition=t(
            "期末前12个月内参加过议事会或使用过议事应用的居民 ÷ 全体居民",
            "residents who came to the council or used the deliberation app in the 12 months before the end of the "
            "window / residents",
        ),
        formula=f.at_end_of_year("deliberated_12m"),
    ),
    Indicator(
        name="volunteer_acts_year",
        label=t("志愿服务人次", "volunteer acts"),
        unit="times/y",
        better=Better.HIGHER,
        family=Family.BENEFIT,
        sight=Sight.REPORTED,
        by_group=True,
        delta=tenth(50.0),
        definition=t(
            "窗口内志愿服务人次，折算为每年(364天)",
            "person-times of volunteering in the window, scaled to a year of 364 days",
        ),
        formula=f.acts("act_volunteer", YEAR, "act_volunteer"),
    ),
    Indicator(
        name="sorting_rate",
        label=t("垃圾分类率", "waste sorting"),
        unit="share",
        better=Better.HIGHER,
        family=Family.BENEFIT,
        sight=Sight.REPORTED,
        by_group=True,
        delta=TWO_POINTS,
        definition=t("做到分类的人周 ÷ 应分类的人周", "resident-weeks with sorting / resident-weeks"),
        formula=f.sorting,
    ),
    Indicator(
        name="council_attendance",
        label=t("议事会出席率", "council attendance"),
        unit="share",
        better=Better.HIGHER,
        family=Family.BENEFIT,
        sight=Sight.REPORTED,
        by_group=True,
        delta=FIVE_POINTS,
        definition=t("出席人次 ÷ 应出席的议事代表人次", "attendances / members of the panel due at the meetings"),
        formula=f.attendance,
    ),
    Indicator(
        name="app_active_share",
        label=t("应用月活跃率", "app: monthly active"),
        unit="share",
        better=Better.HIGHER,
        family=Family.BENEFIT,
        sight=Sight.REPORTED,
        delta=TWO_POINTS,
        definition=t(
            "近28天用过应用的居民 ÷ 注册居民(含已学会使用者)，窗口内各日合计",
            "residents who used the app in the last 28 days / registered residents (those taught included), over the "
            "days of the window",
        ),
        formula=f.app_active,
    ),
    Indicator(
        name="app_weekly",
        label=t("应用周使用率", "app: weekly use"),
        unit="share",
        better=Better.HIGHER,
        family=Family.BENEFIT,
        sight=Sight.REPORTED,
        delta=TWO_POINTS,
        definition=t(
            "使用应用的人周 ÷ 注册居民人周", "resident-weeks with a use of the app / weeks of registered residents"
        ),
        formula=f.daily_ratio("act_app", "due_app"),
    ),
    Indicator(
        name="app_mau_ratio",
        label=t("月活居民的周使用率", "app: weekly uses of the monthly active"),
        unit="ratio",
        better=Better.HIGHER,
        family=Family.CONTEXT,
        sight=Sight.REPORTED,
        delta=Delta(absolute=0.05),
        definition=t(
            "每周使用应用人次 ÷ 近28天用过应用的居民",
            "uses of the app a week / residents who used it in the last 28 days",
        ),
        formula=f.app_stickiness,
    ),
)

VOICE = (
    Indicator(
        name="reports_month",
        label=t("居民上报", "reports by residents"),
        unit="reports/28d",
        better=Better.NONE,
        family=Family.CONTEXT,
        sight=Sight.REPORTED,
        by_group=True,
        delta=tenth(1.0),
        definition=t(
            "居民上报件数(含重复)，折算为每28天；不等于需求",
            "reports by residents, duplicates included, per 28 days; not need",
        ),
        formula=f.acts("reports", PERIOD, "reports"),
    ),
    Indicator(
        name="repeat_report_share",
        label=t("重复投诉占比", "repeat reports"),
        unit="share",
        better=Better.LOWER,
        family=Family.BENEFIT,
        sight=Sight.REPORTED,
        delta=TWO_POINTS,
        definition=t("此前已上报过的问题的上报 ÷ 全部上报", "reports of a problem that was reported before / reports"),
        formula=f.daily_ratio("repeat_reports", "reports"),
    ),
    Indicator(
        name="duplicate_report_share",
        label=t("同一在办案件的重复上报占比", "duplicate reports of an open case"),
        unit="share",
        better=Better.NONE,
        family=Family.CONTEXT,
        sight=Sight.REPORTED,
        delta=TWO_POINTS,
        definition=t("对已在办案件的上报 ÷ 全部上报", "reports of a case that is already open / reports"),
        formula=f.daily_ratio("duplicate_reports", "reports"),
    ),
    Indicator(
        name="satisfaction_share",
        label=t("满意居民占比", "satisfied residents"),
        unit="share",
        better=Better.HIGHER,
        family=Family.BENEFIT,
        sight=Sight.REPORTED,
        by_group=True,
        delta=TWO_POINTS,
        definition=t("满意的居民 ÷ 全体居民，各期末平均", "satisfied residents / residents, mean over period ends"),
        formula=f.fixed_mean("satisfied"),
    ),
    Indicator(
        name="satisfaction_score",
        label=t("满意度得分", "satisfaction score"),
        unit="score",
        better=Better.HIGHER,
        family=Family.BENEFIT,
        sight=Sight.REPORTED,
        by_group=True,
        delta=Delta(absolute=2.0, source="assumption: 2 points"),
        definition=t(
            "居民满意度得分(0–100)的平均，各期末平均", "mean score of residents (0-100), mean over period ends"
        ),
        formula=f.fixed_mean("score"),
    ),
    Indicator(
        name="mean_efficacy",
        label=t("效能感", "efficacy"),
        unit="level",
        better=Better.HIGHER,
        family=Family.BENEFIT,
        sight=Sight.TRUE,
        by_group=True,
        delta=TWO_POINTS,
        definition=t(
            "居民“说了管用”的信念(0–1)，各期末平均",
            "residents' belief that speaking up helps (0-1), mean over period ends",
        ),
        formula=f.fixed_mean("efficacy"),
    ),
    Indicator(
        name="mean_credibility",
        label=t("积分承诺信誉", "credibility of points"),
        unit="level",
        better=Better.HIGHER,
        family=Family.BENEFIT,
        sight=Sight.TRUE,
        delta=TWO_POINTS,
        definition=t(
            "居民对积分兑现的信任(0–1)，各日平均", "residents' trust that points are redeemed (0-1), mean over days"
        ),
        formula=f.daily_mean("mean_credibility"),
    ),
)
