"""Levers and world parameters of the coordination module: departments that meet, share, claim and patrol.

Takes: nothing. Gives: :data:`LEVERS_COORDINATION` and :data:`WORLD_COORDINATION`, which join the
catalogues of levers and of the world. Defaults of levers are off.
"""

from functools import partial

from labsim.foundations.declared import Kind
from labsim.scenario.modules.declaring import lever, parameter

_lever = partial(lever, group="coordination")
_world = partial(parameter, group="coordination")
_OFF = "assumption: off before the policy"


LEVERS_COORDINATION = (
    # joint meeting
    _lever("joint_meetings", "部门联席会议频次", "joint meetings of departments", "1/28 d", 0, 4, 0,
           "street_coordination_meeting_monthly; off"),
    _lever("meeting_rule", "缺席通报与出席考核力度", "weight of attendance in the appraisal, absence notice included", "share", 0, 1,
           0, "unit_appraisal_with_attendance; off"),
    _lever("meeting_agenda", "一次会议可议定件数", "cases that one joint meeting can take", "cases", 0, 200, 20,
           "assumption: half a day at ten minutes a case", Kind.WHOLE),
    # shared data, common standards, duties
    _lever("departments_linked", "数据联通部门数", "departments linked to the shared platform", "departments", 0, 50, 0,
           "departments_shared_platform; off", Kind.WHOLE),
    _lever("departments_standard", "采用统一标准的部门数", "departments that use the common standard and format", "departments", 0,
           50, 0, "departments_with_own_standards; off", Kind.WHOLE),
    _lever("responsibility_list", "责任清单覆盖", "share of duties that a responsibility list assigns", "share", 0, 1, 0, _OFF),
    # grid and patrols
    _lever("grid_officers", "专职网格员", "full-time grid officers", "persons", 0, 60, 0,
           "households_per_grid_officer; off", Kind.WHOLE),
    _lever("grid_rounds", "网格员每日巡访次数", "rounds of a grid officer", "1/d", 0, 6, 1, "grid_visits_daily"),
    _lever("grid_dispatch", "网格平台直接派单", "share of the intake time that the grid platform saves for officers' finds", "share",
           0, 0.98, 0, _OFF),
    _lever("team_patrols", "社区检查队巡查", "patrols of the community's inspection team", "1/week", 0, 14, 0,
           "community_patrols_per_week; off"),
    # inspection standard
    _lever("standard_indicators", "检查清单指标数", "indicators on the inspection list", "indicators", 0, 100, 0,
           "standard_list_indicators; off: wording is vague", Kind.WHOLE),
    _lever("standard_quantified", "指标量化占比", "share of indicators with a threshold in figures", "share", 0, 1, 1,
           "standard_list_indicators: all 42 are quantified"),
    # projects that secretaries claim
    _lever("secretaries", "认领项目的书记", "secretaries who claim projects", "persons", 0, 20, 0, _OFF, Kind.WHOLE),
    _lever("secretary_projects", "每名书记年认领项目", "projects that a secretary claims", "1/y", 0, 24, 3,
           "micro_projects_per_secretary"),
    _lever("dispatch_meetings", "书记调度会频次", "meetings at which the secretary goes through open cases", "1/28 d", 0, 28, 0,
           "task_dispatch_frequency; off"),
    _lever("dispatch_cases", "一次调度件数", "cases that one dispatch meeting takes up", "cases", 0, 200, 20,
           "assumption: as meeting_agenda", Kind.WHOLE),
    _lever("secretary_grant", "书记创新基金(每项)", "grant of the secretary fund for a claimed project", "yuan", 0, 100000, 0,
           "secretary_fund_micro_projects; off"),
)
"""What a street or community can decide about coordination."""

WORLD_COORDINATION = (
    _world("meeting_bias", "部门出席基础倾向", "base utility of attending a joint meeting", "logit", -3, 4, 1.0,
           "assumption: with the other terms, joint_meeting_attendance_2023"),
    _world("meeting_rule_weight", "出席考核的作用", "effect of attendance in the appraisal", "logit", 0, 6, 3,
           "assumption: full weight brings nearly all units (party_coverage_2024 as the aim)"),
    _world("meeting_workload_weight", "工作繁忙的影响", "effect of a day of work in the month before", "logit/d", 0, 2, 0.5,
           "joint_meeting_attendance_2023: absent because busy; size assumption"),
    _world("meeting_habit_weight", "出席习惯权重", "weight of the habit of attending", "logit", 0, 3, 1, "assumption"),
    _world("meeting_result_weight", "会议成效权重", "weight of what the last meetings decided", "logit", 0, 3, 1,
           "assumption"),
    _world("meeting_learning", "出席习惯与成效印象更新", "rate at which habit and impression change", "1/meeting", 0.05, 0.5, 0.2,
           "assumption"),
    _world("meeting_hours", "一次联席会议的社区工时", "staff hours for one joint meeting", "h", 0, 60, 8, "assumption"),
    _world("pending_days", "一件待会商案件的部门工时", "work of a department on a pending joint case", "d", 0, 3, 0.25,
           "assumption; an inspection counts as one day"),
    _world("unclear_duties", "权责不清占比", "share of cases whose owner is unclear", "share", 0, 1, 0.45,
           "unclear_responsibility_share, of communities: taken as the share of cases (assumption)"),
    _world("passes_most", "权责不清时最多推转次数", "most times that an unclear case is passed on", "times", 1, 5, 3,
           "assumption", Kind.WHOLE),
    _world("data_formats", "数据报送格式数", "formats in which the same data are submitted", "formats", 2, 20, 6,
           "data_sets_to_submit", Kind.WHOLE),
    _world("duplicate_work", "重复报送占日常工作", "share of work other than cases that repeats forms", "share", 0, 0.6, 0.4,
           "duplicate_workload_share"),
    _world("round_items", "网格员一次巡访点位", "items that a grid officer sees on a round", "items", 5, 500, 60, "assumption"),
    _world("round_detection", "巡访发现概率", "chance that a seen defect is recognised on a round", "share", 0.05, 0.9, 0.3,
           "assumption: as an inspection"),
    _world("round_hours", "一次网格巡访工时", "hours of a grid officer's round", "h", 0.5, 8, 2, "assumption"),
    _world("officer_pay", "网格员年薪", "yearly pay of a grid officer", "yuan/y", 10000, 300000, 54000,
           "assumption: as a handler"),
    _world("team_coverage", "检查队一次巡查覆盖率", "share of items that a patrol of the team sees", "share", 0, 1, 0.2,
           "assumption"),
    _world("team_hours", "检查队一次巡查工时", "staff hours of a patrol of the team", "h", 0, 40, 6, "assumption: two persons, three hours"),
    _world("list_gain", "量化清单补发现率", "share of missed defects that a fully quantified list shows", "share", 0, 0.8, 0.35,
           "assumption: as equipment"),
    _world("list_rigour", "量化清单减少走过场", "share of formal visits that a fully quantified list turns into real ones", "share", 0, 0.9, 0.3,
           "assumption: precise standards leave less slack"),
    _world("list_scale", "清单见效的指标数", "quantified indicators that give 63 % of both", "indicators", 3, 100, 15,
           "assumption"),
    _world("list_burden", "清单耗时的指标数", "indicators that double the time for an item", "indicators", 10, 500, 100,
           "assumption"),
    _world("project_push", "认领项目每环节提速", "share of a stage's remaining time that a claim removes", "share", 0, 0.9, 0.5,
           "assumption: next stage halved; secretary_project_efficiency_gain is not used"),
    _world("dispatch_hours", "一次调度会工时", "staff hours for one dispatch meeting", "h", 0, 60, 4, "assumption: half a joint meeting"),
    _world("project_hours", "认领一项的社区工时", "staff hours for a claimed project", "h", 0, 80, 16, "assumption"),
)
"""What is uncertain about coordination."""
