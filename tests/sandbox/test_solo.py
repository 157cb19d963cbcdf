"""Alone, in a notebook, and from the command line."""

import json
from pathlib import Path

import pytest

from labsim.foundations.errors import InputError
from labsim.presentation.cli import main
from labsim.presentation.sandbox.console import host
from labsim.presentation.sandbox.debrief import debrief_html
from labsim.presentation.sandbox.notebook import _Alone, play_alone
from labsim.sandbox.client import Client
from labsim.sandbox.keeping import Log, load_session, save_session
from labsim.sandbox.play import course_of
from labsim.sandbox.rehearse import rehearse, time_plan
from labsim.sandbox.scoring import Forecast
from labsim.sandbox.session import HOST, Action
from labsim.sandbox.solo import Solo
from tests.sandbox.kit import forecasts, small, small_text


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "small.toml"
    made.write_text(small_text(), encoding="utf-8")
    return made


def test_playing_the_reference_ties_with_it():
    solo = Solo(small(), seed=3)
    for values in course_of(solo.exercise, solo.exercise.reference):
        told = solo.play(values, forecasts=[Forecast(**x) for x in forecasts(solo.exercise)])
    assert solo.over
    mine, reference = solo.score()
    assert mine == reference
    assert told.round == 4
    with pytest.raises(InputError):
        solo.play()


def test_a_round_that_is_not_possible_has_not_happened():
    solo = Solo(small())
    with pytest.raises(InputError) as error:
        solo.play({"verification": 5, "hadnlers": 3}, purchases=["gossip"])
    assert len(error.value.problems) == 3
    assert solo.session.index == 0
    with pytest.raises(InputError):
        solo.score()


def test_the_sliders_play(file: Path):
    alone = _Alone(Solo(str(file)), "zh")
    alone.sliders["verification"].value = 0.7
    alone.bought["recheck"].value = True
    for _ in range(4):
        alone.go.click()
        assert alone.message.value == ""
    assert "得分" in alone.head.value
    assert alone.solo.session.teams["我 / me"].moves[0].levers == {"verification": 0.7}
    assert "第4轮" in alone.record.value


def test_a_plan_that_costs_too_much_is_told_in_the_widget(file: Path):
    alone = _Alone(Solo(str(file)), "en")
    for name, value in (("handlers", 5), ("repair_budget", 90000), ("verification", 0.9)):
        alone.sliders[name].value = value
    alone.go.click()
    assert "over the budget" in alone.message.value
    assert alone.solo.session.index == 0


def test_widgets_are_made_from_every_exercise_in_both_languages():
    for lang in ("zh", "en"):
        assert play_alone("flood_week", lang=lang).children


def test_the_console_in_a_notebook(file: Path, tmp_path: Path):
    made = host(str(file), teams=2, session=tmp_path / "s.db", hosts=["李老师"], lang="zh")
    try:
        # The ways in stand in the output: for me, for a colleague whose deeds are named, for participants.
        for wanted in (f"href='{made.host_link}'", made.links["李老师"], made.address, made.code):
            assert wanted in made._state.value
        assert made.host_link in repr(made)
        colleague = Client(made.address)
        assert colleague.ask("api/join", {"host": made.links["李老师"].partition("host=")[2]})[0] == 200
        assert colleague.act("message", to="all", text="你好")[0] == 200
        assert [x["who"] for x in colleague.view()["deeds"]][-1] == "李老师"
        assert made._events.value == small().events[0].name
        player = Client(made.address)
        assert player.join(made.code, "第1队", "secretary", "王")[0] == 200
        made._do("started")
        assert made.view["phase"] == "deciding"
        made._do("finished")
        assert "mistake" in made._state.value
        made._do("ran", round=0)
        assert made.view["phase"] == "results"
    finally:
        made.close()


@pytest.mark.slow
def test_a_rehearsal_of_eight_teams(file: Path):
    found = rehearse(small_text(), 8, {}, lambda board, at: debrief_html(board, at, futures=4))
    assert found.complaints == ()
    assert found.people == 8 * len(small().roles) - 1  # one seat is a bot's
    assert found.p95 < 2
    assert max(found.rounds) < 10
    assert found.rejoin < 3
    assert len(found.plan) == len(small().rounds) + 2
    debrief = time_plan(small())[-1]
    assert 3 * debrief.minutes >= debrief.start + debrief.minutes


def test_a_session_file_becomes_a_debrief(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    log = Log(tmp_path / "x.db")
    log.begin(small_text(), 7, "ABC", ["甲队"])
    solo = Solo(small(), seed=7)
    session = log.session()
    for kind in ["started", *(["ran", "opened"] * 4)[:-1]]:
        action = {"round": session.index}
        log.add(Action(1.0, HOST, kind, action))
        session = log.session()
    save_session(log, tmp_path / "x.json")
    assert len(load_session(tmp_path / "x.json").teams["甲队"].moves) == 4
    out = tmp_path / "debrief.html"
    assert main(["debrief", str(tmp_path / "x.json"), "--out", str(out), "--futures", "4", "--lang", "zh"]) == 0
    page = out.read_text(encoding="utf-8")
    assert "运气和本事分开看" in page
    assert "http" not in page.replace("http://www.w3.org", "")
    assert not solo.over
    (tmp_path / "bad.json").write_text("[]", encoding="utf-8")
    assert main(["debrief", str(tmp_path / "bad.json"), "--lang", "zh"]) == 2
    assert main(["sandbox", "--lang", "en"]) == 0
    assert "superficial_closure" in capsys.readouterr().out


def test_mistakes_on_the_command_line(capsys: pytest.CaptureFixture[str]):
    for given, named in (
        (["sandbox", "superficial_closur"], "superficial_closure"), (["rehearse", "flood_week", "--teams", "99"], "12"),
        (["sandbox", "flood_week", "--port", "99999"], "99999"), (["kit", "flod_week"], "flood_week"),
    ):  # fmt: skip
        assert main([*given, "--lang", "zh"]) == 2
        said = capsys.readouterr()
        assert named in said.err + said.out
        assert "Traceback" not in said.err


def test_the_notebook_holds_no_outputs_and_its_cells_run(tmp_path: Path, root: Path):
    document = json.loads((root / "notebooks" / "2_trainer.ipynb").read_text(encoding="utf-8"))
    cells = [cell for cell in document["cells"] if cell["cell_type"] == "code"]
    assert [cell for cell in cells if cell["outputs"] or cell["execution_count"]] == []
    text = ["".join(cell["source"]) for cell in cells]
    assert sum(one.count("\n") + 1 for one in text) <= 40
    assert not any(line.startswith(("def ", "class ")) for one in text for line in one.splitlines())
    names: dict[str, object] = {}
    for one in text:
        exec(compile(one, "2_trainer", "exec"), names)
