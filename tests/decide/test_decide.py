"""Decisions on problems whose answer is known, and where no answer is the right one."""

import numpy as np
import pytest

from labsim.analysis.chance import Purpose, bells, evens
from labsim.analysis.decide.robust import dominated, information, robust
from labsim.analysis.decide.search import FRESH, hypervolume, pareto, what_it_takes
from labsim.analysis.decide.selection import select
from labsim.foundations.errors import InputError


def test_regret_targets_and_the_worst_tenth_by_hand():
    outcome = np.array([[10.0, 0.0] * 10, [6.0] * 20])
    bold, steady = robust(["bold", "steady"], outcome, outcome >= 5)
    assert (bold.mean, bold.worst_tenth, bold.largest_regret, bold.mean_regret, bold.meets) == (5, 0, 6, 3, 0.5)
    assert (steady.mean, steady.worst_tenth, steady.largest_regret, steady.mean_regret, steady.meets) == (6, 6, 4, 2, 1)


def test_dominance():
    assert dominated(np.array([[1.0, 1], [2, 1], [1, 2], [2, 1]])).tolist() == [True, False, False, False]


def test_information_about_a_parameter_that_decides_is_worth_what_it_is():
    """Policy B gains x - .5 over A, x uniform: knowing x is worth E max(x - .5, 0) = .125; y decides nothing."""
    points = evens(1, Purpose.DESIGN, 0, (4000, 2))
    luck = 0.3 * bells(1, Purpose.LUCK, 0, (2, 4000))
    found = {
        one.name: one
        for one in information(["x", "y"], np.stack([0 * points[:, 0], points[:, 0] - 0.5]) + luck, points)
    }
    assert found["x"].value == pytest.approx(0.125, abs=0.02)
    assert found["x"].survey_first
    assert found["y"].value < 0.02
    assert not found["y"].survey_first
    assert found["all"].value == pytest.approx(0.125, abs=0.02)


def test_when_one_policy_is_always_best_nothing_is_worth_knowing():
    points = evens(2, Purpose.DESIGN, 0, (500, 2))
    found = information(["x", "y"], np.stack([0 * points[:, 0], 1 + points[:, 0]]), points)
    assert all(one.value == 0 for one in found)


def race(k: int, means: np.ndarray):
    def sample(policies, first: int, many: int) -> np.ndarray:
        return np.stack([means[i] + bells(k, Purpose.LUCK, 100 + i, (first + many,))[first:] for i in policies])

    return sample


def test_the_best_of_ten_is_chosen_as_often_as_promised():
    """Slippage: nine policies are worse by just what matters. 200 races: at least .95 less luck of the test."""
    means = np.zeros(10)
    means[3] = 0.5
    found = [select(race(k, means), 10, 0.5) for k in range(200)]
    assert sum(one.best == (3,) for one in found) >= 184
    assert np.mean([one.total for one in found]) < 10 * 150  # those that are clearly worse leave early


def test_hopeless_policies_leave_at_once_and_equals_stay():
    clear = select(race(1, np.array([0.0, 50.0, 0.0])), 3, 0.5)
    assert clear.best == (1,)
    assert clear.total == 30
    equal = select(lambda who, first, many: np.zeros((len(who), many)), 2, 0.5, most=40)
    assert len(equal.best) == 2
    assert not equal.decided
    with pytest.raises(InputError, match="delta"):
        select(race(1, np.zeros(2)), 2, 0.0)


def front(points: np.ndarray, batch: int) -> np.ndarray:
    """ZDT1, turned round: the front is f2 = sqrt(f1) - 1 with all other levers at 0."""
    g = 1 + 9 * points[:, 1:].mean(axis=1)
    return np.stack([-points[:, 0], -g * (1 - np.sqrt(points[:, 0] / g))], axis=1)


def test_a_known_front_is_found():
    found = pareto(front, 2, 2, trials=1500)
    x = np.linspace(0, 1, 2000)
    truth = np.stack([-x, np.sqrt(x) - 1], axis=1)
    corner = np.array([-1.1, -1.1])
    share = hypervolume(np.array([one.promised for one in found]), corner) / hypervolume(truth, corner)
    assert share >= 0.98
    assert all((one.promised == one.fresh).all() for one in found)


def test_the_optimism_of_a_search_on_noise_is_shown():
    """On a flat landscape the winner of 200 draws promises two or three standard deviations; fresh seeds give 0."""

    def flat(points: np.ndarray, batch: int) -> np.ndarray:
        ids = (points[:, 0] * 2**40).astype(np.int64)
        return np.array([bells(int(one), Purpose.LUCK, batch, (1,)) for one in ids])

    found = pareto(flat, 1, 1, trials=200)
    assert found[0].promised[0] > 2
    assert abs(found[0].fresh[0]) < 3.5
    assert found[0].optimism[0] > 1


def test_a_budget_is_never_broken():
    seen: list[np.ndarray] = []

    def watched(points: np.ndarray, batch: int) -> np.ndarray:
        seen.append(points)
        return points[:, :1]

    found = pareto(watched, 2, 1, trials=300, allowed=lambda x: x.sum(axis=1) <= 0.7)
    assert (np.concatenate(seen).sum(axis=1) <= 0.7).all()
    assert found[0].promised[0] > 0.63
    with pytest.raises(InputError, match="budget"):
        pareto(watched, 2, 1, trials=50, allowed=lambda x: x.sum(axis=1) > 9)


def reaches(level: float):
    def meets(points: np.ndarray, batch: int) -> np.ndarray:
        luck = bells(5, Purpose.LUCK, 200 + batch, (1, 60))
        return np.asarray((points.sum(axis=1, keepdims=True) + 0.1 * luck > level).astype(float))

    return meets


def test_what_it_takes_keeps_its_word_on_seeds_it_has_not_seen():
    found = what_it_takes(reaches(1.2), 2)
    assert found.feasible
    again = reaches(1.2)(found.points, FRESH + 1).mean(axis=1)
    assert np.mean(again >= 0.7) >= 0.9
    assert (found.points.sum(axis=1) > 1.2).mean() > 0.95


def test_what_cannot_be_is_called_so():
    found = what_it_takes(reaches(2.5), 2)
    assert not found.feasible
    assert found.best < 0.8
    assert len(found.points) == 0
