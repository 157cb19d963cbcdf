"""V2: social interactions in a complete network. Also: other networks, thresholds, the mean-field twin."""

from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import norm

from labsim.model.mean_field import fixed_points, mean_field
from labsim.model.parts_people import ActivityAlone, participation, start_activity

LOW, HIGH = -3.4151, -2.5849  # window of alpha with two stable shares, J = 6


def settled(alpha: float, influence: float, start: int, n: int = 20_000, rounds: int = 60) -> float:
    """Return the share after a while, averaged over the last rounds."""
    part = ActivityAlone(n, alpha, influence, network="complete", start=start, rounds=rounds)
    return float(participation(part, seed=11).shares[-20:].mean())


@pytest.mark.parametrize(
    ("alpha", "low", "unstable", "high"), [(-3.0, 0.07072, 0.5, 0.92928), (-2.6, 0.17565, 0.25204, 0.95909)]
)
def test_v2_two_stable_shares(alpha: float, low: float, unstable: float, high: float):
    points = fixed_points(ActivityAlone(alpha=alpha, contact_influence=6.0))
    assert [p.share for p in points] == pytest.approx([low, unstable, high], abs=1e-5)
    assert [p.stable for p in points] == [True, False, True]
    assert settled(alpha, 6.0, 0) == pytest.approx(low, abs=0.01)
    assert settled(alpha, 6.0, 1) == pytest.approx(high, abs=0.01)


@pytest.mark.parametrize("alpha", [LOW - 0.05, HIGH + 0.05])
def test_v2_outside_the_window_the_start_is_forgotten(alpha: float):
    (point,) = fixed_points(ActivityAlone(alpha=alpha, contact_influence=6.0))
    for start in (0, 1):
        assert settled(alpha, 6.0, start) == pytest.approx(point.share, abs=0.01)


@pytest.mark.parametrize(("alpha", "count"), [(LOW - 1e-3, 1), (LOW + 1e-3, 3), (HIGH - 1e-3, 3), (HIGH + 1e-3, 1)])
def test_v2_the_window(alpha: float, count: int):
    assert len(fixed_points(ActivityAlone(alpha=alpha, contact_influence=6.0))) == count


def critical(start: int, n: int, rounds: int) -> np.ndarray:
    """Return the shares with J = 3.9, near the critical 4, where luck is amplified fortyfold."""
    part = ActivityAlone(n, -1.95, 3.9, network="complete", start=start, rounds=rounds)
    return participation(part, seed=11).shares


def test_v2_below_the_critical_influence_there_is_one_share():
    """From both ends, with the same luck, the same path; around it the band that theory gives."""
    (point,) = fixed_points(ActivityAlone(alpha=-1.95, contact_influence=3.9))
    assert point.share == pytest.approx(0.5, abs=1e-9)
    n = 20_000
    low, high = critical(0, n, 200), critical(1, n, 200)
    assert abs(high[-20:] - low[-20:]).max() < 0.01
    band = np.sqrt(0.25 / n / (1 - 3.9 * 0.25))
    assert low[-20:].mean() == pytest.approx(0.5, abs=4 * band)


@pytest.mark.slow
def test_v2_below_the_critical_influence_the_mean_is_a_half():
    """Averaged over twenty times the weeks that luck lasts, so that 0.01 is four standard errors or so."""
    assert critical(0, 100_000, 1200)[200:].mean() == pytest.approx(0.5, abs=0.01)


def test_unstable_share_divides_the_starts():
    """Starting a little above or below it, the crowd goes to one side or the other."""
    n = 20_000
    ends = []
    for share in (0.20, 0.30):
        start = (np.arange(n) % 100 < 100 * share).astype(np.int8)
        part = ActivityAlone(n, -2.6, 6.0, network="complete", start=start, rounds=60)
        ends.append(participation(part, seed=4).shares[-1])
    assert ends == pytest.approx([0.17565, 0.95909], abs=0.02)


CASES = {
    "bistable, low": ActivityAlone(alpha=-3.0, contact_influence=6.0),
    "bistable, high": ActivityAlone(alpha=-2.6, contact_influence=6.0, start=1),
    "taste": ActivityAlone(alpha=-2.0, contact_influence=3.0, taste_sd=1.5),
    "habit": ActivityAlone(alpha=-1.5, habit_weight=2.5, habit_rate=0.272, network="none"),
    "taste, habit and contacts": ActivityAlone(alpha=-2.5, contact_influence=2.0, taste_sd=1.5, habit_weight=1.5),
    "groups": ActivityAlone((18_000, 24_000, 18_000), (-2.5, -1.5, 0.5), 2.0, taste_sd=1.2, habit_weight=1.0),
    "fast habit": ActivityAlone(alpha=-2.0, contact_influence=1.0, habit_weight=3.0, habit_rate=0.69, habit_start=1.0),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_mean_field_is_the_limit_of_many_residents(case: ActivityAlone):
    """Every round, each group and habit: within one percentage point."""
    residents = case.residents if isinstance(case.residents, tuple) else 60_000
    network = "complete" if case.contact_influence else case.network
    part = replace(case, residents=residents, network=network, rounds=60)
    run, limit = participation(part, seed=8), mean_field(part)
    assert np.abs(run.shares - limit.shares)[:30].max() < 0.015  # a single week has luck of its own
    assert run.shares[-20:].mean() == pytest.approx(limit.shares[-20:].mean(), abs=0.01)
    for group in np.unique(run.age):
        members = run.age == group
        assert run.habit[members].mean() == pytest.approx(limit.habit[group], abs=0.01)


def test_mean_field_ends_where_it_reproduces_itself():
    part = ActivityAlone((1, 2, 1), (-2.0, -1.0, 0.5), 2.5, taste_sd=1.5, network="complete", rounds=200)
    assert any(abs(mean_field(part).shares[-1] - p.share) < 1e-9 for p in fixed_points(part))


def test_mean_field_refuses_a_sparse_network():
    with pytest.raises(ValueError, match="complete network"):
        mean_field(ActivityAlone(contact_influence=1.0))


@pytest.mark.parametrize("hub", [0, 1])
def test_a_star_answers_to_its_hub(hub: int):
    """Leaves see the hub alone: while it stays as it is, they act with one known chance."""
    n, alpha, influence = 20_000, -1.0, 3.0
    start = np.zeros(n, np.int8)
    start[0] = hub
    part = ActivityAlone(n, alpha, influence, network=nx.star_graph(n - 1), start=start, rounds=1)
    run = start_activity(part, seed=2).advance(1)
    first_day = run.state.people.active[0, 7::7]
    p = expit(alpha + influence * hub)
    assert first_day.mean() == pytest.approx(p, abs=4 * np.sqrt(p * (1 - p) / len(first_day)))
    decided = int(run.state.people.active[0, 0])
    run.advance(7)
    others = np.concatenate([run.state.people.active[0, day::7] for day in range(1, 7)])
    p = expit(alpha + influence * decided)
    assert others.mean() == pytest.approx(p, abs=4 * np.sqrt(p * (1 - p) / len(others)))


def test_pairs_follow_the_exact_chain():
    """Couples who know only each other: the stationary law of their four states, solved exactly."""
    n, alpha, influence = 20_000, -1.5, 2.5
    graph = nx.Graph([(2 * i, 2 * i + 1) for i in range(n // 2)])
    result = participation(ActivityAlone(n, alpha, influence, network=graph, rounds=60), seed=6)
    alone, followed = expit(alpha), expit(alpha + influence)
    # One of the pair decides before the other: an alternating chain, y -> y' with chance p(y).
    share = alone / (1.0 - (followed - alone))
    assert result.shares[20:].mean() == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / n / 40 * 3))
    both = result.active.reshape(-1, 2).prod(axis=1).mean()
    assert both == pytest.approx(share * followed, abs=4 * np.sqrt(0.25 / (n // 2)))


def test_thresholds_are_the_limit_without_noise():
    """Granovetter 1978: with very large alpha and J the chain of contacts decides alone.

    One active end of a row of people sets off everybody when half of one's contacts are
    enough, and nobody when more than half are needed.
    """
    n = 200
    start = np.zeros(n, np.int8)
    start[0] = start[1] = 1
    path = nx.cycle_graph(n)
    for threshold, everybody in ((0.45, True), (0.55, False)):
        part = ActivityAlone(n, -4000.0 * threshold, 4000.0, network=path, start=start, rounds=n)
        result = participation(part, seed=1)
        assert result.active.all() == everybody
        assert result.active.any() == everybody or result.counts[-1] <= 2


@pytest.mark.parametrize("start", [0, 1])
def test_thresholds_spread_over_people_follow_the_distribution(start: int):
    """x -> F(x) with normal thresholds (Granovetter 1978), iterated from both ends."""
    scale, mean, sd = 4000.0, 0.45, 0.18
    part = ActivityAlone(40_000, -scale * mean, scale, taste_sd=scale * sd, network="complete", start=start, rounds=60)
    expected = float(start)
    for _ in range(1000):
        expected = float(norm.cdf((expected - mean) / sd))
    assert 0.005 < expected < 0.02 or 0.99 < expected < 1.0
    assert participation(part, seed=3).shares[-1] == pytest.approx(expected, abs=4 * np.sqrt(0.01 / 40_000) * 1.5)
