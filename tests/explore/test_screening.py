"""A sensitivity analysis against closed forms, a lever that cannot matter, and its command to the last option."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from labsim.analysis.chance import Purpose, bells
from labsim.analysis.explore.factors import Placed, factors_of
from labsim.analysis.explore.screening import During, Method, Plan, Runs, Standing, analyse
from labsim.experiment.designs import Factor
from labsim.foundations.errors import InputError
from labsim.presentation.cli import main
from labsim.results.segments import Stored
from labsim.results.store import RunStore
from labsim.scenario.files import load, save
from labsim.scenario.scenario import Scenario, world_values
from tests.explore.test_explore import ishigami

SMALL = {"residents": 60, "blocks": 4, "items": 60, "panel": 10, "departments": 3}
FOUR = tuple(Factor("levers", name, (0.0, 1.0), spans=True)
             for name in ("results_told", "recognition", "root_cause", "data_sharing"))  # fmt: skip
INERT = "price_sensitivity"
"""A parameter of a module that is off: nothing reads it."""


@pytest.fixture(scope="module")
def tiny() -> Scenario:
    return load("baseline").changed(name="tiny", horizon=112, burn_in=28, community=SMALL)


@dataclass
class Known(Runs):
    """A function in the place of the model: of four factors and luck, shape [n, 5]."""

    function: str = "linear"

    def at(self, factors: object, points: np.ndarray, during: During) -> np.ndarray:
        assert isinstance(factors, tuple)
        x = np.zeros((len(points), 4))
        x[:, [FOUR.index(one) for one in factors]] = points[:, :-1]
        if self.function == "ishigami":
            return ishigami(x)[:, None]
        luck = np.array([bells(int(one * 2**40), Purpose.LUCK, 0, (1,))[0] for one in points[:, -1]])
        return np.asarray(4 * x[:, 0] - 2 * x[:, 1] + 0.01 * x[:, 2] + luck)[:, None]


def standings(found: object, method: Method) -> dict[str, Standing]:
    return {one.effect.name: one.standing for one in found.of("y", method)}  # type: ignore[attr-defined]


def test_a_linear_function_with_luck_is_taken_apart(tiny: Scenario):
    """Variances: 16/12, 4/12 and 1 of luck; the third factor is small, the fourth is in no formula."""
    found = analyse(Known((tiny,), ("y",)), FOUR, Plan(samples=1024))
    assert standings(found, Method.MORRIS) == {
        "levers.results_told": Standing.UP, "levers.recognition": Standing.DOWN, "levers.root_cause": Standing.SMALL,
        "levers.data_sharing": Standing.NOTHING, "luck": Standing.MATTERS, "dummy": Standing.NOTHING,
    }  # fmt: skip
    effects = {one.effect.name: one.effect for one in found.of("y", Method.MORRIS)}
    assert effects["levers.results_told"].mean == pytest.approx(4.0)
    assert effects["levers.recognition"].mean == pytest.approx(-2.0)
    # Of two standard normal lucks: the mean absolute difference is 2 / sqrt(pi), over 20 trajectories.
    assert effects["luck"].first == pytest.approx(2 / np.sqrt(np.pi), abs=3 * 0.85 / np.sqrt(20))
    assert found.left == ("levers.results_told", "levers.recognition")
    shares = {one.effect.name: one.effect for one in found.of("y", Method.SOBOL)}
    assert set(shares) == {*found.left, "luck", "dummy"}
    for name, variance in (("levers.results_told", 16 / 12), ("levers.recognition", 4 / 12), ("luck", 1.0)):
        share = variance / (16 / 12 + 4 / 12 + 1)
        assert shares[name].first == pytest.approx(share, abs=max(shares[name].first_error, 0.03))
        assert shares[name].total == pytest.approx(share, abs=max(shares[name].total_error, 0.03))


def test_ishigami_through_both_stages(tiny: Scenario):
    """Ishigami & Homma 1990: T = .558, .442, .244; the third factor acts through the first alone, and stays."""
    found = analyse(Known((tiny,), ("y",), function="ishigami"), FOUR, Plan(samples=1024))
    assert found.left == tuple(one.column for one in FOUR[:3])
    shares = {one.effect.name: one for one in found.of("y", Method.SOBOL)}
    for factor, total in zip(FOUR, (0.558, 0.442, 0.244), strict=False):
        effect = shares[factor.column].effect
        assert effect.total == pytest.approx(total, abs=max(effect.total_error, 0.03))
    assert shares[FOUR[0].column].standing is Standing.MATTERS
    assert shares[FOUR[2].column].standing is Standing.UNCLEAR  # by itself its share is 0
    assert shares["luck"].standing is Standing.NOTHING


def test_the_dummy_shows_when_luck_is_not_held(tiny: Scenario):
    """What the floor is good for: runs that differ in nothing that counts must be the same run."""

    class Loose(Known):
        def at(self, factors: object, points: np.ndarray, during: During) -> np.ndarray:
            return bells(1, Purpose.NOISE, 0, (len(points),))[:, None]

    rows = analyse(Loose((tiny,), ("y",)), FOUR, Plan(Method.MORRIS)).of("y", Method.MORRIS)
    assert rows[-1].effect.name == "dummy"
    assert rows[-1].effect.first - rows[-1].effect.first_error > 0.5
    assert {one.standing for one in rows} <= {Standing.NOTHING, Standing.EITHER, Standing.UP, Standing.DOWN,
                                              Standing.MATTERS}  # fmt: skip
    assert sum(one.standing is Standing.NOTHING for one in rows) >= 4


def test_the_model_where_a_lever_matters_and_a_parameter_cannot(tiny: Scenario):
    factors = factors_of(["results_told", INERT], [tiny])
    runs = Runs((tiny,), ("mean_efficacy",))
    found = analyse(runs, factors, Plan(Method.MORRIS, 10))
    rows = {one.effect.name: one for one in found.rows}
    assert rows["levers.results_told"].standing is Standing.UP
    assert rows["luck"].standing is Standing.MATTERS
    for name in (f"world.{INERT}", "dummy"):
        assert rows[name].standing is Standing.NOTHING
        assert rows[name].effect.first == 0.0
    assert found.left == ("levers.results_told",)
    # Steps of what cannot matter are runs of their own, steps of the dummy are not.
    assert found.runs == 10 * 4


def test_a_policy_that_is_the_baseline_depends_on_nothing(tiny: Scenario):
    runs = Runs((tiny, tiny.renamed("same", "同", "same")), ("mean_efficacy",))
    found = analyse(runs, factors_of(["results_told"], [tiny]), Plan(Method.BOTH, 10, 16))
    assert {one.standing for one in found.rows} == {Standing.NOTHING}
    assert found.left == ()
    assert found.of("mean_efficacy", Method.SOBOL) == []


def test_ranges_are_what_was_asked_for(tiny: Scenario):
    own = tiny.with_world(detection=0.5, notice_rate=0.1)
    whole = {one.name: one.levels for one in factors_of(["world", "world.detection", "results_told=10%:0.5"], [own])}
    assert whole["detection"] == pytest.approx((0.4, 0.6))
    assert whole["results_told"] == pytest.approx((0.1, 0.5))
    assert "notice_rate" not in whole  # the scenario says what it is
    assert len(whole) > 30
    levers = {one.name for one in factors_of(["levers"], [tiny.with_instruments("pdca_cycle")])}
    assert "recognition" in levers
    assert "verification" not in levers  # the instrument moves it


def test_weights_of_the_score_sum_to_one(tiny: Scenario):
    moved = Placed(1, (), (("world", "score_service", 0.9), ("levers", "handlers", 2.0))).applied(tiny)
    values = world_values(moved)
    weights = [values[f"score_{name}"] for name in ("service", "problem", "efficacy")]
    assert sum(weights) == pytest.approx(1.0)
    centre = world_values(tiny)
    assert weights[0] / weights[1] == pytest.approx(0.9 / centre["score_problem"])
    assert moved.levers["handlers"] == 2.0
    shares = Placed(1, (), (("levers", "care_share", 1.0),)).applied(tiny).levers
    assert shares["care_share"] + shares["culture_share"] == pytest.approx(1.0)
    assert Placed(1, (), (("levers", "care_share", 0.1),)).applied(tiny).levers["care_share"] == 0.1


def test_every_mistake_is_told_at_once(tiny: Scenario):
    points = tiny.with_instruments("pdca_cycle")
    wrong = ["handlrs", "handlers=2", "handlers=4:2", "detection=0.2:7", "residents", "meeting_rounds", "verification",
             "recognition", "recognition"]  # fmt: skip
    with pytest.raises(InputError) as caught:
        factors_of(wrong, [points])
    said = caught.value.render("en")
    for words in ("did you mean handlers?", "NAME=LOW:HIGH", "low is not below high", "7 is not allowed",
                  "no usual range", "moves it", "more than once"):  # fmt: skip
        assert words in said
    assert len(caught.value.problems) == len(wrong) - 1  # one of the two alike is right


@pytest.fixture(scope="module")
def file(tiny: Scenario, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("sensitivity") / "tiny.toml"
    save(tiny, path)
    return str(path)


ASKED = ["-i", "mean_efficacy", "--over", "results_told", "--over", INERT, "-r", "10", "-n", "16"]


def test_the_command_resumes_and_writes_its_table(
    file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    store, table = str(tmp_path / "store"), tmp_path / "found.csv"
    add = RunStore.add

    def killed(self: RunStore, runs: Sequence[Stored]) -> None:
        add(self, runs)
        raise KeyboardInterrupt

    command = ["sensitivity", file, *ASKED, "--store", store, "--lang", "en"]
    with monkeypatch.context() as patch:
        patch.setattr(RunStore, "add", killed)
        assert main(command) == 130
    capsys.readouterr()
    assert main([*command, "--json", "--out", str(table)]) == 0
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert "Morris screening: 40 runs" in err
    assert found["stored"] > 0
    assert found["left"] == ["levers.results_told"]
    assert main(["sensitivity", file, *ASKED, "--no-store", "--json"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert (again["rows"], again["runs"], again["stored"]) == (found["rows"], found["runs"], 0)
    written = pd.read_csv(table)
    assert written["factor"].tolist() == [one["factor"] for one in found["rows"]]
    assert written["effect"].dropna().tolist() == [one["effect"] for one in found["rows"] if one["effect"] is not None]
    workbook = tmp_path / "found.xlsx"
    assert main([*command, "--out", str(workbook)]) == 0
    assert "not distinguishable from the dummy (1): weight of prices" in " ".join(capsys.readouterr().out.split())
    pd.testing.assert_frame_equal(pd.read_excel(workbook), written)
    assert main([*command[:-1], "zh"]) == 0
    assert "与虚设因子不能区分（1 个）：价格权重" in capsys.readouterr().out


def test_mistakes_of_the_command_are_one_message(file: str, capsys: pytest.CaptureFixture[str]):
    wrong = ["sensitivity", file, "-i", "mean_eficacy", "--over", "handlrs", "--method", "sobl", "-r", "1", "-n", "100",
             "--out", "found.pdf", "--policy", "no_such", "--seed", "-1", "--lang", "en", "--no-store"]  # fmt: skip
    assert main(wrong) == 2
    told = capsys.readouterr().err
    for words in ("mean_efficacy", "sobol", "--trajectories", "--samples", ".xlsx", "no_such", "--seed"):
        assert words in told
    assert "Traceback" not in told
    assert main([*wrong[:2], "--over", "handlrs", "-n", "100", "--lang", "zh", "--no-store"]) == 2
    told = capsys.readouterr().err
    assert "handlers" in told
    assert "16、32 … 8,192" in told
