"""The solver of a circuit: sweeps where terminals hold all nodes firmly, else elimination."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from acanthite.crossbar.circuit.circuit import Circuit
from acanthite.crossbar.circuit.devices import evaluate
from acanthite.crossbar.circuit.solvers.effective import Effective, effective
from acanthite.crossbar.circuit.solvers.elimination import linear as elimination
from acanthite.crossbar.circuit.solvers.elimination import newton as elimination_newton
from acanthite.crossbar.circuit.solvers.elimination.linear import Bound, BoundedPoint
from acanthite.crossbar.circuit.solvers.looseness import BENT, LOOSE, looseness, sharpened
from acanthite.crossbar.circuit.solvers.sweeps import compiled, newton
from acanthite.crossbar.circuit.solvers.sweeps import linear as sweeps
from acanthite.errors import ConvergenceError, CrossbarError

Array = NDArray[np.float64]
TOLERANCE = sweeps.TOLERANCE
ITERATIONS = sweeps.ITERATIONS
_CHECK = 0.01
"""Part of the tolerance that the input it is compared with is solved to."""
_AFFORDABLE = 1 << 16
"""Cells up to which eliminating all nodes at every Newton step takes seconds at most."""


@dataclass(frozen=True)
class OperatingPoints:
    """The state of a circuit at one or several inputs.

    Parameters
    ----------
    residual : float
        Largest over the inputs.
    iterations : int
        Most that an input took.
    parts : ndarray, shape (3 or 4, N, M) or (3 or 4, P, N, M), optional
        Drops of word and bit lines [V], currents [A] and, of nonlinear devices, slopes [S]; without
        them only the currents at the terminals are known.
    terminal_currents : tuple of ndarray, shape (N,) and (M,) or (P, N) and (P, M), optional
        Into the word lines and out of the bit lines. [A]
    bound : Bound, optional
        On errors, where the solver knows it.
    """

    residual: float = 0.0
    iterations: int = 0
    parts: Array | None = field(default=None, repr=False)
    terminal_currents: tuple[Array, Array] | None = field(default=None, repr=False)
    bound: Bound | None = None

    def __getitem__(self, k: int) -> OperatingPoints:
        """Return the state at one of several inputs."""
        currents = self.terminal_currents
        return replace(
            self,
            parts=None if self.parts is None else self.parts[:, k],
            terminal_currents=None if currents is None else (currents[0][k], currents[1][k]),
        )


def one_by_one(V: Array, U: Array) -> list[tuple[Array, Array]]:
    """Return the voltages of each input by itself."""
    shape = np.broadcast_shapes(V.shape[:-1], U.shape[:-1])
    return [(V[k] if V.ndim == 2 else V, U[k] if U.ndim == 2 else U) for k in np.ndindex(shape)]


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
        c = self.circuit
        return elimination.pattern(c.word, c.bit, c.present)

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
                "devices that are not linear have no effective conductance; solve each input, or "
                "take the array a solution has as linearised"
            )
        if c.broken or self.loose:
            return self._effective_by_solving()
        return effective(c.conductance, c.word, c.bit)

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

    def solve(self, V: Array, U: Array, tolerance: float, limit: int) -> OperatingPoints:
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
        shape = np.broadcast_shapes(V.shape[:-1], U.shape[:-1])
        parts = np.zeros((3 if c.linear else 4, *shape, *c.shape))
        if not c.linear:
            return self._newton(parts, V, U, tolerance, limit)
        if self.loose:
            return self._eliminate(parts, V, U, tolerance)
        try:
            return self._sweep(parts, V, U, sharpened(tolerance, self.looseness), limit)
        except ConvergenceError:
            if c.conductance.size > _AFFORDABLE or limit < ITERATIONS:
                raise
            return self._eliminate(parts, V, U, tolerance)

    def solve_outputs(self, V: Array, U: Array, tolerance: float, limit: int) -> OperatingPoints:
        """Solve for the currents at the terminals alone, by the effective conductance.

        The largest input is solved by itself too; where the two do not agree, every input is.
        Parameters and errors are those of :meth:`solve`.
        """
        inputs = one_by_one(V, U)
        largest = max(inputs, key=lambda one: float(np.abs(one[0]).sum() + np.abs(one[1]).sum()))
        points = self.solve(*largest, _CHECK * tolerance, limit)
        exact = np.concatenate(self.terminal_currents(*largest, points))
        fast = np.concatenate(self.effective.currents(*largest))
        scale = np.abs(exact).max()
        error = float(np.abs(fast - exact).max() / scale) if scale > 0.0 else 0.0
        if error <= tolerance:
            return OperatingPoints(
                error, points.iterations, terminal_currents=self.effective.currents(V, U)
            )
        residual = 0.0
        iterations = 0
        currents = []
        for one in inputs:  # only the currents of each are kept: memory does not grow with them
            points = self.solve(*one, tolerance, limit)
            residual = max(residual, points.residual)
            iterations = max(iterations, points.iterations)
            currents.append(self.terminal_currents(*one, points))
        into, out = (np.stack(part) for part in zip(*currents, strict=True))
        if max(V.ndim, U.ndim) == 1:
            into, out = into[0], out[0]
        return OperatingPoints(residual, iterations, terminal_currents=(into, out))

    def solve_bounded(self, V: Array, U: Array) -> BoundedPoint:
        """Solve for one input by elimination, with bounds on the errors.

        Raises
        ------
        ConvergenceError
            If the array is too large.
        """
        c = self.circuit
        if c.linear:
            return elimination.solve(self.eliminated, c.word, c.bit, V, U)
        lines = c.word, c.bit
        return elimination_newton.solve(c.placed_devices, self.pattern, lines, V, U)[0]

    def terminal_currents(self, V: Array, U: Array, points: OperatingPoints) -> tuple[Array, Array]:
        """Return the currents into the word lines and out of the bit lines. [A]"""
        if points.terminal_currents is not None:
            into, out = points.terminal_currents
        else:
            assert points.parts is not None
            current = points.parts[2]
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
    ) -> OperatingPoints:
        c = self.circuit
        c.unloaded(V, U, out=parts[2])
        parts[2] *= c.conductance
        x, y, current = parts.reshape(3, -1, *c.shape)
        factors = sweeps.factor(c.conductance, c.word, c.bit)
        reports = sweeps.solve_each(factors, current, x, y, tolerance, limit)
        compiled.conduct(c.conductance, x, y, current)
        residual = max(residual for residual, _ in reports)
        iterations = max(iterations for _, iterations in reports)
        return OperatingPoints(residual, iterations, parts)

    def _eliminate(self, parts: Array, V: Array, U: Array, tolerance: float) -> OperatingPoints:
        c = self.circuit
        points = []
        residual = 0.0
        for k, one in enumerate(one_by_one(V, U)):
            point = elimination.solve(self.eliminated, c.word, c.bit, *one)
            residual = max(residual, self._accepted(point.bound, *one, tolerance))
            parts.reshape(3, -1, *c.shape)[:, k] = point.x, point.y, point.current
            points.append(point)
        return _bounded(parts, points, residual, 0)

    def _newton(
        self, parts: Array, V: Array, U: Array, tolerance: float, limit: int
    ) -> OperatingPoints:
        c = self.circuit
        places = parts.reshape(4, -1, *c.shape).swapaxes(0, 1)
        residual = 0.0
        iterations = 0
        bounded = []
        for one, place in zip(one_by_one(V, U), places, strict=True):
            point, failure = self._newton_by_sweeps(*one, tolerance, limit)
            if point is not None:
                place[:] = point.x, point.y, point.current, point.slope
                residual = max(residual, point.residual)
                iterations = max(iterations, point.iterations)
                continue
            try:
                sure, slope, steps = elimination_newton.solve(
                    c.placed_devices, self.pattern, (c.word, c.bit), *one
                )
            except ConvergenceError as error:
                raise failure or error from None
            residual = max(residual, self._accepted(sure.bound, *one, tolerance))
            iterations = max(iterations, steps)
            place[:] = sure.x, sure.y, sure.current, slope
            bounded.append(sure)
        if len(bounded) == len(places):
            return _bounded(parts, bounded, residual, iterations)
        return OperatingPoints(residual, iterations, parts)

    def _newton_by_sweeps(
        self, V: Array, U: Array, tolerance: float, limit: int
    ) -> tuple[newton.OperatingPoint | None, ConvergenceError | None]:
        """Return the point; None where elimination is needed, and why if the sweeps failed."""
        c = self.circuit
        unloaded = c.unloaded(V, U)
        affordable = unloaded.size <= _AFFORDABLE
        try:
            point = newton.solve(c.placed_devices, c.word, c.bit, unloaded, tolerance, limit)
        except ConvergenceError as failure:
            at_rest = evaluate(c.placed_devices, np.zeros(unloaded.shape))[1]
            if affordable or looseness(at_rest, c.word, c.bit) > LOOSE:
                return None, failure
            raise
        firm = looseness(point.slope, c.word, c.bit) <= (BENT if affordable else LOOSE)
        return point if firm else None, None

    def _accepted(self, bound: Bound, V: Array, U: Array, tolerance: float) -> float:
        """Return the bound on voltages over the largest one applied, if it is small enough."""
        applied = elimination.terminal_voltages(self.circuit.word, self.circuit.bit, V, U)
        span = float(np.abs(applied).max())
        at_most = max(tolerance, TOLERANCE)
        if not bound.voltage <= at_most * span:
            raise ConvergenceError(
                f"the array's voltages are off by up to {bound.voltage:.1e} V, with {span:.3g} V "
                f"applied; expected {at_most:.1e} of that. Ask for a larger tolerance, or check "
                f"the "
                f"spread of its resistances"
            )
        return bound.voltage / span if span > 0.0 else 0.0


def _bounded(
    parts: Array, points: list[BoundedPoint], residual: float, iterations: int
) -> OperatingPoints:
    """Return the results of inputs that were all solved by elimination."""
    into = np.stack([point.into for point in points])
    out = np.stack([point.out for point in points])
    if parts.ndim == 3:
        into, out = into[0], out[0]
    bound = Bound.largest([point.bound for point in points])
    return OperatingPoints(residual, iterations, parts, (into, out), bound)
