"""A setting: what is done to the base scenario of a targets file before something is measured.

Takes: instruments, lever values, a start, and community values with the switches of modules. Gives:
:class:`Setting` and everything that is wrong with one.
"""

from collections.abc import Iterator, Mapping

from labsim.foundations.errors import InputError, Problem, unknown_name
from labsim.scenario.checked import Checked
from labsim.scenario.checks import COMMUNITY_VALUE, LEVER, timing_problems, value_problems
from labsim.scenario.community import COMMUNITY
from labsim.scenario.idle import idle_problems
from labsim.scenario.instruments import INSTRUMENT, instrument_names, instruments
from labsim.scenario.levers import LEVERS
from labsim.scenario.phases import Inject, Phase
from labsim.scenario.scenario import Scenario, community_values
from labsim.scenario.values import ValueField, Values


class Setting(Checked):
    """A policy: instruments and lever values over a base scenario, from day ``start`` on.

    ``community`` changes the community that it is tried in, switches of extension modules included;
    ``injects`` happen to it.
    """

    instruments: tuple[str, ...] = ()
    levers: ValueField = Values()
    start: int = 0
    community: ValueField = Values()
    injects: tuple[Inject, ...] = ()

    def over(self, base: Scenario) -> Scenario:
        """Return the base scenario with this policy.

        Raises:
            InputError: an instrument, lever or community value does not exist, does not fit or conflicts.
        """
        scenario = base.with_community(**self.community) if self.community else base
        scenario = scenario.with_injects(*self.injects).with_instruments(*self.instruments, start=self.start)
        return scenario.with_phases(
            *(Phase(lever=name, value=value, start=self.start) for name, value in self.levers.items())
        )

    def within(self, community: Mapping[str, float]) -> "Setting":
        """Return the setting in a community with these values under its own."""
        if not community:
            return self
        return Setting(
            instruments=self.instruments, levers=self.levers, start=self.start,
            community={**community, **self.community}, injects=self.injects,
        )  # fmt: skip

    def has_module(self, module: str, base: Scenario) -> bool:
        """Return whether an extension module is on."""
        return bool({**community_values(base), **self.community}[f"module_{module}"])

    def __str__(self) -> str:
        """Return the policy in one line of names."""
        values = {**self.levers, **self.community}
        parts = [*self.instruments, *(f"{name} = {value:g}" for name, value in values.items())]
        parts += [f"{one.kind.name.lower()} {one.magnitude:g} @ {one.day}" for one in self.injects]
        return ", ".join(parts) or "—"


def setting_problems(setting: Setting, key: str, base: Scenario) -> Iterator[Problem]:
    """Yield what is wrong with a setting over a base scenario; ``key`` is where it stands."""
    known = instruments()
    for i, name in enumerate(setting.instruments):
        if name not in known:
            yield unknown_name(f"{key}.instruments[{i}]", name, known, INSTRUMENT, instrument_names())
    yield from value_problems(f"{key}.levers", setting.levers, LEVERS, LEVER)
    yield from value_problems(f"{key}.community", setting.community, COMMUNITY, COMMUNITY_VALUE)
    yield from timing_problems(key, setting.start, None, -base.burn_in, base.horizon)
    found: list[Problem] = []
    try:
        found += idle_problems(_right(setting).over(base))
    except InputError as error:
        found += error.problems
    yield from (Problem.at(key, one.what, one.allowed, one.suggestion) for one in found)


def _right(setting: Setting) -> Setting:
    """Return the setting without names and values that are wrong in themselves."""
    return Setting(
        instruments=tuple(name for name in setting.instruments if name in instruments()),
        levers={name: value for name, value in setting.levers.items() if name in LEVERS and LEVERS[name].allows(value)},
        community={
            name: value
            for name, value in setting.community.items()
            if name in COMMUNITY and COMMUNITY[name].allows(value)
        },
        injects=setting.injects,
    )
