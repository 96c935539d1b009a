r"""The method of the implicit steps, RODAS, as far as it is the same for all laws: compiled once.

Numbers of states are arguments here; a law hands over its own, which the compiler then knows.

References
----------
.. [1] E. Hairer, G. Wanner, *Solving Ordinary Differential Equations II*, 2nd ed. (Springer, 1996), Sect. IV.7 and VI.3.
"""

import math

import numpy as np

from acanthite.device.compiler.common import (
    DRIFT,
    FREE,
    INNER,
    JACOBIAN,
    PIVOT,
    STAGE,
    START,
    inside,
)
from acanthite.jit import njit

_GAMMA = 0.25
STAGES = np.array(
    [
        [0.0, 0.0, 0.0, 0.0, 0.0],
        [1.544, 0.0, 0.0, 0.0, 0.0],
        [0.9466785280815826, 0.2557011698983284, 0.0, 0.0, 0.0],
        [3.314825187068521, 2.896124015972201, 0.9986419139977817, 0.0, 0.0],
        [1.221224509226641, 6.019134481288629, 12.53708332932087, -0.687886036105895, 0.0],
        [1.221224509226641, 6.019134481288629, 12.53708332932087, -0.687886036105895, 1.0],
    ]
)
COUPLING = np.array(
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
WHEN = np.array([0.0, 0.386, 0.21, 0.63, 1.0, 1.0])
AHEAD = np.array([0.25, -0.1043, 0.1035, -0.0362, 0.0, 0.0])
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

# of the size of what makes up a rate: rates further off than this are not those of the same law
_BEND = 0.5
_REFUSED = 40.0  # tolerances: the error of a step that must be shortened a good deal


@njit(**INNER)
def factorise(h, scratch, n):
    """Put the factors of 1/(gamma h) - J into ``scratch``; return whether that matrix has an
    inverse.
    """
    matrix, pivot = scratch[JACOBIAN + n : JACOBIAN + 2 * n], scratch[PIVOT]
    for i in range(n):
        for j in range(n):
            matrix[i, j] = -scratch[JACOBIAN + i, j]
        matrix[i, i] += 1.0 / (_GAMMA * h)
    for k in range(n):
        best = k
        for i in range(k + 1, n):
            if abs(matrix[i, k]) > abs(matrix[best, k]):
                best = i
        pivot[k] = best
        for j in range(n):
            matrix[k, j], matrix[best, j] = matrix[best, j], matrix[k, j]
        if not (0.0 < abs(matrix[k, k]) < math.inf):
            return False
        for i in range(k + 1, n):
            matrix[i, k] /= matrix[k, k]
            for j in range(k + 1, n):
                matrix[i, j] -= matrix[i, k] * matrix[k, j]
    return True


@njit(**INNER)
def solve(scratch, x, n):
    """Solve with the factors of :func:`factorise`, in place."""
    matrix, pivot = scratch[JACOBIAN + n : JACOBIAN + 2 * n], scratch[PIVOT]
    for k in range(n):
        best = int(pivot[k])
        x[k], x[best] = x[best], x[k]
    for i in range(n):
        for j in range(i):
            x[i] -= matrix[i, j] * x[j]
    for i in range(n - 1, -1, -1):
        for j in range(i + 1, n):
            x[i] -= matrix[i, j] * x[j]
        x[i] /= matrix[i, i]


@njit(**INNER)
def elsewhere(y, h, tolerance, bounds, scratch, point, n):
    """Return an error where the rates at a step's end, in its last stage, are not those its
    derivatives foretold.

    A fast state that was thrown over a threshold, to where nothing moves, is at rest there, and no
    stage would object.
    """
    for k in range(n):
        if scratch[FREE, k] == 0.0 or abs(point[k] - y[k]) <= tolerance * bounds[2, k]:
            continue
        foretold = scratch[START, k] + h * scratch[DRIFT, k]
        size = abs(scratch[START, k]) + abs(h * scratch[DRIFT, k])
        for j in range(n):
            change = scratch[JACOBIAN + k, j] * (point[j] - y[j]) / bounds[2, j]
            foretold += change
            size += abs(change)
        rate = scratch[STAGE + 5, k]
        if abs(rate - foretold) > _BEND * size or (rate == 0.0 and scratch[START, k] != 0.0):
            return _REFUSED
    return 0.0


@njit(**INNER)
def finish(y, pushed, tolerance, bounds, scratch, middle, new, n):
    """Put the stages together; return the error over the tolerance."""
    error = pushed / tolerance
    for k in range(n):
        change, bend = scratch[STAGE + 5, k], 0.0
        for j in range(5):
            change += STAGES[5, j] * scratch[STAGE + j, k]
            bend += _MIDDLE[j] * scratch[STAGE + j, k]
        new[k] = y[k] + bounds[2, k] * change
        middle[k] = inside(y[k] + bounds[2, k] * (0.5 * change + bend), k, bounds)
        if not math.isfinite(new[k]):
            return math.inf
        error = max(error, abs(scratch[STAGE + 5, k]) / tolerance)
    return error if math.isfinite(error) else math.inf
