"""Chance: the published vectors of Philox, uniformity, independence of neighbouring addresses, no hidden state."""

import importlib
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2, kstest

from labsim.foundations.randomness import Decision, bernoulli, exponential, philox4x32, uniform

# Random123 (Salmon, Moraes, Dror & Shaw 2011), kat_vectors, philox4x32-10: counter, key, result.
VECTORS = [
    ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
]


def words(text: str) -> list[int]:
    return [int(word, 16) for word in text.split()]


@pytest.mark.parametrize(("counter", "key", "result"), VECTORS)
def test_published_vectors(counter: str, key: str, result: str):
    assert list(philox4x32(*words(counter), *words(key))) == words(result)


def plain(rule):
    """Return a compiled rule as plain Python; with the compiler off it is that already."""
    return getattr(rule, "py_func", rule)


@given(st.tuples(*[st.integers(0, 2**32 - 1)] * 6))
def test_compiled_words_are_plain_words(numbers: tuple[int, ...]):
    assert philox4x32(*numbers) == plain(philox4x32)(*numbers)


@given(st.integers(0, 2**63 - 1), st.sampled_from(Decision), st.integers(-(2**31), 2**31 - 1), st.integers(0, 2**62))
def test_compiled_chance_is_plain_chance(seed: int, decision: Decision, step: int, agent: int):
    u = uniform(seed, decision, step, agent)
    assert u == plain(uniform)(seed, decision, step, agent)
    assert 0.0 < u < 1.0


def test_chance_is_read_from_the_words():
    """52 bits: 26 of the first word, 26 of the second, in the middle of their cell."""
    first, second, *_ = philox4x32(7, 0, 3, int(Decision.TASTE), 5, 0)
    assert uniform(5, Decision.TASTE, 3, 7) == ((first >> 6) * 2**26 + (second >> 6) + 0.5) / 2**52


def test_the_ends_are_never_reached():
    """The largest and the smallest number that 52 bits give are inside, so that a logarithm is finite."""
    assert (2**52 - 1 + 0.5) * 2.0**-52 < 1.0
    assert 0.5 * 2.0**-52 > 0.0


def line(seed=1, decision=Decision.ACT_SORT, steps=range(1), agents=range(1)) -> np.ndarray:
    return np.array([uniform(seed, decision, s, a) for s in steps for a in agents])


LINES = {
    "agents": line(agents=range(40_000)),
    "steps": line(steps=range(40_000)),
    "negative steps": line(steps=range(-40_000, 0)),
    "seeds": np.concatenate([line(seed=s) for s in range(40_000)]),
    "decisions": np.concatenate([line(decision=d, agents=range(1000)) for d in Decision]),
    "pairs": line(agents=(a * 2**32 + b for a in range(200) for b in range(200))),
}


@pytest.mark.parametrize("along", LINES)
def test_uniform_along_every_part_of_the_address(along: str):
    u = LINES[along]
    assert kstest(u, "uniform").pvalue > 1e-4
    counts = np.bincount((u * 64).astype(int), minlength=64)
    assert chi2.sf(((counts - len(u) / 64) ** 2 / (len(u) / 64)).sum(), 63) > 1e-4


@pytest.mark.parametrize("along", LINES)
@pytest.mark.parametrize("lag", [1, 2, 7])
def test_neighbouring_addresses_are_independent(along: str, lag: int):
    u = LINES[along]
    a, b = u[:-lag], u[lag:]
    assert abs(np.corrcoef(a, b)[0, 1]) < 4 / np.sqrt(len(a))
    table = np.zeros((8, 8))
    np.add.at(table, ((a * 8).astype(int), (b * 8).astype(int)), 1)
    assert chi2.sf(((table - len(a) / 64) ** 2 / (len(a) / 64)).sum(), 63) > 1e-4


def test_every_part_of_an_address_matters():
    base = (123, Decision.REPORT, 45, 678)
    changed = [
        (124, *base[1:]), (123 + 2**32, *base[1:]), (123, Decision.DETECT, 45, 678), (123, Decision.REPORT, 46, 678),
        (123, Decision.REPORT, -45, 678), (123, Decision.REPORT, 45, 679), (123, Decision.REPORT, 45, 678 + 2**32),
    ]  # fmt: skip
    assert len({uniform(*address) for address in [base, *changed]}) == 8


def test_a_draw_leaves_no_trace():
    """The order in which addresses are asked, and how often, changes nothing."""
    forward = [uniform(9, Decision.COVER, s, 3) for s in range(50)]
    backward = [uniform(9, Decision.COVER, s, 3) for s in reversed(range(50)) for _ in range(2)]
    assert forward == backward[::-2]


def test_exponential_and_bernoulli_are_made_of_the_uniform_number():
    waits = np.array([exponential(2, Decision.WORK_TIME, 0, a) for a in range(20_000)])
    assert kstest(waits, "expon").pvalue > 1e-4
    u = uniform(2, Decision.TOLD, 5, 6)
    assert bernoulli(2, Decision.TOLD, 5, 6, np.nextafter(u, 1.0))
    assert not bernoulli(2, Decision.TOLD, 5, 6, u)


def test_with_the_compiler_off_the_bits_are_the_same(root):
    """The whole chain in an interpreter that compiles nothing."""
    program = (
        "from labsim.foundations import compiled, randomness as r; assert not compiled.COMPILED; "
        "print([r.uniform(s, r.Decision.REPORT, -3, s * 77 + 2**40).hex() for s in range(20)])"
    )
    environment = {**os.environ, "LABSIM_COMPILER": "off"}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=root, env=environment, check=True
    )
    assert done.stdout.strip() == str([uniform(s, Decision.REPORT, -3, s * 77 + 2**40).hex() for s in range(20)])


def test_there_is_no_generator_to_seed():
    module = importlib.import_module("labsim.foundations.randomness")
    state = [n for n, v in vars(module).items() if isinstance(v, (list, dict, np.ndarray)) and not n.startswith("__")]
    assert state == []
