"""A package taken apart: which parts it has, and the scenario in which only some of them are on.

Takes: a scenario and its baseline. Gives: :class:`Package`, whose parts are instruments (and what
the scenario sets itself), mechanisms, or single levers. No part on is the baseline, all of
them is the package, to the last bit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import Any

from labsim.foundations.declared import Text
from labsim.foundations.errors import InputError, Problem, Where, raise_if, unknown_name
from labsim.foundations.i18n import t
from labsim.scenario.community import COMMUNITY
from labsim.scenario.instruments import instruments
from labsim.scenario.levers import LEVERS
from labsim.scenario.phases import Phase
from labsim.scenario.scenario import Scenario, changes_of, lever_table

MOST_PARTS = 20
"""With more parts nobody could read the table, and orders would be a thin sample."""

Piece = tuple[str, str]
"""What can be switched: an instrument, a lever, or all of one section of a scenario."""

GROUPS: Mapping[str, Text] = MappingProxyType(
    {
        "incentives": t("激励", "incentives"),
        "voice": t("议事与知情", "voice"),
        "inspection": t("检查", "inspection"),
        "rectification": t("整改", "rectification"),
        "services": t("服务与共同出资", "services and shared funding"),
        "staff": t("人员", "staff"),
    }
)
"""The words of the core's groups of levers; those of a module are the module's."""
_SECTIONS: Mapping[str, Text] = MappingProxyType(
    {
        "community": t("社区本身", "the community itself"),
        "world": t("世界参数", "the state of the world"),
        "injects": t("突发事件", "injects"),
    }
)


class By(StrEnum):
    """What a package is split into."""

    INSTRUMENTS = "instruments"
    MECHANISMS = "mechanisms"
    LEVERS = "levers"


@dataclass(frozen=True)
class Part:
    """One part: its key, its label, and what is switched with it."""

    key: str
    label: Text
    pieces: frozenset[Piece]


@dataclass(frozen=True)
class Package:
    """A scenario as a set of parts over its baseline.

    Attributes:
        whole: the scenario.
        baseline: what it is compared with.
        by: what the parts are.
        parts: at least one, at most :data:`MOST_PARTS`.
    """

    whole: Scenario
    baseline: Scenario
    by: By
    parts: tuple[Part, ...]

    @cached_property
    def _sides(self) -> tuple[Scenario, Scenario]:
        """Return baseline and package as they are mixed: in phases where single levers are switched."""
        if self.by is By.INSTRUMENTS:
            return self.baseline, self.whole
        return in_phases(self.baseline), in_phases(self.whole)

    def coalition(self, on: int) -> Scenario:
        """Return the scenario in which the parts of a coalition are on (bit *i* is part *i*).

        Raises:
            InputError: these parts cannot be on alone, as when one instrument would set a lever
                that the baseline's own sets differently.
        """
        if on in (0, (1 << len(self.parts)) - 1):
            return self.whole if on else self.baseline
        pieces = {piece for i, part in enumerate(self.parts) if on & 1 << i for piece in part.pieces}
        try:
            return _mixed(*self._sides, pieces, f"coalition_{on}")
        except InputError as error:
            keys = " + ".join(part.key for i, part in enumerate(self.parts) if on & 1 << i)
            raise error.located(lambda where: Where(keys, None, where.key)) from None


def package_of(whole: Scenario, baseline: Scenario | None = None, by: str = By.INSTRUMENTS) -> Package:
    """Return a scenario as a package of parts.

    A lever that ends up the same on every day is no part of a split by mechanisms or levers; an
    instrument is a part even if it sets nothing new. What the baseline alone has is a part that
    takes it away.

    Args:
        whole: the scenario.
        baseline: what it is compared with; the scenario without its instruments and phases when
            left out: the same community, the same levers before the policy, the same injects.
        by: ``instruments``, ``mechanisms`` (groups of levers) or ``levers``.

    Raises:
        InputError: an unknown way to split, no parts, or too many.
    """
    if by not in list(By):
        raise InputError([unknown_name("by", by, list(By), t("拆分方式", "way to split"))])
    way = By(by)
    base = without_policy(whole) if baseline is None else baseline
    parts = _by_instruments(base, whole) if way is By.INSTRUMENTS else _by_levers(base, whole, way)
    found = []
    if not parts:
        found.append(
            Problem.at(
                whole.name,
                t(f"与基准“{base.name}”没有可拆分的差异", f"nothing to split: no difference from '{base.name}'"),
                t("至少 1 个部分", "at least 1 part"),
            )
        )
    if len(parts) > MOST_PARTS:
        found.append(
            Problem.at(
                whole.name,
                t(f"{len(parts)} 个部分过多", f"{len(parts)} parts are too many"),
                t(f"至多 {MOST_PARTS} 个；可按机制拆分", f"at most {MOST_PARTS}; mechanisms are fewer"),
            )
        )
    raise_if(found)
    return Package(whole, base, way, tuple(parts))


def without_policy(scenario: Scenario) -> Scenario:
    """Return the scenario without instruments and phases."""
    label = t(f"{scenario.label.zh}（无政策）", f"{scenario.label.en}, without the policy")
    name = f"{scenario.name[:64]}_without"
    return scenario.changed(instruments=(), phases=(), name=name, label=label)


def in_phases(scenario: Scenario) -> Scenario:
    """Return the same scenario with every instrument written as the phases it amounts to."""
    phases = tuple(
        Phase(lever=one.lever, value=one.value, start=one.start, ramp=one.ramp, stop=one.stop)
        for one in changes_of(scenario)
    )
    return scenario.changed(instruments=(), phases=phases)


def group_label(group: str) -> Text:
    """Return the words of a group of levers."""
    if group in GROUPS:
        return GROUPS[group]
    module = COMMUNITY.get(f"module_{group}")
    if module is None:
        return t(group, group)
    return t(module.label.zh.split("·")[-1], module.label.en.split(": ")[-1])


def _by_instruments(base: Scenario, whole: Scenario) -> list[Part]:
    parts = []
    for name in _named(whole.instruments, base.instruments):
        mine, theirs = (tuple(one for one in side.instruments if one.name == name) for side in (whole, base))
        if mine != theirs:
            label = instruments()[name].name
            if not mine:
                label = t(f"取消{label.zh}", f"without {label.en}")
            elif theirs:
                label = t(f"调整{label.zh}", f"{label.en}, changed")
            parts.append(Part(name, label, frozenset({("instrument", name)})))
    return [*parts, *_own_levers(base, whole), *_sections(base, whole)]


def _by_levers(base: Scenario, whole: Scenario, by: By) -> list[Part]:
    parts = []
    comparable = (base.burn_in, base.horizon) == (whole.burn_in, whole.horizon)
    before, after = lever_table(base), lever_table(whole)
    # Of different length: the design says so, and any difference will do to get there.
    moved = [name for name in LEVERS if not comparable or bool((before[name] != after[name]).any())]
    if by is By.LEVERS:
        parts = [Part(name, LEVERS[name].label, frozenset({("lever", name)})) for name in moved]
    else:
        for group in dict.fromkeys(LEVERS[name].group for name in moved):
            pieces = frozenset(("lever", name) for name in moved if LEVERS[name].group == group)
            parts.append(Part(group, group_label(group), pieces))
    return [*parts, *_sections(base, whole)]


def _own_levers(base: Scenario, whole: Scenario) -> list[Part]:
    """Return the levers that the scenarios set themselves, from the start or in phases."""

    def set_by(scenario: Scenario, name: str) -> tuple[Any, ...]:
        """Return all that a scenario says itself about a lever."""
        return scenario.levers.get(name), tuple(one for one in scenario.phases if one.lever == name)

    return [
        Part(f"lever:{name}", q.label, frozenset({("lever", name)}))
        for name, q in LEVERS.items()
        if set_by(base, name) != set_by(whole, name)
    ]


def _sections(base: Scenario, whole: Scenario) -> list[Part]:
    return [
        Part(name, label, frozenset({("section", name)}))
        for name, label in _SECTIONS.items()
        if getattr(base, name) != getattr(whole, name)
    ]


def _named(*lists: Any) -> list[str]:
    """Return the names that occur, each once, in the order of the first list and then of the others."""
    return list(dict.fromkeys(one.name for entries in lists for one in entries))


def _mixed(base: Scenario, whole: Scenario, pieces: set[Piece], name: str) -> Scenario:
    """Return the baseline with some pieces as the package has them."""

    def side(kind: str, key: str) -> Scenario:
        return whole if (kind, key) in pieces else base

    applied = tuple(
        one
        for key in _named(whole.instruments, base.instruments)
        for one in side("instrument", key).instruments
        if one.name == key
    )
    levers = dict.fromkeys([*base.levers, *whole.levers])
    moved = dict.fromkeys(one.lever for one in (*base.phases, *whole.phases))
    return whole.changed(
        name=name,
        instruments=applied,
        # Phases of one lever stay in their order; those of different levers never meet.
        phases=tuple(one for key in moved for one in side("lever", key).phases if one.lever == key),
        levers={key: side("lever", key).levers[key] for key in levers if key in side("lever", key).levers},
        **{key: getattr(side("section", key), key) for key in _SECTIONS},
    )
