"""Games whose solution is known on paper, a toy model known to the last digit, and the engine once."""

import itertools
import json
import math

import numpy as np
import pytest

from labsim.analysis import shapley
from labsim.analysis.attributed import WHOLE, Attribution
from labsim.analysis.attribution import attribute
from labsim.analysis.packages import By, package_of, without_policy
from labsim.foundations.errors import InputError
from labsim.foundations.randomness import uniform
from labsim.model.trajectory import Trajectory
from labsim.scenario.levers import LEVERS
from labsim.scenario.phases import AppliedInstrument, Phase
from labsim.scenario.scenario import Scenario, lever_table, world_values
from tests.analysis.tiny import scenario as community
from tests.experiment.models import tiny
from tests.results.factory import trajectory


@pytest.fixture(autouse=True)
def _english(monkeypatch):
    monkeypatch.setenv("LABSIM_LANG", "en")


# --- games on paper -------------------------------------------------------------------


def game(parts: int, worth) -> dict[int, np.ndarray]:
    """Return what every coalition is worth in one pair of runs."""
    return {on: np.array([float(worth({i for i in range(parts) if on & 1 << i}))]) for on in range(1 << parts)}


def solved(parts: int, worth) -> list[float]:
    return shapley.split(shapley.exact_plan(parts), game(parts, worth))[:, 0].tolist()


def test_in_an_additive_game_everybody_gets_their_own():
    own = [3.0, -1.5, 0.0, 8.25]
    assert solved(4, lambda on: 100 + sum(own[i] for i in on)) == own


def test_the_glove_game():
    """One left glove and two right ones, a pair is worth 1: the left one gets 2/3, the right ones 1/6."""
    assert solved(3, lambda on: float(0 in on and len(on) > 1)) == pytest.approx([2 / 3, 1 / 6, 1 / 6], abs=1e-15)


def test_synergy_is_split_equally_between_parts_that_do_the_same():
    left, right, idle = solved(3, lambda on: 0.1 + (0.7 if {0, 1} <= on else 0.0))
    assert left == right == pytest.approx(0.35)
    assert idle == 0.0


def test_interaction_is_what_two_do_together_only():
    plan = shapley.exact_plan(3)
    found = shapley.interactions(plan, game(3, lambda on: len(on) + 6.0 * ({0, 1} <= on) - 4.0 * ({1, 2} <= on)))
    assert {pair: values[0] for pair, values in found.items()} == {(0, 1): 6.0, (0, 2): 0.0, (1, 2): -4.0}


def odd_game(parts: int, pairs: int = 3, scale: float = 1.0) -> dict[int, np.ndarray]:
    """Return values with no structure at all, so that nothing cancels by luck."""
    return {on: np.array([scale * (uniform(on, 1, k, 0) - 0.3) ** 3 for k in range(pairs)]) for on in range(1 << parts)}


@pytest.mark.parametrize("parts", [1, 2, 5, 6])
@pytest.mark.parametrize("scale", [1e-6, 1.0, 3e6])
def test_parts_sum_to_the_whole(parts: int, scale: float):
    worth = odd_game(parts, scale=scale)
    whole = worth[(1 << parts) - 1] - worth[0]
    for plan in (shapley.exact_plan(parts), orders_of(parts, 6)):
        assert np.abs(shapley.split(plan, worth).sum(axis=0) - whole).max() <= 1e-9


def orders_of(parts: int, orders: int, seed: int = 4) -> shapley.Plan:
    return shapley.order_plan(parts, shapley.drawn_orders([f"part{i}" for i in range(parts)], orders, seed))


def test_all_orders_are_the_exact_split_to_the_last_bit():
    worth = odd_game(4)
    every = shapley.order_plan(4, itertools.permutations(range(4)))
    assert every.total == 24
    np.testing.assert_array_equal(shapley.split(every, worth), shapley.split(shapley.exact_plan(4), worth))


def test_orders_come_closer_to_the_exact_split_and_know_how_far_they_are():
    """Over 60 samples the error shown is the error there is, and eight times the orders make it smaller."""
    worth = odd_game(5, pairs=1)
    exact = shapley.split(shapley.exact_plan(5), worth)[:, 0]

    def errors(orders: int) -> tuple[float, float]:
        """Return the root mean square of the error there is and of the error shown."""
        plans = [orders_of(5, orders, seed) for seed in range(60)]
        real = [(shapley.split(plan, worth)[:, 0] - exact) ** 2 for plan in plans]
        return math.sqrt(np.mean(real)), math.sqrt(np.mean([shapley.order_errors(p, worth) ** 2 for p in plans]))

    few, many = errors(8), errors(64)
    assert few[0] == pytest.approx(few[1], rel=0.25)
    assert many[0] == pytest.approx(many[1], rel=0.25)
    assert few[0] / many[0] == pytest.approx(math.sqrt(8), rel=0.3)


def test_orders_are_drawn_by_name_with_their_reverse():
    few, many = (shapley.drawn_orders(names, 6, 1) for names in (["a", "b", "c"], ["a", "b", "c", "d"]))
    assert len(few) == 6
    assert [order[::-1] for order in few[::2]] == few[1::2]
    assert [tuple(i for i in order if i < 3) for order in many] == few
    assert shapley.drawn_orders(["a", "b", "c"], 6, 2) != few
    drawn = shapley.drawn_orders(["a", "b", "c"], 1200, 1)
    assert all(150 < drawn.count(one) < 250 for one in itertools.permutations(range(3)))


def test_a_reverse_cancels_what_two_do_together():
    """With pairwise interactions only, an order and its reverse give the exact split: error 0."""
    worth = game(7, lambda on: len(on) + sum(i * j for i, j in itertools.combinations(sorted(on), 2)))
    plan = orders_of(7, 4)
    exact = shapley.split(shapley.exact_plan(7), worth)
    np.testing.assert_allclose(shapley.split(plan, worth), exact, atol=1e-12)
    np.testing.assert_allclose(shapley.order_errors(plan, worth), 0.0, atol=1e-12)


def test_a_pair_without_a_value_somewhere_has_no_split():
    worth = odd_game(3)
    worth[5][1] = math.nan
    plan = shapley.exact_plan(3)
    assert np.isnan(shapley.split(plan, worth)).tolist() == [[False, True, False]] * 3
    assert all(np.isnan(index).tolist() == [False, True, False] for index in shapley.interactions(plan, worth).values())


# --- packages -------------------------------------------------------------------------

PDCA = AppliedInstrument(name="pdca_cycle")
BOX = tiny("base")


def mixed() -> Scenario:
    """Return a package with an instrument, an own lever, a phase of it, and two instruments with one lever."""
    return tiny("mixed", staff=14).changed(
        instruments=(
            PDCA,
            AppliedInstrument(name="unannounced_inspection", start=7, levers={"unannounced_share": 0.8}),
        ),
        phases=(Phase(lever="staff", value=16, start=14), Phase(lever="results_told", value=0.5, start=3)),
    )


@pytest.mark.parametrize("by", list(By))
def test_no_part_is_the_baseline_and_all_parts_are_the_package(by: By):
    package = package_of(mixed(), BOX, by)
    full = (1 << len(package.parts)) - 1
    assert package.coalition(0).fingerprint() == BOX.fingerprint()
    assert package.coalition(full).fingerprint() == mixed().fingerprint()
    prints = {package.coalition(on).fingerprint() for on in range(full + 1)}
    assert len(prints) > len(package.parts)


def test_parts_are_instruments_and_what_the_scenario_sets_itself():
    keys = [part.key for part in package_of(mixed(), BOX).parts]
    assert keys == ["pdca_cycle", "unannounced_inspection", "lever:results_told", "lever:staff"]
    # Without a baseline the levers of the first day are those of the community.
    assert [part.key for part in package_of(mixed()).parts] == [*keys[:2], "lever:results_told", "lever:staff"]
    assert without_policy(mixed()).levers == {"staff": 14}


def test_mechanisms_are_the_groups_of_levers_that_move():
    package = package_of(mixed(), BOX, "mechanisms")
    assert {part.key for part in package.parts} == {"inspection", "rectification", "voice", "staff"}
    alone = package.coalition(1 << [part.key for part in package.parts].index("inspection"))
    moved = {name for name in LEVERS if (lever_table(alone)[name] != lever_table(BOX)[name]).any()}
    assert moved == {"unannounced_share"}
    levers = {part.key for part in package_of(mixed(), BOX, "levers").parts}
    assert moved < levers
    # The scheme sets a point for sorting, which is the default anyway.
    points = tiny("points").with_instruments("points_scheme")
    assert "points_sort" not in {part.key for part in package_of(points, None, "levers").parts}


def test_what_only_the_baseline_has_is_a_part_that_takes_it_away():
    base = BOX.with_instruments("honours_and_awards")
    package = package_of(BOX.with_instruments("pdca_cycle"), base)
    assert [part.label.en.split()[0] for part in package.parts] == ["Plan-Do-Check-Act", "without"]
    both = package.coalition(1)
    assert {one.name for one in both.instruments} == {"pdca_cycle", "honours_and_awards"}


def test_community_world_and_injects_are_parts_of_their_own():
    other = BOX.with_community(migrant_share=0.1).with_world(detection=0.5)
    assert [part.key for part in package_of(other, BOX).parts] == ["community", "world"]


def test_bad_packages_are_told_in_both_languages():
    with pytest.raises(InputError) as caught:
        package_of(BOX, BOX)
    assert "nothing to split" in caught.value.render("en")
    assert "没有可拆分的差异" in caught.value.render("zh")
    names = [name for name, q in LEVERS.items() if q.allows(q.low) and q.low != q.default][:3]
    names += [name for name, q in LEVERS.items() if q.allows(q.high) and q.low == q.default and "share" not in name]
    many = BOX.with_phases(*(Phase(lever=n, value=LEVERS[n].high, start=1) for n in names[3:27]))
    with pytest.raises(InputError) as caught:
        package_of(many, BOX)
    assert "24 parts are too many" in caught.value.render("en")
    assert "24 个部分过多" in caught.value.render("zh")
    with pytest.raises(InputError, match="did you mean mechanisms"):
        package_of(mixed(), BOX, "mechanism")
    with pytest.raises(InputError, match="did you mean pdca_cycle"):
        BOX.with_instruments("pdca_cycl")


def test_parts_that_cannot_be_on_without_one_another_are_named():
    base = BOX.with_instruments("unannounced_inspection")
    other = AppliedInstrument(name="pdca_cycle", levers={"unannounced_share": 0.33})
    with pytest.raises(InputError) as caught:
        attribute(BOX.with_instruments(other), base, simulate=additive)
    assert "pdca_cycle: " in caught.value.render("en")


# --- a toy model known to the last digit ------------------------------------------------

OWN = {"verification": 70.0, "case_tracking": 30.0, "root_cause": 11.0, "staff": 1.0, "results_told": 9.0}


def _reports(per_day: float) -> Trajectory:
    return trajectory(28, 0, daily={"reports": np.full(28, round(per_day))})


def _last(scenario: Scenario) -> dict[str, float]:
    row = lever_table(scenario)[-1]
    return {name: float(row[name]) for name in OWN}


def additive(scenario: Scenario, seed: int, *, population=None) -> Trajectory:
    """Reports are the luck of the seed and of the world, and what each lever adds to it."""
    luck = 1000 * uniform(seed, 1, 0, 0) + 100 * world_values(scenario)["detection"]
    return _reports(int(luck) + sum(OWN[name] * 10 * value for name, value in _last(scenario).items()))


def together(scenario: Scenario, seed: int, *, population=None) -> Trajectory:
    """Verification finds only what is tracked: the effect is the product, and depends on the seed."""
    at = _last(scenario)
    luck = int(100 * uniform(seed, 1, 0, 0))
    return _reports(500 + luck + (400 + luck) * at["verification"] * at["case_tracking"])


def fails_in_one_coalition(scenario: Scenario, seed: int, *, population=None) -> Trajectory:
    """Fail on half of the seeds when verification is on and nothing else is."""
    if seed % 2 and _last(scenario)["verification"] and not _last(scenario)["case_tracking"]:
        raise ArithmeticError("no luck")
    return additive(scenario, seed, population=population)


def package() -> Scenario:
    return tiny("package").with_phases(
        *(Phase(lever=name, value=1.0, start=0) for name in ("verification", "case_tracking", "root_cause"))
    )


def attributed(simulate, whole: Scenario | None = None, **options) -> Attribution:
    given = {"indicators": ["reports_month"], "worlds": 3, "replications": 4, **options}
    return attribute(whole or package(), simulate=simulate, **given)


def test_an_additive_model_gives_each_part_its_own_in_every_pair():
    found = attributed(additive)
    whole, shares = found.of("reports_month")
    got = {one.part: one.effect.paired for one in shares}
    for name in ("verification", "case_tracking", "root_cause"):
        numbers = got[f"lever:{name}"]
        assert numbers.difference == pytest.approx(28 * 10 * OWN[name], abs=1e-9)
        assert numbers.high - numbers.low == pytest.approx(0.0, abs=1e-6)
        assert (numbers.n, numbers.worlds) == (12, 3)
    assert [one.synergy.difference for one in shares] == pytest.approx([0, 0, 0], abs=1e-9)
    assert whole.residual <= 1e-9
    assert sum(p.difference for p in got.values()) == pytest.approx(whole.effect.paired.difference, abs=1e-9)
    assert sum(one.share for one in shares) == pytest.approx(1.0)


def test_synergy_is_seen_and_shared_and_an_inert_part_gets_exactly_nothing():
    found = attributed(together)
    whole, shares = found.of("reports_month")
    by = {one.part: one for one in shares}
    inert, one, other = (by[f"lever:{name}"] for name in ("root_cause", "verification", "case_tracking"))
    assert inert.effect.paired.identical
    numbers = inert.effect.paired
    assert (numbers.difference, numbers.low, numbers.high, inert.share) == (0.0, 0.0, 0.0, 0.0)
    assert one.effect.paired.difference == other.effect.paired.difference
    assert one.effect.paired.difference == pytest.approx(whole.effect.paired.difference / 2)
    assert (one.alone.difference, inert.synergy.difference) == (0.0, 0.0)
    assert one.synergy.difference == one.effect.paired.difference
    assert one.last.difference == whole.effect.paired.difference
    pairs = {frozenset((i.one, i.other)): i.effect.difference for i in found.interactions}
    assert pairs[frozenset((one.part, other.part))] == pytest.approx(whole.effect.paired.difference)
    assert pairs[frozenset((one.part, inert.part))] == 0.0


def test_the_interval_is_that_of_a_comparison():
    """A single part is the whole: same mean, same interval, same n."""
    found = attributed(together, tiny("one", case_tracking=1).with_phases(Phase(lever="verification", value=1.0)))
    whole, (share,) = found.of("reports_month")
    assert share.effect.paired.low == pytest.approx(whole.effect.paired.low)
    assert share.effect.paired.high == pytest.approx(whole.effect.paired.high)
    assert share.effect.paired.high > share.effect.paired.low
    assert share.share == pytest.approx(1.0)


def test_coalitions_that_are_the_same_run_once():
    """A phase that lies over another, and a lever that is set to what it was, make no new scenario."""
    twice = tiny("twice").changed(
        instruments=(AppliedInstrument(name="resident_supervisors"), AppliedInstrument(name="supervision_reward")),
        phases=tuple(Phase(lever=name, value=9.0) for name in ("supervisors", "supervisor_reward")),
    )
    found = attributed(additive, twice)
    assert len(found.plan.coalitions()) == 16
    assert found.distinct < 16
    assert found.result.design.requested == found.distinct * 12


def test_beyond_six_parts_orders_are_averaged_and_their_error_is_shown():
    levers = ("verification", "case_tracking", "root_cause", "intake_cut", "approval_cut", "joint_decision", "staff")
    whole = tiny("many").with_phases(*(Phase(lever=n, value=13.0 if n == "staff" else 0.9) for n in levers))
    found = attributed(together, whole, orders=6)
    total, shares = found.of("reports_month")
    assert not found.plan.exact
    assert len(found.plan.orders) == 6
    assert total.residual <= 1e-9
    by = {one.part: one for one in shares}
    assert by["lever:staff"].effect.paired.identical
    # Who comes last of the two gets all of it; a reverse order gives it to the other.
    assert by["lever:verification"].effect.paired.difference == by["lever:case_tracking"].effect.paired.difference
    assert by["lever:verification"].order_error == 0.0
    assert found.interactions == ()
    assert found.to_dict()["orders"] == 6
    with pytest.raises(InputError, match="1 orders are not possible"):
        attributed(together, whole, orders=1)


def test_failed_runs_and_missing_values_stay_missing_with_a_reason():
    whole, shares = attributed(fails_in_one_coalition).of("reports_month")
    assert 0 < whole.effect.paired.n < 12
    assert {one.effect.paired.n for one in shares} == {whole.effect.paired.n}
    assert whole.effect.paired.n + whole.effect.paired.missing == 12
    assert whole.effect.paired.difference == pytest.approx(28 * 1110, abs=1e-9)
    assert whole.reason is not None
    assert f"only {whole.effect.paired.n} of 12 pairs" in whole.reason.en
    found = attributed(additive, indicators=["fix_rate_official"])
    whole, shares = found.of("fix_rate_official")
    assert whole.reason is not None
    assert "0 of 12 pairs" in whole.reason.en
    assert all(math.isnan(one.effect.paired.difference) for one in shares)
    assert math.isnan(shares[0].share)
    (document,) = found.to_dict()["indicators"]
    assert document["parts"][0]["difference"] is None
    assert "0 对" in document["reason"]["zh"]


def test_the_table_and_the_document_hold_the_same():
    found = attributed(together)
    frame = found.frame().set_index("part")
    assert frame.index.tolist() == [WHOLE, *(part.key for part in found.parts)]
    document = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    (one,) = document["indicators"]
    assert one["whole"]["difference"] == frame.loc[WHOLE, "difference"]
    assert [p["share"] for p in one["parts"]] == frame["share"].tolist()[1:]
    assert (document["method"], document["coalitions"], document["runs"]["failed"]) == ("exact", 8, 0)


def test_wrong_options_are_told():
    with pytest.raises(InputError, match="did you mean replications"):
        attributed(additive, replication=3)
    with pytest.raises(InputError, match="did you mean reports_month"):
        attributed(additive, indicators=["report_month"])
    with pytest.raises(InputError, match="different length"):
        attribute(package(), BOX.changed(horizon=56), simulate=additive)
    with pytest.raises(InputError, match="there is no indicator named"):
        attributed(additive).of("backlog_mean")


# --- the engine -------------------------------------------------------------------------


def test_the_engine_splits_a_package_and_finds_what_is_inert():
    """An award without recognition, and more points for sorting that nobody can earn, can do nothing: not one bit."""
    whole = community().with_community(items=600)
    nothing = AppliedInstrument(name="honours_and_awards", levers={"recognition": 0, "points_sort": 5})
    whole = whole.with_instruments("pdca_cycle", "inspection_schedule", nothing)
    found = attribute(
        whole, worlds=2, replications=2, seed=3, indicators=["handling_days_mean", "staff_load", "money_total_year"]
    )
    assert found.result.failed == 0
    assert found.distinct == 8
    for name in ("handling_days_mean", "staff_load", "money_total_year"):
        total, shares = found.of(name)
        assert total.effect.paired.n == 4
        assert total.residual <= 1e-9
        by = {one.part: one.effect.paired for one in shares}
        assert by["honours_and_awards"].identical
        assert by["honours_and_awards"].difference == 0.0
        assert sum(p.difference for p in by.values()) == pytest.approx(total.effect.paired.difference, abs=1e-9)
    assert {one.part: one.effect.paired.difference for one in found.of("handling_days_mean")[1]}["pdca_cycle"] < 0
