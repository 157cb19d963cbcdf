"""Trade-offs: how probable it is that no other option is at least as good on every outcome.

Takes: the result of an experiment and two to four outcomes. Gives: :class:`Tradeoff`.

In each pair of world and replication an option is *dominated* when another is at least as good on
every outcome and better on one. The share of pairs in which an option is not dominated says how far
a choice depends on what one wants, and how far on luck and on what is not known. The baseline is an
option as well.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from labsim.analysis.compare import value_cubes
from labsim.experiment.runner import ExperimentResult
from labsim.foundations.errors import Problem, raise_if
from labsim.foundations.i18n import t
from labsim.results.declaration import Better
from labsim.results.indicators import ALL, select

FEWEST, MOST = 2, 4


@dataclass(frozen=True)
class Tradeoff:
    """Options on some outcomes.

    Attributes:
        names: of the outcomes.
        options: names of the scenarios, the baseline first.
        values: by outcome, [option, run], in the outcome's unit; only runs in which all is known.
        undominated: by option, the share of runs in which it is not dominated; NaN without runs.
        n: runs.
    """

    names: tuple[str, ...]
    options: tuple[str, ...]
    values: Mapping[str, npt.NDArray[np.float64]]
    undominated: Mapping[str, float]
    n: int


def tradeoff(result: ExperimentResult, names: Sequence[str]) -> Tradeoff:
    """Weigh the scenarios of an experiment on two to four outcomes.

    Raises:
        InputError: too few or too many outcomes, one that does not exist or was not measured, or one of which
            neither way is better.
    """
    chosen = select(names)
    cubes = value_cubes(result)
    found = []
    if not FEWEST <= len(set(names)) <= MOST or len(set(names)) < len(names):
        what = t(f"{len(names)} 个结果", f"{len(names)} outcomes")
        found.append(Problem.at("outcomes", what, t("2 至 4 个不同的指标", "2 to 4 different indicators")))
    for item in chosen:
        if item.better is Better.NONE:
            what = t(f"“{item.label.zh}”无好坏之分", f"neither way of '{item.label.en}' is better")
            found.append(Problem.at("outcomes", what))
        elif (item.name, ALL) not in cubes:
            what = t(f"没有测量“{item.label.zh}”", f"'{item.label.en}' was not measured")
            found.append(Problem.at("outcomes", what))
    raise_if(found)
    values = np.stack([cubes[item.name, ALL].reshape(len(result.design.scenarios), -1) for item in chosen])
    values = values[:, :, np.isfinite(values).all(axis=(0, 1))]
    signs = np.array([-1.0 if item.better is Better.LOWER else 1.0 for item in chosen])
    free = ~dominated(values * signs[:, None, None])
    options = tuple(one.name for one in result.design.scenarios)
    many = values.shape[2]
    return Tradeoff(
        tuple(names),
        options,
        {name: values[k] for k, name in enumerate(names)},
        {one: float(free[i].mean()) if many else float("nan") for i, one in enumerate(options)},
        many,
    )


def dominated(worth: npt.NDArray[np.float64]) -> npt.NDArray[Any]:
    """Return which options are dominated, [option, run].

    Args:
        worth: [outcome, option, run], more is better.
    """
    mine, other = worth[:, :, None, :], worth[:, None, :, :]
    as_good = np.all(other >= mine, axis=0)
    better = np.any(other > mine, axis=0)
    return np.asarray(np.any(as_good & better, axis=1))
