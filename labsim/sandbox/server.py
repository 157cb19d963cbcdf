"""The session server: plain HTTP and server-sent events, on Tornado, which Jupyter brings.

Takes: an open log. Gives: handlers under one prefix, for a server of their own or inside a
Jupyter Server. Players bring a cookie that only opens their own seat; every action is checked,
written to the disk, and only then acknowledged. Nobody's input is ever executed.
"""

import asyncio
import contextlib
import json
import time
from functools import partial
from typing import Any

from tornado.iostream import StreamClosedError
from tornado.web import HTTPError, RequestHandler

from labsim.sandbox import views
from labsim.sandbox.debrief import what_if
from labsim.sandbox.door import qr_code
from labsim.sandbox.keeping import exported
from labsim.sandbox.room import Room
from labsim.sandbox.rules import WrongCodeError, checked, joining, named, what_if_asked
from labsim.sandbox.session import RefusedError, is_host
from labsim.sandbox.tokens import digest, new_code, new_token

LARGEST = 64 * 1024
"""Bytes of the longest request."""
_BEAT = 10.0
_MOST_STREAMS = 12
"""Open pages of one seat; a facilitator's are few as well."""
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "font-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)
_DEBRIEF_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; frame-ancestors 'self'"


class Handler(RequestHandler):
    """What all handlers share: who asks, and that nobody asks from another site."""

    room: Room

    def initialize(self, room: Room) -> None:
        """Take the room."""
        self.room = room

    def prepare(self) -> None:
        """Refuse what comes from elsewhere: other names (rebinding), other origins, other content."""
        if self.request.host.lower() not in self.room.hosts:
            raise HTTPError(421)
        if self.request.method == "POST":
            # Absent for what is no browser; "null" is a page that hides where it is from.
            origin = self.request.headers.get("Origin")
            here = origin is None or origin.partition("://")[2].lower() == self.request.host.lower()
            kind = self.request.headers.get("Content-Type", "").split(";")[0]
            if not here or kind != "application/json":
                raise HTTPError(403)

    def check_xsrf_cookie(self) -> None:
        """Leave it to :meth:`prepare` and the cookie's SameSite: a Jupyter Server around us would ask for its own."""

    def set_default_headers(self) -> None:
        """Let a page load nothing from elsewhere, and nobody keep what it holds."""
        self.set_header("Content-Security-Policy", _POLICY)
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Cache-Control", "no-store")
        self.set_header("Server", "labsim")

    def actor(self) -> str:
        """Return who asks.

        Raises:
            HTTPError: 401, nobody that is known.
        """
        found = self.room.who(self.get_cookie(self.room.cookie) or "")
        if found is None:
            raise HTTPError(401)
        return found

    def host_only(self) -> None:
        """Refuse everybody but the facilitator."""
        if not is_host(self.actor()):
            raise HTTPError(403)

    def body(self) -> dict[str, Any]:
        """Return the JSON object of a request.

        Raises:
            HTTPError: 400, it is none.
        """
        try:
            found = json.loads(self.request.body, parse_constant=_no_constant)
        except (ValueError, RecursionError):
            raise HTTPError(400) from None
        if not isinstance(found, dict):
            raise HTTPError(400)
        return found

    def admit(self, token: str) -> None:
        """Give a cookie that scripts cannot read and other sites cannot send."""
        self.set_cookie(self.room.cookie, token, httponly=True, samesite="Strict", path="/", expires_days=2)

    def refused(self, error: RefusedError, status: int = 409) -> None:
        """Answer with the reason in both languages."""
        self.set_status(status)
        self.finish({"refused": views.words(error.text)})

    def write_error(self, status_code: int, **_: Any) -> None:
        """Answer without a word about the inside."""
        self.finish({"error": status_code})

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Log what is our fault; what a client does wrong is answered, not logged."""
        if not isinstance(value, HTTPError):
            super().log_exception(typ, value, tb)


def _no_constant(name: str) -> float:
    raise ValueError(name)


class PageHandler(Handler):
    """Pages, styles and scripts: the same for everybody."""

    def get(self, path: str) -> None:
        """Send a page."""
        found = self.room.pages.get(path)
        if found is None:
            raise HTTPError(404)
        self.set_header("Content-Type", found[0])
        self.finish(found[1])


class PublicHandler(Handler):
    """What is known at the door."""

    def get(self) -> None:
        """Send the title, teams and roles."""
        self.finish(views.public(self.room.session))


class JoinHandler(Handler):
    """The door: a code gives a seat; a rejoin code gives it back on another device; a key makes a facilitator."""

    def post(self) -> None:
        """Let somebody in."""
        data, room = self.body(), self.room
        known = {one.rejoin: key for key, one in room.session.seats.items() if not one.revoked}
        again, token, device = data.get("rejoin"), new_token(), str(self.request.remote_ip)
        if room.too_many_tries(device):
            raise HTTPError(429)
        if isinstance(data.get("host"), str):
            if not is_host(room.who(data["host"]) or ""):
                room.failed(device)
                raise HTTPError(401)
            self.admit(data["host"])
            self.finish({"host": True})
            return
        if isinstance(again, str):
            seat = known.get(again.strip().upper())
            if seat is None:
                room.failed(device)
                raise HTTPError(401)
            room.write(seat, "rejoined", {"seat": seat, "token": digest(token)})
        else:
            try:
                team, role, name = joining(room.session, data)
            except RefusedError as error:
                if isinstance(error, WrongCodeError):
                    room.failed(device)
                self.refused(error)
                return
            seat = f"s{len(room.session.seats) + 1}"
            found = {"seat": seat, "team": team, "role": role, "name": name, "token": digest(token)}
            room.write(seat, "joined", {**found, "rejoin": new_code(8)})
        self.admit(token)
        self.finish({"seat": seat})


class ViewHandler(Handler):
    """What the one who asks may see."""

    async def get(self) -> None:
        """Send the view of a seat or of the facilitator."""
        actor, room = self.actor(), self.room
        await room.catch_up()
        if is_host(actor):
            online = frozenset(room.listeners.values())
            found = views.facilitator(room.session, room.board, time.time(), online)
            self.finish({**found, "door": room.door, "lan": room.lan})
        else:
            self.finish(views.player(room.session, room.board, actor, time.time()))


class ActHandler(Handler):
    """Actions."""

    async def post(self) -> None:
        """Check an action, write it, acknowledge it; a repeated one is acknowledged and done once."""
        actor, room, data = self.actor(), self.room, self.body()
        kind, given = data.get("kind"), data.get("id")
        if isinstance(given, str) and f"{actor} {given[:64]}" in room.session.done:
            self.finish({"version": room.session.version})
            return
        try:
            found = checked(room.session, actor, kind if isinstance(kind, str) else "", data)
        except RefusedError as error:
            self.refused(error)
            return
        room.write(actor, str(kind), found)
        if kind == "ran":
            await room.catch_up()
        self.finish({"version": room.session.version})


class EventsHandler(Handler):
    """Server-sent events: they say that something is new, never what."""

    _mine: asyncio.Event

    async def get(self) -> None:
        """Send the version now and whenever it changes, with a beat in between."""
        actor, room, mine, told = self.actor(), self.room, asyncio.Event(), ""
        self._mine = mine
        if list(room.listeners.values()).count(actor) >= _MOST_STREAMS:
            raise HTTPError(429)
        token = self.get_cookie(room.cookie) or ""
        self.set_header("Content-Type", "text/event-stream")
        self.set_header("X-Accel-Buffering", "no")
        room.listeners[mine] = actor
        try:
            self.write("retry: 500\n\n")
            while room.who(token) == actor:
                news = f"{room.session.version}.{int(room.board.ready())}"
                self.write(": \n\n" if news == told else f"data: {news}\n\n")
                told = news
                await self.flush()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(mine.wait(), _BEAT)
                mine.clear()
        except StreamClosedError:
            pass
        finally:
            room.listeners.pop(mine, None)

    def on_connection_close(self) -> None:
        """Wake the loop of a listener that has gone."""
        self._mine.set()


class HostHandler(Handler):
    """Another facilitator, with a key and a name of their own."""

    def post(self) -> None:
        """Make a key and send it; it is shown this once."""
        self.host_only()
        room = self.room
        try:
            name = named(room.session, self.body().get("name"))
        except RefusedError as error:
            self.refused(error)
            return
        self.finish({"name": name, "key": room.new_host(name, self.actor())})


class DoorHandler(Handler):
    """The way in as a picture, for the screen."""

    def get(self) -> None:
        """Send it to the facilitator: phones read address and code from it."""
        self.host_only()
        self.set_header("Content-Type", "image/svg+xml")
        self.finish(qr_code(f"{self.room.door}#code={self.room.session.code}"))


class ExportHandler(Handler):
    """The session as a file."""

    async def get(self) -> None:
        """Send it to the facilitator."""
        self.host_only()
        room = self.room
        head, log = room.log.head(), room.log.actions()
        text = await asyncio.get_running_loop().run_in_executor(room.worker, exported, head, log, room.session)
        self.set_header("Content-Type", "application/json")
        self.set_header("Content-Disposition", f"attachment; filename={room.session.exercise.name}.session.json")
        self.finish(text)


class DebriefHandler(Handler):
    """The debrief: for the facilitator at any time after the last round, for teams once the exercise is closed."""

    async def get(self) -> None:
        """Make it once, then send it."""
        actor, room = self.actor(), self.room
        if not (room.session.phase == "debrief" or (is_host(actor) and room.played_out())):
            raise HTTPError(403)
        await room.catch_up()
        assert room.debrief is not None
        # Shielded: somebody who closes the page must not stop it for everybody.
        page = await asyncio.shield(room.debrief)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Content-Security-Policy", _DEBRIEF_POLICY)
        self.finish(page)


class WhatIfHandler(Handler):
    """*What if you had …*: one decision of one round, asked once all rounds are played."""

    async def post(self) -> None:
        """Branch there, play to the end, and send the difference."""
        actor, room, data = self.actor(), self.room, self.body()
        if not (room.session.phase == "debrief" or (is_host(actor) and room.played_out())):
            raise HTTPError(403)
        try:
            team, index, lever, value = what_if_asked(room.session, actor, data)
        except RefusedError as error:
            self.refused(error)
            return
        if actor in room.asking:
            raise HTTPError(429)
        room.asking.add(actor)
        try:
            await room.catch_up()
            ask = partial(what_if, room.board, team, index, {lever: value})
            found = await asyncio.get_running_loop().run_in_executor(room.worker, ask)
        finally:
            room.asking.discard(actor)
        gap = found.gap
        self.finish({"met": found.met, "difference": gap.difference, "low": views.finite(gap.low),
                     "high": views.finite(gap.high), "n": gap.n})  # fmt: skip


def handlers(room: Room, prefix: str = "") -> list[tuple[str, type[Handler], dict[str, Any]]]:
    """Return the routes of a room under a prefix such as ``/labsim``."""
    routes: tuple[tuple[str, type[Handler]], ...] = (
        ("/api/public", PublicHandler), ("/api/join", JoinHandler), ("/api/view", ViewHandler),
        ("/api/act", ActHandler), ("/api/host", HostHandler), ("/api/door.svg", DoorHandler),
        ("/api/events", EventsHandler), ("/api/export", ExportHandler),
        ("/api/debrief", DebriefHandler), ("/api/whatif", WhatIfHandler),
        ("/([a-z0-9.]*)", PageHandler),
    )  # fmt: skip
    return [(prefix + path, handler, {"room": room}) for path, handler in routes]
