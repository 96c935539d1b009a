r"""Rank-one updates by coincidence of stochastic pulses, at the cost of the pulses and no more.

To change a layer by :math:`\Delta w_{ji} = -\eta x_j d_i`, every input line fires with probability
:math:`p_j \propto |x_j|` and every output line with :math:`p_i \propto |d_i|` in each of BL slots. A cell where both
fire receives one pulse of the sign of :math:`-x_j d_i`. With :math:`K = \eta \max|x| \max|d| / \Delta w_{min}`,
:math:`BL = \min(\lceil K \rceil, BL_{max})` and both maxima firing with :math:`\sqrt{K / BL}`, the mean update is exact
as long as :math:`K \le BL_{max}` and saturates beyond.

First the output lines of every slot are drawn and listed. Then the input lines are gone through one by one, with all slots
of all samples of a batch, so that the cells of a line stay in the nearest cache; where the line fires, the cells listed
for that slot are pulsed, and no others are touched. Blocks of input lines share nothing and may run on threads.

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
from acanthite.nn.noise import WORDS, Dice, dice, take_normals, take_words
from acanthite.nn.prefetch import prefetch
from acanthite.synapse.base import Cells
from acanthite.synapse.kernels import step
from acanthite.synapse.rule import LOWER, UPPER, Rule

BL_MAX = 31  #: longest pulse train of one update

_FULL = np.float32(4294967040.0)  # the largest float32 below 2**32: the chance 1

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


class Rows(NamedTuple):
    """Scratch: the output lines that fire, slot by slot, of up to ``scale.size`` samples."""

    index: np.ndarray  # int32, shape (n_out,): output lines that fire in a slot
    chance: np.ndarray  # uint32, shape (n_out,): to fire, out of 2**32
    fired: np.ndarray  # int32, shape (n_slots * n_out,)
    ends: (
        np.ndarray
    )  # int64, shape (n_slots, 3): where positive lines of a slot begin, negative ones begin and end
    slots: np.ndarray  # int64, shape (n_samples + 1,): first slot of each sample
    scale: np.ndarray  # float32, shape (n_samples,): chance of an input line over |x|, out of 2**32


class Entries(NamedTuple):
    """Scratch: chances of input lines to fire in a slot, and those that do."""

    chance: np.ndarray  # uint32, shape (WORDS,)
    slot: np.ndarray  # int32
    column: np.ndarray  # int32
    side: np.ndarray  # float32: sign of the input
    fired: np.ndarray  # int32


class Lines(NamedTuple):
    """Scratch of an update."""

    rows: Rows
    entries: Entries


def array(cells: Cells, weights: np.ndarray) -> Array:
    """Return cells and their weights for the kernels; weights outside a cell's bounds are put on the bound."""
    c = cells.coefficients
    stride = 0 if len(c) == 1 else 1
    bounded = np.clip(weights, cells.lower, cells.upper).astype(np.float32)
    noise = np.float32(cells.noise)
    return Array(bounded, np.ascontiguousarray(c), stride, noise, cells.rule, np.zeros(2, np.int64))


def lines(network: Network, bl_max: int = BL_MAX) -> Lines:
    """Return scratch for one sample of the widest layer."""
    return Lines(rows(network.n_lines, 1, bl_max), entries())


def rows(n_out: int, n_samples: int, bl_max: int) -> Rows:
    """Return scratch for ``n_samples`` at once."""
    n_slots = n_samples * bl_max
    i, f = np.int32, np.float32
    return Rows(
        np.zeros(n_out, i), np.zeros(n_out, np.uint32), np.zeros(n_slots * n_out, i),
        np.zeros((n_slots, 3), np.int64), np.zeros(n_samples + 1, np.int64), np.zeros(n_samples, f),
    )  # fmt: skip


def entries() -> Entries:
    """Return scratch for the input lines of one thread."""
    i = np.int32
    return Entries(
        np.zeros(WORDS, np.uint32), np.zeros(WORDS, i), np.zeros(WORDS, i),
        np.zeros(WORDS, np.float32), np.zeros(WORDS, i),
    )  # fmt: skip


@njit(**IN_PLACE, fastmath=FAST)
def largest(x):
    """Return max |x|."""
    top = np.float32(0.0)
    for i in range(x.shape[0]):
        top = max(top, abs(x[i]))
    return top


@njit(**IN_PLACE)
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
        At most that of ``lines``.
    lines : Lines
    dice : Dice
    """
    n_in, n_out = x.shape[0], d.shape[0]
    rows, entries = lines.rows, lines.entries
    if fire_rows(x.reshape(1, n_in), d.reshape(1, n_out), rate, smallest, bl_max, rows, dice) == 0:
        return 0
    _chances(x, rows.scale[0], entries.chance)
    up, down = 0, 0
    for slot in range(rows.slots[1]):
        if rows.ends[slot, 2] > rows.ends[slot, 0]:
            u, v = _one_slot(array, offset, x, n_out, slot, rows, entries, dice)
            up, down = up + u, down + v
    array.counts[0] += up
    array.counts[1] += down
    return up + down


@njit(**IN_PLACE)
def _chances(x, scale, chance):
    for j in range(x.shape[0]):
        chance[j] = np.uint32(np.int64(abs(x[j]) * scale))


@njit(inline="always", nogil=True)
def _draw(chance, n, fired, dice):
    """List in ``fired`` which of ``n`` lines fire; return how many."""
    words, count = take_words(dice, n), 0
    for k in range(n):
        fired[count] = k
        count += dice.words[np.uint64(words + k)] < chance[np.uint64(k)]
    return count


@njit(inline="always", nogil=True)
def _one_slot(array, offset, x, n_out, slot, rows, entries, dice):
    """Draw which input lines fire in a slot and pulse the cells they meet; return pulses up and down."""
    fired = _draw(entries.chance, x.shape[0], entries.fired, dice)
    low, middle, high = rows.ends[slot, 0], rows.ends[slot, 1], rows.ends[slot, 2]
    noisy = array.noise > np.float32(0.0)
    together, gap = max(1, _NORMALS // (high - low)), 1 + _AHEAD // (high - low)
    up, down, z = 0, 0, 0
    for f in range(fired):
        if noisy and f % together == 0:
            z = take_normals(dice, min(together, fired - f) * (high - low))
        j = entries.fired[f]
        ahead = offset + entries.fired[min(f + gap, fired - 1)] * n_out
        positive = x[j] > np.float32(0.0)
        side = np.float32(1.0) if positive else np.float32(-1.0)
        _pulse_line(array, offset + j * n_out, ahead, low, middle, high, side, z, rows, dice)
        if noisy:
            z += high - low
        up += high - middle if positive else middle - low
        down += middle - low if positive else high - middle
    return up, down


@njit(inline="always", nogil=True)
def _pulse_line(array, base, ahead, low, middle, high, side, z, rows, dice):
    """Pulse the cells from ``base`` that are listed from ``low`` to ``high``; fetch the same ones from ``ahead``."""
    if side > np.float32(0.0):
        _pulse_part(array, base, ahead, low, middle, np.float32(-1.0), z, rows, dice)
        _pulse_part(array, base, ahead, middle, high, np.float32(1.0), z + middle - low, rows, dice)
    else:
        _pulse_part(array, base, ahead, low, middle, np.float32(1.0), z, rows, dice)
        _pulse_part(array, base, ahead, middle, high, np.float32(-1.0), z + middle - low, rows, dice)


@njit(inline="always", nogil=True)
def _pulse_part(array, base, ahead, first, last, sign, z, rows, dice):
    # one sign a loop: which coefficients a step reads is then known outside of it
    width = array.coefficients.shape[1] * array.stride
    for b in range(first, last):
        i = rows.fired[b]
        prefetch(array.weights, ahead + i)
        prefetch(array.coefficients, (ahead + i) * width)
        if width > _SHORT:
            prefetch(array.coefficients, (ahead + i) * width + width - 1)
        pulse(array, base + i, sign, dice.normals[np.uint64(z + b - first)])


@njit(**IN_PLACE)
def fire_rows(x, d, rate, smallest, bl_max, rows, dice):
    """Draw which output lines fire in each slot of each sample; return how many did.

    Parameters
    ----------
    x, d : ndarray of float32, shape (n_samples, n_in) and (n_samples, n_out)
    rate, smallest, bl_max
        As in :func:`update`.
    rows : Rows
        Filled.
    dice : Dice
    """
    slot, at = 0, 0
    for s in range(x.shape[0]):
        top_x, top_d = largest(x[s]), largest(d[s])
        need = rate * top_x * top_d / smallest
        if need > np.float32(0.0) and need < np.float32(np.inf):
            slots = int(min(np.ceil(need), np.float32(bl_max)))
            peak = min(np.sqrt(need / np.float32(slots)), np.float32(1.0))
            rows.scale[s] = peak / top_x * _FULL
            _chances(d[s], peak / top_d * _FULL, rows.chance)
            for _ in range(slots):
                at = _fire_slot(d[s], rows, slot, at, dice)
                slot += 1
        rows.slots[s + 1] = slot
    return at


@njit(inline="always", nogil=True)
def _fire_slot(d, rows, slot, at, dice):
    n = _draw(rows.chance, d.shape[0], rows.index, dice)
    rows.ends[slot, 0] = at
    for k in range(n):
        if d[rows.index[k]] > np.float32(0.0):
            rows.fired[at] = rows.index[k]
            at += 1
    rows.ends[slot, 1] = at
    for k in range(n):
        if d[rows.index[k]] < np.float32(0.0):
            rows.fired[at] = rows.index[k]
            at += 1
    rows.ends[slot, 2] = at
    return at


@njit(cache=True, nogil=True)
def pulse_columns(array, offset, x, n_out, first, last, rows, entries, dice):
    """Pulse the cells of input lines ``first`` to ``last`` with what :func:`fire_rows` drew; return pulses up and down.

    Parameters
    ----------
    array : Array
    offset : int
        Of the layer in the array.
    x : ndarray of float32, shape (n_in, n_samples)
    n_out, first, last : int
    rows : Rows
        Read only.
    entries : Entries
    dice : Dice
    """
    up, down, n = 0, 0, 0
    n_samples = x.shape[1]
    most = rows.slots[n_samples]
    active = np.empty(n_samples, np.int32)
    for j in range(first, last):
        if n + most > WORDS:
            u, v = _coincide(array, offset, n_out, n, rows, entries, dice)
            up, down, n = up + u, down + v, 0
        count = 0
        for s in range(n_samples):  # without a branch: which inputs are zero cannot be foreseen
            active[count] = s
            count += x[j, s] != np.float32(0.0)
        for a in range(count):
            s = active[a]
            n = _enter(j, x[j, s], rows.scale[s], rows.slots[s], rows.slots[s + 1], n, entries)
    u, v = _coincide(array, offset, n_out, n, rows, entries, dice)
    return up + u, down + v


@njit(inline="always", nogil=True)
def _enter(column, value, scale, first, last, n, entries):
    chance = np.uint32(np.int64(abs(value) * scale)) if last > first else np.uint32(0)
    side = np.float32(1.0) if value > np.float32(0.0) else np.float32(-1.0)
    for slot in range(first, last):
        entries.chance[n] = chance
        entries.slot[n] = slot
        entries.column[n] = column
        entries.side[n] = side
        n += 1
    return n


@njit(**IN_PLACE)
def _coincide(array, offset, n_out, n, rows, entries, dice):
    """Draw which of ``n`` entries fire and pulse the cells they meet; return pulses up and down."""
    words, fired = take_words(dice, n), 0
    for k in range(n):
        entries.fired[fired] = k
        fired += dice.words[words + k] < entries.chance[k]
    up, down, k = 0, 0, 0
    while k < fired:
        end, total = k, 0
        while end < fired:
            slot = entries.slot[entries.fired[end]]
            more = rows.ends[slot, 2] - rows.ends[slot, 0]
            if total + more > WORDS:
                break
            total += more
            end += 1
        z = take_normals(dice, total) if array.noise > np.float32(0.0) else 0
        for f in range(k, end):
            entry = entries.fired[f]
            slot, side = entries.slot[entry], entries.side[entry]
            low, middle, high = rows.ends[slot, 0], rows.ends[slot, 1], rows.ends[slot, 2]
            base = offset + entries.column[entry] * n_out
            _pulse_line(array, base, base, low, middle, high, side, z, rows, dice)
            z += high - low if array.noise > np.float32(0.0) else 0
            up += high - middle if side > np.float32(0.0) else middle - low
            down += middle - low if side > np.float32(0.0) else high - middle
        k = end
    return up, down


__all__ = [
    "BL_MAX",
    "Array",
    "Dice",
    "Entries",
    "Lines",
    "Rows",
    "array",
    "dice",
    "entries",
    "fire_rows",
    "largest",
    "lines",
    "pulse",
    "pulse_columns",
    "rows",
    "update",
]
