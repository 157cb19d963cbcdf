"""``labsim demo`` and ``labsim copy-notebooks``: the first minutes with an installed lab.

Takes: a file for the brief, or a folder. Gives: a small real comparison, or the notebooks in that folder.
"""

import os
from pathlib import Path
from typing import Annotated

import typer

from labsim.foundations.errors import Problem, Where, raise_if
from labsim.foundations.i18n import t
from labsim.foundations.paths import resource
from labsim.foundations.writing import write_whole
from labsim.presentation import terminal
from labsim.presentation.commands.run import run
from labsim.presentation.options import Lang, Out, chosen, words

PAIRS = 20
"""Enough for a verdict on what the demonstration shows, and few enough for a minute."""
START = {"zh": "0_start.md", "en": "0_start.en.md"}

app = typer.Typer()


@app.command(
    help=words(
        "一分钟演示：积分制与基准成对比较（20 对），打印结论，写出离线简报。",
        "A demonstration of a minute: points against the baseline in 20 pairs, verdicts and an offline brief.",
    )
)
def demo(out: Out = Path("labsim-demo.html"), lang: Lang = None) -> int:
    """Compare one policy with the baseline; return the exit code."""
    return run(["points"], replications=PAIRS, out=out, lang=lang)


@app.command(
    name="copy-notebooks",
    help=words(
        "把笔记本和开始页复制到一个文件夹；已有的文件不会被覆盖。",
        "Copy the notebooks and the start page to a folder; files that are there stay as they are.",
    ),
)
def copy_notebooks(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help=words("目标文件夹", "folder to copy to"))],
    lang: Lang = None,
) -> int:
    """Copy every notebook or none; return the exit code."""
    tongue = chosen(lang)
    sources = sorted(p for p in resource("notebooks").iterdir() if p.suffix in (".ipynb", ".md"))
    raise_if(_obstacles(folder, sources))
    folder.mkdir(parents=True, exist_ok=True)
    for source in sources:
        write_whole(folder / source.name, source.read_bytes())
    terminal.say(
        t(f"{len(sources)} 个文件已复制到 {folder.resolve()}", f"{len(sources)} files copied to {folder.resolve()}"),
        tongue,
        "bold",
    )
    page = folder / START[tongue]
    terminal.say(t(f'打开：jupyter lab "{page}"', f'open them: jupyter lab "{page}"'), tongue)
    return 0


def _obstacles(folder: Path, sources: list[Path]) -> list[Problem]:
    """Return everything that stands in the way, before the first file is written."""
    where = Where(key="DIR")
    if folder.exists() and not folder.is_dir():
        return [Problem(where, t(f"{folder} 不是文件夹", f"{folder} is not a folder"), t("文件夹", "a folder"))]
    nearest = next(p for p in (folder.resolve(), *folder.resolve().parents) if p.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
        what = t(f"{nearest} 不可写", f"{nearest} cannot be written to")
        return [Problem(where, what, t("可写的文件夹", "a folder that can be written to"))]
    there = [source.name for source in sources if os.path.lexists(folder / source.name)]
    allowed = t("空的或新的文件夹；没有改动任何文件", "an empty or a new folder; nothing was changed")
    return [Problem(where, t(f"{folder / name} 已存在", f"{folder / name} exists already"), allowed) for name in there]
