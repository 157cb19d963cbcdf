"""The brief in a real browser without a network: nothing asked for, both languages, nothing cut off.

Pictures of what was seen go to the folder that LABSIM_ARTIFACTS names, else to pytest's own.
"""

from pathlib import Path

import pytest

from labsim.analysis.compare import Comparison, compare
from labsim.presentation.brief.brief import brief
from labsim.presentation.words import OVER_TIME
from labsim.scenario.files import load
from tests.browser.conftest import PATIENCE

WIDTHS = (375, 1280, 1920)


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    short = [
        load(name).changed(horizon=84, burn_in=28).with_community(residents=200, blocks=8, items=150, panel=20)
        for name in ("baseline", "points", "closed_loop", "coordination")
    ]
    return compare(*short, replications=2, worlds=10, seed=5, series=OVER_TIME)


@pytest.fixture(scope="module")
def page_file(comparison: Comparison, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return brief(comparison, tmp_path_factory.mktemp("brief") / "brief.html", lang="zh")[0]


class Visit:
    """A page that remembers what it asked for and complained about."""

    def __init__(self, browser, file: Path, width: int, **more) -> None:
        self.page = browser.new_context(viewport={"width": width, "height": 900}, **more).new_page()
        self.page.set_default_timeout(PATIENCE)
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda r: self.requests.append(r.url))
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda e: self.complaints.append(str(e)))
        self.page.goto(file.as_uri())

    def visible(self, lang: str) -> int:
        """Return how many texts of a language can be seen."""
        return self.page.locator(f'main span[lang="{lang}"]:visible').count()

    def overflow(self) -> int:
        """Return by how many pixels the page is wider than its window."""
        return self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")

    def outside(self) -> list[str]:
        """Return text and charts that stick out of the window."""
        return self.page.evaluate(
            """() => [...document.querySelectorAll('main *')].filter(e => {
                 const r = e.getBoundingClientRect();
                 return r.width > 0 && (r.left < -1 || r.right > window.innerWidth + 1)
                        && !e.closest('thead') && !e.closest('svg');
               }).map(e => e.tagName + ' ' + e.textContent.slice(0, 40))"""
        )


@pytest.mark.parametrize("width", WIDTHS)
def test_it_reads_well_at_any_width(browser, page_file: Path, pictures: Path, width: int):
    visit = Visit(browser, page_file, width)
    for lang in ("zh", "en"):
        visit.page.locator(f'label[for="show-{lang}"]').click()
        assert visit.overflow() <= 0
        assert visit.outside() == []
        visit.page.screenshot(path=pictures / f"brief-{width}-{lang}.png", full_page=True)
    assert visit.requests == [page_file.as_uri()]
    assert visit.complaints == []


def test_the_switch_changes_the_language(browser, page_file: Path):
    visit = Visit(browser, page_file, 1280)
    assert visit.visible("zh") > 100
    assert visit.visible("en") == 0
    visit.page.locator('label[for="show-en"]').click()
    assert visit.visible("zh") == 0
    assert visit.visible("en") > 100
    assert visit.page.locator("h1").inner_text().startswith("Against 'baseline'")


def test_the_switch_works_by_keyboard_and_without_scripts(browser, page_file: Path):
    visit = Visit(browser, page_file, 1280, java_script_enabled=False)
    visit.page.keyboard.press("Tab")
    visit.page.keyboard.press("ArrowRight")
    assert visit.page.locator("h1 span[lang=en]").is_visible()
    assert not visit.page.locator("h1 span[lang=zh]").is_visible()


def test_charts_have_a_size_and_names_for_those_who_listen(browser, page_file: Path):
    visit = Visit(browser, page_file, 1280)
    seen = visit.page.locator('svg[role="img"]:visible')
    assert seen.count() > 10
    for i in range(seen.count()):
        box = seen.nth(i).bounding_box()
        assert box["width"] > 150
        assert box["height"] > 60
    assert visit.page.get_by_role("img", name="与基准的差异：满意居民占比").count() == 1


def test_text_of_charts_stays_inside_them(browser, page_file: Path):
    visit = Visit(browser, page_file, 1280)
    for lang in ("zh", "en"):
        visit.page.locator(f'label[for="show-{lang}"]').click()
        cut = visit.page.evaluate(
            """() => [...document.querySelectorAll('svg text')].filter(e => {
                 const t = e.getBoundingClientRect(), s = e.closest('svg').getBoundingClientRect();
                 return t.width > 0 && (t.left < s.left - 1 || t.right > s.right + 1 || t.bottom > s.bottom + 1);
               }).map(e => e.textContent)"""
        )
        assert cut == []


def test_it_prints(browser, page_file: Path, pictures: Path):
    visit = Visit(browser, page_file, 1280)
    visit.page.emulate_media(media="print")
    assert not visit.page.locator("nav.switch").is_visible()
    visit.page.pdf(path=pictures / "brief-zh.pdf", format="A4")
    assert (pictures / "brief-zh.pdf").stat().st_size > 20_000


def test_the_table_seen_is_the_comparison(browser, page_file: Path, comparison: Comparison):
    visit = Visit(browser, page_file, 1280)
    cells = visit.page.locator("#verdicts > table.verdicts td")
    assert cells.count() >= 3 * 10
    for i in range(cells.count()):
        cell = cells.nth(i)
        one = comparison.difference(cell.get_attribute("data-policy"), cell.get_attribute("data-indicator"))
        verdict = next(v for v in comparison.verdicts(group="all") if v.difference is one)
        assert verdict.words.zh in cell.inner_text()
        assert f"n = {one.paired.n}" in cell.inner_text()
