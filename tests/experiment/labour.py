"""Work for workers, at the top of a module so that processes find it; light, so that they start quickly."""

import os
import signal
import time
from pathlib import Path


def double(item: int) -> int:
    """Return twice the item; negative ones fail."""
    if item < 0:
        raise ArithmeticError(f"{item} is below zero")
    return 2 * item


def slow_double(item: int) -> int:
    """Take a while."""
    time.sleep(0.05)
    return double(item)


def dies_once(item: tuple[int, str]) -> int:
    """Kill the worker on the item 5, once: the second time a file says that it happened."""
    number, folder = item
    if number == 5 and not (Path(folder) / "died").exists():
        (Path(folder) / "died").write_text("once", encoding="utf-8")
        os.kill(os.getpid(), signal.SIGKILL)
    return double(number)


def deadly(item: int) -> int:
    """Kill the worker on the item 5, always."""
    if item == 5:
        os.kill(os.getpid(), signal.SIGKILL)
    return slow_double(item)


def who(item: int) -> int:
    """Return the number of the process."""
    time.sleep(0.02)
    return os.getpid()
