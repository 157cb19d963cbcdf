"""Sweeps with the real model on tiny communities: every run has its row, and nothing is run twice."""

import json
import shlex
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest

from labsim.experiment.designs import Factor, Method, Sweep
from labsim.experiment.failures import rerun_command
from labsim.experiment.forecast import pilot_of
from labsim.experiment.runner import Forecast, Watch
from labsim.experiment.sweep import run_sweep
from labsim.experiment.tasks import Task
from labsim.experiment.workers import Workers
from labsim.experiment.worlds import CENTRAL
from labsim.presentation.cli import main
from labsim.results.results import Reduction
from labsim.results.store import RunStore
from labsim.results.tablefile import write_table
from tests.experiment.models import tiny

BASE = tiny("base").with_community(items=20)
CHECK = Factor("levers", "verification", (0.0, 0.5), spans=True)
# 50 contacts each are impossible among 20 residents, which only making the population finds out.
PLANTED = Factor("population", "contacts", (2.0, 50.0))
NAMES = ("reports_month", "sorting_rate")
REPORTS = Reduction(NAMES)
SWEEP = Sweep(BASE, (CHECK,), Method.SOBOL, samples=8, worlds=2, replications=2, seed=3, indicators=NAMES)
FAILING = Sweep(BASE, (PLANTED, Factor("levers", "verification", (0.0, 0.5))), replications=3, indicators=NAMES)


@pytest.fixture(scope="module")
def reference() -> pd.DataFrame:
    return run_sweep(SWEEP, Workers(number=1)).table


def test_there_is_one_row_per_run_in_the_order_of_the_design(reference):
    assert list(reference.columns) == [
        "point", "levers.verification", "world", "replication", "seed", *NAMES, "error", "command",
    ]  # fmt: skip
    keys = list(reference[["point", "world", "replication"]].itertuples(index=False, name=None))
    assert keys == [(p, w, r) for p in range(8) for w in (1, 2) for r in (0, 1)]
    for number, rows in reference.groupby("point"):
        assert set(rows["levers.verification"]) == {SWEEP.points[int(str(number))].levels[0]}
    assert reference["sorting_rate"].between(0, 1).all()
    assert reference["sorting_rate"].nunique() > 3
    assert set(reference["error"]) == {""}
    # Points share their luck: four seeds in all.
    assert reference["seed"].nunique() == 4


def test_threads_and_a_store_change_no_byte_and_nothing_runs_twice(reference, tmp_path: Path):
    store = RunStore(tmp_path / "runs")
    first = run_sweep(SWEEP, Workers(number=3), store=store)
    again = run_sweep(SWEEP, store=RunStore(tmp_path / "runs"))
    assert (first.result.stored, again.result.stored) == (0, 32)
    for i, table in enumerate((reference, first.table, again.table)):
        pd.testing.assert_frame_equal(table, reference)
        for ending in ("parquet", "csv"):
            write_table(table, tmp_path / f"{i}.{ending}")
            assert (tmp_path / f"{i}.{ending}").read_bytes() == (tmp_path / f"0.{ending}").read_bytes()
    assert len(pd.read_parquet(tmp_path / "0.parquet")) == 32


def test_a_larger_sweep_finds_what_a_smaller_one_ran(tmp_path: Path):
    store = RunStore(tmp_path)
    run_sweep(SWEEP, store=store)
    more = Sweep(BASE, (CHECK,), Method.SOBOL, samples=16, worlds=2, replications=3, seed=3)
    result = run_sweep(more, store=store).result
    assert (result.stored, result.finished) == (32, 96)


def test_points_that_are_the_same_are_run_once(tmp_path: Path):
    """Samples of a few levels meet again and again."""
    levels = (Factor("levers", "verification", (0.0, 0.5)), PLANTED)
    sweep = Sweep(BASE, levels, Method.SOBOL, samples=16, replications=2, seed=3, indicators=NAMES)
    found = run_sweep(sweep, store=RunStore(tmp_path))
    assert (found.result.finished, found.result.failed) == (16, 16)
    kept = pd.read_parquet(tmp_path)
    assert not kept.duplicated(["run", "indicator", "group", "window", "period"]).any()
    assert kept["run"].nunique() == 4
    # The same table as when each was run by itself, but for the place of the failed scenarios.
    alone = run_sweep(sweep).table
    pd.testing.assert_frame_equal(found.table.drop(columns="command"), alone.drop(columns="command"))


def test_a_planted_failure_ends_as_rows_that_tell_how_to_run_them_alone(tmp_path: Path, capsys):
    store = RunStore(tmp_path / "runs")
    found = run_sweep(FAILING, store=store)
    assert (found.result.finished, found.result.failed) == (6, 6)
    table = found.table
    assert len(table) == FAILING.requested == 12
    bad = table[table["population.contacts"] == 50]
    assert bad["error"].str.contains("50 contacts each, but only 20 residents").all()
    assert bad[list(NAMES)].isna().all(axis=None)
    good = table[table["population.contacts"] == 2]
    assert set(good["error"]) == {""}
    assert good["sorting_rate"].notna().all()
    # Nothing failed is kept as if it had been measured.
    assert run_sweep(FAILING, store=store).result.stored == 6
    for command in bad["command"]:
        program, *words = shlex.split(command)
        assert program == "labsim"
    assert main([*words, "--lang", "en"]) == 1
    assert "50 contacts each" in capsys.readouterr().err


def test_the_command_of_a_failure_repeats_the_very_run(tmp_path: Path, capsys):
    """A run that did not fail, told as one that did: the command must give the numbers of its row."""
    row = run_sweep(SWEEP).table.iloc[5]
    point, world = SWEEP.points[int(row["point"])], SWEEP.design().worlds[int(row["world"]) - 1]
    command = rerun_command(world.applied(point.scenario), int(row["seed"]), tmp_path)
    assert main([*shlex.split(command)[1:], "--json"]) == 0
    values = json.loads(capsys.readouterr().out)["values"]
    assert all(values[name] == row[name] for name in NAMES)


def test_a_forecast_comes_once_before_the_rest():
    events: list[object] = []
    sweep = Sweep(BASE, (CHECK,), Method.SOBOL, samples=64, indicators=NAMES)
    watch = Watch(lambda done, total: events.append(done), events.append)
    run_sweep(sweep, Workers(number=2), watch)
    told = [one for one in events if isinstance(one, Forecast)]
    assert len(told) == 1
    before = [one for one in events[: events.index(told[0])] if isinstance(one, int)]
    assert max(before) + told[0].runs == 64
    assert 0 < max(before) < 20
    assert told[0].seconds > 0
    assert told[0].memory is None or told[0].memory > 1e7
    assert max(one for one in events if isinstance(one, int)) == 64


def test_a_pilot_spans_all_sizes_and_leaves_the_others_in_order():
    scenarios = [tiny(f"s{i}").with_community(residents=float(20 + i)) for i in range(100)]
    job = SWEEP.design().jobs()[0]
    tasks = [Task(job, (one,), ((0, i),), REPORTS, None) for i, one in enumerate(scenarios)]
    pilot, rest = pilot_of(tasks, 2)
    assert sorted(task.places[0][1] for task in pilot + rest) == list(range(100))
    assert [task.places[0][1] for task in rest] == sorted(task.places[0][1] for task in rest)
    sizes = [dict(task.scenarios[0].community)["residents"] for task in pilot[2:]]
    assert (min(sizes), max(sizes)) == (20.0, 119.0)
    assert pilot_of(tasks[:3], 2) == ([], tasks[:3])


def test_a_pilot_repeats_the_residents_and_the_luck_of_some_runs():
    """What such runs share a file keeps once: a forecast of the disk must have seen it."""
    scenarios = [tiny(f"s{i}").with_community(residents=float(20 + i // 2)) for i in range(20)]
    jobs = SWEEP.design().jobs()
    tasks = [
        Task(job, (one,), ((i, j),), REPORTS, None) for i, job in enumerate(jobs) for j, one in enumerate(scenarios)
    ]
    pilot, _ = pilot_of(tasks, 2)

    def residents(each: Sequence[Task]) -> list[tuple[int, float]]:
        return [(task.job.seed, dict(task.scenarios[0].community)["residents"]) for task in each]

    waking, spread, after = residents(pilot[:2]), residents(pilot[2:10]), residents(pilot[10:])
    assert {*waking, *after} <= {*spread}
    assert len({*waking, *after}) == 4


def test_what_a_store_grows_by_is_forecast_where_runs_share_their_residents(tmp_path: Path):
    """Told 2.2 times too high when every run was taken for one of other residents."""
    told: list[Forecast] = []
    before: list[int] = []

    def disk() -> int:
        return sum(file.stat().st_size for file in tmp_path.glob("*.parquet"))

    def tell(said: Forecast) -> None:
        told.append(said)
        before.append(disk())

    base = BASE.with_community(residents=60).with_modules("disputes", "services")
    sweep = Sweep(base, (CHECK,), Method.SOBOL, samples=40, replications=5, seed=3, indicators=NAMES)
    run_sweep(sweep, Workers(number=1), Watch(forecast=tell), RunStore(tmp_path))
    grown = disk() - before[0]
    assert grown / 1.5 < told[0].disk < 1.5 * grown


def test_the_central_world_is_the_only_one_unless_more_are_asked_for():
    assert Sweep(BASE, (CHECK,), Method.SOBOL, samples=2).design().worlds == (CENTRAL,)
