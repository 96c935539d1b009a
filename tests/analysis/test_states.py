"""Retention and endurance of states drawn by hand."""

import numpy as np
import pytest

from acanthite.analysis import endurance, retained
from acanthite.errors import AnalysisError
from acanthite.measurement import build_recording


def reads(g, dims):
    g = np.asarray(g, float)
    v = np.full(g.shape, 5e-3)
    return build_recording(
        {
            "voltage": (dims, v),
            "current": (dims, v * g),
            "time": (dims[-1:], np.arange(g.shape[-1], dtype=float)),
        },
        {},
        {},
    )


def test_failures_are_counted_on_each_side():
    g = np.tile([1e-3, 1e-9], (1, 10, 1))
    g[0, 3, 0], g[0, 5, 1], g[0, 6, 1] = 1e-9, 1e-3, 1e-3
    found = endurance(reads(g, ("device", "cycle", "pulse")))
    assert found.set_failures.tolist() == [1]
    assert found.reset_failures.tolist() == [2]
    assert found.good_share.tolist() == [0.7]


def test_endurance_wants_two_states():
    with pytest.raises(AnalysisError, match="3 pulses a cycle"):
        endurance(reads(np.ones((1, 2, 3)), ("device", "cycle", "pulse")))


def test_retained_share():
    g = np.array([[[1e-3, 9e-4]]])
    assert retained(reads(g, ("device", "cycle", "sample"))).item() == pytest.approx(0.9)
