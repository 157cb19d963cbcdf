"""What the data can tell, before anything is fitted.

Takes: a bank. Gives: :class:`Spectrum`: the local Fisher information of the figures about the parameters, how far
each parameter is pinned down, the sloppy directions, and which further data would help.

The derivative of figures is that of a quadratic regression of simulated figures on scores, at the centre of the
prior; the noise is what that regression leaves (the luck of one community) plus the errors of measurement. The
prior has unit variance in scores, so 1 means that the data say nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labsim.analysis.inference.bank import Bank
from labsim.analysis.inference.observed import Observed
from labsim.analysis.inference.regression import features, ridge

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Spectrum:
    """What figures can tell.

    Attributes:
        names: of the parameters.
        left: standard deviation of each score given the figures, as a share of the prior's.
        eigenvalues: of the information, largest first; above 1 the data know more than the prior.
        directions: the eigenvectors, in the columns, shape [parameters, parameters].
        with_data: the same as ``left`` for other sets of data, by what they are.
    """

    names: tuple[str, ...]
    left: Array
    eigenvalues: Array
    directions: Array
    with_data: Mapping[str, Array]

    @property
    def known(self) -> int:
        """Return how many directions the data know better than the prior."""
        return int(np.sum(self.eigenvalues > 1.0))


def spectrum(bank: Bank) -> Spectrum:
    """Return the Fisher spectrum of a study and what it would be with other data."""
    slope, noise = _local(bank)
    seen = bank.observed
    before = np.array([one.left for one in bank.study.priors])  # what records have told directly is known already
    information = _information(slope, noise, seen, range(len(seen.figures)))
    size, turn = np.linalg.eigh(information)
    order = np.argsort(-size, kind="stable")
    sources = [one.source for one in seen.figures]
    sets: dict[str, Array] = {}
    for source in dict.fromkeys(sources):
        places = [i for i, one in enumerate(sources) if one == source]
        sets[f"only {source}"] = before * _left(_information(slope, noise, seen, places))
        if len(set(sources)) > 1:
            rest = [i for i, one in enumerate(sources) if one != source]
            sets[f"without {source}"] = before * _left(_information(slope, noise, seen, rest))
    if "survey" in sources:
        sets["survey x 4"] = before * _left(_information(slope, noise, seen.tightened(4.0), range(len(seen.figures))))
    return Spectrum(tuple(bank.study.names), before * _left(information), size[order], turn[:, order], sets)


def _local(bank: Bank) -> tuple[Array, Array]:
    """Return the derivative of figures at the centre, [figures, parameters], and the luck around the regression."""
    x = features(bank.scores)
    coefficients = ridge(x, bank.clean, 1e-6)
    rest = bank.clean - x @ coefficients
    p = bank.scores.shape[1]
    return np.asarray(coefficients[1 : 1 + p].T), np.asarray(np.cov(rest.T).reshape(rest.shape[1], -1))


def _information(slope: Array, noise: Array, seen: Observed, places: range | list[int]) -> Array:
    some = np.array(list(places), np.int64)
    low, high = seen.over_report
    # The unknown factor of over-reporting is one more direction of error, common to all figures it touches.
    boost = np.array([value if one else 0.0 for value, one in zip(seen.values, seen._boosted, strict=True)])
    common = np.outer(boost, boost) * ((high - low) ** 2 / 12) / ((high + low) / 2) ** 2
    whole = noise + seen.covariance + common
    part = whole[np.ix_(some, some)]
    part = part + np.diag(np.maximum(np.diag(part), 1e-12) * 1e-6)
    return np.asarray(slope[some].T @ np.linalg.solve(part, slope[some]))


def _left(information: Array) -> Array:
    return np.sqrt(np.diag(np.linalg.inv(information + np.eye(len(information)))))
