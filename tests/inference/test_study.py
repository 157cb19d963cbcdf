"""A study from end to end on real runs, and its command."""

import html
import json
from pathlib import Path

import pytest

from labsim.analysis.gates import Gate
from labsim.analysis.inference.study import read_study
from labsim.analysis.survey.twinfiles import write_twin
from labsim.foundations.errors import InputError
from labsim.foundations.i18n import t
from labsim.presentation.cli import main
from labsim.scenario.files import save
from tests.inference.test_direct import panel, records
from tests.survey.twins import data, scenario

STUDY = """
base = "small.toml"
simulations = 200
seed = 1

[data]
survey = "survey.csv"
codebook = "codebook.toml"
cases = "cases.csv"
cases_columns = "cases.toml"

[parameters]
migrant_barrier = {}
sorting = { moves = ["alpha_sort_young", "alpha_sort_middle", "alpha_sort_older"], low = -2, high = 2 }
reward_weight = {}

[direct]
notice_rate = { duplicates = "open.csv" }
contact_influence = { panel = "panel.csv", contacts = "contacts.csv" }
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("study")
    write_twin(data(), made)
    save(scenario().changed(burn_in=0), made / "small.toml")
    records(made, "open.csv", {"days": [8.0] * 300, "repeats": [0] * 270 + [1] * 30})
    acts, contacts = panel(1.0, 3)
    records(made, "panel.csv", {"id": range(len(contacts)), **{f"w{i}": row for i, row in enumerate(acts)}})
    pairs = [(i, int(other)) for i, row in enumerate(contacts) for other in row]
    records(made, "contacts.csv", {"id": [one[0] for one in pairs], "contact": [one[1] for one in pairs]})
    (made / "study.toml").write_text(STUDY, encoding="utf-8")
    return made


@pytest.mark.slow
def test_a_study_runs_resumes_and_repeats_to_the_bit(folder: Path, capsys: pytest.CaptureFixture[str]):
    store = ["--store", str(folder / "store")]
    study = str(folder / "study.toml")
    found = []
    for name in ("a.nc", "b.nc"):
        assert main(["research", "fit", study, *store, "--out", str(folder / name), "--json"]) == 0
        found.append(json.loads(capsys.readouterr().out))
    assert found[0]["stored"] == 0
    assert found[1]["stored"] == 200  # nothing is run twice
    for one in found:
        del one["posterior"], one["stored"]
    assert found[0] == found[1]
    assert found[0]["parameters"]["reward_weight"]["width"] > 0.8
    assert found[0]["parameters"]["sorting"]["width"] < 0.7
    for name in ("notice_rate", "contact_influence"):  # what records said of choices and duplicates stays said
        assert found[0]["parameters"][name]["rests"] != "prior"
    low, high = found[0]["parameters"]["sorting"]["interval"]
    assert low < 0 < high
    assert main(["research", "identify", study, *store, "--lang", "zh"]) == 0
    assert "reward_weight" in capsys.readouterr().out
    assert main(["research", "check", study, *store, "--tests", "40", "--json"]) == 0
    lights = {one["name"]: one["light"] for one in json.loads(capsys.readouterr().out)["parameters"]}
    assert lights["reward_weight"] == "red"
    page = folder / "brief.html"
    assert main(["research", "compare", study, "points_scheme", *store, "--out", str(folder / "a.nc"), "--worlds", "12",
                 "--brief", str(page), "--json"]) == 0  # fmt: skip
    verdicts = json.loads(capsys.readouterr().out)
    taken = [one["sentence_en"] for one in verdicts if one["before"] != one["verdict"]]
    told = page.read_text(encoding="utf-8")
    assert "prior alone" in told
    assert all(html.escape(sentence, quote=False) in told for sentence in taken)
    assert main(["verify", str(page), *store]) == 0
    capsys.readouterr()
    assert {"share_red", "verdict", "before"} <= set(verdicts[0])
    for one in verdicts:
        if one["share_red"] > 0.5 and one["before"] in ("matters", "smaller"):
            assert one["verdict"] == "open"


def test_all_mistakes_of_a_study_are_told_at_once(folder: Path):
    text = STUDY.replace("migrant_barrier", "migrant_barier").replace("cases.csv", "kases.csv").replace("= 200", "= 5")
    (folder / "wrong.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_study(folder / "wrong.toml")
    said = caught.value.render("en")
    for part in ("did you mean migrant_barrier?", "kases.csv", "from 200", "wrong.toml:3"):
        assert part in said


@pytest.mark.parametrize("passed", [True, False])
def test_gates_are_told_by_a_command(passed: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    gate = Gate(t("空比赛", "null contest"), t("7 至 36", "7 to 36"), "40", passed)
    monkeypatch.setattr("labsim.presentation.research_said.gates", lambda: [gate])
    assert main(["research", "gates", "--lang", "zh"]) == (0 if passed else 1)
    said = capsys.readouterr().out
    assert "空比赛" in said
    assert f"1 项中 {int(passed)} 项通过" in said
    assert ("✗" in said) is not passed
