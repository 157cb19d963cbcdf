"""Stand-ins for the model whose posterior is known: figures that are linear in scores, plus luck."""

import numpy as np

from labsim.analysis.chance import Purpose, bells
from labsim.analysis.inference.bank import Bank, prior_scores
from labsim.analysis.inference.observed import Figure, Observed
from labsim.analysis.inference.priors import Prior
from labsim.analysis.inference.study import Study
from tests.survey.twins import scenario

PRIORS = (
    Prior(name="migrant_barrier", low=0, high=4),
    Prior(name="hop_days", low=0.2, high=3),
    Prior(name="reward_weight", low=0.5, high=3.5),
)
NAMES = ("handling_days_mean", "on_time_share", "cases_opened_year", "app_weekly")
SLOPE = np.array([[1.0, 0.2, 0.0], [0.0, 1.0, 0.0], [0.5, -0.5, 0.0], [1.0, 1.0, 0.0]])
"""The third parameter moves nothing."""
LUCK, SAMPLING = 0.3, 0.2


def figures(scores: np.ndarray, seed: int) -> np.ndarray:
    """Return figures of a linear model, shape [n, 4]."""
    return np.asarray(scores @ SLOPE.T + LUCK * bells(seed, Purpose.LUCK, 0, (len(scores), 4)))


def study(n: int = 3000, values=(0.0, 0.0, 0.0, 0.0), seed: int = 1) -> Study:
    """Return a study of it; figures come from logs, so nothing is over-reported."""
    seen = Observed(tuple(Figure(one, "all", "cases") for one in NAMES), np.array(values), SAMPLING**2 * np.eye(4))
    return Study(scenario(), PRIORS, seen, n, seed)


def bank(n: int = 3000, seed: int = 1) -> Bank:
    """Return simulations of it."""
    made = study(n, seed=seed)
    scores = prior_scores(made, n)
    return Bank(made, scores, figures(scores, seed), made.observed)


def exact(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and covariance of the posterior of the scores, in closed form."""
    precision = SLOPE.T @ SLOPE / (LUCK**2 + SAMPLING**2) + np.eye(3)
    covariance = np.linalg.inv(precision)
    return covariance @ SLOPE.T @ values / (LUCK**2 + SAMPLING**2), covariance
