"""Emergencies: closed forms, conservation, directions, three engines, instruments, stories, and off means off."""

import math
from itertools import pairwise
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest

from labsim.behaviour import emergencies as rules
from labsim.foundations.errors import InputError
from labsim.model.modules.emergencies_state import EMERGENCIES_DAILY
from labsim.model.simulate import simulate, simulate_many
from labsim.model.trajectory import Trajectory
from labsim.population.network import streets_from_networkx, streets_graph
from labsim.population.streets import distances, station_blocks, street_grid
from labsim.results.indicators import measure
from labsim.scenario.files import load
from labsim.scenario.instruments import instrument
from labsim.scenario.modules.emergencies import LEVERS_EMERGENCIES
from labsim.scenario.phases import Inject, InjectKind
from labsim.scenario.scenario import Scenario
from labsim.scenario.search import search
from tests.modules import emergencies_drawn as drawn
from tests.modules.engines import idle, same_bits
from tests.verification.queueing import mean_wait

OFF = Scenario(horizon=364, burn_in=28).with_community(residents=300, blocks=6, items=120, panel=8, capital_share=0.1)
ON = OFF.with_community(**{**OFF.community, "module_emergencies": 1})
# Alarms without any delay and streets of next to no length: what is left is the queue for teams.
AT_ONCE = {"alarm_minutes": 0, "relay_minutes": 0, "muster_minutes": 0, "street_minutes": 0.2}
COLUMNS = EMERGENCIES_DAILY.names or ()


def shock(kind: InjectKind, magnitude: float, day: int = 28) -> Inject:
    return Inject(day=day, kind=kind, magnitude=magnitude)


def records(run: Trajectory) -> np.ndarray:
    return run.modules["emergencies"]


def total(runs: list[Trajectory], column: str) -> float:
    return float(sum(records(run)[column].sum() for run in runs))


# -- closed forms of streets and rules ----------------------------------------------------------


@pytest.mark.parametrize(
    "graph", [nx.path_graph(9), nx.cycle_graph(10), nx.complete_graph(7), nx.grid_2d_graph(3, 4), nx.empty_graph(3)]
)
def test_distances_are_shortest_paths(graph: Any):
    graph = nx.convert_node_labels_to_integers(graph)
    ways = distances(streets_from_networkx(graph), np.arange(len(graph)))
    expected = dict(nx.all_pairs_shortest_path_length(graph))
    for a in graph:
        assert [expected[a].get(b, math.inf) for b in graph] == ways[a].tolist()


@pytest.mark.parametrize(("blocks", "mean"), [(5, 1.2), (9, 20 / 9), (30, 7.5)])
def test_the_first_station_of_a_path_stands_in_its_middle(blocks: int, mean: float):
    """On a path of odd n the mean way to the middle is (n^2 - 1) / 4n; of even n it is n / 4."""
    streets = streets_from_networkx(nx.path_graph(blocks))
    place = station_blocks(streets, np.full(blocks, 50), 1)
    assert place[0] in {(blocks - 1) // 2, blocks // 2}
    assert distances(streets, place).mean() == pytest.approx(mean)


def test_stations_go_where_people_are_and_stay_when_one_is_added():
    streets = streets_from_networkx(nx.path_graph(20))
    people = np.zeros(20, np.int64)
    people[[2, 17, 19]] = 100, 60, 1
    assert station_blocks(streets, people, 3).tolist() == [2, 17, 19]
    grid = street_grid(40, 3)
    everybody = np.arange(1, 41)
    assert station_blocks(grid, everybody, 5)[:3].tolist() == station_blocks(grid, everybody, 3).tolist()
    near = [distances(grid, station_blocks(grid, everybody, k)).min(axis=0) @ everybody for k in range(1, 9)]
    assert all(a > b for a, b in pairwise(near))


@pytest.mark.parametrize("blocks", [1, 2, 7, 30, 300])
def test_every_block_can_be_reached_and_streets_differ_with_the_seed(blocks: int):
    graph = streets_graph(street_grid(blocks, 1))
    assert nx.is_connected(graph)
    lengths: list[float] = [graph.edges[pair]["length"] for pair in graph.edges]
    assert all(0.5 <= length <= 1.5 for length in lengths)
    if blocks > 7:
        other = streets_graph(street_grid(blocks, 2))
        assert lengths != [other.edges[pair]["length"] for pair in other.edges]
    assert len(station_blocks(street_grid(blocks, 1), np.ones(blocks, np.int64), 12)) == min(blocks, 12)


def test_small_rules():
    assert rules.relay_minutes(4.0, 1.0, 2.0, 1.0) == 8.0
    assert rules.relay_minutes(4.0, 2.0, 2.0, 1.0) == 4.0
    assert rules.alarm_minutes(True, 0.2, 5.0, 9.0) == 0.2
    assert rules.alarm_minutes(False, 0.2, 5.0, 2.0) == 10.0
    assert rules.muster_mean(10.0, 0.5, 0.0, 2.0) == 10.0
    assert rules.muster_mean(10.0, 0.5, 1e9, 2.0) == pytest.approx(5.0)
    assert rules.teams_formed(12.0, 35, 6.0) == 5
    assert rules.teams_standing_by(3.0, 5, 168, 4.0) == 2
    assert rules.callers_out(12, 1.0, 30, 0.5, 6.0) == 18.0
    assert rules.callers_out(12, 2.0, 30, 0.5, 6.0) == 33.0
    assert rules.told_by_visit(1.0, 6, 2.0, 3.0) == pytest.approx(1.0 + 1.0 / 24.0)
    assert rules.told_by_visit(1.0, 1, 0.0, 3.0) == math.inf
    assert rules.cars_before(1.0, 1.0 + 40.5 / 1440.0, 4.0, 99) == 10
    assert rules.cars_before(1.0, 1.0, 4.0, 99) == rules.cars_before(2.0, 1.0, 4.0, 99) == 0
    assert rules.sampling_pace(6.0, 90.0, 27.0, 20.0) == 540.0
    assert rules.sampling_pace(6.0, 90.0, 12.0, 20.0) == 240.0
    assert rules.round_hours(0, 0.0, 4.0, 12.0) == 3.0
    assert rules.round_hours(1, 0.75, 0.75, 12.0) == 28.0
    assert rules.pair_chance(0.1, 4.0, 8) == 0.05
    assert rules.pair_chance(0.1, 4.0, 0) == 0.0
    assert [rules.told_share(day, 1.5) for day in range(3)] == [1.0, 0.5, 0.0]


# -- closed forms of the mechanisms -------------------------------------------------------------


def test_without_a_queue_response_is_the_sum_of_its_stages():
    """Alarm 5, relay 4 or 2, gathering 10 or with drills less, and the way: means add up."""
    rare = ON.with_world(call_rate=0.6, rescue_minutes=1, call_others=1, street_minutes=0.2)
    one, two = simulate_many(rare, range(6)), simulate_many(rare.with_levers(response_tracks=2), range(6))
    calls = total(one, "calls")
    assert calls > 600
    error = 4 * math.sqrt(25 + 16 + 100) / math.sqrt(calls)
    mean = total(one, "response_minutes") / calls
    assert mean == pytest.approx(19.0 + 0.2 * 1.3, abs=error + 0.3)
    faster = mean - total(two, "response_minutes") / total(two, "calls")
    assert faster == pytest.approx(2.0, abs=4 * 4 / math.sqrt(calls))
    drilled = rare.with_levers(emergency_drills=4)
    saved = mean - total(simulate_many(drilled, range(6)), "response_minutes") / calls
    assert saved == pytest.approx(10 * 0.5 * (1 - math.exp(-2.0)), rel=0.15)


@pytest.mark.parametrize(("teams", "yearly"), [(1, 3.0), (3, 15.0)])
def test_calls_wait_for_teams_as_in_a_queue(teams: int, yearly: float):
    """Poisson calls, exponential times at the scene: the mean wait is Erlang's (M/M/c)."""
    busy = ON.changed(horizon=728).with_world(**AT_ONCE, call_rate=yearly, call_others=1, rescue_minutes=240,
                   alpha_team=4, team_size=2).with_levers(emergency_teams=teams - 1)  # fmt: skip
    runs = simulate_many(busy, range(6))
    rate = 300 * yearly / 364  # a day
    service = 240 / 1440
    expected = mean_wait(rate, 1 / service, teams) * 1440
    waits = [records(run)["response_minutes"].sum() / records(run)["calls"].sum() for run in runs]
    error = np.std(waits, ddof=1) / math.sqrt(len(waits))
    assert np.mean(waits) == pytest.approx(expected + 0.3, abs=4 * error + 1)


def flooded(**changes: float) -> Scenario:
    scenario = ON.changed(horizon=56).with_injects(shock(InjectKind.FLOOD, 6))
    return scenario.with_levers(flood_monitoring=changes.pop("flood_monitoring", 1)).with_world(**changes)


def test_who_is_warned_in_time_moves_with_the_chance_of_two_stages():
    """Reading (mean b) and moving (mean a) within the lead L: 1 - (a e^(-L/a) - b e^(-L/b)) / (a - b)."""
    everybody = {"digital_young": 1, "digital_middle": 1, "digital_older": 1}
    a, b, lead = 2.0, 0.5, 3.0
    scenario = flooded(flood_help=0, move_hours=a, read_hours=b, flood_lead=lead).with_community(
        **{**ON.community, **everybody}
    )
    runs = simulate_many(scenario, range(8))
    chance = 1 - (a * math.exp(-lead / a) - b * math.exp(-lead / b)) / (a - b)
    for moved, risk, cut in (("moved", "at_risk", 0.0), ("cars_moved", "cars_at_risk", 0.0)):
        count = total(runs, risk)
        if moved == "moved":
            assert total(runs, moved) / count == pytest.approx(chance, abs=4 * math.sqrt(chance * (1 - chance) / count))
        else:  # the team moves some of the rest
            assert total(runs, moved) / count > chance - 4 * math.sqrt(chance * (1 - chance) / count) - cut
    assert total(runs, "points_warned") == total(runs, "points") == 8 * 6


def test_without_a_warning_nothing_is_moved_before_the_water():
    for scenario in (flooded(flood_monitoring=0), flooded(flood_lead=0)):
        run = records(simulate(scenario, 1))
        assert run["at_risk"].sum() > 50
        assert run["moved"].sum() == run["cars_moved"].sum() == run["homes_saved"].sum() == 0
        assert run["cars_flooded"].sum() == 6 * 40


def test_harm_comes_when_help_comes_late():
    """One team, a scene of four hours each: most are fetched late; with instant harm nobody is reached."""
    slow = records(simulate(flooded(flood_monitoring=0, danger_hours=0.1, rescue_minutes=240), 1))
    safe = records(simulate(flooded(flood_monitoring=0, danger_hours=336, rescue_minutes=1), 1))
    assert slow["hurt"].sum() > 0.8 * slow["at_risk"].sum()
    assert safe["hurt"].sum() < 0.2 * safe["at_risk"].sum()


def test_who_was_hurt_trusts_less_than_who_was_moved():
    bad, good = simulate(flooded(flood_monitoring=0, danger_hours=0.1), 2), simulate(flooded(), 2)
    assert bad.daily["mean_efficacy"][-1] < good.daily["mean_efficacy"][-1] - 0.005


@pytest.mark.parametrize(("tracks", "stations"), [(1, 2), (2, 2), (1, 1)])
def test_a_round_of_sampling_takes_what_the_slower_track_needs(tracks: int, stations: int):
    """12 staff (and 6 x .5 stewards) call 5 an hour down; a station takes 25 an hour."""
    levers = {"response_tracks": tracks, "sampling_stations": stations}
    world = {"gather_rate": 5.0, "station_rate": 25.0, "sampling_day": 12.0, "infection_chance": 0.0}
    scenario = ON.changed(horizon=56).with_levers(**levers).with_world(**world)
    run = simulate(scenario.with_injects(shock(InjectKind.EPIDEMIC, 3, day=0)), 1)
    rows = records(run)
    staff = run.daily["staff_present"][run.burn_in - 1]
    pace = min(stations * 25.0, 5.0 * (staff + (3.0 if tracks == 2 else 0.0)))
    hours = 300 / pace
    first = rows["sampling_hours"][np.flatnonzero(rows["rounds"])[0]]
    assert first == pytest.approx(hours if hours <= 12 else 24 * int(hours / 12) + hours % 12)
    assert rows["infections"].sum() == 0


def test_everybody_infected_is_found_and_nobody_twice():
    scenario = ON.changed(horizon=140).with_world(infection_chance=0.4).with_injects(shock(InjectKind.EPIDEMIC, 4))
    rows = [records(run) for run in simulate_many(scenario, range(4))]
    for one in rows:
        assert one["imported"].sum() == 4
        assert one["found"].sum() == one["imported"].sum() + one["infections"].sum()
        assert one["quarantined"][-1] == 0
    assert sum(one["infections"].sum() for one in rows) > 20


def test_gates_are_watched_as_far_as_hours_go_and_standby_comes_first():
    assert rules.gate_shifts(2, 2, 1000, 4, 0) == 1.0
    assert rules.gate_shifts(1, 2, 1000, 4, 0) == 0.5
    assert rules.gate_shifts(5, 2, 42, 4, 0) == pytest.approx(0.5)  # 168 of 336 hours
    assert rules.gate_shifts(2, 2, 84, 4, 1) == 0.0  # all hours go to two persons around the clock
    assert rules.gate_shifts(0, 2, 1000, 4, 0) == 0.0
    assert rules.seen_at_gate(0.5, 0.9) == pytest.approx(0.45)


def test_who_is_seen_at_a_watched_gate_stays_at_home_and_infects_nobody():
    shocks = [shock(InjectKind.EPIDEMIC, 20, day=0)]
    world = {"infection_chance": 0.4, "alpha_team": 4, "duty_hours": 40, "tree_reach": 1}
    open_gates = ON.changed(horizon=28).with_world(**world, gate_check=0.75).with_injects(*shocks)
    watched = open_gates.with_levers(gate_posts=2)
    seen = np.array([records(one)["seen_at_gate"].sum() for one in simulate_many(watched, range(12))])
    assert abs(seen.mean() - 15) < 4 * math.sqrt(20 * 0.75 * 0.25 / 12)
    one = simulate(watched.with_world(gate_check=1), 1)
    assert records(one)["imported"].sum() == records(one)["seen_at_gate"].sum() == 20
    assert records(one)["infections"].sum() == 0
    assert records(simulate(open_gates, 1))["infections"].sum() > 10
    assert records(one)["volunteer_hours"][one.burn_in] == pytest.approx(48.0)


def test_the_first_day_of_an_epidemic_infects_as_many_as_close_contacts_and_chance_say():
    """20 cases with 8 contacts, 4 close ones a day, chance .25: each infects 1 on the first day, but for overlaps."""
    scenario = ON.changed(horizon=28).with_world(infection_chance=0.25, close_contacts=4, test_sensitivity=0)
    runs = simulate_many(scenario.with_injects(shock(InjectKind.EPIDEMIC, 20, day=0)), range(12))
    first = np.array([records(run)["infections"][run.burn_in] for run in runs])
    expected = 20 * 1.0 * (1 - 20 / 300)  # contacts that are cases themselves
    assert first.mean() == pytest.approx(expected, abs=4 * math.sqrt(20 / 12) + 1.5)


def test_a_hot_event_nobody_passes_on_costs_exactly_the_trust_of_those_who_saw_it():
    scenario = ON.changed(horizon=28).with_world(hot_tell=0, efficacy_rate=0.2, hot_weight=0.5)
    with_it = simulate(scenario.with_injects(shock(InjectKind.HOT_EVENT, 30, day=0)), 1)
    without = simulate(scenario, 1)
    lost = without.daily["mean_efficacy"][with_it.burn_in] - with_it.daily["mean_efficacy"][with_it.burn_in]
    start = float(without.daily["mean_efficacy"][0])
    assert lost == pytest.approx(30 / 300 * 0.1 * start, rel=0.1)
    assert records(with_it)["heard"].sum() == 30
    assert records(with_it)["answer_hours"].sum() == 120.0


def test_an_answer_stops_a_hot_event():
    scenario = ON.changed(horizon=56).with_world(hot_tell=0.3).with_injects(shock(InjectKind.HOT_EVENT, 5))
    heard = [
        total(simulate_many(scenario.with_levers(hot_answer_hours=h), range(4)), "heard") for h in (1, 24, 48, 336)
    ]
    assert heard[0] < heard[1] < heard[2] < heard[3]
    assert heard[3] > 0.9 * 4 * 300 > 4 * heard[0]


def test_a_lift_that_stops_is_a_capital_fault_and_traps_somebody_half_the_time():
    scenario = ON.changed(horizon=28)
    runs = simulate_many(scenario.with_injects(*(shock(InjectKind.LIFT_FAILURE, 3, d) for d in (1, 8, 15))), range(12))
    before = simulate_many(scenario, range(12))
    lifts = total(runs, "lifts")
    onsets = sum(int(a.daily["onsets"].sum() - b.daily["onsets"].sum()) for a, b in zip(runs, before, strict=True))
    assert 0.8 * 12 * 9 < lifts <= 12 * 9
    assert abs(onsets - lifts) < 0.1 * lifts  # a lift that is out of order has no natural fault of its own
    assert total(runs, "trapped") / lifts == pytest.approx(0.5, abs=4 * 0.5 / math.sqrt(lifts))
    capital = [sum((run.cases["item_class"] == 2).sum() for run in many) for many in (runs, before)]
    assert capital[0] > capital[1]


def test_smart_dispatch_drives_and_phones_ask_around():
    """Loading and the way are all that is left of a delivery when the system allocates at once."""
    base = ON.with_world(call_rate=4, kit_share=1, vehicle_minutes=0.1, loading_minutes=5)
    smart = base.with_levers(smart_dispatch=1, supply_stock=100, supply_vehicles=5)
    minutes = measure(simulate(smart, 1), "supply_delivery_minutes")
    assert 5.0 < minutes < 5.5
    by_phone = measure(simulate(base.with_levers(supply_stock=100, supply_vehicles=5), 1), "supply_delivery_minutes")
    assert by_phone - minutes == pytest.approx(25, rel=0.15)


def test_an_empty_cupboard_delivers_nothing():
    rows = records(simulate(ON.with_levers(supply_stock=0), 1))
    assert rows["requests"].sum() == rows["unmet"].sum() > 0
    assert rows["kit_money"].sum() == 0


# -- directions that a practitioner can read ----------------------------------------------------

FLOOD = (shock(InjectKind.FLOOD, 4),)
ILL = (shock(InjectKind.EPIDEMIC, 4),)
TEAMS: dict[str, float] = {"emergency_teams": 6}
DIRECTIONS: list[tuple[str, tuple[Inject, ...], dict[str, float], dict[str, float], str, str]] = [
    ("stations without teams bring nobody nearer", (), {}, {"emergency_stations": 3},
     "emergency_response_minutes", "same"),
    ("teams move cars whose owners do not", FLOOD, {"flood_monitoring": 1}, TEAMS, "flood_vehicles_moved", "up"),
    ("teams without a warning move no car", FLOOD, {}, TEAMS, "flood_vehicles_moved", "same"),
    ("teaching brings warnings to residents", FLOOD, {"flood_monitoring": 1}, {"digital_teaching": 1},
     "flood_residents_moved", "up"),
    ("stations alone do not sample faster than residents come", ILL, {"sampling_stations": 6},
     {"sampling_stations": 60}, "full_sampling_hours", "same"),
    ("a second track calls residents faster", ILL, {"sampling_stations": 60}, {"response_tracks": 2},
     "full_sampling_hours", "down"),
    ("more supply points shorten the way on foot", (), {"supply_vehicles": 0, "smart_dispatch": 1},
     {"supply_points": 3}, "supply_delivery_minutes", "down"),
    ("quarantine empties small stocks", ILL, {"supply_stock": 200}, {"supply_stock": 5}, "supply_unmet_share", "up"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("injects", "before", "change", "indicator", "direction"),
    [row[1:] for row in DIRECTIONS], ids=[row[0] for row in DIRECTIONS],
)  # fmt: skip
def test_direction(
    injects: tuple[Inject, ...], before: dict[str, float], change: dict[str, float], indicator: str, direction: str
):
    base = (
        ON.changed(horizon=168)
        .with_world(call_rate=6, alpha_team=-1, flood_lead=1.5, warning_visits=1)
        .with_injects(*injects)
    )
    pairs = zip(
        simulate_many(base.with_levers(**before), range(6)),
        simulate_many(base.with_levers(**{**before, **change}), range(6)),
        strict=True,
    )
    difference = np.array([measure(b, indicator) - measure(a, indicator) for a, b in pairs])
    error = difference.std(ddof=1) / math.sqrt(len(difference))
    if direction == "same":
        assert np.abs(difference).max() < 1e-9
    else:
        assert (difference.mean() if direction == "up" else -difference.mean()) > 2 * error


# -- books --------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", range(drawn.MANY))
def test_records_balance(number: int):
    """The laws 38-40 hold on every day, or the run would have stopped; the records say the same."""
    scenario = drawn.draw(number)
    rows = records(simulate(scenario, drawn.SEED))
    assert (rows["at_risk"] == rows["moved"] + rows["reached"] + rows["hurt"]).all()
    assert (rows["cars_at_risk"] == rows["cars_moved"] + rows["cars_flooded"]).all()
    assert (rows["requests"] == rows["delivered"] + rows["unmet"]).all()
    assert rows["bought"].sum() == rows["delivered"].sum() + rows["held"][-1]
    assert (rows["held"] == np.cumsum(rows["bought"].astype(int) - rows["delivered"])).all()
    assert (rows["homes_saved"] <= rows["homes_at_risk"]).all()
    assert (rows["in_circle"] <= rows["calls"]).all()
    assert (rows["kit_money"] == rows["bought"] * int(100 * scenario.world["kit_cost"] + 0.5)).all()


# -- engines, off, the past ---------------------------------------------------------------------


def test_three_engines_give_the_same_bits():
    assert idle(same_bits(drawn), "emergencies", least=2) == []


def test_switched_off_its_levers_change_nothing_and_its_shocks_are_refused():
    levers = {lever.name: lever.high for lever in LEVERS_EMERGENCIES if lever.high != lever.default}
    small = OFF.changed(horizon=84)
    moved = simulate(small.with_levers(**levers).with_world(call_rate=9, street_minutes=9), 1)
    assert moved.digest() == simulate(small, 1).digest()
    assert moved.modules == {}
    with pytest.raises(InputError) as error:
        small.with_injects(shock(InjectKind.FLOOD, 3))
    assert "injects[0].kind" in str(error.value)
    assert "module_emergencies = true" in str(error.value)


def test_a_shock_takes_whole_numbers_and_no_target(tmp_path: Path):
    with pytest.raises(InputError):
        ON.with_injects(Inject(day=1, kind=InjectKind.EPIDEMIC, magnitude=0.5))
    with pytest.raises(InputError):
        ON.with_injects(Inject(day=1, kind=InjectKind.FLOOD, magnitude=1, target=2))
    file = tmp_path / "wrong.toml"
    file.write_text('[population]\nmodule_emergencies = true\n[[injects]]\nday = 3\nkind = "洪涝汛情"\nmagnitude = 2\n',
                    encoding="utf-8")  # fmt: skip
    with pytest.raises(InputError) as error:
        load(file)
    assert "flood" in str(error.value)


def test_with_neutral_levers_and_no_shock_the_core_runs_as_without_it():
    """Only money for kits is spent; residents, cases and staff are the same bit for bit."""
    on, off = simulate(ON, 1), simulate(OFF, 1)
    spent = on.daily["service_spent"] - off.daily["service_spent"]
    assert (spent == records(on)["kit_money"]).all()
    assert spent.sum() > 0
    on.daily["service_spent"] -= spent
    assert [t.tobytes() for t in (on.daily, on.groups, on.cases, on.residents)] == [
        t.tobytes() for t in (off.daily, off.groups, off.cases, off.residents)
    ]


# -- instruments and stories --------------------------------------------------------------------

START = 84


@pytest.mark.parametrize("name", ["emergency_circle_15min", "emergency_supply_dispatch"])
def test_an_instrument_keeps_its_promises_and_changes_nothing_before_it_starts(name: str):
    base = ON.with_injects(shock(InjectKind.FLOOD, 3, 200), shock(InjectKind.EPIDEMIC, 3, 260))
    base = base.with_world(garage_cars=20)
    without = simulate_many(base, range(8))
    runs = simulate_many(base.with_instruments(name, start=START), range(8))
    row = ON.burn_in + START
    for a, b in zip(without, runs, strict=True):
        assert a.daily[:row].tobytes() == b.daily[:row].tobytes()
        assert records(a)[:row].tobytes() == records(b)[:row].tobytes()
        assert records(a)[row:].tobytes() != records(b)[row:].tobytes()
    for claim in instrument(name).claims:
        window: Any = (START, ON.horizon)
        pairs = zip(without, runs, strict=True)
        change = np.array([measure(b, claim.indicator, window) - measure(a, claim.indicator, window) for a, b in pairs])
        error = change.std(ddof=1) / math.sqrt(len(change))
        assert (change.mean() if claim.direction == "up" else -change.mean()) > 3 * error, claim.indicator


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("一键呼叫", "emergency_circle_15min"),
        ("H06", "emergency_circle_15min"),
        ("党员突击队", "emergency_circle_15min"),
        ("emergency stock", "emergency_supply_dispatch"),
        ("物资储备库", "emergency_supply_dispatch"),
    ],
)
def test_variants_are_found_by_their_names(words: str, found: str):
    assert search(words)[0].id == found
