"""What is played to a law is what was measured."""

from __future__ import annotations

import numpy as np
import pytest

from acanthite.errors import FitError
from acanthite.fitting import curves
from acanthite.fitting.loops.playback import Playback


def test_played_back_a_simulated_loop_is_itself(population, loops):
    data = curves(loops)
    got = Playback(population.law).currents(list(zip(data, population.values, strict=True)))
    for curve, current in zip(data, got, strict=True):
        np.testing.assert_allclose(current, curve.current, rtol=0.03, atol=6e-9)


def test_a_cycle_is_preceded_by_the_one_before(loops):
    data = curves(loops, "cycle")
    assert len(data) == 2 * loops.sizes["device"]
    first, second = data[0], data[1]
    assert (first.cycle, second.cycle) == (1, 2)
    assert len(second.segments) == 2 * len(first.segments)
    assert second.recorded.sum() == second.current.size == first.current.size


def test_samples_without_a_current_are_played_but_not_compared(loops):
    holed = loops.copy(deep=True)
    holed["current"][0, 0, 5:9] = np.nan
    whole, curve = curves(loops)[0], curves(holed)[0]
    np.testing.assert_array_equal(curve.segments, whole.segments)
    assert curve.current.size == whole.current.size - 4


def test_without_times_a_rate_is_asked_for_and_taken(loops):
    timeless = loops.copy(deep=True)
    timeless["time"][:] = np.nan
    with pytest.raises(FitError, match="give the sweep's speed as rate"):
        curves(timeless)
    got, want = curves(timeless, rate=1.0)[0], curves(loops)[0]
    np.testing.assert_allclose(got.segments[:, 0], want.segments[:, 0], rtol=1e-9)


def test_several_recordings_keep_their_devices_apart(loops):
    assert len({c.label for c in curves([loops, loops])}) == 2 * loops.sizes["device"]


def test_bad_input_is_told(loops):
    with pytest.raises(FitError, match="each = 'wafer'; expected 'device' or 'cycle'"):
        curves(loops, "wafer")
    with pytest.raises(FitError, match="no variable 'current'"):
        curves(loops.drop_vars("current"))
    with pytest.raises(FitError, match="eight or more"):
        curves(loops.isel(sample=slice(3), cycle=slice(1)))
