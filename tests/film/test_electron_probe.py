"""X-ray signals against the published range and closed forms."""

import numpy as np
import pytest

from acanthite.constants import keV, nm
from acanthite.errors import RecipeError
from acanthite.film.electron_probe import mass_depth, xray_signals
from acanthite.parameters import AG2S

_ENERGY = 4.5 * keV


def test_the_depth_is_that_of_anderson_and_hasler():
    """In um, g/cm3 and keV, as it is printed: R = 0.064 (E^1.68 - Ec^1.68) / rho."""
    printed = 0.064 * (4.5**1.68 - 2.472**1.68)
    assert mass_depth("S", _ENERGY) == pytest.approx(printed * 1e-6 * 1e3)


def test_below_an_edge_nothing_is_excited():
    assert mass_depth("Ag", 3.3 * keV) == 0.0
    with pytest.raises(RecipeError, match=r"energy = 3 keV; expected more than 3\.351 keV"):
        xray_signals([0.0], 50 * nm, 3 * keV)


def test_a_bare_film_gives_one_and_silver_takes_sulphur_away():
    height = np.linspace(0.0, 100 * nm, 51)
    signals = xray_signals(height, 50 * nm, _ENERGY)
    assert signals["Ag"][0] == signals["S"][0] == 1.0
    assert np.all(np.diff(signals["Ag"]) >= 0)
    assert np.all(np.diff(signals["S"]) <= 0)
    assert signals["S"][-1] == 0.0


def test_thick_silver_on_a_thick_film_gives_the_ratio_of_the_mass_shares():
    signals = xray_signals([1000 * nm], 1000 * nm, _ENERGY)
    assert signals["Ag"][0] == pytest.approx((2 * 107.868 + 32.06) / (2 * 107.868), rel=1e-3)


def test_the_density_of_the_film_is_that_of_acanthite():
    """7.2 to 7.3 g/cm3 in handbooks: the film that holds all of the silver line's depth tells it."""
    from acanthite.film.electron_probe import _film

    density, share = _film(AG2S)
    assert 7.1e3 < density < 7.4e3
    assert sum(share.values()) == pytest.approx(1.0)


@pytest.mark.parametrize("thickness", [0.0, -1e-9, float("inf"), float("nan")])
def test_a_film_without_thickness_is_refused(thickness):
    with pytest.raises(RecipeError, match=r"thickness = .*; expected a positive one"):
        xray_signals([0.0], thickness, _ENERGY)
