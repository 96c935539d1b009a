"""The solver of a circuit: sweeps where terminals hold all nodes firmly, else elimination."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from acanthite import threads
from acanthite.crossbar.array_types import Array
from acanthite.crossbar.circuit.circuit import Circuit
from acanthite.crossbar.circuit.solvers.effective import Effective, effective
from acanthite.crossbar.circuit.solvers.elimination import linear as elimination
from acanthite.crossbar.circuit.solvers.elimination import newton as elimination_newton
from acanthite.crossbar.circuit.solvers.looseness import BENT, LOOSE, looseness, sharpened
from acanthite.crossbar.circuit.solvers.operating_point import OperatingPoint, joined
from acanthite.crossbar.circuit.solvers.sweeps import compiled, newton
from acanthite.crossbar.circuit.solvers.sweeps import linear as sweeps
from acanthite.errors import ConvergenceError, CrossbarError

TOLERANCE = sweeps.TOLERANCE
ITERATIONS = sweeps.ITERATIONS
_CHECK = 0.01
"""Part of the tolerance that the input it is compared with is solved to."""
_AFFORDABLE = 1 << 16
"""Cells up to which eliminating all nodes at every Newton step takes seconds at most."""


def n_inputs(V: Array, U: Array) -> tuple[int, ...]:
    """Return (P,) for several inputs, () for one."""
    return np.broadcast_shapes(V.shape[:-1], U.shape[:-1])


def one_by_one(V: Array, U: Array) -> list[tuple[Array, Array]]:
    """Return the voltages of each input."""
    return [
        (V[k] if V.ndim == 2 else V, U[k] if U.ndim == 2 else U) for k in np.ndindex(n_inputs(V, U))
    ]


@dataclass(frozen=True, eq=False)
class Solver:
    """Solves one circuit for any voltages; what does not depend on them is computed once.

    Parameters
    ----------
    circuit : Circuit
    """

    circuit: Circuit

    @cached_property
    def looseness(self) -> float:
        """See :mod:`.looseness`; of linear devices."""
        return looseness(self.circuit.conductance, self.circuit.word, self.circuit.bit)

    @property
    def loose(self) -> bool:
        """Whether the terminals hold some nodes too weakly for sweeps."""
        return self.looseness > LOOSE

    @cached_property
    def pattern(self) -> elimination.Pattern:
        """Which nodes meet."""
        return elimination.pattern(self.circuit)

    @cached_property
    def eliminated(self) -> elimination.Elimination:
        """All nodes eliminated, linear devices in place, in O(N^3)."""
        return elimination.eliminate(self.pattern, self.circuit.conductance)

    @cached_property
    def effective(self) -> Effective:
        """The circuit as its terminals see it, in O(N^3).

        Raises
        ------
        CrossbarError
            If the devices are not linear.
        """
        c = self.circuit
        if not c.linear:
            raise CrossbarError(
                "devices that are not linear have no effective conductance; solve each input"
            )
        if c.broken or self.loose:
            return self._effective_by_solving()
        return effective(c)

    def _effective_by_solving(self) -> Effective:
        """Solve for one volt at one line after the other."""
        N, M = self.circuit.shape
        driven = np.concatenate([self.circuit.word.driven.any(0), self.circuit.bit.driven.any(0)])
        into = np.zeros((N + M, N + M))
        for k in np.flatnonzero(driven):
            unit = (np.arange(N + M) == k) * 1.0
            V, U = unit[:N], unit[N:]
            points = self.solve(V, U, _CHECK * TOLERANCE, ITERATIONS)
            into[:, k] = np.concatenate(self.terminal_currents(V, U, points))
        into[N:] *= -1.0
        return Effective(into, N)

    def solve(self, V: Array, U: Array, tolerance: float, limit: int) -> OperatingPoint:
        """Solve for drops and currents everywhere.

        Parameters
        ----------
        V, U : ndarray, shape (N,) or (P, N) and (M,) or (P, M)
            Of driven ends. [V]
        tolerance : float
            Largest relative residual.
        limit : int
            Iterations at most.

        Raises
        ------
        ConvergenceError
            If an error or a residual stays above the tolerance.
        """
        c = self.circuit
        shape = n_inputs(V, U)
        parts = np.zeros((3 if c.linear else 4, *shape, *c.shape))
        if c.linear and not self.loose:
            try:
                return self._sweep(parts, V, U, sharpened(tolerance, self.looseness), limit)
            except ConvergenceError:
                if c.conductance.size > _AFFORDABLE or limit < ITERATIONS:
                    raise
        one = self._eliminate if c.linear else self._newton
        points = (one(*voltages, tolerance, limit) for voltages in one_by_one(V, U))
        return joined(points, shape, parts)

    def solve_outputs(self, V: Array, U: Array, tolerance: float, limit: int) -> OperatingPoint:
        """Solve for the currents at the terminals alone, by the effective conductance.

        The largest input is also solved alone; where the two do not agree, every input is.
        Parameters and errors are those of :meth:`solve`.
        """
        inputs = one_by_one(V, U)
        largest = max(inputs, key=lambda one: float(np.abs(one[0]).sum() + np.abs(one[1]).sum()))
        points = self.solve(*largest, _CHECK * tolerance, limit)
        exact = np.concatenate(self.terminal_currents(*largest, points))
        # a second thread of BLAS waits longer than the products take, and their bits depend on it
        with threads.one_for_blas():
            fast = np.concatenate(self.effective.currents(*largest))
            currents = self.effective.currents(V, U)
        scale = np.abs(exact).max()
        error = float(np.abs(fast - exact).max() / scale) if scale > 0.0 else 0.0
        if error <= tolerance:
            return OperatingPoint(error, points.iterations, terminal_currents=currents)
        each = (self._outputs(*one, tolerance, limit) for one in inputs)
        return joined(each, n_inputs(V, U))

    def _outputs(self, V: Array, U: Array, tolerance: float, limit: int) -> OperatingPoint:
        """Return the currents at the terminals alone: memory does not grow with the inputs."""
        point = self.solve(V, U, tolerance, limit)
        currents = self.terminal_currents(V, U, point)
        return OperatingPoint(point.residual, point.iterations, terminal_currents=currents)

    def solve_bounded(self, V: Array, U: Array) -> OperatingPoint:
        """Solve for one input by elimination, with bounds on the errors.

        Raises
        ------
        ConvergenceError
            If the array is too large.
        """
        if self.circuit.linear:
            return elimination.solve(self.eliminated, V, U)
        return elimination_newton.solve(self.pattern, V, U)

    def terminal_currents(self, V: Array, U: Array, points: OperatingPoint) -> tuple[Array, Array]:
        """Return the currents into the word lines and out of the bit lines. [A]"""
        if points.terminal_currents is not None:
            into, out = points.terminal_currents
        else:
            current = points.inside[2]
            into, out = current.sum(axis=-1), current.sum(axis=-2)
        product = self.ideal_product(V, U)
        return into, out if product is None else product

    def ideal_product(self, V: Array, U: Array) -> Array | None:
        """Return the currents out of the bit lines of ideal wires, if that is what they are. [A]"""
        c = self.circuit
        ideal = c.linear and c.word.ideal and c.bit.ideal
        if not ideal or (c.bit.drive[..., 0] * U).any():
            return None
        return (c.word.drive[:, 0] * V) @ c.conductance

    def _sweep(
        self, parts: Array, V: Array, U: Array, tolerance: float, limit: int
    ) -> OperatingPoint:
        c = self.circuit
        c.unloaded(V, U, out=parts[2])
        parts[2] *= c.conductance
        x, y, current = parts.reshape(3, -1, *c.shape)
        factors = sweeps.factor(c.conductance, c.word, c.bit)
        reports = sweeps.solve_each(factors, current, x, y, tolerance, limit)
        compiled.conduct(c.conductance, x, y, current)
        residual = max(residual for residual, _ in reports)
        iterations = max(iterations for _, iterations in reports)
        return OperatingPoint(residual, iterations, parts)

    def _eliminate(self, V: Array, U: Array, tolerance: float, limit: int) -> OperatingPoint:
        return self._accepted(self.solve_bounded(V, U), V, U, tolerance)

    def _newton(self, V: Array, U: Array, tolerance: float, limit: int) -> OperatingPoint:
        """Solve by sweeps, and by elimination where these fail or nodes are held weakly."""
        c = self.circuit
        affordable = c.conductance.size <= _AFFORDABLE
        failure = None
        try:
            point = newton.solve(c, V, U, tolerance, limit)
            if looseness(point.inside[3], c.word, c.bit) <= (BENT if affordable else LOOSE):
                return point
        except ConvergenceError as error:
            failure = error
            at_rest = c.respond(np.zeros(c.shape))[1]
            if not affordable and looseness(at_rest, c.word, c.bit) <= LOOSE:
                raise
        try:
            point = self.solve_bounded(V, U)
        except ConvergenceError as error:
            raise failure or error from None
        return self._accepted(point, V, U, tolerance)

    def _accepted(
        self, point: OperatingPoint, V: Array, U: Array, tolerance: float
    ) -> OperatingPoint:
        """Return a point with its bound over the largest voltage applied, if that is small."""
        assert point.bound is not None
        error = point.bound.voltage
        applied = self.circuit.terminal_voltages(V, U)
        span = float(np.abs(applied).max())
        at_most = max(tolerance, TOLERANCE)
        if not error <= at_most * span:
            raise ConvergenceError(
                f"the array's voltages are off by up to {error:.1e} V of {span:.3g} V; expected "
                f"{at_most:.1e} of that. Take a larger tolerance, or resistances less apart"
            )
        return replace(point, residual=error / span if span > 0.0 else 0.0)
