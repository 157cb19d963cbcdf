"""Options that several commands share, and help in the reader's language.

Takes: pairs of words. Gives: annotated types for the arguments of commands. Typer fixes help
when a command is defined, before the language is known: so both languages are put in and
:func:`localised` takes one out.
"""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from labsim.foundations.errors import InputError, Problem, Where, raise_if, unknown_name
from labsim.foundations.i18n import LANGUAGES, language, t
from labsim.results.indicators import ALL, GROUP_LABELS

_BETWEEN = "\x1f"


def words(zh: str, en: str) -> str:
    """Return help in both languages, to be taken apart by :func:`localised`."""
    return zh + _BETWEEN + en


def _one(text: str | None, lang: str) -> str | None:
    if text is None or _BETWEEN not in text:
        return text
    zh, en = text.split(_BETWEEN)
    return zh.strip() if lang == "zh" else en.strip()


_CHINESE = (
    ("Usage: ", "用法："),
    ("Arguments:", "参数："),
    ("Options:", "选项："),
    ("Commands:", "命令："),
    ("[default: ", "[默认："),
    ("[default:", "[默认："),  # at the end of a line
    ("[required]", "[必填]"),
    ("Show this message and exit.", "显示本说明。"),
    ("[OPTIONS]", "[选项]"),
    ("COMMAND [ARGS]", "命令 [参数]"),
    ("<list[str]>", "<文字，可重复>"),
    ("<str>", "<文字>"),
    ("<int>", "<整数>"),
    ("<float>", "<数字>"),
    ("<path>", "<文件>"),
)
"""What Typer itself says in help."""


def localised(command: Any, lang: str) -> Any:
    """Return a command, and those below it, with its help in one language."""
    if lang == "zh":
        command.get_help = partial(_chinese_help, command.get_help)
    command.help = _one(command.help, lang)
    # The list of commands shows it whole; from the help alone Typer would cut it in the middle of a sentence.
    command.short_help = _one(command.short_help, lang) or command.help
    for parameter in command.params:
        parameter.help = _one(getattr(parameter, "help", None), lang)
    for below in getattr(command, "commands", {}).values():
        localised(below, lang)
    return command


def _chinese_help(get_help: Callable[[Any], str], context: Any) -> str:
    text = get_help(context)
    for english, chinese in _CHINESE:
        text = text.replace(english, chinese)
    return text


def chosen(lang: str | None) -> str:
    """Return the language of a command: the one asked for, else the reader's.

    Raises:
        InputError: it is neither of the two.
    """
    if lang is None:
        return language()
    if lang not in LANGUAGES:
        what = t(f"没有语言“{lang}”", f"there is no language '{lang}'")
        raise InputError([Problem(Where(key="--lang"), what, t("zh, en", "zh, en"))])
    return lang


def deltas_of(written: Sequence[str]) -> dict[str, float]:
    """Return the differences that matter by indicator.

    Raises:
        InputError: one of them is not ``NAME=VALUE``.
    """
    found: dict[str, float] = {}
    problems = []
    for one in written:
        name, _, value = one.partition("=")
        try:
            found[name.strip()] = float(value)
        except ValueError:
            what = t(f"看不懂“{one}”", f"'{one}' cannot be read")
            problems.append(Problem(Where(key="--delta"), what, t("名称=数值", "NAME=VALUE")))
    raise_if(problems)
    return found


def groups_of(by: str | None) -> list[str]:
    """Return the groups of a grouping, none when there is none.

    Raises:
        InputError: there is no such grouping.
    """
    if by is None:
        return []
    groups = [name for name in GROUP_LABELS if name.split(":")[0] == by and name != ALL]
    if not groups:
        kinds = list(dict.fromkeys(name.split(":")[0] for name in GROUP_LABELS if name != ALL))
        spoken = [("年龄", "age"), ("流动人口", "migrant"), ("数字可及", "digital"), ("age_group", "age")]
        raise InputError([unknown_name("--by", by, kinds, t("分组", "grouping"), spoken)])
    return groups


Lang = Annotated[str | None, typer.Option("--lang", help=words("语言：zh 或 en", "language: zh or en"))]
Json = Annotated[bool, typer.Option("--json", help=words("输出 JSON，数字不取整", "print JSON, numbers unrounded"))]
Replications = Annotated[
    int,
    typer.Option(
        "--replications",
        "-n",
        help=words("成对重复的总次数，平均分到各世界状态", "paired replications in all, spread evenly over worlds"),
    ),
]
Worlds = Annotated[
    int | None,
    typer.Option(
        "--worlds",
        help=words(
            "世界状态数；1 为中心世界，区间只含运气（默认：每种状态两次重复）",
            "states of the world; 1 is the central one, intervals then hold luck only (default: two replications each)",
        ),
    ),
]
Seed = Annotated[int, typer.Option("--seed", help=words("种子，决定全部运气", "seed, from which all luck follows"))]
Out = Annotated[
    Path,
    typer.Option(
        "--out",
        help=words(
            "简报文件：.html、.docx（Word）或 .xlsx（全部表格）",
            "file of the brief: .html, .docx (Word) or .xlsx (every table)",
        ),
    ),
]
Indicators = Annotated[
    list[str] | None,
    typer.Option("--indicator", "-i", help=words("只看这些指标，可多次给出", "only these indicators; may be repeated")),
]
Deltas = Annotated[
    list[str] | None,
    typer.Option(
        "--delta",
        help=words("关注值 名称=数值，可多次给出", "smallest difference that matters, NAME=VALUE; may be repeated"),
    ),
]
By = Annotated[
    str | None,
    typer.Option("--by", help=words("按群体列出：age、migrant 或 digital", "by group: age, migrant or digital")),
]
All = Annotated[bool, typer.Option("--all", help=words("列出全部指标", "print every indicator"))]
StoreFolder = Annotated[
    Path | None,
    typer.Option(
        "--store",
        help=words(
            "存放运行结果的文件夹（默认：环境变量 LABSIM_STORE，否则用户数据文件夹）",
            "folder in which runs are kept (default: LABSIM_STORE, else the user's data folder)",
        ),
        show_default=False,
    ),
]
NoStore = Annotated[
    bool, typer.Option("--no-store", help=words("不存放也不查找运行结果", "neither keep runs nor look for them"))
]
Precision = Annotated[
    str | None,
    typer.Option(
        "--precision",
        metavar="auto",
        help=words(
            "auto：重复次数不够时自动增加，直到运气小于关注值或用完预算（四倍）",
            "auto: add replications until luck is below what matters, or the budget (four times) ends",
        ),
    ),
]
