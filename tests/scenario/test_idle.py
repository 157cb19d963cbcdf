"""What acts only through an extension module that is off is a mistake, not a silent nothing."""

import pytest

from labsim.experiment.design import Design
from labsim.foundations.errors import InputError
from labsim.scenario.files import load, scenario_names
from labsim.scenario.idle import idle_problems
from labsim.scenario.instruments import instrument, instruments
from labsim.scenario.levers import LEVERS
from labsim.scenario.modules.register import MODULE_OF_LEVER
from labsim.scenario.phases import AppliedInstrument, Phase
from labsim.scenario.scenario import Scenario, lever_table

BASE = Scenario()


def keys(scenario):
    return [problem.where.key for problem in idle_problems(scenario)]


@pytest.mark.parametrize("name", sorted(instruments()))
def test_an_instrument_is_idle_exactly_where_a_module_that_it_needs_is_off(name):
    needed = instrument(name).needs()
    assert bool(keys(BASE.with_instruments(name))) == bool(needed)
    assert keys(BASE.with_modules(*needed).with_instruments(name)) == []
    for module in needed:
        others = [one for one in needed if one != module]
        (problem,) = idle_problems(BASE.with_modules(*others).with_instruments(name))
        assert f"module_{module} = true" in problem.render("en")
        assert f"module_{module} = true" in problem.render("zh")


def test_levers_wherever_they_are_written_are_idle_without_their_module():
    lever = next(name for name in MODULE_OF_LEVER if LEVERS[name].high != LEVERS[name].default)
    value, given = LEVERS[lever].high, LEVERS[lever].default
    ways = {
        f"levers.{lever}": lambda v: BASE.with_levers(**{lever: v}),
        "phases[0].lever": lambda v: BASE.with_phases(Phase(lever=lever, value=v)),
        f"instruments[0].levers.{lever}": lambda v: BASE.with_instruments(
            AppliedInstrument(name="pdca_cycle", levers={lever: v})
        ),
    }
    for key, made in ways.items():
        assert keys(made(value)) == [key]
        assert keys(made(given)) == [], "the declared default says nothing"
        assert keys(made(value).with_modules(MODULE_OF_LEVER[lever])) == []


def test_optional_levers_are_left_out_where_their_module_is_off_and_nowhere_else():
    optional = [name for name, s in instrument("joint_meeting").levers.items() if s.optional]
    assert optional
    off = BASE.with_instruments("joint_meeting")
    on = off.with_modules("coordination")
    for name in optional:
        assert (lever_table(off)[name] == LEVERS[name].default).all()
        assert lever_table(on)[name][-1] == instrument("joint_meeting").levers[name].value
    assert lever_table(off)["joint_decision"][-1] == lever_table(on)["joint_decision"][-1] == 0.65


def test_a_file_tells_it_with_everything_else_at_once(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text("horizn = 28\n[levers]\nfive_x = true\nstaff = 1e9\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load(path)
    text = caught.value.render("en")
    assert "mine.toml:3: levers.five_x" in text
    assert "module_evaluation = true" in text
    assert "staff" in text
    assert "did you mean horizon?" in text


def test_a_scenario_may_be_built_in_any_order_and_an_experiment_asks():
    idle = BASE.with_instruments("career_track")
    with pytest.raises(InputError) as caught:
        Design((BASE, idle.renamed("mine", "甲", "mine")))
    assert caught.value.render("en").startswith("mine: instruments[0].name")
    Design((BASE, idle.with_modules("workforce").renamed("mine", "甲", "mine")))


@pytest.mark.parametrize("name", scenario_names())
def test_no_shipped_scenario_is_idle(name):
    assert keys(load(name)) == []


def test_a_module_that_does_not_exist_is_told():
    with pytest.raises(InputError) as caught:
        BASE.with_modules("dispute")
    assert "module_disputes" in caught.value.render("en")
