"""Likelihoods that exist: they cover, count open cases, and do not take friends alike for influence."""

import numpy as np
import pytest

from labsim.analysis.chance import Purpose, bells, evens
from labsim.analysis.inference.direct import influence, stage_days
from labsim.foundations.errors import InputError


def test_stage_times_cover_with_cases_that_are_still_open():
    hits = 0
    for k in range(300):
        began = 100 * evens(k, Purpose.LUCK, 50, (60,))
        ended = began - 3.0 * np.log(evens(k, Purpose.LUCK, 51, (60,)))
        found = stage_days(began, np.where(ended < 100, ended, np.nan), 100.0)
        hits += found.low <= 3.0 <= found.high
    assert 272 <= hits <= 297


def test_leaving_open_cases_out_would_be_wrong():
    began = np.concatenate([np.zeros(40), np.full(40, 9.0)])
    ended = np.concatenate([np.full(40, 4.0), np.full(40, np.nan)])
    assert stage_days(began, ended, 10.0).value == pytest.approx((160 + 40) / 40)


def test_a_stage_time_becomes_a_prior_inside_the_declared_range():
    found = stage_days(np.zeros(50), np.full(50, 2.0), 10.0)
    prior = found.prior("intake_days")
    assert found.low < 2 < found.high
    assert (prior.low, prior.high) == (found.low, found.high)
    with pytest.raises(InputError, match="intake_days"):
        stage_days(np.zeros(50), np.full(50, 90.0), 100.0).prior("intake_days")


@pytest.mark.parametrize("wrong", [np.full(20, -1.0), np.full(20, np.nan)])
def test_records_that_are_none_are_refused(wrong: np.ndarray):
    with pytest.raises(InputError):
        stage_days(np.zeros(20), wrong, 10.0)


def panel(j: float, k: int, alike: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Return a panel of 200 persons in rings of 10; with ``alike``, rings share their taste."""
    n, weeks = 200, 60
    ring = np.arange(n) // 10
    contacts = np.stack([ring * 10 + (np.arange(n) + step) % 10 for step in (1, 2, 8, 9)], axis=1)
    taste = bells(k, Purpose.TRUTH, 9, (n,)) * 1.5
    if alike:
        taste = bells(k, Purpose.TRUTH, 10, (20,))[ring] * 1.5
    acts = np.zeros((weeks, n), np.int8)
    for w in range(1, weeks):
        u = -1.0 + j * acts[w - 1][contacts].mean(axis=1) + 0.5 * acts[w - 1] + taste
        acts[w] = evens(k, Purpose.LUCK, 60 + w, (n,)) < 1 / (1 + np.exp(-u))
    return acts, contacts


def test_influence_is_found_again_and_likeness_is_not_taken_for_it():
    strong = influence(*panel(1.5, 1))
    assert strong.low < 1.5 < strong.high
    assert strong.low > 0.5
    alike = influence(*panel(0.0, 2, alike=True))
    assert alike.low < 0.45
    assert alike.high < 0.9
    with pytest.raises(InputError, match="panel"):
        influence(np.zeros((3, 50), np.int8), np.zeros((50, 2), np.int64))
