"""A scenario as text that a person can read and :func:`labsim.scenario.files.load` reads back.

Takes: a scenario. Gives: TOML with the Chinese label and the unit beside every value.
"""

from collections.abc import Mapping

import tomlkit
from tomlkit.items import AoT, Item, Table

from labsim.foundations.declared import Kind, Quantity
from labsim.scenario.community import COMMUNITY
from labsim.scenario.levers import LEVERS
from labsim.scenario.phases import AppliedInstrument, Inject, Phase
from labsim.scenario.scenario import Scenario
from labsim.scenario.world import WORLD


def _plain(value: float) -> int | float:
    """Return a whole number without its ``.0``, except the zero that has a sign."""
    return int(value) if float(value).is_integer() and abs(value) < 1e15 else float(value)


def _labelled(value: float, quantity: Quantity) -> Item:
    """Return a value with its Chinese label and its unit beside it."""
    written_as = bool(value) if quantity.kind is Kind.SWITCH else _plain(value)
    return tomlkit.item(written_as).comment(f"{quantity.label.zh}, {quantity.unit}")


def _values(values: Mapping[str, float], catalogue: Mapping[str, Quantity]) -> Table:
    table = tomlkit.table()
    for name, value in values.items():
        quantity = catalogue[name]
        table[name] = _labelled(value, quantity)
    return table


def _timing(entry: Table, change: AppliedInstrument | Phase) -> None:
    entry["start"] = change.start
    if change.ramp:
        entry["ramp"] = change.ramp
    if change.stop is not None:
        entry["stop"] = change.stop


def _instrument(one: AppliedInstrument) -> Table:
    entry = tomlkit.table()
    entry["name"] = one.name
    if one.variant is not None:
        entry["variant"] = one.variant
    _timing(entry, one)
    if one.levers:
        entry["levers"] = _values(one.levers, LEVERS)
    return entry


def _phase(phase: Phase) -> Table:
    entry = tomlkit.table()
    entry["lever"] = phase.lever
    entry["value"] = _labelled(phase.value, LEVERS[phase.lever])
    _timing(entry, phase)
    return entry


def _inject(inject: Inject) -> Table:
    entry = tomlkit.table()
    entry["day"] = inject.day
    entry["kind"] = inject.kind.name.lower()
    entry["magnitude"] = _plain(inject.magnitude)
    entry["target"] = inject.target
    return entry


def written(scenario: Scenario) -> str:
    """Return the text of a scenario file; nothing of the scenario is lost."""
    document = tomlkit.document()
    document["name"] = scenario.name
    document["start_date"] = scenario.start_date
    document["horizon"] = scenario.horizon
    document["burn_in"] = scenario.burn_in
    for key in ("label", "description"):
        text = getattr(scenario, key)
        if text is not None:
            table = tomlkit.table()
            table["zh"], table["en"] = text.zh, text.en
            document[key] = table
    for key, values, catalogue in (
        ("population", scenario.community, COMMUNITY),
        ("world", scenario.world, WORLD),
        ("levers", scenario.levers, LEVERS),
    ):
        if values:
            document[key] = _values(values, catalogue)
    lists: dict[str, list[Table]] = {
        "instruments": [_instrument(one) for one in scenario.instruments],
        "phases": [_phase(one) for one in scenario.phases],
        "injects": [_inject(one) for one in scenario.injects],
    }
    for key, entries in lists.items():
        if entries:
            document[key] = AoT(entries)
    return tomlkit.dumps(document)
