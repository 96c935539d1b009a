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

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acanthite.crossbar.circuit.lines import Terminal, numbers
from acanthite.crossbar.circuit.solution import Solution, segment_currents
from acanthite.crossbar.circuit.solvers.sweeps import linear as solver
from acanthite.errors import CrossbarError

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


def gradient(
    solution: Solution, output_gradient: ArrayLike, *, tolerance: float = solver.TOLERANCE
) -> Gradient:
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
        raise CrossbarError(
            f"output_gradient has the shape {g.shape}; expected finite numbers of shape {expected}"
        )
    array = solution.linearised
    other = replace(array, top=_driven(array.top), bottom=_driven(array.bottom))
    tied = g if other.bit.driven.any() else None  # else no current leaves, and nothing changes that
    adjoint = other.solve(
        np.zeros_like(solution.voltage), tied, tolerance=tolerance, outputs_only=False
    )
    across = -adjoint.device_voltage
    ours, theirs = solution.device_current, adjoint.device_current
    by_word = segment_currents(array.word, ours, solution.voltage) * segment_currents(
        array.word, theirs, adjoint.voltage
    )
    ours, theirs = -np.swapaxes(ours, -1, -2), -np.swapaxes(theirs, -1, -2)
    by_bit = segment_currents(array.bit, ours, solution.bit_line_drive) * segment_currents(
        other.bit, theirs, g
    )
    by_voltage = -(array.word.drive * adjoint.device_current).sum(-1)
    return Gradient(
        _summed(solution.device_voltage * across),
        _summed(by_word),
        _summed(by_bit).T,
        by_voltage,
        across,
    )


def _driven(terminal: Terminal | str) -> Terminal:
    """Return a terminal that is driven wherever it is tied to anything."""
    if not isinstance(terminal, Terminal):
        terminal = Terminal(terminal)
    kind = np.where(np.asarray(terminal.kind) == "floating", "floating", "driven")
    return Terminal(kind.tolist(), terminal.resistance)


def _summed(values: Array) -> Array:
    return values.sum(axis=0) if values.ndim == 3 else values
