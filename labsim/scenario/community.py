"""Community: who and what there is, declared once.

Takes: nothing. Gives: :data:`COMMUNITY`, the catalogue behind ``[population]`` in a
scenario file: margins of the synthetic population, the network, items and departments.
"""

from labsim.foundations.declared import Catalogue, Kind, Quantity, Text


def _c(
    name: str, zh: str, en: str, unit: str, low: float, high: float, default: float, source: str,
    kind: Kind = Kind.NUMBER,
) -> Quantity:
    return Quantity(
        name=name, label=Text(zh=zh, en=en), unit=unit, low=low, high=high, default=default, source=source,
        group="community", kind=kind,
    )


def _module(name: str, zh: str, en: str) -> Quantity:
    return _c(f"module_{name}", f"扩展机制·{zh}", f"extension module: {en}", "off/on", 0, 1, 0, "assumption: off, the core alone",
              Kind.SWITCH)


COMMUNITY = Catalogue(
    _c("residents", "居民人数", "residents", "persons", 20, 1000000, 1500, "assumption: one community", Kind.WHOLE),
    _c("blocks", "网格/楼栋数", "blocks", "blocks", 1, 20000, 30, "assumption: 50 residents each", Kind.WHOLE),
    _c("items", "检查点位数", "check items", "items", 0, 1000000, 1500, "assumption", Kind.WHOLE),
    _c("departments", "检查部门数", "departments", "departments", 1, 50, 8, "departments_with_own_standards", Kind.WHOLE),
    _c("contacts", "每人熟人数", "contacts of a resident", "persons", 0, 50, 8, "assumption: K = 8", Kind.WHOLE),
    _c("local_contacts", "熟人在本楼栋占比", "share of contacts in the block", "share", 0, 1, 0.75, "assumption: three quarters"),
    _c("young_share", "青年占比", "share aged 18-34", "share", 0, 1, 0.30, "assumption"),
    _c("older_share", "老年占比", "share aged 60+", "share", 0, 1, 0.30, "assumption"),
    _c("migrant_share", "流动人口占比", "share of migrants", "share", 0, 1, 0.35, "migrant_population_share"),
    _c("digital_young", "青年数字可及", "digital access, young", "share", 0, 1, 0.95, "assumption"),
    _c("digital_middle", "中年数字可及", "digital access, middle", "share", 0, 1, 0.85, "assumption"),
    _c("digital_older", "老年数字可及", "digital access, older", "share", 0, 1, 0.31, "online_service_use_60plus"),
    _c("registered_share", "有数字可及者中应用注册率", "registered in the app among those with access", "share", 0, 1, 0.55,
       "assumption"),
    _c("low_income_share", "低收入居民占比", "share of low-income residents", "share", 0, 1, 0.10, "assumption"),
    _c("household_size", "户均人数", "residents in a household", "persons", 1, 8, 3, "assumption", Kind.WHOLE),
    _c("panel", "议事代表人数", "members of the residents' panel", "persons", 0, 5000, 60, "assumption", Kind.WHOLE),
    _c("facility_share", "设施类点位占比", "share of facility items", "share", 0, 1, 0.245, "assumption"),
    _module("disputes", "矛盾调解", "disputes and mediation"),
    _module("coordination", "部门协同", "coordination of departments"),
    _module("projects", "项目与资金", "projects and funds"),
    _module("services", "服务与场地", "services and venues"),
    _module("workforce", "队伍建设", "workforce"),
    _module("evaluation", "考评预警", "evaluation and warning"),
    _module("emergencies", "应急", "emergencies"),
    _c("capital_share", "大修类点位占比", "share of capital items", "share", 0, 1, 0.005, "assumption"),
)
