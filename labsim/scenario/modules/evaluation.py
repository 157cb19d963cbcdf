"""Levers and world parameters of the evaluation module: appraisal, attention, warnings, surveys that are published.

Takes: nothing. Gives: :data:`LEVERS_EVALUATION` and :data:`WORLD_EVALUATION`, which join the
catalogues of levers and of the world. Defaults are today's appraisal, which the core was fitted to:
:data:`PRESENT` names the values at which staff and departments attend to what they attend to today.
"""

from functools import partial
from typing import Final

from labsim.foundations.declared import Kind
from labsim.scenario.modules.declaring import lever, parameter

_lever = partial(lever, group="evaluation")
_world = partial(parameter, group="evaluation")
_OFF = "assumption: off before the policy"


LEVERS_EVALUATION = (
    # who judges, and what
    _lever("appraisal_resident_weight", "居民评议权重", "weight of residents' judgement in the appraisal", "share", 0, 1, 0.15,
           "resident_eval_weight_province"),
    _lever("appraisal_external_weight", "第三方评估权重", "weight of the external third-party evaluation", "share", 0, 1, 0,
           "dual_eval_external_weight; off"),
    _lever("appraisal_process_share", "过程性指标占比", "share of process indicators in the superior's appraisal", "share", 0, 1,
           0.6, "indicator_share_showy"),
    _lever("appraisal_effect_share", "效果性指标占比", "share of effect indicators in the superior's appraisal", "share", 0, 1,
           0.2, "indicator_share_effect"),
    _lever("appraisal_stake", "考核结果运用力度(相对仅与奖金挂钩)", "what depends on the result, against bonuses only", "ratio", 0, 3, 1,
           "result_only_bonus_share: today's use is 1"),
    _lever("third_party_checks", "第三方评估次数", "third-party evaluations", "1/y", 0, 4, 0,
           "third_party_eval_frequency_004; off"),
    _lever("third_party_sample", "第三方抽查案件数", "closed cases that a third-party evaluation looks at", "items", 1, 1000, 60,
           "assumption: size", Kind.WHOLE),
    _lever("confirmation", "报告人确认办结", "share of reporters who are asked to confirm a repair", "share", 0, 1, 0, _OFF),
    # 5+X, stars, lists, interviews
    _lever("five_x", "“5+X”评估", "the 5+X scorecard is what is appraised", "off/on", 0, 1, 0, _OFF, Kind.SWITCH),
    _lever("five_x_satisfaction", "5+X 群众满意度权重", "5+X weight of public satisfaction", "share", 0, 1, 0.4,
           "weight_public_satisfaction"),
    _lever("five_x_governance", "5+X 治理实效权重", "5+X weight of governance performance", "share", 0, 1, 0.3,
           "weight_governance_performance"),
    _lever("five_x_innovation", "5+X 创新权重", "5+X weight of innovation", "share", 0, 1, 0.2, "weight_innovation"),
    _lever("five_x_learning", "5+X 学习成长权重", "5+X weight of learning", "share", 0, 1, 0.1, "weight_learning"),
    _lever("five_x_risk", "5+X 中X项(风险与舆情)权重", "5+X weight of X: risk and public opinion", "share", 0, 1, 0,
           "five_x_core_indicators_claimed: named without a weight"),
    _lever("star_scheme", "“五星书记”在考核中的占比", "share of the stake that stars carry", "share", 0, 1, 0, _OFF),
    _lever("red_black_list", "红黑榜各列入的部门占比", "share of departments on each of the red and the black list", "share", 0, 0.5,
           0, _OFF),
    _lever("interview_after", "连续不合格后约谈", "years of failing after which the head is called in", "y", 0, 5, 0,
           "fail_years_before_interview; off", Kind.WHOLE),
    # surveys and publication
    _lever("satisfaction_surveys", "居民满意度测评次数", "satisfaction surveys", "1/y", 0, 4, 1,
           "assumption: once a year; satisfaction_survey_quarterly is the policy"),
    _lever("survey_sample", "测评样本量", "residents asked in a survey", "persons", 1, 5000, 100, "assumption: size", Kind.WHOLE),
    _lever("survey_door_share", "入户测评占比", "share of residents without digital access whom the survey reaches", "share", 0, 1,
           1, "assumption: asked at the door"),
    _lever("publication", "结果公开程度", "share of the kinds of information whose results are published each quarter", "share", 0,
           1, 0, "sunshine_public_info_categories: 7 kinds are 1; satisfaction_unpublished_years: 0"),
    # warnings
    _lever("warnings", "三色预警", "three-colour warnings", "off/on", 0, 1, 0, _OFF, Kind.SWITCH),
    _lever("warning_blue_hours", "蓝色预警响应时限", "a blue warning is answered within", "h", 1, 240, 48, "warning_blue_hours"),
    _lever("warning_yellow_hours", "黄色预警会商时限", "a yellow warning leads to a consultation within", "h", 1, 240, 72,
           "warning_yellow_hours"),
    _lever("warning_red_hours", "红色预警专班时限", "a red warning leads to a task force within", "h", 1, 240, 24,
           "warning_red_hours"),
    _lever("warning_blue_age", "蓝色预警案龄", "age at which a case turns blue", "d", 0, 120, 3,
           "problem_processing_days_expected"),
    _lever("warning_yellow_age", "黄色预警案龄", "age at which a case turns yellow", "d", 0, 120, 7, "problem_processing_days"),
    _lever("warning_red_age", "红色预警案龄", "age at which a case turns red", "d", 0, 120, 21,
           "rectification_deadline_days: 15 working days"),
)

WORLD_EVALUATION = (
    # where attention goes
    _world("attention_sensitivity", "注意力对考核的敏感度", "how strongly attention follows what is scored", "log", 0, 10, 4,
           "Holmstrom & Milgrom 1991; size assumption"),
    _world("attention_rate", "注意力调整速度", "share of the way that attention moves in a period", "share", 0.05, 1, 0.5,
           "assumption"),
    _world("intrinsic_real", "对实事的内在动机", "attention to real work without any appraisal", "log", 0, 3, 1,
           "Perry & Wise 1990; size assumption"),
    _world("repair_seen", "真修对满意度的可见度", "what genuine repair gains in the survey, per unit of attention", "share", 0, 1, 0.4,
           "assumption"),
    _world("repair_on_record", "真修对台账的贡献", "what genuine repair gains on record, per unit of attention", "share", 0, 1, 0.3,
           "assumption: haste gains 1"),
    _world("feedback_seen", "沟通对满意度的可见度", "what feedback gains in the survey, per unit of attention", "share", 0, 1, 0.6,
           "assumption"),
    _world("satisfaction_spread", "满意度可变幅度(标准差)", "spread of satisfaction that work could move (sd)", "share", 0.01, 0.3,
           0.05, "assumption: against it the noise of a survey is judged"),
    _world("satisfaction_before", "首次测评前的满意度印象", "share thought to be satisfied before the first survey", "share", 0.3, 1,
           0.78, "assumption: satisfied residents of one district"),
    _world("list_boost", "上榜或约谈对考核压力的增幅", "stake added by a list or an interview", "ratio", 0, 3, 1, "assumption"),
    # what attention does
    _world("care_effect", "用心程度对表面整改的影响", "effect of attention to repair on superficial repairs", "logit", 0, 10, 4,
           "assumption"),
    _world("haste_effect", "求快对表面整改的影响", "effect of attention to closing on superficial repairs", "logit", 0, 10, 3,
           "assumption"),
    _world("haste_stages", "求快对流转时间的影响", "effect of attention to closing on the time of stages", "log", 0, 5, 2,
           "assumption"),
    _world("care_work", "真修比草结多用的工时", "effect of care and haste on the work of a case", "log", 0, 3, 0.5, "assumption"),
    _world("own_checks", "自查能力", "chance that own checks catch a superficial repair, per unit of attention", "share", 0, 1,
           0.8, "assumption"),
    _world("listening_effect", "沟通投入对告知与议题的影响", "effect of attention to feedback on telling and agenda", "logit", 0, 10, 4,
           "assumption"),
    _world("formality_effect", "形式导向对走过场的影响", "effect of attention to show on visits that are a formality", "logit", 0, 10,
           3, "assumption"),
    _world("ledger_share", "台账与会议占行政工作", "share of work other than cases that is ledgers and meetings", "share", 0, 0.9, 0.3,
           "assumption"),
    # what is measured
    _world("ledger_full_marks", "台账满分所需(相对现状)", "ledgers and meetings that earn full marks, against today's", "ratio", 0.5,
           3, 1.25, "assumption"),
    _world("pilot_full_marks", "创新与学习满分所需注意力", "attention to pilots and sessions that earns full marks", "share", 0.05, 1,
           0.2, "assumption"),
    _world("third_party_detection", "第三方识别表面整改的概率", "chance that a third party sees through a superficial repair", "share",
           0, 1, 0.7, "assumption"),
    _world("confirm_detection", "报告人识别表面整改的概率", "chance that a reporter sees through a superficial repair", "share", 0, 1,
           0.5, "assumption"),
    _world("pass_mark", "考核合格线", "appraisal score below which a quarter is failed", "share", 0, 1, 0.6, "assumption"),
    _world("award_rate", "创新获奖率", "city awards a quarter, per unit of attention to pilots", "1", 0, 10, 1, "assumption"),
    # surveys and publication
    _world("survey_hours", "一份测评问卷工时", "staff hours for one answer to a survey", "h", 0, 2, 0.25, "assumption"),
    _world("heard_online", "有数字可及者获知比例", "share with digital access whom a publication reaches", "share", 0, 1, 0.6,
           "assumption"),
    _world("heard_offline", "无数字可及者获知比例", "share without digital access whom a publication reaches", "share", 0, 1, 0.2,
           "assumption"),
    _world("publication_weight", "公开结果的说服力", "weight of a published result against own experience", "share", 0, 1, 0.5,
           "assumption: as a message in the app"),
    # warnings
    _world("warning_response", "预警平均响应(相对时限)", "mean time to answer a warning, against its deadline", "ratio", 0.1, 3, 0.6,
           "assumption: four in five are in time"),
    _world("warning_hours_blue", "蓝色预警工时", "staff hours for a blue warning", "h", 0, 20, 1, "assumption"),
    _world("warning_hours_yellow", "黄色预警工时", "staff hours for a yellow warning", "h", 0, 60, 6, "assumption"),
    _world("warning_hours_red", "红色预警工时", "staff hours for a red warning", "h", 0, 200, 24, "assumption"),
    _world("task_force_days", "专班占用处置人员时间", "time for which a task force takes a handler", "d", 0, 14, 1.5, "assumption"),
)

_DEFAULT = {lever.name: lever.default for lever in LEVERS_EVALUATION}

PRESENT: Final = (
    _DEFAULT["appraisal_resident_weight"],
    _DEFAULT["appraisal_external_weight"],
    _DEFAULT["appraisal_process_share"],
    _DEFAULT["appraisal_effect_share"],
    float(_DEFAULT["survey_sample"]),
)
"""Resident weight, external weight, process share, effect share and survey sample of today's appraisal."""
