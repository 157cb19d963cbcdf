"""Levers and injects that are changed while a run is under way: the bits of a scenario that had them planned."""

from random import Random

import pytest

from labsim.foundations.errors import InputError
from labsim.model.mesa.model import CommunityModel
from labsim.model.simulate import simulate, start
from labsim.scenario.levers import LEVERS
from labsim.scenario.phases import Inject, InjectKind, Phase
from labsim.scenario.scenario import Scenario
from tests.model.drawn import _SUMS, draw_injects, value_of

SEED = 5
SMALL = Scenario(horizon=84, burn_in=28).with_community(residents=90, blocks=4, items=120, panel=12)
MODULES = dict.fromkeys(
    ("module_disputes", "module_coordination", "module_workforce", "module_evaluation"), 1.0
)  # fmt: skip


def later(number: int) -> tuple[dict[str, float], int, int | None]:
    """Draw a day and values of many levers; always more posts, handlers and supervisors than before."""
    chance = Random(number)
    names = chance.sample(sorted(set(LEVERS) - _SUMS), 25)
    more = {"staff": chance.randint(13, 20), "handlers": chance.randint(4, 7), "supervisors": chance.randint(5, 60)}
    day = chance.randint(0, 60)
    return {name: value_of(chance, LEVERS[name]) for name in names} | more, day, chance.choice((None, day + 20))


def planned(base: Scenario, values: dict[str, float], day: int, stop: int | None) -> Scenario:
    return base.with_phases(*(Phase(lever=n, value=v, start=day, stop=stop) for n, v in values.items()))


@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize("modules", [{}, MODULES], ids=["core", "modules"])
def test_levers_set_under_way_are_the_planned_phase(number: int, modules: dict[str, float]):
    base = SMALL.with_community(**modules)
    values, day, stop = later(number)
    expected = simulate(planned(base, values, day, stop), SEED).digest()
    now = Random(number).randint(0, day)
    assert start(base, SEED).advance(now).set_levers(values, day, stop).advance().trajectory().digest() == expected
    assert simulate(base, SEED).digest() != expected


@pytest.mark.parametrize("modules", [{}, MODULES], ids=["core", "modules"])
def test_mesa_keeps_the_same_promise(modules: dict[str, float]):
    base = SMALL.with_community(**modules)
    values, day, stop = later(7)
    model = CommunityModel(base, SEED).run(day)
    model.set_levers(values, day, stop)
    run = start(base, SEED).advance(day).set_levers(values, day, stop).advance()
    assert model.run().trajectory().digest() == run.trajectory().digest()
    assert run.trajectory().digest() == simulate(planned(base, values, day, stop), SEED).digest()
    assert model.trajectory().scenario == run.trajectory().scenario != base.fingerprint()


def test_injects_added_under_way_are_the_planned_ones():
    injects = [one for one in draw_injects(Random(1), 84, 8) if one.day >= 30]
    assert len(injects) >= 3
    before = Inject(day=injects[0].day, kind=InjectKind.FUND_CHANGE, magnitude=500, target=0)
    base = SMALL.with_injects(before)
    expected = simulate(base.with_injects(*injects), SEED).digest()
    assert start(base, SEED).advance(30).add_injects(*injects).advance().trajectory().digest() == expected
    model = CommunityModel(base, SEED).run(30)
    model.add_injects(*injects)
    assert model.run().trajectory().digest() == expected
    assert simulate(base, SEED).digest() != expected


def test_other_runs_of_the_same_tables_are_left_alone():
    one, other = start(SMALL, SEED), start(SMALL, SEED)
    other.setup = other.setup._replace(levers=one.setup.levers)
    one.set_levers({"handlers": 9}, 0)
    assert other.advance().trajectory().digest() == simulate(SMALL, SEED).digest()


def test_what_cannot_be_changed_is_said_at_once():
    run = start(SMALL, SEED).advance(20)
    with pytest.raises(InputError) as caught:
        run.set_levers({"handler": 2, "staff": 900}, 10)
    said = caught.value.render("en")
    assert all(part in said for part in ("did you mean handlers", "cannot be 900", "day 20 to 83"))
    assert "允许" in caught.value.render("zh")
    with pytest.raises(InputError, match="care_share"):
        run.set_levers({"care_share": 0.6}, 30)
    with pytest.raises(InputError):
        run.set_levers({"handlers": 2}, 30, 30)
    with pytest.raises(InputError):
        run.add_injects(Inject(day=3, kind=InjectKind.STAFF_LEAVE, magnitude=1))
    assert run.advance().trajectory().digest() == simulate(SMALL, SEED).digest()
