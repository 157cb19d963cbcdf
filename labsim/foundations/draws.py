"""The same draw for many: arrays of addressed uniforms, and the k smallest of them.

Takes: a seed, a decision, a step and ids. Gives: arrays, one number per id.
"""

import numpy as np
from numpy.typing import NDArray

from labsim.foundations.arithmetic import normal_quantile
from labsim.foundations.compiled import kernel
from labsim.foundations.randomness import uniform


@kernel
def _fill_uniforms(seed: int, decision: int, step: int, ids: NDArray[np.int64], out: NDArray[np.float64]) -> None:
    for i in range(ids.shape[0]):
        out[i] = uniform(seed, decision, step, ids[i])


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
    _fill_uniforms(int(seed), int(decision), int(step), np.ascontiguousarray(ids, dtype=np.int64), out)
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
