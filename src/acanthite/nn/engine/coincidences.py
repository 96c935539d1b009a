r"""Rank-one updates of a whole batch by stochastic pulses, at the cost of the pulses and no more.

The same trains as in :mod:`acanthite.nn.engine.pulses`, in another order. First all samples draw
which of their lines fire in which slot; every input line that fires is one event. The events are
then sorted by input line, the samples of each line in their order, and the lines are gone through
one after the other: the cells of a line stay in the nearest cache while all its samples pulse them.
Which normal a pulse takes is settled by the sorting, so blocks of lines may run on threads.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from acanthite.jit import njit
from acanthite.nn.engine.disturbance import is_noisy
from acanthite.nn.engine.native.compaction import list_below, list_nonzero, list_positive
from acanthite.nn.engine.native.options import IN_PLACE, ONE, ZERO
from acanthite.nn.engine.native.simd import LANES
from acanthite.nn.engine.pulses import pulse, pulse_train
from acanthite.nn.engine.rng import (
    NORMAL_AT,
    NORMAL_BLOCK,
    WORDS,
    seek_normal,
    take_normals,
    take_words,
)

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
    rows: np.ndarray  # int32: output lines that fire, slot by slot
    # int32, shape (n_slots, 3): where negative ones of a slot begin, positive ones begin and end
    ends: np.ndarray
    events: np.ndarray  # int32: in the order they were drawn
    sorted: np.ndarray  # int32: by input line
    first: np.ndarray  # int64, shape (n_in + 1,): first event of each line in ``sorted``
    normals: np.ndarray  # int64, shape (n_in + 1,): first normal of each line
    pulses: np.ndarray  # int64, shape (n_in + 1,): pulses of the lines before each


def make_coincidences(n_in: int, n_out: int, bl_max: int) -> Coincidences:
    """Return scratch for a tile of ``n_in`` by ``n_out`` cells."""
    n_lines = max(n_in, n_out)
    n_events = max(_EVENTS, bl_max * n_in)
    return Coincidences(
        chance=np.zeros(n_lines + LANES, np.uint32),
        code=np.zeros(n_lines + LANES, np.int32),
        values=np.zeros(n_lines + LANES, np.float32),
        rows=np.zeros(max(_ROWS, bl_max * n_out) + 1 + LANES, np.int32),
        ends=np.zeros((_SLOTS + bl_max, 3), np.int32),
        events=np.zeros(n_events + 1 + LANES, np.int32),
        sorted=np.zeros(n_events, np.int32),
        first=np.zeros(n_in + 1, np.int64),
        normals=np.zeros(n_in + 1, np.int64),
        pulses=np.zeros(n_in + 1, np.int64),
    )


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
        u, v = apply_events(array, d.shape[1], 0, x.shape[1], drawn, rng)
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


@njit(**IN_PLACE)
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
def apply_events(array, n_out, begin, end, drawn, rng):
    """Pulse the cells of input lines ``begin`` to ``end`` with what was drawn.

    Return the pulses up and down.

    Parameters
    ----------
    array : Array
    n_out, begin, end : int
    drawn : Coincidences
        Read only.
    rng : Rng
        Of the same key as that which drew; where it stands does not matter.
    """
    noisy = is_noisy(array.noise)
    up, down = 0, 0
    for j in range(begin, end):
        base = j * n_out
        if noisy and drawn.first[j + 1] > drawn.first[j]:
            seek_normal(rng, drawn.normals[j])
        for e in range(drawn.first[j], drawn.first[j + 1]):
            event = drawn.sorted[e]
            slot = event >> _SLOT
            positive = (event & 1) == 0
            low = drawn.ends[slot, 0]
            middle = drawn.ends[slot, 1]
            high = drawn.ends[slot, 2]
            at = take_normals(rng, high - low) if noisy else 0
            if positive:
                _pulse_part(array, base, low, middle, ONE, at, drawn, rng)
                _pulse_part(array, base, middle, high, -ONE, at + middle - low, drawn, rng)
            else:
                _pulse_part(array, base, low, middle, -ONE, at, drawn, rng)
                _pulse_part(array, base, middle, high, ONE, at + middle - low, drawn, rng)
            up += middle - low if positive else high - middle
            down += high - middle if positive else middle - low
    return up, down


@njit(inline="always", nogil=True)
def _pulse_part(array, base, first, last, sign, z, drawn, rng):
    # one sign a loop: which coefficients a step reads is then known outside of it
    for b in range(first, last):
        pulse(array, base + drawn.rows[b], sign, rng.normals[np.uint64(z + b - first)])
