"""Levers and parameters of the module *emergencies*: teams, stations, supplies, warnings, sampling, answers.

Takes: nothing. Gives: :data:`LEVERS_EMERGENCIES` and :data:`WORLD_EMERGENCIES`, appended to the core's
catalogues. Defaults of levers are a community with its office, one team of staff on call and a cupboard
of supplies. The documents promise minutes and count what was saved; they give no times of any stage.
"""

from functools import partial

from labsim.foundations.declared import Kind
from labsim.scenario.modules.declaring import lever, parameter

_lever = partial(lever, group="emergencies")
_q = partial(parameter, group="emergencies")
_OFF = "assumption: off before the policy"


LEVERS_EMERGENCIES = (
    # who comes
    _lever("emergency_stations", "应急站点数", "stations of emergency teams", "stations", 1, 12, 1, "assumption", Kind.WHOLE),
    _lever("emergency_teams", "应急突击队数(志愿)", "emergency teams of party members and volunteers", "teams", 0, 40, 0,
           "party_commando_teams; off", Kind.WHOLE),
    _lever("standby_teams", "昼夜值守队数", "teams that stand by around the clock", "teams", 0, 12, 0,
           "flood_watch_days; off", Kind.WHOLE),
    _lever("emergency_drills", "应急演练次数", "emergency drills", "1/y", 0, 12, 0, _OFF),
    # how an alarm gets through
    _lever("call_devices", "一键呼叫设备覆盖(老年)", "share of older residents with a one-key call device", "share", 0, 1, 0, _OFF),
    _lever("response_tracks", "响应轨道数(网格、楼栋)", "tracks of response (grid, buildings)", "tracks", 1, 2, 1,
           "response_tracks; 1 before", Kind.WHOLE),
    _lever("flood_monitoring", "积水点监测覆盖", "share of waterlogging points that are monitored", "share", 0, 1, 0, _OFF),
    # supplies
    _lever("supply_points", "应急物资点数", "supply points", "sites", 1, 12, 1, "assumption", Kind.WHOLE),
    _lever("supply_stock", "每点储备量", "kits in stock at each point", "kits", 0, 2000, 20, "assumption", Kind.WHOLE),
    _lever("supply_vehicles", "配送车辆", "delivery vehicles", "vehicles", 0, 20, 1, "assumption", Kind.WHOLE),
    _lever("smart_dispatch", "物资智能调度占比", "share of requests that smart dispatch allocates", "share", 0, 1, 0, _OFF),
    # epidemic and hot event
    _lever("sampling_stations", "核酸采样台", "sampling stations", "stations", 1, 60, 2, "assumption", Kind.WHOLE),
    _lever("gate_posts", "疫情中志愿者值守的出入口", "entrances that volunteers watch in an epidemic", "entrances", 0, 12, 0,
           "covid_cases_community; off", Kind.WHOLE),
    _lever("hot_answer_hours", "热点事件答复用时", "time until a hot event is answered", "h", 1, 336, 120, "assumption"),
)
"""What a community can decide about emergencies."""

WORLD_EMERGENCIES = (
    # streets and calls
    _q("street_minutes", "步行经过一个楼栋", "minutes on foot past a block", "min", 0.2, 20, 2),
    _q("vehicle_minutes", "车辆经过一个楼栋", "minutes by vehicle past a block", "min", 0.1, 10, 1),
    _q("call_rate", "老年居民求助率", "emergency calls of an older resident", "1/y", 0, 20, 1),
    _q("call_others", "其他居民求助率(相对老年)", "emergency calls of others, relative to an older resident", "share", 0, 1, 0.1),
    _q("alarm_minutes", "无设备时报警用时", "time until an alarm is raised without a device", "min", 0, 120, 5),
    _q("device_minutes", "一键呼叫报警用时", "time until an alarm is raised with a device", "min", 0, 10, 0.2),
    _q("relay_minutes", "一条轨道传达到队伍用时", "time in which one track passes an alarm to a team", "min", 0, 120, 4),
    _q("muster_minutes", "非值守队伍集结用时", "time to gather a team that does not stand by", "min", 0, 120, 10),
    _q("standby_minutes", "值守队伍出动用时", "time in which a team on standby sets out", "min", 0, 30, 1),
    _q("rescue_minutes", "现场处置用时", "time at the scene", "min", 1, 240, 25),
    _q("drill_gain", "演练最多省去的集结时间", "share of gathering time that drills can save", "share", 0, 0.9, 0.5,
       "Wright 1936; size assumption"),
    _q("drill_scale", "演练见效次数", "drills a year that give 63 % of it", "1/y", 0.5, 12, 2),
    _q("drill_hours", "一次演练工时", "staff hours for a drill", "h", 0, 200, 20),
    # volunteers of teams
    _q("team_size", "每队人数", "members of a team", "persons", 2, 20, 6, "assumption", Kind.WHOLE),
    _q("alpha_team", "应急应召基础倾向", "base utility of being on call", "logit", -8, 4, -2.5),
    _q("tree_reach", "无数字可及者电话可达", "share of those without digital access whom the phone tree reaches", "share", 0, 1, 0.3),
    _q("duty_hours", "志愿者每周可值守", "hours of standby a volunteer gives in a week", "h", 0, 40, 4),
    # supplies
    _q("kit_share", "需要物资的求助占比", "share of calls that need supplies", "share", 0, 1, 0.2),
    _q("allocation_minutes", "电话调配物资用时", "time to allocate supplies by phone", "min", 0, 240, 25),
    _q("loading_minutes", "装载用时", "time to load", "min", 0, 60, 5),
    _q("kit_cost", "一套物资费用", "cost of a kit", "yuan", 0, 5000, 60),
    # flood
    _q("flood_exposed", "积水楼栋受威胁居民占比", "share of a flooded block's residents at risk", "share", 0, 1, 0.4,
       "flood_residents_moved"),
    _q("flood_help", "老年居民需协助转移占比", "share of older residents who cannot leave without help", "share", 0, 1, 0.3),
    _q("flood_lead", "监测预警提前量", "lead of a monitored point's warning", "h", 0, 24, 4),
    _q("read_hours", "线上通知被看到用时", "time until a message is read", "h", 0, 24, 0.5),
    _q("move_hours", "自行转移用时", "time in which residents move themselves or a car", "h", 0, 24, 0.75),
    _q("danger_hours", "被困至受伤的时间", "time from water to harm", "h", 0.1, 336, 168),
    _q("warning_visits", "上门告知速度", "door-to-door warnings of a caller", "1/h", 0.5, 60, 6),
    _q("garage_cars", "每积水点地下车库车辆", "cars in the garage of a waterlogging point", "vehicles", 0, 500, 40,
       "flood_vehicles_moved", Kind.WHOLE),
    _q("car_minutes", "队伍挪一辆车用时", "time in which a team moves a car", "min", 0.5, 60, 4),
    _q("car_loss", "一辆车进水损失", "loss of a flooded car", "yuan", 0, 500000, 40000),
    _q("home_loss", "一户进水损失", "loss of a flooded home", "yuan", 0, 500000, 15000),
    # epidemic
    _q("entrances", "出入口数", "entrances of the community", "entrances", 1, 12, 2, "assumption", Kind.WHOLE),
    _q("gate_check", "值守时返家者登记并居家隔离的占比", "share of those coming home who are registered and stay at home, while the entrance is watched",
       "share", 0, 1, 0.9, "assumption: as test_sensitivity"),
    _q("steward_share", "有楼栋长协助的楼栋占比", "share of blocks with a steward who calls residents", "share", 0, 1, 0.5),
    _q("station_rate", "采样台速度", "samples of a station", "1/h", 10, 300, 90),
    _q("gather_rate", "召集速度", "residents a caller brings down", "1/h", 2, 200, 20),
    _q("sampling_day", "每日采样时间", "hours of sampling in a day", "h", 1, 24, 12),
    _q("sampling_gap", "两轮采样间隔", "time between rounds of sampling", "d", 1, 28, 3, "assumption", Kind.WHOLE),
    _q("test_sensitivity", "采样检出率", "share of the infected that a sample shows", "share", 0, 1, 0.9),
    _q("close_contacts", "感染者每日密切接触", "close contacts of an infected resident", "1/d", 0, 20, 4, "assumption", Kind.WHOLE),
    _q("infection_chance", "一次密切接触感染概率", "chance that a close contact infects", "share", 0, 1, 0.1),
    _q("symptom_days", "出现症状就诊时间", "time until an infected resident seeks help", "d", 1, 28, 5, "assumption", Kind.WHOLE),
    _q("quarantine_days", "密接隔离时间", "quarantine of contacts", "d", 0, 60, 14, "assumption", Kind.WHOLE),
    # hot event
    _q("hot_tell", "向一名熟人转述的概率", "chance to tell a contact of a hot event", "share", 0, 1, 0.2),
    _q("hot_weight", "热点事件对效能感的影响", "weight of a hot event in efficacy", "share", 0, 1, 0.5),
)
"""What is uncertain about emergencies."""
