"""No dead knob: every declared lever and parameter is read by the model; frozen numbers stay frozen."""

import ast
import re
from collections.abc import Iterable, Mapping

import pytest

from labsim.foundations.randomness import Decision
from labsim.scenario.community import COMMUNITY
from labsim.scenario.levers import LEVERS
from labsim.scenario.world import WORLD
from tests.architecture.source import Module, package_modules

# Where a quantity has an effect. Reading it elsewhere (a table, a slider, a check) turns nothing.
ACTS = {"population", "behaviour", "model"}

# What each draw is for, by number. A run is reproducible for as long as no line here changes:
# a new decision adds a line with a new number; a retired one keeps its line.
FROZEN: dict[str, int] = {
    "TASTE": 1, "ACT_SORT": 2, "ACT_VOLUNTEER": 3, "ACT_APP": 4, "ACT_MEETING": 5, "ACT_PATROL": 6,
    "OUTCOME_APP": 7, "OUTCOME_MEETING": 8, "OUTCOME_PATROL": 9, "REDEEM": 10, "REDEEM_ORDER": 11, "FUND_JOIN": 12,
    "DIGITAL_TAUGHT": 13,
    "FAULT_ONSET": 20, "RECURRENCE": 21, "NOTICE_TIME": 22, "NOTICE_WHO": 23, "REPORT": 24, "VISIT_PHASE": 25,
    "VISIT_GAP": 26, "PERFUNCTORY": 27, "COVER": 29, "SHARE_SKIP": 30, "DETECT": 31,
    "PATROL_TIME": 32, "PATROL_DETECT": 33, "INJECT_ITEM": 34,
    "INTAKE_TIME": 40, "HOPS": 41, "JOINT_DECISION": 42, "HOP_TIME": 43, "HOP_DROP": 44, "WORK_TIME": 45,
    "SUPERFICIAL": 46, "VERIFY": 47, "VERIFY_TIME": 48, "TOLD": 49,
    "QUIT": 60, "VACANCY_TIME": 61, "INJECT_STAFF": 62,
    "AGE": 80, "MIGRANT": 81, "DIGITAL": 82, "REGISTERED": 83, "LOW_INCOME": 84, "PANEL": 86,
    "SUPERVISOR": 87, "CONTACT": 88, "ITEM_CLASS": 89,
    "WORLD": 100,
    "DISPUTE_NEIGHBOUR": 200, "DISPUTE_PROPERTY": 201, "DISPUTE_TIME": 202, "DISPUTE_OTHER": 203,
    "DISPUTE_TENSION": 204, "DISPUTE_INTAKE": 205, "DISPUTE_REFERRAL": 206, "DISPUTE_ROUTE": 207,
    "DISPUTE_TABLE": 208, "DISPUTE_PANEL": 209, "DISPUTE_SESSION": 210, "DISPUTE_SETTLED": 211, "DISPUTE_GAP": 212,
    "PROMISE_KEPT": 213, "FEE_PAID": 214, "TRUST_FILE": 215,
    "MEETING_ATTEND": 220, "NEEDED_DEPARTMENT": 221, "MEETING_AGENDA": 222, "DUTY_UNCLEAR": 223, "DUTY_PASSES": 224,
    "GRID_DETECT": 225, "TEAM_DETECT": 226,
    "EVALUATION_REMIT": 300, "EVALUATION_REACHED": 301, "EVALUATION_ASKED": 302, "EVALUATION_ANSWER": 303,
    "EVALUATION_SAMPLED": 304, "EVALUATION_SEEN": 305, "EVALUATION_HEARD": 306, "EVALUATION_CITY_AWARD": 307,
    "EVALUATION_PROVINCE_AWARD": 308, "WARNING_RESPONSE": 309,
    "TENURE_START": 280, "TRAINED_START": 281, "TITLE_START": 282, "CERTIFIED": 283, "TRAINING_ATTEND": 284,
    "TRAINING_PASS": 285, "MENTORED": 286, "EXERCISE_ATTEND": 287, "QUIT_BLOCKED": 288,
    "STREET_LENGTH": 320, "CALL_TIME": 321, "CALL_WHO": 322, "CALL_KIND": 323, "CALL_DEVICE": 324,
    "CALL_STAGE": 325, "TEAM_ON_CALL": 326, "SUPPLY_REQUEST": 327, "FLOOD_POINT": 328, "FLOOD_PERSON": 329,
    "FLOOD_CAR": 330, "LIFT_FAILURE": 331, "LIFT_TRAPPED": 332, "EPIDEMIC_SEED": 333, "EPIDEMIC_CONTACT": 334,
    "SAMPLE_TURN": 335, "SAMPLE_FINDS": 336, "HOT_SEED": 337, "HOT_TOLD": 338, "GATE_SEEN": 339,
    "ATTRIBUTION_ORDER": 360,
    "CITY_SEED": 340, "CITY_TRAIT": 341, "CITY_TIE": 342, "CITY_ADOPT": 343, "CITY_BID": 344, "CITY_BID_QUALITY": 345,
    "PROJECT_NEED": 240, "PROJECT_LIMITED": 241, "PROJECT_FLOOR": 242, "PROJECT_REACHED": 243, "PROJECT_SUGGEST": 244,
    "PROJECT_TURNOUT": 245, "PROJECT_YES": 246, "PROJECT_APPEAL": 247, "PROJECT_CHOICE": 248, "PROJECT_PROPOSE": 249,
    "PROJECT_JOIN": 250, "PROJECT_PERMIT": 251, "PROJECT_JOINT": 252, "PROJECT_BUILD": 253, "PROJECT_ERROR": 254,
    "PROJECT_CLEARING": 255, "PROJECT_CONFLICT": 256, "PROJECT_SETTLED": 257, "PROJECT_CAUSE": 258,
    "SERVICE_ASKED": 260, "SERVICE_CHANNEL": 261, "SERVICE_ORDER": 262, "SERVICE_GOOD": 263, "NEEDED_AT_HOME": 264,
    "ROOM_SLOT": 265, "JOINT_ACTIVITY": 266, "SESSION_WHICH": 267, "VISIT_MATCHED": 268,
}  # fmt: skip


def names_read(modules: Iterable[Module]) -> re.Pattern[str]:
    """Return a pattern of all names read as ``.name``, ``["name"]`` or ``[f"family_{member}"]``."""
    found: set[str] = set()
    for module in modules:
        for node in ast.walk(module.tree):
            match node:
                case ast.Attribute(attr=name, ctx=ast.Load()):
                    found.add(re.escape(name))
                case ast.Subscript(slice=ast.Constant(value=str(name)), ctx=ast.Load()):
                    found.add(re.escape(name))
                case ast.Subscript(slice=ast.JoinedStr(values=parts), ctx=ast.Load()):
                    pattern = "".join(re.escape(str(p.value)) if isinstance(p, ast.Constant) else r"\w+" for p in parts)
                    if pattern.replace(r"\w+", ""):  # a bare f"{name}" would match everything
                        found.add(pattern)
    return re.compile("|".join(sorted(found)) or r"(?!)")


def dead(catalogue: Mapping[str, object], modules: Iterable[Module]) -> list[str]:
    """Return the names of a catalogue that no module reads."""
    read = names_read(modules)
    return [name for name in catalogue if not read.fullmatch(name)]


@pytest.mark.parametrize("catalogue", [LEVERS, WORLD, COMMUNITY], ids=["levers", "world", "community"])
def test_every_declared_quantity_is_read_by_the_model(catalogue: Mapping[str, object]):
    assert dead(catalogue, [m for m in package_modules() if m.floor in ACTS]) == []


@pytest.mark.parametrize(
    "text", ["def f(w):\n    return w.knob", "x = values['knob']", "x = [values[f'kn{a}'] for a in names]"]
)
def test_a_read_knob_is_alive(text: str):
    assert dead({"knob": 1}, [Module("labsim.model.day", text)]) == []


@pytest.mark.parametrize(
    "text", ["knob = 1", "def f(w):\n    w.knob = 1", "x = values[f'{name}']", "# w.knob", "'knob'", "w.knob_height"]
)
def test_an_unread_knob_is_dead(text: str):
    assert dead({"knob": 1}, [Module("labsim.model.day", text)]) == ["knob"]


def test_decision_numbers_are_frozen():
    assert {name: int(value) for name, value in Decision.__members__.items()} == FROZEN


def test_no_two_decisions_share_their_luck():
    assert len({int(value) for value in Decision.__members__.values()}) == len(Decision.__members__)


def drawn(modules: Iterable[Module]) -> set[str]:
    """Return the decisions that are named in code; ``Decision.ACT_SORT + activity`` names its whole family."""
    used: set[str] = set()
    for node in (n for m in modules for n in ast.walk(m.tree)):
        match node:
            case ast.BinOp(left=ast.Attribute(value=ast.Name(id="Decision"), attr=name), op=ast.Add()):
                used |= {other for other in Decision.__members__ if other.split("_")[0] == name.split("_")[0]}
            case ast.Attribute(value=ast.Name(id="Decision"), attr=name):
                used.add(name)
    return used


def test_every_decision_is_drawn_somewhere():
    """A number nobody draws is a mechanism that was declared and never built."""
    assert sorted(set(Decision.__members__) - drawn(package_modules())) == []


def test_a_named_decision_counts_as_drawn():
    assert drawn([Module("labsim.model.day", "uniform(1, Decision.TASTE, 2, 3)")]) == {"TASTE"}
    assert {"ACT_SORT", "ACT_PATROL"} <= drawn([Module("labsim.model.day", "d = Decision.ACT_SORT + a")])
