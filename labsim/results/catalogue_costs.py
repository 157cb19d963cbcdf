"""Indicators of staff, hours, money and points.

Takes: nothing. Gives: declarations, joined in ``catalogue``.
"""

from labsim.foundations.i18n import t
from labsim.model.state import YEAR
from labsim.results import formulas as f
from labsim.results.declaration import Better, Delta, Family, Indicator, Sight
from labsim.results.margins import MONEY, TWO_POINTS, tenth


def _money(name: str, zh: str, en: str, zh_def: str, en_def: str, *fields: str) -> Indicator:
    return Indicator(
        name=name,
        label=t(zh, en),
        unit="yuan/y",
        better=Better.LOWER,
        family=Family.COST,
        sight=Sight.REPORTED,
        definition=t(zh_def, en_def),
        delta=MONEY,
        formula=f.yuan_a_year(*fields),
    )


STAFF = (
    Indicator(
        name="staff_load",
        label=t("社工负荷", "staff load"),
        unit="load",
        better=Better.LOWER,
        family=Family.BURDEN,
        sight=Sight.REPORTED,
        delta=Delta(absolute=0.05, source="assumption: 2 h a week"),
        definition=t(
            "28天平均工作量 ÷ 在岗人员满工时，各日平均",
            "work of the last 28 days / full hours of those present, mean over days",
        ),
        formula=f.daily_mean("load"),
    ),
    Indicator(
        name="staff_hours_week",
        label=t("社工周工时", "staff hours a week"),
        unit="hours/week",
        better=Better.LOWER,
        family=Family.BURDEN,
        sight=Sight.REPORTED,
        delta=Delta(absolute=2.0, source="assumption: 2 h a week"),
        definition=t(
            "每名在岗社工每周工时(行政、迎检与案件)",
            "hours a week of a worker who is present (administration, visits and cases)",
        ),
        formula=f.worked_hours,
    ),
    Indicator(
        name="staff_present_mean",
        label=t("在岗社工", "staff present"),
        unit="persons",
        better=Better.NONE,
        family=Family.COST,
        sight=Sight.REPORTED,
        delta=Delta(absolute=0.5, source="assumption: half a post"),
        definition=t(
            "在岗社工人数，各日平均", "workers present, mean over days"
        ),
        formula=f.daily_mean("staff_present"),
    ),
    Indicator(
        name="quits_year",
        label=t("社工离职人数", "staff who quit"),
        unit="persons/y",
        better=Better.LOWER,
        family=Family.BURDEN,
        sight=Sight.REPORTED,
        delta=Delta(absolute=0.25, source="assumption: one more in four years"),
        definition=t("离职人数，折算为每年", "workers who quit, scaled to a year"),
        formula=f.per(YEAR, "quits"),
    ),
    Indicator(
        name="turnover_share_year",
        label=t("社工年离职率", "staff turnover"),
        unit="share",
        better=Better.LOWER,
        family=Family.BURDEN,
        sight=Sight.REPORTED,
        delta=TWO_POINTS,
        definition=t("每年离职人数 ÷ 平均在岗人数", "quits a year / workers present"),
        formula=f.turnover,
    ),
    Indicator(
        name="resident_hours_year",
        label=t("居民投入工时", "residents' hours"),
        unit="hours/y",
        better=Better.NONE,
        family=Family.BURDEN,
        sight=Sight.REPORTED,
        delta=tenth(50.0),
        definition=t(
            "居民志愿服务、议事与巡查的小时数，折算为每年",
            "hours residents give to volunteering, councils and patrols, scaled to a year",
        ),
        formula=f.per(YEAR, "resident_hours"),
    ),
)

MONEY_AND_POINTS = (
    _money(
        "money_repair_year",
        "整改支出",
        "repair money",
        "整改经费支出(元)，折算为每年",
        "repair money spent, scaled to a year",
        "repair_spent",
    ),
    _money(
        "money_points_year",
        "积分兑付支出",
        "points money",
        "积分资金池兑付额(元)，折算为每年",
        "money paid out of the points pot, scaled to a year",
        "pot_paid",
    ),
    _money(
        "money_incentives_year",
        "其他激励支出",
        "other incentives",
        "场地券、误工补贴与监督奖励支出(元)，折算为每年",
        "money for vouchers, wage subsidies and patrol rewards, scaled to a year",
        "incentive_spent",
    ),
    _money(
        "money_services_year",
        "服务活动支出",
        "service money",
        "服务活动经费支出(元)，折算为每年",
        "money spent on services and activities, scaled to a year",
        "service_spent",
    ),
    _money(
        "money_match_year",
        "共建配套支出",
        "match for projects",
        "众筹项目的配套资金(元)，折算为每年",
        "money matched for co-funded projects, scaled to a year",
        "project_matched",
    ),
    _money(
        "money_staff_year",
        "人员工资",
        "wages",
        "社区工作者与处置人员工资(元)，折算为每年",
        "wages of community workers and handlers, scaled to a year",
        "wages",
    ),
    _money(
        "money_total_year",
        "总支出",
        "money in all",
        "整改、积分、激励、服务、配套支出与工资合计(元)，折算为每年",
        "repair, points, incentives, services, match and wages together, scaled to a year",
        "repair_spent",
        "pot_paid",
        "incentive_spent",
        "service_spent",
        "project_matched",
        "wages",
    ),
    Indicator(
        name="resident_money_year",
        label=t("居民众筹出资", "residents' contributions"),
        unit="yuan/y",
        better=Better.NONE,
        family=Family.BURDEN,
        sight=Sight.REPORTED,
        delta=MONEY,
        definition=t("居民众筹出资减退款(元)，折算为每年", "contributions of residents less refunds, scaled to a year"),
        formula=f.contributions,
    ),
    Indicator(
        name="points_issued",
        label=t("发放积分", "points issued"),
        unit="points/y",
        better=Better.NONE,
        family=Family.CONTEXT,
        sight=Sight.REPORTED,
        delta=tenth(100.0),
        definition=t("发放的积分，折算为每年", "points issued, scaled to a year"),
        formula=f.per(YEAR, "points_issued", divisor=100),
    ),
    Indicator(
        name="points_redeemed",
        label=t("兑换积分", "points redeemed"),
        unit="points/y",
        better=Better.NONE,
        family=Family.CONTEXT,
        sight=Sight.REPORTED,
        delta=tenth(100.0),
        definition=t("兑换的积分，折算为每年", "points redeemed, scaled to a year"),
        formula=f.per(YEAR, "points_redeemed", divisor=100),
    ),
    Indicator(
        name="points_held",
        label=t("未兑积分", "points held"),
        unit="points",
        better=Better.NONE,
        family=Family.CONTEXT,
        sight=Sight.REPORTED,
        delta=tenth(100.0),
        definition=t(
            "窗口末居民持有的积分(待兑付)",
            "points that residents hold at the end of the window: a promise still to be kept",
        ),
        formula=f.held_points,
    ),
    Indicator(
        name="redeem_failure_share",
        label=t("兑换失败率", "redemptions that fail"),
        unit="share",
        better=Better.LOWER,
        family=Family.BENEFIT,
        sight=Sight.REPORTED,
        delta=TWO_POINTS,
        definition=t("失败的兑换 ÷ 兑换尝试", "redemptions that fail / tries to redeem"),
        formula=f.daily_ratio("redeem_failures", "redeem_tries"),
    ),
    Indicator(
        name="points_stall_day",
        label=t("积分停摆时间", "when points stall"),
        unit="days",
        better=Better.HIGHER,
        family=Family.BENEFIT,
        sight=Sight.REPORTED,
        periodic=False,
        delta=Delta(absolute=14.0, source="assumption: two weeks"),
        definition=t(
            "从首次发分到首个“28天内过半兑换失败”时段末日的天数；从未停摆则无值",
            "days from the first point issued to the end of the first 28 days in which more than half of the tries to "
            "redeem fail; no value if that never happens",
        ),
        formula=f.stall_day,
    ),
)
