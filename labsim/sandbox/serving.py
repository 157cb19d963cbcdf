"""A server of its own for one session: loopback unless told otherwise.

Takes: a log and how it is to be reached. Gives: a Tornado server in this process, with no
kernel, no terminal and no files behind it.
"""

import asyncio
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application

from labsim.foundations.errors import InputError, Problem, Where, reason
from labsim.foundations.i18n import t
from labsim.foundations.paths import store_folder
from labsim.sandbox.keeping import Log
from labsim.sandbox.room import Maker, Room
from labsim.sandbox.server import LARGEST, handlers

LOOPBACK = "127.0.0.1"
Pages = Mapping[str, tuple[str, bytes]]


@dataclass(frozen=True)
class Address:
    """Where people reach a session.

    Attributes:
        port: the port.
        names: hosts that browsers may name, with the port.
        lan: what people in the room open, where the session is open to them.
    """

    port: int
    names: frozenset[str]
    lan: str | None

    @property
    def local(self) -> str:
        """Return the address on this machine."""
        return f"http://{LOOPBACK}:{self.port}/"


def bind(port: int, lan: bool) -> tuple[list[socket.socket], Address]:
    """Open the port, on loopback or to the local network.

    Args:
        port: 0 for any that is free.
        lan: open it to the local network.

    Raises:
        InputError: the port is taken or not allowed.
    """
    try:
        if not 0 <= port <= 65535:
            raise OverflowError(port)  # some systems would take it modulo 65536
        sockets = bind_sockets(port, "0.0.0.0" if lan else LOOPBACK, family=socket.AF_INET)
    except (OSError, OverflowError) as error:
        why = reason(error) if isinstance(error, OSError) else t("没有这个端口", "there is no such port")
        what = t(f"端口 {port} 不能用：{why.zh}", f"port {port} cannot be used: {why.en}")
        raise InputError([Problem(Where(key="--port"), what, t("另一个端口，或 0", "another port, or 0"))]) from None
    port = sockets[0].getsockname()[1]
    names = {f"{LOOPBACK}:{port}", f"localhost:{port}"}
    found = _lan_address() if lan else None
    if found:
        names.add(f"{found}:{port}")
    return sockets, Address(port, frozenset(names), f"http://{found}:{port}/" if found else None)


def _lan_address() -> str | None:
    """Return this machine's address in the local network; nothing is sent for it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # A datagram socket that connects only asks the routing table.
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return None


class Server:
    """A session being served; start it inside a running event loop."""

    def __init__(self, log: Log, pages: Pages, debrief: Maker, *, port: int = 0, lan: bool = False) -> None:
        """Open the port and take up the session where its log ends.

        Raises:
            InputError: the port cannot be used, or the log cannot be read.
        """
        self._sockets, self.address = bind(port, lan)
        door = self.address.lan or self.address.local
        self.room = Room(log, pages, self.address.names, debrief, door=door, lan=bool(self.address.lan))
        self._http: HTTPServer | None = None

    def start(self, name: str = "") -> str:
        """Serve, and return the address that makes whoever opens it the facilitator."""
        app = Application(handlers(self.room), log_function=lambda handler: None)
        self._http = HTTPServer(app, max_body_size=LARGEST, max_header_size=16 * 1024, idle_connection_timeout=60)
        self._http.add_sockets(self._sockets)
        return self.host_link(name)

    def host_link(self, name: str = "", *, far: bool = False) -> str:
        """Return an address that makes whoever opens it a facilitator of that name.

        Args:
            name: that stands in the log.
            far: for another device than this one.
        """
        place = self.room.door if far else self.address.local
        return f"{place}#host={self.room.new_host(name)}"

    async def stop(self) -> None:
        """Stop serving; the log is complete at any moment."""
        if self._http is not None:
            self._http.stop()
            await self._http.close_all_connections()
        for one in (self.room.worker, self.room.author):
            one.shutdown(wait=False, cancel_futures=True)
        self.room.log.close()


async def forever(server: Server) -> None:
    """Serve until interrupted."""
    try:
        await asyncio.Event().wait()
    finally:
        await server.stop()


def logs_folder() -> Path:
    """Return where sessions are kept unless told otherwise."""
    return store_folder().parent / "sessions"
