"""Which lever belongs to which extension module.

Takes: the declarations of each module. Gives: :data:`MODULE_OF_LEVER`; a lever that is not in it
belongs to the core. A lever of a module acts only where ``module_<name>`` is switched on.
"""

from collections.abc import Mapping
from types import MappingProxyType

from labsim.foundations.declared import Quantity
from labsim.scenario.modules.coordination import LEVERS_COORDINATION
from labsim.scenario.modules.disputes import LEVERS_DISPUTES
from labsim.scenario.modules.emergencies import LEVERS_EMERGENCIES
from labsim.scenario.modules.evaluation import LEVERS_EVALUATION
from labsim.scenario.modules.projects import LEVERS_PROJECTS
from labsim.scenario.modules.services import LEVERS_SERVICES
from labsim.scenario.modules.workforce import LEVERS_WORKFORCE

_LEVERS_BY_MODULE: Mapping[str, tuple[Quantity, ...]] = MappingProxyType(
    {
        "disputes": LEVERS_DISPUTES,
        "coordination": LEVERS_COORDINATION,
        "workforce": LEVERS_WORKFORCE,
        "evaluation": LEVERS_EVALUATION,
        "projects": LEVERS_PROJECTS,
        "emergencies": LEVERS_EMERGENCIES,
        "services": LEVERS_SERVICES,
    }
)

MODULE_OF_LEVER: Mapping[str, str] = MappingProxyType(
    {lever.name: module for module, levers in _LEVERS_BY_MODULE.items() for lever in levers}
)
"""The module of every lever that is not the core's."""
