"""The guide to the parts, and the examples in their docstrings, run and print what they say."""

import doctest
from pathlib import Path

import pytest

from labsim.model import mean_field, parts, parts_cases, parts_people, parts_resources

OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@pytest.mark.parametrize("module", [parts, parts_people, parts_cases, parts_resources, mean_field])
def test_examples_in_docstrings(module):
    result = doctest.testmod(module, optionflags=OPTIONS)
    assert result.attempted > 0
    assert result.failed == 0


def test_examples_in_the_guide(root: Path):
    result = doctest.testfile(
        str(root / "docs" / "parts.md"), module_relative=False, optionflags=OPTIONS, encoding="utf-8"
    )
    assert result.attempted > 20
    assert result.failed == 0
