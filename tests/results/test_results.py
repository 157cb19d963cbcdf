import json
import math

import numpy as np
import pytest

from labsim.foundations.errors import InputError
from labsim.results.record import data_hashes, record, run_id
from labsim.results.results import COLUMNS, Reduction, Run, reduce, table, tidy, tidy_series
from labsim.scenario.scenario import Scenario
from tests.results.factory import trajectory


def test_the_table_is_tidy_and_keeps_what_cannot_be_measured():
    frame = table([trajectory(daily={"reports": 2})], "base", Reduction(("reports_month", "fix_rate_official")))
    assert tuple(frame.columns) == COLUMNS
    rows = frame.set_index(["indicator", "group"])["value"]
    assert rows["reports_month", "all"] == 56
    assert math.isnan(rows["fix_rate_official", "all"])
    assert len(frame) == 8 + 1  # eight groups and one that has none
    assert set(frame["window"]) == {"0:364"}


def test_without_groups_there_is_one_row_each():
    frame = table([trajectory(), trajectory()], "base", Reduction(("reports_month",), by_group=False))
    assert frame["replication"].tolist() == [0, 1]


def test_series_are_kept_only_where_asked_for():
    reduced = reduce(trajectory(daily={"reports": 1}), Reduction(("sorting_rate",), series=("reports_month",)))
    frame = tidy_series([(Run("base", 3, 1, 99), reduced)])
    everybody = frame[frame["group"] == "all"]
    assert everybody["period"].tolist() == list(range(13))
    assert everybody["value"].tolist() == [28.0] * 13
    assert set(frame["world"]) == {3}
    assert not len(tidy_series([(Run("base", 0, 0, 1), reduce(trajectory(), Reduction(("sorting_rate",))))]))


def test_an_empty_table_has_its_columns():
    assert tuple(tidy([]).columns) == COLUMNS


def test_a_wrong_name_is_found_before_anything_is_measured():
    with pytest.raises(InputError, match="reports_month"):
        Reduction(series=("report_month",)).chosen()


def test_run_ids_tell_runs_apart_and_stay():
    assert run_id("abc", 1, 0) == "7bf2721243fe"  # the first digits of: printf 'abc 1 0' | sha256sum
    assert len({run_id("abc", seed, world) for seed in range(20) for world in range(20)}) == 400


def test_a_record_is_json_from_which_the_scenario_can_be_made_again(tmp_path):
    scenario = Scenario(name="tried").with_levers(verification=0.5)
    data = tmp_path / "facts.csv"
    data.write_text("a,b\n", encoding="utf-8")
    made = record(
        [scenario], "2026-03-01", {"requested": 2, "finished": 1, "failed": 1}, 7, {0: [11, 12]}, files=[data]
    )
    text = made.to_json()
    read = json.loads(text)
    assert Scenario(**read["scenarios"]["tried"]) == scenario
    assert read["fingerprints"]["tried"] == scenario.fingerprint()
    assert read["date"] == "2026-03-01"
    assert read["seeds"] == {"0": [11, 12]}
    assert read["failed"] == 1
    assert read["versions"]["numpy"] == np.__version__
    assert str(tmp_path) not in text
    assert read["data"] == data_hashes([data])
    assert len(read["data"]["facts.csv"]) == 64
