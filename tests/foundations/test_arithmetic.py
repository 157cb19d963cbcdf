"""Elementary functions: the errors that their docstrings promise, and the same bits compiled and plain."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr, ndtri

from labsim.foundations.arithmetic import exp, fixed, log, logistic, normal_cdf, normal_quantile, unfixed

RULES = (exp, log, logistic, normal_cdf, normal_quantile, fixed)
SMALLEST = 2.2250738585072014e-308


def plain(rule):
    return getattr(rule, "py_func", rule)


def relative_error(found: float, reference: float) -> float:
    """Return the relative error against a C library whose own error is below 1e-16."""
    return abs(found - reference) / abs(reference)


@given(st.floats(-708.0, 709.0))
def test_exp_is_exact_to_its_promise(x: float):
    assert relative_error(exp(x), math.exp(x)) < 4e-16 + 1.2e-16


@given(st.floats(SMALLEST, 1.7e308))
def test_log_is_exact_to_its_promise(x: float):
    if x != 1.0:
        assert relative_error(log(x), math.log(x)) < 1e-15 + 1.2e-16


def exact_exp(x: float) -> Fraction:
    """Return e**x to forty digits, by the series of exact fractions."""
    halvings = max(0, math.frexp(x)[1] + 4)
    small = Fraction(x) / 2**halvings
    term, total = Fraction(1), Fraction(1)
    for n in range(1, 30):
        term = term * small / n
        total += term
    for _ in range(halvings):
        total = total * total
        total = Fraction(round(total * 10**60), 10**60)
    return total


@pytest.mark.parametrize("x", [-30.0, -1.5, -0.3465, -1e-9, 1e-9, 0.1, 0.34657, 0.34658, 1.0, 2.0, 17.25, 40.0])
def test_exp_against_exact_fractions(x: float):
    """Independent of any library's exp."""
    exact = exact_exp(x)
    assert abs(Fraction(exp(x)) - exact) / exact < Fraction(4, 10**16)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (exp(0.0), 1.0), (exp(-709.0), 0.0), (exp(-1e308), 0.0), (exp(-math.inf), 0.0), (exp(709.5), math.inf),
        (exp(math.nextafter(-708.0, -math.inf)), 0.0), (exp(math.nextafter(709.0, math.inf)), math.inf),
        (log(1.0), 0.0), (log(0.0), -math.inf), (log(math.inf), math.inf), (logistic(0.0), 0.5),
        (logistic(-800.0), 0.0), (logistic(800.0), 1.0), (normal_quantile(0.5), 0.0),
    ],
)  # fmt: skip
def test_special_values(found: float, expected: float):
    assert found == expected


@pytest.mark.skipif(not hasattr(exp, "py_func"), reason="plain Python has no whole number of what is none")
def test_what_is_no_number_stays_none():
    assert math.isnan(exp(math.nan))
    assert math.isnan(logistic(math.nan))


def test_log_of_a_negative_number_is_not_a_number():
    assert math.isnan(log(-1.0))


@given(st.floats(-40.0, 40.0))
def test_logistic_is_symmetric_and_increasing(x: float):
    assert logistic(x) + logistic(-x) == pytest.approx(1.0, abs=3e-16)
    assert logistic(x) <= logistic(x + 1e-9)


def test_normal_cdf_is_exact_to_its_promise():
    x = np.linspace(-9, 9, 20_001)
    assert max(abs(normal_cdf(v) - ndtr(v)) for v in x) < 8e-8
    assert normal_cdf(1.3) + normal_cdf(-1.3) == pytest.approx(1.0, abs=1e-15)


def test_normal_quantile_is_exact_to_its_promise():
    p = np.concatenate([np.linspace(0, 1, 20_001)[1:-1], np.logspace(-16, -2, 500), [0.02425, 0.97575]])
    p = p[p != 0.5]
    assert max(relative_error(normal_quantile(v), ndtri(v)) for v in p) < 1.2e-9


@given(st.floats(-1e9, 1e9))
def test_compiled_is_plain(x: float):
    """Bit for bit; the sign of zero too."""
    for rule, value in ((exp, x), (logistic, x), (normal_cdf, x), (fixed, x), (log, abs(x) + 1e-300)):
        assert math.copysign(1.0, rule(value)) == math.copysign(1.0, plain(rule)(value))
        assert rule(value) == plain(rule)(value)


@given(st.floats(1e-16, 1.0, exclude_max=True))
def test_compiled_quantile_is_plain(p: float):
    assert normal_quantile(p) == plain(normal_quantile)(p)


@given(st.lists(st.floats(-100.0, 100.0), min_size=1, max_size=60), st.randoms(use_true_random=False))
def test_fixed_point_sums_do_not_depend_on_order(values: list[float], chance):
    shuffled = list(values)
    chance.shuffle(shuffled)
    total = sum(fixed(v) for v in values)
    assert total == sum(fixed(v) for v in shuffled)
    assert unfixed(total) == pytest.approx(math.fsum(values), abs=len(values) * 2.0**-33)


@given(st.floats(-1e6, 1e6))
def test_fixed_point_rounds_to_the_nearest(x: float):
    assert abs(unfixed(fixed(x)) - x) <= 2.0**-33
