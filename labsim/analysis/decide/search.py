"""Searching among levers under a budget, and *what would it take*: good sets of policies, tried on fresh seeds.

Takes: ranges of levers and a function from points to outcomes on named seeds. Gives: :class:`Finalist` s: what they
promised in the search, and what they gave on seeds that the search never saw. The gap is the optimism of every
search: whoever looks at many luckily good policies picks the luckiest (Optuna's NSGA-II, Deb et al. 2002).
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labsim.analysis.chance import Purpose, evens
from labsim.analysis.decide.robust import dominated
from labsim.foundations.errors import InputError, Problem, Where
from labsim.foundations.i18n import t

Array = NDArray[np.float64]
Outcomes = Callable[[Array, int], Array]
"""From points, [n, levers] between 0 and 1, and a batch of seeds, to outcomes [n, outcomes], larger is better."""
SEARCH, FRESH = 0, 1
"""Batches of seeds: those of the search, and those that judge it."""


@dataclass(frozen=True)
class Finalist:
    """A policy of the front.

    Attributes:
        point: levers between 0 and 1.
        promised: outcomes in the search.
        fresh: outcomes on fresh seeds.
    """

    point: Array
    promised: Array
    fresh: Array

    @property
    def optimism(self) -> Array:
        """Return by how much the search promised too much, per outcome."""
        return self.promised - self.fresh


def pareto(
    outcomes: Outcomes, levers: int, directions: int, trials: int = 400, seed: int = 1,
    allowed: Callable[[Array], NDArray[np.bool_]] | None = None,
) -> list[Finalist]:  # fmt: skip
    """Return policies that no other found is better than in every outcome, tried on fresh seeds.

    Args:
        outcomes: the model.
        levers: how many are turned.
        directions: outcomes that matter, 1 to 4.
        trials: policies that are tried.
        seed: of the search.
        allowed: which points a budget allows, [n, levers] → [n]; all when left out. Points outside are never run.

    Raises:
        InputError: Optuna is not installed, or no point is allowed.
    """
    optuna = _optuna()
    generation = min(50, trials)
    with warnings.catch_warnings():
        # It says that its interface may change; the default is made for choices and finds poor fronts of numbers.
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        crossover = optuna.samplers.nsgaii.SBXCrossover(eta=10.0)
    sampler = optuna.samplers.NSGAIISampler(population_size=generation, crossover=crossover, seed=seed)
    study = optuna.create_study(directions=["maximize"] * directions, sampler=sampler)
    space = {f"x{i}": optuna.distributions.FloatDistribution(0.0, 1.0) for i in range(levers)}
    points: list[Array] = []
    found: list[Array] = []
    for _ in range(0, trials, generation):
        asked = [study.ask(space) for _ in range(generation)]
        batch = np.array([[one.params[name] for name in space] for one in asked])
        open_ = np.ones(len(batch), np.bool_) if allowed is None else allowed(batch)
        values = np.full((len(batch), directions), -1e12)
        if open_.any():
            values[open_] = outcomes(batch[open_], SEARCH)
            points.append(batch[open_])
            found.append(values[open_])
        for one, value in zip(asked, values, strict=True):
            study.tell(one, value.tolist())
    if not points:
        what = t("预算之内没有找到任何政策", "no policy was found within the budget")
        raise InputError([Problem(Where(key="budget"), what)])
    where, promised = np.concatenate(points), np.concatenate(found)
    front = np.flatnonzero(~dominated(promised))
    _, once = np.unique(where[front], axis=0, return_index=True)
    front = front[np.sort(once)]
    fresh = outcomes(where[front], FRESH)
    return [Finalist(where[i], promised[i], fresh[k]) for k, i in enumerate(front)]


def hypervolume(front: Array, corner: Array) -> float:
    """Return the area that a front of two outcomes dominates above a corner; larger is better."""
    better = front[(front > corner).all(axis=1)]
    area, height = 0.0, float(corner[1])
    for x, y in better[np.argsort(-better[:, 0], kind="stable")]:
        if y > height:
            area += (x - corner[0]) * (y - height)
            height = float(y)
    return area


@dataclass(frozen=True)
class Region:
    """What it would take.

    Attributes:
        feasible: whether any policy reaches the targets on fresh seeds as often as asked.
        points: those that do, shape [n, levers].
        low: smallest value of each lever among them.
        high: largest value.
        reach: share of fresh seeds on which each point reaches all targets, shape [n].
        tried: policies tried in the first round.
        best: largest share that any policy reached.
    """

    feasible: bool
    points: Array
    low: Array
    high: Array
    reach: Array
    tried: int
    best: float


def what_it_takes(meets: Outcomes, levers: int, tried: int = 256, chance: float = 0.8, seed: int = 1) -> Region:
    """Return the region of policies that reach targets with a stated probability.

    Args:
        meets: from points and a batch of seeds to whether targets are reached on each seed, [n, seeds].
        levers: how many are turned.
        tried: policies of the first round.
        chance: probability asked for.
        seed: of the points.
    """
    points = evens(seed, Purpose.DESIGN, 7, (tried, levers))
    first = meets(points, SEARCH).mean(axis=1)
    # The lucky ones among those that only just pass are found out by fresh seeds; those near the edge may try too.
    near = np.flatnonzero(first >= chance - 0.1)
    if not len(near):
        none = np.zeros((0, levers))
        return Region(False, none, none.sum(axis=0), none.sum(axis=0), np.zeros(0), tried, float(first.max()))
    fresh = meets(points[near], FRESH).mean(axis=1)
    good = fresh >= chance
    kept = points[near][good]
    low, high = (kept.min(axis=0), kept.max(axis=0)) if good.any() else (np.zeros(levers), np.zeros(levers))
    return Region(bool(good.any()), kept, low, high, fresh[good], tried, float(fresh.max()))


def _optuna() -> Any:
    try:
        import optuna
    except ImportError:
        what = t("需要软件包 optuna", "the package optuna is needed")
        told = t('pip install "labsim[research]"', 'pip install "labsim[research]"')
        raise InputError([Problem(Where(), what, told)]) from None
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    return optuna
