"""Draws of many residents at once, and the exponential function that goes with them."""

import math

import numpy as np

from labsim.foundations.arithmetic import exp32
from labsim.foundations.draws import TOGETHER, fill_words, uniforms
from labsim.foundations.randomness import Decision, philox4x32, uniform, word

DECISION = int(Decision.ACT_VOLUNTEER)


def words(seed: int, step: int, group: int) -> np.ndarray:
    out = np.empty(TOGETHER, np.uint32)
    fill_words(seed, DECISION, step, group, out)
    return out


def test_many_words_are_the_words_of_everybody():
    seed = 2**40 + 7
    for group in (0, 3):
        expected = [word(seed, DECISION, 5, group * TOGETHER + i) for i in range(TOGETHER)]
        assert words(seed, 5, group).tolist() == expected


def test_many_uniforms_are_the_uniforms_of_everybody():
    ids = np.array([0, 1, 6, 2**31, 2**32 + 5, 2**53, *range(100, 131)], np.int64)  # more than one run of SIMD
    for seed, step in ((2**40 + 7, 5), (0, -180)):
        expected = [uniform(seed, DECISION, step, int(one)) for one in ids]
        assert uniforms(seed, DECISION, step, ids).tolist() == expected


def test_a_word_is_a_quarter_of_a_philox_block():
    block = philox4x32(256 + 9, 0, 5, DECISION + 65536, 7, 0)
    assert [word(7, DECISION, 5, 1024 + 256 * quarter + 9) for quarter in range(4)] == list(block)


def test_words_are_even_and_do_not_repeat():
    drawn = np.concatenate([words(1, day, group) for day in range(8) for group in range(8)])
    n = len(drawn)
    assert len(np.unique(drawn)) > n * (1 - 2 * n / 2**32)  # as many meet by chance in 2**32 words, and hardly more
    assert abs(drawn.mean() / 2**32 - 0.5) < 5 / math.sqrt(12 * n)


def test_exp32_is_the_exponential_function():
    x = np.linspace(-79.9, 79.9, 4001, dtype=np.float32)
    found = np.array([exp32(one) for one in x], dtype=np.float64)
    assert np.abs(found / np.exp(x.astype(np.float64)) - 1.0).max() < 3e-7
    assert exp32(np.float32(-500.0)) == exp32(np.float32(-80.0)) > 0.0
    assert np.isfinite(exp32(np.float32(500.0)))
