"""What the code is: a hash of source files.

Takes: floors of the package. Gives: a short hash, for everything that is kept only as long as the code is the same.
"""

import hashlib
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

_LENGTH = 16


# The code that runs is the code that was read at the start, whatever happens to the files meanwhile.
@cache
def source_hash(floors: tuple[str, ...], without: tuple[str, ...] = ()) -> str:
    """Return a hash of every source file on these floors, and of the version of Python.

    Args:
        floors: folders of the package.
        without: beginnings of names of files that do not count.
    """
    package = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256(sys.version.encode())
    for file in _files(package, floors):
        if not (without and file.name.startswith(without)):
            digest.update(file.relative_to(package).as_posix().encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:_LENGTH]


def _files(package: Path, floors: Iterable[str]) -> list[Path]:
    return [file for floor in floors for file in sorted((package / floor).rglob("*.py"))]
