"""The solution of a circuit: currents, voltages and powers, everywhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from acanthite.crossbar.array_types import Array
from acanthite.crossbar.circuit.circuit import Circuit
from acanthite.crossbar.circuit.solvers.elimination.linear import EPS, SLACK
from acanthite.crossbar.circuit.solvers.operating_point import Bound, OperatingPoint
from acanthite.crossbar.circuit.solvers.solver import Solver, one_by_one
from acanthite.display import Described, Plotted
from acanthite.errors import CrossbarError


@dataclass(frozen=True, repr=False)
class Power(Described, delivered="W", devices="W", word_lines="W", bit_lines="W"):
    """Where the power goes, each of shape () or (P,). [W]

    Parameters
    ----------
    delivered : ndarray
        By the sources, less what they take back.
    devices, word_lines, bit_lines : ndarray
        Turned to heat; resistances of terminals count with their lines.

    Examples
    --------
    >>> import numpy as np
    >>> from acanthite.constants import uS
    >>> power = ac.crossbar.Crossbar(np.full((8, 8), 100 * uS)).solve(np.full(8, 0.1)).power
    >>> share = power.devices / power.delivered
    >>> print(f"{power.delivered * 1e6:.1f} uW, {share:.1%} of it in the devices")
    63.7 uW, 99.5% of it in the devices
    """

    delivered: Array
    devices: Array
    word_lines: Array
    bit_lines: Array


@dataclass(frozen=True, eq=False, repr=False)
class Solution(
    Described,
    Plotted,
    picture="acanthite.crossbar.circuit.drawings:draw_currents",
    voltage="V",
    output_current="A",
    relative_residual="1",
):
    """Currents and voltages of an array, for one input or for P of them.

    Parameters
    ----------
    solver : Solver
    voltage : ndarray, shape (N,) or (P, N)
        At the driven ends of the word lines. [V]
    bit_line_drive : ndarray, shape (M,) or (P, M)
        At the driven ends of the bit lines. [V]
    points : OperatingPoint
        What the solver returned. If these are currents at the terminals alone, what happens inside
        the array is solved for when it is first used.
    tolerance : float
        Largest relative residual.
    max_iterations : int

    Examples
    --------
    >>> import numpy as np
    >>> solution = ac.crossbar.Crossbar(np.full((4, 4), 1e-4), 2.0, 2.0).solve(np.full(4, 0.1))
    >>> [f"{i * 1e6:.2f} uA" for i in solution.output_current]
    ['39.91 uA', '39.88 uA', '39.87 uA', '39.86 uA']
    >>> print(f"the worst device gets {solution.device_voltage.min() * 1e3:.2f} mV of 100 mV")
    the worst device gets 99.60 mV of 100 mV
    """

    solver: Solver
    voltage: Array
    bit_line_drive: Array
    points: OperatingPoint
    tolerance: float
    max_iterations: int

    @property
    def circuit(self) -> Circuit:
        """What was solved."""
        return self.solver.circuit

    @property
    def n_inputs(self) -> int | None:
        """How many inputs there are; None for one that is no row of several."""
        several = [v for v in (self.voltage, self.bit_line_drive) if v.ndim == 2]
        return len(several[0]) if several else None

    @property
    def relative_residual(self) -> float:
        """The largest relative residual of an input. [1]

        What one more sweep of all lines would change in the word-line drops against these drops, in
        the norm of the energy (the preconditioned residual). The bit lines balance to rounding.
        Where currents come from the effective conductance: the largest difference, for one input,
        from that input solved alone, over the largest current.
        """
        return self.points.residual

    @property
    def iterations(self) -> int:
        """Most that an input took."""
        return self.points.iterations

    def __getitem__(self, k: int) -> Solution:
        """Return the solution for one of several inputs.

        What happens inside the array is solved for that one alone.

        Raises
        ------
        CrossbarError
            If there is one input only, or ``k`` is no whole number.
        IndexError
            If there is no such input.
        """
        n = self.n_inputs
        if n is None:
            raise CrossbarError(
                f"solution[{k}]: there is one input; expected voltages of shape (inputs, lines)"
            )
        if not hasattr(k, "__index__"):
            raise CrossbarError(f"solution[{k!r:.40}]: expected the number of an input")
        if not -n <= k < n:
            raise IndexError(f"solution[{k}]: there are {n} inputs")
        points = self.points[k]
        if points.parts is None and "inside" in vars(self):  # solved for already
            points = replace(points, parts=np.stack([part[k] for part in self.inside]))
        V, U = one_by_one(self.voltage, self.bit_line_drive)[k]
        return replace(self, voltage=V, bit_line_drive=U, points=points)

    @cached_property
    def error(self) -> Bound:
        """Upper bounds on the errors of voltages and terminal currents, over all inputs.

        They follow from the currents that do not balance, all nodes eliminated: known with the
        solution where the terminals hold some nodes weakly, computed when first used elsewhere.
        That takes O(N^3) once for an array. For nonlinear devices they hold to first order.

        Raises
        ------
        ConvergenceError
            If the array is too large for it.
        """
        if self.points.bound is not None:
            return self.points.bound
        n = self.n_inputs
        if n is None:
            return self._distance_from_bounded()
        return Bound.largest([self[k]._distance_from_bounded() for k in range(n)])

    def _distance_from_bounded(self) -> Bound:
        """Return bounds by the distance from the eliminated solution, whose own bound is small."""
        point = self.solver.solve_bounded(self.voltage, self.bit_line_drive)
        assert point.terminal_currents is not None
        assert point.bound is not None
        voltage = _distance(self.inside[:2], point.inside[:2])
        current = _distance((self.input_current, self.output_current), point.terminal_currents)
        nodes = self.word_line_voltage, self.bit_line_voltage
        rounding = EPS * max(np.abs(potential).max() for potential in nodes)
        return Bound(
            SLACK * float(voltage + rounding + point.bound.voltage),
            SLACK * float(current + point.bound.current),
        )

    @cached_property
    def inside(self) -> tuple[Array, Array, Array]:
        """Drops of word and bit lines [V] and currents of devices [A], each (N, M) or (P, N, M)."""
        points = self.points
        if points.parts is None:
            goal = self.tolerance, self.max_iterations
            points = self.solver.solve(self.voltage, self.bit_line_drive, *goal)
        return points.inside[0], points.inside[1], points.inside[2]

    @property
    def slope(self) -> Array | None:
        """Differential conductance of nonlinear devices, shape (N, M) or (P, N, M). [S]"""
        parts = self.points.parts
        return None if self.circuit.linear or parts is None else parts[3]

    @property
    def word_line_drop(self) -> Array:
        """Potential of each word-line node less its open-circuit one, (N, M) or (P, N, M). [V]"""
        return self.inside[0]

    @property
    def bit_line_drop(self) -> Array:
        """The same of each bit-line node. [V]"""
        return self.inside[1]

    @property
    def word_line_voltage(self) -> Array:
        """Potential of each word-line node, shape (N, M) or (P, N, M). [V]"""
        return self.word_line_drop + self.circuit.word.open_circuit(self.voltage)

    @property
    def bit_line_voltage(self) -> Array:
        """Potential of each bit-line node, shape (N, M) or (P, N, M). [V]"""
        unloaded = self.circuit.bit.open_circuit(self.bit_line_drive)
        return self.bit_line_drop + np.swapaxes(unloaded, -1, -2)

    @property
    def device_voltage(self) -> Array:
        """Word line less bit line at each device, shape (N, M) or (P, N, M). [V]"""
        voltage = self.word_line_drop - self.bit_line_drop
        voltage += self.circuit.unloaded(self.voltage, self.bit_line_drive)
        return voltage

    @property
    def device_current(self) -> Array:
        """Current through each device, from word to bit line, shape (N, M) or (P, N, M). [A]"""
        return self.inside[2]

    @property
    def tangent(self) -> Array:
        """Conductance of each device for small changes, shape (N, M). [S]

        Raises
        ------
        CrossbarError
            If there are several inputs with nonlinear devices, so several tangents.
        """
        if self.slope is None:
            return self.circuit.conductance
        if self.slope.ndim == 3:
            raise CrossbarError(
                f"{len(self.slope)} inputs of nonlinear devices have as many tangents; solve one"
            )
        return self.slope

    @property
    def output_current(self) -> Array:
        """Current out of each bit line through its ends, shape (M,) or (P, M). [A]

        With ideal wires and all bit lines at zero volts it is ``voltage @ conductance``, to the
        bit.
        """
        return self._terminal_currents[1]

    @property
    def input_current(self) -> Array:
        """Current into each word line through its ends, shape (N,) or (P, N). [A]"""
        return self._terminal_currents[0]

    @cached_property
    def _terminal_currents(self) -> tuple[Array, Array]:
        return self.solver.terminal_currents(self.voltage, self.bit_line_drive, self.points)

    @property
    def power(self) -> Power:
        """Power delivered, and where it becomes heat. [W]"""
        current = self.device_current
        devices = (current * self.device_voltage).sum(axis=(-1, -2))
        into, words = self.circuit.word.powers(current, self.voltage)
        taken, bits = self.circuit.bit.powers(-np.swapaxes(current, -1, -2), self.bit_line_drive)
        return Power(into + taken, devices, words, bits)


def _distance(some: Iterable[Array], others: Iterable[Array]) -> float:
    """Return the largest difference between arrays and others, pair by pair."""
    return max(np.abs(a - b).max() for a, b in zip(some, others, strict=True))
