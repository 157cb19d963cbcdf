"""Joint coverage sees what the ranks of single parameters cannot."""

import numpy as np
from scipy.stats import kstest

from labsim.analysis.chance import Purpose, bells
from labsim.analysis.inference.joint import joint

N, DRAWS, RHO = 400, 300, 0.95


def correlated(luck: np.ndarray, rho: float) -> np.ndarray:
    return np.stack([luck[..., 0], rho * luck[..., 0] + np.sqrt(1 - rho**2) * luck[..., 1]], axis=-1)


def made(rho_told: float) -> tuple[np.ndarray, np.ndarray]:
    """Truths scatter around data with a correlation; posteriors tell another one, or the right one."""
    centre = bells(1, Purpose.TRUTH, 500, (N, 2))
    truths = centre + 0.5 * correlated(bells(1, Purpose.TRUTH, 501, (N, 2)), RHO)
    return truths, centre[:, None] + 0.5 * correlated(bells(1, Purpose.POSTERIOR, 502, (N, DRAWS, 2)), rho_told)


def test_a_right_posterior_passes():
    found = joint(*made(RHO), 1)
    assert found.p > 0.001
    assert 0.85 < found.covered < 0.95
    assert found.n == N


def test_a_wrong_correlation_that_every_single_rank_passes_is_seen():
    truths, draws = made(-RHO)
    for j in range(2):
        assert kstest((draws[:, :, j] < truths[:, None, j]).mean(axis=1), "uniform").pvalue > 0.001
    assert joint(truths, draws, 1).p < 0.001


def test_an_overconfident_posterior_is_seen():
    truths, draws = made(RHO)
    middle = draws.mean(axis=1, keepdims=True)
    assert joint(truths, middle + 0.4 * (draws - middle), 1).p < 0.001
