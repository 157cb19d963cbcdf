"""The command line: ``labsim COMMAND``.

Takes: arguments. Gives: an exit code: 0 done, 2 a mistake of the user (said in one message,
in the reader's language, without a traceback), 130 interrupted with finished work kept.
"""

import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import typer

from labsim.foundations.errors import InputError, nearest
from labsim.foundations.i18n import in_language, language, t
from labsim.presentation.commands import (
    app,
    attribute,
    catalogue,
    check,
    city,
    look,
    one,
    research,
    robust,
    run,
    sandbox,
    search,
    sensitivity,
    sheet,
    start,
    store,
    survey,
    sweep,
    verify,
)
from labsim.presentation.options import chosen, localised
from labsim.presentation.terminal import note, utf8

DONE, MISTAKE, INTERRUPTED = 0, 2, 130
FAMILIES = tuple(
    family.app
    for family in (
        start,
        run,
        app,
        attribute,
        city,
        sweep,
        verify,
        sandbox,
        one,
        sheet,
        store,
        look,
        catalogue,
        check,
        survey,
        research,
        robust,
        search,
        sensitivity,
    )
)
"""The commands, in the order in which help lists them."""
_KINDS = (
    ("integer", t("整数", "a whole number")),
    ("number", t("数字", "a number")),
    ("float", t("数字", "a number")),
    ("bool", t("是或否", "yes or no")),
)
"""What Typer says in English when a value is of the wrong kind, and our words for it."""
# The base of all mistakes in arguments has no public name; its child has.
_UsageError: type[Exception] = typer.BadParameter.__bases__[0]


def application(lang: str) -> typer.Typer:
    """Return the command line with its help in one language."""
    app = typer.Typer(
        name="labsim",
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
        help=in_language(
            t(
                "社区治理政策实验室：从情景文件到结论。",
                "A policy laboratory for community governance: from a scenario file to a verdict.",
            ),
            lang,
        ),
    )
    for family in FAMILIES:
        app.add_typer(family)
    return app


def names() -> list[str]:
    """Return the names of all commands."""
    found = [one for family in FAMILIES for one in family.registered_commands]
    return [one.name or one.callback.__name__ for one in found if one.callback is not None]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; a script's entry point passes it to the shell."""
    utf8()
    lang, given = _language(sys.argv[1:] if arguments is None else arguments)
    try:
        lang = chosen(lang)
        command = localised(typer.main.get_command(application(lang)), lang)
        command.invoke = partial(_interruptible, command.invoke)
        code = command.main(given, prog_name="labsim", standalone_mode=False)
    except InputError as error:
        return _told(error.render(lang), lang)
    except _UsageError as error:
        return _told(_usage(error, given, lang), lang)
    except (KeyboardInterrupt, typer.Abort):
        note(t("已中断。", "Interrupted."), lang, "yellow")
        return INTERRUPTED
    return code if isinstance(code, int) else DONE


def _interruptible(invoke: Callable[[Any], Any], context: Any) -> Any:
    """Run a command; an interruption that it does not answer itself becomes Typer's, which would end it in silence."""
    try:
        return invoke(context)
    except KeyboardInterrupt:
        raise typer.Abort from None


def _language(given: Sequence[str]) -> tuple[str, list[str]]:
    """Return the language of a command line, and the line with ``--lang`` right behind the command."""
    found: str | None = None
    rest: list[str] = []
    words = iter(given)
    for word in words:
        if word == "--lang":
            found = next(words, "")
        elif word.startswith("--lang="):
            found = word.partition("=")[2]
        else:
            rest.append(word)
    rest = rest or ["--help"]
    if found is None:
        return language(), rest
    # A word that is no command, or comes after an option, is told as the mistake it is.
    return found, [rest[0], "--lang", found, *rest[1:]] if rest[0] in names() else rest


def _told(message: str, lang: str) -> int:
    note(t(message, message), lang, "red")
    return MISTAKE


def _usage(error: Exception, given: Sequence[str], lang: str) -> str:
    """Return what is wrong with the arguments, with the nearest right name."""
    context = getattr(error, "ctx", None)
    option = getattr(error, "option_name", None)
    first = next((word for word in given if not word.startswith("-")), "")
    if first in names() and option is not None and context is None:
        # Typer forgets the command when an option stands last without its value.
        said = t(f"{first} 的 {option} 缺少取值", f"{first}: {option} lacks its value")
        return in_language(said, lang)
    help_ = in_language(t("查看用法：labsim --help", "see: labsim --help"), lang)
    if context is None or context.parent is None:
        guess = nearest(first, names())
        said = t(f"没有名为“{first}”的命令", f"there is no command named '{first}'")
        near = t(f"；是否想写 {guess}？", f"; did you mean {guess}?") if guess else t("；", "; ")
        allowed = t(f"可用：{'、'.join(names())}", f"commands: {', '.join(names())}")
        return f"{in_language(said, lang)}{in_language(near, lang)}\n{in_language(allowed, lang)}"
    name = context.info_name
    help_ = help_.replace("--help", f"{name} --help")
    if option is not None:
        known = [o for p in context.command.params for o in p.opts if o.startswith("--")]
        guess = nearest(option, known)
        said = t(f"{name} 没有选项 {option}，或其写法不对", f"{name} has no option {option}, or it lacks its value")
        hint = in_language(t(f"；是否想写 {guess}？", f"; did you mean {guess}?"), lang) if guess else ""
        return f"{in_language(said, lang)}{hint}\n{help_}"
    parameter = getattr(error, "param", None)
    if parameter is None:
        extra = getattr(error, "message", str(error)).rstrip(".")
        said = t(f"{name} 的参数有误（{extra}）", f"{name}: {extra}")
    elif not getattr(error, "message", ""):
        said = t(f"{name} 缺少 {_called(parameter)}", f"{name} needs {_called(parameter)}")
    else:
        reason = getattr(error, "message", "")
        kind = next((words for word, words in _KINDS if word in reason), t("另一种值", "another kind of value"))
        said = t(f"{name} 的 {_called(parameter)} 需要{kind.zh}", f"{name}: {_called(parameter)} needs {kind.en}")
    return f"{in_language(said, lang)}\n{help_}"


def _called(parameter: Any) -> str:
    """Return what a user calls a parameter: the long name of an option, an argument in capitals."""
    long = [name for name in parameter.opts if name.startswith("--")]
    return long[0] if long else str(parameter.name).upper()
