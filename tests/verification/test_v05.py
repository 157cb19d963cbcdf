"""V5: random inspection, alone and in competition with residents' reports. Also: patrols, duplicates of reports."""

import numpy as np
import pytest
from scipy.stats import kstest

from labsim.model.parts import ALWAYS_ACTS, Alone, Place, start_alone
from labsim.model.parts_cases import CaseTable, DetectionAlone, detection
from labsim.model.state import Detector

HAZARD = 0.15 * 0.52 * 0.16


def found(notice_rate: float) -> CaseTable:
    """Return some 20,000 faults; few at a time, because faults of the same time share their visits."""
    part = DetectionAlone(
        items=200, fault_rate=1e-3, visits=0.15 * 28, coverage=0.52, detection=0.25, perfunctory=0.36, poisson=True,
        notice_rate=notice_rate, report_probability=0.5, days=7280, burn_in=364,
    )  # fmt: skip
    return detection(part, seeds=range(15))


def test_v5_random_inspection_alone():
    delays = found(0.0).delays
    assert pytest.approx(80.13, abs=0.005) == 1 / HAZARD
    assert len(delays) >= 20_000
    assert delays.mean() == pytest.approx(80.13, abs=2.3)
    assert kstest(delays, "expon", args=(0, 1 / HAZARD)).pvalue > 1e-4


def test_v5_inspection_competes_with_reports():
    table = found(0.06)
    assert table.delays.mean() == pytest.approx(23.54, abs=0.67)
    assert (table.detectors == Detector.INSPECTION).mean() == pytest.approx(0.2938, abs=0.013)
    assert kstest(table.delays, "expon", args=(0, 1 / (HAZARD + 0.03))).pvalue > 1e-4
    by_residents = table.delays[table.detectors == Detector.RESIDENT]
    # Who finds it says nothing about when: the two causes compete.
    assert by_residents.mean() == pytest.approx(23.54, abs=0.67 * 1.3)


def test_reports_alone_thin_noticing():
    part = DetectionAlone(items=400, fault_rate=1e-3, notice_rate=0.2, report_probability=0.25, days=7280)
    table = detection(part, seeds=range(4))
    assert table.delays.mean() == pytest.approx(20.0, abs=4 * 20 / np.sqrt(len(table.delays)))
    assert kstest(table.delays, "expon", args=(0, 20.0)).pvalue > 1e-4


def test_duplicate_reports_identify_the_propensity():
    """While a case is open, reports about it arrive at rate nu p: mean 1 + nu p x open time (Liu et al. 2023)."""
    part = DetectionAlone(
        items=500, fault_rate=1e-3, notice_rate=0.2, report_probability=0.5, days=7280,
        world={"intake_days": 10.0},
    )  # fmt: skip
    cases = detection(part, seeds=range(4)).cases
    duplicates = cases["reports"] - 1
    # Geometric: exponential open time of mean 10, rate 0.1: mean 1, variance 2.
    assert duplicates.mean() == pytest.approx(1.0, abs=4 * np.sqrt(2 / len(cases)))
    assert (duplicates == 0).mean() == pytest.approx(0.5, abs=4 * np.sqrt(0.25 / len(cases)))


def test_a_dropped_case_is_found_anew_with_its_first_onset():
    """Tries until an approval keeps it: geometric; the delay of a later case counts from the first onset."""
    world = {"drop_rate": 0.4, "hop_days": 2.0}
    part = DetectionAlone(items=1000, fault_rate=2e-4, notice_rate=0.1, days=7280, world=world)
    table = detection(part, seeds=range(6))
    onsets = table.cases[["item_id", "onset"]]
    tries = np.unique(onsets, return_counts=True)[1]
    se = np.sqrt(0.4 / 0.6**2 / len(tries))
    assert tries.mean() == pytest.approx(1 / 0.6, abs=4 * se)
    last = table.cases[table.cases["outcome"] == 1]
    whole = last["closed"] - last["onset"]
    # A try lasts 10 + 2 days on average: Wald's identity.
    assert whole.mean() == pytest.approx(12 / 0.6, abs=4 * whole.std() / np.sqrt(len(whole)))


def test_patrols_find_with_coverage_times_detection():
    """Sure supervisors once in 28 days, on the day after: a fault waits for the patrol that sees it."""
    world = {f"alpha_patrol_{age}": ALWAYS_ACTS for age in ("young", "middle", "older")}
    world |= {"fault_rate": 1e-3, "patrol_coverage": 0.5, "patrol_detection": 0.4}
    tables = []
    for seed in range(8):
        part = Alone(Place(residents=1, items=200), world, {"supervisors": 1.0}, days=7280)
        tables.append(start_alone(part, seed).advance().trajectory().cases)
    cases = np.concatenate(tables)
    cases = cases[(cases["onset"] > 100) & (cases["onset"] < 6000)]
    delays = cases["opened"] - cases["onset"]
    assert set(cases["detector"]) == {Detector.PATROL}
    assert (cases["opened"] % 28 >= 1).all()
    assert (cases["opened"] % 28 < 2).all()
    assert delays.mean() == pytest.approx(28 * (1 / 0.2 - 0.5), abs=4 * delays.std() / np.sqrt(len(delays)) * 1.5)


def test_two_supervisors_have_luck_of_their_own():
    world = {f"alpha_patrol_{age}": ALWAYS_ACTS for age in ("young", "middle", "older")}
    world |= {"fault_rate": 50.0, "patrol_coverage": 0.5, "patrol_detection": 0.6}
    part = Alone(Place(residents=2, items=4000), world, {"supervisors": 2.0}, days=28)
    found = start_alone(part, 3).advance(2).trajectory().programme["found_patrol"][1]
    # All items are in fault; those found by the first are repaired at once and fail again before the second.
    assert found == pytest.approx(4000 * 0.6, abs=4 * np.sqrt(2 * 4000 * 0.3 * 0.7) + 4000 * 0.03)
