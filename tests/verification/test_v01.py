"""V1: without interaction, how many act is binomial. Also: logit of taste, groups and every activity."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import expit
from scipy.stats import chi2, norm

from labsim.model.parts import populate
from labsim.model.parts_people import ActivityAlone, participation
from labsim.model.state import Activity


def counts(part: ActivityAlone, seeds: range) -> np.ndarray:
    return np.array([participation(part, seed).counts[0] for seed in seeds])


def test_v1_counts_are_binomial():
    found = counts(ActivityAlone(residents=2000, alpha=-1.0, rounds=1), range(400))
    assert found.mean() == pytest.approx(537.88, abs=3.97)
    assert 0.74 <= found.var(ddof=1) / 393.22 <= 1.31


@pytest.mark.parametrize("activity", list(Activity))
def test_every_activity_has_its_own_luck_and_the_same_logit(activity: Activity):
    n, p = 4000, expit(0.4)
    result = participation(ActivityAlone(residents=n, alpha=0.4, activity=activity, rounds=25), seed=3)
    assert result.due.tolist() == [n] * 25
    assert result.counts.mean() == pytest.approx(n * p, abs=4 * np.sqrt(n * p * (1 - p) / 25))
    # Weeks are independent: the statistic of dispersion is chi-square.
    dispersion = ((result.counts - n * p) ** 2 / (n * p * (1 - p))).sum()
    assert chi2.cdf(dispersion, 25) == pytest.approx(0.5, abs=0.4999)


def test_rounds_of_one_person_are_independent():
    part = ActivityAlone(residents=1, alpha=0.0, rounds=2000)
    acts = np.array([participation(part, seed).counts for seed in range(5)])
    pairs = (acts[:, 1:] * acts[:, :-1]).mean()
    assert pairs == pytest.approx(0.25, abs=4 * np.sqrt(0.25 * 0.75 / acts.size * 1.5))


def test_age_groups_act_by_their_own_utility():
    part = ActivityAlone(residents=(3000, 4000, 5000), alpha=(-2.0, 0.0, 1.0), rounds=1)
    result = participation(part, seed=5)
    for group, alpha in enumerate(part.alphas):
        members = result.active[result.age == group]
        p = expit(alpha)
        assert members.mean() == pytest.approx(p, abs=4 * np.sqrt(p * (1 - p) / len(members)))


def test_taste_persists_and_mixes_the_logit():
    """The share is the logistic-normal integral; two rounds of one person share their taste."""
    n, sd, alpha = 40_000, 1.5, -1.0
    result = participation(ActivityAlone(residents=n, alpha=alpha, taste_sd=sd, rounds=8), seed=2)
    once = quad(lambda x: norm.pdf(x) * expit(alpha + sd * x), -9, 9)[0]
    twice = quad(lambda x: norm.pdf(x) * expit(alpha + sd * x) ** 2, -9, 9)[0]
    assert result.shares.mean() == pytest.approx(once, abs=4 * np.sqrt(twice - once**2 + (once - twice) / 8) / n**0.5)
    # 8 rounds with the same taste: the variance between people is that of a binomial mixture.
    acts = result.run.state.people.acts[Activity.SORT]
    expected = 8 * once * (1 - once) + 8 * 7 * (twice - once**2)
    assert acts.var() == pytest.approx(expected, rel=4 * np.sqrt(2 / n) * 1.2)


def test_a_part_cannot_be_given_a_network_of_another_size():
    from labsim.model.parts import Place
    from labsim.population.network import ring

    with pytest.raises(ValueError, match="10 members for 12"):
        populate(Place(12, ring(10, 2)), 1)
    with pytest.raises(ValueError, match="need 'none', 'complete'"):
        populate(Place(12, "full"), 1)
    with pytest.raises(KeyError, match="not declared: tasste"):
        participation(ActivityAlone(world={"tasste": 1.0}))
