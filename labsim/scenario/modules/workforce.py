"""Levers and world parameters of the workforce module: training, careers, relief.

Takes: nothing. Gives: :data:`LEVERS_WORKFORCE` and :data:`WORLD_WORKFORCE`, which the
catalogues of levers and of the world append. Defaults are what communities do today.
"""

from functools import partial

from labsim.foundations.declared import Kind
from labsim.scenario.modules.declaring import lever, parameter

_lever = partial(lever, group="workforce")
_q = partial(parameter, group="workforce")
_PRIOR = "assumption: prior range"


LEVERS_WORKFORCE = (
    _lever("trainings", "培训次数", "training sessions", "1/y", 0, 24, 1, "assumption: today one a year for few; plan: trainings_per_year"),
    _lever("training_places", "培训名额占比", "places in a session, of all staff", "share", 0, 1, 0.2, "workers_trained_share: keeps 28 % trained under today's turnover"),
    _lever("training_quality", "培训质量", "quality of training", "share", 0, 1, 0.6, "assumption: lectures with some cases"),
    _lever("training_digital", "数字技能课时占比", "share of training on digital skills", "share", 0, 1, 1 / 3, "training contents of 004: policy, digital tools, mediation; equal shares assumed"),
    _lever("mentoring", "新人导师覆盖率", "newcomers who get a mentor", "share", 0, 1, 0, "assumption: off before the policy"),
    _lever("mentees_per_mentor", "每名导师带新人数", "newcomers per mentor", "persons", 1, 6, 3, "mentees_per_mentor", Kind.WHOLE),
    _lever("exercises", "沙盘演练次数", "decision exercises in the sandbox", "1/y", 0, 24, 0, "assumption: off before the policy"),
    _lever("title_levels", "职称级数", "levels of the title series", "1", 0, 3, 1, "assumption: one step today; social_worker_title_levels: 3", Kind.WHOLE),
    _lever("promotion_share", "年晋升名额占编制比", "promotions a year, of all posts", "share", 0, 1, 0.04, "secretaries_promoted_share: 12.3 % had access; over three years assumed"),
    _lever("promotion_merit", "晋升中能力权重", "weight of skill in promotion", "share", 0, 1, 0, "assumption: by seniority today"),
    _lever("title_premium", "每级职称津贴(占薪酬)", "allowance per title level, of pay", "share", 0, 0.3, 0, "assumption: off before the policy"),
    _lever("certified_hiring", "持证招聘占比", "newcomers hired with credentials", "share", 0, 1, 0.15, "certified_share"),
    _lever("social_workers", "下派专业社工", "professional social workers posted to the community", "persons", 0, 10, 0, "professionals_per_community_min; off", Kind.WHOLE),
    _lever("social_organisations", "承接事务的社会组织", "social organisations that take over tasks", "1", 0, 20, 0, "local_social_orgs_incubated; off", Kind.WHOLE),
)

WORLD_WORKFORCE = (
    # skills; effects count from the skill of staff with today's years of service
    _q("skill_practice", "日常工作可达技能", "skill that daily work alone leads to", "share", 0.3, 0.7, 0.5, "assumption: the scale's middle"),
    _q("skill_newcomer", "新人技能", "skill of a newcomer", "share", 0, 0.3, 0.2, _PRIOR),
    _q("skill_certified", "持证新人政策与调解技能", "policy and mediation skill of a newcomer with credentials", "share", 0.3, 0.7, 0.45, _PRIOR),
    _q("skill_professional", "下派社工技能", "policy and mediation skill of a posted professional", "share", 0.5, 1, 0.8, _PRIOR),
    _q("practice_rate", "边干边学速度", "rate of learning on the job", "1/y", 0.3, 3, 1, "training_phase1_months to phase3: 12 months of familiarisation; range assumption"),
    _q("forgetting_rate", "遗忘速度", "rate of forgetting what work does not use", "1/y", 0.05, 1, 0.3, "Arthur, Bennett, Stanush & McNelly 1998; range assumption"),
    _q("training_gain", "一次优质培训的收获率", "share of what is missing that a unit of the best session teaches", "share", 0.05, 0.5, 0.2, _PRIOR),
    _q("training_pass", "培训合格率", "chance to pass a session", "share", 0.5, 1, 0.95, "training_pass_rate"),
    _q("training_attendance", "培训出勤率", "attendance of those with a place who are not overloaded", "share", 0.5, 1, 0.9, _PRIOR),
    _q("attendance_load", "负荷对出勤的影响", "effect of load on attendance", "log", 0, 3, 1, "assumption: overload keeps people at their desks"),
    _q("training_hours", "一次培训时长", "hours of one session", "h", 4, 40, 16, "assumption: two days"),
    _q("training_cost", "每人次培训费", "fee for one person in one session", "yuan", 0, 2000, 300, "assumption"),
    _q("mentor_rate", "随导师学习速度", "rate of learning from a mentor", "1/y", 0.3, 4, 1.5, _PRIOR),
    _q("mentoring_days", "带教期", "length of mentoring", "d", 90, 546, 364, "training_phase1_months + training_phase2_months + training_phase3_months"),
    _q("mentor_hours", "每对师徒每日用时", "hours a day of a mentor and a newcomer together", "h/d", 0, 2, 0.5, "assumption: three and a half hours a week"),
    _q("exercise_gain", "一次演练的收获率", "share of missing decision skill that an exercise teaches", "share", 0.05, 0.5, 0.2, _PRIOR),
    _q("exercise_hours", "一次演练时长", "hours of one exercise", "h", 1, 16, 4, "assumption: half a day"),
    _q("skill_quality", "政策技能对整改质量与流转的影响", "effect of policy skill on repairs and hand-overs", "log", 0, 4, 1.5, _PRIOR),
    _q("skill_speed", "数字技能对办理速度的影响", "effect of digital skill on handling times", "log", 0, 3, 1.5, "processing_efficiency_training; range assumption"),
    _q("skill_voice", "沟通技能对告知的影响", "effect of mediation skill on telling results", "log", 0, 4, 1.5, _PRIOR),
    _q("skill_decision", "决策技能对审批时间的影响", "effect of decision skill on approval times", "log", 0, 5, 3, "sandbox_decision_efficiency; range assumption"),
    # careers
    _q("tenure_start", "初始平均工龄", "mean years of service at the start", "y", 1, 15, 4, "secretaries_over_10_years speaks of secretaries; assumption for workers"),
    _q("trained_start", "初始受训占比", "share trained at the start", "share", 0, 1, 0.28, "workers_trained_share"),
    _q("titled_start", "初始有职称占比", "share with a title at the start", "share", 0, 1, 0.123, "secretaries_promoted_share"),
    _q("blocked_after", "晋升等待耐心", "years of waiting before a career counts as blocked", "y", 1, 6, 2, _PRIOR),
    _q("blocked_quit", "晋升受阻离职率", "quit rate of those who are blocked without hope", "1/y", 0, 1, 0.6, "social_worker_attrition_3y; range assumption"),
    _q("title_wait", "晋升间隔", "least time between two titles", "y", 0.5, 5, 1, _PRIOR),
    # relief
    _q("handover_limit", "可移交事务占比", "share of administration that can be handed over", "share", 0, 0.6, 0.4, "duplicate_workload_share"),
    _q("organisation_hours", "每家社会组织承接工时", "hours a day that a social organisation takes over", "h/d", 0.5, 10, 3, _PRIOR),
    _q("organisation_pay", "每家社会组织年合同额", "yearly contract of a social organisation", "yuan/y", 10000, 300000, 60000, "assumption"),
)
