"""What the documents tell a reader to type is understood, and the files and code they show work.

A command is not run here but read by the lab's own command line, to its last option; the tutorials
(test_tutorials.py) are run. Capitals such as SCENARIO stand for what the reader puts there.
"""

import re
import shlex
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
import typer

import dev
import labsim
from labsim.analysis.inference.study import read_study
from labsim.analysis.survey.codebook import read_codebook
from labsim.experiment.designfile import load_design
from labsim.experiment.sweep import SweepResult
from labsim.foundations.errors import InputError
from labsim.presentation.cli import application, names
from labsim.scenario.files import load, save
from labsim.scenario.scenario import Scenario
from tests.architecture.source import ROOT
from tests.docs.test_links import PAGES

SHELL = {"sh", "console"}
FENCE = re.compile(r"```(?P<kind>\w*)\n(?P<text>.*?)\n```", re.DOTALL)
# The base of all mistakes in arguments has no public name; its child has.
USAGE: type[Exception] = typer.BadParameter.__bases__[0]
LAB = re.compile(r"(?:\$ )?(?:[A-Z_]+=\S+ )*(?:python3 dev\.py )?labsim (?P<words>.+)")
DEV = re.compile(r"(?:\$ )?(?:[A-Z_]+=\S+ )*python3 dev\.py (?P<words>.+)")
SMALL = {"residents": 60.0, "blocks": 4.0, "items": 80.0, "panel": 20.0}


def fences(page: Path, *kinds: str) -> list[str]:
    """Return the blocks of some kinds."""
    return [one["text"] for one in FENCE.finditer(page.read_text(encoding="utf-8")) if one["kind"] in kinds]


def typed(page: Path) -> Iterator[str]:
    """Give every line of a shell block and every piece of code inside a sentence."""
    for block in fences(page, *SHELL):
        yield from block.replace("\\\n", " ").splitlines()
    prose = FENCE.sub("", page.read_text(encoding="utf-8"))
    yield from (" ".join(code.split()) for code in re.findall(r"`([^`]+)`", prose))


def commands(page: Path, pattern: re.Pattern[str]) -> list[list[str]]:
    """Return the words of every command of a page; brackets around what may be left out are dropped."""
    found = [shlex.split(match["words"], comments=True) for line in typed(page) if (match := pattern.match(line))]
    return [[word.strip("[]") for word in words] for words in found if words and words[0] != "…"]


def complaint(words: list[str]) -> str:
    """Return what the lab's command line has against a command, or nothing; the command is not run."""
    if words in (["--help"], ["-h"]) or (len(words) == 1 and words[0] in names()):
        return ""  # a command that is only named
    app = typer.main.get_group(application("en"))
    try:
        with app.make_context("labsim", list(words)) as context:
            _, command, rest = app.resolve_command(context, list(words))
            assert command is not None
            with command.make_context(words[0], rest, parent=context):
                return ""
    except typer.Exit:
        return ""  # --help
    except USAGE as error:
        return f"labsim {' '.join(words)}: {getattr(error, 'message', '') or type(error).__name__}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_command_of_the_lab_is_understood(page: Path) -> None:
    assert [said for words in commands(page, LAB) if (said := complaint(words))] == []


def test_the_patterns_find_the_commands() -> None:
    assert sum(len(commands(page, LAB)) for page in PAGES) > 200
    assert sum(len(commands(page, DEV)) for page in PAGES) > 30


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_every_command_of_the_lab_stands_in_both_readmes(name: str) -> None:
    told = {words[0] for words in commands(ROOT / name, LAB)}
    assert [command for command in names() if command not in told] == []


@pytest.mark.parametrize(
    "words",
    [
        ["comparr", "a", "b"],
        ["compare", "a"],
        ["compare", "a", "b", "--paris", "3"],
        ["compare", "a", "b", "--pairs", "x"],
    ],
    ids=" ".join,
)
def test_a_command_that_does_not_exist_is_found(words: list[str]) -> None:
    assert complaint(words)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_command_of_dev_exists_and_so_do_the_paths_it_is_given(page: Path) -> None:
    for first, *rest in commands(page, DEV):
        assert first in {*dev.COMMANDS, "help", "COMMAND"}
        if first in {"test", "slow"}:
            assert [path for path in rest if path.startswith("tests") and not (ROOT / path).exists()] == []
        if first == "python" and rest[:1] == ["-m"]:
            assert find_spec(rest[1]) is not None


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_the_scenario_of_the_readme_is_one(name: str, tmp_path: Path) -> None:
    (text,) = fences(ROOT / name, "toml")
    (tmp_path / "mine.toml").write_text(text.replace("baseline.toml", "baseline"), encoding="utf-8")
    found = load(tmp_path / "mine.toml")
    assert found.instruments
    assert found.phases
    assert found.injects


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_the_python_of_the_readme_runs(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Word for word, in a smaller community than the one it names."""
    small = load("baseline").changed(horizon=56, burn_in=28).with_community(**SMALL)
    monkeypatch.setattr(labsim, "load", lambda _: small, raising=False)
    (code,) = fences(ROOT / name, "python")
    exec(code, {})
    assert len(capsys.readouterr().out.splitlines()) > 5


@pytest.mark.parametrize("name", ["experiments.md", "experiments.zh.md"])
def test_the_sweep_of_the_documents_is_one(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file word for word; the code with a smaller community, few draws, and threads."""
    (text,), (code,) = fences(ROOT / "docs" / name, "toml"), fences(ROOT / "docs" / name, "python")
    monkeypatch.chdir(tmp_path)
    Path("design.toml").write_text(text, encoding="utf-8")
    assert load_design("design.toml").replications == 4
    save(Scenario(name="small", horizon=28, burn_in=0, community=SMALL), "small.toml")
    smaller = {'"baseline"': '"small.toml"', "samples = 64": "samples = 2", "worlds = 5": "worlds = 1"}
    for old, new in smaller.items():
        assert old in text
        text = text.replace(old, new)
    Path("design.toml").write_text(text, encoding="utf-8")
    space: dict[str, object] = {}
    exec(code.replace("PROCESSES, 2", "THREADS, 2").replace("import PROCESSES", "import THREADS"), space)
    found = space["found"]
    assert isinstance(found, SweepResult)
    assert len(found.table) > 0
    assert set(found.table["error"]) == {""}


@pytest.mark.parametrize("name", ["research.md", "research.zh.md"])
def test_the_files_of_a_study_are_read_as_shown(name: str, tmp_path: Path) -> None:
    blocks = fences(ROOT / "docs" / name, "toml")
    (codebook,) = [one for one in blocks if "[variables." in one]
    (study,) = [one for one in blocks if "[parameters]" in one]
    (tmp_path / "codebook.toml").write_text(codebook, encoding="utf-8")
    assert len(read_codebook(tmp_path / "codebook.toml").variables) == 4
    (tmp_path / "study.toml").write_text(study, encoding="utf-8")
    with pytest.raises(InputError) as missing:  # the files it names are the reader's; nothing else is wrong with it
        read_study(tmp_path / "study.toml")
    assert all("没有" in one.what.zh or "找不到" in one.what.zh for one in missing.value.problems), str(missing.value)
