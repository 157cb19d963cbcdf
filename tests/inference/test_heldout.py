"""Forecasts of what was held out: the model must beat naive ones where it is right, and may lose where it is not."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from labsim.analysis.chance import Purpose, bells
from labsim.analysis.inference.bank import Bank, prior_scores, simulate_bank, simulate_split
from labsim.analysis.inference.heldout import Foretold, all_foretold, foretold, together
from labsim.analysis.inference.logistic import coefficients, regressed
from labsim.analysis.inference.observed import Figure, Observed, observed
from labsim.analysis.inference.splits import BLOCKS, ELSEWHERE, LATER, Split, apart, by_blocks
from labsim.analysis.inference.study import Study, read_study
from labsim.analysis.survey.survey import Survey, read_survey
from labsim.analysis.survey.twinfiles import write_twin
from labsim.foundations.errors import InputError
from labsim.model.simulate import simulate
from labsim.results.indicators import measure
from tests.inference.banks import study
from tests.survey.twins import data, ran, scenario

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
    split = Split(BLOCKS, half.replaced(values[0]), half.replaced(values[1]), np.full(6, np.nan), made.base)
    return Bank(replace(made, splits=(split,)), scores, clean, half)


def told(some: Bank) -> Foretold:
    return all_foretold(some)[0]


def test_a_model_that_is_right_pools_what_groups_have_in_common():
    """In closed form: a group's own half has an error of .5 + .5, six pooled ones of .2 + .5."""
    found = told(bank())
    assert found.figures == 6
    naive = np.sqrt(2 * ERROR**2) / np.sqrt(np.pi)  # mean score of a calibrated normal, sd/√π
    pooled = np.sqrt(ERROR**2 + ERROR**2 / 6 + 0.01) / np.sqrt(np.pi)
    usual = {name: np.mean([one[name] for one in found.each]) for name in ("model", "same")}
    assert usual["model"] / usual["same"] == pytest.approx(pooled / naive, rel=0.08)
    assert found.usual_gain > 0.15
    assert 0.4 < found.often < 0.95  # one survey is one draw


def test_a_model_that_is_wrong_loses():
    """The real community is far from anything that the bank has seen."""
    some = bank()
    split = some.study.splits[0]
    first, second = (
        one.replaced(one.values + np.array([9, -9, 9, -9, 9, -9.0])) for one in (split.first, split.second)
    )
    wrong = replace(some.study, splits=(replace(split, first=first, second=second),))
    found = told(replace(some, study=wrong))
    assert found.gain < 0 < found.usual_gain


def test_a_regression_that_knows_better_is_the_one_to_beat():
    some = bank()
    split = some.study.splits[0]
    exact = foretold(some, replace(split, regressed=split.second.values), simulate_split(some, split))
    assert exact is not None
    assert exact.scores["logistic"] < exact.scores["model"]
    assert exact.gain < told(some).gain
    assert "logistic" not in exact.each[0]


def test_gain_is_against_the_best_naive_forecast_and_figures_count_alike():
    scores = {"model": 0.8, "same": 1.0, "everybody": 2.0, "prior": 0.5}
    one = Foretold("a", 1, scores, (scores,))
    assert one.gain == pytest.approx(0.2)
    other = {"model": 2.0, "same": 2.0, "everybody": 3.0, "logistic": 1.0, "prior": 3.0}
    both = together([one, Foretold("b", 3, other, (other,))])
    assert both.scores == pytest.approx({"model": 1.7, "same": 1.75, "everybody": 2.75, "prior": 2.375})


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Survey:
    folder = tmp_path_factory.mktemp("asked")
    write_twin(data(), folder)
    return read_survey(folder / "survey.csv", folder / "codebook.toml")


def test_halves_are_other_blocks_of_the_same_survey(asked: Survey):
    split = by_blocks(asked, {"app": {"app_weekly": 0.1}}, 300, scenario())
    assert split is not None
    assert {one.source for one in split.first.figures} == {"survey", "app"}
    assert {one.source for one in split.second.figures} == {"survey"}
    values = [
        next(float(v) for f, v in zip(one.figures, one.values, strict=True) if f.name == "sorting_rate")
        for one in (split.first, split.second)
    ]
    assert values[0] != values[1]


def test_a_regression_foretells_its_own_sample_as_it_is(asked: Survey):
    """Why the same group stands for it in simulated data: with a canonical link, fitted margins are observed ones."""
    seen = observed(asked, {"app": {"app_weekly": 0.1}}, 300)
    fitted = regressed(asked, asked, seen)
    assert np.isnan(fitted[-1])  # a log knows no persons
    shares = [i for i, one in enumerate(seen.figures) if one.source == "survey" and one.scale == 1.0]
    assert {seen.figures[i].group for i in shares} >= {"all", "age:middle", "migrant:no"}
    # Persons without an answer are foretold too: equal but for them.
    assert fitted[shares] == pytest.approx(seen.values[shares], abs=0.03)
    assert np.mean(np.abs(fitted[shares] - seen.values[shares])) < 0.008


def test_coefficients_are_those_of_the_table():
    """Two groups with 20 and 60 of 100: the logits of the shares, and the logarithm of the means for counts."""
    x = np.stack([np.ones(200), np.repeat([0.0, 1.0], 100)], axis=1)
    y = np.concatenate([np.arange(100) < 20, np.arange(100) < 60]).astype(float)
    constant, slope = coefficients(x, y, np.ones(200))
    assert constant == pytest.approx(np.log(0.2 / 0.8), abs=1e-3)
    assert slope == pytest.approx(np.log(0.6 / 0.4) - np.log(0.2 / 0.8), abs=1e-3)
    assert coefficients(x, 5 * y, np.ones(200), count=True)[1] == pytest.approx(np.log(3), abs=1e-3)
    alone = coefficients(x, np.repeat([0.0, 1.0], 100), np.ones(200))  # nothing in common: still finite
    assert np.isfinite(alone).all()


def test_the_year_after_is_the_second_year_of_the_same_runs(asked: Survey):
    """What is foretold for the year after is measured in days 364 to 728 of runs whose first year is the bank's."""
    base = scenario()
    seen = observed(asked, {"app": {"app_weekly": 0.1}}, 300)
    small = Study(base, study().priors, seen, 4, 1)
    made = simulate_bank(small)
    later = apart(LATER, base, (asked, seen), (asked, seen))
    place = [one.name for one in made.observed.figures].index("app_weekly")
    other = [one.name for one in seen.figures].index("app_weekly")
    year = simulate_split(made, later)
    assert not np.allclose(year[:, other], made.clean[:, place])
    elsewhere = simulate_split(made, apart(ELSEWHERE, base, (asked, seen), (asked, seen)))
    assert not np.allclose(elsewhere[:, other], made.clean[:, place])  # the same community with other luck
    # By hand, for the first run.
    from labsim.analysis.inference.bank import natural
    from labsim.analysis.inference.priors import world_of
    from labsim.experiment.design import seed_of

    values = [float(one) for one in natural(small, made.scores)[0]]
    two = base.changed(horizon=728).with_world(**world_of(small.priors, values, base))
    run = simulate(two, seed_of(1, 1, 0))
    assert made.clean[0, place] == pytest.approx(measure(run, "app_weekly", (0, 364)))
    assert year[0, other] == pytest.approx(measure(run, "app_weekly", (364, 728)))


def test_a_second_wave_holds_the_second_year(tmp_path: Path):
    from labsim.analysis.survey.synthetic import Fieldwork, twin, year_after

    first, people = ran()
    longer = simulate(scenario().changed(horizon=728), 1, population=people)
    base, year = year_after(scenario(), first, longer)
    assert (base.start_date - scenario().start_date).days == 364
    for name in ("acts_sort", "acts_meeting"):
        assert (year.residents[name] + first.residents[name] == longer.residents[name]).all()
    made = twin(base, year, people, Fieldwork(persons=250), 2)
    opened = longer.cases["opened"]
    assert (made.cases["重复于"] == "").sum() == ((opened >= 364) & (opened < 728)).sum()
    assert made.app["活跃人数"].tolist() == [
        int(week.sum()) for week in longer.programme["act_app"][364:].reshape(52, 7)
    ]
    files = write_twin(made, tmp_path, wave=2)
    assert [one.name for one in files] == ["survey_2.csv", "cases_2.csv", "app_2.csv"]
    with pytest.raises(ValueError, match="different runs"):
        year_after(scenario(), ran(2)[0], longer)


def test_mistakes_of_what_is_held_out_are_told_with_the_rest(tmp_path: Path):
    write_twin(data(), tmp_path)
    (tmp_path / "study.toml").write_text(
        'base = "baseline"\n[data]\nsurvey = "survey.csv"\ncodebook = "codebook.toml"\n[parameters]\n'
        'migrant_barrier = {}\n[held_out.latter]\n[held_out.later]\nbase = "baseline"\nsurvey = "none.csv"\n'
        '[held_out.elsewhere]\ncases = "cases.csv"\n',
        encoding="utf-8",
    )
    with pytest.raises(InputError) as caught:
        read_study(tmp_path / "study.toml")
    said = caught.value.render("en")
    for part in ("did you mean later?", "same community", "none.csv", "cases_columns is missing", "elsewhere.base"):
        assert part in said
