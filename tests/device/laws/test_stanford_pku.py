"""Stanford-PKU: the exponential current, the limits of the gap, switching time against voltage."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.integrate import quad, solve_ivp
from scipy.optimize import brentq

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
    recording = run(
        devices, Sweep(1.0, -1.0, step=0.05, rate=1e3), instrument=QUIET
    )  # below every threshold
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
        STANFORD_PKU.sample(1, seed=1, thermal_resistance=r, gap_start=0.3 * nm)
        for r in (0.0, 2.1e3)
    )
    kernel, rates = STANFORD_PKU.kernel(), np.zeros((2, 2, 1))
    for both, device in zip(rates, (cold, hot), strict=True):
        kernel.fill_rates(np.array([0.3 * nm]), -1.4, device.values[0], both)
    assert rates[1, 0, 0] > 2 * rates[0, 0, 0] > 0


def gaps(recording, values):
    """Return where the gap stands at samples that carry a current."""
    v = recording["voltage"].values[0, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = recording["current"].values[0, 0] / (values["i_0"] * np.sinh(v / values["v_0"]))
    return -values["g_0"] * np.log(ratio[np.abs(v) > 1e-3]), v[np.abs(v) > 1e-3]


@pytest.mark.long
@pytest.mark.parametrize(
    ("rate", "tolerance"), [(1.0, 1e-6), (0.01, 1e-3), (0.01, 1e-6), (1e-5, 1e-3)]
)
def test_a_slow_reset_holds_the_gap_where_the_field_is_least(rate, tolerance):
    program = Sweep(-1.4, rate=rate, step=0.01)
    devices = STANFORD_PKU.sample(1, seed=1, gap_start=P["gap_min"])
    recording = run(devices, program, instrument=QUIET, tolerance=tolerance)
    gap, v = gaps(recording, P)
    out = slice(0, np.argmin(v) + 1)
    edge = (
        np.clip((P["gamma_0"] - P["field_min"] * P["oxide"] / -v[out]) / P["beta"], 0.0, None)
        ** (1 / 3)
        * nm
    )
    np.testing.assert_allclose(gap[out], np.clip(edge, P["gap_min"], P["gap_max"]), atol=1e-5 * nm)
    np.testing.assert_allclose(gap[np.argmin(v) :], gap[np.argmin(v)], rtol=1e-9)


def test_under_a_current_limit_the_gap_closes_to_where_the_field_is_least():
    limit = 1e-3
    program = Sweep(2.5, rate=1.0, step=0.05, compliance=limit)
    recording = run(STANFORD_PKU.sample(1, seed=1), program, instrument=QUIET, tolerance=1e-6)

    def field(gap):
        left = P["v_0"] * math.asinh(limit / (P["i_0"] * math.exp(-gap / P["g_0"])))
        return gamma(gap) * left / P["oxide"] - P["field_min"]

    stop = brentq(field, P["gap_min"], P["gap_max"])
    assert gaps(recording, P)[0][-1] == pytest.approx(stop, rel=1e-4)


@pytest.mark.parametrize("start", ["gap_min", "gap_max"])
def test_agrees_with_scipy_heating_included(start):
    values = {**P, "field_min": 0.0, "thermal_resistance": 2e5, "gap_start": P[start]}
    devices = STANFORD_PKU.sample(
        1, seed=1, field_min=0.0, thermal_resistance=2e5, gap_start=P[start]
    )
    recording = run(
        devices, Sweep(-0.9, 0.9, rate=1.0, step=0.05), instrument=QUIET, tolerance=1e-6
    )
    t, v = recording["time"].values[0], recording["applied"].values

    def speed(now, gap):
        voltage = np.interp(now, np.r_[0, t], np.r_[0, v])
        current = (
            values["i_0"] * math.exp(-gap[0] / values["g_0"]) * math.sinh(voltage / values["v_0"])
        )
        hot = values["temperature"] + values["thermal_resistance"] * abs(voltage * current)
        beta = elementary_charge / (boltzmann * hot)
        drive = math.sinh(gamma(gap[0]) * values["hop"] / values["oxide"] * voltage * beta)
        rate = -values["velocity"] * math.exp(-values["activation"] * beta) * drive
        ahead = (gap[0] > values["gap_min"]) if rate < 0 else (gap[0] < values["gap_max"])
        return rate if ahead else 0.0

    truth, gap = [], np.array([P[start]])
    for a, b in zip(np.r_[0, t[:-1]], t, strict=True):
        step = solve_ivp(speed, (a, b), gap, method="LSODA", rtol=1e-9, atol=1e-9 * nm).y[:, -1]
        gap = np.clip(step, values["gap_min"], values["gap_max"])
        truth.append(gap[0])
    found, at = gaps(recording, values)
    np.testing.assert_allclose(found, np.array(truth)[np.abs(v) > 1e-3], atol=3e-4 * nm)
    assert np.ptp(found) > 0.5 * nm
    assert np.isfinite(at).all()


@pytest.mark.parametrize("most_steps", [200_000, pytest.param(None, marks=pytest.mark.slow)])
@given(
    top=st.floats(-10.0, 10.0).filter(lambda v: abs(v) > 0.05),
    rate=st.floats(-2.0, 7.0),
    limit=st.sampled_from([math.inf, 1e-2, 1e-4]),
    i_0=st.floats(-8.0, -1.0),
    v_0=st.floats(-2.0, 0.5),
    velocity=st.floats(-3.0, 4.0),
    gamma_0=st.floats(1.0, 100.0),
    field_min=st.sampled_from([0.0, 1e8, 1.4e9, 4e9]),
    heat=st.floats(0.0, 6.0),
    low=st.floats(0.02, 0.5),
    width=st.floats(0.1, 6.0),
    closed=st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_no_voltage_of_a_lab_takes_it_out_of_its_gaps(
    most_steps, top, rate, limit, i_0, v_0, velocity, gamma_0, field_min, heat, low, width, closed
):
    """A device in dozens takes up to millions of steps, minutes: the slow tests wait for it."""
    own = {
        "i_0": 10**i_0, "v_0": 10**v_0, "velocity": 10**velocity, "gamma_0": gamma_0, "field_min": field_min,
        "thermal_resistance": 10**heat, "gap_min": low * nm, "gap_max": (low + width) * nm,
    }  # fmt: skip
    p = np.array(list({**P, **own}.values()))
    y = np.array([own["gap_min" if closed else "gap_max"]])
    bounds = np.array([[own["gap_min"]], [own["gap_max"]], [own["gap_max"]]])
    corners = np.r_[0.0, top * np.linspace(0.1, 1.0, 10), top * np.linspace(0.9, -1.0, 20), 0.0]
    n = corners.size - 1
    duration = np.abs(np.diff(corners)) / 10**rate
    segments = np.column_stack([duration, corners[:-1], corners[1:], np.full(n, limit)])
    volts, amperes = np.empty((1, n)), np.empty((1, n))
    source = (
        segments,
        np.ones(n, bool),
        1,
        bounds,
        1e-3,
        (0, 0, 0),
        np.zeros(1, np.int64),
        np.zeros(STANFORD_PKU.kernel().WORK_SHAPE),
    )
    kernel = STANFORD_PKU.kernel()
    stuck = kernel.run(y, p, *source, np.zeros(6), volts, amperes, most_steps=most_steps)
    assume(most_steps is None or not stuck)
    assert not stuck
    assert np.isfinite(amperes).all()
    assert own["gap_min"] <= y[0] <= own["gap_max"]
    assert (np.abs(amperes) <= limit * (1 + 1e-6)).all()
    assert amperes[0, -1] == 0.0  # no current at no voltage
    assert (np.sign(amperes) == np.sign(corners[1:])).all()
