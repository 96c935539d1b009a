# ruff: noqa: E402
"""Recurrent layers take what torch's take, in its order, and nothing else."""

import copy

import pytest

torch = pytest.importorskip("torch", reason="needs the extra acanthite[torch]")

from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from acanthite.errors import TrainingError
from acanthite.torch import AnalogLSTM, AnalogLSTMCell, AnalogRNN, AnalogRNNCell, to_analog


def rnn(*arguments, **more) -> AnalogRNN:
    return AnalogRNN(*arguments, algorithm="floating", seed=1, **more)


def lstm(*arguments, **more) -> AnalogLSTM:
    return AnalogLSTM(*arguments, algorithm="floating", seed=1, **more)


def cell(kind, *arguments):
    return kind(*arguments, algorithm="floating", seed=1)


def draw(*shape: int) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(3))


def test_arguments_stand_in_the_order_of_torch() -> None:
    layer = rnn(5, 6, 2, "relu", False, True)
    like = nn.RNN(5, 6, 2, "relu", False, True)
    for name in (
        "input_size",
        "hidden_size",
        "num_layers",
        "nonlinearity",
        "bias",
        "batch_first",
        "dropout",
        "bidirectional",
    ):
        assert getattr(layer, name) == getattr(like, name)
    out, _ = layer(draw(3, 4, 5))
    assert out.shape == (3, 4, 6)
    assert out.min() == 0
    assert out.max() > 1e-3
    assert not [name for name, _ in layer.named_parameters() if "bias" in name]
    other = lstm(5, 6, 2, False, True)
    assert (other.bias, other.batch_first, other.proj_size) == (False, True, 0)
    assert other(draw(3, 4, 5))[0].shape == (3, 4, 6)


X, H = draw(7, 3, 5), torch.zeros(2, 3, 6)
REFUSED = {
    "bias in the place of nonlinearity": (lambda: rnn(5, 6, 2, True), "nonlinearity = True; expected tanh or relu"),
    "nonlinearity in the place of bias": (lambda: lstm(5, 6, 2, "relu"), "AnalogLSTM: bias = 'relu'; expected True or False"),
    "bias of a cell": (lambda: cell(AnalogRNNCell, 5, 6, "relu"), "AnalogRNNCell: bias = 'relu'"),
    "batch_first": (lambda: rnn(5, 6, 2, "tanh", True, 1), "batch_first = 1; expected True or False"),
    "dropout": (lambda: rnn(5, 6, 2, "tanh", True, False, 0.1), "dropout = 0.1, bidirectional = False"),
    "bidirectional": (lambda: lstm(5, 6, 2, bidirectional=True), "bidirectional = True"),
    "projections": (lambda: lstm(5, 6, proj_size=2), "proj_size = 2"),
    "no layers": (lambda: lstm(5, 6, 0), "num_layers = 0; expected at least 1"),
    "half a layer": (lambda: lstm(5, 6, 1.5), "num_layers = 1.5; expected at least 1"),
    "no steps": (lambda: rnn(5, 6)(draw(0, 3, 5)), r"shape \(0, 3, 5\); expected at least one step in time"),
    "no steps, batch first": (lambda: lstm(5, 6, batch_first=True)(draw(3, 0, 5)), "at least one step in time"),
    "other features": (lambda: rnn(5, 6)(draw(7, 3, 4)), "expected 5 along dimension -1"),
    "four dimensions": (lambda: rnn(5, 6)(draw(7, 3, 5, 5)), "expected .time, samples, features"),
    "one state for a pair": (lambda: lstm(5, 6, 2)(X, H), r"the state is Tensor; expected a pair \(h, c\), each of shape \(2, 3, 6\)"),
    "three states": (lambda: lstm(5, 6, 2)(X, (H, H, H)), "the state is 3 parts; expected a pair"),
    "a number in the pair": (lambda: lstm(5, 6, 2)(X, (H, 0.0)), r"AnalogLSTM: c is a float; expected a tensor of shape \(2, 3, 6\)"),
    "extra layers": (lambda: lstm(5, 6, 2)(X, (torch.zeros(3, 3, 6), H)), r"h has shape \(3, 3, 6\); expected \(2, 3, 6\)"),
    "too few layers": (lambda: lstm(5, 6, 2)(X, (H[:1], H[:1])), r"h has shape \(1, 3, 6\); expected \(2, 3, 6\)"),
    "wrong batch": (lambda: lstm(5, 6, 2)(X, (H[:, :1], H[:, :1])), r"h has shape \(2, 1, 6\); expected \(2, 3, 6\)"),
    "wrong batch of c": (lambda: lstm(5, 6, 2)(X, (H, H[:, :1])), r"c has shape \(2, 1, 6\); expected \(2, 3, 6\)"),
    "wrong width": (lambda: rnn(5, 6, 2)(X, H[..., :1]), r"the state has shape \(2, 3, 1\); expected \(2, 3, 6\)"),
    "wrong batch of a rnn": (lambda: rnn(5, 6, 2)(X, H[:, :1]), r"the state has shape \(2, 1, 6\); expected \(2, 3, 6\)"),
    "extra layers of a rnn": (lambda: rnn(5, 6, 1)(X, H), r"the state has shape \(2, 3, 6\); expected \(1, 3, 6\)"),
    "without layers": (lambda: rnn(5, 6, 1)(X, H[0]), r"the state has shape \(3, 6\); expected \(1, 3, 6\)"),
    "a list for a rnn": (lambda: rnn(5, 6, 2)(X, [H[0], H[1]]), "the state is a list; expected a tensor"),
    "a batch for one sequence": (lambda: rnn(5, 6, 2)(X[:, 0], H), r"shape \(2, 3, 6\); expected \(2, 6\)"),
    "one state for a batch": (lambda: rnn(5, 6, 2)(X, H[:, 0]), r"shape \(2, 6\); expected \(2, 3, 6\)"),
    "double state": (lambda: rnn(5, 6, 2)(X, H.double()), "the state is torch.float64 on cpu; expected torch.float32 on the CPU"),
    "state elsewhere": (lambda: rnn(5, 6, 2)(X, H.to("meta")), "torch.float32 on meta; expected torch.float32 on the CPU"),
    "packed, wrong batch": (
        lambda: rnn(5, 6, 2)(pack_padded_sequence(X, [7, 5, 2]), H[:, :2]), r"shape \(2, 2, 6\); expected \(2, 3, 6\)",
    ),
    "packed, other features": (lambda: rnn(4, 6)(pack_padded_sequence(X, [7, 5, 2])), "expected 4 along dimension -1"),
    "cell, wrong batch": (lambda: cell(AnalogRNNCell, 5, 6)(X[0], H[0, :1]), r"shape \(1, 6\); expected \(3, 6\)"),
    "cell, one state": (lambda: cell(AnalogRNNCell, 5, 6)(X[0], H[0, 0]), r"shape \(6,\); expected \(3, 6\)"),
    "cell, wrong batch of c": (lambda: cell(AnalogLSTMCell, 5, 6)(X[0], (H[0], H[0, :1])), r"c has shape \(1, 6\); expected \(3, 6\)"),
    "cell, one tensor": (lambda: cell(AnalogLSTMCell, 5, 6)(X[0], H[:, 0]), "the state is Tensor; expected a pair"),
    "cell, over time": (lambda: cell(AnalogRNNCell, 5, 6)(X), r"shape \(7, 3, 5\); expected \(samples, 5\)"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_torch_would_not_take_is_refused(name: str) -> None:
    call, message = REFUSED[name]
    with pytest.raises(TrainingError, match=message):
        call()


@pytest.mark.parametrize("kind", [tuple, list])
def test_a_state_may_be_a_tuple_or_a_list(kind) -> None:
    plain = nn.LSTM(5, 6, 2)
    analog = to_analog(plain, algorithm="floating", seed=1)
    h, c = draw(2, 2, 3, 6)
    torch.testing.assert_close(analog(X, kind([h, c])), plain(X, (h, c)))
    step, alike = nn.LSTMCell(5, 6), draw(3, 6)
    here, there = (
        to_analog(step, algorithm="floating", seed=1)(X[0], kind([alike, 2 * alike])),
        step(X[0], (alike, 2 * alike)),
    )
    torch.testing.assert_close(here, there)


@pytest.mark.parametrize("given", [False, True])
@pytest.mark.parametrize("lengths", [(7, 5, 2), (2, 7, 2), (1, 1, 1), (7, 7, 7)])
@pytest.mark.parametrize("kind", [nn.RNN, nn.LSTM])
def test_packed_sequences_end_where_they_do(kind, lengths: tuple[int, ...], given: bool) -> None:
    plain = kind(5, 6, 2)
    analog = to_analog(plain, algorithm="floating", seed=1)
    h, c = draw(2, 2, 3, 6)
    before = ((h, c) if kind is nn.LSTM else h) if given else None
    xs = [X.clone().requires_grad_() for _ in range(2)]
    ends = []
    for model, x in zip((plain, analog), xs, strict=True):
        packed = pack_padded_sequence(x, lengths, enforce_sorted=False)
        out, last = model(packed, before)
        assert torch.equal(out.batch_sizes, packed.batch_sizes)
        padded, _ = pad_packed_sequence(out)
        padded.pow(2).sum().backward()
        ends.append((padded, last))
    torch.testing.assert_close(ends[1], ends[0])
    torch.testing.assert_close(xs[1].grad, xs[0].grad)


def test_hooks_on_the_tiles_of_a_cell_are_called_at_each_step() -> None:
    layer = lstm(5, 6)
    calls: list[tuple[str, int]] = []
    layer.cells[0].ih.register_forward_hook(lambda m, args, out: calls.append(("ih", len(out))))
    layer.cells[0].hh.register_forward_hook(lambda m, args, out: calls.append(("hh", len(out))))
    layer(X)
    assert calls == [("ih", 21)] + [("hh", 3)] * 7


@pytest.mark.parametrize(
    "plain",
    [nn.RNN(5, 6, 2), nn.LSTM(5, 6, 2, bias=False), nn.LSTMCell(5, 6), nn.RNNCell(5, 6)],
    ids=str,
)
def test_the_state_of_a_digital_layer_is_programmed(plain: nn.Module) -> None:
    model = nn.Sequential(to_analog(copy.deepcopy(plain), algorithm="floating", seed=1))
    with torch.no_grad():
        for parameter in plain.parameters():
            parameter.uniform_(-1, 1)
    missing, unexpected = model.load_state_dict(nn.Sequential(plain).state_dict(), strict=False)
    assert not unexpected
    assert all(name.endswith("_extra_state") for name in missing)
    x = X if isinstance(plain, nn.RNNBase) else X[0]
    torch.testing.assert_close(model(x), plain(x))
    assert list(plain.state_dict()) == [name for name, _ in plain.named_parameters()]
