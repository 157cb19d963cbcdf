"""Systems of the documents that are no policy instrument, each with the reason.

Takes: ``data/not_instruments.toml``. Gives: :class:`NotInstrument` objects, so that a
search for their names is answered and does not just find nothing.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from labsim.foundations.declared import Frozen, Text
from labsim.foundations.errors import InputError, Problem, Where, unknown_name
from labsim.foundations.i18n import t
from labsim.foundations.paths import resource
from labsim.scenario.checked import broken, plainly
from labsim.scenario.instruments import CODE, INSTRUMENT, evidence_rows, instrument_names, instruments


class NotInstrument(Frozen):
    """A system that a community cannot switch on, why, and the instruments that come closest."""

    code: Annotated[str, Field(pattern=CODE)]
    name: Text
    why: Text
    instead: Annotated[tuple[str, ...], Field(min_length=1)]
    aliases: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()

    def called(self) -> tuple[str, ...]:
        """Return everything people call it."""
        return (self.code, self.name.zh, self.name.en, *self.aliases)


class _File(Frozen):
    entries: tuple[NotInstrument, ...]


def read_not_instruments(path: Path) -> Mapping[str, NotInstrument]:
    """Return the entries of a file by code.

    Raises:
        InputError: broken TOML, unknown keys, instruments or evidence.
    """

    def in_file(where: Where) -> Where:
        return Where(path.name, where.line, where.key)

    try:
        found = _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8"))).entries
    except tomllib.TOMLDecodeError as error:
        raise broken(path.name, error) from None
    except ValidationError as error:
        raise InputError(plainly(error, _File.model_fields)).located(in_file) from None
    problems: list[Problem] = []
    for i, one in enumerate(found):
        problems += [
            unknown_name(f"entries[{i}].instead", name, instruments(), INSTRUMENT, instrument_names())
            for name in one.instead
            if name not in instruments()
        ]
        problems += [
            unknown_name(f"entries[{i}].evidence", name, evidence_rows(), t("证据", "evidence"))
            for name in one.evidence
            if name not in evidence_rows()
        ]
    if problems:
        raise InputError(problems).located(in_file)
    return {one.code: one for one in found}


# Safe to keep: the file travels with the package; what is kept is frozen.
@cache
def not_instruments() -> Mapping[str, NotInstrument]:
    """Return every system that is no instrument, by code.

    Raises:
        InputError: the file is not valid.
    """
    return read_not_instruments(resource("data", "not_instruments.toml"))
