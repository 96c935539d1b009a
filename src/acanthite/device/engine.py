"""The integrator every law is compiled into: adaptive, exponential, event-exact.

This file is both a module (of a plain resistor) and the text the compiler specialises: it puts a law's own
functions in place of what stands between the two marker lines. States follow ``dy/dt = gain - loss y``; a step
takes the exponential Euler solution with coefficients frozen at its midpoint, and its distance to the one frozen
at its start steers the step size. A state that reaches a bound stops the step there and calls ``event``.
"""

import math
from typing import Any

from acanthite.jit import njit
from acanthite.random import normals, uniforms

JIT: dict[str, Any] = {"cache": True, "error_model": "numpy", "_nrt": False}  # no array is made in here
INLINED = {**JIT, "inline": "always"}  # passing many arrays costs as much as what is done with them

# --- law begins ---
N_STATES, N_ALL, HAS_EVENT = 1, 1, False


@njit(**JIT)
def fill_rates(y, voltage, p, rates):
    """Write the coefficients of dy/dt = gain - loss y: gains into row 0, losses into row 1."""
    rates[0, 0] = rates[1, 0] = 0.0


@njit(**JIT)
def law_current(y, voltage, p):
    """Return the current at a device voltage."""
    return p[0] * voltage


@njit(**JIT)
def apply_event(k, y, voltage, p, z):
    """Change the states after state ``k`` reached a bound."""


# --- law ends ---

_MAX_STEPS = 2_000_000
_VOLTAGE_STEP = 0.01  # a step of a ramp spans at most 10 mV: Arrhenius rates at its ends are then comparable


@njit(**JIT)
def device_voltage(y, applied, limit, p):
    """Return the voltage left on the device when the source limits its current to ``limit``."""
    if abs(law_current(y, applied, p)) <= limit:
        return applied
    sign = 1.0 if applied > 0 else -1.0
    low, high = 0.0, abs(applied)
    f_low, f_high = sign * law_current(y, 0.0, p) - limit, abs(law_current(y, applied, p)) - limit
    if f_low >= 0.0:
        return 0.0
    for n in range(80):  # Illinois: bracketed, superlinear, no derivative asked of the law
        mid = 0.5 * (low + high)  # in turn, for a current that grows exponentially
        if f_high < math.inf and (n < 9 or n % 2 == 0):
            mid = (low * f_high - high * f_low) / (f_high - f_low)
        f_mid = sign * law_current(y, sign * mid, p) - limit
        if abs(f_mid) <= 1e-9 * limit:
            return sign * mid
        if f_mid > 0.0:
            high, f_high, f_low = mid, f_mid, 0.5 * f_low
        else:
            low, f_low, f_high = mid, f_mid, 0.5 * f_high
    return sign * 0.5 * (low + high)


@njit(**JIT)
def decay(x):
    """Return (1 - exp(-x)) / x, to 1e-10."""
    if x > 40.0:  # settled to the last bit
        return 1.0 / x
    if x > 0.1:
        return -math.expm1(-x) / x
    return 1.0 - x / 2.0 * (1.0 - x / 3.0 * (1.0 - x / 4.0 * (1.0 - x / 5.0 * (1.0 - x / 6.0))))


@njit(**JIT)
def relax(value, gain, loss, h):
    """Return the solution of dy/dt = gain - loss y after ``h``."""
    rate = gain - loss * value
    if rate == 0.0:
        return value
    return value + h * rate * (decay(loss * h) if loss > 0.0 else 1.0)


@njit(**JIT)
def draw(key, counts, z):
    """Fill ``z`` with five standard normals and one Exp(1) variate: the next set of this device."""
    seed, stream, index = key
    z[0], z[1], z[2], z[3] = normals(seed, stream, index, 2 * counts[0])
    u = uniforms(seed, stream, index, 2 * counts[0] + 1)
    z[4] = math.sqrt(-2.0 * math.log(u[0])) * math.cos(2.0 * math.pi * u[1])
    z[5] = -math.log(u[2])
    counts[0] += 1


@njit(**INLINED)
def outward(y, rates, bounds):
    """Return the first state that sits on a bound and is pushed over it, or -1."""
    for k in range(N_STATES):
        rate = rates[0, k] - rates[1, k] * y[k]
        if (y[k] <= bounds[0, k] and rate < 0.0) or (y[k] >= bounds[1, k] and rate > 0.0):
            return k
    return -1


@njit(**INLINED)
def crossing(y, new, bounds):
    """Return the state that first leaves its bounds on the way from ``y`` to ``new``, and when (0 to 1)."""
    first, when = -1, 1.0
    for k in range(N_STATES):
        if new[k] < bounds[0, k]:
            at = (y[k] - bounds[0, k]) / (y[k] - new[k])
        elif new[k] > bounds[1, k]:
            at = (bounds[1, k] - y[k]) / (new[k] - y[k])
        else:
            continue
        if first < 0 or at < when:
            first, when = k, at
    return first, when


@njit(**JIT)
def inside(value, k, bounds):
    """Return a value of state ``k`` put between its bounds."""
    return min(max(value, bounds[0, k]), bounds[1, k])


@njit(**INLINED)
def trial(y, p, h, v_middle, limited, limit, tolerance, bounds, rates, rates2, middle, new):
    """Try a step of ``h`` from ``rates`` at its start: fill ``new``, return the error over the tolerance."""
    for k in range(N_STATES):
        middle[k] = inside(relax(y[k], rates[0, k], rates[1, k], 0.5 * h), k, bounds)
    for k in range(N_STATES, N_ALL):
        middle[k] = new[k] = y[k]
    on_device = device_voltage(middle, v_middle, limit, p) if limited else v_middle
    fill_rates(middle, on_device, p, rates2)
    error = 0.0
    for k in range(N_STATES):
        new[k] = relax(y[k], rates2[0, k], rates2[1, k], h)
        euler = relax(y[k], rates[0, k], rates[1, k], h)
        if not HAS_EVENT and rates2[0, k] == rates2[1, k] == 0.0:
            # it comes to rest on the way: let it get there
            new[k], euler = euler, y[k]
        if not math.isfinite(new[k]):
            return math.inf
        if not HAS_EVENT:  # a bound that calls no event just holds: what is beyond it is no error
            new[k], euler = inside(new[k], k, bounds), inside(euler, k, bounds)
        error = max(error, abs(new[k] - euler) / (tolerance * bounds[2, k]))
    return error


@njit(**JIT)
def comes_to_rest(y, p, h, v_end, limited, limit, rates, middle, new):
    """Put into ``new`` the edge of where nothing moves, at the end of a step; return whether a single state gets there within it.

    ``middle`` is where it rests half-way. A law that stops its state at a threshold holds it on that edge while the voltage
    goes on, and steps that see it stop and start again would be as short as the tolerance.
    """
    moving, resting, slowest = y[0], middle[0], math.inf
    for n in range(42):  # the two ends first, then between them
        new[0] = resting if n == 0 else moving if n == 1 else 0.5 * (moving + resting)
        fill_rates(new, device_voltage(new, v_end, limit, p) if limited else v_end, p, rates)
        rate = rates[0, 0] - rates[1, 0] * new[0]
        if (n == 0 and rate != 0.0) or (n == 1 and rate == 0.0) or rate * (resting - moving) < 0.0:
            return False
        if rate == 0.0:
            resting = new[0]
        else:
            moving, slowest = new[0], min(slowest, abs(rate))
    new[0] = moving
    return abs(moving - y[0]) <= 0.5 * h * slowest


@njit(**JIT)
def advance(y, p, segment, bounds, tolerance, key, counts, h, rates, rates2, middle, new, end, z):
    """Carry the states over one linear segment of the applied voltage; return the last step size, or what stopped it.

    That is -1 where a rate is no number and -2 where ``_MAX_STEPS`` did not reach the end.
    ``end`` gets voltage and current at the end, and the charge that flowed, by trapezoids. Arrays are passed one by
    one: a view made in here would cost two atomic reference counts a step.
    """
    duration, v0, v1, limit = segment
    slope = (v1 - v0) / duration
    cap = duration if v0 == v1 else duration * _VOLTAGE_STEP / abs(v1 - v0)
    before = law_current(y, v0, p)
    t, h, limited = 0.0, min(h, duration), abs(before) > limit
    end[2] = 0.0
    for _ in range(_MAX_STEPS):
        v = v0 + slope * t
        on_device = device_voltage(y, v, limit, p) if limited else v
        fill_rates(y, on_device, p, rates)
        if HAS_EVENT:
            k = outward(y, rates, bounds)
            if k >= 0:
                draw(key, counts, z)
                apply_event(k, y, on_device, p, z)
                before = law_current(y, on_device, p)
                continue
        h = min(h, cap, duration - t)
        while True:
            v_middle = v + 0.5 * slope * h
            error = trial(y, p, h, v_middle, limited, limit, tolerance, bounds, rates, rates2, middle, new)
            if error <= 1.0:
                break
            if N_STATES == 1 and not HAS_EVENT:
                stops = rates2[0, 0] == rates2[1, 0] == 0.0
                if stops and comes_to_rest(y, p, h, v + slope * h, limited, limit, rates2, middle, new):
                    error = 0.0
                    break
                if stops or rates[0, 0] == rates[1, 0] == 0.0:  # on the edge itself: let an instant pass
                    new[0] = y[0]
            if h <= 1e-13 * duration:
                break
            h *= max(0.2, 0.9 / math.sqrt(error))
        if error == math.inf:
            return -1.0
        grow = 4.0 if error < 0.05 else 0.9 / math.sqrt(error)
        if HAS_EVENT:
            k, when = crossing(y, new, bounds)
            if k >= 0 and abs(new[k] - inside(new[k], k, bounds)) > tolerance * bounds[2, k]:
                h *= max(when, 1e-3)
                continue
        for k in range(N_STATES):
            new[k] = inside(new[k], k, bounds)
        end[0] = v1 if t + h >= duration * (1.0 - 1e-12) else v + slope * h
        end[1] = law_current(new, end[0], p)
        over = abs(end[1]) > limit
        if over and not limited:  # the limit was reached on the way: take the step again with it
            limited = True
            continue
        limited = over
        end[2] += 0.5 * h * (min(max(before, -limit), limit) + min(max(end[1], -limit), limit))
        before = end[1]
        for k in range(N_STATES):
            y[k] = new[k]
        t += h
        if t >= duration * (1.0 - 1e-12):
            return max(h * grow, 1e-12 * duration)
        h *= grow
    return -2.0


@njit(nogil=True, **JIT)
def run(y, p, segments, recorded, cycles, bounds, tolerance, key, counts, work, z, voltage, current):
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
    key : tuple of 3 int
        Seed, stream and index of the device's random numbers.
    counts : int64 array, shape (1,)
        How many sets were drawn already, changed in place.
    work : float64 array, shape (7, 2 + state)
        Scratch.
    z : float64 array, shape (6,)
        Scratch for random numbers.
    voltage, current : float64 arrays, shape (cycle, sample)
        Filled with what the device had at the end of each recorded segment.

    Returns
    -------
    int
        0, or 1 + the segment at which the step size collapsed.
    """
    rates, rates2, middle, new, end = work[0:2], work[2:4], work[4], work[5], work[6]
    h = segments[0, 0]
    for c in range(cycles):
        sample = 0
        for s in range(segments.shape[0]):
            segment = (segments[s, 0], segments[s, 1], segments[s, 2], segments[s, 3])
            h = advance(y, p, segment, bounds, tolerance, key, counts, h, rates, rates2, middle, new, end, z)
            if h <= 0.0:
                return 1 + s
            if recorded[s]:
                if abs(end[1]) > segment[3]:
                    end[0] = device_voltage(y, segment[2], segment[3], p)
                    end[1] = law_current(y, end[0], p)
                voltage[c, sample], current[c, sample] = end[0], end[1]
                sample += 1
    return 0


@njit(nogil=True, **JIT)
def hold(which, y, p, start, stop, duration, bounds, tolerance, seed, stream, counts, work, z, charge):
    """Take devices ``which`` over one segment each, from ``start`` to ``stop`` volts, without a limit.

    As :func:`run`, with a leading axis of devices in ``y``, ``p``, ``bounds`` and ``counts``; ``charge`` gets what flowed
    [C]. Most devices of an array hardly move, so each first tries all of it in one step. Returns -1, or the device that got stuck,
    whose charge is then what :func:`advance` said.
    """
    rates, rates2, middle, new, end = work[0:2], work[2:4], work[4], work[5], work[6]
    for k in range(which.size):
        i = which[k]
        segment, key = (duration, start[i], stop[i], math.inf), (seed, stream, i)
        h = advance(
            y[i],
            p[i],
            segment,
            bounds[i],
            tolerance,
            key,
            counts[i],
            duration,
            rates,
            rates2,
            middle,
            new,
            end,
            z,
        )
        if h <= 0.0:
            charge[i] = h
            return i
        charge[i] = end[2]
    return -1


@njit(nogil=True, **JIT)
def respond(y, p, voltage, current, slope):
    """Fill ``current`` and its derivative ``slope`` of each device at frozen states."""
    for i in range(y.shape[0]):
        v = voltage[i]
        h = max(1e-6, 1e-5 * abs(v))
        current[i] = law_current(y[i], v, p[i])
        slope[i] = (law_current(y[i], v + h, p[i]) - current[i]) / h


@njit(**JIT)
def renew(y, p, key, counts, z):
    """Draw what a fresh device draws: the event of no state."""
    draw(key, counts, z)
    apply_event(-1, y, 0.0, p, z)
