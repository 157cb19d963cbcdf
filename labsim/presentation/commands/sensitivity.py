"""``labsim sensitivity``: which levers and parameters an outcome depends on, and which could as well be nothing.

Takes: a scenario, perhaps a policy, and what to turn. Gives: Morris screening, Sobol indices of what it left, luck and
a dummy beside them, on the terminal, as JSON and as a table.
"""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated, TypeVar

import pandas as pd
import typer

from labsim.analysis.explore.factors import ALL_WORLD, factors_of
from labsim.analysis.explore.screening import Method, Plan, Runs, analyse
from labsim.experiment.design import Design
from labsim.experiment.designs import Factor
from labsim.experiment.runner import Watch
from labsim.foundations.errors import InputError, Problem, Where, raise_if, unknown_name
from labsim.foundations.i18n import t
from labsim.foundations.writing import check_writable, write_whole
from labsim.presentation import terminal
from labsim.presentation.keeping import store_of
from labsim.presentation.options import Indicators, Json, Lang, NoStore, Seed, StoreFolder, chosen, words
from labsim.presentation.sensitivity_said import METHODS, document, said, table_of
from labsim.presentation.watching import forecast_text, watching
from labsim.results.indicators import select
from labsim.results.tablefile import ENDINGS, check_table_path, write_table
from labsim.scenario.files import load
from labsim.scenario.scenario import Scenario

WORKBOOK = ".xlsx"
_OUTCOME = "satisfaction_share"
_FEWEST, _MOST = 10, 1000
_SAMPLES = tuple(2**k for k in range(4, 14))
T = TypeVar("T")

app = typer.Typer()


@app.command(
    help=words(
        "敏感性：结果取决于哪些杠杆与世界参数。先用 Morris 筛选，再对留下的算 Sobol 指数；运气与虚设因子并列，"
        "中断后同一命令继续。",
        "Sensitivity: which levers and world parameters an outcome depends on. Morris screens, Sobol indices of what "
        "is left; luck and a dummy stand beside them; after any interruption the same command goes on.",
    )
)
def sensitivity(
    scenario: Annotated[str, typer.Argument(help=words("情景的名称或文件", "name or file of a scenario"))],
    policy: Annotated[
        str | None,
        typer.Option(
            "--policy",
            help=words(
                "政策情景：看它与该情景之差取决于什么", "a policy: what its difference from the scenario depends on"
            ),
        ),
    ] = None,
    indicators: Indicators = None,
    over: Annotated[
        list[str] | None,
        typer.Option(
            "--over",
            help=words(
                "变化什么，可多次：world（数据定不下来的参数，±20%；默认）、levers（全部可用杠杆）、名称、"
                "名称=下限:上限",
                "what varies; may be repeated: world (parameters that data leave open, ±20 %; the default), levers "
                "(all that act), NAME, NAME=LOW:HIGH",
            ),
        ),
    ] = None,
    method: Annotated[
        str,
        typer.Option(
            "--method",
            help=words("morris 筛选、sobol 指数、both 先筛选再算指数", "morris, sobol, or both: screen first"),
        ),
    ] = Method.BOTH.value,
    trajectories: Annotated[
        int, typer.Option("--trajectories", "-r", help=words("Morris 的轨迹数", "trajectories of Morris"))
    ] = 20,
    samples: Annotated[
        int, typer.Option("--samples", "-n", help=words("Sobol 的基础样本，2 的幂", "base sample, a power of 2"))
    ] = 128,
    out: Annotated[
        Path | None,
        typer.Option("--out", help=words("结果表：.csv、.parquet 或 .xlsx", "table: .csv, .parquet, .xlsx")),
    ] = None,
    seed: Seed = 0,
    store: StoreFolder = None,
    no_store: NoStore = False,
    as_json: Json = False,
    lang: Lang = None,
) -> int:
    """Find out what outcomes depend on; return the exit code."""
    tongue = chosen(lang)
    names = list(dict.fromkeys(indicators or [_OUTCOME]))
    scenarios, factors = _asked(
        (scenario, policy), names, over or [ALL_WORLD], _problems(method, trajectories, samples, out, seed)
    )
    plan = Plan(Method(method), trajectories, samples, seed)
    runs = Runs(scenarios, tuple(names), seed, store_of(store, no_store, tongue))
    if plan.method is Method.BOTH:
        most = plan.runs(Method.SOBOL, len(factors), len(scenarios))
        terminal.note(
            t(
                f"先筛选 {len(factors)} 个因子；随后的 Sobol 指数只算留下的，至多 {most:,} 次运行。",
                f"factors screened first: {len(factors)}; Sobol indices of what is left take at most {most:,} runs.",
            ),
            tongue,
        )
    with terminal.answering(tongue):
        found = analyse(runs, factors, plan, partial(_watched, lang=tongue))
    table = table_of(found)
    if out is not None:
        _write(table, out)
    if as_json:
        terminal.dump(document(found, scenarios, table))
        return 0
    said(found, scenarios, tongue)
    if out is not None:
        terminal.say(t(f"结果表：{out}", f"table: {out}"), tongue, "bold")
    return 0


def _problems(method: str, trajectories: int, samples: int, out: Path | None, seed: int) -> list[Problem]:
    """Return what is wrong with the numbers and the file."""
    found = []
    if method not in list(Method):
        found.append(unknown_name("--method", method, [one.value for one in Method], t("方法", "method")))
    what = t(f"{trajectories} 无效", f"{trajectories} is not possible")
    if not _FEWEST <= trajectories <= _MOST:
        found.append(Problem.at("--trajectories", what, t(f"{_FEWEST} 至 {_MOST:,}", f"{_FEWEST} to {_MOST:,}")))
    what = t(f"{samples} 无效", f"{samples} is not possible")
    if samples not in _SAMPLES:
        few, more, most = _SAMPLES[0], _SAMPLES[1], _SAMPLES[-1]
        allowed = t(f"2 的幂：{few}、{more} … {most:,}", f"a power of 2: {few}, {more} … {most:,}")
        found.append(Problem.at("--samples", what, allowed))
    if not 0 <= seed < 2**63:
        what = t(f"种子 {seed} 无效", f"a seed of {seed} is not possible")
        found.append(Problem.at("--seed", what, t("0 到 2^63 - 1", "0 to 2^63 - 1")))
    if out is not None:
        found += _tried(lambda: _check_path(out))[1]
    return found


def _tried(make: Callable[[], T]) -> tuple[T | None, list[Problem]]:
    """Return what was made, or what was wrong, so that everything can be told at once."""
    try:
        return make(), []
    except InputError as error:
        return None, error.problems


def _asked(
    written: tuple[str, str | None], names: list[str], over: list[str], problems: list[Problem]
) -> tuple[tuple[Scenario, ...], tuple[Factor, ...]]:
    """Return scenarios and factors.

    Raises:
        InputError: all that is wrong with them, and the problems found before.
    """
    loaded = [_tried(partial(load, one)) for one in written if one is not None]
    scenarios = tuple(one for one, _ in loaded if one is not None)
    wrong = [*problems, *(each for _, found in loaded for each in found), *_tried(lambda: select(names))[1]]
    factors: tuple[Factor, ...] | None = None
    if len(scenarios) == len(loaded):
        factors, more = _tried(lambda: factors_of(over, scenarios))
        wrong += more
        wrong += _tried(lambda: Design(scenarios))[1]
    raise_if(wrong)
    assert factors is not None
    return scenarios, factors


@contextmanager
def _watched(method: Method, many: int, lang: str) -> Iterator[Watch]:
    """Say how many runs a method takes, and how long they will, before the rest begins."""
    label = METHODS[method]
    terminal.note(t(f"{label.zh}：{many:,} 次运行", f"{label.en}: {many:,} runs"), lang)
    with watching(label, lang, lambda one: terminal.note(forecast_text(one, many - one.runs), lang)) as watch:
        yield watch


def _check_path(path: Path) -> None:
    """Find out before the work whether :func:`_write` could write there."""
    if path.suffix == WORKBOOK:
        check_writable(path)
    elif path.suffix in ENDINGS:
        check_table_path(path)
    else:
        what = t(f"不支持 {path.suffix or path.name}", f"{path.suffix or path.name} is not supported")
        endings = ", ".join((*ENDINGS, WORKBOOK))
        raise InputError([Problem(Where(str(path)), what, t(endings, endings))])


def _write(table: pd.DataFrame, path: Path) -> None:
    if path.suffix != WORKBOOK:
        write_table(table, path)
        return
    page = io.BytesIO()
    table.to_excel(page, sheet_name="sensitivity", index=False)
    write_whole(path, page.getvalue())
