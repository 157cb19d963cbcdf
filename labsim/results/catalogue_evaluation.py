"""Indicators of the module *evaluation*: attention, scores, warnings, what residents hear.

Takes: nothing. Gives: declarations, joined in ``catalogue``; not measurable when the module is off.
"""

from labsim.foundations.i18n import t
from labsim.model.state import YEAR
from labsim.results.declaration import Better, Delta, Family, Formula, Indicator, Sight, View
from labsim.results.formulas import ratio
from labsim.results.formulas_modules import module_per, module_ratio, module_total
from labsim.results.margins import FIVE_POINTS, TWO_POINTS, tenth

_M = "evaluation"
_REAL = ("repair", "feedback")
_SHOW = ("closing", "ledger", "pilots")
_POINTS = Delta(absolute=2.0, source="assumption: two points of a hundred")


def _attention(works: tuple[str, ...]) -> Formula:
    """Return the formula attention to these works, staff and departments counting half each."""
    columns = [f"{unit}_{work}" for unit in ("staff", "department") for work in works]

    def formula(view: View) -> float:
        return ratio(0.5 * module_total(view, _M, *columns), view.days)

    return formula


def _a_quarter(column: str, scale: float = 1.0) -> Formula:
    """Return the formula mean over appraisals in the window."""

    def formula(view: View) -> float:
        return ratio(scale * module_total(view, _M, column), module_total(view, _M, "appraisals"))

    return formula


def _genuine(view: View) -> float:
    checked = module_total(view, _M, "checked")
    return ratio(checked - module_total(view, _M, "seen_through"), checked)


def _score(name: str, zh: str, en: str, zh_def: str, en_def: str, column: str, scale: float = 1.0) -> Indicator:
    return Indicator(
        name=name, label=t(zh, en), unit="score", better=Better.NONE, family=Family.CONTEXT, sight=Sight.REPORTED,
        delta=_POINTS, definition=t(zh_def, en_def), formula=_a_quarter(column, scale), periodic=False,
    )


def _warnings(colour: str, zh: str) -> Indicator:
    return Indicator(
        name=f"warnings_{colour}_year",
        label=t(f"{zh}预警", f"{colour} warnings"),
        unit="cases/y",
        better=Better.NONE,
        family=Family.CONTEXT,
        sight=Sight.REPORTED,
        delta=tenth(5.0),
        definition=t(f"转为{zh}的未结案件，折算为每年", f"open cases that turn {colour}, scaled to a year"),
        formula=module_per(_M, YEAR, f"warned_{colour}"),
    )


EVALUATION = (
    Indicator(
        name="attention_real_share",
        label=t("实事注意力占比", "attention to real work"),
        unit="share",
        better=Better.HIGHER,
        family=Family.BENEFIT,
        sight=Sight.TRUE,
        delta=FIVE_POINTS,
        definition=t(
            "社区人员与部门(各占一半)用于真修与沟通的注意力，各日平均",
            "attention to genuine repair and feedback, staff and departments half each, mean over days",
        ),
        formula=_attention(_REAL),
    ),
    Indicator(
        name="attention_show_share",
        label=t("做样子注意力占比", "attention to show"),
        unit="share",
        better=Better.LOWER,
        family=Family.BURDEN,
        sight=Sight.TRUE,
        delta=FIVE_POINTS,
        definition=t(
            "社区人员与部门(各占一半)用于求快结案、台账会议与创新创评的注意力，各日平均",
            "attention to fast closing, ledgers, meetings and pilots, staff and departments half each, mean over days",
        ),
        formula=_attention(_SHOW),
    ),
    _score(
        "score_appraisal", "考核得分", "appraisal score",
        "窗口内各季度按当时权重的考核得分(满分100)平均",
        "score of the appraisal at its weights of the time, of 100, mean over quarters that end in the window",
        "score_appraisal",
    ),
    _score(
        "score_5x", "“5+X”得分", "5+X score",
        "窗口内各季度“5+X”得分平均(无论是否用于考核)",
        "score of the 5+X scorecard, used or not, mean over quarters that end in the window", "score_5x",
    ),
    _score(
        "score_5x_satisfaction", "“5+X”群众满意度", "5+X: public satisfaction",
        "最近一次测评的满意比例×100，各季度平均", "share satisfied in the latest survey x 100, mean over quarters",
        "mark_satisfaction", 100.0,
    ),
    _score(
        "score_5x_governance", "“5+X”治理实效", "5+X: governance performance",
        "过程、台账与核实三类得分按上级指标占比加权，各季度平均",
        "process, record and verified repair by the superior's shares of indicators, mean over quarters",
        "governance_5x",
    ),
    _score(
        "score_5x_innovation", "“5+X”创新", "5+X: innovation",
        "试点与创新投入得分，各季度平均", "marks for attention to pilots, mean over quarters", "mark_innovation", 100.0,
    ),
    _score(
        "score_5x_learning", "“5+X”学习成长", "5+X: learning",
        "学习场次投入得分，各季度平均", "marks for attention to study sessions, mean over quarters",
        "mark_learning", 100.0,
    ),
    _score(
        "score_5x_risk", "“5+X”中X项", "5+X: X, risk",
        "季度内按时答复的预警占比×100(无预警为100)，各季度平均",
        "warnings answered in time x 100 (100 without a warning), mean over quarters", "mark_risk", 100.0,
    ),
    Indicator(
        name="surveyed_satisfied_share",
        label=t("测评满意率", "satisfied in the survey"),
        unit="share",
        better=Better.HIGHER,
        family=Family.BENEFIT,
        sight=Sight.REPORTED,
        periodic=False,
        delta=TWO_POINTS,
        definition=t(
            "测评中表示满意的居民 ÷ 受访居民(真实值见满意率)",
            "residents who say that they are satisfied / residents asked (the truth is satisfaction_share)",
        ),
        formula=module_ratio(_M, ("content",), ("asked",)),
    ),
    Indicator(
        name="third_party_genuine_share",
        label=t("第三方认定真实整改率", "genuine according to the third party"),
        unit="share",
        better=Better.HIGHER,
        family=Family.BENEFIT,
        sight=Sight.REPORTED,
        periodic=False,
        delta=FIVE_POINTS,
        definition=t(
            "第三方未识破为表面整改的案件 ÷ 抽查案件",
            "closed cases that the third party does not see through as superficial / cases it looks at",
        ),
        formula=_genuine,
    ),
    _warnings("blue", "蓝色"),
    _warnings("yellow", "黄色"),
    _warnings("red", "红色"),
    Indicator(
        name="warned_in_time_share",
        label=t("预警按时答复率", "warnings answered in time"),
        unit="share",
        better=Better.HIGHER,
        family=Family.BENEFIT,
        sight=Sight.REPORTED,
        delta=FIVE_POINTS,
        definition=t(
            "时限内答复(含办结)的预警 ÷ 窗口内答复或被升级取代的预警",
            "warnings answered within their deadline, or whose case ended within it / warnings that were answered or "
            "overtaken by a worse colour in the window",
        ),
        formula=module_ratio(_M, ("answered_in_time",), ("answered_in_time", "answered_late")),
    ),
    Indicator(
        name="published_known_share",
        label=t("公开结果知晓率", "residents who heard what was published"),
        unit="share",
        better=Better.HIGHER,
        family=Family.BENEFIT,
        sight=Sight.REPORTED,
        periodic=False,
        delta=FIVE_POINTS,
        definition=t(
            "获知本季度公开结果的居民 ÷ 全体居民，各季度平均(未公开为0)",
            "residents whom the quarter's publication reached / residents, mean over quarters (0 without one)",
        ),
        formula=_a_quarter("heard_share"),
    ),
    Indicator(
        name="ledger_hours_year",
        label=t("台账会议工时", "hours for ledgers and meetings"),
        unit="hours/y",
        better=Better.LOWER,
        family=Family.BURDEN,
        sight=Sight.REPORTED,
        delta=tenth(200.0),
        definition=t(
            "社区人员用于台账、会议与创评的工时，折算为每年",
            "staff hours for ledgers, meetings and pilots, scaled to a year",
        ),
        formula=module_per(_M, YEAR, "ledger_hours"),
    ),
    Indicator(
        name="warning_hours_year",
        label=t("预警与测评工时", "hours for warnings and surveys"),
        unit="hours/y",
        better=Better.LOWER,
        family=Family.BURDEN,
        sight=Sight.REPORTED,
        delta=tenth(50.0),
        definition=t(
            "社区人员用于答复预警与满意度测评的工时，折算为每年",
            "staff hours for warnings and surveys, scaled to a year",
        ),
        formula=module_per(_M, YEAR, "warning_hours", "survey_hours"),
    ),
)
