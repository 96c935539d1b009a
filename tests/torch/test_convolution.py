# ruff: noqa: E402
"""Convolutions refuse what torch refuses."""

import pytest

torch = pytest.importorskip("torch", reason="needs the extra acanthite[torch]")

from torch import nn

from acanthite.errors import TrainingError
from acanthite.torch import AnalogConv1d, AnalogConv2d

X = torch.ones(2, 2, 8)
REFUSED = {
    "kernel of nothing": ((2, 3, 0), r"kernel_size = \(0,\); expected 1 whole numbers of at least 1"),
    "kernel of two dimensions": ((2, 3, (3, 3)), r"kernel_size = \(3, 3\); expected 1 whole numbers"),
    "kernel of half a pixel": ((2, 3, 3.5), "AnalogConv1d: empty"),
    "no stride": ((2, 3, 3, 0), r"stride = \(0,\); expected 1 whole numbers of at least 1"),
    "negative padding": ((2, 3, 3, 1, -1), r"padding = \(-1,\); expected 1 whole numbers of at least 0"),
    "no dilation": ((2, 3, 3, 1, 0, 0), r"dilation = \(0,\)"),
    "strided, same": ((2, 3, 3, 2, "same"), "padding='same' is not supported for strided convolutions"),
    "other padding": ((2, 3, 3, 1, "full"), "Invalid padding string 'full'"),
    "other mode": ((2, 3, 3, 1, 1, 1, 1, True, "wrap"), "padding_mode must be one of"),
    "bias": ((2, 3, 3, 1, 0, 1, 1, "zeros"), "bias = 'zeros'; expected True or False"),
    "mirrored twice": ((2, 3, 3, 1, 8, 1, 1, True, "reflect"), "Padding size should be less than"),
    "around twice": ((2, 3, 3, 1, 9, 1, 1, True, "circular"), "wrapping around more than once"),
    "small": ((2, 3, 9), r"input of \(8,\) pixels, padding included, is smaller than the kernel"),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:Initializing zero-element tensors:UserWarning")
@pytest.mark.parametrize("name", REFUSED)
def test_what_torch_would_not_take_is_refused(name: str) -> None:
    arguments, message = REFUSED[name]
    with pytest.raises(TrainingError, match=message):
        AnalogConv1d(*arguments, algorithm="floating", seed=1)(X)


@pytest.mark.parametrize("kind", [AnalogConv1d, AnalogConv2d])
def test_a_batch_of_nothing_gives_nothing(kind) -> None:
    layer = kind(2, 3, 3, padding=1, algorithm="floating", seed=1)
    x = torch.zeros(0, 2, *(8,) * layer._dims, requires_grad=True)
    y = layer(x)
    assert y.shape == (0, 3, *(8,) * layer._dims)
    y.sum().backward()
    assert x.grad.shape == x.shape
    assert layer.weight.grad.abs().max() == 0
    assert layer.groups == nn.Conv1d(2, 3, 3).groups
