"""Answers while a person looks: right to the bit, at once where runs are there, stopped when superseded."""

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from labsim.experiment.design import Design
from labsim.experiment.estimates import Estimate
from labsim.experiment.live import Answer, Live
from labsim.experiment.pasts import Pasts, branched, past_key
from labsim.experiment.runner import run
from labsim.foundations.errors import InputError, Problem
from labsim.foundations.i18n import t
from labsim.model.simulate import simulate, start
from labsim.results.results import Reduction
from labsim.results.store import RunStore
from labsim.scenario.community import COMMUNITY
from labsim.scenario.phases import Inject, InjectKind, Phase
from labsim.scenario.scenario import Scenario

SMALL = {"residents": 80, "blocks": 4, "items": 60, "panel": 10}
WHAT = Reduction(indicators=("satisfaction_share", "backlog_mean", "reports_month"), series=("satisfaction_share",))
WAIT = 20


def small(name: str, *phases: Phase, horizon: int = 56, **more) -> Scenario:
    return Scenario(name=name, horizon=horizon, burn_in=28, community=SMALL, phases=phases, **more)


def checked(value: float) -> Scenario:
    return small("policy", Phase(lever="inspection_frequency", value=30 * value, start=0))


@pytest.fixture
def live() -> Iterator[Live]:
    opened = Live(WHAT, replications=4, seed=5)
    yield opened
    opened.close()


def answers(live: Live, *scenarios: Scenario) -> list[Answer]:
    """Return every answer to a question, the last one complete."""
    told: list[Answer] = []
    assert live.ask(scenarios, told.append).wait(WAIT)
    assert told[-1].complete
    return told


def test_the_last_answer_is_the_experiment_bit_for_bit(live: Live):
    scenarios = [small("base"), checked(0.7)]
    answers(live, small("base"), checked(0.2))
    found = answers(live, *scenarios)[-1].result
    right = run(Design.of(scenarios, 1, 4, 5), WHAT)
    of = right.values.set_index("scenario")["value"]
    assert not np.allclose(of["base"], of["policy"], equal_nan=True)  # else any mix-up would pass
    assert found.values.equals(right.values)
    assert found.series.equals(right.series)
    assert (found.finished, found.failed, found.cancelled, found.interrupted) == (8, 0, 0, False)


@pytest.mark.parametrize(
    "other",
    [
        small("other", Phase(lever="staff", value=20, start=0), Phase(lever="handlers", value=9, start=10)),
        small("other", Phase(lever="handlers", value=1, start=0)),
        small("other", injects=(Inject(day=20, kind=InjectKind.STAFF_LEAVE, magnitude=2),)),
    ],
    ids=["more posts and handlers", "fewer handlers", "an inject"],
)
def test_a_shared_past_keeps_every_bit(other: Scenario):
    """Also when the future needs more posts and handlers than the past had room for."""
    base = small("base")
    assert past_key(base) == past_key(other)
    past = start(base, 9).advance(0)
    before = past.trajectory().daily.tobytes()
    found, right = branched(past, other).advance().trajectory(), simulate(other, 9)
    assert found.scenario == right.scenario
    for part in ("daily", "groups", "cases", "residents"):
        assert getattr(found, part).tobytes() == getattr(right, part).tobytes()
    assert past.trajectory().daily.tobytes() == before
    assert branched(past, base).advance().trajectory().daily.tobytes() == simulate(base, 9).daily.tobytes()


def test_runs_of_one_past_do_not_write_into_one_another():
    """With every module on, two runs of one past go forward in turns, as threads would let them."""
    names = [name.removeprefix("module_") for name in COMMUNITY if name.startswith("module_")]
    base = small("base").with_modules(*names)
    other = base.renamed("other", "另", "other").with_phases(Phase(lever="service_budget", value=900_000))
    past = start(base, 9).advance(0)
    runs = [branched(past, one) for one in (base, other)]
    for name in ("world", "levers"):  # modules write into both, and threads are inside a day at the same time
        mine, theirs, first = (getattr(one.setup, name) for one in (*runs, past))
        assert not np.shares_memory(mine, theirs)
        assert not np.shares_memory(mine, first)
    for day in range(7, 57, 7):
        for run_ in runs:
            run_.advance(day)
    for run_, scenario in zip(runs, (base, other), strict=True):
        found, right = run_.trajectory(), simulate(scenario, 9)
        assert found.daily.tobytes() == right.daily.tobytes()
        for name, records in right.modules.items():
            assert found.modules[name].tobytes() == records.tobytes()


@pytest.mark.parametrize(
    "other",
    [
        small("a").with_levers(verification=0.5),
        small("a").with_world(detection=0.3),
        small("a").with_community(residents=81),
        small("a", horizon=84),
        small("a", Phase(lever="verification", value=0.5, start=-7)),
    ],
    ids=["levers from the start", "world", "community", "length", "a phase in the burn-in"],
)
def test_another_past_is_never_shared(other: Scenario):
    assert past_key(small("a")) != past_key(other)


def test_only_so_many_pasts_are_kept():
    pasts = Pasts(most=1)
    for seed in (1, 2, 1):
        pasts.run(small("a"), seed)
    assert (pasts.made, pasts.shared) == (3, 0)
    pasts.run(small("b"), 1)
    assert (pasts.made, pasts.shared) == (3, 1)


def test_what_did_not_change_is_not_run_again(live: Live, monkeypatch):
    answers(live, small("base"), checked(0.2))
    ran: list[str] = []
    whole = Live._work

    def counted(self, request, scenario, job):
        ran.append(scenario.name)
        return whole(self, request, scenario, job)

    monkeypatch.setattr(Live, "_work", counted)
    told = answers(live, small("base"), checked(0.3))
    assert ran == ["policy"] * 4
    assert told[-1].reused == 4
    ran.clear()
    assert [one.complete for one in answers(live, small("base"), checked(0.2))] == [True]
    assert ran == []


def test_a_first_answer_is_estimated_from_runs_with_other_values(live: Live):
    low = answers(live, small("base"), checked(0.2))[-1].result
    high = answers(live, small("base"), checked(0.6))[-1].result
    first, *_, last = answers(live, small("base"), checked(0.3))
    (estimate,) = first.estimates
    assert estimate == Estimate("policy", "inspection_frequency", 9, (6, 18))
    mine, a, b = (one.values.query("scenario == 'policy'")["value"].to_numpy() for one in (first.result, low, high))
    assert np.allclose(mine, 0.75 * a + 0.25 * b, equal_nan=True)
    assert not np.allclose(mine, a, equal_nan=True)
    assert last.estimates == ()


def test_runs_that_differ_in_two_levers_estimate_nothing(live: Live):
    answers(live, small("base"), checked(0.2))
    two = small("policy", Phase(lever="verification", value=0.3, start=0), Phase(lever="staff", value=15, start=0))
    first = answers(live, small("base"), two)[0]
    assert first.estimates == ()
    assert first.result.finished == 0


def test_a_superseded_question_stops_and_is_silent(live: Live, monkeypatch):
    """The old question holds its workers until it is cancelled; nothing of it is told afterwards."""
    began, old = threading.Event(), list[Answer]()
    advance = Pasts.run

    def slow(self, scenario, seed):
        began.set()
        if scenario.name == "endless":
            while not first.is_cancelled():
                threading.Event().wait(0.01)
        return advance(self, scenario, seed)

    monkeypatch.setattr(Pasts, "run", slow)
    release = threading.Event()
    monkeypatch.setattr(live, "_pool", _Later(live._pool, release))
    first = live.ask([small("base"), small("endless")], old.append)
    release.set()
    assert began.wait(WAIT)
    told = len(old)
    last = answers(live, small("base"), checked(0.4))[-1]
    assert first.is_cancelled()
    assert first.wait(0)
    assert last.result.finished == 8
    assert len(old) == told


class _Later:
    """A pool whose workers begin when they may: the test then knows the question by name."""

    def __init__(self, pool, release: threading.Event) -> None:
        self._pool, self._release = pool, release

    def submit(self, task, *given):
        return self._pool.submit(lambda: (self._release.wait(WAIT), task(*given))[1])

    def shutdown(self, **more):
        self._pool.shutdown(**more)


def test_a_failed_run_is_a_row_and_no_end(live: Live, monkeypatch):
    advance = Pasts.run

    def fails(self, scenario, seed):
        if scenario.name == "policy" and seed == Design.of([scenario], 1, 4, 5).jobs()[1].seed:
            raise ArithmeticError("no luck")
        return advance(self, scenario, seed)

    monkeypatch.setattr(Pasts, "run", fails)
    result = answers(live, small("base"), checked(0.2))[-1].result
    assert (result.finished, result.failed) == (7, 1)
    assert result.failures["error"].tolist() == ["ArithmeticError: no luck"]


def test_it_meets_its_runs_in_a_store(tmp_path):
    store = RunStore(tmp_path)
    one, other = Live(WHAT, 3, store=store), Live(WHAT, 3, store=RunStore(tmp_path))
    first = answers(one, small("base"), checked(0.2))[-1]
    again = answers(other, small("base"), checked(0.2))
    assert len(again) == 1
    assert again[0].reused == 6
    assert again[0].result.values.equals(first.result.values)
    for each in (one, other):
        each.close()


def test_a_wrong_indicator_is_found_before_anything_runs():
    with pytest.raises(InputError, match="did you mean satisfaction_share"):
        Live(Reduction(indicators=("satisfaction_shares",)))


def test_a_store_that_refuses_is_said_and_costs_no_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(self: RunStore, runs: object) -> None:
        raise InputError([Problem.at("", t("磁盘已满", "the disk is full"))])

    store = RunStore(tmp_path)
    opened = Live(WHAT, replications=4, seed=5, store=store)
    with monkeypatch.context() as full:
        full.setattr(RunStore, "add", refuse)
        answers(opened, small("base"), checked(0.2))
        told = answers(opened, small("base"), checked(0.3))[-1].result
        assert (told.finished, len(told.notes)) == (8, 1)
        assert "were not kept" in told.notes[0].en
        assert told.notes[0].zh.endswith("磁盘已满")
    answers(opened, small("base"), checked(0.4))  # room again: kept again
    opened.close()
    assert store.contents().runs == 4


def test_scenarios_that_cannot_be_compared_are_refused(live: Live):
    with pytest.raises(InputError, match="different length"):
        live.ask([small("base"), small("policy", horizon=84)], lambda answer: None)
