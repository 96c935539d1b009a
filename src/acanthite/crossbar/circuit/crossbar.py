"""The array as its user describes it: conductances, wires with resistance, terminals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from acanthite import threads
from acanthite.crossbar.array_types import Array, Shape
from acanthite.crossbar.circuit.checks import conductances, count, number, voltages
from acanthite.crossbar.circuit.circuit import Circuit
from acanthite.crossbar.circuit.devices import NonlinearDevices, as_devices
from acanthite.crossbar.circuit.lines import DRIVEN, FLOATING, GROUNDED, Terminal, lines
from acanthite.crossbar.circuit.solution import Solution
from acanthite.crossbar.circuit.solvers.solver import ITERATIONS, TOLERANCE, Solver
from acanthite.errors import CrossbarError
from acanthite.quantities import accepts_quantities

MANY = 32
"""Inputs from which on the effective conductance is worth computing."""


@accepts_quantities
@dataclass(frozen=True, eq=False)
class Crossbar:
    """An array of N word lines and M bit lines with a device at each crossing.

    Parameters
    ----------
    conductance : array_like, shape (N, M)
        Of the devices. [S]
    word_line_resistance, bit_line_resistance : float or array_like
        Of each wire segment: one number, or what broadcasts to (N, M + 1) for the word lines
        (segment 0 lies between the left end and the first node, segment M between the last node and
        the right end) and to (N + 1, M) for the bit lines (segment 0 at the top). Zero is an ideal
        wire, infinite a broken one. [ohm]
    left, right : Terminal or str
        What the ends of the word lines are tied to: ``"driven"``, ``"grounded"`` or ``"floating"``,
        or a :class:`Terminal` with a resistance or with a kind for each line.
    top, bottom : Terminal or str
        The same for the ends of the bit lines.
    devices : NonlinearDevices or callable, optional
        Devices whose current is no straight line of the voltage, as :class:`Sinh`, :class:`Table`,
        or a function of the voltages (N, M) that returns currents, or currents and differential
        conductances. ``conductance`` then gives the shape, and zeros where no device is.

    Raises
    ------
    CrossbarError
        If a conductance or a resistance is negative or no number, has another shape, or if nodes
        are tied to nothing.

    Examples
    --------
    >>> import numpy as np
    >>> from acanthite.crossbar import Crossbar
    >>> Crossbar(np.full((2, 2), 1e-3), 1.0, 1.0).solve([0.1, 0.2]).output_current.round(7)
    array([0.0002987, 0.0002984])
    """

    conductance: ArrayLike
    word_line_resistance: ArrayLike = 1.0
    bit_line_resistance: ArrayLike = 1.0
    left: Terminal | str = DRIVEN
    right: Terminal | str = FLOATING
    top: Terminal | str = FLOATING
    bottom: Terminal | str = GROUNDED
    devices: NonlinearDevices | Callable | None = None

    def __post_init__(self) -> None:
        _ = self.circuit  # refuses what describes none

    @cached_property
    def circuit(self) -> Circuit:
        """What these arguments describe, checked; a copy: later changes to them do not matter."""
        G = conductances(self.conductance)
        N, M = G.shape
        ends = ("left", self.left), ("right", self.right)
        word = lines("word_line_resistance", self.word_line_resistance, ends, (N, M))
        ends = ("top", self.top), ("bottom", self.bottom)
        bit = lines("bit_line_resistance", self.bit_line_resistance, ends, (M, N), columns=True)
        devices = None if self.devices is None else as_devices(self.devices)
        return Circuit(G, word, bit, devices)

    @cached_property
    def solver(self) -> Solver:
        """Solves the circuit; what does not depend on voltages is computed once."""
        return Solver(self.circuit)

    @property
    def shape(self) -> Shape:
        """Word lines and bit lines."""
        return self.circuit.shape

    @accepts_quantities
    def solve(
        self,
        voltage: ArrayLike,
        bit_line_voltage: ArrayLike | None = None,
        *,
        tolerance: float = TOLERANCE,
        max_iterations: int = ITERATIONS,
        outputs_only: bool | None = None,
    ) -> Solution:
        """Return currents and voltages everywhere.

        Parameters
        ----------
        voltage : array_like, shape (N,) or (P, N)
            At the driven ends of the word lines; those of lines without one do not matter. [V]
        bit_line_voltage : array_like, shape (M,) or (P, M), optional
            At the driven ends of the bit lines; without it they are at zero. [V]
        tolerance : float
            Largest relative residual.
        max_iterations : int
        outputs_only : bool, optional
            Whether only the currents at the terminals are of interest now. They then come from the
            effective conductance, computed once, if it agrees with one of the inputs solved by
            itself; what happens inside the array is solved for when it is first used. By default
            for linear devices and 32 inputs or more.

        Raises
        ------
        CrossbarError
            If a voltage or an option is no number, their count is wrong, or only outputs are wanted
            of devices that are not linear.
        ConvergenceError
            If the residual stays above the tolerance.
        """
        number("tolerance", tolerance, above=0)
        count("max_iterations", max_iterations)
        if outputs_only not in (None, True, False):
            raise CrossbarError(
                f"outputs_only = {outputs_only!r:.80}; expected True, False or None"
            )
        V, U = self.checked_voltages(voltage, bit_line_voltage)
        if outputs_only is None:
            n = max(V.size // V.shape[-1], U.size // U.shape[-1])
            outputs_only = n >= MANY and self.circuit.linear and not self.circuit.broken
        solve = self.solver.solve_outputs if outputs_only else self.solver.solve
        points = solve(V, U, tolerance, max_iterations)
        return Solution(self.solver, V, U, points, tolerance, max_iterations)

    def checked_voltages(
        self, voltage: ArrayLike, bit_line_voltage: ArrayLike | None = None
    ) -> tuple[Array, Array]:
        """Return the voltages of word and bit lines as :meth:`solve` takes them. [V]

        Raises
        ------
        CrossbarError
            If one is no number, or their count is wrong.
        """
        N, M = self.shape
        V = voltages("voltage", voltage, N)
        if bit_line_voltage is None:
            return V, np.zeros(M)
        U = voltages("bit_line_voltage", bit_line_voltage, M)
        if not self.circuit.bit.driven.any():
            raise CrossbarError(
                'bit_line_voltage: no end of a bit line is driven; pass bottom="driven"'
            )
        if V.ndim == U.ndim == 2 and len(V) != len(U):
            raise CrossbarError(
                f"voltage has {len(V)} inputs and bit_line_voltage {len(U)}; expected as many"
            )
        return V, U

    def effective_conductance(self) -> Array:
        """Return the current out of each bit line by the voltage of each word line, (N, M). [S]

        With linear devices and bit lines that are not driven ``output_current`` is ``voltage @
        effective_conductance()``, for any number of inputs. It takes O(N^3) once; with broken wires
        it takes a solve for each driven line.

        Raises
        ------
        CrossbarError
            If the devices are not linear.
        """
        with threads.one_for_blas():
            return self.solver.effective.conductance

    def linearised(self, solution: Solution) -> Crossbar:
        """Return the array with each device replaced by its tangent at a solution.

        Raises
        ------
        CrossbarError
            If there are several inputs with nonlinear devices, so several tangents.
        """
        return replace(self, conductance=solution.tangent, devices=None)
