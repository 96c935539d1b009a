# ruff: noqa: E402
import pickle

import pytest

torch = pytest.importorskip("torch", reason="needs the extra acanthite[torch]")

from torch import nn

from acanthite.errors import TrainingError
from acanthite.nn import Periphery
from acanthite.torch import (
    AnalogConv2d,
    AnalogLinear,
    AnalogRNN,
    AnalogRNNCell,
    AnalogSGD,
    ConversionWarning,
    to_analog,
)


def test_the_model_is_copied_and_what_has_no_matrix_stays(device) -> None:
    torch.manual_seed(0)
    shared = nn.Linear(4, 4)
    shared.weight.data *= 0.5  # within reach of any cell
    model = nn.Sequential(
        nn.Embedding(5, 4), shared, nn.LayerNorm(4), shared, nn.Sequential(nn.Linear(4, 2))
    )
    analog = to_analog(model.eval(), device, "sgd", digital=["4"], seed=1)
    assert type(model[1]) is nn.Linear
    assert isinstance(analog[1], AnalogLinear)
    assert analog[3] is analog[1]
    assert not analog[1].training
    assert type(analog[4][0]) is nn.Linear
    assert "algorithm=sgd, synapse=soft-bounds" in repr(analog)
    assert isinstance(to_analog(shared, device, seed=1), AnalogLinear)


def test_weights_are_programmed_within_the_cells_bounds(device) -> None:
    model = nn.Linear(4, 3)
    with torch.no_grad():
        model.weight.copy_(torch.linspace(-2, 2, 12).view(3, 4))
    with pytest.warns(
        ConversionWarning, match=r"weight \(10 of 12, by up to 1.5\); scale the layer"
    ):
        layer = to_analog(model, device, "sgd", seed=1)
    small = model.weight.abs() < 0.4
    assert torch.equal(layer.weight[small], model.weight[small])
    assert layer.weight.abs().max() < 0.6
    layer.load_state_dict(model.state_dict(), strict=False)
    assert layer.weight.abs().max() < 0.6
    twin = pickle.loads(pickle.dumps(layer))
    assert torch.equal(twin.weight, layer.weight)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (
            nn.Sequential(nn.GRU(2, 2), nn.Linear(2, 2), nn.Conv3d(1, 1, 1)),
            r"0 \(GRU\), 2 \(Conv3d\); name them in digital",
        ),
        (nn.Conv2d(4, 4, 3, groups=2), r"the model \(Conv2d with groups = 2\)"),
        (nn.LSTM(2, 2, bidirectional=True), "two directions"),
        (nn.Sequential(nn.MultiheadAttention(4, 2)), "MultiheadAttention"),
        (nn.ReLU(), "no layer that can be put on tiles"),
    ],
)
def test_what_cannot_be_put_on_tiles_is_listed(model, message: str, device) -> None:
    with pytest.raises(TrainingError, match=message):
        to_analog(model, device)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda d: AnalogLinear(4, 3, synapse=d)(torch.ones(2, 4).double()),
            "torch.float64; tiles compute in torch.float32",
        ),
        (
            lambda d: AnalogLinear(4, 3, synapse=d)(torch.ones(2, 4, device="meta")),
            "on meta; tiles are on the CPU",
        ),
        (
            lambda d: AnalogLinear(4, 3, synapse=d)(torch.ones(2, 5)),
            r"shape \(2, 5\); expected 4 along dimension -1",
        ),
        (
            lambda d: AnalogConv2d(2, 3, 3, synapse=d)(torch.ones(1, 2, 2, 2)),
            r"input of \(2, 2\) pixels",
        ),
        (
            lambda d: AnalogConv2d(2, 3, 3, groups=2, synapse=d),
            "groups = 2; a tile joins all its lines",
        ),
        (lambda d: AnalogRNN(2, 3, synapse=d)(torch.ones(2)), "expected .time, samples, features"),
        (
            lambda d: AnalogRNNCell(2, 3, nonlinearity="sin", synapse=d),
            "'sin'; expected tanh or relu",
        ),
        (
            lambda d: AnalogLinear(4, 3, synapse=d).double(),
            "torch.float64 on cpu; tiles are torch.float32 on the CPU",
        ),
        (lambda d: AnalogLinear(5000, 3, synapse=d), "5000 input lines; expected 1 to 4095"),
        (lambda d: AnalogLinear(4, 3), "needs synapse"),
        (
            lambda d: AnalogLinear(4, 3, synapse=d).program(torch.ones(4, 3)),
            r"shape \(4, 3\); expected \(3, 4\)",
        ),
        (lambda d: to_analog(nn.Linear(2, 2), d, digital=["x"]), "no layer 'x'"),
        (
            lambda d: AnalogLinear(4, 3, synapse=d).load_state_dict(
                AnalogLinear(4, 3, synapse=d, algorithm="sgd").state_dict()
            ),
            "the saved tile is 4 x 3, SGD",
        ),
    ],
)
def test_what_does_not_fit_is_refused(call, message: str, device) -> None:
    with pytest.raises(TrainingError, match=message):
        call(device)


def test_reads_are_noisy_clipped_and_converted_forward_and_back(device) -> None:
    x = torch.randn(4000, 8, generator=torch.Generator().manual_seed(1)).requires_grad_()
    layers = [
        AnalogLinear(8, 4, bias=False, synapse=device, algorithm="sgd", periphery=p, seed=1)
        for p in (None, Periphery(output_noise=0.1), Periphery(output_bits=3, output_bound=0.5))
    ]
    exact, noisy, coarse = (layer(x) for layer in layers)
    top = x.detach().abs().amax(1, keepdim=True)
    error = ((noisy - exact) / top).detach()
    assert error.std().item() == pytest.approx(0.1, rel=0.03)
    codes = (coarse / top / 0.5 * 3).detach()
    torch.testing.assert_close(codes, codes.round(), atol=1e-4, rtol=0)
    assert codes.abs().max() <= 3.001
    noisy.sum().backward()
    back = x.grad - layers[0].weight.detach().sum(0)
    assert back.std().item() == pytest.approx(0.1, rel=0.05)


@pytest.mark.long
def test_long_sequences_go_back_in_time_through_noisy_tiles(device) -> None:
    model = AnalogRNN(
        3,
        5,
        batch_first=True,
        synapse=device,
        algorithm="sgd",
        periphery=Periphery(read_noise=0.01),
        seed=1,
    )
    optimizer = AnalogSGD(model.parameters(), lr=0.1)
    out, _ = model(torch.randn(6, 30, 3, generator=torch.Generator().manual_seed(1)))
    out[:, -1].sum().backward()
    assert sum(len(x) for x, *_ in model.cells[0].hh.weight.grad.pairs) == 6 * 30
    optimizer.step()
    assert model.cells[0].hh.pulses > 0


def test_tiles_of_one_model_share_their_threshold_by_their_lines(device) -> None:
    model = nn.Sequential(nn.Linear(12, 6), nn.Linear(6, 3))
    analog = to_analog(model, device, "ttv2", seed=1)
    assert [layer.tile.state.digital.shares.threshold.item() for layer in analog] == [1.0, 2.0]
    fresh = AnalogLinear(6, 3, synapse=device, algorithm="ttv2")
    fresh.load_state_dict(analog[1].state_dict())
    assert fresh.tile.state.digital.shares.threshold.item() == 2.0
