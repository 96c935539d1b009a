"""What the steps of all laws have in common: compiled once, and made a part of each law's kernels.

Numbers of states are arguments here; a law hands over its own, which the compiler then knows.
"""

import math
from typing import Any

from acanthite.jit import njit
from acanthite.random import normals, uniforms

JIT: dict[str, Any] = {
    "cache": True,
    "error_model": "numpy",
    "_nrt": False,  # no array is made in here
}
# called by other kernels alone: passing many arrays costs as much as what is done with them
INNER = {**JIT, "inner": True, "forceinline": True}

# trials of exponential steps in one segment, after which it is asked what holds them up
PATIENCE = 32
# a step this many times as long as the fastest state takes to answer is held up by that state
STIFF = 0.3
NUDGE_VOLTAGE = 1e-7  # of the segment's voltage, for a difference

# rows of the scratch array; after them Jacobian and matrix of implicit steps
START, BEFORE, AFTER, DRIFT, FREE, PIVOT, STAGE = range(7)
JACOBIAN = STAGE + 6

UNDECIDED = -3.0  # what a segment returns that stopped to ask for implicit steps
# places of `end`, beside voltage, current and charge at the end of a segment: what stays from one
# segment to the next, whether a run stopped to ask for implicit steps, and where
STIFFENED, RATES_AT, RATES_LIMIT, STOPPED = range(3, 7)
STOP_TIME, STOP_STEP, STOP_LIMITED, STOP_TRIES, STOP_CURRENT, STOP_TAKEN = range(7, 13)
STOP_CYCLE, STOP_SEGMENT, STOP_SAMPLE = range(13, 16)
PLACES = 16


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
def outward(y, rates, bounds, n):
    """Return the first state that sits on a bound and is pushed over it, or -1."""
    for k in range(n):
        rate = rates[0, k] - rates[1, k] * y[k]
        if (y[k] <= bounds[0, k] and rate < 0.0) or (y[k] >= bounds[1, k] and rate > 0.0):
            return k
    return -1


@njit(**INNER)
def crossing(y, new, bounds, n):
    """Return the state that first leaves its bounds on the way from ``y`` to ``new``, and when (0
    to 1).
    """
    first, when = -1, 1.0
    for k in range(n):
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
def overshoots(y, new, tolerance, bounds, n):
    """Return the share of a step within the bounds, or 1 where it leaves them by less than the
    tolerance.
    """
    k, when = crossing(y, new, bounds, n)
    if k >= 0 and abs(new[k] - inside(new[k], k, bounds)) > tolerance * bounds[2, k]:
        return max(when, 1e-3)
    return 1.0


@njit(**INNER)
def put_inside(new, bounds, n):
    """Put states between their bounds."""
    for k in range(n):
        new[k] = inside(new[k], k, bounds)


@njit(**INNER)
def move(y, new, n):
    """Take over the states of a step."""
    for k in range(n):
        y[k] = new[k]


@njit(**INNER)
def keep(rates, kept, n):
    """Copy rates: those at the end of a step are those at the start of the next."""
    for k in range(n):
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
def slope_between(before, here, after, width_before, width_after):
    """Return a derivative from differences to both sides.

    Where they disagree a threshold lies between. The smaller is taken: a jump seen as a slope would
    hold the state where it is, and no error would show; a slope too small does show, and costs
    shorter steps.
    """
    if width_before <= 0.0:
        return (after - here) / width_after if width_after > 0.0 else 0.0
    backward = (here - before) / width_before
    if width_after <= 0.0:
        return backward
    forward = (after - here) / width_after
    if abs(forward - backward) <= 0.5 * abs(forward):
        return 0.5 * (forward + backward)
    return forward if abs(forward) < abs(backward) else backward


@njit(**INNER)
def stiffness(h, scratch, n):
    """Return how many times faster than ``h`` the states can answer, at most."""
    fastest = 0.0
    for i in range(n):
        row = 0.0
        for j in range(n):
            row += abs(scratch[JACOBIAN + i, j])
        fastest = max(fastest, row)
    return h * fastest
