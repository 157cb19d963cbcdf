"""V6: duplicate checks by departments that do not coordinate. Also: shared data as a counter's dead time."""

from dataclasses import replace

import numpy as np
import pytest

from labsim.model.parts_cases import DetectionAlone, detection

TOTAL = 4.2 / 28  # visits a day of all departments


def checks(departments: int = 8, poisson: bool = True, sharing: float = 0.0, **others) -> DetectionAlone:
    plain = {"items": 60, "fault_rate": 0.0, "visits": 4.2, "coverage": 0.52, "burn_in": 182, "days": 5000}
    return DetectionAlone(departments=departments, poisson=poisson, data_sharing=sharing, **(plain | others))


def test_v6_random_visits():
    expected = 1 - np.exp(-TOTAL * 7 / 8 * 0.52 * 7)
    assert expected == pytest.approx(0.37982, abs=5e-6)
    shares = detection(checks(), seeds=range(40)).duplicate_shares()
    assert shares.mean() == pytest.approx(expected, abs=0.008)


def test_v6_periodic_visits_with_random_phase():
    period = 8 / TOTAL
    expected = 1 - (1 - 0.52 * 7 / period) ** 7
    assert expected == pytest.approx(0.39033, abs=5e-6)
    shares = detection(checks(poisson=False, days=728), seeds=range(400)).duplicate_shares()
    assert shares.std() == pytest.approx(0.085, abs=0.015)
    assert shares.mean() == pytest.approx(expected, abs=4 * shares.std() / np.sqrt(len(shares)))


@pytest.mark.parametrize(("window", "coverage"), [(2.0, 1.0), (20.0, 0.3)])
def test_duplicates_for_other_windows(window: float, coverage: float):
    part = checks(window=window, coverage=coverage)
    shares = detection(part, seeds=range(12)).duplicate_shares()
    expected = 1 - np.exp(-TOTAL * 7 / 8 * coverage * window)
    assert shares.mean() == pytest.approx(expected, abs=4 * shares.std() / np.sqrt(len(shares)))


def test_one_department_never_duplicates():
    assert detection(checks(departments=1), seeds=[1]).duplicate_shares() == pytest.approx([0.0])


def accepted_rate(rate: float, departments: int, sharing: float, window: float) -> float:
    """Return checks per item and day when shared data skip repeats of others.

    Renewal of the last check: within the window a department may repeat its own check and
    others get through with the chance that data are not shared; exact for one department
    with ``sharing = 1`` and in the limit of many departments.
    """
    own, others = rate / departments, rate * (1 - 1 / departments)
    inside = own + others * (1 - sharing)
    cycle = (1 - np.exp(-inside * window)) / inside + np.exp(-inside * window) / rate
    return 1 / cycle


@pytest.mark.parametrize(
    ("departments", "sharing", "tolerance"), [(8, 1.0, 0.0), (2, 1.0, 0.0), (400, 1.0, 0.002), (400, 0.4, 0.002)]
)
def test_shared_data_skip_as_a_counter_is_dead(departments: int, sharing: float, tolerance: float):
    """With many departments the skipped share is lambda tau / (1 + lambda tau)."""
    rate = TOTAL * 0.52
    table = detection(checks(departments, sharing=sharing), seeds=range(12))
    expected = 1 - accepted_rate(rate, departments, sharing, 7.0) / rate
    if departments == 400 and sharing == 1.0:
        assert expected == pytest.approx(rate * 7 / (1 + rate * 7), abs=0.002)
    skipped = table.daily["skipped_item_visits"].sum(axis=1)
    shares = skipped / (skipped + table.daily["item_visits"].sum(axis=1))
    assert shares.mean() == pytest.approx(expected, abs=4 * shares.std() / np.sqrt(len(shares)) + tolerance)
    assert table.skipped_share() == pytest.approx(shares.mean(), abs=0.005)
    if sharing == 1.0:
        assert table.duplicate_shares() == pytest.approx(np.zeros(12))


def test_a_skipped_check_finds_nothing():
    """With everything shared and a window without end, one check in all is made by one department only."""
    part = checks(sharing=1.0, window=1e9, coverage=1.0, fault_rate=1e-3)
    daily = detection(replace(part, days=2000, burn_in=0), seeds=[4]).daily
    made, due = daily["item_visits"].sum(), daily["item_visits"].sum() + daily["skipped_item_visits"].sum()
    assert made / due == pytest.approx(1 / 8, abs=0.06)


def test_reception_takes_time_for_what_is_covered():
    """Hours are declared for a visit that covers half of the items."""
    from labsim.model.parts import Alone, Place, start_alone

    for coverage in (0.5, 1.0):
        part = Alone(
            Place(items=1000), {"visit_hours": 30.0}, {"inspection_frequency": 28.0, "inspection_coverage": coverage},
            days=280,
        )  # fmt: skip
        daily = start_alone(part, 2).advance().trajectory().programme
        assert daily["visit_hours"].sum() / daily["visits"].sum() == pytest.approx(60.0 * coverage, rel=0.01)
