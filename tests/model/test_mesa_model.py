"""The Mesa model as a learner meets it: one agent each, one day at a time, and no result that depends on activation."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labsim.foundations.errors import InputError
from labsim.model.columns import Account, Clock, make_setup
from labsim.model.day import ORDER
from labsim.model.mesa.agents import StaffAgent, TreasuryAgent
from labsim.model.mesa.base import DayRecord, Values, add_up
from labsim.model.mesa.calendar import EventQueue
from labsim.model.mesa.cases import CaseDesk, HandlerAgent
from labsim.model.mesa.items import CheckItem, DepartmentAgent
from labsim.model.mesa.model import CommunityModel
from labsim.model.mesa.people import ResidentAgent
from labsim.model.mesa.roles import AppRole, CouncilRole, SortingRole, SupervisorRole, VolunteerRole
from labsim.model.simulate import simulate, start_setup
from labsim.model.state import DAILY, Activity
from labsim.model.trajectory import ConservationError
from labsim.population.contacts import Contacts
from labsim.population.rearrange import relabel, with_newcomer
from labsim.population.residents import Population
from labsim.population.synthesis import synthesise
from labsim.scenario.levers import LEVERS
from labsim.scenario.scenario import Scenario, community_values, inject_table, lever_table, world_values
from tests.model import drawn

SMALL = Scenario(horizon=56, burn_in=14).with_community(residents=80, blocks=4, items=60, panel=10, departments=3)
LIVELY = drawn.draw_scenario(4)


def population_of(scenario: Scenario, seed: int = 1) -> Population:
    return synthesise(community_values(scenario), seed)


def digests(scenario: Scenario, population: Population | None = None) -> tuple[str, str]:
    model = CommunityModel(scenario, 1, population).run()
    return model.trajectory().digest(), simulate(scenario, 1, population=population).digest()


# -- who there is ------------------------------------------------------------------------------


def test_there_is_an_agent_for_everybody():
    scenario = SMALL.with_levers(supervisors=5, staff=7, handlers=2)
    population = population_of(scenario)
    people = population.residents
    model = CommunityModel(scenario, 1, population)
    offline_or_in_app = (people.registered == 1) | (people.digital == 0)
    many = {kind: len(agents) for kind, agents in model.agents_by_type.items()}
    assert many == {
        ResidentAgent: 80, SortingRole: 80, VolunteerRole: 80, AppRole: int(offline_or_in_app.sum()),
        CouncilRole: 10, SupervisorRole: 5, CheckItem: 60, DepartmentAgent: 3, StaffAgent: 7, HandlerAgent: 2,
        CaseDesk: 1, TreasuryAgent: 1,
    }  # fmt: skip
    assert len(model.agents) == sum(many.values())


def test_agents_are_the_population():
    population = population_of(SMALL)
    model = CommunityModel(SMALL, 1, population)
    assert [who.id for who in model.people] == population.residents.id.tolist()
    assert [who.taste for who in model.people] == population.residents.taste.tolist()
    start, other = population.contacts.start, population.contacts.other
    assert [c.row for c in model.people[5].contacts] == other[start[5] : start[6]].tolist()
    assert sorted(who.row for block in model.blocks for who in block) == list(range(80))


# -- activation --------------------------------------------------------------------------------


def test_the_order_of_activation_changes_nothing():
    runs = [CommunityModel(LIVELY, 1, activation=order).run() for order in range(3)]
    assert len({run.trajectory().digest() for run in runs}) == 1


def test_the_order_of_activation_does_differ():
    """Otherwise the test above would compare a thing with itself."""
    orders: list[tuple[int, ...]] = []

    class Watched(CommunityModel):
        def decide(self) -> None:
            asked: list[int] = []
            self.residents.shuffle_do(lambda who: asked.append(who.id))
            orders.append(tuple(asked))
            super().decide()

    for order in range(2):
        Watched(SMALL, 1, activation=order).run(1)
    assert orders[0] != orders[15]  # the first day of either run
    assert sorted(orders[0]) == sorted(orders[15])


def test_the_day_follows_the_one_list():
    called: list[str] = []

    class Watched(CommunityModel):
        def __getattribute__(self, name: str) -> object:
            if name in kernels and not object.__getattribute__(self, "__dict__").get("busy", False):
                called.append(name)
            return super().__getattribute__(name)

    kernels = {step.kernel for step in ORDER}
    model = Watched(SMALL, 1)
    called.clear()
    model.step()
    assert called == [step.kernel for step in ORDER]


def test_a_learner_can_replace_a_step():
    class NobodyDecides(CommunityModel):
        def decide(self) -> None:
            """Nobody decides anything."""

    usual, other = CommunityModel(SMALL, 1).run().trajectory(), NobodyDecides(SMALL, 1).run().trajectory()
    assert usual.daily["act_sort"].sum() > 0
    assert other.daily["act_sort"].sum() == 0
    assert (other.daily["onsets"] == usual.daily["onsets"]).mean() > 0.9


# -- equality with the compiled engine where drawn scenarios do not go ---------------------------


def test_a_complete_network():
    population = population_of(LIVELY)
    everybody = Contacts(np.zeros_like(population.contacts.start), np.zeros(0, np.int32), True)
    mesa, compiled = digests(LIVELY, replace(population, contacts=everybody))
    assert mesa == compiled != simulate(LIVELY, 1, population=population).digest()


def test_rows_in_another_order():
    """Ids are not rows: a reporter is found by id, and luck is addressed by id."""
    population = population_of(LIVELY)
    order = np.argsort(population.residents.taste)
    mesa, compiled = digests(LIVELY, relabel(population, order))
    assert mesa == compiled


def test_a_newcomer_in_a_block_of_their_own():
    mesa, compiled = digests(LIVELY, with_newcomer(population_of(LIVELY), 1))
    assert mesa == compiled


def test_a_block_in_which_nobody_lives():
    population = population_of(LIVELY)
    blocks = len(population.blocks.start) - 1
    items = population.items._replace(block=np.full_like(population.items.block, blocks))
    start = np.append(population.blocks.start, population.blocks.start[-1])
    empty = replace(population, items=items, blocks=population.blocks._replace(start=start))
    mesa, compiled = digests(LIVELY, empty)
    assert mesa == compiled
    assert CommunityModel(LIVELY, 1, empty).run().trajectory().daily["reports"].sum() == 0


@pytest.mark.parametrize("community", [{"items": 0}, {"contacts": 0}, {"blocks": 1}, {"panel": 0}, {"departments": 1}])
def test_a_community_that_lacks_something(community: dict[str, float]):
    mesa, compiled = digests(SMALL.with_community(**community).with_levers(supervisors=5))
    assert mesa == compiled


@pytest.mark.parametrize("days", [0, 13, 14, 15, 43])
def test_a_run_that_stops_early(days: int):
    """What has been recorded so far is the same too, from before the first day on."""
    scenario = LIVELY
    setup = make_setup(
        population_of(scenario), world_values(scenario), lever_table(scenario), inject_table(scenario), 1,
        scenario.burn_in,
    )  # fmt: skip
    run = start_setup(setup, int(community_values(scenario)["departments"])).advance(days)
    mesa = CommunityModel(scenario, 1).run(days).trajectory()
    assert mesa.digest() == run.trajectory().digest()
    assert mesa.horizon == days


# -- what a learner sees -------------------------------------------------------------------------


def test_the_data_collector_holds_every_column_of_every_day():
    model = CommunityModel(SMALL, 1, watch=("efficacy", "points")).run()
    table = model.datacollector.get_model_vars_dataframe()
    daily = model.trajectory().daily
    assert list(table.columns) == list(DAILY.names or ())
    for name in table.columns:
        assert table[name].to_numpy().astype(daily[name].dtype).tolist() == daily[name].tolist()
    people = model.datacollector.get_agenttype_vars_dataframe(ResidentAgent)
    assert list(people.columns) == ["id", "efficacy", "points"]
    assert len(people) == 80 * 70
    assert people["efficacy"].xs(70, level="Step").tolist() == model.trajectory().residents["efficacy"].tolist()


def test_a_step_is_a_day_and_the_run_ends():
    model = CommunityModel(SMALL, 1)
    assert (model.day, model.steps, model.running) == (-14, 0, True)
    model.step()
    assert (model.day, model.steps) == (-13, 1)
    model.run()
    assert (model.day, model.steps, model.running) == (56, 70, False)
    with pytest.raises(InputError) as error:
        model.step()
    assert "over" in error.value.render("en")
    assert "结束" in error.value.render("zh")


def test_two_models_do_not_share_anything():
    one, other = CommunityModel(SMALL, 1), CommunityModel(LIVELY, 2)
    for _ in range(40):
        one.step()
        other.step()
    assert one.trajectory().digest() == CommunityModel(SMALL, 1).run(26).trajectory().digest()


def lose_money(model: CommunityModel) -> None:
    model.treasury.accounts[Account.GOVERNMENT] -= 5


def spend_unseen(model: CommunityModel) -> None:
    model.treasury.transfer(Account.REPAIR_FUND, Account.SUPPLIERS, 5)


def find_points(model: CommunityModel) -> None:
    model.people[0].points += 5


def forget_a_closure(model: CommunityModel) -> None:
    model.desk.closed += 5


def make_a_post(model: CommunityModel) -> None:
    StaffAgent(model, 99).exists = True
    model.staff.append(next(iter(model.agents_by_type[StaffAgent].select(lambda post: post.number == 99))))


def believe_too_much(model: CommunityModel) -> None:
    model.people[0].credibility = 1.5


def overdraw(model: CommunityModel) -> None:
    model.treasury.fund_repairs(-model.treasury.balance(Account.REPAIR_FUND) - 5)


def empty_the_pot_unseen(model: CommunityModel) -> None:
    model.treasury.transfer(Account.GOVERNMENT, Account.POINTS_POT, 5)


def leave_in_escrow(model: CommunityModel) -> None:
    model.treasury.transfer(Account.RESIDENTS, Account.ESCROW, 5)


@pytest.mark.parametrize(
    ("damage", "law", "amount"),
    [
        (lose_money, "money over all accounts", -5),
        (spend_unseen, "repair fund against its flows", 5),
        (find_points, "points issued", -5),
        (forget_a_closure, "cases opened", -5),
        (make_a_post, "posts", 1),
        (believe_too_much, "outside 0..1", 1),
        (overdraw, "money overdrawn", -5),
        (empty_the_pot_unseen, "points pot", -5),
        (leave_in_escrow, "escrow", 5),
    ],
)
def test_a_broken_law_is_named(damage, law: str, amount: int):
    class Damaged(CommunityModel):
        def record(self) -> None:
            if self.day == 3 and damage is not overdraw:
                damage(self)
            super().record()

        def start_service(self) -> None:
            super().start_service()
            if self.day == 3 and damage is overdraw:
                damage(self)

    with pytest.raises(ConservationError, match=law) as error:
        Damaged(SMALL.with_levers(handlers=1), 1).run()
    assert (error.value.day, error.value.amount) == (3, amount)


# -- small tables --------------------------------------------------------------------------------


def test_a_misspelt_name_is_an_error():
    with pytest.raises(AttributeError, match="opend"):
        DayRecord(1).opend += 1
    with pytest.raises(AttributeError, match="opend"):
        DayRecord(1).opend = 1
    with pytest.raises(AttributeError, match="stuff"):
        Values({"staff": 1.0}).stuff  # noqa: B018 - reading it is the test
    assert DayRecord(1).row() == (1, *[0] * (len(DAILY.names or ()) - 1))


def test_floats_are_added_one_after_the_other():
    """From Python 3.12 on, sum() gives 1.0 here: better, and other bits than a loop."""
    assert add_up([0.1] * 10) == 0.1 + 0.1 + 0.1 + 0.1 + 0.1 + 0.1 + 0.1 + 0.1 + 0.1 + 0.1 != 1.0


TIMES = st.sampled_from([0.0, 0.5, 0.5, 1.0, 2.5, math.inf])


@given(st.lists(st.tuples(st.sampled_from(Clock), st.integers(0, 3), TIMES, st.integers(0, 2)), max_size=60))
def test_the_event_queue_gives_the_earliest_and_smallest(entries: list[tuple[Clock, int, float, int]]):
    """Against a plain dictionary that is searched through."""
    queue, known = EventQueue(), {}
    for kind, who, time, pops in entries:
        queue.set(kind, who, time)
        known[kind, who] = time
        known = {clock: when for clock, when in known.items() if when < math.inf}
        assert len(queue) == len(known)
        assert queue.time_of(kind, who) == time
        for _ in range(min(pops, len(known))):
            first = min((when, *clock) for clock, when in known.items())
            assert queue.next_time() == first[0]
            assert queue.pop() == first
            del known[first[1:]]
    for clock in list(known):
        queue.stop(*clock)
    assert queue.next_time() == math.inf
    with pytest.raises(IndexError):
        queue.pop()


def test_levers_are_read_on_their_day():
    scenario = SMALL.with_levers(handlers=3)
    model = CommunityModel(scenario, 1)
    assert {name: getattr(model.policy, name) for name in LEVERS} == {**LEVERS.defaults(), "handlers": 3.0}


def test_roles_are_where_residents_look_for_them():
    model = CommunityModel(SMALL.with_levers(supervisors=5), 1)
    for who in model.people:
        assert all(role.resident is who and role.activity is activity for activity, role in who.roles.items())
        assert (Activity.PATROL in who.roles) is (who.supervisor_rank < 5)
