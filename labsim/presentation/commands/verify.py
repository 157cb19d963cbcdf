"""``labsim verify``: whether every number of a brief is what its runs give.

Takes: a brief or its run record. Gives: exit code 0 when all is right, 1 with every place that is not.
"""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from labsim.foundations.i18n import in_language, t
from labsim.presentation import terminal
from labsim.presentation.keeping import store_of
from labsim.presentation.options import Json, Lang, NoStore, StoreFolder, chosen, words
from labsim.presentation.watching import watching

WRONG = 1
_ROWS = 20

app = typer.Typer()


@app.command(
    help=words(
        "检验简报：由运行重新计算每个数字，改动一位也会指出在哪里（有差异则退出码 1）。",
        "Verify a brief: compute every number again from its runs, name every place that differs (then exit code 1).",
    )
)
def verify(
    file: Annotated[
        Path, typer.Argument(help=words("简报（.html .docx .xlsx）或运行记录（.json）", "a brief or its run record"))
    ],
    store: StoreFolder = None,
    no_store: NoStore = False,
    as_json: Json = False,
    lang: Lang = None,
) -> int:
    """Verify a file; return the exit code."""
    # What reads Word files and draws charts takes a second to load, and no other command needs it.
    from labsim.presentation.brief.verify import verify as verified

    tongue = chosen(lang)
    kept = store_of(store, no_store, tongue)
    with terminal.answering(tongue), watching(t("正在重新计算", "computing again"), tongue) as watch:
        found = verified(file, watch, kept)
    if as_json:
        terminal.dump(
            {
                "file": str(file), "right": not found.differences, "pieces": found.pieces, "runs": found.runs,
                "stored": found.stored, "differences": [asdict(one) for one in found.differences],
                "notes": [one.model_dump() for one in found.notes],
            }
        )  # fmt: skip
        return WRONG if found.differences else 0
    for note in found.notes:
        terminal.note(note, tongue, "yellow")
    terminal.say(
        t(
            f"比对 {found.pieces:,} 处，依据 {found.runs} 次运行（其中 {found.stored} 次取自运行库，其余重新运行）。",
            f"{found.pieces:,} places compared, from {found.runs} runs ({found.stored} from the store, the rest run "
            "again).",
        ),
        tongue,
    )
    if not found.differences:
        terminal.say(t("全部相符。", "Everything agrees."), tongue, "bold green")
        return 0
    many = len(found.differences)
    terminal.say(t(f"{many} 处不符：", f"{many} places differ:"), tongue, "bold red")
    heads = [
        in_language(one, tongue) for one in (t("位置", "where"), t("文件中", "in the file"), t("应为", "should be"))
    ]
    rows = [[escape(cut) for cut in map(_cut, (one.place, one.said, one.right))] for one in found.differences[:_ROWS]]
    terminal.show(terminal.table("", heads, rows, (3, 2, 2)))
    return WRONG


def _cut(text: str) -> str:
    return text if len(text) <= 160 else f"{text[:157]}…"
