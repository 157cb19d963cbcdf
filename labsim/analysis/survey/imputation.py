"""Answers that were refused or not known, filled in several times over, and the means of it all together.

Takes: answers and who gave them. Gives: sets of answers without gaps, and Rubin's rules.

Each gap takes the answer of somebody alike (age group, migration, digital access) who did answer, drawn from a
bootstrap sample of such persons: the approximate Bayesian bootstrap (Rubin & Schenker 1986), which is proper where
answers are missing at random among persons alike. Where they may not be, ``shift`` tilts the draw: with a shift of
-0.7, those who gave no answer have half the odds of a yes (Little's pattern mixture). Nobody is filled in whom a
question does not concern, and who is too few to be shown stays so: gaps that are filled in are no persons.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labsim.analysis.chance import Purpose, evens
from labsim.analysis.survey.questions import Missing
from labsim.foundations.errors import Problem, unknown_name
from labsim.foundations.i18n import t
from labsim.scenario.entries import wrong

Array = NDArray[np.float64]
GAPS = (Missing.REFUSED, Missing.DONT_KNOW, Missing.BLANK)
"""Reasons behind which there would be an answer."""
FEWEST, MOST = 5, 200
_DONORS = 5


@dataclass(frozen=True)
class Imputation:
    """How gaps are filled.

    Attributes:
        sets: how many times.
        shift: logarithm of the odds of a yes, or of an answer one standard deviation higher, against those who did
            answer.
    """

    sets: int
    shift: float = 0.0


def read_imputation(given: Any, add: Callable[[Problem], None]) -> Imputation | None:
    """Return what the section ``[imputation]`` of a codebook says; problems are added to a list."""
    if given is None:
        return None
    if not isinstance(given, Mapping):
        add(wrong("imputation", given, t("[imputation] 一节", "a section [imputation]")))
        return None
    for name in given:
        if name not in ("sets", "shift"):
            add(unknown_name(f"imputation.{name}", name, ("sets", "shift"), t("插补项", "entry of the imputation")))
    sets, shift = given.get("sets", 20), given.get("shift", 0.0)
    good = isinstance(sets, int) and not isinstance(sets, bool) and FEWEST <= sets <= MOST
    if not good:
        add(wrong("imputation.sets", sets, t(f"{FEWEST} 至 {MOST} 的整数", f"a whole number from {FEWEST} to {MOST}")))
    if not isinstance(shift, int | float) or isinstance(shift, bool) or not -3 <= shift <= 3:
        add(wrong("imputation.shift", shift, t("-3 至 3", "from -3 to 3")))
        return None
    return Imputation(sets, float(shift)) if good else None


def filled(values: Array, missing: NDArray[np.int64], alike: NDArray[np.int64], how: Imputation, number: int) -> Array:
    """Return sets of answers without gaps, shape [sets, n]; NaN stays where there is no answer to be had.

    Args:
        values: answers, NaN where there is none, shape [n].
        missing: a :class:`Missing` for every person, shape [n].
        alike: number of the kind of person; -1 where it is not known, shape [n].
        how: the gaps are filled.
        number: of the question, for its luck.
    """
    found = np.tile(values, (how.sets, 1))
    gaps, known = np.isin(missing, GAPS), np.isfinite(values) & (missing == Missing.ANSWERED)
    if not gaps.any() or not known.any():
        return found
    luck = evens(0, Purpose.IMPUTE, number, (how.sets, 2, len(values)))
    everybody = np.flatnonzero(known)
    spread = float(values[known].std())
    binary = np.isin(values[known], (0.0, 1.0)).all()
    step = how.shift if binary else how.shift / max(spread, 1e-9)
    for kind in np.unique(alike[gaps]):
        holes = np.flatnonzero(gaps & (alike == kind))
        donors = np.flatnonzero(known & (alike == kind))
        donors = donors if kind >= 0 and len(donors) >= _DONORS else everybody
        for one in range(how.sets):
            pool = donors[(luck[one, 0, donors] * len(donors)).astype(np.int64)]  # the bootstrap that makes it proper
            tilt = np.exp(step * (values[pool] - values[pool].max() * (step > 0)))
            ladder = np.cumsum(tilt) / tilt.sum()
            places = np.minimum(np.searchsorted(ladder, luck[one, 1, holes], side="right"), len(pool) - 1)
            found[one, holes] = values[pool[places]]
    return found


def pooled(values: Array, covariances: Array) -> tuple[Array, Array]:
    """Return the mean of estimates over sets and its covariance by Rubin's rules (1987).

    Args:
        values: shape [sets, means].
        covariances: shape [sets, means, means].
    """
    many = len(values)
    within = covariances.mean(axis=0)
    if many == 1:
        return values[0], within
    away = values - values.mean(axis=0)
    return values.mean(axis=0), np.asarray(within + (1 + 1 / many) * away.T @ away / (many - 1))


def freedom(sets: int, added: float, whole: float) -> float:
    """Return the degrees of freedom of an interval (Barnard & Rubin 1999).

    Args:
        sets: how many.
        added: share of the variance that is between sets.
        whole: degrees of freedom of the design.
    """
    if sets == 1 or added <= 0:
        return whole
    old = (sets - 1) / added**2
    seen = (whole + 1) / (whole + 3) * whole * (1 - added)
    return 1 / (1 / old + 1 / max(seen, 1e-9))
