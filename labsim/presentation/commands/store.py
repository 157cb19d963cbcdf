"""``labsim store``: what runs are kept, whether they are whole, and how to be rid of them.

Takes: one of ``list``, ``verify``, ``prune`` and ``export``. Gives: what was found or done.
"""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from labsim.foundations.declared import Text
from labsim.foundations.errors import InputError, Problem, Where, unknown_name
from labsim.foundations.i18n import in_language, t
from labsim.foundations.paths import store_folder
from labsim.presentation import terminal
from labsim.presentation.options import Json, Lang, StoreFolder, chosen, words
from labsim.presentation.watching import amount
from labsim.results.store import RunStore

DAMAGED = 1
_ROWS = 20
WORK = {
    "list": t("列出", "list"), "verify": t("检验", "verify"), "prune": t("清理", "prune"),
    "export": t("导出", "export"),
}  # fmt: skip

app = typer.Typer()


@app.command(
    help=words(
        "运行库：list 列出，verify 检验（有损坏则退出码 1），prune 删除旧代码的运行，export 导出为一个文件。",
        "The run store: list, verify (exit code 1 when damaged), prune runs of older code, export to one file.",
    )
)
def store(
    work: Annotated[
        str, typer.Argument(metavar="list|verify|prune|export", help=words("做什么", "what to do"), show_default=False)
    ],
    out: Annotated[
        Path | None,
        typer.Argument(help=words("export 的文件：.parquet 或 .csv", "file of an export: .parquet or .csv")),
    ] = None,
    folder: StoreFolder = None,
    remove: Annotated[
        bool, typer.Option("--remove", help=words("verify 时删除损坏的文件", "with verify: delete what is damaged"))
    ] = False,
    as_json: Json = False,
    lang: Lang = None,
) -> int:
    """Do one thing with a store; return the exit code."""
    tongue = chosen(lang)
    if work not in WORK:
        spoken = [(label.zh, name) for name, label in WORK.items()]
        raise InputError([unknown_name("", work, WORK, t("操作", "work"), spoken)])
    if (work == "export") == (out is None):
        what = t("只有 export 需要文件，而且必须给出", "a file goes with export, and only with export")
        example = "labsim store export runs.parquet"
        raise InputError([Problem(Where(key=work), what, t(example, example))])
    place = store_folder() if folder is None else folder
    if not place.is_dir():
        terminal.note(t(f"{place} 还没有运行", f"there are no runs in {place} yet"), tongue)
        if as_json:
            terminal.dump({"folder": str(place), "runs": 0})
        return 0
    kept = RunStore(place)
    code = 0
    if work == "list":
        _list(kept, tongue, as_json)
    elif work == "verify":
        code = _verify(kept, remove, tongue, as_json)
    elif work == "prune":
        many = kept.prune()
        said = t(f"删除了 {many} 个旧代码或没写完的文件", f"deleted {many} files of older code or left unfinished")
        _say(said, {"deleted": many}, tongue, as_json)
    elif out is not None:
        rows = kept.export(out)
        said = t(f"写出 {rows:,} 行：{out}", f"{rows:,} rows written to {out}")
        _say(said, {"rows": rows, "file": str(out)}, tongue, as_json)
    for one in kept.notes:
        terminal.note(one, tongue, "yellow")
    return code


def _say(text: Text, document: dict[str, object], lang: str, as_json: bool) -> None:
    if as_json:
        terminal.dump(document)
    else:
        terminal.say(text, lang)


def _list(kept: RunStore, lang: str, as_json: bool) -> None:
    found = kept.contents()
    if as_json:
        terminal.dump({"folder": str(kept.folder)} | asdict(found))
        return
    terminal.say(
        t(
            f"{kept.folder}：{found.runs:,} 次运行（{found.current:,} 次属于当前代码），"
            f"{found.segments:,} 个文件，{amount(found.size)}",
            f"{kept.folder}: {found.runs:,} runs ({found.current:,} of today's code), {found.segments:,} files, "
            f"{amount(found.size)}",
        ),
        lang,
    )
    heads = [in_language(one, lang) for one in (t("情景", "scenario"), t("运行次数", "runs"))]
    most = sorted(found.scenarios.items(), key=lambda one: (-one[1], one[0]))[:_ROWS]
    if most:
        terminal.show(terminal.table("", heads, [[escape(name), f"{many:,}"] for name, many in most]))
    if (more := len(found.scenarios) - len(most)) > 0:
        said = t(f"另有 {more:,} 个情景（--json 列出全部）", f"and {more:,} more scenarios (--json has all)")
        terminal.say(said, lang)


def _verify(kept: RunStore, remove: bool, lang: str, as_json: bool) -> int:
    damaged = kept.verify(remove)
    if as_json:
        terminal.dump({"folder": str(kept.folder), "damaged": damaged, "removed": remove})
    elif not damaged:
        terminal.say(t("所有文件完好", "every file is whole"), lang, "green")
    else:
        done = t("已删除", "deleted") if remove else t("--remove 可删除", "--remove deletes them")
        names = ", ".join(damaged)
        terminal.say(t(f"损坏：{names}（{done.zh}）", f"damaged: {names} ({done.en})"), lang, "red")
    return DAMAGED if damaged and not remove else 0
