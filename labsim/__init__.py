"""labsim: a simulation and decision-support lab for community governance.

The front door: nouns are data, verbs are functions. Names are loaded when first used, so
that ``import labsim`` costs little and writes nothing.

>>> import labsim as lab
>>> baseline = lab.load("baseline")
>>> baseline.horizon
728
"""

from importlib import import_module
from typing import TYPE_CHECKING

from labsim.foundations.version import __version__ as __version__

if TYPE_CHECKING:
    from labsim.analysis.compare import Comparison, compare
    from labsim.analysis.validate import validate
    from labsim.model.simulate import simulate, simulate_many
    from labsim.model.trajectory import Trajectory
    from labsim.population.synthesis import synthesise
    from labsim.presentation.lab.widget import explore
    from labsim.presentation.sandbox.console import host
    from labsim.presentation.sandbox.notebook import play_alone
    from labsim.results.indicators import indicators, measure, series
    from labsim.scenario.files import load, save
    from labsim.scenario.instruments import instruments
    from labsim.scenario.levers import LEVERS
    from labsim.scenario.scenario import Phase, Scenario
    from labsim.scenario.world import WORLD

_HOME = {
    "Comparison": "labsim.analysis.compare",
    "LEVERS": "labsim.scenario.levers",
    "Phase": "labsim.scenario.scenario",
    "Scenario": "labsim.scenario.scenario",
    "Trajectory": "labsim.model.trajectory",
    "WORLD": "labsim.scenario.world",
    "compare": "labsim.analysis.compare",
    "explore": "labsim.presentation.lab.widget",
    "host": "labsim.presentation.sandbox.console",
    "indicators": "labsim.results.indicators",
    "instruments": "labsim.scenario.instruments",
    "load": "labsim.scenario.files",
    "measure": "labsim.results.indicators",
    "play_alone": "labsim.presentation.sandbox.notebook",
    "save": "labsim.scenario.files",
    "series": "labsim.results.indicators",
    "simulate": "labsim.model.simulate",
    "simulate_many": "labsim.model.simulate",
    "synthesise": "labsim.population.synthesis",
    "validate": "labsim.analysis.validate",
}

__all__ = [
    "LEVERS",
    "WORLD",
    "Comparison",
    "Phase",
    "Scenario",
    "Trajectory",
    "compare",
    "explore",
    "host",
    "indicators",
    "instruments",
    "load",
    "measure",
    "play_alone",
    "save",
    "series",
    "simulate",
    "simulate_many",
    "synthesise",
    "validate",
]


def __getattr__(name: str) -> object:
    """Load a public name on first use."""
    if name not in _HOME:
        raise AttributeError(f"labsim has no {name!r}; it has: {', '.join(__all__)}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    """Return the public names."""
    return [*__all__, "__version__"]
