"""One exponential step of a law: the first part of the text every law is compiled into.

This file is both a module (of a plain resistor) and the text the compiler specialises: it puts a
law's own functions in place of what stands between the two marker lines, and appends the bodies of
the modules that follow (`engine.py`). States follow ``dy/dt = gain - loss y``; a step takes the
exponential Euler solution with coefficients frozen at its midpoint, and its distance to the one
frozen at its start steers the step size. Whatever does not depend on whether there are implicit
steps stands here, so that it is compiled once for kernels with and without.
"""

import math
from typing import Any

import numpy as np  # noqa: F401  # for the tables of the implicit steps

from acanthite.jit import njit
from acanthite.random import normals, uniforms

JIT: dict[str, Any] = {
    "cache": True,
    "error_model": "numpy",
    "_nrt": False,
}  # no array is made in here
# called by other kernels alone: passing many arrays costs as much as what is done with them
INNER = {**JIT, "inner": True, "forceinline": True}

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


@njit(**INNER)
def apply_event(k, y, voltage, p, z):
    """Change the states after state ``k`` reached a bound."""


@njit(**INNER)
def at_device(y, applied, p):
    """Return the voltage on the device at a voltage of the source: nothing is between them."""
    return applied


# --- law ends ---

# an event changes states between two steps, which only the exponential steps follow
MAY_BE_STIFF = not HAS_EVENT

# trials of exponential steps in one segment, after which it is asked what holds them up
PATIENCE = 32
# a step this many times as long as the fastest state takes to answer is held up by that state
STIFF = 0.3
NUDGE_VOLTAGE = 1e-7  # of the segment's voltage, for a difference

# rows of the scratch array, after Jacobian and matrix
START, BEFORE, AFTER, DRIFT, FREE, PIVOT, STAGE = (2 * N_STATES + k for k in range(7))
WORK_SHAPE = (9 + STAGE + 6, 16 + N_ALL)  # of what `run` and `hold` work in

UNDECIDED = -3.0  # what a segment returns that stopped to ask for implicit steps
# places of `end`, beside voltage, current and charge at the end of a segment: what stays from one
# segment to the next, whether a run stopped to ask for implicit steps, and where
STIFFENED, RATES_AT, RATES_LIMIT, STOPPED = range(3, 7)
STOP_TIME, STOP_STEP, STOP_LIMITED, STOP_TRIES, STOP_CURRENT, STOP_TAKEN = range(7, 13)
STOP_CYCLE, STOP_SEGMENT, STOP_SAMPLE = range(13, 16)


@njit(**INNER)
def begin(end, v0, h, limited, before):
    """Return time, step, whether the current is limited, trials, current and number of steps at the
    beginning of a segment, or where a run stopped in it.
    """
    if end[STOPPED] == 0.0:
        end[0], end[2] = v0, 0.0
        return 0.0, h, limited, 0, before, 0
    end[STOPPED] = 0.0
    tries, taken = int(end[STOP_TRIES]), int(end[STOP_TAKEN])
    return end[STOP_TIME], end[STOP_STEP], end[STOP_LIMITED] != 0.0, tries, end[STOP_CURRENT], taken


@njit(**INNER)
def stop(end, t, h, limited, tries, before, taken):
    """Note where a segment was left, before a step; return ``UNDECIDED``."""
    end[STOPPED], end[STIFFENED] = 1.0, 0.0
    end[STOP_TIME], end[STOP_STEP], end[STOP_LIMITED] = t, h, limited
    end[STOP_TRIES], end[STOP_CURRENT], end[STOP_TAKEN] = tries, before, taken
    return UNDECIDED


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


@njit(**INNER)
def decay(x):
    """Return (1 - exp(-x)) / x, to 1e-10."""
    if x > 40.0:  # settled to the last bit
        return 1.0 / x
    if x > 0.1:
        return -math.expm1(-x) / x
    return 1.0 - x / 2.0 * (1.0 - x / 3.0 * (1.0 - x / 4.0 * (1.0 - x / 5.0 * (1.0 - x / 6.0))))


@njit(**INNER)
def relax(value, gain, loss, h):
    """Return the solution of dy/dt = gain - loss y after ``h``."""
    rate = gain - loss * value
    if rate == 0.0:
        return value
    return value + h * rate * (decay(loss * h) if loss > 0.0 else 1.0)


@njit(**INNER)
def draw(key, counts, z):
    """Fill ``z`` with five standard normals and one Exp(1) variate: the next set of this device."""
    seed, stream, index = key
    z[0], z[1], z[2], z[3] = normals(seed, stream, index, 2 * counts[0])
    u = uniforms(seed, stream, index, 2 * counts[0] + 1)
    z[4] = math.sqrt(-2.0 * math.log(u[0])) * math.cos(2.0 * math.pi * u[1])
    z[5] = -math.log(u[2])
    counts[0] += 1


@njit(**INNER)
def outward(y, rates, bounds):
    """Return the first state that sits on a bound and is pushed over it, or -1."""
    for k in range(N_STATES):
        rate = rates[0, k] - rates[1, k] * y[k]
        if (y[k] <= bounds[0, k] and rate < 0.0) or (y[k] >= bounds[1, k] and rate > 0.0):
            return k
    return -1


@njit(**INNER)
def crossing(y, new, bounds):
    """Return the state that first leaves its bounds on the way from ``y`` to ``new``, and when (0
    to 1).
    """
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


@njit(**INNER)
def inside(value, k, bounds):
    """Return a value of state ``k`` put between its bounds."""
    return min(max(value, bounds[0, k]), bounds[1, k])


@njit(**INNER)
def trial(y, p, h, v_middle, limited, limit, tolerance, bounds, rates, rates2, middle, new):
    """Try a step of ``h`` from ``rates`` at its start: fill ``new``, return the error over the
    tolerance.
    """
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


@njit(**INNER)
def comes_to_rest(y, p, h, v_end, limited, limit, rates, middle, new):
    """Put into ``new`` the edge of where nothing moves, at the end of a step; return whether a
    single state gets there within it.

    ``middle`` is where it rests half-way. A law that stops its state at a threshold holds it on
    that edge while the voltage goes on, and steps that see it stop and start again would be as
    short as the tolerance.
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


@njit(**INNER)
def start_rates(y, p, v, limited, limit, implicit, rates, end):
    """Fill ``rates`` at the start of a step, unless the last step left them there; return the
    voltage on the device.
    """
    if MAY_BE_STIFF and (implicit or (end[RATES_AT] == v and end[RATES_LIMIT] == limit)):
        return v
    on_device = device_voltage(y, v, limit, p) if limited else v
    fill_rates(y, on_device, p, rates)
    end[RATES_AT], end[RATES_LIMIT] = v, limit
    return on_device


@njit(**INNER)
def happens(y, p, on_device, bounds, rates, key, counts, z):
    """Call the event of the first state that is pushed over a bound it sits on; return whether
    there was one.
    """
    k = outward(y, rates, bounds)
    if k < 0:
        return False
    draw(key, counts, z)
    apply_event(k, y, on_device, p, z)
    return True


@njit(**INNER)
def unseen(y, p, h, on_end, error, tolerance, bounds, rates, rates2, rates3, new):
    """Return what start and middle of a step could not see, over the tolerance: a threshold between
    its middle and its end.
    """
    fill_rates(new, on_end, p, rates3)
    late = 0.0
    for k in range(N_STATES):
        most = h * abs(rates[0, k] - 2.0 * rates2[0, k] + rates3[0, k])
        if rates[1, k] == rates2[1, k] == rates3[1, k] and most <= 0.1 * tolerance * bounds[2, k]:
            continue  # as on most steps: too little to weigh
        at_start = inside(relax(y[k], rates[0, k], rates[1, k], h), k, bounds)
        at_middle = inside(relax(y[k], rates2[0, k], rates2[1, k], h), k, bounds)
        at_end = inside(relax(y[k], rates3[0, k], rates3[1, k], h), k, bounds)
        late = max(
            late, abs(at_start - 2.0 * at_middle + at_end) / (2.0 * tolerance * bounds[2, k])
        )
    return late if error >= 0.0 else 0.0  # what was put on an edge is meant to jump


@njit(**INNER)
def overshoots(y, new, tolerance, bounds):
    """Return the share of a step within the bounds, or 1 where it leaves them by less than the
    tolerance.
    """
    k, when = crossing(y, new, bounds)
    if k >= 0 and abs(new[k] - inside(new[k], k, bounds)) > tolerance * bounds[2, k]:
        return max(when, 1e-3)
    return 1.0


@njit(**INNER)
def put_inside(new, bounds):
    """Put states between their bounds."""
    for k in range(N_STATES):
        new[k] = inside(new[k], k, bounds)


@njit(**INNER)
def move(y, new):
    """Take over the states of a step."""
    for k in range(N_STATES):
        y[k] = new[k]


@njit(**INNER)
def keep(rates, kept):
    """Copy rates: those at the end of a step are those at the start of the next."""
    for k in range(N_STATES):
        kept[0, k], kept[1, k] = rates[0, k], rates[1, k]


@njit(**INNER)
def growth(error, implicit):
    """Return how many times longer the next step may be."""
    if implicit:
        return 6.0 if error < 5e-4 else 0.9 * error**-0.25
    return 4.0 if error < 0.05 else 0.9 / math.sqrt(error)


@njit(**INNER)
def clipped(current, limit):
    """Return what flows of a current under a limit."""
    return min(max(current, -limit), limit)


@njit(**INNER)
def flow(middle, p, v_middle, before, after, limit, implicit):
    """Return the mean current of a step. [A]"""
    mean = 0.5 * (clipped(before, limit) + clipped(after, limit))
    if implicit:  # a long step bends: Simpson's rule
        mean = (mean + 2.0 * clipped(law_current(middle, v_middle, p), limit)) / 3.0
    return mean
