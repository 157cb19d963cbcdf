"""Extension modules of the Mesa model: the institutions of each as agents.

Takes: the community. Gives: for every module that is on, an agent that acts in the morning
and in the evening, and the daily records of its module. Twins of ``model/modules``.
"""

import mesa
import numpy as np


class ModuleAgent(mesa.Agent):
    """What every module offers the day; each module has a subclass of its own."""

    def morning(self) -> None:
        """Rewrite levers of the day before anybody reads them."""

    def evening(self) -> None:
        """Live through the day of the module."""

    def records(self) -> np.ndarray:
        """Return the daily records of the module so far."""
        raise NotImplementedError
