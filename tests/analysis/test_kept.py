"""What was run once is not run again: comparisons, attributions and validations over one store."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from labsim.analysis import battery
from labsim.analysis.attribution import attribute
from labsim.analysis.compare import Comparison, Options, compare
from labsim.analysis.precision import Precision, Stop
from labsim.analysis.setting import Setting
from labsim.analysis.validate import validate
from labsim.experiment import tasks
from labsim.experiment.design import Design
from labsim.experiment.runner import run
from labsim.foundations.randomness import uniform
from labsim.model.trajectory import Trajectory
from labsim.results.store import RunStore
from labsim.scenario.scenario import Scenario, world_values
from tests.analysis.tiny import scenario, target, targets
from tests.experiment.models import simulate, tiny
from tests.results.factory import trajectory

BASE = tiny("base").with_community(items=20)
POLICY = tiny("policy", verification=0.5).with_community(items=20)


def test_a_second_comparison_runs_nothing_and_says_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    options: Options = {"replications": 3, "worlds": 2, "seed": 5, "indicators": ["reports_month", "sorting_rate"]}
    without = compare(BASE, POLICY, **options)
    kept: Options = {**options, "store": RunStore(tmp_path)}
    first = compare(BASE, POLICY, **kept)
    monkeypatch.setattr(tasks, "_model", lambda: pytest.fail("nothing is left to run"))
    again = compare(BASE, POLICY, **kept)
    assert (first.result.stored, again.result.stored) == (0, 12)
    assert without.to_json() == first.to_json() == again.to_json()
    pd.testing.assert_frame_equal(again.result.values, without.result.values)


def test_other_questions_find_the_same_runs(tmp_path: Path):
    compare(BASE, POLICY, replications=3, seed=5, store=RunStore(tmp_path))
    renamed = POLICY.renamed("other", "别名", "another name")
    assert compare(renamed, BASE, replications=4, seed=5, store=RunStore(tmp_path)).result.stored == 6
    found = attribute(POLICY, BASE, by="levers", worlds=1, replications=3, seed=5, store=RunStore(tmp_path))
    assert (found.result.stored, found.result.finished) == (6, 6)
    assert compare(BASE, POLICY, replications=3, seed=6, store=RunStore(tmp_path)).result.stored == 0
    older = POLICY.with_community(older_share=0.4)
    assert compare(BASE, older, replications=3, seed=5, store=RunStore(tmp_path)).result.stored == 3


def test_a_model_of_ones_own_is_never_kept(tmp_path: Path):
    with pytest.raises(ValueError, match="compiled model only"):
        compare(BASE, POLICY, replications=2, simulate=simulate, store=RunStore(tmp_path))


def noisy(scenario: Scenario, seed: int, *, population=None) -> Trajectory:
    """Share no luck between scenarios."""
    luck = uniform(seed, 1, int(scenario.name == "policy"), 0)
    return trajectory(28, 0, daily={"reports": np.full(28, int(1000 * luck))})


def precisely(delta: float) -> Comparison:
    return compare(BASE, POLICY, replications=3, indicators=["reports_month"], delta={"reports_month": delta},
                   precision="auto", simulate=noisy)  # fmt: skip


def test_precision_says_whether_it_was_reached():
    easy, hard = precisely(1e9), precisely(1e-9)
    assert easy.precision == Precision(Stop.PRECISE, 3)
    assert hard.precision == Precision(Stop.BUDGET, 12, ("reports_month",))
    assert hard.result.design.replications == 12
    assert "budget ended" in hard.precision.words.en
    assert "预算用完" in hard.precision.words.zh
    assert "Precise enough: after 3" in easy.precision.words.en
    assert '"stop": "budget"' in hard.to_json()
    assert compare(BASE, POLICY, replications=3, simulate=noisy).precision is None


def test_a_second_validation_runs_nothing_and_says_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    told = Setting(levers={"results_told": 1.0})
    found = targets(
        target("a", "sorting_rate", (0, 1)),
        target("b", "mean_efficacy", (0, 1), after=told, statistic="difference", before_window=(-28, 28)),
        target("c", "council_attendance", (0, 1), group="age:older", window=(28, 84)),
    )
    without = validate(found, replications=3)
    first = validate(found, replications=3, store=RunStore(tmp_path))
    monkeypatch.setattr(battery, "start_setup", lambda *_, **__: pytest.fail("nothing is left to run"))
    again = validate(found, replications=3, store=RunStore(tmp_path))
    assert (first.stored, again.stored) == (0, 6)
    assert without.to_dict() == first.to_dict() == again.to_dict()


def test_a_validation_finds_the_runs_of_an_experiment(tmp_path: Path):
    """The keys of both must mean the same run, or one would be given the other's numbers."""
    found = targets(target("a", "sorting_rate", (0, 1)))
    design = Design((scenario(),), replications=2, seed=1)
    run(design, store=RunStore(tmp_path))
    seeds = [job.seed for job in design.jobs()]
    made = battery.Battery.of(found.running(), found.base, seeds)
    world = world_values(found.base)
    shelf = made.shelf(RunStore(tmp_path), world)
    assert shelf.stored == 2
    assert made.evaluate(world, shelf=shelf)[0].after.tolist() == made.evaluate(world)[0].after.tolist()
    other = {**world, "detection": 0.9 * world["detection"]}
    assert made.shelf(RunStore(tmp_path), other).stored == 0
