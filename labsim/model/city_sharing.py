"""Sharing whole units exactly, and the books of a shared fund.

Takes: a total and weights. Gives: shares that sum to the total to the last unit. Everything is
an integer (hundredths of a visit, fen, acts, marks), so no order and no engine matters.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from labsim.model.trajectory import ConservationError


def shared(total: int, weights: Sequence[int], caps: Sequence[int] | None = None) -> list[int]:
    """Return whole shares of a total in proportion to weights, largest remainders first (Hamilton).

    Ties go to the smaller number. When all weights are zero everybody has the same. What a cap
    cuts off goes to the others in proportion; the shares sum to the total, or to the sum of
    caps when that is less.

    Args:
        total: what is shared, 0 or more.
        weights: 0 or more each.
        caps: the most that each may get; no limit when left out.

    Raises:
        ValueError: a total, weight or cap is negative.
    """
    if total < 0 or min(weights, default=0) < 0 or (caps is not None and min(caps, default=0) < 0):
        raise ValueError("totals, weights and caps cannot be negative")
    shares = [0] * len(weights)
    limit = [total] * len(weights) if caps is None else list(caps)
    left, eligible = total, [i for i in range(len(weights)) if limit[i] > 0]
    while left > 0 and eligible:
        parts = _proportional(left, [weights[i] for i in eligible])
        for i, part in zip(eligible, parts, strict=True):
            given = min(part, limit[i] - shares[i])
            shares[i] += given
            left -= given
        open_ = [i for i in eligible if shares[i] < limit[i]]
        if len(open_) == len(eligible):
            break
        eligible = open_
    return shares


def _proportional(total: int, weights: list[int]) -> list[int]:
    """Return shares without caps; equal ones when all weights are zero."""
    claims = weights if any(weights) else [1] * len(weights)
    whole = sum(claims)
    shares = [total * claim // whole for claim in claims]
    order = sorted(range(len(claims)), key=lambda i: (-(total * claims[i] % whole), i))
    for i in order[: total - sum(shares)]:
        shares[i] += 1
    return shares


@dataclass
class FundBooks:
    """The shared fund: paid in by the district, held, allotted to communities; fen.

    Every movement is booked twice, so that the accounts always sum to zero.

    Attributes:
        district: what the district has paid in, as a debt.
        held: by fund; one for the district or one for each street.
        allotted: to each community so far.
    """

    funds: int
    communities: int
    district: int = 0
    held: list[int] = field(default_factory=list)
    allotted: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Open empty accounts."""
        self.held = [0] * self.funds
        self.allotted = [0] * self.communities

    def pay_in(self, fund: int, amount: int) -> None:
        """Move money of the district into a fund."""
        self.district -= amount
        self.held[fund] += amount

    def allot(self, fund: int, community: int, amount: int) -> None:
        """Move money of a fund to a community."""
        self.held[fund] -= amount
        self.allotted[community] += amount

    def check(self, day: int) -> None:
        """Check that paid in = allotted + held and that no fund is overdrawn.

        Raises:
            ConservationError: it is not so.
        """
        off = self.district + sum(self.held) + sum(self.allotted)
        if off != 0:
            raise ConservationError(day, "shared fund: paid in = allotted + held", off)
        if min(self.held) < 0:
            raise ConservationError(day, "shared fund is overdrawn", min(self.held))
