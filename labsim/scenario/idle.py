"""What a scenario asks of extension modules that are off in it: it would do nothing, silently.

Takes: a scenario. Gives: problems. It is asked when a scenario is read from a file and when it
enters an experiment, not when one is built: a scenario may be built in steps, in any order.
"""

from collections.abc import Iterator

from labsim.foundations.errors import Problem
from labsim.foundations.i18n import t
from labsim.scenario.checks import module_off, module_problem
from labsim.scenario.instruments import instruments
from labsim.scenario.levers import LEVERS
from labsim.scenario.scenario import Scenario, community_values


def idle_problems(scenario: Scenario) -> Iterator[Problem]:
    """Yield the problem of every instrument and lever that acts only through a module that is off.

    Optional levers of an instrument are no problem: they are left out and the rest of it works.
    A lever at its declared default says nothing, so it asks for nothing.
    """
    catalogue, community = instruments(), community_values(scenario)
    asked = [(f"levers.{name}", name, value) for name, value in scenario.levers.items()]
    for i, one in enumerate(scenario.instruments):
        entry = catalogue.get(one.name)
        needed = entry.needs(one.variant) if entry else ()
        missing = [module for module in needed if not community.get(f"module_{module}")]
        if entry and missing:
            named = t(f"“{entry.name.zh}”（{one.name}）", f"{entry.name.en} ({one.name})")
            yield module_problem(f"instruments[{i}].name", named, missing)
        asked += [(f"instruments[{i}].levers.{name}", name, value) for name, value in one.levers.items()]
    asked += [(f"phases[{i}].lever", phase.lever, phase.value) for i, phase in enumerate(scenario.phases)]
    for key, name, value in asked:
        if name in LEVERS and value != LEVERS[name].default and (module := module_off(name, community)):
            label = LEVERS[name].label
            yield module_problem(key, t(f"“{label.zh}”（{name}）", f"{label.en} ({name})"), (module,))
