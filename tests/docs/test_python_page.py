"""Every public name has an example that runs and prints what it says."""

import doctest
import re
from pathlib import Path

import pytest

import labsim
from tests.architecture.source import ROOT

PAGE = ROOT / "docs" / "python.md"


def examples() -> list[doctest.Example]:
    return doctest.DocTestParser().get_examples(PAGE.read_text(encoding="utf-8"))


def test_every_public_name_is_used_in_an_example():
    code = "".join(one.source for one in examples())
    assert [name for name in labsim.__all__ if not re.search(rf"\blab\.{name}\b", code)] == []


def test_the_examples_print_what_they_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    (targets,) = re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "mine.toml").write_text(targets, encoding="utf-8")
    result = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert result.attempted > 20
    assert result.failed == 0
