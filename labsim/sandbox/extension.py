"""A session inside a Jupyter Server: the same routes, beside the trainer's notebooks.

Takes: ``LABSIM_SANDBOX``, the file of a session's log, in the environment of the server. Gives:
the session under ``/labsim/``. Enable it with
``jupyter server extension enable labsim.presentation.jupyter_extension``. Players get a seat of the session
and nothing of Jupyter: its kernels and files stay behind its own token. A server of its own
(``labsim sandbox``) has none behind it and is what to open to a local network.
"""

import os
from typing import Any

from labsim.foundations.errors import InputError, Problem, Where
from labsim.foundations.i18n import t
from labsim.sandbox.keeping import Log
from labsim.sandbox.room import Maker, Room
from labsim.sandbox.server import handlers
from labsim.sandbox.serving import Pages

LOG = "LABSIM_SANDBOX"
PREFIX = "labsim"


def add(app: Any, pages: Pages, debrief: Maker) -> Room:
    """Add the routes of a session to a Jupyter Server, and return its room.

    Args:
        app: the server application of Jupyter.
        pages: what is handed out as it is.
        debrief: makes the debrief.

    Raises:
        InputError: the environment names no log of a session.
    """
    path = os.environ.get(LOG, "")
    if not path or not os.path.isfile(path):
        what = t("没有演练记录", "no log of a session")
        allowed = t("labsim sandbox 写出的文件", "a file written by labsim sandbox")
        raise InputError([Problem(Where(key=LOG), what, allowed)])
    names = {f"{host}:{app.port}" for host in ("127.0.0.1", "localhost", app.ip or "127.0.0.1")}
    base = app.web_app.settings["base_url"].rstrip("/")
    door = f"{app.connection_url.rstrip('/')}/{PREFIX}/"
    lan = app.ip not in ("", "127.0.0.1", "localhost", "::1")
    room = Room(Log(path), pages, frozenset(names), debrief, door=door, lan=lan)
    app.web_app.add_handlers(".*$", handlers(room, f"{base}/{PREFIX}"))
    app.log.info("labsim: %s#host=%s", door, room.new_host())
    return room
