"""The room the lab stands in: Jupyter's kernel and widgets, the port, and pages that ask nothing of the internet.

Takes: nothing. Gives: :class:`Check` objects. Nothing is started and nothing is changed.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from importlib.resources import files
from pathlib import Path

from labsim.foundations.i18n import t
from labsim.presentation.app import LOOPBACK, PORT, free_after, refused
from labsim.presentation.doctor_check import Check

WIDGETS = {
    "jupyterlab_widgets": "@jupyter-widgets/jupyterlab-manager/package.json",
    "anywidget": "anywidget/package.json",
}
"""Packages that bring a piece of JupyterLab, and the file by which JupyterLab knows it."""
PAGES = ("templates", "sandbox/static", "jupyter")
# What makes a browser fetch something: a source, a style sheet, an import, a url() – not a link to click on.
_FETCHES = re.compile(
    r"""(?:\bsrc\s*=\s*|<link\b[^>]*\bhref\s*=\s*|\burl\(\s*|\bimport\s*\(?\s*|\bfrom\s+|\bfetch\(\s*)["']?(?:https?:)?//[\w.]""",
    re.IGNORECASE,
)


def room() -> list[Check]:
    """Return what was found about Jupyter, the port and the pages."""
    return [kernel(), widgets(), port(), requests()]


def kernel() -> Check:
    """Whether notebooks run in the Python that has labsim; another one is the usual cause of 'no module'."""
    topic = t("笔记本内核", "kernel of notebooks")
    again = f'"{sys.executable}" -m ipykernel install --sys-prefix'
    fix = t(f"运行 {again}", f"run {again}")
    command = [sys.executable, "-m", "jupyter_client.kernelspecapp", "list", "--json"]
    asked = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    try:
        argv = json.loads(asked.stdout)["kernelspecs"]["python3"]["spec"]["argv"]
    except (ValueError, KeyError):
        return Check("kernel", topic, "error", t("没有名为 python3 的内核", "there is no kernel named python3"), fix)
    starts = str(argv[0])
    # Jupyter itself reads a bare name as the Python it runs in.
    if starts in ("python", "python3") or Path(starts).absolute() == Path(sys.executable).absolute():
        return Check("kernel", topic, "ok", t("python3，与 labsim 同一环境", "python3, the environment of labsim"))
    what = t(
        f"python3 内核启动的是 {starts}，不是 {sys.executable}",
        f"the kernel python3 starts {starts}, not {sys.executable}",
    )
    return Check("kernel", topic, "warning", what, fix)


def widgets() -> Check:
    """Whether JupyterLab has the pieces that draw sliders and charts; without them cells show only text."""
    topic = t("笔记本控件", "widgets of notebooks")
    missing = [name for name, mark in WIDGETS.items() if not _brings(name, mark)]
    if not missing:
        return Check("widgets", topic, "ok", t("已安装", "installed"))
    lacking = " ".join(missing)
    again = f'"{sys.executable}" -m pip install --force-reinstall {lacking}'
    what = t(f"缺少 {lacking}：滑块和图不会显示", f"missing: {lacking}; sliders and charts will not show")
    return Check("widgets", topic, "error", what, t(f"运行 {again}", f"run {again}"))


def _brings(name: str, mark: str) -> bool:
    try:
        listed = distribution(name).files or []
    except PackageNotFoundError:
        return False
    return any(one.as_posix().endswith(mark) and Path(str(one.locate())).is_file() for one in listed)


def port(number: int = PORT) -> Check:
    """Whether ``labsim app`` can listen where it listens by default."""
    topic = t("端口", "port")
    ip = LOOPBACK[0]
    if not refused(ip, number):
        return Check("port", topic, "ok", t(f"{number} 空闲", f"{number} is free"))
    other = free_after(ip, number) or 0
    what = t(f"{number} 已被占用", f"{number} is in use")
    return Check("port", topic, "warning", what, t(f"labsim app --port {other}", f"labsim app --port {other}"))


def requests(folder: Path | None = None) -> Check:
    """Whether a page that labsim serves or writes would make a browser ask the internet for something."""
    topic = t("外部请求", "requests to the outside")
    found = sorted(set(outside(Path(str(files("labsim.presentation"))) if folder is None else folder)))
    if not found:
        return Check("requests", topic, "ok", t("没有：页面不向外请求任何内容", "none: no page asks for anything"))
    named = ", ".join(found)
    what = t(f"这些页面会访问互联网：{named}", f"these pages ask the internet: {named}")
    return Check("requests", topic, "error", what, t("重新安装 labsim", "install labsim again"))


def outside(folder: Path) -> Iterator[str]:
    """Give the files of pages below a folder that fetch something from elsewhere."""
    for part in PAGES:
        for path in sorted((folder / part).rglob("*")):
            if path.is_file() and _FETCHES.search(path.read_text(encoding="utf-8", errors="replace")):
                yield path.relative_to(folder).as_posix()
