"""A full exercise in real browsers: a phone, a desktop and the facilitator, with nothing asked of anybody outside.

Pictures of what was seen go to the folder that LABSIM_ARTIFACTS names, else to pytest's own.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import pytest

from labsim.presentation.sandbox_debrief import debrief_html
from labsim.presentation.sandbox_pages import pages
from labsim.sandbox.background import Background
from labsim.sandbox.room import opened_log
from tests.browser.conftest import PATIENCE
from tests.sandbox.kit import small, small_text

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install playwright")
LEFT = "7,200"
"""Yuan left of 12,000 after 60 % verification for 28 days and a recheck: 1,800 and 3,000."""
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
DESKTOP: dict[str, Any] = {"viewport": {"width": 1366, "height": 768}}
PROJECTOR: dict[str, Any] = {"viewport": {"width": 1920, "height": 1080}}


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[tuple[Background, str]]:
    log = opened_log(tmp_path / "session.db", small_text(), 7, ["第1队", "第2队"])
    code = str(log.head()["code"])
    log.close()
    made = Background(str(tmp_path / "session.db"), pages(), lambda board, at: debrief_html(board, at, futures=20))
    yield made, code
    made.close()


class Seat:
    """A browser of its own, that remembers what it asked for and complained about."""

    def __init__(self, browser: Any, **how: Any) -> None:
        self.context = browser.new_context(**how)
        self.page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda r: self.asked.append(urlparse(r.url).hostname or ""))
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda e: self.complaints.append(str(e)))
        self.page.on("dialog", lambda d: d.accept())

    def join(self, address: str, code: str, team: str, role: str, name: str) -> None:
        self.page.goto(address)
        self.page.fill("#code", code)
        self.page.select_option("#team", team)
        self.page.select_option("#role", role)
        self.page.fill("#name", name)
        self.page.click("#enter")
        self.page.wait_for_selector("#phase")

    def slide(self, lever: str, value: float) -> None:
        self.page.locator(f"#lever-{lever}").evaluate(
            "(e, v) => { e.value = v; e.dispatchEvent(new Event('input')); e.dispatchEvent(new Event('change')) }",
            value,
        )

    def lock(self) -> None:
        for name in small().forecasts:
            for field, value in (("rises", "40"), ("low", "1"), ("high", "30")):
                self.page.fill(f"#{name}{field}", value)
        self.page.fill("#reasons", "核验以后复发会少")
        self.page.click("#lock")
        self.page.wait_for_selector("#lock:disabled")

    def overflow(self) -> int:
        return int(self.page.evaluate("document.documentElement.scrollWidth - innerWidth"))


def test_a_full_exercise(hall: tuple[Background, str], pictures: Path, browser: Any):
    server, code = hall
    address = server.server.address.local
    host, phone, desk = Seat(browser, **PROJECTOR), Seat(browser, **PHONE), Seat(browser, **DESKTOP)
    host.page.goto(server.host_link)
    host.page.wait_for_selector("#do-started")
    phone.join(address, code, "第1队", "secretary", "王敏")
    desk.join(address, code, "第2队", "secretary", "<b>李强</b>")
    host.page.click("#do-started")
    rounds = len(small().rounds)
    for index in range(rounds):
        for seat in (phone, desk):
            seat.page.wait_for_selector("#lock:enabled")
        if index == 0:
            phone.slide("verification", 0.6)
            phone.page.check("#buy-recheck")
            sync_api.expect(phone.page.locator("#left")).to_contain_text(LEFT)
            phone.page.screenshot(path=str(pictures / "sandbox-phone-decide.png"), full_page=True)
        if index == 1:
            # The phone loses the network in mid-round, and is back with everything.
            phone.context.set_offline(True)
            phone.page.wait_for_timeout(300)
            phone.page.goto("about:blank")
            phone.context.set_offline(False)
            phone.page.goto(address + "play.html")
            phone.page.wait_for_selector("#lock:enabled")
            assert phone.page.locator("#lever-verification").input_value() == "0.6"
        phone.lock()
        desk.lock()
        sync_api.expect(host.page.locator(".team .pill.good")).to_have_count(2)
        if index == 0:
            host.page.screenshot(path=str(pictures / "sandbox-console.png"))
            host.page.click("#do-screen")
            host.page.screenshot(path=str(pictures / "sandbox-screen.png"))
            assert "期待" not in host.page.locator("main").inner_text()
            host.page.get_by_text("回到控制台").click()
        host.page.click("#do-ran")
        host.page.wait_for_selector("#do-opened, #do-finished")
        desk.page.locator("#lock").wait_for(state="detached")
        if index == 0:
            phone.page.locator("#lock").wait_for(state="detached")
            phone.page.screenshot(path=str(pictures / "sandbox-phone-results.png"), full_page=True)
            desk.page.screenshot(path=str(pictures / "sandbox-desktop-results.png"))
        if index + 1 < rounds:
            host.page.click("#do-opened")
    assert phone.overflow() <= 0
    assert desk.overflow() <= 0
    host.page.click("#do-finished")
    link = desk.page.get_by_role("link", name="打开复盘报告")
    link.wait_for()
    desk.page.goto(address + "api/debrief")
    assert desk.page.locator("[data-team]").count() == 2
    desk.page.screenshot(path=str(pictures / "sandbox-debrief.png"), full_page=True)
    assert "<b>李强</b>" in host.page.locator("main").inner_text()
    for seat in (host, phone, desk):
        assert set(seat.asked) <= {"127.0.0.1", ""}
        assert [x for x in seat.complaints if "ERR_INTERNET_DISCONNECTED" not in x] == []
