"""The documents build into a site without a broken link, and the site asks nothing of the internet."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import labsim
from tests.architecture.source import ROOT

pytest.importorskip("material", reason="the group docs is not installed: python3 dev.py lock has to be run once")

# What a browser fetches by itself; a link to click on is none of it.
FETCHED = re.compile(
    r"""(?:<(?:script|img|iframe)\b[^>]*\bsrc|<link\b(?![^>]*rel="?canonical)[^>]*\bhref)="?(?:https?:)?//"""
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-P", "-m", "mkdocs", "build", "--strict", "-q", "-d", str(target)]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return target


def test_no_page_fetches_anything_from_elsewhere(site: Path):
    pages = list(site.rglob("*.html"))
    assert len(pages) > 40
    assert [page.name for page in pages if FETCHED.search(page.read_text(encoding="utf-8"))] == []


def test_every_public_name_is_documented(site: Path):
    text = (site / "api.html").read_text(encoding="utf-8")
    assert [name for name in labsim.__all__ if f'id="{labsim._HOME[name]}.{name}"' not in text] == []


def test_chinese_can_be_searched_and_the_glossary_is_in_it(site: Path):
    index = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))
    found = {one["location"].split("#")[0] for one in index["docs"] if "积分制" in one["text"]}
    assert {"glossary.html", "catalogue.zh.html"} <= found
    # With Chinese as one long word nothing but the beginning of a sentence would be found.
    words = [one for one in re.split(index["config"]["separator"], "在小区，积分制 points") if one]
    assert words == [*"在小区积分制", "points"]
    assert "(?<" not in index["config"]["separator"]
    assert "points_scheme" in (site / "glossary.html").read_text(encoding="utf-8")
