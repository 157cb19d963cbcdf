import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labsim.analysis.paired import Basis, Paired, paired
from labsim.analysis.verdict import (
    MIN_PAIRS,
    Difference,
    Direction,
    Kind,
    Verdict,
    decimals,
    in_digits,
    number,
    verdict,
)

HIGHER_IS_BETTER, LOWER_IS_BETTER, NEITHER = "sorting_rate", "handling_days_mean", "cases_opened_year"


def numbers(low: float, high: float, **fields) -> Paired:
    """Return a difference with this interval, from 50 pairs."""
    middle = (low + high) / 2
    whole = Paired(
        baseline=0.6, policy=0.6 + middle, difference=middle, low=low, high=high, level=0.95, n=50, missing=0,
        error=0.1, worlds=1, basis=Basis.LUCK, luck_sd=1.0, knowledge_sd=math.nan, higher_in_worlds=math.nan,
        higher_in_futures=0.5, lower_in_futures=0.5, correlation=0.9, variance_ratio=10.0, identical=False,
    )  # fmt: skip
    return dataclasses.replace(whole, **fields)


def decide(low: float, high: float, name: str = HIGHER_IS_BETTER, delta: float = 1.0, **fields) -> Verdict:
    return verdict(Difference("policy", name, "all", delta, numbers(low, high, **fields)))


@pytest.mark.parametrize(("low", "high", "kind"), [
    (1.1, 3.0, Kind.MATTERS), (-3.0, -1.1, Kind.MATTERS), (0.1, 0.9, Kind.SMALLER), (-0.9, -0.1, Kind.SMALLER),
    (0.1, 3.0, Kind.SMALLER), (-3.0, -0.1, Kind.SMALLER), (-0.9, 0.9, Kind.EQUAL), (-1.0, 1.0, Kind.EQUAL),
    (-0.9, 1.1, Kind.OPEN), (-1.1, 0.0, Kind.OPEN), (-5.0, 5.0, Kind.OPEN), (1.0, 2.0, Kind.SMALLER),
    (0.001, 0.009, Kind.EQUAL), (-0.009, -0.001, Kind.EQUAL), (0.001, 0.011, Kind.SMALLER),
])  # fmt: skip
def test_the_interval_decides(low, high, kind):
    assert decide(low, high).kind is kind


@pytest.mark.parametrize(("name", "up", "down"), [
    (HIGHER_IS_BETTER, Direction.BETTER, Direction.WORSE), (LOWER_IS_BETTER, Direction.WORSE, Direction.BETTER),
    (NEITHER, Direction.HIGHER, Direction.LOWER),
])  # fmt: skip
def test_the_direction_follows_the_declaration(name, up, down):
    for low, high in ((1.5, 3.0), (0.1, 0.9), (0.1, 3.0)):
        assert decide(low, high, name).direction is up
        assert decide(-high, -low, name).direction is down
    assert decide(-0.5, 0.5, name).direction is Direction.NONE


def test_where_neither_way_is_better_no_word_judges():
    for low, high in ((1.5, 3.0), (0.1, 0.9), (-3.0, -1.5), (-0.5, 2.0)):
        found = decide(low, high, NEITHER)
        for word in ("better", "worse"):
            assert word not in found.sentence.en
        for word in ("改善", "变差"):
            assert word not in found.sentence.zh


def test_a_small_difference_says_whether_it_may_yet_matter():
    assert not decide(0.1, 0.9).may_matter
    assert "smaller than matters" in decide(0.1, 0.9).words.en
    assert decide(0.1, 3.0).may_matter
    assert "is open" in decide(0.1, 3.0).words.en


def test_few_pairs_give_no_verdict_however_clear():
    found = decide(50.0, 51.0, n=MIN_PAIRS - 1)
    assert (found.kind, found.direction) == (Kind.TOO_FEW, Direction.NONE)
    assert found.sentence.en == "waste sorting: not enough runs, 19 pairs of at least 20."
    assert "运行次数不足" in found.sentence.zh
    assert decide(50.0, 51.0, n=MIN_PAIRS).kind is Kind.MATTERS
    assert decide(0.0, 0.0, n=5, identical=True).kind is Kind.TOO_FEW


def test_many_missing_values_give_no_verdict():
    assert decide(2.0, 3.0, n=90, missing=10).kind is Kind.MATTERS
    found = decide(2.0, 3.0, n=89, missing=11)
    assert found.kind is Kind.NOT_MEASURABLE
    assert found.sentence.en == "waste sorting: not measurable, only 89 of 100 pairs of runs have a value."
    assert "100 对运行中只有 89 对有值" in found.sentence.zh


def test_a_side_that_has_a_value_alone_is_shown():
    side = paired(np.full((1, 30), np.nan), np.full((1, 30), 0.25))
    found = verdict(Difference("policy", "redeem_failure_share", "all", 0.02, side))
    assert found.kind is Kind.NOT_MEASURABLE
    assert "baseline –, policy 25.0%" in found.sentence.en
    nothing = paired(np.full((1, 30), np.nan), np.full((1, 30), np.nan))
    said = verdict(Difference("policy", "redeem_failure_share", "all", 0.02, nothing)).sentence.en
    assert said.endswith("only 0 of 30 pairs of runs have a value.")


def test_a_world_without_interval_gives_no_verdict():
    assert decide(math.nan, math.nan).kind is Kind.TOO_FEW


def test_identical_runs_are_practically_equal():
    assert decide(0.0, 0.0, identical=True).kind is Kind.EQUAL


def test_a_sentence_shows_shares_in_points_to_the_precision_of_the_interval():
    found = decide(0.0213, 0.0459, delta=0.02)
    assert found.sentence.en == (
        "waste sorting: better by a margin that matters. Difference +3.4 percentage points (95% interval +2.1 to +4.6; "
        "2 would matter), baseline 60.0% → policy 63.4%; n = 50 pairs, luck only."
    )
    assert found.sentence.zh == (
        "垃圾分类率：改善，幅度达到关注值。差异 +3.4 个百分点（95% 区间 +2.1 至 +4.6，关注值 2），"
        "基准 60.0% → 政策 63.4%；n = 50 对，仅含运气。"
    )


def test_a_sentence_names_group_unit_and_worlds():
    side = numbers(-812.3, -634.9, baseline=2000.0, policy=1276.4, n=200, worlds=10, basis=Basis.BOTH)
    found = verdict(Difference("policy", "volunteer_acts_year", "age:older", 50.0, side))
    assert found.sentence.en == (
        "volunteer acts, older (60+): worse by a margin that matters. Difference -724 person-times a year "
        "(95% interval -812 to -635; 50 would matter), baseline 2,000 → policy 1,276; "
        "n = 200 pairs in 10 states of the world."
    )


def test_a_small_difference_is_never_shown_as_zero():
    found = decide(0.0002, 0.0004, delta=0.02)
    assert found.kind is Kind.SMALLER
    assert "Difference +0.03" in found.sentence.en
    assert decide(0.00001, 0.00003, delta=0.02).kind is Kind.EQUAL  # below a hundredth of what matters


def test_noise_is_shown_with_the_decimals_that_matter():
    found = decide(1e-9, 3e-9, delta=0.02)
    assert found.kind is Kind.EQUAL
    assert "Difference 0.0" in found.sentence.en
    assert "0.00" not in found.sentence.en


@pytest.mark.parametrize(("low", "high", "said"), [
    (29_680.0, 30_320.0, "Difference +30,000 yuan a year (95% interval +29,700 to +30,300; 53,500 would matter)"),
    (-310.0, 12_000.0, "Difference +6,000 yuan a year (95% interval 0 to +12,000; 53,500 would matter)"),
    (-80.0, 90.0, "Difference 0 yuan a year (95% interval -1,000 to +1,000; 53,500 would matter)"),
])  # fmt: skip
def test_an_interval_is_never_shown_narrower_than_it_is(low, high, said):
    assert said in decide(low, high, "money_total_year", 53_500.0).sentence.en


@given(st.floats(-1e5, 1e5), st.floats(1e-3, 1e5), st.sampled_from([0.5, 20.0, 53_500.0]))
def test_an_interval_keeps_a_width_whatever_is_rounded(middle, reach, delta):
    gap, low, high, _ = in_digits(
        Difference("policy", "money_total_year", "all", delta, numbers(middle - reach, middle + reach)), 1.0
    )
    read = [float(one.replace(",", "")) for one in (low, gap, high)]
    assert read[0] <= read[1] <= read[2]
    assert read[0] < read[2]


def test_what_is_the_same_in_every_pair_has_no_interval():
    """A sum of money in another order differs in the last digits that a machine keeps: that is no uncertainty."""
    low, high, level = 30_000 - 1e-7, 30_000 + 1e-7, 1_069_000.0
    said = decide(low, high, "money_total_year", 53_500.0, baseline=level, policy=level + 30_000).sentence
    assert "差异 +30,000 元/年（每对都一样，关注值 53,500）" in said.zh
    assert "Difference +30,000 yuan a year (the same in every pair; 53,500 would matter)" in said.en
    assert "(the same in every pair;" in decide(0.0, 0.0, identical=True).sentence.en


def test_what_matters_is_said_as_it_was_set():
    assert "1,234.5 would matter" in decide(2000.0, 3000.0, "money_total_year", 1234.5).sentence.en
    assert "1.2345 would matter" in decide(0.03, 0.04, delta=0.012345).sentence.en


@pytest.mark.parametrize(("width", "delta", "places"), [
    (2.13, 1.0, 1), (0.034, 0.01, 3), (213.0, 10.0, -1), (0.034, 2.0, 1), (0.0, 2.0, 1), (math.nan, 0.5, 2),
    (1e-12, 1e-12, 6), (30.0, 10000.0, -2),
])  # fmt: skip
def test_decimals_follow_the_interval_and_not_more_than_matters(width, delta, places):
    assert decimals(width, delta) == places


def test_numbers_are_written_for_readers():
    assert number(1234567.8, -2) == "1,234,600"
    assert number(-0.0004, 2, sign=True) == "0.00"
    assert number(0.126, 2, sign=True) == "+0.13"
    assert number(math.nan, 2) == "–"


@given(st.floats(-100, 100), st.floats(-100, 100), st.floats(0.01, 50))
def test_turning_the_sign_mirrors_the_verdict(a, b, delta):
    low, high = sorted((a, b))
    one, other = decide(low, high, delta=delta), decide(-high, -low, delta=delta)
    assert one.kind is other.kind
    assert one.may_matter == other.may_matter
    turned = {Direction.BETTER: Direction.WORSE, Direction.WORSE: Direction.BETTER, Direction.NONE: Direction.NONE}
    assert other.direction is turned[one.direction]


@given(st.floats(-100, 100), st.floats(0, 50), st.floats(0.01, 50))
def test_a_verdict_never_claims_more_than_its_interval(middle, half, delta):
    low, high = middle - half, middle + half
    found = decide(low, high, delta=delta)
    if found.kind is Kind.MATTERS:
        assert min(abs(low), abs(high)) > delta
    elif found.kind is Kind.SMALLER:
        assert low > 0 or high < 0
    elif found.kind is Kind.EQUAL:
        assert max(abs(low), abs(high)) <= delta
    else:
        assert low <= 0 <= high
    assert "nan" not in found.sentence.en
