"""Double-entry accounts: money moves, it is never made or lost.

Takes: accounts in fen and the ledger. Gives: moved money, and the first breach of a
conservation law.
"""

from labsim.foundations.compiled import part
from labsim.model.columns import State


@part
def transfer(state: State, source: int, target: int, amount: int) -> None:
    """Move an amount in fen from one account to another."""
    state.accounts[source] -= amount
    state.accounts[target] += amount


@part
def breach(state: State, code: int, day: int, amount: int) -> None:
    """Note that a law broke; the first breach is kept and ends the run."""
    ledger = state.ledger[0]
    if ledger.breach == 0:
        ledger.breach = code
        ledger.breach_day = day
        ledger.breach_amount = amount
