"""``labsim one``: a single run, to see what it gives or why it fails.

Takes: a scenario and which run of it. Gives: its indicators, or its error and exit code 1.
"""

import traceback
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from labsim.experiment.design import seed_of
from labsim.experiment.tasks import measure
from labsim.experiment.worlds import CENTRAL, worlds
from labsim.foundations.errors import Problem, Where, raise_if
from labsim.foundations.i18n import in_language, t
from labsim.presentation import terminal
from labsim.presentation.options import Indicators, Json, Lang, Seed, chosen, words
from labsim.presentation.words import HEADLINES
from labsim.results.indicators import ALL, indicator, select
from labsim.results.results import Reduction
from labsim.scenario.files import load
from labsim.scenario.scenario import Scenario

FAILED = 1
_MOST = 1_000_000

app = typer.Typer()


@app.command(
    help=words(
        "单独运行一次：给出指标，或给出失败原因（退出码 1）。",
        "A single run: its indicators, or why it fails (exit code 1).",
    )
)
def one(
    scenario: Annotated[str, typer.Argument(help=words("情景的名称或文件", "name or file of a scenario"))],
    world: Annotated[
        int,
        typer.Option("--world", help=words("世界状态的编号，0 为中心", "number of the state of the world, 0: central")),
    ] = 0,
    replication: Annotated[
        int, typer.Option("--replication", help=words("重复的编号，从 0 起", "number of the replication, from 0"))
    ] = 0,
    seed: Seed = 1,
    run_seed: Annotated[
        int | None,
        typer.Option(
            "--run-seed",
            help=words("这次运行自身的种子，代替前三项", "the run's own seed, in place of the three above"),
        ),
    ] = None,
    indicators: Indicators = None,
    all_: Annotated[bool, typer.Option("--all", help=words("列出全部指标", "print every indicator"))] = False,
    trace: Annotated[
        bool, typer.Option("--trace", help=words("失败时给出代码位置", "on failure, print where in the code"))
    ] = False,
    as_json: Json = False,
    lang: Lang = None,
) -> int:
    """Run once; return the exit code."""
    tongue = chosen(lang)
    asked = {
        "--world": (world, _MOST), "--replication": (replication, _MOST), "--seed": (seed, 2**63 - 1),
        "--run-seed": (run_seed or 0, 2**63 - 1),
    }  # fmt: skip
    raise_if(
        Problem(Where(key=key), t(f"{value} 无效", f"{value} is not possible"), t(f"0 至 {high}", f"0 to {high}"))
        for key, (value, high) in asked.items()
        if not 0 <= value <= high
    )
    loaded = load(scenario)
    names = [item.name for item in select(indicators)]
    moved = loaded if run_seed is not None else _moved(loaded, world, seed)
    number = seed_of(seed, world, replication) if run_seed is None else run_seed
    document: dict[str, Any] = {
        "scenario": loaded.name, "seed": number, "fingerprint": moved.fingerprint(), "error": None, "values": {},
    }  # fmt: skip
    try:
        reduced = measure(moved, number, Reduction(by_group=False))
    except Exception as error:  # the whole point: whatever ended the run is told
        document["error"] = f"{type(error).__name__}: {error}"
        if trace:
            document["trace"] = traceback.format_exc()
    else:
        values = {name: float(value) for (name, group, _), value in zip(reduced.rows, reduced.values, strict=True)
                  if group == ALL}  # fmt: skip
        shown = names if indicators or all_ or as_json else [name for name in HEADLINES if name in values]
        document["values"] = {name: values[name] for name in shown}
    if as_json:
        document["values"] = {name: value if value == value else None for name, value in document["values"].items()}
        terminal.dump(document)
    else:
        _print(document, Path(scenario).name, tongue)
    return FAILED if document["error"] else 0


def _moved(scenario: Scenario, world: int, seed: int) -> Scenario:
    """Return a scenario in a state of the world that is drawn as in an experiment of this seed."""
    drawn = CENTRAL if world == 0 else worlds(max(world, 2), seed)[world - 1]
    return drawn.applied(scenario)


def _print(document: dict[str, Any], called: str, lang: str) -> None:
    if document["error"]:
        terminal.note(t(f"运行失败：{document['error']}", f"The run failed: {document['error']}"), lang, "red")
        if "trace" in document:
            terminal.note(t(document["trace"], document["trace"]), lang)
        return
    title = t(f"{called}，种子 {document['seed']}", f"{called}, seed {document['seed']}")
    heads = [in_language(one, lang) for one in (t("指标", "indicator"), t("数值", "value"), t("单位", "unit"))]
    rows = []
    for name, value in document["values"].items():
        item = indicator(name)
        text = "–" if value != value else f"{value:,.4g}"
        rows.append([escape(item.label.in_language(lang)), text, escape(item.unit_text.in_language(lang))])
    terminal.show(terminal.table(escape(in_language(title, lang)), heads, rows))
