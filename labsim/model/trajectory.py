"""Trajectory: what one replication gives.

Takes: the arrays that the kernels filled. Gives: one frozen object with the records and
their hash.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np


class ConservationError(Exception):
    """Books did not balance: an error of labsim, never of the user."""

    def __init__(self, day: int, law: str, amount: int) -> None:
        """Name the day, the law that broke and by how much."""
        super().__init__(f"day {day}: {law} is off by {amount}")
        self.day = day
        self.law = law
        self.amount = amount


@dataclass(frozen=True)
class Trajectory:
    """One replication of one scenario.

    Attributes:
        scenario: fingerprint of the scenario, with world and population resolved.
        seed: the replication.
        burn_in: days before day 0.
        horizon: days from day 0.
        daily: ``DAILY`` records, shape [burn_in + horizon]; row ``burn_in`` is day 0.
        groups: ``GROUPS`` records, shape [horizon // 28, 12].
        cases: ``CASES`` records in order of opening, burn-in included.
        residents: records of each resident at the end, shape [N], fields ``id``, ``cell``,
            ``block``, ``score`` (0-100), ``satisfied`` (chance), ``efficacy``, ``credibility``,
            ``crowding``, ``habit_*`` and ``acts_*`` per activity over the horizon.
        modules: daily records of the extension modules that are on, by name, shape as ``daily``.
    """

    scenario: str
    seed: int
    burn_in: int
    horizon: int
    daily: np.ndarray
    groups: np.ndarray
    cases: np.ndarray
    residents: np.ndarray
    modules: Mapping[str, np.ndarray] = field(default_factory=dict)

    def digest(self) -> str:
        """Return the SHA-256 of all records: equal digests mean equal bits."""
        h = hashlib.sha256(f"{self.burn_in} {self.horizon}".encode())
        for table in (self.daily, self.groups, self.cases, self.residents, *self.modules.values()):
            for name in table.dtype.names or ():
                h.update(name.encode())
                h.update(np.ascontiguousarray(table[name]).tobytes())
        return h.hexdigest()

    @property
    def programme(self) -> np.ndarray:
        """Return the daily records from day 0 on."""
        return self.daily[self.burn_in :]
