"""``labsim run`` and ``labsim compare``: policies against a baseline.

Takes: names or paths of scenarios. Gives: a table of verdicts, the brief and the run record.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Annotated, Any, Literal, cast

import typer
from rich.markup import escape

from labsim.analysis.compare import Comparison
from labsim.analysis.compare import compare as contest
from labsim.analysis.verdict import Verdict
from labsim.foundations.errors import InputError, Problem, Where, raise_if
from labsim.foundations.i18n import in_language, t
from labsim.presentation import terminal
from labsim.presentation.keeping import store_of, tell_failures, tell_kept
from labsim.presentation.options import (
    All,
    By,
    Deltas,
    Indicators,
    Json,
    Lang,
    NoStore,
    Out,
    Precision,
    Replications,
    Seed,
    StoreFolder,
    Worlds,
    chosen,
    deltas_of,
    groups_of,
    words,
)
from labsim.presentation.watching import watching
from labsim.presentation.words import HEADLINES, OVER_TIME, shown, silent, tone
from labsim.results.indicators import ALL, GROUP_LABELS, indicator, select
from labsim.results.store import RunStore
from labsim.scenario.files import load
from labsim.scenario.scenario import Scenario

POLICIES = ("points", "closed_loop", "coordination")
"""What ``labsim run`` compares with the baseline when nothing is named."""
PAIRS = 50
EACH = 2
"""Replications in each state of the world: two are enough to tell luck from knowledge."""
_STYLES = {"better": "green", "worse": "red", "other": "bold", "equal": "dim", "open": "dim", "none": "dim"}
_SIGNS = {"better": "＋", "worse": "－", "other": "±", "equal": "＝", "open": "？", "none": "·"}
_ACROSS = 3
_NARROW = 13

app = typer.Typer()


@dataclass(frozen=True)
class Ask:
    """What is asked of a comparison on the command line."""

    replications: int
    worlds: int | None
    seed: int
    indicators: list[str] | None = None
    deltas: list[str] | None = None
    precision: str | None = None
    store: RunStore | None = None


Policies = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[SCENARIO]...",
        help=words("政策情景的名称或文件（默认三项）", "names or files of policies (default: three)"),
        show_default=False,
    ),
]
Baseline = Annotated[str, typer.Option("--baseline", help=words("基准情景", "scenario of the baseline"))]


@app.command(
    help=words(
        "主任务：基准与政策成对比较，打印结论，写出离线简报。",
        "The main job: compare policies with the baseline, print verdicts, write an offline brief.",
    )
)
def run(
    scenario: Policies = None,
    baseline: Baseline = "baseline",
    replications: Replications = PAIRS,
    worlds: Worlds = None,
    seed: Seed = 1,
    precision: Precision = None,
    out: Out = Path("labsim-brief.html"),
    store: StoreFolder = None,
    no_store: NoStore = False,
    all_: All = False,
    as_json: Json = False,
    lang: Lang = None,
) -> int:
    """Do the main job; return the exit code."""
    tongue = chosen(lang)
    scenarios = _load([baseline, *(scenario or POLICIES)])
    _can_brief(out)
    kept = store_of(store, no_store, tongue)
    ask = Ask(replications, worlds, seed, precision=precision, store=kept)
    started = monotonic()
    comparison = _compared(scenarios, ask, tongue, OVER_TIME)
    if not comparison.differences:
        return _nothing(tongue)
    page, record = _brief(comparison, out, tongue)
    if as_json:
        terminal.dump(_document(comparison, ask) | {"brief": str(page), "record": str(record)})
    else:
        _print(comparison, _names(comparison, None, all_), tongue)
        _closing(comparison, tongue, monotonic() - started, kept)
        terminal.say(t(f"简报：{page}", f"brief: {page}"), tongue, "bold")
        terminal.say(t(f"运行记录：{record}", f"run record: {record}"), tongue)
    return 130 if comparison.result.interrupted else 0


@app.command(
    help=words("把一项或多项政策与任意基准成对比较。", "Compare one or more policies with any baseline, in pairs.")
)
def compare(
    base: Annotated[str, typer.Argument(help=words("基准情景", "scenario of the baseline"))],
    policy: Annotated[list[str], typer.Argument(help=words("政策情景，至少一个", "policies, at least one"))],
    replications: Replications = PAIRS,
    worlds: Worlds = None,
    seed: Seed = 1,
    indicators: Indicators = None,
    delta: Deltas = None,
    by: By = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", help=words("同时写出简报：.html、.docx 或 .xlsx", "also write a brief: .html, .docx or .xlsx")
        ),
    ] = None,
    precision: Precision = None,
    store: StoreFolder = None,
    no_store: NoStore = False,
    all_: All = False,
    as_json: Json = False,
    lang: Lang = None,
) -> int:
    """Compare policies with a baseline; return the exit code."""
    tongue = chosen(lang)
    groups = groups_of(by)
    scenarios = _load([base, *policy])
    if out is not None:
        _can_brief(out)
    kept = store_of(store, no_store, tongue)
    ask = Ask(replications, worlds, seed, indicators, delta, precision, kept)
    started = monotonic()
    wanted = [item.name for item in select(indicators)] if indicators else None
    series = [name for name in OVER_TIME if wanted is None or name in wanted] if out is not None else []
    comparison = _compared(scenarios, ask, tongue, series)
    if not comparison.differences:
        return _nothing(tongue)
    written = _brief(comparison, out, tongue) if out is not None else ()
    if as_json:
        terminal.dump(_document(comparison, ask) | {"brief": str(written[0]) if written else None})
        return 130 if comparison.result.interrupted else 0
    names = _names(comparison, wanted, all_)
    _print(comparison, names, tongue)
    for group in groups:
        _print(comparison, names, tongue, group)
    _closing(comparison, tongue, monotonic() - started, kept)
    if written:
        terminal.say(t(f"简报：{written[0]}", f"brief: {written[0]}"), tongue, "bold")
    return 130 if comparison.result.interrupted else 0


def _load(names: Sequence[str]) -> list[Scenario]:
    """Return the scenarios, or one error with every problem of all of them."""
    found: list[Scenario] = []
    problems: list[Problem] = []
    for name in names:
        try:
            found.append(load(name))
        except InputError as error:
            problems += error.problems
    raise_if(problems)
    return found


def _can_brief(out: Path) -> None:
    """Find out before minutes of work whether brief and run record can be written."""
    from labsim.presentation.brief.brief import check_brief

    check_brief(out)


def _spread(ask: Ask) -> tuple[int, int]:
    """Return states of the world and replications in each, so that there are at least as many pairs as asked."""
    asked = {"--replications": ask.replications, "--worlds": 1 if ask.worlds is None else ask.worlds}
    raise_if(
        Problem(Where(key=key), t(f"{value} 次无效", f"{value} is not possible"), t("1 至 1,000,000", "1 to 1,000,000"))
        for key, value in asked.items()
        if not 1 <= value <= 1_000_000
    )
    worlds = max(ask.replications // EACH, 1) if ask.worlds is None else ask.worlds
    return worlds, -(-ask.replications // worlds)


def _compared(scenarios: Sequence[Scenario], ask: Ask, lang: str, series: Sequence[str]) -> Comparison:
    worlds, each = _spread(ask)
    with terminal.answering(lang), watching(t("正在运行", "running"), lang) as watch:
        return contest(
            *scenarios,
            replications=each,
            worlds=worlds,
            seed=ask.seed,
            indicators=ask.indicators,
            delta=deltas_of(ask.deltas or []),
            series=series,
            progress=watch,
            precision=cast(Literal["auto"] | None, ask.precision),
            store=ask.store,
        )


def _names(comparison: Comparison, wanted: list[str] | None, every: bool) -> list[str]:
    if wanted is not None:
        return wanted
    unheard = silent(comparison)
    measured = [n for n in dict.fromkeys(d.indicator for d in comparison.differences) if n not in unheard]
    return measured if every else [name for name in HEADLINES if name in measured]


def _print(comparison: Comparison, names: Sequence[str], lang: str, group: str = ALL) -> None:
    """Print verdicts, at most three policies side by side."""
    labels = {one.name: one.label for one in comparison.result.design.scenarios}
    found = {
        (v.difference.indicator, v.difference.policy): v
        for v in comparison.verdicts(group=group)
        if v.difference.indicator in names
    }
    rows = [name for name in names if any(key[0] == name for key in found)]
    if not rows:
        return
    versus = t(f"与“{labels[comparison.baseline].zh}”相比", f"Against '{labels[comparison.baseline].en}'")
    title = (
        versus
        if group == ALL
        else t(f"{versus.zh}：{GROUP_LABELS[group].zh}", f"{versus.en}: {GROUP_LABELS[group].en}")
    )
    for i in range(0, len(comparison.policies), _ACROSS):
        policies = comparison.policies[i : i + _ACROSS]
        columns = [in_language(t("指标", "indicator"), lang)]
        columns += [escape(labels[policy].in_language(lang)) for policy in policies]
        cells = [[_heading(name, lang), *(_cell(found[name, policy], lang) for policy in policies)] for name in rows]
        ratios = [3] + [4] * len(policies)
        terminal.show(terminal.table(escape(title.in_language(lang)), columns, cells, ratios))


def _heading(name: str, lang: str) -> str:
    item = indicator(name)
    unit = t("个百分点", "pp") if item.unit == "share" else item.unit_text
    return f"{escape(item.label.in_language(lang))}\n[dim]{escape(unit.in_language(lang))}[/dim]"


def _cell(one: Verdict, lang: str) -> str:
    numbers, mark = shown(one), tone(one)
    said = f"[{_STYLES[mark]}]{_SIGNS[mark]}{escape(one.words.in_language(lang))}[/{_STYLES[mark]}]"
    if not one.difference.paired.n:
        return said
    gap = numbers.difference
    if not one.difference.paired.identical:
        inside = numbers.interval.in_language(lang) if numbers.constant else f"{numbers.low}, {numbers.high}"
        between = "\n" if len(numbers.difference) + len(inside) > _NARROW + 2 else " "
        gap = f"{gap}{between}[{inside}]"
    # Rich would read an interval in brackets as markup.
    return f"{said}\n{escape(gap)}\n"


def _closing(comparison: Comparison, lang: str, seconds: float, store: RunStore | None) -> None:
    result = comparison.result
    n = max(d.paired.n for d in comparison.differences)
    worlds = max(d.paired.worlds for d in comparison.differences)
    drawn = (
        t("仅含运气", "luck only")
        if len(result.design.worlds) == 1
        else t(f"{worlds} 种世界状态", f"{worlds} states of the world")
    )
    terminal.say(
        t(
            f"n = {n} 对（{drawn.zh}），95% 区间；{result.finished} 次运行，"
            f"失败 {result.failed} 次，用时 {seconds:.0f} 秒。"
            "示例参数，不代表任何真实社区。",
            f"n = {n} pairs ({drawn.en}), 95% intervals; {result.finished} runs, "
            f"{result.failed} failed, {seconds:.0f} s. "
            "Illustrative parameters: no real community.",
        ),
        lang,
    )
    if comparison.precision is not None:
        terminal.say(comparison.precision.words, lang)
    tell_kept(result, store, lang)
    tell_failures(result, lang)
    if result.interrupted:
        terminal.note(
            t(
                f"已中断：{result.design.requested} 次中完成 {result.finished} 次，以上只用已完成的运行。",
                f"Interrupted: {result.finished} of {result.design.requested} runs finished; "
                "the above uses those only.",
            ),
            lang,
            "yellow",
        )


def _nothing(lang: str) -> int:
    terminal.note(t("已中断，没有完成的运行。", "Interrupted before any run was finished."), lang, "yellow")
    return 130


def _brief(comparison: Comparison, out: Path, lang: str) -> tuple[Path, Path]:
    # Charts take seconds to load, and the other commands draw none.
    from labsim.presentation.brief.brief import brief

    return brief(comparison, out, lang=lang)


def _document(comparison: Comparison, ask: Ask) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(comparison.to_json())
    document["runs"]["stored"] = comparison.result.stored
    return {"pairs_requested": ask.replications} | document
