"""The wheel holds what git keeps and nothing else, and works away from the repository."""

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from labsim.presentation.cli import main as command_line
from tests.architecture.source import ROOT, tracked_files

pytest.importorskip("hatchling", reason="hatchling is not installed: python3 dev.py lock has to be run once")

TRAVELS = ("data", "notebooks", "scenarios")


def runs(python: str) -> bool:
    """Return whether an interpreter starts; a version manager puts names on the path that do nothing."""
    return subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0


INTERPRETERS = [found for minor in (11, 12, 13, 14) if (found := shutil.which(f"python3.{minor}")) and runs(found)]


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


# One process, because starting one is what costs; the commands are called as the script labsim calls them.
USE = """
import sys
from pathlib import Path
import labsim as lab
from labsim.__main__ import main
from labsim.foundations.paths import resource, share
from labsim.presentation.fonts import lacking
from labsim.presentation.sandbox.pages import pages
from labsim.sandbox.reading import exercise_names, load_exercise
from labsim.scenario.files import scenario_names

assert str(share()).startswith(sys.argv[1]), share()
assert all(lab.load(name) for name in scenario_names())
assert len(exercise_names()) > 5 and all(load_exercise(name) for name in exercise_names())
assert len(lab.instruments()) > 50
assert lacking("社区") == "" and pages()
assert resource("data", "targets.toml").is_file()
assert resource("data", "example_survey", "study.toml").is_file()
for words in (["copy-notebooks", "mine"], ["copy-notebooks", "mine"], ["instruments", "积分", "--json"]):
    sys.argv[1:] = words
    print("code", main(), flush=True)
"""


def test_an_installed_copy_works_by_itself(installed: Path, tmp_path: Path):
    env = {**os.environ, "PYTHONPATH": str(installed), "PYTHONUTF8": "1", "LABSIM_LANG": "en"}
    command = [sys.executable, "-P", "-c", USE, str(installed)]
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert [line for line in done.stdout.splitlines() if line.startswith("code")] == ["code 0", "code 2", "code 0"]
    assert str(tmp_path / "mine") in done.stdout
    assert "0_start.md exists already" in done.stderr
    assert "points_scheme" in done.stdout
    copied = {path.name: path.read_bytes() for path in (tmp_path / "mine").iterdir()}
    assert copied == {path.name: path.read_bytes() for path in (ROOT / "notebooks").glob("*.*") if path.is_file()}


def test_nothing_is_copied_over_a_file_that_is_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "0_start.md").write_text("mine", encoding="utf-8")
    (tmp_path / "1_policymaker.ipynb").symlink_to(tmp_path / "nowhere")
    assert command_line(["copy-notebooks", str(tmp_path), "--lang", "zh"]) == 2
    said = capsys.readouterr().err
    assert "0_start.md 已存在" in said
    assert "1_policymaker.ipynb 已存在" in said
    assert len(list(tmp_path.iterdir())) == 2
    assert (tmp_path / "0_start.md").read_text(encoding="utf-8") == "mine"
    assert command_line(["copy-notebooks", str(tmp_path / "0_start.md")]) == 2
    assert command_line(["copy-notebooks", str(tmp_path / "0_start.md" / "below")]) == 2
    assert "Traceback" not in capsys.readouterr().err


class Machine:
    """A computer that has a Python and the wheel, and nothing of the repository."""

    def __init__(self, folder: Path, python: str) -> None:
        self.home = folder / "home"
        self.home.mkdir()
        strange = {"PYTHONPATH", "NUMBA_CACHE_DIR", "LABSIM_STORE", "JUPYTER_PATH", "JUPYTER_CONFIG_DIR"}
        kept = {name: value for name, value in os.environ.items() if name not in strange}
        self.env = {**kept, "HOME": str(self.home), "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1", "LABSIM_LANG": "en"}
        subprocess.run([python, "-m", "venv", str(folder / "venv")], check=True)
        self.bin = next(path for name in ("bin", "Scripts") if (path := folder / "venv" / name).is_dir())

    def does(self, program: str, *words: str) -> str:
        """Run a program to its end and return what it printed."""
        command = [str(self.bin / program), *words]
        done = subprocess.run(command, cwd=self.home, env=self.env, capture_output=True, encoding="utf-8", check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def serves(self, link: str, *words: str) -> str:
        """Start a server, open the link that it tells and return the page; end it as Ctrl-C does."""
        command = [str(self.bin / "labsim"), *words]
        wide = {**self.env, "COLUMNS": "400"}
        with subprocess.Popen(
            command, cwd=self.home, env=wide, stdout=subprocess.PIPE, encoding="utf-8", start_new_session=True
        ) as server:
            late = threading.Timer(600, server.kill)
            late.start()
            try:
                assert server.stdout is not None
                found = next(told for line in server.stdout if (told := re.search(link, line)))
                return opened(found[0])
            finally:
                late.cancel()
                os.killpg(server.pid, signal.SIGINT)


def opened(url: str) -> str:
    """Return the page at an address as soon as the server behind it answers."""
    for _ in range(1200):
        try:
            with urllib.request.urlopen(url, timeout=120) as answer:
                return str(answer.read().decode())
        except ConnectionError:
            threading.Event().wait(0.1)
        except urllib.error.URLError as error:
            if not isinstance(error.reason, ConnectionError):
                raise
            threading.Event().wait(0.1)
    pytest.fail(f"nobody answers at {url}")


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="ends a server as a terminal on POSIX does")
@pytest.mark.parametrize("python", INTERPRETERS, ids=lambda path: Path(path).name)
def test_a_clean_environment_installs_it_and_opens_its_three_doors(wheel: Path, tmp_path: Path, python: str):
    """With PIP_NO_INDEX and PIP_FIND_LINKS set, from a folder of wheels and without a network."""
    machine = Machine(tmp_path, python)
    machine.does("python", "-m", "pip", "install", "-q", "--only-binary", ":all:", str(wheel))
    assert "n = 20 pairs" in machine.does("labsim", "demo")
    assert (machine.home / "labsim-demo.html").stat().st_size > 100_000
    machine.does("labsim", "doctor")  # its exit code tells of a finding that has to be mended
    machine.does("labsim", "copy-notebooks", "mine")
    assert (machine.home / "mine" / "0_start.md").is_file()
    lab = machine.serves(r"http://\S+token=[\w-]+", "app", "--port", "18866")
    assert "labsim" in lab
    assert "/login" not in lab
    assert "<html" in machine.serves(r"http://127\.\S+", "sandbox", "superficial_closure", "--port", "0")
