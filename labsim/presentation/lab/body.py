"""What the lab shows on each of its tabs.

Takes: the view, its scenarios, and what was run. Gives: plain dictionaries for the templates.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labsim.analysis.compare import Comparison
from labsim.analysis.packages import By
from labsim.analysis.tradeoffs import tradeoff
from labsim.analysis.verdict import RULE, Verdict
from labsim.foundations.declared import Text
from labsim.foundations.errors import InputError
from labsim.foundations.i18n import t
from labsim.presentation.brief.page import BURDENS
from labsim.presentation.lab import charts
from labsim.presentation.lab.desk import Asked, Desk
from labsim.presentation.lab.film import played
from labsim.presentation.lab.sights import sight
from labsim.presentation.lab.view import View
from labsim.presentation.look import colour, mark
from labsim.presentation.plan_page import plans
from labsim.presentation.rests import interval_said, values_said
from labsim.presentation.words import BY_GROUP, HEADLINES, OVER_TIME, TRUE_BESIDE_REPORTED, alike, tone, way
from labsim.results.declaration import Better
from labsim.results.indicators import ALL, indicator
from labsim.scenario.scenario import Scenario

TABS = (
    ("plan", t("方案", "Plan"), False),
    ("verdict", t("结论", "Verdicts"), True),
    ("time", t("随时间", "Over time"), True),
    ("groups", t("谁受影响", "Who"), True),
    ("trade", t("取舍", "Trade-offs"), True),
    ("why", t("为什么", "Why"), True),
    ("true", t("台账与真实", "True"), True),
    ("map", t("地图", "Map"), True),
    ("take", t("带走", "Take away"), False),
)
"""Name, label, and whether the tab shows results."""
WAYS = ((By.INSTRUMENTS.value, t("按治理工具", "by instrument")), (By.MECHANISMS.value, t("按机制", "by mechanism")))


@dataclass(frozen=True)
class Seen:
    """What a tab is made from.

    Attributes:
        view: what was chosen.
        scenarios: the baseline and the policies.
        prints: their fingerprints.
        desk: what was run.
    """

    view: View
    scenarios: Sequence[Scenario]
    prints: tuple[str, ...]
    desk: Desk

    @property
    def full(self) -> Comparison | None:
        """The full comparison, if it is of these very scenarios."""
        found = self.desk.full
        return found[1] if found is not None and found[0] == self.prints else None

    @property
    def current(self) -> Comparison | None:
        """The best comparison of these very scenarios: full, else quick."""
        quick = self.desk.quick
        if self.full is not None:
            return self.full
        return quick.comparison if quick is not None and quick.prints == self.prints else None

    @property
    def estimated(self) -> tuple[str, ...]:
        """Names of scenarios whose values are estimates for now."""
        quick = self.desk.quick
        return tuple(one.scenario for one in quick.estimates) if quick is not None and self.full is None else ()

    def extra(self, kind: str, *numbers: int) -> Any:
        """Return what else was run, if it is of these very scenarios, by number; all when none is given."""
        found = self.desk.extras.get(kind)
        wanted = tuple(self.prints[i] for i in numbers) or self.prints
        return found[1] if found is not None and found[0] == wanted else None


def body(seen: Seen) -> dict[str, Any]:
    """Return the contents of the tab that is open."""
    view = seen.view
    tab = view.tab
    if tab == "plan":
        return {"kind": "plan", "plans": plans(seen.scenarios)}
    if tab == "take":
        return {"kind": "take", "full": seen.full is not None}
    if view.stated is None:
        return {"kind": "locked"}
    comparison = seen.current
    if tab == "map":
        film = seen.extra("map")
        return {"kind": "map", "film": played(film, seen.scenarios, view.lang) if film else None}
    if comparison is None or not comparison.differences:
        return {"kind": "empty"}
    made: Mapping[str, Callable[[Seen, Comparison], dict[str, Any]]] = {
        "verdict": _verdict, "time": _time, "groups": _groups, "trade": _trade, "why": _why, "true": _true,
    }  # fmt: skip
    return {"kind": tab, **made[tab](seen, comparison)}


def asked(view: View) -> Asked:
    """Return what is asked of comparisons: what was asked about is kept over time, and a few others."""
    series = dict.fromkeys([*(name for name in view.outcomes if indicator(name).periodic), *OVER_TIME])
    return Asked(view.seed, dict(view.deltas), tuple(series))


def question(view: View, scenarios: Sequence[Scenario]) -> Text:
    """Return the question: as it was stated, or as the scenarios ask it."""
    if view.question.strip():
        said = view.question.strip()
        return t(said, said)
    asked = "、".join(f"“{one.label.zh}”" for one in scenarios[1:]) or "……"
    names = ", ".join(one.label.en for one in scenarios[1:]) or "…"
    return t(f"与“{scenarios[0].label.zh}”相比，{asked}会带来什么变化、代价几何？",
             f"Against '{scenarios[0].label.en}', what would {names} change, and at what cost?")  # fmt: skip


def _names(comparison: Comparison, wanted: Sequence[str]) -> list[str]:
    measured = {d.indicator for d in comparison.differences if d.group == ALL}
    return [name for name in wanted if name in measured]


def _options(names: Sequence[str]) -> list[tuple[str, Text]]:
    return [(name, indicator(name).label) for name in names]


def _verdict(seen: Seen, comparison: Comparison) -> dict[str, Any]:
    view, lang = seen.view, seen.view.lang
    names = _names(comparison, list(dict.fromkeys([*view.outcomes, *HEADLINES])))
    rows = [_row(name, comparison, view) for name in names]
    asked = [row for row in rows if row["asked"]]
    others = [row for row in rows if not row["asked"] and not row["burden"]]
    costs = [row for row in rows if not row["asked"] and row["burden"]]
    verdicts = [v for v in comparison.verdicts(group=ALL) if v.difference.indicator in view.outcomes]
    sentences = [v.sentence.in_language(lang) for v in verdicts]
    # Runs are named once they are all there: while they come in, the list would be sent again and again.
    provenance = "" if comparison.result.interrupted else _runs(seen, comparison)
    return {
        "question": question(view, seen.scenarios).in_language(lang),
        "note": charts.note(comparison, lang),
        "tables": [
            (t("您问的结果", "What you asked about").in_language(lang), asked),
            (t("其他指标", "Other indicators").in_language(lang), others),
            (t("代价与负担", "Costs and burdens").in_language(lang), costs),
        ],
        "sentences": sentences,
        "rests": _rests(seen, verdicts),
        "rule": RULE,
        "warnings": comparison.result.notes,
        "provenance": provenance,
    }


def _rests(seen: Seen, verdicts: Sequence[Verdict]) -> list[tuple[Text, str, Text, list[tuple[Text, Text]]]]:
    """Return for each policy its label and sign, on whose word its values stand, and what each interval comes from."""
    found = []
    for i, policy in enumerate(seen.scenarios[1:]):
        mine = [v for v in verdicts if v.difference.policy == policy.name]
        intervals = [(indicator(v.difference.indicator).label, interval_said(v)) for v in mine]
        found.append((policy.label, mark(i), values_said(policy, seen.scenarios[0]), intervals))
    return found


def _runs(seen: Seen, comparison: Comparison) -> str:
    labels = {one.name: one.label.in_language(seen.view.lang) for one in seen.scenarios}
    ids = comparison.result.run_ids().groupby("scenario", sort=False)
    return " ".join(f"{labels[str(name)]}: {' '.join(mine['run_id'])}" for name, mine in ids)


def _row(name: str, comparison: Comparison, view: View) -> dict[str, Any]:
    item = indicator(name)
    found = [v for v in comparison.verdicts(group=ALL) if v.difference.indicator == name]
    numbers = alike(found)
    cells = [
        {
            "tone": tone(v),
            "policy": v.difference.policy,
            "words": v.words.in_language(view.lang),
            "shown": told,
            "n": v.difference.paired.n,
            "difference": v.difference.paired.difference,
        }
        for v, told in zip(found, numbers, strict=True)
    ]
    first = numbers[0]
    return {
        "name": name,
        "label": item.label,
        "unit": first.unit.in_language(view.lang) if first.unit else "",
        "way": way(name),
        "delta": first.delta,
        "asked": name in view.outcomes,
        "burden": item.family in BURDENS,
        "cells": cells,
    }


def _time(seen: Seen, comparison: Comparison) -> dict[str, Any]:
    view = seen.view
    kept = _names(comparison, asked(view).series)
    names = [name for name in dict.fromkeys((view.shown, *view.outcomes)) if name in kept]
    made = [(name, charts.over_time(comparison, name, view.lang, seen.estimated)) for name in names]
    figures = [(indicator(name).label, figure) for name, figure in made if figure is not None]
    return {"figures": figures, "names": _options(kept)}


def _groups(seen: Seen, comparison: Comparison) -> dict[str, Any]:
    view = seen.view
    names = _names(comparison, [name for name in dict.fromkeys((*BY_GROUP, *HEADLINES)) if indicator(name).by_group])
    chosen = view.shown if view.shown in names else names[0] if names else view.shown
    found = seen.extra("gain")
    gains = [
        {
            "label": one.label.in_language(view.lang),
            "mark": mark(i),
            "colour": colour(i),
            "figure": charts.gains(found, one, view.seed, view.lang),
        }
        for i, one in enumerate(seen.scenarios[1:])
    ] if found else []  # fmt: skip
    return {"figure": charts.by_group(comparison, chosen, view.lang), "names": _options(names), "gains": gains}


def _trade(seen: Seen, comparison: Comparison) -> dict[str, Any]:
    view = seen.view
    names = _names(comparison, [name for name in HEADLINES if indicator(name).better is not Better.NONE])
    asked = list(dict.fromkeys([name for name in view.outcomes if name in names] + [view.across, view.up]))[:4]
    if view.across == view.up:
        same = t("横轴与纵轴是同一项指标：请换一项。", "Both axes show one indicator: choose another for one of them.")
        return {"figure": None, "why_not": same.in_language(view.lang), "names": _options(names)}
    try:
        tradeoff(comparison.result, asked)
        figure = charts.trade(comparison, asked, view.across, view.up, view.lang)
    except InputError as error:
        return {"figure": None, "why_not": error.render(view.lang), "names": _options(names)}
    return {"figure": figure, "why_not": "", "names": _options(names)}


def _why(seen: Seen, comparison: Comparison) -> dict[str, Any]:
    view = seen.view
    figures: list[dict[str, Any]] = []
    policy = seen.scenarios[view.active + 1] if view.active + 1 < len(seen.scenarios) else None
    found = seen.extra(f"why {policy.name}", 0, view.active + 1) if policy is not None else None
    if found is not None and policy is not None:
        for name in view.outcomes:
            figure = charts.why(found, name, view.active, view.lang)
            if figure is not None:
                label = f"{policy.label.in_language(view.lang)} · {indicator(name).label.in_language(view.lang)}"
                figures.append({"label": label, "figure": figure})
    return {"ways": WAYS, "figures": figures, "policy": policy.label if policy is not None else ""}


def _true(seen: Seen, comparison: Comparison) -> dict[str, Any]:
    lang = seen.view.lang
    pairs = [pair for pair in TRUE_BESIDE_REPORTED if len(_names(comparison, pair)) == 2]
    return {"sights": [(indicator(a).label, sight(comparison, a, b, lang)) for a, b in pairs]}
