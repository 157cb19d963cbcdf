"""What the code is: a hash of source files.

Takes: floors of the package. Gives: a short hash, for everything that is kept only as long as the code is the same.
"""

import hashlib
import sys
from functools import cache
from pathlib import Path

_LENGTH = 16


# The code that runs is the code that was read at the start, whatever happens to the files meanwhile.
@cache
def source_hash(floors: tuple[str, ...], without: tuple[str, ...] = ()) -> str:
    """Return a hash of every source file on these floors, and of the version of Python.

    Args:
        floors: folders of the package.
        without: beginnings of paths within a floor that do not count.
    """
    package = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256(sys.version.encode())
    for floor in floors:
        for file in sorted((package / floor).rglob("*.py")):
            place = file.relative_to(package / floor).as_posix()
            if not place.startswith(without):
                digest.update(f"{floor}/{place}".encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()[:_LENGTH]
