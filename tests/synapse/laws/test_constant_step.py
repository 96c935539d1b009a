import pytest
from hypothesis import given
from hypothesis import strategies as st

from acanthite.errors import ParameterError
from acanthite.random import generator
from acanthite.synapse import ConstantStep


@given(st.floats(1e-4, 0.5), st.floats(-1, 1))
def test_steps_are_equal_and_opposite_inside_and_stop_at_the_bounds(
    size: float, weight: float
) -> None:
    law = ConstantStep(size=size, conductance_min=0.0, conductance_max=1e-6)
    assert law.step_up(weight) == pytest.approx(min(size, 1 - weight))
    assert law.step_down(weight) == pytest.approx(-min(size, 1 + weight))
    assert (law.symmetry_point, law.asymmetry) == (0.0, 0.0)
    assert law.n_states == pytest.approx(2 / size)


def test_one_row_stands_for_all_cells() -> None:
    cells = ConstantStep(size=0.01, conductance_min=0.0, conductance_max=1e-6).cells(
        1000, generator(1, "test")
    )
    assert cells.coefficients.shape == (1, 6)
    assert cells.symmetry_points == pytest.approx([0.0])
    assert cells.referred(0.0, 2.0).coefficients[0] == pytest.approx([-2, 2, 0.02, 0, 0.02, 0])


def test_a_step_of_nothing_is_refused() -> None:
    with pytest.raises(ParameterError, match="size = 0; expected a step between 0 and 1"):
        ConstantStep(size=0.0, conductance_min=0.0, conductance_max=1e-6)
