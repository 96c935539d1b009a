# ruff: noqa: E402
"""Values and gradients of the layers against torch's own, on exact tiles."""

import copy

import pytest

torch = pytest.importorskip("torch", reason="needs the extra acanthite[torch]")

from torch import nn

from acanthite.torch import AnalogLayer, to_analog

CASES = {
    "linear": (nn.Linear(7, 5), (6, 7)),
    "linear without bias": (nn.Linear(7, 5, bias=False), (6, 7)),
    "linear of one sample": (nn.Linear(7, 5), (7,)),
    "linear over time": (nn.Linear(7, 5), (4, 3, 7)),
    "conv1d": (nn.Conv1d(3, 4, 5, stride=2, padding=2, dilation=2), (2, 3, 17)),
    "conv1d, same": (nn.Conv1d(3, 4, 5, padding="same", bias=False), (2, 3, 9)),
    "conv2d": (
        nn.Conv2d(3, 4, (3, 2), stride=(2, 1), padding=(1, 2), dilation=(1, 2)),
        (2, 3, 9, 8),
    ),
    "conv2d, circular": (nn.Conv2d(2, 3, 3, padding=1, padding_mode="circular"), (2, 2, 6, 5)),
    "conv2d of one sample": (nn.Conv2d(2, 3, 3), (2, 6, 5)),
    "rnn": (nn.RNN(4, 6, num_layers=2), (8, 3, 4)),
    "rnn, relu": (nn.RNN(4, 6, nonlinearity="relu", batch_first=True), (3, 8, 4)),
    "lstm": (nn.LSTM(4, 6, num_layers=2, batch_first=True), (3, 8, 4)),
    "lstm of one sequence": (nn.LSTM(4, 6), (8, 4)),
    "rnn cell": (nn.RNNCell(4, 6), (3, 4)),
    "lstm cell": (nn.LSTMCell(4, 6, bias=False), (3, 4)),
}


def loss(out: object) -> torch.Tensor:
    """Weigh every number that comes out differently."""
    if isinstance(out, tuple):
        return sum((loss(part) for part in out), torch.zeros(()))
    weights = torch.linspace(-1, 2, out.numel()).view(out.shape)
    return (out * weights).sum() + (out**2).sum()


def parts(model: nn.Module) -> list[tuple[nn.Parameter, nn.Parameter]]:
    """Return weights and biases in torch's order."""
    return [
        (layer.weight, layer.bias) for layer in model.modules() if isinstance(layer, AnalogLayer)
    ]


@pytest.mark.parametrize("name", CASES)
def test_values_and_gradients_are_those_of_torch(name: str) -> None:
    plain, shape = CASES[name]
    analog = to_analog(plain, algorithm="floating", seed=1)
    x = torch.randn(shape, generator=torch.Generator().manual_seed(3))
    inputs = [x.clone().requires_grad_() for _ in range(2)]
    losses = [loss(model(own)) for model, own in zip((plain, analog), inputs, strict=True)]
    plain.zero_grad()
    for value in losses:
        value.backward()
    torch.testing.assert_close(losses[1], losses[0], rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(inputs[1].grad, inputs[0].grad, rtol=1e-4, atol=1e-5)
    own = [p for pair in parts(analog) for p in pair if p is not None]
    theirs = _ordered(plain)
    assert len(own) == len(theirs)
    for mine, other in zip(own, theirs, strict=True):
        assert mine.shape == other.shape
        torch.testing.assert_close(mine.grad, other.grad, rtol=1e-4, atol=1e-4)


def _ordered(model: nn.Module) -> list[nn.Parameter]:
    """Return torch's parameters as ours stand: weight and bias of ih, then of hh, layer by layer."""
    named = dict(model.named_parameters())
    rank = lambda n: (n[-1] if "_l" in n else "", "hh" in n, "bias" in n)  # noqa: E731
    return [named[n] for n in sorted(named, key=rank)]


@pytest.mark.parametrize("name", ["linear", "conv2d", "lstm"])
def test_an_optimizer_on_float_weights_descends_like_torchs(name: str) -> None:
    from acanthite.torch import AnalogSGD

    plain = copy.deepcopy(CASES[name][0])
    analog = to_analog(plain, algorithm="floating", seed=1)
    optimizers = [
        torch.optim.SGD(plain.parameters(), lr=0.01),
        AnalogSGD(analog.parameters(), lr=0.01),
    ]
    x = torch.randn(CASES[name][1], generator=torch.Generator().manual_seed(3))
    for _ in range(3):
        for model, optimizer in zip((plain, analog), optimizers, strict=True):
            optimizer.zero_grad()
            (loss(model(x)) / 10).backward()
            optimizer.step()
    own = [p for pair in parts(analog) for p in pair if p is not None]
    for mine, other in zip(own, _ordered(plain), strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-4, atol=1e-4)
