"""Newton's method on eliminations: nonlinear devices where the terminals hold some nodes weakly.

Potentials are pairs of doubles. Each step adds the response of the eliminated array to the currents
that do not balance. Their roundings are relative to the currents that flow, not to conductances
times voltages, so the last steps leave errors as small as elimination does.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from acanthite.crossbar.circuit.devices import NonlinearDevices, evaluate
from acanthite.crossbar.circuit.lines import ArrayLines
from acanthite.crossbar.circuit.solvers.elimination import linear
from acanthite.crossbar.circuit.solvers.elimination.linear import (
    EPS,
    BoundedPoint,
    Elimination,
    Pattern,
)
from acanthite.errors import ConvergenceError

Array = NDArray[np.float64]
_STEPS = 200
_HALVINGS = 40


def solve(
    devices: NonlinearDevices, p: Pattern, lines: tuple[ArrayLines, ArrayLines], V: Array, U: Array
) -> tuple[BoundedPoint, Array, int]:
    """Return the operating point, the slopes of the devices there [S], and the steps it took.

    The bounds on its errors hold to first order, as those of the tangents do.

    Parameters
    ----------
    devices : NonlinearDevices
    p : Pattern
    lines : tuple of ArrayLines
        Word lines and bit lines.
    V, U : ndarray, shape (N,) and (M,)
        Of the driven ends. [V]

    Raises
    ------
    ConvergenceError
        If no step lowers what does not balance, or a node is held by nothing.
    """
    terminals = linear.terminal_voltages(*lines, V, U)
    at_rest = evaluate(devices, np.zeros(p.present.shape))[1]
    state = _State(devices, linear.eliminate(p, at_rest).potentials(terminals), p)
    for steps in range(1, _STEPS):
        e = linear.eliminate(p, state.slope)
        change, floor = state.change(e)
        if np.abs(change).max(initial=0.0) <= max(floor, EPS * np.abs(terminals).max()):
            point = linear.bounded_point(
                e, lines, (V, U), state.potential, state.current, state.scale
            )
            return point, state.slope, steps
        state = _better(state, e, change, floor)
    raise ConvergenceError(
        f"the array's voltages still move after {_STEPS} Newton steps; check that the devices' "
        f"current is smooth and rises with the voltage"
    )


class _State:
    """Potentials, and what flows at them."""

    def __init__(
        self, devices: NonlinearDevices, potential: Array, p: Pattern, strict: bool = True
    ) -> None:
        self.devices = devices
        self.potential = potential
        self.pattern = p
        voltage = p.device_voltage(potential)
        self.current, self.slope = evaluate(devices, voltage, strict)
        self.scale = np.maximum(np.abs(self.current), self.slope * np.abs(voltage))

    def change(self, e: Elimination) -> tuple[Array, float]:
        """Return the change that would balance currents linear in it, and its rounding. [V]"""
        n = self.pattern.graph.n_free
        into, size = self.pattern.balance(self.potential, self.current, self.scale)
        return e.responses(into[:n]), float(e.responses(8.0 * EPS * size[:n]).max(initial=0.0))


def _better(state: _State, e: Elimination, change: Array, floor: float) -> _State:
    """Return a state that is nearer by the measure of this step's tangents, halving the step."""
    off = np.abs(change).max()
    step = 1.0
    for _ in range(_HALVINGS):
        potential = linear.shifted(state.potential, step * change)
        new = _State(state.devices, potential, state.pattern, strict=False)
        if np.isfinite(new.current).all():
            left = np.abs(new.change(e)[0]).max()
            if left <= max((1.0 - 0.25 * step) * off, floor):
                return new
        step *= 0.5
    raise ConvergenceError(
        f"the array's voltages are off by {off:.1e} V and no step brings them nearer; check that "
        f"the devices' current is smooth and rises with the voltage"
    )
