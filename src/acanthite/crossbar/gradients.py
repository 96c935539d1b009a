"""Gradients of any loss on the output currents: one more solve of the same, symmetric, array.

The adjoint network is the array with the loss's derivatives as voltages at the ends of its bit lines, and its word lines at
zero. By Tellegen's theorem the derivative by a resistance is the product of its two currents, that by a conductance the product
of its two voltages, whatever their values, zero included.

References
----------
.. [1] S. W. Director, R. A. Rohrer, *IEEE Trans. Circuit Theory* **16**, 318 (1969), :doi:`10.1109/TCT.1969.1082965`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acanthite.crossbar import solver
from acanthite.crossbar.lines import Lines, numbers
from acanthite.crossbar.solution import Solution, segment_currents
from acanthite.errors import CrossbarError

if TYPE_CHECKING:
    from acanthite.crossbar.circuit import Crossbar

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Gradient:
    """Derivatives of a scalar loss, summed over the inputs.

    Parameters
    ----------
    conductance : ndarray, shape (N, M)
        By each device's conductance. [loss/S]
    word_line_resistance : ndarray, shape (N, M + 1)
        By each segment of the word lines. Their sum is the derivative by a resistance all share. [loss/Ohm]
    bit_line_resistance : ndarray, shape (N + 1, M)
        By each segment of the bit lines. [loss/Ohm]
    voltage : ndarray, shape (N,) or (P, N)
        By each input. [loss/V]
    device_current : ndarray, shape (N, M) or (P, N, M)
        By a current added to that of each device: times the derivative of its current by any parameter of it, the derivative of
        the loss by that parameter. [loss/A]
    """

    conductance: Array
    word_line_resistance: Array
    bit_line_resistance: Array
    voltage: Array
    device_current: Array


def gradient(solution: Solution, output_gradient: ArrayLike, *, tolerance: float = solver.TOLERANCE) -> Gradient:
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
    """
    g = numbers("output_gradient", output_gradient)
    if g.shape != solution.output_current.shape or not np.isfinite(g).all():
        expected = solution.output_current.shape
        raise CrossbarError(f"output_gradient has the shape {g.shape}; expected finite numbers of shape {expected}")
    array = solution.linearised
    adjoint = _adjoint(array).solve(np.zeros_like(solution.voltage), g, tolerance=tolerance)
    across = -adjoint.device_voltage
    by_word = _by_resistance(array.word, solution.device_current, adjoint.device_current, solution.voltage, 0.0 * solution.voltage)
    flipped = (-np.swapaxes(s.device_current, -1, -2) for s in (solution, adjoint))
    by_bit = _by_resistance(array.bit, *flipped, solution.bit_line_drive, g, both_driven=True)
    driven = array.word.driven
    into = array.word.shares * driven[..., None]
    by_voltage = -(into.sum(0) * adjoint.device_current).sum(-1)
    return Gradient(_summed(solution.device_voltage * across), by_word, by_bit.T, by_voltage, across)


def _adjoint(array: Crossbar) -> Crossbar:
    """Return the array with every tied end of its bit lines driven."""
    bit = replace(array.bit, driven=array.bit.ends < solver.schur.OPEN)
    found = object.__new__(type(array))
    for name, value in (*vars(array).items(), ("bit", bit)):
        object.__setattr__(found, name, value)
    return found


def _by_resistance(
    lines: Lines, current: Array, adjoint: Array, voltage: Array, drive: Array, both_driven: bool = False
) -> Array:
    """Return the sum over inputs of the product of both networks' currents in each segment."""
    ours = segment_currents(lines, current, voltage)
    tied = replace(lines, driven=lines.ends < solver.schur.OPEN) if both_driven else lines
    return _summed(ours * segment_currents(tied, adjoint, drive))


def _summed(values: Array) -> Array:
    return values.sum(axis=0) if values.ndim == 3 else values
