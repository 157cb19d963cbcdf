"""One declaration of a quantity, from which everything else follows.

Takes: a name, labels in both languages, a unit, a range, a default and its source.
Gives: validation, messages, sliders, forms, sampling bounds, record layouts and tables.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator


class Frozen(BaseModel):
    """A value object: no unknown keys, no change after it was made."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Text(Frozen):
    """The same words in Chinese and English."""

    zh: Annotated[str, Field(min_length=1)]
    en: Annotated[str, Field(min_length=1)]

    def in_language(self, language: str) -> str:
        """Return the Chinese words for ``zh`` and the English ones otherwise."""
        return self.zh if language == "zh" else self.en


class Role(StrEnum):
    """Who may turn a quantity."""

    POLICYMAKER = "policymaker"
    TEAM = "team"
    RESEARCHER = "researcher"


class Kind(StrEnum):
    """How a value behaves: any number, a whole number, or off and on."""

    NUMBER = "number"
    WHOLE = "whole"
    SWITCH = "switch"


class Quantity(Frozen):
    """A lever or a world parameter, declared once.

    ``source`` is an evidence id, a citation, or starts with the word *assumption*.
    """

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    label: Text
    unit: str
    low: float
    high: float
    default: float
    source: Annotated[str, Field(min_length=3)]
    group: str
    kind: Kind = Kind.NUMBER
    role: Role = Role.RESEARCHER
    help: Text | None = None

    @model_validator(mode="after")
    def _default_in_range(self) -> "Quantity":
        if not self.low <= self.default <= self.high:
            raise ValueError(f"{self.name}: default {self.default} outside {self.low} to {self.high}")
        return self

    def allows(self, value: float) -> bool:
        """Return whether a value lies in the declared range and is of the declared kind."""
        whole = self.kind is Kind.NUMBER or float(value).is_integer()
        return bool(self.low <= value <= self.high and whole)


class Catalogue(Mapping[str, Quantity]):
    """Declared quantities in a fixed order, with the record layout that holds their values."""

    def __init__(self, *quantities: Quantity) -> None:
        """Collect declarations; a name declared twice is an error."""
        self._by_name = {q.name: q for q in quantities}
        if len(self._by_name) != len(quantities):
            raise ValueError("a quantity is declared twice")
        self.dtype = np.dtype([(name, np.float64) for name in self._by_name])
        self._defaults = {name: q.default for name, q in self._by_name.items()}

    def __getitem__(self, name: str) -> Quantity:
        """Return the declaration of a name."""
        return self._by_name[name]

    def __iter__(self) -> Iterator[str]:
        """Iterate over names in the order of declaration."""
        return iter(self._by_name)

    def __len__(self) -> int:
        """Return how many quantities are declared."""
        return len(self._by_name)

    def defaults(self) -> dict[str, float]:
        """Return the default of every quantity."""
        return dict(self._defaults)

    def record(self, values: Mapping[str, float]) -> np.recarray:
        """Return a record array of length 1 with these values over the defaults.

        Rules read ``record[0].name``. Ranges are not checked here, so that a closed-form
        check may run a limiting case; scenarios check them when they are made.

        Raises:
            KeyError: a name is not declared.
        """
        unknown = set(values) - set(self._by_name)
        if unknown:
            raise KeyError(f"not declared: {', '.join(sorted(unknown))}")
        row = tuple({**self._defaults, **values}.values())
        return np.array([row], dtype=self.dtype).view(np.recarray)
