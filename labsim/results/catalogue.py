"""Every indicator, declared once.

Takes: the declarations by subject. Gives: :data:`CATALOGUE`, in the order in which they are shown,
with :data:`MODULE_INDICATORS` and :data:`SUBJECT_OF`, the subject of each.
"""

from collections.abc import Mapping
from types import MappingProxyType

from labsim.results.catalogue_cases import CASES, INSPECTION
from labsim.results.catalogue_coordination import COORDINATION
from labsim.results.catalogue_costs import MONEY_AND_POINTS, STAFF
from labsim.results.catalogue_disputes import DISPUTES
from labsim.results.catalogue_emergencies import EMERGENCIES
from labsim.results.catalogue_evaluation import EVALUATION
from labsim.results.catalogue_projects import PROJECTS
from labsim.results.catalogue_residents import PARTICIPATION, VOICE
from labsim.results.catalogue_services import SERVICES
from labsim.results.catalogue_workforce import WORKFORCE
from labsim.results.declaration import Indicator

_CORE: Mapping[str, tuple[Indicator, ...]] = MappingProxyType(
    {
        "participation": PARTICIPATION,
        "cases": CASES,
        "voice": VOICE,
        "inspection": INSPECTION,
        "staff": STAFF,
        "money": MONEY_AND_POINTS,
    }
)
MODULE_INDICATORS: Mapping[str, tuple[Indicator, ...]] = MappingProxyType(
    {
        "disputes": DISPUTES,
        "coordination": COORDINATION,
        "workforce": WORKFORCE,
        "evaluation": EVALUATION,
        "projects": PROJECTS,
        "emergencies": EMERGENCIES,
        "services": SERVICES,
    }
)
"""Indicators that can be measured only where ``module_<name>`` is switched on."""

_SUBJECTS = {**_CORE, **MODULE_INDICATORS}

CATALOGUE: tuple[Indicator, ...] = tuple(one for found in _SUBJECTS.values() for one in found)
"""All indicators in the order in which they are shown."""

SUBJECT_OF: Mapping[str, str] = MappingProxyType(
    {one.name: subject for subject, found in _SUBJECTS.items() for one in found}
)
"""The subject of every indicator: a part of the core, or the name of an extension module."""

MODULE_OF: Mapping[str, str] = MappingProxyType({name: s for name, s in SUBJECT_OF.items() if s in MODULE_INDICATORS})
"""The extension module of every indicator that is not the core's."""
