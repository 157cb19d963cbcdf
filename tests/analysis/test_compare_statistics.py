"""The statistics of a contest against truths that are known because they were made here."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from labsim.analysis.paired import Basis, paired
from labsim.analysis.verdict import Difference, Kind, verdict

WORLDS = st.tuples(st.integers(1, 4), st.integers(2, 6))
VALUES = WORLDS.flatmap(lambda shape: st.tuples(*[arrays(np.float64, shape, elements=st.integers(-1000, 1000))] * 2))


def decided(baseline: np.ndarray, policy: np.ndarray, delta: float = 1e-6) -> Kind:
    """Return the verdict on values of an indicator in which higher is better."""
    return verdict(Difference("policy", "sorting_rate", "all", delta, paired(baseline, policy))).kind


def band(n: int, p: float) -> tuple[float, float]:
    """Return the 99.9 % band of a count of n trials."""
    return float(stats.binom.ppf(0.0005, n, p)), float(stats.binom.ppf(0.9995, n, p))


def two_level(
    rng: np.random.Generator, truth: float, shape: tuple[int, int], knowledge: float, luck: float
) -> np.ndarray:
    """Return differences: worlds scatter around the truth, pairs around their world."""
    return truth + knowledge * rng.standard_normal((shape[0], 1)) + luck * rng.standard_normal(shape)


# --- errors of both kinds --------------------------------------------------------------


def test_null_contest_with_independent_seeds_errs_in_one_of_twenty():
    rng = np.random.default_rng(1)
    kinds = [decided(rng.standard_normal((1, 50)), rng.standard_normal((1, 50))) for _ in range(400)]
    false = sum(kind in (Kind.MATTERS, Kind.SMALLER) for kind in kinds)
    assert 7 <= false <= 36  # the 99.9 % band of 5 % of 400


@pytest.mark.parametrize("knowledge", [0.0, 1.0])
def test_null_contest_between_worlds_errs_in_at_most_one_of_twenty(knowledge):
    rng = np.random.default_rng(2)
    kinds = [decided(np.zeros((8, 10)), two_level(rng, 0.0, (8, 10), knowledge, 2.0)) for _ in range(400)]
    assert sum(kind in (Kind.MATTERS, Kind.SMALLER) for kind in kinds) <= 36


@pytest.mark.parametrize(("effect", "pairs"), [(0.5, 43), (0.2, 263)])
def test_power_is_nine_in_ten_at_the_sizes_that_were_promised(effect, pairs):
    rng = np.random.default_rng(3)
    found = sum(
        decided(np.zeros((1, pairs)), effect + rng.standard_normal((1, pairs))) in (Kind.MATTERS, Kind.SMALLER)
        for _ in range(1000)
    )
    assert found >= band(1000, 0.90)[0]


@pytest.mark.parametrize(("shape", "knowledge", "luck"), [
    ((10, 10), 1.0, 1.0), ((5, 20), 1.0, 0.1), ((20, 5), 0.2, 3.0), ((12, 8), 0.0, 1.0), ((1, 40), 0.0, 1.0),
])  # fmt: skip
def test_intervals_cover_the_expectation_of_one_more_world(shape, knowledge, luck):
    """What a policymaker meets is one world, and nobody knows which: the interval is for that one."""
    rng = np.random.default_rng(4)
    covered = 0
    for _ in range(600):
        result = paired(np.zeros(shape), two_level(rng, 3.0, shape, knowledge, luck))
        covered += result.low <= 3.0 + knowledge * rng.standard_normal() <= result.high
    # The spread between worlds is itself estimated, at 0 when luck hides it: a little less than 95 %.
    assert band(600, 0.93)[0] <= covered
    high = band(600, 0.95)[1]
    # Where worlds differ by less than the noise of their means, the interval errs to the safe side.
    assert covered <= high or knowledge < luck / math.sqrt(shape[1])


def test_luck_alone_would_not_cover():
    """The interval over all pairs at once, which many use, misses most truths: two levels are needed."""
    rng = np.random.default_rng(5)
    covered = 0
    for _ in range(300):
        values = two_level(rng, 3.0, (10, 10), 1.0, 1.0)
        flat = paired(np.zeros((1, 100)), values.reshape(1, 100))
        covered += flat.low <= 3.0 <= flat.high
    assert covered < band(300, 0.95)[0]


def test_more_replications_never_narrow_the_interval_below_the_knowledge_part():
    rng = np.random.default_rng(6)
    worlds = rng.standard_normal((10, 1))
    few, many = (paired(np.zeros((10, n)), worlds + rng.standard_normal((10, n))) for n in (20, 5000))
    knowledge_only = 2 * stats.t.ppf(0.975, 9) * worlds.std(ddof=1) * math.sqrt(1 + 1 / 10)
    assert many.high - many.low == pytest.approx(knowledge_only, rel=0.05)
    assert many.high - many.low > 0.8 * (few.high - few.low)


def test_more_worlds_do_not_buy_certainty():
    rng = np.random.default_rng(9)
    widths = []
    for worlds in (40, 640):
        result = paired(np.zeros((worlds, 10)), two_level(rng, 0.0, (worlds, 10), 1.0, 1.0))
        widths.append(result.high - result.low)
    assert widths[1] == pytest.approx(2 * 1.96, rel=0.15)
    assert widths[1] > 0.75 * widths[0]


def test_cancelled_pairs_are_not_missing():
    values = np.array([[1.0, 2.0, np.nan, np.nan]])
    ran = np.array([[True, True, True, False]])
    assert paired(np.zeros((1, 4)), values, ran=ran).missing == 1
    assert paired(np.zeros((1, 4)), values).missing == 2


def test_the_two_spreads_are_told_apart():
    rng = np.random.default_rng(7)
    result = paired(np.zeros((400, 50)), two_level(rng, 0.0, (400, 50), 2.0, 5.0))
    assert result.luck_sd == pytest.approx(5.0, rel=0.05)
    assert result.knowledge_sd == pytest.approx(2.0, rel=0.1)


def test_what_is_called_better_in_so_many_worlds_comes_true():
    rng = np.random.default_rng(8)
    came_true = []
    for _ in range(3000):
        truth = rng.standard_normal()
        result = paired(np.zeros((12, 10)), two_level(rng, truth, (12, 10), 1.0, 1.0))
        if 0.8 <= result.higher_in_worlds <= 0.9:
            came_true.append(truth + rng.standard_normal() > 0)
    assert len(came_true) > 200
    assert 0.75 <= np.mean(came_true) <= 0.95


# --- exact cases -----------------------------------------------------------------------


def test_a_placebo_is_exactly_equal():
    values = np.random.default_rng(9).standard_normal((3, 20))
    result = paired(values, values.copy())
    assert result.identical
    assert (result.difference, result.low, result.high) == (0.0, 0.0, 0.0)
    assert (result.higher_in_futures, result.lower_in_futures) == (0.0, 0.0)
    assert decided(values, values.copy()) is Kind.EQUAL


def test_numbers_by_hand_in_one_world():
    result = paired(np.array([[1.0, 2.0, 4.0]]), np.array([[2.0, 5.0, 6.0]]))  # differences 1, 3, 2
    reach = 4.302652729911275 * math.sqrt(1.0 / 3.0)  # t table, 2 degrees of freedom
    assert result.difference == pytest.approx(2.0)
    assert result.low == pytest.approx(2.0 - reach)
    assert result.high == pytest.approx(2.0 + reach)
    assert (result.n, result.missing, result.worlds, result.basis) == (3, 0, 1, Basis.LUCK)
    assert result.higher_in_futures == 1.0
    assert math.isnan(result.knowledge_sd)
    assert math.isnan(result.higher_in_worlds)
    assert result.correlation == pytest.approx(np.corrcoef([1, 2, 4], [2, 5, 6])[0, 1])
    assert result.variance_ratio == pytest.approx((7 / 3 + 13 / 3) / 1.0)


def test_numbers_by_hand_in_two_worlds():
    result = paired(np.zeros((2, 2)), np.array([[0.0, 2.0], [4.0, 6.0]]))  # world means 1 and 5
    # t table, 1 degree of freedom; standard error of the mean 2, knowledge sqrt(8 - 1)
    reach = 12.706204736432095 * math.sqrt(4.0 + 7.0)
    assert result.error == pytest.approx(2.0)
    assert result.difference == pytest.approx(3.0)
    assert [result.low, result.high] == pytest.approx([3.0 - reach, 3.0 + reach])
    assert result.luck_sd == pytest.approx(math.sqrt(2.0))
    assert result.knowledge_sd == pytest.approx(math.sqrt(8.0 - 1.0))
    assert result.basis is Basis.BOTH


def test_scipy_gives_the_same_interval_in_one_world():
    rng = np.random.default_rng(10)
    before, after = rng.standard_normal(30), rng.standard_normal(30)
    expected = stats.ttest_rel(after, before).confidence_interval(0.95)
    result = paired(before[None], after[None])
    assert [result.low, result.high] == pytest.approx([expected.low, expected.high])


def test_pairs_without_a_value_are_left_out_and_counted():
    baseline = np.array([[1.0, np.nan, 3.0, 4.0]])
    policy = np.array([[2.0, 2.0, np.nan, 7.0]])
    result = paired(baseline, policy)
    assert (result.n, result.missing) == (2, 2)
    assert result.difference == pytest.approx(2.0)
    assert result.baseline == pytest.approx(2.5)


def test_nothing_to_compare_gives_nan_and_the_value_of_the_side_that_has_one():
    result = paired(np.full((2, 3), np.nan), np.ones((2, 3)))
    assert result.n == 0
    assert math.isnan(result.difference)
    assert math.isnan(result.low)
    assert math.isnan(result.baseline)
    assert result.policy == 1.0


def test_one_pair_or_one_world_left_of_many_has_no_interval():
    assert math.isnan(paired(np.zeros((1, 1)), np.ones((1, 1))).low)
    lonely = np.full((3, 4), np.nan)
    lonely[1] = 1.0, 2.0, 3.0, 4.0
    result = paired(np.zeros((3, 4)), lonely)
    assert result.worlds == 1
    assert math.isnan(result.low)
    assert math.isnan(result.knowledge_sd)


def test_a_difference_without_luck_has_a_point_for_an_interval():
    result = paired(np.zeros((1, 20)), np.full((1, 20), 2.0))
    assert (result.low, result.high) == (2.0, 2.0)
    assert math.isnan(result.variance_ratio)


def test_shapes_that_do_not_pair_are_an_error():
    with pytest.raises(ValueError, match="equal shapes"):
        paired(np.zeros((1, 3)), np.zeros((1, 4)))
    with pytest.raises(ValueError, match="equal shapes"):
        paired(np.zeros(3), np.zeros(3))


# --- properties ------------------------------------------------------------------------


@given(VALUES, st.integers(-500, 500))
def test_shifting_both_changes_nothing(values, shift):
    before, after = (paired(*values), paired(values[0] + shift, values[1] + shift))
    for name in ("difference", "low", "high", "luck_sd", "n", "higher_in_futures"):
        assert getattr(after, name) == pytest.approx(getattr(before, name), nan_ok=True)


@given(VALUES)
def test_exchanging_the_two_turns_the_sign(values):
    one, other = paired(*values), paired(values[1], values[0])
    assert other.difference == pytest.approx(-one.difference)
    assert other.low == pytest.approx(-one.high, nan_ok=True)
    assert other.high == pytest.approx(-one.low, nan_ok=True)
    assert other.higher_in_futures == one.lower_in_futures
    assert other.correlation == pytest.approx(one.correlation, nan_ok=True)


@given(VALUES, st.randoms(use_true_random=False))
def test_the_order_of_worlds_and_replications_carries_no_meaning(values, random):
    worlds = list(range(values[0].shape[0]))
    pairs = list(range(values[0].shape[1]))
    random.shuffle(worlds)
    random.shuffle(pairs)
    one = paired(*values)
    other = paired(*(table[worlds][:, pairs] for table in values))
    for name in ("difference", "low", "high", "luck_sd", "knowledge_sd", "correlation"):
        assert getattr(other, name) == pytest.approx(getattr(one, name), nan_ok=True, abs=1e-6)


@given(VALUES)
def test_a_narrower_level_lies_inside(values):
    wide, narrow = paired(values[0], values[1], 0.95), paired(values[0], values[1], 0.8)
    if math.isfinite(wide.low):
        assert wide.low <= narrow.low <= narrow.high <= wide.high


@given(VALUES)
def test_the_variance_ratio_says_whether_pairing_paid(values):
    result = paired(*values)
    if math.isfinite(result.correlation) and math.isfinite(result.variance_ratio) and abs(result.correlation) > 1e-9:
        assert (result.variance_ratio > 1) == (result.correlation > 0)
