import json

import pytest

from labsim.experiment.design import Design, seed_of
from labsim.experiment.worlds import CENTRAL, UNCERTAIN, World, address, worlds
from labsim.foundations.errors import InputError
from labsim.scenario.scenario import Scenario, world_values
from labsim.scenario.world import WORLD
from tests.experiment.models import tiny


def test_every_world_has_its_own_seeds_and_scenarios_share_them():
    jobs = Design.of([tiny("a"), tiny("b")], world_draws=3, replications=4, seed=5).jobs()
    assert len(jobs) == 12
    assert len({job.seed for job in jobs}) == 12
    assert [(job.world.draw, job.replication) for job in jobs[:5]] == [(1, 0), (1, 1), (1, 2), (1, 3), (2, 0)]


def test_seeds_stay_when_replications_or_worlds_are_added_and_survive_json():
    few = Design.of([tiny("a")], 1, 5, seed=5).jobs()
    many = Design.of([tiny("a")], 1, 50, seed=5).jobs()
    assert [job.seed for job in few] == [job.seed for job in many[:5]]
    assert all(0 <= job.seed < 2**52 and json.loads(json.dumps(job.seed)) == job.seed for job in many)


def test_neighbouring_experiments_share_no_seed():
    seeds = [seed_of(seed, draw, k) for seed in range(4) for draw in range(4) for k in range(200)]
    assert len(set(seeds)) == len(seeds)


def test_all_that_is_wrong_with_a_design_is_said_at_once():
    with pytest.raises(InputError) as caught:
        Design((tiny("a"), tiny("a"), tiny("b").changed(horizon=56)), (), replications=0, seed=-1)
    said = caught.value.render("en")
    for part in ("several scenarios are named 'a'", "different length", "0 replications", "seed of -1", "worlds"):
        assert part in said
    assert "有多个情景" in caught.value.render("zh")
    with pytest.raises(InputError, match="no scenario"):
        Design(())


def test_one_world_is_the_central_one_and_changes_nothing():
    assert worlds(1, 3) == (CENTRAL,)
    assert CENTRAL.applied(tiny("a")) == tiny("a")


def test_draws_lie_within_a_fifth_of_the_centre_and_spread_over_it():
    centre = world_values(Scenario())
    drawn = [world_values(world.applied(Scenario())) for world in worlds(300, seed=1)]
    for name in UNCERTAIN:
        if name.startswith("score_"):
            continue
        low, high = sorted((0.8 * centre[name], 1.2 * centre[name]))
        values = [one[name] for one in drawn]
        assert all(max(low, WORLD[name].low) - 1e-9 <= v <= min(high, WORLD[name].high) + 1e-9 for v in values), name
        assert (max(values) - min(values)) > 0.9 * (min(high, WORLD[name].high) - max(low, WORLD[name].low)), name
    fixed = set(WORLD) - set(UNCERTAIN)
    assert all(one[name] == centre[name] for one in drawn for name in fixed)


def test_weights_of_the_score_still_sum_to_one():
    for world in worlds(50, seed=1):
        values = world_values(world.applied(Scenario()))
        assert values["score_service"] + values["score_problem"] + values["score_efficacy"] == pytest.approx(1.0)


def test_a_draw_depends_on_its_name_and_number_only():
    some = dict(worlds(2, 9, ["detection", "quit_load"])[1].factors)
    more = dict(worlds(7, 9)[1].factors)
    assert some["detection"] == more["detection"]
    assert len({address(name) for name in WORLD}) == len(WORLD)


def test_what_a_scenario_says_about_the_world_stays():
    scenario = Scenario().with_world(contact_influence=0.0, detection=0.5)
    moved = World(1, (("detection", 1.1), ("notice_rate", 1.1))).applied(scenario)
    assert moved.world["detection"] == 0.5
    assert moved.world["contact_influence"] == 0.0
    assert moved.world["notice_rate"] == pytest.approx(1.1 * world_values(scenario)["notice_rate"])


def test_a_wrong_request_for_worlds_is_said_at_once():
    with pytest.raises(InputError) as caught:
        worlds(0, 1, ["detecton"], spread=2.0)
    said = caught.value.render("en")
    assert "did you mean detection?" in said
    assert "0 states of the world" in said
    assert "spread of 2.0" in said
