"""A session over real HTTP: what people may do, what they may not, and what survives a kill."""

import contextlib
import json
import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from labsim.foundations.errors import InputError
from labsim.results.declaration import Sight
from labsim.results.indicators import indicators, measure
from labsim.sandbox.client import Client
from labsim.sandbox.keeping import Log, digests, load_session
from labsim.sandbox.moves import course
from labsim.sandbox.play import Luck
from tests.sandbox.kit import Hall, forecasts, small, small_text


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    made = Hall(tmp_path / "session.db")
    yield made
    made.close()


def lock(client: Client, index: int = 0, **more: Any) -> tuple[int, Any]:
    given = {"round": index, "forecasts": forecasts(small()), "reasons": "因为", **more}
    return client.act("locked", **given)


def play_round(hall: Hall, players: list[Client], index: int, levers: dict[str, float]) -> None:
    for one in players:
        assert one.act("drafted", round=index, levers=levers)[0] == 200
        status, said = lock(one, index)
        assert status == 200, said
    assert hall.host.act("ran", round=index)[0] == 200
    if index < 3:
        assert hall.host.act("opened", round=index)[0] == 200


def numbers(data: Any) -> Iterator[float]:
    """Give every number in a document."""
    if isinstance(data, dict):
        for value in data.values():
            yield from numbers(value)
    elif isinstance(data, list):
        for value in data:
            yield from numbers(value)
    elif isinstance(data, float):
        yield data


def test_a_whole_session(hall: Hall, tmp_path: Path):
    one, two = hall.come("甲队", "secretary"), hall.come("乙队", "secretary")
    assert hall.host.act("started")[0] == 200
    for index in range(4):
        play_round(hall, [one, two], index, {"verification": 0.3} if index == 0 else {})
    views = [one.view(), two.view()]
    # Equal decisions, equal luck: equal reports.
    assert views[0]["figures"] == views[1]["figures"]
    assert all(len(x["values"]) == 5 for x in views[0]["figures"])
    console = hall.host.view()
    assert console["teams"][0]["score"] == console["teams"][1]["score"] > 0
    assert hall.host.act("finished")[0] == 200
    assert one.ask("api/debrief")[0] == 200
    # What if: the other course, at once, and of one's own team only.
    asked = {"team": "乙队", "round": 1, "lever": "verification", "value": 0.9}
    status, found = one.ask("api/whatif", asked)
    assert (status, found["n"]) == (200, 20)
    assert found["low"] <= found["difference"] <= found["high"]
    assert two.ask("api/whatif", {**asked, "value": 0.3})[1] == one.ask("api/whatif", {**asked, "value": 0.3})[1]
    assert one.ask("api/whatif", {**asked, "round": 1, "value": 0.3})[1]["met"] == 0
    for wrong in ({"round": 9}, {"round": True}, {"lever": "staff"}, {"value": 7}, {"value": "x"}, {"lever": None}):
        assert one.ask("api/whatif", {**asked, **wrong})[0] == 409
    # The file replays to the same bits, and holds no key to anything.
    status, document = hall.host.ask("api/export")
    assert status == 200
    file = tmp_path / "out.json"
    file.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    replayed = load_session(file)
    assert digests(replayed) == document["digests"]
    secrets = [s.token for s in hall.server.room.session.seats.values()] + [*hall.server.room.session.hosts]
    secrets += [s.rejoin for s in hall.server.room.session.seats.values()]
    secrets += [team.table for team in hall.server.room.session.teams.values()]
    assert not [x for x in secrets if x in file.read_text(encoding="utf-8")]


def test_an_exercise_can_end_after_any_round(hall: Hall, tmp_path: Path):
    one, two = hall.come("甲队", "secretary"), hall.come("乙队", "secretary")
    assert hall.host.act("finished")[0] == 409
    hall.host.act("started")
    assert hall.host.act("finished")[0] == 409  # nothing was played yet
    play_round(hall, [one, two], 0, {"verification": 0.3})
    assert one.ask("api/debrief")[0] == 403
    assert hall.host.act("finished")[0] == 200
    assert hall.host.act("undone", round=0)[0] == 409
    assert one.ask("api/debrief")[0] == 200
    assert hall.host.view()["teams"][0]["score"] > 0
    assert one.view()["of"] == 4
    asked = {"team": "甲队", "round": 0, "lever": "verification", "value": 0.9}
    assert one.ask("api/whatif", asked)[0] == 200
    assert one.ask("api/whatif", {**asked, "round": 1})[0] == 409
    (tmp_path / "early.json").write_text(json.dumps(hall.host.ask("api/export")[1]), encoding="utf-8")
    again = load_session(tmp_path / "early.json")
    assert (again.phase, again.played, len(again.exercise.rounds)) == ("debrief", 1, 1)


def test_no_true_state_reaches_a_player(hall: Hall):
    """No indicator that only the model knows, nor what a bought sample estimates, is in any player's view."""
    one, watcher = hall.come("甲队", "secretary"), hall.come("甲队", "observer", "看")
    assert hall.host.act("started")[0] == 200
    for index in range(3):
        assert one.act("drafted", round=index, purchases=["survey", "recheck"])[0] == 200
        play_round(hall, [one], index, {})
    session = hall.server.room.session
    exercise, luck = session.exercise, Luck(session.exercise, session.seed)
    run = luck.play(course(session.teams["甲队"].moves), session.strikes).run
    true = {name for name, item in indicators().items() if item.sight is Sight.TRUE} | {"satisfaction_share"}
    known = set()
    for first, last in zip(exercise.starts[:3], exercise.starts[1:4], strict=True):
        for window in ((first, last), (first, last - exercise.delay), (0, last)):
            known |= {measure(run, name, window, counts=luck.counts) for name in true if indicators()[name].periodic}
    # Two thirds is two thirds: only numbers that cannot meet by chance accuse.
    known = {x for x in known if math.isfinite(x) and abs(x - float(Fraction(x).limit_denominator(60))) > 1e-9}
    assert len(known) > 20
    for view in (one.view(), watcher.view()):
        assert {x["name"] for x in view["figures"]} & true == set()
        assert set(numbers(view)) & known == set()
        assert len(view["samples"]) == 6


def test_roles_keep_to_their_decisions(hall: Hall):
    leader, grid = hall.come("甲队", "secretary"), hall.come("甲队", "grid")
    hall.host.act("started")
    assert leader.act("drafted", round=0, levers={"root_cause": 0.2})[0] == 409
    assert grid.act("drafted", round=0, levers={"root_cause": 0.2})[0] == 200
    # An empty seat's decisions are anybody's.
    assert grid.act("drafted", round=0, levers={"verification": 0.2})[0] == 200
    status, said = lock(grid)
    assert status == 409
    assert "书记" in said["refused"]["zh"]
    assert "secretary" in said["refused"]["en"]
    assert lock(leader)[0] == 200
    assert grid.act("drafted", round=0, levers={"root_cause": 0.1})[0] == 409
    locked = hall.server.room.session.teams["甲队"].locked
    assert locked is not None
    assert locked.levers == {"root_cause": 0.2, "verification": 0.2}


@pytest.mark.parametrize(
    "levers",
    [{"verification": 0.35}, {"verification": 2}, {"verification": "0.3"}, {"verification": None}, {"staff": 1}, [], 7,
     {"verification": True}, {"__class__": 1}, {"handlers": 1e300}],
)  # fmt: skip
def test_bad_decisions_are_refused(hall: Hall, levers: Any):
    one = hall.come("甲队", "secretary")
    hall.host.act("started")
    status, said = one.act("drafted", round=0, levers=levers)
    assert (status, levers) in ((409, levers), (200, []))
    if levers != []:
        assert said["refused"]["zh"]
        assert said["refused"]["en"]
    assert hall.server.room.session.teams["甲队"].draft == {}


def test_bad_requests_do_no_harm(hall: Hall):
    one = hall.come("甲队", "secretary")
    hall.host.act("started")
    before = hall.server.room.session.version
    for body in (b"", b"{", b"[]", b"null", b'{"kind": NaN}', b"[" * 50_000, b"\xff\xfe", b'{"kind": 5}',
                 b'{"kind": "_open"}', b'{"kind": "started"}', b'{"kind": "hosted", "token": "x"}'):  # fmt: skip
        assert one.ask("api/act", body)[0] in (400, 409), body[:20]
    with contextlib.suppress(OSError):  # the server may hang up on whoever sends too much
        assert one.ask("api/act", b'{"kind": "' + b"x" * 70_000 + b'"}')[0] in (400, 413)
    for given in ({}, {"forecasts": "x"}, {"forecasts": [{"indicator": "x"}]}, {"forecasts": [], "reasons": 7}):
        assert one.act("locked", round=0, **given)[0] == 409
    assert hall.server.room.session.version == before


def test_strangers_and_other_teams_stay_out(hall: Hall):
    stranger, one, two = Client(hall.address), hall.come("甲队", "secretary"), hall.come("乙队", "secretary")
    hall.host.act("started")
    assert one.ask("api/whatif", {"round": 0})[0] == 403
    for path in ("api/view", "api/events", "api/export", "api/debrief"):
        assert stranger.ask(path)[0] == 401
    assert stranger.act("started")[0] == 401
    for kind in ("ran", "event", "message", "bot", "revoked", "finished", "undone"):
        assert one.act(kind, round=0, name="cut", to="skipped", team="乙队", seat="s2", policy=None)[0] == 409
    assert one.ask("api/export")[0] == 403
    assert one.ask("api/debrief")[0] == 403
    # Whatever a player says of a team, only the seat behind the cookie counts.
    assert (
        one.ask("api/act", {"kind": "drafted", "round": 0, "team": "乙队", "seat": "s2", "levers": {"handlers": 4}})[0]
        == 200
    )
    assert hall.server.room.session.teams["乙队"].draft == {}
    assert "handlers" not in json.dumps([x for x in two.view()["decisions"] if x["draft"] != x["now"]])
    assert two.ask("api/view?team=%E7%94%B2%E9%98%9F")[1]["me"]["team"] == "乙队"


def test_other_sites_and_names_are_refused(hall: Hall):
    one = hall.come("甲队", "secretary")
    assert one.ask("api/view", headers={"Host": "evil.example"})[0] == 421
    data = {"kind": "drafted", "round": 0}
    assert one.ask("api/act", data, {"Origin": "http://evil.example", "Content-Type": "application/json"})[0] == 403
    assert one.ask("api/act", data, {"Content-Type": "text/plain"})[0] == 403
    assert one.ask("../../etc/passwd")[0] in (404, 405)


def test_a_seat_given_up_cannot_be_used_again(hall: Hall):
    old = hall.come("甲队", "secretary")
    code = old.view()["me"]["rejoin"]
    new = Client(hall.address)
    assert new.ask("api/join", {"rejoin": code})[0] == 200
    assert new.view()["me"]["team"] == "甲队"
    assert old.ask("api/view")[0] == 401
    assert hall.host.act("revoked", seat="s1")[0] == 200
    assert new.ask("api/view")[0] == 401
    assert Client(hall.address).ask("api/join", {"rejoin": code})[0] == 401


def test_codes_cannot_be_tried_for_ever(hall: Hall):
    found = [Client(hall.address).join("WRONG", "甲队", "grid", "x")[0] for _ in range(40)]
    assert found[0] == 409
    assert found[-1] == 429
    # Not even the right code is looked at now: guessing on is of no use.
    assert Client(hall.address).join(hall.code, "甲队", "grid", "x")[0] == 429


def test_an_action_sent_twice_counts_once(hall: Hall):
    hall.host.act("started")
    for _ in range(3):
        assert hall.host.act("message", to="all", text="还有三分钟", id="a1")[0] == 200
    assert len(hall.server.room.session.messages) == 1
    one = hall.come("甲队", "secretary")
    assert one.view()["messages"] == ["还有三分钟"]


def test_a_late_or_replayed_plan_is_refused(hall: Hall):
    one = hall.come("甲队", "secretary")
    hall.host.act("started")
    assert lock(one, 1)[0] == 409
    assert lock(one)[0] == 200
    assert lock(one)[0] == 409
    hall.host.act("ran", round=0)
    assert hall.host.act("ran", round=0)[0] == 409
    hall.host.act("opened", round=0)
    assert lock(one, 0)[0] == 409


def test_a_dropped_listener_is_back_at_once_with_nothing_lost(hall: Hall):
    one = hall.come("甲队", "secretary")
    hall.host.act("started")
    one.act("drafted", round=0, levers={"verification": 0.4})
    again = Client(hall.address)
    again._open = one._open
    view = again.view()
    assert next(x["draft"] for x in view["decisions"] if x["lever"] == "verification") == 0.4


def test_the_facilitator_moves_events_time_and_rounds(hall: Hall):
    one = hall.come("甲队", "secretary")
    host = hall.host
    host.act("started")
    assert host.act("event", name="complaint", to="held")[0] == 200
    assert host.act("event", name="leave", to="triggered")[0] == 200
    assert host.act("event", name="nothing", to="held")[0] == 409
    assert host.act("extended", minutes=500)[0] == 409
    before = host.view()["seconds"]
    assert host.act("extended", minutes=3)[0] == 200
    assert abs(host.view()["seconds"] - before - 180) <= 2
    assert host.act("paused")[0] == 200
    assert one.act("drafted", round=0, levers={})[0] == 409
    assert host.act("resumed")[0] == 200
    play_round(hall, [one], 0, {"verification": 0.5})
    assert [x["title"]["en"] for x in one.view()["news"]] == ["an experienced worker leaves"]
    assert host.act("undone", round=1)[0] == 200
    assert host.act("undone", round=0)[0] == 200
    view = one.view()
    assert (view["phase"], view["round"], view["news"], view["locked"]) == ("deciding", 0, [], False)
    assert next(x["draft"] for x in view["decisions"] if x["lever"] == "verification") == 0.5


def test_a_killed_server_resumes_where_it_was(tmp_path: Path):
    """The log alone gives the state back: what was acknowledged is there, by the copy a power cut would leave."""
    hall = Hall(tmp_path / "session.db")
    one = hall.come("甲队", "secretary")
    hall.host.act("started")
    play_round(hall, [one], 0, {"verification": 0.4})
    one.act("drafted", round=1, levers={"handlers": 3})
    view = one.view()
    for suffix in ("", "-wal"):
        (tmp_path / f"copy.db{suffix}").write_bytes((tmp_path / f"session.db{suffix}").read_bytes())
    hall.close()
    session = Log(tmp_path / "copy.db").session()
    assert session.version == view["version"]
    assert session.teams["甲队"].draft == {"handlers": 3.0}
    back = Hall(tmp_path / "copy.db")
    # Cookies belong to the session, not to the process: the same browser goes on.
    again = Client(back.address)
    again._open = one._open
    after = again.view()
    back.close()
    same = ("phase", "round", "figures", "decisions", "money", "news", "foresight")
    assert {key: after[key] for key in same} == {key: view[key] for key in same}


def test_twelve_teams_lock_in_the_same_second(tmp_path: Path):
    hall = Hall(tmp_path / "session.db", teams=[f"第{i}队" for i in range(1, 13)])
    players = [hall.come(f"第{i}队", "secretary") for i in range(1, 13)]
    hall.host.act("started")

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lock, players))
    assert [status for status, _ in answers] == [200] * 12
    assert hall.host.act("ran", round=0)[0] == 200
    assert all(client.view()["figures"] for client in players)
    hall.close()


def test_a_file_that_was_edited_is_refused(hall: Hall, tmp_path: Path):
    one = hall.come("甲队", "secretary")
    hall.host.act("started")
    play_round(hall, [one], 0, {"verification": 0.4})
    _, document = hall.host.ask("api/export")
    text = json.dumps(document, ensure_ascii=False)
    edits = [
        text.replace("0.4", "0.5"), text.replace('"version": 1', '"version": 9'),
        text.replace("residents = 150", "residents = 160"),
        text[:-40], "[]", text.replace('"kind": "started"', '"kind": "_open"'),
    ]  # fmt: skip
    for i, edited in enumerate(edits):
        file = tmp_path / f"{i}.json"
        file.write_text(edited, encoding="utf-8")
        assert edited != text
        with pytest.raises(InputError) as error:
            load_session(file)
        assert "Traceback" not in error.value.render("zh")


def test_the_small_exercise_is_as_short_as_it_says():
    assert small_text().count("days = 28") == 4
