"""Inference against a closed form, its own checks against inferences that are wrong on purpose."""

from pathlib import Path

import numpy as np
import pytest

from labsim.analysis.chance import Purpose, bells
from labsim.analysis.inference.calibration import Light, Rests, drawn, holm, in_band, quality
from labsim.analysis.inference.fitting import check, checked, fit
from labsim.analysis.inference.guard import shares
from labsim.analysis.inference.heldout import all_foretold
from labsim.analysis.inference.identify import spectrum
from labsim.analysis.inference.misfit import expectation, misfit, rates
from labsim.analysis.inference.posterior import Posterior, crps, load_posterior, save_posterior
from labsim.analysis.inference.regression import learn, resampled
from labsim.analysis.inference.smc import smc
from labsim.foundations.errors import InputError
from tests.inference.banks import NAMES, PRIORS, bank, exact, figures, study

VALUES = np.array([1.0, -0.5, 0.8, 0.4])


def test_regression_finds_the_closed_form():
    known = learn(bank(6000), 1)
    draws = known.posterior(VALUES, 1)
    mean, covariance = exact(VALUES)
    sd = np.sqrt(np.diag(covariance))
    assert np.abs(draws.mean(axis=0) - mean) == pytest.approx(np.zeros(3), abs=0.15)
    assert draws.std(axis=0) / sd == pytest.approx(np.ones(3), abs=0.12)
    assert np.asarray(np.corrcoef(draws.T))[0, 1] == pytest.approx(covariance[0, 1] / sd[0] / sd[1], abs=0.12)


def test_the_other_method_agrees_with_the_closed_form():
    some = bank(1500)
    draws, course = smc(some, learn(some, 1), VALUES, lambda scores, first: figures(scores, first), 1)
    mean, covariance = exact(VALUES)
    assert draws.mean(axis=0)[:2] == pytest.approx(mean[:2], abs=0.3)
    assert abs(draws.mean(axis=0)[2]) < 0.6  # nothing moves with it: luck of 200 particles
    # Closing in by distance leaves some width; narrower than the truth by no more than luck of the particles.
    assert (draws.std(axis=0) > 0.75 * np.sqrt(np.diag(covariance))).all()
    assert (draws.std(axis=0) < 1.7 * np.sqrt(np.diag(covariance))).all()
    tolerances = [one.tolerance for one in course]
    assert tolerances == sorted(tolerances, reverse=True)
    assert len(course) > 1


def test_a_right_inference_passes_and_what_moves_nothing_is_red():
    found = {one.name: one for one in check(bank(4000), 1, 200, draws=500)}
    for name in ("migrant_barrier", "hop_days"):
        assert found[name].light is Light.GREEN
        assert 165 <= found[name].hits <= 192
        assert 77 <= found[name].half_hits <= 123
        assert found[name].recovery >= 0.8
    barren = found["reward_weight"]
    assert barren.covers  # returning the prior is perfectly calibrated
    assert barren.rests is Rests.PRIOR
    assert barren.light is Light.RED


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        (lambda draws: draws.mean(axis=0) + 0.5 * (draws - draws.mean(axis=0)), "covers"),  # overconfident
        (lambda draws: draws + 0.6 * draws.std(axis=0), "ranks_pass"),  # biased
    ],
)
def test_an_overconfident_or_biased_inference_turns_red(wrong, what: str):
    some = bank(2500)
    known = learn(some.part(np.arange(2300)), 1)
    rows = np.arange(2300, 2500)
    found = quality(some, rows, drawn(some, rows, lambda v, s: wrong(known.posterior(v, s, draws=400)), 1))
    assert all(one.light is Light.RED for one in found)
    assert not getattr(found[0], what)


def test_a_larger_error_of_the_survey_widens_the_posterior():
    some = bank(4000)
    loose = some.observed.tightened(1 / 25)
    wide = learn(some, 1, seen=loose).posterior(VALUES, 1)
    narrow = learn(some, 1).posterior(VALUES, 1)
    assert wide[:, 0].std() > 1.5 * narrow[:, 0].std()


def test_the_spectrum_knows_what_moves_nothing_before_any_fit():
    found = spectrum(bank())
    assert found.left[2] == pytest.approx(1.0, abs=0.01)
    _, covariance = exact(VALUES)
    assert found.left == pytest.approx(np.sqrt(np.diag(covariance)), rel=0.1)
    assert found.known == 2


def test_data_that_no_parameter_makes_are_flagged_and_the_figure_is_named():
    some = bank(2000)
    known = expectation(some, 1)
    fine = some.observed.noisy(some.clean[1:400:2], 3, 7)
    assert np.mean([misfit(known, some, row).flagged for row in fine]) <= 0.09
    strange = fine.copy()
    strange[:, 3] += 6.0  # the fourth figure is the sum of what the others tell
    found = [misfit(known, some, row) for row in strange]
    assert np.mean([one.flagged for one in found]) >= 0.9
    flags = rates(known, some, 1)
    assert flags["false"] <= 0.09
    assert flags["found"] >= 0.9


def test_a_posterior_survives_its_file_to_the_bit(tmp_path: Path):
    scores = bells(1, Purpose.POSTERIOR, 5, (200, 3))
    made = Posterior(PRIORS, scores, "regression", NAMES, VALUES, figures(scores[:20], 4), {"seed": 1})
    save_posterior(made, tmp_path / "p.nc")
    again = load_posterior(tmp_path / "p.nc")
    assert (again.scores == scores).all()
    assert again.priors == PRIORS
    assert (again.predicted == made.predicted).all()
    assert dict(again.record) == {"seed": 1}
    assert [path.name for path in tmp_path.iterdir()] == ["p.nc"]


def test_another_file_is_no_posterior(tmp_path: Path):
    (tmp_path / "p.nc").write_bytes(b"not a posterior")
    with pytest.raises(InputError, match=r"p\.nc"):
        load_posterior(tmp_path / "p.nc")


def test_what_a_posterior_rests_on():
    scores = np.stack([bells(1, Purpose.POSTERIOR, i, (900,)) * s for i, s in enumerate((0.2, 0.6, 1.0))], axis=1)
    made = Posterior(PRIORS, scores, "regression")
    assert [made.rests(one.name) for one in PRIORS] == [Rests.DATA, Rests.BOTH, Rests.PRIOR]


def test_crps_of_a_normal_forecast_is_the_known_number():
    draws = bells(1, Purpose.POSTERIOR, 0, (4000, 1))
    assert crps(draws, np.zeros(1))[0] == pytest.approx((np.sqrt(2) - 1) / np.sqrt(np.pi), rel=0.03)


def test_holm_and_the_binomial_band():
    assert holm([0.0001, 0.5, 0.02], 0.05) == [False, True, False]
    assert [in_band(n, 200, 0.9) for n in (164, 165, 192, 193)] == [False, True, True, False]
    assert [in_band(n, 200, 0.5) for n in (76, 77, 123, 124)] == [False, True, True, False]


def test_shares_of_variance_go_to_what_moves_the_outcome():
    scores = bells(1, Purpose.POSTERIOR, 3, (60, 3))
    found = shares(2 * scores[:, 1] + 0.5 * scores[:, 0] + 0.3 * bells(2, Purpose.LUCK, 0, (60,)), scores)
    assert found[1] > 0.8
    assert found[2] < 0.05


def test_resampling_keeps_proportions():
    found = np.bincount(resampled(np.array([1.0, 3.0, 0.0]), 1000, 1), minlength=3)
    assert found.tolist() in ([250, 750, 0], [251, 749, 0], [249, 751, 0])


def test_the_other_method_has_lights_of_its_own(monkeypatch: pytest.MonkeyPatch):
    """On hundreds of data sets it closes in on a stand-in for the model that the bank taught."""
    found, whole = checked(bank(1500), 1, 40, 200, "smc")
    assert [one.light for one in found] == [Light.GREEN, Light.GREEN, Light.RED]
    assert whole.p > 0.001
    monkeypatch.setattr("labsim.analysis.inference.smc.PARTICLES", 20)  # far too few: overconfident, and seen
    assert all(one.light is Light.RED for one in check(bank(1500), 1, 40, 200, "smc"))


def test_an_unknown_method_is_told():
    with pytest.raises(InputError, match="regression"):
        fit(study(), "regresion")


def test_a_fit_without_groups_has_nothing_to_hold_out():
    some = bank(600)
    made = fit(some.study, bank=some, checks=(0, 0))
    assert all_foretold(some) == []
    assert made.posterior.record["simulations"] == 600


def test_lights_travel_with_the_posterior_and_an_unchecked_one_is_red():
    some = bank(1500)
    made = fit(some.study, bank=some, checks=(0, 100))
    assert made.posterior.lights["migrant_barrier"] is Light.GREEN
    assert made.posterior.lights["reward_weight"] is Light.RED
    unchecked = fit(some.study, bank=some, checks=(0, 0)).posterior
    assert set(unchecked.lights.values()) == {Light.RED}
