"""``import labsim`` is quick and clean: it loads nothing that draws, and leaves nothing behind."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source import PACKAGE, ROOT

HEAVY = {
    "IPython", "altair", "cma", "ipywidgets", "jinja2", "matplotlib", "mesa", "plotly", "rich", "typer", "vl_convert",
}  # fmt: skip


def files_below(*folders: Path) -> dict[Path, int]:
    """Return every file below some folders with the time of its last change."""
    return {f: f.stat().st_mtime_ns for folder in folders for f in folder.rglob("*") if f.is_file()}


def in_new_process(code: str, home: Path) -> list[str]:
    """Run code in a Python of its own, in an empty home, with warnings as errors; return what it printed."""
    empty = {name: str(home) for name in ("HOME", "USERPROFILE", "XDG_CACHE_HOME", "LOCALAPPDATA", "TMPDIR", "TEMP")}
    needed = {k: v for k, v in os.environ.items() if k in {"PATH", "SYSTEMROOT", "LANG", "LD_LIBRARY_PATH"}}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-B", "-c", code],
        env={**needed, **empty, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        cwd=home,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


def test_importing_labsim_loads_nothing_that_draws(home: Path):
    loaded = in_new_process("import sys, labsim; print(*{m.split('.')[0] for m in sys.modules}, sep='\\n')", home)
    assert "labsim" in loaded
    assert HEAVY & set(loaded) == set()


def test_the_command_line_loads_charts_only_where_something_is_drawn(home: Path):
    """They took a third of the seconds that a person waits for the smallest answer."""
    code = "import sys, labsim.presentation.cli; print(*{m.split('.')[0] for m in sys.modules}, sep='\\n')"
    loaded = in_new_process(code, home)
    assert "typer" in loaded
    assert {"altair", "anywidget"} & set(loaded) == set()


def test_importing_labsim_writes_nothing(home: Path):
    before = files_below(PACKAGE)
    in_new_process("import labsim", home)
    assert files_below(PACKAGE) == before
    assert list(home.rglob("*")) == []


def test_importing_labsim_prints_nothing(home: Path):
    assert in_new_process("import labsim", home) == []


def test_the_front_door_tells_its_version(home: Path):
    """Also where nothing is installed: dev.py puts the folder on the path, so no metadata holds a version."""
    (version,) = in_new_process("import labsim; print(labsim.__version__)", home)
    assert version[0].isdigit()


def test_every_public_name_exists(home: Path):
    """``__all__`` is a promise, also where names are fetched on first use."""
    code = "import labsim; print(*[n for n in labsim.__all__ if not hasattr(labsim, n)], len(labsim.__all__))"
    (printed,) = in_new_process(code, home)
    assert printed.isdigit()
    assert int(printed) > 0
