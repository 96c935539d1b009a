"""Newton's method on sweeps: circuits of nonlinear devices whose terminals hold every node firmly.

Each step replaces every device by its tangent, a conductance beside a current source, and solves
that linear circuit. A step that does not lower the imbalance of currents is halved.
"""

from __future__ import annotations

import numpy as np

from acanthite.crossbar.array_types import Array
from acanthite.crossbar.circuit.circuit import Circuit
from acanthite.crossbar.circuit.solvers.operating_point import OperatingPoint
from acanthite.crossbar.circuit.solvers.sweeps import linear
from acanthite.errors import ConvergenceError

_STEPS = 200
_HALVINGS = 40
_NO_CURRENT = 1e-3
"""Least scale of a mismatch, over currents without drops: floating lines may carry none."""


def solve(circuit: Circuit, V: Array, U: Array, tolerance: float, limit: int) -> OperatingPoint:
    """Return the operating point of a circuit of nonlinear devices.

    Parameters
    ----------
    circuit : Circuit
    V, U : ndarray, shape (N,) and (M,)
        Of the driven ends. [V]
    tolerance : float
        Of the relative residual: the larger of that of the last linear solve, and of what the
        devices conduct less what the wires carry to them, over the latter.
    limit : int
        Iterations of a linear solve at most.

    Raises
    ------
    CrossbarError
        If a current is no number, or falls with the voltage.
    ConvergenceError
        If the residual stays above the tolerance.
    """
    unloaded = circuit.unloaded(V, U)
    x = np.zeros(unloaded.shape)
    y = np.zeros(unloaded.shape)
    carried = np.zeros(unloaded.shape)
    current, slope = circuit.respond(unloaded)
    error = 1.0
    iterations = 0
    for _ in range(_STEPS):
        to_x = x.copy()
        to_y = y.copy()
        goal = max(0.1 * tolerance, min(1e-3, 0.01 * error))
        factors = linear.factor(slope, circuit.word, circuit.bit)
        source = current - slope * (x - y)
        residual, taken = linear.solve(factors, source, to_x, to_y, goal, limit)
        new = current + slope * ((to_x - x) - (to_y - y))
        before = np.linalg.norm(current - carried)
        step = 1.0
        for _ in range(_HALVINGS):
            towards = (1.0 - step) * carried + step * new
            x_new = x + step * (to_x - x)
            y_new = y + step * (to_y - y)
            conducted, slope_new = circuit.respond(unloaded + (x_new - y_new), strict=False)
            mismatch = np.linalg.norm(conducted - towards)
            enough = 0.1 * tolerance * np.linalg.norm(towards)
            if mismatch <= (1.0 - 0.1 * step) * before or mismatch <= enough:
                break
            step *= 0.5
        x, y, carried, current, slope = x_new, y_new, towards, conducted, slope_new
        iterations += taken
        size = max(np.linalg.norm(carried), _NO_CURRENT * np.linalg.norm(slope * unloaded))
        error = float(mismatch / size) if size > 0.0 else float(mismatch)
        if max(error, residual) <= tolerance and step == 1.0:
            parts = np.stack([x, y, carried, slope])
            return OperatingPoint(max(error, residual), iterations, parts)
    raise ConvergenceError(
        f"the array's relative residual is {error:.1e} after {_STEPS} Newton steps; expected "
        f"{tolerance:.1e}. Take a larger tolerance, or devices with smooth, rising currents"
    )
