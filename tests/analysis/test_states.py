"""Retention and endurance of states drawn by hand."""

import numpy as np
import pytest
import xarray as xr

from acanthite.analysis import endurance, levels_apart, retained
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


def test_levels_apart_needs_order_and_distance():
    def levels(*ends):
        runs = [reads([[[1e-4 * 2**k, end]]], ("device", "cycle", "sample")) for k, end in enumerate(ends)]
        return xr.concat(runs, "level", data_vars=["voltage", "current"])

    assert levels_apart(levels(1e-4, 2e-4, 4e-4)).all()
    assert not levels_apart(levels(1e-4, 1.2e-4, 4e-4)).any()
    assert not levels_apart(levels(3e-4, 2e-4, 9e-4)).any()


def test_levels_apart_needs_levels():
    with pytest.raises(AnalysisError, match="at least two levels"):
        levels_apart(reads(np.ones((1, 1, 2)), ("device", "cycle", "sample")))
