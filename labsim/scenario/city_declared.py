"""What a city is made of, declared once: sizes, differences, shared means, diffusion.

Takes: nothing. Gives: :data:`CITY`, the catalogue behind ``[city]`` in a city file,
:data:`PRACTICE`, the one behind ``[[city.practices]]``, and the rules that can be chosen.
No quantity here is an outcome: they are numbers of people, money, visits, and weights.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from labsim.foundations.declared import Catalogue, Kind, Quantity, Text


def _q(
    name: str, zh: str, en: str, unit: str, low: float, high: float, default: float, source: str,
    kind: Kind = Kind.NUMBER,
) -> Quantity:
    return Quantity(
        name=name, label=Text(zh=zh, en=en), unit=unit, low=low, high=high, default=default, source=source, group="city",
        kind=kind,
    )


class Level(StrEnum):
    """At which level means are shared and teams sent."""

    DISTRICT = "district"
    STREET = "street"


class VisitRule(StrEnum):
    """How the visits of departments are split over communities."""

    OWN = "own"
    EQUAL = "equal"
    COMPLAINTS = "complaints"
    POPULATION = "population"


class FundRule(StrEnum):
    """How the shared fund is allotted."""

    EQUAL = "equal"
    POPULATION = "population"
    NEED = "need"
    MERIT = "merit"
    BIDS = "bids"


class TeamRule(StrEnum):
    """Where organised volunteer teams go."""

    HOME = "home"
    TURNOUT = "turnout"
    EQUAL = "equal"
    SHORTAGE = "shortage"


class Learning(StrEnum):
    """What a community looks at before it takes a practice over from others."""

    RESULTS = "results"
    CONTACT = "contact"


class Published(StrEnum):
    """A result that communities publish, and by which they judge each other's practice."""

    FIX_RATE = "fix_rate"
    COMPLAINTS = "complaints"
    REPEATS = "repeats"
    OVERDUE = "overdue"
    VOLUNTEERS = "volunteers"
    ATTENDANCE = "attendance"


CITY = Catalogue(
    _q("communities", "社区数", "communities", "communities", 1, 2000, 12, "assumption: a small district", Kind.WHOLE),
    _q("streets", "街道数", "streets", "streets", 1, 200, 3, "crowdfund_streets_adopting", Kind.WHOLE),
    # how communities differ
    _q("volunteer_spread", "志愿倾向差异(社区间标准差)", "spread of volunteering taste between communities (sd)", "logit", 0, 3, 0.9,
       "assumption: fitted to volunteer_events_popular and volunteer_events_marginal"),
    _q("contact_spread", "熟人数差异(社区间,对数标准差)", "spread of contacts between communities (log sd)", "log", 0, 1, 0.2,
       "assumption: popular communities are better connected"),
    _q("perfunctory_spread", "走过场程度差异(社区间标准差)", "spread of perfunctory inspection between communities (sd)", "logit", 0, 3, 0.82,
       "assumption: normal on the logit, from perfunctory_inspection_share to perfunctory_communities_share above one half"),
    _q("fault_spread", "故障率差异(社区间,对数标准差)", "spread of fault rates between communities (log sd)", "log", 0, 1, 0.25,
       "assumption: old and new estates"),
    _q("size_spread", "规模差异(社区间,对数标准差)", "spread of size between communities (log sd)", "log", 0, 1, 0, "assumption: equal sizes"),
    # shared departments
    _q("department_visits", "部门检查能力(每社区平均)", "visits that departments can make, mean of communities", "1/28 d", 0, 30, 4.2,
       "inspections_per_month"),
    # shared fund
    _q("fund", "统筹资金(每社区平均)", "shared fund, mean of communities", "yuan/y", 0, 1000000, 0, "assumption: off"),
    _q("fund_services", "统筹资金用于服务的占比", "share of the fund for services, the rest for repairs", "share", 0, 1, 0.4,
       "assumption: repairs first"),
    _q("grant", "竞争性项目每笔金额", "grant that a winning bid gets", "yuan", 100, 1000000, 10000, "assumption: a small project"),
    _q("bid_rate", "工时饱和社区的申报概率", "chance that a community at full hours bids", "share", 0.001, 0.999, 0.5, "assumption"),
    _q("bid_load", "超负荷对申报的影响", "effect of overload on bidding", "logit", 0, 20, 4, "assumption: writing bids takes hours"),
    _q("bid_luck", "评审的偶然性", "luck in judging a bid", "points", 0, 100, 20, "assumption"),
    # volunteers
    _q("volunteer_pool", "由区级组织的志愿服务占比", "share of volunteer acts in teams that the district organises", "share", 0, 1, 0.3, "assumption"),
    _q("event_acts", "一场志愿活动的人次", "volunteer acts in one event", "acts", 1, 1000, 20, "assumption: fitted to volunteer_events_popular", Kind.WHOLE),
    # the network of secretaries
    _q("ties_street", "同街道书记相识概率", "chance that secretaries of one street are in contact", "share", 0, 1, 0.9, "assumption: weekly meetings"),
    _q("ties_district", "跨街道书记相识概率", "chance that secretaries of two streets are in contact", "share", 0, 1, 0.05, "assumption"),
)
"""The numbers of a city."""

PRACTICE = Catalogue(
    _q("start", "首批社区采用日", "day on which the first communities adopt", "d", 0, 3640, 84, "assumption: after three periods of records",
       Kind.WHOLE),
    _q("innovation", "自发采用率", "adoption without any example", "1/28 d", 0, 5, 0.002, "Sultan, Farley & Lehmann 1990: p = .03 a year"),
    _q("imitation", "仿效采用率", "adoption when every contact shows good results", "1/28 d", 0, 20, 0.2,
       "assumption: deliberation_spread_communities in two years; Bass 1969"),
    _q("threshold", "仿效门槛", "share of contacts with good results below which nobody follows", "share", 0, 1, 0.1,
       "assumption: one neighbour in ten; Granovetter 1978"),
    _q("window", "成效观察期", "periods before and after adoption that are compared", "periods", 1, 26, 3, "assumption: a quarter", Kind.WHOLE),
    _q("margin", "成效可见的最小改善", "smallest improvement that others notice", "share", 0, 5, 0.1, "assumption: a tenth"),
)
"""The numbers of a practice that may spread."""

RULES: Mapping[str, tuple[type[StrEnum], str]] = MappingProxyType(
    {
        "level": (Level, Level.DISTRICT),
        "visit_rule": (VisitRule, VisitRule.OWN),
        "fund_rule": (FundRule, FundRule.EQUAL),
        "team_rule": (TeamRule, TeamRule.HOME),
    }
)
"""What can be chosen for a city: the choices and the default of each."""

RULE_LABELS: Mapping[str, Text] = MappingProxyType(
    {
        "level": Text(zh="统筹层级", en="level of sharing"),
        "visit_rule": Text(zh="检查分配规则", en="rule for visits"),
        "fund_rule": Text(zh="资金分配规则", en="rule for the fund"),
        "team_rule": Text(zh="志愿队分配规则", en="rule for volunteer teams"),
        "learning": Text(zh="学习方式", en="way of learning"),
        "published": Text(zh="公开成效", en="published result"),
    }
)
"""The words of everything that is chosen."""

CHOICE_LABELS: Mapping[str, Text] = MappingProxyType(
    {
        "district": Text(zh="区", en="district"),
        "street": Text(zh="街道", en="street"),
        "own": Text(zh="各社区自有", en="each its own"),
        "equal": Text(zh="平均", en="equal"),
        "complaints": Text(zh="按投诉", en="by complaints"),
        "population": Text(zh="按人口", en="by population"),
        "need": Text(zh="按积压", en="by backlog"),
        "merit": Text(zh="按考评", en="by appraisal"),
        "bids": Text(zh="竞争申报", en="by bids"),
        "home": Text(zh="留在本社区", en="stay at home"),
        "turnout": Text(zh="去志愿者多的社区", en="go where volunteers are"),
        "shortage": Text(zh="去志愿者少的社区", en="go where volunteers lack"),
        "results": Text(zh="看公开成效", en="by published results"),
        "contact": Text(zh="只看是否采用", en="by contact alone"),
        "fix_rate": Text(zh="整改率", en="fix rate"),
        "repeats": Text(zh="重复投诉", en="repeat complaints"),
        "overdue": Text(zh="超期未结", en="overdue cases"),
        "volunteers": Text(zh="志愿服务", en="volunteering"),
        "attendance": Text(zh="议事出席", en="council attendance"),
    }
)
"""The words of every choice; ``complaints`` is a rule and a published result alike."""
