"""A torch model's layers, weights and the activity of real inputs."""

from __future__ import annotations

import pytest

from acanthite.cost import activity_of, chip_cost, network_named, shape_of_model
from acanthite.errors import ChipError
from acanthite.inference import Chip, InputDriver

torch = pytest.importorskip("torch")
CHIP = Chip(
    cells="reram-wan", rows=128, columns=128, inputs=InputDriver(bits=8, scheme="bit-serial")
)


def _lenet():
    torch.manual_seed(1)
    nn = torch.nn
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
    )  # fmt: skip


def test_its_matrices_are_those_of_the_named_network():
    network = shape_of_model(_lenet(), torch.rand(4, 1, 28, 28), CHIP)
    named = network_named("lenet5")
    assert network.macs == named.macs
    assert [layer.positions for layer in network.layers] == [
        each.positions for each in named.layers
    ]


def test_sparse_inputs_cost_less():
    model, dense = _lenet(), torch.ones(4, 1, 28, 28)
    sparse = dense * (torch.rand(4, 1, 28, 28) < 0.1)
    full, few = (shape_of_model(model, x, CHIP) for x in (dense, sparse))
    assert few.layers[0].activity < 0.15 < full.layers[0].activity
    cells = [chip_cost(n, CHIP).by_component()["cells and wires"] for n in (full, few)]
    assert cells[1] < cells[0]


def test_nothing_but_zeros_is_refused():
    with pytest.raises(ChipError, match="nothing but zeros"):
        shape_of_model(_lenet(), torch.zeros(1, 1, 28, 28), CHIP)
    with pytest.raises(ChipError, match="computes nothing"):
        activity_of([[0.0, 0.0]], CHIP)
