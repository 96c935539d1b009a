"""Biases on cells cost what their rows cost: counts by hand, and power that is always on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from acanthite.cost import (
    ChipCircuits,
    LayerShape,
    NetworkShape,
    chip_cost,
    perceptron,
    programming_cost,
    shape_of_model,
)
from acanthite.cost.chip.cell_power import random_weights, read_power
from acanthite.cost.chip.layer_use import use_of
from acanthite.crossbar import RowPairs, Wires
from acanthite.inference import Chip, ProgrammedMatrix

CHIP = Chip(cells="reram-wan", rows=64, columns=64, bias_rows=3)
CIRCUITS = ChipCircuits()


@pytest.mark.parametrize("inputs", [10, 61, 62, 64, 127, 128, 200])
@pytest.mark.parametrize("mapping", [CHIP.mapping, RowPairs()])
def test_tiles_and_cells_are_those_that_a_matrix_with_biases_takes(inputs, mapping):
    chip = replace(CHIP, mapping=mapping)
    use = use_of(LayerShape(name="fc", inputs=inputs, outputs=40), chip, CIRCUITS)
    matrix = ProgrammedMatrix(np.ones((40, inputs)), chip, bias=np.ones(40), largest_input=1.0)
    assert use.tiles == len(matrix.targets)
    assert use.cells == sum(target.conductance.size for target in matrix.targets)
    assert sum(array.number * array.held for array in use.arrays) == 3 * use.tiles_out


def test_layers_without_biases_have_no_rows_for_them():
    layer = LayerShape(name="fc", inputs=64, outputs=10, biased=False)
    plain = replace(CHIP, bias_rows=0)
    assert use_of(layer, CHIP, CIRCUITS) == use_of(layer, plain, CIRCUITS)
    assert use_of(replace(layer, biased=True), CHIP, CIRCUITS).tiles == 2


def test_rows_of_biases_are_driven_all_the_time():
    """By the law of Ohm, of each row what its own square of the voltage makes it."""
    weights, activity = random_weights(20, 12), 0.1
    G = CHIP.mapping.encode(weights, CHIP.window)
    squares = np.r_[np.full(9, activity), np.ones(3)] * CHIP.read_voltage**2
    assert read_power(CHIP, weights, activity, held=3) == pytest.approx(squares @ G.sum(axis=1))
    lossy = replace(CHIP, wires=Wires(50.0, 50.0))
    assert 0.3 < read_power(lossy, weights, activity, 3) / (squares @ G.sum(axis=1)) < 1.0


def test_a_network_costs_more_with_biases_on_cells():
    network = perceptron((100, 40, 10))
    plain, biased = (replace(CHIP, bias_rows=n) for n in (0, 3))
    assert chip_cost(network, biased).energy_joule > chip_cost(network, plain).energy_joule
    writes = [programming_cost(network, chip) for chip in (plain, biased)]
    assert writes[1].cells - writes[0].cells == 3 * 2 * (40 + 10)
    assert writes[1].energy_joule / writes[1].cells == pytest.approx(
        writes[0].energy_joule / writes[0].cells, rel=0.05
    )


def test_models_of_torch_say_which_layers_have_biases():
    torch = pytest.importorskip("torch")
    model = torch.nn.Sequential(torch.nn.Linear(8, 4), torch.nn.Linear(4, 2, bias=False))
    network = shape_of_model(model, torch.rand(3, 8), CHIP)
    assert isinstance(network, NetworkShape)
    assert [layer.biased for layer in network.layers] == [True, False]
    assert chip_cost(network, CHIP).energy_joule > 0
