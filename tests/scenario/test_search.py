"""A search finds what is meant, however it is typed, and nothing else."""

import pytest

from labsim.foundations.errors import InputError
from labsim.scenario.instruments import instruments
from labsim.scenario.not_instruments import not_instruments, read_not_instruments
from labsim.scenario.search import Way, close_names, find, search


@pytest.mark.parametrize(
    "words",
    ["四不两直", "“四不两直”", "「四不两直」", "四不两直！", " 四 不 两 直 ", "B05", "b05", "Ｂ０５",
     "UNANNOUNCED-inspection", "Unannounced  Inspection.", "unannounced_inspection",
     "“四不两直” (暗访)", "“四不两直”（暗访）"],
)  # fmt: skip
def test_width_quotes_case_and_punctuation_do_not_matter(words):
    found = find(words)
    assert found.way is Way.NAME
    assert [hit.instrument.id for hit in found.hits] == ["unannounced_inspection"]


def test_a_whole_name_comes_before_the_same_letters_elsewhere():
    assert [hit.instrument.id for hit in find("积分制").hits] == ["points_scheme"]
    assert {"points_scheme", "smart_waste_sorting_points", "supervision_reward"} <= {one.id for one in search("积分")}


def test_a_name_given_to_two_things_finds_both():
    assert {hit.instrument.id for hit in find("红黑榜").hits} == {"capability_plan", "multi_source_evaluation"}


def test_a_name_within_a_longer_title_is_found():
    found = find("某街道部门数据共享试点")
    assert found.way is Way.WITHIN
    assert found.hits[0].instrument.id == "department_data_sharing"


@pytest.mark.parametrize(
    ("words", "meant"),
    [("point shceme", "points_scheme"), ("pdac", "pdca_cycle"),
     ("五老调节团", "five_elders_mediation")],
)  # fmt: skip
def test_a_name_spelt_almost_right_is_found(words, meant):
    found = find(words)
    assert found.way is Way.ALMOST
    assert found.hits[0].instrument.id == meant


@pytest.mark.parametrize("words", ["xyzzy", "积分 xyzzy", "量子计算", "zz", "、", ""])
def test_what_is_meant_by_nothing_is_not_found(words):
    found = find(words)
    assert (found.way, found.hits, found.others) == (Way.NOT, (), ())


def test_the_variant_is_told_by_whose_name_an_instrument_was_found():
    (hit,) = find("青蓝工程").hits
    assert hit.variant is not None
    assert (hit.instrument.id, hit.variant.code) == ("capability_plan", "F04")
    assert find("能力提升").hits[0].variant is None


def test_close_names_are_the_closest_first_and_each_thing_once():
    near = close_names("pint_shemx")
    assert near[0][1] == "points_scheme"
    assert len({right for _, right in near}) == len(near) <= 5
    assert close_names("xyzzy") == []


def test_a_system_that_is_no_instrument_names_instruments_that_are():
    assert {one.code for one in find("形式主义").others} == {"B22"}
    assert all(set(one.instead) <= set(instruments()) for one in not_instruments().values())


ENTRY = """
[[entries]]
code = "B22"
name = { zh = "甲", en = "a" }
why = { zh = "乙", en = "b" }
instead = ["pdca_cycle"]
"""


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("pdca_cycle", "pdca_cicle", "did you mean pdca_cycle?"),
        ("instead = [", "evidence = ['recurrence_rate_3']\ninstead = [", "did you mean recurrence_rate_3m?"),
        ("why", "wy", "wy"),
        ("[[entries]]", "[[entries", "TOML"),
    ],
)
def test_a_wrong_file_of_such_systems_is_told(tmp_path, old, new, says):
    path = tmp_path / "none.toml"
    path.write_text(ENTRY, encoding="utf-8")
    assert set(read_not_instruments(path)) == {"B22"}
    path.write_text(ENTRY.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_not_instruments(path)
    assert says in caught.value.render("en")
    assert caught.value.render("en").startswith("none.toml")
