"""Every indicator, declared once.

Takes: nothing. Gives: :data:`CATALOGUE`, the declarations in the order in which they are shown.
"""

from labsim.foundations.i18n import t
from labsim.model.state import PERIOD, YEAR
from labsim.results import formulas as f
from labsim.results.declaration import Better, Delta, Family, Indicator, Sight

_HIGHER, _LOWER, _NONE = Better.HIGHER, Better.LOWER, Better.NONE
_BENEFIT, _COST, _BURDEN, _CONTEXT = Family.BENEFIT, Family.COST, Family.BURDEN, Family.CONTEXT
_ON_RECORD, _TRUE = Sight.REPORTED, Sight.TRUE

_TWO_POINTS = Delta(absolute=0.02, source="analysis.md 2.2: 2 pp")
_FIVE_POINTS = Delta(absolute=0.05, source="assumption: 5 pp")
_HALF_DAY = Delta(absolute=0.5, source="analysis.md 2.2: half a day")
_MONEY = Delta(absolute=1000.0, relative=0.05, source="analysis.md 2.2: 5 % of the baseline; at least 1000 yuan (assumption)")


def _tenth(absolute: float) -> Delta:
    return Delta(absolute=absolute, relative=0.10, source=f"assumption: 10 % of the baseline, at least {absolute:g}")


def _money(name: str, zh: str, en: str, zh_def: str, en_def: str, *fields: str) -> Indicator:
    return Indicator(
        name=name, label=t(zh, en), unit="yuan/y", better=_LOWER, family=_COST, sight=_ON_RECORD,
        definition=t(zh_def, en_def), delta=_MONEY, formula=f.yuan_a_year(*fields),
    )


_PARTICIPATION = (
    Indicator(
        name="participation_offline_12m", label=t("线下参与率(12个月)", "offline participation (12 months)"), unit="share",
        better=_HIGHER, family=_BENEFIT, sight=_ON_RECORD, by_group=True, periodic=False, delta=_TWO_POINTS,
        definition=t("期末前12个月内至少参加一次志愿服务、议事会或巡查的居民 ÷ 全体居民",
                     "residents with at least one volunteer act, council meeting or patrol in the 12 months before the "
                     "end of the window / residents"),
        formula=f.at_end_of_year("offline_12m"),
    ),
    Indicator(
        name="deliberated_12m", label=t("参与过议事的居民(12个月)", "ever deliberated (12 months)"), unit="share",
        better=_HIGHER, family=_BENEFIT, sight=_ON_RECORD, by_group=True, periodic=False, delta=_TWO_POINTS,
        definition=t("期末前12个月内参加过议事会或使用过议事应用的居民 ÷ 全体居民",
                     "residents who came to the council or used the deliberation app in the 12 months before the end of the "
                     "window / residents"),
        formula=f.at_end_of_year("deliberated_12m"),
    ),
    Indicator(
        name="volunteer_acts_year", label=t("志愿服务人次", "volunteer acts"), unit="times/y", better=_HIGHER,
        family=_BENEFIT, sight=_ON_RECORD, by_group=True, delta=_tenth(50.0),
        definition=t("窗口内志愿服务人次，折算为每年(364天)", "person-times of volunteering in the window, scaled to a year of 364 days"),
        formula=f.acts("act_volunteer", YEAR, "act_volunteer"),
    ),
    Indicator(
        name="sorting_rate", label=t("垃圾分类率", "waste sorting"), unit="share", better=_HIGHER, family=_BENEFIT,
        sight=_ON_RECORD, by_group=True, delta=_TWO_POINTS,
        definition=t("做到分类的人周 ÷ 应分类的人周", "resident-weeks with sorting / resident-weeks"),
        formula=f.act_rate("sort", 4, "residents"),
    ),
    Indicator(
        name="council_attendance", label=t("议事会出席率", "council attendance"), unit="share", better=_HIGHER,
        family=_BENEFIT, sight=_ON_RECORD, by_group=True, delta=_FIVE_POINTS,
        definition=t("出席人次 ÷ 应出席的议事代表人次", "attendances / members of the panel due at the meetings"),
        formula=f.act_rate("meeting", 1, "panel"),
    ),
    Indicator(
        name="app_active_share", label=t("应用月活跃率", "app: monthly active"), unit="share", better=_HIGHER,
        family=_BENEFIT, sight=_ON_RECORD, by_group=True, delta=_TWO_POINTS,
        definition=t("近28天用过应用的居民 ÷ 注册居民，窗口内各日平均(分群体时为各期末平均)",
                     "residents who used the app in the last 28 days / registered residents, mean over the days of the "
                     "window (over period ends for a group)"),
        formula=f.app_active,
    ),
    Indicator(
        name="app_weekly", label=t("应用周使用率", "app: weekly use"), unit="share", better=_HIGHER, family=_BENEFIT,
        sight=_ON_RECORD, by_group=True, delta=_TWO_POINTS,
        definition=t("使用应用的人周 ÷ 注册居民人周", "resident-weeks with a use of the app / weeks of registered residents"),
        formula=f.act_rate("app", 4, "registered"),
    ),
    Indicator(
        name="app_mau_ratio", label=t("月活居民的周使用率", "app: weekly uses of the monthly active"), unit="ratio",
        better=_HIGHER, family=_CONTEXT, sight=_ON_RECORD, delta=Delta(absolute=0.05),
        definition=t("每周使用应用人次 ÷ 近28天用过应用的居民", "uses of the app a week / residents who used it in the last 28 days"),
        formula=f.app_stickiness,
    ),
)

_CASES = (
    Indicator(
        name="fix_rate_official", label=t("整改率(台账)", "fix rate, on record"), unit="share", better=_HIGHER,
        family=_BENEFIT, sight=_ON_RECORD, delta=_TWO_POINTS,
        definition=t("立案后60天内办结(含表面整改) ÷ 窗口内立案且已跟踪60天的案件",
                     "cases closed within 60 days of opening, superficial repairs included / cases opened in the window and "
                     "followed for 60 days"),
        formula=f.closed_within(f.FOLLOW_UP),
    ),
    Indicator(
        name="fix_rate_genuine", label=t("整改率(真实)", "fix rate, genuine"), unit="share", better=_HIGHER,
        family=_BENEFIT, sight=_TRUE, delta=_TWO_POINTS,
        definition=t("立案后60天内办结且非表面整改 ÷ 窗口内立案且已跟踪60天的案件",
                     "cases closed within 60 days of opening by a repair that is not superficial / cases opened in the "
                     "window and followed for 60 days"),
        formula=f.closed_within(f.FOLLOW_UP, genuine=True),
    ),
    Indicator(
        name="handling_days_mean", label=t("办理天数(平均)", "handling time (mean)"), unit="days", better=_LOWER,
        family=_BENEFIT, sight=_ON_RECORD, delta=_HALF_DAY,
        definition=t("从立案到办结的日历天数：窗口内立案、已跟踪60天且已办结案件的平均",
                     "calendar days from opening to closing, mean of closed cases opened in the window and followed for 60 days"),
        formula=f.handling_mean,
    ),
    Indicator(
        name="handling_days_median", label=t("办理天数(中位)", "handling time (median)"), unit="days", better=_LOWER,
        family=_BENEFIT, sight=_ON_RECORD, delta=_HALF_DAY,
        definition=t("从立案到办结的日历天数：同一批案件的中位数", "calendar days from opening to closing, median of the same cases"),
        formula=f.handling_quantile(0.5),
    ),
    Indicator(
        name="handling_days_p90", label=t("办理天数(90分位)", "handling time (90th percentile)"), unit="days", better=_LOWER,
        family=_BENEFIT, sight=_ON_RECORD, delta=Delta(absolute=1.0, source="assumption: a day"),
        definition=t("从立案到办结的日历天数：同一批案件的90分位数",
                     "calendar days from opening to closing, 90th percentile of the same cases"),
        formula=f.handling_quantile(0.9),
    ),
    Indicator(
        name="on_time_share", label=t("按期办结率", "closed on time"), unit="share", better=_HIGHER, family=_BENEFIT,
        sight=_ON_RECORD, delta=_TWO_POINTS,
        definition=t("立案后21天(15个工作日)内办结 ÷ 窗口内立案且已跟踪60天的案件",
                     "cases closed within 21 days (15 working days, rectification_deadline_days) / cases opened in the window "
                     "and followed for 60 days"),
        formula=f.closed_within(f.RECORD_DEADLINE),
    ),
    Indicator(
        name="overdue_share", label=t("在办案件超期占比", "open cases that are overdue"), unit="share", better=_LOWER,
        family=_BENEFIT, sight=_ON_RECORD, delta=_FIVE_POINTS,
        definition=t("超期在办案件 ÷ 在办案件，按日累计", "overdue open cases / open cases, summed over days"),
        formula=f.daily_ratio("overdue_open", "open"),
    ),
    Indicator(
        name="detection_days", label=t("发现天数", "time to discovery"), unit="days", better=_LOWER, family=_BENEFIT,
        sight=_TRUE, delta=_HALF_DAY,
        definition=t("从问题发生到立案的天数：窗口内立案案件的平均",
                     "days from the onset of a problem to its case, mean of cases opened in the window"),
        formula=f.detection,
    ),
    Indicator(
        name="recurrence_90d", label=t("90天复发率(台账)", "recurrence within 90 days, on record"), unit="share",
        better=_LOWER, family=_BENEFIT, sight=_ON_RECORD, delta=_TWO_POINTS,
        definition=t("办结后90天内同一点位再次立案 ÷ 窗口内办结且已跟踪90天的案件",
                     "closed cases whose item has a new case within 90 days / cases closed in the window and followed for 90 days"),
        formula=f.comes_back("next_opened"),
    ),
    Indicator(
        name="recurrence_90d_true", label=t("90天复发率(真实)", "recurrence within 90 days, true"), unit="share",
        better=_LOWER, family=_BENEFIT, sight=_TRUE, delta=_TWO_POINTS,
        definition=t("办结后90天内同一点位再次发生问题 ÷ 窗口内办结且已跟踪90天的案件",
                     "closed cases whose item fails again within 90 days / cases closed in the window and followed for 90 days"),
        formula=f.comes_back("next_onset"),
    ),
    Indicator(
        name="cases_opened_year", label=t("立案数", "cases opened"), unit="cases/y", better=_NONE, family=_CONTEXT,
        sight=_ON_RECORD, delta=_tenth(10.0),
        definition=t("窗口内立案数，折算为每年；多发现不等于变差", "cases opened in the window, scaled to a year; more found is not worse"),
        formula=f.per(YEAR, "opened"),
    ),
    Indicator(
        name="backlog_mean", label=t("未解决问题(含未发现)", "unresolved problems, undiscovered ones included"), unit="items",
        better=_LOWER, family=_BENEFIT, sight=_TRUE, delta=_tenth(1.0),
        definition=t("潜在或在办的点位数，各日平均", "items latent or open, mean over days"), formula=f.daily_mean("latent", "open"),
    ),
    Indicator(
        name="open_mean", label=t("在办案件", "open cases"), unit="items", better=_NONE, family=_CONTEXT, sight=_ON_RECORD,
        delta=_tenth(1.0), definition=t("在办点位数，各日平均", "items with an open case, mean over days"),
        formula=f.daily_mean("open"),
    ),
    Indicator(
        name="latent_mean", label=t("未发现问题", "undiscovered problems"), unit="items", better=_LOWER, family=_BENEFIT,
        sight=_TRUE, delta=_tenth(1.0), definition=t("潜在未发现的点位数，各日平均", "latent items, mean over days"),
        formula=f.daily_mean("latent"),
    ),
    Indicator(
        name="fault_item_days", label=t("问题存续(点位·天)", "time in fault"), unit="item-days/y", better=_LOWER,
        family=_BENEFIT, sight=_TRUE, delta=_tenth(100.0),
        definition=t("各点位处于问题状态的天数之和，折算为每年", "days that items spend in fault, summed over items, scaled to a year"),
        formula=f.per(YEAR, "fault_item_days"),
    ),
    Indicator(
        name="severity_backlog", label=t("严重度加权的未解决问题", "severity-weighted backlog"), unit="items", better=_LOWER,
        family=_BENEFIT, sight=_TRUE, delta=_tenth(1.0),
        definition=t("按严重度加权的问题点位，各日平均", "items in fault weighted by severity, mean over days"),
        formula=f.daily_mean("severity_item_days"),
    ),
    Indicator(
        name="money_wait_days", label=t("大修等待天数", "wait of capital repairs"), unit="days", better=_LOWER,
        family=_BENEFIT, sight=_ON_RECORD, periodic=False, delta=Delta(absolute=7.0, source="assumption: a week"),
        definition=t("大修案件从排队到开工的天数，窗口内排队案件平均；仍在等待的计到数据末日",
                     "days from queue to start of capital cases queued in the window, mean; those still waiting count up to the "
                     "end of the data"),
        formula=f.money_wait,
    ),
)

_VOICE = (
    Indicator(
        name="reports_month", label=t("居民上报", "reports by residents"), unit="reports/28d", better=_NONE, family=_CONTEXT,
        sight=_ON_RECORD, by_group=True, delta=_tenth(1.0),
        definition=t("居民上报件数(含重复)，折算为每28天；不等于需求", "reports by residents, duplicates included, per 28 days; not need"),
        formula=f.acts("reports", PERIOD, "reports"),
    ),
    Indicator(
        name="repeat_report_share", label=t("重复投诉占比", "repeat reports"), unit="share", better=_LOWER, family=_BENEFIT,
        sight=_ON_RECORD, delta=_TWO_POINTS,
        definition=t("此前已上报过的问题的上报 ÷ 全部上报", "reports of a problem that was reported before / reports"),
        formula=f.daily_ratio("repeat_reports", "reports"),
    ),
    Indicator(
        name="duplicate_report_share", label=t("同一在办案件的重复上报占比", "duplicate reports of an open case"), unit="share",
        better=_NONE, family=_CONTEXT, sight=_ON_RECORD, delta=_TWO_POINTS,
        definition=t("对已在办案件的上报 ÷ 全部上报", "reports of a case that is already open / reports"),
        formula=f.daily_ratio("duplicate_reports", "reports"),
    ),
    Indicator(
        name="satisfaction_share", label=t("满意居民占比", "satisfied residents"), unit="share", better=_HIGHER,
        family=_BENEFIT, sight=_ON_RECORD, by_group=True, delta=_TWO_POINTS,
        definition=t("满意的居民 ÷ 全体居民，各期末平均", "satisfied residents / residents, mean over period ends"),
        formula=f.fixed_mean("satisfied"),
    ),
    Indicator(
        name="satisfaction_score", label=t("满意度得分", "satisfaction score"), unit="score", better=_HIGHER,
        family=_BENEFIT, sight=_ON_RECORD, by_group=True, delta=Delta(absolute=2.0, source="analysis.md 2.2: 2 points"),
        definition=t("居民满意度得分(0–100)的平均，各期末平均", "mean score of residents (0-100), mean over period ends"),
        formula=f.fixed_mean("score"),
    ),
    Indicator(
        name="mean_efficacy", label=t("效能感", "efficacy"), unit="level", better=_HIGHER, family=_BENEFIT, sight=_TRUE,
        by_group=True, delta=_TWO_POINTS,
        definition=t("居民“说了管用”的信念(0–1)，各期末平均", "residents' belief that speaking up helps (0-1), mean over period ends"),
        formula=f.fixed_mean("efficacy"),
    ),
    Indicator(
        name="mean_credibility", label=t("积分承诺信誉", "credibility of points"), unit="level", better=_HIGHER,
        family=_BENEFIT, sight=_TRUE, delta=_TWO_POINTS,
        definition=t("居民对积分兑现的信任(0–1)，各日平均", "residents' trust that points are redeemed (0-1), mean over days"),
        formula=f.daily_mean("mean_credibility"),
    ),
)

_INSPECTION = (
    Indicator(
        name="inspections_month", label=t("检查次数", "inspections"), unit="times/28d", better=_NONE, family=_BURDEN,
        sight=_ON_RECORD, delta=_tenth(0.2),
        definition=t("各部门检查次数，折算为每28天", "visits of all departments, per 28 days"), formula=f.per(PERIOD, "visits"),
    ),
    Indicator(
        name="duplicate_inspection_share", label=t("重复检查占比", "duplicate inspections"), unit="share", better=_LOWER,
        family=_BURDEN, sight=_ON_RECORD, delta=_TWO_POINTS,
        definition=t("7天内已被其他部门查过的点位检查 ÷ 点位检查",
                     "item visits within 7 days of another department's visit / item visits"),
        formula=f.daily_ratio("duplicate_item_visits", "item_visits"),
    ),
    Indicator(
        name="perfunctory_share", label=t("走过场检查占比", "perfunctory inspections"), unit="share", better=_LOWER,
        family=_BURDEN, sight=_TRUE, delta=_TWO_POINTS,
        definition=t("走过场的检查 ÷ 检查", "visits that are a formality / visits"),
        formula=f.daily_ratio("perfunctory_visits", "visits"),
    ),
)

_STAFF = (
    Indicator(
        name="staff_load", label=t("社工负荷", "staff load"), unit="load", better=_LOWER, family=_BURDEN, sight=_ON_RECORD,
        delta=Delta(absolute=0.05, source="assumption: 2 h a week"),
        definition=t("28天平均工作量 ÷ 在岗人员满工时，各日平均", "work of the last 28 days / full hours of those present, mean over days"),
        formula=f.daily_mean("load"),
    ),
    Indicator(
        name="staff_hours_week", label=t("社工周工时", "staff hours a week"), unit="hours/week", better=_LOWER,
        family=_BURDEN, sight=_ON_RECORD, delta=Delta(absolute=2.0, source="assumption: 2 h a week"),
        definition=t("每名在岗社工每周工时(行政、迎检与案件)",
                     "hours a week of a worker who is present (administration, visits and cases)"),
        formula=f.worked_hours,
    ),
    Indicator(
        name="staff_present_mean", label=t("在岗社工", "staff present"), unit="persons", better=_NONE, family=_COST,
        sight=_ON_RECORD, delta=Delta(absolute=0.5, source="assumption: half a post"),
        definition=t("在岗社工人数，各日平均；工资不计入资金指标", "workers present, mean over days; wages are not in the money"),
        formula=f.daily_mean("staff_present"),
    ),
    Indicator(
        name="quits_year", label=t("社工离职人数", "staff who quit"), unit="persons/y", better=_LOWER, family=_BURDEN,
        sight=_ON_RECORD, delta=Delta(absolute=0.25, source="assumption: one more in four years"),
        definition=t("离职人数，折算为每年", "workers who quit, scaled to a year"), formula=f.per(YEAR, "quits"),
    ),
    Indicator(
        name="turnover_share_year", label=t("社工年离职率", "staff turnover"), unit="share", better=_LOWER, family=_BURDEN,
        sight=_ON_RECORD, delta=_TWO_POINTS,
        definition=t("每年离职人数 ÷ 平均在岗人数", "quits a year / workers present"), formula=f.turnover,
    ),
    Indicator(
        name="resident_hours_year", label=t("居民投入工时", "residents' hours"), unit="hours/y", better=_NONE,
        family=_BURDEN, sight=_ON_RECORD, delta=_tenth(50.0),
        definition=t("居民志愿服务、议事与巡查的小时数，折算为每年", "hours residents give to volunteering, councils and patrols, scaled to a year"),
        formula=f.per(YEAR, "resident_hours"),
    ),
)

_MONEY_AND_POINTS = (
    _money("money_repair_year", "整改支出", "repair money", "整改经费支出(元)，折算为每年", "repair money spent, scaled to a year",
           "repair_spent"),
    _money("money_points_year", "积分兑付支出", "points money", "积分资金池兑付额(元)，折算为每年",
           "money paid out of the points pot, scaled to a year", "pot_paid"),
    _money("money_incentives_year", "其他激励支出", "other incentives", "场地券、误工补贴与监督奖励支出(元)，折算为每年",
           "money for vouchers, wage subsidies and patrol rewards, scaled to a year", "incentive_spent"),
    _money("money_services_year", "服务活动支出", "service money", "服务活动经费支出(元)，折算为每年",
           "money spent on services and activities, scaled to a year", "service_spent"),
    _money("money_match_year", "共建配套支出", "match for projects", "众筹项目的配套资金(元)，折算为每年",
           "money matched for co-funded projects, scaled to a year", "project_matched"),
    _money("money_total_year", "总支出", "money in all",
           "整改、积分、激励、服务与配套支出合计(元)，不含工资，折算为每年",
           "repair, points, incentives, services and match together, without wages, scaled to a year",
           "repair_spent", "pot_paid", "incentive_spent", "service_spent", "project_matched"),
    Indicator(
        name="resident_money_year", label=t("居民众筹出资", "residents' contributions"), unit="yuan/y", better=_NONE,
        family=_BURDEN, sight=_ON_RECORD, delta=_MONEY,
        definition=t("居民众筹出资减退款(元)，折算为每年", "contributions of residents less refunds, scaled to a year"),
        formula=f.contributions,
    ),
    Indicator(
        name="points_issued", label=t("发放积分", "points issued"), unit="points/y", better=_NONE, family=_CONTEXT,
        sight=_ON_RECORD, delta=_tenth(100.0), definition=t("发放的积分，折算为每年", "points issued, scaled to a year"),
        formula=f.per(YEAR, "points_issued", divisor=100),
    ),
    Indicator(
        name="points_redeemed", label=t("兑换积分", "points redeemed"), unit="points/y", better=_NONE, family=_CONTEXT,
        sight=_ON_RECORD, delta=_tenth(100.0), definition=t("兑换的积分，折算为每年", "points redeemed, scaled to a year"),
        formula=f.per(YEAR, "points_redeemed", divisor=100),
    ),
    Indicator(
        name="points_held", label=t("未兑积分", "points held"), unit="points", better=_NONE, family=_CONTEXT,
        sight=_ON_RECORD, delta=_tenth(100.0),
        definition=t("窗口末居民持有的积分(待兑付)", "points that residents hold at the end of the window: a promise still to be kept"),
        formula=f.held_points,
    ),
    Indicator(
        name="redeem_failure_share", label=t("兑换失败率", "redemptions that fail"), unit="share", better=_LOWER,
        family=_BENEFIT, sight=_ON_RECORD, delta=_TWO_POINTS,
        definition=t("失败的兑换 ÷ 兑换尝试", "redemptions that fail / tries to redeem"),
        formula=f.daily_ratio("redeem_failures", "redeem_tries"),
    ),
    Indicator(
        name="points_stall_day", label=t("积分停摆时间", "when points stall"), unit="days", better=_HIGHER, family=_BENEFIT,
        sight=_ON_RECORD, periodic=False, delta=Delta(absolute=14.0, source="assumption: two weeks"),
        definition=t("从首次发分到首个“28天内过半兑换失败”时段末日的天数；从未停摆则无值",
                     "days from the first point issued to the end of the first 28 days in which more than half of the tries to "
                     "redeem fail; no value if that never happens"),
        formula=f.stall_day,
    ),
)

CATALOGUE: tuple[Indicator, ...] = (*_PARTICIPATION, *_CASES, *_VOICE, *_INSPECTION, *_STAFF, *_MONEY_AND_POINTS)
"""All indicators in the order in which they are shown."""
