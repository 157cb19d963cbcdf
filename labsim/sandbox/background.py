"""A session server on a thread of its own: for notebooks, rehearsals and tests.

Takes: a log. Gives: the address, and an end.
"""

import asyncio
import threading
from collections.abc import Sequence

from labsim.sandbox.keeping import Log
from labsim.sandbox.room import Maker
from labsim.sandbox.serving import Pages, Server

_PATIENCE = 120.0


class Background:
    """A server that runs beside whatever made it, until :meth:`close`."""

    def __init__(
        self, path: str, pages: Pages, debrief: Maker, *, port: int = 0, lan: bool = False, hosts: Sequence[str] = ()
    ) -> None:
        """Serve the log in a file; every facilitator named gets a link of their own in ``links``.

        Raises:
            InputError: the port cannot be used, or the log cannot be read.
        """
        self._path, self._made = path, threading.Event()
        self._given = (pages, debrief, port, lan)
        self._names, self.links = hosts, dict[str, str]()
        self._error: BaseException | None = None
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        # As long as it takes: on a new machine the model is compiled first.
        self._made.wait()
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except Exception as error:
            self._error = error
            self._made.set()

    async def _serve(self) -> None:
        pages, debrief, port, lan = self._given
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        # SQLite wants its connection used on the thread that opened it.
        self.server = Server(Log(self._path), pages, debrief, port=port, lan=lan)
        self.host_link = self.server.start()
        self.links = {name: self.server.host_link(name, far=True) for name in self._names}
        self._made.set()
        await self._end.wait()
        await self.server.stop()

    def close(self) -> None:
        """Stop serving; everything is in the log."""
        if self.thread.is_alive():
            self._loop.call_soon_threadsafe(self._end.set)
            self.thread.join(_PATIENCE)
