"""A matrix written onto the cells of a chip, and what it is at a later time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acanthite.arguments import count, instance
from acanthite.errors import ChipError
from acanthite.inference.cells.base import CellModel
from acanthite.inference.chip.chip import Chip
from acanthite.inference.matrix.bias import bias_weights
from acanthite.inference.matrix.layout import TileTarget, lay_out
from acanthite.inference.matrix.tile import ProgrammedTile, write_tile
from acanthite.quantities import accepts_quantities
from acanthite.random import generator

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class TileState:
    """One array at a time.

    Parameters
    ----------
    target : TileTarget
    conductance : ndarray, shape (rows, columns)
        As the lines show it. [S]
    read_error : ndarray, shape (rows, columns), or None
        Standard deviation of a cell from read to read; None where no cell has noise. [S]
    unit : float
        Conductance of a weight of one. [S]
    """

    target: TileTarget
    conductance: Array
    read_error: Array | None
    unit: float


class ProgrammedMatrix:
    """A matrix of weights on the cells of a chip.

    Parameters
    ----------
    weights : array_like, shape (outputs, inputs)
    chip : Chip
    seed : int
        Of the cells.
    bias : array_like, shape (outputs,), optional
        On ``chip.bias_rows`` inputs more, the last of the matrix, which take no input from outside.
    largest_input : float, optional
        That is not clipped, by which those inputs are driven; needed with ``bias``.

    Raises
    ------
    ChipError
        If the chip cannot hold the weights or the biases.

    Examples
    --------
    >>> import numpy as np
    >>> weights = np.random.default_rng(1).normal(size=(10, 300))
    >>> chip = ac.inference.Chip(cells="pcm", rows=128, columns=64)
    >>> programmed = ac.inference.ProgrammedMatrix(weights, chip, seed=1)
    >>> len(programmed.tiles)
    3
    >>> print(f"{programmed.weights_at(86400.0).std() / weights.std():.2f} of the weights left")
    0.66 of the weights left
    """

    def __init__(
        self,
        weights: ArrayLike,
        chip: Chip,
        seed: int = 1,
        *,
        bias: ArrayLike | None = None,
        largest_input: float | None = None,
    ) -> None:
        self.chip = instance("ProgrammedMatrix: chip", chip, Chip, "a Chip", error=ChipError)
        self.seed = count("ProgrammedMatrix: seed", seed, least=0, error=ChipError)
        self.weights = np.array(weights, dtype=float)
        self.bias_inputs = 0
        self.largest_input: float | None = None
        if bias is not None:
            columns = bias_weights(bias, self.weights, chip, largest_input)
            self.weights = np.hstack([self.weights, columns])
            self.bias_inputs = chip.bias_rows
            self.largest_input = largest_input
        _check_read_voltage(chip)
        self.scale, self._targets = lay_out(self.weights, chip)

    @property
    def shape(self) -> tuple[int, int]:
        """Outputs and inputs, those of biases among them."""
        return self.weights.shape[0], self.weights.shape[1]

    @property
    def targets(self) -> tuple[TileTarget, ...]:
        """What the arrays are to hold, inputs running fastest."""
        return self._targets

    @cached_property
    def tiles(self) -> tuple[ProgrammedTile, ...]:
        """The arrays, inputs running fastest."""
        return tuple(self._written(k, target) for k, target in enumerate(self._targets))

    def _written(self, index: int, target: TileTarget) -> ProgrammedTile:
        seed = int(generator(self.seed, "inference.tile", index).integers(2**53))
        return write_tile(self.chip, target, seed)

    @accepts_quantities
    def at(self, time: float) -> tuple[TileState, ...]:
        """Return the arrays at a time.

        Parameters
        ----------
        time : float
            After programming. [s]

        Returns
        -------
        tuple of TileState

        Raises
        ------
        CellError
            If the cells' model says nothing about that time.
        """
        return tuple(self._state(tile, time) for tile in self.tiles)

    def _state(self, tile: ProgrammedTile, time: float) -> TileState:
        aged, error = tile.aged_and_read_error(time)
        noise = error if np.any(error) else None
        return TileState(tile.target, self._seen(aged), noise, tile.unit)

    def _seen(self, conductance: Array) -> Array:
        if self.chip.wires is None:
            return conductance
        return self.chip.wires.crossbar(conductance).effective_conductance()

    @accepts_quantities
    def weights_at(self, time: float, read: int | None = None) -> Array:
        """Return the matrix that the chip multiplies by at a time, converters left out.

        Parameters
        ----------
        time : float
            After programming. [s]
        read : int, optional
            Number of a read, whose noise is in it; without noise if not given.

        Returns
        -------
        ndarray, shape (outputs, inputs)
        """
        W = np.zeros(self.shape)
        for tile in self.tiles:
            G = tile.aged(time) if read is None else tile.at(time, read)
            part = (tile.target.outputs, tile.target.inputs)
            W[part] = tile.target.held(self._seen(G), self.scale / tile.unit)
        return W

    @accepts_quantities
    def compensation(self, time: float, read: int = 0) -> Array:
        """Return what outputs are multiplied by to undo drift, shape (outputs,).

        Unit inputs are read right after programming and at the time; the factor is the ratio of
        mean magnitudes, over the whole matrix or for each output.

        Parameters
        ----------
        time : float
            After programming. [s]
        read : int
            Number of the read that measures it.
        """
        kind = self.chip.compensation
        if kind == "none":
            return np.ones(self.shape[0])
        model = self.chip.cells
        assert isinstance(model, CellModel)
        first = np.abs(self.weights_at(model.first_time, read))
        now = np.abs(self.weights_at(time, read))
        axis = None if kind == "global" else 1
        ratio = _ratio(first.mean(axis=axis), now.mean(axis=axis))
        return np.broadcast_to(ratio, (self.shape[0],)).copy()


def _check_read_voltage(chip: Chip) -> None:
    model = chip.cells
    assert isinstance(model, CellModel)
    most = model.largest_read_voltage
    if chip.read_voltage > most:
        raise ChipError(
            f"Chip: read_voltage = {chip.read_voltage:g} V writes these cells, "
            f"{type(model).__name__}; expected at most {most:g} V, a second of which leaves them "
            "as they are"
        )


def _ratio(above: Array, below: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.asarray(above) / np.asarray(below)
    return np.where(np.isfinite(ratio), ratio, 1.0)
