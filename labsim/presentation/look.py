"""One look for notebook, app, exercise and report.

Takes: nothing. Gives: the style sheet of ``templates/look.css``, in which colours, type and
sizes are declared once, the shapes that say the same as the colours, and templates.

Everything visible stands in an element of class ``labsim``; ``projector`` beside it makes
everything larger. Sizes are in ``em``, so a part can be scaled by its font size alone.
"""

from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

from labsim.presentation.figures import COLOURS, MARKS


def colour(i: int) -> str:
    """Return the colour of the policy number ``i``, as in every chart and table."""
    return COLOURS[i % len(COLOURS)]


def mark(i: int) -> str:
    """Return the shape of the policy number ``i``, which says the same as its colour."""
    return MARKS[i % len(MARKS)]


# Safe to keep: the files travel with the package and nobody writes them.
@cache
def style(*names: str) -> str:
    """Return the common style sheet, then others of ``templates`` by file name."""
    folder = files("labsim.presentation").joinpath("templates")
    return "\n".join(folder.joinpath(name).read_text(encoding="utf-8") for name in ("look.css", *names))


def environment() -> Environment:
    """Return where templates come from; undefined names are errors and all text is escaped."""
    return Environment(
        loader=PackageLoader("labsim.presentation", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
