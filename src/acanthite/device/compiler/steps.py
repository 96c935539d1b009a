"""One exponential step of a law: the first part of the text every law is compiled into.

This file is both a module (of a plain resistor) and the text the compiler specialises: it puts a
law's own functions in place of what stands between the two marker lines, and appends the bodies of
the modules that follow (`engine.py`). States follow ``dy/dt = gain - loss y``; a step takes the
exponential Euler solution with coefficients frozen at its midpoint, and its distance to the one
frozen at its start steers the step size. Whatever does not depend on whether there are implicit
steps stands here, so that it is compiled once for kernels with and without; what does not depend on
the law either, in :mod:`~acanthite.device.compiler.common`.
"""

import math

from acanthite.device.compiler.common import (  # noqa: F401  # what follows uses them too
    AFTER,
    BEFORE,
    DRIFT,
    FREE,
    INNER,
    JACOBIAN,
    JIT,
    NUDGE_VOLTAGE,
    PATIENCE,
    PIVOT,
    PLACES,
    RATES_AT,
    RATES_LIMIT,
    STAGE,
    START,
    STIFF,
    STIFFENED,
    STOP_CYCLE,
    STOP_SAMPLE,
    STOP_SEGMENT,
    STOPPED,
    UNDECIDED,
    begin,
    clipped,
    decay,
    draw,
    growth,
    inside,
    keep,
    move,
    outward,
    overshoots,
    put_inside,
    relax,
    slope_between,
    stiffness,
    stop,
)
from acanthite.jit import njit

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

WORK_SHAPE = (9 + JACOBIAN + 2 * N_STATES, PLACES + N_ALL)  # of what `run` and `hold` work in


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
    k = outward(y, rates, bounds, N_STATES)
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
def flow(middle, p, v_middle, before, after, limit, implicit):
    """Return the mean current of a step. [A]"""
    mean = 0.5 * (clipped(before, limit) + clipped(after, limit))
    if implicit:  # a long step bends: Simpson's rule
        mean = (mean + 2.0 * clipped(law_current(middle, v_middle, p), limit)) / 3.0
    return mean
