"""What a scenario changes against another, as rows to print.

Takes: a scenario and its baseline. Gives: one row per value that differs, with unit, old
and new value, from when to when, and on whose word.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from labsim.foundations.declared import Quantity, Text
from labsim.foundations.i18n import t
from labsim.scenario.community import COMMUNITY
from labsim.scenario.instruments import instruments
from labsim.scenario.levers import LEVERS
from labsim.scenario.phases import Change
from labsim.scenario.scenario import Scenario, changes_of, community_values, lever_table, world_values
from labsim.scenario.world import WORLD

OWN = "scenario"
"""The source of a value that the scenario sets itself."""


@dataclass(frozen=True)
class Difference:
    """One value that differs.

    ``start`` and ``stop`` are days from day 0; a start of None means from the first day of
    the burn-in, a stop of None to the end. ``source`` is the provenance and evidence of an
    instrument's value, else :data:`OWN`.
    """

    section: str
    name: str
    label: Text
    unit: str
    old: float
    new: float
    source: str
    start: int | None = None
    ramp: int = 0
    stop: int | None = None
    instrument: str | None = None


def _static(
    section: str, catalogue: Mapping[str, Quantity], old: Mapping[str, float], new: Mapping[str, float]
) -> Iterator[Difference]:
    for name, q in catalogue.items():
        if old[name] != new[name]:
            yield Difference(section, name, q.label, q.unit, old[name], new[name], OWN)


def _source(change: Change) -> str:
    """Return on whose word a change stands: the catalogue's, unless the scenario gives its own value."""
    if change.instrument is None:
        return OWN
    setting = instruments()[change.instrument].settings(change.variant).get(change.lever)
    if setting is None or setting.value != change.value:
        return OWN
    return ": ".join(part for part in (setting.provenance.value, ", ".join(setting.evidence)) if part)


def differences(scenario: Scenario, baseline: Scenario) -> list[Difference]:
    """Return what a scenario changes against a baseline: time, community, world, levers.

    A lever that instruments or phases move has one row per move; ``old`` is its value in the
    baseline on the day the move starts, or the scenario's own before it where the move only
    takes that back. A move that only the baseline makes is a row from the
    baseline's value to the scenario's.
    """
    rows: list[Difference] = []
    for name, label in (("horizon", t("模拟天数", "length of the run")), ("burn_in", t("预热天数", "burn-in"))):
        old, new = float(getattr(baseline, name)), float(getattr(scenario, name))
        if old != new:
            rows.append(Difference("time", name, label, "d", old, new, OWN))
    rows += _static("population", COMMUNITY, community_values(baseline), community_values(scenario))
    rows += _static("world", WORLD, world_values(baseline), world_values(scenario))
    defaults = LEVERS.defaults()
    rows += _static("levers", LEVERS, {**defaults, **baseline.levers}, {**defaults, **scenario.levers})
    theirs, mine = changes_of(baseline), changes_of(scenario)
    then, now = lever_table(baseline), lever_table(scenario)

    def row(change: Change, old: float, new: float, source: str) -> Difference:
        q = LEVERS[change.lever]
        return Difference(
            "levers",
            q.name,
            q.label,
            q.unit,
            old,
            new,
            source,
            change.start,
            change.ramp,
            change.stop,
            change.instrument,
        )

    for change in mine:
        at = min(change.start + baseline.burn_in, then.size - 1)
        old = float(then[change.lever][at])
        if old == change.value:  # the same as the baseline, yet perhaps not what the scenario's own levers say
            own = float(scenario.levers.get(change.lever, old))
            old = own if change.start <= 0 else float(now[change.lever][change.start + scenario.burn_in - 1])
        if change not in theirs and old != change.value:
            rows.append(row(change, old, change.value, _source(change)))
    for change in theirs:
        if change not in mine:
            at = min(change.start + change.ramp + scenario.burn_in, now.size - 1)
            rows.append(row(change, change.value, float(now[change.lever][at]), OWN))
    return _joined(rows)


def _joined(rows: list[Difference]) -> list[Difference]:
    """Return the rows with the same move by several instruments told once, naming them all."""
    joined: dict[Difference, Difference] = {}
    for row in rows:
        same = replace(row, instrument=None, source="")
        before = joined.get(same)
        if before is None:
            joined[same] = row
        elif before.instrument and row.instrument:
            joined[same] = replace(before, instrument=f"{before.instrument}, {row.instrument}")
    return list(joined.values())
