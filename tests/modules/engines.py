"""One module in three engines: compiled, Mesa and plain Python, which needs a process with the compiler off.

Run as a script with the name of a ``*_drawn`` module, it prints the digests of the scenarios drawn there, and whether
its process compiles.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType

import numpy as np

from labsim.foundations.compiled import COMPILED
from labsim.model.mesa.model import CommunityModel
from labsim.model.simulate import simulate
from labsim.model.trajectory import Trajectory
from labsim.scenario.scenario import Scenario
from tests.architecture.source import ROOT


def scenarios_of(drawn: ModuleType) -> list[Scenario]:
    """Return the scenarios of a ``*_drawn`` module."""
    return [drawn.draw(number) for number in range(drawn.MANY)]


def same_bits(drawn: ModuleType) -> list[Trajectory]:
    """Assert that the engines agree on every scenario drawn; return the compiled runs."""
    scenarios = scenarios_of(drawn)
    environment = {**os.environ, "LABSIM_COMPILER": "off", "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    command = [sys.executable, "-W", "error", "-m", "tests.modules.engines", drawn.__name__]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    ) as plain:
        try:
            # Plain Python is at work while this process runs the other two.
            compiled = [simulate(one, drawn.SEED) for one in scenarios]
            mesa = [CommunityModel(one, drawn.SEED).run().trajectory().digest() for one in scenarios]
            out, err = plain.communicate(timeout=900)
        finally:
            plain.kill()
    assert mesa == [run.digest() for run in compiled]
    assert plain.returncode == 0, err
    assert json.loads(out) == {"compiled": False, "digests": mesa}
    return compiled


def idle(runs: Sequence[Trajectory], module: str, least: int = 1) -> list[str]:
    """Return the daily columns of a module that vary in fewer than ``least`` runs; equal zeros would prove nothing."""
    columns = runs[0].modules[module].dtype.names or ()
    busy = {name: sum(len(np.unique(run.modules[module][name])) > 1 for run in runs) for name in columns}
    return [name for name, times in busy.items() if times < least]


if __name__ == "__main__":
    asked = import_module(sys.argv[1])
    print(
        json.dumps(
            {"compiled": COMPILED, "digests": [simulate(one, asked.SEED).digest() for one in scenarios_of(asked)]}
        )
    )
