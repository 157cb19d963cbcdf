import multiprocessing
import signal
import threading
import time
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor

import pandas as pd
import pytest

from labsim.experiment.design import Design
from labsim.experiment.runner import ExperimentResult, Reduction, joined, run
from labsim.foundations.errors import InputError
from labsim.results.record import run_id
from tests.experiment.models import Counting, fails_sometimes, simulate, slow_first, tiny

REPORTS = Reduction(("reports_month",), by_group=False)
PAIR = (tiny("base"), tiny("policy", verification=0.5))


@pytest.fixture(scope="module")
def reference() -> ExperimentResult:
    with ThreadPoolExecutor(1) as pool:
        return run(Design.of(PAIR, 2, 6, seed=4), REPORTS, pool, simulate=simulate)


def test_every_run_is_there_and_scenarios_share_their_luck(reference):
    assert (reference.finished, reference.failed, reference.cancelled) == (24, 0, 0)
    wide = reference.values.pivot(index=["world", "replication", "seed"], columns="scenario", values="value")
    assert len(wide) == 12
    # the policy adds 50 reports a day to the same luck, up to the rounding of whole reports
    assert ((wide["policy"] - wide["base"]) == 50 * 28).all()
    assert wide["base"].nunique() > 6


@pytest.mark.parametrize("threads", [1, 3, 8])
def test_order_of_completion_changes_nothing(reference, threads):
    with ThreadPoolExecutor(threads) as pool:
        again = run(reference.design, REPORTS, pool, simulate=slow_first)
    pd.testing.assert_frame_equal(again.values, reference.values)


def test_the_executor_of_the_house_gives_the_same(reference):
    pd.testing.assert_frame_equal(run(reference.design, REPORTS, simulate=simulate).values, reference.values)


def test_processes_give_the_same(reference):
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        again = run(reference.design, REPORTS, pool, simulate=simulate)
    pd.testing.assert_frame_equal(again.values, reference.values)


def test_failures_are_rows_that_say_why_and_spare_the_others():
    result = run(Design.of(PAIR, 1, 12, seed=4), REPORTS, simulate=fails_sometimes)
    assert result.failed > 0
    assert result.finished == 24 - result.failed
    assert set(result.failures["scenario"]) == {"policy"}
    first = result.failures.iloc[0]
    assert first["error"] == f"ArithmeticError: no luck with {first['seed']}"
    assert (result.values["scenario"] == "base").sum() == 12


def test_a_worker_that_dies_fails_its_runs():
    class Broken(ThreadPoolExecutor):
        def submit(self, *args, **kwargs):
            future: Future = Future()
            future.set_exception(OSError("worker gone"))
            return future

    with Broken(1) as pool:
        result = run(Design.of(PAIR, 1, 3), REPORTS, pool, simulate=simulate)
    assert (result.finished, result.failed) == (0, 6)
    assert set(result.failures["error"]) == {"OSError: worker gone"}


def test_an_interrupt_leaves_finished_work_usable():
    seen = []

    def stop(done: int, total: int) -> None:
        seen.append((done, total))
        if len(seen) == 3:
            raise KeyboardInterrupt

    design = Design.of(PAIR, 1, 40, seed=4)
    with ThreadPoolExecutor(1) as pool:
        result = run(design, REPORTS, pool, stop, slow_first)
    assert result.interrupted
    assert result.cancelled > 0
    assert 6 <= result.finished < 80
    assert result.finished + result.cancelled == 80
    assert len(result.values) == result.finished
    whole = run(design, REPORTS, simulate=simulate)
    assert not whole.interrupted
    kept = whole.values.merge(result.values, on=["scenario", "seed"], suffixes=("", "_kept"))
    assert (kept["value"] == kept["value_kept"]).all()


def test_a_second_interrupt_waits_for_nothing_and_keeps_what_is_finished():
    release, design = threading.Event(), Design.of(PAIR, 1, 40, seed=4)
    quick = design.jobs()[0].seed

    def stuck(scenario, seed, *, population=None):
        if seed != quick:
            release.wait(600)
        return simulate(scenario, seed, population=population)

    def stop(done: int, total: int) -> None:
        main = threading.main_thread().ident
        threading.Timer(2.0, signal.pthread_kill, (main, signal.SIGINT)).start()
        raise KeyboardInterrupt

    started = time.monotonic()
    try:
        result = run(design, REPORTS, None, stop, stuck)
    finally:
        release.set()
    assert 1.9 < time.monotonic() - started < 300
    assert result.interrupted
    assert (result.finished, result.failed, result.cancelled) == (2, 0, 78)
    assert set(result.values["seed"]) == {quick}


def test_progress_counts_runs_to_the_last():
    seen = []
    run(Design.of(PAIR, 1, 5), REPORTS, None, lambda done, total: seen.append((done, total)), simulate)
    assert seen == [(2, 10), (4, 10), (6, 10), (8, 10), (10, 10)]


def test_scenarios_of_one_community_share_a_population_on_a_seed():
    model = Counting()
    other = tiny("other").with_community(migrant_share=0.1)
    with ThreadPoolExecutor(1) as pool:
        run(Design.of((*PAIR, other), 1, 2), REPORTS, pool, simulate=model)
    first, second, third = (population for _, population in model.populations[:3])
    assert first == second
    assert third != first


def test_a_wrong_indicator_or_window_stops_before_any_run():
    model = Counting()
    with pytest.raises(InputError, match="did you mean reports_month"):
        run(Design.of(PAIR, 1, 2), Reduction(("report_month",)), simulate=model)
    with pytest.raises(InputError, match="window"):
        run(Design.of(PAIR, 1, 2), Reduction(window=(0, 29)), simulate=model)
    assert model.populations == []


def test_runs_that_do_not_add_up_are_an_error(reference):
    with pytest.raises(AssertionError, match="24 runs requested, but 23 finished"):
        ExperimentResult(reference.design, reference.values, reference.series, reference.failures, 23, 0, 0, False)


def test_replications_added_later_are_those_of_a_longer_design(reference):
    first = run(Design.of(PAIR, 2, 4, seed=4), REPORTS, simulate=simulate)
    more = run(Design(PAIR, first.design.worlds, 2, 4, first=4), REPORTS, simulate=simulate)
    both = joined(first, more)
    assert both.design == reference.design
    keys = ["scenario", "world", "replication"]
    left, right = (
        frame.astype({"scenario": str}).sort_values(keys, ignore_index=True)
        for frame in (both.values, reference.values)
    )
    pd.testing.assert_frame_equal(left, right, check_categorical=False)
    with pytest.raises(ValueError, match="continue"):
        joined(first, first)


def test_the_record_holds_seeds_worlds_and_ids(reference):
    record = reference.record("2026-03-01")
    assert record.requested == record.finished == 24
    assert sorted(record.seeds) == [1, 2]
    assert "detection" in record.worlds[1]
    ids = reference.run_ids()
    assert ids["run_id"].nunique() == 24
    row = ids.iloc[0]
    assert row["run_id"] == run_id(PAIR[0].fingerprint(), row["seed"], 1)


def test_the_real_model_runs_when_none_is_named():
    result = run(
        Design.of((tiny("base").with_community(items=20),), 1, 1), Reduction(("reports_month", "sorting_rate"))
    )
    assert result.failed == 0, result.failures["error"].tolist()
    rows = result.values.set_index(["indicator", "group"])["value"]
    assert 0 < rows["sorting_rate", "all"] < 1
