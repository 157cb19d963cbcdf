"""The catalogue of policy instruments: data, not code.

Takes: ``scenarios/instruments/*.toml``. Gives: :class:`Instrument` objects, each a named
set of lever values with where they come from, what is claimed for it and what speaks
against the claim. An instrument sets levers, never an outcome. Other names that the
documents give to the same mechanism are variants, some with values of their own.
"""

import csv
import tomllib
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from labsim.foundations.declared import Frozen, Text
from labsim.foundations.errors import InputError, Problem, Where, raise_if, unknown_name
from labsim.foundations.i18n import t
from labsim.foundations.paths import resource
from labsim.scenario.checked import broken, plainly
from labsim.scenario.checks import LEVER, value_problems
from labsim.scenario.levers import LEVERS
from labsim.scenario.modules.register import MODULE_OF_LEVER

INSTRUMENT = t("治理工具", "instrument")
VARIANT = t("变体", "variant")
CODE = r"^[A-I]\d\d$"
"""A code of the documents: a family and a number."""


class Provenance(StrEnum):
    """What kind of source a value has, from weakest claim on the truth to strongest."""

    ASSUMPTION = "assumption"
    STORY = "story"
    LITERATURE = "literature"
    LOCAL_DATA = "local data"


class Setting(Frozen):
    """What an instrument sets one lever to, and on whose word.

    A lever of an extension module is needed, unless ``optional`` says that the instrument works
    without it: then it is left out where the module is off.
    """

    value: float
    provenance: Provenance
    evidence: tuple[str, ...] = ()
    note: Text | None = None
    optional: bool = False


class Claim(Frozen):
    """What the documents say the instrument does to an indicator. The model is not told."""

    indicator: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    direction: Annotated[str, Field(pattern=r"^(up|down)$")]
    evidence: tuple[str, ...] = ()


class Contradiction(Frozen):
    """What speaks against the claims or the figures, in the documents or outside."""

    zh: Annotated[str, Field(min_length=1)]
    en: Annotated[str, Field(min_length=1)]
    evidence: tuple[str, ...] = ()


class Variant(Frozen):
    """Another system of the documents that acts through the same mechanism as an instrument.

    Attributes:
        code: its code in the documents; a scenario writes ``variant = "B14"``.
        name: what the documents call it.
        aliases: other names for it.
        evidence: rows of ``data/evidence.csv`` about it.
        levers: what it sets otherwise than the instrument, or besides.
        without: levers of the instrument that it leaves alone.
    """

    code: Annotated[str, Field(pattern=CODE)]
    name: Text
    aliases: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    levers: dict[str, Setting] = Field(default_factory=dict)
    without: tuple[str, ...] = ()

    @property
    def has_values(self) -> bool:
        """Whether it is a parameter set of its own, and not only a name."""
        return bool(self.levers or self.without)

    def called(self) -> tuple[str, ...]:
        """Return everything people call it."""
        return (self.code, self.name.zh, self.name.en, *self.aliases)

    def all_evidence(self) -> Iterator[str]:
        """Yield every evidence id that it cites, wherever it cites it."""
        yield from self.evidence
        for setting in self.levers.values():
            yield from setting.evidence


class Instrument(Frozen):
    """A named policy instrument of the catalogue.

    ``mechanism`` is only written where the groups of its levers do not say through which part of the model it acts.
    """

    code: Annotated[str, Field(pattern=CODE)]
    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    family: str
    name: Text
    what: Text
    levers: Annotated[dict[str, Setting], Field(min_length=1)]
    mechanism: Text | None = None
    evidence: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    variants: tuple[Variant, ...] = ()

    def variant(self, code: str) -> Variant | None:
        """Return the variant of a code, or None."""
        return next((one for one in self.variants if one.code == code), None)

    def settings(self, variant: str | None = None) -> dict[str, Setting]:
        """Return what the instrument, or one of its variants, sets every lever to."""
        chosen = self.variant(variant) if variant else None
        if chosen is None:
            return dict(self.levers)
        kept = {name: setting for name, setting in self.levers.items() if name not in chosen.without}
        return kept | chosen.levers

    def values(self, variant: str | None = None) -> dict[str, float]:
        """Return the lever values that the instrument, or one of its variants, sets."""
        return {name: setting.value for name, setting in self.settings(variant).items()}

    def needs(self, variant: str | None = None) -> tuple[str, ...]:
        """Return the extension modules without which it cannot work, each once.

        Optional levers are not needed, unless nothing else is left that the instrument would change.
        """
        settings = self.settings(variant).items()
        changed = [(name, setting) for name, setting in settings if setting.value != LEVERS[name].default]
        needed = [name for name, setting in changed if not setting.optional] or [name for name, _ in changed]
        return tuple(dict.fromkeys(MODULE_OF_LEVER[name] for name in needed if name in MODULE_OF_LEVER))

    def called(self) -> tuple[str, ...]:
        """Return everything people call the instrument itself; variants have names of their own."""
        return (self.code, self.id, self.name.zh, self.name.en, *self.aliases)

    def own_evidence(self) -> Iterator[str]:
        """Yield every evidence id that the instrument itself cites, wherever it cites it."""
        cited: list[tuple[str, ...]] = [self.evidence]
        cited += [setting.evidence for setting in self.levers.values()]
        cited += [claim.evidence for claim in self.claims]
        cited += [contradiction.evidence for contradiction in self.contradictions]
        for ids in cited:
            yield from ids

    def all_evidence(self) -> Iterator[str]:
        """Yield every evidence id that the instrument or one of its variants cites."""
        yield from self.own_evidence()
        for one in self.variants:
            yield from one.all_evidence()


# Safe to keep: the file travels with the package and nobody writes it.
@cache
def evidence_rows() -> Mapping[str, dict[str, str]]:
    """Return every row of ``data/evidence.csv`` by id."""
    with resource("data", "evidence.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def read_instrument(path: Path) -> Instrument:
    """Return the instrument of one file.

    Raises:
        InputError: broken TOML, unknown keys, levers or evidence, values out of range.
    """

    def in_file(where: Where) -> Where:
        return Where(path.name, where.line, where.key)

    try:
        found = Instrument.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise broken(path.name, error) from None
    except ValidationError as error:
        raise InputError(plainly(error, Instrument.model_fields)).located(in_file) from None
    problems = list(_lever_problems(found))
    known = evidence_rows()
    problems += [
        unknown_name("evidence", one, known, t("证据", "evidence")) for one in found.all_evidence() if one not in known
    ]
    if path.stem != found.id:
        problems.append(Problem.at("id", t(f"文件名应为 {found.id}.toml", f"the file should be named {found.id}.toml")))
    if problems:
        raise InputError(problems).located(in_file)
    return found


def _lever_problems(found: Instrument) -> Iterator[Problem]:
    yield from value_problems("levers", found.values(), LEVERS, LEVER)
    yield from _optional_problems("levers", found.levers)
    for i, one in enumerate(found.variants):
        key = f"variants[{i}]"
        own = {name: setting.value for name, setting in one.levers.items()}
        yield from value_problems(f"{key}.levers", own, LEVERS, LEVER)
        yield from _optional_problems(f"{key}.levers", one.levers)
        for name in one.without:
            if name not in found.levers:
                yield unknown_name(f"{key}.without", name, found.levers, LEVER)
        if not found.settings(one.code):
            yield Problem.at(f"{key}.without", t("没有留下任何杠杆", "no lever is left"))


def _optional_problems(key: str, settings: Mapping[str, Setting]) -> Iterator[Problem]:
    """Yield the problem of a lever that may be left out although it belongs to no extension module."""
    for name, setting in settings.items():
        if setting.optional and name in LEVERS and name not in MODULE_OF_LEVER:
            yield Problem.at(
                f"{key}.{name}.optional",
                t(f"{name} 属于核心模型，总是起作用", f"{name} belongs to the core and always acts"),
                t("只用于扩展机制的杠杆", "only for levers of extension modules"),
            )


# Safe to keep: the files travel with the package; what is kept is frozen.
@cache
def instruments() -> Mapping[str, Instrument]:
    """Return the whole catalogue by id, in the order of the codes.

    Raises:
        InputError: a file of the catalogue is not valid.
    """
    found: list[Instrument] = []
    problems: list[Problem] = []
    for path in sorted(resource("scenarios", "instruments").glob("*.toml")):
        try:
            found.append(read_instrument(path))
        except InputError as error:
            problems += error.problems
    raise_if(problems)
    return {one.id: one for one in sorted(found, key=lambda one: one.code)}


def instrument_names() -> list[tuple[str, str]]:
    """Return (what people call it, id) for every name, code and alias of the catalogue, variants included."""
    every = instruments().values()
    own = [(called, one.id) for one in every for called in one.called()]
    return [*((called, one.id) for one in every for v in one.variants for called in v.called()), *own]


# Safe to keep: made from what is itself kept.
@cache
def _titled() -> Mapping[str, str]:
    """Return Chinese or English title -> id, for every instrument of the catalogue; no two share a title."""
    return {title: one.id for one in instruments().values() for title in (one.name.zh, one.name.en)}


def instrument_id(written: str) -> str:
    """Return the id of an instrument that a file names by its exact title; anything else as it was written."""
    return written if written in instruments() else _titled().get(written.strip(), written)


def variant_names(one: Instrument) -> list[tuple[str, str]]:
    """Return (what people call it, code) for every name of the variants of an instrument."""
    return [(called, variant.code) for variant in one.variants for called in variant.called()]


def instrument(name: str) -> Instrument:
    """Return an instrument by its id.

    Raises:
        InputError: there is none; the error names the nearest.
    """
    catalogue = instruments()
    if name not in catalogue:
        raise InputError([unknown_name("", name, catalogue, INSTRUMENT, instrument_names())])
    return catalogue[name]


def variant_problem(key: str, name: str, variant: str) -> Problem | None:
    """Return the problem of a variant that an instrument of the catalogue does not have, or None.

    Args:
        key: where the variant stands.
        name: id of the instrument; one that does not exist is a problem of its own.
        variant: what was written.
    """
    one = instruments().get(name)
    if one is None or one.variant(variant) is not None:
        return None
    shown, codes = one.name, [v.code for v in one.variants]
    what = t(f"“{shown.zh}”的变体", f"variant of {shown.en}")
    if not codes:
        return Problem.at(
            key,
            t(f"“{shown.zh}”（{name}）没有变体", f"{shown.en} ({name}) has no variants"),
            t("不写 variant", "leave variant out"),
        )
    return unknown_name(key, variant, codes, what, variant_names(one))
