"""A community so small that a run takes milliseconds, and targets over it."""

from typing import Any

from labsim.analysis.targets import Target, Targets
from labsim.foundations.i18n import t
from labsim.scenario.scenario import Scenario

TINY = """
name = "tiny"
horizon = 84
burn_in = 28
[population]
residents = 200
blocks = 4
items = 100
departments = 3
panel = 20
"""


def scenario(**world: float) -> Scenario:
    """Return the tiny community in some state of the world."""
    return Scenario(
        name="tiny", horizon=84, burn_in=28, world=world,
        community={"residents": 200, "blocks": 4, "items": 100, "departments": 3, "panel": 20},
    )  # fmt: skip


def target(name: str, indicator: str, band: tuple[float, float], **fields: Any) -> Target:
    """Return a target over the first 84 days."""
    given = {"window": (0, 84), "value": sum(band) / 2, "role": "fit", "label": t(name, name), **fields}
    return Target(id=name, indicator=indicator, band=band, **given)


def targets(*found: Target, **world: float) -> Targets:
    """Return targets over the tiny community."""
    return Targets(base=scenario(**world), targets=found, source="tiny.toml")
