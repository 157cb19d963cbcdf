"""Contacts who act, counted where they change instead of asked for where they are needed.

Takes: contacts and who changed. Gives: counters of acting contacts. A tie is looked at when one of its ends
changes, never when nothing happened.
"""

import numpy as np
from numpy.typing import NDArray

from labsim.foundations.compiled import part
from labsim.population.contacts import Contacts


def by_contacts(contacts: Contacts, together: int) -> NDArray[np.uint32]:
    """Return all rows, those with few contacts first within each run of so many rows.

    Loops over contacts in this order are equally long many times on end, which a processor foresees; neighbours
    in memory stay neighbours.
    """
    row = np.arange(len(contacts.start) - 1)
    return np.lexsort((row, np.diff(contacts.start), row // together)).astype(np.uint32)


def acting_contacts(contacts: Contacts, active: NDArray[np.int8]) -> NDArray[np.int16]:
    """Return the acting contacts of every row, counted; 0 when everybody knows everybody."""
    before = np.concatenate([[0], np.cumsum(active[contacts.other], dtype=np.int64)])
    counts: NDArray[np.int16] = (before[contacts.start[1:]] - before[contacts.start[:-1]]).astype(np.int16)
    return counts


@part
def tell(contacts: Contacts, row: int, change: int, counts: np.ndarray) -> None:
    """Add the change of one resident to the counters of their contacts."""
    for place in range(np.uint64(contacts.start[row]), np.uint64(contacts.start[row + 1])):
        counts[np.uint32(contacts.other[place])] += change


@part
def tell_contacts(
    contacts: Contacts, changes: np.ndarray, rows: np.ndarray, counts: np.ndarray, changed: np.ndarray
) -> None:
    """Add the change of some residents to the counters of their contacts.

    Args:
        contacts: who knows whom.
        changes: 1 for who began to act, -1 for who stopped, else 0, [residents].
        rows: whose changes, uint32; a run of :func:`by_contacts`.
        counts: acting contacts, [residents].
        changed: room for as many rows.
    """
    many = 0
    # Who changed is found without a branch, which no processor could foresee.
    for row in rows:
        changed[many] = row
        many += 1 if changes[row] != 0 else 0
    for i in range(many):
        row = changed[i]
        change = changes[row]
        # An unsigned place is never negative, and so is not compared with 0 each time.
        for place in range(np.uint64(contacts.start[row]), np.uint64(contacts.start[row + np.uint32(1)])):
            counts[np.uint32(contacts.other[place])] += change
