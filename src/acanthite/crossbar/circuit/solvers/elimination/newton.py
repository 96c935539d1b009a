"""Newton's method on eliminations: nonlinear devices where the terminals hold some nodes weakly.

Potentials are pairs of doubles. Each step adds the response of the eliminated array to the currents
that do not balance. Their roundings are relative to the currents that flow, not to conductances
times voltages, so the last steps leave errors as small as elimination does.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from acanthite.crossbar.array_types import Array
from acanthite.crossbar.circuit.solvers.elimination import linear
from acanthite.crossbar.circuit.solvers.elimination.linear import EPS, Elimination, Flow, Pattern
from acanthite.crossbar.circuit.solvers.operating_point import OperatingPoint
from acanthite.errors import ConvergenceError

_STEPS = 200
_HALVINGS = 40


def solve(p: Pattern, V: Array, U: Array) -> OperatingPoint:
    """Return the operating point of a circuit of nonlinear devices.

    The bounds on its errors hold to first order, as those of the tangents do.

    Parameters
    ----------
    p : Pattern
    V, U : ndarray, shape (N,) and (M,)
        Of the driven ends. [V]

    Raises
    ------
    ConvergenceError
        If no step lowers what does not balance, or a node is held by nothing.
    """
    terminals = p.circuit.terminal_voltages(V, U)
    slope = p.circuit.respond(np.zeros(p.circuit.shape))[1]
    flow = _flow(p, linear.eliminate(p, slope).potentials(terminals))
    for steps in range(1, _STEPS):
        assert flow.slope is not None
        e = linear.eliminate(p, flow.slope)
        change, floor = e.change(flow)
        if np.abs(change).max(initial=0.0) <= max(floor, EPS * np.abs(terminals).max()):
            return replace(linear.bounded_point(e, V, U, flow), iterations=steps)
        flow = _better(flow, e, change, floor)
    raise ConvergenceError(
        f"the array's voltages still move after {_STEPS} Newton steps; check that the devices' "
        "current is smooth and rises with the voltage"
    )


def _flow(p: Pattern, potential: Array, strict: bool = True) -> Flow:
    """Return what flows at potentials; see :func:`.devices.evaluate`."""
    voltage = p.device_voltage(potential)
    current, slope = p.circuit.respond(voltage, strict)
    return Flow(potential, current, np.maximum(np.abs(current), slope * np.abs(voltage)), slope)


def _better(flow: Flow, e: Elimination, change: Array, floor: float) -> Flow:
    """Return a flow that is nearer by the measure of this step's tangents, halving the step."""
    off = np.abs(change).max()
    step = 1.0
    for _ in range(_HALVINGS):
        potential = linear.shifted(flow.potential, step * change)
        new = _flow(e.pattern, potential, strict=False)
        if np.isfinite(new.current).all():
            left = np.abs(e.change(new)[0]).max()
            if left <= max((1.0 - 0.25 * step) * off, floor):
                return new
        step *= 0.5
    raise ConvergenceError(
        f"the array's voltages are off by {off:.1e} V and no step brings them nearer; check that "
        "the devices' current is smooth and rises with the voltage"
    )
