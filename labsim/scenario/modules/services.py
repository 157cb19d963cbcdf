"""Levers and parameters of the module *services*: what is on offer, who books it, who gives hours.

Takes: nothing. Gives: :data:`LEVERS_SERVICES` and :data:`WORLD_SERVICES`, appended to the core's
catalogues. Defaults of levers are the community before any policy. The documents give no
denominators: their community is taken to have 7,500 residents, five times as many as the one that
is simulated by default (as in the module *disputes*).
"""

from functools import partial

from labsim.foundations.declared import Kind
from labsim.scenario.modules.declaring import lever, parameter

_lever = partial(lever, group="services")
_q = partial(parameter, group="services")
_OFF = "assumption: off before the policy"


LEVERS_SERVICES = (
    # what money buys
    _lever("canteen_share", "食堂占养老托幼经费", "canteen, of the money for care", "share", 0, 1, 0.5,
           "assumption"),
    _lever("gym_share", "健身房占文体经费", "gym, of the money for culture and sport", "share", 0, 1, 1 / 3,
           "gym_investment; size assumption"),
    _lever("meal_price", "老年餐价格", "price of a canteen meal", "yuan", 0, 60, 10, "assumption"),
    _lever("school_hours", "四点半课堂时长", "hours a day that the after-school class is open", "h/d", 0.5, 6, 2, "assumption"),
    _lever("school_price", "四点半课堂周费", "weekly fee of the after-school class", "yuan", 0, 500, 20, "assumption"),
    # rooms
    _lever("shared_venues", "共享场地数", "venues that schools and firms share", "venues", 0, 60, 0, "shared_venues_new_2024; off",
           Kind.WHOLE),
    _lever("venue_hours", "共享场地每周开放", "hours a week that a shared venue is open", "h/week", 1, 84, 6,
           "assumption"),
    _lever("venue_map", "共享场地知晓", "share of shared venues that residents know of", "share", 0, 1, 0.5,
           "assumption"),
    _lever("room_price", "一次场地使用费", "fee for a person's use of a room", "yuan", 0, 100, 10, "assumption"),
    # booking and the desk
    _lever("online_booking", "线上预约占比", "share of services that are booked online", "share", 0, 1, 0, _OFF),
    _lever("offline_channel", "保留电话与窗口", "share of online services that keep phone and desk", "share", 0, 1, 0,
           "app_proficiency_65plus; off"),
    _lever("proxy_items", "社区代办事项占比", "share of government items that can be handled in the community", "share", 0, 1, 0, _OFF),
    _lever("proxy_hours", "代办窗口工时", "staff hours of the desk for government items", "h/week", 0, 200, 30, "assumption"),
    # volunteers
    _lever("team_share", "志愿队上门服务占志愿工时", "share of volunteer hours that teams give to visits and errands", "share", 0, 1, 0, _OFF),
    _lever("talent_pool", "能人库人数", "skilled volunteers in the talent pool", "persons", 0, 500, 0,
           "talent_pool_volunteers; off", Kind.WHOLE),
    _lever("team_matching", "需求与能人匹配", "share of requests for visits that are matched with the pool", "share", 0, 1, 0, _OFF),
    _lever("errand_team", "代办队人数", "members of a standing errand team", "persons", 0, 500, 0, "red_proxy_team_members; off",
           Kind.WHOLE),
    _lever("art_sessions", "文艺队活动", "sessions that art volunteers give", "1/week", 0, 14, 0, "choir_sessions_per_week; off"),
    _lever("time_bank", "时间银行", "time bank", "off/on", 0, 1, 0, _OFF, Kind.SWITCH),
    _lever("time_bank_rate", "时间银行兑换率", "hours credited for an hour given", "ratio", 0, 3, 1, "assumption"),
    _lever("time_bank_pool", "时间银行捐入公共池", "share of each credit for the old who have saved nothing", "share", 0, 1, 0.5,
           "assumption"),
)
"""What a community can decide about services and venues."""

WORLD_SERVICES = (
    # who asks
    _q("bias_canteen", "去食堂基础倾向", "base utility of eating at the canteen", "logit", -12, 6, -2.9, "assumption"),
    _q("bias_school", "报四点半课堂基础倾向", "base utility of the after-school class", "logit", -12, 6, -1.4, "assumption"),
    _q("bias_culture", "参加文化活动基础倾向", "base utility of a culture session", "logit", -12, 6, -4.4,
       "culture_participation_rate (before); assumption"),
    _q("bias_gym", "去健身房基础倾向", "base utility of the gym", "logit", -12, 6, -4.5, "gym_daily_use; assumption"),
    _q("bias_room", "预约场地基础倾向", "base utility of booking a room", "logit", -12, 6, -4.8,
       "shared_venue_utilisation; assumption"),
    _q("bias_counsel", "心理疏导基础倾向", "base utility of counselling", "logit", -12, 6, -5.4, "counselling_service_count; assumption"),
    _q("bias_visit", "请人上门基础倾向", "base utility of asking for a visit or errand", "logit", -12, 6, -4.0,
       "red_proxy_services; assumption"),
    _q("item_rate", "每人年政务事项", "government items that a resident needs", "1/y", 0, 20, 3.2,
       "proxy_items_2024; size of the place assumption"),
    _q("pupil_share", "家有托管需求者占比", "share of residents under 60 with a child to look after", "share", 0, 1, 0.08, "assumption"),
    _q("alone_share", "独居需上门老人占比", "share of the older who live alone and need visits", "share", 0, 1, 0.15, "assumption"),
    _q("need_weight", "需求对使用的影响", "effect of a group's need on use", "logit", 0, 10, 2, "assumption"),
    _q("service_taste", "个人偏好对使用的影响", "effect of personal taste on use, against taking part", "ratio", 0, 2, 0.6, "assumption"),
    _q("place_inertia", "续用倾向", "what holding a place adds (canteen, class)", "logit", 0, 10, 4.5, "assumption"),
    _q("expectation_weight", "服务预期权重", "effect of what is expected of a service", "logit", 0, 6, 1.5, "assumption"),
    _q("expectation_rate", "服务预期更新速度", "rate at which expectations change", "1/event", 0.05, 0.6, 0.2,
       "Rescorla & Wagner 1972; range assumption"),
    _q("expectation_start", "初始服务预期", "what is expected of a service at the start", "share", 0, 1, 0.8, "assumption"),
    _q("price_sensitivity", "价格权重", "weight of prices", "logit", 0, 4, 0.8, "assumption"),
    _q("price_scale", "价格感受尺度", "price that is felt as ln 2", "yuan", 1, 100, 10, "assumption"),
    _q("booking_ease", "线上预约便利", "what booking online adds for those with access", "logit", 0, 2, 0.3, "assumption"),
    # what things cost and hold
    _q("meal_cost", "一餐社区补贴", "what the community adds to a meal", "yuan", 0.5, 40, 3, "assumption"),
    _q("meal_scale", "餐费与质量", "yuan on a meal at which 63 % find it good", "yuan", 1, 60, 7.6, "elder_meal_satisfaction_65plus; assumption"),
    _q("school_cost", "课堂每位每小时成本", "cost of a place in the class for an hour", "yuan/h", 0.2, 40, 1.5, "assumption"),
    _q("school_gap", "放学到家长下班", "mean time from school's end until parents are home", "h", 0.1, 4, 0.57,
       "after_school_parent_satisfaction; assumption"),
    _q("culture_cost", "一场文化活动成本", "cost of a culture session", "yuan", 50, 20000, 1150, "assumption"),
    _q("session_seats", "一场文化活动座位", "seats of a culture session", "persons", 5, 500, 60, "assumption", Kind.WHOLE),
    _q("gym_cost", "健身房一个人次名额成本", "cost of a place for one visit to the gym", "yuan", 0.5, 100, 5, "assumption"),
    _q("own_rooms", "社区自有活动室", "rooms of the community's own", "rooms", 0, 20, 2, "assumption", Kind.WHOLE),
    _q("own_room_hours", "自有活动室每周开放", "hours a week that an own room is open", "h/week", 1, 84, 14, "assumption"),
    _q("slot_hours", "一个场地时段", "length of a slot", "h", 0.5, 6, 2, "assumption"),
    _q("room_seats", "一个时段可容人数", "persons in a slot", "persons", 1, 200, 12, "assumption", Kind.WHOLE),
    _q("joint_rate", "共享单位年办活动", "activities that a sharing unit proposes", "1/y", 0, 52, 9.5,
       "joint_activities_per_year; shared_venues_new_2024"),
    # volunteers, counsellors, the desk
    _q("volunteer_skills", "上门服务所需技能种类", "kinds of skill that visits need", "kinds", 1, 40, 8, "assumption", Kind.WHOLE),
    _q("visit_hours_each", "一次上门时长", "hours of a visit or errand", "h", 0.25, 6, 1, "assumption"),
    _q("team_member_hours", "代办队员每周工时", "hours a week of a member of the errand team", "h/week", 0, 20, 0.5, "assumption"),
    _q("counsel_dropins", "每次疏导接待人数", "residents served in a counselling session", "persons", 0, 20, 3, "assumption"),
    _q("item_hours", "一件代办工时", "staff hours for a government item", "h", 0.02, 4, 0.25, "assumption"),
    _q("hour_value", "时间银行一小时的价值", "worth of a stored hour to a volunteer", "yuan", 0, 200, 5,
       "assumption"),
    _q("room_value", "一次场地使用的价值", "worth of a use of a shared room to culture", "yuan", 0, 100, 5, "assumption"),
    _q("usual_care_use", "养老托幼名额通常使用率", "usual use of places for care", "share", 0.05, 1, 0.95,
       "assumption"),
    _q("usual_culture_use", "文体名额通常使用率", "usual use of places for culture and sport", "share", 0.05, 1, 0.5,
       "assumption"),
)
"""What is uncertain about services and venues."""
