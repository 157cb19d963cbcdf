import json
import math
from typing import Any

import numpy as np
import pytest

from labsim.analysis.compare import BUDGET, Comparison, compare, contest
from labsim.analysis.verdict import Direction, Kind
from labsim.experiment.design import Design
from labsim.experiment.runner import run
from labsim.foundations.errors import InputError
from labsim.results.results import Reduction
from labsim.scenario.scenario import Scenario
from tests.experiment.models import fails_sometimes, simulate, tiny
from tests.results.factory import trajectory

BASE, POLICY, PLACEBO = tiny("base"), tiny("policy", verification=0.5), tiny("placebo")
NAMES = ("reports_month", "sorting_rate", "fix_rate_official")


@pytest.fixture(autouse=True)
def _english(monkeypatch):
    monkeypatch.setenv("LABSIM_LANG", "en")


@pytest.fixture(scope="module")
def made() -> Comparison:
    return compare(BASE, POLICY, PLACEBO, replications=25, seed=3, indicators=NAMES, simulate=simulate)


def test_every_policy_indicator_and_group_is_compared(made):
    assert made.baseline == "base"
    assert made.policies == ("policy", "placebo")
    assert len(made.differences) == 2 * (8 + 8 + 1)
    assert [one.indicator for one in made.differences[:9:8]] == ["sorting_rate", "fix_rate_official"]


def test_a_known_difference_is_found_and_a_placebo_is_exactly_nothing(made):
    found = made.difference("policy", "reports_month")
    assert found.paired.difference == pytest.approx(50 * 28)
    assert found.paired.n == 25
    (one,) = [v for v in made.verdicts("policy", "all") if v.difference.indicator == "reports_month"]
    assert (one.kind, one.direction) == (Kind.MATTERS, Direction.HIGHER)
    (one,) = [v for v in made.verdicts("placebo", "all") if v.difference.indicator == "reports_month"]
    assert one.difference.paired.identical
    assert one.kind is Kind.EQUAL


def test_what_cannot_be_measured_is_said(made):
    (one,) = [v for v in made.verdicts("policy", "all") if v.difference.indicator == "fix_rate_official"]
    assert one.kind is Kind.NOT_MEASURABLE


def test_the_table_speaks_both_languages_and_the_json_has_no_nan(made):
    assert len(made.table("en")) == len(made.differences)
    assert "reports by residents" in set(made.table("en")["label"])
    assert "居民上报" in set(made.table("zh")["label"])
    document = json.loads(made.to_json(), parse_constant=lambda name: pytest.fail(name))
    assert document["runs"] == {"finished": 75, "failed": 0, "cancelled": 0, "interrupted": False}
    row = next(r for r in document["verdicts"] if r["indicator"] == "reports_month" and r["group"] == "all")
    assert row["difference"] == pytest.approx(1400)
    assert row["better_in_futures"] == 1.0
    assert row["better_in_worlds"] is None
    assert row["n"] == 25
    assert row["basis"] == "luck only"


def test_more_worlds_give_the_second_level():
    made = compare(BASE, POLICY, replications=5, worlds=8, seed=3, indicators=["reports_month"], simulate=simulate)
    found = made.difference("policy", "reports_month").paired
    assert (found.worlds, found.n, found.basis.value) == (8, 40, "luck and knowledge")
    # the world moves both scenarios alike, so the expected difference is known but for whole reports
    assert found.difference == pytest.approx(1400)
    row = made.table().iloc[0]
    assert row["better_in_worlds"] == 1.0
    levels = made.result.values[made.result.values["group"] == "all"].groupby("world")["value"].mean()
    assert levels.nunique() == 8


def test_the_difference_that_matters_can_be_chosen():
    made = compare(
        BASE, POLICY, replications=20, indicators=["reports_month"], delta={"reports_month": 2000.0}, simulate=simulate
    )
    (one,) = made.verdicts(group="all")
    assert one.difference.delta == 2000.0
    assert (one.kind, one.may_matter) == (Kind.SMALLER, False)


def test_relative_deltas_follow_the_baseline(made):
    found = made.difference("policy", "reports_month")
    assert found.delta == pytest.approx(0.1 * found.paired.baseline, rel=5e-3)  # three digits


def test_failed_runs_are_missing_pairs_and_not_zeros():
    made = compare(BASE, POLICY, replications=60, seed=4, indicators=["reports_month"], simulate=fails_sometimes)
    found = made.difference("policy", "reports_month").paired
    assert found.missing == made.result.failed > 6
    assert found.difference == pytest.approx(1400)
    assert made.verdicts(group="all")[0].kind is Kind.NOT_MEASURABLE


def test_an_interrupted_comparison_is_usable_and_marked():
    def stop(done: int, total: int) -> None:
        if done >= 50:
            raise KeyboardInterrupt

    made = compare(BASE, POLICY, replications=500, indicators=["reports_month"], simulate=simulate, progress=stop)
    assert made.result.interrupted
    found = made.difference("policy", "reports_month").paired
    assert 25 <= found.n < 500
    assert found.difference == pytest.approx(1400)
    assert json.loads(made.to_json())["runs"]["interrupted"] is True


def test_nothing_finished_is_still_a_comparison():
    def broken(scenario, seed, *, population=None):
        raise RuntimeError("broken")

    made = compare(BASE, POLICY, replications=3, simulate=broken)
    assert made.differences == ()
    assert made.result.failed == 6
    assert len(made.table()) == 0


def _noisy(scenario, seed, *, population=None):
    """Return reports whose luck differs between the two scenarios: pairing does not help."""
    luck = np.random.default_rng(seed + len(scenario.name)).integers(0, 1000)
    return trajectory(28, 0, daily={"reports": luck})


def test_automatic_precision_adds_replications_until_luck_is_small_or_the_budget_is_spent():
    def precise(**more: Any) -> Comparison:
        return compare(BASE, POLICY, replications=20, indicators=["reports_month"], precision="auto", seed=1, **more)

    assert precise(simulate=simulate).result.design.replications == 20
    hard = precise(simulate=_noisy, delta={"reports_month": 1.0})
    assert hard.result.design.replications == 20 * BUDGET
    fair = precise(simulate=_noisy, delta={"reports_month": 3400.0})
    assert 20 < fair.result.design.replications < 20 * BUDGET
    p = fair.difference("policy", "reports_month").paired
    assert 2 * p.luck_sd / math.sqrt(p.n) <= 3400.0


def test_a_comparison_of_added_replications_equals_one_run_at_once():
    added = compare(BASE, POLICY, replications=20, indicators=["reports_month"], precision="auto", simulate=_noisy,
                    delta={"reports_month": 1.0})  # fmt: skip
    at_once = compare(BASE, POLICY, replications=80, indicators=["reports_month"], simulate=_noisy)
    assert added.difference("policy", "reports_month").paired == at_once.difference("policy", "reports_month").paired


def test_permuting_the_rows_of_the_table_changes_nothing(made):
    result = made.result
    shuffled = result.values.sample(frac=1.0, random_state=1)
    again = contest(type(result)(result.design, shuffled, result.series, result.failures, 75, 0, 0, False))
    assert json.loads(again.to_json()) == json.loads(made.to_json())


def test_all_that_is_wrong_is_said_at_once():
    wrong: Any = {"replicatons": 3, "precision": "high", "delta": {"report_month": 1.0, "sorting_rate": 0.0}}
    with pytest.raises(InputError) as caught:
        compare(BASE, **wrong)
    said = caught.value.render("en")
    for part in (
        "did you mean replications?", "no policy to compare", "precision of 'high'", "did you mean reports_month?",
        "difference of 0.0 cannot matter",
    ):  # fmt: skip
        assert part in said
    assert "没有可比较的政策" in caught.value.render("zh")
    with pytest.raises(InputError, match="did you mean sorting_rate"):
        compare(BASE, POLICY, indicators=["sort_rate"], simulate=simulate)


def test_asking_for_what_was_not_compared_is_an_error(made):
    with pytest.raises(InputError, match="did you mean placebo"):
        made.verdicts("placebo2")
    with pytest.raises(InputError, match="group"):
        made.verdicts(group="age")
    with pytest.raises(InputError, match="was not compared"):
        made.difference("policy", "quits_year")


def test_the_real_model_gives_an_exact_placebo_and_finds_a_gross_effect():
    community = {"residents": 120, "blocks": 6, "items": 200, "panel": 12}
    base = Scenario(name="base", horizon=112, burn_in=56, community=community)
    # points that nobody earns are a lever that can do nothing
    placebo = base.with_levers(points_volunteer=50.0).renamed("placebo", "安慰剂", "placebo")
    busy = base.with_levers(inspection_frequency=30.0).renamed("busy", "检查", "busy")
    made = compare(base, placebo, busy, replications=20, seed=1)
    assert made.result.failed == 0, made.result.failures["error"].tolist()
    for one in made.verdicts("placebo"):
        if one.kind is not Kind.NOT_MEASURABLE:
            assert one.difference.paired.identical, one.difference
    (visits,) = [v for v in made.verdicts("busy", "all") if v.difference.indicator == "inspections_month"]
    assert (visits.kind, visits.direction) == (Kind.MATTERS, Direction.HIGHER)
    assert visits.difference.paired.policy == pytest.approx(30, abs=1)


def test_a_contest_can_be_made_of_any_result():
    result = run(Design.of((BASE, POLICY), 1, 20), Reduction(("reports_month",)), simulate=simulate)
    assert contest(result, level=0.8).differences[0].paired.level == 0.8
    with pytest.raises(InputError, match="report_month"):
        contest(result, {"report_month": 1.0})
