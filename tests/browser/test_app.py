"""The lab in a real browser, served by ``labsim app``: by mouse and keyboard, without a network.

Pictures go to the folder that LABSIM_ARTIFACTS names, else to pytest's own; what was measured is printed (-s).
"""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlparse

import pytest

from labsim.analysis.compare import contest
from labsim.experiment.design import Design
from labsim.experiment.runner import run
from labsim.presentation.lab.view import lever_now, read, scenarios
from labsim.presentation.words import shown
from labsim.results.results import Reduction
from tests.browser.conftest import PATIENCE

pytest.importorskip("voila", reason="Voila is not installed: pip install voila")
SMALL = {"residents": 60.0, "items": 60.0, "blocks": 4.0, "panel": 6.0}
HERE = ("127.0.0.1", "")


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address that ``labsim app`` tells."""
    home, port = tmp_path_factory.mktemp("app"), free_port()
    env = {**os.environ, "LABSIM_STORE": str(home / "runs"), "JUPYTER_RUNTIME_DIR": str(home / "run")}
    env |= {"JUPYTER_CONFIG_DIR": str(home / "config"), "JUPYTER_DATA_DIR": str(home / "data"), "PYTHONUNBUFFERED": "1"}
    log = (home / "log").open("w+", encoding="utf-8")
    command = [sys.executable, "-m", "labsim", "app", "--port", str(port), "--ready", "1", "--lang", "zh"]
    command.append("--no-browser")
    server = subprocess.Popen(command, env=env, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        url = None
        for _ in range(1800):
            assert server.poll() is None, (home / "log").read_text(encoding="utf-8")
            told = re.search(r"http://\S+token=[\w-]+", (home / "log").read_text(encoding="utf-8").replace("\n", ""))
            if told:
                url = told[0]
                with contextlib.suppress(OSError):
                    urllib.request.urlopen(url.split("?")[0] + "static/none", timeout=2)
                    break
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    break
            time.sleep(0.1)
        assert url is not None
        yield url
    finally:
        os.killpg(server.pid, signal.SIGINT)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
        log.close()


_LINES = """const Line = WebSocket; window.lines = [];
window.WebSocket = class extends Line { constructor(...given) { super(...given); window.lines.push(this); } };"""
"""So that a test can cut the line to the kernel."""
_STOPWATCH = """() => {
  const moved = (window.moved = {}), cell = document.querySelector('td[data-policy="policy_a"]');
  addEventListener("input", () => (moved.at ??= performance.now()), true);
  const seen = () => { if (moved.at) moved.answered ??= performance.now(); };
  new MutationObserver(seen).observe(cell, { attributes: true });
}"""
"""Milliseconds from a slider's move to the first new number beside it, as the page itself sees them."""


class Visit:
    """A page that remembers what it asked for, what it complained about and what went over the wire."""

    def __init__(self, browser, url: str, width: int = 1280, height: int = 720) -> None:
        context = browser.new_context(viewport={"width": width, "height": height}, accept_downloads=True)
        context.add_init_script(_LINES)
        self.page = context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.outside: list[str] = []
        self.errors: list[str] = []
        self.wire = {"http": 0.0, "socket": 0}
        self.page.on("request", self._asked)
        self.page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda e: self.errors.append(str(e)))
        link = context.new_cdp_session(self.page)
        link.send("Network.enable")
        link.on("Network.loadingFinished", lambda e: self._add("http", e.get("encodedDataLength", 0)))
        link.on("Network.webSocketFrameReceived", lambda e: self._add("socket", len(e["response"]["payloadData"])))
        self.began = time.monotonic()
        self.page.goto(url, wait_until="commit")
        self.page.locator(".labsim .brand").wait_for()
        self.first_view = time.monotonic() - self.began
        self.page.wait_for_function("document.querySelector('.labsim.lab').dataset.shown")

    def _add(self, kind: str, size: float) -> None:
        self.wire[kind] += size

    def _asked(self, request) -> None:
        address = urlparse(request.url)
        if address.scheme in ("http", "https", "ws", "wss") and address.hostname not in HERE:
            self.outside.append(request.url)

    def do(self, act: str, **more):
        return self.page.locator(f'[data-do="{act}"]' + "".join(f'[data-{k}="{v}"]' for k, v in more.items()))

    def part(self, name: str):
        return self.page.locator(f'[data-part="{name}"]')

    def ready(self, state: str) -> None:
        self.page.locator(f'[data-quick="{state}"]').wait_for()

    def opens(self, view: dict, tmp_path: Path) -> None:
        """Open a view from a file, as a person would."""
        file = tmp_path / "view.json"
        file.write_text(json.dumps(view, ensure_ascii=False), encoding="utf-8")
        self.page.set_input_files("input[type=file]", str(file))


def view(**more) -> dict:
    lever = {"label": {"zh": "多办活动", "en": "more activities"}, "levers": {"service_budget": 300000.0}}
    base = {"kind": "labsim view", "version": 1, "community": SMALL, "policies": [lever], "pairs": 20}
    return {**base, **more}


def test_a_stranger_without_the_token_sees_nothing(served: str):
    for path in ("", "api/kernels", "voila/render/labsim.ipynb"):
        with urllib.request.urlopen(served.split("?")[0] + path, timeout=10) as answer:
            assert "/login" in answer.url
            assert "data-part" not in answer.read().decode()


def test_a_person_moves_a_slider_and_the_numbers_are_the_engines(browser, served, pictures, tmp_path):
    visit = Visit(browser, served, 1920, 1080)
    page, opened, loaded = visit.page, visit.wire["socket"], visit.wire["http"]
    paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    visit.opens(view(), tmp_path)
    page.locator('[data-lever="service_budget"]').wait_for()
    visit.do("question").fill("多花钱办活动值不值？")
    visit.do("run").click()  # at once: what was typed before it is not lost
    visit.ready("full")
    assert page.locator("h2", has_text="多花钱办活动值不值？").count() == 1
    page.locator("#tab-verdict").click()
    cell = page.locator('td[data-policy="policy_a"][data-indicator="satisfaction_share"]')
    before = cell.inner_text()
    page.screenshot(path=pictures / "app-1920-verdict.png")

    slider = visit.do("lever", key="service_budget")
    slider.focus()
    page.evaluate(_STOPWATCH)
    page.keyboard.press("ArrowRight")
    assert page.locator('[data-row="service_budget"] output').inner_text().startswith(("3", "4"))
    page.locator('[data-quick="growing"],[data-quick="estimate"],[data-quick="quick"]').first.wait_for()
    visit.ready("quick")
    answered = page.evaluate("moved.answered - moved.at")
    changed = "(old) => document.querySelector('td[data-policy=\"policy_a\"]').innerText !== old"
    page.wait_for_function(changed, arg=before)

    with page.expect_download() as saved:
        visit.do("save_view").click()
    kept = read(Path(saved.value.path()).read_text(encoding="utf-8"))
    names = ("satisfaction_share",)
    result = run(Design.of(scenarios(kept), 1, 20, kept.seed), Reduction(names))
    right = contest(result).difference("policy_a", "satisfaction_share")
    assert float(cell.get_attribute("data-difference")) == right.paired.difference
    verdict = next(v for v in contest(result).verdicts("policy_a", "all"))
    assert shown(verdict).difference in cell.inner_text()

    print(
        f"\nfirst paint {paint:.0f} ms, first view {visit.first_view:.2f} s, new numbers {answered:.0f} ms, "
        f"{loaded / 1e3:.0f} kB http, {opened / 1e3:.0f} kB socket to open, "
        f"{visit.wire['socket'] / 1e3:.0f} kB in all"
    )
    assert visit.outside == []
    assert visit.errors == []
    assert 1_000 < loaded < 50_000  # the page and its client; all else comes with the widget
    assert opened < 150_000
    assert visit.wire["socket"] < 1_000_000  # a whole session: a run that was watched, and a lever that was moved
    assert paint < 4000  # 2 s on a machine with nothing else to do


def test_what_is_taken_away_opens_again(browser, served, tmp_path):
    """View, spreadsheet and brief: saved by a click, opened by the page's own file box, or as a page of its own."""
    visit, asked = Visit(browser, served), "多花钱办活动值不值？"
    visit.opens(view(question=asked, stated="2026-01-01 08:00", tab="verdict"), tmp_path)
    visit.ready("quick")
    visit.do("run").click()
    visit.ready("full")
    cell = visit.page.locator('td[data-policy="policy_a"][data-indicator="satisfaction_share"]')
    difference = cell.get_attribute("data-difference")

    def taken(one: Visit, button, name: str) -> Path:
        with one.page.expect_download() as saved:
            button.click()
        saved.value.save_as(tmp_path / name)
        return tmp_path / name

    kept = taken(visit, visit.part("head").locator('[data-do="save_view"]'), "kept.json")
    visit.page.locator("#tab-take").click()
    sheet = taken(visit, visit.do("take_sheet"), "policy_a.xlsx")
    brief = taken(visit, visit.do("take_brief", key="html"), "brief.html")

    other = Visit(browser, served)
    other.page.set_input_files("input[type=file]", str(kept))
    other.page.locator("h2", has_text=asked).wait_for()
    assert float(other.do("lever", key="service_budget").get_attribute("value")) == 300000
    other.page.set_input_files("input[type=file]", str(sheet))
    other.page.wait_for_function("document.querySelectorAll('[data-do=\"policy\"]').length === 2")
    again = taken(other, other.part("head").locator('[data-do="save_view"]'), "again.json")
    before, after = (read(one.read_text(encoding="utf-8")) for one in (kept, again))
    assert after.changed(policies=after.policies[:1], active=0) == before
    assert [lever_now(one, "service_budget") for one in scenarios(after)[1:]] == [300000, 300000]

    visit.page.goto(brief.as_uri())
    assert asked in visit.page.locator("body").inner_text()
    assert visit.page.locator(f'[data-difference="{difference}"]').count() >= 1
    assert [*visit.errors, *other.errors] == []
    assert [*visit.outside, *other.outside] == []

    other.page.evaluate("lines.at(-1).close()")
    other.do("lang", value="en").click()
    other.page.get_by_role("heading", name="Community governance lab").wait_for()
    assert other.page.evaluate("lines.length") == 2
    assert other.page.locator("#lost").is_hidden()
    kernel = json.loads(other.page.locator("#widget").text_content() or "")["kernel"]
    asking = f"{served.split('?')[0]}api/kernels/{kernel}?{served.split('?')[1]}"
    assert urllib.request.urlopen(asking, timeout=10).status == 200
    other.page.goto("about:blank")
    until(lambda: status(asking) == 404)


def status(address: str) -> int:
    try:
        return int(urllib.request.urlopen(address, timeout=10).status)
    except urllib.error.HTTPError as error:
        return error.code


def until(there: Callable[[], bool]) -> None:
    """Wait for a state, as long as a page may take."""
    ends = time.monotonic() + PATIENCE / 1000
    while not there():
        assert time.monotonic() < ends
        time.sleep(0.2)


@pytest.mark.slow
@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1920, 1080), (390, 844)])
def test_every_tab_fits_and_speaks_one_language(browser, served, pictures, tmp_path, width, height):
    visit = Visit(browser, served, width, height)
    visit.opens(view(stated="2026-01-01 08:00", tab="verdict"), tmp_path)
    visit.ready("quick")
    for lang in ("zh", "en"):
        visit.do("lang", value=lang).click()
        visit.page.wait_for_function(f"document.querySelector('.labsim.lab').lang.startsWith('{lang}')")
        for tab in ("plan", "verdict", "time", "groups", "trade", "why", "true", "map", "take"):
            visit.page.locator(f"#tab-{tab}").click()
            visit.page.locator(f'#tab-{tab}[aria-selected="true"]').wait_for()
            visit.page.wait_for_timeout(150)
            wide = visit.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert wide <= 0, (lang, tab, wide)
            cut = visit.page.evaluate(
                """() => [...document.querySelectorAll('.lab svg.chart text')].filter(e => {
                     const t = e.getBoundingClientRect(), s = e.closest('svg').getBoundingClientRect();
                     return t.width > 0 && (t.left < s.left - 2 || t.right > s.right + 2 || t.bottom > s.bottom + 2);
                   }).map(e => e.textContent)"""
            )
            assert cut == [], (lang, tab)
            if lang == "zh" or tab == "verdict":
                visit.page.screenshot(path=pictures / f"app-{width}-{tab}-{lang}.png")
    assert visit.errors == []
    assert visit.outside == []


@pytest.mark.slow
def test_tabs_work_by_keyboard(browser, served, tmp_path):
    visit = Visit(browser, served)
    visit.opens(view(stated="2026-01-01 08:00", tab="plan"), tmp_path)
    visit.ready("quick")
    visit.page.locator("#tab-plan").focus()
    visit.page.keyboard.press("ArrowRight")
    visit.page.locator('#tab-verdict[aria-selected="true"]').wait_for()
    visit.page.keyboard.press("ArrowRight")
    visit.page.locator('#tab-time[aria-selected="true"]').wait_for()
    assert visit.page.evaluate("document.activeElement.id") == "tab-time"
    assert visit.page.get_by_role("img").count() > 0


@pytest.mark.slow
def test_two_people_do_not_disturb_each_other(browser, served, tmp_path):
    one, other = Visit(browser, served), Visit(browser, served)
    one.opens(view(question="甲"), tmp_path)
    other.do("lang", value="en").click()
    other.page.get_by_role("heading", name="Community governance lab").wait_for()
    one.page.locator('[data-lever="service_budget"]').wait_for()
    assert one.page.locator("h1").inner_text() == "社区治理实验室"
    assert other.page.locator("[data-lever]").count() == 0
