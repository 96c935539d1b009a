"""Residual networks of He 2016 for images of 32 x 32 pixels."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from torch import Tensor, nn
from torch.nn import functional

_CHANNELS = (16, 32, 64)  # of the three stages; each after the first halves height and width


class ResidualBlock(nn.Module):
    """Two convolutions with batch norms, around which the input is added to the output.

    Where the block has more channels than its input, the shortcut takes every second pixel and adds
    channels of zeros (option A of the paper): it has no weights, and nothing of it is on a chip.

    Parameters
    ----------
    before, channels : int
        Of the input and the output.
    """

    def __init__(self, before: int, channels: int) -> None:
        super().__init__()
        self.stride = 1 if before == channels else 2
        self.added = channels - before
        self.conv1 = nn.Conv2d(before, channels, 3, self.stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        """Return the block's output, shape (batch, channels, height, width)."""
        y = functional.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        return functional.relu(y + self._shortcut(x))

    def _shortcut(self, x: Tensor) -> Tensor:
        if not self.added:
            return x
        below = self.added // 2
        kept = x[:, :, :: self.stride, :: self.stride]
        return functional.pad(kept, (0, 0, 0, 0, below, self.added - below))


class ResNet(nn.Module):
    """Residual network of 6 n + 2 layers: a convolution, three stages of n blocks, a linear layer.

    Twenty layers have 19 convolutions and a linear layer, some 270,000 weights. Batch norms are
    layers of their own, so that on a chip they stay digital and can be renewed.

    Parameters
    ----------
    channels : int
        Of the images.
    classes : int
    blocks : int
        Of each stage, n.

    References
    ----------
    .. [1] K. He, X. Zhang, S. Ren, J. Sun, *CVPR* (2016), :doi:`10.1109/CVPR.2016.90`, Sec. 4.2.
    """

    def __init__(self, channels: int = 3, classes: int = 10, blocks: int = 3) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, _CHANNELS[0], 3, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(_CHANNELS[0])
        widths = (_CHANNELS[0], *(width for width in _CHANNELS for _ in range(blocks)))
        parts: list[Any] = [ResidualBlock(before, after) for before, after in pairwise(widths)]
        self.blocks = nn.Sequential(*parts)
        self.linear = nn.Linear(_CHANNELS[-1], classes)

    def forward(self, x: Tensor) -> Tensor:
        """Return the scores of the classes, shape (batch, classes)."""
        y = functional.relu(self.bn(self.conv(x)))
        y = self.blocks(y)
        return self.linear(y.mean(dim=(2, 3)))
