"""Thresholds of loops drawn by hand, of either polarity, with and without compliance."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from acanthite.analysis import switching
from acanthite.device import Filament
from acanthite.errors import AnalysisError
from acanthite.film import grow
from acanthite.measurement import Sweep, build_recording, run


def loops(v_set=0.2, v_reset=0.15, sign=-1, g_on=1e-3, g_off=1e-9, cycles=3, stop=0.4, step=0.01):
    up = np.arange(step, stop + step / 2, step)
    half = np.r_[up, up[-2::-1], 0.0]
    v = np.r_[sign * half, -sign * half]
    on, g = False, np.empty(v.size)
    for k, x in enumerate(v):
        on = (on or sign * x >= v_set) and not (-sign * x >= v_reset)
        g[k] = g_on if on else g_off
    dims = ("device", "cycle", "sample")
    shape = (2, cycles, v.size)
    return build_recording(
        {
            "voltage": (dims, np.broadcast_to(v, shape).copy()),
            "current": (dims, np.broadcast_to(v * g, shape).copy()),
            "time": (dims[1:], np.arange(cycles * v.size, dtype=float).reshape(cycles, v.size)),
        },
        {},
        {},
    )


@given(st.floats(0.05, 0.39), st.floats(0.05, 0.39), st.sampled_from([-1, 1]))
def test_thresholds_are_found_to_half_a_step(v_set, v_reset, sign):
    found = switching(loops(v_set, v_reset, sign))
    assert found.polarity == sign
    np.testing.assert_allclose(sign * found.set_voltage, v_set, atol=0.01)
    np.testing.assert_allclose(-sign * found.reset_voltage, v_reset, atol=0.01)


def test_conductances_and_range():
    found = switching(loops())
    np.testing.assert_allclose(found.lrs_conductance, 1e-3)
    np.testing.assert_allclose(found.hrs_conductance, 1e-9)
    assert found.dynamic_range.value == pytest.approx(1e6)


def test_a_loop_that_does_not_switch_gives_none():
    found = switching(loops(v_set=9.0))
    assert np.isnan(found.set_voltage).all()
    assert found.set_share == 0.0


def test_a_half_loop_has_no_reset():
    whole = loops()
    half = whole.isel(sample=slice(0, whole.sizes["sample"] // 2))
    found = switching(half)
    assert np.isfinite(found.set_voltage).all()
    assert np.isnan(found.reset_voltage).all()


def test_order_of_dims_does_not_matter():
    turned = loops().transpose("sample", "cycle", "device")
    np.testing.assert_allclose(switching(turned).set_voltage, switching(loops()).set_voltage)


def test_summary_says_which_polarity():
    text = str(switching(loops(sign=1)))
    assert "positive" in text
    assert "V_set" in text


def test_what_is_no_loop_is_refused():
    flat = loops().isel(sample=slice(0, 3))
    with pytest.raises(AnalysisError, match="double sweep"):
        switching(flat)
    with pytest.raises(AnalysisError, match="expected \\(device, cycle, sample\\)"):
        switching(loops().rename(sample="point"))


def test_loops_that_all_begin_in_lrs_have_no_hrs_and_say_so():
    devices = Filament.from_film(grow()).sample(2, seed=1)
    conducting = run(devices[[1]], Sweep(0.5, -0.5, cycles=2), after=Sweep(-0.5))
    result = switching(conducting)
    assert np.isnan(result.hrs_conductance).all()
    assert "HRS not read" in str(result)
    with pytest.raises(AnalysisError, match="no loop that sets begins in HRS"):
        _ = result.dynamic_range
