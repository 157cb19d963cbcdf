"""Pages of the documentation site that have no file in this folder: what stands at the root, and what is declared.

Takes: MkDocs' events. Gives: the pages of the root, a glossary of every declared name, the public Python names;
and links that lead to pages, wherever a document stood in the repository.
"""

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

import labsim
from labsim.foundations.declared import Text
from labsim.results.indicators import indicators
from labsim.scenario.community import COMMUNITY
from labsim.scenario.instruments import instruments
from labsim.scenario.levers import LEVERS
from labsim.scenario.world import WORLD

ROOT = Path(__file__).resolve().parents[1]
FROM_ROOT = {
    "README.zh.md": "index.md",
    "README.md": "index.en.md",
    "CONTRIBUTING.md": "CONTRIBUTING.md",
    "SECURITY.md": "SECURITY.md",
    "CHANGELOG.md": "CHANGELOG.md",
}
"""Documents at the root, and the pages they become."""
_LINK = re.compile(r"(?P<text>!?\[[^\]\n]*\])\((?P<target>[^)\s#]+)(?P<anchor>#[^)\s]*)?\)")
_CODE = re.compile(r"(```.*?```)", re.DOTALL)


def on_files(files: Files, config: Any) -> Files:
    """Add the pages that are made."""
    made = {page: (ROOT / name).read_text(encoding="utf-8") for name, page in FROM_ROOT.items()}
    made |= {"glossary.md": glossary(), "api.md": api()}
    for name, text in made.items():
        files.append(File.generated(config, name, content=text))
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Files) -> str:
    """Make links lead to pages; what is no page, such as a notebook, keeps its words and loses its link."""
    name = page.file.src_uri
    home = "" if name in FROM_ROOT.values() else posixpath.join("docs", posixpath.dirname(name))

    def led(match: re.Match[str]) -> str:
        target = match["target"]
        if ":" in target:
            return match[0]
        place = posixpath.normpath(posixpath.join(home, target))
        page_of = FROM_ROOT.get(place) or place.removeprefix("docs/")
        if place.startswith("docs/") or place in FROM_ROOT:
            relative = posixpath.relpath(page_of, posixpath.dirname(name) or ".")
            return f"{match['text']}({relative}{match['anchor'] or ''})"
        if not (ROOT / place).exists():
            return match[0]  # the strict build will say so
        return match["text"][1:-1]

    parts = _CODE.split(markdown)
    return "".join(part if part.startswith("```") else _LINK.sub(led, part) for part in parts)


def _terms() -> Iterator[tuple[str, Text, str]]:
    for kind, catalogue in (("杠杆 lever", LEVERS), ("世界参数 world", WORLD), ("社区 community", COMMUNITY)):
        yield from ((kind, quantity.label, name) for name, quantity in catalogue.items())
    yield from (("指标 indicator", item.label, name) for name, item in indicators().items())
    yield from (("工具 instrument", one.name, name) for name, one in instruments().items())


def glossary() -> str:
    """Return every declared name in both languages, in the order of its kind and its English."""
    lines = ["# 中英词汇 · Glossary", "", "| 中文 | English | 名称 name | 种类 kind |", "| --- | --- | --- | --- |"]
    rows = sorted(_terms(), key=lambda one: (one[0], one[1].en.lower()))
    lines += [f"| {_cell(text.zh)} | {_cell(text.en)} | `{name}` | {kind} |" for kind, text, name in rows]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def api() -> str:
    """Return the page of the public names of the front door."""
    lines = ["# Python", "", "`import labsim as lab`: nouns are data, verbs are functions.", ""]
    lines += [f"::: {labsim._HOME[name]}.{name}\n" for name in sorted(labsim.__all__)]
    return "\n".join(lines)
