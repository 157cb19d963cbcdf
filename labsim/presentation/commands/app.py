"""``labsim app``: the policymaker's lab in a browser, without code.

Takes: where to listen. Gives: a running server, until Ctrl-C.
"""

import os
import sys
import webbrowser
from typing import Annotated

import typer

from labsim.foundations.i18n import t
from labsim.presentation import terminal
from labsim.presentation.app import LOOPBACK, PORT, check_port, serve, serving
from labsim.presentation.options import Lang, chosen, words

app = typer.Typer()


@app.command(
    name="app",
    help=words(
        "在浏览器中打开政策实验室（不用写代码，不联网），默认只在本机可见，需口令。",
        "Open the policymaker's lab in a browser: no code, no network; on this machine only unless told otherwise.",
    ),
)
def app_(
    ip: Annotated[str, typer.Option("--ip", help=words("监听地址", "address to listen on"))] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help=words("端口", "port"))] = PORT,
    ready: Annotated[int, typer.Option("--ready", help=words("预热的内核数", "kernels that wait for visitors"))] = 1,
    no_token: Annotated[
        bool, typer.Option("--no-token", help=words("不要口令（仅限本机）", "no token (this machine only)"))
    ] = False,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help=words("不自动打开浏览器", "do not open the browser"))
    ] = False,
    lang: Lang = None,
) -> int:
    """Serve the lab; return the exit code."""
    tongue = chosen(lang)
    how = serving(ip, port, tongue, ready, no_token)
    check_port(how)

    def listening() -> None:
        terminal.say(t(f"打开：{how.url}（Ctrl-C 结束）", f"open: {how.url} (Ctrl-C ends it)"), tongue, "bold")
        if not no_browser and ip in LOOPBACK and _has_windows():
            webbrowser.open_new_tab(how.url)

    terminal.note(t("正在启动……", "Starting…"), tongue)
    return serve(how, listening)


def _has_windows() -> bool:
    """Whether a browser has somewhere to open; without, one made of text would take the terminal."""
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
