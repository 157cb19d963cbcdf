"""What a verdict rests on is counted from the declarations, and computed from the runs."""

from dataclasses import replace

import numpy as np
import pytest

from labsim.analysis.paired import paired
from labsim.presentation.lab.view import Draft, View, from_scenario, scenarios
from labsim.presentation.rests import KINDS, interval_said, kind_of, unknown_share, values_said
from labsim.scenario.differences import OWN, differences

CLOSED_LOOP = View(policies=(from_scenario("closed_loop"),))


def gaps(knowledge: float, luck: float, worlds: int = 200, each: int = 4) -> tuple[np.ndarray, np.ndarray]:
    """Return a baseline and a policy whose differences scatter between and within worlds by known amounts."""
    draws = np.random.default_rng(5)
    between, within = draws.normal(size=(worlds, 1)), draws.normal(size=(worlds, each))
    base = np.zeros((worlds, each))
    return base, base + 1.0 + knowledge * between + luck * within


@pytest.mark.parametrize(("knowledge", "luck"), [(1, 0.01), (1, 1), (0.5, 1)])
def test_many_worlds_leave_the_prior_alone_in_the_interval(knowledge, luck):
    share = unknown_share(paired(*gaps(knowledge, luck)))
    assert share is not None
    assert share > 0.95


@pytest.mark.parametrize("knowledge", [0.0, 0.1])
def test_luck_is_not_taken_for_a_prior(knowledge):
    """World means differ by luck too; where they differ by no more than that, no share is claimed for the prior."""
    assert unknown_share(paired(*gaps(knowledge, 1, 20, 2))) in (None, 0.0)


def test_few_worlds_leave_more_luck_in_the_interval_than_many():
    few, many = (unknown_share(paired(*gaps(1.0, 2.0, worlds, 8))) for worlds in (8, 200))
    assert few is not None
    assert many is not None
    assert few < many


def test_nothing_is_claimed_where_nothing_is_known():
    base, policy = gaps(1, 1)
    assert unknown_share(paired(base[:1], policy[:1])) is None  # one world: luck alone
    assert unknown_share(paired(base, base)) is None  # identical


def test_every_value_that_a_policy_changes_is_counted_once():
    base, policy = scenarios(CLOSED_LOOP)
    moved = differences(policy, base)
    kinds = [kind_of(one.source) for one in moved]
    said = values_said(policy, base)
    assert f"改动的 {len(moved)} 个取值" in said.zh
    for name, label in KINDS:
        assert (f"{label.zh} {kinds.count(name)}" in said.zh) == (name in kinds)
    assert values_said(base, base).en == "Nothing is changed."


def test_a_value_that_was_set_by_hand_is_nobodys_word():
    draft = CLOSED_LOOP.policies[0]
    by_hand = Draft(label=draft.label, levers={"service_budget": 300000.0})
    base, policy = scenarios(View(policies=(by_hand,)))
    assert [kind_of(one.source) for one in differences(policy, base)] == [OWN]
    assert "本情景自设 1" in values_said(policy, base).zh


def test_more_runs_are_advised_only_where_they_would_help(comparison):
    verdict = comparison.verdicts()[0]

    def said(knowledge: float, luck: float, worlds: int = 20) -> str:
        one = replace(verdict, difference=replace(verdict.difference, paired=paired(*gaps(knowledge, luck, worlds))))
        return interval_said(one).en

    certain = paired(np.full((8, 3), 5.0), np.full((8, 3), 35.0) + 1e-12 * np.arange(24.0).reshape(8, 3))
    one = replace(verdict, difference=replace(verdict.difference, paired=certain))
    assert interval_said(one).en == "Every pair of runs differs by the same: nothing is uncertain."
    assert "more runs would not" in said(5, 0.1)
    assert said(0, 1, 8) != said(5, 0.1)
    assert "more runs would" in said(0, 1, 8)
