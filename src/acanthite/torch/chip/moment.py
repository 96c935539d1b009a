"""A matrix on a chip at one time: inputs driven, arrays read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from torch import Tensor

from acanthite.inference import Chip, ProgrammedMatrix, Ranges
from acanthite.inference.matrix.programmed import TileState
from acanthite.nn.engine.rng import make_rng
from acanthite.torch.chip import reads
from acanthite.torch.chip.tiles import make_tile, read, single


def exact_periphery(chip: Chip) -> bool:
    """Return whether inputs and currents pass as they are, so that no array is seen by itself."""
    return chip.inputs.bits is None and chip.outputs.exact


class Moment:
    """A matrix at one time, in single precision.

    Parameters
    ----------
    matrix : ProgrammedMatrix
    states : sequence of TileState
        Its arrays then.
    ranges : Ranges or None
        Of the converters; not needed where the periphery is exact.
    compensation : ndarray, shape (outputs,)
        What outputs are multiplied by.
    seed : int
        Of the noise of reads.
    """

    def __init__(
        self,
        matrix: ProgrammedMatrix,
        states: Sequence[TileState],
        ranges: Ranges | None,
        compensation: np.ndarray,
        seed: int,
    ) -> None:
        self.chip = matrix.chip
        self.outputs = matrix.shape[0]
        self._noise = make_rng(seed, "torch.chip")
        self._tiles = None
        self._whole = None
        if exact_periphery(self.chip):
            self._whole = _whole(matrix, states, compensation)
        else:
            assert ranges is not None
            self._tiles = [
                make_tile(matrix, k, state, ranges, compensation) for k, state in enumerate(states)
            ]

    def read(self, driven: Tensor) -> Tensor:
        """Return W x, shape (outputs, batch), for driven inputs of shape (inputs, batch)."""
        if self._tiles is not None:
            return read(self._tiles, self.chip, driven, self.outputs, self._noise)
        assert self._whole is not None
        weight, variance = self._whole
        y = weight @ driven
        if variance is not None:
            spread = variance @ driven.square()
            reads.add_noise(self._noise, y.view(-1).numpy(), spread.view(-1).numpy())
        return y


def _whole(
    matrix: ProgrammedMatrix, states: Sequence[TileState], compensation: np.ndarray
) -> tuple[Tensor, Tensor | None]:
    """Return the matrix that a chip of exact periphery multiplies by, and the variance of its
    reads, both (outputs, inputs).
    """
    weight = np.zeros(matrix.shape)
    variance = np.zeros(matrix.shape)
    noisy = False
    for state in states:
        weight_of_unit = matrix.scale / state.unit
        part = (state.target.outputs, state.target.inputs)
        weight[part] = state.target.held(state.conductance, weight_of_unit)
        if state.read_error is not None:
            noisy = True
            variance[part] = state.target.held_variance(state.read_error**2, weight_of_unit)
    factor = compensation[:, None]
    return single(weight * factor), single(variance * factor**2) if noisy else None
