"""The picture of the README: the verdicts of a real brief, as a browser shows them.

Takes: a brief that ``python3 dev.py run`` wrote, and the file of the picture. Needs Chromium and what tests need.

    python3 dev.py python docs/_picture.py labsim-brief.html docs/images/verdicts.png
"""

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

WIDTH, HEIGHT = 1200, 3000  # tall enough that nothing is scrolled under the switch of languages


def picture(brief: Path, out: Path) -> None:
    """Write the first table of verdicts of a brief as a picture."""
    chromium = os.environ.get("LABSIM_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.goto(brief.resolve().as_uri())
        page.locator("table:visible").first.screenshot(path=str(out))
        browser.close()


if __name__ == "__main__":
    picture(Path(sys.argv[1]), Path(sys.argv[2]))
