"""Joule heat: cold without current, Kohlrausch's relation where the body carries all, hotter with more."""

import numpy as np
import pytest

from acanthite import film
from acanthite.constants import boltzmann, elementary_charge, nm
from acanthite.device import Filament, filament_temperature

DEVICES = Filament.from_film(film.grow(film.Recipe(thickness=200 * nm))).sample(1, seed=1)


def test_no_contact_no_heat():
    np.testing.assert_allclose(filament_temperature(DEVICES, [[0.0, 0.3]], [[0.0, 1e-7]]), 300.0)


def test_kohlrausch_in_the_body():
    body, series = (
        DEVICES.parameter("body_resistance")[0],
        DEVICES.parameter("series_resistance")[0],
    )
    current = 0.3e-3
    voltage = current * (body + series) * (1 + 1e-6)
    lorenz = np.pi**2 / 3 * (boltzmann / elementary_charge) ** 2
    expected = np.sqrt(300.0**2 + (current * body) ** 2 / (4 * lorenz))
    assert filament_temperature(DEVICES, [[voltage]], [[current]]).item() == pytest.approx(
        expected, rel=1e-3
    )


def test_more_current_is_hotter():
    t = filament_temperature(
        DEVICES, np.array([[0.1, 0.2, 0.4]]), np.array([[0.08e-3, 0.16e-3, 0.32e-3]])
    )[0]
    assert (np.diff(t) > 0).all()
