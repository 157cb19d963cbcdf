"""Laws that must hold at the end of every day, step 9.

Takes: the community at the end of a day. Gives: nothing, or a :class:`ConservationError`.
The laws are those of the compiled engine (``kernels/recording.py``), checked here on what
agents hold themselves.
"""

from collections.abc import Iterator

from labsim.model.columns import Account
from labsim.model.kernels.recording import BREACHES
from labsim.model.mesa.base import Community
from labsim.model.state import ItemState
from labsim.model.trajectory import ConservationError


def check_laws(model: Community) -> None:
    """Check that books balance.

    Raises:
        ConservationError: a law broke; the first in the order of ``BREACHES`` is named.
    """
    for law, amount in sorted(_amounts(model)):
        if amount != 0:
            raise ConservationError(model.day, BREACHES[law], amount)


def _amounts(model: Community) -> Iterator[tuple[int, int]]:
    """Yield each law by its place in ``BREACHES`` and by how much it is broken."""
    today, treasury, desk = model.today, model.treasury, model.desk
    before = model.history[-1] if model.history else None
    repair, pot = treasury.balance(Account.REPAIR_FUND), treasury.balance(Account.POINTS_POT)
    repair_before = before.repair_balance if before else 0
    pot_before = before.pot_balance if before else 0
    yield 1, sum(treasury.accounts)
    yield 2, repair_before + today.repair_in - today.repair_spent - repair
    yield 3, treasury.points_held - sum(who.points for who in model.people)
    still_open = sum(item.state == ItemState.OPEN for item in model.items)
    yield 4, len(desk.log) - desk.closed - desk.dropped - still_open
    yield 5, sum(post.exists for post in model.staff) - int(model.policy.staff)
    yield 6, sum(not 0.0 <= share <= 1.0 for who in model.people for share in who.shares())
    yield 7, min(repair, 0) + min(pot, 0)
    yield 8, pot_before + today.pot_in - today.pot_paid - pot
    yield 9, abs(treasury.balance(Account.ESCROW)) + abs(treasury.balance(Account.SERVICE_FUND))
