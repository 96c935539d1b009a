"""The integrator every law is compiled into: adaptive, exponential, event-exact.

This file is both a module (of a plain resistor) and the text the compiler specialises: it puts a law's own
functions in place of what stands between the two marker lines. States follow ``dy/dt = gain - loss y``; a step
takes the exponential Euler solution with coefficients frozen at its midpoint, and its distance to the one frozen
at its start steers the step size. A state that reaches a bound stops the step there and calls ``event``.
"""

import math

import numpy as np
from numba import njit

from acanthite.random import normals, uniforms

# --- law begins ---
N_STATES, N_ALL, HAS_EVENT = 1, 1, False


@njit(cache=True)
def fill_rates(y, voltage, p, gain, loss):
    """Write the coefficients of dy/dt = gain - loss y."""
    gain[0] = loss[0] = 0.0


@njit(cache=True)
def law_current(y, voltage, p):
    """Return the current at a device voltage."""
    return p[0] * voltage


@njit(cache=True)
def apply_event(k, y, voltage, p, z):
    """Change the states after state ``k`` reached a bound."""


# --- law ends ---

_MAX_STEPS = 2_000_000
_VOLTAGE_STEP = 0.01  # a step of a ramp spans at most 10 mV: Arrhenius rates at its ends are then comparable


@njit(cache=True)
def device_voltage(y, applied, limit, p):
    """Return the voltage left on the device when the source limits its current to ``limit``."""
    if abs(law_current(y, applied, p)) <= limit:
        return applied
    sign = 1.0 if applied > 0 else -1.0
    low, high = 0.0, abs(applied)
    f_low, f_high = sign * law_current(y, 0.0, p) - limit, abs(law_current(y, applied, p)) - limit
    if f_low >= 0.0:
        return 0.0
    for _ in range(60):  # Illinois: bracketed, superlinear, no derivative asked of the law
        mid = (low * f_high - high * f_low) / (f_high - f_low)
        f_mid = sign * law_current(y, sign * mid, p) - limit
        if abs(f_mid) <= 1e-9 * limit:
            return sign * mid
        if f_mid > 0.0:
            high, f_high, f_low = mid, f_mid, 0.5 * f_low
        else:
            low, f_low, f_high = mid, f_mid, 0.5 * f_high
    return sign * 0.5 * (low + high)


@njit(cache=True)
def relax(value, gain, loss, h):
    """Return the solution of dy/dt = gain - loss y after ``h``."""
    x = loss * h
    if x < 1e-8:
        return value + h * (gain - loss * value)
    return value - (value - gain / loss) * -math.expm1(-x)


@njit(cache=True)
def draw(seed, stream, index, count, z):
    """Fill ``z`` with five standard normals and one Exp(1) variate."""
    z[0], z[1], z[2], z[3] = normals(seed, stream, index, 2 * count)
    u = uniforms(seed, stream, index, 2 * count + 1)
    z[4] = math.sqrt(-2.0 * math.log(u[0])) * math.cos(2.0 * math.pi * u[1])
    z[5] = -math.log(u[2])


@njit(cache=True)
def outward(y, gain, loss, lower, upper):
    """Return the first state that sits on a bound and is pushed over it, or -1."""
    for k in range(N_STATES):
        rate = gain[k] - loss[k] * y[k]
        if (y[k] <= lower[k] and rate < 0.0) or (y[k] >= upper[k] and rate > 0.0):
            return k
    return -1


@njit(cache=True)
def crossing(y, new, lower, upper):
    """Return the state that first leaves its bounds on the way from ``y`` to ``new``, and when (0 to 1)."""
    first, when = -1, 1.0
    for k in range(N_STATES):
        if new[k] < lower[k]:
            at = (y[k] - lower[k]) / (y[k] - new[k])
        elif new[k] > upper[k]:
            at = (upper[k] - y[k]) / (new[k] - y[k])
        else:
            continue
        if first < 0 or at < when:
            first, when = k, at
    return first, when


@njit(cache=True)
def clip(y, lower, upper):
    """Keep the states between their bounds."""
    for k in range(N_STATES):
        y[k] = min(max(y[k], lower[k]), upper[k])


@njit(cache=True)
def trial(y, p, h, v_start, v_middle, limit, tolerance, scale, lower, upper, work):
    """Try a step of ``h``: leave the new states in ``work[4]`` and return the error over the tolerance."""
    gain, loss, middle, euler, new = work[0], work[1], work[2], work[3], work[4]
    for k in range(N_STATES):
        euler[k] = relax(y[k], gain[k], loss[k], h)
        middle[k] = min(max(relax(y[k], gain[k], loss[k], 0.5 * h), lower[k]), upper[k])
    for k in range(N_STATES, N_ALL):
        middle[k] = new[k] = y[k]
    gain2, loss2 = work[5], work[6]
    fill_rates(middle, device_voltage(middle, v_middle, limit, p), p, gain2, loss2)
    error = 0.0
    for k in range(N_STATES):
        new[k] = relax(y[k], gain2[k], loss2[k], h)
        if not math.isfinite(new[k]):
            return math.inf
        error = max(error, abs(new[k] - euler[k]) / (tolerance * scale[k]))
    return error


@njit(cache=True)
def advance(y, p, duration, v0, v1, limit, bounds, tolerance, seed, stream, index, counts, h, work, z):
    """Carry the states over one linear segment of the applied voltage; return the last step size, or -1."""
    lower, upper, scale = bounds[0], bounds[1], bounds[2]
    slope = (v1 - v0) / duration
    cap = duration if v0 == v1 else duration * _VOLTAGE_STEP / abs(v1 - v0)
    t, h = 0.0, min(h, duration)
    for _ in range(_MAX_STEPS):
        v = v0 + slope * t
        on_device = device_voltage(y, v, limit, p)
        fill_rates(y, on_device, p, work[0], work[1])
        if HAS_EVENT:
            k = outward(y, work[0], work[1], lower, upper)
            if k >= 0:
                draw(seed, stream, index, counts[0], z)
                counts[0] += 1
                apply_event(k, y, on_device, p, z)
                continue
        h = min(h, cap, duration - t)
        while True:
            error = trial(y, p, h, v, v + 0.5 * slope * h, limit, tolerance, scale, lower, upper, work)
            if error <= 1.0 or h <= 1e-13 * duration:
                break
            h *= max(0.2, 0.9 / math.sqrt(error))
        if error == math.inf:
            return -1.0
        new = work[4]
        grow = 4.0 if error < 0.05 else 0.9 / math.sqrt(error)
        if HAS_EVENT:
            k, when = crossing(y, new, lower, upper)
            if k >= 0 and abs(new[k] - min(max(new[k], lower[k]), upper[k])) > tolerance * scale[k]:
                h *= max(when, 1e-3)
                continue
        y[:] = new
        clip(y, lower, upper)
        t += h
        if t >= duration * (1.0 - 1e-12):
            return max(h * grow, 1e-12 * duration)
        h *= grow
    return -1.0


@njit(cache=True, nogil=True)
def run(y, p, segments, recorded, cycles, bounds, tolerance, seed, stream, index, counts, voltage, current):
    """Take one device through ``cycles`` repetitions of a list of segments.

    Parameters
    ----------
    y : float64 array, shape (state,)
        States, changed in place.
    p : float64 array, shape (parameter,)
    segments : float64 array, shape (segment, 4)
        Duration [s], voltage at its start and end [V], current limit [A].
    recorded : bool array, shape (segment,)
        Whether the end of a segment is a sample.
    cycles : int
    bounds : float64 array, shape (3, state)
        Lower and upper bounds and scales of the states.
    tolerance : float
    seed, stream, index : int
        Key of the device's random numbers.
    counts : int64 array, shape (1,)
        How many sets were drawn already, changed in place.
    voltage, current : float64 arrays, shape (cycle, sample)
        Filled with what the device had at the end of each recorded segment.

    Returns
    -------
    int
        0, or 1 + the segment at which the step size collapsed.
    """
    work, z = np.zeros((7, N_ALL)), np.zeros(6)
    h = segments[0, 0]
    for c in range(cycles):
        sample = 0
        for s in range(segments.shape[0]):
            duration, v1, limit = segments[s, 0], segments[s, 2], segments[s, 3]
            h = advance(
                y,
                p,
                duration,
                segments[s, 1],
                v1,
                limit,
                bounds,
                tolerance,
                seed,
                stream,
                index,
                counts,
                h,
                work,
                z,
            )
            if h <= 0.0:
                return 1 + s
            if recorded[s]:
                on_device = device_voltage(y, v1, limit, p)
                voltage[c, sample] = on_device
                current[c, sample] = law_current(y, on_device, p)
                sample += 1
    return 0


@njit(cache=True)
def renew(y, p, seed, stream, index, counts):
    """Draw what a fresh device draws: the event of no state."""
    z = np.zeros(6)
    draw(seed, stream, index, counts[0], z)
    counts[0] += 1
    apply_event(-1, y, 0.0, p, z)
