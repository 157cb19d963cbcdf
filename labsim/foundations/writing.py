"""Files that are written whole or not at all.

Takes: a path and a text. Gives: the file, or one clear problem.
"""

import os
import tempfile
from pathlib import Path

from labsim.foundations.errors import InputError, Problem, Where
from labsim.foundations.i18n import t


def write_whole(path: Path, text: str) -> None:
    """Write a file whole or not at all, also when the machine stops in between.

    Raises:
        InputError: the place cannot be written to.
    """
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".saving-", suffix=path.suffix)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            # mkstemp makes files that only their owner may read; these are to be handed on.
            Path(temporary).chmod(0o644)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise InputError([unwritable(path, error)]) from None


def unwritable(path: Path, error: OSError) -> Problem:
    """Return the problem of a place that cannot be written to."""
    return Problem(
        Where(str(path)),
        t(f"无法写入：{error.strerror}", f"cannot write: {error.strerror}"),
        t("已存在且可写的文件夹", "a folder that exists and can be written to"),
    )
