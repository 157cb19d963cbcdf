"""The server dies at any moment: what it acknowledged is there when it is back. And twelve teams at once."""

import json
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from labsim.sandbox.client import Client
from tests.sandbox.kit import Hall, forecasts, serve, small, small_text

TEAMS = [f"Team {i}" for i in range(1, 13)]
KILLS = 12
pytestmark = pytest.mark.slow


def die(child: "subprocess.Popen[str]") -> None:
    """Kill a server as the system would, and close what it said."""
    child.send_signal(signal.SIGKILL if sys.platform != "win32" else signal.SIGTERM)
    child.wait(120)
    assert child.stdout is not None
    child.stdout.close()


class Player:
    """Somebody who keeps moving a lever, and remembers what was acknowledged."""

    def __init__(self, client: Client) -> None:
        self.client, self.sent, self.acknowledged = client, 0, 0

    def submit(self, stop: threading.Event, index: int) -> None:
        """Send drafts until nobody answers; the number sent is in the value."""
        while not stop.is_set():
            self.sent += 1
            try:
                status, _ = self.client.act("drafted", round=index, levers={"verification": self.sent % 10 / 10})
            except (OSError, EOFError):
                return
            if status == 200:
                self.acknowledged = self.sent

    def drafted(self) -> int:
        """Return the number that the server holds, modulo ten."""
        found = next(one["draft"] for one in self.client.view()["decisions"] if one["lever"] == "verification")
        return round(10 * found)


def again(link: str, old: Client) -> Client:
    """Return the same browser at the new port, with its cookie."""
    client = Client(link.partition("#")[0])
    client.jar, client._open = old.jar, old._open
    return client


def test_kill_9_at_any_moment_loses_nothing_that_was_acknowledged(tmp_path: Path):
    file, path, rng = tmp_path / "small.toml", tmp_path / "session.db", random.Random(5)
    file.write_text(small_text(), encoding="utf-8")
    child, link, code = serve(path, file)
    boss = Client(link.partition("#")[0])
    assert boss.ask("api/join", {"host": link.partition("host=")[2]})[0] == 200
    players = [Player(Client(boss.address)) for _ in TEAMS]
    for player, team in zip(players, TEAMS, strict=True):
        assert player.client.join(code, team, "secretary", "Wang")[0] == 200
    assert boss.act("started")[0] == 200
    index, back = 0, []
    for kill in range(KILLS):
        stop = threading.Event()
        threads = [threading.Thread(target=player.submit, args=(stop, index)) for player in players]
        for thread in threads:
            thread.start()
        time.sleep(rng.uniform(0.02, 0.8))
        if kill % 4 == 3 and index < 3:  # now and then while a round is being worked out
            threading.Thread(target=_quietly, args=(boss, index)).start()
            time.sleep(rng.uniform(0, 0.2))
        die(child)
        stop.set()
        for thread in threads:
            thread.join(120)
        child, link, second = serve(path, file)
        assert second == code
        boss = again(link, boss)
        began = time.monotonic()
        view = boss.view()
        back.append(time.monotonic() - began)
        if view["phase"] == "results":
            assert boss.act("opened", round=index)[0] == 200
            index += 1
        for player in players:
            player.client = again(link, player.client)
            if view["phase"] == "deciding":
                # What was acknowledged, or what was on its way behind it and reached the disk unacknowledged.
                possible = {n % 10 for n in range(player.acknowledged, player.sent + 1)}
                assert player.drafted() in possible or player.acknowledged == 0
            player.sent = player.acknowledged = 0
    child.send_signal(signal.SIGINT)
    assert child.wait(120) in (0, 130)
    assert child.stdout is not None
    with child.stdout as said:
        assert "Traceback" not in said.read()
    print(f"{KILLS} kills, back in {max(back):.2f} s at most, round {index + 1}")
    assert max(back) < 3


def _quietly(boss: Client, index: int) -> None:
    """Run a round; the answer may never come."""
    try:
        boss.act("ran", round=index)
    except (OSError, EOFError):
        return


def test_twelve_teams_lock_within_the_same_second(tmp_path: Path):
    hall = Hall(tmp_path / "session.db", teams=TEAMS)
    players = [hall.come(team, "secretary") for team in TEAMS]
    hall.host.act("started")
    gate = threading.Barrier(len(players))

    def timed(do: Callable[[Client], Any]) -> Callable[[Client], float]:
        def one(client: Client) -> float:
            gate.wait()
            began = time.monotonic()
            do(client)
            return time.monotonic() - began

        return one

    def lock(client: Client) -> None:
        given = {"round": 0, "forecasts": forecasts(small()), "reasons": "x"}
        assert client.act("locked", **given)[0] == 200
        client.view()

    with ThreadPoolExecutor(len(players)) as pool:
        locks = sorted(pool.map(timed(lock), players))
        began = time.monotonic()
        assert hall.host.act("ran", round=0)[0] == 200
        worked = time.monotonic() - began
        views = sorted(pool.map(timed(lambda client: client.view()), players))
    hall.close()
    print(f"12 teams at once: lock p95 {locks[-1]:.3f} s, view p95 {views[-1]:.3f} s, round {worked:.2f} s")
    assert locks[-1] < 2
    assert views[-1] < 2
    assert worked < 10


def test_a_session_file_gives_the_same_bits_in_another_process(tmp_path: Path):
    """Somebody else's computer knows nothing but the file: it replays it, and refuses one that was edited."""
    hall = Hall(tmp_path / "session.db", teams=TEAMS[:2], seed=2**61 + 5)
    players = [hall.come(team, "secretary") for team in TEAMS[:2]]
    hall.host.act("started")
    for index in range(4):
        for k, one in enumerate(players):
            assert one.act("drafted", round=index, levers={"handlers": 2 + k} if index == 1 else {})[0] == 200
        assert hall.host.act("ran", round=index)[0] == 200
        if index < 3:
            assert hall.host.act("opened", round=index)[0] == 200
    document = hall.host.ask("api/export")[1]
    hall.close()
    assert len(set(document["digests"].values())) == 2
    away = tmp_path / "away"
    away.mkdir()
    file, text = away / "session.json", json.dumps(document)
    command = [sys.executable, "-m", "labsim", "debrief", "session.json", "--out", "d.html", "--futures", "2"]
    for said, code in ((text, 0), (text.replace('"handlers": 3.0', '"handlers": 4.0'), 2)):
        file.write_text(said, encoding="utf-8")
        found = subprocess.run([*command, "--lang", "en"], cwd=away, capture_output=True, text=True, encoding="utf-8")
        assert found.returncode == code, found.stderr
        assert "Traceback" not in found.stderr
    assert '"handlers": 3.0' in text
