"""What git keeps: no address, no machine of ours, one line ending, locks that agree."""

import ast
import os
import re
import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, package_modules, tracked_files

LOCK, TEST_LOCK, UV_LOCK = (ROOT / f"requirements{kind}.lock" for kind in ("", "-test", "-uv"))

# Written in pieces, or this file would accuse itself.
HOSTS = re.compile(
    "|".join(
        (r"py" + r"pi\.", r"python" + r"hosted", r"registry\.npm" + r"js", r"conda\.ana" + r"conda", r"npm" + r"mirror")
    )
    + r"|mirrors?\.[a-z]+\.(?:edu|com)"
)
MACHINES = re.compile(r"(?<![\w.~}])/(?:wo" + r"rk|ro" + r"ot|tm" + r"p|ho" + r"me)/[\w.]|[A-Z]:\\Us" + r"ers")
BUILT = {".venv", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".ipynb_checkpoints", "node_modules"}


def texts() -> dict[str, bytes]:
    """Return every kept file that is text, by its path below the root."""
    relative = [path.relative_to(ROOT) for path in tracked_files()]
    read = {path.as_posix(): (ROOT / path).read_bytes() for path in relative if not BUILT & set(path.parts)}
    return {path: data for path, data in read.items() if b"\0" not in data[:8192]}


def complaints(pattern: re.Pattern[str], text: str) -> list[str]:
    """Return the lines in which a pattern occurs."""
    return [line.strip()[:100] for line in text.splitlines() if pattern.search(line)]


def accused(pattern: re.Pattern[str]) -> str:
    """Return the lines of kept files in which a pattern occurs."""
    found = {path: complaints(pattern, data.decode("utf-8", "replace")) for path, data in texts().items()}
    return "\n".join(f"{path}: {line}" for path, lines in found.items() for line in lines)


def test_nothing_built_is_kept():
    relative = [p.relative_to(ROOT) for p in tracked_files()]
    assert sorted({p.parts[0] for p in relative if BUILT & set(p.parts)}) == []


def test_no_file_names_a_registry():
    assert accused(HOSTS) == ""


def test_no_file_names_a_folder_of_one_machine():
    assert accused(MACHINES) == ""


@pytest.mark.parametrize(
    "line",
    ["https://py" + "pi.org/simple", "https://files.python" + "hosted.org/x", "see /ro" + "ot/x", "/tm" + "p/out.html"],
)
def test_an_address_or_a_path_is_found(line: str):
    assert complaints(HOSTS, line) or complaints(MACHINES, line)


@pytest.mark.parametrize("line", ["docs/tmp/x", "a /work item", "a/root/b", "https://example.org/guide", "data/home/x"])
def test_an_innocent_line_passes(line: str):
    assert complaints(HOSTS, line) + complaints(MACHINES, line) == []


def test_text_files_are_utf8_with_unix_line_endings():
    """Hashes of text files go into run records, so a file must have the same bytes on every system."""
    if os.name == "nt":
        pytest.skip("git may write other line endings into a Windows working copy")
    assert [p for p, data in texts().items() if b"\r" in data or data.startswith(b"\xef\xbb\xbf")] == []
    assert [p for p, data in texts().items() if "\ufffd" in data.decode("utf-8", "replace")] == []


def pins(lock: Path) -> dict[str, str]:
    """Return name -> version of a lock."""
    return dict(re.findall(r"^([\w.-]+)==([^\s;\\]+)", lock.read_text(encoding="utf-8"), flags=re.MULTILINE))


def canonical(requirement: str) -> str:
    """Return the name of a requirement as locks spell it."""
    return re.sub(r"[-_.]+", "-", re.split(r"[<>=!~ \[;]", requirement, maxsplit=1)[0]).lower()


@pytest.mark.parametrize("lock", [LOCK, TEST_LOCK, UV_LOCK], ids=lambda p: p.name)
def test_a_lock_holds_hashes_and_no_address(lock: Path):
    text = lock.read_text(encoding="utf-8")
    assert re.findall(r"https?:|file:|^-", text, flags=re.MULTILINE) == []
    entries = [entry for entry in re.split(r"\n(?=\S)", text.strip()) if entry]
    assert entries
    assert [e.split()[0] for e in entries if "--hash=sha256:" not in e] == []


def test_the_locks_agree():
    """The environment for tests holds all of the environment for runs: dev.py counts on it."""
    assert pins(LOCK).items() <= pins(TEST_LOCK).items()


def test_the_locks_hold_every_declared_dependency():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {canonical(r) for r in project["dependencies"]} <= pins(LOCK).keys()
    extras = {canonical(r) for extra in project["optional-dependencies"].values() for r in extra}
    assert extras <= pins(TEST_LOCK).keys()


def imported() -> set[str]:
    """Return the names, as locks spell them, of the libraries that the package imports."""
    spelt = {"vl_convert": "vl-convert-python", "docx": "python-docx"}
    names: set[str] = set()
    for module in package_modules():
        names |= {name.split(".")[0] for _, name in module.imports()}
    return {spelt.get(name, canonical(name)) for name in names - sys.stdlib_module_names - {"labsim"}}


def declared() -> set[str]:
    """Return the names of the libraries that an installation of the package asks for."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {canonical(r) for r in project["dependencies"]}


def test_everything_imported_is_declared():
    """A library that only came along with another one leaves when that one changes its mind."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = {name: some for name, some in project["optional-dependencies"].items() if name != "test"}
    chosen = {canonical(one) for some in extras.values() for one in some} - {"h5netcdf"}  # writes files for arviz
    assert imported() - declared() == chosen


def test_everything_declared_is_imported():
    """Each dependency costs every user time and space; JupyterLab is the room the lab stands in, Voila is run."""
    assert declared() - imported() == {"jupyterlab", "jupyterlab-language-pack-zh-cn", "voila"}


def test_dev_can_be_read_by_an_old_python():
    """Else an old Python prints a SyntaxError instead of the line that says what is missing."""
    text = (ROOT / "dev.py").read_text(encoding="utf-8")
    ast.parse(text, feature_version=(3, 6))
    with pytest.raises(SyntaxError):
        ast.parse("if (n := 1): pass", feature_version=(3, 6))
