import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from acanthite.constants import fF, fJ, nm, pF, um
from acanthite.cost import capacitance, exponent, write_cost
from acanthite.errors import AnalysisError


def test_the_papers_cross_point():
    """5 x 5 um2 of 200 nm Ag2S, eps_r 12: 13.3 fF, 1.2 fJ at 0.3 V; a 1 pF line adds 90 fJ."""
    plates = capacitance((5 * um) ** 2, 200 * nm, 12.0)
    assert plates == pytest.approx(13.3 * fF, rel=0.01)
    cost = write_cost((5 * um) ** 2, 0.3, 200 * nm, 12.0, 40 * fJ, (5 * um) ** 2, line=1 * pF)
    assert cost.crosspoint == pytest.approx(1.2 * fJ, rel=0.01)
    assert cost.line == pytest.approx(90 * fJ)
    assert cost.total == pytest.approx(131.2 * fJ, rel=0.01)


@given(st.floats(0.2, 3.0), st.floats(1e-15, 1e-10))
def test_exponent_of_a_power_law(power, scale):
    A = np.geomspace(1e-15, 1e-11, 7)
    assert exponent(A, scale * (A / 1e-13) ** power) == pytest.approx(power, abs=1e-9)


def test_interface_scales_with_area_and_a_filament_does_not():
    A = np.geomspace(1e-14, 2.5e-11, 9)
    cost = write_cost(A, 0.3, 200 * nm, 12.0, 40 * fJ, A[-1], filament_energy=10 * fJ, line=1 * fF)
    assert exponent(A, cost.interface) == pytest.approx(1)
    assert exponent(A, cost.crosspoint) == pytest.approx(1)
    assert exponent(A, cost.filament) == pytest.approx(0)
    assert 0 < exponent(A, cost.total) < 1
    assert cost.interface[-1] == pytest.approx(40 * fJ)


def test_exponent_refuses_what_has_no_logarithm():
    with pytest.raises(AnalysisError, match="must be positive"):
        exponent([1.0, 2.0], [0.0, 1.0])
