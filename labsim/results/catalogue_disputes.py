"""Indicators of the module *disputes*: mediation, petitions, the property firm and its fees.

Takes: nothing. Gives: declarations, joined in ``catalogue``; not measurable when the module is off.
"""

from labsim.foundations.i18n import t
from labsim.model.state import FEN, YEAR
from labsim.results.declaration import Better, Delta, Family, Indicator, Sight
from labsim.results.formulas_modules import module_last, module_per, module_ratio
from labsim.results.margins import FIVE_POINTS, MONEY, TWO_POINTS, tenth

_M = "disputes"
_SETTLED = ("settled_neighbour", "settled_property")
_ESCALATED = ("escalated_neighbour", "escalated_property")

DISPUTES = (
    Indicator(
        name="disputes_year",
        label=t("纠纷数", "disputes"),
        unit="cases/y",
        better=Better.LOWER,
        family=Family.BENEFIT,
        sight=Sight.REPORTED,
        delta=tenth(5.0),
        definition=t(
            "窗口内发生的邻里与物业纠纷，折算为每年", "neighbour and property disputes that arise, scaled to a year"
        ),
        formula=module_per(_M, YEAR, "opened_neighbour", "opened_property"),
    ),
    Indicator(
        name="dispute_days_mean",
        label=t("纠纷化解周期", "time to the end of a dispute"),
        unit="days",
        better=Better.LOWER,
        family=Family.BENEFIT,
        sight=Sight.REPORTED,
        delta=Delta(absolute=1.0, source="assumption: a day"),
        definition=t(
            "从受理到结束(调解成功或转为信访)的天数：窗口内结束纠纷的平均",
            "days from opening to the end, settled or a petition: mean of disputes that end in the window",
        ),
        formula=module_ratio(_M, ("days_ended",), (*_SETTLED, *_ESCALATED)),
    ),
    Indicator(
        name="mediation_success",
        label=t("调解成功率", "mediation success"),
        unit="share",
        better=Better.HIGHER,
        family=Family.BENEFIT,
        sight=Sight.REPORTED,
        delta=FIVE_POINTS,
        definition=t("调解成功 ÷ 窗口内结束的纠纷", "disputes settled / disputes that end in the window"),
        formula=module_ratio(_M, _SETTLED, (*_SETTLED, *_ESCALATED)),
    ),
    Indicator(
        name="mediation_success_neighbour",
        label=t("邻里纠纷调解成功率", "mediation success, neighbours"),
        unit="share",
        better=Better.HIGHER,
        family=Family.BENEFIT,
        sight=Sight.REPORTED,
        delta=FIVE_POINTS,
        definition=t("调解成功 ÷ 窗口内结束的邻里纠纷", "settled / neighbour disputes that end in the window"),
        formula=module_ratio(_M, _SETTLED[:1], (_SETTLED[0], _ESCALATED[0])),
    ),
    Indicator(
        name="mediation_success_property",
        label=t("物业纠纷调解成功率", "mediation success, owners and property firm"),
        unit="share",
        better=Better.HIGHER,
        family=Family.BENEFIT,
        sight=Sight.REPORTED,
        delta=FIVE_POINTS,
        definition=t("调解成功 ÷ 窗口内结束的物业纠纷", "settled / property disputes that end in the window"),
        formula=module_ratio(_M, _SETTLED[1:], (_SETTLED[1], _ESCALATED[1])),
    ),
    Indicator(
        name="elders_mediation_success",
        label=t("五老调解团成功率", "mediation success of the elders' panel"),
        unit="share",
        better=Better.HIGHER,
        family=Family.BENEFIT,
        sight=Sight.REPORTED,
        delta=FIVE_POINTS,
        definition=t(
            "调解成功 ÷ 末轮由五老调解团主持的纠纷",
            "settled / disputes that end in the window and whose last round was the elders'",
        ),
        formula=module_ratio(_M, ("elders_settled",), ("elders_ended",)),
    ),
    Indicator(
        name="elders_settled_year",
        label=t("五老调解团调解成功件数", "disputes settled by the elders' panel"),
        unit="cases/y",
        better=Better.NONE,
        family=Family.CONTEXT,
        sight=Sight.REPORTED,
        delta=tenth(2.0),
        definition=t(
            "末轮由五老调解团主持且调解成功的纠纷，折算为每年",
            "disputes settled in a last round of the elders, scaled to a year",
        ),
        formula=module_per(_M, YEAR, "elders_settled"),
    ),
    Indicator(
        name="petitions_year",
        label=t("信访(调解未成)", "petitions after failed mediation"),
        unit="cases/y",
        better=Better.LOWER,
        family=Family.BENEFIT,
        sight=Sight.REPORTED,
        delta=tenth(1.0),
        definition=t(
            "多轮未成或久拖而转为信访的纠纷，折算为每年",
            "disputes that become petitions after too many rounds or too long, scaled to a year",
        ),
        formula=module_per(_M, YEAR, *_ESCALATED),
    ),
    Indicator(
        name="mediator_load",
        label=t("调解员负荷", "load of mediators"),
        unit="share",
        better=Better.LOWER,
        family=Family.BURDEN,
        sight=Sight.REPORTED,
        delta=FIVE_POINTS,
        definition=t(
            "调解工作日 ÷ 调解员与五老到岗日（五老按到岗占比）",
            "days of work on rounds / days that mediators and elders give (an elder a part of them)",
        ),
        formula=module_ratio(_M, ("mediator_days",), ("mediators",)),
    ),
    Indicator(
        name="firm_trust",
        label=t("物业信任", "trust in the property firm"),
        unit="level",
        better=Better.HIGHER,
        family=Family.BENEFIT,
        sight=Sight.TRUE,
        delta=Delta(absolute=0.03, source="assumption"),
        definition=t("各户对物业的信任，窗口末的平均", "households' trust in the firm, mean at the end of the window"),
        formula=module_last(_M, "firm_trust"),
    ),
    Indicator(
        name="resident_rapport",
        label=t("居民与走访者的熟悉信任", "rapport of residents with those who visit"),
        unit="level",
        better=Better.HIGHER,
        family=Family.BENEFIT,
        sight=Sight.TRUE,
        delta=Delta(absolute=0.03, source="assumption"),
        definition=t(
            "各户因经常走访而有的熟悉与信任，窗口末的平均",
            "households' rapport from regular visits, mean at the end of the window",
        ),
        formula=module_last(_M, "rapport"),
    ),
    Indicator(
        name="fee_collection",
        label=t("物业费收缴率", "property-fee collection"),
        unit="share",
        better=Better.HIGHER,
        family=Family.BENEFIT,
        sight=Sight.REPORTED,
        delta=TWO_POINTS,
        definition=t("已缴 ÷ 应缴户次(每28天一次)", "fees paid / fees due; every household owes one each 28 days"),
        formula=module_ratio(_M, ("fees_paid",), ("fees_due",)),
    ),
    Indicator(
        name="fees_year",
        label=t("物业费收入", "property fees collected"),
        unit="yuan/y",
        better=Better.NONE,
        family=Family.CONTEXT,
        sight=Sight.REPORTED,
        delta=MONEY,
        definition=t("居民缴纳的物业费，折算为每年", "property fees that residents pay, scaled to a year"),
        formula=module_per(_M, YEAR, "fees", divisor=FEN),
    ),
    Indicator(
        name="fees_repairs_year",
        label=t("物业费转入维修资金", "property fees put into repairs"),
        unit="yuan/y",
        better=Better.NONE,
        family=Family.CONTEXT,
        sight=Sight.REPORTED,
        delta=MONEY,
        definition=t(
            "物业费中转入维修资金的部分，折算为每年",
            "the part of fees that goes to the repair fund, scaled to a year",
        ),
        formula=module_per(_M, YEAR, "fees_for_repairs", divisor=FEN),
    ),
)
