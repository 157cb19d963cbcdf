"""Likelihoods that exist: they cover, count open cases, and do not take friends alike for influence."""

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from labsim.analysis.chance import Purpose, bells, evens
from labsim.analysis.inference.calibration import Light
from labsim.analysis.inference.direct import influence, report_rate, stage_days
from labsim.analysis.inference.directfile import read_direct
from labsim.analysis.inference.fitting import check
from labsim.analysis.inference.identify import spectrum
from labsim.behaviour.reporting import report_probability
from labsim.foundations.errors import InputError
from labsim.model.simulate import simulate
from labsim.population.synthesis import synthesise
from labsim.scenario.scenario import community_values, lever_table, world_values
from tests.inference.banks import bank
from tests.survey.twins import scenario


def test_stage_times_cover_with_cases_that_are_still_open():
    hits = 0
    for k in range(300):
        began = 100 * evens(k, Purpose.LUCK, 50, (60,))
        ended = began - 3.0 * np.log(evens(k, Purpose.LUCK, 51, (60,)))
        found = stage_days(began, np.where(ended < 100, ended, np.nan), 100.0)
        hits += found.low <= 3.0 <= found.high
    assert 272 <= hits <= 297


def test_leaving_open_cases_out_would_be_wrong():
    began = np.concatenate([np.zeros(40), np.full(40, 9.0)])
    ended = np.concatenate([np.full(40, 4.0), np.full(40, np.nan)])
    assert stage_days(began, ended, 10.0).value == pytest.approx((160 + 40) / 40)


def test_a_stage_time_becomes_a_prior_inside_the_declared_range():
    found = stage_days(np.zeros(50), np.full(50, 2.0), 10.0)
    prior = found.prior("intake_days")
    assert found.low < 2 < found.high
    assert (prior.low, prior.high) == (0.5, 6.0)
    # The prior of a study is the likelihood: its own interval is the one of the records.
    assert prior.natural(np.array([-1.96, 0.0, 1.96])) == pytest.approx([1.52, 2.0, 2.64], abs=0.02)
    assert prior.scores(prior.natural(np.array([-1.5, 0.3, 2.0]))) == pytest.approx([-1.5, 0.3, 2.0])
    assert prior.whole == pytest.approx(0.5 * 12**0.95 - 0.5 * 12**0.05)
    with pytest.raises(InputError, match="intake_days"):
        stage_days(np.zeros(50), np.full(50, 90.0), 100.0).prior("intake_days")


@pytest.mark.parametrize("wrong", [np.full(20, -1.0), np.full(20, np.nan)])
def test_records_that_are_none_are_refused(wrong: np.ndarray):
    with pytest.raises(InputError):
        stage_days(np.zeros(20), wrong, 10.0)


def panel(j: float, k: int, alike: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Return a panel of 200 persons in rings of 10; with ``alike``, rings share their taste."""
    n, weeks = 200, 60
    ring = np.arange(n) // 10
    contacts = np.stack([ring * 10 + (np.arange(n) + step) % 10 for step in (1, 2, 8, 9)], axis=1)
    taste = bells(k, Purpose.TRUTH, 9, (n,)) * 1.5
    if alike:
        taste = bells(k, Purpose.TRUTH, 10, (20,))[ring] * 1.5
    acts = np.zeros((weeks, n), np.int8)
    for w in range(1, weeks):
        u = -1.0 + j * acts[w - 1][contacts].mean(axis=1) + 0.5 * acts[w - 1] + taste
        acts[w] = evens(k, Purpose.LUCK, 60 + w, (n,)) < 1 / (1 + np.exp(-u))
    return acts, contacts


def test_influence_is_found_again_and_likeness_is_not_taken_for_it():
    strong = influence(*panel(1.5, 1))
    assert strong.low < 1.5 < strong.high
    assert strong.low > 0.5
    alike = influence(*panel(0.0, 2, alike=True))
    assert alike.low < 0.45
    assert alike.high < 0.9
    with pytest.raises(InputError, match="panel"):
        influence(np.zeros((3, 50), np.int8), np.zeros((50, 2), np.int64))


def test_duplicates_cover_and_too_few_are_refused():
    hits = 0
    for k in range(300):
        days = 10 * evens(k, Purpose.LUCK, 52, (200,))
        gaps = -np.log(evens(k, Purpose.LUCK, 53, (200, 12))) / 0.05
        found = report_rate(days, (np.cumsum(gaps, axis=1) < days[:, None]).sum(axis=1))
        hits += found.low <= 0.05 <= found.high
    assert 272 <= hits <= 297
    with pytest.raises(InputError, match="10"):
        report_rate(np.ones(50), np.zeros(50))


def records(folder: Path, name: str, table: dict[str, object]) -> None:
    pd.DataFrame(table).to_csv(folder / name, index=False)


def test_a_study_reads_records_into_priors(tmp_path: Path):
    began = 300 * evens(1, Purpose.LUCK, 54, (90,))
    records(tmp_path, "intake.csv", {"开始": began, "结束": began - 2.0 * np.log(evens(1, Purpose.LUCK, 55, (90,)))})
    records(tmp_path, "open.csv", {"days": np.full(100, 10.0), "repeats": np.repeat([0, 1], 50)})
    acts, contacts = panel(1.0, 3)
    weeks = {f"w{i}": row for i, row in enumerate(acts)}
    records(tmp_path, "panel.csv", {"id": np.arange(acts.shape[1]), **weeks})
    pairs = np.argwhere(contacts >= 0)
    records(tmp_path, "contacts.csv", {"id": pairs[:, 0], "contact": contacts[contacts >= 0]})
    given = {
        "intake_days": {"stage": "intake.csv"},
        "notice_rate": {"duplicates": "open.csv"},
        "contact_influence": {"panel": "panel.csv", "contacts": "contacts.csv"},
    }
    base = scenario()
    intake, notice, influenced = read_direct(given, tmp_path, base, {})
    assert intake.natural(np.zeros(1))[0] == pytest.approx(2.0, rel=0.25)
    world = world_values(base)
    told = report_probability(world["report_bias"], world["efficacy_weight"], world["efficacy_start"])
    told *= 1 - float(lever_table(base)["results_told"].mean())  # who was told does not report it again
    assert notice.natural(np.zeros(1))[0] == pytest.approx(0.05 / told, rel=0.02)
    assert influenced.natural(np.zeros(1))[0] == pytest.approx(influence(acts, contacts).value)
    # Where half of the time is cut by a lever, the same records speak of twice the time on paper.
    cut = read_direct({"intake_days": given["intake_days"]}, tmp_path, base.with_levers(intake_cut=0.5), {})[0]
    assert cut.natural(np.zeros(1))[0] == pytest.approx(2 * intake.natural(np.zeros(1))[0], rel=0.02)


def test_the_models_own_duplicates_give_its_notice_rate(tmp_path: Path):
    """Open cases of four years of the model, as a case desk would list them: the likelihood finds what made them."""
    base = scenario()
    days, repeats, believed = [], [], []
    for seed in range(11, 15):
        run = simulate(base, seed, population=synthesise(community_values(base), seed))
        cases = run.cases[(run.cases["opened"] >= 0) & (run.cases["opened"] < run.horizon)]
        over = np.isfinite(cases["closed"]) & (cases["closed"] > cases["opened"]) & (cases["closed"] < run.horizon)
        days.append(np.where(over, cases["closed"], run.horizon) - cases["opened"])
        repeats.append(np.maximum(cases["reports"] - (cases["detector"] == 1), 0))
        believed.append(run.programme["mean_efficacy"].mean())
    records(tmp_path, "open.csv", {"days": np.concatenate(days), "repeats": np.concatenate(repeats)})
    given = {"notice_rate": {"duplicates": "open.csv"}}
    prior = read_direct(given, tmp_path, base, {}, float(np.mean(believed)))[0]
    low, high = prior.natural(np.array([-1.96, 1.96]))
    assert low < world_values(base)["notice_rate"] < high
    assert high / low < 3  # and it says something


def test_records_are_refused_all_at_once(tmp_path: Path):
    records(tmp_path, "intake.csv", {"began": np.zeros(20), "ended": np.ones(20)})
    records(tmp_path, "open.csv", {"days": np.ones(20)})
    taken = {"cases.csv": hashlib.sha256((tmp_path / "intake.csv").read_bytes()).hexdigest()}
    given = {
        "intake_days": {"stage": "intake.csv"},
        "notice_rate": {"duplicates": "open.csv"},
        "hop_days": {"stage": "missing.csv"},
        "contact_influense": {},
    }
    with pytest.raises(InputError) as caught:
        read_direct(given, tmp_path, scenario(), taken)
    said = caught.value.render("en")
    for part in ("count twice", "no column repeats", "missing.csv", "did you mean contact_influence?"):
        assert part in said


def test_what_records_told_counts_as_found_and_the_rest_is_still_calibrated():
    """A parameter that only its records know: the interval covers, and the light says that data speak."""
    some = bank(3000)
    learnt = stage_days(np.zeros(100), np.full(100, 1.0), 1.0).prior("hop_days")
    priors = (some.study.priors[0], learnt, some.study.priors[2])
    lit = replace(some, study=replace(some.study, priors=priors))
    found = {one.name: one for one in check(lit, 1, 200, draws=400)}
    assert found["hop_days"].light is Light.GREEN
    assert found["hop_days"].width < 0.25
    assert found["reward_weight"].light is Light.RED
    assert spectrum(lit).left[1] < 0.25
