"""``labsim app``: the lab as a page for everybody, without code.

Takes: an address, a port, a language. Gives: a running server. Voila serves one notebook of one call
with labsim's own template, which asks nothing from the internet; every visitor has a kernel of their own,
so that nobody disturbs anybody. It listens on this machine only unless told otherwise, and asks for a token.
"""

import contextlib
import errno
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

from labsim.foundations.errors import InputError, Problem, Where
from labsim.foundations.i18n import SWITCH, t
from labsim.presentation.notebook_pages import POLICYMAKER, notebook
from labsim.sandbox.tokens import new_token

LOOPBACK = ("127.0.0.1", "localhost", "::1")
NAME = "labsim.ipynb"
PORT = 8866
"""Where ``labsim app`` listens unless told otherwise."""
_TRIED = 100
_QUIET = {"version": 1, "loggers": {"tornado.general": {"level": "ERROR"}}}
"""What the server says to those who write servers, a reader need not see: a second address, who trusts whom."""


@dataclass(frozen=True)
class Serving:
    """How the page is served.

    Attributes:
        ip: address to listen on.
        port: to listen on.
        lang: in which pages open.
        ready: kernels that wait for visitors.
        token: that visitors need; empty only when asked for on this machine.
    """

    ip: str
    port: int
    lang: str
    ready: int
    token: str

    @property
    def url(self) -> str:
        """The address a visitor opens."""
        host = f"[{self.ip}]" if ":" in self.ip else self.ip
        return f"http://{host}:{self.port}/" + (f"?token={self.token}" if self.token else "")


def serving(ip: str, port: int, lang: str, ready: int, without_token: bool = False) -> Serving:
    """Return how the page will be served.

    Raises:
        InputError: a port that is none, or no token on an address that others can reach.
    """
    problems = []
    if not 1 <= port <= 65535:
        problems.append(
            Problem(Where(key="--port"), t(f"端口 {port} 无效", f"{port} is no port"), t("1 至 65535", "1 to 65535"))
        )
    if not 0 <= ready <= 20:
        problems.append(
            Problem(Where(key="--ready"), t(f"{ready} 无效", f"{ready} is not possible"), t("0 至 20", "0 to 20"))
        )
    if without_token and ip not in LOOPBACK:
        what = t(f"{ip} 可被他人访问，不能没有口令", f"others can reach {ip}: a token is needed")
        problems.append(Problem(Where(key="--no-token"), what))
    if problems:
        raise InputError(problems)
    return Serving(ip, port, lang, ready, "" if without_token else new_token())


def check_port(how: Serving) -> None:
    """Find out before anything starts whether the port can be listened on.

    Raises:
        InputError: it cannot; with the next one that can.
    """
    why = refused(how.ip, how.port)
    if not why:
        return
    if why != errno.EADDRINUSE:
        what = t(f"不能在 {how.ip} 的端口 {how.port} 上监听", f"cannot listen on port {how.port} of {how.ip}")
        mine = t("本机的地址，1024 以上的端口", "an address of this machine, a port above 1024")
        raise InputError([Problem(Where(key="--ip"), what, mine)])
    what = t(
        f"端口 {how.port} 已被占用（也许已经开着一个实验室）", f"port {how.port} is in use (perhaps by a lab that runs)"
    )
    other = free_after(how.ip, how.port)
    allowed = t(f"例如 --port {other}", f"for example --port {other}") if other else None
    raise InputError([Problem(Where(key="--port"), what, allowed)])


def free_after(ip: str, port: int) -> int | None:
    """Return the next port that can be listened on, if one is near."""
    nearby = range(port + 1, min(port + _TRIED, 65536))
    return next((one for one in nearby if not refused(ip, one)), None)


def refused(ip: str, port: int) -> int:
    """Return the number of the error by which the system refuses a port; 0 when it does not."""
    with socket.socket(socket.AF_INET6 if ":" in ip else socket.AF_INET) as one:
        if os.name != "nt":  # there it would let two listen on one port
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind((ip, port))
        except OSError as error:
            return error.errno or -1
    return 0


def _listens(how: Serving) -> bool:
    host = {"0.0.0.0": LOOPBACK[0], "::": LOOPBACK[2]}.get(how.ip, how.ip)
    with contextlib.suppress(OSError), socket.create_connection((host, how.port), 1):
        return True
    return False


def options(how: Serving, folder: Path) -> list[str]:
    """Return Voila's options for a folder that holds the notebook."""
    given = [
        str(folder / NAME),
        "--no-browser",
        f"--Voila.ip={how.ip}",
        f"--port={how.port}",
        "--template=labsim",
        "--Voila.log_level=ERROR",
        f"--preheat_kernel={how.ready > 0}",
        f"--pool_size={max(how.ready, 1)}",
        "--VoilaConfiguration.show_tracebacks=False",
        "--MappingKernelManager.cull_idle_timeout=3600",
        "--MappingKernelManager.cull_interval=120",
    ]
    if os.name != "nt":
        given.append("--KernelManager.transport=ipc")  # kernels speak through files, not through an open port
    return given


def environment(how: Serving, given: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of the server: its template, the language, one numerical thread per kernel."""
    template = str(files("labsim.presentation").joinpath("jupyter"))
    paths = [template, *([given["JUPYTER_PATH"]] if given.get("JUPYTER_PATH") else [])]
    return {**given, "JUPYTER_PATH": os.pathsep.join(paths), SWITCH: how.lang}


def serve(how: Serving, listening: Callable[[], None], more: Sequence[str] = ()) -> int:
    """Serve until interrupted; return the exit code.

    Args:
        how: to serve.
        listening: called once visitors can come.
        more: options of Voila.

    Raises:
        InputError: Voila is not installed.
    """
    if find_spec("voila") is None:
        what = t("没有安装 Voila", "Voila is not installed")
        raise InputError([Problem(Where(), what, t("pip install 'labsim'", "pip install 'labsim'"))])
    with tempfile.TemporaryDirectory(prefix="labsim-app-") as folder:
        (Path(folder) / NAME).write_text(notebook(POLICYMAKER[1:], how.lang), encoding="utf-8")
        # In a file and not on the command line, which everybody on the machine can read.
        settings = Path(folder) / "voila.json"
        settings.touch(mode=0o600)
        settings.write_text(json.dumps({"Voila": {"token": how.token, "logging_config": _QUIET}}), encoding="utf-8")
        command = [sys.executable, "-m", "voila", *options(how, Path(folder)), *more]
        # Whoever ends this process by a signal ends the server too, and the folder with the token goes.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        with subprocess.Popen(command, cwd=folder, env=environment(how, os.environ)) as server:
            try:
                while server.poll() is None and not _listens(how):
                    time.sleep(0.1)
                if server.poll() is None:
                    listening()
                return server.wait()
            except KeyboardInterrupt:
                server.terminate()
                server.wait(30)
                return 0
