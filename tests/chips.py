"""Layers and chips that several tests of models on a chip share."""

import torch
from torch import nn

from acanthite.inference import ColumnReader, InputDriver

EXACT = {"inputs": InputDriver(bits=None), "outputs": ColumnReader(bits=None)}
FINE = {"inputs": InputDriver(bits=24), "outputs": ColumnReader(bits=24, profile="largest")}
PERIPHERIES = {"exact": EXACT, "fine": FINE}


def normal(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


LAYERS = {
    "linear": (lambda: nn.Linear(9, 5), [(3, 9)]),
    "linear without bias": (lambda: nn.Linear(9, 5, bias=False), [(2, 3, 9)]),
    "conv1d": (lambda: nn.Conv1d(4, 6, 3, stride=2, padding=1, dilation=2, groups=2), [(2, 4, 15)]),
    "conv1d of one": (lambda: nn.Conv1d(4, 6, 3), [(4, 15)]),
    "conv2d": (lambda: nn.Conv2d(3, 4, (3, 2), padding="same"), [(2, 3, 8, 7)]),
    "conv2d depthwise": (lambda: nn.Conv2d(4, 4, 3, groups=4, bias=False), [(2, 4, 8, 7)]),
    "conv2d reflected": (lambda: nn.Conv2d(2, 3, 3, padding=1, padding_mode="reflect"), [(1, 2, 6, 6)]),
    "conv2d circular": (lambda: nn.Conv2d(2, 3, 3, padding=(2, 1), padding_mode="circular"), [(1, 2, 6, 6)]),
    "conv3d": (lambda: nn.Conv3d(2, 4, (2, 3, 1), stride=(1, 2, 1), padding=(0, 1, 2)), [(2, 2, 4, 6, 3)]),
    "rnn": (lambda: nn.RNN(5, 4, 2, nonlinearity="relu"), [(6, 3, 5)]),
    "rnn of one": (lambda: nn.RNN(5, 4), [(6, 5)]),
    "lstm": (lambda: nn.LSTM(5, 4, 2, batch_first=True, bidirectional=True), [(3, 6, 5)]),
    "lstm projected": (lambda: nn.LSTM(5, 4, 2, proj_size=3, bidirectional=True), [(6, 3, 5)]),
    "lstm without bias": (lambda: nn.LSTM(5, 4, bias=False), [(6, 3, 5)]),
    "gru": (lambda: nn.GRU(5, 4, 3, bidirectional=True), [(6, 3, 5)]),
    "rnn cell": (lambda: nn.RNNCell(5, 4), [(3, 5)]),
    "lstm cell": (lambda: nn.LSTMCell(5, 4), [(3, 5)]),
    "gru cell": (lambda: nn.GRUCell(5, 4), [(5,)]),
    "attention": (lambda: nn.MultiheadAttention(8, 2), [(4, 3, 8), (5, 3, 8), (5, 3, 8)]),
    "attention with more": (
        lambda: nn.MultiheadAttention(
            8, 4, add_bias_kv=True, add_zero_attn=True, kdim=6, vdim=7, batch_first=True
        ),
        [(3, 4, 8), (3, 5, 6), (3, 5, 7)],
    ),
    "encoder": (
        lambda: nn.TransformerEncoder(
            nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), 2, enable_nested_tensor=False
        ),
        [(3, 5, 8)],
    ),
    "encoder layer": (lambda: nn.TransformerEncoderLayer(8, 2, 16), [(5, 3, 8)]),
    "decoder layer": (lambda: nn.TransformerDecoderLayer(8, 2, 16), [(5, 3, 8), (4, 3, 8)]),
    "transformer": (lambda: nn.Transformer(8, 2, 1, 1, 16, batch_first=True), [(3, 5, 8), (3, 4, 8)]),
}  # fmt: skip


def flat(outputs):
    if isinstance(outputs, torch.Tensor):
        return [outputs]
    return [t for part in outputs if part is not None for t in flat(part)]
