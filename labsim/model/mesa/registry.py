"""Which Mesa agent plays the institutions of which extension module.

Takes: the twins, one file each (``mesa_<module>.py``). Gives: :data:`MODULE_AGENTS`, in the order
of :class:`Module`, which is the order in which modules act within a step of the day.
"""

from collections.abc import Mapping
from types import MappingProxyType

from labsim.model.mesa.coordination import StreetOffice
from labsim.model.mesa.disputes import DisputesAgent
from labsim.model.mesa.emergencies import EmergencyOffice
from labsim.model.mesa.evaluation import EvaluationAgent
from labsim.model.mesa.modules import ModuleAgent
from labsim.model.mesa.projects import ProjectOffice
from labsim.model.mesa.services import ServicesAgent
from labsim.model.mesa.workforce import WorkforceAgent
from labsim.model.modules.states import Module

MODULE_AGENTS: Mapping[Module, type[ModuleAgent]] = MappingProxyType(
    {
        Module.DISPUTES: DisputesAgent,
        Module.COORDINATION: StreetOffice,
        Module.PROJECTS: ProjectOffice,
        Module.SERVICES: ServicesAgent,
        Module.WORKFORCE: WorkforceAgent,
        Module.EVALUATION: EvaluationAgent,
        Module.EMERGENCIES: EmergencyOffice,
    }
)
