"""Policy: every lever of the core model, declared once.

Takes: nothing. Gives: :data:`LEVERS`, the catalogue of what a community can decide.
A lever acts on a mechanism (a delay, a probability, a number of people, an amount of
money), never on an outcome. Defaults are the community before any policy.
"""

from labsim.foundations.declared import Catalogue, Kind, Quantity, Role, Text
from labsim.scenario.modules.coordination import LEVERS_COORDINATION
from labsim.scenario.modules.disputes import LEVERS_DISPUTES
from labsim.scenario.modules.emergencies import LEVERS_EMERGENCIES
from labsim.scenario.modules.evaluation import LEVERS_EVALUATION
from labsim.scenario.modules.projects import LEVERS_PROJECTS
from labsim.scenario.modules.services import LEVERS_SERVICES
from labsim.scenario.modules.workforce import LEVERS_WORKFORCE


def _lever(
    name: str, zh: str, en: str, unit: str, low: float, high: float, default: float, source: str, group: str,
    kind: Kind = Kind.NUMBER, role: Role = Role.POLICYMAKER,
) -> Quantity:
    return Quantity(
        name=name, label=Text(zh=zh, en=en), unit=unit, low=low, high=high, default=default, source=source, group=group,
        kind=kind, role=role,
    )


_OFF = "assumption: off before the policy"

LEVERS = Catalogue(
    # incentives
    _lever("points_earning", "积分发放", "points are earned", "off/on", 0, 1, 0, _OFF, "incentives", Kind.SWITCH),
    _lever("points_redemption", "积分兑换", "points can be redeemed", "off/on", 0, 1, 0, _OFF, "incentives", Kind.SWITCH),
    _lever("points_sort", "垃圾分类积分", "points for a week of sorting", "points", 0, 20, 1, "assumption: design",
           "incentives"),
    _lever("points_volunteer", "志愿服务积分", "points for a volunteer act", "points", 0, 100, 10, "assumption: design",
           "incentives"),
    _lever("points_fund", "积分启动资金", "money put in when the scheme starts", "yuan", 0, 500000, 0,
           "points_redeemed_value; assumption", "incentives"),
    _lever("points_topup", "积分每月补充资金", "money added every 28 days", "yuan/28 d", 0, 50000, 0, "assumption: off",
           "incentives"),
    _lever("venue_vouchers", "场地兑换券(每次服务)", "venue voucher for a volunteer act", "yuan", 0, 100, 0, _OFF,
           "incentives"),
    _lever("lost_wage_subsidy", "困难家庭误工补贴(每次服务)", "subsidy to low-income volunteers for an act", "yuan", 0, 200, 0,
           _OFF, "incentives"),
    _lever("recognition", "荣誉认可力度", "share of volunteers who are publicly recognised", "share", 0, 1, 0, _OFF,
           "incentives"),
    _lever("supervisors", "居民监督员人数", "resident supervisors", "persons", 0, 200, 0, "supervisors_min", "incentives",
           Kind.WHOLE),
    _lever("supervisor_reward", "监督员每次奖励", "reward for one patrol", "yuan", 0, 200, 0, _OFF, "incentives"),
    # voice
    _lever("agenda_residents", "居民提出的议题占比", "share of the agenda that residents set", "share", 0, 1, 0.4,
           "council_attendance_decline; size assumption", "voice"),
    _lever("results_told", "结果告知率", "share of results that are told", "share", 0, 1, 0.23,
           "residents_aware_of_results", "voice"),
    _lever("online_meetings", "线上议事", "share of the meeting's burden that online access removes", "share", 0, 1, 0, _OFF,
           "voice"),
    _lever("migrant_access", "流动人口议事权", "share of the barrier for migrants that is removed", "share", 0, 1, 0,
           "migrant_deliberation_share", "voice"),
    _lever("digital_teaching", "数字技能教学覆盖", "share of residents without access who are taught", "share", 0, 1, 0,
           "digital_literacy_training_coverage; off", "voice"),
    # inspection
    _lever("inspection_frequency", "检查频次", "inspections of all departments", "1/28 d", 0, 30, 4.2,
           "inspections_per_month", "inspection"),
    _lever("inspection_coverage", "一次检查覆盖率", "share of items that a visit covers", "share", 0.05, 1, 0.52,
           "assumption: gives duplicate_inspection_share", "inspection"),
    _lever("inspection_equipment", "检查设备配备率", "share of visits with standard equipment", "share", 0, 1, 0, _OFF,
           "inspection"),
    _lever("unannounced_share", "四不两直占比", "share of visits unannounced", "share", 0, 1, 0.12,
           "unannounced_adoption_share", "inspection"),
    _lever("complaint_targeting", "按投诉定向检查", "share of coverage that follows complaints", "share", 0, 1, 0, _OFF,
           "inspection"),
    _lever("data_sharing", "部门数据共享", "share of repeat checks avoided by shared data", "share", 0, 1, 0, _OFF,
           "inspection"),
    # rectification
    _lever("intake_cut", "受理提速", "share of the intake time removed", "share", 0, 0.98, 0, _OFF, "rectification"),
    _lever("approval_cut", "审批提速", "share of each approval's time removed", "share", 0, 0.98, 0, _OFF, "rectification"),
    _lever("joint_decision", "联席会议一次议定", "share of multi-department cases decided in one joint meeting", "share", 0,
           1, 0, _OFF, "rectification"),
    _lever("case_tracking", "台账跟踪", "share of hand-overs tracked in a ledger", "share", 0, 1, 0, _OFF, "rectification"),
    _lever("verification", "整改核验", "chance that verification catches a superficial repair", "share", 0, 1, 0, _OFF,
           "rectification"),
    _lever("root_cause", "复发问题溯源", "share of recurring faults whose cause is sought", "share", 0, 1, 0, _OFF,
           "rectification"),
    _lever("queue_rule", "办理顺序(0先到先办 1按类别 2超期优先)", "queue order (0 first come, 1 by class, 2 overdue first)",
           "rule", 0, 2, 0, "assumption: first come", "rectification", Kind.WHOLE),
    _lever("handlers", "处置人员", "handlers of cases", "persons", 1, 20, 3, "assumption: prior 2-5", "rectification",
           Kind.WHOLE),
    _lever("repair_budget", "整改经费", "repair money", "yuan/y", 0, 1000000, 50000, "rectification_budget_per_community",
           "rectification"),
    # services and shared funding
    _lever("service_budget", "服务活动经费", "money for services and activities", "yuan/y", 0, 5000000, 150000, "assumption",
           "services"),
    _lever("care_share", "养老托幼占比", "share for care", "share", 0, 1, 0.15, "activity_fund_care_share", "services"),
    _lever("culture_share", "文体占比", "share for culture and sport", "share", 0, 1, 0.60, "activity_fund_culture_share",
           "services"),
    _lever("demand_weight", "需求地图权重", "weight of measured need in the shares", "share", 0, 1, 0, _OFF, "services"),
    _lever("cofunding", "居民众筹项目", "co-funded projects are offered", "off/on", 0, 1, 0, _OFF, "services", Kind.SWITCH),
    _lever("cofunding_contribution", "每户众筹金额", "contribution of a household", "yuan", 0, 20000, 500,
           "crowdfund_household_contribution", "services"),
    _lever("cofunding_cost", "众筹项目造价", "cost of a co-funded project", "yuan", 1000, 5000000, 100000, "assumption",
           "services"),
    _lever("match_ratio", "配套比例", "yuan added for each yuan of residents", "yuan/yuan", 0, 5, 0, "match_ratio; off",
           "services"),
    _lever("match_threshold", "配套门槛(自筹占比)", "own share needed for the match", "share", 0, 1, 0.3, "match_threshold",
           "services"),
    _lever("volunteers_sent", "派往其他社区的志愿服务占比", "share of volunteer acts worked in other communities", "share", 0, 1, 0,
           "assumption: volunteers stay at home", "services"),
    _lever("volunteers_received", "外来志愿服务次数", "volunteer acts by teams from other communities", "1/28 d", 0, 100000, 0,
           "assumption: no teams from outside", "services"),
    # staff
    _lever("staff", "社区工作者编制", "posts of community workers", "persons", 1, 60, 12, "community_team_min (10-15)", "staff",
           Kind.WHOLE),
    _lever("pay_gap", "薪酬差距", "pay below neighbouring communities", "share", 0, 0.5, 0.15, "social_worker_pay_gap",
           "staff"),
    _lever("admin_load", "行政事务量(相对现状)", "administrative load against today's", "ratio", 0, 3, 1,
           "tasks_per_worker: 8 each today", "staff"),
    # extension modules
    *LEVERS_DISPUTES,
    *LEVERS_COORDINATION,
    *LEVERS_WORKFORCE,
    *LEVERS_EVALUATION,
    *LEVERS_PROJECTS,
    *LEVERS_EMERGENCIES,
    *LEVERS_SERVICES,
)
