"""Failed runs: a row each, with the error and the one command that runs it again, alone.

Takes: failures of a design. Gives: a table; each failed scenario is saved, in its state of the world, so
that the command works whatever becomes of the file or the notebook it came from.
"""

import hashlib
import os
import shlex
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from labsim.experiment.tasks import Failure
from labsim.experiment.worlds import World
from labsim.foundations.errors import InputError
from labsim.foundations.writing import write_whole
from labsim.scenario.scenario import Scenario
from labsim.scenario.written import written

COLUMNS = ("scenario", "world", "replication", "seed", "error", "command")
FOLDER = "_failed"
"""Beside the runs of a store; readers of a folder of Parquet files skip names with this beginning."""
_DIGITS = 10


def failure_table(failures: Iterable[tuple[Failure, Scenario, World]], folder: Path | None) -> pd.DataFrame:
    """Return one row per failed run, with :data:`COLUMNS`.

    Args:
        failures: each with its scenario and state of the world.
        folder: in which failed scenarios are saved; without one no command is told.
    """
    rows = []
    for one, scenario, world in failures:
        command = "" if folder is None else rerun_command(world.applied(scenario), one.run.seed, folder)
        rows.append((one.run.scenario, one.run.world, one.run.replication, one.run.seed, one.error, command))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def rerun_command(scenario: Scenario, seed: int, folder: Path) -> str:
    """Save a scenario and return the command that runs it on a seed; empty when it cannot be saved."""
    text = written(scenario)
    name = f"{scenario.name}-{hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]}.toml"
    path = folder / FOLDER / name
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, text)
    except (OSError, InputError):  # a full disk: the error of the run is told all the same
        return ""
    words = ["labsim", "one", str(path), "--run-seed", str(seed)]
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)
