"""Who gains and who loses, trade-offs, the blocks through time: against arithmetic and other ways to count."""

import numpy as np
import pytest

from labsim.analysis.blocks import films
from labsim.analysis.gainers import gainers
from labsim.analysis.tradeoffs import dominated, tradeoff
from labsim.experiment.design import Design
from labsim.experiment.runner import run
from labsim.foundations.errors import InputError
from labsim.model.simulate import simulate
from labsim.results.results import Reduction
from labsim.scenario.phases import Phase
from labsim.scenario.scenario import Scenario

SMALL = {"residents": 120, "blocks": 12, "items": 240, "panel": 10}
BASE = Scenario(name="base", horizon=112, burn_in=28, community=SMALL).with_levers(service_budget=2_000)
GENEROUS = BASE.renamed("generous", "多", "more").with_phases(Phase(lever="service_budget", value=100_000, start=0))
NAMES = ("satisfaction_score", "money_total_year")


# --- who gains and who loses


def test_nobody_gains_when_nothing_changes():
    found = gainers([BASE, BASE.renamed("same", "同", "same")], 2).of("same")
    assert {(one.gain, one.lose) for name, one in found.items() if not name.startswith("block")} == {(0.0, 0.0)}


def test_shares_are_counted_resident_by_resident():
    found = gainers([BASE, GENEROUS], 2, seed=3)
    right = []
    for seed in found.seeds:
        one, other = (simulate(s, seed).residents for s in (BASE, GENEROUS))
        assert (one["id"] == other["id"]).all()
        right.append(np.mean(other["score"] - one["score"] > found.delta))
    everybody = found.of("generous")["all"]
    assert everybody.gain == pytest.approx(np.mean(right))
    assert everybody.gain > 0.2
    assert (found.n, found.delta) == (2, 2.0)


def test_groups_add_up_to_everybody_and_small_blocks_stay_silent():
    found = gainers([BASE, GENEROUS], 2).of("generous")
    parts = [found[name] for name in ("age:young", "age:middle", "age:older")]
    assert sum(one.residents for one in parts) == 120
    assert sum(one.gain * one.residents for one in parts) / 120 == pytest.approx(found["all"].gain)
    blocks = [one for name, one in found.items() if name.startswith("block:")]
    assert len(blocks) == 12
    assert all(np.isfinite(one.gain) == (one.residents >= 10) for one in blocks)


def test_a_stop_leaves_what_was_done():
    calls = iter([False, True])
    assert gainers([BASE, GENEROUS], 5, stop=lambda: next(calls)).n == 1


def test_residents_of_two_communities_are_not_compared():
    with pytest.raises(ValueError, match="different communities"):
        gainers([BASE, GENEROUS.with_community(residents=121)], 1)


# --- trade-offs


def test_domination_by_hand():
    """Options a, b, c in two runs: b beats a on both outcomes in run 0, ties with a in run 1."""
    worth = np.array([[[1.0, 1.0], [2.0, 1.0], [0.0, 3.0]], [[1.0, 1.0], [2.0, 1.0], [9.0, 0.0]]])
    assert dominated(worth).tolist() == [[True, False], [False, False], [False, False]]


def test_more_money_for_more_satisfaction_leaves_both_undominated():
    result = run(Design.of([BASE, GENEROUS], 1, 4, 2), Reduction(NAMES, by_group=False))
    found = tradeoff(result, NAMES)
    assert found.n == 4
    assert found.options == ("base", "generous")
    assert (found.values["money_total_year"][1] > found.values["money_total_year"][0]).all()
    assert (found.values["satisfaction_score"][1] > found.values["satisfaction_score"][0]).all()
    assert dict(found.undominated) == {"base": 1.0, "generous": 1.0}
    wasteful = GENEROUS.renamed("wasteful", "费", "waste").with_phases(Phase(lever="points_fund", value=100_000))
    worse = run(Design.of([BASE, GENEROUS, wasteful], 1, 4, 2), Reduction(NAMES, by_group=False))
    assert tradeoff(worse, NAMES).undominated["generous"] == 1.0


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("satisfaction_score",), "2 to 4 different"),
        (("satisfaction_score", "satisfaction_score"), "2 to 4 different"),
        (("satisfaction_score", "open_mean"), "neither way"),
        (("satisfaction_score", "staff_load"), "was not measured"),
        (("satisfaction_score", "money"), "there is no indicator"),
    ],
)
def test_outcomes_that_cannot_be_weighed_are_refused(names, said, monkeypatch):
    monkeypatch.setenv("LABSIM_LANG", "en")
    result = run(Design.of([BASE, GENEROUS], 1, 2, 2), Reduction((*NAMES, "open_mean"), by_group=False))
    with pytest.raises(InputError, match=said):
        tradeoff(result, names)


# --- blocks through time


def test_a_film_ends_where_the_simulation_ends():
    film, other = films([BASE, GENEROUS], seed=8)
    daily = simulate(BASE, 8).daily
    assert film.days == (0, 28, 56, 84, 112)
    for i, day in enumerate(film.days):
        record = daily[daily["day"] == day - 1][0]
        assert film.opened[i].sum() == record["open"]
        assert film.unsolved[i].sum() == record["open"] + record["latent"]
    assert film.residents.sum() == 120
    assert film.items.sum() == 240
    assert np.array_equal(film.opened[0], other.opened[0])
    assert (np.isfinite(film.active) == (film.residents >= 10)).all()
    assert 0 < np.nanmax(film.active) <= 1
