"""Replicate weights and answers that are filled in: errors against closed forms, and against each other."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from labsim.analysis.chance import Purpose, bells, evens, picked
from labsim.analysis.inference.observed import observed
from labsim.analysis.survey.estimates import estimate, steady_covariance
from labsim.analysis.survey.imputation import Imputation, filled, freedom, pooled
from labsim.analysis.survey.questions import QUESTIONS, Missing
from labsim.analysis.survey.survey import Answers, Survey, read_survey
from labsim.analysis.survey.variance import Replication
from labsim.foundations.errors import InputError
from tests.survey.test_estimates import survey

CLUSTERS, SIZE = 40, 10


def clustered(k: int = 1) -> Survey:
    """400 persons in clusters that differ."""
    rate = 1 / (1 + np.exp(-bells(k, Purpose.TRUTH, 0, (CLUSTERS,))))
    values = (evens(k, Purpose.ANSWER, 1, (CLUSTERS, SIZE)) < rate[:, None]).astype(float).ravel()
    weight = 0.5 + evens(k, Purpose.SAMPLE, 1, (CLUSTERS * SIZE,))
    return survey(values, weight=weight, cluster=np.repeat(np.arange(CLUSTERS), SIZE))


def jackknife(some: Survey) -> Survey:
    gone = np.arange(CLUSTERS)[None, :] == some.cluster[:, None]
    weights = np.where(gone, 0.0, some.weight[:, None] * CLUSTERS / (CLUSTERS - 1))
    return replace(some, replicates=weights, scale=Replication(("r*",), "jackknife").scale(CLUSTERS))


def bootstrap(some: Survey, many: int = 400) -> Survey:
    drawn = [np.bincount(picked(1, Purpose.BOOTSTRAP, i, CLUSTERS - 1, CLUSTERS), minlength=CLUSTERS)
             for i in range(many)]  # fmt: skip
    times = np.stack(drawn, axis=1)[some.cluster] * CLUSTERS / (CLUSTERS - 1)
    return replace(some, replicates=some.weight[:, None] * times, scale=Replication(("r",), "bootstrap").scale(many))


def halves(some: Survey, fay: float = 0.0) -> Survey:
    """Balanced half-samples of 20 strata of two clusters, with the columns of a Hadamard matrix."""
    matrix = np.array([[1.0]])
    while len(matrix) < CLUSTERS // 2 + 1:
        matrix = np.block([[matrix, matrix], [matrix, -matrix]])
    signs = matrix[1 : CLUSTERS // 2 + 1].T  # replicates x strata
    stratum, second = some.cluster // 2, some.cluster % 2 == 0
    up = np.where(signs[:, stratum] > 0, second, ~second)
    factor = np.where(up, 2.0 - fay, fay).T
    how = Replication(("r",), "brr", fay)
    paired = replace(some, stratum=stratum)
    return replace(paired, replicates=paired.weight[:, None] * factor, scale=how.scale(factor.shape[1]))


def test_the_jackknife_is_the_error_of_linearisation():
    some = clustered()
    plain, found = (estimate(one, "offline_12m") for one in (some, jackknife(some)))
    assert found.value == plain.value
    assert found.error == pytest.approx(plain.error, rel=0.03)
    assert found.effect > 1.5
    assert found.effective == pytest.approx(400 / found.effect)


@pytest.mark.parametrize("fay", [0.0, 0.5])
def test_balanced_halves_are_the_error_of_linearisation_in_their_strata(fay: float):
    made = halves(clustered(), fay)
    plain = estimate(replace(made, replicates=None), "offline_12m")
    assert estimate(made, "offline_12m").error == pytest.approx(plain.error, rel=0.08)


def test_the_bootstrap_agrees_and_enters_what_is_fitted():
    some = clustered()
    made = bootstrap(some)
    assert estimate(made, "offline_12m").error == pytest.approx(estimate(some, "offline_12m").error, rel=0.12)
    wide = replace(made, scale=9 * made.scale)
    wanted = [("offline_12m", "all")]
    assert steady_covariance(wide, wanted)[0, 0] == pytest.approx(9 * steady_covariance(made, wanted)[0, 0])
    assert observed(wide, {}, 300).covariance[0, 0] == pytest.approx(9 * observed(made, {}, 300).covariance[0, 0])


BOOK = """[design]
weight = "w"
{design}
[variables.offline_12m]
column = "q"
values = {{ yes = [1], no = [2] }}
{more}
"""


def files(folder: Path, design: str, more: str = "") -> tuple[Path, Path]:
    some = jackknife(clustered())
    assert some.replicates is not None
    heads = ["q", "w", *(f"rw{i}" for i in range(CLUSTERS))]
    answers = np.where(some.answers["offline_12m"].values == 1, 1, 2)
    rows = np.column_stack([answers, some.weight, some.replicates])
    text = "\n".join([",".join(heads), *(",".join(f"{x:.10g}" for x in row) for row in rows)])
    (folder / "s.csv").write_text(text, encoding="utf-8")
    (folder / "b.toml").write_text(BOOK.format(design=design, more=more), encoding="utf-8")
    return folder / "s.csv", folder / "b.toml"


def test_a_codebook_names_replicate_weights(tmp_path: Path):
    found = read_survey(*files(tmp_path, 'replicates = "rw*"\nmethod = "jackknife"'))
    assert estimate(found, "offline_12m").error == pytest.approx(estimate(clustered(), "offline_12m").error, rel=0.03)
    assert any("40" in note.en and "replicate" in note.en for note in found.notes)
    half = found.part(np.arange(200))
    assert half.replicates is not None
    assert half.replicates.shape == (200, CLUSTERS)


@pytest.mark.parametrize(
    ("design", "said"),
    [('replicates = "rep*"\nmethod = "brr"', "0 columns"), ('replicates = "rw*"\nmethod = "jacknife"', "jackknife?"),
     ('method = "brr"', "no replicates"), ('replicates = "rw*"\nmethod = "brr"\nfay = 1.5', "below 1"),
     ('replicates = ["q", "w", "rw1", "rw2", 3]\nmethod = "brr"', "list of columns")],
)  # fmt: skip
def test_mistakes_of_replicate_weights_are_told(design: str, said: str, tmp_path: Path):
    with pytest.raises(InputError) as caught:
        read_survey(*files(tmp_path, design))
    assert said in caught.value.render("en")


def test_mistakes_of_filling_in_are_told_at_once(tmp_path: Path):
    with pytest.raises(InputError) as caught:
        read_survey(*files(tmp_path, "", "[imputation]\nsets = 2\nshift = 9\nshifts = 1\n"))
    text = caught.value.render("en")
    for part in ("from 5 to 200", "from -3 to 3", "did you mean shift?"):
        assert part in text


def gappy(k: int, rate: float, shift: float = 0.0, n: int = 400) -> tuple[Survey, float]:
    """Persons of two ages; the young say yes and stay silent more often. Returns them and the mean of all."""
    young = np.arange(n) % 2
    truth = (evens(k, Purpose.ANSWER, 2, (n,)) < np.where(young == 1, 0.7, 0.3)).astype(float)
    odds = rate / (1 - rate) * np.where(young == 1, 2.0, 0.5) * np.exp(shift * truth)
    gone = evens(k, Purpose.RESPONSE, 2, (n,)) < odds / (1 + odds)
    some = survey(np.where(gone, np.nan, truth), ages=young)
    missing = np.where(gone, Missing.REFUSED, Missing.ANSWERED).astype(np.int64)
    answers = {**some.answers, "offline_12m": replace(some.answers["offline_12m"], missing=missing)}
    return replace(some, answers=answers), float(truth.mean())


def test_filling_in_takes_the_bias_away_and_intervals_still_cover():
    """Silence depends on age: those who answered are too old, filled in they are not; 95 % of 200 intervals hold .5."""
    hits, off = 0, []
    for k in range(200):
        some, _ = gappy(k, 0.4)
        made = estimate(replace(some, imputation=Imputation(8)), "offline_12m")
        hits += made.low <= 0.5 <= made.high
        off.append((estimate(some, "offline_12m").value - 0.5, made.value - 0.5))
    plain, better = np.mean(off, axis=0)
    assert plain < -0.04
    assert abs(better) < 0.008
    assert 180 <= hits <= 198
    # What is not known is not certain: wider than if the filled-in answers had been given.
    some, _ = gappy(1, 0.4)
    whole = replace(some, imputation=Imputation(8))
    taken = filled(some.answers["offline_12m"].values, some.answers["offline_12m"].missing,
                   some.answers["age_group"].values.astype(np.int64), Imputation(8), 0)  # fmt: skip
    assert np.isfinite(taken).all()
    given = survey(taken[0])
    assert estimate(whole, "offline_12m").error > 1.1 * estimate(given, "offline_12m").error


def test_a_shift_is_the_odds_of_those_who_are_silent():
    values = np.concatenate([np.tile([0.0, 1.0], 1000), np.full(2000, np.nan)])
    missing = np.where(np.isfinite(values), 0, Missing.DONT_KNOW).astype(np.int64)
    for shift in (-1.0, 0.0, 1.5):
        found = filled(values, missing, np.zeros(4000, np.int64), Imputation(5, shift), 1)[:, 2000:]
        assert found.mean() == pytest.approx(1 / (1 + np.exp(-shift)), abs=0.03)


def test_nobody_is_filled_in_whom_a_question_does_not_concern_and_small_cells_stay_hidden():
    values = np.array([1.0] * 12 + [0.0] * 12 + [np.nan] * 30)
    missing = np.array([0] * 24 + [Missing.SKIPPED] * 15 + [Missing.NOT_APPLICABLE] * 15)
    assert np.isnan(filled(values, missing, np.zeros(54, np.int64), Imputation(5), 1)[:, 24:]).all()
    few = survey(np.array([1.0] * 6 + [0.0] * 30 + [np.nan] * 30))
    gone = np.array([0] * 36 + [Missing.REFUSED] * 30)
    answers = {"offline_12m": Answers(QUESTIONS["offline_12m"], few.answers["offline_12m"].values, gone)}
    assert estimate(replace(few, answers=answers, imputation=Imputation(5)), "offline_12m").hidden


def test_rubins_rules_by_hand():
    mean, whole = pooled(np.array([[1.0], [2.0], [3.0]]), np.full((3, 1, 1), 0.5))
    assert mean[0] == 2.0
    assert whole[0, 0] == pytest.approx(0.5 + (4 / 3) * 1.0)
    assert freedom(20, 0.0, 30) == 30
    assert freedom(20, 0.3, 30) < 25
    assert freedom(20, 0.3, 30) == pytest.approx(1 / (0.09 / 19 + 1 / (31 / 33 * 30 * 0.7)))
