"""Linear ion drift against its closed form: the charge is a function of the flux alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acanthite.device import LINEAR_DRIFT, linear_drift
from acanthite.errors import LawError
from acanthite.measurement import Instrument, Sweep, run

QUIET = Instrument("quiet", 10.0, 0.0, 0.0)
P = LINEAR_DRIFT.parameters
K = P["mobility"] * P["r_on"] / P["thickness"] ** 2


def swept(law=LINEAR_DRIFT, rate=4.0, top=1.0, **values):
    program = Sweep(top, -top, rate=rate, step=top / 100)
    recording = run(law.sample(1, seed=1, **values), program, instrument=QUIET, tolerance=1e-6)
    return (
        recording["applied"].values,
        recording["current"].values[0, 0],
        recording["time"].values[0],
    )


def current_of_flux(v, t, x0):
    """Strukov's q(phi): phi = R_off q - (R_off - R_on) (x0 q + K q^2 / 2), solved for q."""
    flux = np.cumsum(np.diff(np.r_[0, t]) * 0.5 * (v + np.r_[0, v[:-1]]))
    difference = P["r_off"] - P["r_on"]
    a, b = 0.5 * difference * K, P["r_off"] - difference * x0
    charge = (b - np.sqrt(b * b - 4 * a * flux)) / (2 * a)
    return v / (P["r_off"] - difference * (x0 + K * charge))


@settings(max_examples=20, deadline=None)
@given(st.floats(0.05, 0.3), st.floats(4.0, 100.0))
def test_closed_form_of_charge_and_flux(start, rate):
    v, i, t = swept(rate=rate, start=start)
    np.testing.assert_allclose(i, current_of_flux(v, t, start), rtol=1e-4, atol=1e-15)


@pytest.mark.parametrize("window", ["none", "joglekar", "biolek"])
def test_the_loop_is_pinched_and_shrinks_with_frequency(window):
    areas = []
    for rate in (4.0, 40.0, 400.0):
        v, i, _ = swept(linear_drift(window), rate)
        assert i[v == 0.0] == pytest.approx(0.0, abs=1e-18)
        lobe = slice(0, len(v) // 2)  # the two lobes of the eight cancel
        areas.append(abs(np.trapezoid(i[lobe], v[lobe])))
    assert areas[0] > 7 * areas[1] > 49 * areas[2]


def test_fast_enough_it_is_a_resistor():
    v, i, _ = swept(rate=1e5, start=0.3)
    inner = v != 0
    expected = P["r_on"] * 0.3 + P["r_off"] * 0.7
    np.testing.assert_allclose(v[inner] / i[inner], expected, rtol=1e-3)


def test_set_is_at_positive_voltage():
    v, i, _ = swept()
    half = len(v) // 2
    out, back = i[: half // 2], i[half // 2 : half]
    assert back[:-1].sum() > 1.02 * out.sum()


@pytest.mark.long
def test_windows_stop_the_front_at_its_ends():
    for window, start in (("joglekar", 0.0), ("joglekar", 1.0), ("biolek", 1.0)):
        v, i, _ = swept(linear_drift(window), start=start)
        first = slice(0, 100)
        resistance = P["r_on"] * start + P["r_off"] * (1 - start)
        np.testing.assert_allclose(i[first], v[first] / resistance, rtol=1e-6)


def test_an_unknown_window_is_named():
    with pytest.raises(LawError, match=r"window = 'jogleker'; .* did you mean 'joglekar'"):
        linear_drift("jogleker")
