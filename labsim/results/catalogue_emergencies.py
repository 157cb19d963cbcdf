"""Indicators of the module *emergencies*: response, supplies, flood, epidemic, hot events.

Takes: nothing. Gives: declarations, joined in ``catalogue``; not measurable when the module is off, and where
nothing of the kind happened in the window.
"""

from labsim.foundations.declared import Text
from labsim.foundations.i18n import t
from labsim.model.state import FEN, YEAR
from labsim.results.declaration import NOT_MEASURABLE, Better, Delta, Family, Formula, Indicator, Sight, View
from labsim.results.formulas import ratio
from labsim.results.formulas_modules import module_mean, module_per, module_ratio, module_total
from labsim.results.margins import FIVE_POINTS, MONEY

_M = "emergencies"
_MINUTE = Delta(absolute=1.0, relative=0.05, source="assumption: a minute, or 5 %")
_ONE = Delta(absolute=1.0, source="assumption: one")
_HOUR = Delta(absolute=0.5, relative=0.05, source="assumption: half an hour, or 5 %")
_HOURS = Delta(absolute=20.0, relative=0.05, source="assumption: 20 hours, or 5 %")


def _where(condition: str, column: str, divisor: float = 1.0) -> Formula:
    """Return the formula total of a column, NaN when the condition's column is 0 all along."""

    def formula(view: View) -> float:
        happened = module_total(view, _M, condition)
        return module_total(view, _M, column) / divisor if happened > 0 else NOT_MEASURABLE

    return formula


def _hurt(view: View) -> float:
    """Return residents hurt per resident at risk."""
    return ratio(module_total(view, _M, "hurt"), module_total(view, _M, "at_risk"))


def _one(
    name: str,
    label: Text,
    unit: str,
    better: Better,
    delta: Delta,
    definition: Text,
    formula: Formula,
    family: Family = Family.BENEFIT,
    sight: Sight = Sight.REPORTED,
) -> Indicator:
    return Indicator(
        name=name,
        label=label,
        unit=unit,
        better=better,
        family=family,
        sight=sight,
        delta=delta,
        definition=definition,
        formula=formula,
    )


EMERGENCIES = (
    _one(
        "emergency_response_minutes",
        t("应急响应用时", "emergency response time"),
        "minutes",
        Better.LOWER,
        _MINUTE,
        t(
            "从出事到队伍到达的分钟数，窗口内有队伍到达的求助平均",
            "minutes until a team arrives, mean of calls answered",
        ),
        module_ratio(_M, ("response_minutes",), ("calls",)),
    ),
    _one(
        "emergency_in_circle",
        t("15 分钟内到达占比", "calls reached within 15 minutes"),
        "share",
        Better.HIGHER,
        FIVE_POINTS,
        t("15 分钟内有队伍到达的求助 ÷ 有队伍到达的求助", "calls reached by a team within 15 minutes / calls answered"),
        module_ratio(_M, ("in_circle",), ("calls",)),
    ),
    _one(
        "emergency_calls_year",
        t("求助件数", "emergency calls"),
        "calls/y",
        Better.NONE,
        _ONE,
        t("有队伍到达的求助，折算为每年", "calls answered by a team, scaled to a year"),
        module_per(_M, YEAR, "calls"),
        Family.CONTEXT,
    ),
    _one(
        "supply_delivery_minutes",
        t("应急物资送达用时", "delivery time of emergency supplies"),
        "minutes",
        Better.LOWER,
        _MINUTE,
        t("从提出到送达的分钟数，已送达的请求平均", "minutes from request to delivery, mean of requests delivered"),
        module_ratio(_M, ("delivery_minutes",), ("delivered",)),
    ),
    _one(
        "supply_in_promise",
        t("30 分钟内送达占比", "supplies delivered within 30 minutes"),
        "share",
        Better.HIGHER,
        FIVE_POINTS,
        t("30 分钟内送达的请求 ÷ 全部请求（含无货）", "requests delivered within 30 minutes / all requests"),
        module_ratio(_M, ("in_promise",), ("requests",)),
    ),
    _one(
        "supply_unmet_share",
        t("缺货占比", "requests that no stock could meet"),
        "share",
        Better.LOWER,
        FIVE_POINTS,
        t("各点都无货的请求 ÷ 全部请求", "requests when no point had a kit / requests"),
        module_ratio(_M, ("unmet",), ("requests",)),
    ),
    _one(
        "emergency_teams_ready",
        t("可出动志愿队伍", "volunteer teams that can be manned"),
        "teams",
        Better.HIGHER,
        _ONE,
        t("按应召居民可编成的突击队数，各日平均", "teams that residents on call can man, mean over days"),
        module_mean(_M, "teams"),
        Family.CONTEXT,
    ),
    _one(
        "flood_points_warned",
        t("提前预警积水点", "waterlogging points warned of"),
        "sites",
        Better.HIGHER,
        _ONE,
        t("窗口内提前预警的积水点", "waterlogging points of the window that were warned of"),
        _where("points", "points_warned"),
    ),
    _one(
        "flood_residents_moved",
        t("进水前转移居民", "residents moved before the water"),
        "persons",
        Better.HIGHER,
        _ONE,
        t("进水前自行或由队伍转移的受威胁居民", "residents at risk who moved, or were moved, before the water came"),
        _where("points", "moved"),
        sight=Sight.TRUE,
    ),
    _one(
        "flood_casualties",
        t("汛情伤亡", "casualties of floods"),
        "persons",
        Better.LOWER,
        _ONE,
        t("在险情时限前未被转移也未被到达的居民", "residents neither moved nor reached before harm"),
        _where("points", "hurt"),
    ),
    _one(
        "flood_hurt_share",
        t("受威胁居民伤亡占比", "residents at risk who were hurt"),
        "share",
        Better.LOWER,
        FIVE_POINTS,
        t("伤亡居民 ÷ 受威胁居民", "residents hurt / residents at risk"),
        _hurt,
        sight=Sight.TRUE,
    ),
    _one(
        "flood_vehicles_moved",
        t("进水前挪出车辆", "vehicles moved before the water"),
        "vehicles",
        Better.HIGHER,
        _ONE,
        t("进水前由车主或队伍挪出的车辆", "vehicles that owners or teams moved before the water came"),
        _where("points", "cars_moved"),
    ),
    _one(
        "flood_loss",
        t("汛情损失", "loss in floods"),
        "yuan",
        Better.LOWER,
        MONEY,
        t("进水车辆与未及告知家庭的损失估值", "value lost in flooded cars and homes that were not told in time"),
        _where("points", "loss", FEN),
        sight=Sight.TRUE,
    ),
    _one(
        "flood_loss_avoided",
        t("汛情避免损失", "loss avoided in floods"),
        "yuan",
        Better.HIGHER,
        MONEY,
        t("进水前挪出车辆与及时告知家庭的估值", "value of cars moved and homes told before the water came"),
        _where("points", "loss_avoided", FEN),
        sight=Sight.TRUE,
    ),
    _one(
        "full_sampling_hours",
        t("全员采样用时", "hours to sample everybody"),
        "hours",
        Better.LOWER,
        _HOUR,
        t(
            "一轮全员采样从开始到结束的小时数，已完成各轮平均",
            "hours from begin to end of a round, mean of rounds finished",
        ),
        module_ratio(_M, ("sampling_hours",), ("rounds",)),
    ),
    _one(
        "epidemic_infections",
        t("社区内新增感染", "infections inside the community"),
        "persons",
        Better.LOWER,
        _ONE,
        t("由社区内感染者传染的居民，输入病例除外", "residents infected by residents, imported cases left out"),
        _where("imported", "infections"),
        sight=Sight.TRUE,
    ),
    _one(
        "hot_event_heard",
        t("听说热点事件的居民", "residents who heard of a hot event"),
        "persons",
        Better.LOWER,
        Delta(absolute=5.0, relative=0.1, source="assumption: five, or 10 %"),
        t("窗口内听说热点事件的人次", "times that residents heard of a hot event"),
        _where("heard", "heard"),
        Family.BURDEN,
        Sight.TRUE,
    ),
    _one(
        "hot_answer_hours",
        t("热点事件答复用时", "time to answer a hot event"),
        "hours",
        Better.LOWER,
        _HOUR,
        t("从发生到答复的小时数，已答复事件平均", "hours from event to answer, mean of events answered"),
        module_ratio(_M, ("answer_hours",), ("answers",)),
    ),
    _one(
        "emergency_staff_hours",
        t("应急占用社区工时", "staff hours for emergencies"),
        "hours/y",
        Better.LOWER,
        _HOURS,
        t(
            "演练、采样与上门告知的社区工时，折算为每年",
            "staff hours for drills, sampling and warnings, scaled to a year",
        ),
        module_per(_M, YEAR, "staff_hours"),
        Family.BURDEN,
    ),
    _one(
        "emergency_volunteer_hours",
        t("应急占用志愿工时", "volunteer hours for emergencies"),
        "hours/y",
        Better.LOWER,
        _HOURS,
        t("值守与出动的志愿工时，折算为每年", "volunteer hours of standby and calls, scaled to a year"),
        module_per(_M, YEAR, "volunteer_hours"),
        Family.BURDEN,
    ),
    _one(
        "emergency_supply_cost",
        t("应急物资支出", "money for emergency supplies"),
        "yuan/y",
        Better.LOWER,
        MONEY,
        t("购置应急物资的支出，折算为每年", "money spent on kits, scaled to a year"),
        module_per(_M, YEAR, "kit_money", divisor=FEN),
        Family.COST,
    ),
)
"""Indicators of emergencies."""
