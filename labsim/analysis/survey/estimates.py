"""What a survey says, with the error that its design gives it.

Takes: a :class:`Survey`. Gives: weighted means by group with design-based errors, and the joint covariance
that an inference needs. Cells of fewer than ten persons are never given.

Means are ratio estimators. Their errors are by linearisation over strata and clusters with the finite
population correction (Binder 1983), or from replicate weights; a stratum with one cluster is centred on the whole
sample, which errs on the wide side (Lumley's "adjust"). The design effect is against simple random sampling of as many
answers. Where gaps are filled in, what the filling adds to the error is in all of it (Rubin's rules).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtrit

from labsim.analysis.survey.imputation import filled, freedom, pooled
from labsim.analysis.survey.questions import QUESTIONS, Kind, Missing
from labsim.analysis.survey.survey import Survey
from labsim.analysis.survey.variance import linearised, replicated
from labsim.results.indicators import ALL, GROUP_CELLS, SMALLEST_GROUP

Array = NDArray[np.float64]
CATEGORY = {"young": 0, "middle": 1, "older": 2, "no": 0, "yes": 1}
PRIOR_CLUSTERS = 20
TOP = 0.5
"""A place above this on a scale from 0 to 1 counts as satisfied."""
ASKED = (Kind.YES_NO, Kind.NUMBER, Kind.SCALE)


@dataclass(frozen=True)
class Estimate:
    """A weighted mean.

    Attributes:
        question: name of the quantity.
        group: of residents, as indicators name them.
        value: the mean; NaN when it is not shown.
        error: its standard error.
        low: lower end of the 95 % interval.
        high: upper end.
        n: answers it rests on; 0 when it is not shown.
        effective: answers of a simple random sample with the same error.
        effect: design effect, n / effective.
        hidden: whether it is kept back because a cell has fewer than ten persons.
    """

    question: str
    group: str
    value: float
    error: float
    low: float
    high: float
    n: int
    effective: float
    effect: float
    hidden: bool = False


def outcome(survey: Survey, question: str) -> Array:
    """Return what is averaged: 0 or 1, or a number; of satisfaction, whether it is above the middle; NaN else."""
    answers = survey.answers[question]
    if question == "satisfaction":
        return np.where(np.isfinite(answers.values), (answers.values > TOP).astype(np.float64), np.nan)
    return answers.values


def asked(survey: Survey) -> list[str]:
    """Return the quantities of a survey that have means."""
    return [name for name, one in survey.answers.items() if one.question.kind in ASKED and not one.question.group]


def members(survey: Survey, group: str) -> NDArray[np.bool_]:
    """Return who belongs to a group, shape [n]; nobody when the survey cannot tell."""
    if group == ALL:
        return np.ones(survey.n, np.bool_)
    grouping, _, category = group.partition(":")
    found = survey.group(grouping)
    return np.zeros(survey.n, np.bool_) if found is None else found == CATEGORY[category]


def estimate(survey: Survey, question: str, group: str = ALL) -> Estimate:
    """Return one mean, or the estimate that keeps it back."""
    return estimates(survey, [(question, group)])[0][0]


def estimates(survey: Survey, wanted: Sequence[tuple[str, str]]) -> tuple[list[Estimate], Array]:
    """Return means and the covariance of their errors.

    Args:
        survey: the persons.
        wanted: questions and groups.

    Returns:
        The estimates in order, and their covariance, shape [wanted, wanted]; NaN where one is kept back.
    """
    means, covariance, within, _ = _sets(survey, wanted)
    found = []
    for i, (question, group) in enumerate(wanted):
        values, weights = _answered(survey, question, group)
        if not _may_be_shown(survey, question, values):
            found.append(_hidden(question, group))
            covariance[i, :] = covariance[:, i] = np.nan
            continue
        whole = float(covariance[i, i])
        added = max(1.0 - float(within[i, i]) / whole, 0.0) if whole > 0 else 0.0
        found.append(_estimate(survey, (question, group), float(means[i]), (values, weights), (whole, added)))
    return found, covariance


def steady_covariance(survey: Survey, wanted: Sequence[tuple[str, str]]) -> Array:
    """Return a covariance of means that few clusters cannot make singular, shape [wanted, wanted].

    A dozen clusters cannot tell forty variances, let alone their correlations. Correlations are therefore those of
    persons, and every variance is that of simple random sampling times its design effect, drawn towards the mean
    design effect of all means by as much as :data:`PRIOR_CLUSTERS` clusters would (a generalised variance function,
    Wolter 2007, ch. 7).
    """
    found, joint = estimates(survey, wanted)
    persons = _sets(survey, wanted)[3]
    fraction = 1.0 if survey.population is None else max(1.0 - survey.n / survey.population, 0.0)
    simple = np.maximum(np.diag(persons) * fraction, 1e-12)
    shown = np.array([not one.hidden for one in found])
    ratio = np.where(shown, np.nan_to_num(np.diag(joint)) / simple, 1.0)
    free = _free(survey)
    common = float(ratio[shown].mean()) if shown.any() else 1.0
    effect = (free * ratio + PRIOR_CLUSTERS * common) / (free + PRIOR_CLUSTERS)
    root = np.sqrt(effect)
    return np.asarray(np.where(np.outer(shown, shown), persons * fraction * np.outer(root, root), np.nan))


def table(survey: Survey, groupings: Iterable[str] = ()) -> list[Estimate]:
    """Return every mean for everybody and for the groups of some groupings.

    Where exactly one group of a grouping is kept back, the next smallest is too: the total less the others
    would tell it.
    """
    found: list[Estimate] = []
    for question in asked(survey):
        found.append(estimate(survey, question))
        for grouping in groupings:
            some = [estimate(survey, question, name) for name in GROUP_CELLS if name.startswith(f"{grouping}:")]
            kept = [one for one in some if one.hidden]
            if len(kept) == 1 and len(some) > 1:
                smallest = min((one for one in some if not one.hidden), key=lambda one: one.n)
                some = [_hidden(question, one.group) if one is smallest else one for one in some]
            found += some
    return found


def frame(found: Iterable[Estimate]) -> pd.DataFrame:
    """Return estimates as a table; what is kept back has no number in it."""
    rows: list[dict[str, Any]] = [vars(one) for one in found]
    return pd.DataFrame(rows, columns=list(Estimate.__dataclass_fields__))


def small(count: int) -> str:
    """Return a count of persons as it may be shown."""
    return str(count) if count == 0 or count >= SMALLEST_GROUP else f"<{SMALLEST_GROUP}"


def shown_counts(counts: Sequence[int]) -> list[str]:
    """Return counts that add up to a known total as they may be shown.

    Where exactly one is under ten the total would tell it, so the next smallest one is given in whole tens only.
    """
    found = [small(one) for one in counts]
    if sum(0 < one < SMALLEST_GROUP for one in counts) == 1:
        large = [(one, i) for i, one in enumerate(counts) if one >= SMALLEST_GROUP]
        if large:
            one, i = min(large)
            found[i] = f"≥{one // 10 * 10}" if one % 10 else f"≥{one - 10}"
    return found


def kish(weights: Array) -> float:
    """Return the design effect of unequal weights alone, n Σw² / (Σw)² (Kish 1965)."""
    return float(len(weights) * np.sum(weights**2) / np.sum(weights) ** 2)


def _hidden(question: str, group: str) -> Estimate:
    nan = float("nan")
    return Estimate(question, group, nan, nan, nan, nan, 0, nan, nan, hidden=True)


def _may_be_shown(survey: Survey, question: str, values: Array) -> bool:
    """Return whether no cell of the mean has fewer than ten persons; of a share, both its sides are cells."""
    if len(values) < SMALLEST_GROUP:
        return False
    two = survey.answers[question].question.kind is Kind.YES_NO or question == "satisfaction"
    cells = (int(np.sum(values > TOP)), int(np.sum(values <= TOP))) if two else ()
    return all(cell == 0 or cell >= SMALLEST_GROUP for cell in cells)


def _answered(survey: Survey, question: str, group: str) -> tuple[Array, Array]:
    """Return what was answered in a group, nothing filled in, and the weights."""
    values = outcome(survey, question)
    inside = members(survey, group) & (survey.answers[question].missing == Missing.ANSWERED) & np.isfinite(values)
    return values[inside], survey.weight[inside]


def _sets(survey: Survey, wanted: Sequence[tuple[str, str]]) -> tuple[Array, Array, Array, Array]:
    """Return means, their covariance, the part of it within sets, and Σzzᵀ over persons as if each were a sample."""
    whole = {one: _filled(survey, one) for one in dict.fromkeys(question for question, _ in wanted)}
    inside = {one: members(survey, one) for one in dict.fromkeys(group for _, group in wanted)}
    means, covariances, persons = [], [], []
    for i in range(1 if survey.imputation is None else survey.imputation.sets):
        values = np.stack([np.where(inside[group], whole[one][i], np.nan) for one, group in wanted], axis=1)
        mean, influence = _influence(values, survey.weight)
        means.append(mean)
        persons.append(influence.T @ influence)
        covariances.append(_covariance(survey, values, influence))
    together, covariance = pooled(np.stack(means), np.stack(covariances))
    return together, covariance, np.asarray(np.mean(covariances, axis=0)), np.asarray(np.mean(persons, axis=0))


def _filled(survey: Survey, question: str) -> Array:
    """Return sets of answers, gaps filled in where the survey says so, shape [sets, n]; NaN where there is none."""
    missing = survey.answers[question].missing
    values = np.where(missing == Missing.ANSWERED, outcome(survey, question), np.nan)
    if survey.imputation is None:
        return values[None]
    alike = np.zeros(survey.n, np.int64)
    for grouping in ("age", "migrant", "digital"):
        known = survey.group(grouping)
        if known is not None:
            cell = np.where(np.isfinite(known), known, -1)
            alike = np.where((alike < 0) | (cell < 0), -1, alike * 3 + cell).astype(np.int64)
    return filled(values, missing, alike, survey.imputation, list(QUESTIONS).index(question))


def _influence(values: Array, weight: Array) -> tuple[Array, Array]:
    """Return the mean of each column and each person's part in its error, shapes [means] and [n, means]."""
    inside = np.isfinite(values)
    flat = np.where(inside, values, 0.0)
    total = weight @ inside
    some = np.maximum(total, 1e-300)
    mean = np.where(total > 0, weight @ flat / some, np.nan)
    return mean, np.where(inside, weight[:, None] * (flat - np.nan_to_num(mean)) / some, 0.0)


def _covariance(survey: Survey, values: Array, influence: Array) -> Array:
    if survey.replicates is not None:
        return replicated(values, survey.weight, survey.replicates, survey.scale)  # corrections are in the weights
    correction = 1.0 if survey.population is None else max(1.0 - survey.n / survey.population, 0.0)
    return linearised(influence, survey.stratum, survey.cluster) * correction


def _free(survey: Survey) -> int:
    """Return the degrees of freedom of the design."""
    if survey.replicates is not None:
        return int(survey.replicates.shape[1]) - 1
    return max(len(np.unique(survey.cluster)) - len(np.unique(survey.stratum)), 1)


def _estimate(
    survey: Survey, what: tuple[str, str], value: float, answers: tuple[Array, Array], error: tuple[float, float]
) -> Estimate:
    """Return an estimate from its mean, the answers behind it, its variance and the share that filling in added."""
    (values, weights), (variance, added) = answers, error
    n = len(values)
    centre = float(np.average(values, weights=weights))
    scatter = float(np.average((values - centre) ** 2, weights=weights)) * n / (n - 1)
    # A share of exactly 0 or 1 has no scatter, and no certainty either: half a person is put on the other side.
    if scatter == 0.0:
        scatter = (0.5 / n) * (1 - 0.5 / n)
        variance = max(variance, scatter / n * kish(weights))
    effect = variance / (scatter / n)
    sets = 1 if survey.imputation is None else survey.imputation.sets
    reach = float(stdtrit(freedom(sets, added, _free(survey)), 0.975))
    root = float(np.sqrt(variance))
    low, high = _interval(value, root, reach, survey.answers[what[0]].question.kind)
    return Estimate(*what, value, root, low, high, n, n / effect if effect > 0 else float(n), effect)


def _interval(value: float, error: float, reach: float, kind: Kind) -> tuple[float, float]:
    """Return an interval; of shares on the scale of logits, so that it stays between 0 and 1."""
    if kind is Kind.NUMBER or not 0.0 < value < 1.0:
        low, high = value - reach * error, value + reach * error
        return (low, high) if kind is Kind.NUMBER else (max(low, 0.0), min(high, 1.0))
    at, width = np.log(value / (1 - value)), reach * error / (value * (1 - value))
    return float(1 / (1 + np.exp(width - at))), float(1 / (1 + np.exp(-width - at)))
