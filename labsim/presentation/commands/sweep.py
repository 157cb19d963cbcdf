"""``labsim sweep``: many scenarios from one design file, in one table.

Takes: a design file. Gives: a table with one row per run, and exit code 0, or 1 when runs failed.
"""

from dataclasses import asdict
from pathlib import Path
from time import monotonic
from typing import Annotated, Any

import typer

from labsim.experiment.designfile import load_design
from labsim.experiment.designs import Sweep
from labsim.experiment.runner import Forecast
from labsim.experiment.sweep import SweepResult, run_sweep
from labsim.foundations.declared import Text
from labsim.foundations.i18n import t
from labsim.presentation import keeping, terminal
from labsim.presentation.options import Json, Lang, NoStore, StoreFolder, chosen, words
from labsim.presentation.watching import forecast_text, watching
from labsim.results.tablefile import check_table_path, write_table

FAILED, INTERRUPTED = 1, 130
_TOLD = 20

app = typer.Typer()


@app.command(
    help=words(
        "扫描：按设计文件运行许多情景，得到一张表；中断或断电后用同一命令继续。",
        "Sweep: run the many scenarios of a design file into one table; after any interruption the same command "
        "goes on.",
    )
)
def sweep(
    design: Annotated[Path, typer.Argument(help=words("设计文件（TOML）", "design file (TOML)"), show_default=False)],
    out: Annotated[
        Path, typer.Option("--out", help=words("结果表：.parquet 或 .csv", "the table: .parquet or .csv"))
    ] = Path("sweep.parquet"),
    store: StoreFolder = None,
    no_store: NoStore = False,
    workers: Annotated[
        int | None,
        typer.Option("--workers", help=words("并行数（默认：处理器数）", "how many work (default: all processors)")),
    ] = None,
    processes: Annotated[
        bool,
        typer.Option(
            "--processes/--threads",
            help=words("用进程：被杀掉的进程只损失手头的运行", "processes: a killed one costs only what it was at"),
        ),
    ] = False,
    dask: Annotated[
        str | None,
        typer.Option("--dask", metavar="tcp://…", help=words("Dask 调度器的地址", "address of a Dask scheduler")),
    ] = None,
    as_json: Json = False,
    lang: Lang = None,
) -> int:
    """Run a design file; return the exit code."""
    tongue = chosen(lang)
    plan = load_design(design)
    check_table_path(out)
    kept, who = keeping.store_of(store, no_store, tongue), keeping.workers_of(workers, processes, dask)
    terminal.note(_counts(plan), tongue)
    told: list[Forecast] = []

    def tell(one: Forecast) -> None:
        told.append(one)
        terminal.note(forecast_text(one, plan.requested - one.runs), tongue)

    started = monotonic()
    with terminal.answering(tongue), watching(t("正在运行", "running"), tongue, tell) as watch:
        found = run_sweep(plan, who, watch, kept)
    part = out.with_suffix(f".partial{out.suffix}")
    written = part if found.result.interrupted else out
    write_table(found.table, written)
    if not found.result.interrupted:
        part.unlink(missing_ok=True)
    seconds = monotonic() - started
    if as_json:
        terminal.dump(_document(found, written, seconds, told))
    else:
        _closing(found, written, seconds, tongue)
        keeping.tell_kept(found.result, kept, tongue)
        keeping.tell_failures(found.result, tongue)
    return INTERRUPTED if found.result.interrupted else FAILED if found.result.failed else 0


def _counts(plan: Sweep) -> Text:
    """Return what is multiplied to the number of runs."""
    points = len(plan.points) // len(plan.communities)
    where = t(f"{points:,} 个点", f"{points:,} points")
    if plan.city is not None:
        many = len(plan.communities)
        where = t(f"{where.zh} × {many:,} 个社区", f"{where.en} × {many:,} communities")
    return t(
        f"{where.zh} × {plan.worlds} 种世界状态 × {plan.replications} 次重复 = {plan.requested:,} 次运行",
        f"{where.en} × {plan.worlds} states of the world × {plan.replications} replications = {plan.requested:,} runs",
    )


def _closing(found: SweepResult, written: Path, seconds: float, lang: str) -> None:
    result = found.result
    counts = t(
        f"请求 {result.design.requested:,} = 完成 {result.finished:,} + 失败 {result.failed:,}",
        f"{result.design.requested:,} requested = {result.finished:,} finished + {result.failed:,} failed",
    )
    if result.cancelled:
        counts = t(f"{counts.zh} + 未运行 {result.cancelled:,}", f"{counts.en} + {result.cancelled:,} never run")
    terminal.say(t(f"{counts.zh}；用时 {seconds:.0f} 秒。", f"{counts.en}; {seconds:.0f} s."), lang)
    if result.interrupted:
        terminal.note(t("已中断；同一命令会继续。", "Interrupted; the same command goes on."), lang, "yellow")
    terminal.say(t(f"结果表：{written}", f"table: {written}"), lang, "bold")


def _document(found: SweepResult, written: Path, seconds: float, told: list[Forecast]) -> dict[str, Any]:
    result = found.result
    failures = result.failures.astype({"scenario": str}).head(_TOLD).to_dict("records")
    return {
        "table": str(written),
        "points": len(found.sweep.points) // len(found.sweep.communities),
        "communities": len(found.sweep.communities),
        **{name: getattr(result, name) for name in ("finished", "failed", "cancelled", "stored", "interrupted")},
        "requested": result.design.requested,
        "seconds": seconds,
        "forecast": asdict(told[0]) if told else None,
        "failures": failures,
    }
