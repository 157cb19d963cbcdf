"""``labsim sheet``: a scenario as a spreadsheet to be filled in, and back.

Takes: a scenario or a workbook. Gives: the other one.
"""

from pathlib import Path
from typing import Annotated

import typer

from labsim.foundations.errors import InputError, Problem, Where, reason
from labsim.foundations.i18n import t
from labsim.foundations.writing import write_whole
from labsim.presentation import terminal
from labsim.presentation.options import Lang, chosen, words
from labsim.scenario.files import load, save

app = typer.Typer()


@app.command(
    help=words(
        "情景与表格互换：给情景得到可填写的 .xlsx，给 .xlsx 得到情景文件 .toml；错误指到单元格。",
        "A scenario as a spreadsheet and back: from a scenario an .xlsx to fill in, from an .xlsx a scenario file.",
    )
)
def sheet(
    scenario: Annotated[str, typer.Argument(help=words("情景的名称、文件，或 .xlsx", "a scenario, or an .xlsx"))],
    out: Annotated[Path | None, typer.Option("--out", help=words("写到哪个文件", "file to write"))] = None,
    lang: Lang = None,
) -> int:
    """Write the other form of a scenario; return the exit code."""
    # The library for workbooks takes a while to load, and other commands do not need it.
    from labsim.presentation.sheet_read import read_workbook
    from labsim.presentation.sheet_write import workbook_of

    tongue = chosen(lang)
    given = Path(scenario)
    if given.suffix.lower() in (".xlsx", ".xlsm"):
        try:
            content = given.read_bytes()
        except OSError as error:
            why = reason(error)
            what = t(f"无法读取：{why.zh}", f"cannot read: {why.en}")
            raise InputError([Problem(Where(scenario), what)]) from None
        target = out or given.with_suffix(".toml")
        save(read_workbook(content, scenario), target)
        terminal.say(t(f"情景文件：{target}", f"scenario file: {target}"), tongue, "bold")
        return 0
    one = load(scenario)
    target = out or Path(f"{one.name}.xlsx")
    if target.suffix.lower() != ".xlsx":
        what = t(f"不支持 {target.suffix or target.name}", f"{target.suffix or target.name} is not supported")
        raise InputError([Problem(Where(key="--out"), what, t(".xlsx", ".xlsx"))])
    write_whole(target, workbook_of(one, tongue))
    terminal.say(
        t(
            f"表格：{target}；黄色单元格可改，空白为默认值。改好后：labsim sheet {target}",
            f"spreadsheet: {target}; yellow cells are yours, blank is the default. Then: labsim sheet {target}",
        ),
        tongue,
        "bold",
    )
    return 0
