"""What changes in each extension module: record layouts and NamedTuples of arrays.

Takes: the switches and sizes of a run. Gives: :class:`ModuleStates`. A module that is
switched off has empty arrays of the same types, so that kernels compile once.
"""

from collections.abc import Mapping
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from labsim.model.modules.coordination_state import CoordinationState, make_coordination
from labsim.model.modules.disputes_state import DisputesState, make_disputes
from labsim.model.modules.emergencies_state import EmergenciesState, make_emergencies
from labsim.model.modules.evaluation_state import EvaluationState, make_evaluation
from labsim.model.modules.projects_state import ProjectsState, make_projects
from labsim.model.modules.services_state import ServicesState, make_services
from labsim.model.modules.workforce_state import Workforce, make_workforce


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
    disputes: DisputesState
    coordination: CoordinationState
    workforce: Workforce
    evaluation: EvaluationState
    projects: ProjectsState
    emergencies: EmergenciesState
    services: ServicesState


class Sizes(NamedTuple):
    """What the columns of a module are as long as."""

    days: int  # burn-in included
    residents: int
    blocks: int
    items: int
    posts: int
    departments: int
    people: np.ndarray  # residents per block
    seed: int


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
    return ModuleStates(
        on=on,
        world=world.copy() if on.any() else world[:0].copy(),
        disputes=make_disputes(on[Module.DISPUTES] > 0, sizes.days, sizes.residents, sizes.blocks, world),
        coordination=make_coordination(on[Module.COORDINATION] > 0, sizes.days, sizes.departments, sizes.items),
        workforce=make_workforce(on[Module.WORKFORCE] > 0, sizes.days, sizes.posts),
        evaluation=make_evaluation(on[Module.EVALUATION] > 0, sizes.days, sizes.items, sizes.departments),
        projects=make_projects(on[Module.PROJECTS] > 0, sizes.days, sizes.residents, sizes.blocks),
        emergencies=make_emergencies(on[Module.EMERGENCIES] > 0, sizes.days, sizes.items, sizes.people, sizes.seed),
        services=make_services(on[Module.SERVICES] > 0, sizes.days, sizes.residents, world),
    )


def module_records(modules: ModuleStates) -> dict[str, np.ndarray]:
    """Return the daily records of the modules that are on, by name, burn-in included."""
    daily = {Module.DISPUTES: modules.disputes.daily, Module.COORDINATION: modules.coordination.daily}
    daily[Module.WORKFORCE] = modules.workforce.daily
    daily[Module.EVALUATION] = modules.evaluation.daily
    daily[Module.PROJECTS] = modules.projects.daily
    daily[Module.EMERGENCIES] = modules.emergencies.daily
    daily[Module.SERVICES] = modules.services.daily
    return {module.name.lower(): daily[module] for module in Module if module in daily and modules.on[module] > 0}
