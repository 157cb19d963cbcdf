"""Named numbers that cannot change.

Takes: a mapping of names to numbers. Gives: :class:`Values`, sorted, hashable and cheap
to send to another process, so that a scenario can be a key.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import PlainSerializer, PlainValidator


class Values(Mapping[str, float]):
    """A sorted mapping of names to numbers that cannot be changed."""

    __slots__ = ("_items",)
    _items: dict[str, float]

    def __init__(self, values: Mapping[str, float] | None = None) -> None:
        """Copy names and numbers, in the order of the names."""
        self._items = {name: float(value) for name, value in sorted((values or {}).items())}

    @classmethod
    def of(cls, value: Any) -> "Values":
        """Return what pydantic was given as values; switches may be booleans.

        Raises:
            ValueError: it is not a mapping of names to numbers.
        """
        if not isinstance(value, Mapping):
            raise ValueError("need names with numbers")
        for name, number in value.items():
            if not isinstance(name, str) or not isinstance(number, int | float):
                raise ValueError(f"{name}: need a number, got {number!r}")
        try:
            return cls(value)
        except OverflowError:
            raise ValueError("a number is too large") from None

    def __getitem__(self, name: str) -> float:
        """Return the number of a name."""
        return self._items[name]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names in sorted order."""
        return iter(self._items)

    def __len__(self) -> int:
        """Return how many names there are."""
        return len(self._items)

    def __hash__(self) -> int:
        """Return a hash of names and numbers."""
        return hash(tuple(self._items.items()))

    def __repr__(self) -> str:
        """Return the numbers as they would be written in Python."""
        return f"Values({self._items!r})"


ValueField = Annotated[Mapping[str, float], PlainValidator(Values.of), PlainSerializer(dict)]
"""A field that takes any mapping of numbers and holds :class:`Values`."""
