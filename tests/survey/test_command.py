"""``labsim survey`` from end to end, in both languages."""

import json
from pathlib import Path

import pytest

from labsim.presentation.cli import main
from labsim.scenario.files import save
from tests.survey.twins import scenario


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("survey")
    save(scenario(), made / "small.toml")
    assert (
        main(
            ["survey", "make", "--scenario", str(made / "small.toml"), "--out", str(made / "data"), "--persons", "250"]
        )
        == 0
    )
    return made / "data"


def test_check_and_figures(folder: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path):
    files = [str(folder / "survey.csv"), str(folder / "codebook.toml")]
    assert main(["survey", "check", *files, "--lang", "zh"]) == 0
    assert "没有问题" in capsys.readouterr().out
    table = tmp_path / "figures.csv"
    assert main(["survey", "figures", *files, "--by", "age", "--out", str(table), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {one["group"] for one in found} == {"all", "age:young", "age:middle", "age:older"}
    assert all(one["n"] == 0 or one["n"] >= 10 for one in found)
    assert table.read_text(encoding="utf-8").count("\n") == len(found) + 1


def test_logs(folder: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["survey", "log", str(folder / "cases.csv"), str(folder / "cases.toml"), "--json"]) == 0
    assert "handling_days_mean" in json.loads(capsys.readouterr().out)["figures"]
    assert main(["survey", "log", str(folder / "app.csv"), str(folder / "app.toml"), "--lang", "zh"]) == 0
    assert "app_weekly" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["chek", "a", "b"], "check"),
        (["check", "a.csv"], "2"),
        (["check", "no.csv", "no.toml"], "no.csv"),
        (["make", "--format", "spss"], "sav"),
    ],
)
def test_mistakes_are_one_message(
    arguments, said: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    assert main(["survey", *arguments, "--lang", "en"]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert "Traceback" not in told
    assert list(tmp_path.iterdir()) == []
