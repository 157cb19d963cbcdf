"""Every indicator, declared once.

Takes: the declarations by subject. Gives: :data:`CATALOGUE`, in the order in which they are shown.
"""

from labsim.results.catalogue_cases import CASES, INSPECTION
from labsim.results.catalogue_coordination import COORDINATION
from labsim.results.catalogue_costs import MONEY_AND_POINTS, STAFF
from labsim.results.catalogue_disputes import DISPUTES
from labsim.results.catalogue_evaluation import EVALUATION
from labsim.results.catalogue_residents import PARTICIPATION, VOICE
from labsim.results.catalogue_workforce import WORKFORCE
from labsim.results.declaration import Indicator

_MODULES = (*DISPUTES, *COORDINATION, *WORKFORCE, *EVALUATION)
CATALOGUE: tuple[Indicator, ...] = (
    *PARTICIPATION, *CASES, *VOICE, *INSPECTION, *STAFF, *MONEY_AND_POINTS, *_MODULES,
)
"""All indicators in the order in which they are shown."""
