"""Does a posterior hold the truth as a whole? Coverage of balls around random points (TARP).

Takes: truths and draws of their posteriors. Gives: :class:`Joint`: the expected coverage of all parameters together,
which ranks of single parameters cannot see (a wrong correlation passes every one of them).

Lemos, Coogan, Hezaveh & Perreault-Levasseur 2023 (ICML 202): around a random reference point, the share of draws that
lie nearer than the truth is uniform over data sets, if and only if the posterior is right.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import kstest

from labsim.analysis.chance import Purpose, bells

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Joint:
    """Coverage of all parameters together.

    Attributes:
        p: of uniform shares (Kolmogorov-Smirnov).
        covered: share of truths in regions of 90 % expected coverage.
        n: data sets.
    """

    p: float
    covered: float
    n: int


def joint(truths: Array, draws: Array, seed: int) -> Joint:
    """Return the joint coverage of posteriors.

    Args:
        truths: scores that made each data set, shape [n, parameters].
        draws: of the posterior of each, shape [n, draws, parameters].
        seed: of the reference points, which know nothing of the truths.
    """
    points = bells(seed, Purpose.TARP, 0, truths.shape)
    far = np.sum((truths - points) ** 2, axis=1)
    near = np.mean(np.sum((draws - points[:, None, :]) ** 2, axis=2) < far[:, None], axis=1)
    return Joint(float(kstest(near, "uniform").pvalue), float(np.mean(near <= 0.9)), len(truths))
