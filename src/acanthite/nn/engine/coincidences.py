r"""Rank-one updates of a whole batch by stochastic pulses, at the cost of the pulses and no more.

The same trains as in :mod:`acanthite.nn.engine.pulses`, in another order. First all samples draw
which of their lines fire in which slot; every input line that fires is one event. The events are
then sorted by input line, the samples of each line in their order, and the lines are gone through
one after the other: the cells of a line stay in the nearest cache while all its samples pulse them.
They are listed first, up and down in one list, and then pulsed in one loop: lists of a slot are
short, and where a short loop ends is not foreseen. Which normal a pulse takes is settled by the
sorting, so blocks of lines may run on threads.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba.extending import overload

from acanthite.jit import njit
from acanthite.nn.engine.disturbance import is_noisy
from acanthite.nn.engine.native.compaction import (
    append_shifted,
    list_below,
    list_nonzero,
    list_positive,
)
from acanthite.nn.engine.native.options import CHOSEN, IN_PLACE, INLINED, INNER, ONE, ZERO
from acanthite.nn.engine.native.simd import LANES
from acanthite.nn.engine.pulses import pulse, pulse_train
from acanthite.nn.engine.rng import (
    NORMAL_AT,
    NORMAL_BLOCK,
    WORDS,
    Rng,
    seek_normal,
    take_normals,
    take_words,
)
from acanthite.synapse.rule import BUILT_IN

ALL = 1 << 62
"""More pulses than are ever drawn at once."""

_EVENTS = 1 << 16
_ROWS = 1 << 18
_SLOTS = 1 << 13

# an event is, from its lowest bit: whether the input is negative, the line, and from here the slot
_SLOT = 13
_LINE = (1 << _SLOT) - 1


class Coincidences(NamedTuple):
    """Scratch: what fires, in as many samples as there is room for, and of no fewer than one."""

    # uint32, shape (n_lines + LANES,): of a line to fire in a slot of one sample, out of 2**32
    chance: np.ndarray
    code: np.ndarray  # int32, shape (n_lines + LANES,): its event, or its number
    values: np.ndarray  # float32, shape (n_lines + LANES,): its input or error
    rows: np.ndarray  # uint32: twice each output line that fires, slot by slot
    # int32, shape (n_slots, 3): where negative ones of a slot begin, positive ones begin and end
    ends: np.ndarray
    events: np.ndarray  # int32: in the order they were drawn
    sorted: np.ndarray  # int32: by input line
    first: np.ndarray  # int64, shape (n_in + 1,): first event of each line in ``sorted``
    normals: np.ndarray  # int64, shape (n_in + 1,): first normal of each line
    pulses: np.ndarray  # int64, shape (n_in + 1,): pulses of the lines before each
    cells: np.ndarray  # uint32, shape (WORDS + LANES,): twice a cell to pulse, and 1 for up


class Draws(NamedTuple):
    """What batches of pulses on one tile are drawn with."""

    drawn: Coincidences
    rng: Rng


def make_coincidences(n_in: int, n_out: int, bl_max: int) -> Coincidences:
    """Return scratch for a tile of ``n_in`` by ``n_out`` cells."""
    n_lines = max(n_in, n_out)
    n_events = max(_EVENTS, bl_max * n_in)
    return Coincidences(
        chance=np.zeros(n_lines + LANES, np.uint32),
        code=np.zeros(n_lines + LANES, np.int32),
        values=np.zeros(n_lines + LANES, np.float32),
        rows=np.zeros(max(_ROWS, bl_max * n_out) + 1 + LANES, np.uint32),
        ends=np.zeros((_SLOTS + bl_max, 3), np.int32),
        events=np.zeros(n_events + 1 + LANES, np.int32),
        sorted=np.zeros(n_events, np.int32),
        first=np.zeros(n_in + 1, np.int64),
        normals=np.zeros(n_in + 1, np.int64),
        pulses=np.zeros(n_in + 1, np.int64),
        cells=list_of_cells(),
    )


def list_of_cells() -> np.ndarray:
    """Return scratch for the cells of some events; every thread needs its own."""
    return np.zeros(WORDS + LANES, np.uint32)


@njit(**IN_PLACE)
def update_batch(array, x, d, sample, most, rate, smallest, bl_max, drawn, rng):
    r"""Pulse one tile by :math:`-\eta x_j d_i` on average, until many pulses wait.

    Parameters
    ----------
    array : Array
    x, d : ndarray of float32, shape (n_samples, n_in) and (n_samples, n_out)
    sample : int
        The first.
    most : int
        Where more pulses than these are drawn at once, they are left to the caller.
    rate, smallest, bl_max
        As in :func:`acanthite.nn.engine.pulses.update`.
    drawn : Coincidences
    rng : Rng

    Returns
    -------
    tuple
        The sample to go on with, pulses up and down, and whether what is in ``drawn`` is yet to be
        fired.
    """
    up, down = 0, 0
    while sample < x.shape[0]:
        sample = draw(x, d, sample, rate, smallest, bl_max, array.noise, drawn, rng)
        if drawn.pulses[x.shape[1]] > most:
            return sample, up, down, True
        u, v = apply_events(array, d.shape[1], 0, x.shape[1], drawn, drawn.cells, rng)
        seek_normal(rng, drawn.normals[x.shape[1]])
        up, down = up + u, down + v
    return sample, up, down, False


@njit(**IN_PLACE)
def draw(x, d, sample, rate, smallest, bl_max, noise, drawn, rng):
    """Draw what fires from ``sample`` on, as far as there is room; return the sample to go on with.

    Parameters
    ----------
    x, d, rate, smallest, bl_max, rng
        As in :func:`update_batch`.
    sample : int
    noise : float32 or PulseNoise
        Of the array; without it no normals are set aside.
    drawn : Coincidences
        Filled.
    """
    slot = 0
    row = 0
    event = 0
    while sample < x.shape[0]:
        slots, x_scale, d_scale = pulse_train(x[sample], d[sample], rate, smallest, bl_max)
        if slots > 0:
            if (
                slot + slots > drawn.ends.shape[0]
                or row + slots * d.shape[1] >= drawn.rows.shape[0] - LANES
                or event + slots * x.shape[1] >= drawn.events.shape[0] - LANES
            ):
                break
            begun = slot
            slot, row = _fire_outputs(d[sample], d_scale, slots, slot, row, drawn, rng)
            if slot > begun:
                event = _fire_inputs(x[sample], x_scale, begun, slot, event, drawn, rng)
        sample += 1
    _sort(x.shape[1], event, noise, drawn, rng)
    return sample


@njit(inline="always", nogil=True)
def _fire_outputs(d, scale, slots, slot, row, drawn, rng):
    """List the output lines that fire in each slot, negative errors first.

    Slots without any are left out.
    """
    negative = list_positive(d, -ONE, 0, drawn.code, drawn.values)
    n = list_positive(d, ONE, negative, drawn.code, drawn.values)
    for k in range(n):
        drawn.chance[k] = np.uint32(np.int64(drawn.values[k] * scale))
        drawn.code[k] = 2 * drawn.code[k]
    for _ in range(slots):
        words = take_words(rng, n)
        begin = row
        row = _list(drawn.rows, row, 0, negative, words, drawn, rng)
        middle = row
        row = _list(drawn.rows, row, negative, n, words, drawn, rng)
        drawn.ends[slot, 0] = begin
        drawn.ends[slot, 1] = middle
        drawn.ends[slot, 2] = row
        slot += row > begin
    return slot, row


@njit(inline="always", nogil=True)
def _fire_inputs(x, scale, begun, slot, event, drawn, rng):
    """List the input lines that fire in the slots from ``begun`` to ``slot``."""
    n = list_nonzero(x, drawn.code, drawn.values)
    for k in range(n):
        value = drawn.values[k]
        drawn.chance[k] = np.uint32(np.int64(abs(value) * scale))
        drawn.code[k] = 2 * drawn.code[k] + (value < ZERO)
    for s in range(begun, slot):
        words = take_words(rng, n)
        begin = event
        event = _list(drawn.events, event, 0, n, words, drawn, rng)
        for e in range(begin, event):
            drawn.events[e] |= np.int32(s << _SLOT)
    return event


@njit(inline="always", nogil=True)
def _list(out, at, first, last, words, drawn, rng):
    """List the codes of the lines from ``first`` to ``last`` that fire; return where it ends."""
    return list_below(rng.words, words + first, drawn.chance, drawn.code, first, last, out, at)


@njit(**INNER)
def _sort(n_in, n_events, noise, drawn, rng):
    """Sort the events by input line; count the pulses of each, and set where its normals begin."""
    first = drawn.first
    cursor = drawn.normals
    first[:] = 0
    for e in range(n_events):
        first[(drawn.events[e] & _LINE) // 2 + 1] += 1
    for j in range(n_in):
        first[j + 1] += first[j]
        cursor[j] = first[j]
    for e in range(n_events):
        event = drawn.events[e]
        j = (event & _LINE) // 2
        drawn.sorted[cursor[j]] = event
        cursor[j] += 1
    z = (rng.state[NORMAL_BLOCK] - 1) * WORDS + rng.state[NORMAL_AT]
    total = 0
    for j in range(n_in):
        drawn.normals[j] = z
        drawn.pulses[j] = total
        for e in range(first[j], first[j + 1]):
            n = _count(drawn, e)
            total += n
            if is_noisy(noise):
                z = _together(z, n) + n
    drawn.normals[n_in] = z
    drawn.pulses[n_in] = total


@njit(inline="always", nogil=True)
def _count(drawn, e):
    slot = drawn.sorted[e] >> _SLOT
    return drawn.ends[slot, 2] - drawn.ends[slot, 0]


@njit(inline="always", nogil=True)
def _together(z, n):
    """Return the next normal from which on ``n`` lie in one block."""
    return z if z % WORDS + n <= WORDS else (z // WORDS + 1) * WORDS


@njit(**IN_PLACE)
def apply_events(array, n_out, begin, end, drawn, cells, rng):
    """Pulse the cells of input lines ``begin`` to ``end`` with what was drawn.

    Return the pulses up and down.

    Parameters
    ----------
    array : Array
    n_out, begin, end : int
    drawn : Coincidences
        Read only.
    cells : ndarray of uint32
        From :func:`list_of_cells`.
    rng : Rng
        Of the same key as that which drew; where it stands does not matter.
    """
    up, down = 0, 0
    for j in range(begin, end):
        first, last = drawn.first[j], drawn.first[j + 1]
        if first < last:
            seek_events(array, j, drawn, rng)
            u, v = apply_line(array, n_out, j, first, last, drawn, cells, rng)
            up, down = up + u, down + v
    return up, down


@njit(inline="always", nogil=True)
def seek_events(array, j, drawn, rng):
    """Let normals be those of the events of an input line from now on."""
    if is_noisy(array.noise):
        seek_normal(rng, drawn.normals[j])


@njit(**INLINED)
def apply_line(array, n_out, j, first, last, drawn, cells, rng):
    """Pulse the cells of input line ``j`` with its events from ``first`` to ``last``.

    Return the pulses up and down.
    """
    noisy = is_noisy(array.noise)
    base = np.uint32(2 * j * n_out)
    up, total = 0, 0
    listed, z = 0, 0
    for e in range(first, last):
        event = drawn.sorted[e]
        slot = event >> _SLOT
        low, middle, high = drawn.ends[slot, 0], drawn.ends[slot, 1], drawn.ends[slot, 2]
        n = high - low
        if listed + n > WORDS or (noisy and rng.state[NORMAL_AT] + n > WORDS):
            pulse_listed(array, cells, listed, z, rng.normals)
            listed = 0
        at = take_normals(rng, n) if noisy else 0
        if listed == 0:
            z = at
        # negative errors are up for a positive input, positive ones for a negative input
        negative = np.uint32(event & 1)
        listed = append_shifted(
            cells, listed, drawn.rows, low, middle, np.uint32(base + np.uint32(1) - negative)
        )
        listed = append_shifted(cells, listed, drawn.rows, middle, high, np.uint32(base + negative))
        up += high - middle if negative else middle - low
        total += n
    pulse_listed(array, cells, listed, z, rng.normals)
    return up, total - up


@njit(inline="always", nogil=True)
def pulse_listed(array, cells, n, z, normals):
    """Pulse the first cells listed, one after the other; their normals begin at ``z``."""
    for k in range(np.uint64(n)):
        code = cells[k]
        normal = normals[np.uint64(z) + k]
        _pulse_either_way(array, code >> np.uint32(1), code & np.uint32(1), normal)


def _pulse_either_way(array: Any, cell: Any, up: Any, normal: Any) -> None:
    """Pulse a cell, up or down."""
    raise NotImplementedError("for compiled kernels only")


@overload(_pulse_either_way, jit_options=CHOSEN)
def _either_way(array, cell, up, normal):
    # a built-in rule picks a coefficient by the sign; in another one a sign known when it is
    # compiled spares half of its function, and last bits are those of a loop of one sign
    rule = array[array.fields.index("rule")]
    return _by_number if rule.text in BUILT_IN else _by_branch


def _by_number(array, cell, up, normal):
    pulse(array, cell, ONE if up else -ONE, normal)


def _by_branch(array, cell, up, normal):
    if up:
        pulse(array, cell, ONE, normal)
    else:
        pulse(array, cell, -ONE, normal)
