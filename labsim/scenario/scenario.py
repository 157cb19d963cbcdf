"""Scenario: what is asked, whole and unchangeable.

Takes: values that differ from the declarations, instruments, phases, injects, a length.
Gives: :class:`Scenario`, and from it the tables the model reads: :func:`lever_table`,
:func:`inject_table`, :func:`world_values`, :func:`community_values`.
"""

import hashlib
import json
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Annotated, Any

import numpy as np
from pydantic import Field, model_validator

from labsim.foundations.calendar import PERIOD
from labsim.foundations.declared import Text
from labsim.foundations.errors import InputError, Problem, Where, raise_if, unknown_name
from labsim.foundations.i18n import t
from labsim.foundations.paths import resource
from labsim.scenario.checked import Checked, broken
from labsim.scenario.checks import (
    COMMUNITY_VALUE,
    LEVER,
    WORLD_PARAMETER,
    conflict_problems,
    emergency_problem,
    inject_problems,
    labels,
    module_off,
    share_problems,
    table_problems,
    timing_problems,
    value_problem,
    value_problems,
)
from labsim.scenario.community import COMMUNITY
from labsim.scenario.instruments import INSTRUMENT, Instrument, instrument_names, instruments, variant_problem
from labsim.scenario.levers import LEVERS
from labsim.scenario.phases import INJECT_DTYPE, AppliedInstrument, Change, Inject, InjectKind, Phase, table_of
from labsim.scenario.values import ValueField, Values
from labsim.scenario.world import WORLD

__all__ = [
    "AppliedInstrument",
    "Inject",
    "InjectKind",
    "Phase",
    "Scenario",
    "changes_of",
    "community_values",
    "inject_table",
    "lever_table",
    "world_values",
]

_FINGERPRINT_VERSION = 1
_SCORE = ("score_service", "score_problem", "score_efficacy")
_SHARES = (("young_share", "older_share"), ("facility_share", "capital_share"))


class Scenario(Checked):
    """A whole configuration: community, world, policy, time.

    ``levers``, ``world`` and ``community`` hold only what differs from the declarations.
    Lever values hold from the first day of the burn-in; phases, instruments and injects
    are dated in days from day 0.

    Raises:
        InputError: anything is not valid; all problems at once.
    """

    name: Annotated[str, Field(pattern=r"^\w[\w\-]{0,79}$")] = "scenario"
    label: Text = t("未命名情景", "unnamed scenario")
    description: Text | None = None
    start_date: date = date(2026, 1, 1)
    horizon: Annotated[int, Field(ge=PERIOD, le=3640, multiple_of=PERIOD)] = 728
    burn_in: Annotated[int, Field(ge=0, le=3640)] = 182
    community: ValueField = Values()
    world: ValueField = Values()
    levers: ValueField = Values()
    instruments: tuple[AppliedInstrument, ...] = ()
    phases: tuple[Phase, ...] = ()
    injects: tuple[Inject, ...] = ()

    @model_validator(mode="after")
    def _checked(self) -> "Scenario":
        # A value written out although it is the declared one says nothing; the world keeps its
        # own, because a later calibration must not change what was asked for explicitly.
        for field, catalogue in (("levers", LEVERS), ("community", COMMUNITY)):
            kept = {
                name: value
                for name, value in getattr(self, field).items()
                if name not in catalogue or value != catalogue[name].default
            }
            object.__setattr__(self, field, Values(kept))
        raise_if(_problems(self))
        # Sorted only now: the problems name injects by the place they were given in.
        object.__setattr__(self, "injects", tuple(sorted(self.injects, key=lambda one: one.day)))
        return self

    def fingerprint(self) -> str:
        """Return the SHA-256 of everything that can change a result, resolved; labels are left out."""
        return hashlib.sha256(json.dumps(resolved(self), sort_keys=True, separators=(",", ":")).encode()).hexdigest()

    def changed(self, **fields: Any) -> "Scenario":
        """Return the scenario with whole fields replaced, checked anew."""
        return Scenario(**{**dict(self), **fields})

    def with_instruments(self, *names: str | AppliedInstrument, start: int = 0) -> "Scenario":
        """Return the scenario with instruments added from day ``start`` on.

        Raises:
            InputError: a name is not in the catalogue, or two instruments set a lever differently.
        """
        added = tuple(AppliedInstrument(name=one, start=start) if isinstance(one, str) else one for one in names)
        return self.changed(instruments=self.instruments + added)

    def with_levers(self, **values: float) -> "Scenario":
        """Return the scenario with lever values that hold from the first day of the burn-in."""
        return self.changed(levers={**self.levers, **values})

    def with_world(self, **values: float) -> "Scenario":
        """Return the scenario in another state of the world."""
        world = {**self.world, **values}
        try:
            own = Values.of(world)
            wrong = any(_world_problems(own))
        except ValueError:
            wrong = True
        # Nothing else depends on the world, and experiments move a scenario to many: the rest is not checked anew.
        return self.changed(world=world) if wrong else self.model_copy(update={"world": own})

    def with_community(self, **values: float) -> "Scenario":
        """Return the scenario in another community."""
        return self.changed(community={**self.community, **values})

    def with_modules(self, *names: str) -> "Scenario":
        """Return the scenario with extension modules switched on, such as ``"disputes"``."""
        return self.with_community(**{f"module_{name}": 1.0 for name in names})

    def with_phases(self, *phases: Phase) -> "Scenario":
        """Return the scenario with phases added over those it has."""
        return self.changed(phases=self.phases + phases)

    def with_injects(self, *injects: Inject) -> "Scenario":
        """Return the scenario with injects added."""
        return self.changed(injects=self.injects + injects)

    def renamed(self, name: str, zh: str, en: str) -> "Scenario":
        """Return the scenario under another name and label; results and fingerprint stay the same."""
        return self.changed(name=name, label=Text(zh=zh, en=en))


def left_out(one: Instrument, variant: str | None, community: Mapping[str, float]) -> tuple[str, ...]:
    """Return the optional levers of an instrument whose extension module is off in a community."""
    return tuple(
        name
        for name, setting in one.settings(variant).items()
        if setting.optional and module_off(name, community) is not None
    )


def _instrument_changes(scenario: Scenario) -> Iterator[Change]:
    catalogue, community = instruments(), community_values(scenario)
    for one in scenario.instruments:
        if one.name in catalogue:
            entry = catalogue[one.name]
            dropped = left_out(entry, one.variant, community)
            values = {name: value for name, value in entry.values(one.variant).items() if name not in dropped}
            for lever, value in {**values, **one.levers}.items():
                if lever in LEVERS:
                    yield Change(lever, float(value), one.start, one.ramp, one.stop, one.name, one.variant)


def changes_of(scenario: Scenario) -> list[Change]:
    """Return what moves levers over time, lowest layer first: instruments, then phases."""
    phases = [Change(p.lever, p.value, p.start, p.ramp, p.stop) for p in scenario.phases if p.lever in LEVERS]
    return [*_instrument_changes(scenario), *phases]


def _problems(scenario: Scenario) -> list[Problem]:
    found = [
        *value_problems("levers", scenario.levers, LEVERS, LEVER),
        *value_problems("world", scenario.world, WORLD, WORLD_PARAMETER),
        *value_problems("population", scenario.community, COMMUNITY, COMMUNITY_VALUE),
    ]
    first, horizon = -scenario.burn_in, scenario.horizon
    for i, one in enumerate(scenario.instruments):
        key = f"instruments[{i}]"
        if one.name not in instruments():
            found.append(unknown_name(f"{key}.name", one.name, instruments(), INSTRUMENT, instrument_names()))
        if one.variant is not None and (problem := variant_problem(f"{key}.variant", one.name, one.variant)):
            found.append(problem)
        found += value_problems(f"{key}.levers", one.levers, LEVERS, LEVER)
        found += timing_problems(key, one.start, one.stop, first, horizon)
    for i, phase in enumerate(scenario.phases):
        key = f"phases[{i}]"
        if phase.lever not in LEVERS:
            found.append(unknown_name(f"{key}.lever", phase.lever, LEVERS, LEVER, labels(LEVERS)))
        elif problem := value_problem(f"{key}.value", LEVERS[phase.lever], phase.value):
            found.append(problem)
        found += timing_problems(key, phase.start, phase.stop, first, horizon)
    community = community_values(scenario)
    departments = community["departments"] if COMMUNITY["departments"].allows(community["departments"]) else 1
    for i, inject in enumerate(scenario.injects):
        found += inject_problems(f"injects[{i}]", inject, horizon, int(departments))
        if problem := emergency_problem(f"injects[{i}]", inject, community):
            found.append(problem)
    found += conflict_problems(list(_instrument_changes(scenario)))
    for shares in _SHARES:
        found += share_problems(community, shares, "population")
    known = {name: value for name, value in scenario.levers.items() if name in LEVERS}
    found += share_problems({**LEVERS.defaults(), **known}, ("care_share", "culture_share"), "levers")
    found += share_problems(_world_values(scenario.world), _SCORE, "world", exact=True)
    # A table of values that are themselves wrong would only repeat the problem in other words.
    return found or list(table_problems(lever_table(scenario), scenario.burn_in))


def _world_problems(world: Mapping[str, float]) -> Iterator[Problem]:
    """Find what no scenario may say about the world."""
    yield from value_problems("world", world, WORLD, WORLD_PARAMETER)
    yield from share_problems(_world_values(world), _SCORE, "world", exact=True)


def lever_table(scenario: Scenario) -> np.recarray:
    """Return the value of every lever on every day.

    Returns:
        Record array of shape ``[burn_in + horizon]`` with ``LEVERS.dtype``; element 0 is
        day ``-burn_in``.
    """
    base = LEVERS.record(scenario.levers)
    return table_of(base, changes_of(scenario), scenario.burn_in, scenario.burn_in + scenario.horizon)


def inject_table(scenario: Scenario) -> np.recarray:
    """Return the injects by day, with the layout ``INJECT_DTYPE``."""
    rows = [(one.day, int(one.kind), one.magnitude, one.target) for one in scenario.injects]
    return np.array(rows, dtype=INJECT_DTYPE).view(np.recarray)


def calibrated_values() -> dict[str, float]:
    """Return the fitted world values of ``data/calibrated.toml``, table ``[world]``, or none when it is not there.

    Raises:
        InputError: the file is broken or holds a value that is not allowed.
    """
    path = resource("data", "calibrated.toml")
    return dict(_calibrated(path.read_text(encoding="utf-8"), path.name)) if path.is_file() else {}


# A text always means the same; thousands of scenarios ask.
@lru_cache(maxsize=4)
def _calibrated(text: str, name: str) -> tuple[tuple[str, float], ...]:
    try:
        found: dict[str, Any] = tomllib.loads(text).get("world", {})
    except tomllib.TOMLDecodeError as error:
        raise broken(name, error) from None
    problems = list(value_problems("world", found, WORLD, WORLD_PARAMETER))
    if problems:
        raise InputError(problems).located(lambda where: Where(name, where.line, where.key))
    return tuple((key, float(value)) for key, value in found.items())


def world_values(scenario: Scenario) -> dict[str, float]:
    """Return every world parameter: declared defaults, under fitted values, under the scenario's own."""
    return _world_values(scenario.world)


def _world_values(own: Mapping[str, float]) -> dict[str, float]:
    known = {name: value for name, value in own.items() if name in WORLD}
    return {**WORLD.defaults(), **calibrated_values(), **known}


def community_values(scenario: Scenario) -> dict[str, float]:
    """Return every community value: declared defaults under the scenario's own."""
    return {**COMMUNITY.defaults(), **scenario.community}


def resolved(scenario: Scenario) -> dict[str, Any]:
    """Return everything that can change a result, with nothing left to look up, ready for JSON.

    Levers are given as the days on which any of them changes, so two ways of writing the
    same policy are the same policy.
    """
    return {
        "version": _FINGERPRINT_VERSION,
        "horizon": scenario.horizon,
        "burn_in": scenario.burn_in,
        "community": {name: _unsigned(value) for name, value in community_values(scenario).items()},
        "world": {name: _unsigned(value) for name, value in world_values(scenario).items()},
        "levers": _lever_steps(scenario),
        "injects": [[one.day, int(one.kind), _unsigned(one.magnitude), one.target] for one in scenario.injects],
    }


def _lever_steps(scenario: Scenario) -> dict[str, list[list[float]]]:
    """Return the days on which each lever changes, with its new value; the first day of all stands first."""
    names, burn_in = list(LEVERS), scenario.burn_in
    table = lever_table(scenario).view(np.float64).reshape(-1, len(names))  # all levers are of this type
    steps: dict[str, list[list[float]]] = {
        name: [[-burn_in, _unsigned(value)]] for name, value in zip(names, table[0].tolist(), strict=True)
    }
    # Most scenarios of a sweep move nothing over time, and comparing every day with the next is most of the work.
    moves = table if changes_of(scenario) else table[:1]
    for day, lever in np.argwhere(moves[1:] != moves[:-1]).tolist():
        steps[names[lever]].append([day + 1 - burn_in, _unsigned(float(table[day + 1, lever]))])
    return steps


def _unsigned(value: float) -> float:
    """Return the value with -0.0 as 0.0: they are equal, and a file need not keep the sign."""
    return float(value) + 0.0
