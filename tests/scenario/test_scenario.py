"""Scenario: frozen, fingerprinted, checked; and the tables made from it."""

import json
import pickle
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labsim.foundations.errors import InputError
from labsim.scenario import scenario as module
from labsim.scenario.community import COMMUNITY
from labsim.scenario.instruments import instrument
from labsim.scenario.levers import LEVERS
from labsim.scenario.phases import AppliedInstrument, Inject, InjectKind, Phase
from labsim.scenario.scenario import Scenario, community_values, inject_table, lever_table, resolved, world_values
from labsim.scenario.values import Values
from labsim.scenario.world import WORLD

BASE = Scenario()


def inject(**fields):
    return BASE.with_injects(Inject(**fields))


def message(call):
    with pytest.raises(InputError) as caught:
        call()
    return caught.value.render("en")


# --- value semantics ---------------------------------------------------------------------


def test_a_scenario_is_a_value():
    one = Scenario(levers={"staff": 14, "handlers": 4}, world={"taste_sd": 1.2})
    same = Scenario(levers={"handlers": 4.0, "staff": 14.0}, world={"taste_sd": 1.2})
    assert one == same
    assert hash(one) == hash(same)
    assert pickle.loads(pickle.dumps(one)) == one
    assert {one: 1}[same] == 1
    assert repr(one.levers) == "Values({'handlers': 4.0, 'staff': 14.0})"
    with pytest.raises(ValueError, match="frozen"):
        one.horizon = 28  # type: ignore[misc]


def test_a_lever_written_at_its_default_says_nothing():
    assert BASE.with_levers(staff=LEVERS["staff"].default) == BASE
    assert BASE.with_levers(staff=14).with_levers(staff=LEVERS["staff"].default) == BASE


def test_a_world_value_written_at_its_default_stays_against_a_later_calibration(tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "calibrated.toml").write_text("[world]\ntaste_sd = 2.0\n", encoding="utf-8")
    explicit = BASE.with_world(taste_sd=WORLD["taste_sd"].default)
    monkeypatch.setattr(module, "resource", lambda *parts: tmp_path.joinpath(*parts))
    assert world_values(BASE)["taste_sd"] == 2.0
    assert world_values(explicit)["taste_sd"] == WORLD["taste_sd"].default
    assert world_values(BASE)["fault_rate"] == WORLD["fault_rate"].default


@pytest.mark.parametrize("text", ["[world]\ntaste_sd = 99\n", "[world]\ntaste = 1\n", "[world\n"])
def test_a_bad_calibration_is_an_error_that_names_its_file(tmp_path, monkeypatch, text):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "calibrated.toml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(module, "resource", lambda *parts: tmp_path.joinpath(*parts))
    assert message(lambda: world_values(BASE)).startswith("calibrated.toml")


# --- fingerprint -------------------------------------------------------------------------


def test_names_labels_and_dates_do_not_change_the_fingerprint():
    assert BASE.renamed("other", "别的", "other").fingerprint() == BASE.fingerprint()
    assert BASE.changed(start_date=date(2030, 5, 1)).fingerprint() == BASE.fingerprint()


@pytest.mark.parametrize(
    "other",
    [
        BASE.with_levers(staff=13),
        BASE.with_world(taste_sd=1.51),
        BASE.with_community(residents=1499),
        BASE.with_phases(Phase(lever="staff", value=13, start=700)),
        BASE.with_instruments("points_scheme"),
        BASE.with_injects(Inject(day=3, kind=InjectKind.STAFF_LEAVE, magnitude=1)),
        BASE.changed(horizon=756),
        BASE.changed(burn_in=181),
    ],
)
def test_everything_that_can_change_a_result_changes_the_fingerprint(other):
    assert other.fingerprint() != BASE.fingerprint()


def test_two_ways_to_write_one_policy_have_one_fingerprint():
    base = BASE.with_modules("coordination")
    by_instrument = base.with_instruments("department_data_sharing")
    values = instrument("department_data_sharing").values()
    by_phase = base.with_phases(*(Phase(lever=lever, value=value) for lever, value in values.items()))
    assert by_instrument.fingerprint() == by_phase.fingerprint()
    assert BASE.with_phases(Phase(lever="staff", value=12)).fingerprint() == BASE.fingerprint()


def test_a_calibration_changes_the_fingerprint(tmp_path, monkeypatch):
    before = BASE.fingerprint()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "calibrated.toml").write_text("[world]\ntaste_sd = 2.0\n", encoding="utf-8")
    monkeypatch.setattr(module, "resource", lambda *parts: tmp_path.joinpath(*parts))
    assert BASE.fingerprint() != before


def test_nothing_is_left_to_look_up_in_what_is_fingerprinted():
    found = json.loads(json.dumps(resolved(BASE)))
    assert set(found["world"]) == set(WORLD)
    assert set(found["levers"]) == set(LEVERS)
    assert set(found["community"]) == set(COMMUNITY)
    assert found["levers"]["staff"] == [[-182, 12.0]]


# --- tables ------------------------------------------------------------------------------


def test_the_lever_table_starts_at_the_burn_in_with_the_scenario_s_own_values():
    table = lever_table(BASE.with_levers(staff=14))
    assert table.shape == (182 + 728,)
    assert table.dtype.names == tuple(LEVERS)
    assert (table.staff == 14).all()
    assert table.results_told[0] == LEVERS["results_told"].default


def test_a_phase_ramps_holds_and_gives_back():
    table = lever_table(BASE.with_phases(Phase(lever="pay_gap", value=0.35, start=10, ramp=3, stop=20)))
    column = table.pay_gap[182:]
    np.testing.assert_allclose(column[8:15], [0.15, 0.15, 0.2, 0.25, 0.3, 0.35, 0.35])
    assert column[13] == 0.35
    assert column[19] == 0.35
    assert column[20] == 0.15
    assert (table.pay_gap[:192] == 0.15).all()


def test_a_whole_lever_ramps_in_whole_steps_and_switches_and_rules_do_not_ramp():
    phases = (
        Phase(lever="staff", value=15, start=0, ramp=5),
        Phase(lever="points_earning", value=1, start=0, ramp=5),
        Phase(lever="queue_rule", value=2, start=0, ramp=5),
    )
    table = lever_table(BASE.with_phases(*phases))[181:190]
    assert table["staff"].tolist() == [12, 12, 13, 14, 14, 14, 15, 15, 15]
    assert table["points_earning"].tolist() == [0] + [1] * 8
    assert table["queue_rule"].tolist() == [0] + [2] * 8


def test_a_phase_lies_over_an_instrument_and_gives_the_instrument_back():
    scenario = BASE.with_instruments("department_data_sharing", start=5).with_phases(
        Phase(lever="data_sharing", value=0.9, start=10, stop=20)
    )
    column = lever_table(scenario).data_sharing[182:]
    assert column[[4, 5, 9, 10, 19, 20, 700]].tolist() == [0, 0.5, 0.5, 0.9, 0.9, 0.5, 0.5]


def test_an_instrument_can_end_and_can_be_given_other_values():
    scenario = BASE.with_instruments(
        AppliedInstrument(name="joint_meeting", start=7, stop=14, levers={"joint_decision": 1})
    )
    column = lever_table(scenario).joint_decision[182:]
    assert column[[6, 7, 13, 14]].tolist() == [0, 1, 1, 0]


@given(
    st.floats(0, 1), st.floats(0, 1), st.integers(-182, 727), st.integers(0, 400), st.none() | st.integers(1, 900)
)  # fmt: skip
def test_a_phase_never_leaves_the_span_of_its_two_values_and_touches_no_other_day(under, value, start, ramp, length):
    stop = None if length is None else min(start + length, 3640)
    phase = Phase(lever="results_told", value=value, start=start, ramp=ramp, stop=stop)
    column = lever_table(BASE.with_levers(results_told=under).with_phases(phase)).results_told
    assert column.min() >= min(under, value)
    assert column.max() <= max(under, value)
    day = np.arange(-182, 728)
    outside = (day < start) | (day >= (stop if stop is not None else 10**6))
    assert (column[outside] == under).all()
    full = ~outside & (day >= start + ramp)
    assert (column[full] == value).all()


def test_injects_are_sorted_by_day_and_kinds_are_frozen():
    scenario = BASE.with_injects(
        Inject(day=9, kind=InjectKind.FUND_CHANGE, magnitude=-500.5, target=1),
        Inject(day=2, kind=InjectKind.FAULT_BURST, magnitude=30, target=-1),
    )
    table = inject_table(scenario)
    assert table.day.tolist() == [2, 9]
    assert table.magnitude.tolist() == [30, -500.5]
    assert table.target.tolist() == [-1, 1]
    assert [int(kind) for kind in InjectKind] == list(range(1, 10))
    assert inject_table(BASE).shape == (0,)
    assert inject_table(BASE).dtype == table.dtype


def test_the_community_has_every_value():
    assert community_values(BASE.with_community(residents=300)) == {**COMMUNITY.defaults(), "residents": 300.0}


# --- mistakes ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Scenario(levers={"stafff": 1}), "levers.stafff: there is no lever named 'stafff'"),
        (lambda: Scenario(levers={"stafff": 1}), "did you mean staff?"),
        (lambda: Scenario(levers={"staff": 12.5}), "whole numbers 1 to 60"),
        (lambda: Scenario(levers={"staff": float("nan")}), "cannot be nan"),
        (lambda: Scenario(levers={"staff": 10**400}), "levers"),
        (lambda: Scenario.model_validate({"levers": {"staff": "many"}}), "levers"),
        (lambda: Scenario.model_validate({"levers": [1]}), "levers"),
        (lambda: Scenario(world={"taste_sd": 9}), "0.8 to 2.5"),
        (lambda: Scenario(community={"residents": 2}), "population.residents"),
        (lambda: Scenario(community={"departments": float("inf")}), "population.departments"),
        (lambda: Scenario(horizon=30), "a multiple of 28"),
        (lambda: Scenario(horizon=3668), "at most 3640"),
        (lambda: Scenario.model_validate({"horizn": 28}), "did you mean horizon?"),
        (lambda: Scenario(name="a/b"), "name"),
        (lambda: Scenario(levers={"care_share": 0.5}), "care_share + culture_share sum to 1.1"),
        (lambda: Scenario(community={"young_share": 0.8}), "young_share + older_share sum to 1.1"),
        (lambda: Scenario(community={"facility_share": 0.999}), "facility_share + capital_share"),
        (lambda: Scenario(world={"score_service": 0.4}), "a sum of exactly 1"),
        (lambda: BASE.with_phases(Phase(lever="care_share", value=0.5, start=9)), "on day 9"),
        (lambda: BASE.with_phases(Phase(lever="staff", value=99)), "phases[0].value"),
        (lambda: BASE.with_phases(Phase(lever="stuff", value=9)), "did you mean staff?"),
        (lambda: BASE.with_phases(Phase(lever="staff", value=9, start=5, stop=5)), "is not after start day 5"),
        (lambda: BASE.with_phases(Phase(lever="staff", value=9, start=728)), "day -182 to 727"),
        (lambda: BASE.with_phases(Phase(lever="staff", value=9, stop=10**30)), "is too late"),
        (lambda: Phase(lever="staff", value=9, ramp=-1), "at least 0"),
        (lambda: BASE.with_instruments("point_scheme"), "did you mean points_scheme?"),
        (lambda: BASE.with_instruments("积分制"), "did you mean points_scheme?"),
        (lambda: inject(day=728, kind=InjectKind.FAULT_BURST, magnitude=1), "injects[0].day"),
        (lambda: inject(day=1, kind=InjectKind.FAULT_BURST, magnitude=1, target=3), "injects[0].target"),
        (lambda: inject(day=1, kind=InjectKind.FAULT_BURST, magnitude=0.5), "a whole number"),
        (lambda: inject(day=1, kind=InjectKind.FUND_CHANGE, magnitude=1), "target of fund_change cannot be -1"),
        (lambda: inject(day=1, kind=InjectKind.FUND_CHANGE, magnitude=1e300, target=0), "100 million"),
        (lambda: inject(day=1, kind=InjectKind.INSPECTION_STORM, magnitude=1, target=8), "-1 to 7"),
        (lambda: Inject.model_validate({"day": 1, "kind": 99, "magnitude": 1}), "kind"),
    ],
)  # fmt: skip
def test_a_mistake_gets_one_clear_message(make, says):
    assert says in message(make)


def test_all_problems_are_told_at_once():
    found = message(
        lambda: Scenario(
            levers={"stafff": 1, "staff": 99, "care_share": 0.9},
            world={"taste_sd": 9},
            phases=(Phase(lever="x", value=1),),
        )
    )
    assert [line.split(":")[0] for line in found.splitlines()] == [
        "levers.staff",
        "levers.stafff",
        "world.taste_sd",
        "phases[0].lever",
        "levers.care_share",
    ]


def test_instruments_that_disagree_at_the_same_time_are_named():
    found = message(lambda: BASE.with_instruments("points_scheme", "smart_waste_sorting_points"))
    assert "points_scheme and smart_waste_sorting_points set points for a week of sorting (points_sort)" in found
    assert "1 and 2" in found
    assert "points_volunteer" in found
    assert "points_earning" not in found


def test_instruments_that_disagree_may_follow_one_another_or_be_made_to_agree():
    first = AppliedInstrument(name="points_scheme", start=0, stop=100)
    BASE.with_instruments(first, AppliedInstrument(name="smart_waste_sorting_points", start=100))
    agreed = AppliedInstrument(name="smart_waste_sorting_points", levers={"points_sort": 1, "points_volunteer": 10})
    BASE.with_instruments("points_scheme", agreed)
    with pytest.raises(InputError):
        BASE.with_instruments(first, AppliedInstrument(name="smart_waste_sorting_points", start=99))


def test_values_are_a_mapping_of_numbers():
    values = Values({"b": True, "a": 2})
    assert dict(values) == {"a": 2.0, "b": 1.0}
    assert list(values) == ["a", "b"]
    assert hash(values) == hash(Values({"a": 2.0, "b": 1.0}))


@pytest.mark.parametrize("world", [{"detection": 0.5}, {"taste_sd": WORLD["taste_sd"].default}, {}])
def test_another_state_of_the_world_is_the_scenario_made_anew(world):
    start = BASE.with_levers(staff=14).with_world(taste_sd=1.9).with_phases(Phase(lever="staff", value=20))
    moved, anew = start.with_world(**world), start.changed(world={**start.world, **world})
    assert moved == anew
    assert hash(moved) == hash(anew)
    assert moved.model_dump_json() == anew.model_dump_json()
    assert moved.fingerprint() == anew.fingerprint()


@pytest.mark.parametrize(
    "world",
    [{"detection": "x"}, {"detection": 9.0}, {"detecton": 0.5}, {"detection": float("nan")}, {"detection": 10**400}],
)
def test_a_state_of_the_world_that_cannot_be_is_told_as_for_a_new_scenario(world):
    with pytest.raises(InputError) as moved:
        BASE.with_world(**world)
    with pytest.raises(InputError) as anew:
        BASE.changed(world={**BASE.world, **world})
    assert str(moved.value) == str(anew.value)
