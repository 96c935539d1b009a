"""Moments of what loops show."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acanthite import fitting
from acanthite.fitting.moments.moments import (
    NAMES,
    OBSERVABLES,
    bootstrap,
    joined,
    moments,
    observe,
)
from acanthite.measurement import Sweep, run
from acanthite.random import generator


def sample(devices: int, cycles: int, seed: int = 1) -> np.ndarray:
    draw = generator(seed, "moments")
    between = 0.4 * draw.standard_normal((len(OBSERVABLES), devices, 1))
    return -1.5 + between + 0.1 * draw.standard_normal((len(OBSERVABLES), devices, cycles))


def test_moments_are_those_drawn_from():
    found = dict(zip(NAMES, moments(sample(2000, 5)), strict=True))
    assert found["set_voltage middle"] == pytest.approx(-1.5, abs=0.03)
    assert found["set_voltage between"] == pytest.approx(np.log(0.4), abs=0.05)
    assert found["set_voltage within"] == pytest.approx(np.log(0.1), abs=0.05)


@given(shift=st.floats(-5, 5), seed=st.integers(0, 50))
@settings(max_examples=20, deadline=None)
def test_a_common_factor_moves_middles_and_no_spread(shift, seed):
    logs = sample(8, 3, seed)
    change = moments(logs + shift) - moments(logs)
    middle = np.array([name.endswith("middle") for name in NAMES])
    np.testing.assert_allclose(change, np.where(middle, shift, 0.0), atol=1e-9)


def test_one_cycle_has_no_spread_within_and_two_devices_none_between():
    assert np.isnan(moments(sample(8, 1))[2::3]).all()
    assert np.isnan(moments(sample(2, 4))[1::3]).all()


def test_missed_loops_do_not_count():
    logs = sample(6, 4)
    padded = joined(
        [logs[:, :3], np.pad(logs[:, 3:], ((0, 0), (0, 0), (0, 2)), constant_values=np.nan)]
    )
    assert padded.shape == (4, 6, 6)
    np.testing.assert_allclose(moments(padded), moments(logs))


def test_bootstrap_has_the_error_of_a_mean():
    logs = sample(60, 3)
    error = np.sqrt(bootstrap(logs, 0)[0, 0])
    assert error == pytest.approx(np.median(logs[0], axis=-1).std() / np.sqrt(60), rel=0.15)


def test_loops_that_do_not_set_show_nothing():
    silent = run(fitting.filament().sample(2, seed=1), Sweep(-0.02, 0.02, rate=5.0, step=1e-3))
    assert np.isnan(observe(silent)).all()
