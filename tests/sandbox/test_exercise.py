"""Exercise files: all that ship are complete, winnable by good work only, and mistakes are told at once."""

import re

import numpy as np
import pytest

from labsim.foundations.errors import InputError
from labsim.presentation.sandbox.kit import _debrief, kit_html
from labsim.results.indicators import indicators
from labsim.sandbox.debrief import clouds
from labsim.sandbox.exercise import GAMEABLE
from labsim.sandbox.moves import Move, problems
from labsim.sandbox.play import course_of, planned
from labsim.sandbox.reading import exercise_names, exercise_text, load_exercise, read_exercise
from labsim.sandbox.scoring import Forecast
from tests.sandbox.kit import small_text

SHOW = {
    "joint_decision": 1.0, "joint_meetings": 4.0, "meeting_rule": 1.0, "online_meetings": 0.9, "case_tracking": 1.0,
    "appraisal_effect_share": 0.0, "appraisal_process_share": 1.0, "verification": 0.0, "confirmation": 0.0,
    "root_cause": 0.0, "inspection_frequency": 12.0, "inspection_coverage": 0.2,
}  # fmt: skip
"""Meetings, ledgers and hasty inspections, closing without a look: free of charge, and more than a team may."""
CHINESE = re.compile(r"[\u3400-\u9fff]")


def test_all_seven_are_there():
    assert len(exercise_names()) == 7


@pytest.mark.parametrize("name", exercise_names())
def test_an_exercise_is_complete_in_both_languages(name: str):
    one = load_exercise(name)
    texts = [one.title, one.story, *one.questions, *(x.brief for x in one.rounds), *(x.label for x in one.roles)]
    texts += [x.card for x in one.roles] + [x.why for x in one.decisions] + [x.text for x in one.objectives]
    texts += [x.mechanism for x in one.objectives] + [x.label for x in one.purchases]
    texts += [y for x in one.events for y in (x.title, x.story, x.expected)]
    texts += [y for x in one.policies for y in (x.label, x.why)]
    assert [x.zh for x in texts if not CHINESE.search(x.zh)] == []
    assert [x.en for x in texts if CHINESE.search(x.en)] == []
    assert 4 <= len(one.rounds) <= 8
    assert len(one.purchases) >= 2
    assert any(event.held for event in one.events) or len(one.events) >= 3
    assert not {line.indicator for line in one.score} & GAMEABLE


@pytest.mark.parametrize("name", exercise_names())
def test_every_policy_of_the_file_can_be_played(name: str):
    """A reference that no team could pay for, or that changes more than allowed, would teach nothing."""
    one = load_exercise(name)
    foreseen = tuple(Forecast(indicator=x, rises=0.5, low=0, high=1) for x in one.forecasts)
    for policy in one.policies:
        moves: list[Move] = []
        for values in policy.rounds:
            move = Move(levers=values, reasons="x", forecasts=foreseen)
            assert [p.render("en") for p in problems(one, moves, move)] == [], policy.name
            moves.append(move)


@pytest.mark.parametrize("name", exercise_names())
def test_good_work_wins_and_show_does_not(name: str):
    """The reference beats doing nothing, the tempting policy and all the show there is, in luck that nobody chose."""
    one = load_exercise(name)
    courses = [course_of(one, policy) for policy in one.policies]
    courses.append([dict(SHOW), *[{} for _ in one.rounds[1:]]])
    cloud = clouds(one, range(50, 56), courses, planned(one))
    gaps = cloud[:, :1] - cloud[:, 1:]
    assert (gaps.mean(axis=0) > 3).all(), cloud.mean(axis=0)
    assert (gaps > 0).mean() > 0.9


@pytest.mark.parametrize("name", exercise_names())
def test_the_kit_holds_the_numbers_of_the_file(name: str):
    one = load_exercise(name)
    page = kit_html(one, lang="zh")
    for wanted in (one.title.zh, one.title.en, f"{one.budget:,.0f}", *(x.card.zh for x in one.roles)):
        assert wanted in page
    assert not re.search(r"\de[+-]?\d", re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)), "a power of ten"
    assert sum(minutes for minutes, _ in _debrief(37)) == 37
    for line in one.score:
        assert f"{line.weight:g}%" in page
        assert indicators()[line.indicator].label.zh in page


def test_another_file_gives_another_kit():
    text = exercise_text("flood_week")
    assert "77,777" not in kit_html(read_exercise(text), lang="zh")
    dearer = read_exercise(text.replace("\nbudget = 14000", "\nbudget = 77777"))
    assert "77,777" in kit_html(dearer, lang="zh")


MISTAKES = {
    'dimension = "x"': ('dimension = "sx"', "sx"),
    'lever = "verification"': ('lever = "verifcation"', "verification"),
    'by = "grid"': ('by = "网格员"', "grid"),
    "high = 0.9": ("high = 7", "high"),
    "weight = 25": ("weight = 26", "100"),
    'kind = "fault_burst"': ('kind = "fault_brust"', "fault_burst"),
    'sees = ["open_mean"': ('sees = ["backlog_mean"', "backlog_mean"),
    'of = "fix_rate_genuine"': ('of = "fix_rate_genuin"', "fix_rate_genuine"),
    "n = 60": ("n = 2", "n"),
    "after = 14": ("after = 200", "after"),
    "target = 1": ("target = 7", "target"),
    "verification = 0.7": ("verification = 3", "verification"),
    "days = 91": ("days = 7", "days"),
    'indicator = "severity_backlog"': ('indicator = "fix_rate_official"', "fix_rate_official"),
    "most_changes = 4": ("most_changes = 40", "most_changes"),
    "budget = 12000": ("budget = nan", "budget"),
    'title = { zh = "整改率98%，投诉为何不降"': ('tilte = { zh = "整改率98%，投诉为何不降"', "title"),
    "handlers = 2": ("handlers = 200", "handlers"),
    "poor = 0.7\ngood = 0.1": ("poor = 0.1\ngood = 0.7", "good"),
}


@pytest.mark.parametrize("right", MISTAKES)
def test_a_mistake_is_told_with_its_place(right: str):
    text, (wrong, named) = exercise_text("superficial_closure"), MISTAKES[right]
    assert right in text
    with pytest.raises(InputError) as error:
        read_exercise(text.replace(right, wrong, 1), "mine.toml")
    for lang in ("zh", "en"):
        said = error.value.render(lang)
        assert named in said
        assert "mine.toml" in said
    assert any(problem.where.line for problem in error.value.problems)


def test_all_mistakes_are_told_at_once():
    text = small_text().replace('lever = "verification"', 'lever = "verifcation"').replace("weight = 25", "weight = 26")
    text = text.replace('by = "grid"', 'by = "gird"').replace('sees = ["open_mean"', 'sees = ["backlog_mean"')
    with pytest.raises(InputError) as error:
        read_exercise(text)
    assert len(error.value.problems) >= 5


@pytest.mark.parametrize(
    "text", ["", "x", "rounds = 3", "[[rounds]]", "rounds = [1, 2]", "a = [[", "name = 1\nrounds = {}"]
)
def test_a_file_that_is_no_exercise_is_told_without_a_traceback(text: str):
    with pytest.raises(InputError) as error:
        read_exercise(text)
    assert error.value.render("zh")


def test_an_unknown_name_gives_the_nearest():
    with pytest.raises(InputError) as error:
        load_exercise("superficial_closur")
    assert "superficial_closure" in error.value.render("zh")


def test_weights_are_of_one_hundred():
    for name in exercise_names():
        assert np.isclose(sum(line.weight for line in load_exercise(name).score), 100)
