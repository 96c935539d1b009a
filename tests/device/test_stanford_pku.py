"""Stanford-PKU: the exponential current, the limits of the gap, switching time against voltage."""

import math

import numpy as np
import pytest
from scipy.integrate import quad

from acanthite.analysis import switching
from acanthite.constants import boltzmann, elementary_charge, nm
from acanthite.device import STANFORD_PKU
from acanthite.measurement import Instrument, PulseLadder, Sweep, run

QUIET = Instrument("quiet", 1.0, 0.0, 0.0)
P = STANFORD_PKU.parameters
BETA = elementary_charge / (boltzmann * P["temperature"])


def gamma(gap):
    return P["gamma_0"] - P["beta"] * (gap / nm) ** 3


def threshold(gap):
    """Where the enhanced field reaches ``field_min``."""
    return P["field_min"] * P["oxide"] / gamma(gap)


@pytest.mark.parametrize("gap", [0.2, 0.9, 1.7])
def test_current_is_exponential_in_gap_and_voltage(gap):
    devices = STANFORD_PKU.sample(1, seed=1, gap_start=gap * nm)
    recording = run(devices, Sweep(1.0, -1.0, step=0.05, rate=1e3), instrument=QUIET)  # below every threshold
    v = recording["applied"].values
    expected = P["i_0"] * math.exp(-gap * nm / P["g_0"]) * np.sinh(v / P["v_0"])
    np.testing.assert_allclose(recording["current"].values[0, 0], expected, rtol=1e-12, atol=1e-30)


def test_it_sets_where_the_enhanced_field_is_reached_and_stays_within_its_gaps():
    program = Sweep(1.6, -1.6, rate=1e4, step=0.01, cycles=2)
    recording = run(STANFORD_PKU.sample(1, seed=1), program, instrument=QUIET)
    found = switching(recording, jump=0.3)
    assert found.polarity == 1
    np.testing.assert_allclose(found.set_voltage, threshold(P["gap_max"]), atol=0.011)
    v = recording["voltage"].values
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = -P["g_0"] * np.log(recording["current"].values / (P["i_0"] * np.sinh(v / P["v_0"])))
    gap = gap[np.abs(v) > 0.01]
    assert gap.min() >= P["gap_min"] * (1 - 1e-6)
    assert gap.max() <= P["gap_max"] * (1 + 1e-6)


def closed_form_time(voltage, start, stop):
    """Integral of dg over its speed, heating left out."""

    def slowness(gap):
        speed = P["velocity"] * math.exp(-P["activation"] * BETA)
        return 1.0 / (speed * math.sinh(gamma(gap) * P["hop"] / P["oxide"] * voltage * BETA))

    return quad(slowness, stop, start)[0]


def gap_after(voltage, time):
    devices = STANFORD_PKU.sample(1, seed=1, thermal_resistance=0.0, field_min=0.0)
    # the ladder's negative pulse finds the gap at its upper bound, where it stays
    program = PulseLadder(1, 1, 1, voltage, time, 1e-6 * time, 1e-12, 1e-3, 1e-12)
    recording = run(devices, program, instrument=QUIET, tolerance=1e-6)
    ratio = recording["current"].values[0, 0, 1] / (P["i_0"] * math.sinh(1e-3 / P["v_0"]))
    return -P["g_0"] * math.log(ratio)


@pytest.mark.parametrize("voltage", [1.2, 1.6, 2.0])
def test_switching_time_is_that_of_the_closed_form(voltage):
    time = closed_form_time(voltage, P["gap_max"], 0.8 * nm)
    assert gap_after(voltage, time) == pytest.approx(0.8 * nm, rel=2e-4)


def test_the_time_falls_exponentially_with_the_voltage():
    low, high = (closed_form_time(v, P["gap_max"], 0.8 * nm) for v in (1.2, 2.0))
    slope = math.log(low / high) / 0.8
    steepest, flattest = (gamma(g) * P["hop"] / P["oxide"] * BETA for g in (0.8 * nm, P["gap_max"]))
    assert flattest < slope < steepest


def test_heating_speeds_it_up():
    cold, hot = (
        STANFORD_PKU.sample(1, seed=1, thermal_resistance=r, gap_start=0.3 * nm) for r in (0.0, 2.1e3)
    )
    kernel, rates = STANFORD_PKU.kernel(), np.zeros((2, 2, 1))
    for both, device in zip(rates, (cold, hot), strict=True):
        kernel.fill_rates(np.array([0.3 * nm]), -1.4, device.values[0], both)
    assert rates[1, 0, 0] > 2 * rates[0, 0, 0] > 0
