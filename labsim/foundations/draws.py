"""The same draw for many: arrays of addressed uniforms, and the k smallest of them.

Takes: a seed, a decision, a step and ids. Gives: arrays, one number per id.
"""

import numpy as np
from numpy.typing import NDArray

from labsim.foundations.arithmetic import normal_quantile
from labsim.foundations.compiled import kernel
from labsim.foundations.randomness import WORDS, philox_round

TOGETHER = 1024
"""Residents whose words are drawn together by :func:`fill_words`."""


_WORD = 0xFFFFFFFF


@kernel
def fill_uniforms(seed: int, decision: int, step: int, ids: NDArray[np.int64], out: NDArray[np.float64]) -> None:
    """Fill in ``uniform(seed, decision, step, id)`` for every id; see :func:`uniforms`, which kernels cannot call."""
    k0 = seed & _WORD
    k1 = (seed >> 32) & _WORD
    for i in range(ids.shape[0]):
        agent = int(ids[i])
        c0, c1, c2, c3 = agent & _WORD, (agent >> 32) & _WORD, step & _WORD, (decision + 0) & _WORD
        c0, c1, c2, c3 = philox_round(c0, c1, c2, c3, k0, k1, 0)
        c0, c1, c2, c3 = philox_round(c0, c1, c2, c3, k0, k1, 1)
        c0, c1, c2, c3 = philox_round(c0, c1, c2, c3, k0, k1, 2)
        c0, c1, c2, c3 = philox_round(c0, c1, c2, c3, k0, k1, 3)
        c0, c1, c2, c3 = philox_round(c0, c1, c2, c3, k0, k1, 4)
        c0, c1, c2, c3 = philox_round(c0, c1, c2, c3, k0, k1, 5)
        c0, c1, c2, c3 = philox_round(c0, c1, c2, c3, k0, k1, 6)
        c0, c1, c2, c3 = philox_round(c0, c1, c2, c3, k0, k1, 7)
        c0, c1, c2, c3 = philox_round(c0, c1, c2, c3, k0, k1, 8)
        c0, c1, c2, c3 = philox_round(c0, c1, c2, c3, k0, k1, 9)
        out[i] = ((c0 >> 6) * 67108864.0 + (c1 >> 6) + 0.5) * 2.220446049250313e-16


@kernel
def _to_normals(keys: NDArray[np.float64]) -> None:
    for i in range(keys.shape[0]):
        keys[i] = normal_quantile(keys[i])


def uniforms(seed: int, decision: int, step: int, ids: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return ``uniform(seed, decision, step, id)`` for every id.

    Args:
        seed: the replication, below 2**63.
        decision: a ``Decision``.
        step: the day, or the how-manieth event of its kind.
        ids: stable ids, shape (n,).

    Returns:
        Shape (n,), in the order of ``ids``.
    """
    out = np.empty(len(ids), dtype=np.float64)
    # Plain ints: a compiled function would otherwise be specialised for every enum.
    fill_uniforms(int(seed), int(decision), int(step), np.ascontiguousarray(ids, dtype=np.int64), out)
    return out


def normals(seed: int, decision: int, step: int, ids: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the standard normal number that belongs to the address of every id."""
    out = uniforms(seed, decision, step, ids)
    _to_normals(out)
    return out


def ranks(keys: NDArray[np.float64], ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the place of everyone when ordered by key: 0 for the smallest, ids break ties."""
    place = np.empty(len(keys), dtype=np.int64)
    place[np.lexsort((ids, keys))] = np.arange(len(keys))
    return place


@kernel
def fill_words(seed: int, decision: int, step: int, group: int, out: NDArray[np.uint32]) -> None:
    """Fill in the 32-bit words (``randomness.word``) of 1,024 residents, for decisions that all take each day.

    One Philox block serves four residents, and its rounds stand one after the other, so that the compiler can
    take eight blocks at once: a draw costs a tenth of :func:`uniforms`.

    Args:
        seed: the replication.
        decision: a ``Decision``.
        step: the day.
        group: ids ``1024 * group`` to ``1024 * group + 1023``.
        out: shape (1024,).
    """
    k0 = seed & _WORD
    k1 = (seed >> 32) & _WORD
    quarter = TOGETHER // 4
    first, second, third, fourth = (
        out[:quarter],
        out[quarter : 2 * quarter],
        out[2 * quarter : 3 * quarter],
        out[3 * quarter :],
    )
    for i in range(quarter):
        c0, c1, c2, c3 = group * quarter + i, 0, step & _WORD, decision + WORDS
        c0, c1, c2, c3 = philox_round(c0, c1, c2, c3, k0, k1, 0)
        c0, c1, c2, c3 = philox_round(c0, c1, c2, c3, k0, k1, 1)
        c0, c1, c2, c3 = philox_round(c0, c1, c2, c3, k0, k1, 2)
        c0, c1, c2, c3 = philox_round(c0, c1, c2, c3, k0, k1, 3)
        c0, c1, c2, c3 = philox_round(c0, c1, c2, c3, k0, k1, 4)
        c0, c1, c2, c3 = philox_round(c0, c1, c2, c3, k0, k1, 5)
        c0, c1, c2, c3 = philox_round(c0, c1, c2, c3, k0, k1, 6)
        c0, c1, c2, c3 = philox_round(c0, c1, c2, c3, k0, k1, 7)
        c0, c1, c2, c3 = philox_round(c0, c1, c2, c3, k0, k1, 8)
        first[i], second[i], third[i], fourth[i] = philox_round(c0, c1, c2, c3, k0, k1, 9)
