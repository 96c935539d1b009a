"""Set times in closed form, beside the law's own rates integrated by scipy."""

from types import SimpleNamespace

import numpy as np
import pytest
from scipy.integrate import quad

from acanthite import film
from acanthite.device import Filament
from acanthite.device.laws.filament import gap_rate, nucleation_rate
from acanthite.device.laws.set_times import growth_time, nucleation_time

VALUES = Filament.from_film(film.grow()).values
P = SimpleNamespace(**VALUES)


@pytest.mark.parametrize("volt", [0.07, 0.3, 1.0])
def test_nucleation_is_one_over_the_laws_rate(volt):
    rate = nucleation_rate(SimpleNamespace(barrier_shift=0.0), -volt, P)
    assert float(nucleation_time(volt, VALUES)) == pytest.approx(1 / rate)


@pytest.mark.parametrize("volt", [0.05, 0.3, 1.0])
def test_growth_is_the_integral_of_the_laws_rate(volt):
    def slowness(gap):
        return -1 / gap_rate(SimpleNamespace(phase=1.0, gap=gap, growth_factor=1.0), -volt, P)

    expected, _ = quad(slowness, 0.0, P.thickness, epsabs=0.0, limit=200)
    assert float(growth_time(volt, VALUES)) == pytest.approx(expected, rel=1e-3)


def test_no_tip_grows_below_its_own_overpotential():
    assert np.isinf(growth_time(0.9 * P.tip_overpotential, VALUES))
