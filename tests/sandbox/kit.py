"""A small exercise and a hall in which it is played: what the tests of sessions share."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from labsim.sandbox.background import Background
from labsim.sandbox.client import Client
from labsim.sandbox.exercise import Exercise
from labsim.sandbox.reading import exercise_text, read_exercise
from labsim.sandbox.room import opened_log

TEAMS = ["甲队", "乙队"]


def small_text() -> str:
    """Return the exercise on closures with fewer people and shorter rounds."""
    text = exercise_text("superficial_closure")
    return text.replace("residents = 600", "residents = 150").replace("items = 600", "items = 150").replace(
        "days = 91", "days = 28").replace("after = 60", "after = 10")  # fmt: skip


def small() -> Exercise:
    """Return that exercise."""
    return read_exercise(small_text())


def forecasts(exercise: Exercise) -> list[dict[str, Any]]:
    """Return forecasts that may be locked."""
    return [{"indicator": name, "rises": 0.5, "low": 0.0, "high": 1.0} for name in exercise.forecasts]


class Hall:
    """A server on a thread of its own, with a facilitator."""

    def __init__(self, path: Path, text: str | None = None, teams: list[str] | None = None, seed: int = 7) -> None:
        log = opened_log(path, text or small_text(), seed, teams or TEAMS)
        log.close()
        self._made = Background(str(path), {}, lambda board, at: "<!doctype html><title>debrief</title>")
        self.server = self._made.server
        self.address = self.server.address.local
        self.host = Client(self.address)
        assert self.host.ask("api/join", {"host": self._made.host_link.split("host=")[1]})[0] == 200
        self.code = self.host.view()["code"]

    def come(self, team: str, role: str, name: str = "某人") -> Client:
        """Return somebody who has come in."""
        client = Client(self.address)
        status, said = client.join(self.code, team, role, name, self.table(team))
        assert status == 200, said
        return client

    def table(self, team: str) -> str:
        """Return what lets late-comers in; empty until it has begun."""
        return self.server.room.session.teams[team].table

    def close(self) -> None:
        """Stop the server."""
        self._made.close()


def serve(path: Path, file: Path) -> tuple["subprocess.Popen[str]", str, str]:
    """Start the server as its users do, and return it with the facilitator's link and the code."""
    command = [
        sys.executable,
        "-u",
        "-m",
        "labsim",
        "sandbox",
        str(file),
        "--session",
        str(path),
        "--port",
        "0",
        "--teams",
        "12",
    ]
    child = subprocess.Popen(
        [*command, "--lang", "en"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8",
        env={**os.environ, "COLUMNS": "400"},
    )  # fmt: skip
    assert child.stdout is not None
    link = code = ""
    for line in child.stdout:
        if "#host=" in line:
            link = line.split(": ", 1)[1].strip()
        if "code:" in line:
            code = line.rsplit(" ", 1)[1].strip()
            return child, link, code
    raise AssertionError("the server said nothing")
