"""A verdict that rests on a parameter nobody has learnt anything about is taken back, and only that one."""

from collections.abc import Mapping
from dataclasses import asdict, replace

import numpy as np
import pytest

from labsim.analysis.chance import Purpose, bells
from labsim.analysis.compare import Comparison, contest
from labsim.analysis.inference.calibration import Light, Quality, Rests
from labsim.analysis.inference.guard import backed, shares
from labsim.analysis.inference.posterior import Posterior
from labsim.analysis.inference.priors import Prior, values_of, world_of
from labsim.analysis.verdict import Kind
from labsim.experiment.design import Design
from labsim.experiment.runner import run
from labsim.foundations.errors import InputError
from labsim.results.results import Reduction
from labsim.scenario.scenario import world_values
from tests.analysis.tiny import scenario

PRIORS = (
    Prior(name="reward_weight", low=0.5, high=3.5),
    Prior(name="migrant_barrier", low=0, high=4),
    Prior(name="sorting", low=-1, high=1, moves=("alpha_sort_young", "alpha_sort_older")),
)
WORLDS = 24


def posterior(spread: Mapping[str, float], checked: bool = True) -> Posterior:
    """A posterior whose parameters have some share of the prior's spread, and a green check of each."""
    scores = np.stack(
        [spread[one.name] * bells(1, Purpose.POSTERIOR, i, (400,)) for i, one in enumerate(PRIORS)], axis=1
    )
    good = {one.name: asdict(Quality(one.name, 0.5, True, 180, 100, 200, 0.9, 0.05, 0.2)) for one in PRIORS}
    return Posterior(PRIORS, scores, "regression", record={"quality": good} if checked else {})


def compared(made: Posterior) -> Comparison:
    base = scenario().renamed("base", "现状", "baseline")
    policy = base.with_instruments("points_scheme").renamed("points", "积分制", "points")
    worlds = made.worlds(WORLDS, base)
    return contest(run(Design((base, policy), worlds, 1, 1), Reduction(("sorting_rate", "satisfaction_share"))))


def test_a_verdict_on_a_red_parameter_is_taken_back_and_says_which():
    made = posterior({"reward_weight": 1.0, "migrant_barrier": 0.05, "sorting": 0.05})
    assert made.lights == {"reward_weight": Light.RED, "migrant_barrier": Light.GREEN, "sorting": Light.GREEN}
    found = {one.before.difference.indicator: one for one in backed(compared(made), made)}
    sorting = found["sorting_rate"]
    assert sorting.before.kind is Kind.MATTERS
    assert sorting.share > 0.5
    assert sorting.blamed == ("reward_weight",)
    assert sorting.verdict.kind is Kind.OPEN
    assert sorting.reason is not None
    assert "reward_weight" in sorting.verdict.sentence.zh
    assert "reward_weight" in sorting.verdict.sentence.en


def test_the_same_verdict_stands_where_the_data_know_the_parameter():
    made = posterior({"reward_weight": 0.3, "migrant_barrier": 0.3, "sorting": 0.3})
    found = {one.before.difference.indicator: one for one in backed(compared(made), made)}
    assert found["sorting_rate"].verdict.kind is Kind.MATTERS
    assert found["sorting_rate"].share == 0.0
    unchecked = replace(made, record={})
    again = {one.before.difference.indicator: one for one in backed(compared(made), unchecked)}
    assert again["sorting_rate"].verdict.kind is Kind.OPEN  # an inference that nobody checked carries nothing


def test_too_few_worlds_cannot_tell_what_a_verdict_rests_on():
    made = posterior({"reward_weight": 1.0, "migrant_barrier": 1.0, "sorting": 1.0})
    base = scenario()
    result = run(Design((base, base.renamed("b", "b", "b")), made.worlds(4, base), 1, 1), Reduction(("sorting_rate",)))
    with pytest.raises(InputError, match="6"):
        backed(contest(result), made)


def test_parameter_values_come_back_from_a_world():
    base = scenario()
    world = {**world_values(base), **world_of(PRIORS, [2.5, 1.5, 0.4], base)}
    assert values_of(PRIORS, world, base) == pytest.approx([2.5, 1.5, 0.4])


def test_each_parameter_stands_with_its_reason():
    made = posterior({"reward_weight": 1.0, "migrant_barrier": 0.3, "sorting": 0.3})
    rewards, barrier, _ = made.standings()
    assert (rewards.rests, barrier.rests) == (Rests.PRIOR, Rests.DATA)
    assert "先验" in rewards.why.zh
    assert barrier.light is Light.GREEN
    assert {one.why.en for one in posterior(dict.fromkeys(made.lights, 0.3), checked=False).standings()} == {
        "the inference was not checked"
    }


def test_shares_of_parameters_that_go_together_are_no_more_than_the_whole():
    """Two that nearly cancel each other: each slope alone would explain more than there is."""
    one, other = bells(5, Purpose.TRUTH, 1, (40,)), bells(5, Purpose.TRUTH, 2, (40,))
    scores = np.stack([one, -0.9 * one + 0.3 * other], axis=1)
    together = shares(scores @ np.array([1.0, 1.0]), scores)
    assert together.sum() == pytest.approx(1.0)
    apart = shares(0.8 * one + 0.6 * other, np.stack([one, other], axis=1))
    assert apart == pytest.approx([0.64, 0.36], abs=0.2)
