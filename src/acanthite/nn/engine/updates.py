r"""The three ways of a rank-one update: by stochastic pulse trains, by implicit pulses, or mean
field.

``"stochastic"`` is :func:`acanthite.nn.engine.pulses.update`. The other two give every cell the
number of coincidences that trains would have on average, without drawing them, at the cost of all
cells whose input and error are not zero:

- ``"implicit"`` rounds it to whole pulses, each with its own noise. Trains that coincide just so
  exist, but where less than half a pulse is due there is none.
- ``"mean-field"`` takes it as it is, the last broken pulse as that part of a step, and without
  noise. Steps being small, this is the mean of the stochastic update.

The number of a cell is :math:`\min(K, BL_{max}) |x_j| |d_i| / (\max|x| \max|d|)` with the :math:`K`
of update management.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import types
from numba.extending import overload

from acanthite.errors import TrainingError, nearest
from acanthite.jit import njit
from acanthite.nn.engine.disturbance import is_noisy, level, settle
from acanthite.nn.engine.native.options import CHOSEN, IN_PLACE, ONE, SUMMED, ZERO
from acanthite.nn.engine.periphery import largest
from acanthite.nn.engine.pulses import pulse, update
from acanthite.nn.engine.rng import take_normals, take_words
from acanthite.synapse.kernels import step, stride
from acanthite.synapse.rule import LOWER, UPPER

PULSES = ("stochastic", "implicit", "mean-field")
"""How an update is made."""


class Expected(NamedTuple):
    """An update without trains."""

    bl_max: int  # largest number of pulses of a cell
    whole: bool  # implicit pulses; else mean field


def trains(pulses: str, bl_max: int) -> int | Expected:
    """Return what the kernels take for a way of updating: the longest train, or :class:`Expected`.

    Raises
    ------
    TrainingError
        If there is no such way.
    """
    if pulses not in PULSES:
        raise TrainingError(
            f"pulses = {pulses!r}; expected one of "
            f"{', '.join(PULSES)}{nearest(str(pulses), PULSES)}"
        )
    return bl_max if pulses == "stochastic" else Expected(bl_max, pulses == "implicit")


def change(
    array: Any,
    offset: int,
    x: Any,
    d: Any,
    rate: Any,
    smallest: Any,
    trains: Any,
    lines: Any,
    rng: Any,
) -> int:
    r"""Move one layer by :math:`-\eta x_j d_i`; return the number of pulses.

    Parameters
    ----------
    array, offset, x, d, rate, smallest, lines, rng
        As in :func:`acanthite.nn.engine.pulses.update`.
    trains : int or Expected
        From :func:`trains`; which of them is settled when a kernel is compiled.
    """
    raise NotImplementedError("for compiled kernels only")


@overload(change, jit_options=CHOSEN)
def _change(array, offset, x, d, rate, smallest, trains, lines, rng):
    if isinstance(trains, types.Integer):
        return _stochastic
    return _expected


def _stochastic(array, offset, x, d, rate, smallest, trains, lines, rng):
    return update(array, offset, x, d, rate, smallest, trains, lines, rng)


def _expected(array, offset, x, d, rate, smallest, trains, lines, rng):
    up, down = expected(array, offset, x, d, 0, x.shape[0], rate, smallest, trains, rng)
    array.counts[0] += up
    array.counts[1] += down
    return up + down


@njit(**SUMMED)
def expected(array, offset, x, d, first, last, rate, smallest, trains, rng):
    """Move the cells of input lines ``first`` to ``last`` by the expected number of pulses; return
    pulses up and down.

    Broken pulses of the mean field are added up, and what is left of their sum is rounded up or
    down by chance, so that counts are right on average.

    Parameters
    ----------
    array, offset, x, d, rate, smallest, rng
        As in :func:`acanthite.nn.engine.pulses.update`.
    first, last : int
    trains : Expected
    """
    top = largest(x) * largest(d)
    need = rate * top / smallest
    rises, falls = 0.0, 0.0
    if need > ZERO and need < np.float32(np.inf):
        scale = min(need, np.float32(trains.bl_max)) / top
        n_out = d.shape[0]
        for j in range(first, last):
            if x[j] == ZERO:
                continue
            for i in range(n_out):
                count = scale * abs(x[j]) * abs(d[i])
                sign = -ONE if (x[j] > ZERO) == (d[i] > ZERO) else ONE
                cell = offset + j * n_out + i
                if trains.whole:
                    count = np.float32(np.rint(count))
                    _whole(array, cell, sign, int(count), rng)
                elif count > ZERO:
                    _part(array, cell, sign, count)
                if sign > ZERO:
                    rises += count
                else:
                    falls += count
    return _rounded(rises, rng), _rounded(falls, rng)


@njit(**IN_PLACE)
def expected_batch(array, x, d, first, last, rate, smallest, trains, rng):
    """Do :func:`expected` for every sample of ``x`` and ``d``, shape (n_samples, n_in) and
    (n_samples, n_out).
    """
    up, down = 0, 0
    for s in range(x.shape[0]):
        u, v = expected(array, 0, x[s], d[s], first, last, rate, smallest, trains, rng)
        up, down = up + u, down + v
    return up, down


@njit(inline="always", nogil=True)
def _whole(array, cell, sign, n, rng):
    z = take_normals(rng, n) if n > 0 and is_noisy(array.noise) else 0
    for k in range(n):
        pulse(array, cell, sign, rng.normals[z + k])


@njit(inline="always", nogil=True)
def _part(array, cell, sign, count):
    n = int(count)
    for _ in range(n):
        pulse(array, cell, sign, ZERO)
    index = np.uint64(cell)
    at = index * stride(array.rule)
    c = array.coefficients
    w = level(array.noise, array.weights, index)
    w += (count - np.float32(n)) * step(array.rule, c, at, sign, w)
    w = min(max(w, c[at + np.uint64(LOWER)]), c[at + np.uint64(UPPER)])
    settle(array.noise, array.weights, index, w)


@njit(inline="always", nogil=True)
def _rounded(total, rng):
    n = int(total)
    rest = total - n
    if rest > 0.0:
        n += rng.words[take_words(rng, 1)] < rest * 4294967296.0
    return n
