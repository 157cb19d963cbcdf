"""Levers and parameters of the module *disputes*: mediation, trust in the property firm, fees.

Takes: nothing. Gives: :data:`LEVERS_DISPUTES` and :data:`WORLD_DISPUTES`, appended to the core's
catalogues. Defaults of levers are the community before any policy. The documents give no
denominators: rates are per household, and a place with 320 mediated disputes a year is taken to be
about five times the size of the community that is simulated by default.
"""

from functools import partial

from labsim.foundations.declared import Kind
from labsim.scenario.modules.declaring import lever, parameter

_lever = partial(lever, group="disputes")
_q = partial(parameter, group="disputes")
_OFF = "assumption: off before the policy"

LEVERS_DISPUTES = (
    _lever("mediators", "社区调解员", "community mediators", "persons", 0, 30, 1, "assumption: the documents give no number",
           Kind.WHOLE),
    _lever("elders_panel", "五老调解团人数", "members of the elders' mediation panel", "persons", 0, 30, 0, _OFF, Kind.WHOLE),
    _lever("one_stop", "一站式受理占比", "share of disputes that enter by the one-stop desk", "share", 0, 1, 0, _OFF),
    _lever("multi_party_table", "多方协商占比", "share of disputes taken to a table of everybody concerned", "share",
           0, 1, 0, _OFF),
    _lever("party_information", "向当事人公开的事实占比", "share of the facts of a property dispute shown to both sides", "share",
           0, 1, 0, _OFF),
    _lever("counselling_capacity", "心理疏导能力", "counselling sessions for parties of neighbour disputes", "1/28 d", 0, 500, 0,
           _OFF),
    _lever("door_to_door_visits", "党员上门次数", "door-to-door visits to parties of property disputes", "1/28 d", 0, 500, 0,
           _OFF),
    _lever("trust_file", "信任档案覆盖", "share of households in the trust file, which are visited regularly", "share", 0, 1, 0,
           "trust_file_coverage; off"),
    _lever("care_visits", "档案内每户每年走访次数", "regular and holiday visits to a household in the trust file", "1/y", 0, 52, 12,
           "assumption: once a month, holidays included"),
    _lever("property_alliance", "红色物业联盟监督", "share of the property firm's promises that an alliance checks", "share", 0, 1,
           0, _OFF),
)
"""What a community can decide about disputes and its property firm."""

WORLD_DISPUTES = (
    # how disputes arise
    _q("neighbour_dispute_rate", "邻里纠纷发生率(每户)", "neighbour disputes per household", "1/y", 0, 5, 0.08,
       "disputes_mediated_2023; size of the place assumption"),
    _q("property_dispute_rate", "物业纠纷发生率(每户，完全不信任物业时)", "property disputes per household without trust in the firm",
       "1/y", 0, 5, 0.08, "disputes_mediated_2023; size of the place assumption"),
    _q("property_fault_effect", "每个未解决设施问题对物业纠纷的影响", "added property disputes per unresolved facility problem in the block",
       "ratio", 0, 3, 0.5, "assumption"),
    # how they are handled
    _q("dispute_intake_days", "纠纷受理时间", "intake of a dispute", "d", 0, 10, 1.5, "assumption"),
    _q("dispute_referrals", "无一站式时转介次数", "times that a dispute is passed on without a one-stop desk", "1", 0, 5, 2,
       "assumption: police, court or department pass it on", Kind.WHOLE),
    _q("referral_days", "一次转介时间", "time of one referral", "d", 0, 20, 4, "dispute_resolution_days: 15 to 7 days in two referrals"),
    _q("mediation_days", "一轮调解工作量", "a mediator's work for one round", "d", 0.05, 5, 0.5, "assumption: half a day"),
    _q("round_gap_days", "两轮调解间隔", "time between rounds", "d", 0, 30, 4, "assumption"),
    _q("table_gap_days", "多方协商两轮间隔", "time between rounds at a table of everybody", "d", 0, 30, 1,
       "parking_group_complaint_days: settled in 3 days"),
    _q("dispute_rounds", "最多调解轮数", "rounds before a dispute is given up", "1", 1, 10, 3, "assumption", Kind.WHOLE),
    _q("dispute_patience", "当事人等待期限", "days before a dispute that is not settled becomes a petition", "d", 7, 365, 60,
       "assumption"),
    _q("settle_neighbour", "邻里纠纷一轮调解成功倾向", "propensity of one round to settle a neighbour dispute", "logit", -4, 4, -0.2,
       "assumption: four in five within three rounds"),
    _q("settle_property", "物业纠纷一轮调解成功倾向", "propensity of one round to settle a property dispute", "logit", -5, 4, -1.5,
       "wuhou_mediation_success (before): .45 within three rounds"),
    _q("elder_presence", "五老每周到岗占比", "share of working days that an elder mediates", "share", 0.05, 1, 0.4,
       "assumption: retired volunteers, two days in five"),
    _q("acceptance_weight", "对社区的信任对接受调解的影响", "weight of trust in the community in accepting a settlement", "logit", 0, 8, 3.0,
       "assumption: as fee_trust_weight; council_conflict_resolution_rate tells of it and is not used"),
    _q("elder_skill", "五老调解能力", "skill of elders beyond that of a mediator", "logit", 0, 3, 1.0,
       "assumption; elder_panel_mediation_success is not fitted"),
    _q("table_effect", "各方同桌的作用", "effect of everybody being at the table", "logit", 0, 3, 0.3, "assumption"),
    _q("tension_weight", "矛盾激烈程度的影响", "weight of tension between the parties", "logit", 0, 6, 1.5, "assumption"),
    _q("information_weight", "双方知情的影响", "weight of what both sides know", "logit", 0, 6, 2.0,
       "assumption; asymmetric information in bargaining: Kennan & Wilson 1993"),
    _q("source_reach", "单一信息来源可揭示的事实占比", "share of the facts that one source of information shows", "share", 0, 1, 0.5,
       "assumption"),
    _q("counsel_relief", "一次疏导缓解程度", "share of tension that one counselling session takes away", "share", 0, 1, 0.3, "assumption"),
    _q("visit_relief", "一次上门缓解程度(充分信任时)", "share of tension that one visit takes away, with full trust", "share", 0, 1, 0.3,
       "assumption"),
    # regular visits
    _q("rapport_rate", "一次走访增进的熟悉与信任", "share of missing rapport that a regular visit makes up", "1/visit", 0, 1, 0.2,
       "assumption: as firm_trust_rate"),
    _q("rapport_fade", "熟悉与信任的消退", "share of rapport that fades away", "1/28 d", 0, 1, 0.02, "assumption"),
    _q("visit_hours_care", "一次走访工时", "staff hours for a regular visit", "h", 0, 4, 0.3, "assumption"),
    # trust in the property firm and fees
    _q("promise_base", "无监督时服务承诺兑现率", "share of promises that the firm keeps unchecked", "share", 0, 1, 0.5, "assumption"),
    _q("firm_break_even", "物业保本收缴率", "collection below which the firm cuts its service", "share", 0.05, 1, 0.5, "assumption"),
    _q("firm_trust_start", "初始物业信任", "trust in the property firm at the start", "share", 0, 1, 0.45, "assumption"),
    _q("firm_trust_rate", "物业信任更新速度", "rate at which trust in the firm is updated", "1/event", 0.02, 0.6, 0.2,
       "Rescorla & Wagner 1972; range assumption"),
    _q("alpha_fee", "缴费基础倾向", "base utility of paying the property fee", "logit", -8, 6, -0.9,
       "property_fee_collection (before): .65"),
    _q("fee_trust_weight", "物业信任对缴费的影响", "weight of trust in the firm in paying", "logit", 0, 8, 3.0, "assumption"),
    _q("fee_habit_weight", "缴费习惯权重", "weight of the habit of paying", "logit", 0, 4, 1.5, "assumption: as habit_weight"),
    _q("fee_influence", "邻居缴费影响", "influence of neighbours who pay", "logit", 0, 4, 1.0,
       "Brock & Durlauf 2001; range assumption"),
    _q("fee_habit_start", "初始缴费习惯", "habit of paying at the start", "share", 0, 1, 0.65, "property_fee_collection (before)"),
    _q("fee_habit_rate", "缴费习惯形成速度", "rate at which the habit of paying forms", "1/28 d", 0, 1, 0.2, "assumption"),
    _q("fee_amount", "每户物业费", "property fee of a household", "yuan/28 d", 0, 2000, 100, "assumption"),
    _q("firm_repair_share", "物业费用于公共维修的占比", "share of fees that the firm puts into the repair fund", "share", 0, 1, 0.05,
       "assumption"),
)
"""What is uncertain about disputes, the property firm and fees."""
