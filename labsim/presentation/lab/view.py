"""What a policymaker has put together: community, policies, question. Small enough to be sent as a file.

Takes: choices made in the lab, or a view file. Gives: :class:`View`, and the scenarios it means.
A view file is data: JSON with names and numbers, checked like a scenario file.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import Field

from labsim.foundations.declared import Text
from labsim.foundations.errors import InputError, Problem, Where, raise_if, unknown_name
from labsim.foundations.i18n import t
from labsim.results.indicators import indicators
from labsim.scenario.checked import Checked
from labsim.scenario.checks import COMMUNITY_VALUE, LEVER, value_problems
from labsim.scenario.community import COMMUNITY
from labsim.scenario.files import load, scenario_names
from labsim.scenario.instruments import instruments
from labsim.scenario.levers import LEVERS
from labsim.scenario.modules.register import MODULE_OF_LEVER
from labsim.scenario.phases import AppliedInstrument, Inject, Phase
from labsim.scenario.scenario import Scenario

MOST_POLICIES = 3
MOST_OUTCOMES = 4
LETTERS = "abc"
TABS = ("plan", "verdict", "time", "groups", "trade", "why", "true", "map", "take")
_KIND = "labsim view"


class Draft(Checked):
    """A policy being put together.

    ``phases`` and ``injects`` come from a scenario it was made from; ``levers`` are what the sliders
    say, from day 0 on, over everything else.
    """

    label: Text
    instruments: tuple[AppliedInstrument, ...] = ()
    phases: tuple[Phase, ...] = ()
    injects: tuple[Inject, ...] = ()
    levers: dict[str, float] = Field(default_factory=dict)


class View(Checked):
    """The whole of what was chosen.

    ``stated`` is when question and differences that matter were stated; only then results are shown.
    ``restated`` counts how often that was changed after results had been seen.
    """

    kind: Literal["labsim view"] = "labsim view"
    version: Literal[1] = 1
    lang: Literal["zh", "en"] = "zh"
    projector: bool = False
    tab: Literal["plan", "verdict", "time", "groups", "trade", "why", "true", "map", "take"] = "plan"
    baseline: str = "baseline"
    community: dict[str, float] = Field(default_factory=dict)
    policies: Annotated[tuple[Draft, ...], Field(max_length=MOST_POLICIES)] = ()
    active: Annotated[int, Field(ge=0, lt=MOST_POLICIES)] = 0
    question: Annotated[str, Field(max_length=300)] = ""
    outcomes: Annotated[tuple[str, ...], Field(min_length=1, max_length=MOST_OUTCOMES)] = (
        "satisfaction_share",
        "participation_offline_12m",
        "money_total_year",
    )
    deltas: dict[str, float] = Field(default_factory=dict)
    pairs: Annotated[int, Field(ge=20, le=1000, multiple_of=2)] = 50
    seed: Annotated[int, Field(ge=0, lt=2**53)] = 1
    stated: str | None = None
    restated: Annotated[int, Field(ge=0)] = 0
    shown: str = "satisfaction_share"
    across: str = "money_total_year"
    up: str = "satisfaction_share"

    def changed(self, **fields: Any) -> "View":
        """Return the view with whole fields replaced, checked anew."""
        return View(**{**dict(self), **fields})

    def with_policy(self, draft: Draft) -> "View":
        """Return the view with the active policy replaced."""
        drafts = list(self.policies)
        drafts[self.active] = draft
        return self.changed(policies=tuple(drafts))

    @property
    def draft(self) -> Draft | None:
        """The policy that is being worked on."""
        return self.policies[self.active] if self.active < len(self.policies) else None


def from_scenario(name: str) -> Draft:
    """Return a policy made from a scenario that travels with the package.

    Raises:
        InputError: there is none of that name.
    """
    return draft_of(loaded(name))


def draft_of(one: Scenario) -> Draft:
    """Return a policy that does what a scenario does."""
    return Draft(
        label=one.label, instruments=one.instruments, phases=one.phases, injects=one.injects, levers=dict(one.levers)
    )


# Safe to keep: these scenarios travel with the package, and a scenario cannot be changed.
@cache
def loaded(name: str) -> Scenario:
    """Return a scenario that travels with the package; a lever that moves reads no file again.

    Raises:
        InputError: there is none of that name.
    """
    return load(name)


def fresh(draft_number: int) -> Draft:
    """Return an empty policy."""
    letter = LETTERS[draft_number].upper()
    return Draft(label=t(f"政策 {letter}", f"policy {letter}"))


def modules_needed(view: View) -> tuple[str, ...]:
    """Return the extension modules without which some chosen instrument or lever would do nothing."""
    catalogue = instruments()
    needed: dict[str, None] = {}
    for draft in view.policies:
        for one in draft.instruments:
            needed |= dict.fromkeys(catalogue[one.name].needs(one.variant))
        moved = [*draft.levers, *(phase.lever for phase in draft.phases)]
        needed |= dict.fromkeys(MODULE_OF_LEVER[name] for name in moved if name in MODULE_OF_LEVER)
    return tuple(needed)


def scenarios(view: View) -> list[Scenario]:
    """Return the baseline and the policies; modules that a policy needs are on in all of them.

    Raises:
        InputError: instruments that set one lever differently, values out of range.
    """
    base = loaded(view.baseline).with_community(**view.community).with_modules(*modules_needed(view))
    found = [base]
    for i, draft in enumerate(view.policies):
        found.append(
            base.renamed(f"policy_{LETTERS[i]}", draft.label.zh, draft.label.en).changed(
                instruments=base.instruments + draft.instruments,
                phases=base.phases + draft.phases + tuple(Phase(lever=k, value=v) for k, v in draft.levers.items()),
                injects=base.injects + draft.injects,
            )
        )
    return found


def lever_now(scenario: Scenario, name: str) -> float:
    """Return the value of a lever on day 0 of a scenario, or where a ramp ends that begins then."""
    value = scenario.levers.get(name, LEVERS[name].default)
    for one in scenario.instruments:
        values = {**instruments()[one.name].values(one.variant), **one.levers}
        if name in values and one.start <= 0:
            value = values[name]
    for phase in scenario.phases:
        if phase.lever == name and phase.start <= 0:
            value = phase.value
    return float(value)


# --- as a file


def written(view: View) -> str:
    """Return the view as the text of a file that :func:`read` reads back without loss."""
    return json.dumps(view.model_dump(mode="json"), ensure_ascii=False, indent=1) + "\n"


def read(text: str, name: str = "view.json") -> View:
    """Return the view of a file.

    Raises:
        InputError: it is no view, or something in it is wrong; all problems at once.
    """
    try:
        found = json.loads(text)
    except ValueError as error:
        what = t(f"不是 JSON：{error}", f"it is not JSON: {error}")
        raise InputError([Problem(Where(name), what)]) from None
    if not isinstance(found, Mapping) or found.get("kind") != _KIND:
        what = t("不是 labsim 视图文件", "it is not a view of labsim")
        allowed = t("由“保存视图”写出的文件", "a file written by 'save this view'")
        raise InputError([Problem(Where(name), what, allowed)])
    try:
        view = View(**found)
        raise_if(_problems(view))
        scenarios(view)
    except InputError as error:
        raise error.located(lambda where: Where(name, where.line, where.key)) from None
    return view


def _problems(view: View) -> Iterator[Problem]:
    if view.baseline not in scenario_names():
        yield unknown_name("baseline", view.baseline, scenario_names(), t("情景", "scenario"))
    yield from value_problems("community", view.community, COMMUNITY, COMMUNITY_VALUE)
    for i, draft in enumerate(view.policies):
        yield from value_problems(f"policies[{i}].levers", draft.levers, LEVERS, LEVER)
        for applied in draft.instruments:
            if applied.name not in instruments():
                key = f"policies[{i}].instruments"
                yield unknown_name(key, applied.name, instruments(), t("治理工具", "instrument"))
    named = {"outcomes": view.outcomes, "deltas": tuple(view.deltas), "shown": (view.shown,)}
    for key, names in (named | {"across": (view.across,), "up": (view.up,)}).items():
        for one in names:
            if one not in indicators():
                yield unknown_name(key, one, indicators(), t("指标", "indicator"))
    for name, value in view.deltas.items():
        if not value > 0:
            what = t(f"关注值 {value} 无效", f"a difference of {value} cannot matter")
            yield Problem.at(f"deltas.{name}", what, t("大于 0", "above 0"))
