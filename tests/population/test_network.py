from dataclasses import replace

import networkx as nx
import numpy as np
import pytest

from labsim.foundations.errors import InputError
from labsim.population.network import complete, describe, from_edges, from_networkx, mixing, ring, to_networkx
from labsim.population.rearrange import relabel
from labsim.population.synthesis import synthesise
from labsim.scenario.community import COMMUNITY

SMALL = {**COMMUNITY.defaults(), "residents": 120, "blocks": 6, "items": 30}


def same(a, b):
    return np.array_equal(a.start, b.start) and np.array_equal(a.other, b.other) and a.complete == b.complete


def test_a_graph_goes_out_and_comes_back():
    population = synthesise(SMALL, 1)
    graph = to_networkx(population)
    assert same(from_networkx(graph), population.contacts)
    assert graph.nodes[5]["age"] == population.residents.age[5]
    assert type(graph.nodes[5]["block"]) is int


def test_a_graph_has_ids_for_nodes_whatever_the_rows():
    population = synthesise(SMALL, 1)
    moved = relabel(population, np.arange(120)[::-1])
    one, two = to_networkx(population), to_networkx(moved)
    assert {frozenset(e) for e in one.edges()} == {frozenset(e) for e in two.edges()}
    assert all(one.nodes[i] == two.nodes[i] for i in range(120))


def test_description_agrees_with_networkx():
    population = synthesise({**SMALL, "contacts": 3, "local_contacts": 0.97}, 2)
    graph = to_networkx(population)
    said = describe(population.contacts, population.residents)
    components = list(nx.connected_components(graph))
    assert said["ties"] == graph.number_of_edges()
    assert said["clustering"] == pytest.approx(nx.average_clustering(graph))
    assert said["components"] == len(components)
    assert said["largest_component"] == max(map(len, components))
    assert said["age_homophily"] == pytest.approx(nx.attribute_assortativity_coefficient(graph, "age"))
    within = [graph.nodes[a]["block"] == graph.nodes[b]["block"] for a, b in graph.edges()]
    assert said["share_in_block"] == pytest.approx(np.mean(within))
    assert sum(k * v for k, v in said["degrees"].items()) == 2 * said["ties"]


def test_a_complete_network_is_described_without_being_stored():
    population = replace(synthesise(SMALL, 1), contacts=complete(120))
    said = describe(population.contacts, population.residents)
    stored = describe(from_networkx(to_networkx(population)), population.residents)
    assert said.pop("degrees") == stored.pop("degrees") == {119: 120}  # type: ignore[misc]
    assert said == pytest.approx(stored)
    assert len(population.contacts.other) == 0
    assert said["mean_degree"] == 119


def test_a_ring_by_hand():
    contacts = ring(6, 2)
    assert contacts.other.tolist() == [1, 5, 0, 2, 1, 3, 2, 4, 3, 5, 0, 4]
    assert describe(ring(50, 4))["clustering"] == pytest.approx(0.5)  # 3 (k - 2) / (4 (k - 1)) with k = 4


def test_edges_by_hand():
    contacts = from_edges(4, [(2, 0), (0, 2), (2, 1)])
    assert contacts.start.tolist() == [0, 1, 2, 4, 4]
    assert contacts.other.tolist() == [2, 2, 0, 1]
    said = describe(contacts)
    assert (said["ties"], said["components"], said["largest_component"]) == (2, 2, 3)
    assert "share_in_block" not in said


def test_nobody_knows_anybody():
    population = replace(synthesise(SMALL, 1), contacts=from_edges(120, []))
    said = describe(population.contacts, population.residents)
    assert (said["ties"], said["components"], said["clustering"]) == (0, 120, 0.0)
    assert np.isnan(said["share_in_block"])
    assert np.isnan(said["age_homophily"])


def test_mixing_by_hand():
    contacts = from_edges(4, [(0, 1), (1, 2), (2, 3)])
    assert mixing(contacts, np.array([0, 0, 1, 1])).tolist() == [[2, 1], [1, 2]]


def test_ties_that_cannot_be_are_named():
    with pytest.raises(InputError) as caught:
        from_edges(3, [(1, 1), (0, 7)])
    message = caught.value.render("en")
    assert "resident 1 is tied to herself" in message
    assert "no row 7" in message
    directed = nx.DiGraph([(0, 1)])
    with pytest.raises(InputError, match=r"directed|有向"):
        from_networkx(directed)
