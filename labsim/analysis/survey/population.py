"""A population from data: raking a survey's joint table to margins that an office knows.

Takes: a survey and margins. Gives: :class:`Fitted`: the joint table and what is to be said of its fit, and the
community values of a scenario. Raking is :mod:`labsim.population.raking`.

Reported: error of every margin, SRMSE against the weighted sample, variation of weights after trimming at five
times their median, and the error of a cross-table that was held out.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labsim.analysis.survey.survey import Survey
from labsim.foundations.declared import Text
from labsim.foundations.errors import InputError, Problem, raise_if
from labsim.foundations.i18n import t
from labsim.population.raking import Margin, integerise, rake
from labsim.results.indicators import SMALLEST_GROUP

Array = NDArray[np.float64]
AXES = ("age", "migrant", "digital", "low_income")
SIZES = (3, 2, 2, 2)
CAP = 5.0
"""Largest weight, in medians."""
GROUPS = (("young", "middle", "older"), ("no", "yes"), ("no", "yes"), ("no", "yes"))


@dataclass(frozen=True)
class Fitted:
    """A raked joint table of a community.

    Attributes:
        table: residents by the axes that the survey has, whole numbers.
        axes: which of age, migrant, digital access and low income.
        errors: error of each margin, as a share of the residents.
        srmse: root mean square difference from the weighted sample, in mean cells.
        weight_cv: coefficient of variation of the weights that the table means.
        trimmed: share of persons whose weight was held at the cap.
        held_out: largest error of a cross-table of two axes when only single margins are raked, as a share.
        notes: empty cells and thin ones.
    """

    table: NDArray[np.int64]
    axes: tuple[str, ...]
    errors: Mapping[str, float]
    srmse: float
    weight_cv: float
    trimmed: float
    held_out: float
    notes: tuple[Text, ...]

    def community(self) -> dict[str, float]:
        """Return community values of a scenario: residents, shares and digital access by age."""
        total = float(self.table.sum())
        found: dict[str, float] = {"residents": total}
        share = {name: self._margin((name,)) / total for name in self.axes}
        if "age" in share:
            found |= {"young_share": float(share["age"][0]), "older_share": float(share["age"][2])}
        if "migrant" in share:
            found["migrant_share"] = float(share["migrant"][1])
        if "low_income" in share:
            found["low_income_share"] = float(share["low_income"][1])
        if {"age", "digital"} <= set(self.axes):
            cross = self._margin(("age", "digital"))
            rates = cross[:, 1] / np.maximum(cross.sum(axis=1), 1.0)
            found |= {f"digital_{age}": float(rate) for age, rate in zip(GROUPS[0], rates, strict=True)}
        return found

    def _margin(self, names: tuple[str, ...]) -> Array:
        others = tuple(i for i, name in enumerate(self.axes) if name not in names)
        return np.asarray(self.table.sum(axis=others), np.float64)


def fitted(survey: Survey, margins: Mapping[str, Array], residents: int) -> Fitted:
    """Rake a survey to margins.

    Args:
        survey: with at least one of the axes.
        margins: shares of the categories of some axes, by name; those left out keep the survey's.
        residents: of the community.

    Raises:
        InputError: no axis was asked, a margin that does not fit, or one that asks for people whom the survey lacks.
    """
    axes = tuple(name for name in AXES if survey.group(name) is not None)
    raise_if(_problems(axes, margins, residents))
    columns = [survey.group(name) for name in axes]
    values = np.stack([one for one in columns if one is not None], axis=1)
    known = np.isfinite(values).all(axis=1)
    cap = CAP * float(np.median(survey.weight[known]))
    weight = np.minimum(survey.weight[known], cap)
    shape = tuple(SIZES[AXES.index(name)] for name in axes)
    places = tuple(values[known].astype(np.int64).T)
    sample, counts = np.zeros(shape), np.zeros(shape, np.int64)
    np.add.at(sample, places, weight)
    np.add.at(counts, places, 1)
    wanted = _margins(axes, margins, sample, residents)
    raked = rake(sample, wanted)
    if not raked.converged:
        worst = max(raked.errors, key=lambda name: raked.errors[name])
        what = t("加权未收敛：空格与边际分布矛盾", "raking did not converge: empty cells contradict the margins")
        raise InputError([Problem.at(worst, what)])
    table = integerise(raked.table, wanted)
    rescaled = sample * residents / sample.sum()
    person = (raked.table / np.maximum(sample, 1e-12))[places] * weight
    errors = {
        one.name: float(np.abs(one.of(table.astype(np.float64)) - one.target).max() / residents) for one in wanted
    }
    return Fitted(
        table,
        axes,
        errors,
        float(np.sqrt(np.mean((raked.table - rescaled) ** 2)) / rescaled.mean()),
        float(person.std() / person.mean()),
        float(np.mean(survey.weight[known] > cap)),
        _held_out(sample, wanted, residents),
        _notes(axes, counts),
    )


def _margins(axes: tuple[str, ...], margins: Mapping[str, Array], sample: Array, residents: int) -> list[Margin]:
    made = []
    for i, name in enumerate(axes):
        own = sample.sum(axis=tuple(j for j in range(len(axes)) if j != i))
        share = np.asarray(margins.get(name, own), np.float64)
        made.append(Margin(name, (i,), residents * share / share.sum()))
    return made


def _held_out(sample: Array, wanted: list[Margin], residents: int) -> float:
    """Return how far off the worst cross-table of two axes is that independence and single margins give."""
    if sample.ndim < 2:
        return 0.0
    gap = rake(np.ones(sample.shape), wanted).table - rake(sample, wanted).table
    pairs = [(i, j) for i in range(sample.ndim) for j in range(i)]
    rest = [tuple(k for k in range(sample.ndim) if k not in pair) for pair in pairs]
    return max(float(np.abs(gap.sum(axis=one)).max()) for one in rest) / residents


def _notes(axes: tuple[str, ...], counts: NDArray[np.int64]) -> tuple[Text, ...]:
    empty, thin = int((counts == 0).sum()), int(((counts > 0) & (counts < SMALLEST_GROUP)).sum())
    found = []
    if empty:
        found.append(t(f"{empty} 个格子没有人，加权后仍为空", f"{empty} cells hold nobody and stay empty"))
    if thin:
        found.append(
            t(f"{thin} 个格子不足 10 人，关联不可靠", f"{thin} cells hold fewer than ten: their associations are weak")
        )
    missing = [name for name in AXES if name not in axes]
    if missing:
        said = "、".join(missing), ", ".join(missing)
        found.append(t(f"问卷没有 {said[0]}：用情景的值", f"not asked: {said[1]}; the scenario's values stay"))
    return tuple(found)


def _problems(axes: tuple[str, ...], margins: Mapping[str, Array], residents: int) -> list[Problem]:
    found = []
    if not axes:
        found.append(Problem.at("variables", t("问卷没有任何人口特征", "the survey asks for no trait of a population")))
    if residents < 20:
        what = t(f"居民 {residents} 人太少", f"{residents} residents are too few")
        found.append(Problem.at("residents", what, t("至少 20", "at least 20")))
    for name, share in margins.items():
        if name not in axes:
            known = ", ".join(axes)
            found.append(
                Problem.at(name, t(f"问卷没有 {name}", f"the survey has no {name}"), t(known, known) if known else None)
            )
        elif len(share) != SIZES[AXES.index(name)] or (np.asarray(share) < 0).any() or not np.sum(share) > 0:
            size = SIZES[AXES.index(name)]
            found.append(Problem.at(name, t(f"{name} 的边际无效", f"the margin of {name} is not possible"),
                                    t(f"{size} 个不为负的数", f"{size} numbers that are not negative")))  # fmt: skip
    return found
