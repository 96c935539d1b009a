# ruff: noqa: E402
"""What a tile refuses to have written on it, or to be made of."""

from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the extra acanthite[torch]")

from acanthite.crossbar import Wires
from acanthite.errors import TrainingError
from acanthite.nn import SGD
from acanthite.synapse import literature
from acanthite.torch import AnalogLinear, Tile
from acanthite.torch.pairs import Pair

GOOD = np.arange(6.0).reshape(3, 2)


def test_weights_are_written_where_they_stand():
    tile = Tile(3, 2, algorithm="floating")
    tile.program(GOOD)
    np.testing.assert_array_equal(tile.weights, GOOD)


@pytest.mark.parametrize(
    "weights",
    [GOOD.T, GOOD.ravel(), np.ones((4, 2)), 1.0, "none", [[1.0, 2.0], [3.0]], GOOD + 1j, None],
    ids=["transposed", "flat", "too many", "one", "text", "ragged", "complex", "nothing"],
)
def test_weights_of_another_shape_are_refused(weights):
    tile = Tile(3, 2, algorithm="floating")
    before = tile.weights.copy()
    with pytest.raises(TrainingError, match=r"tile of 3 x 2: weights.*expected.*\(3, 2\)"):
        tile.program(weights)
    np.testing.assert_array_equal(tile.weights, before)


@pytest.mark.parametrize("weights", ["none", [[1.0, 2.0], [3.0]], None, GOOD.T + 1j, 1.0, GOOD])
def test_a_layer_refuses_what_is_not_its_weights(weights):
    layer = AnalogLinear(3, 2, algorithm="floating", seed=1)
    with pytest.raises(TrainingError, match=r"weights.*expected"):
        layer.program(weights)


def test_a_layer_takes_tensors_arrays_and_lists():
    layer = AnalogLinear(3, 2, algorithm="floating", seed=1)
    for weights in (torch.from_numpy(GOOD.T), GOOD.T, GOOD.T.tolist()):
        layer.reset_parameters()
        layer.program(weights)
        torch.testing.assert_close(layer.weight.detach(), torch.from_numpy(GOOD.T).float())


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e300])
def test_weights_that_are_not_finite_are_refused(value):
    weights = GOOD.copy()
    weights[1, 0] = value
    with pytest.raises(TrainingError, match=r"tile of 3 x 2: weights.*expected finite numbers"):
        Tile(3, 2, algorithm="floating").program(weights)
    layer = AnalogLinear(3, 2, algorithm="floating", seed=1)
    with pytest.raises(TrainingError, match="expected finite numbers"):
        layer.program(torch.from_numpy(weights.T))


def test_unit_cells_are_refused_behind_wires():
    with pytest.raises(TrainingError, match=r"runs on no single array.*choose another device"):
        Tile(3, 2, literature("pcm"), "sgd", wires=Wires(word_line_resistance=1.0))


@pytest.mark.long
def test_a_tile_of_unit_cells_goes_on_to_the_same_bits():
    pair = replace(literature("pcm"), refresh_every=30)
    draw = np.random.default_rng(3)
    x = draw.random((50, 6)).astype(np.float32)
    d = (0.1 * draw.standard_normal((50, 5))).astype(np.float32)
    sgd = SGD(pulses="implicit")
    first = Tile(6, 5, pair, sgd, seed=1)
    before = first.weights.copy()
    first.update([Pair(x, d, 50, True)], 5.0)
    assert (first.weights != before).mean() > 0.5
    second = Tile(6, 5, pair, sgd, seed=2)
    second.restore({name: values.copy() for name, values in first.arrays().items()})
    for tile in (first, second):
        tile.update([Pair(x, d, 50, True)], 5.0)
    np.testing.assert_array_equal(first.weights, second.weights)
    assert first.state.array.noise.refresh.clock.tolist()[:2] == [0, 2]
