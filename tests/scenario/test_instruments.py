"""The catalogue of instruments: honest data."""

import csv
import hashlib
from pathlib import Path

import pytest

from labsim.foundations.errors import InputError
from labsim.foundations.paths import resource
from labsim.results.catalogue import CATALOGUE
from labsim.scenario import instruments as module
from labsim.scenario.instruments import Instrument, Provenance, evidence_rows, instrument, instruments, read_instrument
from labsim.scenario.levers import LEVERS
from labsim.scenario.not_instruments import not_instruments
from labsim.scenario.phases import AppliedInstrument
from labsim.scenario.scenario import Scenario, lever_table
from labsim.scenario.search import find, search

with (Path(__file__).parent / "systems.csv").open(encoding="utf-8", newline="") as _file:
    SYSTEMS = list(csv.DictReader(_file))
"""Every system that the documents describe, with its titles and the instrument it belongs to; empty: none."""

GOOD = """
code = "A01"
id = "mine"
family = "incentives"
evidence = ["points_redeemed_value"]
[name]
zh = "我的"
en = "mine"
[what]
zh = "做什么"
en = "what it does"
[levers.staff]
value = 14
provenance = "assumption"
"""


@pytest.mark.parametrize("name", sorted(instruments()))
def test_an_instrument_sets_levers_it_may_set_and_changes_something(name):
    one = instrument(name)
    changed = [lever for lever, value in one.values().items() if value != LEVERS[lever].default]
    assert changed, "an instrument that changes nothing is a dead entry"
    assert all(LEVERS[lever].allows(value) for lever, value in one.values().items())
    Scenario().with_modules(*one.needs()).with_instruments(name)


@pytest.mark.parametrize("name", sorted(instruments()))
def test_a_value_taken_from_the_documents_names_its_evidence_or_is_a_switch(name):
    for lever, setting in instrument(name).levers.items():
        if setting.provenance in (Provenance.STORY, Provenance.LOCAL_DATA):
            assert setting.evidence or LEVERS[lever].kind == "switch", lever
        if setting.provenance is Provenance.LITERATURE:
            assert setting.note is not None, lever


@pytest.mark.parametrize("name", sorted(instruments()))
def test_an_instrument_claims_outcomes_that_are_measured_and_says_what_speaks_against_it(name):
    one = instrument(name)
    assert one.claims
    assert one.contradictions
    assert {claim.indicator for claim in one.claims} <= {indicator.name for indicator in CATALOGUE}
    assert all(any("一" <= c <= "鿿" for c in text) for text in (one.name.zh, one.what.zh))
    assert not any("一" <= c <= "鿿" for text in (one.name.en, one.what.en) for c in text)


@pytest.mark.parametrize("name", sorted(instruments()))
def test_every_value_says_where_it_comes_from(name):
    one = instrument(name)
    for settings in (one.levers, *(variant.levers for variant in one.variants)):
        for lever, setting in settings.items():
            assert LEVERS[lever].allows(setting.value), lever
            if setting.provenance in (Provenance.STORY, Provenance.LOCAL_DATA):
                assert setting.evidence or LEVERS[lever].kind == "switch", lever
    assert set(one.all_evidence()) <= set(evidence_rows())


def test_a_title_names_one_instrument_and_is_no_id():
    """Scenario files may name an instrument by its title."""
    titles = [title for one in instruments().values() for title in {one.name.zh, one.name.en}]
    assert len(titles) == len(set(titles))
    assert not set(titles) & set(instruments())


def test_no_instrument_can_set_an_outcome():
    """What an instrument may set is a lever, and no lever is something that is measured."""
    # Two indicators have the name of their lever: they measure what became of what was decreed.
    same = {"departments_linked", "hot_answer_hours"}
    assert set(LEVERS) & {indicator.name for indicator in CATALOGUE} <= same
    for one in instruments().values():
        set_by_any = {*one.levers, *(lever for variant in one.variants for lever in variant.levers)}
        assert not set_by_any & {claim.indicator for claim in one.claims}, one.id
    assert set(Instrument.model_fields) & {"outcomes", "effects", "indicators"} == set()
    assert all(lever in LEVERS for one in instruments().values() for lever in one.levers)


VARIANTS = [(one.id, variant.code) for one in instruments().values() for variant in one.variants]


@pytest.mark.parametrize(("name", "code"), VARIANTS)
def test_a_variant_runs_and_a_parameter_set_differs_from_its_instrument(name, code):
    one = instrument(name)
    variant = next(v for v in one.variants if v.code == code)
    base = Scenario().with_modules(*one.needs(), *one.needs(code))
    made = base.with_instruments(AppliedInstrument(name=name, variant=code))
    assert made != base
    differs = lever_table(made) != lever_table(base.with_instruments(name))
    assert differs.any() == variant.has_values
    assert (lever_table(made) != lever_table(base)).any()


def test_every_instrument_of_the_documents_is_there():
    assert {row["instrument"] for row in SYSTEMS if row["instrument"]} == set(instruments())
    assert (len(SYSTEMS), len(instruments()), len(not_instruments())) == (197, 54, 12)
    assert {row["code"] for row in SYSTEMS if not row["instrument"]} == set(not_instruments())


def test_codes_and_names_are_used_once():
    every = list(instruments().values())
    codes = [one.code for one in every] + [variant.code for one in every for variant in one.variants]
    assert len({*codes, *not_instruments()}) == len(codes) + len(not_instruments())
    assert [one.code for one in every] == sorted(one.code for one in every)
    assert {*codes, *not_instruments()} == {row["code"] for row in SYSTEMS}


@pytest.mark.parametrize("row", SYSTEMS, ids=[row["code"] for row in SYSTEMS])
def test_every_system_of_the_documents_is_found_by_its_code_and_its_names(row):
    for words in (row["code"], row["code"].lower(), row["zh"], row["en"], _names_only(row["zh"])):
        found = find(words)
        if row["instrument"]:
            assert [hit.instrument.id for hit in found.hits][:1] == [row["instrument"]], words
        else:
            assert row["code"] in [one.code for one in found.others], words


def _names_only(title):
    return "".join(c for c in title if c not in "“”《》‘’")


def test_the_same_lever_is_set_alike_where_policies_are_meant_to_be_combined():
    Scenario().with_instruments("five_step_closed_loop", "pdca_cycle", "smart_supervision_app")
    Scenario().with_instruments("joint_meeting", "department_data_sharing", "one_inspection_many_claim")
    Scenario().with_instruments("points_scheme", "residents_council", "supervision_reward", "resident_supervisors")


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("积分制", "points_scheme"),
        ("points_scheme", "points_scheme"),
        ("A01", "points_scheme"),
        ("closed loop", "five_step_closed_loop"),
        ("上城模式", "five_step_closed_loop"),
        ("PDCA", "pdca_cycle"),
        ("四不两直", "unannounced_inspection"),
        ("暗访", "unannounced_inspection"),
        ("b32", "resident_supervisors"),
        ("heat map", "demand_map_targeting"),
        ("缺席通报", "joint_meeting"),
        ("verification", "five_step_closed_loop"),
    ],
)
def test_an_instrument_is_found_by_any_of_its_names(words, first):
    assert search(words)[0].id == first


@pytest.mark.parametrize("words", ["", "  ", "、", "xyzzy", "积分 xyzzy"])
def test_a_search_for_nothing_known_finds_nothing(words):
    assert search(words) == []


@pytest.mark.parametrize(
    ("wrote", "meant"), [("point_scheme", "points_scheme"), ("联席会议", "joint_meeting"), ("B04", "pdca_cycle")]
)
def test_a_wrong_name_is_told_with_the_right_one(wrote, meant):
    with pytest.raises(InputError) as caught:
        instrument(wrote)
    assert caught.value.problems[0].suggestion == meant


def test_a_good_file_is_read(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(GOOD, encoding="utf-8")
    assert read_instrument(path).values() == {"staff": 14.0}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("staff", "stafff", "did you mean staff?"),
        ("value = 14", "value = 140", "1 to 60"),
        ('["points_redeemed_value"]', '["points_redeemed"]', "did you mean points_redeemed_value?"),
        ('"assumption"', '"rumour"', "one of"),
        ('id = "mine"', 'id = "other"', "other.toml"),
        ('"assumption"', '"assumption"\noptional = true', "belongs to the core"),
        (
            '"assumption"',
            '"assumption"\n[[variants]]\ncode = "A02"\nwithout = ["stuff"]\nname = {zh = "甲", en = "a"}',
            "did you mean staff?",
        ),
        (
            '"assumption"',
            '"assumption"\n[[variants]]\ncode = "A02"\nwithout = ["staff"]\nname = {zh = "甲", en = "a"}',
            "no lever is left",
        ),
        (
            '"assumption"',
            '"assumption"\n[[variants]]\ncode = "A02"\nname = {zh = "甲", en = "a"}\n'
            'levers.handlers = {value = 1e6, provenance = "story"}',
            "variants[0].levers.handlers",
        ),
        ('id = "mine"', 'id = "mine"\nsatisfaction = 3', "no entry named 'satisfaction'"),
        ('code = "A01"', 'code = "1"', "code"),
        ('zh = "我的"', "", "missing"),
        ("[name]", "[name", "TOML"),
    ],
)
def test_a_wrong_file_is_told_with_its_name(tmp_path, old, new, says):
    path = tmp_path / "mine.toml"
    path.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_instrument(path)
    text = caught.value.render("en")
    assert says in text
    assert text.startswith("mine.toml")


def test_all_wrong_files_of_a_catalogue_are_told_at_once(tmp_path, monkeypatch):
    for i in range(2):
        (tmp_path / f"bad{i}.toml").write_text(GOOD.replace("staff", "stafff"), encoding="utf-8")
    monkeypatch.setattr(module, "resource", lambda *parts: resource(*parts) if parts[0] == "data" else tmp_path)
    with pytest.raises(InputError) as caught:
        instruments.__wrapped__()
    assert {problem.where.file for problem in caught.value.problems} == {"bad0.toml", "bad1.toml"}


def test_the_evidence_is_the_file_its_readme_describes():
    raw = resource("data", "evidence.csv").read_bytes()
    readme = resource("data", "README.md").read_text(encoding="utf-8")
    assert hashlib.sha256(raw).hexdigest() in readme
    rows = list(csv.DictReader(raw.decode("utf-8").splitlines()))
    assert len(rows) == len(evidence_rows())
