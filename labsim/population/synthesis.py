"""The synthetic population of a community: from margins to people.

Takes: community values (``COMMUNITY``) and a seed. Gives: a :class:`Population`.

Margins are raked to a joint table and rounded to whole people; which resident gets which
attribute is decided by the smallest addressed keys, nested (age, then migrant within age,
then digital access, then income). So margins hold in every replication, replications differ
in who is who, and a change of one share moves the fewest people: raising the digital access
of the older changes nobody's age.

All residents are synthetic. Nothing here describes a person.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from labsim.foundations.declared import Text
from labsim.foundations.draws import normals, ranks, uniforms
from labsim.foundations.errors import Problem, raise_if
from labsim.foundations.i18n import t
from labsim.foundations.randomness import Decision
from labsim.population.contacts import draw_contacts
from labsim.population.raking import Counts, Margin, Table, integerise, largest_remainder, rake
from labsim.population.residents import (
    Float64,
    Int8,
    Int32,
    Int64,
    Items,
    Population,
    Residents,
    cell_of,
    group_blocks,
    group_by_block,
)

JOINT_SHAPE = (3, 2, 2, 2)
"""Axes of the joint table: age, migrant, digital access, low income."""


def synthesise(community: Mapping[str, float], seed: int, association: Table | None = None) -> Population:
    """Make the synthetic population of a community for one replication.

    Args:
        community: a value for every name in ``COMMUNITY``.
        seed: the replication.
        association: seed table of shape (3, 2, 2, 2) over age, migrant, digital access and
            low income, whose odds ratios the population keeps; independent when left out.

    Returns:
        The population; rows are in the order of ids, which are 0 to n - 1. A panel larger
        than the community holds everybody.

    Raises:
        InputError: values contradict each other (shares above 1, more blocks or contacts
            than residents), or the association has no people where a margin needs them.
    """
    raise_if(_problems(community))
    n = int(community["residents"])
    blocks = int(community["blocks"])
    ids = np.arange(n, dtype=np.int64)
    block = _spread(n, blocks)
    start, member = group_by_block(block, ids, blocks)
    residents = _residents(community, seed, ids, (block, start, member), joint_counts(community, association))
    contacts = draw_contacts(
        seed, ids, block, (start, member), int(community["contacts"]), float(community["local_contacts"])
    )
    items = _items(community, seed)
    return Population(residents, contacts, items, group_blocks(residents, items, blocks), int(community["departments"]))


def margins_of(community: Mapping[str, float]) -> list[Margin]:
    """Return the margins of the joint table, in residents."""
    n = float(community["residents"])
    young, older = community["young_share"], community["older_share"]
    age = np.array([young, max(0.0, 1.0 - young - older), older])
    digital = np.array([community["digital_young"], community["digital_middle"], community["digital_older"]])
    return [
        Margin("age", (0,), n * age),
        Margin("age x digital", (0, 2), n * np.stack([age * (1.0 - digital), age * digital], axis=1)),
        Margin("migrant", (1,), n * _yes_no(community["migrant_share"])),
        Margin("low_income", (3,), n * _yes_no(community["low_income_share"])),
    ]


def joint_counts(community: Mapping[str, float], association: Table | None = None) -> Counts:
    """Return residents by age, migrant, digital access and low income, shape (3, 2, 2, 2).

    Raises:
        InputError: the association cannot meet the margins.
    """
    margins = margins_of(community)
    raked = rake(np.ones(JOINT_SHAPE) if association is None else association, margins)
    if not raked.converged:
        worst = max(raked.errors, key=lambda name: raked.errors[name])
        what = t(
            f"加权未收敛：{raked.rounds} 轮后误差仍为总数的 {raked.largest_error:.2g}；种子表的空格与边际分布矛盾",
            f"raking did not converge: off by {raked.largest_error:.2g} of the total after {raked.rounds} rounds; "
            "empty cells of the association contradict the margins",
        )
        raise_if([Problem.at(worst, what)])
    return integerise(raked.table, margins)


def _residents(
    community: Mapping[str, float], seed: int, ids: Int64, places: tuple[Int32, Int64, Int32], counts: Counts
) -> Residents:
    block, start, member = places
    n = len(ids)
    age, migrant, digital, low_income = _assign(counts, seed, ids)
    registered = _smallest(
        round_half_up(float(digital.sum()) * community["registered_share"]),
        seed,
        Decision.REGISTERED,
        ids[digital == 1],
        n,
    )
    return Residents(
        id=ids,
        age=age,
        migrant=migrant,
        digital=digital,
        low_income=low_income,
        registered=registered,
        panel=_smallest(int(community["panel"]), seed, Decision.PANEL, ids, n),
        block=block,
        head=_heads(start, member, int(community["household_size"])),
        cell=cell_of(age, migrant, digital),
        taste=normals(seed, Decision.TASTE, 0, ids),
        supervisor_rank=ranks(uniforms(seed, Decision.SUPERVISOR, 0, ids), ids).astype(np.int32),
        taught_key=uniforms(seed, Decision.DIGITAL_TAUGHT, 0, ids),
    )


def _assign(counts: Counts, seed: int, ids: Int64) -> tuple[Int8, Int8, Int8, Int8]:
    """Return the attributes of every resident, so that the joint table comes out exactly."""
    group = np.zeros(len(ids), dtype=np.int64)
    decisions = (Decision.AGE, Decision.MIGRANT, Decision.DIGITAL, Decision.LOW_INCOME)
    columns: list[Int8] = []
    for axis, decision in enumerate(decisions):
        here = counts.sum(axis=tuple(range(axis + 1, counts.ndim))).reshape(-1, counts.shape[axis])
        if axis > 0:
            # The smallest keys are the migrants, those with access, the poor: category 1 first.
            here = here[:, ::-1]
        category = _by_smallest_key(here, group, uniforms(seed, decision, 0, ids), ids)
        if axis > 0:
            category = 1 - category
        group = group * counts.shape[axis] + category
        columns.append(category.astype(np.int8))
    return columns[0], columns[1], columns[2], columns[3]


def _by_smallest_key(wanted: Counts, group: NDArray[np.int64], keys: Float64, ids: Int64) -> NDArray[np.int64]:
    """Return a category for everyone: within a group the smallest keys get category 0, and so on.

    Args:
        wanted: how many of each category, shape (groups, categories).
        group: group of everyone.
        keys: addressed keys.
        ids: break ties.
    """
    order = np.lexsort((ids, keys, group))
    sizes = wanted.sum(axis=1)
    place = np.arange(len(ids)) - (np.cumsum(sizes) - sizes)[group[order]]
    cuts = np.cumsum(wanted, axis=1)[group[order]]
    category = np.empty(len(ids), dtype=np.int64)
    category[order] = (place[:, None] >= cuts).sum(axis=1)
    return category


def _smallest(k: int, seed: int, decision: Decision, ids: Int64, n: int) -> Int8:
    """Return 1 for the k of these ids with the smallest keys, 0 for all others of n."""
    chosen = np.zeros(n, dtype=np.int8)
    chosen[ids[ranks(uniforms(seed, decision, 0, ids), ids) < k]] = 1
    return chosen


def _heads(start: Int64, member: Int32, household_size: int) -> Int8:
    """Return 1 for the first of every household: neighbours by id, up to the household size."""
    head = np.zeros(len(member), dtype=np.int8)
    place = np.arange(len(member)) - np.repeat(start[:-1], np.diff(start))
    head[member[place % household_size == 0]] = 1
    return head


def _items(community: Mapping[str, float], seed: int) -> Items:
    n = int(community["items"])
    ids = np.arange(n, dtype=np.int64)
    facility, capital = community["facility_share"], community["capital_share"]
    counts = largest_remainder(np.array([max(0.0, 1.0 - facility - capital), facility, capital]), n)
    everyone = np.zeros(n, dtype=np.int64)
    # Rarest first, so that adding facilities never turns a lift into a bench.
    category = 2 - _by_smallest_key(counts[None, ::-1], everyone, uniforms(seed, Decision.ITEM_CLASS, 0, ids), ids)
    return Items(ids, category.astype(np.int8), _spread(n, int(community["blocks"])))


def _spread(n: int, blocks: int) -> Int32:
    """Return contiguous blocks of nearly equal size; ids carry no meaning, so order is as good as chance."""
    block: Int32 = (np.arange(n, dtype=np.int64) * blocks // max(n, 1)).astype(np.int32)
    return block


def _yes_no(share: float) -> Table:
    return np.array([1.0 - share, share])


def round_half_up(x: float) -> int:
    """Return the nearest whole number; a half goes up, whatever its last bit."""
    return int(np.floor(x + 0.5 + 1e-9))


def _problems(community: Mapping[str, float]) -> list[Problem]:
    """Return what contradicts itself although every single value is in range."""
    n = int(community["residents"])
    checks: list[tuple[str, bool, Text]] = [
        (
            "older_share",
            community["young_share"] + community["older_share"] > 1.0 + 1e-9,
            t("青年与老年占比之和超过 1", "young_share and older_share together exceed 1"),
        ),
        (
            "capital_share",
            community["facility_share"] + community["capital_share"] > 1.0 + 1e-9,
            t("设施类与大修类占比之和超过 1", "facility_share and capital_share together exceed 1"),
        ),
        (
            "blocks",
            community["blocks"] > n,
            t(f"{community['blocks']:g} 个楼栋多于 {n} 名居民", f"{community['blocks']:g} blocks for {n} residents"),
        ),
        (
            "contacts",
            community["contacts"] >= n,
            t(
                f"每人 {community['contacts']:g} 名熟人，但居民只有 {n} 名",
                f"{community['contacts']:g} contacts each, but only {n} residents",
            ),
        ),
    ]
    return [Problem.at(key, what) for key, wrong, what in checks if wrong]
