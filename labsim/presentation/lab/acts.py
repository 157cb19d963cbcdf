"""What a person can do in the lab: every act is a function from one view to the next.

Takes: the view, and what was done with which key and value. Gives: a new view; what comes from
the page is checked like anything a user writes.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from math import inf
from typing import Any

from labsim.foundations.declared import Text
from labsim.foundations.errors import InputError, Problem, raise_if, unknown_name
from labsim.foundations.i18n import t
from labsim.presentation.lab.side import BASELINES, READY
from labsim.presentation.lab.view import (
    MOST_OUTCOMES,
    MOST_POLICIES,
    Draft,
    View,
    fresh,
    from_scenario,
    lever_now,
    scenarios,
)
from labsim.results.indicators import indicator
from labsim.scenario.checks import COMMUNITY_VALUE, LEVER, value_problems
from labsim.scenario.community import COMMUNITY
from labsim.scenario.instruments import instrument
from labsim.scenario.levers import LEVERS
from labsim.scenario.phases import AppliedInstrument

Act = Callable[[View, str, Any], View]
_PER_BLOCK = 50
_PANEL = 0.04


def _lang(view: View, key: str, value: Any) -> View:
    return view.changed(lang=value)


def _projector(view: View, key: str, value: Any) -> View:
    return view.changed(projector=not view.projector)


def _tab(view: View, key: str, value: Any) -> View:
    return view.changed(tab=value)


def _baseline(view: View, key: str, value: Any) -> View:
    raise_if([] if value in BASELINES else [unknown_name("baseline", str(value), BASELINES, t("基准", "baseline"))])
    return view.changed(baseline=value, community={})


def _community(view: View, key: str, value: Any) -> View:
    number = _number(key, value)
    changed = {**view.community, key: number}
    if key == "residents":
        # A community of another size has its blocks, check items and panel in proportion.
        people = round(number)
        changed |= {"residents": float(people), "items": float(people), "blocks": float(max(1, people // _PER_BLOCK))}
        changed["panel"] = float(min(round(_PANEL * people), people))
    raise_if(value_problems("community", changed, COMMUNITY, COMMUNITY_VALUE))
    return view.changed(community=changed)


def _community_reset(view: View, key: str, value: Any) -> View:
    gone = {key, "blocks", "items", "panel"} if key == "residents" else {key}
    return view.changed(community={name: v for name, v in view.community.items() if name not in gone})


def _add_policy(view: View, key: str, value: Any) -> View:
    if not value or len(view.policies) >= MOST_POLICIES:
        return view
    if value != "empty" and value not in READY:
        raise InputError([unknown_name("policy", str(value), READY, t("现成政策", "ready policy"))])
    draft = fresh(len(view.policies)) if value == "empty" else from_scenario(value)
    return view.changed(policies=(*view.policies, draft), active=len(view.policies))


def _remove_policy(view: View, key: str, value: Any) -> View:
    left = tuple(one for i, one in enumerate(view.policies) if i != view.active)
    return view.changed(policies=left, active=max(0, min(view.active, len(left) - 1)))


def _policy(view: View, key: str, value: Any) -> View:
    return view.changed(active=int(_number("policy", value)))


def _edited(view: View, **fields: Any) -> View:
    draft = view.draft
    return view if draft is None else view.with_policy(Draft(**{**dict(draft), **fields}))


def _name(view: View, key: str, value: Any) -> View:
    said = str(value).strip()[:60]
    return _edited(view, label=Text(zh=said, en=said)) if said else view


def _take(view: View, key: str, value: Any) -> View:
    instrument(key)
    if view.draft is None:
        view = _add_policy(view, "", "empty")
    mine = view.draft.instruments if view.draft else ()
    if any(one.name == key for one in mine):
        return view
    return _edited(view, instruments=(*mine, AppliedInstrument(name=key)))


def _drop(view: View, key: str, value: Any) -> View:
    mine = view.draft.instruments if view.draft else ()
    return _edited(view, instruments=tuple(one for one in mine if one.name != key))


def _lever(view: View, key: str, value: Any) -> View:
    number = _number(key, value)
    raise_if(value_problems("lever", {key: number}, LEVERS, LEVER))
    return _edited(view, levers={**(view.draft.levers if view.draft else {}), key: number})


def _lever_reset(view: View, key: str, value: Any) -> View:
    mine = view.draft.levers if view.draft else {}
    return _edited(view, levers={name: v for name, v in mine.items() if name != key})


def _add_lever(view: View, key: str, value: Any) -> View:
    if not value or view.draft is None:
        return view
    raise_if([] if value in LEVERS else [unknown_name("lever", str(value), LEVERS, LEVER)])
    return _lever(view, str(value), lever_now(scenarios(view)[view.active + 1], str(value)))


def _question(view: View, key: str, value: Any) -> View:
    return view if view.stated else view.changed(question=str(value)[:300])


def _outcome(view: View, key: str, value: Any) -> View:
    indicator(key)
    if view.stated:
        return view
    chosen = [name for name in view.outcomes if name != key] + ([key] if value else [])
    if not 1 <= len(chosen) <= MOST_OUTCOMES:
        what = t(f"选了 {len(chosen)} 项结果", f"{len(chosen)} outcomes")
        raise InputError([Problem.at("outcomes", what, t("1 至 4 项", "1 to 4"))])
    return view.changed(outcomes=tuple(chosen))


def _delta(view: View, key: str, value: Any) -> View:
    item = indicator(key)
    if view.stated:
        return view
    left = {name: v for name, v in view.deltas.items() if name != key}
    if value in ("", None):
        return view.changed(deltas=left)
    number = _number(item.label.zh, value) / (100.0 if item.unit == "share" else 1.0)
    if not 0 < number < inf:
        what = t(f"“{item.label.zh}”的关注值 {value} 无效", f"{value} cannot matter for '{item.label.en}'")
        raise InputError([Problem.at("δ", what, t("大于 0", "above 0"))])
    return view.changed(deltas={**left, key: number})


def _pairs(view: View, key: str, value: Any) -> View:
    return view.changed(pairs=int(_number("pairs", value)))


def _restate(view: View, key: str, value: Any) -> View:
    return view.changed(stated=None, restated=view.restated + 1, tab="plan")


def _state(view: View, key: str, value: Any) -> View:
    """State the question, once; from now on results are shown."""
    if view.stated:
        return view
    return view.changed(stated=datetime.now().astimezone().strftime("%Y-%m-%d %H:%M"), tab="verdict")


def _shown(view: View, key: str, value: Any) -> View:
    return view.changed(shown=indicator(str(value)).name)


def _across(view: View, key: str, value: Any) -> View:
    return view.changed(across=indicator(str(value)).name)


def _up(view: View, key: str, value: Any) -> View:
    return view.changed(up=indicator(str(value)).name)


def _number(key: str, value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise InputError([Problem.at(key, t(f"“{value}”不是数字", f"'{value}' is no number"))]) from None


ACTS: Mapping[str, Act] = {
    "lang": _lang, "projector": _projector, "tab": _tab, "baseline": _baseline, "community": _community,
    "community_reset": _community_reset, "add_policy": _add_policy, "remove_policy": _remove_policy, "policy": _policy,
    "name": _name, "take": _take, "drop": _drop, "lever": _lever, "lever_reset": _lever_reset, "add_lever": _add_lever,
    "question": _question, "outcome": _outcome, "delta": _delta, "pairs": _pairs, "restate": _restate, "run": _state,
    "shown": _shown, "across": _across, "up": _up,
}  # fmt: skip
"""What a person can do that changes the view."""
