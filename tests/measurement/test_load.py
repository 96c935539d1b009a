"""Loads against ngspice, closed forms and Kirchhoff."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from laws import one_state, resistor_of, selector

from acanthite.device import ContactNoise, Filament
from acanthite.errors import ProgramError
from acanthite.film import grow
from acanthite.measurement import (
    CurrentSweep,
    Instrument,
    Load,
    Sweep,
    Transistor,
    Waveform,
    run,
)

pytestmark = pytest.mark.long

QUIET = Instrument("quiet", 10.0, 0.0, 0.0)
needs_ngspice = pytest.mark.skipif(shutil.which("ngspice") is None, reason="no ngspice")


resistor = resistor_of(1e-4)


drifting = one_state("drifting", initial=0.1, push=20.0, g=1e-5, g_x=1e-3)


def closing(threshold=0.4, speed=1e13, g_off=1e-9):
    """Return a contact that closes at a constant speed above a voltage, and stays closed."""
    moves = {"front": speed, "threshold": threshold, "latch": 1.0}
    kind = one_state("closing", initial=0.0, set_polarity=1, **moves, g=g_off, g_xx=1e-3 - g_off)
    return kind.sample(1, seed=1)


def ngspice(tmp_path, circuit: str, *vectors: str) -> np.ndarray:
    """Return the vectors of an analysis, one a column, its axis first."""
    out = tmp_path / "out.txt"
    control = f"set wr_singlescale\nset numdgt=12\nrun\nwrdata {out} {' '.join(vectors)}\nquit"
    deck = tmp_path / "deck.cir"
    deck.write_text(f"* deck\n{circuit}\n.control\n{control}\n.endc\n.end\n")
    subprocess.run(["ngspice", "-b", str(deck)], check=True, capture_output=True, cwd=tmp_path)
    return np.loadtxt(out)


# --- a resistance in series ---


@settings(max_examples=30)
@given(
    st.floats(1e-9, 1e-1),
    st.floats(1e-3, 1e9),
    st.floats(0.01, 2.0),
)
def test_a_divider_is_met_to_the_last_digits(g, resistance, volts):
    measured = run(
        resistor.sample(1, seed=1, g=g),
        Sweep(-volts, volts, step=volts / 5),
        instrument=QUIET,
        load=Load(resistance),
    )
    applied = measured["applied"].values
    wanted = applied / (1.0 + g * resistance)
    np.testing.assert_allclose(measured["voltage"].values[0, 0], wanted, rtol=1e-14, atol=0)
    np.testing.assert_allclose(measured["current"].values[0, 0], g * wanted, rtol=1e-14, atol=0)


@settings(max_examples=30, deadline=None)
@given(st.floats(1.0, 1e8), st.floats(0.05, 2.0), st.sampled_from([selector, drifting]))
def test_kirchhoff_and_energy_hold_at_the_node(resistance, volts, device):
    measured = run(
        device.sample(1, seed=1),
        Sweep(volts, -volts, rate=100.0, step=volts / 7),
        instrument=QUIET,
        load=Load(resistance),
    )
    applied, v, i = (measured[n].values.ravel() for n in ("applied", "voltage", "current"))
    np.testing.assert_allclose(v + resistance * i, applied, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(applied * i, v * i + resistance * i**2, rtol=1e-9, atol=1e-18)
    assert np.all(i[applied == 0.0] == 0.0)
    assert np.all(i * applied >= 0.0)


def test_a_limit_below_what_the_divider_passes_holds():
    measured = run(
        resistor.sample(1, seed=1, g=1e-3),
        Sweep(-1.0, 1.0, compliance=1e-4),
        instrument=QUIET,
        load=Load(1e3),
    )
    i, v = measured["current"].values[0, 0], measured["voltage"].values[0, 0]
    applied = measured["applied"].values
    assert i.min() == pytest.approx(-1e-4, rel=1e-8)
    assert i.max() == pytest.approx(5e-4, rel=1e-12)
    np.testing.assert_allclose(v[applied < -0.2], -0.1, rtol=1e-8)


def test_a_series_resistance_slows_a_law_as_its_equations_say():
    """A drift in series with R, against its equations at the voltage that R leaves it."""
    r = 5e3
    devices = drifting.sample(1, seed=1)
    sweep = Sweep(0.5, rate=5.0, step=0.05)
    loaded = run(devices, sweep, instrument=QUIET, load=Load(r), tolerance=1e-7)
    from scipy.integrate import solve_ivp

    kernel = drifting.kernel()
    values, rates = devices.values[0].copy(), np.zeros((2, 1))

    def rate(t, y):
        v = 5.0 * t if t <= 0.1 else 1.0 - 5.0 * t
        g = kernel.law_current(y, 1.0, values)  # linear in the voltage
        kernel.fill_rates(y, v / (1.0 + g * r), values, rates)
        return rates[0] - rates[1] * y

    t = loaded["time"].values[0]
    exact = solve_ivp(
        rate, (0, t[-1]), devices.start()[:, 0], "LSODA", t, rtol=1e-11, atol=1e-14, max_step=1e-3
    ).y
    g = np.array([kernel.law_current(y.copy(), 1.0, values) for y in exact.T])
    v = loaded["applied"].values
    np.testing.assert_allclose(
        loaded["current"].values[0, 0], v * g / (1.0 + g * r), rtol=1e-5, atol=1e-12
    )
    assert np.ptp(exact) > 0.1


# --- a transistor ---


@needs_ngspice
@pytest.mark.parametrize("polarity", [1, -1])
@pytest.mark.parametrize(("resistance", "modulation"), [(0.0, 0.0), (0.0, 0.08), (2e3, 0.08)])
def test_a_1t1r_cell_is_that_of_ngspice(tmp_path, polarity, resistance, modulation):
    g, k, threshold, gate, reset_gate = 2e-4, 3e-4, 0.45, 1.1, 2.0
    end = f"""
Vg gate 0 {{gate}}
.model n nmos level=1 vto={threshold} kp={k} lambda={modulation}
.options reltol=1e-9 abstol=1e-16 vntol=1e-12 gmin=1e-18
.dc V 0 2 0.1"""
    series = resistance or 1e-3  # less would cost ngspice its digits
    set_deck = f"""V top 0 0
Rs top a {series}
Rd a d {1 / g}
M d gate 0 0 n w=1u l=1u""" + end.format(gate=gate)
    reset_deck = f"""V sl 0 0
M sl gate s 0 n w=1u l=1u
Rd s b {1 / g}
Rs b 0 {series}""" + end.format(gate=reset_gate)
    wanted = np.r_[
        -ngspice(tmp_path, set_deck, "i(V)")[:, -1], ngspice(tmp_path, reset_deck, "i(V)")[:, -1]
    ]
    load = Load(
        resistance,
        Transistor(gate, threshold, k, modulation, reset_gate, set_polarity=polarity),
    )
    volts = np.r_[np.linspace(0, 2, 21), -np.linspace(0, 2, 21)] * polarity
    corners = Waveform(np.arange(len(volts)), volts)
    measured = run(resistor.sample(1, seed=1, g=g), corners, instrument=QUIET, load=load)
    np.testing.assert_allclose(
        polarity * measured["current"].values[0, 0], wanted[1:], rtol=2e-6, atol=1e-12
    )


def test_the_gate_is_the_compliance_of_a_set():
    devices = Filament.from_film(grow()).sample(4, seed=2)
    cell = Load(transistor=Transistor(0.7, 0.5, 1e-3))
    loops = run(devices, Sweep(-1.0), instrument=QUIET, load=cell)
    wanted = cell.transistor.saturation_current
    assert float(abs(loops["current"]).max()) == pytest.approx(wanted, rel=1e-6)


# --- a capacitance ---


@settings(max_examples=25, deadline=None)
@given(
    st.floats(1e-7, 1e-2),
    st.floats(10.0, 1e6),
    st.floats(1e-14, 1e-9),
    st.floats(1e-3, 1e3),
)
def test_an_rc_circuit_is_met_in_closed_form(g, resistance, capacitance, rise):
    rate = (1.0 / resistance + g) / capacitance
    edge = rise / rate
    program = Waveform([0.0, edge, edge + 5.0 / rate], [0.0, 1.0, 1.0], samples=20)
    measured = run(
        resistor.sample(1, seed=1, g=g),
        program,
        instrument=QUIET,
        load=Load(resistance, capacitance=capacitance),
    )
    t = measured["time"].values[0]
    final = 1.0 / (1.0 + g * resistance)

    def ramp(t):
        return final / edge * (t + np.expm1(-rate * t) / rate)

    decay = np.exp(-rate * np.maximum(t - edge, 0.0))
    wanted = np.where(t <= edge, ramp(t), final - (final - ramp(edge)) * decay)
    np.testing.assert_allclose(measured["voltage"].values[0, 0], wanted, rtol=1e-5, atol=1e-7)


@needs_ngspice
def test_the_overshoot_at_set_is_that_of_ngspice(tmp_path):
    """A contact closes within 100 ns behind a source that is limited to 10 uA."""
    limit, resistance, capacitance = 1e-5, 100.0, 5e-11
    deck = f"""V src 0 PWL(0 0 1u 0.5 3u 0.5)
B src n I = min(max((V(src)-V(n))/{resistance}, -{limit}), {limit})
C n 0 {capacitance} IC=0
Bx 0 x I = time > 20u ? 0 : 1e5
Cx x 0 1 IC=0
Bd n 0 I = V(n)*(1e-6 + (1e-3-1e-6)*min(V(x),1)*min(V(x),1))
Bi i 0 V = V(n)*(1e-6 + (1e-3-1e-6)*min(V(x),1)*min(V(x),1))
.options reltol=1e-6 abstol=1e-12 vntol=1e-9 method=trap
.tran 0.5n 3u 0 0.5n uic"""
    theirs = ngspice(tmp_path, deck, "v(n)", "v(i)")
    program = Waveform([0.0, 1e-6, 3e-6], [0.0, 0.5, 0.5], limits=limit, samples=[200, 2000])
    ours = run(
        closing(threshold=-1.0, speed=1e5, g_off=1e-6),
        program,
        instrument=QUIET,
        load=Load(resistance, capacitance=capacitance),
    )
    t = ours["time"].values[0]
    for name, column in (("voltage", 1), ("device_current", 2)):
        wanted = np.interp(t, theirs[:, 0], theirs[:, column])
        np.testing.assert_allclose(
            ours[name].values[0, 0], wanted, atol=2e-3 * np.abs(wanted).max(), err_msg=name
        )
    assert float(abs(ours["current"]).max()) <= limit * (1 + 1e-12)


def test_a_sudden_set_discharges_the_capacitance_through_the_device():
    """Closed form: the contact starts with the voltage it broke at, V G, whatever the limit."""
    limit, capacitance, g_on = 1e-6, 1e-9, 1e-3
    shape = Waveform([0.0, 1.0, 2.0], [0.0, 0.5, 0.5], limits=limit, samples=100)
    measured = run(
        closing(),
        shape,
        instrument=QUIET,
        load=Load(50.0, capacitance=capacitance),
    )
    assert float(measured["peak_current"].max()) == pytest.approx(0.4 * g_on, rel=0.02)
    assert float(measured["current"].max()) <= limit * (1 + 1e-12)
    settled = measured["device_current"].values[0, 0, -1]
    assert settled == pytest.approx(limit, rel=1e-4)


def test_a_capacitance_needs_something_to_be_charged_through():
    with pytest.raises(ProgramError, match="charged through no resistance"):
        Load(capacitance=1e-12)
    with pytest.raises(ProgramError, match="neither resistance nor transistor"):
        Load()


# --- a source of current ---


@settings(max_examples=30)
@given(st.floats(1e-9, 1e-1), st.floats(1e-6, 1e-2))
def test_a_current_through_a_resistor_gives_its_voltage(g, amperes):
    sweep = CurrentSweep(-amperes, amperes, rate=amperes, step=amperes / 5, voltage_limit=0.5)
    measured = run(resistor.sample(1, seed=1, g=g), sweep, instrument=QUIET)
    wanted = np.clip(measured["applied_current"].values / g, -0.5, 0.5)
    np.testing.assert_allclose(measured["voltage"].values[0, 0], wanted, rtol=1e-12)
    np.testing.assert_allclose(measured["current"].values[0, 0], g * wanted, rtol=1e-12)


def test_what_a_current_drives_a_voltage_drives_back():
    devices = drifting.sample(1, seed=1)
    sweep = CurrentSweep(2e-5, -2e-5, rate=1e-4, step=2e-8)
    driven = run(devices, sweep, instrument=QUIET, tolerance=1e-6)
    corners = np.r_[0.0, driven["voltage"].values[0, 0]]
    times = np.r_[0.0, driven["time"].values[0]]
    back = run(devices, Waveform(times, corners), instrument=QUIET, tolerance=1e-6)
    largest = float(abs(driven["current"]).max())
    np.testing.assert_allclose(
        back["current"].values, driven["current"].values, atol=1e-4 * largest
    )


def test_noise_that_is_left_out_beside_a_capacitance_is_not_named():
    devices = replace(resistor.sample(2, seed=1), noise=ContactNoise.of())
    assert "noise" in run(devices, Sweep(-0.5)).attrs
    assert "noise" in run(devices, Sweep(-0.5), load=Load(resistance=1e3)).attrs
    cable = Load(resistance=1e3, capacitance=1e-12)
    assert "noise" not in run(devices, Sweep(-0.5), load=cable).attrs
