"""Where the files that travel with the package are.

Takes: the parts of a path such as ``("scenarios", "baseline.toml")``. Gives: where it is,
beside the package in a working copy or inside it once installed.
"""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent
INSTALLED = _PACKAGE / "_share"
"""Where the wheel puts ``scenarios/`` and ``data/``."""


def share() -> Path:
    """Return the folder that holds ``scenarios/`` and ``data/``."""
    return INSTALLED if INSTALLED.is_dir() else _PACKAGE.parent


def resource(*parts: str) -> Path:
    """Return the path of a file or folder that travels with the package; it need not exist."""
    return share().joinpath(*parts)
