"""dev.py: says what is missing in both languages, and sets up again exactly when something changed."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.source import ROOT


@pytest.fixture
def dev(tmp_path: Path) -> Any:
    """A dev.py whose tree is an empty folder with small locks, so that nothing real is touched."""
    spec = importlib.util.spec_from_file_location("labsim_dev", ROOT / "dev.py")
    assert spec is not None
    assert spec.loader is not None
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.ROOT = tmp_path
    module.VENV = tmp_path / ".venv"
    module.PYTHON = tmp_path / ".venv" / "bin" / "python"
    module.LOCKS = {"run": tmp_path / "requirements.lock", "test": tmp_path / "requirements-test.lock"}
    for file in (*module.LOCKS.values(), tmp_path / "pyproject.toml"):
        file.write_text("a==1\n", encoding="utf-8")
    return module


@pytest.fixture
def installed(dev: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was installed, instead of installing it."""
    done: list[str] = []
    site = dev.VENV / "lib" / "python3.11" / "site-packages"
    monkeypatch.setattr(dev, "make_environment", lambda: site.mkdir(parents=True, exist_ok=True))
    monkeypatch.setattr(dev, "install", lambda lock: done.append(lock.name))
    return done


def test_a_second_start_installs_nothing(dev: Any, installed: list[str]):
    dev.ensure("run")
    dev.ensure("run")
    assert installed == ["requirements.lock"]


def test_an_environment_for_tests_serves_runs_but_not_the_other_way(dev: Any, installed: list[str]):
    dev.ensure("run")
    dev.ensure("test")
    dev.ensure("run")
    assert installed == ["requirements.lock", "requirements-test.lock"]
    installed.clear()
    (dev.VENV / ".labsim-ready-run").unlink()
    dev.ensure("run")
    assert installed == []


@pytest.mark.parametrize("file", ["requirements.lock", "pyproject.toml", ".venv/pyvenv.cfg"])
def test_a_change_installs_again(dev: Any, installed: list[str], file: str):
    dev.ensure("run")
    (dev.ROOT / file).write_text("b==2\n", encoding="utf-8")
    dev.ensure("run")
    assert installed == ["requirements.lock", "requirements.lock"]


def test_the_package_is_importable_from_anywhere_afterwards(dev: Any, installed: list[str]):
    dev.ensure("run")
    (pth,) = dev.VENV.rglob("*.pth")
    assert pth.read_text(encoding="utf-8").strip() == str(dev.ROOT)


def test_a_failed_install_leaves_no_stamp(dev: Any, installed: list[str], monkeypatch: pytest.MonkeyPatch):
    def fail(lock: Path) -> None:
        raise dev.SetupError("no network\n没有网络")

    monkeypatch.setattr(dev, "install", fail)
    assert dev.main(["run"]) == 1
    assert list(dev.VENV.glob(".labsim-ready-*")) == []


def test_pip_takes_over_from_uv(dev: Any, monkeypatch: pytest.MonkeyPatch):
    tried: list[str] = []

    def call(*command: object, more: object = None) -> int:
        tried.append("uv" if "uv" in command else f"pip {Path(str(command[-1])).name}")
        return 2 if "uv" in command else 0

    monkeypatch.setattr(dev, "call", call)
    monkeypatch.setattr(dev, "mirror", dict)
    dev.install(dev.LOCKS["run"])
    assert tried == ["pip requirements-uv.lock", "uv", "pip requirements.lock"]


def test_when_both_fail_the_message_says_what_to_do_in_both_languages(
    dev: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(dev, "call", lambda *command, more=None: 1)
    monkeypatch.setattr(dev, "make_environment", lambda: None)
    assert dev.main(["run"]) == 1
    said = capsys.readouterr().err
    assert "mirror" in said
    assert "镜像" in said
    assert "Traceback" not in said


def test_a_python_without_venv_is_told_which_package_to_install(
    dev: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    def create(folder: Path, **options: object) -> None:
        (folder / "bin").mkdir(parents=True)
        raise subprocess.CalledProcessError(1, "ensurepip")

    monkeypatch.setattr(dev.venv, "create", create)
    assert dev.main(["test"]) == 1
    said = capsys.readouterr().err
    assert f"python3.{sys.version_info.minor}-venv" in said
    assert "无法建立虚拟环境" in said
    assert not dev.VENV.exists()


def test_an_old_python_is_told_in_both_languages(tmp_path: Path):
    """Played by the real file with a version of the past."""
    text = (ROOT / "dev.py").read_text(encoding="utf-8")
    guard = text[: text.index("import hashlib")].replace(
        "import sys\n", "import sys\nsys.version_info = (3, 9, 2)\n", 1
    )
    (tmp_path / "old.py").write_text(guard, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, tmp_path / "old.py", "run"],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
        check=False,
    )
    assert done.returncode == 1
    assert "Python 3.11" in done.stderr
    assert "更高版本" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("words", "code"), [([], 0), (["help"], 0), (["tset"], 2)])
def test_without_a_known_command_the_commands_are_listed(
    dev: Any, words: list[str], code: int, capsys: pytest.CaptureFixture[str]
):
    assert dev.main(words) == code
    said = capsys.readouterr().out
    assert all(f"\n  {name} " in said for name in dev.COMMANDS)


def test_the_gate_runs_pytest_last_and_fails_when_any_step_fails(dev: Any, monkeypatch: pytest.MonkeyPatch):
    ran: list[object] = []
    codes = {"mypy": 1}

    def python(*arguments: object, cwd: object = None) -> int:
        ran.append(arguments[1])
        return codes.get(str(arguments[1]), 0)

    monkeypatch.setattr(dev, "python", python)
    assert dev.test([]) == 1
    # the compiler works beside the checks, at any moment before the tests
    assert [one for one in ran if one != dev.COMPILE] == ["ruff", "ruff", "mypy", "pytest"]
    assert dev.COMPILE in ran[:4]
    codes["pytest"] = 5
    assert dev.test([]) == 5


def started(dev: Any, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What Python is started with, instead of starting it."""
    given: list[object] = []

    def python(*arguments: object, cwd: object = None) -> int:
        given.extend(arguments)
        return 0

    monkeypatch.setattr(dev, "python", python)
    return given


def test_the_lab_opens_on_the_start_page_in_the_readers_language(dev: Any, monkeypatch: pytest.MonkeyPatch):
    given = started(dev, monkeypatch)
    for tongue, page in (("zh_CN.UTF-8", "0_start.md"), ("en_GB.UTF-8", "0_start.en.md")):
        monkeypatch.setenv("LABSIM_LANG", tongue)
        given.clear()
        assert dev.lab(["--no-browser"]) == 0
        assert f"--LabApp.default_url=/lab/tree/my_notebooks/{page}" in given
        assert (ROOT / "notebooks" / page).is_file()
        assert given[-1] == "--no-browser"
        assert "--ip=127.0.0.1" in given


def test_the_lab_works_on_copies_and_leaves_those_that_are_there(dev: Any, monkeypatch: pytest.MonkeyPatch):
    """JupyterLab saves what is run: git would then refuse the next pull of somebody who only looked."""
    started(dev, monkeypatch)
    original = dev.ROOT / "notebooks" / "1_policymaker.ipynb"
    original.parent.mkdir()
    original.write_text("{}", encoding="utf-8")
    dev.lab([])
    copy = dev.ROOT / "my_notebooks" / original.name
    assert copy.read_text(encoding="utf-8") == "{}"
    copy.write_text("mine", encoding="utf-8")
    dev.lab([])
    assert (copy.read_text(encoding="utf-8"), original.read_text(encoding="utf-8")) == ("mine", "{}")
    assert "/my_notebooks/" in (ROOT / ".gitignore").read_text(encoding="utf-8").split()


def test_jupyter_starts_for_root_and_asks_nobody_else_to(dev: Any, monkeypatch: pytest.MonkeyPatch):
    """In a container one is root, and Jupyter ends at once with a line in English unless it is told."""
    given = started(dev, monkeypatch)
    for user, allowed in ((0, True), (1000, False)):
        monkeypatch.setattr(dev.os, "geteuid", lambda user=user: user, raising=False)
        given.clear()
        dev.lab([])
        assert ("--allow-root" in given) == allowed
