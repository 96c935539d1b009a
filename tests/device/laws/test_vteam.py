"""VTEAM: exact thresholds, and the switching time it has in closed form under a constant voltage."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acanthite.analysis import switching
from acanthite.device import VTEAM
from acanthite.measurement import Instrument, PulseLadder, Sweep, run

QUIET = Instrument("quiet", 10.0, 0.0, 0.0)
P = VTEAM.parameters


def share_after(voltage, time, **values):
    """Return (w - w_on) / (w_off - w_on) after one pulse, from a read far below both thresholds."""
    edge = 1e-6 * time
    program = PulseLadder(1, 1, 1, abs(voltage), time, edge, 1e-9, 1e-3, 1e-9)
    recording = run(VTEAM.sample(1, seed=1, **values), program, instrument=QUIET, tolerance=1e-6)
    read = recording.isel(pulse=0 if voltage < 0 else 1)
    resistance = float((read["voltage"] / read["current"]).squeeze())
    return (resistance - P["r_on"]) / (P["r_off"] - P["r_on"])


def speed(voltage):
    """Equation (1) of the paper."""
    if voltage < 0:
        return P["k_on"] * (voltage / P["v_on"] - 1) ** P["alpha_on"]
    return P["k_off"] * (voltage / P["v_off"] - 1) ** P["alpha_off"]


@settings(max_examples=15, deadline=None)
@given(st.floats(0.25, 1.0), st.floats(0.1, 0.95))
def test_constant_voltage_moves_the_wall_at_the_papers_speed(magnitude, share):
    full = (P["w_off"] - P["w_on"]) / abs(speed(-magnitude))  # closed-form switching time
    assert share_after(-magnitude, share * full) == pytest.approx(1 - share, abs=2e-4)


def test_it_is_on_exactly_after_the_switching_time():
    full = P["w_off"] / abs(speed(-0.5))
    assert share_after(-0.5, 0.99 * full) == pytest.approx(0.01, abs=1e-3)
    assert share_after(-0.5, 1.01 * full) == pytest.approx(0.0, abs=1e-9)


def test_reset_takes_its_own_closed_form_time():
    start, full = 0.0, P["w_off"] / speed(0.5)
    kernel, p = VTEAM.kernel(), VTEAM.sample(1, seed=1, v_on=-10.0).values[0]
    rates = np.zeros((2, 1))
    kernel.fill_rates(np.array([start]), 0.5, p, rates)
    assert P["w_off"] / rates[0, 0] == pytest.approx(full, rel=1e-12)


def test_set_is_at_negative_voltage():
    loops = run(VTEAM.sample(1, seed=1), Sweep(-1.0, 1.0, rate=1e7, step=0.01), instrument=QUIET)
    assert switching(loops).polarity == -1


@pytest.mark.parametrize(("first", "second"), [(-0.1999, 0.0), (-0.1999, 0.01999)])
def test_nothing_moves_between_the_thresholds(first, second):
    recording = run(
        VTEAM.sample(1, seed=1),
        Sweep(first, second, rate=1e-3, cycles=2, step=0.01),
        instrument=QUIET,
    )
    inner = recording["applied"].values != 0
    i = recording["current"].values[0][:, inner]
    np.testing.assert_allclose(recording["applied"].values[inner] / i, P["r_off"], rtol=1e-12)


def test_just_beyond_a_threshold_it_moves():
    assert share_after(-0.2001, 1.0) < 1.0
    assert share_after(-0.1999, 1.0) == pytest.approx(1.0, rel=1e-12)


def test_the_exponential_resistance_has_the_same_ends():
    for start, resistance in (("w_on", P["r_on"]), ("w_off", P["r_off"])):
        device = VTEAM.sample(1, seed=1, exponential=1.0)
        i = VTEAM.kernel().law_current(np.array([P[start]]), 0.01, device.values[0])
        assert 0.01 / i == pytest.approx(resistance, rel=1e-12)
    middle = VTEAM.kernel().law_current(np.array([0.5 * P["w_off"]]), 0.01, device.values[0])
    assert 0.01 / middle == pytest.approx(np.sqrt(P["r_on"] * P["r_off"]), rel=1e-12)
