"""The closed form of the set voltage against quadrature and against the simulated law."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from acanthite import film
from acanthite.analysis import switching
from acanthite.constants import boltzmann, eV
from acanthite.device import Filament
from acanthite.device.laws.nucleation import RampNucleation
from acanthite.measurement import Instrument, Sweep, run

KT = 300 * boltzmann


@given(st.floats(0.02, 0.1), st.floats(0.1, 0.6), st.floats(0.1, 100))
def test_hazard_is_the_integral_of_the_rate(field, top, rate):
    n = RampNucleation(1e13, 0.5 * eV, field * eV, KT, rate)

    def hazard(v):
        return 1e13 * np.exp(-0.5 * eV / KT - field * eV / (KT * v)) / rate if v > 0 else 0.0

    expected, _ = quad(hazard, 0, top, points=[0.9 * top], epsabs=0, epsrel=1e-9, limit=200)
    assert float(n.hazard(top)) == pytest.approx(expected, rel=1e-5, abs=1e-300)


@given(st.floats(0.0, 30e-3))
def test_survival_falls_from_one_to_zero(sigma):
    n = RampNucleation(1e14, 0.5 * eV, 0.045 * eV, KT, 5.0, sigma * eV)
    s = n.survival(np.linspace(0, 2, 200))
    assert s[0] == pytest.approx(1.0)
    assert (np.diff(s) <= 1e-12).all()
    assert s[-1] < 1e-6


def test_moments_are_those_of_the_simulated_law():
    nominal = Filament.from_film(film.grow())
    p = nominal.values
    n = RampNucleation(
        p["site_number"] * p["attempt_rate"],
        p["migration_barrier"],
        p["nucleation_field"],
        p["kT"],
        5.0,
        nominal.device_barrier,
    )
    loops = run(
        nominal.sample(2000, seed=11),
        Sweep(-0.5, rate=5.0, step=1e-3),
        instrument=Instrument("quiet", 0.1, 0.0, 0.0),
    )
    v = np.abs(switching(loops).set_voltage[:, 0])
    mean, sd = n.moments()
    assert v.mean() == pytest.approx(mean, abs=4 * sd / np.sqrt(v.size) + 1e-3)
    assert v.std() == pytest.approx(sd, rel=0.08)


def test_a_faster_ramp_sets_later():
    slow, fast = (
        RampNucleation(1e14, 0.5 * eV, 0.045 * eV, KT, r).moments()[0] for r in (0.1, 10.0)
    )
    assert fast > slow
