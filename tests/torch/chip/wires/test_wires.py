"""Gradients through the wires of arrays, against finite differences."""

import pytest
import torch
from chips import EXACT, normal
from torch import nn

from acanthite.crossbar import BitSlices, OffsetColumn, RowPairs, Wires
from acanthite.errors import ChipError
from acanthite.inference import Chip, IdealCells
from acanthite.torch import WiredLinear, effective_conductance, to_hardware_aware, to_inference
from acanthite.torch.chip.wires.weight import wired_weight

WIRES = Wires(5.0, 3.0, driver_resistance=40.0, sense_resistance=20.0)


def differences(f, x, step):
    """Return central differences of a scalar function by each number of a tensor."""
    found = torch.zeros_like(x)
    for k in range(x.numel()):
        moved = [x.clone(), x.clone()]
        moved[0].view(-1)[k] += step
        moved[1].view(-1)[k] -= step
        found.view(-1)[k] = (f(moved[0]) - f(moved[1])) / (2 * step)
    return found


@pytest.mark.parametrize("shape", [(3, 5), (8, 4), (1, 1)])
def test_gradients_by_conductances_are_the_differences(shape):
    G = 1e-4 * torch.rand(shape, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    weights = normal(*shape, seed=2).double()

    def loss(conductance):
        return (weights * effective_conductance(conductance, WIRES)).sum() * 1e6

    G.requires_grad_()
    loss(G).backward()
    expected = differences(loss, G.detach(), 1e-8)
    assert (G.grad - expected).abs().max() < 1e-6 * expected.abs().max()


@pytest.mark.long
@pytest.mark.parametrize("mapping", [None, RowPairs(), OffsetColumn()])
def test_gradients_by_weights_and_inputs_are_the_differences(mapping):
    more = {} if mapping is None else {"mapping": mapping}
    cells = IdealCells(conductance_min=2e-6, conductance_max=200e-6)
    chip = Chip(cells=cells, rows=6, columns=6, wires=WIRES, **more)
    torch.manual_seed(1)
    layer = WiredLinear(7, 5, chip, dtype=torch.float64)
    x = normal(4, 7, seed=3).double().requires_grad_()
    g = normal(4, 5, seed=4).double()
    (g * layer(x)).sum().backward()
    W = layer.weight.detach()

    def by_weight(values):
        return (g * (x.detach() @ wired_weight(values, chip).T + layer.bias.detach())).sum()

    expected = differences(by_weight, W, 1e-6)
    assert (layer.weight.grad - expected).abs().max() < 1e-6 * expected.abs().max()
    by_input = differences(lambda v: (g * layer(v)).sum().detach(), x.detach(), 1e-4)
    assert (x.grad - by_input).abs().max() < 1e-6 * by_input.abs().max()


def test_what_is_trained_through_wires_is_what_the_chip_reads():
    chip = Chip(cells="ideal", rows=16, columns=16, wires=Wires(20.0, 20.0), **EXACT)
    torch.manual_seed(1)
    plain = nn.Linear(20, 10)
    x = normal(30, 20)
    layer = WiredLinear(20, 10, chip)
    layer.load_state_dict(plain.state_dict())
    aware = to_hardware_aware(plain, chip, clip=None)
    with torch.no_grad():
        seen = to_inference(plain, chip)(x)
        assert (seen - plain(x)).abs().max() > 0.01
        torch.testing.assert_close(layer(x), seen, rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(aware(x), seen, rtol=1e-4, atol=1e-5)
    g = normal(30, 10, seed=1)
    aware(x).backward(g)
    layer(x).backward(g)
    torch.testing.assert_close(
        aware.module.product.parameter.grad, layer.weight.grad, rtol=1e-4, atol=1e-5
    )


def test_training_through_the_wires_undoes_them():
    chip = Chip(cells="ideal", rows=32, columns=32, wires=Wires(20.0, 20.0), **EXACT)
    torch.manual_seed(1)
    wanted = nn.Linear(32, 8)
    x = normal(200, 32)
    y = wanted(x).detach()
    layer = WiredLinear(32, 8, chip)
    layer.load_state_dict(wanted.state_dict())
    before = (layer(x) - y).square().mean().item()
    optimizer = torch.optim.Adam(layer.parameters(), lr=5e-3)
    for _ in range(60):
        optimizer.zero_grad()
        loss = (layer(x) - y).square().mean()
        loss.backward()
        optimizer.step()
    assert loss.item() < 0.1 * before


def test_what_cannot_be_is_refused():
    with pytest.raises(ChipError, match="wires = None"):
        WiredLinear(2, 2, Chip(cells="ideal"))
    slices = Chip(cells="ideal", wires=WIRES, mapping=BitSlices(), levels=4)
    with pytest.raises(ChipError, match="digits have no derivative"):
        WiredLinear(2, 2, slices)
