r"""What a chip does forward and nothing of it backward: the gradients of hardware-aware training.

With inputs x, the range r of the drivers and their n codes either side of zero, a product is made
from codes :math:`c = \mathrm{round}(n x / r)`, clipped to n, and stands for :math:`W c\,r / n`.
Backward, rounding and noise are taken for the identity [1, 2]: an input within the range passes the
gradient as it is, one beyond it passes none, and for the range itself

.. math:: \frac{\partial L}{\partial r} = \sum \frac{\partial L}{\partial \hat x}
    \begin{cases} (\hat x - x) / r & |x| < r \\ \mathrm{sign}(x) & |x| \ge r \end{cases},
    \qquad \hat x = c\,r / n.

References
----------
.. [1] Y. Bengio, N. Leonard, A. Courville, :arxiv:`1308.3432` (2013).
.. [2] S. K. Esser et al., *ICLR* (2020), :arxiv:`1902.08153`, Eq. (3).
"""

from __future__ import annotations

from typing import Any

from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable

from acanthite.inference import InputDriver
from acanthite.torch.chip.moment import Moment
from acanthite.torch.chip.tiles import drive


class Driven(Function):
    """Inputs in codes of their drivers, by the range."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, largest: Tensor, driver: InputDriver) -> Tensor:
        """Return the codes."""
        ctx.save_for_backward(x, largest)
        ctx.top = float(driver.largest_code or 1)
        return drive(x, driver, largest.item())

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> Any:
        """Return the gradients by inputs and range: those of n x / r where it is not clipped."""
        x, largest = ctx.saved_tensors
        within = gradient * (x.abs() < largest) * (ctx.top / largest)
        by_range = -(within * x).sum() / largest
        return within, by_range, None


class Read(Function):
    """The product by a matrix as the chip gives it; backward, that by the matrix itself."""

    @staticmethod
    def forward(
        ctx: Any, codes: Tensor, weight: Tensor, largest: Tensor, top: float, moment: Moment
    ) -> Tensor:
        """Return the outputs, shape (outputs, batch)."""
        ctx.save_for_backward(codes, weight, largest)
        ctx.top = top
        return moment.read(codes).to(codes.dtype)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> Any:
        """Return the gradients by codes, weights and range."""
        codes, weight, largest = ctx.saved_tensors
        of_code = largest / ctx.top
        by_codes = (weight.T @ gradient) * of_code
        by_weight = (gradient @ codes.T) * of_code if ctx.needs_input_grad[1] else None
        by_range = (by_codes * codes).sum() / largest
        return by_codes, by_weight, by_range, None, None
