"""A city: exact sharing, closed forms of diffusion, equal bits in every engine, and what rules do."""

import json
import math
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labsim.analysis.city import city_values, compare_cities
from labsim.behaviour.city import adoption_probability, appraisal_mark, bid_probability, has_improved, shortage
from labsim.foundations.errors import InputError
from labsim.foundations.paths import resource
from labsim.model.city import CityRun, simulate_city
from labsim.model.city_diffusion import adopting, secretaries
from labsim.model.city_member import community_scenarios, seed_of
from labsim.model.city_sharing import FundBooks, shared
from labsim.model.city_state import CityTrajectory
from labsim.model.mesa.model import CommunityModel
from labsim.model.simulate import simulate
from labsim.model.trajectory import ConservationError
from labsim.presentation.cli import main
from labsim.results.city import choose, community_rows, gini, street_rows
from labsim.results.city_catalogue import CITY_INDICATORS
from labsim.scenario.city import City, Practice
from labsim.scenario.city_declared import CITY, PRACTICE, FundRule, Learning, Level, Published, TeamRule, VisitRule
from labsim.scenario.city_files import load_city, save_city
from labsim.scenario.files import city_names, load, scenario_names
from labsim.scenario.scenario import Scenario

SEED = 3
SMALL = Scenario(horizon=112, burn_in=56).with_community(residents=60, blocks=3, items=90, panel=10)
SAME = dict.fromkeys(("volunteer_spread", "contact_spread", "perfunctory_spread", "fault_spread", "size_spread"), 0.0)
POINTS = Practice(
    name="points", instruments=("points_scheme",), levers={"supervisors": 8.0, "handlers": 4.0},
    published=Published.VOLUNTEERS,
    values={"start": 28, "window": 1, "imitation": 2.0, "innovation": 0.3, "threshold": 0.0},
)  # fmt: skip
TARGETS = tomllib.loads(resource("data", "targets_city.toml").read_text(encoding="utf-8"))["targets"]
FUND = {"fund": 60000.0, "grant": 2000.0, "bid_load": 1.0}


def small(communities: int = 3, streets: int = 2, **fields: Any) -> City:
    values = {"communities": communities, "streets": streets, "event_acts": 3, "size_spread": 0.2}
    return City(scenario=SMALL, values=values | fields.pop("values", {}), **fields)


def cities() -> list[City]:
    """Cities in which everything that can happen does, one per rule of the fund."""
    rules = zip(FundRule, [*VisitRule, VisitRule.EQUAL], [*TeamRule, TeamRule.EQUAL], strict=True)
    return [
        small(
            4 if fund is FundRule.BIDS else 3, values=FUND | {"volunteer_pool": 0.5}, fund_rule=fund, visit_rule=visits,
            team_rule=teams, level=Level.STREET if fund is FundRule.NEED else Level.DISTRICT, practices=(POINTS,),
        )
        for fund, visits, teams in rules
    ]  # fmt: skip


@pytest.fixture(scope="module")
def ran() -> list[CityTrajectory]:
    return [simulate_city(one, SEED) for one in cities()]


# --- equal bits ---------------------------------------------------------------------------------


@pytest.mark.parametrize("which", [2, 4])
def test_mesa_communities_make_the_same_city(ran: list[CityTrajectory], which: int):
    assert simulate_city(cities()[which], SEED, engine=CommunityModel).digest() == ran[which].digest()


def test_plain_communities_make_the_same_city(ran: list[CityTrajectory], root: Path):
    code = (
        "from labsim.foundations.compiled import COMPILED; from labsim.model.city import simulate_city; "
        "from tests.modules.test_city import cities, SEED; assert not COMPILED; "
        "print(*(simulate_city(one, SEED).digest() for one in cities()[4:]))"
    )
    environment = {**os.environ, "LABSIM_COMPILER": "off", "PYTHONPATH": str(root)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, env=environment, capture_output=True, text=True, encoding="utf-8",
        check=True,
    )  # fmt: skip
    assert done.stdout.split() == [one.digest() for one in ran[4:]]


def test_threads_change_no_bit(ran: list[CityTrajectory]):
    assert {simulate_city(cities()[4], SEED, threads=n).digest() for n in (1, 4)} == {ran[4].digest()}
    assert simulate_city(cities()[4], SEED + 1).digest() != ran[4].digest()


def test_a_city_of_one_that_shares_nothing_is_the_plain_run():
    (one,) = simulate_city(City(scenario=SMALL, values=SAME | {"communities": 1, "streets": 1}), SEED).communities
    plain = simulate(SMALL, SEED)
    assert (one.digest(), one.scenario) == (plain.digest(), plain.scenario)


def test_communities_that_share_nothing_are_plain_runs_of_their_own():
    city = small(3, 3)
    for k, (one, asked) in enumerate(
        zip(simulate_city(city, SEED).communities, community_scenarios(city, SEED), strict=True)
    ):
        assert one.digest() == simulate(asked, seed_of(SEED, k)).digest()


def test_luck_of_a_community_does_not_depend_on_rules_or_neighbours():
    """Common luck: another rule changes nothing before it acts, more communities nothing at all."""
    few, many = simulate_city(small(2, 1), SEED), simulate_city(small(4, 1), SEED)
    assert [a.digest() for a in few.communities] == [b.digest() for b in many.communities[:2]]
    equal = simulate_city(small(2, 1, visit_rule=VisitRule.EQUAL), SEED)
    assert [a.digest() for a in equal.communities] == [b.digest() for b in few.communities]  # 4.2 each, as before


def test_a_run_in_pieces_is_the_same_city(ran: list[CityTrajectory]):
    run = CityRun(cities()[4], SEED)
    for day in (-10, 0, 28, 84):
        run.advance(day)
    assert run.advance().trajectory().digest() == ran[4].digest()


# --- sharing ------------------------------------------------------------------------------------

WEIGHTS = st.lists(st.integers(0, 1000), min_size=1, max_size=12)


@given(st.integers(0, 10**12), WEIGHTS)
def test_shares_sum_to_the_total_and_follow_weights(total: int, weights: list[int]):
    parts = shared(total, weights)
    assert sum(parts) == total
    whole = sum(weights) or len(weights)
    claims = weights if any(weights) else [1] * len(weights)
    assert all(abs(part - total * claim / whole) <= 1 + 1e-9 * total for part, claim in zip(parts, claims, strict=True))


@given(st.integers(0, 5000), st.lists(st.tuples(st.integers(0, 50), st.integers(0, 900)), min_size=1, max_size=8))
def test_caps_hold_and_nothing_is_lost(total: int, claims: list[tuple[int, int]]):
    weights, caps = [w for w, _ in claims], [c for _, c in claims]
    parts = shared(total, weights, caps)
    assert all(0 <= part <= cap for part, cap in zip(parts, caps, strict=True))
    assert sum(parts) == min(total, sum(caps))


def test_sharing_done_by_hand():
    assert shared(1260, [1, 1, 1]) == [420, 420, 420]
    assert shared(100, [1, 1, 1]) == [34, 33, 33]
    assert shared(100, [0, 0]) == [50, 50]
    assert shared(1000, [10, 30, 60]) == [100, 300, 600]
    assert shared(10, [5, 3, 1]) == [6, 3, 1]
    assert shared(100, [8, 1, 1], [20, 99, 99]) == [20, 40, 40]
    with pytest.raises(ValueError, match="negative"):
        shared(1, [-1, 2])


def test_books_that_do_not_balance_are_caught():
    books = FundBooks(1, 2)
    books.pay_in(0, 100)
    books.allot(0, 1, 40)
    books.check(28)
    books.allotted[0] += 1
    with pytest.raises(ConservationError, match="allotted"):
        books.check(28)
    overdrawn = FundBooks(1, 1)
    overdrawn.allot(0, 0, 5)
    with pytest.raises(ConservationError, match="overdrawn"):
        overdrawn.check(0)


@pytest.mark.parametrize("which", range(5))
def test_visits_money_and_volunteers_balance_in_every_period(ran: list[CityTrajectory], which: int):
    city, one = cities()[which], ran[which]
    p, f = one.periods, one.funds
    assert (p["visits_allotted"].sum(axis=1) + f["unused"].sum(axis=1) == f["capacity"].sum(axis=1)).all()
    paid_in, allotted = f["paid_in"].sum(axis=1).cumsum(), p["allotted"].sum(axis=1).cumsum()
    assert (paid_in == allotted + f["held"].sum(axis=1)).all()
    assert paid_in[-1] > 0
    assert (p["repairs"] + p["services"] == p["allotted"]).all()
    assert (
        p["acts"].cumsum(axis=0).sum(axis=1) == p["worked"].cumsum(axis=0).sum(axis=1) + f["waiting"].sum(axis=1)
    ).all()
    assert bool(p["received"].sum() > 0) is (city.team_rule is not TeamRule.HOME)
    plain = simulate_city(city.with_values(fund=0.0), SEED) if which == 0 else None
    for k, community in enumerate(one.communities):
        programme = community.programme
        starts = programme["repair_in"][::28].astype(np.int64)
        assert (starts == p["repairs"][:, k]).all()  # what was allotted has arrived, to the fen
        if plain is not None:
            before = plain.communities[k].programme["service_spent"].reshape(-1, 28).sum(axis=1)
            after = programme["service_spent"].reshape(-1, 28).sum(axis=1)
            assert (after - before == p["services"][:, k]).all()
        levers = p["visits_allotted"][:, k] / 100
        made = programme["visits"].reshape(-1, 28).sum(axis=1)
        if city.visit_rule is not VisitRule.OWN:
            # Periodic visits with a phase: over the run each of 8 departments is off by one at most.
            assert abs(made.sum() - levers.sum()) <= 8


def test_rules_share_as_they_say(ran: list[CityTrajectory]):
    """Order of rules: equal, population, need, merit, bids; visits own, equal, complaints, population, equal."""
    equal, population, need, merit, bids = (one.periods for one in ran)
    assert (np.ptp(equal["allotted"], axis=1) <= 1).all()
    people = [len(one.residents) for one in ran[1].communities]
    for period in population["allotted"]:
        assert period.tolist() == shared(int(period.sum()), people)
    for street in ([0, 1], [2]):
        for allotted, backlog in zip(need["allotted"][:, street], need["backlog"][:, street], strict=True):
            assert allotted.tolist() == shared(int(allotted.sum()), backlog.tolist())
    for allotted, marks in zip(merit["allotted"], merit["mark"], strict=True):
        assert allotted.tolist() == shared(int(allotted.sum()), (marks - marks.min()).tolist())
    assert set(np.unique(bids["allotted"])) == {0, 200000}
    assert (bids["bid"][bids["allotted"] > 0] == 1).all()
    for given_, complaints in zip(need["visits_allotted"], need["complaints"], strict=True):
        for street in ([0, 1], [2]):
            own = given_[street]
            assert own.tolist() == shared(int(own.sum()), (complaints[street] + 1).tolist())
    assert all((one["visits_allotted"] == 420).all() for one in (population,))


def test_rules_of_one_community_done_by_hand():
    assert appraisal_mark(9, 1, 2, 8) == 1000 * 54 + 1000 * 30
    assert appraisal_mark(0, 0, 0, 0) == 100_000
    assert shortage(10, 100, 30, 100) == 2000
    assert shortage(30, 100, 30, 100) == 0
    assert bid_probability(0.5, 4.0, 0.7) == pytest.approx(0.5)
    assert bid_probability(0.5, 4.0, 1.25) == pytest.approx(1 / (1 + math.e))
    assert has_improved(0.5, 0.56, True, 0.1)
    assert not has_improved(0.5, 0.54, True, 0.1)
    assert has_improved(10, 8, False, 0.1)
    assert not has_improved(float("nan"), 1.0, True, 0.0)
    assert not has_improved(1.0, 1.0, True, 0.0)


# --- diffusion in closed form -------------------------------------------------------------------


def spread(known: np.ndarray, hazard: tuple[float, float, float], first: int, periods: int, seed: int) -> np.ndarray:
    """Return how many have adopted at the start of each period, all examples being good."""
    adopted = np.zeros(len(known), np.bool_)
    adopted[:first] = True
    counts = [first]
    for period in range(periods):
        takers = adopting((seed, period, 0), known, adopted, adopted, hazard)
        adopted[takers] = True
        counts.append(int(adopted.sum()))
    return np.array(counts)


def test_without_influence_the_hazard_is_constant():
    """Times to adoption are geometric: mean 1/h, variance (1-h)/h²."""
    many, p = 1500, 0.25
    h = 1 - math.exp(-p)
    counts = spread(np.zeros((many, many), np.bool_), (p, 5.0, 0.0), 0, 80, SEED)
    assert counts[-1] == many
    times = np.repeat(np.arange(1, 81), np.diff(counts))
    assert times.mean() == pytest.approx(1 / h, abs=4 * math.sqrt((1 - h) / h**2 / many))
    assert times.var() == pytest.approx((1 - h) / h**2, rel=0.25)


def test_a_complete_network_gives_the_logistic_curve():
    many, q, first, seeds = 100, 0.1, 10, 10
    known = ~np.eye(many, dtype=np.bool_)
    runs = np.array([spread(known, (0.0, q, 0.0), first, 60, seed) for seed in range(seeds)]) / many
    period = np.arange(61)
    logistic = 1 / (1 + (many / first - 1) * np.exp(-q * period))
    error = runs.std(axis=0, ddof=1) / math.sqrt(seeds)
    # Periods instead of continuous time: the curve lags by less than half a period at its steepest.
    assert (np.abs(runs.mean(axis=0) - logistic) <= 4 * error + 0.5 * q / 4).all()
    assert runs[:, 30].mean() > 0.5  # it does rise


def test_nobody_follows_below_the_threshold():
    assert adoption_probability(0.0, 9.0, 0.5, 0.49) == 0.0
    assert adoption_probability(0.0, 9.0, 0.5, 0.5) > 0.98
    assert adoption_probability(0.0, 9.0, 0.0, 0.0) == 0.0


def test_secretaries_know_each_other_in_their_street():
    street = [k // 20 for k in range(80)]
    known = secretaries(SEED, street, 0.9, 0.05)
    assert (known == known.T).all()
    assert not known.diagonal().any()
    same = np.equal.outer(street, street) & ~np.eye(80, dtype=np.bool_)
    other = ~np.equal.outer(street, street)
    assert known[same].mean() == pytest.approx(0.9, abs=4 * math.sqrt(0.09 / (same.sum() / 2)))
    assert known[other].mean() == pytest.approx(0.05, abs=4 * math.sqrt(0.0475 / (other.sum() / 2)))


def test_adoption_sets_levers_from_its_day_and_nothing_before(ran: list[CityTrajectory]):
    without = simulate_city(cities()[0].changed(practices=()), SEED)
    days = ran[0].adopted[0]
    assert days[0] == 28
    assert (days > 28).any()
    for k, (one, other) in enumerate(zip(ran[0].communities, without.communities, strict=True)):
        until = one.burn_in + (int(days[k]) if days[k] >= 0 else one.horizon)
        assert one.daily[:until].tobytes() == other.daily[:until].tobytes()
        assert (one.digest() != other.digest()) is bool(days[k] >= 0)


def test_only_those_who_are_seen_to_improve_are_followed():
    """With a margin that nobody reaches there is no example; by contact alone there is one at once."""
    blind = {**POINTS.values, "innovation": 0.0, "margin": 5.0, "imitation": 20.0}
    values = {"ties_street": 1.0, "ties_district": 1.0}
    for learning, expected in ((Learning.RESULTS, 1), (Learning.CONTACT, 3)):
        practice = Practice(**{**dict(POINTS), "values": blind, "learning": learning})
        one = simulate_city(small(values=values, practices=(practice,)), SEED)
        assert (one.adopted >= 0).sum() == expected


# --- results ------------------------------------------------------------------------------------


def test_gini():
    assert gini(np.array([5.0, 5.0, 5.0])) == pytest.approx(0.0)
    assert gini(np.array([0.0, 0.0, 0.0, 8.0])) == pytest.approx(0.75)
    assert gini(np.array([1.0, 3.0])) == pytest.approx(0.25)
    assert math.isnan(gini(np.zeros(3)))


def test_every_indicator_has_a_value_where_it_applies(ran: list[CityTrajectory]):
    for name, item in CITY_INDICATORS.items():
        assert math.isfinite(item.formula(ran[0])), name
    alone = simulate_city(small(1, 1), SEED)
    assert math.isnan(CITY_INDICATORS["followers"].formula(alone))
    assert CITY_INDICATORS["events_gini"].formula(alone) == pytest.approx(0.0)
    with pytest.raises(InputError, match="events_gini"):
        choose(CITY_INDICATORS, ["event_gini"])


def test_tables_agree_with_records(ran: list[CityTrajectory]):
    rows, streets = community_rows(ran[4], ("satisfaction_share",)), street_rows(ran[4])
    assert [row["street"] for row in rows] == [1, 1, 2, 2]
    total = ran[4].periods["allotted"].sum() / 100 * 364 / 112
    assert sum(float(row["fund_yuan_year"] or 0) for row in rows) == pytest.approx(total)
    assert sum(int(row["residents"] or 0) for row in streets) == sum(len(c.residents) for c in ran[4].communities)


def test_teams_sent_where_volunteers_lack_even_events_out():
    scenario = SMALL.changed(horizon=84, burn_in=0).with_world(
        **{f"alpha_volunteer_{age}": -3.0 for age in ("young", "middle", "older")}
    )
    base = City(
        scenario=scenario, values={"communities": 4, "streets": 1, "volunteer_pool": 0.5, "volunteer_spread": 1.0}
    )
    moved = base.changed(team_rule=TeamRule.SHORTAGE)
    (found,) = compare_cities(base, moved, range(20), ["events_gini"])
    assert found.difference.paired.high < 0
    assert found.direction.value == "better"


# --- files and the command line -----------------------------------------------------------------


@pytest.mark.parametrize("name", city_names())
def test_packaged_cities_survive_the_way_back(tmp_path: Path, name: str):
    one = load_city(name)
    assert load_city(save_city(one, tmp_path / "c.toml")) == one
    assert load_city(tmp_path / "c.toml").fingerprint() == one.fingerprint()


def test_a_city_is_no_scenario_and_a_scenario_no_city():
    assert not set(city_names()) & set(scenario_names())
    assert len(city_names()) >= 2
    with pytest.raises(InputError, match="labsim city city_street"):
        load("city_street")
    with pytest.raises(InputError, match=r"\[city\]"):
        load_city("baseline")


def test_every_value_and_rule_counts_in_the_fingerprint():
    base = small(practices=(POINTS,))
    others = [
        base.with_values(fund=1.0), base.changed(fund_rule=FundRule.NEED), base.changed(level=Level.STREET),
        base.changed(practices=()), base.changed(scenario=SMALL.with_levers(staff=13)),
        base.changed(practices=(POINTS, Practice(name="other", levers={"staff": 13.0}))),
    ]  # fmt: skip
    assert len({one.fingerprint() for one in (base, *others)}) == 7
    assert base.changed(scenario=SMALL.renamed("x", "某", "x")).fingerprint() == base.fingerprint()


def test_no_number_of_a_city_is_dead(root: Path):
    """Every declared number is asked for by name where cities are run."""
    files = [*sorted((root / "labsim" / "model").glob("city*.py")), root / "labsim" / "scenario" / "city.py"]
    asked = set(re.findall(r'value\(\s*"(\w+)"', "".join(file.read_text(encoding="utf-8") for file in files)))
    assert asked == {*CITY, *PRACTICE}


@pytest.mark.slow
@pytest.mark.parametrize("target", [one for one in TARGETS if one["role"] == "fit"], ids=lambda one: str(one["id"]))
def test_what_was_fitted_lies_in_its_band(target: dict[str, Any]):
    """Over sixteen cities; what is free is reported, not required."""
    values, _ = city_values(load_city(target["city"]), range(1, 17), choose(CITY_INDICATORS, [target["indicator"]]))
    low, high = target["band"]
    assert low <= float(values.mean()) <= high


WRONG = """extends = "baseline"
[city]
comunities = 3
streets = 40
visit_rule = "按投诉"
fund = "很多"
[[city.practices]]
name = "council"
instruments = ["resident_council"]
adopters = [99]
start = 85
"""


def test_all_mistakes_are_told_at_once_with_place_and_help(tmp_path: Path):
    path = tmp_path / "c.toml"
    path.write_text(WRONG, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_city(path)
    said = caught.value.render("en")
    for part in (
        ":3: city.comunities", "did you mean communities", ":4: city.streets", ":5: city.visit_rule",
        "did you mean complaints", ":6: city.fund", "did you mean residents_council", "there is no community 99",
    ):  # fmt: skip
        assert part in said
    assert "允许" in caught.value.render("zh")


@pytest.mark.parametrize(
    ("fields", "part"),
    [
        ({"practices": (POINTS, POINTS)}, "there twice"),
        ({"practices": (Practice(name="a"),)}, "no instrument and no lever"),
        ({"practices": (Practice(name="a", levers={"service_budget": 1.0}),)}, "set by streets"),
        ({"practices": (Practice(name="a", levers={"care_share": 0.9}),)}, "sum to"),
        ({"practices": (POINTS, Practice(name="b", levers={"handlers": 9.0}))}, "differently"),
        ({"practices": (Practice(name="a", levers={"staff": 13.0}, values={"start": 30}),)}, "multiple of 28"),
        ({"values": {"communities": 0}}, "cannot be 0"),
        ({"fund_rule": "favour"}, "fund_rule"),
    ],
)
def test_what_makes_no_city_is_refused(fields: dict[str, Any], part: str):
    with pytest.raises(InputError) as caught:
        small(**fields)
    assert part in caught.value.render("en")


CLI = """extends = "city_shared_fund"
name = "tiny"
horizon = 56
burn_in = 28
[population]
residents = 60
blocks = 3
items = 60
panel = 10
[city]
communities = 4
streets = 2
practices = []
"""


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLUMNS", "80")
    one, other = tmp_path / "one.toml", tmp_path / "other.toml"
    one.write_text(CLI, encoding="utf-8")
    other.write_text(CLI.replace("[city]\n", '[city]\nfund_rule = "equal"\n'), encoding="utf-8")
    assert main(["city", str(one), "--lang", "zh"]) == 0
    out = capsys.readouterr().out
    assert "街道" in out
    assert "…" not in out
    assert main(["city", str(one), str(other), "-n", "20", "-i", "fund_held", "--lang", "en"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "money that the fund holds: better by a margin that matters" in out
    assert main(["city", str(one), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert len(document["cities"][0]["communities"]) == 4
    assert document["cities"][0]["digest"] == simulate_city(load_city(one), 1).digest()
    assert main(["city", "city_stret", "--lang", "en"]) == 2
    assert main(["city", "baseline", "--lang", "en"]) == 2
    assert "labsim run" in capsys.readouterr().err
