r"""Rank-one updates by coincidence of stochastic pulses, at the cost of the pulses and no more.

To change a layer by :math:`\Delta w_{ji} = -\eta x_j d_i`, every input line fires with probability
:math:`p_j \propto |x_j|` and every output line with :math:`p_i \propto |d_i|` in each of BL slots. A cell where both
fire receives one pulse of the sign of :math:`-x_j d_i`. With :math:`K = \eta \max|x| \max|d| / \Delta w_{min}`,
:math:`BL = \min(\lceil K \rceil, BL_{max})` and both maxima firing with :math:`\sqrt{K / BL}`, the mean update is exact
as long as :math:`K \le BL_{max}` and saturates beyond.

In each slot the output lines that fire are drawn and listed, then the input lines; the cells where the two lists cross are
pulsed, input line by input line, and no others are touched.

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

from acanthite.nn.compiled import IN_PLACE
from acanthite.nn.network import FAST, Network
from acanthite.nn.noise import Dice, dice, take_normals, take_words
from acanthite.nn.periphery import largest
from acanthite.nn.prefetch import prefetch, prefetch_once
from acanthite.synapse.base import Cells
from acanthite.synapse.kernels import step
from acanthite.synapse.rule import LOWER, UPPER, Rule

BL_MAX = 31  #: longest pulse train of one update

FULL = np.float32(4294967040.0)  #: the chance 1: the largest float32 below 2**32

_AHEAD = 12  # pulses between the fetch of a cell and its pulse
_NORMALS = 256  # drawn at once: few are left over at the end of a block
_SHORT = 4  # coefficients that never straddle two cache lines


class Array(NamedTuple):
    """All cells of a network as the kernels see them."""

    weights: np.ndarray  # float32, shape (n_weights,)
    coefficients: np.ndarray  # float32, shape (n_weights or 1, k): see acanthite.synapse.base.Cells
    stride: int  # 1, or 0 where one row of coefficients stands for all
    noise: np.float32  # relative, from pulse to pulse
    rule: Rule  # the law they share
    counts: np.ndarray  # int64, shape (2,): pulses up and down so far


class Side(NamedTuple):
    """Scratch: the lines on one side of an array."""

    live: np.ndarray  # uint32, shape (n_lines,): those that may fire
    chance: np.ndarray  # uint32, shape (n_lines,): of each of them to do so in a slot, out of 2**32
    fired: np.ndarray  # uint32, shape (n_lines,): those that do


class Lines(NamedTuple):
    """Scratch of an update."""

    inputs: Side
    outputs: Side


def array(cells: Cells, weights: np.ndarray) -> Array:
    """Return cells and their weights for the kernels; weights outside a cell's bounds are put on the bound."""
    c = cells.coefficients
    stride = 0 if len(c) == 1 else 1
    bounded = np.clip(weights, cells.lower, cells.upper).astype(np.float32)
    noise = np.float32(cells.noise)
    return Array(bounded, np.ascontiguousarray(c), stride, noise, cells.rule, np.zeros(2, np.int64))


def lines(network: Network) -> Lines:
    """Return scratch for the widest layer."""
    n = network.n_lines + 1  # where a list ends is written to before it is known that nothing is there
    return Lines(*(Side(*(np.zeros(n, np.uint32) for _ in Side._fields)) for _ in Lines._fields))


@njit(**IN_PLACE, fastmath=FAST)
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
    here, at = np.uint64(cell), np.uint64(cell * array.stride)  # unsigned: no wrapping of negative indices
    c, w = array.coefficients, array.weights[here]
    w += step(array.rule, c, at, sign, w) * (np.float32(1.0) + array.noise * normal)
    array.weights[here] = min(max(w, c[at, LOWER]), c[at, UPPER])


@njit(**IN_PLACE)
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
    inputs, outputs = lines.inputs, lines.outputs
    top_x, top_d = largest(x), largest(d)
    need = rate * top_x * top_d / smallest
    if not (need > np.float32(0.0) and need < np.float32(np.inf)):
        return 0
    slots = int(min(np.ceil(need), np.float32(bl_max)))
    peak = min(np.sqrt(need / np.float32(slots)), np.float32(1.0))
    _chances(d, peak / top_d * FULL, outputs.chance)
    falls = _enlist(d, np.float32(1.0), 0, outputs)
    n_out = _enlist(d, np.float32(-1.0), falls, outputs)
    n_in = -1
    up, down = 0, 0
    for _ in range(slots):
        words = take_words(dice, n_out)
        middle = _draw(outputs, 0, falls, words, 0, dice)
        high = _draw(outputs, falls, n_out, words, middle, dice)
        if high == 0:
            continue
        if n_in < 0:
            _chances(x, peak / top_x * FULL, inputs.chance)
            n_in = _enlist(x, np.float32(0.0), 0, inputs)
        fired = _draw(inputs, 0, n_in, take_words(dice, n_in), 0, dice)
        u = _cross(array, offset, x, d.shape[0], fired, middle, high, lines, dice)
        up, down = up + u, down + fired * high - u
    array.counts[0] += up
    array.counts[1] += down
    return up + down


@njit(**IN_PLACE)
def _chances(values, scale, chance):
    for i in range(values.shape[0]):
        chance[i] = np.uint32(np.int64(abs(values[i]) * scale))


@njit(inline="always", nogil=True)
def _enlist(values, sign, n, side):
    """List from ``n`` on the lines that may fire and whose value has this sign (0: either); return where the list ends."""
    zero = np.float32(0.0)
    for i in range(values.shape[0]):  # without a branch: it could not be foreseen
        side.live[n] = i
        n += values[i] * sign > zero if sign != zero else values[i] != zero
    return n


@njit(inline="always", nogil=True)
def _draw(side, first, last, words, n, dice):
    """List from ``n`` on which of the live lines from ``first`` to ``last`` fire; return where the list ends."""
    for k in range(np.uint64(first), np.uint64(last)):
        i = side.live[k]
        side.fired[n] = i
        n += dice.words[words + k] < side.chance[i]
    return n


@njit(inline="always", nogil=True)
def _cross(array, offset, x, n_out, fired, middle, high, lines, dice):
    """Pulse the cells where the lines that fired cross; return how many pulses go up."""
    noisy = array.noise > np.float32(0.0)
    together, gap = max(1, _NORMALS // high), 1 + _AHEAD // high
    up, z = 0, 0
    for f in range(fired):
        if noisy and f % together == 0:
            z = take_normals(dice, min(together, fired - f) * high)
        j = lines.inputs.fired[f]
        base = offset + j * n_out
        ahead = offset + lines.inputs.fired[min(f + gap, fired - 1)] * n_out
        if x[j] > np.float32(0.0):
            _pulse(array, base, ahead, 0, middle, np.float32(-1.0), z, lines, dice)
            _pulse(array, base, ahead, middle, high, np.float32(1.0), z, lines, dice)
            up += high - middle
        else:
            _pulse(array, base, ahead, 0, middle, np.float32(1.0), z, lines, dice)
            _pulse(array, base, ahead, middle, high, np.float32(-1.0), z, lines, dice)
            up += middle
        z += high if noisy else 0
    return up


@njit(inline="always", nogil=True)
def _pulse(array, base, ahead, first, last, sign, z, lines, dice):
    """Pulse the cells from ``base`` on the output lines listed from ``first`` to ``last``; fetch the same ones from ``ahead``."""
    # one sign a loop: which coefficients a step reads is then known outside of it
    width = array.coefficients.shape[1] * array.stride
    base, ahead, z = np.uint64(base), np.uint64(ahead), np.uint64(z)
    for b in range(np.uint64(first), np.uint64(last)):
        i = np.uint64(lines.outputs.fired[b])
        prefetch(array.weights, ahead + i)
        prefetch_once(array.coefficients, (ahead + i) * width)
        if width > _SHORT:
            prefetch_once(array.coefficients, (ahead + i) * width + width - 1)
        pulse(array, base + i, sign, dice.normals[z + b])


__all__ = [
    "BL_MAX",
    "FULL",
    "Array",
    "Dice",
    "Lines",
    "Side",
    "array",
    "dice",
    "largest",
    "lines",
    "pulse",
    "update",
]
