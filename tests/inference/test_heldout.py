"""Forecasts of blocks that were held out: the model must beat naive ones where it is right, and may lose where not."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from labsim.analysis.chance import Purpose, bells
from labsim.analysis.inference.bank import Bank, prior_scores
from labsim.analysis.inference.heldout import Foretold, foretold
from labsim.analysis.inference.observed import Figure, Observed, observed_halves
from labsim.analysis.survey.survey import read_survey
from labsim.analysis.survey.twinfiles import write_twin
from tests.inference.banks import study
from tests.survey.twins import data

GROUPS = ("age:young", "age:middle", "age:older", "migrant:yes", "migrant:no", "digital:yes")
ERROR = 0.5


def bank(n: int = 1500) -> Bank:
    """Six groups that one parameter moves together, and a half of each that was asked."""
    names = tuple(Figure("mean_efficacy", one, "survey") for one in GROUPS)
    half = Observed(names, np.zeros(6), ERROR**2 * np.eye(6))
    made = study(n)
    scores = prior_scores(made, n)
    clean = scores[:, :1] + 0.1 * bells(1, Purpose.LUCK, 5, (n, 6))
    values = 0.8 + ERROR * bells(3, Purpose.LUCK, 6, (2, 6))
    halves = (half.replaced(values[0]), half.replaced(values[1]))
    return Bank(replace(made, halves=halves), scores, clean, half)


def test_a_model_that_is_right_pools_what_groups_have_in_common():
    """In closed form: a group's own half has an error of .5 + .5, six pooled ones of .2 + .5."""
    found = foretold(bank(), 1)
    assert found is not None
    assert found.figures == 6
    naive = np.sqrt(2 * ERROR**2) / np.sqrt(np.pi)  # mean score of a calibrated normal, sd/√π
    pooled = np.sqrt(ERROR**2 + ERROR**2 / 6 + 0.01) / np.sqrt(np.pi)
    assert found.usual["model"] / found.usual["same group"] == pytest.approx(pooled / naive, rel=0.08)
    assert found.usual_gain > 0.15


def test_a_model_that_is_wrong_loses():
    """The real community is far from anything that the bank has seen."""
    some = bank()
    assert some.study.halves is not None
    first, second = (one.replaced(one.values + np.array([9, -9, 9, -9, 9, -9.0])) for one in some.study.halves)
    found = foretold(replace(some, study=replace(some.study, halves=(first, second))), 1)
    assert found is not None
    assert found.gain < 0 < found.usual_gain


def test_gain_is_against_the_best_naive_forecast():
    told = {"model": 0.8, "same group": 1.0, "everybody": 2.0, "prior": 0.5}
    assert Foretold(1, told, told, 1).gain == pytest.approx(0.2)


def test_halves_are_other_blocks_of_the_same_survey(tmp_path: Path):
    write_twin(data(), tmp_path)
    survey = read_survey(tmp_path / "survey.csv", tmp_path / "codebook.toml")
    halves = observed_halves(survey, {"app": {"app_weekly": 0.1}}, 300)
    assert halves is not None
    first, second = halves
    assert {one.source for one in first.figures} == {"survey", "app"}
    assert {one.source for one in second.figures} == {"survey"}
    both = {one.name for one in first.figures} & {one.name for one in second.figures}
    assert "sorting_rate" in both
    values = [
        next(float(v) for f, v in zip(one.figures, one.values, strict=True) if f.name == "sorting_rate")
        for one in halves
    ]
    assert values[0] != values[1]
