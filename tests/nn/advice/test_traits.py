"""What decides which algorithm trains best, as numbers of any pulse law."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from acanthite.errors import TrainingError
from acanthite.nn import SGD, train
from acanthite.nn.advice import Traits, traits_of
from acanthite.synapse import Piecewise, SoftBounds, literature

WINDOW = {"conductance_min": 0.0, "conductance_max": 2e-6}


def test_traits_of_soft_bounds_are_those_they_are_drawn_with() -> None:
    device = SoftBounds(
        up=0.12, down=0.08, pulse_noise=0.4, up_spread=0.2, down_spread=0.2, **WINDOW
    )
    found = traits_of(device)
    assert found.states == pytest.approx(2 / 0.096, rel=1e-6)
    assert found.symmetry_point == pytest.approx(0.2, abs=0.02)
    assert found.noise == pytest.approx(0.4, rel=1e-6)
    # of the step at a cell's own symmetry point, 2 u d / (u + d): each of two shares counts half
    assert found.spread == pytest.approx(0.2 / np.sqrt(2) / np.sqrt(3), rel=0.1)
    assert (found.reference_mean, found.reference_spread) == (0.0, 0.0)


def test_additive_noise_counts_as_noise_of_a_step() -> None:
    device = SoftBounds(up=0.1, down=0.1, pulse_noise=0.2, additive_noise=0.3, **WINDOW)
    assert traits_of(device).noise == pytest.approx(0.5, rel=1e-3)


def test_mean_and_spread_of_a_wrong_reference_are_kept_apart() -> None:
    device = SoftBounds(up=0.1, down=0.1, **WINDOW)
    found = traits_of(device, 0.3, 0.4)
    assert (found.reference_mean, found.reference_spread) == (0.3, 0.4)


@given(
    states=st.floats(1, 1e6),
    point=st.floats(-0.9, 0.9),
    noise=st.floats(0, 3),
    mean=st.floats(-1, 1),
)
def test_every_trait_is_a_coordinate_and_keeps_its_sign(states, point, noise, mean) -> None:
    traits = Traits(states, symmetry_point=point, noise=noise, reference_mean=mean)
    wanted = (np.log10(states), point, noise, 0.0, mean, 0.0)
    assert traits.coordinates == pytest.approx(wanted)


def test_the_side_a_device_rests_on_matters(shapes, small) -> None:
    """A network of inputs and activations above zero has no mirror image."""
    up, down = (SoftBounds(up=u, down=d, **WINDOW) for u, d in ((0.14, 0.06), (0.06, 0.14)))
    algorithm = SGD(rate=0.02, window=0.5)
    accuracies = [
        train(shapes, small, each, algorithm, epochs=4).test_accuracy[-1] for each in (up, down)
    ]
    assert abs(accuracies[0] - accuracies[1]) > 0.03


@pytest.mark.parametrize("name", ["ecram", "reram-array-om", "capacitor"])
def test_devices_of_the_literature_have_traits(name) -> None:
    found = traits_of(literature(name))
    assert found.states == pytest.approx(literature(name).n_states)
    assert np.isfinite(found.coordinates).all()


@pytest.mark.parametrize(
    ("device", "why"),
    [
        (SoftBounds(up=0.1, down=0.1, dead_cells=1.0, **WINDOW), "all of its cells are dead"),
        (Piecewise(up=(0.1, 0.1), down=(0.0, 0.0), **WINDOW), "pulses down do not move it"),
        (Piecewise(up=(0.0, 0.0), down=(0.1, 0.1), **WINDOW), "pulses up do not move it"),
    ],
)
def test_a_device_that_cannot_train_is_refused(device, why) -> None:
    with pytest.raises(TrainingError, match=f"cannot train: {why}.*give another device"):
        traits_of(device)


def test_an_error_of_references_that_is_no_number_is_refused() -> None:
    device = SoftBounds(up=0.1, down=0.1, **WINDOW)
    with pytest.raises(TrainingError, match="reference_spread"):
        traits_of(device, 0.1, -0.2)
