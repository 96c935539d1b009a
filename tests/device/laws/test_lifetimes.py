"""Lifetimes in closed form, beside the integral of the law's own rate."""

import math
from types import SimpleNamespace

import numpy as np
import pytest

from acanthite import film
from acanthite.constants import conductance_quantum
from acanthite.device import Filament
from acanthite.device.laws.contact import contact_rates
from acanthite.device.laws.lifetimes import capillary_lifetime

VALUES = Filament.from_film(film.grow()).values
P = SimpleNamespace(**VALUES)
LINES = P.body_resistance + P.series_resistance


def radius(device):
    """Return the radius added to the first atom, of a device of this conductance."""
    channels = device / (1 - device * LINES) / conductance_quantum
    return 2 / P.fermi_wavenumber * math.sqrt(channels - 1)


@pytest.mark.parametrize("device", [160e-6, 400e-6, 1e-3])
def test_it_is_the_integral_of_the_laws_decay(device):
    r = np.linspace(radius(device / 2) if device > 155e-6 else 1e-12, radius(device), 20001)
    contact = SimpleNamespace(
        phase=1.0, touching=1.0, gap=0.0, radial_factor=1.0, rupture_factor=1.0
    )
    loss = []
    for contact.radius in r:
        loss.append(contact_rates(contact, 0.0, P)[1])
    expected = np.trapezoid(1 / (np.array(loss) * r), r)
    assert float(capillary_lifetime(device, VALUES)) == pytest.approx(expected, rel=1e-3)


def test_below_a_quantum_there_is_none():
    assert np.isnan(capillary_lifetime([1e-9, 70e-6], VALUES)).all()
