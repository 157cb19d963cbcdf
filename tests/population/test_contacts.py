import json
import os
import subprocess
import sys
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labsim.population.synthesis import synthesise
from labsim.scenario.community import COMMUNITY

DEFAULT = COMMUNITY.defaults()


def ends(contacts):
    return np.repeat(np.arange(len(contacts.start) - 1), np.diff(contacts.start)), contacts.other


@given(
    n=st.integers(20, 300),
    blocks=st.integers(1, 20),
    contacts=st.integers(0, 19),
    local=st.one_of(st.sampled_from([0.0, 0.75, 1.0]), st.floats(0, 1)),
    seed=st.integers(0, 2**62),
)
@settings(max_examples=80, deadline=None)
def test_ties_are_mutual_single_and_between_different_people(n, blocks, contacts, local, seed):
    values = {**DEFAULT, "residents": n, "blocks": blocks, "contacts": contacts, "local_contacts": local, "items": 0}
    population = synthesise(values, seed)
    row, other = ends(population.contacts)
    assert (row != other).all()
    ties = list(zip(row.tolist(), other.tolist(), strict=True))
    assert len(set(ties)) == len(ties)
    assert sorted(ties) == sorted((b, a) for a, b in ties)
    assert ties == sorted(ties)  # increasing within a resident
    assert np.diff(population.contacts.start).max(initial=0) <= contacts


@pytest.mark.parametrize("contacts", [1, 2, 5, 8, 13])
@pytest.mark.parametrize("local", [0.0, 0.3, 0.75, 0.9])
def test_degree_and_local_share_are_exact(contacts, local):
    values = {**DEFAULT, "contacts": contacts, "local_contacts": local}
    for seed in range(5):
        population = synthesise(values, seed)
        row, other = ends(population.contacts)
        assert np.diff(population.contacts.start).tolist() == [contacts] * 1500
        block = population.residents.block
        inside = (block[row] == block[other]).sum()
        # One hand per block of 50 may be left over: 30 of 1500 x contacts, and half for rounding.
        assert abs(inside - 1500 * contacts * local) <= 1.5 * 30


def test_all_contacts_in_the_block_leave_out_one_hand_at_most():
    # 49 residents with 7 contacts each make 343 hands, which is odd.
    values = {**DEFAULT, "residents": 490, "blocks": 10, "contacts": 7, "local_contacts": 1.0}
    population = synthesise(values, 1)
    degree = np.diff(population.contacts.start)
    assert degree.sum() == 10 * 342
    row, other = ends(population.contacts)
    assert np.array_equal(population.residents.block[row], population.residents.block[other])


def test_small_blocks_send_their_people_elsewhere():
    values = {**DEFAULT, "residents": 300, "blocks": 100}
    population = synthesise(values, 1)
    assert np.diff(population.contacts.start).tolist() == [8] * 300
    row, other = ends(population.contacts)
    block = population.residents.block
    assert (block[row] == block[other]).mean() == pytest.approx(2 / 8)  # both neighbours known


def test_a_single_block_and_everybody_known_is_the_complete_network():
    values = {**DEFAULT, "residents": 20, "blocks": 1, "contacts": 19}
    contacts = synthesise(values, 4).contacts
    assert np.diff(contacts.start).tolist() == [19] * 20


def test_who_knows_whom_is_left_to_chance():
    # Over seeds, each of 49 neighbours is known with probability 6/49; a structure that always
    # ties the same people, or never ties some, shows at once.
    times = np.zeros(1500)
    for seed in range(300):
        contacts = synthesise({**DEFAULT, "items": 0}, seed).contacts
        times[contacts.other[contacts.start[0] : contacts.start[1]]] += 1
    near = times[1:50]
    p = 6 / 49
    assert np.abs(near - 300 * p).max() < 4.5 * (300 * p * (1 - p)) ** 0.5
    chi2 = ((near - 300 * p) ** 2 / (300 * p * (1 - p))).sum() * 48 / 49
    assert 48 - 4 * (2 * 48) ** 0.5 < chi2 < 48 + 4 * (2 * 48) ** 0.5
    assert times[0] == 0


def test_items_and_shares_do_not_touch_the_network():
    one = synthesise(DEFAULT, 3).contacts
    two = synthesise({**DEFAULT, "items": 10, "migrant_share": 0.1, "departments": 3}, 3).contacts
    assert np.array_equal(one.other, two.other)


def test_plain_python_and_compiled_give_the_same_bits():
    program = (
        "import json; from labsim.foundations.compiled import COMPILED; "
        "from labsim.population.synthesis import synthesise; from labsim.scenario.community import COMMUNITY; "
        "v = [{}, {'residents': 21, 'blocks': 2, 'contacts': 17}, {'contacts': 5, 'local_contacts': 0.33}]; "
        "f = [synthesise({**COMMUNITY.defaults(), 'residents': 200, 'blocks': 7, **x}, 11).fingerprint() for x in v]; "
        "print(json.dumps([COMPILED, f]))"
    )
    answers = {}
    for switch in ("on", "off"):
        environment = {**os.environ, "LABSIM_COMPILER": switch}
        done = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True, timeout=300
        )
        compiled, answers[switch] = json.loads(done.stdout)
        assert compiled == (switch == "on")
    assert answers["on"] == answers["off"]


@pytest.mark.benchmark
@pytest.mark.parametrize("n", [1500, 100_000, 1_000_000])
def test_time_to_make_a_population(n, capsys):
    values = {**DEFAULT, "residents": n, "blocks": min(n // 50, 20000), "items": n}
    synthesise(DEFAULT, 0)
    started = time.perf_counter()
    synthesise(values, 1)
    with capsys.disabled():
        print(f"\n{n} residents: {1000 * (time.perf_counter() - started):.1f} ms")
