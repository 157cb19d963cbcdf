"""What an attacker with a seat, a laptop and the code on the screen can do: nothing."""

import html
import json
import re
import socket
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest

from labsim.presentation.sandbox.debrief import debrief_html
from labsim.presentation.sandbox.pages import pages
from labsim.sandbox.board import Board
from labsim.sandbox.client import Client
from labsim.sandbox.moves import Move
from labsim.sandbox.session import HOST, Action, opened
from labsim.sandbox.tokens import new_seed
from tests.sandbox.kit import TEAMS, Hall, forecasts, small

NASTY = '<img src=x onerror="alert(1)">'


class Attacked(Hall):
    """A hall with an attacker in one team and a victim in the other."""

    attacker: Client
    victim: Client


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    """A hall in its second round."""
    made = Attacked(tmp_path_factory.mktemp("attack") / "session.db", seed=new_seed() | 1 << 61)
    made.attacker, made.victim = made.come(TEAMS[0], "secretary", "甲"), made.come(TEAMS[1], "secretary", "乙密")
    made.host.act("started")
    made.victim.act("drafted", round=0, levers={"verification": 0.9}, purchases=["recheck"])
    for one in (made.attacker, made.victim):
        secret = "绝密理由" if one is made.victim else "x"
        assert one.act("locked", round=0, forecasts=forecasts(small()), reasons=secret, question=secret)[0] == 200
    made.host.act("message", to=TEAMS[1], text="只给乙队的话")
    made.host.act("ran", round=0)
    made.host.act("opened", round=0)
    made.victim.act("drafted", round=1, levers={"handlers": 4})
    yield made
    made.close()


def everything(client: Client) -> str:
    """Return all that a seat gets to read: its view, the door, refusals, errors and its stream."""
    found = [client.ask("api/view")[1], client.ask("api/public")[1]]
    for path in ("api/export", "api/debrief", "api/door.svg", "api/nothing", "api/act"):
        found.append(client.ask(path)[1])
    for kind in ("drafted", "locked", "ran", "event", ""):
        found.append(client.act(kind, round=1, levers={"verification": 7, "x": 1})[1])
    found.append(client.ask("api/host", {"name": "me"})[1])
    found.append(client.ask("api/whatif", {"round": 0, "lever": "verification", "value": 0.9})[1])
    return json.dumps(found, ensure_ascii=False) + stream(client)


def stream(client: Client, query: str = "") -> str:
    """Return the head and the first news of an event stream, as they come over the wire."""
    place = client.address.removeprefix("http://").rstrip("/")
    name, port = place.split(":")
    with socket.create_connection((name, int(port)), timeout=120) as line:
        line.sendall(f"GET /api/events{query} HTTP/1.1\r\nHost: {place}\r\nCookie: {cookie(client)}\r\n\r\n".encode())
        found = b""
        while b"data:" not in found and b" 4" not in found[:14]:
            found += line.recv(4096)
    return found.decode()


def cookie(client: Client) -> str:
    """Return the cookie of a client as a browser would send it."""
    return "; ".join(f"{one.name}={one.value}" for one in client.jar)


def test_a_player_reads_nothing_of_rivals_the_future_or_the_seed(hall: Attacked):
    session, said = hall.server.room.session, everything(hall.attacker)
    exercise = session.exercise
    hidden = [TEAMS[1] + "的", "乙密", "绝密理由", "只给乙队的话", str(session.seed), hex(session.seed)[2:]]
    hidden += [x for e in exercise.events if e.held or e.round > 1 for x in (e.title.zh, e.title.en, e.story.zh)]
    hidden += [x for e in exercise.events for x in (e.expected.zh, e.expected.en)]
    hidden += [x for one in exercise.rounds[2:] for x in (one.brief.zh, one.brief.en)]
    hidden += [x for one in exercise.policies for x in (one.label.zh, one.why.en)]
    hidden += [session.teams[TEAMS[1]].table, *session.hosts]
    hidden += [x for key, one in session.seats.items() if key != "s1" for x in (one.rejoin, one.token)]
    assert len(said) > 5000
    assert [x for x in hidden if x and x in said] == []
    # What did happen to everybody is there: the search above can find something.
    assert exercise.events[0].title.zh in said


def test_the_luck_of_a_session_cannot_be_guessed(hall: Attacked):
    """Who had the seed could play the future at home: it is drawn from the system, and no name is made of it."""
    assert len({new_seed() for _ in range(50)}) == 50
    assert max(new_seed() for _ in range(50)) > 2**50
    room = hall.server.room
    name = room.cookie
    room.session.seed, kept = 12345, room.session.seed
    same = room.cookie == name
    room.session.seed = kept
    assert same


def test_the_stream_says_that_something_is_new_and_never_what(hall: Attacked):
    for query in ("", "?seat=s2", "?team=%E4%B9%99%E9%98%9F"):
        body = stream(hall.attacker, query).split("\r\n\r\n", 1)[1]
        assert re.fullmatch(r"([0-9a-f]+\r\n)?(retry: 500|data: \d+\.[01]|\s)*", body), body
    stranger = Client(hall.address)
    assert " 401 " in stream(stranger).splitlines()[0]


def test_streams_of_one_seat_are_few(hall: Attacked):
    place = hall.address.removeprefix("http://").rstrip("/")
    name, port = place.split(":")
    ask = f"GET /api/events HTTP/1.1\r\nHost: {place}\r\nCookie: {cookie(hall.attacker)}\r\n\r\n".encode()
    lines = [socket.create_connection((name, int(port)), timeout=120) for _ in range(20)]
    try:
        heads = []
        for line in lines:
            line.sendall(ask)
            heads.append(line.recv(64).split(b"\r\n")[0])
        assert sum(b"429" in head for head in heads) >= 8
        # Others are served all the same.
        assert "200" in stream(hall.victim).splitlines()[0]
    finally:
        for line in lines:
            line.close()


def test_the_code_on_the_screen_opens_no_rivals_table_once_it_has_begun(hall: Attacked):
    own = hall.attacker.view()["me"]["table"]
    assert re.fullmatch(r"[A-Z2-9]{4}", own)
    for role in ("observer", "secretary", "grid"):
        for table in ("", own, None, 7, [own]):
            data = {"code": hall.code, "team": TEAMS[1], "role": role, "name": "x", "table": table}
            if table == own == hall.table(TEAMS[1]):
                continue  # one in a million
            hall.server.room.tries.clear()
            status, said = Client(hall.address).ask("api/join", data)
            assert status == 409
            assert "本队口令" in said["refused"]["zh"]
    # A late-comer who asks the table is let in.
    assert hall.come(TEAMS[0], "property", "晚").view()["me"]["team"] == TEAMS[0]


def test_nobody_fills_the_places_of_others(hall: Attacked):
    table = hall.table(TEAMS[0])
    found = [Client(hall.address).join(hall.code, TEAMS[0], "observer", f"x{i}", table)[0] for i in range(14)]
    assert found[0] == 200
    assert found[-1] == 409
    assert hall.come(TEAMS[1], "grid", "还进得来").view()["me"]["team"] == TEAMS[1]
    for key, one in list(hall.server.room.session.seats.items()):
        if one.name.startswith("x"):
            hall.host.act("revoked", seat=key)


@pytest.mark.parametrize(
    "how",
    [
        {"Origin": "null"}, {"Origin": "http://evil.example"}, {"Origin": "http://127.0.0.1"}, {"Origin": ""},
        {"Content-Type": "text/plain"}, {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "multipart/form-data; boundary=x"}, {"Content-Type": "application/jsonp"},
    ],
)  # fmt: skip
def test_posts_of_other_sites_are_refused(hall: Attacked, how: dict[str, str]):
    before = hall.server.room.session.version
    status, _ = hall.attacker.ask("api/act", {"kind": "drafted", "round": 1, "levers": {"handlers": 3}}, how)
    assert status in (400, 403)
    assert hall.server.room.session.version == before


def raw(address: str, request: bytes) -> bytes:
    """Return the first line that comes back for bytes that no browser would send."""
    name, port = address.removeprefix("http://").rstrip("/").split(":")
    with socket.create_connection((name, int(port)), timeout=120) as line:
        line.sendall(request)
        return line.recv(65536)


@pytest.mark.parametrize(
    "path",
    ["/../../../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fetc%2fpasswd", "//etc/passwd", "/....//etc",
     "/host.html/../../x", "/\\..\\..\\x", "/%00", "/api/debrief/../export", "/sandbox.css%00.html", "/session.db",
     "/http://evil.example/", "/api/events/../view"],
)  # fmt: skip
def test_no_path_leads_out(hall: Attacked, path: str):
    host = hall.address.removeprefix("http://").rstrip("/")
    head = raw(hall.address, f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    assert head.split(b" ")[1] in (b"400", b"404")
    assert b"root:" not in head
    assert b"Traceback" not in head


def test_other_methods_and_broken_requests_do_nothing(hall: Attacked):
    host, before = hall.address.removeprefix("http://").rstrip("/"), hall.server.room.session.version
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "GET"):
        head = f"{method} /api/act HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie(hall.attacker)}\r\n\r\n"
        answer = raw(hall.address, head.encode())
        assert answer.split(b" ")[1] in (b"405", b"400", b"403"), method
        assert b"Access-Control-Allow" not in answer
    post = f"POST /api/act HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
    for tail in ("Content-Length: 99999999\r\n\r\n", "Content-Length: -1\r\n\r\n", "Content-Length: x\r\n\r\n",
                 "Transfer-Encoding: chunked\r\n\r\n20000\r\n" + "x" * 131072,
                 f"X: {'y' * 40000}\r\n\r\n"):  # fmt: skip
        assert b" 200 " not in raw(hall.address, (post + tail).encode()).split(b"\r\n")[0]
    for body in (b"[" * 60_000, b'{"a":' * 12_000, b'{"kind":"drafted","kind":"ran"}', b'{"kind": 1e999}', b"\x00"):
        assert hall.attacker.ask("api/act", body)[0] in (400, 409)
    assert hall.server.room.session.version == before


def test_a_facilitator_who_was_dismissed_is_nobody(hall: Attacked):
    status, said = hall.host.ask("api/host", {"name": "李老师"})
    assert status == 200
    other = Client(hall.address)
    assert other.ask("api/join", {"host": said["key"]})[0] == 200
    assert other.act("message", to="all", text="我是李老师")[0] == 200
    deeds = hall.host.view()["deeds"]
    assert (deeds[-1]["who"], deeds[-1]["kind"]) == ("李老师", "message")
    assert hall.server.room.log.path.exists()
    for wrong in ("李老师", "", "x" * 31, None, "a\nb", 7):
        assert hall.host.ask("api/host", {"name": wrong})[0] == 409
    assert hall.attacker.ask("api/host", {"name": "me"})[0] == 403
    assert other.act("dismissed", name="李老师")[0] == 409
    assert hall.host.act("dismissed", name="李老师")[0] == 200
    assert other.ask("api/view")[0] == 401
    assert Client(hall.address).ask("api/join", {"host": said["key"]})[0] == 401
    # Neither keys nor codes are in what is kept of them.
    assert said["key"] not in json.dumps(hall.host.ask("api/export")[1])


class Tags(HTMLParser):
    """Every tag of a page with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, list[tuple[str, str | None]]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, attrs))


def test_no_markup_of_players_gets_into_the_debrief():
    exercise = small()
    session = opened(exercise, 7, "X", [NASTY, '"><script>alert(2)</script>'])
    session.apply(Action(0, HOST, "started", {}))
    for index in range(len(exercise.rounds)):
        for team in session.teams.values():
            given: Any = {"forecasts": forecasts(exercise), "reasons": NASTY + "</style></svg>", "question": NASTY}
            team.locked = Move(levers={"handlers": 3.0} if index == 0 else {}, **given)
        session.apply(Action(0, HOST, "ran", {}))
        if index + 1 < len(exercise.rounds):
            session.apply(Action(0, HOST, "opened", {}))
    page = debrief_html(Board(session), time.time(), lang="zh", futures=3)
    seen = Tags()
    seen.feed(page)
    assert [tag for tag, _ in seen.found if tag in ("img", "script", "iframe", "object", "embed")] == []
    assert [name for _, attrs in seen.found for name, _ in attrs if name.startswith("on")] == []
    assert html.escape(NASTY, quote=False)[:20] in page


def test_pages_make_no_markup_from_words():
    """Whatever a name or a message holds becomes text: no page uses a way that would read it as markup."""
    ways = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|DOMParser|\.srcdoc")
    scripts = [body.decode() for name, (_, body) in pages().items() if name.endswith(".js")]
    assert len(scripts) == 4
    assert [ways.search(text) for text in scripts] == [None] * 4


def test_codes_for_the_screen_are_for_the_facilitator(hall: Attacked):
    assert hall.attacker.ask("api/door.svg")[0] == 403
    assert Client(hall.address).ask("api/door.svg")[0] == 401
    status, picture = hall.host.ask("api/door.svg")
    assert status == 200
    assert picture.startswith("<svg")


def test_one_what_if_at_a_time(hall: Attacked):
    hall.server.room.asking.add("host")
    try:
        assert hall.host.ask("api/whatif", {"team": TEAMS[0], "round": 0, "lever": "handlers", "value": 3})[0] in (
            403,
            429,
        )
    finally:
        hall.server.room.asking.discard("host")
