"""Where extension modules come into the order of a day.

A module acts on the core through the levers of the day and the world of the run, which it
may rewrite before anything reads them, and through what the core offers everybody: faults,
money, efficacy, posts. It never writes a result.
"""

from labsim.foundations.compiled import part
from labsim.model.columns import Records, Setup, State


@part
def modules_morning(setup: Setup, state: State, today: Records, policy: Records, day: int) -> None:
    """Let modules set what their institutions make of today's levers."""


@part
def modules_evening(setup: Setup, state: State, today: Records, policy: Records, day: int) -> None:
    """Let modules live through their day, after the core has lived through its own."""
