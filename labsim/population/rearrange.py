"""The same community with its rows in another order, or with one more person.

Takes: a population. Gives: another one. These are what the promises of addressed chance are
tested with: no result may depend on the order of rows, and a newcomer whom nobody knows
changes nobody else's luck.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from labsim.foundations.draws import normals, uniforms
from labsim.foundations.randomness import Decision
from labsim.population.contacts import Contacts
from labsim.population.residents import Age, Population, Residents, cell_of, group_blocks


def relabel(population: Population, permutation: NDArray[np.integer]) -> Population:
    """Return the same people with their rows in another order.

    Everybody keeps id, attributes, block and contacts; only row numbers change.

    Args:
        population: the people.
        permutation: new row ``r`` holds old row ``permutation[r]``.

    Raises:
        ValueError: not a permutation of the rows.
    """
    old = np.asarray(permutation, dtype=np.int64)
    n = len(population.residents.id)
    if not np.array_equal(np.sort(old), np.arange(n)):
        raise ValueError(f"not a permutation of {n} rows")
    residents = Residents._make(column[old] for column in population.residents)
    new_row = np.empty(n, dtype=np.int64)
    new_row[old] = np.arange(n)
    contacts = population.contacts
    if not contacts.complete:
        row = new_row[np.repeat(np.arange(n), np.diff(contacts.start))]
        other = new_row[contacts.other]
        order = np.lexsort((other, row))
        start = np.zeros(n + 1, dtype=np.int64)
        np.cumsum(np.diff(contacts.start)[old], out=start[1:])
        contacts = Contacts(start, other[order].astype(np.int32), False)
    blocks = group_blocks(residents, population.items, len(population.blocks.start) - 1)
    return replace(population, residents=residents, contacts=contacts, blocks=blocks)


def with_newcomer(population: Population, seed: int, age: Age = Age.MIDDLE) -> Population:
    """Return the community with one more resident whom nobody knows.

    The newcomer takes the next free id, lives in a new block without check items, has
    digital access, is asked last to supervise and sits on no panel.

    Raises:
        ValueError: the network is complete, so that the newcomer would know everybody.
    """
    people, contacts = population.residents, population.contacts
    if contacts.complete:
        raise ValueError("in a complete network nobody is unknown")
    newcomer = np.array([people.id.max() + 1], dtype=np.int64)
    blocks = len(population.blocks.start) - 1
    of = {"age": int(age), "migrant": 0, "digital": 1, "low_income": 0, "registered": 0, "panel": 0, "head": 1}
    own = {name: np.array([value], dtype=np.int8) for name, value in of.items()}
    row = Residents(
        id=newcomer,
        block=np.array([blocks], dtype=np.int32),
        cell=cell_of(own["age"], own["migrant"], own["digital"]),
        taste=normals(seed, Decision.TASTE, 0, newcomer),
        supervisor_rank=np.array([len(people.id)], dtype=np.int32),
        taught_key=uniforms(seed, Decision.DIGITAL_TAUGHT, 0, newcomer),
        **own,
    )
    residents = Residents._make(
        np.concatenate([getattr(people, name), getattr(row, name)]) for name in Residents._fields
    )
    start = np.append(contacts.start, contacts.start[-1])
    return replace(
        population,
        residents=residents,
        contacts=Contacts(start, contacts.other, False),
        blocks=group_blocks(residents, population.items, blocks + 1),
    )
