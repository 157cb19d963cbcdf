"""``labsim validate``, ``calibrate`` and ``doctor``: is the model, and this machine, in order?

Takes: a targets file, or nothing. Gives: hits and misses, fitted values, or findings with their fix.
"""

import math
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from labsim.analysis.calibrate import Search
from labsim.analysis.calibrate import calibrate as fit
from labsim.analysis.calibrated import save_calibration
from labsim.analysis.plan import stages_named
from labsim.analysis.targetfile import read_targets
from labsim.analysis.validate import REPLICATIONS, Finding, ValidationReport, unit_of
from labsim.analysis.validate import validate as check
from labsim.foundations.errors import Problem, Where, raise_if
from labsim.foundations.i18n import in_language, t
from labsim.foundations.version import __version__
from labsim.presentation import terminal
from labsim.presentation.doctor import findings
from labsim.presentation.keeping import store_of
from labsim.presentation.options import Json, Lang, NoStore, StoreFolder, chosen, words
from labsim.scenario.scenario import calibrated_values

app = typer.Typer()
TargetsFile = Annotated[
    Path | None,
    typer.Argument(
        metavar="[TARGETS.toml]", help=words("目标文件（默认随包目标）", "targets file (default: the packaged one)")
    ),
]
_ROLES = {"fit": t("拟合", "fit"), "free": t("自由", "free")}


TargetsOption = Annotated[
    Path | None,
    typer.Option("--targets", "-t", metavar="TARGETS.toml", help=words("同上，写成选项", "the same, as an option")),
]


def _file(argument: Path | None, option: Path | None) -> Path | None:
    """Return the targets file, given in either way.

    Raises:
        InputError: two different ones are given.
    """
    if argument is not None and option is not None and argument != option:
        what = t(f"两个目标文件：{argument} 与 {option}", f"two targets files: {argument} and {option}")
        raise_if([Problem(Where(key="--targets"), what, t("只写一个", "give one"))])
    return option if argument is None else argument


@app.command(
    help=words(
        "检查模型是否再现目标文件中的模式，如实报告未命中。", "Check which patterns of a targets file the model shows."
    )
)
def validate(
    targets: TargetsFile = None,
    replications: Annotated[
        int, typer.Option("--replications", "-n", help=words("每个情景的重复次数", "replications of each scenario"))
    ] = REPLICATIONS,
    file: TargetsOption = None,
    store: StoreFolder = None,
    no_store: NoStore = False,
    as_json: Json = False,
    lang: Lang = None,
) -> int:
    """Print hits and misses; return 0 also when patterns are missed."""
    tongue = chosen(lang)
    path, kept = _file(targets, file), store_of(store, no_store, tongue)
    with terminal.progress(t("正在验证", "validating"), tongue) as tell:
        report = check(path, replications=replications, progress=tell, store=kept)
    if as_json:
        terminal.dump(report.to_dict())
        return 0
    _report(report, tongue)
    if kept is not None and report.stored:
        said = t(
            f"{report.stored} 次运行早已运行过，取自 {kept.folder}。",
            f"{report.stored} runs had been run before and came from {kept.folder}.",
        )
        terminal.say(said, tongue)
    return 0


def _report(report: ValidationReport, lang: str) -> None:
    heads = [t("目标", "target"), t("区间", "band"), t("模型", "model"), t("结果", "result")]
    cells = []
    for one in report.findings:
        share = unit_of(one.target) == "share"
        low, high = _level(one.target.low, share), _level(one.target.high, share)
        found = one.estimate
        value = f"{_level(found.value, share)}\n[dim]n = {found.n}[/dim]"
        role = _ROLES[one.target.role.value].in_language(lang)
        name = f"{escape(one.target.label.in_language(lang))}\n[dim]{role} · {one.target.id}[/dim]"
        cells.append([name, f"{low} – {high}", value, _result(one, lang)])
    terminal.show(terminal.table("", [h.in_language(lang) for h in heads], cells, (6, 3, 3, 4)))
    terminal.say(report.summary(), lang, "bold")
    resting = report.targets.resting()
    if resting:
        terminal.say(
            t(
                f"另有 {len(resting)} 个目标未计入：模型输入或尚缺机制。",
                f"{len(resting)} further targets are not counted: they are inputs or need a mechanism.",
            ),
            lang,
        )
    silent = sum(len(one.evidence) for one in report.targets.not_produced)
    if silent:
        said = t(
            f"{silent} 个数字模型不能产生，理由见文件。", f"{silent} figures cannot be produced; the file says why."
        )
        terminal.say(said, lang)


def _result(one: Finding, lang: str) -> str:
    if not one.measurable:
        return f"[red]{in_language(t('无法测量', 'not measurable'), lang)}[/red]"
    close = "" if one.clear else in_language(t("（运气可改变）", " (luck could turn it)"), lang)
    if one.hit:
        return f"[green]✓ {in_language(t('命中', 'hit'), lang)}[/green]{close}"
    away = t(f"未命中，差 {one.distance:.2f} 个区间宽", f"miss by {one.distance:.2f} band widths")
    return f"[red]✗ {in_language(away, lang)}[/red]{close}"


def _level(value: float, share: bool) -> str:
    if not math.isfinite(value):
        return "–"
    return f"{100 * value:.1f}%" if share else f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"


@app.command(
    help=words("按目标文件中的拟合目标校准世界参数。", "Fit world parameters to the fit targets of a targets file.")
)
def calibrate(
    targets: TargetsFile = None,
    out: Annotated[
        Path,
        typer.Option(
            "--out", help=words("写入的文件夹；写入 data 即生效", "folder to write to; data puts them to use")
        ),
    ] = Path(),
    effort: Annotated[
        float, typer.Option("--effort", help=words("搜索量的倍数", "factor on the evaluations of the search"))
    ] = 1.0,
    seeds: Annotated[
        int, typer.Option("--seeds", help=words("每次评估的重复次数", "replications of an evaluation"))
    ] = 8,
    file: TargetsOption = None,
    stage: Annotated[
        list[str] | None,
        typer.Option(
            "--stage",
            help=words(
                "只做此阶段（可多次写），从现用的拟合值出发，其余参数不变",
                "only this stage (repeatable), from the fitted values in use; all other parameters stay",
            ),
        ),
    ] = None,
    as_json: Json = False,
    lang: Lang = None,
) -> int:
    """Write fitted values and how they were found; return the exit code."""
    tongue = chosen(lang)
    wrong = {"--effort": effort > 0, "--seeds": 1 <= seeds <= 10_000}
    raise_if(
        Problem(Where(key=key), t("数值无效", "the value is not possible"), t("大于 0", "above 0"))
        for key, good in wrong.items()
        if not good
    )
    wanted = read_targets(_file(targets, file))
    plan = stages_named(wanted, *stage) if stage else None
    with terminal.progress(t("正在校准", "calibrating"), tongue) as tell:
        found = fit(
            wanted,
            plan,
            start=calibrated_values() if stage else None,
            search=Search(effort=effort, seeds=tuple(range(1, seeds + 1))),
            progress=lambda stage, done, total, loss: tell(done, total),
        )
    files = save_calibration(found, date.today(), __version__, out)
    if as_json:
        terminal.dump(found.model_dump(mode="json") | {name: str(path) for name, path in files.items()})
    else:
        said = t(
            f"{len(found.results)} 个拟合目标中 {found.hits} 个在区间内（校准用的种子上）；"
            "请用 labsim validate 换种子检验。",
            f"{found.hits} of {len(found.results)} fit targets are inside their bands on the seeds that were fitted; "
            "labsim validate uses others.",
        )
        terminal.say(said, tongue, "bold")
        values, record = files["values"], files["record"]
        terminal.say(t(f"拟合值：{values}，记录：{record}", f"fitted values: {values}, record: {record}"), tongue)
    return 130 if found.stopped else 0


@app.command(help=words("检查本机环境，逐条给出修复办法。", "Check this machine; every finding comes with its fix."))
def doctor(as_json: Json = False, lang: Lang = None) -> int:
    """Print what is in order and what is not; return 0 when the lab can run."""
    tongue = chosen(lang)
    found = findings()
    if as_json:
        terminal.dump([one.to_dict() for one in found])
    else:
        signs = {"ok": "[green]✓[/green]", "warning": "[yellow]![/yellow]", "error": "[red]✗[/red]"}
        cells = []
        for one in found:
            text = escape(one.what.in_language(tongue))
            if one.fix is not None:
                text += f"\n[bold]→ {escape(one.fix.in_language(tongue))}[/bold]"
            cells.append([signs[one.state], escape(one.topic.in_language(tongue)), text])
        heads = ["", in_language(t("项目", "what"), tongue), in_language(t("结果", "finding"), tongue)]
        terminal.show(terminal.table("", heads, cells, (1, 5, 20)))
    return 1 if any(one.state == "error" for one in found) else 0
