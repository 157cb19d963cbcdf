"""Files that are written whole or not at all.

Takes: a path and a text or bytes. Gives: the file, or one clear problem. Only regular files are ever
replaced: a device, a pipe or a folder is refused, and a link stays and leads to the new text.
"""

import os
import stat
import tempfile
from pathlib import Path

from labsim.foundations.errors import InputError, Problem, Where, reason
from labsim.foundations.i18n import t

UNFINISHED = ".saving-"
"""Beginning of the names of files that are being written, or that a killed process left."""


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file whole or not at all, also when the machine stops in between; text as UTF-8.

    Raises:
        InputError: the place cannot be written to, or something other than a regular file stands there.
    """
    try:
        target = _target(path)
        # Without the ending: what a killed process leaves must not be taken for a file of its kind.
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=UNFINISHED)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content.encode() if isinstance(content, str) else content)
                file.flush()
                os.fsync(file.fileno())
            # mkstemp makes files that only their owner may read; these are to be handed on.
            Path(temporary).chmod(0o644)
            Path(temporary).replace(target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise InputError([unwritable(path, error)]) from None


def check_writable(path: Path) -> None:
    """Find out before minutes of work whether :func:`write_whole` could write its result; leave nothing behind.

    Raises:
        InputError: as :func:`write_whole`.
    """
    try:
        handle, probe = tempfile.mkstemp(dir=_target(path).parent, prefix=UNFINISHED)
        os.close(handle)
        Path(probe).unlink()
    except OSError as error:
        raise InputError([unwritable(path, error)]) from None


def unwritable(path: Path, error: OSError) -> Problem:
    """Return the problem of a place that cannot be written to."""
    why = reason(error)
    return Problem(
        Where(str(path)),
        t(f"无法写入：{why.zh}", f"cannot write: {why.en}"),
        t("已存在且可写的文件夹", "a folder that exists and can be written to"),
    )


def _target(path: Path) -> Path:
    """Return the file to write, at the end of all links.

    Raises:
        InputError: something other than a regular file stands there.
        OSError: nobody can tell what stands there, such as links in a circle.
    """
    try:
        # Asked of the path as given: the link behind /dev/stdout leads to a pipe that has no path.
        mode = path.stat().st_mode
    except FileNotFoundError:
        return Path(os.path.realpath(path))
    if stat.S_ISREG(mode):
        return Path(os.path.realpath(path))
    what = (
        t("这是文件夹", "this is a folder")
        if stat.S_ISDIR(mode)
        else t("这不是普通文件（是设备、管道等）", "this is not a regular file (but a device, a pipe or the like)")
    )
    raise InputError([Problem(Where(str(path)), what, t("新文件或普通文件的路径", "a new file or a regular file"))])
