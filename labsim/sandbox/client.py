"""A participant without a browser: what bots speak HTTP with.

Takes: the address of a session. Gives: joining, views, actions, and how long each took.
"""

import http.cookiejar
import json
import urllib.error
import urllib.request
from time import monotonic
from typing import Any

_PATIENCE = 120.0


class Client:
    """One seat: it keeps its cookie, and the seconds of every request."""

    def __init__(self, address: str) -> None:
        """Take the address of a session; only loopback and the local network are meant."""
        self.address = address
        self.waits: list[tuple[str, float]] = []
        self.jar = http.cookiejar.CookieJar()
        cookies = urllib.request.HTTPCookieProcessor(self.jar)
        # No proxy: a session is on this machine or in this room.
        self._open = urllib.request.build_opener(urllib.request.ProxyHandler({}), cookies).open

    def ask(self, path: str, data: Any = None, headers: dict[str, str] | None = None) -> tuple[int, Any]:
        """Return the status and the answer of a request; JSON where it is some."""
        body = data if data is None or isinstance(data, bytes) else json.dumps(data).encode()
        request = urllib.request.Request(self.address + path, body, headers or {})
        if body is not None and not request.has_header("Content-type"):
            request.add_header("Content-Type", "application/json")
        began = monotonic()
        try:
            with self._open(request, timeout=_PATIENCE) as answer:
                status, text = answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                status, text = error.code, error.read().decode()
        self.waits.append((path, monotonic() - began))
        try:
            return status, json.loads(text)
        except ValueError:
            return status, text

    def view(self) -> dict[str, Any]:
        """Return my view.

        Raises:
            RuntimeError: there is none for me.
        """
        status, found = self.ask("api/view")
        if status != 200:
            raise RuntimeError(f"no view: {status}")
        return dict(found)

    def act(self, kind: str, **data: Any) -> tuple[int, Any]:
        """Do something."""
        return self.ask("api/act", {"kind": kind, **data})

    def join(self, code: str, team: str, role: str, name: str, table: str = "") -> tuple[int, Any]:
        """Come in by the code on the screen, and by that of the table once it has begun."""
        return self.ask("api/join", {"code": code, "team": team, "role": role, "name": name, "table": table})
