"""``labsim robust`` and ``labsim search`` on a community that costs nothing."""

import json

import pytest

from labsim.presentation.cli import main
from labsim.scenario.files import load, save

SMALL = {"residents": 60, "blocks": 4, "items": 60, "panel": 10, "departments": 3}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    folder = tmp_path_factory.mktemp("decide")
    base = load("baseline").changed(name="tiny", horizon=112, burn_in=28, community=SMALL)
    save(base, folder / "base.toml")
    save(base.with_levers(verification=1.0).renamed("checked", "核验", "verified"), folder / "policy.toml")
    return str(folder / "base.toml"), str(folder / "policy.toml")


def test_policies_over_worlds(files: tuple[str, str], capsys: pytest.CaptureFixture[str]):
    arguments = ["robust", *files, "--outcome", "satisfaction_score", "--target", "satisfaction_score=80", "--worlds",
                 "40", "--no-store"]  # fmt: skip
    assert main([*arguments, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [one["name"] for one in found["policies"]] == ["tiny", "checked"]
    assert found["n"] == 160
    assert sum(found["variance"].values()) == pytest.approx(1)
    assert found["policies"][1]["mean"] > found["policies"][0]["mean"] - 5
    assert {one["name"] for one in found["worth"]} > {"all", "detection"}
    assert main([*arguments, "--lang", "zh"]) == 0
    assert "160 次运行" in capsys.readouterr().out


def test_searching_under_a_budget_and_what_it_would_take(files: tuple[str, str], capsys: pytest.CaptureFixture[str]):
    common = [
        "search",
        files[0],
        "--lever",
        "verification=0:1",
        "--lever",
        "handlers=1:4",
        "--trials",
        "20",
        "--worlds",
        "2",
        "--no-store",
        "--json",
    ]
    assert main([*common, "--outcome", "satisfaction_score", "--outcome", "mean_efficacy"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["front"]
    for one in found["front"]:
        assert 0 <= one["levers"]["verification"] <= 1
        assert one["levers"]["handlers"] == round(one["levers"]["handlers"])
        assert len(one["promised"]) == 2
    assert main([*common, "--target", "satisfaction_score=100"]) == 0
    assert json.loads(capsys.readouterr().out)["feasible"] is False
    assert main([*common, "--target", "satisfaction_score=1"]) == 0
    assert json.loads(capsys.readouterr().out)["policies"] == 20


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["robust", "baseline", "points", "--target", "reports_month=3"], "reports_month"),
        (["robust", "baseline", "points", "--outcome", "satisfacton_share"], "satisfaction_share"),
        (["robust", "baseline", "points", "--worlds", "3"], "20"),
        (["search", "baseline", "--lever", "handlrs=1:2"], "handlers"),
        (["search", "baseline", "--lever", "handlers=2"], "NAME=LOW:HIGH"),
        (["search", "baseline", "--lever", "handlers=2:1"], "empty"),
    ],
)
def test_mistakes_are_one_message(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]):
    assert main([*arguments, "--no-store", "--lang", "en"]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert "Traceback" not in told
