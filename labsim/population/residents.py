"""Who lives here and what is to be looked after, as columns with stable ids.

Takes: nothing. Gives: the arrays of a :class:`Population`. Kernels read them as they are;
row numbers are places in these arrays, ids are who somebody is. Chance is addressed by id,
so that the order of rows carries no meaning.
"""

import hashlib
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from labsim.population.contacts import Contacts

Int8 = NDArray[np.int8]
Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]


class Age(IntEnum):
    """Age group of a resident."""

    YOUNG = 0
    MIDDLE = 1
    OLDER = 2


class ItemClass(IntEnum):
    """Class of a check item."""

    ENVIRONMENT = 0
    FACILITY = 1
    CAPITAL = 2


class Residents(NamedTuple):
    """One row per resident.

    Attributes:
        id: stable, never reused.
        age: an :class:`Age`.
        migrant: 1 for the floating population.
        digital: 1 with digital access.
        low_income: 1 with a low income.
        registered: 1 when registered in the app, which needs digital access.
        panel: 1 for a member of the residents' panel.
        block: block number.
        head: 1 for the resident who decides for the household.
        cell: ``age * 4 + migrant * 2 + digital``, the group in which results are counted.
        taste: persistent taste for taking part, standard normal.
        supervisor_rank: order in which residents are asked to supervise, 0 first; a resident
            supervises when the rank is below the number of supervisors.
        taught_key: uniform; a resident without access is taught when it is below the share taught.
    """

    id: Int64
    age: Int8
    migrant: Int8
    digital: Int8
    low_income: Int8
    registered: Int8
    panel: Int8
    block: Int32
    head: Int8
    cell: Int8
    taste: Float64
    supervisor_rank: Int32
    taught_key: Float64


class Items(NamedTuple):
    """One row per check item: stable id, :class:`ItemClass`, block number."""

    id: Int64
    item_class: Int8
    block: Int32


class Blocks(NamedTuple):
    """Who and what is in a block.

    Attributes:
        start: residents of block ``b`` are ``member[start[b]:start[b + 1]]``.
        member: resident rows, by block and then by id.
        item_start: items of block ``b`` are ``item[item_start[b]:item_start[b + 1]]``.
        item: item rows, by block and then by id.
    """

    start: Int64
    member: Int32
    item_start: Int64
    item: Int32


@dataclass(frozen=True)
class Population:
    """Everybody and everything that is simulated, before anything happens."""

    residents: Residents
    contacts: Contacts
    items: Items
    blocks: Blocks
    departments: int

    def fingerprint(self) -> str:
        """Return a hash of every number in it (SHA-256, hexadecimal)."""
        digest = hashlib.sha256(f"departments {self.departments} complete {self.contacts.complete}".encode())
        for part in (self.residents, self.contacts, self.items, self.blocks):
            for name, column in zip(part._fields, part, strict=True):
                if isinstance(column, np.ndarray):
                    digest.update(f" {name} {column.dtype.str} {column.shape} ".encode())
                    digest.update(np.ascontiguousarray(column.astype(column.dtype.newbyteorder("<"))).tobytes())
        return digest.hexdigest()


def group_by_block(block: Int32, ids: Int64, blocks: int) -> tuple[Int64, Int32]:
    """Return ``start`` (blocks + 1) and the rows ordered by block and then by id."""
    start = np.zeros(blocks + 1, dtype=np.int64)
    np.cumsum(np.bincount(block, minlength=blocks), out=start[1:])
    return start, np.lexsort((ids, block)).astype(np.int32)


def group_blocks(residents: Residents, items: Items, blocks: int) -> Blocks:
    """Return who and what is in each block."""
    of_residents = group_by_block(residents.block, residents.id, blocks)
    return Blocks(*of_residents, *group_by_block(items.block, items.id, blocks))


def cell_of(age: Int8, migrant: Int8, digital: Int8) -> Int8:
    """Return the group in which results are counted, 0 to 11."""
    cell: Int8 = (age * 4 + migrant * 2 + digital).astype(np.int8)
    return cell
