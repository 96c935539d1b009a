"""Noise of a contact against its resistance: exponents, Hooge's bulk, what the hypotheses share."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from acanthite.constants import conductance_quantum, nm
from acanthite.device import ContactNoise
from acanthite.device.noise import maxwell_resistance
from acanthite.errors import LawError

SCATTERERS, CARRIERS = (ContactNoise.of(hypothesis=h) for h in ("scatterers", "carriers"))


def slope(noise, resistance):
    """Return d ln(dI / I) / d ln R."""
    low, high = noise.relative(np.array([resistance / 1.01, resistance * 1.01]), 1.0, 1e4)
    return math.log(high / low) / (2 * math.log(1.01))


@pytest.mark.parametrize(("noise", "ballistic"), [(SCATTERERS, 0.25), (CARRIERS, 0.75)])
def test_exponents_in_both_limits(noise, ballistic):
    assert slope(noise, 1e-3 * noise.crossover_resistance) == pytest.approx(1.5, abs=0.01)
    assert slope(noise, 1e5 * noise.crossover_resistance) == pytest.approx(ballistic, abs=0.01)


@given(st.floats(1e-2, 1e5))
def test_the_exponent_lies_between_its_limits_and_scatterers_never_make_more(resistance):
    assert 0.25 - 1e-6 <= slope(SCATTERERS, resistance) <= slope(CARRIERS, resistance) + 1e-6
    assert slope(CARRIERS, resistance) <= 1.5 + 1e-6
    assert SCATTERERS.intensity(resistance) <= CARRIERS.intensity(resistance)


def test_both_are_one_where_the_contact_is_diffusive():
    wide = 1e-4 * SCATTERERS.crossover_resistance
    assert SCATTERERS.intensity(wide) == pytest.approx(CARRIERS.intensity(wide), rel=1e-3)


def test_the_crossover_is_where_the_parts_are_alike():
    a = SCATTERERS.radius(SCATTERERS.crossover_resistance)
    half = 0.5 * SCATTERERS.crossover_resistance
    assert maxwell_resistance(a, SCATTERERS.resistivity) == pytest.approx(half, rel=1e-9)


def test_the_intensity_is_the_sum_over_the_defects_around_the_contact():
    """C = (1/4) nu int delta(r)^2 dV, which is Hooge's alpha / n over 20 pi a^3."""
    R = 1e-3 * CARRIERS.crossover_resistance
    a = float(CARRIERS.radius(R))
    reach = CARRIERS.mean_free_path * CARRIERS.cross_section

    def of_shell(x):
        step = reach / (4 * math.pi * a**3) / x**4
        return step**2 * 4 * math.pi * a**3 * x**2

    summed = 0.25 * CARRIERS.density * quad(of_shell, 1, np.inf)[0]
    hooge = CARRIERS.hooge_constant / (CARRIERS.carrier_density * 20 * math.pi * a**3)
    assert CARRIERS.intensity(R) == pytest.approx(summed, rel=1e-6)
    assert CARRIERS.intensity(R) == pytest.approx(hooge, rel=1e-6)


def test_a_scatterer_changes_the_same_conductance_however_wide_a_ballistic_contact():
    ballistic = replace(SCATTERERS, mean_free_path=1e-6, resistivity=8.46e-10)
    radius = np.array([0.5 * nm, 1 * nm, 2 * nm])
    R = 4 * 8.46e-16 / (3 * math.pi * radius**2)
    changes = ballistic.step(R) / R / conductance_quantum
    np.testing.assert_allclose(changes, changes[0], rtol=0.02)


def test_the_cross_section_says_how_many_fluctuators_not_how_much_noise():
    coarse = replace(SCATTERERS, cross_section=10 * SCATTERERS.cross_section)
    assert coarse.intensity(1e3) == pytest.approx(float(SCATTERERS.intensity(1e3)))
    assert coarse.inside(1e3) == pytest.approx(float(SCATTERERS.inside(1e3)) / 100)


def test_below_a_quantum_of_conductance_a_device_has_no_contact():
    levels = np.array([1e-9, 0.5 * conductance_quantum, 2 * conductance_quantum])
    of_device = SCATTERERS.of_device(levels, 1.0, 1e4)
    assert of_device[:2].tolist() == [0.0, 0.0]
    assert of_device[2] == SCATTERERS.relative(1 / levels[2], 1.0, 1e4)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"hypothesis": "carrier"}, r"hypothesis = 'carrier'.*did you mean 'carriers'"),
        ({"hooge_constant": 0.0}, "hooge_constant"),
        ({"mean_free_path": math.nan}, "mean_free_path"),
        ({"slowest_rate": 1e9}, "expected slowest_rate < fastest_rate"),
    ],
)
def test_a_noise_that_makes_no_sense_is_refused(change, message):
    with pytest.raises(LawError, match=message):
        replace(SCATTERERS, **change)


@pytest.mark.parametrize("band", [(0.0, 1.0), (2.0, 1.0), (1.0, math.nan)])
def test_an_empty_band_is_refused(band):
    with pytest.raises(LawError, match=r"contact noise: (lowest|highest)"):
        SCATTERERS.relative(1e3, *band)
