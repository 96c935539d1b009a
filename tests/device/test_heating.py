"""Joule heat: cold without current, Kohlrausch's relation where the body carries all, hotter with more."""

import numpy as np
import pytest

from acanthite import film
from acanthite.constants import boltzmann, celsius, elementary_charge, nm
from acanthite.device import Filament, argentite_shell, filament_temperature

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


FLOW = np.array([[0.1, 0.2, 0.3, 0.4]]), np.array([[0.12e-3, 0.25e-3, 0.37e-3, 0.5e-3]])


def test_below_the_transition_nothing_is_transformed():
    cold = filament_temperature(DEVICES, *FLOW) < celsius(177.0)
    assert cold.any()
    assert not cold.all()
    radius, share = argentite_shell(DEVICES, *FLOW)
    assert (radius[cold] == 3 * nm).all()
    assert (share[cold] == 0.0).all()
    assert (np.diff(radius[~cold]) > 0).all()


def test_the_shell_ends_where_the_heat_of_a_cylinder_has_fallen_to_the_transition():
    """Laplace's equation between two cylinders: T is linear in ln r."""
    radius = argentite_shell(DEVICES, *FLOW)[0][0, -1]
    hottest = filament_temperature(DEVICES, *FLOW)[0, -1]
    inner, outer = 3 * nm, 100 * nm
    there = hottest - (hottest - 300.0) * np.log(radius / inner) / np.log(outer / inner)
    assert there == pytest.approx(celsius(177.0), rel=1e-9)


def test_shell_and_filament_are_resistors_side_by_side():
    radius, share = (x[0, -1] for x in argentite_shell(DEVICES, *FLOW))
    volts, amperes = FLOW[0][0, -1], FLOW[1][0, -1]
    shell = 2.5e-5 * 200 * nm / (np.pi * (radius**2 - (3 * nm) ** 2))
    filament = volts / amperes - DEVICES.parameter("series_resistance")[0]
    assert share == pytest.approx((1 / shell) / (1 / shell + 1 / filament), rel=1e-3)
