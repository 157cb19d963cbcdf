"""What changes in each extension module: record layouts and NamedTuples of arrays.

Takes: the switches and sizes of a run. Gives: :class:`ModuleStates`. A module that is
switched off has empty arrays of the same types, so that kernels compile once.
"""

from collections.abc import Mapping
from enum import IntEnum
from typing import NamedTuple

import numpy as np


class Module(IntEnum):
    """Extension modules; the number is the place of the switch in ``ModuleStates.on``."""

    DISPUTES = 0
    COORDINATION = 1
    PROJECTS = 2
    SERVICES = 3
    WORKFORCE = 4
    EVALUATION = 5
    EMERGENCIES = 6


class ModuleStates(NamedTuple):
    """The state of every module."""

    on: np.ndarray  # 1 where a module is switched on, [len(Module)]
    world: np.ndarray  # world values as they were at the start, [1]; empty without modules


class Sizes(NamedTuple):
    """What the columns of a module are as long as."""

    days: int  # burn-in included
    residents: int
    blocks: int
    items: int
    posts: int
    departments: int


def is_on(module: Module, switches: Mapping[str, float]) -> bool:
    """Return whether a module is switched on; without switches none is."""
    return bool(switches) and switches[f"module_{module.name.lower()}"] > 0.0


def make_modules(switches: Mapping[str, float], sizes: Sizes, world: np.ndarray) -> ModuleStates:
    """Allocate the state of every module.

    Args:
        switches: values of ``COMMUNITY``, or nothing.
        sizes: what columns are as long as.
        world: ``WORLD`` record of the run, [1].
    """
    on = np.array([is_on(module, switches) for module in Module], np.int8)
    return ModuleStates(on=on, world=world.copy() if on.any() else world[:0].copy())


def module_records(modules: ModuleStates) -> dict[str, np.ndarray]:
    """Return the daily records of the modules that are on, by name, burn-in included."""
    return {}
