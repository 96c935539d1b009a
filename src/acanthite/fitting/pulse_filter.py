"""How likely a pulse response is under a law: a Kalman filter over the conductance, which keeps two noises apart.

The state moves by the law's step and by its noise from pulse to pulse; a read adds noise that leaves the state alone.
"""

from __future__ import annotations

import math

from numba import njit

N_GRID = 257
"""Points of the law's steps between the bounds, read linearly in between."""


@njit(cache=True, nogil=True)
def run(levels, upward, up, down, low, high, pulse_noise, read_noise, predicted, variance):
    """Filter one ladder; return twice its negative log-likelihood, constants left out.

    Parameters
    ----------
    levels : float64 array, shape (pulse,)
        Measured after each pulse; not-a-number where it was not.
    upward : bool array, shape (pulse,)
        Direction of the pulse before each.
    up, down : float64 arrays, shape (N_GRID,)
        Change of the level by a pulse, on a grid from ``low`` to ``high``; the second is negative.
    low, high : float
        Bounds.
    pulse_noise : float
        Standard deviation of a step over its mean.
    read_noise : float
        Standard deviation of a read.
    predicted, variance : float64 arrays, shape (pulse,)
        Filled with the level expected at each pulse from all before, and its variance, the read's included.
    """
    width = (high - low) / (N_GRID - 1)
    x, total, r = levels[0], 0.0, read_noise * read_noise
    p = r if pulse_noise > 0.0 else 0.0  # the mean response starts from the first read as it stands
    predicted[0], variance[0] = x, p + r
    for k in range(1, levels.size):
        at = min(max((x - low) / width, 0.0), N_GRID - 1.000001)
        i = int(at)
        table = up if upward[k] else down
        slope = (table[i + 1] - table[i]) / width
        step = table[i] + (at - i) * (table[i + 1] - table[i])
        p = (1.0 + slope) ** 2 * p + (pulse_noise * step) ** 2
        x = min(max(x + step, low), high)
        s = p + r
        predicted[k], variance[k] = x, s
        e = levels[k] - x
        if math.isfinite(e):
            total += math.log(s) + e * e / s
            x += p / s * e
            p *= r / s
    return total


@njit(cache=True)
def mean_response(first, upward, up, down, low, high, out):
    """Fill ``out`` with the levels a law without noise gives from ``first`` on."""
    width, x = (high - low) / (N_GRID - 1), first
    for k in range(upward.size):
        if k > 0:
            at = min(max((x - low) / width, 0.0), N_GRID - 1.000001)
            i = int(at)
            table = up if upward[k] else down
            x = min(max(x + table[i] + (at - i) * (table[i + 1] - table[i]), low), high)
        out[k] = x
