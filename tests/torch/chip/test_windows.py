"""What kernels see: torch's own views of it, and their gradient."""

import pytest
import torch
from chips import normal
from torch import nn

from acanthite.inference import Chip
from acanthite.torch import to_hardware_aware
from acanthite.torch.chip.windows import windows


@pytest.mark.parametrize("kernel", [(3,), (2, 3), (1, 1), (2, 1, 3)])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("dilation", [1, 2])
def test_values_and_gradients_are_those_of_torchs_views(kernel, stride, dilation):
    n = len(kernel)
    x = normal(5, 3, *(9, 8, 10)[:n]).double().requires_grad_()
    steps, gaps = (stride,) * n, (dilation,) * n
    pieces = windows(x, kernel, steps, gaps, 2)
    assert [len(piece) for piece in pieces] == [2, 2, 1]
    seen = torch.cat(pieces)
    expected = x
    for axis in range(n):
        size = (kernel[axis] - 1) * dilation + 1
        expected = expected.unfold(axis + 2, size, stride)[..., ::dilation]
    expected = expected.permute(0, 1, *range(n + 2, 2 * n + 2), *range(2, n + 2))
    assert torch.equal(seen, expected)
    g = normal(*seen.shape, seed=1).double()
    (ours,) = torch.autograd.grad((seen * g).sum(), x)
    (theirs,) = torch.autograd.grad((expected * g).sum(), x)
    torch.testing.assert_close(ours, theirs)


def test_a_batch_read_in_pieces_has_the_gradient_of_one():
    torch.manual_seed(1)
    plain = nn.Conv2d(16, 8, 3, padding=1)
    x = normal(12, 16, 24, 24)  # some images at a time
    chip = Chip(cells="ideal")
    model = to_hardware_aware(plain, chip, x, clip=None)
    grads = []
    for layer in (model, plain):
        images = x.clone().requires_grad_()
        (layer(images) * normal(12, 8, 24, 24, seed=2)).sum().backward()
        grads.append(images.grad)
    inside = x.abs() < 0.99 * x.abs().max()  # an input beyond its range passes none
    torch.testing.assert_close(grads[0][inside], grads[1][inside], rtol=1e-3, atol=1e-4)
