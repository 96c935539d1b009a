"""What the kernel of a convolution sees at every place, and the gradient back through it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable

Sizes = tuple[int, ...]


class _Windows(Function):
    @staticmethod
    def forward(
        ctx: Any, x: Tensor, kernel: Sizes, stride: Sizes, dilation: Sizes, some: int
    ) -> tuple[Tensor, ...]:
        ctx.layout = x.shape, kernel, stride, dilation, some
        return _seen(x, kernel, stride, dilation).split(some)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *gradients: Tensor) -> Any:
        shape, kernel, stride, dilation, some = ctx.layout
        by_input = gradients[0].new_zeros(shape)
        places = gradients[0].shape[len(kernel) + 2 :]
        parts = list(_parts(kernel, stride, dilation, places))
        for piece, gradient in zip(by_input.split(some), gradients, strict=True):
            for cell, inputs in parts:
                piece[inputs] += gradient[(slice(None), slice(None), *cell)]
        return by_input, None, None, None, None


def windows(
    x: Tensor, kernel: Sizes, stride: Sizes, dilation: Sizes, some: int
) -> tuple[Tensor, ...]:
    """Return what a kernel sees at every place, ``some`` inputs of the batch at a time.

    Views of the inputs. Their gradient adds up what every place says, one cell of the kernel after
    the other, which takes a small part of the time that torch's own gradient of its views takes.

    Parameters
    ----------
    x : Tensor, shape (batch, channels, ...)
        Padded.
    kernel, stride, dilation : tuple of int
        One number a dimension.
    some : int

    Returns
    -------
    tuple of Tensor, each of shape (some, channels, *kernel, *places)
    """
    return _Windows.apply(x, kernel, stride, dilation, some)


def _seen(x: Tensor, kernel: Sizes, stride: Sizes, dilation: Sizes) -> Tensor:
    n = len(kernel)
    for axis, (size, step, gap) in enumerate(zip(kernel, stride, dilation, strict=True)):
        x = x.unfold(axis + 2, (size - 1) * gap + 1, step)[..., ::gap]
    return x.permute(0, 1, *range(n + 2, 2 * n + 2), *range(2, n + 2))


def _parts(
    kernel: Sizes, stride: Sizes, dilation: Sizes, places: Sizes
) -> Iterator[tuple[Sizes, tuple[slice, ...]]]:
    """Yield each cell of a kernel, and which inputs it sees from all places."""
    for cell in product(*(range(size) for size in kernel)):
        axes = zip(cell, stride, dilation, places, strict=True)
        seen = (slice(k * gap, k * gap + step * n, step) for k, step, gap, n in axes)
        yield cell, (slice(None), slice(None), *seen)
