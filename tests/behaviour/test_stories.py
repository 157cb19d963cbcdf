"""The documents' stories, as files in ``scenarios/stories``, each held against its counterpart in pairs."""

import re
from typing import Literal

import numpy as np
import pytest

from labsim.analysis.paired import paired
from labsim.foundations.paths import resource
from labsim.results.indicators import ALL, Window, indicator
from labsim.scenario.files import load, scenario_names
from tests.behaviour.runs import values

SEEDS = range(5)
LEVEL = 0.98
LATE: Window = (364, 728)
NAMES = sorted(path.stem for path in resource("scenarios", "stories").glob("*.toml"))

Way = Literal["up", "down"]

# counterpart, story, indicator, where the story lies against its counterpart, window, group
TOLD: list[tuple[str, str, str, Way, Window, str]] = [
    # points whose money ends after half a year, and what saves them
    ("points_run_dry", "points_topped_up", "mean_credibility", "up", LATE, ALL),
    ("points_run_dry", "points_topped_up", "volunteer_acts_year", "up", LATE, ALL),
    ("points_run_dry", "points_topped_up", "redeem_failure_share", "down", LATE, ALL),
    ("points_run_dry", "points_topped_up", "money_points_year", "up", LATE, ALL),
    ("points_run_dry", "points_wound_down", "mean_credibility", "up", (252, 364), ALL),
    ("points_run_dry", "points_wound_down", "redeem_failure_share", "down", (0, 364), ALL),
    ("points_run_dry", "points_thrifty", "mean_credibility", "up", LATE, ALL),
    ("points_run_dry", "points_thrifty", "volunteer_acts_year", "up", LATE, ALL),
    # eight departments, fifty inspections a year
    ("eight_departments", "eight_departments_together", "duplicate_inspection_share", "down", (0, 728), ALL),
    ("eight_departments", "eight_departments_together", "duplicate_work_share", "down", (0, 728), ALL),
    ("eight_departments", "eight_departments_together", "staff_load", "down", (0, 728), ALL),
    ("eight_departments", "eight_departments_together", "fix_rate_official", "up", (0, 728), ALL),
    # rectification at 98 % while complaints do not fall
    ("full", "ninety_eight_percent", "fix_rate_official", "up", (182, 728), ALL),
    ("full", "ninety_eight_percent", "fix_rate_genuine", "down", (182, 728), ALL),
    ("full", "ninety_eight_percent", "recurrence_90d_true", "up", (182, 728), ALL),
    ("full", "ninety_eight_percent", "reports_month", "up", (182, 728), ALL),
    ("full", "ninety_eight_percent", "satisfaction_share", "down", (182, 728), ALL),
    ("ninety_eight_percent", "ninety_eight_percent_checked", "fix_rate_genuine", "up", (182, 728), ALL),
    ("ninety_eight_percent", "ninety_eight_percent_checked", "repeat_report_share", "down", (182, 728), ALL),
    ("ninety_eight_percent", "ninety_eight_percent_checked", "reports_month", "down", (182, 728), ALL),
    # a council from 85 % to 50 %
    ("full", "council_fades", "council_attendance", "down", LATE, ALL),
    ("council_fades", "council_answers", "council_attendance", "up", LATE, ALL),
    ("council_fades", "council_answers", "mean_efficacy", "up", LATE, ALL),
    # two experienced workers leave
    ("full", "two_workers_leave", "staff_load", "up", (182, 224), ALL),
    ("full", "two_workers_leave", "policy_skill", "down", (252, 546), ALL),
    ("two_workers_leave", "two_workers_leave_mentored", "policy_skill", "up", (252, 546), ALL),
    # the migrant residents' council
    ("full", "migrants_speak", "council_attendance", "up", (0, 728), "migrant:yes"),
    # a flood week: heavy rain, a lift, an infection, a complaint that goes round
    ("full", "flood_week", "mean_efficacy", "down", (182, 224), ALL),
    ("full", "flood_week", "emergency_response_minutes", "up", (182, 224), ALL),
    ("flood_week", "flood_week_prepared", "flood_residents_moved", "up", (182, 224), ALL),
    ("flood_week", "flood_week_prepared", "flood_loss", "down", (182, 224), ALL),
    ("flood_week", "flood_week_prepared", "full_sampling_hours", "down", (182, 224), ALL),
    ("flood_week", "flood_week_prepared", "hot_event_heard", "down", (182, 224), ALL),
    ("flood_week", "flood_week_prepared", "mean_efficacy", "up", (182, 224), ALL),
    ("flood_week", "flood_week_prepared", "emergency_volunteer_hours", "up", (182, 224), ALL),
    # a full reform package
    ("full", "reform_package", "fix_rate_genuine", "up", LATE, ALL),
    ("full", "reform_package", "handling_days_mean", "down", LATE, ALL),
    ("full", "reform_package", "repeat_report_share", "down", LATE, ALL),
    ("full", "reform_package", "duplicate_inspection_share", "down", LATE, ALL),
    ("full", "reform_package", "council_attendance", "up", LATE, ALL),
    ("full", "reform_package", "fee_collection", "up", LATE, ALL),
    ("full", "reform_package", "dispute_days_mean", "down", LATE, ALL),
    ("full", "reform_package", "satisfaction_share", "up", LATE, ALL),
]


@pytest.mark.parametrize(
    ("before", "after", "name", "way", "window", "group"),
    TOLD,
    ids=[f"{after} against {before}: {name} {way}" for before, after, name, way, *_ in TOLD],
)
def test_a_story_differs_from_its_counterpart_as_told(
    before: str, after: str, name: str, way: Way, window: Window, group: str
):
    pair = [values(load(one), SEEDS, name, window, group) for one in (before, after)]
    found = paired(pair[0], pair[1], LEVEL)
    assert found.missing == 0
    assert found.low > 0 if way == "up" else found.high < 0, (found.baseline, found.policy, found.low, found.high)


def level(story: str, name: str, window: Window) -> float:
    return float(np.mean(values(load(story), SEEDS, name, window)))


def test_points_run_dry_after_half_a_year_and_stay_dry():
    """Half a year, four to eight months as in the targets."""
    days = values(load("points_run_dry"), SEEDS, "points_stall_day")
    assert ((days > 112) & (days < 252)).all()
    assert np.isnan(values(load("points_topped_up"), SEEDS, "points_stall_day")).all()


def test_at_98_percent_the_record_and_the_truth_are_far_apart():
    """That residents report no less than before stands in the table above."""
    window = (182, 728)
    assert level("ninety_eight_percent", "fix_rate_official", window) > 0.97
    assert level("ninety_eight_percent", "fix_rate_genuine", window) < 0.5


def test_the_council_falls_from_85_percent_to_below_half():
    assert 0.75 < level("council_fades", "council_attendance", (0, 56)) < 0.92
    assert level("council_fades", "council_attendance", (336, 420)) < 0.55


def test_a_package_is_not_for_free():
    """What it costs is measured too: training takes hours and allowances are paid."""
    assert level("reform_package", "training_hours_year", LATE) > 2 * level("full", "training_hours_year", LATE)
    assert level("reform_package", "money_workforce_year", LATE) > level("full", "money_workforce_year", LATE)


def test_every_story_is_told_in_both_languages_and_has_a_counterpart():
    assert set(NAMES) <= set(scenario_names())
    assert {one for row in TOLD for one in row[:2]} >= set(NAMES)
    for name in NAMES:
        story = load(name)
        assert story.name == name
        assert story.description is not None
        for text in (story.label, story.description):
            assert re.search("[一-鿿]", text.zh)
            assert not re.search("[一-鿿]", text.en)
    assert {indicator(row[2]).name for row in TOLD}
