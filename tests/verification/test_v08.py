"""V8: superficial repair, verification, recurrence. Also: root causes, and what superficial faults do to rates."""

from dataclasses import replace

import numpy as np
import pytest

from labsim.model.parts_cases import CaseTable, QueueAlone, case_queue
from labsim.model.state import Outcome

Q, MU, RATE = 0.45, 1 / 30, 5e-4
BASE = QueueAlone(
    None, 4000, RATE, work_days=0.0, superficial=Q, recurrence_days=30.0, days=5400, follow_up=91, burn_in=364
)


def still_superficial(s: float, q: float = Q) -> float:
    return q * (1 - s) / (1 - q * s)


def returns_within(days: float, superficial: float) -> float:
    fast, slow = 1 - np.exp(-days * (MU + RATE)), 1 - np.exp(-days * RATE)
    return superficial * fast + (1 - superficial) * slow


def closures(part: QueueAlone, seeds: range) -> CaseTable:
    table = case_queue(part, seeds)
    assert (table.cases["outcome"] == Outcome.CLOSED).all()
    return table


@pytest.mark.parametrize(
    ("verification", "share", "attempts", "recurrence", "tolerances"),
    [(0.88, 0.089404, 1.65563, 0.12522, (0.0081, 0.030, 0.0094)), (0.0, 0.45, 1.0, 0.45278, (0.0141, 1e-12, 0.0141))],
)
def test_v8_closures_attempts_recurrence(
    verification: float, share: float, attempts: float, recurrence: float, tolerances: tuple[float, float, float]
):
    assert still_superficial(verification) == pytest.approx(share, abs=5e-7)
    assert returns_within(90, still_superficial(verification)) == pytest.approx(recurrence, abs=1e-5)
    table = closures(replace(BASE, verification=verification), range(2))
    assert len(table.cases) >= 20_000
    assert table.cases["superficial"].mean() == pytest.approx(share, abs=tolerances[0])
    assert table.cases["attempts"].mean() == pytest.approx(attempts, abs=tolerances[1])
    assert table.recurred(90) == pytest.approx(recurrence, abs=tolerances[2])


@pytest.mark.parametrize("days", [10.0, 45.0, 90.0])
def test_recurrence_over_other_windows(days: float):
    table = closures(BASE, range(2))
    assert table.recurred(days) == pytest.approx(returns_within(days, Q), abs=4 * np.sqrt(0.25 / len(table.cases)))


def test_genuine_repairs_return_to_the_base_rate():
    table = closures(replace(BASE, superficial=0.0), range(2))
    p = 1 - np.exp(-90 * RATE)
    assert table.recurred(90) == pytest.approx(p, abs=4 * np.sqrt(p * (1 - p) / len(table.cases)))


def test_perfect_verification_closes_only_genuine_repairs():
    table = closures(replace(BASE, verification=1.0), range(1))
    assert not table.cases["superficial"].any()
    tries = table.cases["attempts"]
    assert tries.mean() == pytest.approx(1 / (1 - Q), abs=4 * np.sqrt(Q) / (1 - Q) / np.sqrt(len(tries)))
    assert table.daily["returned"].sum() == pytest.approx((tries - 1).sum(), abs=10)


def test_verification_takes_its_time_at_every_attempt():
    part = replace(BASE, verification=0.88, world={"verification_days": 2.0}, days=3000)
    cases = closures(part, range(2)).cases
    for attempts in (1, 2, 3):
        days = (cases["closed"] - cases["started"])[cases["attempts"] == attempts]
        assert days.mean() == pytest.approx(2.0 * attempts, abs=4 * days.std() / np.sqrt(len(days)))


def test_seeking_root_causes_spares_recurring_faults():
    """Within 90 days of a closure the share of superficial repairs is 0, otherwise as declared."""
    part = replace(BASE, levers={"root_cause": 1.0}, days=3000)
    cases = closures(part, range(1)).cases
    before: dict[int, float] = {}
    first: list[int] = []
    again: list[int] = []
    for case in cases:
        closed = before.get(case["item_id"], -np.inf)
        (again if case["onset"] - closed <= 90 else first).append(case["superficial"])
        before[case["item_id"]] = case["closed"]
    assert not any(again)
    share = np.mean(first)
    assert len(again) > 500
    # Items whose last closure lies in the burn-in count as first here: a little below q.
    assert Q - 0.05 < share < Q + 4 * np.sqrt(Q * (1 - Q) / len(first))


def test_superficial_repairs_feed_faults():
    """Renewal of one item: mean time between faults is 1 / rate, or 1 / (rate + mu) after a superficial repair."""
    table = closures(BASE, range(2))
    cycle = (1 - Q) / RATE + Q / (RATE + MU)
    expected = 4000 * 2 * BASE.days / cycle
    assert len(table.cases) == pytest.approx(expected, abs=4 * np.sqrt(expected * 3))


def test_paid_once():
    """Rework is on the contractor: money is charged for the first attempt alone."""
    part = replace(BASE, verification=0.88, costs=(50.0, 0.0, 0.0), budget=1e6, days=1000, burn_in=0)
    table = closures(part, range(1))
    assert table.cases["attempts"].mean() > 1.5
    assert table.daily["repair_spent"].sum() == 5000 * len(table.cases)
