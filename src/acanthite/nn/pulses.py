r"""Rank-one updates by coincidence of stochastic pulses, at the cost of the pulses and no more.

To change a layer by :math:`\Delta w_{ji} = -\eta x_j d_i`, every input line fires with probability
:math:`p_j \propto |x_j|` and every output line with :math:`p_i \propto |d_i|` in each of BL slots. A cell where both
fire receives one pulse of the sign of :math:`-x_j d_i`. With :math:`K = \eta \max|x| \max|d| / \Delta w_{min}`,
:math:`BL = \min(\lceil K \rceil, BL_{max})` and both maxima firing with :math:`\sqrt{K / BL}`, the mean update is exact
as long as :math:`K \le BL_{max}` and saturates beyond. In each slot only the crossings of the lines that fired are
visited.

References
----------
.. [1] T. Gokmen, Y. Vlasov, *Front. Neurosci.* **10**, 333 (2016), :doi:`10.3389/fnins.2016.00333`.
.. [2] T. Gokmen, M. Onen, W. Haensch, *Front. Neurosci.* **11**, 538 (2017), :doi:`10.3389/fnins.2017.00538`:
   update management.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from acanthite.nn.network import FAST, Network
from acanthite.nn.noise import Dice, dice, take_normals, take_words
from acanthite.synapse.base import Cells
from acanthite.synapse.kernels import step
from acanthite.synapse.rule import LOWER, UPPER, Rule

BL_MAX = 31  #: longest pulse train of one update


class Array(NamedTuple):
    """All cells of a network as the kernels see them."""

    weights: np.ndarray  # float32, shape (n_weights,)
    coefficients: np.ndarray  # float32, shape (n_weights or 1, 6): see acanthite.synapse.base.Cells
    stride: int  # 1, or 0 where one row of coefficients stands for all
    noise: np.float32  # relative, from pulse to pulse
    rule: Rule  # the law they share
    counts: np.ndarray  # int64, shape (2,): pulses up and down so far


class Lines(NamedTuple):
    """Scratch of one update: chances to fire and the lines that fired."""

    columns: np.ndarray  # int32: input lines that can fire
    column_chance: np.ndarray  # uint32: out of 2**32
    row_chance: np.ndarray  # uint32
    fired_columns: np.ndarray  # int32
    fired_rows: np.ndarray  # int32
    row_sign: np.ndarray  # float32: of the update, for a positive input


def array(cells: Cells, weights: np.ndarray) -> Array:
    """Return cells and their weights for the kernels; weights outside a cell's bounds are put on the bound."""
    c = cells.coefficients
    stride = 0 if len(c) == 1 else 1
    bounded = np.clip(weights, c[:, 4], c[:, 5]).astype(np.float32)
    return Array(
        bounded, np.ascontiguousarray(c), stride, np.float32(cells.noise), cells.rule, np.zeros(2, np.int64)
    )


def lines(network: Network) -> Lines:
    """Return scratch for the widest layer."""
    n = network.n_lines
    i, u, f = np.int32, np.uint32, np.float32
    return Lines(
        np.zeros(n, i), np.zeros(n, u), np.zeros(n, u), np.zeros(n, i), np.zeros(n, i), np.zeros(n, f)
    )


@njit(cache=True, nogil=True, fastmath=FAST)
def largest(x):
    """Return max |x|."""
    top = np.float32(0.0)
    for i in range(x.shape[0]):
        top = max(top, abs(x[i]))
    return top


@njit(cache=True, nogil=True)
def _chances(x, per_unit, out):
    """Write the chance of each line, out of 2**32; ``per_unit * max|x|`` is at most 1."""
    scale = per_unit * np.float32(4294967040.0)
    for i in range(x.shape[0]):
        out[i] = np.uint32(np.int64(abs(x[i]) * scale))


@njit(cache=True, nogil=True)
def _fire(chance, n, words, at, out):
    """List the lines that fire; return how many."""
    count = 0
    for k in range(n):
        out[count] = k
        count += words[at + k] < chance[k]
    return count


@njit(cache=True, nogil=True)
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
    at = cell * array.stride
    c, w = array.coefficients, array.weights[cell]
    w += step(array.rule, c, at, sign, w) * (np.float32(1.0) + array.noise * normal)
    array.weights[cell] = min(max(w, c[at, LOWER]), c[at, UPPER])


@njit(cache=True, nogil=True)
def update(array, offset, x, d, rate, smallest, bl_max, lines, dice):
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
    lines : Lines
    dice : Dice
    """
    n_out = d.shape[0]
    top_x, top_d = largest(x), largest(d)
    need = rate * top_x * top_d / smallest
    if not need > np.float32(0.0):
        return 0
    slots = min(int(np.ceil(need)), bl_max)
    peak = min(np.sqrt(need / np.float32(slots)), np.float32(1.0))
    _chances(d, peak / top_d, lines.row_chance)
    for i in range(n_out):
        lines.row_sign[i] = np.float32(-1.0) if d[i] > np.float32(0.0) else np.float32(1.0)
    n_columns = _columns(x, peak / top_x, lines)
    pulses = 0
    for _ in range(slots):
        rows = _fire(lines.row_chance, n_out, dice.words, take_words(dice, n_out), lines.fired_rows)
        if rows > 0:
            at = take_words(dice, n_columns)
            columns = _fire(lines.column_chance, n_columns, dice.words, at, lines.fired_columns)
            _coincide(array, offset, n_out, x, columns, rows, lines, dice)
            pulses += rows * columns
    return pulses


@njit(cache=True, nogil=True)
def _columns(x, per_unit, lines):
    """List the inputs that can fire, with their chances; return how many."""
    count = 0
    scale = per_unit * np.float32(4294967040.0)
    for j in range(x.shape[0]):
        lines.columns[count] = j
        lines.column_chance[count] = np.uint32(np.int64(abs(x[j]) * scale))
        count += x[j] != np.float32(0.0)
    return count


@njit(cache=True, nogil=True)
def _coincide(array, offset, n_out, x, columns, rows, lines, dice):
    for a in range(columns):
        j = lines.columns[lines.fired_columns[a]]
        side = np.float32(1.0) if x[j] > np.float32(0.0) else np.float32(-1.0)
        base = offset + j * n_out
        if array.noise > np.float32(0.0):
            at = take_normals(dice, rows)
            for b in range(rows):
                i = lines.fired_rows[b]
                pulse(array, base + i, side * lines.row_sign[i], dice.normals[at + b])
        else:
            for b in range(rows):
                i = lines.fired_rows[b]
                pulse(array, base + i, side * lines.row_sign[i], np.float32(0.0))


__all__ = ["BL_MAX", "Array", "Dice", "Lines", "array", "dice", "largest", "lines", "pulse", "update"]
