"""What a city records: one row per period and community, one per period and fund, who adopted when.

Takes: a city. Gives: record layouts and :class:`CityTrajectory`, one replication with a digest.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from labsim.model.trajectory import Trajectory

COMMUNITY_PERIODS = np.dtype(
    [("day", np.int32)]
    # what the level above saw at the start of the period
    + [(name, np.int32) for name in ("complaints", "backlog", "mark")]
    # what it gave
    + [("visits_allotted", np.int64), ("bid", np.int8)]
    + [(name, np.int64) for name in ("allotted", "repairs", "services")]
    # what happened
    + [(name, np.int32) for name in ("visits", "perfunctory", "acts", "sent", "received", "worked", "events")]
)
"""One row per period and community. Visits allotted are hundredths, money is fen, marks are
thousandths of a point; ``sent`` are acts that go into teams of the next period, ``received``
acts of such teams, ``worked`` = acts - sent + received."""

FUND_PERIODS = np.dtype([(name, np.int64) for name in ("capacity", "unused", "paid_in", "held", "waiting")])
"""One row per period and sharing level: visits in hundredths, money in fen, acts of teams that wait."""


@dataclass(frozen=True)
class CityTrajectory:
    """One replication of a city.

    Attributes:
        city: fingerprint of the city.
        seed: the replication.
        street: the street of each community, from 0.
        communities: what happened in each.
        periods: ``COMMUNITY_PERIODS``, shape [periods, communities].
        funds: ``FUND_PERIODS``, shape [periods, funds]: one fund, or one for each street.
        adopted: the day on which a community adopted a practice, -1 before, shape [practices, communities].
    """

    city: str
    seed: int
    street: tuple[int, ...]
    communities: tuple[Trajectory, ...]
    periods: np.ndarray
    funds: np.ndarray
    adopted: np.ndarray

    def digest(self) -> str:
        """Return the SHA-256 of all records: equal digests mean equal bits."""
        h = hashlib.sha256(repr(self.street).encode())
        for one in self.communities:
            h.update(one.digest().encode())
        for table in (self.periods, self.funds):
            for name in table.dtype.names or ():
                h.update(np.ascontiguousarray(table[name]).tobytes())
        h.update(np.ascontiguousarray(self.adopted).tobytes())
        return h.hexdigest()


def members_of(street: Sequence[int], shared_by_street: bool) -> list[list[int]]:
    """Return which communities share: those of each street, or all of the district."""
    if not shared_by_street:
        return [list(range(len(street)))]
    return [[k for k, s in enumerate(street) if s == one] for one in sorted(set(street))]
