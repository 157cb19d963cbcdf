from dataclasses import replace

import numpy as np
import pytest

from labsim.foundations.draws import normals, ranks, uniforms
from labsim.foundations.randomness import Decision
from labsim.population.network import complete, describe
from labsim.population.rearrange import relabel, with_newcomer
from labsim.population.synthesis import synthesise
from labsim.scenario.community import COMMUNITY

SMALL = {**COMMUNITY.defaults(), "residents": 137, "blocks": 6, "items": 30}
MIXED = np.argsort(uniforms(1, Decision.PANEL, 0, np.arange(137)))


def test_relabelled_people_keep_who_they_are_and_whom_they_know():
    before = synthesise(SMALL, 1)
    after = relabel(before, MIXED)
    assert not np.array_equal(after.residents.id, before.residents.id)
    row_of = {i: r for r, i in enumerate(after.residents.id.tolist())}
    for old in range(137):
        new = row_of[old]
        for name, column in before.residents._asdict().items():
            assert column[old] == getattr(after.residents, name)[new], name
        known = before.contacts.other[before.contacts.start[old] : before.contacts.start[old + 1]]
        there = after.contacts.other[after.contacts.start[new] : after.contacts.start[new + 1]]
        assert after.residents.id[there].tolist() != []
        assert sorted(after.residents.id[there].tolist()) == known.tolist()
        assert there.tolist() == sorted(there.tolist())
    members = after.residents.id[after.blocks.member]
    assert np.array_equal(members, before.residents.id[before.blocks.member])  # by block, then by id
    assert np.array_equal(after.blocks.start, before.blocks.start)


def test_relabelling_back_restores_every_bit():
    before = synthesise(SMALL, 1)
    back = relabel(relabel(before, MIXED), np.argsort(MIXED))
    assert back.fingerprint() == before.fingerprint()
    for part, again in ((before.residents, back.residents), (before.contacts, back.contacts)):
        for name in part._fields:
            if name != "complete":
                assert getattr(part, name).dtype == getattr(again, name).dtype, name


def test_a_complete_network_can_be_relabelled():
    population = relabel(replace(synthesise(SMALL, 1), contacts=complete(137)), MIXED)
    assert population.contacts.complete
    assert describe(population.contacts)["mean_degree"] == 136


@pytest.mark.parametrize("wrong", [np.zeros(137, dtype=int), np.arange(136), np.arange(1, 138)])
def test_what_is_no_permutation_is_refused(wrong):
    with pytest.raises(ValueError, match="not a permutation"):
        relabel(synthesise(SMALL, 1), wrong)


def test_a_newcomer_changes_nobody():
    before = synthesise(SMALL, 1)
    after = with_newcomer(before, 1)
    for name, column in before.residents._asdict().items():
        longer = getattr(after.residents, name)
        assert longer.dtype == column.dtype, name
        assert np.array_equal(longer[:137], column), name
    assert np.array_equal(after.contacts.other, before.contacts.other)
    assert np.array_equal(after.contacts.start[:138], before.contacts.start)
    assert after.contacts.start[138] == after.contacts.start[137]
    assert np.array_equal(after.blocks.member[:137], before.blocks.member)
    assert np.array_equal(after.blocks.item, before.blocks.item)
    assert after.residents.id[-1] == 137
    assert after.residents.block[-1] == 6
    assert len(after.blocks.start) == len(before.blocks.start) + 1
    assert len(after.blocks.item_start) == len(after.blocks.start)
    assert after.residents.taste[-1] == normals(1, Decision.TASTE, 0, np.array([137]))[0]


def test_in_a_complete_network_there_is_no_stranger():
    with pytest.raises(ValueError, match="nobody is unknown"):
        with_newcomer(replace(synthesise(SMALL, 1), contacts=complete(137)), 1)


def test_ranks_break_ties_by_id():
    assert ranks(np.array([0.5, 0.1, 0.5]), np.array([9, 4, 2])).tolist() == [2, 0, 1]
