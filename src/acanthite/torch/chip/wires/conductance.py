"""The effective conductance of an array as an operation of autograd."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable

from acanthite.crossbar import Wires, gradient


class _Effective(Function):
    @staticmethod
    def forward(ctx: Any, conductance: Tensor, wires: Wires) -> Tensor:
        G = conductance.detach().double().numpy()
        ctx.G, ctx.wires = G, wires
        return torch.from_numpy(seen(G, wires)).to(conductance.dtype)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, by_output: Tensor) -> Any:
        by_cell = by_conductance(ctx.G, ctx.wires, by_output.double().numpy())
        return torch.from_numpy(by_cell).to(by_output.dtype), None


def effective_conductance(conductance: Tensor, wires: Wires) -> Tensor:
    """Return the current out of each bit line by the voltage of each word line, wires included.

    Exact, forward and backward: one solve of the array each way.

    Parameters
    ----------
    conductance : Tensor, shape (N, M)
        Of the cells. [S]
    wires : Wires

    Returns
    -------
    Tensor, shape (N, M)
        [S]

    Examples
    --------
    >>> import torch
    >>> G = torch.full((4, 4), 1e-4, dtype=torch.float64, requires_grad=True)
    >>> seen = ac.torch.effective_conductance(G, ac.crossbar.Wires(5.0, 5.0))
    >>> seen.sum().backward()
    >>> bool((seen < 1e-4).all()), bool((G.grad < 1.0).all())
    (True, True)
    """
    return _Effective.apply(conductance, wires)


def seen(conductance: np.ndarray, wires: Wires) -> np.ndarray:
    """Return the effective conductance, shape (N, M). [S]"""
    return wires.crossbar(conductance).effective_conductance()


def by_conductance(conductance: np.ndarray, wires: Wires, by_effective: np.ndarray) -> np.ndarray:
    """Return the derivative of a loss by conductances, from that by effective ones, shape (N, M)."""
    solution = wires.crossbar(conductance).solve(np.eye(len(conductance)), outputs_only=False)
    return gradient(solution, by_effective).conductance
