"""Indicators of the module *services*: use of services and rooms, the time bank, who is left out.

Takes: nothing. Gives: declarations, joined in ``catalogue``; not measurable when the module is off.
"""

from labsim.foundations.arithmetic import unfixed
from labsim.foundations.i18n import t
from labsim.model.modules.services_state import Service
from labsim.model.state import FEN, WEEK, YEAR
from labsim.results.declaration import NOT_MEASURABLE, Better, Delta, Family, Formula, Indicator, Sight, View
from labsim.results.formulas import ratio
from labsim.results.formulas_modules import module_last, module_per, module_ratio, module_total
from labsim.results.margins import FIVE_POINTS, MONEY, tenth

_M = "services"
APP_CAPACITY = 0.2
"""Visits a day for which the app is built, per resident (assumption: everybody once in five days)."""
_ASKED = tuple(f"asked_{one.name.lower()}" for one in Service)
_SERVED = tuple(f"served_{one.name.lower()}" for one in Service)


def _liking(service: str) -> Formula:
    """Return the formula mean of how far those served like a service."""

    def formula(view: View) -> float:
        records = view.module(_M)
        if records is None:
            return NOT_MEASURABLE
        return ratio(unfixed(int(records[f"liking_{service}"].sum())), records[f"served_{service}"].sum())

    return formula


def _after_year(column: str) -> Formula:
    """Return the formula value at the end of the window, once twelve months have been simulated."""
    last = module_last(_M, column)
    return lambda view: last(view) if view.last >= YEAR else NOT_MEASURABLE


def _refused(view: View) -> float:
    """Return the share of heard requests that were refused."""
    asked = module_total(view, _M, *_ASKED)
    return ratio(asked - module_total(view, _M, *_SERVED), asked)


def _app_load(view: View) -> float:
    """Return daily visits of the app, bookings and deliberation, of what it is built for."""
    visits = module_total(view, _M, "online") + float(view.daily["act_app"].sum())
    residents = float(view.groups["residents"][-1].sum()) if len(view.groups) else 0.0
    return ratio(visits, view.days * residents * APP_CAPACITY)


def _count(name: str, zh: str, en: str, unit: str, formula: Formula, definition: tuple[str, str]) -> Indicator:
    """Return an indicator of something that is better when there is more of it."""
    return Indicator(
        name=name, label=t(zh, en), unit=unit, better=Better.HIGHER, family=Family.BENEFIT, sight=Sight.REPORTED,
        delta=tenth(1.0), definition=t(*definition), formula=formula,
    )  # fmt: skip


def _share(name: str, zh: str, en: str, formula: Formula, definition: tuple[str, str]) -> Indicator:
    """Return an indicator of a share that is better when it is larger."""
    return Indicator(
        name=name, label=t(zh, en), unit="share", better=Better.HIGHER, family=Family.BENEFIT, sight=Sight.REPORTED,
        delta=FIVE_POINTS, definition=t(*definition), formula=formula,
    )  # fmt: skip


SERVICES = (
    _share(
        "venue_utilisation", "场地使用率", "use of rooms", module_ratio(_M, ("used_slots",), ("slots",)),
        ("有人使用的时段 ÷ 自有与共享场地的开放时段", "slots in use / slots open, own and shared rooms"),
    ),
    _count(
        "room_visits_year", "场地使用人次", "uses of rooms", "times/y", module_per(_M, YEAR, "served_room"),
        ("成功的场地预约，折算为每年", "bookings of rooms that were met, scaled to a year"),
    ),
    _count(
        "joint_activities_year", "共驻共建活动场次", "joint activities", "events/y",
        module_per(_M, YEAR, "joint_activities"),
        ("共享单位在共享场地举办的活动，折算为每年", "activities that sharing units hold in rooms, scaled to a year"),
    ),
    _count(
        "joint_beneficiaries_year", "共驻共建活动受益人次", "person-times at joint activities", "times/y",
        module_per(_M, YEAR, "joint_visits"),
        ("参加共驻共建活动的人次，折算为每年", "residents at joint activities, scaled to a year"),
    ),
    _count(
        "canteen_meals_day", "食堂每日用餐", "canteen meals a day", "times/d", module_per(_M, WEEK, "served_canteen"),
        ("营业日用餐人次：一周内获得座位的老人", "meals on an open day: older residents with a place in a week"),
    ),
    Indicator(
        name="elder_meal_satisfaction", label=t("老年助餐满意度", "satisfaction with meals"), unit="level",
        better=Better.HIGHER, family=Family.BENEFIT, sight=Sight.REPORTED, delta=FIVE_POINTS,
        definition=t(
            "用餐老人对食堂的预期(0–1)，按用餐周平均",
            "what older residents who eat there expect of it (0-1), mean over weeks",
        ),
        formula=_liking("canteen"),
    ),
    _count(
        "after_school_pupils", "四点半课堂学生", "pupils of the after-school class", "persons",
        module_per(_M, WEEK, "served_school"),
        ("一周内有位子的家庭，窗口平均", "families with a place in a week, mean over the window"),
    ),
    Indicator(
        name="after_school_satisfaction", label=t("四点半课堂满意度", "satisfaction with the after-school class"),
        unit="level", better=Better.HIGHER, family=Family.BENEFIT, sight=Sight.REPORTED, delta=FIVE_POINTS,
        definition=t("家长对课堂的预期(0–1)，按使用周平均", "what parents expect of the class (0-1), mean over weeks"),
        formula=_liking("school"),
    ),
    _count(
        "gym_visits_day", "健身房每日使用", "visits to the gym a day", "times/d", module_per(_M, 1, "served_gym"),
        ("健身房使用人次 ÷ 天数", "visits to the gym / days"),
    ),
    _share(
        "culture_participation", "文化活动参与率", "taking part in culture", _after_year("culture_12m"),
        (
            "过去 12 个月至少参加一次文化活动的居民占比，窗口末",
            "residents with a culture session in the last 12 months, at the end",
        ),
    ),
    _share(
        "culture_participation_young", "青年文化活动参与率", "taking part in culture, young",
        _after_year("culture_12m_young"),
        (
            "过去 12 个月至少参加一次文化活动的青年占比，窗口末",
            "young with a culture session in the last 12 months, at the end",
        ),
    ),
    _count(
        "art_audience_year", "文艺队惠及人次", "audience of art volunteers", "times/y",
        module_per(_M, YEAR, "art_visits"),
        ("参加文艺队活动的人次，折算为每年", "residents at sessions of art volunteers, scaled to a year"),
    ),
    _count(
        "counselling_visits_year", "心理疏导服务人次", "residents served by counselling", "times/y",
        module_per(_M, YEAR, "served_counsel"),
        ("心灵驿站接待人次，折算为每年", "residents served by the counselling station, scaled to a year"),
    ),
    _count(
        "visits_year", "上门与代办服务", "visits and errands for the old", "times/y",
        module_per(_M, YEAR, "served_visit"),
        (
            "志愿队与代办队为老人上门和跑腿，折算为每年",
            "visits and errands that teams do for older residents, scaled to a year",
        ),
    ),
    _share(
        "visits_met", "上门需求满足率", "requests for visits met",
        module_ratio(_M, ("served_visit",), ("asked_visit",)),
        ("得到服务 ÷ 提出的上门需求", "served / requests for visits that were heard"),
    ),
    _count(
        "elders_visited", "走访老人数", "older residents visited", "persons", _after_year("elders_visited"),
        ("过去 12 个月至少上门一次的老人，窗口末", "older residents with a visit in the last 12 months, at the end"),
    ),
    _count(
        "proxy_items_year", "社区代办事项", "government items handled", "times/y", module_per(_M, YEAR, "served_item"),
        ("社区窗口代办的政务事项，折算为每年", "government items that the desk handles, scaled to a year"),
    ),
    _count(
        "app_requests_year", "线上办理诉求", "requests handled online", "times/y",
        module_per(_M, YEAR, "online_closed"),
        (
            "线上提出并办结的疏导、上门与代办，折算为每年",
            "counselling, visits and items asked for online and done, scaled to a year",
        ),
    ),
    _share(
        "app_completion", "线上办结率", "online requests completed",
        module_ratio(_M, ("online_closed",), ("online_requests",)),
        (
            "办结 ÷ 线上提出且有供给的疏导、上门与代办",
            "done / counselling, visits and items asked for online while on offer",
        ),
    ),
    _share(
        "app_load", "应用访问占设计容量", "app visits of design capacity", _app_load,
        (
            "日均预约与议事访问 ÷ 设计容量(每位居民每 5 天一次)",
            "daily bookings and deliberation / design capacity (a visit of every resident in 5 days)",
        ),
    ),
    Indicator(
        name="refused_share", label=t("需求被拒占比", "requests refused"), unit="share", better=Better.LOWER,
        family=Family.BURDEN, sight=Sight.REPORTED, delta=FIVE_POINTS,
        definition=t("没有名额的需求 ÷ 提出的全部需求", "requests without a place / all requests that were heard"),
        formula=_refused,
    ),
    Indicator(
        name="unheard_requests_year", label=t("找不到渠道的需求", "requests that found no channel"), unit="times/y",
        better=Better.LOWER, family=Family.BURDEN, sight=Sight.TRUE, delta=tenth(10.0),
        definition=t(
            "没有数字可及、又没有电话窗口而提不出的需求，折算为每年",
            "requests of residents without digital access where phone and desk are gone, scaled to a year",
        ),
        formula=module_per(_M, YEAR, "unheard"),
    ),
    _count(
        "older_services_year", "老年人获得服务", "services that older residents get", "times/y",
        module_per(_M, YEAR, "served_older"),
        (
            "60 岁以上居民获得的各类服务，折算为每年",
            "services of all kinds given to residents of 60+, scaled to a year",
        ),
    ),
    _count(
        "time_bank_hours_held", "时间银行结存时数", "hours held in the time bank", "hours",
        module_last(_M, "hours_held", 100),
        ("窗口末已存未取的时数", "hours credited and not yet spent, at the end of the window"),
    ),
    _count(
        "time_bank_hours_spent_year", "时间银行支取时数", "hours drawn from the time bank", "hours/y",
        module_per(_M, YEAR, "hours_spent", divisor=100),
        ("老人支取的时数，折算为每年", "hours that older residents draw, scaled to a year"),
    ),
    Indicator(
        name="time_bank_trust", label=t("时间银行信任", "trust in the time bank"), unit="level", better=Better.HIGHER,
        family=Family.BENEFIT, sight=Sight.TRUE, delta=Delta(absolute=0.03, source="assumption"),
        definition=t(
            "居民对日后能取的信任，窗口末的平均",
            "residents' trust in later redemption, mean at the end of the window",
        ),
        formula=module_last(_M, "bank_trust"),
    ),
    Indicator(
        name="desk_hours_week", label=t("代办窗口工时", "staff hours for government items"), unit="hours/week",
        better=Better.LOWER, family=Family.BURDEN, sight=Sight.REPORTED, delta=tenth(1.0),
        definition=t("社工办理代办事项的周工时", "weekly hours of staff for government items"),
        formula=module_per(_M, WEEK, "item_hours"),
    ),
    Indicator(
        name="service_fees_year", label=t("居民服务付费", "residents' fees for services"), unit="yuan/y",
        better=Better.NONE, family=Family.CONTEXT, sight=Sight.REPORTED, delta=MONEY,
        definition=t(
            "居民为用餐、课堂与场地支付的费用，折算为每年",
            "what residents pay for meals, class and rooms, scaled to a year",
        ),
        formula=module_per(_M, YEAR, "fees", divisor=FEN),
    ),
    Indicator(
        name="vouchers_held", label=t("未用场地券", "room vouchers held"), unit="yuan", better=Better.NONE,
        family=Family.CONTEXT, sight=Sight.REPORTED, delta=MONEY,
        definition=t("窗口末志愿者手中未用的场地券", "vouchers that volunteers hold at the end of the window"),
        formula=module_last(_M, "vouchers_held", FEN),
    ),
)  # fmt: skip
