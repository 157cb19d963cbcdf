"""The wheel holds what git keeps and nothing else, and works away from the repository."""

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, tracked_files

pytest.importorskip("hatchling", reason="hatchling is not installed: python3 dev.py lock has to be run once")

TRAVELS = ("data", "notebooks", "scenarios")
INTERPRETERS = [found for minor in (11, 12, 13, 14) if (found := shutil.which(f"python3.{minor}"))]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-P", "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    (made,) = folder.glob("labsim-*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy that was installed; what it depends on is taken from the environment of the tests."""
    target = tmp_path_factory.mktemp("installed")
    command = [sys.executable, "-P", "-m", "pip", "install", "-q", "--no-index", "--no-deps", "--target", str(target)]
    subprocess.run([*command, str(wheel)], check=True)
    return target


def lab(installed: Path, home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the installed copy in a folder and a home of its own."""
    env = {**os.environ, "PYTHONPATH": str(installed), "PYTHONUTF8": "1", "LABSIM_LANG": "en"}
    return subprocess.run(
        [sys.executable, "-P", "-m", "labsim", *words],
        cwd=home, env=env, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip


def expected() -> Iterator[str]:
    for path in tracked_files():
        name = path.relative_to(ROOT).as_posix()
        top = name.split("/")[0]
        if path.is_file() and top in (*TRAVELS, "labsim"):
            yield f"labsim/_share/{name}" if top in TRAVELS else name


def test_the_wheel_holds_exactly_what_git_keeps(wheel: Path):
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert names == set(expected())
    assert wheel.stat().st_size < 5e6


def test_an_installed_copy_finds_its_scenarios_exercises_data_fonts_and_templates(installed: Path, tmp_path: Path):
    code = (
        "import labsim as lab, sys\n"
        "from labsim.foundations.paths import resource, share\n"
        "from labsim.presentation.fonts import lacking\n"
        "from labsim.presentation.sandbox_pages import pages\n"
        "from labsim.sandbox.reading import exercise_names, load_exercise\n"
        "from labsim.scenario.files import scenario_names\n"
        "assert str(share()).startswith(sys.argv[1]), share()\n"
        "assert all(lab.load(name) for name in scenario_names())\n"
        "assert all(load_exercise(name) for name in exercise_names())\n"
        "assert len(lab.instruments()) > 50 and len(exercise_names()) > 5\n"
        "assert lacking('社区') == '' and pages()\n"
        "assert resource('data', 'targets.toml').is_file()\n"
        "assert resource('data', 'example_survey', 'study.toml').is_file()"
    )
    env = {**os.environ, "PYTHONPATH": str(installed), "PYTHONUTF8": "1"}
    command = [sys.executable, "-P", "-c", code, str(installed)]
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr


def test_notebooks_are_copied_once_and_never_over_others(installed: Path, tmp_path: Path):
    first = lab(installed, tmp_path, "copy-notebooks", "mine")
    assert first.returncode == 0, first.stderr
    copied = {path.name: path.read_bytes() for path in (tmp_path / "mine").iterdir()}
    assert copied == {path.name: path.read_bytes() for path in (ROOT / "notebooks").glob("*.*") if path.is_file()}
    assert str(tmp_path / "mine") in first.stdout

    shutil.rmtree(tmp_path / "mine")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "0_start.md").write_text("mine", encoding="utf-8")
    again = lab(installed, tmp_path, "copy-notebooks", "mine")
    assert again.returncode == 2
    assert "0_start.md exists already" in again.stderr
    assert "Traceback" not in again.stderr
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["0_start.md"]
    assert (tmp_path / "mine" / "0_start.md").read_text(encoding="utf-8") == "mine"


@pytest.mark.slow
@pytest.mark.parametrize("python", INTERPRETERS, ids=lambda path: Path(path).name)
def test_a_clean_environment_installs_it_and_runs_the_demonstration(wheel: Path, tmp_path: Path, python: str):
    """With PIP_NO_INDEX and PIP_FIND_LINKS set, from a folder of wheels and without a network."""
    home = tmp_path / "home"
    home.mkdir()
    kept = {k: v for k, v in os.environ.items() if k not in {"PYTHONPATH", "NUMBA_CACHE_DIR", "LABSIM_STORE"}}
    env = {**kept, "HOME": str(home), "PYTHONUTF8": "1", "LABSIM_LANG": "en"}
    subprocess.run([python, "-m", "venv", str(tmp_path / "venv")], check=True)
    inside = next(path for path in ((tmp_path / "venv" / "bin"), (tmp_path / "venv" / "Scripts")) if path.is_dir())
    pip = [str(inside / "python"), "-m", "pip", "install", "-q", "--only-binary", ":all:", str(wheel)]
    subprocess.run(pip, check=True, env=env, cwd=home)
    done = subprocess.run([str(inside / "labsim"), "demo"], cwd=home, env=env, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    assert "n = 20 pairs" in done.stdout
    assert (home / "labsim-demo.html").stat().st_size > 100_000
