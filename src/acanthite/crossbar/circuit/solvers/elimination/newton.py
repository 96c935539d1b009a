"""Newton's method on potentials kept as pairs of doubles: nonlinear devices in arrays whose terminals hold some nodes weakly.

Each step adds the response of the eliminated array to the currents that do not balance. Their roundings are relative to the
currents that flow, not to conductances times voltages, so the last steps leave errors as small as elimination does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from acanthite.crossbar.circuit.devices import Devices, evaluate
from acanthite.crossbar.circuit.solvers.elimination import linear as careful
from acanthite.crossbar.circuit.solvers.elimination.linear import EPS, Eliminated, Settled
from acanthite.errors import ConvergenceError

if TYPE_CHECKING:
    from acanthite.crossbar.circuit.circuit import Crossbar

Array = NDArray[np.float64]
_STEPS, _HALVINGS = 200, 40


def settle(devices: Devices, crossbar: Crossbar, V: Array, U: Array) -> tuple[Settled, Array, int]:
    """Return where an array of nonlinear devices settles, their slopes [S], and the steps it took.

    The bounds on its errors hold to first order, as those of the tangents do.

    Parameters
    ----------
    devices : Devices
    crossbar : Crossbar
    V, U : ndarray, shape (N,) and (M,)
        Of the driven ends. [V]

    Raises
    ------
    ConvergenceError
        If no step lowers what does not balance, or a node is held by nothing.
    """
    lines = crossbar.word, crossbar.bit
    p = careful.pattern(*lines, crossbar.G > 0.0)
    given = careful.terminal_voltages(*lines, V, U)
    at_rest = evaluate(devices, np.zeros(crossbar.shape))[1]
    state = _State(devices, careful.eliminate(p, at_rest).potentials(given), p)
    for steps in range(1, _STEPS):
        e = careful.eliminate(p, state.slope)
        change, floor = state.change(e)
        if np.abs(change).max(initial=0.0) <= max(floor, EPS * np.abs(given).max()):
            found = careful.results(e, lines, (V, U), state.potential, state.current, state.certain)
            return found, state.slope, steps
        state = _better(state, e, change, floor)
    raise ConvergenceError(
        f"the array's voltages still move after {_STEPS} Newton steps; check that the devices' current is smooth and rises with "
        f"the voltage"
    )


class _State:
    """Potentials, and what flows at them."""

    def __init__(
        self, devices: Devices, potential: Array, p: careful.Pattern, strict: bool = True
    ) -> None:
        self.devices, self.potential, self.pattern = devices, potential, p
        voltage = careful.across(p, potential)
        self.current, self.slope = evaluate(devices, voltage, strict)
        self.certain = np.maximum(np.abs(self.current), self.slope * np.abs(voltage))

    def change(self, e: Eliminated) -> tuple[Array, float]:
        """Return the change of potentials that would balance the currents were they straight lines, and its rounding. [V]"""
        n = self.pattern.graph.n_free
        into, size = careful.balance(self.pattern, self.potential, self.current, self.certain)
        return e.responses(into[:n]), float(e.responses(8.0 * EPS * size[:n]).max(initial=0.0))


def _better(state: _State, e: Eliminated, change: Array, floor: float) -> _State:
    """Return a state that is nearer by the measure of this step's tangents: half the way, a quarter and so on until it is."""
    off, step = np.abs(change).max(), 1.0
    for _ in range(_HALVINGS):
        moved = careful.moved(state.potential, step * change)
        new = _State(state.devices, moved, state.pattern, strict=False)
        if np.isfinite(new.current).all():
            left = np.abs(new.change(e)[0]).max()
            if left <= max((1.0 - 0.25 * step) * off, floor):
                return new
        step *= 0.5
    raise ConvergenceError(
        f"the array's voltages are off by {off:.1e} V and no step brings them nearer; check that the devices' current is "
        f"smooth and rises with the voltage"
    )
