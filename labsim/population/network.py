"""Contact networks in and out of networkx, built for closed-form checks, and described.

Takes: a population, contacts or a networkx graph. Gives: contacts that kernels run on, a
graph to draw or measure, or a description in numbers.

Any network that networkx can build (small world, scale free, a survey's edge list) can be
put into a population: ``replace(population, contacts=from_networkx(graph))``.
"""

from collections.abc import Iterable
from typing import NotRequired, TypedDict

import networkx as nx
import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from labsim.foundations.errors import Problem, raise_if
from labsim.foundations.i18n import t
from labsim.population.contacts import Contacts
from labsim.population.residents import Population, Residents
from labsim.population.streets import EIGHTHS, Streets, from_lengths

_ATTRIBUTES = ("age", "migrant", "digital", "low_income", "registered", "panel", "block", "head")


class Description(TypedDict):
    """A contact network in numbers.

    Attributes:
        residents: how many residents.
        ties: how many pairs know each other.
        mean_degree: contacts of a resident, mean.
        degrees: how many residents have so many contacts.
        clustering: mean share of a resident's pairs of contacts who know each other.
        components: groups with no tie between them.
        largest_component: residents in the largest group.
        share_in_block: share of ties within a block (with residents only; NaN without ties).
        age_homophily: assortativity by age group, Newman 2003: 1 when ties stay within an age
            group, 0 when age does not matter (with residents only; NaN when undefined).
    """

    residents: int
    ties: int
    mean_degree: float
    degrees: dict[int, int]
    clustering: float
    components: int
    largest_component: int
    share_in_block: NotRequired[float]
    age_homophily: NotRequired[float]


def complete(residents: int) -> Contacts:
    """Return the network in which everybody knows everybody, without storing it."""
    return Contacts(np.zeros(residents + 1, dtype=np.int64), np.empty(0, dtype=np.int32), True)


def from_edges(residents: int, edges: Iterable[tuple[int, int]]) -> Contacts:
    """Return the network with these ties; a tie given twice or both ways counts once.

    Args:
        residents: how many rows.
        edges: pairs of row numbers.

    Raises:
        InputError: a tie of a resident with herself, or a row that does not exist.
    """
    pairs = np.array(list(edges), dtype=np.int64).reshape(-1, 2)
    loops = pairs[pairs[:, 0] == pairs[:, 1]][:, 0]
    outside = pairs[(pairs < 0) | (pairs >= residents)]
    problems = []
    if loops.size:
        problems.append(
            Problem.at("edges", t(f"居民 {int(loops[0])} 与自己相连", f"resident {int(loops[0])} is tied to herself"))
        )
    if outside.size:
        problems.append(
            Problem.at(
                "edges",
                t(f"没有第 {int(outside[0])} 行居民", f"there is no row {int(outside[0])}"),
                t(f"0 至 {residents - 1}", f"0 to {residents - 1}"),
            )
        )
    raise_if(problems)
    both = np.unique(np.concatenate([pairs, pairs[:, ::-1]]), axis=0)
    start = np.zeros(residents + 1, dtype=np.int64)
    np.cumsum(np.bincount(both[:, 0], minlength=residents), out=start[1:])
    return Contacts(start, both[:, 1].astype(np.int32), False)


def ring(residents: int, contacts: int) -> Contacts:
    """Return the ring in which everybody knows the nearest ``contacts / 2`` on either side."""
    return from_networkx(nx.circulant_graph(residents, list(range(1, contacts // 2 + 1))))


def from_networkx(graph: "nx.Graph[int]") -> Contacts:
    """Return the ties of an undirected graph; the smallest node becomes row 0, and so on.

    Raises:
        InputError: the graph is directed, or a node is tied to itself.
    """
    if graph.is_directed():
        raise_if(
            [
                Problem.at(
                    "graph",
                    t("熟人关系是相互的，但图是有向的", "contacts are mutual, but the graph is directed"),
                    t("graph.to_undirected()", "graph.to_undirected()"),
                )
            ]
        )
    row = {node: i for i, node in enumerate(sorted(graph))}
    return from_edges(len(row), ((row[a], row[b]) for a, b in graph.edges()))


def to_networkx(population: Population) -> "nx.Graph[int]":
    """Return the contact network as a graph: nodes are ids, with attributes as plain ints.

    A complete network of n residents has n (n - 1) / 2 edges: mind the memory.
    """
    people = population.residents
    ids = people.id.tolist()
    graph: nx.Graph[int] = nx.Graph()
    for name in _ATTRIBUTES:
        column = getattr(people, name).tolist()
        graph.add_nodes_from((i, {name: value}) for i, value in zip(ids, column, strict=True))
    if population.contacts.complete:
        graph.add_edges_from(nx.complete_graph(ids).edges())
    else:
        row, other = _ties(population.contacts)
        once = row < other
        graph.add_edges_from(zip(people.id[row[once]].tolist(), people.id[other[once]].tolist(), strict=True))
    return graph


def describe(contacts: Contacts, residents: Residents | None = None) -> Description:
    """Return a contact network in numbers; with residents also who knows whom.

    Works on compressed rows (scipy), so that a city of a million can be described too.
    """
    n = len(contacts.start) - 1
    degree = np.full(n, n - 1) if contacts.complete else np.diff(contacts.start)
    values, counts = np.unique(degree, return_counts=True)
    description: Description = {
        "residents": n,
        "ties": int(degree.sum()) // 2,
        "mean_degree": float(degree.mean()),
        "degrees": dict(zip(values.tolist(), counts.tolist(), strict=True)),
        "clustering": float(n > 2),
        "components": 1,
        "largest_component": n,
    }
    if not contacts.complete:
        ones = np.ones(len(contacts.other), dtype=np.int64)
        matrix = sparse.csr_array((ones, contacts.other, contacts.start), shape=(n, n))
        pairs = degree * (degree - 1)
        known: NDArray[np.int64] = np.asarray((matrix @ matrix).multiply(matrix).sum(axis=1)).ravel()
        description["clustering"] = float(np.divide(known, pairs, out=np.zeros(n), where=pairs > 0).mean())
        components, label = connected_components(matrix, directed=False)
        description["components"] = int(components)
        description["largest_component"] = int(np.bincount(label).max())
    if residents is not None:
        description["share_in_block"] = _share_within(contacts, residents.block)
        description["age_homophily"] = _assortativity(mixing(contacts, residents.age))
    return description


def mixing(contacts: Contacts, group: NDArray[np.integer]) -> NDArray[np.int64]:
    """Return how many ties go from each group to each group; every tie counts both ways."""
    groups = int(group.max()) + 1
    if contacts.complete:
        size = np.bincount(group, minlength=groups)
        return np.outer(size, size) - np.diag(size)
    row, other = _ties(contacts)
    pair = group[row].astype(np.int64) * groups + group[other]
    return np.bincount(pair, minlength=groups * groups).reshape(groups, groups)


def _ties(contacts: Contacts) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return both ends of every tie, both ways."""
    row = np.repeat(np.arange(len(contacts.start) - 1), np.diff(contacts.start))
    return row, contacts.other.astype(np.int64)


def _share_within(contacts: Contacts, block: NDArray[np.int32]) -> float:
    if contacts.complete:
        size = np.bincount(block).astype(np.float64)
        n = float(size.sum())
        return float((size * (size - 1)).sum() / (n * (n - 1))) if n > 1 else float("nan")
    row, other = _ties(contacts)
    return float((block[row] == block[other]).mean()) if len(row) else float("nan")


def _assortativity(ties: NDArray[np.int64]) -> float:
    """Return Newman's coefficient from a mixing matrix."""
    if not ties.sum():
        return float("nan")
    share = ties / ties.sum()
    by_chance = float((share.sum(axis=1) * share.sum(axis=0)).sum())
    return float("nan") if by_chance >= 1.0 else (float(np.trace(share)) - by_chance) / (1.0 - by_chance)


def streets_graph(streets: Streets) -> "nx.Graph[int]":
    """Return the streets as a graph of blocks, to draw or measure; edges have a ``length`` in block sides."""
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(len(streets.start) - 1))
    for block in graph.nodes:
        for k in range(streets.start[block], streets.start[block + 1]):
            graph.add_edge(block, int(streets.other[k]), length=int(streets.length[k]) / EIGHTHS)
    return graph


def streets_from_networkx(graph: "nx.Graph[int]") -> Streets:
    """Return the streets of a graph whose nodes are blocks 0 to n - 1; an edge without ``length`` is 1 block side.

    Lengths are rounded to eighths of a block side, at least one.
    """
    pairs = [(int(a), int(b)) for a, b in graph.edges]
    lengths = [max(round(graph.edges[pair].get("length", 1.0) * EIGHTHS), 1) for pair in graph.edges]
    return from_lengths(graph.number_of_nodes(), pairs, lengths)
