"""A session that is going on: its log, its state, its results, and who listens.

Takes: an open log. Gives: :class:`Room`, through which every request passes: an action is
written to the disk first and counts then.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from labsim.sandbox.board import Board
from labsim.sandbox.keeping import Log
from labsim.sandbox.session import HOST, Action
from labsim.sandbox.tokens import digest, new_code, new_token

_TRIES, _WITHIN = 30, 60.0
Maker = Callable[[Board, float], str]
"""Makes the debrief as one HTML document, from the results; the floor above knows how."""


class Room:
    """A session that is going on: its log, its state, its results, and who listens."""

    def __init__(self, log: Log, pages: Mapping[str, tuple[str, bytes]], hosts: frozenset[str], debrief: Maker, *,
                 door: str = "", lan: bool = False) -> None:  # fmt: skip
        """Take up a session where its log ends.

        Args:
            log: of the session.
            pages: what is served as it is: path -> (content type, bytes).
            hosts: names under which the server may be spoken to; any other is refused.
            debrief: makes the debrief.
            door: address that participants open.
            lan: whether other devices can reach it.
        """
        self.door, self.lan = door, lan
        self.log, self.pages, self.hosts, self.make_debrief = log, pages, hosts, debrief
        self.session = log.session()
        self.board = Board(self.session)
        self.listeners: dict[asyncio.Event, str] = {}
        self.asking: set[str] = set()
        self.tries: dict[str, deque[float]] = {}
        self.worker, self.author = ThreadPoolExecutor(1), ThreadPoolExecutor(1)
        self.debrief: asyncio.Future[str] | None = None

    @property
    def cookie(self) -> str:
        """Return the name of the cookie: one a session, so that an old one opens nothing."""
        return f"labsim-{digest(self.session.code)[:12]}"

    def new_host(self, name: str = "", by: str = HOST) -> str:
        """Return a token for a facilitator; whoever has a name is named in the log."""
        token = new_token()
        self.write(by, "hosted", {"token": digest(token), "name": name})
        return token

    def write(self, actor: str, kind: str, data: Mapping[str, Any]) -> None:
        """Let an action count: on the disk first."""
        action = Action(time.time(), actor, kind, data)
        self.log.add(action)
        self.session.apply(action)
        if kind == "undone":
            self.debrief = None
        self.tell()

    def tell(self) -> None:
        """Tell everybody who listens that something is new."""
        for one in self.listeners:
            one.set()

    def who(self, token: str) -> str | None:
        """Return the actor behind a token: a seat, the host, or nobody."""
        known = digest(token)
        if known in self.session.hosts:
            return self.session.hosts[known]
        found = (key for key, one in self.session.seats.items() if one.token == known and not one.revoked)
        return next(found, None)

    def failed(self, device: str) -> None:
        """Remember that a device gave a wrong code."""
        self.tries.setdefault(device, deque(maxlen=_TRIES)).append(time.monotonic())

    def too_many_tries(self, device: str) -> bool:
        """Return whether a device gave so many wrong codes of late that even a right one is not looked at."""
        since = time.monotonic() - _WITHIN
        self.tries = {who: at for who, at in self.tries.items() if at[-1] > since}
        found = self.tries.get(device)
        return found is not None and len(found) == _TRIES and found[0] > since

    async def catch_up(self) -> None:
        """Work out results that are not there yet, away from the loop, and tell."""
        if not self.board.ready():
            await asyncio.get_running_loop().run_in_executor(self.worker, self.board.prepare)
            self.tell()
        if self.played_out() and self.debrief is None:
            # Begun at once, so that it is there when the last round has been talked over.
            copy = Board(self.log.session())
            self.debrief = asyncio.get_running_loop().run_in_executor(self.author, self._write_debrief, copy)

    def _write_debrief(self, board: Board) -> str:
        board.prepare()
        return self.make_debrief(board, time.time())

    def played_out(self) -> bool:
        """Return whether every round has been played."""
        return self.session.played == len(self.session.exercise.rounds)


def opened_log(path: Path | str, text: str, seed: int, teams: list[str]) -> Log:
    """Return the log of a new session, or of one that goes on."""
    log = Log(path)
    if not log.head():
        log.begin(text, seed, new_code(), teams)
    return log
