"""The engine: bits of one long run, shared luck, fog, branches, scores of forecasts, attribution that adds up."""

import math

import numpy as np
import pytest

from labsim.model.simulate import simulate
from labsim.results.declaration import Sight
from labsim.results.indicators import indicator, indicators, measure
from labsim.sandbox.board import Board
from labsim.sandbox.debrief import _ranks, attribution, branch, debrief, scores_of, what_if
from labsim.sandbox.exercise import Exercise
from labsim.sandbox.moves import Move, course, fallback, money, problems, said
from labsim.sandbox.observing import reported, sampled, wilson
from labsim.sandbox.play import Luck, Strike, as_scenario, planned
from labsim.sandbox.reading import load_exercise
from labsim.sandbox.scoring import Forecast, Foresight, answered, brier, foresight, interval_score
from labsim.sandbox.session import Action, Session, opened
from tests.sandbox.kit import small


@pytest.fixture(scope="module")
def exercise() -> Exercise:
    return small()


@pytest.fixture(scope="module")
def luck(exercise: Exercise) -> Luck:
    return Luck(exercise, 7)


COURSE = [{"verification": 0.5, "handlers": 3.0}, {}, {"root_cause": 0.4, "handlers": 2.0}, {"results_told": 0.5}]


def test_rounds_are_one_long_run(exercise: Exercise, luck: Luck):
    """Stepping, pausing for papers and changing levers under way gives the bits of the plan."""
    strikes = planned(exercise)
    assert len(strikes) == 3
    whole = simulate(as_scenario(exercise, COURSE, strikes), 7)
    assert luck.play(COURSE, strikes).run.digest() == whole.digest()
    assert luck.play(COURSE, strikes, papers=False).run.digest() == whole.digest()
    assert luck.play(COURSE[:2], strikes).run.digest() != whole.digest()


def test_equal_decisions_give_equal_bits_and_one_team_disturbs_no_other(exercise: Exercise, luck: Luck):
    strikes = planned(exercise)
    first = luck.play(COURSE, strikes).run.digest()
    luck.play([{"handlers": 5.0, "appraisal_process_share": 0.1}, {}, {}, {}], strikes)
    assert luck.play(COURSE, strikes).run.digest() == first
    assert Luck(exercise, 7).play(COURSE, strikes).run.digest() == first
    assert Luck(exercise, 8).play(COURSE, strikes).run.digest() != first


def test_courses_that_share_rounds_give_the_bits_of_each_alone(luck: Luck, exercise: Exercise):
    """A shared past must not leak from one course into the next, in whatever order they are played."""
    strikes = planned(exercise)
    courses = [
        COURSE,
        COURSE[:2],
        [*COURSE[:2], {"root_cause": 0.8}, {}],
        [{}, *COURSE[1:]],
        COURSE,
        [{"handlers": 5.0}],
    ]
    alone = [luck.play(one, strikes, papers=False).run.digest() for one in courses]
    for order in (courses, courses[::-1]):
        found = dict(luck.play_all(order, strikes))
        digests = [found[k].run.digest() for k in range(len(courses))]
        assert digests == (alone if order is courses else alone[::-1])
    assert len(set(alone)) == 5


def test_a_branch_differs_only_behind_its_first_changed_decision(exercise: Exercise, luck: Luck):
    strikes = planned(exercise)
    one = luck.play(COURSE, strikes).run
    other = luck.play([*COURSE[:2], {"root_cause": 0.8}, {}], strikes).run
    day = exercise.scenario.burn_in + exercise.starts[2]
    assert (one.daily[:day] == other.daily[:day]).all()
    assert (one.daily[day:] != other.daily[day:]).any()


def test_an_event_leaves_the_past_as_it_was(exercise: Exercise, luck: Luck):
    quiet = luck.play(COURSE, []).run
    struck = luck.play(COURSE, [Strike("inspection", 40)]).run
    day = exercise.scenario.burn_in + 40
    assert (quiet.daily[:day] == struck.daily[:day]).all()
    assert (quiet.daily[day:] != struck.daily[day:]).any()


def test_papers_are_late(exercise: Exercise, luck: Luck):
    """What happens in the last days of a round is in no report of it."""
    end = exercise.starts[1]
    before = luck.play([{}], [])
    after = luck.play([{}], [Strike("complaint", end - exercise.delay)])
    assert before.run.digest() != after.run.digest()
    assert before.papers[0].digest() == after.papers[0].digest()
    assert repr(reported(exercise, before, 0)) == repr(reported(exercise, after, 0))


def test_only_what_is_on_record_can_be_reported(exercise: Exercise):
    assert {indicators()[name].sight for name in exercise.visible} == {Sight.REPORTED}


def test_a_sample_errs_as_its_size_says():
    """Over many draws it is unbiased, and its interval holds the truth as often as it claims."""
    exercise = load_exercise("superficial_closure")
    played = Luck(exercise, 7).play([{}], [])
    bought = next(one for one in exercise.purchases if one.name == "survey")
    window = (0, exercise.starts[1] - exercise.delay)
    truth = measure(played.papers[0], "satisfaction_share", window, counts=played.counts)
    found = [sampled(exercise, played, 0, bought, seed) for seed in range(400)]
    shares = np.array([one.share for one in found if one])
    assert len(shares) == 400
    sd = math.sqrt(truth * (1 - truth) / bought.effective)
    assert abs(shares.mean() - truth) < 4 * sd / 20
    assert 0.8 < shares.std() / sd < 1.2
    assert np.mean([one.low <= truth <= one.high for one in found if one]) > 0.9
    assert sampled(exercise, played, 0, bought, 7) == sampled(exercise, played, 0, bought, 7)


def test_wilson_by_hand():
    low, high = wilson(0.5, 100)
    assert (round(low, 4), round(high, 4)) == (0.4038, 0.5962)
    assert wilson(0.0, 10)[0] == 0.0


def test_forecasts_are_scored_as_by_hand():
    assert brier(0.8, True) == pytest.approx(0.04)
    assert brier(0.8, False) == pytest.approx(0.64)
    assert interval_score(1, 3, 2) == 2
    assert interval_score(1, 3, 0) == pytest.approx(2 + 10 * 1)
    assert interval_score(1, 3, 3.5) == pytest.approx(2 + 10 * 0.5)
    found = foresight(Forecast(indicator="open_mean", rises=0.9, low=1, high=3), 2.0, 4.0)
    assert found is not None
    assert (found.held, round(found.brier, 4)) == (False, 0.01)
    assert foresight(Forecast(indicator="open_mean", rises=0.9, low=1, high=3), 2.0, math.nan) is None


def test_events_are_answered_by_the_round_after(exercise: Exercise):
    base = {one.lever: exercise.before(one.lever) for one in exercise.decisions}
    strikes = [Strike("complaint", 10)]
    assert answered(exercise, strikes, [base, {**base, "verification": 0.3}]) == 1.0
    assert answered(exercise, strikes, [base, base, {**base, "verification": 0.3}]) == 0.0


def test_money_is_carried_over_and_cannot_be_overspent(exercise: Exercise):
    move = Move(levers={"handlers": 3.0})
    cost = exercise.choice("handlers").price
    assert money(exercise, [move]) == pytest.approx(exercise.budget - cost)
    assert money(exercise, [move, Move()]) == pytest.approx(2 * (exercise.budget - cost))
    dear = {"handlers": 5.0, "repair_budget": 90000.0, "verification": 0.9}
    assert money(exercise, [Move(levers=dear)]) < 0
    assert fallback(exercise, [], dear).levers == {}


def session_of(exercise: Exercise, *policies: str) -> Session:
    made = opened(exercise, 7, "X", [f"t{i}" for i in range(len(policies))])
    for i, policy in enumerate(policies):
        made.apply(Action(0, "host", "bot", {"team": f"t{i}", "policy": policy}))
    made.apply(Action(0, "host", "started", {}))
    for index in range(4):
        made.apply(Action(0, "host", "ran", {"round": index}))
        if index < 3:
            made.apply(Action(0, "host", "opened", {"round": index}))
    return made


@pytest.fixture(scope="module")
def board(exercise: Exercise) -> Board:
    made = Board(session_of(exercise, "reference", "idle", "paper", "reference"))
    made.prepare()
    return made


def test_a_hit_is_no_surprise_and_the_surest_miss_stands_first(board: Board, monkeypatch: pytest.MonkeyPatch):
    hit, near, far = (
        Foresight("satisfaction_share", brier, 0.1, held, 0.4, 0.5)
        for brier, held in ((0.81, True), (0.09, False), (0.64, False))
    )
    monkeypatch.setattr(Board, "foresights", lambda *_: iter([(0, hit), (0, near), (1, far)]))
    assert debrief(board, futures=2).teams[0].surprises == ((2, far), (1, near))


def test_attribution_sums_to_the_total(board: Board):
    found = debrief(board, futures=20)
    for team in found.teams:
        assert sum(part.added for part in team.parts) == pytest.approx(team.score - team.idle, abs=1e-9)
    assert found.teams[0].parts
    idle = found.teams[1]
    assert (idle.parts, idle.score) == ((), idle.idle)
    # Teams that decided alike share bits, rank and score; the reference against itself differs in nothing.
    one, same = found.teams[0], found.teams[3]
    assert (one.score, one.rank, list(one.futures)) == (same.score, same.rank, list(same.futures))
    assert one.against.identical
    assert one.against.difference == 0
    assert one.skill + one.luck == pytest.approx(one.score)
    assert 0 <= one.percentile <= 1
    assert one.rank == 1


def test_a_useless_decision_is_worth_exactly_nothing(exercise: Exercise, board: Board):
    """Turning a lever to where it stands moves no bit, so it earns no point."""
    session = session_of(exercise, "reference")
    team = session.teams["t0"]
    team.moves[3] = Move(levers={"results_told": 0.7, "joint_decision": exercise.before("joint_decision")})
    parts, _ = attribution(Board(session), team)
    assert next(one.added for one in parts if one.lever == "joint_decision") == 0


def test_a_branch_with_no_change_is_the_original(board: Board):
    team = board.session.teams["t0"]
    assert branch(team, 1, {}) == course(team.moves)
    # Played on its own: courses that are equal share a run, and would agree however wrong it was.
    again = Luck(board.session.exercise, board.session.seed).play(branch(team, 1, {}), board.session.strikes)
    assert again.run.digest() == board.played(team).run.digest()
    found = what_if(board, team, 1, dict(team.moves[1].levers), futures=3)
    assert found.met == 0
    assert found.gap.identical


def test_what_if_is_the_other_course(exercise: Exercise, board: Board):
    session, team = board.session, board.session.teams["t1"]
    found = what_if(board, team, 0, {"verification": 0.9}, futures=3)
    own, other = scores_of(
        Luck(exercise, 7), [course(team.moves), branch(team, 0, {"verification": 0.9})], session.strikes
    )
    assert found.met == pytest.approx(other - own)
    assert found.met != 0
    assert found.gap.n == 3


def test_teams_tie_where_intervals_overlap():
    """Ranks go by what differs beyond doubt: a small lead within luck is none, a steady one is."""
    rng = np.random.default_rng(1)
    luck = rng.normal(0, 5, (200, 1))
    steady, noisy = luck + 2 + 0.1 * rng.normal(size=(200, 1)), luck + 0.3 + 6 * rng.normal(size=(200, 1))
    assert _ranks(np.hstack([luck, steady])) == [2, 1]
    assert _ranks(np.hstack([luck, noisy])) == [1, 1]
    assert _ranks(np.hstack([luck, luck, steady])) == [2, 2, 1]


def test_players_are_told_in_words_and_never_in_keys(exercise: Exercise):
    upside_down = tuple(Forecast(indicator=name, rises=0.5, low=2, high=1) for name in exercise.forecasts)
    told = said(list(problems(exercise, [], Move(forecasts=upside_down))))
    for name in exercise.forecasts:
        assert f"“{indicator(name).label.zh}”的预测填得不对" in told.zh
        assert name not in told.zh + told.en
    missing = said(list(problems(exercise, [], Move(reasons="x"))))
    assert all(indicator(name).label.en in missing.en for name in exercise.forecasts)


def test_an_exercise_that_ends_early_is_debriefed_as_one_of_its_rounds(exercise: Exercise):
    made = opened(exercise, 7, "X", ["甲", "乙"])
    made.apply(Action(0, "host", "bot", {"team": "甲", "policy": "reference"}))
    made.apply(Action(0, "host", "started", {}))
    before = Board(made)
    for index in range(2):
        made.apply(Action(0, "host", "ran", {"round": index}))
        if index == 0:
            made.apply(Action(0, "host", "opened", {"round": 1}))
    before.prepare()
    made.apply(Action(0, "host", "finished", {}))
    assert (made.phase, made.asked, made.played, made.index) == ("debrief", 4, 2, 1)
    assert made.exercise.starts == exercise.starts[:3]
    # Scored is the second half of what was played, on the bits of the plan.
    plan = as_scenario(exercise, course(made.teams["甲"].moves), made.strikes)
    window, counts = (exercise.starts[1], exercise.starts[2]), before.luck.counts
    told = {(line.indicator, line.group): line for line in debrief(before, futures=2).teams[0].lines}
    run = simulate(plan.model_copy(update={"horizon": exercise.starts[2]}), 7)
    for line in exercise.score:
        if line.group != "worst":
            expected = measure(run, line.indicator, window, line.group, counts=counts)
            np.testing.assert_array_equal(told[line.indicator, line.group].value, expected)
    # A board that saw it end and one that is made afterwards agree, and every split adds up.
    one, other = debrief(before, futures=4), debrief(Board(made), futures=4)
    assert [team.score for team in one.teams] == [team.score for team in other.teams]
    for team in one.teams:
        assert team.idle + sum(part.added for part in team.parts) == pytest.approx(team.score, abs=1e-9)
        assert all(part.round <= 2 for part in team.parts)
        assert all(one.round <= 2 for one in team.what_ifs)


def test_what_was_moved_away_and_back_is_no_decision(exercise: Exercise):
    made = opened(exercise, 7, "X", ["甲"])
    made.apply(Action(0, "host", "started", {}))
    same = {"handlers": exercise.before("handlers"), "verification": 0.5}
    made.teams["甲"].draft = dict(same)
    made.apply(Action(0, "host", "ran", {"round": 0}))
    assert made.teams["甲"].moves[0].levers == {"verification": 0.5}
