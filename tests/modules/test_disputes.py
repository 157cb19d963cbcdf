"""Module *disputes*: closed forms, laws, directions, three engines, and the core untouched when it is off."""

import math

import numpy as np
import pytest

from labsim.behaviour import disputes as rules
from labsim.model.modules.disputes_state import DisputeStage
from labsim.model.simulate import simulate, simulate_many, start
from labsim.model.trajectory import ConservationError, Trajectory
from labsim.results.indicators import measure
from labsim.scenario.modules.disputes import LEVERS_DISPUTES
from labsim.scenario.modules.register import MODULE_OF_LEVER
from labsim.scenario.scenario import Scenario
from tests.modules import disputes_drawn as drawn
from tests.modules.engines import idle, same_bits

ON = Scenario().with_community(module_disputes=1)
# Households of one, nothing breaks, nobody talks, fees at their base: one mechanism at a time.
BARE = (
    Scenario(horizon=728, burn_in=182)
    .with_community(module_disputes=1, residents=1500, household_size=1, items=0, contacts=0)
    .with_world(
        neighbour_dispute_rate=0, property_dispute_rate=0, dispute_intake_days=0, round_gap_days=0,
        dispute_patience=365, tension_weight=0, information_weight=0, acceptance_weight=0, firm_repair_share=0,
    )
    .with_levers(one_stop=1, mediators=30)
)  # fmt: skip


def of_module(one: Trajectory) -> np.ndarray:
    """Return the module's records from day 0 on."""
    return one.modules["disputes"][one.burn_in :]


def logit(p: float) -> float:
    return math.log(p / (1 - p))


# -- (D1) arrivals ---------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["neighbour", "property"])
def test_disputes_arise_as_a_poisson_process(kind: str):
    """A household has at most one open dispute of a class, so open ones are made short."""
    trust = 0.25
    world = {f"{kind}_dispute_rate": 0.5, "settle_neighbour": 4, "settle_property": 4, "mediation_days": 0.05}
    # No promise is kept or broken before the end of the first period, so trust stays what it was.
    scenario = BARE.changed(horizon=28, burn_in=1800).with_world(**world, firm_trust_start=trust, dispute_rounds=1)
    one = simulate(scenario, 1)
    days = one.burn_in + 27
    opened = int(one.modules["disputes"][f"opened_{kind}"][:days].sum())
    rate = 0.5 * (1.0 if kind == "neighbour" else 1.0 - trust)
    expected = 1500 * days * (1 - math.exp(-rate / 364))
    assert abs(opened - expected) < 4 * math.sqrt(expected)


def test_facility_problems_and_distrust_raise_the_rate_of_property_disputes():
    assert rules.property_rate(0.1, 0.5, 2.0, 0.4) == pytest.approx(0.1 * 2.0 * 0.6)
    assert rules.property_rate(0.1, 0.5, 0.0, 1.0) == 0.0


# -- (D2) hypoexponential time from opening to end ---------------------------------------------


@pytest.mark.parametrize("referrals", [0, 2, 4])
def test_time_to_the_end_is_a_sum_of_exponentials(referrals: int):
    """Intake, referrals and one round are exponential, so the mean and its error are known."""
    intake, each, work = 1.5, 4.0, 0.5
    scenario = BARE.with_levers(one_stop=0).with_world(
        neighbour_dispute_rate=1, dispute_rounds=1, dispute_intake_days=intake, dispute_referrals=referrals,
        referral_days=each, mediation_days=work,
    )  # fmt: skip
    days = of_module(simulate(scenario, 2))
    ended = days["settled_neighbour"].sum() + days["escalated_neighbour"].sum()
    spread = math.sqrt((intake**2 + referrals * each**2 + work**2) / ended)
    assert abs(days["days_ended"].sum() / ended - (intake + referrals * each + work)) < 4 * spread


def test_the_desk_takes_the_referrals_away_and_nothing_else():
    with_desk, without = (
        of_module(simulate(BARE.with_levers(one_stop=share).with_world(neighbour_dispute_rate=1), 2))
        for share in (1, 0)
    )
    assert with_desk["referrals"].sum() == 0
    opened = without["opened_neighbour"].sum()
    assert abs(without["referrals"].sum() - 2 * opened) <= 2 * without["open"][-1] + 60
    # The same luck: the same households fall out with each other on the same days, but for those still busy.
    assert abs(int(with_desk["opened_neighbour"].sum()) - int(opened)) <= 0.05 * opened


# -- (D3) queue for mediators: M/M/c -----------------------------------------------------------


def erlang_c(servers: int, offered: float) -> float:
    """Return the chance to wait in M/M/c."""
    terms = [offered**k / math.factorial(k) for k in range(servers)]
    last = offered**servers / math.factorial(servers) * servers / (servers - offered)
    return last / (sum(terms) + last)


def test_the_queue_for_mediators_is_erlangs():
    rate, work, servers = 0.66, 0.5, 2
    scenario = BARE.with_levers(mediators=servers).with_world(
        neighbour_dispute_rate=rate, dispute_rounds=1, mediation_days=work
    )
    runs = [of_module(one) for one in simulate_many(scenario, range(8))]
    offered = 1500 * (1 - math.exp(-rate / 364)) * work
    waiting = erlang_c(servers, offered) * offered / (servers - offered)
    found = np.array([one["waiting"].mean() for one in runs])
    assert abs(found.mean() - waiting) < 4 * found.std(ddof=1) / math.sqrt(len(runs))
    busy = np.array([one["mediator_days"].sum() / len(one) for one in runs])
    assert abs(busy.mean() - offered) < 4 * busy.std(ddof=1) / math.sqrt(len(runs))


def test_elders_get_their_share_of_disputes():
    assert rules.elders_chance(3, 1, 1.0) == 0.75
    assert rules.elders_chance(5, 1, 0.4) == pytest.approx(2 / 3)
    assert rules.elders_chance(0, 2, 0.4) == rules.elders_chance(0, 0, 0.4) == 0.0
    scenario = BARE.with_levers(mediators=6, elders_panel=30).with_world(neighbour_dispute_rate=1, elder_presence=0.6)
    days = of_module(simulate(scenario, 3))
    ended = days["settled_neighbour"].sum() + days["escalated_neighbour"].sum()
    assert abs(days["elders_ended"].sum() - 0.75 * ended) < 4 * math.sqrt(ended * 0.75 * 0.25)


# -- (D4) success within n rounds --------------------------------------------------------------


@pytest.mark.parametrize("rounds", [1, 3])
@pytest.mark.parametrize(("kind", "elders"), [("neighbour", False), ("property", True)])
def test_success_after_n_rounds(rounds: int, kind: str, elders: bool):
    chance, skill = 0.35, 0.8 if elders else 0.0
    scenario = BARE.with_levers(mediators=0 if elders else 30, elders_panel=30 if elders else 0).with_world(
        **{f"{kind}_dispute_rate": 1, f"settle_{kind}": logit(chance)}, dispute_rounds=rounds, elder_skill=0.8,
        firm_trust_start=0, promise_base=0,
    )  # fmt: skip
    days = of_module(simulate(scenario, 4))
    settled, escalated = (int(days[f"{end}_{kind}"].sum()) for end in ("settled", "escalated"))
    one_round = 1 / (1 + math.exp(-logit(chance) - skill))
    expected = 1 - (1 - one_round) ** rounds
    ended = settled + escalated
    assert abs(settled / ended - expected) < 4 * math.sqrt(expected * (1 - expected) / ended)
    per_dispute = (1 - (1 - one_round) ** rounds) / one_round  # mean of a truncated geometric number
    assert abs(days["rounds"].sum() / ended - per_dispute) < 4 * rounds / math.sqrt(ended)


def test_parties_who_lose_patience_petition_on_that_day():
    """Nobody mediates: every dispute lasts exactly as long as patience."""
    days = of_module(
        simulate(BARE.with_levers(mediators=0).with_world(neighbour_dispute_rate=1, dispute_patience=30), 5)
    )
    ended = days["escalated_neighbour"].sum()
    assert ended > 100
    assert days["settled_neighbour"].sum() == 0
    assert days["days_ended"].sum() / ended == pytest.approx(30.0, abs=1e-9)


def test_how_a_dispute_ends_moves_the_efficacy_of_its_parties():
    short = BARE.changed(horizon=56).with_world(settle_neighbour=4)
    calm = simulate(short, 6)
    busy = short.with_world(neighbour_dispute_rate=2)
    settled, patient = simulate(busy, 6), simulate(busy.with_levers(mediators=0), 6)
    impatient = simulate(busy.with_levers(mediators=0).with_world(dispute_patience=7), 6)
    last = [one.daily["mean_efficacy"][-1] for one in (settled, calm, patient, impatient)]
    assert last[0] > last[1] == last[2] > last[3]


@pytest.mark.parametrize("kind", ["neighbour", "property"])
def test_a_table_of_everybody_adds_its_effect_to_both_classes(kind: str):
    chance, effect = 0.35, 0.8
    scenario = BARE.changed(horizon=364).with_levers(multi_party_table=1).with_world(
        **{f"{kind}_dispute_rate": 1, f"settle_{kind}": logit(chance)}, dispute_rounds=1, table_effect=effect,
        firm_trust_start=0, promise_base=0,
    )  # fmt: skip
    days = of_module(simulate(scenario, 4))
    settled, ended = days[f"settled_{kind}"].sum(), (days[f"settled_{kind}"] + days[f"escalated_{kind}"]).sum()
    expected = 1 / (1 + math.exp(-logit(chance) - effect))
    assert abs(settled / ended - expected) < 4 * math.sqrt(expected * (1 - expected) / ended)


def test_a_party_trusts_by_efficacy_or_by_rapport():
    assert rules.party_trust(0.4, 0.5) == pytest.approx(0.7)
    assert rules.party_trust(0.4, 0.0) == pytest.approx(0.4)
    assert rules.party_trust(0.1, 1.0) == 1.0
    assert rules.settle_probability(0.3, 0.0, 0.0, 0.0, 0.0, 0.0, 0.7) == pytest.approx(1 / (1 + math.exp(-1)))


@pytest.mark.parametrize("kind", ["neighbour", "property"])
def test_who_is_visited_every_week_settles_more_by_half_the_weight_of_trust(kind: str):
    """A visit makes up all rapport, so trust is 1 whatever the efficacy: the logit rises by weight / 2."""
    chance, weight = 0.35, 2.0
    scenario = BARE.changed(horizon=364).with_levers(trust_file=1, care_visits=52).with_world(
        **{f"{kind}_dispute_rate": 1, f"settle_{kind}": logit(chance)}, dispute_rounds=1, acceptance_weight=weight,
        rapport_rate=1, rapport_fade=0, firm_trust_start=0, promise_base=0, visit_hours_care=0,
    )  # fmt: skip
    days = of_module(simulate(scenario, 4))
    assert days["care_visits"].sum() == 52 * 1500
    assert days["rapport"][7:].min() > 0.95
    settled, ended = days[f"settled_{kind}"].sum(), (days[f"settled_{kind}"] + days[f"escalated_{kind}"]).sum()
    expected = 1 / (1 + math.exp(-logit(chance) - weight / 2))
    assert abs(settled / ended - expected) < 4 * math.sqrt(expected * (1 - expected) / ended)


@pytest.mark.parametrize("kind", ["neighbour", "property"])
def test_a_regular_visit_calms_the_disputes_of_those_it_knows(kind: str):
    """A weekly visit that calms wholly comes before the only round with chance (1 - e^-7/d) d/7, d days of intake.

    The tension of the others is uniform, so a round of propensity 0 settles half of theirs. A neighbour has a party
    on each side: the first of two visits comes after x days with density 2 (7 - x) / 49.
    """
    wait, weight = 10.0, 6.0
    scenario = BARE.changed(horizon=364).with_levers(trust_file=1, care_visits=52).with_world(
        **{f"{kind}_dispute_rate": 1, f"settle_{kind}": 0}, dispute_rounds=1, dispute_intake_days=wait,
        mediation_days=0.05, tension_weight=weight, visit_relief=1, rapport_rate=1, rapport_fade=0,
        firm_trust_start=0, promise_base=0, visit_hours_care=0,
    )  # fmt: skip
    week = 7 / wait
    visited = (1 - math.exp(-week)) / week if kind == "property" else 2 * (week - 1 + math.exp(-week)) / week**2
    calm = 1 / (1 + math.exp(-weight / 2))
    expected = 0.5 + visited * (calm - 0.5)
    days = of_module(simulate(scenario, 4))
    settled, ended = days[f"settled_{kind}"].sum(), (days[f"settled_{kind}"] + days[f"escalated_{kind}"]).sum()
    assert abs(settled / ended - expected) < 4 * math.sqrt(expected * (1 - expected) / ended)
    stranger = of_module(simulate(scenario.with_world(visit_relief=0), 4))
    assert stranger[f"settled_{kind}"].sum() < settled


def test_an_elder_counts_by_the_time_given_in_the_load_of_mediators():
    assert rules.mediation_time(5, 2, 0.4) == pytest.approx(4.0)
    scenario = SMALL.with_community(module_disputes=1).with_levers(mediators=2, elders_panel=5)
    one = simulate(scenario.with_world(neighbour_dispute_rate=2, elder_presence=0.4), 2)
    days = of_module(one)
    assert (days["mediators"] == days["mediators"][0]).all()
    expected = days["mediator_days"].sum() / (4.0 * len(days))
    assert expected > 0
    assert measure(one, "mediator_load") == pytest.approx(expected)


def test_visits_cost_hours_and_fade():
    levers = {"trust_file": 0.5, "care_visits": 13}
    scenario = (
        SMALL.with_community(module_disputes=1)
        .with_levers(**levers)
        .with_world(neighbour_dispute_rate=0, property_dispute_rate=0, rapport_rate=1, rapport_fade=0.5)
    )
    one, off = simulate(scenario, 2), simulate(scenario.with_levers(trust_file=0), 2)
    days = of_module(one)
    homes = int(one.modules["disputes"]["fees_due"].max())
    on_file = days["care_visits"].sum() / (13 * 56 / 364)
    assert abs(on_file - 0.5 * homes) < 4 * math.sqrt(0.25 * homes)
    assert days["rapport"].max() <= on_file / homes + 1e-9
    assert one.daily["load"].mean() > off.daily["load"].mean()


# -- (D5) and (D6) -----------------------------------------------------------------------------


@pytest.mark.parametrize("capacity", [0, 1, 7.5, 28, 46, 500])
def test_a_period_holds_all_its_sessions(capacity: float):
    days = [rules.sessions_today(capacity, day) for day in range(28)]
    assert sum(days) == int(capacity)
    assert max(days) - min(days) <= 1


def test_a_talk_takes_a_share_of_tension_as_far_as_it_is_trusted():
    assert rules.relieved(0.8, 0.25, 1.0) == pytest.approx(0.6)
    assert rules.relieved(0.8, 0.25, 0.0) == 0.8


def test_sources_of_facts_miss_independently():
    assert rules.shared_facts(0.0, 0.5, 0.0, 0.0, 0.0) == 0.0
    assert rules.shared_facts(0.2, 0.5, 1.0, 0.4, 0.6) == pytest.approx(1 - 0.8 * 0.5 * 0.8 * 0.7)
    assert rules.shared_facts(1.0, 0.5, 0.0, 0.0, 0.0) == 1.0
    assert rules.patrolled_share(60, 30) == pytest.approx(1 - math.exp(-2))


def test_what_parties_know_comes_from_what_residents_and_departments_do():
    quiet = ON.changed(horizon=56, burn_in=0).with_community(residents=200, blocks=4, items=200, panel=20)
    levers = {"data_sharing": 0.5, "supervisors": 40, "online_meetings": 0.5}
    alone = {name: of_module(simulate(quiet.with_levers(**{name: value}), 1))["information"][-1]
             for name, value in levers.items()}  # fmt: skip
    together = of_module(simulate(quiet.with_levers(**levers), 1))["information"][-1]
    assert of_module(simulate(quiet, 1))["information"].max() == 0.0
    assert alone["data_sharing"] == pytest.approx(0.25)
    assert min(alone.values()) > 0.0
    assert together == pytest.approx(1 - math.prod(1 - one for one in alone.values()), rel=0.15)


# -- (D7) and (D8) trust and fees --------------------------------------------------------------


def test_trust_follows_the_promises_that_are_kept():
    """Nothing is broken, so trust heads for the share of promises kept, by the delta rule."""
    base, checked, rate = 0.4, 0.5, 0.2
    scenario = BARE.with_levers(property_alliance=checked).with_world(
        promise_base=base, firm_trust_start=0.1, firm_trust_rate=rate, firm_break_even=0.05, alpha_fee=2
    )
    days = of_module(simulate(scenario, 7))
    periods = 728 // 28
    kept = base + (1 - base) * checked
    left = (1 - rate) ** periods
    spread = math.sqrt(rate / (2 - rate) * kept * (1 - kept) / 1500)
    assert abs(days["firm_trust"][-1] - (0.1 * left + kept * (1 - left))) < 4 * spread
    assert abs(days["promises_kept"].sum() / (1500 * periods) - kept) < 4 * math.sqrt(
        kept * (1 - kept) / 1500 / periods
    )


def test_a_firm_below_break_even_keeps_fewer_promises():
    assert rules.promise_chance(0.5, 0.0, 0.25, 0.5) == 0.25
    assert rules.promise_chance(0.5, 1.0, 0.9, 0.5) == 1.0


def test_without_influence_fees_are_a_logit():
    alpha = 0.4
    scenario = BARE.with_world(alpha_fee=alpha, fee_trust_weight=0, fee_habit_weight=0, fee_influence=0)
    days = of_module(simulate(scenario, 8))
    due, paid = int(days["fees_due"].sum()), int(days["fees_paid"].sum())
    share = 1 / (1 + math.exp(-alpha))
    assert due == 1500 * 26
    assert abs(paid / due - share) < 4 * math.sqrt(share * (1 - share) / due)


def test_neighbours_are_the_other_households_of_the_block():
    assert rules.neighbours_share(3, 5, 1, 0.9) == 0.5
    assert rules.neighbours_share(3, 5, 0, 0.9) == 0.75
    assert rules.neighbours_share(1, 1, 1, 0.9) == 0.9


def test_fees_are_money_that_moves():
    scenario = ON.changed(horizon=112).with_world(fee_amount=33.33, firm_repair_share=0.1)
    one = simulate(scenario, 9)
    days = of_module(one)
    assert days["fees"].sum() == 3333 * int(days["fees_paid"].sum())
    due = days[days["fees_due"] > 0]
    assert (due["fees_for_repairs"] == due["fees"] // 10).all()
    off = simulate(scenario.with_community(module_disputes=0), 9)
    assert one.daily["repair_in"].sum() - off.daily["repair_in"].sum() == days["fees_for_repairs"].sum()


# -- the core without it -----------------------------------------------------------------------


SMALL = Scenario(horizon=56, burn_in=28).with_community(residents=150, blocks=5, items=150, panel=20)


def test_switched_off_no_lever_and_no_parameter_of_it_does_anything():
    moved = SMALL.with_levers(**{q.name: q.high for q in LEVERS_DISPUTES}).with_world(
        firm_repair_share=1, fee_amount=999
    )
    assert simulate(moved, 1).digest() == simulate(SMALL, 1).digest()
    assert not simulate(SMALL, 1).modules


def test_switched_on_with_nothing_to_do_it_leaves_the_core_alone():
    """No disputes and no money for repairs: the core's records are the same to the bit."""
    idle = SMALL.with_world(neighbour_dispute_rate=0, property_dispute_rate=0, firm_repair_share=0)
    off, on = simulate(idle, 1), simulate(idle.with_community(module_disputes=1), 1)
    for table in ("daily", "groups", "cases", "residents"):
        assert getattr(on, table).tobytes() == getattr(off, table).tobytes()
    assert on.modules["disputes"]["fees_paid"].sum() > 0


def test_its_levers_are_registered():
    assert {q.name for q in LEVERS_DISPUTES} == {
        name for name, module in MODULE_OF_LEVER.items() if module == "disputes"
    }


def test_its_indicators_are_not_measurable_when_it_is_off():
    one = simulate(SMALL, 1)
    assert all(math.isnan(measure(one, name)) for name in ("fee_collection", "disputes_year", "mediation_success"))


# -- laws --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spoil", "law"),
    [
        (lambda state: state.book["opened"].__iadd__(1), "disputes opened"),
        (lambda state: state.book["busy_elders"].__iadd__(1), "mediators at work"),
        (lambda state: state.homes["trust"].__imul__(9), "trust in the firm"),
    ],
)
def test_books_that_do_not_balance_stop_the_run(spoil, law: str):
    run = start(SMALL.with_community(module_disputes=1), 1).advance(20)
    spoil(run.state.modules.disputes)
    with pytest.raises(ConservationError, match=f"day 20: {law}"):
        run.advance()


def test_every_dispute_is_settled_escalated_or_open():
    busy = ON.changed(horizon=112).with_world(neighbour_dispute_rate=2, property_dispute_rate=2)
    run = start(busy, 3).advance()
    module = run.state.modules.disputes
    days = module.daily
    ended = sum(
        int(days[f"{end}_{kind}"].sum()) for end in ("settled", "escalated") for kind in ("neighbour", "property")
    )
    opened = int(days["opened_neighbour"].sum() + days["opened_property"].sum())
    still_open = int((module.disputes["stage"] != DisputeStage.NONE).sum())
    assert opened == ended + still_open
    assert still_open > 10


# -- three engines -----------------------------------------------------------------------------


def test_three_engines_give_the_same_bits():
    assert idle(same_bits(drawn), "disputes") == []
