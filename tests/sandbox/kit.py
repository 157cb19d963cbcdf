"""A small exercise, a server on a thread, and a client that is no browser: what the tests of sessions share."""

import asyncio
import http.cookiejar
import json
import threading
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from labsim.sandbox.exercise import Exercise
from labsim.sandbox.reading import exercise_text, read_exercise
from labsim.sandbox.room import opened_log
from labsim.sandbox.serving import Server

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


class Client:
    """A browser without a screen: keeps its cookie, speaks JSON."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.jar = http.cookiejar.CookieJar()
        self._open = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar)).open

    def ask(self, path: str, data: Any = None, headers: dict[str, str] | None = None) -> tuple[int, Any]:
        """Return the status and the answer, JSON where it is some."""
        body = None if data is None else data if isinstance(data, bytes) else json.dumps(data).encode()
        request = urllib.request.Request(self.address + path, body, headers or {})
        if body is not None and not request.has_header("Content-type"):
            request.add_header("Content-Type", "application/json")
        try:
            with self._open(request, timeout=30) as answer:
                status, text = answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read().decode()
        try:
            return status, json.loads(text)
        except ValueError:
            return status, text

    def view(self) -> Any:
        """Return my view."""
        status, found = self.ask("api/view")
        assert status == 200, (status, found)
        return found

    def act(self, kind: str, **data: Any) -> tuple[int, Any]:
        """Do something."""
        return self.ask("api/act", {"kind": kind, **data})

    def join(self, code: str, team: str, role: str, name: str) -> tuple[int, Any]:
        """Come in."""
        return self.ask("api/join", {"code": code, "team": team, "role": role, "name": name})


class Hall:
    """A server on a thread of its own, with a facilitator."""

    def __init__(self, path: Path, text: str | None = None, teams: list[str] | None = None) -> None:
        self.log = path
        ready = threading.Event()
        self.host_link = ""

        def run() -> None:
            async def main() -> None:
                self.loop, self.stopping = asyncio.get_running_loop(), asyncio.Event()
                log = opened_log(path, text or small_text(), 7, teams or TEAMS)
                self.server = Server(log, {}, lambda board, at: "<!doctype html><title>debrief</title>")
                self.host_link = self.server.start()
                ready.set()
                await self.stopping.wait()
                await self.server.stop()

            asyncio.run(main())

        self.thread = threading.Thread(target=run, daemon=True)
        self.thread.start()
        assert ready.wait(60)
        self.address = self.server.address.local
        self.host = Client(self.address)
        assert self.host.ask("api/join", {"host": self.host_link.split("host=")[1]})[0] == 200
        self.code = self.host.view()["code"]

    def come(self, team: str, role: str, name: str = "某人") -> Client:
        """Return somebody who has come in."""
        client = Client(self.address)
        status, said = client.join(self.code, team, role, name)
        assert status == 200, said
        return client

    def close(self) -> None:
        """Stop the server."""
        self.loop.call_soon_threadsafe(self.stopping.set)
        self.thread.join(30)
