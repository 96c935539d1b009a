"""The product of a weight on a chip and a batch: the compiled twin of the one in float64."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from acanthite.errors import ChipError
from acanthite.inference import Chip, ProgrammedMatrix, Ranges, calibrate
from acanthite.inference.cells.base import CellModel
from acanthite.inference.matrix.programmed import TileState
from acanthite.nn.engine.rng import make_rng
from acanthite.random import generator
from acanthite.torch.chip import reads
from acanthite.torch.chip.tiles import Tile, drive, make_tile, read, single

_WATCHED = 4096  # inputs kept of a layer while the chip is calibrated


class ChipProduct(nn.Module):
    """A weight on a chip, multiplied by what it is given.

    Parameters
    ----------
    weight : Tensor, shape (outputs, inputs)
    chip : Chip
    seed : int

    Attributes
    ----------
    within_one : bool
        Whether inputs are known to lie within -1 and 1.

    Raises
    ------
    ChipError
        If the chip cannot hold the weight.
    """

    digital: Tensor

    def __init__(self, weight: Tensor, chip: Chip, seed: int) -> None:
        super().__init__()
        self.chip = chip
        self.matrix = ProgrammedMatrix(weight.detach().double().numpy(), chip, seed)
        self.ranges: Ranges | None = None
        self.watching = False
        self.within_one = False
        self._seen: list[Tensor] = []
        self._tiles: list[Tile] = []
        self._whole: tuple[Tensor, Tensor | None] | None = None
        self._noise = make_rng(seed, "torch.chip")
        self.register_buffer("digital", weight.detach().clone(), persistent=False)
        self.time: float | None = None
        self.draw = 0

    @property
    def exact_periphery(self) -> bool:
        """Whether inputs and currents pass as they are, so that no array is seen by itself."""
        return self.chip.inputs.bits is None and self.chip.outputs.exact

    def watch(self, on: bool) -> None:
        """Begin to keep inputs, multiplied by the digital weight; or set the converters by them.

        Raises
        ------
        ChipError
            If no input came, or only zeros.
        """
        self.watching = on
        if on:
            self._seen = []
            return
        if not self._seen:
            raise ChipError("calibrate: no input came to this layer; expected typical inputs")
        inputs = torch.cat(self._seen).double().numpy()
        self._seen = []
        if self.within_one and not inputs.any():
            inputs = np.eye(self.matrix.shape[1])  # the state before a first step says nothing
        self.ranges = calibrate(self.matrix, inputs)
        if self.time is not None:
            self.set_time(self.time, self.draw)

    def set_time(self, time: float, draw: int = 0) -> None:
        """Go to a time after programming [s]; ``draw`` counts repetitions with other noise.

        Raises
        ------
        CellError
            If the cells' model says nothing about that time.
        """
        self.time = time
        self.draw = draw
        seed = generator(self.matrix.seed, f"torch.chip {time!r}", draw).integers(2**53)
        self._noise = make_rng(int(seed), "torch.chip")
        states = self.matrix.at(time)
        if self.exact_periphery:
            self._whole = _whole(self.matrix, states, self.matrix.compensation(time, draw))
        elif self.ranges is not None:
            factor = self.matrix.compensation(time, draw)
            self._tiles = [
                make_tile(self.matrix, k, state, self.ranges, factor)
                for k, state in enumerate(states)
            ]

    @torch.no_grad()
    def forward(self, x: Tensor) -> Tensor:
        """Return W x, shape (..., outputs), for x of shape (..., inputs).

        Raises
        ------
        ChipError
            If the converters were not set: call ``calibrate`` of the model.
        """
        rows = self.drive(x).reshape(-1, x.shape[-1])
        return self.read(rows.T).T.reshape(*x.shape[:-1], -1).contiguous()

    @torch.no_grad()
    def drive(self, x: Tensor) -> Tensor:
        """Return inputs as :meth:`read` takes them, element by element: in codes of the drivers.

        Raises
        ------
        ChipError
            If the converters were not set: call ``calibrate`` of the model.
        """
        if self.watching or self.exact_periphery:
            return x
        if self.ranges is None:
            raise ChipError(
                "the chip's converters have no range yet; call .calibrate(inputs) of the model, "
                "or give to_inference typical inputs"
            )
        return drive(x, self.chip.inputs, self.ranges.largest_input)

    @torch.no_grad()
    def read(self, driven: Tensor) -> Tensor:
        """Return W x, shape (outputs, batch), for driven inputs of shape (inputs, batch)."""
        if self.watching:
            self._keep(driven.T)
            return self.digital @ driven
        if not self.exact_periphery:
            return read(self._tiles, self.chip, driven, self.matrix.shape[0], self._noise)
        return self._exactly(driven)

    def _keep(self, x: Tensor) -> None:
        room = _WATCHED - sum(len(part) for part in self._seen)
        if room > 0:
            step = max(1, len(x) // room)
            self._seen.append(x[::step][:room].detach().clone())

    def _exactly(self, x: Tensor) -> Tensor:
        assert self._whole is not None
        weight, variance = self._whole
        y = weight @ x
        if variance is not None:
            spread = variance @ x.square()
            reads.add_noise(self._noise, y.view(-1).numpy(), spread.view(-1).numpy())
        return y


def _whole(
    matrix: ProgrammedMatrix, states: tuple[TileState, ...], compensation: np.ndarray
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


def first_time(chip: Chip) -> float:
    """Return the first time that the cells of a chip can be read at. [s]"""
    assert isinstance(chip.cells, CellModel)
    return chip.cells.first_time
