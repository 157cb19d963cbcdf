"""Sensitivity and discovery on functions whose answer is known, and on noise."""

import numpy as np
import pytest

from labsim.analysis.chance import Purpose, bells, evens
from labsim.analysis.explore.discovery import discover
from labsim.analysis.explore.emulator import emulate, split
from labsim.analysis.explore.sensitivity import morris, sobol
from labsim.foundations.errors import InputError

TEN = [f"x{i}" for i in range(10)]


def ishigami(points: np.ndarray) -> np.ndarray:
    x = np.pi * (2 * points - 1)
    return np.asarray(np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0]))


def test_sobol_of_a_known_function_and_a_dummy_of_nothing():
    """Ishigami & Homma 1990: S = .314, .442, 0; T = .558, .442, .244."""
    found = {one.name: one for one in sobol(ishigami, ["a", "b", "c"], 1024)}
    for name, first, total in (("a", 0.314, 0.558), ("b", 0.442, 0.442), ("c", 0.0, 0.244)):
        assert found[name].first == pytest.approx(first, abs=max(found[name].first_error, 0.03))
        assert found[name].total == pytest.approx(total, abs=max(found[name].total_error, 0.03))
    assert abs(found["dummy"].total) <= max(found["dummy"].total_error, 1e-12)
    assert not found["dummy"].matters
    assert found["a"].matters


def test_luck_is_a_factor_beside_the_others():
    """The seed as a factor: its share is what an outcome of one run owes to luck."""

    def model(points: np.ndarray) -> np.ndarray:
        seeds = (points[:, 1] * 2**32).astype(np.int64)
        luck = np.array([bells(int(one), Purpose.LUCK, 0, (1,))[0] for one in seeds])
        return points[:, 0] * np.sqrt(12) * np.sqrt(3) + luck

    found = {one.name: one for one in sobol(model, ["policy", "luck"], 512)}
    assert found["luck"].total == pytest.approx(0.25, abs=0.08)
    assert found["policy"].total == pytest.approx(0.75, abs=0.08)


def test_morris_screens():
    found = {one.name: one for one in morris(lambda x: 5 * x[:, 0] + x[:, 1] ** 2, ["a", "b", "c"], 20)}
    assert found["a"].first == pytest.approx(5.0)
    assert found["a"].total == pytest.approx(0.0, abs=1e-9)
    assert found["b"].total > 0.1
    assert found["c"].first == found["dummy"].first == 0.0


@pytest.mark.parametrize("seed", [0, 1])
def test_the_same_seed_gives_the_same_intervals(seed: int):
    """SALib takes a seed of 0 for none."""
    assert sobol(ishigami, ["a", "b", "c"], 16, seed) == sobol(ishigami, ["a", "b", "c"], 16, seed)
    assert repr(morris(ishigami, ["a", "b", "c"], 10, seed)) == repr(morris(ishigami, ["a", "b", "c"], 10, seed))


def test_an_outcome_that_does_not_vary_depends_on_nothing():
    assert all(not one.matters for one in sobol(lambda x: np.zeros(len(x)), ["a"], 16))
    with pytest.raises(InputError, match="2"):
        sobol(ishigami, ["a", "b", "c"], 100)


def test_an_emulator_knows_its_error():
    points = evens(1, Purpose.DESIGN, 0, (400, 3))
    outcome = 3 * points[:, 0] * points[:, 1] - points[:, 2] ** 2 + 0.1 * bells(1, Purpose.LUCK, 0, (400,))
    found = emulate(points, outcome)
    assert found.luck == pytest.approx(0.1, rel=0.2)
    assert found.explained == pytest.approx(1 - 0.01 / outcome.var(), abs=0.03)
    assert found(np.array([[1.0, 1.0, 0.0]]))[0] == pytest.approx(3.0, abs=0.15)
    assert emulate(points, bells(2, Purpose.LUCK, 0, (400,))).explained < 0.05


def test_variance_is_split_into_policy_parameters_and_luck():
    policy, world = bells(1, Purpose.LUCK, 1, (30, 1, 1)), bells(1, Purpose.LUCK, 2, (1, 200, 1))
    found = split(2 * policy + world + 0.5 * bells(1, Purpose.LUCK, 3, (30, 200, 4)))
    spread = 4 * policy.var(ddof=1) + world.var(ddof=1) + 0.25
    assert found.policy == pytest.approx(4 * policy.var(ddof=1) / spread, abs=0.02)
    assert found.luck == pytest.approx(0.25 / spread, abs=0.01)
    assert found.interaction == pytest.approx(0, abs=0.01)
    assert found.policy + found.parameters + found.interaction + found.luck == pytest.approx(1)


def test_a_planted_box_is_found_again():
    """2 of 10 dimensions, 1,000 points: coverage and density at least .8, at most one dimension too many."""
    good = 0
    for k in range(20):
        points = evens(k, Purpose.DESIGN, 1, (1000, 10))
        chance = np.where((points[:, 2] > 0.6) & (points[:, 7] < 0.5), 0.95, 0.02)
        found = discover(points, evens(k, Purpose.LUCK, 1, (1000,)) < chance, TEN, seed=k)
        if found is None:
            continue
        names = {one.name for one in found.limits}
        good += found.coverage >= 0.8 and found.density >= 0.8 and {"x2", "x7"} <= names and len(names) <= 3
    assert good >= 18


def test_nothing_is_printed_on_pure_noise():
    told = 0
    for k in range(100):
        points = evens(k, Purpose.DESIGN, 2, (400, 8))
        told += discover(points, evens(k, Purpose.LUCK, 2, (400,)) < 0.3, TEN[:8], seed=k) is not None
    assert told <= 5


def test_a_box_is_a_sentence_in_both_languages():
    points = evens(1, Purpose.DESIGN, 3, (1000, 3))
    found = discover(points, (points[:, 0] > 0.7), ["staff", "b", "c"])
    assert found is not None
    said = found.sentence({"staff": (0.0, 20.0)})
    assert "高于 1" in said.zh
    assert "staff is above 1" in said.en
    assert str(found.n) in said.en
