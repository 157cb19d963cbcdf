import math

import numpy as np
import pytest

from labsim.foundations.arithmetic import fixed
from labsim.foundations.errors import InputError
from labsim.model.state import CELLS, Outcome
from labsim.results.city_catalogue import CITY_INDICATORS
from labsim.results.declaration import UNITS, Better, Counts, Delta
from labsim.results.indicators import GROUP_CELLS, GROUP_LABELS, groups, indicator, indicators, measure, select, series
from tests.results.factory import case, closed, trajectory

PANEL = Counts(residents=np.full(CELLS, 10), registered=np.full(CELLS, 5), panel=np.full(CELLS, 2))


def test_every_indicator_says_what_it_is_in_both_languages():
    for name, item in indicators().items():
        assert item.name == name
        for text in (item.label, item.definition, item.unit_text):
            assert text.zh
            assert text.en
            assert any("\u4e00" <= c <= "\u9fff" for c in text.zh), name
            assert not any("\u4e00" <= c <= "\u9fff" for c in text.en), name
        assert item.delta.absolute > 0
        assert len(item.delta.source) > 3


def test_every_unit_is_used():
    of_cities = {item.unit for item in CITY_INDICATORS.values()}
    assert {item.unit for item in indicators().values()} | of_cities == set(UNITS)


def test_a_run_in_which_nothing_happens_gives_numbers_or_nan_and_never_an_error():
    empty = trajectory()
    for name, item in indicators().items():
        for group in groups(item):
            for counts in (None, PANEL):
                value = measure(empty, name, group=group, counts=counts)
                assert value == 0.0 or math.isnan(value), (name, group, value)


def test_cells_of_groups_follow_the_layout_of_cells():
    # cell = age * 4 + migrant * 2 + digital: cell 5 is middle-aged, not a migrant, with access
    of_cell = {name for name, cells in GROUP_CELLS.items() if cells[5]}
    assert of_cell == {"all", "age:middle", "migrant:no", "digital:yes"}
    assert GROUP_CELLS["age:older"].nonzero()[0].tolist() == [8, 9, 10, 11]
    assert GROUP_CELLS["migrant:yes"].nonzero()[0].tolist() == [2, 3, 6, 7, 10, 11]
    assert set(GROUP_LABELS) == set(GROUP_CELLS)


# --- residents -------------------------------------------------------------------------


def test_participation_counts_people_at_the_end_of_the_window():
    people = np.zeros((13, CELLS))
    people[12] = np.arange(CELLS)  # 66 of 120; older (cells 8 to 11): 38 of 40
    run = trajectory(groups={"offline_12m": people})
    assert measure(run, "participation_offline_12m") == pytest.approx(66 / 120)
    assert measure(run, "participation_offline_12m", group="age:older") == pytest.approx(38 / 40)


def test_participation_needs_twelve_months():
    run = trajectory(horizon=728, groups={"offline_12m": 5})
    assert math.isnan(measure(run, "participation_offline_12m", (0, 336)))
    assert measure(run, "participation_offline_12m", (0, 364)) == 0.5


def test_volunteer_acts_are_scaled_to_a_year():
    run = trajectory(daily={"act_volunteer": 2}, groups={"act_volunteer": np.arange(CELLS)})
    assert measure(run, "volunteer_acts_year", (0, 56)) == 2 * 364
    assert measure(run, "volunteer_acts_year", (0, 56), "age:young") == (0 + 1 + 2 + 3) * 13


def test_sorting_rate_of_a_group_has_four_turns_a_period():
    run = trajectory(daily={"act_sort": 3, "due_sort": 12}, groups={"act_sort": 10})
    assert measure(run, "sorting_rate") == 0.25
    assert measure(run, "sorting_rate", group="migrant:yes") == 10 / 40


def test_attendance_of_a_group_needs_the_panel():
    run = trajectory(daily={"act_meeting": 3, "due_meeting": 4}, groups={"act_meeting": 1})
    assert measure(run, "council_attendance") == 0.75
    assert math.isnan(measure(run, "council_attendance", group="age:young"))
    assert measure(run, "council_attendance", group="age:young", counts=PANEL) == 0.5


def test_app_share_counts_the_registered_by_their_turns_also_through_an_outage():
    due = np.full(364, 10)  # 70 registered
    due[100:140] = 0  # the app is out
    run = trajectory(daily={"due_app": due, "app_active_28d": 35})
    assert measure(run, "app_active_share") == pytest.approx(0.5)


def test_app_share_follows_those_who_are_taught():
    due = np.full(364, 10)
    due[182:] = 20
    run = trajectory(daily={"due_app": due, "app_active_28d": 35})
    assert measure(run, "app_active_share", (189, 364)) == pytest.approx(0.25)
    assert measure(run, "app_active_share", (0, 182)) == pytest.approx(0.5)


def test_satisfaction_is_a_mean_over_residents_and_period_ends():
    score = np.full((13, CELLS), fixed(600.0))  # 10 residents of 60
    score[:, 8:] = fixed(900.0)
    run = trajectory(groups={"score": score, "satisfied": fixed(2.5)})
    assert measure(run, "satisfaction_score") == pytest.approx((8 * 60 + 4 * 90) / 12)
    assert measure(run, "satisfaction_score", group="age:older") == pytest.approx(90)
    assert measure(run, "satisfaction_share") == pytest.approx(0.25)


def test_a_group_of_few_has_no_values():
    few = np.full((13, CELLS), 10)
    few[:, 8:] = 2
    run = trajectory(groups={"residents": few, "satisfied": fixed(1.0)})
    assert math.isnan(measure(run, "satisfaction_share", group="age:older"))
    assert measure(run, "satisfaction_share", group="age:young") == pytest.approx(0.1)


def test_a_period_counts_only_when_all_its_days_are_in_the_window():
    by_period = np.arange(13)[:, None] * np.ones(CELLS)
    run = trajectory(groups={"reports": by_period})
    # days 20 to 99 hold periods 1 and 2 whole (28-55, 56-83); four cells are young
    assert measure(run, "reports_month", (20, 100), "age:young") == (1 + 2) * 4 / 2


# --- cases -----------------------------------------------------------------------------


def test_fix_rates_of_cases_counted_by_hand():
    run = trajectory(cases=[
        closed(10, 5, item_id=1), closed(20, 60, item_id=2), closed(30, 61, item_id=3),
        closed(40, 5, item_id=4, superficial=1), case(50, item_id=5),
        case(60, item_id=6, closed=61.0, outcome=Outcome.DROPPED),
        closed(-5, 1, item_id=7),  # opened in burn-in
        closed(305, 1, item_id=8),  # followed for 59 days only
        closed(304, 1, item_id=9),  # followed for exactly 60
    ])  # fmt: skip
    assert measure(run, "fix_rate_official") == pytest.approx(4 / 7)  # items 1, 2, 4, 9
    assert measure(run, "fix_rate_genuine") == pytest.approx(3 / 7)
    assert measure(run, "on_time_share") == pytest.approx(3 / 7)


def test_handling_time_mean_median_and_tail():
    run = trajectory(cases=[closed(i, days, item_id=i) for i, days in enumerate((1.0, 2.0, 3.0, 14.0))])
    assert measure(run, "handling_days_mean") == pytest.approx(5.0)
    assert measure(run, "handling_days_median") == pytest.approx(2.5)
    assert measure(run, "handling_days_p90") == pytest.approx(np.quantile([1, 2, 3, 14], 0.9))


def test_a_case_that_got_lost_is_discovered_once():
    run = trajectory(cases=[
        case(10, item_id=1, onset=4.0, closed=12.0, outcome=Outcome.DROPPED), case(30, item_id=1, onset=4.0),
        case(40, item_id=1, onset=39.0), case(40, item_id=2, onset=38.0),
    ])  # fmt: skip
    assert measure(run, "detection_days") == pytest.approx((6 + 1 + 2) / 3)
    # day 30 saw no discovery: its problem was found in the first window
    assert math.isnan(measure(run, "detection_days", (28, 35)))


def test_recurrence_on_record_and_true():
    run = trajectory(cases=[
        closed(0, 10, item_id=1, next_onset=90.0, next_opened=101.0),  # back after 80 days, on record after 91
        closed(0, 20, item_id=2, next_onset=60.0, next_opened=70.0),
        closed(0, 30, item_id=3),
        closed(260, 15, item_id=4, next_onset=276.0, next_opened=276.0),  # followed for 89 days only
        case(5, item_id=5, closed=6.0, outcome=Outcome.DROPPED, next_opened=7.0),  # not closed
    ])  # fmt: skip
    assert measure(run, "recurrence_90d") == pytest.approx(1 / 3)
    assert measure(run, "recurrence_90d_true") == pytest.approx(2 / 3)


def test_money_wait_counts_those_still_waiting_up_to_the_end():
    run = trajectory(cases=[
        case(0, item_id=1, item_class=2, queued=4.0, started=14.0), case(0, item_id=2, item_class=2, queued=264.0),
        case(0, item_id=3, item_class=1, queued=0.0, started=300.0),
    ])  # fmt: skip
    assert measure(run, "money_wait_days") == pytest.approx((10 + 100) / 2)


def test_stocks_and_flows_of_problems():
    run = trajectory(
        daily={"latent": 3, "open": 2, "overdue_open": 1, "fault_item_days": 5.0, "severity_item_days": 7.0}
    )
    assert measure(run, "backlog_mean") == 5.0
    assert measure(run, "overdue_share") == 0.5
    assert measure(run, "fault_item_days") == 5.0 * 364
    assert measure(run, "severity_backlog") == 7.0


# --- staff, money, points --------------------------------------------------------------


def test_hours_of_a_worker_do_not_count_visits_twice():
    # other_hours holds the 14-day mean of visit_hours
    run = trajectory(daily={"other_hours": 50.0, "visit_hours": 40.0, "case_hours": 10.0, "staff_present": 12})
    assert measure(run, "staff_hours_week") == pytest.approx(60 * 7 / 12)


def test_turnover_is_per_worker_and_year():
    quits = np.zeros(364)
    quits[[3, 200, 300]] = 1
    run = trajectory(daily={"quits": quits, "staff_present": 12})
    assert measure(run, "quits_year") == 3
    assert measure(run, "turnover_share_year") == pytest.approx(0.25)


def test_money_is_in_yuan_a_year_and_adds_up():
    flows = {"repair_spent": 100, "pot_paid": 200, "incentive_spent": 300, "service_spent": 400, "project_matched": 500}
    run = trajectory(horizon=728, daily={**flows, "project_raised": 900, "project_refunded": 300})
    parts = ("repair", "points", "incentives", "services", "match")
    values = [measure(run, f"money_{part}_year") for part in parts]
    assert values == [pytest.approx(364.0 * k) for k in (1, 2, 3, 4, 5)]
    assert measure(run, "money_total_year") == pytest.approx(sum(values))
    assert measure(run, "resident_money_year") == pytest.approx(6 * 364)


def test_points_stall_at_the_end_of_the_first_month_in_which_most_fail():
    tries, failures = np.full(364, 10), np.zeros(364)
    issued = np.zeros(364)
    issued[50:] = 1000
    failures[150:] = 10
    run = trajectory(daily={"points_issued": issued, "redeem_tries": tries, "redeem_failures": failures})
    # from day 150 all fail; 15 of 28 days fail first in days 137 to 164, which is day 114 of the scheme
    assert measure(run, "points_stall_day") == 164 - 50
    assert measure(run, "redeem_failure_share") == pytest.approx(214 / 364)


def test_points_that_never_stall_or_never_start_have_no_stall_day():
    kept = {"redeem_tries": 10, "redeem_failures": 5}
    assert math.isnan(measure(trajectory(daily={"points_issued": 100, **kept}), "points_stall_day"))
    assert math.isnan(measure(trajectory(daily=kept), "points_stall_day"))
    assert math.isnan(measure(trajectory(daily={"points_issued": 100, "redeem_tries": 0}), "points_stall_day"))


def test_points_held_are_those_at_the_end():
    run = trajectory(daily={"points_held": np.arange(364) * 100})
    assert measure(run, "points_held", (0, 100)) == 99


# --- windows, series, errors -----------------------------------------------------------


def test_the_window_is_half_open_and_may_reach_into_burn_in():
    reports = np.zeros(364)
    reports[[0, 27, 28]] = 1, 10, 100
    run = trajectory(daily={"reports": reports})
    assert measure(run, "reports_month", (0, 28)) == 11
    assert measure(run, "reports_month", (-28, 0)) == 0


@pytest.mark.parametrize("window", [(0, 0), (10, 5), (-29, 10), (0, 365)])
def test_a_window_outside_the_run_is_an_error(window):
    with pytest.raises(InputError, match="window"):
        measure(trajectory(), "reports_month", window)


def test_a_series_has_a_value_per_step():
    run = trajectory(daily={"reports": np.repeat(np.arange(13), 28)})
    assert series(run, "reports_month").tolist() == [28.0 * k for k in range(13)]
    assert len(series(run, "reports_month", 91)) == 4
    assert np.isnan(series(run, "fix_rate_official")).all()


def test_a_series_that_makes_no_sense_is_an_error():
    with pytest.raises(InputError, match="period"):
        series(trajectory(), "participation_offline_12m")
    with pytest.raises(InputError, match="at least 1 day"):
        series(trajectory(), "reports_month", 0)


def test_unknown_names_are_all_named_with_the_nearest():
    with pytest.raises(InputError) as caught:
        select(["handling_day_mean", "sorting_rate", "satisfied residents"])
    said = caught.value.render("en")
    assert "did you mean handling_days_mean?" in said
    assert "did you mean satisfaction_share?" in said
    assert "没有名为" in caught.value.render("zh")
    with pytest.raises(InputError, match="age:older"):
        measure(trajectory(), "sorting_rate", group="age:old")
    with pytest.raises(InputError, match="did you mean reports_month"):
        measure(trajectory(), "reports_month_x")


def test_no_value_by_group_where_nobody_counts_groups():
    with pytest.raises(InputError, match="no values by group"):
        measure(trajectory(), "handling_days_mean", group="age:young")


def test_delta_is_the_larger_of_absolute_and_relative():
    delta = Delta(absolute=1000, relative=0.05)
    assert delta.at(100_000) == 5000
    assert delta.at(-100_000) == 5000
    assert delta.at(0) == 1000
    assert delta.at(float("nan")) == 1000


def test_a_part_of_the_baseline_has_three_digits():
    assert Delta(absolute=1000, relative=0.1).at(535_391.7) == 53_500
    assert Delta(absolute=0.5, relative=0.1).at(12.3456) == 1.23


def test_directions_hold_what_the_traps_say():
    # more cases found and more reports are not worse; inspections are not good in themselves
    for name in ("cases_opened_year", "reports_month", "inspections_month", "open_mean"):
        assert indicator(name).better is Better.NONE
    assert indicator("fix_rate_genuine").sight.value == "true"
    assert indicator("fix_rate_official").sight.value == "reported"
