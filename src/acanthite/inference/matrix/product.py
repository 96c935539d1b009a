"""The product of a programmed matrix and inputs: drivers, currents, converters, digital sums."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acanthite.arguments import count, number
from acanthite.errors import ChipError
from acanthite.inference.chip.chip import Chip
from acanthite.inference.chip.peripherals import ColumnReader, InputDriver
from acanthite.inference.matrix.programmed import ProgrammedMatrix, TileState
from acanthite.quantities import accepts_quantities
from acanthite.random import generator

Array = NDArray[np.float64]

_CANDIDATES = np.geomspace(0.05, 1.0, 40)  # of the largest current seen: ranges tried for the loss


@dataclass(frozen=True, eq=False)
class Ranges:
    """What the converters of a matrix are set to.

    Parameters
    ----------
    largest_input : float
        That is not clipped.
    currents : tuple of ndarray, each of shape (slices,)
        Range of the converters of each tile and slice. [A]

    Examples
    --------
    >>> import numpy as np
    >>> matrix = ac.inference.ProgrammedMatrix(np.eye(4), ac.inference.Chip(), seed=1)
    >>> ranges = ac.inference.calibrate(matrix, 3.0 * np.eye(4))
    >>> ranges.largest_input, [current.shape for current in ranges.currents]
    (3.0, [(1,)])
    """

    largest_input: float
    currents: tuple[Array, ...]


def input_planes(x: Array, driver: InputDriver, largest: float) -> tuple[Array, Array]:
    """Return what the inputs become, over the largest, and what each plane counts.

    Parameters
    ----------
    x : ndarray, shape (batch, inputs)
    driver : InputDriver
    largest : float

    Returns
    -------
    ndarray, shape (planes, batch, inputs)
        From -1 to 1. [1]
    ndarray, shape (planes,)
        [1]
    """
    share = np.clip(x / largest, -1.0, 1.0)
    if driver.largest_code is None:
        return share[None], np.ones(1)
    code = np.rint(share * driver.largest_code)
    if driver.scheme != "bit-serial":
        return code[None] / driver.largest_code, np.ones(1)
    places = np.arange(driver.planes)
    bits = (np.abs(code).astype(np.int64) >> places[:, None, None]) & 1
    return np.sign(code) * bits.astype(float), 2.0**places / driver.largest_code


def read_columns(
    current: Array,
    reader: ColumnReader,
    full_scale: Array,
    rng: np.random.Generator | None,
    offset: Array | float = 0.0,
) -> Array:
    """Return currents as they leave the converters [A].

    Parameters
    ----------
    current : ndarray, shape (..., columns)
        [A]
    reader : ColumnReader
    full_scale : ndarray, shape (columns,)
        [A]
    rng : numpy.random.Generator or None
        Of the noise; none without.
    offset : ndarray, shape (columns,)
        Of each converter, over the range. [1]
    """
    if reader.exact:
        return current
    share = current / full_scale
    if reader.inl:
        share = share + reader.inl * np.sin(np.pi * np.clip(share, -1.0, 1.0))
    share = share + offset
    if reader.noise and rng is not None:
        share = share + reader.noise * rng.standard_normal(share.shape)
    share = np.clip(share, -1.0, 1.0)
    if reader.largest_code is not None:
        share = np.rint(share * reader.largest_code) / reader.largest_code
    return share * full_scale


def calibrate(matrix: ProgrammedMatrix, x: ArrayLike, largest_input: float | None = None) -> Ranges:
    """Return the ranges of the converters that suit inputs like ``x``.

    Parameters
    ----------
    matrix : ProgrammedMatrix
    x : array_like, shape (batch, inputs)
        Typical inputs: not those it is judged by.
    largest_input : float, optional
        That is not clipped, where it is known; by ``x`` without. A matrix with biases on cells has
        its own.

    Returns
    -------
    Ranges

    Raises
    ------
    ChipError
        If ``x`` has another shape, or holds nothing but zeros.

    Examples
    --------
    >>> import numpy as np
    >>> matrix = ac.inference.ProgrammedMatrix(np.eye(4), ac.inference.Chip(), seed=1)
    >>> ac.inference.calibrate(matrix, np.full((2, 4), 0.5)).largest_input
    0.5
    """
    chip = matrix.chip
    inputs = _inputs(matrix, x)
    largest = largest_of(inputs[:, : inputs.shape[1] - matrix.bias_inputs], chip.inputs)
    if largest_input is not None:
        largest = number("calibrate: largest_input", largest_input, above=0, error=ChipError)
    if matrix.largest_input is not None:
        largest = matrix.largest_input
    planes, _ = input_planes(inputs, chip.inputs, largest)
    states = matrix.at(matrix.chip.cells.first_time)  # type: ignore[union-attr]
    return Ranges(largest, tuple(converter_ranges(chip, state, planes) for state in states))


def largest_of(inputs: Array, driver: InputDriver) -> float:
    """Return the largest input that is not clipped, by typical ones.

    Raises
    ------
    ChipError
        If all are zero.
    """
    largest = float(np.quantile(np.abs(inputs), driver.percentile))
    largest = largest or float(np.abs(inputs).max())
    if not largest > 0:
        raise ChipError("calibrate: all inputs are zero; expected typical ones")
    return largest


def converter_ranges(chip: Chip, state: TileState, planes: Array) -> Array:
    """Return the range of each slice of a tile [A], shape (slices,).

    Parameters
    ----------
    chip : Chip
    state : TileState
    planes : ndarray, shape (planes, batch, inputs)
        Of typical inputs, from :func:`input_planes`.
    """
    wiring = state.target.wiring
    most = chip.read_voltage * np.abs(state.conductance).sum(axis=0)
    of_slice = [wiring.slice_of_column == s for s in range(chip.slices)]
    full = [most[columns].max() or _one_cell(chip) for columns in of_slice]
    if chip.outputs.profile == "largest":
        return np.array(full)
    current = np.abs(_currents(chip, state, planes))
    of_columns = [current[..., columns].ravel() for columns in of_slice]
    ranges = [_range(each, chip.outputs) if each.any() else 0.0 for each in of_columns]
    return np.array([r if r > 0 else top for r, top in zip(ranges, full, strict=True)])


def _one_cell(chip: Chip) -> float:
    """Return the largest current of a cell, a range for an array in which none conducts. [A]"""
    return chip.read_voltage * chip.window.highest


def _range(magnitude: Array, reader: ColumnReader) -> float:
    if reader.profile == "percentile" or reader.largest_code is None:
        return float(np.quantile(magnitude, reader.percentile))
    top = float(magnitude.max())
    losses = []
    for candidate in top * _CANDIDATES:
        step = candidate / reader.largest_code
        seen = np.minimum(np.rint(magnitude / step), reader.largest_code) * step
        losses.append(np.mean((seen - magnitude) ** 2))
    return top * float(_CANDIDATES[int(np.argmin(losses))])


def _currents(chip: Chip, state: TileState, planes: Array) -> Array:
    """Return column currents without noise [A], shape (planes, batch, columns)."""
    return _row_voltages(chip, state, planes) @ state.conductance


def _row_voltages(chip: Chip, state: TileState, planes: Array) -> Array:
    wiring = state.target.wiring
    rows = planes[..., state.target.inputs][..., wiring.source]
    return chip.read_voltage * wiring.sign * rows


@accepts_quantities
def multiply(
    matrix: ProgrammedMatrix, x: ArrayLike, ranges: Ranges, time: float = 0.0, read: int = 0
) -> Array:
    """Return W x, or W x + b, as the chip gives it at a time.

    Parameters
    ----------
    matrix : ProgrammedMatrix
    x : array_like, shape (batch, inputs)
        Without those of biases.
    ranges : Ranges
        From :func:`calibrate`.
    time : float
        After programming. [s]
    read : int
        Number of the read: noise is drawn by it.

    Returns
    -------
    ndarray, shape (batch, outputs)
        With biases, if they are on cells.

    Raises
    ------
    ChipError
        If ``x`` has another shape, or the ranges are those of another matrix with biases.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(1)
    >>> weights, x = rng.normal(size=(10, 300)), rng.normal(size=(100, 300))
    >>> chip = ac.inference.Chip(cells="reram-cmo", rows=128, columns=64)
    >>> matrix = ac.inference.ProgrammedMatrix(weights, chip, seed=1)
    >>> y = ac.inference.multiply(matrix, x, ac.inference.calibrate(matrix, x), time=3600.0)
    >>> error = np.std(y - x @ weights.T) / np.std(x @ weights.T)
    >>> print(f"{error:.0%} off")
    6% off
    """
    inputs = _inputs(matrix, x)
    count("multiply: read", read, least=0, error=ChipError)
    _check_ranges(matrix, ranges)
    chip = matrix.chip
    planes, weight_of_plane = input_planes(inputs, chip.inputs, ranges.largest_input)
    y = np.zeros((len(inputs), matrix.shape[0]))
    for k, state in enumerate(matrix.at(time)):
        rng = generator(matrix.seed, f"inference.product {time!r} {k}", read)
        currents = _noisy_currents(chip, state, planes, rng)
        wiring = state.target.wiring
        offset = converter_offsets(matrix, k, currents.shape[-1])
        full_scale = ranges.currents[k][wiring.slice_of_column]
        codes = read_columns(currents, chip.outputs, full_scale, rng, offset)
        of_plane = sum(
            factor * codes[..., column]
            for factor, column in zip(wiring.factor, wiring.column, strict=True)
        )
        y[:, state.target.outputs] += np.tensordot(weight_of_plane, of_plane, 1) / state.unit
    y *= matrix.scale * ranges.largest_input / chip.read_voltage
    return y * matrix.compensation(time, read)


def _check_ranges(matrix: ProgrammedMatrix, ranges: Ranges) -> None:
    """Refuse ranges of another matrix, by which biases would be clipped or too small."""
    if matrix.largest_input not in (None, ranges.largest_input):
        raise ChipError(
            f"ranges: largest_input = {ranges.largest_input:g}; the biases of this matrix were "
            f"written for {matrix.largest_input:g}: calibrate it"
        )


def converter_offsets(matrix: ProgrammedMatrix, tile: int, columns: int) -> Array:
    """Return the offsets of the converters of a tile, over their range, shape (columns,)."""
    rng = generator(matrix.seed, "inference.converter-offset", tile)
    return matrix.chip.outputs.offset * rng.standard_normal(columns)


def _noisy_currents(chip: Chip, state: TileState, planes: Array, rng: np.random.Generator) -> Array:
    volts = _row_voltages(chip, state, planes)
    current = volts @ state.conductance
    if state.read_error is None:
        return current
    spread = np.sqrt(volts**2 @ state.read_error**2)
    return current + spread * rng.standard_normal(current.shape)


def _inputs(matrix: ProgrammedMatrix, x: ArrayLike) -> Array:
    """Return inputs as floats, with what the rows of biases are driven by behind them."""
    inputs = np.asarray(x, float)
    expected = matrix.shape[1] - matrix.bias_inputs
    if inputs.ndim != 2 or inputs.shape[1] != expected or not len(inputs):
        raise ChipError(f"x: shape {inputs.shape}; expected (batch, {expected})")
    if not np.isfinite(inputs).all():
        raise ChipError("x: holds values that are not finite")
    if matrix.largest_input is None:
        return inputs
    constant = np.full((len(inputs), matrix.bias_inputs), matrix.largest_input)
    return np.hstack([inputs, constant])


__all__: Sequence[str] = [
    "Ranges",
    "calibrate",
    "converter_offsets",
    "converter_ranges",
    "input_planes",
    "largest_of",
    "multiply",
    "read_columns",
]
