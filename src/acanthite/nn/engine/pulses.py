r"""Rank-one updates by coincidence of stochastic pulses, at the cost of the pulses and no more.

To change a layer by :math:`\Delta w_{ji} = -\eta x_j d_i`, every input line fires with probability
:math:`p_j \propto |x_j|` and every output line with :math:`p_i \propto |d_i|` in each of BL slots.
A cell where both fire receives one pulse of the sign of :math:`-x_j d_i`. With :math:`K = \eta
\max|x| \max|d| / \Delta w_{min}`, :math:`BL = \min(\lceil K \rceil, BL_{max})` and both maxima
firing with :math:`\sqrt{K / BL}`, the mean update is exact as long as :math:`K \le BL_{max}` and
saturates beyond.

In each slot the output lines that fire are drawn and listed, then the input lines; the cells where
the two lists cross are listed, input line by input line, and pulsed, and no others are touched. In
one update a cell is pulsed in one direction only, so those to be pulsed up and down are two lists
without either's order getting lost.

References
----------
.. [1] T. Gokmen, Y. Vlasov, *Front. Neurosci.* **10**, 333 (2016), :doi:`10.3389/fnins.2016.00333`.
.. [2] T. Gokmen, M. Onen, W. Haensch, *Front. Neurosci.* **11**, 538 (2017),
   :doi:`10.3389/fnins.2017.00538`: update management.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from acanthite.jit import njit
from acanthite.nn.engine.disturbance import PulseNoise, is_noisy, level, moved, pulse_noise, settle
from acanthite.nn.engine.native import aligned
from acanthite.nn.engine.native.aligned import PER_LINE
from acanthite.nn.engine.native.compaction import append_shifted, list_below, list_positive
from acanthite.nn.engine.native.options import ONE, SUMMED, ZERO
from acanthite.nn.engine.native.prefetch import prefetch, prefetch_once
from acanthite.nn.engine.native.simd import LANES
from acanthite.nn.engine.network import Network
from acanthite.nn.engine.periphery import largest
from acanthite.nn.engine.rng import WORDS, some_normals, take_words
from acanthite.nn.engine.units import Units, join, make_units
from acanthite.synapse.base import Cells
from acanthite.synapse.kernels import stride
from acanthite.synapse.rule import LOWER, UPPER, StepRule
from acanthite.synapse.units.cells import UnitCells

BL_MAX = 31  #: longest pulse train of one update

FULL = np.float32(4294967040.0)  #: the chance 1: the largest float32 below 2**32

# cells between the fetch of one and its pulse; what stands behind a list is fetched too, and does
# no harm
_AHEAD = 32

_BEYOND = np.float32(8)  # standard deviations of write noise: no normal is that large


class Array(NamedTuple):
    """All cells of a network as the kernels see them."""

    weights: np.ndarray  # float32, shape (n_weights,)
    # float32, shape (n_weights * stride,): see acanthite.synapse.base.Cells
    coefficients: np.ndarray
    # relative, from pulse to pulse; or all that pulses bring; or the devices that a weight is of
    noise: np.float32 | PulseNoise | Units
    rule: StepRule  # the law they share
    counts: np.ndarray  # int64, shape (2,): pulses up and down so far

    @property
    def rows(self) -> np.ndarray:
        """Coefficients of each cell, shape (n_weights, stride), as a view."""
        return self.coefficients.reshape(len(self.weights), -1)


class Side(NamedTuple):
    """Scratch: the lines on one side of an array."""

    active: np.ndarray  # uint32, shape (n_lines + LANES,): those that may fire
    values: np.ndarray  # float32, the same: their input or error
    chance: np.ndarray  # uint32, the same: of each of them to fire in a slot, out of 2**32
    fired: np.ndarray  # uint32, the same: those that do


class FiringLines(NamedTuple):
    """Scratch of an update: the lines that fire, and the cells where they cross."""

    inputs: Side
    outputs: Side
    up: np.ndarray  # uint32: cells where lines cross that fire, to be pulsed up
    down: np.ndarray


def array(cells: Cells, weights: np.ndarray, seed: int = 0, stream: str = "cells") -> Array:
    """Return cells and their weights for the kernels; a weight out of bounds goes on the bound.

    Parameters
    ----------
    cells : Cells
    weights : ndarray, shape (n_cells,)
    seed : int
    stream : str
        Together the key of what writes leave beside the weights, in cells with write noise.
    """
    c = aligned.zeros((len(weights), cells.rule.stride))
    c[:, : cells.rule.n_coefficients] = cells.coefficients
    if isinstance(cells, UnitCells):
        return _array_of_units(cells, weights, c, seed, stream)
    bounded = aligned.copy(np.clip(weights, cells.lower, cells.upper))
    noise = pulse_noise(cells, bounded, seed, stream)
    return Array(bounded, c.ravel(), noise, cells.rule, np.zeros(2, np.int64))


def _array_of_units(
    cells: UnitCells, weights: np.ndarray, c: np.ndarray, seed: int, stream: str
) -> Array:
    """Return unit cells for the kernels; what writes leave may lie beyond the bounds of the sums."""
    units = make_units(cells, weights, seed, stream)
    c[:, LOWER] -= _BEYOND * units.noise.write_noise * np.abs(units.gamma).sum()
    c[:, UPPER] += _BEYOND * units.noise.write_noise * np.abs(units.gamma).sum()
    read = aligned.zeros(len(weights))
    join(units, read)
    return Array(read, c.ravel(), units, cells.rule, np.zeros(2, np.int64))


def firing_lines(network: Network) -> FiringLines:
    """Return scratch for the widest layer."""
    n = network.n_lines + LANES
    inputs, outputs = (Side(*(np.zeros(n, t) for t in ("u4", "f4", "u4", "u4"))) for _ in range(2))
    up, down = np.zeros((2, WORDS + LANES + _AHEAD), np.uint32)
    return FiringLines(inputs, outputs, up, down)


@njit(**SUMMED)
def pulse(array, cell, sign, normal):
    """Move one cell by one pulse: up for ``sign`` +1, down for -1.

    Parameters
    ----------
    array : Array
    cell : int
    sign : float32
    normal : float32
        Standard normal of this pulse.
    """
    # unsigned: no wrapping of negative indices
    index = np.uint64(cell)
    lower = np.uint64(LOWER)
    upper = np.uint64(UPPER)
    at = index * stride(array.rule)
    c = array.coefficients
    w = level(array.noise, array.weights, index)
    w = moved(array.noise, array.rule, c, at, index, sign, w, normal)
    settle(array.noise, array.weights, index, min(max(w, c[at + lower]), c[at + upper]))


@njit(**SUMMED)
def update(array, offset, x, d, rate, smallest, bl_max, lines, rng):
    r"""Pulse one layer by :math:`-\eta x_j d_i` on average; return the number of pulses.

    Parameters
    ----------
    array : Array
    offset : int
        Of the layer in the array.
    x : ndarray of float32, shape (n_in,)
        Inputs, bias included.
    d : ndarray of float32, shape (n_out,)
        Errors.
    rate : float32
        :math:`\eta`.
    smallest : float32
        :math:`\Delta w_{min}`, mean step at the zero of the weight, in its unit.
    bl_max : int
    lines : FiringLines
    rng : Rng
    """
    slots, x_scale, d_scale = pulse_train(x, d, rate, smallest, bl_max)
    if slots == 0:
        return 0
    inputs = lines.inputs
    outputs = lines.outputs
    falls, n_out = collect_lines(d, d_scale, outputs)
    n_in = -1
    rises = 0
    up = 0
    down = 0
    total = 0
    for _ in range(slots):
        middle, high = draw_fired(outputs, falls, n_out, rng)
        if high == 0:
            continue
        if n_in < 0:
            rises, n_in = collect_lines(x, x_scale, inputs)
        half, fired = draw_fired(inputs, rises, n_in, rng)
        up, down = _cross(
            array, offset, d.shape[0], (half, fired), (middle, high), (up, down), lines, rng
        )
        total += fired * high
    _pulse_listed(array, lines, up, down, rng)
    return total


@njit(**SUMMED)
def pulse_train(x, d, rate, smallest, bl_max):
    """Return the slots of an update, and the factors from inputs and errors to their chances.

    A chance of 2**32 is certain.
    """
    top_x, top_d = largest(x), largest(d)
    need = rate * top_x * top_d / smallest
    if not (need > ZERO and need < np.float32(np.inf)):
        return 0, need, need
    slots = int(min(np.ceil(need), np.float32(bl_max)))
    peak = min(np.sqrt(need / np.float32(slots)), ONE)
    return slots, peak / top_x * FULL, peak / top_d * FULL


@njit(**SUMMED)
def collect_lines(values, scale, side):
    """List the lines that may fire, and their chances; return how many are positive, and how many.

    Positive ones come first.
    """
    positive = list_positive(values, ONE, 0, side.active, side.values)
    n = list_positive(values, -ONE, positive, side.active, side.values)
    for k in range(n):
        side.chance[k] = np.uint32(np.int64(side.values[k] * scale))
    return positive, n


@njit(inline="always", nogil=True)
def draw_fired(side, positive, n, rng):
    """List the lines that fire in a slot; return how many are positive, and how many."""
    words = take_words(rng, n)
    middle = list_below(rng.words, words, side.chance, side.active, 0, positive, side.fired, 0)
    if n == positive:
        return middle, middle
    words += positive
    return middle, list_below(
        rng.words, words, side.chance, side.active, positive, n, side.fired, middle
    )


@njit(inline="always", nogil=True)
def _cross(array, offset, n_out, inputs, outputs, listed, lines, rng):
    """Append the cells where firing lines cross to those to be pulsed up and down.

    Return how many there are then of either.
    """
    (half, fired) = inputs
    (middle, high) = outputs
    (up, down) = listed
    rows = lines.outputs.fired
    for f in range(fired):
        if max(up, down) + high > WORDS:
            _pulse_listed(array, lines, up, down, rng)
            up, down = 0, 0
        base = np.uint32(offset + np.int64(lines.inputs.fired[np.uint64(f)]) * n_out)
        if f < half:
            down = append_shifted(lines.down, down, rows, 0, middle, base)
            up = append_shifted(lines.up, up, rows, middle, high, base)
        else:
            up = append_shifted(lines.up, up, rows, 0, middle, base)
            down = append_shifted(lines.down, down, rows, middle, high, base)
    return up, down


@njit(**SUMMED)
def _pulse_listed(array, lines, up, down, rng):
    """Pulse the first cells listed, so many up and so many down."""
    _pulse_cells(array, lines.up, up, ONE, rng)
    _pulse_cells(array, lines.down, down, -ONE, rng)


@njit(inline="always", nogil=True)
def _pulse_cells(array, cells, n, sign, rng):
    """Pulse the first ``n`` cells listed, one after the other."""
    c = stride(array.rule)
    done = np.int64(0)
    while done < n:
        at, m = some_normals(rng, n - done) if is_noisy(array.noise) else (0, n - done)
        first = np.uint64(done)
        z = np.uint64(at)
        for k in range(np.uint64(m)):
            ahead = np.uint64(cells[first + k + np.uint64(_AHEAD)])
            prefetch(array.weights, ahead)
            prefetch_once(array.coefficients, ahead * c)
            if c > PER_LINE:
                prefetch_once(array.coefficients, ahead * c + c - np.uint64(1))
            pulse(array, cells[first + k], sign, rng.normals[z + k])
        done += m
    array.counts[0 if sign > ZERO else 1] += n
