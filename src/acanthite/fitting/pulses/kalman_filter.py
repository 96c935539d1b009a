"""How likely a pulse response is under a law: a Kalman filter over the conductance, which keeps
three noises apart.

The state moves by the law's step and by its noise from pulse to pulse, which stays; a fluctuation
comes and goes by itself and is forgotten after some pulses (traps, telegraph noise); a read adds
noise that is gone at the next.
"""

from __future__ import annotations

import math

from acanthite.jit import njit

N_GRID = 257
"""Points of the law's steps between the bounds, read linearly in between."""


@njit(cache=True, nogil=True)
def run(
    levels,
    upward,
    up,
    down,
    low,
    high,
    pulse_noise,
    read_noise,
    fluctuation,
    memory,
    predicted,
    variance,
):
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
    fluctuation : float
        Standard deviation of what comes and goes by itself.
    memory : float
        What is left of a fluctuation after a pulse, from 0 to 1.
    predicted, variance : float64 arrays, shape (pulse,)
        Filled with the level expected at each pulse from all before, and its variance, the read's
        included.
    """
    width = (high - low) / (N_GRID - 1)
    x, n, total = levels[0], 0.0, 0.0
    r, f = read_noise * read_noise, fluctuation * fluctuation
    # covariance of level and fluctuation: the first read is their sum; the mean response starts
    # from it as it stands
    pxx, pxn, pnn = (r + f, -f, f) if pulse_noise > 0.0 else (0.0, 0.0, 0.0)
    predicted[0], variance[0] = x, pxx + 2.0 * pxn + pnn + r
    for k in range(1, levels.size):
        at = min(max((x - low) / width, 0.0), N_GRID - 1.000001)
        i = int(at)
        table = up if upward[k] else down
        slope = (table[i + 1] - table[i]) / width
        step = table[i] + (at - i) * (table[i + 1] - table[i])
        pxx = (1.0 + slope) ** 2 * pxx + (pulse_noise * step) ** 2
        pxn *= (1.0 + slope) * memory
        pnn = memory * memory * pnn + (1.0 - memory * memory) * f
        x, n = min(max(x + step, low), high), memory * n
        gx, gn = pxx + pxn, pxn + pnn
        s = gx + gn + r
        predicted[k], variance[k] = x + n, s
        e = levels[k] - x - n
        if math.isfinite(e):
            total += math.log(s) + e * e / s
            x, n = x + gx / s * e, n + gn / s * e
            pxx, pxn, pnn = pxx - gx * gx / s, pxn - gx * gn / s, pnn - gn * gn / s
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
