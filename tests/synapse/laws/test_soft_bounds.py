import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from acanthite.constants import uS
from acanthite.errors import ParameterError
from acanthite.random import generator
from acanthite.synapse import SoftBounds

shares = st.floats(0.01, 0.9)


def law(up: float = 0.13, down: float = 0.14, **more: float) -> SoftBounds:
    return SoftBounds(up=up, down=down, conductance_min=0.03 * uS, conductance_max=2 * uS, **more)


@given(shares, shares, st.floats(-1, 1), st.lists(st.booleans(), max_size=50))
def test_mean_steps_never_leave_the_window(
    up: float, down: float, weight: float, pulses: list[bool]
) -> None:
    synapse = law(up, down)
    for rising in pulses:
        weight += float(synapse.step_up(weight) if rising else synapse.step_down(weight))
        assert -1 <= weight <= 1


@given(shares, shares)
def test_up_and_down_cancel_at_the_symmetry_point_only(up: float, down: float) -> None:
    synapse = law(up, down)
    w = synapse.symmetry_point
    assert synapse.step_up(w) == pytest.approx(-synapse.step_down(w))
    assert synapse.step_up(w + 0.1) + synapse.step_down(w + 0.1) < 0
    assert synapse.step_up(w - 0.1) + synapse.step_down(w - 0.1) > 0


def test_states_and_asymmetry_of_the_device() -> None:
    synapse = law()
    assert synapse.step == pytest.approx(2 * 0.13 * 0.14 / 0.27)
    assert synapse.n_states == pytest.approx(2 / synapse.step)
    assert synapse.asymmetry == pytest.approx(-0.01 / 0.27)


def test_conductance_and_weight_are_inverse_and_energy_is_ohmic() -> None:
    synapse = law()
    w = np.linspace(-1, 1, 5)
    assert synapse.weight(synapse.conductance(w)) == pytest.approx(w, abs=1e-12)
    assert synapse.write_energy == pytest.approx(0.3**2 * 1.015 * uS * 1e-6)


def test_drawn_cells_have_the_stated_spread() -> None:
    synapse = law(
        up_spread=0.2, down_spread=0.1, lower_spread=0.03, upper_spread=0.06, pulse_noise=0.15
    )
    cells = synapse.cells(100_000, generator(1, "test"))
    lower, upper, down, up = cells.coefficients.T.astype(float)
    assert up.mean() == pytest.approx(0.13, rel=0.01)
    assert up.std() / up.mean() == pytest.approx(0.2, rel=0.02)
    assert down.std() / down.mean() == pytest.approx(0.1, rel=0.02)
    assert (lower.std(), upper.std()) == pytest.approx((0.03, 0.06), rel=0.02)
    assert cells.steps(upper)[0] == pytest.approx(0, abs=1e-6)
    assert cells.steps(lower)[1] == pytest.approx(0, abs=1e-6)
    assert cells.noise == 0.15


@given(shares, shares, st.floats(-0.5, 0.5), st.floats(0.1, 3.0), st.floats(-1, 1))
def test_referred_cells_take_the_same_steps_in_network_units(
    up: float, down: float, reference: float, scale: float, weight: float
) -> None:
    cells = law(up, down).cells(1, generator(1, "test"))
    referred = cells.referred(reference, scale)
    moved = referred.steps(scale * (weight - reference))
    assert moved[0] == pytest.approx(scale * up * (1 - weight), abs=1e-5)
    assert moved[1] == pytest.approx(-scale * down * (1 + weight), abs=1e-5)
    assert (referred.lower[0], referred.upper[0]) == pytest.approx(
        (scale * (-1 - reference), scale * (1 - reference)), abs=1e-5
    )


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"up": 1.5}, "up = 1.5; expected a share between 0 and 1"),
        ({"down": 0.0}, "down = 0; expected a share"),
        ({"upper_spread": -0.1}, "upper_spread = -0.1; expected zero or more"),
        ({"pulse_noise": -1.0}, "pulse_noise = -1; expected zero or more"),
    ],
)
def test_a_law_that_cannot_be_is_refused(bad: dict[str, float], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        law(**bad)


def test_a_window_upside_down_is_refused() -> None:
    with pytest.raises(ParameterError, match="expected 0 <= conductance_min < conductance_max"):
        SoftBounds(up=0.1, down=0.1, conductance_min=2 * uS, conductance_max=1 * uS)
