"""The tutorials really run: every file, command and line of Python, in one process and in order.

In the Markdown: ``sh`` is run here, ``console`` is not (servers, minutes of work) but its options must exist, a comment
``file:`` names the file that the next block is, ``fails`` says that a mistake is wanted, ``prints`` that the block is
what was printed. ``diff``, ``checks`` and ``checked`` belong to the mechanism, which is added to a copy of the code.
"""

import contextlib
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from labsim.analysis.inference.study import read_study
from labsim.presentation.cli import main, names
from tests.architecture.source import ROOT

FOLDER = ROOT / "docs" / "tutorials"
CHINESE = sorted(path for path in FOLDER.glob("*.zh.md") if path.name != "index.zh.md")
BLOCK = re.compile(r"(?:<!-- (?P<mark>[^>]*?) -->\n\n)?```(?P<kind>\w+)\n(?P<text>.*?)\n```", re.DOTALL)
MECHANISM = FOLDER / "8_mechanism.zh.md"


@dataclass(frozen=True)
class Block:
    mark: str
    kind: str
    text: str


def blocks(path: Path) -> list[Block]:
    found = BLOCK.finditer(path.read_text(encoding="utf-8"))
    return [Block(one["mark"] or "", one["kind"], one["text"]) for one in found]


def english(path: Path) -> Path:
    return path.with_name(path.name.replace(".zh.md", ".md"))


@pytest.mark.parametrize("path", CHINESE, ids=lambda path: path.name)
def test_both_languages_have_the_same_code_and_headings(path: Path):
    assert blocks(path) == blocks(english(path))
    levels = [re.findall(r"^#+", one.read_text(encoding="utf-8"), re.MULTILINE) for one in (path, english(path))]
    assert levels[0] == levels[1]
    text = path.read_text(encoding="utf-8")
    assert "## 参考答案" in text


def test_every_tutorial_is_in_both_indexes():
    for index, ending in (("index.zh.md", ".zh.md"), ("index.md", ".md")):
        text = (FOLDER / index).read_text(encoding="utf-8")
        assert all(path.name.replace(".zh.md", ending) in text for path in CHINESE)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("LABSIM_LANG", "zh")
    return tmp_path


def typed(text: str) -> Iterator[list[str]]:
    """Give the words of each command of the lab."""
    for line in text.splitlines():
        program, *words = shlex.split(line, comments=True)
        if program == "labsim":
            yield words


def command(words: list[str], fails: bool) -> str:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(words)
    assert (code != 0) == fails, f"labsim {' '.join(words)}: {code}\n{err.getvalue()}"
    assert "Traceback" not in err.getvalue()
    return out.getvalue() + (err.getvalue() if fails else "")


def understood(words: list[str]) -> None:
    """See that a command that is not run would be understood, and finds the study that it names."""
    assert words[0] in names()
    help_ = command([words[0], "--help"], False)
    assert [word for word in words if word.startswith("-") and f"{word} " not in help_] == []
    if words[0] == "research":
        assert read_study(Path(words[2])).priors


@pytest.mark.parametrize("path", [one for one in CHINESE if one != MECHANISM], ids=lambda path: path.name)
def test_a_tutorial_runs(path: Path, desk: Path):
    space: dict[str, object] = {}
    printed = ""
    for block in blocks(path):
        if block.mark.startswith("file: "):
            (desk / block.mark.removeprefix("file: ")).write_text(block.text + "\n", encoding="utf-8")
        elif block.kind == "sh":
            printed = "".join(command(words, block.mark == "fails") for words in typed(block.text))
            assert printed
        elif block.kind == "python":
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                exec(block.text, space)
            printed = out.getvalue()
        elif block.kind == "console":
            for words in typed(block.text):
                understood(words)
        elif block.mark == "prints":
            assert printed.strip() == block.text
        else:
            pytest.fail(f"a block that nobody runs: {block}")


def edited(text: str, diff: str) -> str:
    """Return a text with one edit; what is taken out must be there exactly once."""
    lines = diff.splitlines()
    old = "\n".join(line[1:] for line in lines if not line.startswith("+"))
    new = "\n".join(line[1:] for line in lines if not line.startswith("-"))
    assert text.count(old) == 1, f"not there once:\n{old}"
    return text.replace(old, new)


def plain(code: str, root: Path) -> list[str]:
    """Run code as plain Python with the package of a folder; return the lines it prints."""
    env = {**os.environ, "LABSIM_COMPILER": "off", "PYTHONPATH": str(root), "PYTHONUTF8": "1"}
    start = [sys.executable, "-P", "-c", code]
    done = subprocess.run(start, cwd=root, env=env, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_the_mechanism_is_added_to_a_copy_and_passes_its_checks(tmp_path: Path):
    for part in ("labsim", "data", "scenarios"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    (code,) = [one.text for one in blocks(MECHANISM) if one.mark == "checks"]
    (expected,) = [one.text for one in blocks(MECHANISM) if one.mark == "checked"]
    without = code.replace("report_ease=1.0", "staff=10")
    (before, *_) = plain(without, tmp_path)
    for block in blocks(MECHANISM):
        if block.kind == "diff":
            name, _, diff = block.text.partition("\n")
            file = tmp_path / name.removeprefix("--- ")
            file.write_text(edited(file.read_text(encoding="utf-8"), diff), encoding="utf-8")
    after = plain(code, tmp_path)
    assert after[0] == before, "the default of the new lever changes something"
    assert after[1:] == expected.splitlines()
