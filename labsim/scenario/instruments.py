"""The catalogue of policy instruments: data, not code.

Takes: ``scenarios/instruments/*.toml``. Gives: :class:`Instrument` objects, each a named
set of lever values with where they come from, what is claimed for it and what speaks
against the claim. An instrument sets levers, never an outcome.
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
from labsim.foundations.errors import InputError, Problem, Where, plain, raise_if, unknown_name
from labsim.foundations.i18n import t
from labsim.foundations.paths import resource
from labsim.scenario.checked import plainly
from labsim.scenario.checks import LEVER, value_problems
from labsim.scenario.levers import LEVERS

INSTRUMENT = t("治理工具", "instrument")


class Provenance(StrEnum):
    """What kind of source a value has, from weakest claim on the truth to strongest."""

    ASSUMPTION = "assumption"
    STORY = "story"
    LITERATURE = "literature"
    LOCAL_DATA = "local data"


class Setting(Frozen):
    """What an instrument sets one lever to, and on whose word."""

    value: float
    provenance: Provenance
    evidence: tuple[str, ...] = ()
    note: Text | None = None


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


class Instrument(Frozen):
    """A named policy instrument of the catalogue."""

    code: Annotated[str, Field(pattern=r"^[A-I]\d\d$")]
    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    family: str
    name: Text
    what: Text
    levers: Annotated[dict[str, Setting], Field(min_length=1)]
    evidence: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()

    def values(self) -> dict[str, float]:
        """Return the lever values the instrument sets."""
        return {name: setting.value for name, setting in self.levers.items()}

    def all_evidence(self) -> Iterator[str]:
        """Yield every evidence id the instrument cites, wherever it cites it."""
        cited: list[tuple[str, ...]] = [self.evidence]
        cited += [setting.evidence for setting in self.levers.values()]
        cited += [claim.evidence for claim in self.claims]
        cited += [contradiction.evidence for contradiction in self.contradictions]
        for ids in cited:
            yield from ids


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
        raise InputError([Problem(Where(path.name), t(f"TOML 语法错误：{error}", f"broken TOML: {error}"))]) from None
    except ValidationError as error:
        raise InputError(plainly(error, Instrument.model_fields)).located(in_file) from None
    problems = list(value_problems("levers", found.values(), LEVERS, LEVER))
    known = evidence_rows()
    problems += [
        unknown_name("evidence", one, known, t("证据", "evidence")) for one in found.all_evidence() if one not in known
    ]
    if path.stem != found.id:
        problems.append(Problem.at("id", t(f"文件名应为 {found.id}.toml", f"the file should be named {found.id}.toml")))
    if problems:
        raise InputError(problems).located(in_file)
    return found


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
    """Return (what people call it, id) for every name, code and alias of the catalogue."""
    return [
        (called, one.id)
        for one in instruments().values()
        for called in (one.code, one.name.zh, one.name.en, *one.aliases)
    ]


def instrument(name: str) -> Instrument:
    """Return an instrument by its id.

    Raises:
        InputError: there is none; the error names the nearest.
    """
    catalogue = instruments()
    if name not in catalogue:
        raise InputError([unknown_name("", name, catalogue, INSTRUMENT, instrument_names())])
    return catalogue[name]


def search(words: str) -> list[Instrument]:
    """Return the instruments in which every word occurs, best first.

    Args:
        words: words in Chinese or English, separated by spaces; a code such as ``B04``.
    """
    wanted = [plain(word) for word in words.split() if plain(word)]

    def rank(one: Instrument) -> int:
        """Return 3 for a hit in a name, 1 for a hit in the text, 0 for a word that is nowhere."""
        names = " ".join(plain(name) for name in (one.code, one.id, one.name.zh, one.name.en, *one.aliases))
        text = " ".join(plain(part) for part in (one.what.zh, one.what.en, one.family, *one.levers))
        hits = [3 if word in names else 1 if word in text else 0 for word in wanted]
        return sum(hits) if hits and all(hits) else 0

    ranked = [(rank(one), one) for one in instruments().values()]
    return [one for score, one in sorted(ranked, key=lambda pair: (-pair[0], pair[1].code)) if score]
