"""Convolutions on a tile, which is crossed once a position of the kernel: patches in, channels out."""

from __future__ import annotations

import math
from typing import Any

from torch import Tensor, nn
from torch.nn import functional

from acanthite.crossbar import Wires
from acanthite.errors import TrainingError
from acanthite.nn.algorithms.base import Algorithm
from acanthite.nn.engine.periphery import Periphery
from acanthite.synapse.base import Synapse
from acanthite.torch.cells import check_flags
from acanthite.torch.layer import AnalogLayer

Size = int | tuple[int, ...]


class _AnalogConv(AnalogLayer):
    """Parameters as of torch's convolution, and then as of
    :class:`~acanthite.torch.linear.AnalogLinear`.
    """

    _digital: type[Any]
    _dims: int

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Size,
        stride: Size = 1,
        padding: Size | str = 0,
        dilation: Size = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        *,
        synapse: Synapse | None = None,
        algorithm: str | Algorithm = "ttv2",
        periphery: Periphery | None = None,
        seed: int | None = None,
        wires: Wires | None = None,
    ) -> None:
        name = type(self).__name__
        if groups != 1:
            raise TrainingError(
                f"{name}: groups = {groups}; a tile joins all its lines: use groups = 1"
            )
        check_flags(self, bias=bias)
        like = self._checked(
            in_channels, out_channels, kernel_size, stride, padding, dilation, padding_mode
        )
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = like.kernel_size
        self.stride = like.stride
        self.padding = like.padding
        self.dilation = like.dilation
        self.groups = 1
        self.padding_mode = padding_mode
        shape = (out_channels, in_channels, *self.kernel_size)
        n_in = in_channels * math.prod(self.kernel_size)
        super().__init__(
            n_in, out_channels, shape, bias, synapse, algorithm, periphery, seed, wires
        )
        self._pads = like._reversed_padding_repeated_twice

    def _checked(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Size,
        stride: Size,
        padding: Size | str,
        dilation: Size,
        padding_mode: str,
    ) -> Any:
        """Return torch's layer of these arguments, without numbers in it, or raise."""
        name = type(self).__name__
        try:
            like = self._digital(
                in_channels,
                out_channels,
                kernel_size,
                stride,
                padding,
                dilation,
                bias=False,
                padding_mode=padding_mode,
                device="meta",
            )
        except (ValueError, TypeError, RuntimeError) as error:
            raise TrainingError(f"{name}: {error}") from error
        sizes = [
            ("kernel_size", like.kernel_size, 1),
            ("stride", like.stride, 1),
            ("dilation", like.dilation, 1),
        ]
        if not isinstance(padding, str):
            sizes.append(("padding", like.padding, 0))
        for what, values, least in sizes:
            if len(values) != self._dims or not all(
                isinstance(v, int) and v >= least for v in values
            ):
                raise TrainingError(
                    f"{name}: {what} = {tuple(values)}; expected {self._dims} whole numbers of at "
                    f"least {least}"
                )
        return like

    def forward(self, x: Tensor) -> Tensor:
        """Return the channels for inputs of shape (samples, in_channels, ...) or (in_channels,
        ...).
        """
        self.check(x, self.in_channels, -1 - self._dims)
        if x.dim() > 2 + self._dims:
            raise TrainingError(
                f"{type(self).__name__}: input has shape {tuple(x.shape)}; expected "
                f"{2 + self._dims} dimensions"
            )
        one = x.dim() == 1 + self._dims
        y = self._convolve(x.unsqueeze(0) if one else x)
        return y.squeeze(0) if one else y

    def _convolve(self, x: Tensor) -> Tensor:
        if any(self._pads):
            x = self._padded(x)
        sizes = [
            (n - d * (k - 1) - 1) // s + 1
            for n, k, s, d in zip(
                x.shape[2:], self.kernel_size, self.stride, self.dilation, strict=True
            )
        ]
        if min(sizes) < 1:
            raise TrainingError(
                f"{type(self).__name__}: input of {tuple(x.shape[2:])} pixels, padding included, "
                "is smaller than the kernel"
            )
        flat = 2 - self._dims  # a signal is an image of one row
        image = x.unsqueeze(2) if flat else x
        patches = functional.unfold(
            image,
            *((1,) * flat + part for part in (self.kernel_size, self.dilation)),
            stride=(1,) * flat + self.stride,
        )
        rows = patches.transpose(1, 2).reshape(-1, self.tile.n_in)
        y = self.read(rows, len(x)).view(len(x), math.prod(sizes), self.out_channels)
        return y.transpose(1, 2).reshape(len(x), self.out_channels, *sizes)

    def _padded(self, x: Tensor) -> Tensor:
        mode = "constant" if self.padding_mode == "zeros" else self.padding_mode
        try:
            return functional.pad(x, list(self._pads), mode)
        except RuntimeError as error:  # a mirror image of more than there is
            raise TrainingError(f"{type(self).__name__}: {error}") from error


class AnalogConv1d(_AnalogConv):
    """``torch.nn.Conv1d`` on a tile; parameters as there, and then as of
    :class:`~acanthite.torch.linear.AnalogLinear`.

    Examples
    --------
    >>> import torch
    >>> layer = ac.torch.AnalogConv1d(
    ...     2, 4, kernel_size=3, padding=1, algorithm="floating", seed=1
    ... )
    >>> tuple(layer(torch.ones(1, 2, 10)).shape)
    (1, 4, 10)
    """

    _digital = nn.Conv1d
    _dims = 1


class AnalogConv2d(_AnalogConv):
    """``torch.nn.Conv2d`` on a tile; parameters as there, and then as of
    :class:`~acanthite.torch.linear.AnalogLinear`.

    Examples
    --------
    >>> import torch
    >>> layer = ac.torch.AnalogConv2d(1, 4, kernel_size=3, algorithm="floating", seed=1)
    >>> tuple(layer(torch.ones(1, 1, 8, 8)).shape)
    (1, 4, 6, 6)
    """

    _digital = nn.Conv2d
    _dims = 2
