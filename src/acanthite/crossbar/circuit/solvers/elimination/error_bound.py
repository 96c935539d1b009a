"""A bound on the errors of a swept solution: its distance from the eliminated one, whose own bound is small."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite.crossbar.circuit.solvers.elimination import linear as careful
from acanthite.crossbar.circuit.solvers.elimination.linear import EPS, Bound
from acanthite.crossbar.circuit.solvers.elimination.newton import settle

if TYPE_CHECKING:
    from acanthite.crossbar.circuit.solution import Solution

_SLACK = 1.0 + 1e-3  # for the roundings of these sums


def certify(solution: Solution) -> Bound:
    """Return upper bounds on the errors of a solution's voltages and terminal currents, over all inputs.

    Raises
    ------
    ConvergenceError
        If the array is too large.
    """
    V, U = solution.voltage, solution.bit_line_drive
    if V.ndim == U.ndim == 1:
        return _of_one(solution)
    bounds = [_of_one(solution[k]) for k in range(len(V) if V.ndim == 2 else len(U))]
    return Bound(max(b.voltage for b in bounds), max(b.current for b in bounds))


def _of_one(solution: Solution) -> Bound:
    crossbar, V, U = solution.crossbar, solution.voltage, solution.bit_line_drive
    if crossbar.devices is None:
        sure = careful.settled(crossbar.eliminated, crossbar.word, crossbar.bit, V, U)
    else:
        sure, _, _ = settle(crossbar.placed_devices, crossbar, V, U)
    voltages = [
        np.abs(solution.word_line_drop - sure.x).max(),
        np.abs(solution.bit_line_drop - sure.y).max(),
    ]
    currents = [
        np.abs(solution.input_current - sure.into).max(),
        np.abs(solution.output_current - sure.out).max(),
    ]
    rounding = EPS * max(
        np.abs(solution.word_line_voltage).max(), np.abs(solution.bit_line_voltage).max()
    )
    voltage = max(voltages) + rounding + sure.bound.voltage
    return Bound(_SLACK * float(voltage), _SLACK * float(max(currents) + sure.bound.current))
