"""Notebooks are thin, come from one source in both languages, and run."""

import json
from pathlib import Path

import nbformat
import pytest

from labsim.presentation.notebook_pages import pages

FOLDER = Path(__file__).parents[2] / "notebooks"
MINE = sorted(pages())


@pytest.mark.parametrize("name", MINE)
def test_a_notebook_is_what_its_source_says(name: str):
    """Otherwise: python -m labsim.presentation.notebook_pages notebooks."""
    assert (FOLDER / name).read_text(encoding="utf-8") == pages()[name]


@pytest.mark.parametrize("name", MINE)
def test_a_notebook_is_valid_thin_and_empty(name: str):
    notebook = nbformat.reads(pages()[name], as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert sum(len(cell.source.splitlines()) for cell in code) <= 40
    for cell in code:
        assert cell.outputs == []
        assert "def " not in cell.source
        assert "class " not in cell.source


def test_both_languages_have_the_same_cells():
    zh, en = (json.loads(pages()[name])["cells"] for name in ("1_policymaker.ipynb", "1_policymaker.en.ipynb"))
    assert [cell["cell_type"] for cell in zh] == [cell["cell_type"] for cell in en]
    assert [len(cell["source"]) for cell in zh] == [len(cell["source"]) for cell in en]


@pytest.mark.parametrize("name", MINE)
def test_a_notebook_runs(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """In this process: a kernel is opened by the tests in a browser."""
    monkeypatch.setenv("LABSIM_STORE", str(tmp_path))
    names: dict[str, object] = {}
    shown = None
    for cell in nbformat.reads(pages()[name], as_version=4).cells:
        if cell.cell_type == "code":
            *statements, last = cell.source.strip().splitlines()
            exec("\n".join(statements), names)
            shown = eval(last, names)
    assert shown is not None
    page = shown.page
    assert ("社区治理实验室" in page) == (name == "1_policymaker.ipynb")
    assert "data-part" in page
    shown.close()
