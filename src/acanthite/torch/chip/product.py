"""The product of a weight on a chip and a batch: the compiled twin of the one in float64."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from acanthite.errors import ChipError
from acanthite.inference import Chip, ProgrammedMatrix, Ranges, calibrate
from acanthite.inference.cells.base import CellModel
from acanthite.inference.matrix.product import converter_offsets
from acanthite.inference.matrix.programmed import TileState
from acanthite.random import generator

_WATCHED = 4096  # inputs kept of a layer while the chip is calibrated


@dataclass(frozen=True, eq=False)
class _Tile:
    """One array at a time, in single precision, in units of the largest input's voltage."""

    inputs: slice
    outputs: slice
    source: Tensor | None  # of the rows; None where rows are the inputs
    sign: Tensor | None
    conductance: Tensor  # (rows, columns)
    variance: Tensor | None  # of one read, (rows, columns)
    full_scale: Tensor  # (columns,)
    offset: Tensor | None
    column: Tensor  # (terms, outputs)
    factor: Tensor  # (terms, outputs): currents to weights


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
    compensation: Tensor

    def __init__(self, weight: Tensor, chip: Chip, seed: int) -> None:
        super().__init__()
        self.chip = chip
        self.matrix = ProgrammedMatrix(weight.detach().double().numpy(), chip, seed)
        self.ranges: Ranges | None = None
        self.watching = False
        self.within_one = False
        self._seen: list[Tensor] = []
        self._tiles: list[_Tile] = []
        self._whole: tuple[Tensor, Tensor | None] | None = None
        self._noise = torch.Generator()
        self.register_buffer("digital", weight.detach().clone(), persistent=False)
        self.register_buffer("compensation", torch.ones(len(weight)), persistent=False)
        self.time: float | None = None

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
            self.set_time(self.time)

    def set_time(self, time: float, draw: int = 0) -> None:
        """Go to a time after programming [s]; ``draw`` counts repetitions with other noise.

        Raises
        ------
        CellError
            If the cells' model says nothing about that time.
        """
        self.time = time
        factor = self.matrix.compensation(time, draw)
        self.compensation = torch.from_numpy(factor.astype(np.float32))
        seed = generator(self.matrix.seed, f"torch.chip {time!r}", draw).integers(2**53)
        self._noise.manual_seed(int(seed))
        states = self.matrix.at(time)
        if self.exact_periphery:
            self._whole = _whole(self.matrix, states)
        elif self.ranges is not None:
            self._tiles = [self._tile(k, state) for k, state in enumerate(states)]

    @torch.no_grad()
    def forward(self, x: Tensor) -> Tensor:
        """Return W x, shape (..., outputs), for x of shape (..., inputs).

        Raises
        ------
        ChipError
            If the converters were not set: call ``calibrate`` of the model.
        """
        flat = x.reshape(-1, x.shape[-1])
        if self.watching:
            self._keep(flat)
            return nn.functional.linear(x, self.digital)
        if self.exact_periphery:
            y = self._product(flat)
        elif self._tiles:
            y = self._through_converters(flat)
        else:
            raise ChipError(
                "the chip's converters have no range yet; call .calibrate(inputs) of the model, "
                "or give to_inference typical inputs"
            )
        return (y * self.compensation).reshape(*x.shape[:-1], -1)

    def _keep(self, x: Tensor) -> None:
        room = _WATCHED - sum(len(part) for part in self._seen)
        if room > 0:
            step = max(1, len(x) // room)
            self._seen.append(x[::step][:room].detach().clone())

    def _product(self, x: Tensor) -> Tensor:
        assert self._whole is not None
        weight, variance = self._whole
        y = x @ weight
        if variance is not None:
            y += (x.square() @ variance).sqrt_() * torch.randn(y.shape, generator=self._noise)
        return y

    def _through_converters(self, x: Tensor) -> Tensor:
        assert self.ranges is not None
        y = x.new_zeros(len(x), self.matrix.shape[0])
        planes, counts = self._planes((x / self.ranges.largest_input).clamp_(-1.0, 1.0))
        for tile in self._tiles:
            total: Tensor | None = None
            for plane, count in zip(planes, counts, strict=True):
                part = self._read(tile, plane[:, tile.inputs])
                total = part.mul_(count) if total is None else total.add_(part, alpha=count)
            assert total is not None
            y[:, tile.outputs] += total
        return y.mul_(self.ranges.largest_input)

    def _planes(self, share: Tensor) -> tuple[list[Tensor], list[float]]:
        """Return what the rows are driven by, time after time, and what each time counts."""
        driver = self.chip.inputs
        if driver.largest_code is None:
            return [share], [1.0]
        code = share.mul_(driver.largest_code).round_()
        if driver.scheme != "bit-serial":
            return [code.div_(driver.largest_code)], [1.0]
        magnitude = code.abs().to(torch.int32)
        sign = code.sign()
        planes = [((magnitude >> k) & 1) * sign for k in range(driver.planes)]
        return planes, [2.0**k / driver.largest_code for k in range(driver.planes)]

    def _read(self, tile: _Tile, x: Tensor) -> Tensor:
        """Return what one array gives for one application of inputs, shape (batch, outputs)."""
        rows = x if tile.source is None else x[:, tile.source]
        if tile.sign is not None:
            rows = rows * tile.sign
        current = rows @ tile.conductance
        if tile.variance is not None:
            spread = (rows.square() @ tile.variance).sqrt_()
            current += spread.mul_(torch.randn(current.shape, generator=self._noise))
        code = self._converted(current.div_(tile.full_scale), tile)
        total: Tensor | None = None
        for column, factor in zip(tile.column, tile.factor, strict=True):
            part = code[:, column] * factor
            total = part if total is None else total.add_(part)
        assert total is not None
        return total

    def _converted(self, share: Tensor, tile: _Tile) -> Tensor:
        reader = self.chip.outputs
        if reader.exact:
            return share
        if reader.inl:
            share = share + reader.inl * torch.sin(torch.pi * share.clamp(-1.0, 1.0))
        if tile.offset is not None:
            share = share + tile.offset
        if reader.noise:
            share = share + reader.noise * torch.randn(share.shape, generator=self._noise)
        share = share.clamp_(-1.0, 1.0)
        if reader.largest_code is None:
            return share
        return share.mul_(reader.largest_code).round_().div_(reader.largest_code)

    def _tile(self, index: int, state: TileState) -> _Tile:
        assert self.ranges is not None
        wiring = state.target.wiring
        rows = np.arange(state.target.inputs.stop - state.target.inputs.start)
        full_scale = self.ranges.currents[index][wiring.slice_of_column]
        offset = converter_offsets(self.matrix, index, len(full_scale))
        volt = self.chip.read_voltage
        weight_of_unit = self.matrix.scale / (state.unit * volt)
        plain = np.array_equal(wiring.source, rows)
        return _Tile(
            inputs=state.target.inputs,
            outputs=state.target.outputs,
            source=None if plain else torch.from_numpy(wiring.source),
            sign=None if (wiring.sign == 1).all() else _single(wiring.sign),
            conductance=_single(volt * state.conductance),
            variance=None if state.read_error is None else _single((volt * state.read_error) ** 2),
            full_scale=_single(full_scale),
            offset=_single(offset) if self.chip.outputs.offset else None,
            column=torch.from_numpy(wiring.column),
            factor=_single(wiring.factor * full_scale[wiring.column] * weight_of_unit),
        )


def _whole(matrix: ProgrammedMatrix, states: tuple[TileState, ...]) -> tuple[Tensor, Tensor | None]:
    """Return the matrix that a chip of exact periphery multiplies by, and the variance of its
    reads, both (inputs, outputs).
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
    return _single(weight.T), _single(variance.T) if noisy else None


def _single(values: np.ndarray) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(values, np.float32))


def first_time(chip: Chip) -> float:
    """Return the first time that the cells of a chip can be read at. [s]"""
    assert isinstance(chip.cells, CellModel)
    return chip.cells.first_time
