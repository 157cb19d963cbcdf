"""What injects are called, in what their size is measured, and targets that have names.

Takes: nothing. Gives: :data:`INJECTS`, read by ``words.inject``.
"""

from collections.abc import Mapping
from types import MappingProxyType

from labsim.foundations.declared import Text
from labsim.foundations.i18n import t
from labsim.scenario.phases import InjectKind

INJECTS: Mapping[InjectKind, tuple[Text, str, tuple[Text, ...]]] = MappingProxyType(
    {
        InjectKind.FAULT_BURST: (
            t("故障突增", "burst of faults"),
            "faults",
            (t("环境类点位", "environment items"), t("设施类点位", "facility items"), t("大修类点位", "capital items")),
        ),
        InjectKind.FUND_CHANGE: (
            t("资金变动", "change of funds"),
            "yuan",
            (t("维修资金", "repair fund"), t("积分资金", "points pot")),
        ),
        InjectKind.STAFF_LEAVE: (t("人员离岗", "staff leave"), "persons", ()),
        InjectKind.INSPECTION_STORM: (t("集中检查", "storm of inspections"), "visits", ()),
        InjectKind.APP_OUTAGE: (t("应用停用", "app outage"), "d", ()),
        InjectKind.FLOOD: (t("汛情", "flood"), "waterlogging points", ()),
        InjectKind.EPIDEMIC: (t("疫情", "epidemic"), "persons", ()),
        InjectKind.LIFT_FAILURE: (t("电梯故障", "lift failure"), "lifts", ()),
        InjectKind.HOT_EVENT: (t("热点事件", "hot event"), "persons", ()),
    }
)
"""Of every kind of inject: what it is called, the unit of its magnitude, and targets that have names."""
