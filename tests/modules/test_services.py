"""Module *services*: closed forms, laws, directions, three engines, and the core untouched when it is off."""

import math
from pathlib import Path

import numpy as np
import pytest

from labsim.behaviour import services as rules
from labsim.model.mesa.model import CommunityModel
from labsim.model.modules.services_state import Service, Tally
from labsim.model.simulate import simulate, simulate_many, start
from labsim.model.trajectory import ConservationError, Trajectory
from labsim.results.catalogue_services import SERVICES
from labsim.results.indicators import measure
from labsim.scenario.files import load
from labsim.scenario.instruments import instrument
from labsim.scenario.modules.register import MODULE_OF_LEVER
from labsim.scenario.modules.services import LEVERS_SERVICES
from labsim.scenario.scenario import AppliedInstrument, Scenario
from tests.modules import services_drawn as drawn
from tests.modules.engines import idle, same_bits

ON = Scenario().with_community(module_services=1)
# Nobody differs and nobody learns: chances are those of the base utility. Money is no object.
BARE = (
    Scenario(horizon=364, burn_in=0)
    .with_community(module_services=1, items=0, panel=0)
    .with_levers(service_budget=5e6, inspection_frequency=0)
    .with_world(need_weight=0, service_taste=0, expectation_weight=0, gym_cost=0.5, meal_cost=0.5, price_sensitivity=0)
)
SMALL = Scenario(horizon=56, burn_in=28).with_community(residents=150, blocks=5, items=150, panel=20)


def of_module(one: Trajectory) -> np.ndarray:
    """Return the module's records from day 0 on."""
    return one.modules["services"][one.burn_in :]


def logistic(x: float) -> float:
    """Return 1 / (1 + e^-x)."""
    return 1 / (1 + math.exp(-x))


def close(found: float, share: float, draws: float) -> bool:
    """Return whether a share is within four standard errors."""
    return bool(abs(found - share) < 4 * math.sqrt(share * (1 - share) / draws))


# -- (S1) who asks -------------------------------------------------------------------------------


def test_asking_is_a_logit_of_the_base_utility():
    days = of_module(simulate(BARE.with_world(bias_gym=-1.5), 1))
    draws = 1500 * 52
    assert close(days["asked_gym"].sum() / draws, logistic(-1.5), draws)
    assert (days["asked_gym"] == days["served_gym"]).all()


@pytest.mark.parametrize("sessions", [2.0, 5.0])
def test_a_choice_among_n_sessions_multiplies_the_odds_by_n(sessions: float):
    scenario = BARE.with_levers(culture_share=0, care_share=0, art_sessions=sessions).with_world(
        bias_culture=-2.0, session_seats=500
    )
    days = of_module(simulate(scenario, 2))
    draws = 1500 * 52
    odds = sessions * math.exp(-2.0)
    assert close(days["asked_culture"].sum() / draws, odds / (1 + odds), draws)
    assert days["art_visits"].sum() == days["served_culture"].sum() > 0


def test_who_holds_a_place_goes_on_with_inertia():
    """A two-state chain: asked with p without a place and q with one, so p / (1 - q + p) hold one."""
    scenario = BARE.with_world(bias_canteen=-3, place_inertia=4.5).with_levers(care_share=1, culture_share=0)
    days = of_module(simulate(scenario.changed(horizon=728), 3))[364:]
    p, q = logistic(-3), logistic(1.5)
    share, older = p / (1 - q + p), 450
    spread = math.sqrt(share * (1 - share) / (older * 52) * (1 + q - p) / (1 - q + p))
    assert abs(days["served_canteen"].sum() / (older * 52) - share) < 5 * spread


def test_government_items_come_up_at_their_rate_and_go_where_they_can():
    scenario = BARE.with_levers(proxy_items=0.5, proxy_hours=200).with_world(item_rate=10, item_hours=0.02)
    days = of_module(simulate(scenario, 4))
    draws = 1500 * 52
    assert close(days["asked_item"].sum() / draws, 0.5 * (1 - math.exp(-10 / 52)), draws)


def test_a_price_counts_as_its_logarithm():
    assert rules.price_utility(2.0, 30.0, 10.0) == pytest.approx(-2 * math.log(4))


# -- (S2) channels -------------------------------------------------------------------------------


def test_without_phone_and_desk_those_without_access_are_not_heard():
    scenario = BARE.with_community(digital_older=0, digital_young=1, digital_middle=1).with_world(bias_gym=0)
    gone = of_module(simulate(scenario.with_levers(online_booking=1), 5))
    kept = of_module(simulate(scenario.with_levers(online_booking=1, offline_channel=1), 5))
    assert gone["served_older"].sum() == 0
    assert gone["unheard"].sum() == gone["unheard_older"].sum() > 1000
    assert kept["unheard"].sum() == 0
    assert kept["served_older"].sum() > 1000
    assert kept["online"].sum() == gone["online"].sum()  # those with access do the same


def test_a_channel_is_lost_for_the_share_of_services_that_went_online():
    luck = np.linspace(0.0005, 0.9995, 1000)
    heard = [rules.finds_channel(one, 0.6, 0.25, False) for one in luck]
    assert np.mean(heard) == pytest.approx(1 - 0.6 * 0.75)
    assert all(rules.finds_channel(one, 1.0, 0.0, True) for one in luck)


# -- (S3) places ---------------------------------------------------------------------------------


def test_money_buys_places_and_no_more_are_given():
    """78,000 a year, half of it for care, all of that for the canteen: 39,000 / 52 / 15 = 50 places."""
    scenario = BARE.with_levers(service_budget=78000, care_share=0.5, culture_share=0.4, canteen_share=1).with_world(
        bias_canteen=3, meal_cost=3
    )
    days = of_module(simulate(scenario, 6))
    week = np.convolve(days["served_canteen"], np.ones(7, int), "valid")
    assert (week == 50).all()
    assert days["asked_canteen"].sum() > 3 * days["served_canteen"].sum()
    assert measure(simulate(scenario, 6), "canteen_meals_day", (0, 364)) == pytest.approx(50)


def test_who_has_a_place_keeps_it():
    """All want a place every week, so those served on a weekday's first turn are served ever after."""
    scenario = BARE.with_levers(service_budget=78000, care_share=0.5, culture_share=0.4, canteen_share=1).with_world(
        bias_canteen=6, meal_cost=3, place_inertia=10
    )
    run = start(scenario, 7)
    before = after = np.zeros(0, np.int64)
    for day in (35, 357):
        run.advance(day)
        last = run.state.modules.services.memory[len(Service) + Service.CANTEEN]
        before, after = after, np.flatnonzero(last >= day - 7)
    assert len(before) == len(after) == 50
    assert len(np.intersect1d(before, after)) > 40


def test_a_budget_that_follows_the_map_follows_bookings_and_refusals():
    scenario = ON.changed(horizon=112, burn_in=0).with_levers(demand_weight=1).with_world(bias_canteen=-1)
    run = start(scenario, 8).advance(57)
    tally = run.state.modules.services.tally
    costs = np.array([3 * 5, 1.5 * 2 * 5, 1150 / 60, 5])
    asked = tally[:4, Tally.MEASURED] * costs
    money = asked / asked.sum() * 0.75 * 150000
    sessions = money[2] / 52 / 1150
    expected = [int(money[0] / 52 / 15), int(money[1] / 52 / 15), int(sessions * 60), int(money[3] / 52 / 5)]
    assert tally[:4, Tally.PLACES].tolist() == expected
    days = run.state.modules.services.daily[28:56]
    assert tally[0, Tally.MEASURED] == days["asked_canteen"].sum() > days["served_canteen"].sum()


# -- (S4) quality and what is expected -----------------------------------------------------------


def test_satisfaction_with_meals_is_the_chance_that_money_makes_them_good():
    scenario = BARE.with_levers(meal_price=6, care_share=1, culture_share=0).with_world(
        bias_canteen=0, meal_scale=8, meal_cost=2
    )
    one = simulate(scenario, 9)
    meals = int(of_module(one)[182:]["served_canteen"].sum())
    assert meals > 5000
    chance = 1 - math.exp(-1)
    # What is expected is a weighted mean of the latest meals: as variable as so many independent draws.
    assert abs(measure(one, "elder_meal_satisfaction", (182, 364)) - chance) < 5 * math.sqrt(
        chance * (1 - chance) / meals
    )


def test_refusals_teach_people_not_to_ask():
    starved, fed = (
        of_module(simulate(ON.changed(horizon=364).with_levers(service_budget=b).with_world(bias_canteen=-1), 10))
        for b in (20000, 600000)
    )
    assert starved["asked_canteen"][:28].sum() == pytest.approx(fed["asked_canteen"][:28].sum(), rel=0.4)
    assert starved["asked_canteen"][-84:].sum() < 0.6 * fed["asked_canteen"][-84:].sum()


# -- (S5) rooms ----------------------------------------------------------------------------------


def test_bookings_fill_slots_as_balls_fill_boxes():
    scenario = BARE.with_world(bias_room=-3.2, room_seats=200, own_rooms=3, own_room_hours=20, slot_hours=2)
    days = of_module(simulate(scenario, 11))
    weeks = days.reshape(52, 7)
    visits, used = weeks["served_room"].sum(axis=1), weeks["used_slots"].sum(axis=1)
    n = 30
    assert (weeks["slots"].sum(axis=1) == n).all()
    expected = n * (1 - (1 - 1 / n) ** visits)
    both = (1 - 2 / n) ** visits
    one = (1 - 1 / n) ** visits
    variance = n * one + n * (n - 1) * both - n * n * one**2
    assert 20 < visits.mean() < 200
    assert abs(used.sum() - expected.sum()) < 4 * math.sqrt(variance.sum())


def test_sharing_units_hold_activities_at_their_rate():
    scenario = BARE.with_levers(shared_venues=10, venue_hours=20).with_world(joint_rate=8)
    held = [of_module(one)["joint_activities"].sum() for one in simulate_many(scenario, range(4))]
    draws = 4 * 52 * 10
    assert close(np.sum(held) / draws, 1 - math.exp(-8 / 52), draws)


def test_vouchers_pay_for_rooms():
    scenario = ON.changed(horizon=364).with_levers(venue_vouchers=10, room_price=10)
    for seed, other in ((1, scenario.with_levers(venue_vouchers=0)), (2, scenario.with_levers(venue_vouchers=0))):
        with_them, without = simulate(scenario, seed), simulate(other, seed)
        days = of_module(with_them)
        assert days["vouchers_issued"].sum() == 1000 * with_them.programme["act_volunteer"].sum()
        assert 0 < days["vouchers_spent"].sum() <= days["vouchers_issued"].sum()
        assert days["vouchers_held"][-1] == days["vouchers_issued"].sum() - days["vouchers_spent"].sum()
        assert days["served_room"].sum() > of_module(without)["served_room"].sum()


# -- (S6) and (S7) hours given, hours drawn ------------------------------------------------------


def test_hours_are_credited_for_acts_and_drawn_by_visits():
    scenario = ON.changed(horizon=364).with_levers(time_bank=1, team_share=0.4, time_bank_rate=1.5)
    one = simulate(scenario, 12)
    days = of_module(one)
    assert days["hours_credited"].sum() == 120 * one.programme["act_volunteer"].sum() > 0
    assert (days["hours_spent"] <= 100 * days["served_visit"]).all()
    assert days["hours_spent"].sum() > 0
    assert (days["hours_held"] == np.cumsum(days["hours_credited"] - days["hours_spent"])).all()


def test_a_bank_that_cannot_be_drawn_from_loses_trust_and_volunteers():
    base = ON.with_levers(time_bank=1, team_share=0.5).with_world(bias_visit=-1.5)
    kept = simulate_many(base.with_levers(errand_team=200), range(4))
    broken = simulate_many(base.with_world(visit_hours_each=6), range(4))
    for good, bad in zip(kept, broken, strict=True):
        assert measure(bad, "time_bank_trust") < measure(good, "time_bank_trust") - 0.1
    acts = [measure(g, "volunteer_acts_year") - measure(b, "volunteer_acts_year")
            for g, b in zip(kept, broken, strict=True)]  # fmt: skip
    assert np.mean(acts) > 3 * np.std(acts, ddof=1) / 2


def test_a_pool_holds_a_skill_as_draws_of_skills_do():
    assert rules.skill_found(8.0, 37.0) == pytest.approx(1 - (7 / 8) ** 37)
    assert rules.skill_found(1.0, 3.0) == 1.0
    assert rules.skill_found(1.0, 0.0) == 0.0
    assert rules.matched(0.5, 0.8, 0.0) == pytest.approx(0.4)
    assert rules.matched(0.0, 1.0, 1.0) == 1.0


def test_a_pool_meets_requests_that_neighbours_do_not():
    base = ON.changed(horizon=364).with_levers(team_share=1).with_world(bias_visit=-3)
    alone, pool = (simulate(base.with_levers(**more), 13) for more in ({}, {"talent_pool": 200, "team_matching": 1}))
    assert measure(alone, "visits_met", (0, 364)) < 0.8 < measure(pool, "visits_met", (28, 364))


# -- (S8) what the core makes of it --------------------------------------------------------------


def test_with_every_lever_at_its_default_the_core_hardly_moves():
    both = [simulate_many(one, range(4)) for one in (Scenario(), ON)]
    for name, most in (
        ("satisfaction_score", 1.0), ("satisfaction_share", 0.02), ("participation_offline_12m", 1e-12),
        ("volunteer_acts_year", 1e-9), ("staff_load", 1e-12),
    ):  # fmt: skip
        off, on = (np.mean([measure(one, name) for one in runs]) for runs in both)
        assert abs(on - off) <= most, (name, off, on)


def test_money_for_empty_places_serves_nobody():
    assert rules.use_ratio(30.0, 60.0, 0.5) == 1.0
    assert rules.use_ratio(90.0, 60.0, 0.5) == 2.0
    assert rules.use_ratio(0.0, 0.0, 0.5) == 0.0
    half = ON.with_world(bias_gym=-12, bias_culture=-12)
    pairs = [(measure(a, "satisfaction_score"), measure(b, "satisfaction_score"))
             for a, b in zip(simulate_many(half, range(3)), simulate_many(ON, range(3)), strict=True)]  # fmt: skip
    assert all(empty < used - 1 for empty, used in pairs), pairs


def test_items_are_work_of_the_staff():
    one, other = (simulate(ON.changed(horizon=84).with_levers(proxy_items=share), 14) for share in (1, 0))
    assert (one.daily["other_hours"][:183] == other.daily["other_hours"][:183]).all()
    gain = one.programme["other_hours"][56:] - other.programme["other_hours"][56:]
    hours = of_module(one)["item_hours"][56:]
    assert hours.min() > 0.5
    assert abs(gain.mean() - hours.mean()) < 0.1 * hours.mean() + 0.5


# -- the core without it, laws, engines ----------------------------------------------------------


def test_switched_off_no_lever_and_no_parameter_of_it_does_anything():
    moved = SMALL.with_levers(**{q.name: q.high for q in LEVERS_SERVICES}).with_world(bias_gym=3, hour_value=99)
    assert simulate(moved, 1).digest() == simulate(SMALL, 1).digest()
    assert not simulate(SMALL, 1).modules


def test_without_money_and_worth_of_volunteers_the_core_is_the_same_to_the_bit():
    idle = SMALL.with_levers(service_budget=0).with_world(volunteer_value=0)
    off, on = simulate(idle, 1), simulate(idle.with_community(module_services=1), 1)
    for table in ("daily", "groups", "cases", "residents"):
        assert getattr(on, table).tobytes() == getattr(off, table).tobytes()
    assert of_module(on)["served_room"].sum() > 0


def test_its_levers_are_registered_and_its_indicators_need_it():
    assert {q.name for q in LEVERS_SERVICES} == {n for n, module in MODULE_OF_LEVER.items() if module == "services"}
    one = simulate(SMALL, 1)
    assert all(math.isnan(measure(one, indicator.name)) for indicator in SERVICES)


@pytest.mark.parametrize(
    ("spoil", "law"),
    [
        (lambda state: state.patrons["hours"].__iadd__(1), "hours credited"),
        (lambda state: state.book["vouchers_issued"].__iadd__(1), "vouchers issued"),
        (lambda state: state.memory[:8].__iadd__(9), "places given"),
    ],
)
def test_books_that_do_not_balance_stop_the_run(spoil, law: str):
    run = start(SMALL.with_community(module_services=1), 1).advance(20)
    spoil(run.state.modules.services)
    with pytest.raises(ConservationError, match=f"day 20: {law}"):
        run.advance()


def test_three_engines_give_the_same_bits():
    assert idle(same_bits(drawn), "services") == []


def test_beside_other_modules_the_engines_agree():
    scenario = drawn.draw(2, module_disputes=1, module_coordination=1, module_workforce=1, module_evaluation=1)
    assert CommunityModel(scenario, 3).run().trajectory().digest() == simulate(scenario, 3).digest()


# -- what instruments and stories claim ----------------------------------------------------------

SEEDS = range(6)
NAMES = (
    "venue_sharing", "time_bank", "volunteer_teams_talent_pool", "community_app", "demand_map_targeting",
    "activity_fund_allocation", "venue_vouchers",
)  # fmt: skip
START = 182


@pytest.fixture(scope="module")
def before() -> list[Trajectory]:
    return simulate_many(ON, SEEDS)


@pytest.mark.parametrize("name", NAMES)
def test_an_instrument_does_what_is_claimed_and_nothing_before_it_starts(before: list[Trajectory], name: str):
    after = simulate_many(ON.with_instruments(AppliedInstrument(name=name, start=START)), SEEDS)
    for claim in instrument(name).claims:
        pairs = [(measure(a, claim.indicator, (364, 728)), measure(b, claim.indicator, (364, 728)))
                 for a, b in zip(after, before, strict=True)]  # fmt: skip
        if all(math.isnan(b) for _, b in pairs):
            pairs = [(a, 0.0) for a, _ in pairs]  # nobody could ask before
        gain = np.array([a - b for a, b in pairs]) * (1.0 if claim.direction == "up" else -1.0)
        assert gain.mean() > 3 * gain.std(ddof=1) / math.sqrt(len(gain)), (claim.indicator, pairs)
    for one, other in zip(after, before, strict=True):
        row = one.burn_in + START
        assert one.daily[:row].tobytes() == other.daily[:row].tobytes()
        assert one.modules["services"][:row].tobytes() == other.modules["services"][:row].tobytes()


def story(root: Path, name: str) -> list[Trajectory]:
    """Return replications of a scenario that comes with the laboratory."""
    return simulate_many(load(root / "scenarios" / f"{name}.toml"), SEEDS)


def gains(one: list[Trajectory], other: list[Trajectory], name: str) -> np.ndarray:
    """Return paired differences of an indicator in the second year."""
    return np.array([measure(a, name, (364, 728)) - measure(b, name, (364, 728))
                     for a, b in zip(one, other, strict=True)])  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other", "indicator", "sign"),
    [
        ("demand_map", "habit_budget", "canteen_meals_day", 1),
        ("demand_map", "habit_budget", "refused_share", -1),
        ("demand_map", "habit_budget", "satisfaction_score", 1),
        ("app_without_the_old", "demand_map", "unheard_requests_year", 1),
        ("app_without_the_old", "demand_map", "older_services_year", -1),
        ("app_with_the_old", "app_without_the_old", "unheard_requests_year", -1),
        ("app_with_the_old", "app_without_the_old", "older_services_year", 1),
        ("app_with_the_old", "app_without_the_old", "canteen_meals_day", 1),
    ],
)
def test_stories_go_as_they_are_told(root: Path, one: str, other: str, indicator: str, sign: int):
    difference = sign * gains(story(root, one), story(root, other), indicator)
    assert difference.mean() > 3 * difference.std(ddof=1) / math.sqrt(len(difference)), difference
