"""A logistic regression of persons, the plainest statistical forecast that a model of a community has to beat.

Takes: two surveys. Gives: what the regression of the first one's answers on age, migration and digital access says of
the second one's figures, person by person. It knows no contacts, no staff and no cases.

Shares are logits (Papke & Wooldridge 1996 for places on a scale), numbers of acts logarithms (Poisson). Both links are
canonical: in the sample itself the fitted mean of every group is the observed one, so where two samples are of the
same people this forecast and "the same group before" agree; they part where the people are others.
"""

import numpy as np
from numpy.typing import NDArray

from labsim.analysis.inference.observed import Observed
from labsim.analysis.survey.estimates import asked, members, outcome
from labsim.analysis.survey.questions import QUESTIONS, Kind
from labsim.analysis.survey.survey import Survey

Array = NDArray[np.float64]
_PENALTY = 1e-3
"""On slopes: enough that a group without a single yes has a finite one, too little to be seen elsewhere."""
_STEPS, _FAR = 100, 30.0
_GROUPS = ("age:middle", "age:older", "migrant:yes", "digital:yes")


def regressed(first: Survey, second: Survey, told: Observed) -> Array:
    """Return forecasts of figures of the second survey, shape [figures]; NaN for figures of logs.

    Args:
        first: persons that are learnt from.
        second: persons that are foretold; only who they are is used, none of their answers.
        told: the figures.
    """
    questions = {QUESTIONS[one].indicator: one for one in asked(first)}
    x, other = _table(first), _table(second)
    found: dict[str, Array] = {}
    values = np.full(len(told.figures), np.nan)
    for i, figure in enumerate(told.figures):
        question = questions.get(figure.indicator)
        if figure.source != "survey" or question is None:
            continue
        if question not in found:
            y = outcome(first, question)
            count = QUESTIONS[question].kind is Kind.NUMBER
            rows = np.isfinite(y) & np.isfinite(x).all(axis=1)
            slopes = coefficients(x[rows], y[rows], first.weight[rows], count)
            found[question] = _mean(other, slopes, count)
        inside = members(second, figure.group) & np.isfinite(found[question])
        if inside.any():
            values[i] = np.average(found[question][inside], weights=second.weight[inside])
    return values


def coefficients(x: Array, y: Array, weight: Array, count: bool = False) -> Array:
    """Return the coefficients of a regression by Newton's method; the first column is the constant.

    Args:
        x: shape [n, columns].
        y: from 0 to 1, or counts, shape [n].
        weight: shape [n].
        count: whether the link is the logarithm, not the logit.
    """
    penalty = np.full(x.shape[1], _PENALTY)
    penalty[0] = 0.0
    start = np.clip(np.average(y, weights=weight), 1e-6, None if count else 1 - 1e-6)
    slopes = np.zeros(x.shape[1])
    slopes[0] = np.log(start) if count else np.log(start / (1 - start))
    for _ in range(_STEPS):
        mean = _mean(x, slopes, count)
        steep = weight * (mean if count else mean * (1 - mean)) + 1e-12
        slope = x.T @ (weight * (y - mean)) - penalty * slopes
        step = np.linalg.solve((x * steep[:, None]).T @ x + np.diag(penalty + 1e-12), slope)
        slopes = slopes + np.clip(step, -3.0, 3.0)
        if np.abs(step).max() < 1e-10:
            break
    return slopes


def _table(survey: Survey) -> Array:
    """Return a constant and who everybody is, shape [n, columns]; NaN where an answer is missing."""
    columns = [np.ones(survey.n)]
    for group in _GROUPS:
        known = survey.group(group.partition(":")[0])
        if known is not None:
            columns.append(np.where(np.isfinite(known), members(survey, group), np.nan))
    return np.stack(columns, axis=1)


def _mean(x: Array, slopes: Array, count: bool) -> Array:
    u = np.clip(x @ slopes, -_FAR, _FAR)
    return np.asarray(np.exp(u) if count else 1.0 / (1.0 + np.exp(-u)))
