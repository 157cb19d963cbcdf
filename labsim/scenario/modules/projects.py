"""Levers and world parameters of the projects module: needs of blocks, votes, shared money, building.

Takes: nothing. Gives: :data:`LEVERS_PROJECTS` and :data:`WORLD_PROJECTS`, which join the catalogues of
levers and of the world. Defaults of levers are off: nobody proposes, votes or builds.
"""

from functools import partial

from labsim.foundations.declared import Kind
from labsim.scenario.modules.declaring import lever, parameter

_lever = partial(lever, group="projects")
_world = partial(parameter, group="projects")
_OFF = "assumption: off before the policy"


LEVERS_PROJECTS = (
    # programmes: whoever decides them pays them
    _lever("lift_projects", "每年启动加装电梯项目", "lift projects started", "1/y", 0, 60, 0, "lifts_installed_2023; off"),
    _lever("lift_subsidy", "加装电梯补贴占造价", "share of the cost of a lift that the government pays", "share", 0, 1, 0,
           "lift_self_funding_share; off"),
    _lever("ramp_projects", "每年无障碍坡道项目", "ramps started", "1/y", 0, 100, 0, "ramps_added; off"),
    _lever("parking_spaces", "每年增设车位计划", "parking spaces planned", "1/y", 0, 1000, 0, "parking_spaces_added; off"),
    _lever("micro_projects", "书记微项目", "micro-projects that the secretary starts", "1/y", 0, 60, 0,
           "micro_projects_per_secretary; off"),
    _lever("micro_grant", "书记创新基金(每个微项目)", "grant of the secretary fund for a micro-project", "yuan", 0, 200000, 0,
           "secretary_fund_micro_projects; off"),
    # vote on livelihood projects
    _lever("project_votes", "民生实事票决次数", "votes on livelihood projects", "1/y", 0, 12, 0, _OFF),
    _lever("vote_online", "线上征集与投票", "suggestions and votes are also taken online", "off/on", 0, 1, 0, "vote_channels; off",
           Kind.SWITCH),
    _lever("ballot_projects", "一次票决项目数", "projects on a ballot", "1", 1, 30, 10, "assumption: rule_revision_quarterly", Kind.WHOLE),
    _lever("vote_threshold", "票决通过门槛", "share of yes votes above which a project passes", "share", 0, 1, 0.5, "assumption"),
    # money
    _lever("project_budget", "民生项目财政资金", "public money for voted projects", "yuan/y", 0, 5000000, 0, "fund_public_share; off"),
    _lever("social_money", "民生项目社会资金", "money of companies for voted projects", "yuan/y", 0, 5000000, 0,
           "corporate_funds_per_year; off"),
    _lever("match_budget", "配套资金年度上限", "most that is matched in a year", "yuan/y", 0, 10000000, 1000000, "assumption"),
    # how well they are prepared
    _lever("household_visits", "改造期间入户走访占比", "share of households visited at home before building", "share", 0, 1, 0,
           "renovation_conflicts_resolved; off"),
    _lever("policy_briefing", "项目政策辅导占比", "share of projects whose plan is checked against the rules", "share", 0, 1, 0,
           "lift_projects_rework_share; off"),
)
"""What a street or community can decide about projects."""

WORLD_PROJECTS = (
    # needs of blocks and of people
    _world("old_blocks", "无电梯老楼占比", "share of blocks that are old and have no lift", "share", 0, 1, 0.4, "assumption"),
    _world("stepped_blocks", "出入口有台阶的楼栋占比", "share of blocks with steps at the entrance", "share", 0, 1, 0.6, "assumption"),
    _world("limited_older", "60岁以上行动不便占比", "share of residents of 60 and over who are not steady on their feet", "share", 0, 1,
           0.3, "assumption"),
    _world("limited_others", "60岁以下行动不便占比", "share of younger residents who are not steady on their feet", "share", 0, 1, 0.04,
           "assumption"),
    _world("entrance_barrier", "台阶对出门参与的阻碍", "what steps at the entrance take from going out", "logit", 0, 5, 2.0,
           "disabled_participation"),
    _world("stairs_barrier", "顶层无电梯对出门参与的阻碍", "what stairs take from going out, top floor", "logit", 0, 5, 1.5, "assumption"),
    _world("parking_lack", "每户缺车位数", "parking spaces that a household lacks, mean", "1", 0, 2, 0.4, "assumption"),
    # proposals and votes
    _world("proposal_rate", "居民发起众筹的速率", "rate at which a worn block proposes to share a cost", "1/28 d", 0, 1, 0.3,
           "assumption"),
    _world("offline_reach", "线下渠道触达率", "share of residents whom the notice board and the desk reach", "share", 0, 1, 0.3,
           "assumption"),
    _world("suggestion_bias", "提建议的基础倾向", "base utility of making a suggestion", "logit", -8, 4, -3.6,
           "vote_suggestions_collected"),
    _world("turnout_bias", "参加票决的基础倾向", "base utility of voting", "logit", -8, 6, -0.5, "assumption"),
    _world("approval_bias", "赞成的基础倾向", "base utility of a yes", "logit", -6, 6, 0.9, "vote_pass_rate"),
    _world("approval_need", "需求对赞成的影响", "weight of need in a yes", "logit", 0, 8, 2.0, "assumption"),
    _world("approval_others", "对其他楼栋需求的体谅", "weight of the need of other blocks against one's own", "share", 0, 1, 0.4,
           "assumption"),
    _world("plan_spread", "方案质量差异", "spread of how well plans are received (sd)", "logit", 0, 4, 0.8, "assumption"),
    # money of households
    _world("price_weight", "金额对出资的影响", "what e times 500 yuan takes from joining", "logit", 0, 4, 0.6, "assumption"),
    _world("benefit_weight", "受益程度对出资的影响", "weight of benefit in joining", "logit", 0, 8, 3.0, "assumption"),
    _world("consent_quorum", "加装电梯须同意并出资的户数占比", "share of households that must agree to a lift and pay", "share", 0.1, 1, 0.667,
           "Civil Code 2020"),
    _world("asking_rounds", "最多征询轮数", "rounds of asking before money is given back", "1", 1, 24, 6, "assumption", Kind.WHOLE),
    # costs
    _world("lift_cost", "加装电梯造价(每户)", "cost of a lift for each household of the block", "yuan", 100, 100000, 6400,
           "lift_self_funding_total; lift_households; lift_self_funding_share"),
    _world("road_cost", "道路改造造价(每户)", "cost of a renovated road for each household of the block", "yuan", 50, 20000, 1500,
           "assumption: below crowdfund_household_contribution + crowdfund_community_subsidy"),
    _world("ramp_cost", "坡道造价", "cost of a ramp", "yuan", 100, 500000, 20000, "assumption"),
    _world("space_cost", "车位造价", "cost of a parking space", "yuan", 100, 200000, 5000, "assumption"),
    _world("garden_cost", "小游园等微项目造价", "cost of a garden or another small work", "yuan", 100, 500000, 20000, "assumption"),
    # permits, building, acceptance
    _world("lift_permits", "加装电梯审批部门数", "departments that approve a lift", "departments", 1, 12, 8, "departments_with_own_standards", Kind.WHOLE),
    _world("permit_days", "项目一次审批时间", "time of one approval of a project", "d", 1, 120, 30, "renovation_delay_months"),
    _world("lift_days", "加装电梯工期", "building time of a lift", "d", 1, 365, 90, "assumption"),
    _world("road_days", "道路改造工期", "building time of a road", "d", 1, 365, 45, "assumption"),
    _world("small_days", "小型项目工期", "building time of small works", "d", 1, 180, 21, "assumption"),
    _world("policy_error", "误读政策的项目占比", "share of projects in which policy is misread", "share", 0, 0.9, 0.23,
           "lift_projects_rework_share"),
    _world("briefing_effect", "政策辅导避免误读的占比", "share of misreadings that a check against the rules prevents", "share", 0, 1, 0.7,
           "assumption"),
    _world("error_skill", "政策能力对误读的影响", "weight of the staff's policy skill in misreading", "logit", 0, 8, 3.0, "assumption"),
    _world("rework_size", "返工占工期与造价", "time and cost of a rework as a share of building", "share", 0, 1, 0.3, "assumption"),
    _world("conflict_rate", "改造引发矛盾的户数占比", "share of households that object to a renovation", "share", 0, 1, 0.08,
           "renovation_conflicts_resolved"),
    _world("visit_settles", "入户走访化解矛盾的概率", "chance that a visit settles an objection", "share", 0, 1, 0.98,
           "renovation_petitions"),
    _world("petition_days", "一次信访使工程停工的时间", "days for which a petition stops building", "d", 0, 120, 14, "assumption"),
    _world("office_hours", "一个项目的社区工时", "staff hours for a project", "h", 0, 400, 40, "assumption"),
    # what needs do to faults
    _world("wear_faults", "磨损道路与管线造成的设施故障占比", "share of facility faults that worn roads and pipes cause", "share", 0, 0.9, 0.3,
           "assumption"),
    _world("parking_faults", "缺车位造成的环境问题占比", "share of environment problems that a lack of parking causes", "share", 0, 0.9, 0.2,
           "assumption"),
)
"""What is uncertain about projects."""
