"""Chance of the analysis: addressed numbers for sampling, posteriors and searches.

Takes: a seed, a purpose and how many. Gives: arrays that are the same for the same address, whatever else was
drawn. The addresses are those of states of the world, far below the ones that experiments use.
"""

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from labsim.foundations.draws import normals, uniforms
from labsim.foundations.randomness import Decision, uniform

Array = NDArray[np.float64]
_FIRST, _STRIDE = -100_000_000, 1_000_000


class Purpose(IntEnum):
    """What a number is for. Numbers are frozen: a new purpose takes a new one."""

    SAMPLE = 0
    RESPONSE = 1
    ANSWER = 2
    STAGE = 3
    IMPUTE = 4
    PRIOR = 10
    NOISE = 11
    NUISANCE = 12
    POSTERIOR = 13
    TRUTH = 16
    PERTURB = 17
    TARP = 18
    LUCK = 20
    BOOTSTRAP = 21
    SPLIT = 22
    DESIGN = 23


def evens(seed: int, purpose: Purpose, number: int, shape: tuple[int, ...]) -> Array:
    """Return uniform numbers of a shape for one address: the ``number``-th of a purpose."""
    ids = np.arange(int(np.prod(shape)), dtype=np.int64)
    return uniforms(seed, Decision.WORLD, _step(purpose, number), ids).reshape(shape)


def bells(seed: int, purpose: Purpose, number: int, shape: tuple[int, ...]) -> Array:
    """Return standard normal numbers of a shape for one address."""
    ids = np.arange(int(np.prod(shape)), dtype=np.int64)
    return normals(seed, Decision.WORLD, _step(purpose, number), ids).reshape(shape)


def seeds(seed: int, purpose: Purpose, many: int) -> list[int]:
    """Return seeds of 52 bits, the same first ones whatever ``many`` is."""
    return [int(uniform(seed, int(Decision.WORLD), _step(purpose, 0), i) * 2.0**52) for i in range(many)]


def picked(seed: int, purpose: Purpose, number: int, many: int, below: int) -> NDArray[np.int64]:
    """Return whole numbers below a bound, with replacement: a bootstrap sample."""
    return (evens(seed, purpose, number, (many,)) * below).astype(np.int64)


def _step(purpose: Purpose, number: int) -> int:
    if not 0 <= number < _STRIDE:
        raise ValueError(f"address {number} of {purpose.name}")
    return _FIRST - int(purpose) * _STRIDE - number
