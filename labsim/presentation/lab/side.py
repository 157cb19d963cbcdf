"""The left side of the lab: community, policies with their levers, and the question.

Takes: a :class:`View`. Gives: plain rows for the templates, made from the declarations.
"""

from dataclasses import dataclass
from functools import cache
from math import floor, log10

from labsim.analysis.packages import GROUPS
from labsim.foundations.declared import Kind, Quantity, Text
from labsim.foundations.i18n import t
from labsim.presentation.catalogue_words import FAMILIES
from labsim.presentation.lab.view import Draft, View, lever_now, loaded, modules_needed
from labsim.presentation.look import colour, mark
from labsim.presentation.words import HEADLINES, quantity
from labsim.presentation.words_sources import source
from labsim.results.declaration import Better
from labsim.results.indicators import indicator
from labsim.scenario.community import COMMUNITY
from labsim.scenario.files import scenario_names
from labsim.scenario.instruments import Instrument, instruments
from labsim.scenario.levers import LEVERS
from labsim.scenario.scenario import Scenario, community_values
from labsim.scenario.search import find

BASELINES = ("baseline", "full")
READY = ("points", "closed_loop", "coordination", "demand_map", "habit_budget")
"""Policies that travel with the package and are offered as a start."""
KNOBS = ("residents", "young_share", "older_share", "migrant_share", "digital_older", "low_income_share")
"""What is asked about the community; everything else is in scenario files."""
MOST_RESIDENTS = 6000
"""Of the slider: larger communities take minutes, and a scenario file."""
MOST_CARDS = 6


@dataclass(frozen=True)
class Knob:
    """One slider, made from a declaration.

    Attributes:
        quantity: the declaration.
        value: where it stands.
        high: upper end of the slider.
        low_tried: least value that today or any instrument of the catalogue has.
        high_tried: largest.
        step: of the slider.
        scale: by what a value is multiplied to be read.
        places: decimals then.
        unit: in Chinese and English; perhaps empty.
        own: whether the value was set by hand.
        today: value without the policy.
    """

    quantity: Quantity
    value: float
    high: float
    low_tried: float
    high_tried: float
    step: float
    scale: float
    places: int
    unit: tuple[str, str]
    own: bool
    today: Text

    @property
    def beyond(self) -> bool:
        """Whether the value lies where nothing was ever tried or claimed."""
        return not self.low_tried - 1e-9 <= self.value <= self.high_tried + 1e-9

    @property
    def tried(self) -> Text:
        """The range of what was tried, in words."""
        low, high = (quantity(v, self.quantity.unit) for v in (self.low_tried, self.high_tried))
        return t(f"{low.zh} 至 {high.zh}", f"{low.en} to {high.en}") if low != high else low

    @property
    def source(self) -> Text:
        """Where the declared value comes from."""
        return source(self.quantity.source)

    @property
    def switch(self) -> bool:
        """Whether it is on or off."""
        return self.quantity.kind is Kind.SWITCH


@dataclass(frozen=True)
class Card:
    """An instrument as a card: what it does, what it sets, on whose word, what it needs."""

    instrument: Instrument
    family: Text
    sets: tuple[tuple[Text, Text], ...]
    evidence: int
    weak: int
    against: tuple[Text, ...]
    needs: tuple[Text, ...]
    chosen: bool


def labels_of(names: tuple[str, ...]) -> list[tuple[str, Text]]:
    """Return scenarios by name with their labels."""
    return list(_labels(names))


# Safe to keep: scenario files travel with the package.
@cache
def _labels(names: tuple[str, ...]) -> tuple[tuple[str, Text], ...]:
    known = scenario_names()
    return tuple((name, loaded(name).label) for name in names if name in known)


def community_knobs(view: View, base: Scenario) -> list[Knob]:
    """Return the sliders of the community."""
    values, usual = community_values(base), community_values(loaded(view.baseline))
    knobs = []
    for name in KNOBS:
        q = COMMUNITY[name]
        high = float(MOST_RESIDENTS) if name == "residents" else min(q.high, 0.8)
        today = quantity(usual[name], q.unit)
        knobs.append(_knob(q, values[name], high, (q.low, high), name in view.community, today))
    return knobs


def lever_groups(draft: Draft, base: Scenario, policy: Scenario) -> list[tuple[Text, list[Knob]]]:
    """Return the sliders of a policy: every lever that it moves, by group."""
    names = _moved(draft)
    groups: dict[str, list[Knob]] = {}
    for name in LEVERS:
        if name in names:
            q = LEVERS[name]
            today = quantity(lever_now(base, name), q.unit)
            knob = _knob(q, lever_now(policy, name), q.high, tried(name), name in draft.levers, today)
            groups.setdefault(q.group, []).append(knob)
    return [(group_label(group), knobs) for group, knobs in groups.items()]


def levers_to_add(draft: Draft) -> list[tuple[Text, list[Quantity]]]:
    """Return the levers that a policy does not move yet, by group."""
    moved = _moved(draft)
    groups: dict[str, list[Quantity]] = {}
    for name, q in LEVERS.items():
        if name not in moved:
            groups.setdefault(q.group, []).append(q)
    return [(group_label(group), some) for group, some in groups.items()]


def group_label(group: str) -> Text:
    """Return the words of a group of levers."""
    return GROUPS[group] if group in GROUPS else COMMUNITY[f"module_{group}"].label


def _moved(draft: Draft) -> set[str]:
    catalogue = instruments()
    set_by = {name for one in draft.instruments for name in (*catalogue[one.name].values(one.variant), *one.levers)}
    return set_by | {phase.lever for phase in draft.phases} | set(draft.levers)


# Safe to keep: the catalogue travels with the package.
@cache
def tried(name: str) -> tuple[float, float]:
    """Return the range of a lever that somebody speaks of: today's value and what instruments set it to."""
    values = [LEVERS[name].default]
    for one in instruments().values():
        for settings in (one.levers, *(variant.levers for variant in one.variants)):
            if name in settings:
                values.append(settings[name].value)
    return min(values), max(values)


def _knob(q: Quantity, value: float, high: float, known: tuple[float, float], own: bool, today: Text) -> Knob:
    share = q.unit == "share"
    step = 1.0 if q.kind is not Kind.NUMBER else 10.0 ** (floor(log10(high - q.low)) - 2)
    places = 0 if share or step >= 1 else max(0, -floor(log10(step)))
    shown = quantity(2.0, q.unit)
    unit = ("%", "%") if share else (shown.zh.removeprefix("2"), shown.en.removeprefix("2"))
    return Knob(
        q, float(value), high, *known, 0.01 if share else step, 100.0 if share else 1.0, places, unit, own, today
    )


def cards(words: str, draft: Draft | None) -> list[Card]:
    """Return instruments as cards: those found by some words, or the first of the catalogue."""
    found = [hit.instrument for hit in find(words).hits] if words.strip() else list(instruments().values())
    chosen = {one.name for one in draft.instruments} if draft else set()
    return [_card(one, one.id in chosen) for one in found[:MOST_CARDS]]


def _card(one: Instrument, chosen: bool) -> Card:
    sets = tuple(
        (LEVERS[name].label, quantity(setting.value, LEVERS[name].unit)) for name, setting in one.levers.items()
    )
    weak = sum(setting.provenance.value in ("assumption", "story") for setting in one.levers.values())
    return Card(
        one,
        FAMILIES.get(one.family, t(one.family, one.family)),
        sets,
        len(set(one.all_evidence())),
        weak,
        tuple(t(said.zh, said.en) for said in one.contradictions),
        tuple(COMMUNITY[f"module_{name}"].label for name in one.needs()),
        chosen,
    )


@dataclass(frozen=True)
class Outcome:
    """An indicator that may be asked about, and the difference that matters."""

    name: str
    label: Text
    chosen: bool
    delta: str
    default: Text
    unit: Text
    way: Better


def outcomes(view: View) -> list[Outcome]:
    """Return the outcomes that can be asked about."""
    rows = []
    for name in HEADLINES:
        item = indicator(name)
        if item.better is Better.NONE:
            continue
        share = item.unit == "share"
        scale = 100.0 if share else 1.0
        given = view.deltas.get(name)
        part = item.delta
        least = f"{scale * part.absolute:,.6g}"
        default = (
            t(f"基准的 {part.relative:.0%}，至少 {least}", f"{part.relative:.0%} of the baseline, at least {least}")
            if part.relative
            else t(least, least)
        )
        unit = t("个百分点", "pp") if share else item.unit_text
        delta = "" if given is None else f"{scale * given:.6g}"
        rows.append(Outcome(name, item.label, name in view.outcomes, delta, default, unit, item.better))
    return rows


def policy_tabs(view: View) -> list[tuple[int, Text, str, str, bool]]:
    """Return number, label, mark, colour of every policy and whether it is worked on."""
    return [(i, one.label, mark(i), colour(i), i == view.active) for i, one in enumerate(view.policies)]


def module_labels(view: View) -> list[Text]:
    """Return the extension modules that are on because a policy needs them."""
    return [COMMUNITY[f"module_{name}"].label for name in modules_needed(view)]
