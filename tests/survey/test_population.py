"""A population raked from a survey: margins met, associations kept, trouble told."""

import json
from pathlib import Path

import numpy as np
import pytest

from labsim.analysis.chance import Purpose, evens
from labsim.analysis.survey.population import fitted
from labsim.analysis.survey.questions import QUESTIONS
from labsim.analysis.survey.survey import Answers, Survey
from labsim.analysis.survey.twinfiles import write_twin
from labsim.foundations.errors import InputError
from labsim.presentation.cli import main
from labsim.scenario.files import load
from tests.survey.twins import data


def people(n: int = 600, weight=None, young: float = 0.3) -> Survey:
    luck = evens(1, Purpose.ANSWER, 50, (3, n))
    age = np.where(luck[0] < young, 0, np.where(luck[0] < 0.7, 1, 2)).astype(float)
    digital = (luck[1] < np.array([0.95, 0.8, 0.3])[age.astype(int)]).astype(float)
    migrant = (luck[2] < 0.3).astype(float)
    none = np.zeros(n, np.int64)
    answers = {
        name: Answers(QUESTIONS[name], values, none)
        for name, values in (("age_group", age), ("migrant", migrant), ("digital", digital))
    }
    weights = np.ones(n) if weight is None else weight
    return Survey(answers, weights, none, np.arange(n), None, weight is not None, (), ("", ""))


def test_margins_are_met_in_whole_people_and_associations_are_kept():
    survey = people()
    found = fitted(survey, {"age": np.array([0.2, 0.4, 0.4]), "migrant": np.array([0.5, 0.5])}, 1000)
    assert found.table.sum() == 1000
    assert max(found.errors.values()) <= 0.005
    values = found.community()
    assert values["young_share"] == pytest.approx(0.2, abs=0.002)
    assert values["migrant_share"] == pytest.approx(0.5, abs=0.002)
    assert values["digital_older"] < 0.5 < 0.8 < values["digital_young"]
    assert found.held_out > 0.02  # the odds of age and digital access are no independence
    assert found.srmse > 0.1
    assert found.weight_cv > 0


def test_without_margins_the_sample_is_kept():
    found = fitted(people(), {}, 1000)
    assert found.srmse < 1e-6
    assert found.weight_cv < 1e-6


def test_wild_weights_are_trimmed_and_it_is_said():
    weight = np.ones(600)
    weight[:3] = 80.0
    found = fitted(people(weight=weight), {}, 1000)
    assert found.trimmed == pytest.approx(3 / 600)
    assert found.weight_cv < 0.6


def test_people_whom_the_survey_has_none_of_are_told():
    with pytest.raises(InputError, match="age"):
        fitted(people(young=0.0), {"age": np.array([0.3, 0.4, 0.3])}, 1000)
    with pytest.raises(InputError, match="3"):
        fitted(people(), {"age": np.array([0.3, 0.7])}, 1000)
    assert any("0" not in one.en for one in fitted(people(60), {}, 100).notes)


def test_the_command_writes_a_scenario_that_loads(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    files = write_twin(data(), tmp_path)
    out = tmp_path / "mine.toml"
    arguments = [
        "survey",
        "population",
        str(files[0]),
        str(files[1]),
        "--margin",
        "age=0.25:0.35:0.4",
        "--residents",
        "800",
    ]
    assert main([*arguments, "--out", str(out), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert max(told["errors"].values()) <= 0.005
    made = load(out)
    assert made.community["residents"] == 800
    assert made.community["older_share"] == pytest.approx(0.4, abs=0.002)
