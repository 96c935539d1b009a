r"""Rank-one updates of a whole batch by stochastic pulses, at the cost of the pulses and no more.

The same trains as in :mod:`acanthite.nn.engine.pulses`, in another order. First all samples draw which of their lines fire in
which slot; every input line that fires is one event. The events are then sorted by input line, the samples of each line in
their order, and the lines are gone through one after the other: the cells of a line stay in the nearest cache while
all its samples pulse them. Which normal a pulse takes is settled by the sorting, so blocks of lines may run on threads.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from acanthite.jit import njit
from acanthite.nn.engine.native.options import IN_PLACE
from acanthite.nn.engine.pulses import FULL, largest, pulse
from acanthite.nn.engine.rng import (
    NORMAL_AT,
    NORMAL_BLOCK,
    WORDS,
    go_to_normal,
    take_normals,
    take_words,
)

_EVENTS = 1 << 16
_ROWS = 1 << 18
_SLOTS = 1 << 13

_SLOT = 13  # an event is, from its lowest bit, whether the input is negative, the line, and from this bit on the slot
_LINE = (1 << _SLOT) - 1


class Book(NamedTuple):
    """Scratch: what fires, in as many samples as there is room for, and of no fewer than one."""

    chance: (
        np.ndarray
    )  # uint32, shape (n_lines,): of a line to fire in a slot of one sample, out of 2**32
    code: np.ndarray  # int32, shape (n_lines + 1,): its event, or its number
    rows: np.ndarray  # int32: output lines that fire, slot by slot
    ends: (
        np.ndarray
    )  # int32, shape (n_slots, 3): where negative ones of a slot begin, positive ones begin and end
    events: np.ndarray  # int32: in the order they were drawn
    sorted: np.ndarray  # int32: by input line
    first: np.ndarray  # int64, shape (n_in + 1,): first event of each line in ``sorted``
    normals: np.ndarray  # int64, shape (n_in + 1,): first normal of each line
    pulses: np.ndarray  # int64, shape (n_in + 1,): pulses of the lines before each


def book(n_in: int, n_out: int, bl_max: int) -> Book:
    """Return scratch for a tile of ``n_in`` by ``n_out`` cells."""
    i, n_lines, n_events = np.int32, max(n_in, n_out), max(_EVENTS, bl_max * n_in)
    return Book(
        np.zeros(n_lines, np.uint32), np.zeros(n_lines + 1, i), np.zeros(max(_ROWS, bl_max * n_out) + 1, i),
        np.zeros((_SLOTS + bl_max, 3), i), np.zeros(n_events + 1, i), np.zeros(n_events, i),
        np.zeros(n_in + 1, np.int64), np.zeros(n_in + 1, np.int64), np.zeros(n_in + 1, np.int64),
    )  # fmt: skip


@njit(**IN_PLACE)
def update_batch(array, offset, x, d, sample, most, rate, smallest, bl_max, book, dice):
    r"""Pulse one tile by :math:`-\eta x_j d_i` on average, sample by sample, until many pulses wait.

    Parameters
    ----------
    array : Array
    offset : int
        Of the tile in the array.
    x, d : ndarray of float32, shape (n_samples, n_in) and (n_samples, n_out)
    sample : int
        The first.
    most : int
        Where more pulses than these are drawn at once, they are left to the caller.
    rate, smallest, bl_max
        As in :func:`acanthite.nn.engine.pulses.update`.
    book : Book
    dice : Dice

    Returns
    -------
    tuple
        The sample to go on with, pulses up and down, and whether what is in ``book`` is yet to be fired.
    """
    up, down = 0, 0
    while sample < x.shape[0]:
        sample = draw(x, d, sample, rate, smallest, bl_max, array.noise, book, dice)
        if book.pulses[x.shape[1]] > most:
            return sample, up, down, True
        u, v = strike(array, offset, d.shape[1], 0, x.shape[1], book, dice)
        go_to_normal(dice, book.normals[x.shape[1]])
        up, down = up + u, down + v
    return sample, up, down, False


@njit(**IN_PLACE)
def draw(x, d, sample, rate, smallest, bl_max, noise, book, dice):
    """Draw what fires from ``sample`` on, as far as there is room; return the sample to go on with.

    Parameters
    ----------
    x, d, rate, smallest, bl_max, dice
        As in :func:`update_batch`.
    sample : int
    noise : float32
        Of the array; without it no normals are set aside.
    book : Book
        Filled.
    """
    slot, row, event = 0, 0, 0
    while sample < x.shape[0]:
        top_x, top_d = largest(x[sample]), largest(d[sample])
        need = rate * top_x * top_d / smallest
        if need > np.float32(0.0) and need < np.float32(np.inf):
            slots = int(min(np.ceil(need), np.float32(bl_max)))
            if (
                slot + slots > book.ends.shape[0]
                or row + slots * d.shape[1] >= book.rows.shape[0]
                or event + slots * x.shape[1] >= book.events.shape[0]
            ):
                break
            peak = min(np.sqrt(need / np.float32(slots)), np.float32(1.0))
            begun = slot
            slot, row = _fire_outputs(d[sample], peak / top_d * FULL, slots, slot, row, book, dice)
            event = _fire_inputs(x[sample], peak / top_x * FULL, begun, slot, event, book, dice)
        sample += 1
    _sort(x.shape[1], event, noise, book, dice)
    return sample


@njit(inline="always", nogil=True)
def _fire_outputs(d, scale, slots, slot, row, book, dice):
    """List the output lines that fire in each slot, negative errors first; leave out slots without any."""
    zero = np.float32(0.0)
    n = 0
    for i in range(
        d.shape[0]
    ):  # lists are made without a branch: which lines are in them cannot be foreseen
        book.code[n] = i
        n += d[i] < zero
    negative = n
    for i in range(d.shape[0]):
        book.code[n] = i
        n += d[i] > zero
    for k in range(n):
        book.chance[k] = np.uint32(np.int64(abs(d[book.code[k]]) * scale))
    for _ in range(slots):
        words = take_words(dice, n)
        begin = row
        row = _list(book.rows, row, 0, negative, 0, words, book, dice)
        middle = row
        row = _list(book.rows, row, negative, n, 0, words, book, dice)
        book.ends[slot, 0], book.ends[slot, 1], book.ends[slot, 2] = begin, middle, row
        slot += row > begin
    return slot, row


@njit(inline="always", nogil=True)
def _fire_inputs(x, scale, begun, slot, event, book, dice):
    """List the input lines that fire in the slots from ``begun`` to ``slot``."""
    zero = np.float32(0.0)
    n = 0
    for j in range(x.shape[0]):
        book.code[n] = j
        n += x[j] != zero
    for k in range(n):
        value = x[book.code[k]]
        book.chance[k] = np.uint32(np.int64(abs(value) * scale))
        book.code[k] = 2 * book.code[k] + (value < zero)
    for s in range(begun, slot):
        words = take_words(dice, n)
        event = _list(book.events, event, 0, n, s << _SLOT, words, book, dice)
    return event


@njit(inline="always", nogil=True)
def _list(out, at, first, last, base, words, book, dice):
    """List the codes of the lines from ``first`` to ``last`` that fire; return where the list ends."""
    for k in range(first, last):
        out[at] = base | book.code[k]
        at += dice.words[np.uint64(words + k)] < book.chance[k]
    return at


@njit(**IN_PLACE)
def _sort(n_in, n_events, noise, book, dice):
    """Sort the events by input line, count the pulses of each, and tell it where its normals begin."""
    first, cursor = book.first, book.normals
    first[:] = 0
    for e in range(n_events):
        first[(book.events[e] & _LINE) // 2 + 1] += 1
    for j in range(n_in):
        first[j + 1] += first[j]
        cursor[j] = first[j]
    for e in range(n_events):
        event = book.events[e]
        j = (event & _LINE) // 2
        book.sorted[cursor[j]] = event
        cursor[j] += 1
    z = (dice.state[NORMAL_BLOCK] - 1) * WORDS + dice.state[NORMAL_AT]
    total = 0
    for j in range(n_in):
        book.normals[j], book.pulses[j] = z, total
        for e in range(first[j], first[j + 1]):
            n = _count(book, e)
            total += n
            if noise > np.float32(0.0):
                z = _together(z, n) + n
    book.normals[n_in], book.pulses[n_in] = z, total


@njit(inline="always", nogil=True)
def _count(book, e):
    slot = book.sorted[e] >> _SLOT
    return book.ends[slot, 2] - book.ends[slot, 0]


@njit(inline="always", nogil=True)
def _together(z, n):
    """Return the next normal from which on ``n`` lie in one block."""
    return z if z % WORDS + n <= WORDS else (z // WORDS + 1) * WORDS


@njit(**IN_PLACE)
def strike(array, offset, n_out, begin, end, book, dice):
    """Pulse the cells of input lines ``begin`` to ``end`` with what was drawn; return pulses up and down.

    Parameters
    ----------
    array : Array
    offset, n_out, begin, end : int
    book : Book
        Read only.
    dice : Dice
        Of the same key as that which drew; where it stands does not matter.
    """
    noisy = array.noise > np.float32(0.0)
    up, down = 0, 0
    for j in range(begin, end):
        base = offset + j * n_out
        if noisy and book.first[j + 1] > book.first[j]:
            go_to_normal(dice, book.normals[j])
        for e in range(book.first[j], book.first[j + 1]):
            event = book.sorted[e]
            slot, positive = event >> _SLOT, (event & 1) == 0
            low, middle, high = book.ends[slot, 0], book.ends[slot, 1], book.ends[slot, 2]
            at = take_normals(dice, high - low) if noisy else 0
            if positive:
                _pulse_part(array, base, low, middle, np.float32(1.0), at, book, dice)
                _pulse_part(
                    array, base, middle, high, np.float32(-1.0), at + middle - low, book, dice
                )
            else:
                _pulse_part(array, base, low, middle, np.float32(-1.0), at, book, dice)
                _pulse_part(
                    array, base, middle, high, np.float32(1.0), at + middle - low, book, dice
                )
            up += middle - low if positive else high - middle
            down += high - middle if positive else middle - low
    return up, down


@njit(inline="always", nogil=True)
def _pulse_part(array, base, first, last, sign, z, book, dice):
    # one sign a loop: which coefficients a step reads is then known outside of it
    for b in range(first, last):
        pulse(array, base + book.rows[b], sign, dice.normals[np.uint64(z + b - first)])
