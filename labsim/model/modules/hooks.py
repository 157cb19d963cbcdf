"""Where extension modules come into the order of a day.

A module acts on the core through the levers of the day and the world of the run, which it
may rewrite before anything reads them, and through what the core offers everybody: faults,
money, efficacy, posts. It never writes a result.

Every morning the world of the run is what it was at the start, so that a module multiplies
or shifts what it finds: several modules add up, in the order of ``Module``, and no day
compounds the day before.
"""

from labsim.foundations.compiled import part
from labsim.model.columns import Records, Setup, State
from labsim.model.modules.coordination import coordination_evening, coordination_morning
from labsim.model.modules.disputes import disputes_evening
from labsim.model.modules.disputes_visits import disputes_morning
from labsim.model.modules.emergencies import emergencies_morning
from labsim.model.modules.evaluation import evaluation_evening, evaluation_morning
from labsim.model.modules.projects import projects_evening, projects_morning
from labsim.model.modules.services import services_evening
from labsim.model.modules.services_offers import services_morning
from labsim.model.modules.states import Module
from labsim.model.modules.workforce import workforce_evening, workforce_morning


@part
def modules_morning(setup: Setup, state: State, today: Records, policy: Records, day: int) -> None:
    """Let modules set what their institutions make of today's levers."""
    if len(state.modules.world) > 0:
        setup.world[0] = state.modules.world[0]
    if state.modules.on[Module.DISPUTES] > 0:
        disputes_morning(setup, state, policy, day)
    if state.modules.on[Module.COORDINATION] > 0:
        coordination_morning(setup, state, today, policy, day)
    if state.modules.on[Module.PROJECTS] > 0:
        projects_morning(setup, state, policy, day)
    if state.modules.on[Module.SERVICES] > 0:
        services_morning(setup, state, policy, day)
    if state.modules.on[Module.WORKFORCE] > 0:
        workforce_morning(setup, state, today, policy, day)
    if state.modules.on[Module.EVALUATION] > 0:
        evaluation_morning(setup, state, policy, day)
    if state.modules.on[Module.EMERGENCIES] > 0:
        emergencies_morning(setup, state, today, policy, day)


@part
def modules_evening(setup: Setup, state: State, today: Records, policy: Records, day: int) -> None:
    """Let modules live through their day, after the core has lived through its own."""
    if state.modules.on[Module.DISPUTES] > 0:
        disputes_evening(setup, state, today, policy, day)
    if state.modules.on[Module.COORDINATION] > 0:
        coordination_evening(setup, state, today, policy, day)
    if state.modules.on[Module.PROJECTS] > 0:
        projects_evening(setup, state, today, policy, day)
    if state.modules.on[Module.SERVICES] > 0:
        services_evening(setup, state, policy, day)
    if state.modules.on[Module.WORKFORCE] > 0:
        workforce_evening(setup, state, today, policy, day)
    if state.modules.on[Module.EVALUATION] > 0:
        evaluation_evening(setup, state, today, policy, day)
