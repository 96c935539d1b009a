"""Gradients of any loss on the output currents: one more solve of the same, symmetric, array.

The adjoint network is the array with the loss's derivatives as voltages at the ends of its bit
lines, and its word lines at zero. By Tellegen's theorem the derivative by a resistance is the
product of its two currents, that by a conductance the product of its two voltages, whatever their
values, zero included.

References
----------
.. [1] S. W. Director, R. A. Rohrer, *IEEE Trans. Circuit Theory* **16**, 318 (1969),
   :doi:`10.1109/TCT.1969.1082965`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from acanthite.crossbar.array_types import Array
from acanthite.crossbar.circuit.checks import conductances, finite, in_range, number
from acanthite.crossbar.circuit.circuit import Circuit
from acanthite.crossbar.circuit.lines import OPEN
from acanthite.crossbar.circuit.solution import Solution
from acanthite.crossbar.circuit.solvers.solver import ITERATIONS, TOLERANCE, Solver
from acanthite.display import Described


@dataclass(frozen=True, repr=False)
class Sensitivities(
    Described,
    conductance="loss/S",
    word_line_resistance="loss/ohm",
    bit_line_resistance="loss/ohm",
    voltage="loss/V",
):
    """Derivatives of a scalar loss, summed over the inputs.

    Parameters
    ----------
    conductance : ndarray, shape (N, M)
        By each device's conductance. [loss/S]
    word_line_resistance : ndarray, shape (N, M + 1)
        By each segment of the word lines. Their sum is the derivative by a resistance all share.
        [loss/Ohm]
    bit_line_resistance : ndarray, shape (N + 1, M)
        By each segment of the bit lines. [loss/Ohm]
    voltage : ndarray, shape (N,) or (P, N)
        By each input. [loss/V]
    device_current : ndarray, shape (N, M) or (P, N, M)
        By a current added to that of each device: times the derivative of its current by any
        parameter of it, the derivative of the loss by that parameter. [loss/A]

    Examples
    --------
    >>> import numpy as np
    >>> solution = ac.crossbar.Crossbar(np.full((2, 2), 1e-3)).solve([0.1, 0.2])
    >>> loss = ac.crossbar.gradient(solution, [1.0, 0.0])
    >>> loss.conductance.shape, loss.word_line_resistance.shape, loss.voltage.shape
    ((2, 2), (2, 3), (2,))
    """

    conductance: Array
    word_line_resistance: Array
    bit_line_resistance: Array
    voltage: Array
    device_current: Array


def gradient(
    solution: Solution, output_gradient: ArrayLike, *, tolerance: float = TOLERANCE
) -> Sensitivities:
    """Return the gradient of a loss by conductances, resistances and voltages.

    Parameters
    ----------
    solution : Solution
    output_gradient : array_like, shape (M,) or (P, M)
        Derivative of the loss by each output current. [loss/A]
    tolerance : float
        Largest relative residual of the adjoint solve.

    Raises
    ------
    CrossbarError
        If the shape is not that of the output current.
    ConvergenceError
        If the residual stays above the tolerance.

    Examples
    --------
    How the summed current depends on each conductance, nearly the voltage of its word line:

    >>> import numpy as np
    >>> solution = ac.crossbar.Crossbar(np.full((2, 2), 1e-3)).solve([0.1, 0.2])
    >>> ac.crossbar.gradient(solution, [1.0, 1.0]).conductance.round(3).tolist()
    [[0.099, 0.099], [0.199, 0.198]]
    """
    g = finite("output_gradient", output_gradient, solution.output_current.shape)
    number("tolerance", tolerance, above=0)
    in_range("output_gradient", np.abs(g).max(axis=-1), "loss/A")
    word = solution.circuit.word
    ends_driven = replace(solution.circuit.bit, driven=solution.circuit.bit.ends < OPEN)
    tangents = Circuit(conductances(solution.tangent), word, ends_driven)
    adjoint = _solve_adjoint(tangents, solution.voltage, g, tolerance)
    across = -adjoint.device_voltage
    ours = solution.device_current
    theirs = adjoint.device_current
    by_word = word.segment_currents(ours, solution.voltage)
    by_word = by_word * word.segment_currents(theirs, adjoint.voltage)
    taken = -np.swapaxes(ours, -1, -2)
    by_bit = solution.circuit.bit.segment_currents(taken, solution.bit_line_drive)
    by_bit = by_bit * ends_driven.segment_currents(-np.swapaxes(theirs, -1, -2), g)
    return Sensitivities(
        conductance=_over_inputs(solution.device_voltage * across),
        word_line_resistance=_over_inputs(by_word),
        bit_line_resistance=_over_inputs(by_bit).T,
        voltage=-(word.drive * theirs).sum(-1),
        device_current=across,
    )


def _solve_adjoint(circuit: Circuit, voltage: Array, g: Array, tolerance: float) -> Solution:
    """Solve with the loss's derivatives at the bit lines and the word lines at zero."""
    solver = Solver(circuit)
    V = np.zeros_like(voltage)
    U = g if circuit.bit.driven.any() else np.zeros(g.shape[-1])  # else no current leaves
    points = solver.solve(V, U, tolerance, ITERATIONS)
    return Solution(solver, V, U, points, tolerance, ITERATIONS)


def _over_inputs(values: Array) -> Array:
    return values.sum(axis=0) if values.ndim == 3 else values
