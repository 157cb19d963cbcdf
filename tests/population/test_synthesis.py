from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labsim.foundations.arithmetic import normal_quantile
from labsim.foundations.errors import InputError
from labsim.foundations.randomness import Decision, uniform
from labsim.population.institutions import departments
from labsim.population.residents import Age, ItemClass
from labsim.population.synthesis import JOINT_SHAPE, joint_counts, margins_of, synthesise
from labsim.scenario.community import COMMUNITY

DEFAULT = COMMUNITY.defaults()
share = st.floats(0, 1)


def community(**values):
    return {**DEFAULT, **values}


@pytest.fixture(scope="module")
def people():
    return synthesise(DEFAULT, 7).residents


def test_default_margins(people):
    n = 1500
    assert np.bincount(people.age).tolist() == [450, 600, 450]
    assert people.migrant.sum() == 525
    assert people.low_income.sum() == 150
    access = [people.digital[people.age == a].mean() for a in Age]
    np.testing.assert_allclose(access, [0.95, 0.85, 0.31], atol=0.005)
    assert abs(people.registered.sum() - 0.55 * people.digital.sum()) <= 0.5
    assert people.panel.sum() == 60
    assert people.head.sum() == 30 * 17  # blocks of 50 in households of 3: 17 each
    assert len(set(people.id.tolist())) == n


def test_registration_needs_access(people):
    assert not people.registered[people.digital == 0].any()


def test_cell_says_age_migrant_and_access(people):
    assert np.array_equal(people.cell // 4, people.age)
    assert np.array_equal(people.cell // 2 % 2, people.migrant)
    assert np.array_equal(people.cell % 2, people.digital)


def test_draws_are_at_their_addresses(people):
    for i in (0, 3, 1499):
        assert people.taste[i] == normal_quantile(uniform(7, int(Decision.TASTE), 0, i))
        assert people.taught_key[i] == uniform(7, int(Decision.DIGITAL_TAUGHT), 0, i)


def test_supervisors_are_asked_in_the_order_of_their_keys(people):
    assert sorted(people.supervisor_rank.tolist()) == list(range(1500))
    keys = [uniform(7, int(Decision.SUPERVISOR), 0, i) for i in range(1500)]
    assert np.array_equal(np.argsort(people.supervisor_rank), np.argsort(keys))


def test_taste_is_standard_normal():
    taste = synthesise(community(residents=20000, items=0), 3).residents.taste
    assert abs(taste.mean()) < 4 / 20000**0.5
    assert abs(taste.var() - 1) < 4 * (2 / 20000) ** 0.5


def test_attributes_are_independent_without_an_association():
    people = synthesise(community(residents=40000, items=0), 5).residents
    assert abs(np.corrcoef(people.migrant, people.age)[0, 1]) < 0.01
    # Keys of different decisions must not be tied to each other either.
    for other in (people.age, people.digital, people.panel, people.low_income):
        assert abs(np.corrcoef(people.taste, other)[0, 1]) < 4 / 40000**0.5
    assert abs(np.corrcoef(people.taste, people.supervisor_rank)[0, 1]) < 4 / 40000**0.5


def test_an_association_is_kept():
    table = np.ones(JOINT_SHAPE)
    table[:, 1, :, 1] = 5  # migrants are poor five times as often, in odds
    counts = joint_counts(community(residents=100000), table).sum(axis=(0, 2)).astype(float)
    odds = counts[0, 0] * counts[1, 1] / (counts[0, 1] * counts[1, 0])
    assert odds == pytest.approx(5, rel=0.02)


@given(
    n=st.sampled_from([20, 137, 1500, 9999]),
    ages=st.tuples(share, share).filter(lambda a: sum(a) <= 1),
    rest=st.tuples(share, share, share, share, share),
)
@settings(max_examples=60, deadline=None)
def test_every_margin_is_within_half_a_percent_or_one_person(n, ages, rest):
    names = ("migrant_share", "digital_young", "digital_middle", "digital_older", "low_income_share")
    values = community(
        residents=n, blocks=5, items=0, young_share=ages[0], older_share=ages[1], **dict(zip(names, rest, strict=True))
    )
    people = synthesise(values, 1).residents
    joint = np.zeros(JOINT_SHAPE)
    np.add.at(joint, (people.age, people.migrant, people.digital, people.low_income), 1)
    for margin in margins_of(values):
        # Half a percent where people can be divided that finely, else less than one person.
        assert np.abs(margin.of(joint) - margin.target).max() < min(1.0, max(0.005 * n, 1.0))


def test_items_and_their_classes():
    items = synthesise(DEFAULT, 1).items
    counts = np.bincount(items.item_class, minlength=3)
    np.testing.assert_allclose(counts, [1125, 367.5, 7.5], atol=0.5)
    assert np.bincount(items.block).tolist() == [50] * 30
    assert (items.item_class == ItemClass.CAPITAL).sum() in (7, 8)


def test_classes_are_spread_over_blocks_by_chance():
    items = synthesise(community(items=30000), 1).items
    per_block = np.bincount(items.block[items.item_class == 1], minlength=30)
    assert per_block.std() > 5  # binomial: sqrt(1000 * .245 * .755) = 13.6
    assert per_block.std() < 27


def test_blocks_list_everybody_and_everything_once():
    population = synthesise(community(residents=137, blocks=9, items=40), 1)
    blocks, people, items = population.blocks, population.residents, population.items
    assert sorted(blocks.member.tolist()) == list(range(137))
    assert sorted(blocks.item.tolist()) == list(range(40))
    for b in range(9):
        assert (people.block[blocks.member[blocks.start[b] : blocks.start[b + 1]]] == b).all()
        assert (items.block[blocks.item[blocks.item_start[b] : blocks.item_start[b + 1]]] == b).all()
    assert np.ptp(np.diff(blocks.start)) <= 1
    assert np.ptp(np.diff(blocks.item_start)) <= 1


def test_no_items_and_a_panel_larger_than_the_community():
    population = synthesise(community(residents=40, blocks=2, items=0), 1)
    assert len(population.items.id) == 0
    assert population.residents.panel.all()


def test_same_seed_same_population_and_another_seed_another():
    assert synthesise(DEFAULT, 5).fingerprint() == synthesise(DEFAULT, 5).fingerprint()
    one, two = synthesise(DEFAULT, 5), synthesise(DEFAULT, 6)
    assert one.fingerprint() != two.fingerprint()
    for name in ("age", "migrant", "digital", "low_income", "registered", "panel", "taste", "supervisor_rank"):
        assert not np.array_equal(getattr(one.residents, name), getattr(two.residents, name)), name
    assert not np.array_equal(one.contacts.other, two.contacts.other)
    assert not np.array_equal(one.items.item_class, two.items.item_class)


def test_the_fingerprint_sees_every_column():
    population = synthesise(community(residents=60, blocks=3, items=10), 1)
    before = population.fingerprint()
    for part in (population.residents, population.contacts, population.items, population.blocks):
        for name, column in part._asdict().items():
            if name == "complete":
                continue
            kept = column[0]
            column[0] += 1
            assert population.fingerprint() != before, name
            column[0] = kept
    assert population.fingerprint() == before
    assert replace(population, departments=9).fingerprint() != before
    assert replace(population, contacts=population.contacts._replace(complete=True)).fingerprint() != before


def test_a_change_of_one_share_moves_the_fewest_people():
    before = synthesise(DEFAULT, 2).residents
    after = synthesise(community(digital_older=0.5), 2).residents
    assert np.array_equal(before.age, after.age)
    assert np.array_equal(before.migrant, after.migrant)
    assert np.array_equal(before.taste, after.taste)
    younger = before.age != Age.OLDER
    assert (before.digital != after.digital)[younger].sum() <= 2  # whole-number rounding of other cells
    older = ~younger
    moved = after.digital.astype(int)[older] - before.digital.astype(int)[older]
    assert moved.sum() == pytest.approx(0.19 * 450, abs=1)
    assert (moved < 0).sum() <= 1  # nobody loses access, but for rounding


def test_more_residents_change_hardly_anybody():
    # Whole-number margins move by one person per group: that is all a newcomer may do.
    before = synthesise(DEFAULT, 2).residents
    after = synthesise(community(residents=1501), 2).residents
    for name in ("taste", "taught_key"):
        assert np.array_equal(getattr(before, name), getattr(after, name)[:1500])
    for name in ("age", "migrant", "digital", "low_income", "registered", "panel"):
        assert (getattr(before, name) != getattr(after, name)[:1500]).sum() <= 8, name


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"young_share": 0.6, "older_share": 0.5}, "older_share"),
        ({"facility_share": 0.8, "capital_share": 0.3}, "capital_share"),
        ({"residents": 20, "contacts": 8}, "blocks"),
        ({"residents": 20, "blocks": 2, "contacts": 20}, "contacts"),
    ],
)
def test_values_that_contradict_each_other_are_named(values, key):
    with pytest.raises(InputError) as caught:
        synthesise(community(**values), 1)
    assert [p.where.key for p in caught.value.problems] == [key]


def test_an_association_against_the_margins_is_refused():
    nobody = np.ones(JOINT_SHAPE)
    nobody[:, 1] = 0
    with pytest.raises(InputError, match="migrant"):
        synthesise(DEFAULT, 1, association=nobody)
    # Migrants only among the old: 35 % migrants do not fit into 30 % old people.
    only_old = np.ones(JOINT_SHAPE)
    only_old[:2, 1] = 0
    with pytest.raises(InputError) as caught:
        synthesise(DEFAULT, 1, association=only_old)
    assert "did not converge" in caught.value.render("en")
    assert "未收敛" in caught.value.render("zh")


def test_departments_have_names_and_numbers():
    assert [d.id for d in departments(10)] == list(range(10))
    assert len({d.name.zh for d in departments(50)}) == 50
    assert departments(9)[8].name.en == "department 9"
    assert len(departments(3)) == 3
