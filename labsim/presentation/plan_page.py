"""A policy on one page: what differs from the baseline, from what to what, when, on whose word.

Takes: scenarios. Gives: :class:`Plan`, shown in the lab before any result and in every brief.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from labsim.foundations.declared import Text
from labsim.foundations.i18n import t
from labsim.presentation.figures import COLOURS, MARKS
from labsim.presentation.rests import WEAK, kind_of
from labsim.presentation.words import joined, quantity, when
from labsim.presentation.words_sources import source
from labsim.scenario.differences import differences
from labsim.scenario.instruments import instruments
from labsim.scenario.scenario import Scenario


@dataclass(frozen=True)
class Move:
    """One line of a plan: what differs, from what to what, when, on whose word."""

    name: str
    label: Text
    old: Text
    new: Text
    when: Text
    instruments: Text | None
    source: Text
    assumed: bool


@dataclass(frozen=True)
class Plan:
    """A policy on one page."""

    name: str
    label: Text
    description: Text | None
    mark: str
    colour: str
    moves: tuple[Move, ...]
    against: tuple[tuple[Text, Text], ...]


def plans(scenarios: Sequence[Scenario]) -> tuple[Plan, ...]:
    """Return what every policy changes against the baseline, which comes first."""
    return tuple(_plan(i, one, scenarios[0]) for i, one in enumerate(scenarios[1:]))


def _plan(i: int, scenario: Scenario, baseline: Scenario) -> Plan:
    catalogue = instruments()
    moves = []
    for one in differences(scenario, baseline):
        names = [part for part in (one.instrument or "").split(", ") if part in catalogue]
        named = joined([catalogue[name].name for name in names]) if names else None
        moves.append(
            Move(
                one.name,
                one.label,
                quantity(one.old, one.unit),
                quantity(one.new, one.unit),
                when(one, scenario.start_date),
                named,
                source(one.source),
                kind_of(one.source) in WEAK,
            )
        )
    against = [
        (catalogue[one.name].name, t(said.zh, said.en))
        for one in scenario.instruments
        for said in catalogue[one.name].contradictions
    ]
    mark, colour = MARKS[i % len(MARKS)], COLOURS[i % len(COLOURS)]
    # A policy put together in the lab has no words of its own; those of the baseline would say that nothing is done.
    own = scenario.description if scenario.description != baseline.description else None
    return Plan(scenario.name, scenario.label, own, mark, colour, tuple(moves), tuple(against))
