"""The gates pass on methods that are right, scaled down, and fail on methods that are not."""

from dataclasses import replace

import numpy as np
import pytest

from labsim.analysis import gates as module
from labsim.analysis.gates import band, gates
from labsim.analysis.paired import Paired, paired


def test_every_gate_passes_scaled_down():
    found = list(gates(hard=0.1))
    assert len(found) == 11
    assert [one.name.en for one in found if not one.passed] == []


def test_the_band_of_the_null_contest_is_the_one_that_was_fixed():
    assert band(400, 0.05) == (7, 36)
    assert band(200, 0.9) == (165, 192)


def test_a_wrong_method_fails_its_gate(monkeypatch: pytest.MonkeyPatch):
    def overconfident(before: np.ndarray, after: np.ndarray) -> Paired:
        one = paired(before, after)
        return replace(one, low=one.difference - one.error, high=one.difference + one.error, higher_in_worlds=0.85)

    monkeypatch.setattr(module, "paired", overconfident)
    monkeypatch.setattr(module, "discover", lambda *a, **k: None)
    monkeypatch.setattr(module, "select", lambda sample, n, delta: type("S", (), {"best": (0,)}))
    failed = {one.name.en for one in gates(hard=0.1) if not one.passed}
    for part in (
        "null contest: equal policies, luck",
        "known difference",
        "stated chance",
        "best of ten",
        "PRIM: a box",
    ):
        assert any(part in name for name in failed), part
