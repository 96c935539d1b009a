"""Pulses held back until their column is read.

Where a network runs on another array, nobody looks at a cell between two reads of its column, so
its pulses can wait. Which lines fire is drawn sample by sample and noted: the output lines of each
slot once, and for each input line that fires which slot it was. Before a column is read, or when
its notes are full, its cells are pulsed with all that waits for them, in the order in which it came.
They then lie in the nearest cache; pulsed sample by sample, each would be fetched from afar.

The noise of a line's pulses is a stream of its own, so when they are made does not change a bit.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import types
from numba.extending import overload

from acanthite.jit import njit
from acanthite.nn.engine.coincidences import list_of_cells, pulse_listed
from acanthite.nn.engine.disturbance import is_noisy
from acanthite.nn.engine.native import aligned
from acanthite.nn.engine.native.compaction import append_shifted
from acanthite.nn.engine.native.options import CHOSEN, IN_PLACE, INLINED
from acanthite.nn.engine.native.prefetch import prefetch
from acanthite.nn.engine.native.simd import LANES
from acanthite.nn.engine.network import Network
from acanthite.nn.engine.pulses import collect_lines, draw_fired, pulse_train
from acanthite.nn.engine.rng import LINE_PIECE, WORDS, fill_line_normals
from acanthite.random import stream_id
from acanthite.synapse.kernels import stride

_EVENTS = 128
"""Slots noted for an input line before its cells are pulsed."""

_ROWS = 1 << 18
"""Output lines noted before all cells are pulsed."""

# an event is one number; its lowest bit says whether the input is negative, and from these bits on
_FIRED = 1  # stands how many output lines fired,
_POSITIVE = 14  # how many of them have a positive error,
_BEGIN = 27  # and where they begin in the notes
_COUNT = (1 << 13) - 1


class Notes(NamedTuple):
    """Scratch: what fired and was not pulsed yet; empty between two blocks of samples."""

    # uint32: twice each output line that fired, slot by slot, and 1 where its error is negative
    rows: np.ndarray
    end: np.ndarray  # int64, shape (1,): of what is noted there
    events: np.ndarray  # int64, shape (n_lines, _EVENTS)
    count: np.ndarray  # int64, shape (n_lines,): events of each input line
    cells: np.ndarray  # uint32: twice a cell to pulse, and 1 for up
    normals: np.ndarray  # float32
    words: np.ndarray  # uint32


class Deferred(NamedTuple):
    """Pulses of an array that wait; its input lines are numbered through all layers."""

    taken: np.ndarray  # int64, shape (n_lines,): normals that each line has had
    key: np.ndarray  # uint64, shape (2,): seed and stream of the normals
    first_line: np.ndarray  # int64, shape (n_layers,)
    first_cell: np.ndarray  # int64, shape (n_lines + 1,): of each line in the array
    notes: Notes


def make_deferred(network: Network, bl_max: int, seed: int, stream: str) -> Deferred:
    """Return what holds the pulses of a network's array back.

    Parameters
    ----------
    network : Network
        Without convolutions.
    bl_max : int
        Longest pulse train of one update.
    seed : int
    stream : str
        Together the key of the pulses' noise.
    """
    widths, heights = np.array(network.shapes, np.int64).T
    n_lines = int(widths.sum())
    room = max(_ROWS, bl_max * int(heights.max())) + LANES
    notes = Notes(
        rows=np.zeros(room, np.uint32),
        end=np.zeros(1, np.int64),
        events=np.zeros((n_lines, _EVENTS), np.int64),
        count=np.zeros(n_lines, np.int64),
        cells=list_of_cells(),
        normals=aligned.zeros(WORDS + 2 * LINE_PIECE),
        words=np.zeros(LINE_PIECE // 2, np.uint32),
    )
    return Deferred(
        taken=np.zeros(n_lines, np.int64),
        key=np.array([seed & 0xFFFFFFFFFFFFFFFF, stream_id(stream)], np.uint64),
        first_line=np.cumsum([0, *widths[:-1]]).astype(np.int64),
        first_cell=np.cumsum([0, *np.repeat(heights, widths)]).astype(np.int64),
        notes=notes,
    )


@njit(**INLINED)
def defer(deferred, array, layer, x, d, rate, smallest, bl_max, lines, rng):
    r"""Note the pulses of one layer by :math:`-\eta x_j d_i` on average; return their number.

    Parameters
    ----------
    deferred : Deferred
    array : Array
        Its cells are pulsed if there is no more room to note anything.
    layer : int
    x, d, rate, smallest, bl_max, lines, rng
        As in :func:`acanthite.nn.engine.pulses.update`.
    """
    slots, x_scale, d_scale = pulse_train(x, d, rate, smallest, bl_max)
    if slots == 0:
        return 0
    notes = deferred.notes
    if notes.end[0] + slots * d.shape[0] > notes.rows.shape[0] - LANES:
        flush_lines(deferred, array)
    inputs = lines.inputs
    outputs = lines.outputs
    falls, n_out = collect_lines(d, d_scale, outputs)
    for k in range(n_out):
        outputs.active[k] = np.uint32(2) * outputs.active[k] + np.uint32(k >= falls)
    n_in = -1
    rises = 0
    total = 0
    for _ in range(slots):
        middle, high = draw_fired(outputs, falls, n_out, rng)
        if high == 0:
            continue
        if n_in < 0:
            rises, n_in = collect_lines(x, x_scale, inputs)
        half, fired = draw_fired(inputs, rises, n_in, rng)
        if fired == 0:
            continue
        begin = notes.end[0]
        notes.end[0] = append_shifted(notes.rows, begin, outputs.fired, 0, high, np.uint32(0))
        event = begin << _BEGIN | middle << _POSITIVE | high << _FIRED
        _note(deferred, array, layer, event, half, fired, inputs)
        total += fired * high
    return total


@njit(inline="always", nogil=True)
def _note(deferred, array, layer, event, half, fired, inputs):
    """Note a slot for the input lines that fired in it; positive ones come first."""
    notes = deferred.notes
    first = deferred.first_line[layer]
    for f in range(fired):
        line = first + np.int64(inputs.fired[np.uint64(f)])
        n = notes.count[line]
        if n == notes.events.shape[1]:
            flush_line(deferred, array, line)
            n = 0
        notes.events[line, n] = event | np.int64(f >= half)
        notes.count[line] = n + 1


@njit(**IN_PLACE)
def flush_lines(deferred, array):
    """Pulse all cells with what waits for them."""
    for line in range(deferred.taken.shape[0]):
        flush_line(deferred, array, line)
    deferred.notes.end[0] = 0


@njit(**IN_PLACE)
def flush_line(deferred, array, line):
    """Pulse the cells of an input line with what waits for them."""
    notes = deferred.notes
    n = notes.count[line]
    if n == 0:
        return
    notes.count[line] = 0
    cell = deferred.first_cell[line]
    _fetch(array, cell, deferred.first_cell[line + 1])
    base = np.uint32(2 * cell)
    listed = 0
    up, total = 0, 0
    for k in range(n):
        event = notes.events[line, k]
        begin = event >> _BEGIN
        positive = event >> _POSITIVE & _COUNT
        fired = event >> _FIRED & _COUNT
        if listed + fired > WORDS:
            _pulse(deferred, array, line, listed)
            listed = 0
        # negative errors are up for a positive input, positive ones for a negative input
        flip = np.uint32(event & 1)
        end = begin + fired
        listed = append_shifted(notes.cells, listed, notes.rows, begin, end, base, flip)
        up += positive if flip else fired - positive
        total += fired
    _pulse(deferred, array, line, listed)
    array.counts[0] += up
    array.counts[1] += total - up


@njit(inline="always", nogil=True)
def _fetch(array, first, last):
    """Fetch the cells of a column while it is listed which of them are to be pulsed."""
    c = np.int64(stride(array.rule))
    for k in range(first, last, LANES):
        prefetch(array.weights, k)
    for k in range(first * c, last * c, LANES):
        prefetch(array.coefficients, k)


@njit(inline="always", nogil=True)
def _pulse(deferred, array, line, listed):
    """Pulse the first cells listed with the next normals of their line."""
    notes = deferred.notes
    at = 0
    if is_noisy(array.noise):
        z = deferred.taken[line]
        at = fill_line_normals(notes.normals, notes.words, deferred.key, line, z, listed)
        deferred.taken[line] = z + listed
    pulse_listed(array, notes.cells, listed, at, notes.normals)


def is_deferred(state: Any) -> bool:
    """Return whether pulses of a state wait, by its type as Numba has it."""
    if "deferred" not in getattr(state, "fields", ()):
        return False
    return isinstance(state.types[state.fields.index("deferred")], types.BaseNamedTuple)


def flush(state: Any) -> None:
    """Pulse all cells of a state with what waits for them; nothing where pulses do not wait."""
    raise NotImplementedError("for compiled kernels only")


@overload(flush, jit_options=CHOSEN)
def _flush(state):
    if is_deferred(state):
        return lambda state: flush_lines(state.deferred, state.fast)
    return lambda state: None


def flush_column(state: Any, layer: int, column: int) -> None:
    """Do :func:`flush` for a column that is to be read."""
    raise NotImplementedError("for compiled kernels only")


@overload(flush_column, jit_options=CHOSEN)
def _flush_column(state, layer, column):
    def flushed(state, layer, column):
        deferred = state.deferred
        flush_line(deferred, state.fast, deferred.first_line[layer] + column)

    return flushed if is_deferred(state) else lambda state, layer, column: None
