"""The researcher's notebook runs from a clean kernel, scaled down, in both languages alike."""

import json
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient


def read(root: Path, name: str) -> nbformat.NotebookNode:
    return nbformat.read(root / "notebooks" / name, as_version=4)


def test_both_languages_hold_the_same_code(root: Path):
    zh, en = (
        [cell.source.replace('"en"', '"zh"') for cell in read(root, name).cells if cell.cell_type == "code"]
        for name in ("3_researcher.ipynb", "3_researcher.en.ipynb")
    )
    assert zh == en


def test_it_is_kept_without_outputs(root: Path):
    for name in ("3_researcher.ipynb", "3_researcher.en.ipynb"):
        document = json.loads((root / "notebooks" / name).read_text(encoding="utf-8"))
        assert all(not cell.get("outputs") for cell in document["cells"])


def test_it_runs(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PYTHONPATH", str(root))
    notebook = read(root, "3_researcher.ipynb")
    first = next(cell for cell in notebook.cells if cell.cell_type == "code")
    small = {"SIMULATIONS = 3000": "SIMULATIONS = 200", "WORLDS = 60": "WORLDS = 12"}
    for large, little in small.items():
        assert large in first.source
        first.source = first.source.replace(large, little)
    NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(tmp_path)}}).execute()
    shown = json.dumps([cell.outputs for cell in notebook.cells if cell.cell_type == "code"], ensure_ascii=False)
    for part in ("satisfaction", "reward_weight", "<svg", "predictive check", "True 200 simulations"):
        assert part in shown
    assert (tmp_path / "posterior.nc").is_file()
