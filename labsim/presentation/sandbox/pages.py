"""The pages of a session: the door, the team's page, the facilitator's console.

Takes: nothing. Gives: what the server hands out as it is, with the common style sheet in front.
"""

from functools import cache
from importlib.resources import files

from labsim.presentation.look import style

_KINDS = {"html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}


# Safe to keep: the files travel with the package and nobody writes them.
@cache
def pages() -> dict[str, tuple[str, bytes]]:
    """Return path -> (content type, bytes); the empty path is the door."""
    folder = files("labsim.presentation.sandbox").joinpath("static")
    found: dict[str, tuple[str, bytes]] = {}
    for one in folder.iterdir():
        kind = _KINDS.get(one.name.rpartition(".")[2])
        if kind is not None:
            text = one.read_text(encoding="utf-8")
            text = f"{style()}\n{text}" if one.name.endswith(".css") else text
            found[one.name] = (kind, text.encode())
    found[""] = found["index.html"]
    return found
