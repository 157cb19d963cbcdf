"""Where the files that travel with the package are.

Takes: the parts of a path such as ``("scenarios", "baseline.toml")``. Gives: where it is,
beside the package in a working copy or inside it once installed; and where runs are kept.
"""

import os
from pathlib import Path

import platformdirs

_PACKAGE = Path(__file__).resolve().parent.parent
INSTALLED = _PACKAGE / "_share"
"""Where the wheel puts ``scenarios/`` and ``data/``."""


def share() -> Path:
    """Return the folder that holds ``scenarios/`` and ``data/``."""
    return INSTALLED if INSTALLED.is_dir() else _PACKAGE.parent


def resource(*parts: str) -> Path:
    """Return the path of a file or folder that travels with the package; it need not exist."""
    return share().joinpath(*parts)


def store_folder() -> Path:
    """Return where runs are kept unless told otherwise: ``LABSIM_STORE``, else the user's data folder."""
    named = os.environ.get("LABSIM_STORE")
    return Path(named) if named else platformdirs.user_data_path("labsim", appauthor=False) / "runs"
