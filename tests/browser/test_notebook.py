"""The notebook in a real JupyterLab: opened, run, and used with the mouse; no request leaves the machine."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import pytest

from labsim.presentation.notebook_pages import pages
from tests.browser.conftest import PATIENCE

pytestmark = pytest.mark.slow
READY = """async () => { const a = window.jupyterapp; await a.restored; let w = a.shell.currentWidget;
  for (let i = 0; i < 600 && !(w && w.context); i++) {
    await new Promise(r => setTimeout(r, 50)); w = a.shell.currentWidget }
  await w.context.ready; const s = w.context.sessionContext; await s.ready; await s.session.kernel.info;
  await a.commands.execute('notebook:run-all-cells') }"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    root = tmp_path_factory.mktemp("lab")
    settings = root / "config" / "labconfig" / "default_setting_overrides.json"
    settings.parent.mkdir(parents=True)
    quiet = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}}
    settings.write_text(json.dumps(quiet), encoding="utf-8")
    notebooks = root / "notebooks"
    notebooks.mkdir()
    for name, text in pages().items():
        (notebooks / name).write_text(text, encoding="utf-8")
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = int(one.getsockname()[1])
    names = {"CONFIG_DIR": "config", "DATA_DIR": "data", "RUNTIME_DIR": "run"}
    env = {**os.environ, **{f"JUPYTER_{key}": str(root / name) for key, name in names.items()}}
    env |= {"JUPYTERLAB_SETTINGS_DIR": str(root / "s"), "JUPYTERLAB_WORKSPACES_DIR": str(root / "w")}
    env |= {"IPYTHONDIR": str(root / "ipython"), "LABSIM_STORE": str(root / "runs")}
    log = (root / "log").open("w", encoding="utf-8")
    flags = ["--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0",
             "--IdentityProvider.token=t", f"--ServerApp.root_dir={notebooks}", "--LabApp.expose_app_in_browser=True",
             "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]  # fmt: skip
    command = [sys.executable, "-m", "jupyterlab", *flags]
    server = subprocess.Popen(command, env=env, stdout=log, stderr=log, start_new_session=True)
    try:
        for _ in range(900):
            assert server.poll() is None, (root / "log").read_text(encoding="utf-8")
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/api/status?token=t", timeout=2).read()
                break
            time.sleep(0.1)
        yield notebooks, f"http://127.0.0.1:{port}"
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
        log.close()


def test_the_notebook_opens_the_lab(lab: tuple[Path, str], pictures: Path, browser: Any):
    _, url = lab
    outside: list[str] = []
    page = browser.new_context(viewport={"width": 1400, "height": 900}).new_page()
    page.set_default_timeout(PATIENCE)
    here = ("127.0.0.1", None)
    page.on("request", lambda r: outside.append(r.url) if urlparse(r.url).hostname not in here else None)
    page.goto(f"{url}/doc/tree/1_policymaker.ipynb?token=t&reset", wait_until="domcontentloaded")
    page.wait_for_function("() => window.jupyterapp")
    page.evaluate(READY)
    page.locator(".labsim .brand").wait_for()
    page.select_option("select[data-do=add_policy]", "points")
    page.locator('[data-lever="points_fund"]').wait_for()
    page.locator('[data-do="lang"][data-value="en"]').click()
    page.get_by_role("heading", name="The plan on a page").wait_for()
    page.screenshot(path=pictures / "notebook.png")
    assert outside == []


def test_the_trainers_link_opens_the_console(lab: tuple[Path, str], pictures: Path, browser: Any, root: Path):
    """The cell that hosts a session shows a link; who follows it is the facilitator."""
    folder, url = lab
    document = json.loads((root / "notebooks" / "2_trainer.ipynb").read_text(encoding="utf-8"))
    # Run to the end it would close the session again.
    document["cells"] = [cell for cell in document["cells"] if "room.close" not in "".join(cell["source"])]
    (folder / "host.ipynb").write_text(json.dumps(document), encoding="utf-8")
    page = browser.new_context(viewport={"width": 1400, "height": 1000}, locale="zh-CN").new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{url}/doc/tree/host.ipynb?token=t&reset", wait_until="domcontentloaded")
    page.wait_for_function("() => window.jupyterapp")
    page.evaluate(READY)
    link = page.locator("a.host-link")
    link.wait_for()
    link.scroll_into_view_if_needed()
    page.screenshot(path=pictures / "notebook-trainer.png")
    with page.expect_popup() as opened:
        link.click()
    opened.value.set_default_timeout(PATIENCE)
    opened.value.locator("#do-started").click()
    opened.value.locator("#do-ran").wait_for()
    # The buttons in the notebook are the same session; the first of that name plays alone.
    page.get_by_role("button", name="推演本轮").or_(page.get_by_role("button", name="run the round")).last.click()
    opened.value.locator("#do-opened").wait_for()
