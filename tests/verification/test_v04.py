"""V4: periodic inspection. Also: unavailability, perfunctory visits, equipment, coverage, changed frequency."""

from dataclasses import replace

import numpy as np
import pytest

from labsim.model.parts import Alone, Place, start_alone
from labsim.model.parts_cases import DetectionAlone, detection

T = 30.0
MONTHLY = DetectionAlone(items=2000, fault_rate=2e-4, visits=28 / T, days=3640, burn_in=364)


def mean_delay(q: float, period: float = T) -> float:
    return period * (1 / q - 0.5)


def variance_of_delay(q: float, period: float = T) -> float:
    return period**2 * ((1 - q) / q**2 + 1 / 12)


@pytest.mark.parametrize(("q", "mean", "variance", "tolerance"), [(1.0, 15.0, 75.0, 0.25), (0.4, 60.0, 3450.0, 1.7)])
def test_v4_delay_until_a_periodic_visit_sees_it(q: float, mean: float, variance: float, tolerance: float):
    assert (mean_delay(q), variance_of_delay(q)) == pytest.approx((mean, variance))
    delays = detection(replace(MONTHLY, detection=q), seeds=range(16)).delays
    assert len(delays) >= 20_000
    assert delays.mean() == pytest.approx(mean, abs=tolerance)
    kurtosis = ((delays - delays.mean()) ** 4).mean() / delays.var() ** 2
    assert delays.var() == pytest.approx(variance, rel=4 * np.sqrt((kurtosis - 1) / len(delays)))


@pytest.mark.parametrize(
    ("coverage", "bare", "perfunctory", "equipped"), [(0.5, 0.6, 0.0, 0.0), (1.0, 0.6, 0.4, 0.0), (0.7, 0.3, 0.2, 1.0)]
)
def test_coverage_formality_and_equipment_thin_detection(
    coverage: float, bare: float, perfunctory: float, equipped: float
):
    """All act through one chance per visit: f (1 - phi) (q + (1 - q) e), in the long run of visits."""
    part = DetectionAlone(
        items=40, fault_rate=2e-3, visits=28 / 10, coverage=coverage, detection=bare, perfunctory=perfunctory,
        world={"equipment_effect": 0.5}, levers={"inspection_equipment": equipped}, days=3640 * 4,
    )  # fmt: skip
    q = coverage * (1 - perfunctory) * (bare + (1 - bare) * 0.5 * equipped)
    delays = detection(part, seeds=range(8)).delays
    # Faults that wait for the same visits share their luck: half as many count.
    error = 4 * np.sqrt(variance_of_delay(q, 10.0) / len(delays) * 2)
    assert delays.mean() == pytest.approx(mean_delay(q, 10.0), abs=error)


def test_unannounced_visits_are_no_formality():
    part = replace(MONTHLY, perfunctory=1.0, levers={"unannounced_share": 0.5}, items=200, fault_rate=2e-3)
    table = detection(part, seeds=range(4))
    visits, formal = table.daily["visits"].sum(), table.daily["perfunctory_visits"].sum()
    assert formal / visits == pytest.approx(0.5, abs=4 * np.sqrt(0.25 / visits))


def test_unavailability_under_perfect_inspection():
    """Share of time in fault: 1 - (1 - e^-(rate T)) / (rate T), Barlow & Proschan 1965."""
    rate = 0.02
    part = DetectionAlone(items=500, fault_rate=rate, visits=28 / T, days=3000, burn_in=300)
    table = detection(part, seeds=range(4))
    share = table.daily["latent"].mean() / 500  # counted at midnight
    expected = 1 - (1 - np.exp(-rate * T)) / (rate * T)
    assert share == pytest.approx(expected, abs=4 * np.sqrt(0.25 / (500 * 4 * 3000 / T)) + 1e-3)


def visit_days(changes: dict[int, dict[str, float]], poisson: float, seed: int) -> np.ndarray:
    part = Alone(
        Place(items=1, departments=4), {"poisson_visits": poisson}, {"inspection_frequency": 8.0}, changes, days=1120
    )
    return start_alone(part, seed).advance().trajectory().programme["visits"]


@pytest.mark.parametrize("seed", range(6))
def test_a_changed_frequency_stretches_what_is_left_of_an_interval(seed: int):
    """At any time a department has made the integral of its rate in visits, to within one."""
    changes = {
        100: {"inspection_frequency": 2.0},
        333: {"inspection_frequency": 0.0},
        500: {"inspection_frequency": 30.0},
    }
    rate = np.repeat([8.0, 2.0, 0.0, 30.0], [100, 233, 167, 620]) / 28
    made, due = visit_days(changes, 0.0, seed).cumsum(), rate.cumsum()
    assert np.abs(made - due).max() < 4
    assert made[499] == made[333]


def test_random_visits_keep_their_rate_when_the_frequency_changes():
    changes = {280: {"inspection_frequency": 24.0}}
    made = np.sum([visit_days(changes, 1.0, seed) for seed in range(100)], axis=0)
    for part, rate in ((made[:280], 8 / 28), (made[280:], 24 / 28)):
        expected = 100 * rate * len(part)
        assert part.sum() == pytest.approx(expected, abs=4 * np.sqrt(expected))


def test_faults_nobody_can_find_are_refused():
    with pytest.raises(ValueError, match="nobody can find"):
        detection(DetectionAlone(visits=4.0, detection=0.0))
