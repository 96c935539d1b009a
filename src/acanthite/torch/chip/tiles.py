"""The arrays of a chip at one time, ready to be read in single precision.

All that is the same at every read is worked into the matrix: an array gives codes of its converters
for codes of its inputs, and its output factors turn those into outputs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from acanthite.inference import Chip, InputDriver, ProgrammedMatrix, Ranges
from acanthite.inference.matrix.layout import TileTarget
from acanthite.inference.matrix.product import converter_offsets
from acanthite.inference.matrix.programmed import TileState
from acanthite.nn.engine.rng import Rng
from acanthite.torch.chip import reads

_CURRENTS = 1 << 16  # held at once, few enough for a near cache
_FEWEST = 64  # inputs at once: below it a product of matrices is slow


@dataclass(frozen=True, eq=False)
class Tile:
    """One array at a time.

    Parameters
    ----------
    inputs, outputs : slice
        Of the matrix.
    codes : Tensor, shape (columns, inputs)
        Of the converters by codes of the inputs; rows that one input drives are one.
    variance : Tensor, shape (columns, inputs), or None
        Of one read, by squared codes of the inputs.
    offset : Tensor, shape (columns, 1), or None
        In codes.
    begin, step : ndarray, shape (terms,)
        Which columns an output is made of: ``begin + step * output``, one a term.
    factor : ndarray, shape (terms, outputs)
        What a code of each stands for.
    """

    inputs: slice
    outputs: slice
    codes: Tensor
    variance: Tensor | None
    offset: Tensor | None
    begin: np.ndarray
    step: np.ndarray
    factor: np.ndarray


def make_tile(
    matrix: ProgrammedMatrix, index: int, state: TileState, ranges: Ranges, compensation: np.ndarray
) -> Tile:
    """Return an array at a time; ``compensation`` is what each output of the matrix is multiplied by."""
    chip = matrix.chip
    target, wiring = state.target, state.target.wiring
    top = chip.outputs.largest_code or 1
    full_scale = ranges.currents[index][wiring.slice_of_column]
    code_of_siemens = chip.read_voltage / _full_code(chip.inputs) * top / full_scale
    output_of_ampere = matrix.scale * ranges.largest_input / (state.unit * chip.read_voltage)
    factor = wiring.factor * full_scale[wiring.column] / top * output_of_ampere
    error = state.read_error
    offset = converter_offsets(matrix, index, len(full_scale)) * top
    order, begin, step = _in_terms(wiring.column)
    codes = _by_input(state.conductance * code_of_siemens, wiring.sign, target)
    variance = error
    if error is not None:
        variance = _by_input((error * code_of_siemens) ** 2, wiring.sign**2, target)
    return Tile(
        inputs=target.inputs,
        outputs=target.outputs,
        codes=single(codes[:, order].T),
        variance=None if variance is None else single(variance[:, order].T),
        offset=single(offset[order, None]) if chip.outputs.offset else None,
        begin=begin,
        step=step,
        factor=(factor * compensation[target.outputs]).astype(np.float32),
    )


def _by_input(of_row: np.ndarray, factor: np.ndarray, target: TileTarget) -> np.ndarray:
    """Return figures of rows, each times its factor, summed over the rows of each input."""
    inputs = target.inputs.stop - target.inputs.start
    source = target.wiring.source
    if np.array_equal(source, np.arange(inputs)) and (factor == 1).all():
        return of_row
    summed = np.zeros((inputs, of_row.shape[1]))
    np.add.at(summed, source, factor[:, None] * of_row)
    return summed


def _in_terms(column: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return an order of the columns in which each term's lie side by side, and where they begin.

    A term all outputs share is one column, its step zero; any other has a column an output.
    """
    shared = (column == column[:, :1]).all(axis=1) & (column.shape[1] > 1)
    runs = [row[:1] if one else row for row, one in zip(column, shared, strict=True)]
    begin = np.cumsum([0, *(len(run) for run in runs[:-1])])
    return np.concatenate(runs), begin, (~shared).astype(np.int64)


def drive(x: Tensor, driver: InputDriver, largest: float) -> Tensor:
    """Return the codes of inputs, or their share of the largest where drivers have no codes."""
    top = float(driver.largest_code or 1)
    codes = x * (top / largest)
    if driver.largest_code is not None:
        codes.round_()
    return codes.clamp_(-top, top)


def read(tiles: Sequence[Tile], chip: Chip, codes: Tensor, outputs: int, rng: Rng) -> Tensor:
    """Return the outputs for codes of inputs.

    A batch runs along the last axis, so that whatever happens to a column is a loop over memory.

    Parameters
    ----------
    tiles : sequence of Tile
    chip : Chip
    codes : Tensor, shape (inputs, batch)
        From :func:`drive`.
    outputs : int
        Of the matrix.
    rng : Rng
        Of the noise.

    Returns
    -------
    Tensor, shape (outputs, batch)
    """
    y = torch.zeros(outputs, codes.shape[1])
    widest = max(len(tile.codes) for tile in tiles)
    some = max(_FEWEST, _CURRENTS // widest)
    noisy = any(tile.variance is not None for tile in tiles)
    for start in range(0, codes.shape[1], some):
        for plane, count in _planes(codes[:, start : start + some], chip.inputs):
            squares = plane.square() if noisy else None
            for tile in tiles:
                currents = _currents(tile, plane, squares, rng)
                _convert(currents, tile, chip, rng)
                factor = tile.factor if count == 1.0 else tile.factor * np.float32(count)
                first = tile.outputs.start
                reads.add_outputs(
                    currents.numpy(), tile.begin, tile.step, factor, y.numpy(), first, start
                )
    return y


def _planes(codes: Tensor, driver: InputDriver) -> Iterator[tuple[Tensor, float]]:
    """Yield what the rows are driven by, time after time, and what each time counts."""
    if driver.scheme != "bit-serial":
        yield codes, 1.0
        return
    magnitude = codes.abs().to(torch.int32)
    sign = codes.sign()
    for k in range(driver.planes):
        yield ((magnitude >> k) & 1) * sign, 2.0**k / (driver.largest_code or 1)


def _full_code(driver: InputDriver) -> int:
    """Return the code that puts the read voltage on a row."""
    return 1 if driver.scheme == "bit-serial" else driver.largest_code or 1


def _currents(tile: Tile, plane: Tensor, squares: Tensor | None, rng: Rng) -> Tensor:
    """Return currents with the noise of one read, in codes, shape (columns, batch)."""
    currents = tile.codes @ plane[tile.inputs]
    if tile.variance is not None:
        assert squares is not None
        variance = tile.variance @ squares[tile.inputs]
        reads.add_noise(rng, currents.view(-1).numpy(), variance.view(-1).numpy())
    return currents


def _convert(currents: Tensor, tile: Tile, chip: Chip, rng: Rng) -> None:
    """Put currents, in codes, through their converters, in place."""
    reader = chip.outputs
    if reader.exact:
        return
    flat = currents.view(-1).numpy()
    top = np.float32(reader.largest_code or 1)
    if reader.inl:
        reads.bend(flat, top, np.float32(reader.inl))
    if tile.offset is not None:
        currents += tile.offset
    if reader.noise:
        reads.add_equal_noise(rng, flat, np.float32(reader.noise) * top)
    convert = reads.clip_within if reader.largest_code is None else reads.round_within
    convert(flat, top)


def single(values: np.ndarray) -> Tensor:
    """Return a tensor of single precision."""
    return torch.from_numpy(np.ascontiguousarray(values, np.float32))
