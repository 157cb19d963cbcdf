"""A full exercise in real browsers: a phone, a desktop and the facilitator, with nothing asked of anybody outside.

Pictures of what was seen go to the folder that LABSIM_ARTIFACTS names, else to pytest's own.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import pytest

from labsim.presentation.sandbox.debrief import debrief_html
from labsim.presentation.sandbox.pages import pages
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
    made.server.room.lan = True  # what a session on the local network shows
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
    # A colleague gets a key and a name of their own.
    host.page.click("#colleagues summary")
    host.page.fill("#helper", "李老师")
    host.page.click("#invite")
    invited = host.page.locator("#invited").inner_text()
    assert invited.startswith(address + "#host=")
    colleague = Seat(browser, **DESKTOP)
    colleague.page.goto(invited)
    colleague.page.wait_for_selector("#do-started")
    colleague.page.fill("#text-to", "五分钟后开始")
    colleague.page.get_by_role("button", name="发送").click()
    sync_api.expect(host.page.locator("#deeds")).to_contain_text("李老师 发消息给 所有队")
    host.page.screenshot(path=str(pictures / "sandbox-lobby.png"))
    host.page.click("#do-screen")
    host.page.screenshot(path=str(pictures / "sandbox-screen-lobby.png"))
    host.page.get_by_text("回到控制台").click()
    phone.page.goto(address + "#code=" + code)
    phone.page.wait_for_selector("#enter")
    assert phone.page.locator("#code").input_value() == code
    phone.page.screenshot(path=str(pictures / "sandbox-phone-door.png"))
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
            phone.page.screenshot(path=str(pictures / "sandbox-phone-top.png"))
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
            # Nobody scrolls a projector.
            assert host.page.evaluate("document.documentElement.scrollHeight - innerHeight") <= 0
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
    # What if: another value for what was decided, played again to the end.
    phone.page.wait_for_selector("#if-ask")
    phone.page.select_option("#if-lever", "verification")
    phone.page.locator("#if-value").evaluate("(e) => { e.value = 0; e.dispatchEvent(new Event('input')) }")
    phone.page.click("#if-ask")
    sync_api.expect(phone.page.locator("#if-answer")).to_contain_text("其他 20 个未来", timeout=120_000)
    assert "+0.0 分；其他" not in phone.page.locator("#if-answer").inner_text()
    assert "五分钟后开始" in phone.page.locator("main").inner_text()
    phone.page.screenshot(path=str(pictures / "sandbox-phone-debrief.png"), full_page=True)
    assert phone.overflow() <= 0
    desk.page.goto(address + "api/debrief")
    assert desk.page.locator("[data-team]").count() == 2
    desk.page.screenshot(path=str(pictures / "sandbox-debrief.png"), full_page=True)
    assert "<b>李强</b>" in host.page.locator("main").inner_text()
    for seat in (host, phone, desk, colleague):
        assert set(seat.asked) <= {"127.0.0.1", ""}
        assert [x for x in seat.complaints if "ERR_INTERNET_DISCONNECTED" not in x] == []
