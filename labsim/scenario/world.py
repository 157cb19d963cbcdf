"""World: every uncertain parameter of the core model, declared once.

Takes: nothing. Gives: :data:`WORLD`, the catalogue of parameters; one draw of them all
is a *state of the world*. Ranges are priors (``docs/model.md``); fitted values live in
``data/calibrated.toml`` with their record.
"""

from labsim.foundations.declared import Catalogue, Kind, Quantity, Text
from labsim.scenario.modules.coordination import WORLD_COORDINATION
from labsim.scenario.modules.disputes import WORLD_DISPUTES
from labsim.scenario.modules.emergencies import WORLD_EMERGENCIES
from labsim.scenario.modules.evaluation import WORLD_EVALUATION
from labsim.scenario.modules.projects import WORLD_PROJECTS
from labsim.scenario.modules.services import WORLD_SERVICES
from labsim.scenario.modules.workforce import WORLD_WORKFORCE

AGES = ("young", "middle", "older")
_AGES_ZH = {"young": "青年(18–34)", "middle": "中年(35–59)", "older": "老年(60+)"}
_PRIOR = "assumption: prior range"


def _q(
    name: str, zh: str, en: str, unit: str, low: float, high: float, default: float, source: str, group: str,
    kind: Kind = Kind.NUMBER,
) -> Quantity:
    return Quantity(
        name=name, label=Text(zh=zh, en=en), unit=unit, low=low, high=high, default=default, source=source, group=group,
        kind=kind,
    )


def _alpha(activity: str, zh: str, en: str, defaults: tuple[float, float, float]) -> list[Quantity]:
    return [
        _q(
            f"alpha_{activity}_{age}", f"{zh}基础倾向·{_AGES_ZH[age]}", f"base utility of {en}, {age}", "logit", -12, 6,
            default, "assumption: free, calibrated to data/targets.toml", "participation",
        )
        for age, default in zip(AGES, defaults, strict=True)
    ]


WORLD = Catalogue(
    # participation
    *_alpha("sort", "垃圾分类", "waste sorting", (-0.6, -0.2, 0.2)),
    *_alpha("volunteer", "志愿服务", "volunteering", (-7.0, -6.5, -5.0)),
    *_alpha("app", "使用议事应用", "using the deliberation app", (-4.0, -4.0, -5.0)),
    *_alpha("meeting", "参加议事会", "attending the council", (-1.0, -0.6, 0.2)),
    *_alpha("patrol", "参加居民巡查", "going on a residents' patrol", (0.0, 0.3, 0.8)),
    _q("alpha_fund", "众筹出资基础倾向", "base utility of joining a co-funded project", "logit", -6, 6, -0.5, _PRIOR,
       "participation"),
    _q("taste_sd", "个人偏好差异(标准差)", "spread of personal taste (sd)", "logit", 0.8, 2.5, 1.5,
       "Train 2009; range assumption", "participation"),
    _q("app_taste", "议事应用偏好差异(相对其他活动)", "spread of taste for the app, times that for other activities", "ratio", 1, 5, 3.0,
       "Nielsen 2006: online, few do most; range assumption", "participation"),
    _q("contact_influence", "熟人影响 J", "influence of contacts J", "logit", 0, 3, 1.0,
       "Brock & Durlauf 2001; range assumption", "participation"),
    _q("habit_weight", "习惯权重", "weight of habit", "logit", 0, 3, 1.5, _PRIOR, "participation"),
    _q("efficacy_weight", "效能感权重", "weight of efficacy", "logit", 1, 7, 3.0, _PRIOR, "participation"),
    _q("reward_weight", "回报权重", "weight of rewards", "logit", 0.5, 3.5, 1.5, _PRIOR, "participation"),
    _q("crowding_out", "内在动机挤出 χ", "crowding-out of intrinsic motivation", "logit", 0, 0.75, 0.2,
       "Deci, Koestner & Ryan 1999; 0 kept: Charness & Gneezy 2009", "participation"),
    _q("crowding_out_rate", "挤出形成与消退速度", "rate at which crowding-out builds and fades", "1/week", 0.02, 0.15,
       0.05, _PRIOR, "participation"),
    _q("recognition_weight", "荣誉认可权重", "weight of recognition", "logit", 0, 1.2, 0.6,
       "Deci, Koestner & Ryan 1999: positive feedback d = .33", "participation"),
    _q("habit_rate", "习惯形成速度", "rate of habit formation", "1/week", 0.08, 0.69, 0.272, "Lally et al. 2010",
       "participation"),
    _q("efficacy_rate", "效能感更新速度", "rate of efficacy updating", "1/event", 0.1, 0.4, 0.2,
       "Rescorla & Wagner 1972; range assumption", "participation"),
    _q("social_learning_rate", "邻里学习速度", "rate of social learning", "1/28 d", 0.02, 0.1, 0.05,
       "DeGroot 1974; range assumption", "participation"),
    _q("credibility_rate", "承诺信誉更新速度", "rate of credibility updating", "1/event", 0.1, 0.5, 0.25, _PRIOR,
       "participation"),
    _q("efficacy_start", "初始效能感", "efficacy at the start", "share", 0.5, 0.9, 0.7, _PRIOR, "participation"),
    _q("credibility_start", "初始积分信誉", "credibility of points at the start", "share", 0.7, 0.95, 0.85, _PRIOR,
       "participation"),
    _q("migrant_barrier", "流动人口参与障碍", "barrier for migrants", "logit", 0, 4, 1.0,
       "migrant_deliberation_share; range assumption", "participation"),
    _q("meeting_burden", "到场议事的时间负担", "burden of attending in person", "logit", 0, 3, 1.0, "assumption",
       "participation"),
    _q("cost_sort", "一次垃圾分类的代价", "effort cost of sorting for a week", "yuan", 0.1, 5, 0.5, "assumption: design",
       "participation"),
    _q("cost_volunteer", "一次志愿服务的代价", "effort cost of one volunteer act", "yuan", 5, 60, 20, "assumption: design",
       "participation"),
    _q("cost_patrol", "一次巡查的代价", "effort cost of one patrol", "yuan", 5, 60, 20, "assumption: design",
       "participation"),
    _q("redemption_threshold", "积分兑换门槛", "points needed to redeem", "points", 1, 200, 20, "assumption: design",
       "participation"),
    _q("redemption_rate", "每周尝试兑换概率", "chance to try to redeem in a week", "1/week", 0.05, 1, 0.5,
       "assumption: design", "participation"),
    _q("hours_volunteer", "一次志愿服务时长", "hours of one volunteer act", "h", 0.5, 6, 2, "assumption", "participation"),
    _q("hours_meeting", "一次议事会时长", "hours of one meeting", "h", 0.5, 4, 2, "assumption", "participation"),
    _q("hours_patrol", "一次巡查时长", "hours of one patrol", "h", 0.25, 4, 1, "assumption", "participation"),
    # faults and how they are found
    _q("fault_rate", "每点位每日故障率", "faults per check item and day", "1/d", 2e-4, 2e-3, 6.7e-4, _PRIOR, "cases"),
    _q("cost_environment", "环境类处置费", "cost of an environment case", "yuan", 0, 500, 20, _PRIOR, "cases"),
    _q("cost_facility", "设施类处置费", "cost of a facility case", "yuan", 0, 2000, 100, _PRIOR, "cases"),
    _q("cost_capital", "大修类处置费", "cost of a capital case", "yuan", 0, 300000, 30000, "lift_repair_cost", "cases"),
    _q("detection", "检查发现概率", "chance that a covered defect is seen", "share", 0.1, 0.6, 0.3, _PRIOR, "cases"),
    _q("equipment_effect", "设备补发现率", "share of missed defects that equipment shows", "share", 0, 0.6, 0.35,
       "assumption: below identification_accuracy_equipment (+58 %)", "cases"),
    _q("perfunctory_share", "通知检查走过场占比", "share of announced visits that are a formality", "share", 0, 0.6, 0.36,
       "perfunctory_inspection_share: .32 of all visits when .12 are unannounced", "cases"),
    _q("notice_rate", "居民注意到问题的速率", "rate at which a resident notices a problem", "1/d", 0.02, 0.2, 0.08, _PRIOR,
       "cases"),
    _q("report_bias", "上报倾向 a_r", "propensity to report", "logit", -3, 2, -0.5, _PRIOR, "cases"),
    _q("poisson_visits", "检查时间随机(泊松)", "visits at random times (Poisson) instead of periodic", "off/on", 0, 1, 0,
       "assumption: periodic with random phase", "cases", Kind.SWITCH),
    _q("patrol_coverage", "一次巡查覆盖率", "coverage of one patrol", "share", 0, 0.3, 0.05, _PRIOR, "cases"),
    _q("patrol_detection", "巡查发现概率", "detection on a patrol", "share", 0, 1, 0.5, _PRIOR, "cases"),
    _q("duplicate_window", "重复检查窗口", "window of a duplicate inspection", "d", 1, 30, 7,
       "duplicate_inspection_share (definition)", "cases"),
    _q("intake_days", "纸质受理时间", "intake time on paper", "d", 0.5, 6, 3.0, _PRIOR, "cases"),
    _q("hop_days", "一次审批时间(纸质)", "time of one approval on paper", "d", 0.2, 3, 1.0, _PRIOR, "cases"),
    _q("many_hops_share", "需多部门审批占比", "share needing several departments", "share", 0, 1, 0.38,
       "multi_department_approval_share", "cases"),
    _q("drop_rate", "每次流转遗失概率", "chance that a hand-over drops the case", "share", 0.02, 0.2, 0.1, _PRIOR,
       "cases"),
    _q("work_days", "处置工作量", "work on a case", "handler-d", 0.2, 2, 0.6, _PRIOR, "cases"),
    _q("superficial_share", "表面整改概率", "chance that a repair is superficial", "share", 0.1, 0.6, 0.45, _PRIOR,
       "cases"),
    _q("recurrence_days", "表面整改复发时间", "mean time until a superficial repair fails", "d", 20, 60, 35, _PRIOR,
       "cases"),
    _q("verification_days", "核验用时", "time to verify a repair", "d", 0, 5, 0.5, "assumption", "cases"),
    _q("feedback_deadline", "居民等待期限", "days a reporter waits before losing faith", "d", 7, 60, 21, "assumption: D",
       "cases"),
    # staff
    _q("base_load", "非案件基本工作量", "work other than cases", "h/d", 0, 120, 78, "social_worker_hours: 52 h a week",
       "staff"),
    _q("visit_hours", "接待一次检查的工时(覆盖半数点位)", "staff hours to receive a visit that covers half of the items", "h", 10, 60, 30, _PRIOR,
       "staff"),
    _q("quit_rate", "基本离职率", "base quit rate", "1/y", 0.05, 0.12, 0.08, _PRIOR, "staff"),
    _q("quit_load", "负荷对离职的影响", "effect of load on quitting", "log", 0.5, 3, 1.2,
       "Sun & Zhou 2019; range assumption", "staff"),
    _q("quit_pay", "收入差距对离职的影响", "effect of the pay gap on quitting", "log", 1, 4, 2.5, _PRIOR, "staff"),
    _q("vacancy_days", "岗位空缺时间", "time to fill a vacancy", "d", 30, 120, 60, _PRIOR, "staff"),
    _q("worker_pay", "周边社区社工年薪", "yearly pay of a community worker in neighbouring communities", "yuan/y", 20000, 300000,
       72000, "assumption; the gap itself is social_worker_pay_gap", "staff"),
    _q("handler_pay", "处置人员年薪", "yearly pay of a handler", "yuan/y", 20000, 300000, 54000, "assumption", "staff"),
    # services and satisfaction
    *[
        _q(f"need_{service}_{age}", f"{zh}需求·{_AGES_ZH[age]}", f"need for {service}, {age}", "share", 0, 1, value,
           "assumption", "services")
        for service, zh, values in (
            ("care", "照护", (0.25, 0.40, 0.60)), ("culture", "文体", (0.35, 0.20, 0.20)),
        )
        for age, value in zip(AGES, values, strict=True)
    ],
    _q("need_cost", "满足一人需求的年成本", "yearly cost of meeting one resident's needs", "yuan", 20, 2000, 200,
       "assumption", "services"),
    _q("saturation", "服务饱和系数 κ", "saturation of services", "1", 0.8, 2, 1.2, _PRIOR, "services"),
    _q("volunteer_value", "一次志愿服务价值", "value of one volunteer act to services", "yuan", 0, 200, 40,
       "assumption: 2 h at 20 yuan", "services"),
    _q("score_service", "满意度权重·服务", "weight of services in the score", "share", 0, 1, 0.5,
       "assumption: survey", "satisfaction"),
    _q("score_problem", "满意度权重·问题", "weight of open problems in the score", "share", 0, 1, 0.3,
       "assumption: survey", "satisfaction"),
    _q("score_efficacy", "满意度权重·效能感", "weight of efficacy in the score", "share", 0, 1, 0.2,
       "assumption: survey", "satisfaction"),
    _q("problem_decay", "每个未解决问题的影响 k_P", "effect of one unresolved problem in the block", "1", 0.1, 0.8, 0.3,
       _PRIOR, "satisfaction"),
    _q("satisfied_at", "满意门槛", "score at which half are satisfied", "points", 20, 95, 60, _PRIOR, "satisfaction"),
    _q("satisfied_sd", "满意门槛差异", "spread of that threshold", "points", 2, 30, 12, _PRIOR, "satisfaction"),
    _q("project_life", "共建项目使用年限", "years over which a co-funded project serves", "y", 1, 30, 10, "assumption",
       "services"),
    # extension modules
    *WORLD_DISPUTES,
    *WORLD_COORDINATION,
    *WORLD_WORKFORCE,
    *WORLD_EVALUATION,
    *WORLD_PROJECTS,
    *WORLD_EMERGENCIES,
    *WORLD_SERVICES,
)
