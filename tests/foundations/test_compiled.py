"""Pieces of the engine: linked into what calls them, without code, entry point or counters of their own."""

from typing import Any

import numpy as np
import pytest

from labsim.foundations.compiled import COMPILED, allocating_part, kernel, part

pytestmark = pytest.mark.skipif(not COMPILED, reason="the compiler is off")


@part
def _double_first(column: np.ndarray) -> None:
    column[0] *= 2.0


@kernel
def _doubled(column: np.ndarray) -> float:
    _double_first(column)
    return float(column[0])


@allocating_part
def _ordered(column: np.ndarray) -> float:
    return float(np.sort(column)[0])


@kernel
def _least(column: np.ndarray) -> float:
    return _ordered(column)


@part
def _makes_an_array(column: np.ndarray) -> float:
    return float(np.empty(len(column))[0] * 0.0)


def test_a_kernel_runs_its_pieces():
    column = np.array([3.0, 1.0])
    assert _doubled(column) == 6.0
    assert column[0] == 6.0
    assert _least(column) == 1.0


def test_a_piece_is_only_linked():
    piece: Any = _double_first
    piece.compile("void(float64[::1])")
    (compiled,) = piece.overloads.values()
    assert type(compiled.library).__name__ == "_LinkedOnly"
    assert "NRT_incref" not in compiled.library.get_llvm_str()


def test_a_piece_that_makes_arrays_says_so():
    """Without references nobody would ever free them."""
    piece: Any = _makes_an_array
    with pytest.raises(Exception, match="Only accept returning of array passed"):
        piece.compile("float64(float64[::1])")
