"""Ways to the solution of an array: fast sweeps where its terminals hold all nodes firmly, elimination where they do not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from acanthite.crossbar.circuit.devices import Devices, Point, evaluate, newton
from acanthite.crossbar.circuit.solution import without_drops
from acanthite.crossbar.circuit.solvers.elimination import linear as careful
from acanthite.crossbar.circuit.solvers.elimination.linear import Bound, Settled
from acanthite.crossbar.circuit.solvers.elimination.newton import settle
from acanthite.crossbar.circuit.solvers.looseness import BENT, LOOSE, looseness, sharpened
from acanthite.crossbar.circuit.solvers.sweeps import compiled as schur
from acanthite.crossbar.circuit.solvers.sweeps import linear as solver
from acanthite.errors import ConvergenceError

if TYPE_CHECKING:
    from acanthite.crossbar.circuit.circuit import Crossbar

Array = NDArray[np.float64]
_AFFORDABLE = 1 << 16
"""Cells up to which eliminating all nodes at every Newton step takes seconds at most."""


@dataclass
class Solved:
    """Drops of word and bit lines [V], currents [A] and, of nonlinear devices, slopes [S] of one or several inputs.

    Parameters
    ----------
    parts : ndarray, shape (3 or 4, N, M) or (3 or 4, P, N, M)
    residual : float
        Largest over the inputs.
    iterations : int
    terminal_currents : tuple of ndarrays, shape (N,) and (M,) or (P, N) and (P, M), optional
        Into the word lines and out of the bit lines. [A]
    bound : Bound, optional
    """

    parts: Array = field(repr=False)
    residual: float = 0.0
    iterations: int = 0
    terminal_currents: tuple[Array, Array] | None = None
    bound: Bound | None = None


def inputs(V: Array, U: Array) -> list[tuple[Array, Array]]:
    """Return the voltages of each input by itself."""
    shape = np.broadcast_shapes(V.shape[:-1], U.shape[:-1])
    return [(V[k] if V.ndim == 2 else V, U[k] if U.ndim == 2 else U) for k in np.ndindex(shape)]


def solve(crossbar: Crossbar, V: Array, U: Array, tolerance: float, limit: int) -> Solved:
    """Return drops and currents everywhere, for voltages of shape (N,) or (P, N) and (M,) or (P, M).

    Raises
    ------
    ConvergenceError
        If an error or a residual stays above the tolerance.
    """
    shape = np.broadcast_shapes(V.shape[:-1], U.shape[:-1])
    parts = np.zeros((3 if crossbar.devices is None else 4, *shape, *crossbar.shape))
    if crossbar.devices is not None:
        return _nonlinear(crossbar, parts, V, U, tolerance, limit)
    if crossbar.loose:
        return _eliminated(crossbar, parts, V, U, tolerance)
    try:
        return _swept(crossbar, parts, V, U, sharpened(tolerance, crossbar.looseness), limit)
    except ConvergenceError:
        if crossbar.G.size > _AFFORDABLE or limit < solver.ITERATIONS:
            raise
        return _eliminated(crossbar, parts, V, U, tolerance)


def _swept(
    crossbar: Crossbar, parts: Array, V: Array, U: Array, tolerance: float, limit: int
) -> Solved:
    G = crossbar.G
    without_drops(crossbar, V, U, out=parts[2])
    parts[2] *= G
    x, y, current = parts.reshape(3, -1, *crossbar.shape)
    factors = solver.factor(G, crossbar.word, crossbar.bit)
    reports = solver.solve_each(factors, current, x, y, tolerance, limit)
    schur.conduct(G, x, y, current)
    residual, iterations = (max(each) for each in zip(*reports, strict=True))
    return Solved(parts, residual, iterations)


def _eliminated(crossbar: Crossbar, parts: Array, V: Array, U: Array, tolerance: float) -> Solved:
    each, residual = [], 0.0
    for k, one in enumerate(inputs(V, U)):
        found = careful.settled(crossbar.eliminated, crossbar.word, crossbar.bit, *one)
        residual = max(residual, _accepted(found.bound, crossbar, one, tolerance))
        parts.reshape(3, -1, *crossbar.shape)[:, k] = found.x, found.y, found.current
        each.append(found)
    return _collected(parts, each, residual, 0)


def _nonlinear(
    crossbar: Crossbar, parts: Array, V: Array, U: Array, tolerance: float, limit: int
) -> Solved:
    devices = crossbar.placed_devices
    places = parts.reshape(4, -1, *crossbar.shape).swapaxes(0, 1)
    residual, iterations, sure = 0.0, 0, []
    for one, place in zip(inputs(V, U), places, strict=True):
        point, failure = _firm_point(crossbar, devices, one, tolerance, limit)
        if point is not None:
            place[:] = point.x, point.y, point.current, point.slope
            residual, iterations = max(residual, point.residual), max(iterations, point.iterations)
            continue
        try:
            found, slope, steps = settle(devices, crossbar, *one)
        except ConvergenceError as settling:
            raise failure or settling from None
        residual = max(residual, _accepted(found.bound, crossbar, one, tolerance))
        iterations = max(iterations, steps)
        place[:] = found.x, found.y, found.current, slope
        sure.append(found)
    if len(sure) == len(places):
        return _collected(parts, sure, residual, iterations)
    return Solved(parts, residual, iterations)


def _firm_point(
    crossbar: Crossbar, devices: Devices, one: tuple[Array, Array], tolerance: float, limit: int
) -> tuple[Point | None, ConvergenceError | None]:
    """Solve nonlinear devices by sweeps; return None where elimination is needed, and the reason if the sweeps failed."""
    word, bit = crossbar.word, crossbar.bit
    delta = without_drops(crossbar, *one)
    affordable = delta.size <= _AFFORDABLE
    try:
        point = newton(devices, word, bit, delta, tolerance, limit)
    except ConvergenceError as failure:
        at_rest = evaluate(devices, np.zeros(delta.shape))[1]
        if affordable or looseness(at_rest, word, bit) > LOOSE:
            return None, failure
        raise
    firm = looseness(point.slope, word, bit) <= (BENT if affordable else LOOSE)
    return point if firm else None, None


def _accepted(
    bound: Bound, crossbar: Crossbar, one: tuple[Array, Array], tolerance: float
) -> float:
    """Return the bound on voltages over the largest one applied, if it is what sweeps leave or what is asked for."""
    span = float(np.abs(careful.terminal_voltages(crossbar.word, crossbar.bit, *one)).max())
    at_most = max(tolerance, solver.TOLERANCE)
    if not bound.voltage <= at_most * span:
        raise ConvergenceError(
            f"the array's voltages are off by up to {bound.voltage:.1e} V, with {span:.3g} V applied; expected "
            f"{at_most:.1e} of that. Ask for a larger tolerance, or check the spread of its resistances"
        )
    return bound.voltage / span if span > 0.0 else 0.0


def _collected(parts: Array, each: list[Settled], residual: float, iterations: int) -> Solved:
    """Return the results of inputs that were found by elimination, all of them."""
    into, out = np.stack([found.into for found in each]), np.stack([found.out for found in each])
    if parts.ndim == 3:
        into, out = into[0], out[0]
    bounds = [found.bound for found in each]
    bound = Bound(max(b.voltage for b in bounds), max(b.current for b in bounds))
    return Solved(parts, residual, iterations, (into, out), bound)
