"""Weights as an array's wires let them be seen, and gradients through those wires."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable

from acanthite.crossbar import BitSlices, Wires
from acanthite.errors import ChipError
from acanthite.inference import Chip
from acanthite.inference.matrix.layout import TileTarget, lay_out
from acanthite.torch.chip.wires.conductance import by_conductance, seen

_STEP = 1e-6  # of a weight: mappings are straight lines on either side of zero


class _Wired(Function):
    @staticmethod
    def forward(ctx: Any, weight: Tensor, chip: Chip, wires: Wires) -> Tensor:
        W = weight.detach().double().numpy()
        scale, targets = lay_out(W, chip)
        units = [chip.mapping.unit(t.conductance, t.conductance, chip.window) for t in targets]
        result = np.zeros_like(W)
        for target, unit in zip(targets, units, strict=True):
            G = seen(target.conductance, wires)
            result[target.outputs, target.inputs] = target.held(G, scale / unit)
        ctx.parts = W, scale, targets, units, result, chip, wires
        return torch.from_numpy(result).to(weight.dtype)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, by_output: Tensor) -> Any:
        W, scale, targets, units, result, chip, wires = ctx.parts
        g = by_output.double().numpy()
        by_share = np.zeros_like(W)  # by weights over the largest
        for target, unit in zip(targets, units, strict=True):
            part = (target.outputs, target.inputs)
            by_seen = _spread(target, g[part]) * (scale / unit)
            by_cell = by_conductance(target.conductance, wires, by_seen)
            by_share[part] = _gathered(target, by_cell * _slopes(chip, W[part] / scale))
        found = by_share / scale
        largest = np.unravel_index(np.abs(W).argmax(), W.shape)
        by_scale = (np.sum(g * result) - np.sum(by_share * W) / scale) / scale
        found[largest] += np.sign(W[largest]) * by_scale
        return torch.from_numpy(found).to(by_output.dtype), None, None


def wired_weight(weight: Tensor, chip: Chip) -> Tensor:
    """Return the matrix that arrays multiply by whose cells are exact and whose wires are not.

    Parameters
    ----------
    weight : Tensor, shape (outputs, inputs)
    chip : Chip
        Mapping, window, array size and wires are used.

    Returns
    -------
    Tensor, shape (outputs, inputs)
        With a gradient through wires, mapping and scale.

    Raises
    ------
    ChipError
        If the chip has no wires, or its mapping cuts weights to digits, which have no derivative.
    """
    if chip.wires is None:
        raise ChipError("chip: wires = None; expected Wires")
    if isinstance(chip.mapping, BitSlices):
        raise ChipError(
            "chip: mapping = BitSlices; digits have no derivative, so wires are not trained "
            "through; take another mapping"
        )
    return _Wired.apply(weight, chip, chip.wires)


def _spread(target: TileTarget, by_held: np.ndarray) -> np.ndarray:
    """Return the derivative by the conductances of an array, from that by the weights it holds."""
    wiring = target.wiring
    by_input = by_held.T[wiring.source] * wiring.sign[:, None]
    found = np.zeros_like(target.conductance)
    for column, factor in zip(wiring.column, wiring.factor, strict=True):
        np.add.at(found.T, column, (by_input * factor).T)
    return found


def _gathered(target: TileTarget, values: np.ndarray) -> np.ndarray:
    """Return the sum of what belongs to the cells of each weight, shape (outputs, inputs)."""
    wiring = target.wiring
    found = np.zeros((target.inputs.stop - target.inputs.start, wiring.column.shape[1]))
    np.add.at(found, wiring.source, values[:, wiring.column].sum(axis=1))
    return found.T


def _slopes(chip: Chip, share: np.ndarray) -> np.ndarray:
    """Return the derivative of each cell's target by the weight it belongs to, levels left out. [S]"""
    window = replace(chip.window, levels=None)
    inside = share * (1.0 - 2.0 * _STEP)
    above = chip.mapping.encode(inside + _STEP, window)
    return (above - chip.mapping.encode(inside - _STEP, window)) / (2.0 * _STEP)
