import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from labsim.foundations.errors import InputError
from labsim.population.raking import Margin, integerise, largest_remainder, rake

positive = st.floats(0.05, 20.0)


def two_way(rows, columns):
    return [Margin("rows", (0,), np.array(rows, dtype=float)), Margin("columns", (1,), np.array(columns, dtype=float))]


def test_a_table_raked_by_hand():
    # Odds ratio of the seed table: 2 x 2 / (1 x 1) = 4. With rows 6, 6 and columns 6, 6 the
    # symmetric table [[a, 6-a], [6-a, a]] has odds ratio (a / (6-a))**2 = 4, hence a = 4.
    raked = rake(np.array([[2.0, 1.0], [1.0, 2.0]]), two_way([6, 6], [6, 6]))
    np.testing.assert_allclose(raked.table, [[4, 2], [2, 4]], atol=1e-8)
    assert raked.converged


def test_unequal_margins_raked_by_hand():
    # Odds ratio 4, rows 10 and 20, columns 15 and 15: a (5 + a) = 4 (10 - a) (15 - a), so
    # 3 a**2 - 105 a + 600 = 0 and a = (105 - sqrt(3825)) / 6.
    a = (105 - 3825**0.5) / 6
    raked = rake(np.array([[2.0, 1.0], [1.0, 2.0]]), two_way([10, 20], [15, 15]))
    np.testing.assert_allclose(raked.table, [[a, 10 - a], [15 - a, 5 + a]], atol=1e-7)


def test_a_seed_table_of_ones_gives_independence():
    rows, columns = np.array([1.0, 2.0, 3.0]), np.array([2.0, 4.0])
    raked = rake(np.ones((3, 2)), two_way(rows, columns))
    np.testing.assert_allclose(raked.table, np.outer(rows, columns) / 6, atol=1e-12)
    assert raked.rounds == 1


@given(seed=arrays(float, (3, 2, 4), elements=positive), truth=arrays(float, (3, 2, 4), elements=positive))
@settings(max_examples=60, deadline=None)
def test_margins_are_met_and_odds_ratios_are_kept(seed, truth):
    margins = [
        Margin("a", (0,), truth.sum(axis=(1, 2))),
        Margin("b x c", (1, 2), truth.sum(axis=0)),
        Margin("a x b", (0, 1), truth.sum(axis=2)),
    ]
    raked = rake(seed, margins)
    assert raked.converged
    for margin in margins:
        np.testing.assert_allclose(margin.of(raked.table), margin.target, atol=1e-8 * truth.sum())

    # The three-way interaction is in no margin: it must still be that of the seed table.
    def interaction(t):
        log = np.log(t)
        by_c = log[0, 0] - log[0, 1] - log[1, 0] + log[1, 1]
        return by_c - by_c[0]

    np.testing.assert_allclose(interaction(raked.table), interaction(seed), atol=1e-6)


@given(
    seed=arrays(float, (3, 2, 2), elements=positive),
    truth=arrays(float, (3, 2, 2), elements=positive),
    total=st.integers(20, 100_000),
)
@settings(max_examples=100, deadline=None)
def test_whole_people_miss_a_margin_by_less_than_one(seed, truth, total):
    truth = truth * (total / truth.sum())
    margins = [Margin("a x b", (0, 1), truth.sum(axis=2)), Margin("c", (2,), truth.sum(axis=(0, 1)))]
    raked = rake(seed, margins)
    whole = integerise(raked.table, margins)
    assert whole.sum() == total
    assert (np.abs(whole - raked.table) < 1 + 1e-6).all()
    for margin in margins:
        assert np.abs(margin.of(whole.astype(float)) - margin.target).max() < 1


def test_empty_cells_stay_empty():
    raked = rake(np.array([[0.0, 1.0], [1.0, 1.0]]), two_way([1, 3], [1, 3]))
    assert raked.table[0, 0] == 0
    np.testing.assert_allclose(raked.table, [[0, 1], [1, 2]], atol=1e-7)


def test_margins_against_the_empty_cells_are_reported_as_not_converged():
    # Row 0 may only use column 1, which may hold 1, but row 0 needs 2.
    raked = rake(np.array([[0.0, 1.0], [1.0, 1.0]]), two_way([2, 2], [3, 1]), max_rounds=200)
    assert not raked.converged
    assert raked.rounds == 200
    assert raked.errors["rows"] > 0.1


def test_every_problem_is_named_at_once():
    table = np.array([[0.0, 0.0], [1.0, 1.0]])
    margins = [
        Margin("age", (0,), np.array([3.0, 1.0])),
        Margin("migrant", (1,), np.array([2.0, 3.0])),
        Margin("income", (1,), np.array([1.0, 2.0, 1.0])),
        Margin("digital", (1,), np.array([-1.0, 5.0])),
    ]
    with pytest.raises(InputError) as caught:
        rake(table, margins)
    message = caught.value.render("en")
    assert [p.where.key for p in caught.value.problems] == ["age", "migrant", "income", "digital"]
    assert "category (0,) needs 3" in message
    assert "differs from 4" in message
    assert "does not fit axes" in message
    assert "negative" in message
    assert "类别 (0,)" in caught.value.render("zh")


@pytest.mark.parametrize("table", [np.array([[1.0, -1.0], [1.0, 1.0]]), np.array([[np.nan, 1.0], [1.0, 1.0]])])
def test_an_improper_seed_table_is_refused(table):
    with pytest.raises(InputError, match=r"seed table|种子表"):
        rake(table, two_way([1, 1], [1, 1]))


def test_no_margin_and_repeated_axes_are_refused():
    with pytest.raises(InputError):
        rake(np.ones((2, 2)), [])
    with pytest.raises(InputError, match=r"increase|递增"):
        rake(np.ones((2, 2)), [Margin("swapped", (1, 0), np.ones((2, 2)))])


def test_largest_remainder_by_hand():
    # Quotas 3.6, 3.6, 2.8: floors 3, 3, 2; the two seats left go to 0.8 and the first 0.6.
    assert largest_remainder(np.array([36.0, 36.0, 28.0]), 10).tolist() == [4, 3, 3]
    assert largest_remainder(np.array([1.0, 0.0]), 7).tolist() == [7, 0]


@given(shares=arrays(float, 6, elements=positive), total=st.integers(0, 10_000))
@settings(deadline=None)
def test_largest_remainder_keeps_quota_and_total(shares, total):
    whole = largest_remainder(shares, total)
    assert whole.sum() == total
    assert (np.abs(whole - shares * total / shares.sum()) < 1 + 1e-6).all()


def test_overlapping_margins_stay_close_in_whole_people():
    # Three two-way margins of one table: no rounding meets all within one person, and simple
    # rounding of cells misses some by two or three.
    chance = np.random.default_rng(1)
    worst = []
    for _ in range(150):
        truth = chance.gamma(0.5, 1, (6, 5, 4))
        truth *= 500 / truth.sum()
        margins = [Margin(str(a), (0, 1, 2)[:a] + (0, 1, 2)[a + 1 :], truth.sum(axis=a)) for a in range(3)]
        whole = integerise(truth, margins)
        worst.append(max(np.abs(m.of(whole.astype(float)) - m.target).max() for m in margins))
    assert np.median(worst) < 0.82
    assert max(worst) < 1.2
