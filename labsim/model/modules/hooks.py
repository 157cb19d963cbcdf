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


@part
def modules_morning(setup: Setup, state: State, today: Records, policy: Records, day: int) -> None:
    """Let modules set what their institutions make of today's levers."""
    if len(state.modules.world) > 0:
        setup.world[0] = state.modules.world[0]


@part
def modules_evening(setup: Setup, state: State, today: Records, policy: Records, day: int) -> None:
    """Let modules live through their day, after the core has lived through its own."""
