r"""One implicit step of a law, for states that settle faster than they are looked at.

Part of the text a law is compiled into once it turns out to be stiff; what stands above the marker
line is for readers and type checkers of this file alone. A law without events is handed over to
these steps where the exponential ones become many. The method is RODAS, a Rosenbrock method of
order 4 with an embedded one of order 3: L-stable, so a state that settles in nanoseconds does not
bound a step of years, and stiffly accurate, so that state ends where it settles. It needs the
Jacobian of the rates: :mod:`~acanthite.device.compiler.stiffness`, whose text stands before this.

States are handled in units of their scales.

References
----------
.. [1] E. Hairer, G. Wanner, *Solving Ordinary Differential Equations II*, 2nd ed. (Springer, 1996), Sect. IV.7 and VI.3.
"""

import math

import numpy as np

from acanthite.device.compiler.steps import (
    DRIFT,
    FREE,
    INNER,
    N_ALL,
    N_STATES,
    PATIENCE,
    PIVOT,
    STAGE,
    START,
    STIFF,
    comes_to_rest,
    device_voltage,
    fill_rates,
    inside,
)
from acanthite.device.compiler.stiffness import (
    _LEAST,
    _NUDGE,
    linearise,
    scaled_rates,
    stiffness,
)
from acanthite.jit import njit

# --- body begins ---

IMPLICIT = True

_GAMMA = 0.25
_A = np.array(
    [
        [0.0, 0.0, 0.0, 0.0, 0.0],
        [1.544, 0.0, 0.0, 0.0, 0.0],
        [0.9466785280815826, 0.2557011698983284, 0.0, 0.0, 0.0],
        [3.314825187068521, 2.896124015972201, 0.9986419139977817, 0.0, 0.0],
        [1.221224509226641, 6.019134481288629, 12.53708332932087, -0.687886036105895, 0.0],
        [1.221224509226641, 6.019134481288629, 12.53708332932087, -0.687886036105895, 1.0],
    ]
)
_C = np.array(
    [
        [0.0, 0.0, 0.0, 0.0, 0.0],
        [-5.6688, 0.0, 0.0, 0.0, 0.0],
        [-2.430093356833875, -0.2063599157091915, 0.0, 0.0, 0.0],
        [-0.1073529058151375, -9.594562251023355, -20.47028614809616, 0.0, 0.0],
        [7.496443313967647, -10.24680431464352, -33.99990352819905, 11.7089089320616, 0.0],
        [
            8.083246795921522,
            -7.981132988064893,
            -31.52159432874371,
            16.31930543123136,
            -6.058818238834054,
        ],
    ]
)
_WHEN = np.array([0.0, 0.386, 0.21, 0.63, 1.0, 1.0])
_AHEAD = np.array([0.25, -0.1043, 0.1035, -0.0362, 0.0, 0.0])
# weights of the stages in the middle of a step, beyond the mean of its ends
_MIDDLE = 0.25 * (
    np.array(
        [
            10.12623508344586,
            -7.487995877610167,
            -34.80091861555747,
            -7.992771707568823,
            1.025137723295662,
        ]
    )
    + 0.5
    * np.array(
        [
            -0.6762803392801253,
            6.087714651680015,
            16.43084320892478,
            24.76722511418386,
            -6.594389125716872,
        ]
    )
)

_BEND = 0.5  # of the size of what makes up a rate: rates further off than this are not those of the same law
_REFUSED = 40.0  # tolerances: the error of a step that must be shortened a good deal
_COLLAPSED = (
    1e-30  # of a segment: steps this short mean that the rates are no numbers next to the state
)


@njit(**INNER)
def factorise(h, scratch):
    """Put the factors of 1/(gamma h) - J into ``scratch``; return whether that matrix has an
    inverse.
    """
    matrix, pivot = scratch[N_STATES : 2 * N_STATES], scratch[PIVOT]
    for i in range(N_STATES):
        for j in range(N_STATES):
            matrix[i, j] = -scratch[i, j]
        matrix[i, i] += 1.0 / (_GAMMA * h)
    for k in range(N_STATES):
        best = k
        for i in range(k + 1, N_STATES):
            if abs(matrix[i, k]) > abs(matrix[best, k]):
                best = i
        pivot[k] = best
        for j in range(N_STATES):
            matrix[k, j], matrix[best, j] = matrix[best, j], matrix[k, j]
        if not (0.0 < abs(matrix[k, k]) < math.inf):
            return False
        for i in range(k + 1, N_STATES):
            matrix[i, k] /= matrix[k, k]
            for j in range(k + 1, N_STATES):
                matrix[i, j] -= matrix[i, k] * matrix[k, j]
    return True


@njit(**INNER)
def solve(scratch, x):
    """Solve with the factors of :func:`factorise`, in place."""
    matrix, pivot = scratch[N_STATES : 2 * N_STATES], scratch[PIVOT]
    for k in range(N_STATES):
        best = int(pivot[k])
        x[k], x[best] = x[best], x[k]
    for i in range(N_STATES):
        for j in range(i):
            x[i] -= matrix[i, j] * x[j]
    for i in range(N_STATES - 1, -1, -1):
        for j in range(i + 1, N_STATES):
            x[i] -= matrix[i, j] * x[j]
        x[i] /= matrix[i, i]


@njit(**INNER)
def elsewhere(y, h, tolerance, bounds, scratch, point):
    """Return an error where the rates at a step's end, in its last stage, are not those its
    derivatives foretold.

    A fast state that was thrown over a threshold, to where nothing moves, is at rest there, and no
    stage would object.
    """
    for k in range(N_STATES):
        if scratch[FREE, k] == 0.0 or abs(point[k] - y[k]) <= tolerance * bounds[2, k]:
            continue
        foretold = scratch[START, k] + h * scratch[DRIFT, k]
        size = abs(scratch[START, k]) + abs(h * scratch[DRIFT, k])
        for j in range(N_STATES):
            change = scratch[k, j] * (point[j] - y[j]) / bounds[2, j]
            foretold += change
            size += abs(change)
        rate = scratch[STAGE + 5, k]
        if abs(rate - foretold) > _BEND * size or (rate == 0.0 and scratch[START, k] != 0.0):
            return _REFUSED
    return 0.0


@njit(**INNER)
def implicit_trial(y, p, h, line, limited, tolerance, bounds, rates, scratch, middle, new):
    """Try a step of ``h`` with the derivatives in ``scratch``: fill ``middle`` and ``new``, return
    the error over the tolerance.
    """
    v, slope, _, limit = line
    if not factorise(h, scratch):
        return math.inf
    free = scratch[FREE]
    pushed, bent = 0.0, 0.0
    for i in range(6):
        stage = scratch[STAGE + i]
        for k in range(N_STATES):
            moved = 0.0
            for j in range(i):
                moved += _A[i, j] * scratch[STAGE + j, k]
            new[k] = inside(y[k] + bounds[2, k] * moved, k, bounds)
        scaled_rates(new, v + slope * (_WHEN[i] * h), limited, limit, p, bounds, rates, stage)
        if i == 5:
            bent = elsewhere(y, h, tolerance, bounds, scratch, new)
        for k in range(N_STATES):
            if not math.isfinite(stage[k]):
                return math.inf
            if (
                free[k] == 0.0
            ):  # held at a bound: by the end of the step it must still be pushed against it
                inwards = stage[k] if y[k] <= bounds[0, k] else -stage[k]
                pushed = max(pushed, h * inwards)
                stage[k] = 0.0
            for j in range(i):
                stage[k] += _C[i, j] / h * scratch[STAGE + j, k]
            stage[k] += _AHEAD[i] * h * scratch[DRIFT, k]
        solve(scratch, stage)
    return max(bent, _finish(y, pushed, tolerance, bounds, scratch, middle, new))


@njit(**INNER)
def _finish(y, pushed, tolerance, bounds, scratch, middle, new):
    """Put the stages together; return the error over the tolerance."""
    error = pushed / tolerance
    for k in range(N_STATES):
        change, bend = scratch[STAGE + 5, k], 0.0
        for j in range(5):
            change += _A[5, j] * scratch[STAGE + j, k]
            bend += _MIDDLE[j] * scratch[STAGE + j, k]
        new[k] = y[k] + bounds[2, k] * change
        middle[k] = inside(y[k] + bounds[2, k] * (0.5 * change + bend), k, bounds)
        if not math.isfinite(new[k]):
            return math.inf
        error = max(error, abs(scratch[STAGE + 5, k]) / tolerance)
    return error if math.isfinite(error) else math.inf


@njit(**INNER)
def stopped(y, p, h, at_end, bounds, rates, middle, new):
    """Put into ``new`` where a single state stops within a step: at a threshold ahead of it or at a
    bound; return whether it does.
    """
    applied, limited, limit = at_end
    new[0], speed, slowest = y[0], 0.0, math.inf
    width = _NUDGE * max(abs(y[0]), _LEAST * bounds[2, 0])
    for _ in range(60):
        fill_rates(new, device_voltage(new, applied, limit, p) if limited else applied, p, rates)
        rate = rates[0, 0] - rates[1, 0] * new[0]
        if not math.isfinite(rate):
            return False
        if rate == 0.0 and speed != 0.0:
            middle[0] = new[0]
            return comes_to_rest(y, p, h, applied, limited, limit, rates, middle, new)
        if rate == 0.0 or rate * speed < 0.0:
            return False
        speed, slowest = rate, min(slowest, abs(rate))
        if new[0] == bounds[0 if speed < 0.0 else 1, 0]:
            return abs(new[0] - y[0]) <= 0.5 * h * slowest
        new[0] = inside(y[0] + math.copysign(width, speed), 0, bounds)
        width *= 4.0
    return False


@njit(**INNER)
def implicit_step(
    y, p, h, line, nudge_voltage, limited, tolerance, bounds, rates, scratch, middle, new
):
    """Take a step of at most ``h`` that meets the tolerance: fill ``middle`` and ``new``; return
    its error and its length.
    """
    v, slope, duration, limit = line
    for k in range(N_STATES, N_ALL):
        middle[k] = new[k] = y[k]
    linearise(y, p, v, slope, nudge_voltage, limited, limit, bounds, rates, scratch, new)
    while True:
        error = implicit_trial(
            y, p, h, line, limited, tolerance, bounds, rates, scratch, middle, new
        )
        if error <= 1.0:
            return error, h
        at_end = (v + slope * h, limited, limit)
        if N_STATES == 1 and stopped(y, p, h, at_end, bounds, rates, middle, new):
            middle[0] = 0.5 * (y[0] + new[0])
            return 0.0, h
        if h <= _COLLAPSED * duration:
            return error, h
        h *= max(0.2, 0.9 * error**-0.25)


@njit(**INNER)
def hand_over(y, p, h, line, tries, limited, bounds, rates, scratch, point):
    """Return 1 where implicit steps are to take over after a trial of ``h``, else 0."""
    if tries <= PATIENCE:  # steps became too short for the clock
        return 1.0
    linearise(y, p, line[0], 0.0, 0.0, limited, line[3], bounds, rates, scratch, point)
    return 1.0 if stiffness(h, scratch) > STIFF else 0.0
