"""Which parameters an outcome depends on: Morris and Sobol, with a dummy and luck as factors of their own.

Takes: names and a function from points of the unit cube to outcomes. Gives: :class:`Effect` per factor, with
bootstrap intervals. A dummy that no model reads shows what the method makes of nothing; the seed is a factor, so
that the share of luck stands beside the others (SALib; Saltelli et al. 2010; Morris 1991).
"""

import math
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labsim.foundations.errors import InputError, Problem, Where
from labsim.foundations.i18n import t

Array = NDArray[np.float64]
Model = Callable[[Array], Array]
"""From points, [n, factors] between 0 and 1, to outcomes, [n]."""
DUMMY, LUCK = "dummy", "luck"
_LEVELS = 4
_STEP = _LEVELS / (2 * (_LEVELS - 1))
"""How far a step of Morris goes, as a share of a range."""
_NORMAL = 1.96


@dataclass(frozen=True)
class Effect:
    """What a factor does.

    Attributes:
        name: of the factor.
        first: Sobol: share of variance from the factor alone; Morris: mean absolute effect.
        first_error: half width of its 95 % interval.
        total: Sobol: share of variance with all its interactions; Morris: spread of effects (sigma).
        total_error: half width of its interval; NaN for Morris.
        mean: Morris: mean effect with its sign; NaN for Sobol.
        mean_error: half width of its 95 % interval.
    """

    name: str
    first: float
    first_error: float
    total: float
    total_error: float
    mean: float = math.nan
    mean_error: float = math.nan

    @property
    def matters(self) -> bool:
        """Return whether the interval of the total (Sobol) leaves 0 out."""
        return self.total - self.total_error > 0


def sobol(model: Model, names: Sequence[str], n: int = 256, seed: int = 1, dummy: bool = True) -> list[Effect]:
    """Return Sobol indices; the model is called with ``n`` · (factors + 2) points.

    Args:
        model: called once with all points; of the dummy it never sees anything.
        names: of the factors; a factor called ``luck`` is the seed's.
        n: base sample, a power of 2.
        seed: of sample and bootstrap.
        dummy: whether a factor that does nothing is added.

    Raises:
        InputError: SALib is not installed, or n is no power of 2.
    """
    if n < 8 or n & (n - 1):
        what = t(f"n = {n} 不是 2 的幂", f"n = {n} is no power of 2")
        raise InputError([Problem(Where(key="n"), what, t("8、16、32 …", "8, 16, 32 …"))])
    sample, analyse = _library("sobol")
    all_names = [*names, DUMMY] if dummy else list(names)
    problem = _problem(all_names)
    points = sample.sample(problem, n, calc_second_order=False, seed=seed)
    outcome = np.asarray(model(np.asarray(points)[:, : len(names)]), np.float64)
    with warnings.catch_warnings():
        # Of an outcome that does not vary; the answer is then 0, which is said below.
        warnings.simplefilter("ignore", RuntimeWarning)
        # SALib takes 0 for no seed, and its intervals would be others each time.
        found = analyse.analyze(problem, outcome, calc_second_order=False, seed=seed + 1)
    columns = [np.nan_to_num(np.asarray(found[key], np.float64)) for key in ("S1", "S1_conf", "ST", "ST_conf")]
    return [Effect(name, *(float(column[i]) for column in columns)) for i, name in enumerate(all_names)]


def morris(model: Model, names: Sequence[str], r: int = 20, seed: int = 1) -> list[Effect]:
    """Return Morris screening: mean absolute effect and spread of effects over ``r`` trajectories.

    A factor called ``luck`` is the seed's. Luck has no range, so each trajectory gets two lucks of its own, told to
    the model as two numbers that no other trajectory has, and its effect is the difference that they make.

    Raises:
        InputError: SALib is not installed.
    """
    sample, analyse = _library("morris")
    all_names = [*names, DUMMY]
    problem = _problem(all_names)
    points = np.asarray(sample.sample(problem, r, num_levels=_LEVELS, seed=seed), np.float64)
    told = points[:, : len(names)].copy()
    if LUCK in names:
        place, trajectory = names.index(LUCK), np.arange(len(points)) // (len(all_names) + 1)
        told[:, place] = (trajectory + 0.5 * (points[:, place] > 0.5)) / r
    outcome = np.asarray(model(told), np.float64)
    found = analyse.analyze(problem, points, outcome, num_levels=_LEVELS, seed=seed)
    scale = np.array([_STEP if name == LUCK else 1.0 for name in all_names])
    star, error, sigma, mean = (
        scale * np.asarray(found[key], np.float64) for key in ("mu_star", "mu_star_conf", "sigma", "mu")
    )
    return [
        Effect(
            name, float(star[i]), float(error[i]), float(sigma[i]), math.nan, float(mean[i]),
            _NORMAL * float(sigma[i]) / math.sqrt(r),
        )
        for i, name in enumerate(all_names)
    ]  # fmt: skip


def _problem(names: Sequence[str]) -> dict[str, Any]:
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}


def _library(method: str) -> tuple[Any, Any]:
    try:
        from importlib import import_module

        import SALib  # noqa: F401  (named, so that a reader and a check see it)

        return import_module(f"SALib.sample.{method}"), import_module(f"SALib.analyze.{method}")
    except ImportError:
        what = t("需要软件包 SALib", "the package SALib is needed")
        told = t('pip install "labsim[research]"', 'pip install "labsim[research]"')
        raise InputError([Problem(Where(), what, told)]) from None
