"""Resistance of a constriction: the two limits, and back to the radius."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

from acanthite.constants import conductance_quantum, nm, um
from acanthite.device.noise import (
    constriction_radius,
    constriction_resistance,
    maxwell_resistance,
    sharvin_resistance,
)
from acanthite.parameters import AG2S

RHO_L = AG2S.value("filament.resistivity_mean_free_path")
radii = st.floats(1e-10, 1e-4)
paths = st.floats(1e-10, 1e-6)


@given(radii, paths)
def test_the_radius_comes_back(radius, path):
    resistance = constriction_resistance(radius, RHO_L / path, path)
    assert constriction_radius(resistance, RHO_L / path, path) == pytest.approx(radius, rel=1e-9)


@given(radii, paths)
def test_a_wide_constriction_is_maxwells_and_a_narrow_one_sharvins(radius, path):
    rho = RHO_L / path
    total = constriction_resistance(radius, rho, path)
    ratio = radius / path
    assert total * (1 + 1e-12) >= max(
        sharvin_resistance(radius, rho, path), maxwell_resistance(radius, rho)
    )
    if ratio > 1e3:
        assert total == pytest.approx(rho / (2 * radius), rel=1e-3)
    if ratio < 1e-3:
        assert total == pytest.approx(4 * RHO_L / (3 * np.pi * radius**2), rel=2e-3)


def test_the_radius_is_the_root_scipy_finds():
    rho, path = 2e-7, 4 * nm
    for resistance in (0.5, 60.0, 5e3):
        root = brentq(
            lambda a, R=resistance: float(constriction_resistance(a, rho, path)) - R, 1e-11, 1e-5
        )
        assert float(constriction_radius(resistance, rho, path)) == pytest.approx(root, rel=1e-6)


def test_sharvins_resistance_counts_the_channels_of_silver():
    """One over G0 (k_F a / 2)^2, by silver's Fermi wavenumber, to a few per cent."""
    wavenumber = AG2S.value("filament.fermi_wavenumber")
    a = 1 * nm
    channels = (wavenumber * a / 2) ** 2
    resistance = float(sharvin_resistance(a, RHO_L / um, 1 * um))
    assert resistance == pytest.approx(1 / (conductance_quantum * channels), rel=0.02)
