"""One finding about a machine.

Takes: what was looked at and what was found. Gives: a :class:`Check`.
"""

from dataclasses import dataclass
from typing import Any

from labsim.foundations.declared import Text


@dataclass(frozen=True)
class Check:
    """One finding: ``state`` is ok, warning (the lab runs, something is worse) or error (it cannot run)."""

    name: str
    topic: Text
    state: str
    what: Text
    fix: Text | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return plain values with stable keys, both languages."""
        return {
            "name": self.name,
            "state": self.state,
            "topic": self.topic.model_dump(),
            "what": self.what.model_dump(),
            "fix": self.fix.model_dump() if self.fix else None,
        }
