"""What a scenario changes, as rows."""

from labsim.scenario.differences import OWN, differences
from labsim.scenario.files import load
from labsim.scenario.phases import AppliedInstrument, Phase
from labsim.scenario.scenario import Scenario

BASE = Scenario()


def rows(scenario, baseline=BASE):
    return {(one.section, one.name): one for one in differences(scenario, baseline)}


def test_a_scenario_differs_in_nothing_from_itself():
    for name in ("baseline", "points", "closed_loop", "coordination"):
        assert differences(load(name), load(name)) == []


def test_static_values_are_told_from_the_first_day():
    one = BASE.with_levers(staff=14).with_world(taste_sd=1.9).with_community(residents=300).changed(horizon=364)
    found = rows(one)
    assert set(found) == {("levers", "staff"), ("world", "taste_sd"), ("population", "residents"), ("time", "horizon")}
    staff = found["levers", "staff"]
    assert (staff.old, staff.new, staff.unit, staff.start, staff.source) == (12, 14, "persons", None, OWN)


def test_an_instrument_is_told_with_its_source_and_time():
    found = rows(BASE.with_instruments(AppliedInstrument(name="resident_supervisors", start=28, ramp=14, stop=364)))
    only = found["levers", "supervisors"]
    assert (only.old, only.new, only.start, only.ramp, only.stop) == (0, 50, 28, 14, 364)
    assert only.source == "story: supervisors_min"
    assert only.instrument == "resident_supervisors"


def test_a_value_the_scenario_gives_itself_is_not_put_in_the_mouth_of_the_documents():
    found = rows(BASE.with_instruments(AppliedInstrument(name="resident_supervisors", levers={"supervisors": 30})))
    assert found["levers", "supervisors"].source == OWN


def test_a_move_made_by_two_instruments_is_told_once():
    found = differences(load("coordination"), load("baseline"))
    (sharing,) = [one for one in found if one.name == "data_sharing"]
    assert sharing.instrument == "department_data_sharing, one_inspection_many_claim"


def test_a_move_only_the_baseline_makes_is_told():
    baseline = BASE.with_phases(Phase(lever="staff", value=15, start=10))
    only = rows(BASE, baseline)["levers", "staff"]
    assert (only.old, only.new, only.start) == (15, 12, 10)


def test_a_move_is_measured_from_what_the_baseline_has_by_then():
    baseline = BASE.with_phases(Phase(lever="staff", value=15, start=10))
    found = differences(baseline.with_phases(Phase(lever="staff", value=20, start=50)), baseline)
    assert [(one.old, one.new, one.start) for one in found] == [(15, 20, 50)]


def test_values_that_stay_as_they_are_are_not_told():
    assert ("levers", "points_volunteer") not in rows(BASE.with_instruments("points_scheme"))


def test_an_instrument_that_overrules_the_scenarios_own_lever_is_shown():
    """``[levers]`` is how things are before; an instrument from day 0 replaces it, and ``show`` must say so."""
    one = BASE.with_levers(points_sort=5).with_instruments("points_scheme")
    moves = [(row.old, row.new, row.start) for row in differences(one, BASE) if row.name == "points_sort"]
    assert moves == [(1.0, 5.0, None), (5.0, 1.0, 0)]
