"""V7: the case queue as M/M/c. Also: one server, priorities, finite source, approvals, money, speed."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import kstest

from labsim.model.parts_cases import CaseTable, QueueAlone, case_queue
from labsim.model.state import Outcome
from tests.verification.queueing import cobham, erlang_c, machine_repair, mean_wait, waits_longer

BASE = QueueAlone(arrival_rate=2.0, items=4000, work_days=1.0, handlers=3, days=27_000)


def figures(table: CaseTable) -> list[float]:
    return [table.waited(), table.waits.mean(), table.queue_lengths.mean(), table.waited(1.0)]


V7 = [0.44444, 0.44444, 0.88889, 0.16350]


def test_v7_formulas():
    found = [erlang_c(2, 1, 3), mean_wait(2, 1, 3), 2 * mean_wait(2, 1, 3), waits_longer(2, 1, 3, 1.0)]
    assert found == pytest.approx(V7, abs=5e-6)


def test_v7_three_handlers():
    """A quarter of the 20 x 54,000 cases of the full test: twice the tolerance."""
    found = np.mean([figures(case_queue(BASE, [seed])) for seed in range(5)], axis=0)
    for value, expected, tolerance in zip(found, V7, [0.01, 0.021, 0.042, 0.008], strict=True):
        assert value == pytest.approx(expected, abs=2 * tolerance)


@pytest.mark.slow
def test_v7_three_handlers_in_full():
    found = np.mean([figures(case_queue(BASE, [seed])) for seed in range(20)], axis=0)
    for value, expected, tolerance in zip(found, V7, [0.01, 0.021, 0.042, 0.008], strict=True):
        assert value == pytest.approx(expected, abs=tolerance)


def batch_error(values: np.ndarray, batches: int = 40) -> float:
    """Return four standard errors of the mean of values that depend on their neighbours."""
    means = [part.mean() for part in np.array_split(values, batches)]
    return float(4 * np.std(means, ddof=1) / np.sqrt(batches))


@pytest.mark.parametrize(("arrivals", "work", "handlers"), [(0.8, 1.0, 1), (3.0, 0.5, 2), (4.0, 2.0, 12)])
def test_other_loads_and_servers(arrivals: float, work: float, handlers: int):
    part = replace(BASE, arrival_rate=arrivals, work_days=work, handlers=handlers, days=20_000)
    table = case_queue(part, [3])
    waits = table.waits
    # Some of the items are in the system and cannot fail: a slightly lower rate than declared.
    rate = len(waits) / part.days
    assert rate == pytest.approx(arrivals, abs=4 * np.sqrt(arrivals / part.days) + 0.005 * arrivals)
    assert waits.mean() == pytest.approx(mean_wait(arrivals, 1 / work, handlers), abs=batch_error(waits))
    late = (waits > work).astype(float)
    assert late.mean() == pytest.approx(waits_longer(arrivals, 1 / work, handlers, work), abs=batch_error(late))
    inside = table.daily["open"].mean()
    assert inside == pytest.approx(rate * table.sojourns.mean(), abs=batch_error(table.daily["open"][0]))  # Little


def test_service_takes_its_time():
    table = case_queue(replace(BASE, work_days=0.7, days=4000), [1])
    service = table.started["closed"] - table.started["started"]
    assert kstest(service, "expon", args=(0, 0.7)).pvalue > 1e-4
    assert table.daily["case_hours"].sum() / (8 * 5 / 7) == pytest.approx(service.sum(), rel=0.005)


def test_priority_by_class():
    """Cobham 1954: capital and safety before facilities before the environment."""
    part = replace(BASE, items=(2000, 1200, 800), arrival_rate=2.4, queue_rule=1, days=25_000)
    cases = case_queue(part, [5, 6]).started
    expected = cobham([2.4 * share for share in (0.2, 0.3, 0.5)], 1.0, 3)
    for item_class, wait in zip((2, 1, 0), expected, strict=True):
        waits = (cases["started"] - cases["queued"])[cases["item_class"] == item_class]
        assert waits.mean() == pytest.approx(wait, abs=batch_error(waits))


def test_first_come_ignores_class():
    part = replace(BASE, items=(2000, 1200, 800), arrival_rate=2.4, days=25_000)
    cases = case_queue(part, [5]).started
    order = np.argsort(cases["queued"], kind="stable")
    assert (np.diff(cases["started"][order]) >= 0).all()


def test_overdue_first_starts_no_young_case_before_an_overdue_one():
    """Whenever a case that is not overdue starts, no overdue one may be waiting."""
    deadline = 3.0
    part = replace(BASE, arrival_rate=0.95, handlers=1, queue_rule=2, deadline=deadline, intake_days=2.0, days=4000)
    cases = case_queue(part, [2]).started
    young = cases[cases["started"] - cases["opened"] <= deadline]
    assert len(young) > 100
    for case in young[young["started"] > young["queued"]]:
        waiting = cases[(cases["queued"] < case["started"]) & (cases["started"] > case["started"])]
        assert (case["started"] - waiting["opened"] <= deadline).all()


@pytest.mark.parametrize(("machines", "fault", "handlers"), [(6, 0.25, 1), (10, 0.3, 3), (3, 1.0, 5)])
def test_finite_source(machines: int, fault: float, handlers: int):
    """Machine repair: the number in the system, and the rate at which cases arrive."""
    part = QueueAlone(None, machines, fault, work_days=1.0, handlers=handlers, days=20_000)
    table = case_queue(part, [7])
    chance = machine_repair(machines, fault, 1.0, handlers)
    down = table.daily["open"][0]
    for k, expected in enumerate(chance):
        here = (down == k).astype(float)
        assert here.mean() == pytest.approx(expected, abs=batch_error(here) + 1e-3)
    rate = fault * (machines - (chance * np.arange(machines + 1)).sum())
    arrived = table.daily["opened"][0].astype(float)
    assert arrived.mean() == pytest.approx(rate, abs=batch_error(arrived))


@pytest.mark.parametrize("many_hops", [0.0, 0.38, 1.0])
def test_intake_and_approvals_are_stages(many_hops: float):
    """Hypoexponential: intake plus one or three hand-overs, each of which may lose the case."""
    drop, intake, hop = 0.1, 3.0, 1.0
    part = QueueAlone(
        2.0, 4000, intake_days=intake, hop_days=hop, many_hops=many_hops, drop=drop, work_days=0.0, days=7000
    )
    cases = case_queue(part, [1, 2]).cases
    hops = cases["hops"]
    assert (hops == 3).mean() == pytest.approx(many_hops, abs=4 * np.sqrt(0.25 / len(cases)))
    kept = (1 - drop) ** hops.astype(float)
    lost = cases["outcome"] == Outcome.DROPPED
    assert (1 - lost.mean()) == pytest.approx(kept.mean(), abs=4 * np.sqrt(0.25 / len(cases)))
    for number in np.unique(hops):
        whole = (cases["queued"] - cases["opened"])[(hops == number) & ~lost]
        assert whole.mean() == pytest.approx(intake + number * hop, abs=4 * whole.std() / np.sqrt(len(whole)))
        variance = intake**2 + number * hop**2
        kurtosis = ((whole - whole.mean()) ** 4).mean() / whole.var() ** 2
        assert whole.var() == pytest.approx(variance, rel=4 * np.sqrt((kurtosis - 1) / len(whole)))
    if many_hops == 1.0:
        # Lost at the first, second or third approval.
        days = (cases["closed"] - cases["opened"])[lost]
        weights = np.array([1, 1 - drop, (1 - drop) ** 2])
        expected = intake + hop * (weights / weights.sum() * [1, 2, 3]).sum()
        assert days.mean() == pytest.approx(expected, abs=4 * days.std() / np.sqrt(len(days)))


@pytest.mark.parametrize(
    ("levers", "mean", "kept"),
    [
        ({"intake_cut": 0.9}, 0.3 + 3 * 1.0, 0.9**3),
        ({"approval_cut": 0.5}, 3.0 + 3 * 0.5, 0.9**3),
        ({"joint_decision": 1.0}, 3.0 + 1.0, 0.9),
        ({"case_tracking": 1.0}, 3.0 + 3.0, 1.0),
        ({"case_tracking": 0.5}, 3.0 + 3.0, 0.95**3),
    ],
)
def test_what_speeds_up_the_stages(levers: dict[str, float], mean: float, kept: float):
    part = QueueAlone(
        2.0, intake_days=3.0, hop_days=1.0, many_hops=1.0, drop=0.1, work_days=0.0, days=4000, levers=levers
    )
    cases = case_queue(part, [4]).cases
    through = cases[cases["outcome"] == Outcome.CLOSED]
    days = through["queued"] - through["opened"]
    assert days.mean() == pytest.approx(mean, abs=4 * days.std() / np.sqrt(len(days)))
    assert len(through) / len(cases) == pytest.approx(kept, abs=4 * np.sqrt(0.25 / len(cases)))


def test_speed_stretches_service():
    """Work at half speed: (1.5 K - A) / (c h) = 1/2, equation (15)."""
    hours = 3 * 8 * 5 / 7
    part = replace(BASE, arrival_rate=1.0, world={"base_load": hours}, days=6000)
    table = case_queue(part, [2])
    service = table.started["closed"] - table.started["started"]
    assert service.mean() == pytest.approx(2.0, abs=4 * 2.0 / np.sqrt(len(service)))
    assert table.daily["case_hours"].sum() / (8 * 5 / 7) == pytest.approx(service.sum() / 2, rel=0.01)


def test_money_bounds_the_rate_of_repair():
    """Work that needs no time but money: as many closures as the releases pay, the rest waits."""
    part = QueueAlone(0.5, 4000, work_days=0.0, costs=(1000.0, 0.0, 0.0), budget=91_000.0, days=2800, burn_in=0)
    daily = case_queue(part, [1]).daily[0]
    closed, paid_in = daily["closed"].cumsum(), daily["repair_in"].cumsum() / 100
    # 7,000 yuan a release pay seven cases, and demand is twice that.
    assert (closed <= paid_in / 1000).all()
    assert closed[-1] == 7 * (1 + 2800 // 28 - 1)
    poor = daily["repair_balance"] < 1000 * 100  # money that came in the evening is spent in the morning
    assert (daily["waiting_money"] == np.where(poor, daily["queued"], 0)).all()
    assert daily["repair_balance"].max() <= 7 * 1000 * 100


def test_the_free_pass_those_who_wait_for_money():
    part = QueueAlone(
        1.0, (2000, 1000, 1000), work_days=0.1, costs=(0.0, 0.0, 1e6), budget=1000.0, days=1000, handlers=2
    )
    from labsim.model.parts import start_alone
    from labsim.model.parts_cases import queue_alone

    cases = start_alone(queue_alone(part), 3).advance().trajectory().cases
    assert np.isnan(cases["started"][cases["item_class"] == 2]).all()
    others = cases[(cases["item_class"] < 2) & (cases["opened"] < 900)]
    assert (others["started"] - others["queued"]).mean() < 0.1


def test_a_lift_waits_until_enough_is_saved():
    """30,000 yuan at 50,000 a year: eight releases, so the start of day 7 x 28."""
    from labsim.model.parts import Alone, Place, start_alone
    from labsim.scenario.phases import Inject, InjectKind

    part = Alone(
        Place(items=(0, 0, 1)),
        {"notice_rate": np.inf, "report_bias": 50.0, "cost_capital": 30_000.0},
        {"repair_budget": 50_000.0},
        injects=(Inject(day=0, kind=InjectKind.FAULT_BURST, magnitude=1),),
        days=364,
    )
    (case,) = start_alone(part, 1).advance().trajectory().cases
    assert case["opened"] == 0.0
    assert case["started"] == 7 * 28


def test_the_rate_is_given_once():
    with pytest.raises(ValueError, match="either arrival_rate or fault_rate"):
        case_queue(QueueAlone(arrival_rate=1.0, fault_rate=0.1))
    with pytest.raises(ValueError, match="follow_up of 400"):
        case_queue(QueueAlone(arrival_rate=0.1, items=10, days=56)).recurred(400)
