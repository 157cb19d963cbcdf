"""``labsim city``: many communities under streets and a district, alone or under two rules.

Takes: a city file, perhaps a second one. Gives: a table by street, values of the whole city,
and verdicts on what the second file's rules change.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Annotated, Any

import numpy as np
import typer
from rich.markup import escape

from labsim.analysis.city import city_values, verdicts
from labsim.analysis.verdict import Verdict
from labsim.foundations.declared import Text
from labsim.foundations.errors import InputError, Problem, Where, raise_if
from labsim.foundations.i18n import in_language, t
from labsim.model.city_state import CityTrajectory
from labsim.presentation import terminal
from labsim.presentation.options import Indicators, Json, Lang, Seed, chosen, words
from labsim.presentation.words import tone, years
from labsim.results.city import CityIndicator, choose, community_rows, street_rows
from labsim.results.city_catalogue import CITY_INDICATORS
from labsim.scenario.city import City
from labsim.scenario.city_declared import CHOICE_LABELS, RULE_LABELS, RULES
from labsim.scenario.city_files import load_city
from labsim.scenario.files import city_names

PAIRS = 20
"""Replications when two rules are compared: the fewest that a verdict needs."""
_SIGNS = {"better": "＋", "worse": "－", "other": "±", "equal": "＝", "open": "？", "none": "·"}
_COMMUNITY = ("satisfaction_share", "fix_rate_official")
_COLUMNS: tuple[tuple[str, Text], ...] = (
    ("street", t("街道", "street")),
    ("communities", t("社区", "comm.")),
    ("events_year", t("活动/年", "events")),
    ("visits_28d", t("检查/28天", "visits")),
    ("formality_share", t("走过场", "formal")),
    ("fund_yuan_year", t("资金/年", "fund")),
    ("satisfaction_share", t("满意", "content")),
    ("fix_rate_official", t("整改率", "fixed")),
    ("adopted", t("采用", "copies")),
)
app = typer.Typer()


@dataclass(frozen=True)
class Ran:
    """A city that was run: what was asked, values by replication and indicator, the first replication."""

    city: City
    values: np.ndarray
    first: CityTrajectory


@app.command(
    help=words(
        "同时模拟街道和区之下的多个社区；给出第二个文件时比较两种规则。",
        "Simulate many communities under streets and a district; with a second file, compare two rules.",
    )
)
def city(
    file: Annotated[str, typer.Argument(help=words("城市文件的名称或路径", "name or path of a city file"))],
    other: Annotated[
        str | None, typer.Argument(help=words("另一种规则的城市文件", "city file with other rules"))
    ] = None,
    replications: Annotated[
        int | None,
        typer.Option(
            "--replications", "-n", help=words("重复次数（默认 1，比较时 20）", "replications (1; 20 to compare)")
        ),
    ] = None,
    seed: Seed = 1,
    threads: Annotated[int, typer.Option("--threads", help=words("线程数", "threads"))] = 2,
    indicators: Indicators = None,
    as_json: Json = False,
    lang: Lang = None,
) -> int:
    """Run one city, or two and compare them; return the exit code."""
    tongue = chosen(lang)
    asked = _load([file] if other is None else [file, other])
    many = replications if replications is not None else 1 if other is None else PAIRS
    _check({"--replications": many, "--threads": threads})
    items = choose(CITY_INDICATORS, indicators)
    started = monotonic()
    ran = [_run(one, range(seed, seed + many), items, threads, tongue) for one in asked]
    found = verdicts(ran[1].city.scenario.name, ran[0].values, ran[1].values, items) if len(ran) > 1 else []
    if as_json:
        terminal.dump(_document(ran, items, found, seed))
        return 0
    for one in ran:
        _show(one, tongue)
    _values(ran, items, tongue)
    for verdict in found:
        if indicators is not None or tone(verdict) in ("better", "worse", "other"):
            terminal.say(_marked(verdict), tongue)
    seconds = monotonic() - started
    size = sum(one.communities for one in asked) * many
    terminal.say(
        t(f"{size} 个社区，用时 {seconds:.0f} 秒。", f"{size} communities in {seconds:.0f} seconds."), tongue, "dim"
    )
    return 0


def _load(files: Sequence[str]) -> list[City]:
    """Return the cities, or one error with every problem of all of them."""
    found: list[City] = []
    problems: list[Problem] = []
    for name in files:
        try:
            found.append(load_city(name))
        except InputError as error:
            problems += error.problems
    raise_if(problems)
    if len({one.scenario.horizon for one in found}) > 1:
        what = t("两个城市的模拟期不同", "the two cities run for different lengths")
        raise InputError([Problem(Where(key="horizon"), what, t("相同的 horizon", "the same horizon"))])
    return found


def _check(options: dict[str, int]) -> None:
    raise_if(
        Problem(Where(key=key), t(f"{value} 无效", f"{value} is not possible"), t("1 至 10,000", "1 to 10,000"))
        for key, value in options.items()
        if not 1 <= value <= 10_000
    )


def _run(city: City, seeds: Sequence[int], items: Sequence[CityIndicator], threads: int, lang: str) -> Ran:
    with terminal.answering(lang), terminal.progress(city.scenario.label, lang) as tell:
        return Ran(city, *city_values(city, seeds, items, threads, tell))


def _show(ran: Ran, lang: str) -> None:
    """Print the rules of a city and its streets in the first replication."""
    city = ran.city
    terminal.say(city.scenario.label, lang, "bold")
    if city.scenario.description is not None:
        terminal.say(city.scenario.description, lang)
    length = years(city.scenario.horizon)
    rules = [(RULE_LABELS[name], CHOICE_LABELS[str(getattr(city, name))]) for name in RULES]
    zh = "，".join(f"{what.zh}：{choice.zh}" for what, choice in rules)
    en = ", ".join(f"{what.en}: {choice.en}" for what, choice in rules)
    terminal.say(
        t(
            f"{city.communities} 个社区，{length.zh}；{zh}；指纹 {city.fingerprint()[:12]}",
            f"{city.communities} communities, {length.en}; {en}; fingerprint {city.fingerprint()[:12]}",
        ),
        lang,
        "dim",
    )
    rows = street_rows(ran.first, _COMMUNITY)
    idle = {"adopted": not city.practices, "fund_yuan_year": not city.value("fund")}
    columns = [column for column in _COLUMNS if not idle.get(column[0])]
    cells = [[_cell(name, row[name]) for name, _ in columns] for row in rows]
    terminal.show(terminal.table("", [in_language(label, lang) for _, label in columns], cells))


def _cell(name: str, value: Any) -> str:
    if value is None:
        return "–"
    if name in ("formality_share", "satisfaction_share", "fix_rate_official"):
        return f"{100 * value:.0f}%"
    return f"{value:,.1f}" if name == "visits_28d" else f"{value:,.0f}"


def _values(ran: Sequence[Ran], items: Sequence[CityIndicator], lang: str) -> None:
    """Print the mean over replications of every indicator, one column for each city."""
    rows = []
    for column, item in enumerate(items):
        cells = [_number(item, one.values[:, column]) for one in ran]
        if any(cell != "–" for cell in cells):
            rows.append([escape(in_language(item.label, lang)), *cells, escape(in_language(item.unit_text, lang))])
    heads = [in_language(t("全市指标", "of the whole city"), lang)]
    heads += [in_language(one.city.scenario.label, lang) for one in ran]
    terminal.show(terminal.table("", [*heads, in_language(t("单位", "unit"), lang)], rows))


def _number(item: CityIndicator, values: np.ndarray) -> str:
    known = values[np.isfinite(values)]
    if not len(known):
        return "–"
    mean = float(known.mean())
    if item.unit == "share":
        return f"{100 * mean:.1f}%"
    return f"{mean:,.0f}" if abs(mean) >= 100 else f"{mean:.3g}"


def _marked(verdict: Verdict) -> Text:
    sign, said = _SIGNS[tone(verdict)], verdict.sentence
    return t(f"{sign} {said.zh}", f"{sign} {said.en}")


def _document(ran: Sequence[Ran], items: Sequence[CityIndicator], found: Sequence[Verdict], seed: int) -> Any:
    """Return everything as JSON."""
    return {
        "seed": seed,
        "cities": [
            {
                "name": one.city.scenario.name,
                "label": one.city.scenario.label.model_dump(),
                "fingerprint": one.city.fingerprint(),
                "digest": one.first.digest(),
                "streets": street_rows(one.first, _COMMUNITY),
                "communities": community_rows(one.first, _COMMUNITY),
                "indicators": {
                    item.name: [float(v) if math.isfinite(v) else None for v in one.values[:, column]]
                    for column, item in enumerate(items)
                },
            }
            for one in ran
        ],
        "verdicts": [
            {
                "indicator": one.difference.indicator,
                "kind": one.kind.value,
                "direction": one.direction.value,
                "difference": _finite(one.difference.paired.difference),
                "low": _finite(one.difference.paired.low),
                "high": _finite(one.difference.paired.high),
                "delta": one.difference.delta,
                "sentence": one.sentence.model_dump(),
            }
            for one in found
        ],
        "known": city_names(),
    }


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
