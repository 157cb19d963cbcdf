"""Elementary functions with the same bits on every machine.

Takes: floats. Gives: floats.

The C library's ``exp`` and ``log`` differ in the last bit between systems, and a last
bit decides a Bernoulli draw sooner or later. These use only additions, multiplications
and exact scaling, which IEEE 754 fixes.
"""

import math

import numpy as np

from labsim.foundations.compiled import rule

_LN2_HIGH = 0.6931471803691238
_LN2_LOW = 1.9082149292705877e-10
_INV_LN2 = 1.4426950408889634
_FIXED = 4294967296.0  # 2**32


@rule
def exp(x: float) -> float:
    """Return e**x with a relative error below 4e-16; 0 and infinity at the ends.

    There is no call or branch in it, so that a loop over many becomes SIMD.
    """
    within = -708.0 if x < -708.0 else x
    within = 709.0 if within > 709.0 else within
    k = math.floor(within * _INV_LN2 + 0.5)
    r = (within - k * _LN2_HIGH) - k * _LN2_LOW
    p = 1.0 / 6227020800.0
    p = p * r + 1.0 / 479001600.0
    p = p * r + 1.0 / 39916800.0
    p = p * r + 1.0 / 3628800.0
    p = p * r + 1.0 / 362880.0
    p = p * r + 1.0 / 40320.0
    p = p * r + 1.0 / 5040.0
    p = p * r + 1.0 / 720.0
    p = p * r + 1.0 / 120.0
    p = p * r + 1.0 / 24.0
    p = p * r + 1.0 / 6.0
    p = p * r + 0.5
    power = np.int64((int(k) + 1023) << 52).view(np.float64)  # 2**k, which is a normal number
    result = float((1.0 + (r + r * r * p)) * power)
    result = 0.0 if x < -708.0 else result
    return math.inf if x > 709.0 else result


_LOG2E_32 = np.float32(1.44269504)
_LN2_HIGH_32 = np.float32(0.693359375)
_LN2_LOW_32 = np.float32(-2.12194440e-4)
_FURTHEST_32 = np.float32(80.0)
_SERIES_32 = (np.float32(1 / 720), np.float32(1 / 120), np.float32(1 / 24), np.float32(1 / 6), np.float32(1 / 2))
_ONE_32 = np.float32(1.0)


@rule
def exp32(x: np.float32) -> np.float32:
    """Return e**x in single precision, relative error below 3e-7; beyond 80 either way that of 80.

    There is no call, branch or division in it, so that a loop over many becomes SIMD.
    """
    x = -_FURTHEST_32 if x < -_FURTHEST_32 else x
    x = _FURTHEST_32 if x > _FURTHEST_32 else x
    k = np.floor(x * _LOG2E_32 + _SERIES_32[4])
    r = (x - k * _LN2_HIGH_32) - k * _LN2_LOW_32
    p = ((_SERIES_32[0] * r + _SERIES_32[1]) * r + _SERIES_32[2]) * r + _SERIES_32[3]
    p = (p * r + _SERIES_32[4]) * r * r + r + _ONE_32
    result: np.float32 = np.int32((np.int32(k) + 127) << 23).view(np.float32) * p
    return result


@rule
def log(x: float) -> float:
    """Return the natural logarithm of a positive number, relative error below 1e-15."""
    if x <= 0.0:
        return -math.inf if x == 0.0 else math.nan
    if x == math.inf:
        return math.inf
    m, e = math.frexp(x)
    if m < 0.7071067811865476:
        m = m * 2.0
        e = e - 1
    s = (m - 1.0) / (m + 1.0)
    z = s * s
    p = 1.0 / 23.0
    p = p * z + 1.0 / 21.0
    p = p * z + 1.0 / 19.0
    p = p * z + 1.0 / 17.0
    p = p * z + 1.0 / 15.0
    p = p * z + 1.0 / 13.0
    p = p * z + 1.0 / 11.0
    p = p * z + 1.0 / 9.0
    p = p * z + 1.0 / 7.0
    p = p * z + 1.0 / 5.0
    p = p * z + 1.0 / 3.0
    return e * _LN2_HIGH + (2.0 * s + (2.0 * s * z * p + e * _LN2_LOW))


@rule
def logistic(x: float) -> float:
    """Return 1 / (1 + e**-x), the choice probability of a binary logit."""
    return 1.0 / (1.0 + exp(-x))


@rule
def normal_cdf(x: float) -> float:
    """Return the standard normal distribution function, absolute error below 8e-8.

    Source: Abramowitz & Stegun 1964, 26.2.17.
    """
    a = abs(x)
    t = 1.0 / (1.0 + 0.2316419 * a)
    p = ((((1.330274429 * t - 1.821255978) * t + 1.781477937) * t - 0.356563782) * t + 0.319381530) * t
    tail = 0.3989422804014327 * exp(-0.5 * a * a) * p
    return tail if x < 0.0 else 1.0 - tail


@rule
def _lower_tail_quantile(p: float) -> float:
    q = math.sqrt(-2.0 * log(p))
    above = -7.784894002430293e-03 * q - 3.223964580411365e-01
    above = ((above * q - 2.400758277161838) * q - 2.549732539343734) * q
    above = (above + 4.374664141464968) * q + 2.938163982698783
    below = 7.784695709041462e-03 * q + 3.224671290700398e-01
    below = ((below * q + 2.445134137142996) * q + 3.754408661907416) * q + 1.0
    return above / below


@rule
def normal_quantile(p: float) -> float:
    """Return the standard normal quantile, relative error below 1.2e-9.

    Source: Acklam 2003, rational approximation.
    """
    if p < 0.02425:
        return _lower_tail_quantile(p)
    if p > 0.97575:
        return -_lower_tail_quantile(1.0 - p)
    q = p - 0.5
    r = q * q
    above = -3.969683028665376e01 * r + 2.209460984245205e02
    above = ((above * r - 2.759285104469687e02) * r + 1.383577518672690e02) * r
    above = ((above - 3.066479806614716e01) * r + 2.506628277459239) * q
    below = -5.447609879822406e01 * r + 1.615858368580409e02
    below = ((below * r - 1.556989798598866e02) * r + 6.680131188771972e01) * r
    below = (below - 1.328068155288572e01) * r + 1.0
    return above / below


@rule
def fixed(x: float) -> int:
    """Return x in 32-bit fixed point.

    Sums of integers do not depend on order: threads, chunks and a relabelled
    population give the same bits. Resolution 2**-32; sums hold 2 billion units.
    """
    return math.floor(x * _FIXED + 0.5)


@rule
def unfixed(total: int) -> float:
    """Return the float of a fixed-point number or sum."""
    return total / _FIXED
