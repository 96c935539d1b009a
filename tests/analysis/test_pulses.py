"""Pulse energy, levels and recovery of resistors and of an RC-like tail."""

import numpy as np
import pytest
from laws import one_state, resistor_of

from acanthite.analysis import conductance, pulse_energy, read_levels, recovery_time
from acanthite.errors import AnalysisError
from acanthite.measurement import Instrument, PulseLadder, PulseTrain, Sweep, run

QUIET = Instrument("quiet", 0.1, 0.0, 0.0)


resistor = resistor_of(1e-6)


FOLLOWS = {"drive": 0.06 / 2e-6, "fade": 1 / 2e-6, "g": 1e-6, "i_x": -1e-6}
polarising = one_state("polarising", initial=0.0, lower=-1.0, stores_charge=True, **FOLLOWS)


def test_energy_of_a_resistor():
    width, edge, v, base = 1e-6, 2e-8, -0.3, 5e-3
    train = run(
        resistor.sample(2, seed=1),
        PulseTrain(v, width, edge, 3, base, samples=200),
        instrument=QUIET,
    )
    energy = pulse_energy(train).values
    ramp = edge / 3 * (v * v + v * base + base * base)
    expected = 1e-6 * (v * v * (width - edge) + 2 * ramp)
    np.testing.assert_allclose(energy, expected, rtol=2e-3)


def test_levels_of_a_resistor():
    train = run(resistor.sample(2, seed=1), PulseTrain(samples=20), instrument=QUIET)
    np.testing.assert_allclose(read_levels(train).values, 1e-6, rtol=1e-9)
    assert (recovery_time(train).values == 0).all()


def test_recovery_of_an_exponential_tail():
    train = run(
        polarising.sample(1, seed=1),
        PulseTrain(count=1, samples=400),
        instrument=QUIET,
        tolerance=1e-5,
    )
    start = 0.3 * 0.06 * (1 - np.exp(-1e-6 / 2e-6))
    expected = 2e-6 * np.log(start / (0.1 * 5e-3 * 0.94))
    assert recovery_time(train).item() == pytest.approx(expected, rel=0.05)


def test_conductance_of_a_ladder():
    reads = run(resistor.sample(1, seed=1), PulseLadder(2, 2, 2), instrument=QUIET)
    g = conductance(reads)
    assert g.attrs["units"] == "S"
    np.testing.assert_allclose(g.values, 1e-6, rtol=1e-9)


def test_what_is_no_pulse_is_refused():
    loop = run(resistor.sample(1, seed=1), Sweep(-0.1, step=0.05), instrument=QUIET)
    with pytest.raises(AnalysisError, match="pulse, sample"):
        pulse_energy(loop)
    with pytest.raises(AnalysisError, match="voltages are zero"):
        conductance(loop)
