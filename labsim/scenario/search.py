"""Finding an instrument by what people call it.

Takes: words in Chinese or English, a code such as ``B14``. Gives: the instruments that are
meant, best first, each with the name by which it was found, and the systems of the documents
that are no instrument. Full and half width, quotes, case and punctuation do not matter.

Four ways, the first that finds anything decides: a whole name; all words, in names before
descriptions; a name that stands within what was asked; a name spelt almost the same.
"""

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from typing import TypeVar

from labsim.foundations.errors import closest, plain
from labsim.scenario.instruments import Instrument, Variant, instruments
from labsim.scenario.not_instruments import NotInstrument, not_instruments

T = TypeVar("T")

_BRACKETS = re.compile(r"\([^()]*\)")
_ALMOST = 0.75
"""How alike a misspelt name must be to count as found; see :func:`difflib.SequenceMatcher.ratio`."""
_WITHIN = 0.5
"""The share of what was asked that a name within it must make up."""


class Way(IntEnum):
    """How something was found, best last."""

    NOT = 0
    ALMOST = 1
    WITHIN = 2
    WORDS = 3
    NAME = 4


@dataclass(frozen=True)
class Hit:
    """An instrument that was found, and the variant whose name led to it, if one did."""

    instrument: Instrument
    variant: Variant | None = None


@dataclass(frozen=True)
class Found:
    """What a search found: instruments, and systems that are none."""

    way: Way
    hits: tuple[Hit, ...] = ()
    others: tuple[NotInstrument, ...] = ()


def find(words: str) -> Found:
    """Return what is meant by some words; without any, every instrument.

    Args:
        words: what somebody calls an instrument, separated by spaces.
    """
    parts = [plain(word) for word in words.split() if plain(word)]
    # A title is often given with an explanation in brackets that is no part of the name.
    whole = plain(_BRACKETS.sub("", unicodedata.normalize("NFKC", words))) or plain(words)
    if not whole:
        return Found(Way.NOT)
    for way, fits in (
        (Way.NAME, lambda names, text: max(_is(plain(words), names), _is(whole, names))),
        (Way.WORDS, lambda names, text: _words(parts, names, text)),
        (Way.WITHIN, lambda names, text: _within(whole, names)),
        (Way.ALMOST, lambda names, text: _almost(whole, names)),
    ):
        found = _found(way, fits)
        if found.hits or found.others:
            return found
    return Found(Way.NOT)


def search(words: str) -> list[Instrument]:
    """Return the instruments that are meant by some words, best first."""
    return [hit.instrument for hit in find(words).hits]


def close_names(words: str, many: int = 5) -> list[tuple[str, str]]:
    """Return (name, id or code) of what is spelt least unlike some words, best first; perhaps nothing."""
    return closest(words, _called(), many)


def _called() -> Iterable[tuple[str, str]]:
    for one in instruments().values():
        yield from ((called, one.id) for called in one.called())
        for variant in one.variants:
            yield from ((called, one.id) for called in variant.called())
    for other in not_instruments().values():
        yield from ((called, other.code) for called in other.called())


_Fits = Callable[[tuple[str, ...], str], float]


def _found(way: Way, fits: _Fits) -> Found:
    """Return everything that fits, the best first, equals in the order of their codes."""
    hits: list[tuple[float, str, Hit]] = []
    for one in instruments().values():
        text = " ".join(plain(part) for part in (one.what.zh, one.what.en, one.family, *one.levers))
        options = [(fits(_plain(one.called()), text), Hit(one))]
        options += [(fits(_plain(v.called()), ""), Hit(one, v)) for v in one.variants]
        score, hit = max(options, key=lambda option: option[0])
        hits.append((score, one.code, hit))
    others = [(fits(_plain(other.called()), ""), other.code, other) for other in not_instruments().values()]
    return Found(way, _best(hits), _best(others))


def _best(scored: list[tuple[float, str, T]]) -> tuple[T, ...]:
    return tuple(one for score, _, one in sorted(scored, key=lambda each: (-each[0], each[1])) if score > 0)


# Safe to keep: a name is always read alike, and the catalogue has a few hundred of them.
@cache
def _plain(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(plain(name) for name in names)


def _is(whole: str, names: tuple[str, ...]) -> float:
    """Return 2 for a code, id or name, 1 for an alias, 0 for another name."""
    return 0.0 if whole not in names else 2.0 if whole in names[:3] else 1.0


def _words(parts: list[str], names: tuple[str, ...], text: str) -> float:
    """Return the number of words, those in names three times, or 0 when a word is nowhere."""
    hits = [3 if any(part in name for name in names) else 1 if part in text else 0 for part in parts]
    return float(sum(hits)) if all(hits) else 0.0


def _within(whole: str, names: tuple[str, ...]) -> float:
    """Return the share of what was asked that the longest name within it makes up, 0 when it is too small."""
    longest = max((len(name) for name in names if len(name) > 1 and name in whole), default=0)
    share = longest / len(whole)
    return share if share >= _WITHIN else 0.0


def _almost(whole: str, names: tuple[str, ...]) -> float:
    """Return how alike the nearest name is, 0 when it is not."""
    if len(whole) < 3:
        return 0.0
    match = difflib.SequenceMatcher(None, "", whole)
    best = 0.0
    for name in names:
        match.set_seq1(name)
        if match.quick_ratio() >= _ALMOST:
            best = max(best, match.ratio())
    return best if best >= _ALMOST else 0.0
