"""Devices whose current is no straight line of the voltage: Newton's method on the array.

Each step replaces every device by its tangent, a conductance beside a current source, and solves that linear array. A device
must conduct better, or at least not worse, at any voltage than not at all: di/dv >= 0 and i(0) = 0. Then the array has one
solution, the least of a convex function (its co-content), and a step that does not lower the imbalance is halved.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acanthite.crossbar.circuit.lines import LARGEST, SMALLEST, Lines, numbers
from acanthite.crossbar.circuit.solvers.sweeps import linear as solver
from acanthite.errors import ConvergenceError, CrossbarError

Array = NDArray[np.float64]
_STEPS, _HALVINGS = 200, 40
_NO_CURRENT = 1e-3
"""Part of what devices would carry without drops that a mismatch is compared with at least: lines that float may carry nothing."""


@runtime_checkable
class Devices(Protocol):
    """What the solver asks of devices at the crossings."""

    def current(self, voltage: Array) -> tuple[Array, Array]:
        """Return current [A] and differential conductance [S] at a voltage of each device, all of shape (N, M)."""
        ...


@dataclass(frozen=True)
class Sinh:
    r"""Devices with :math:`i = G v_0 \sinh(v / v_0)`: G at low voltage, exponential above v_0.

    Parameters
    ----------
    conductance : array_like, shape (N, M)
        At zero voltage. [S]
    scale : float or array_like
        v_0. [V]

    Raises
    ------
    CrossbarError
        If a conductance is negative, a scale not positive, or either no finite number.
    """

    conductance: ArrayLike
    scale: ArrayLike

    def __post_init__(self) -> None:
        G, v0 = numbers("Sinh: conductance", self.conductance), numbers("Sinh: scale", self.scale)
        if not (np.isfinite(G).all() and (G >= 0.0).all()):
            raise CrossbarError(
                f"Sinh: conductance {G[~(np.isfinite(G) & (G >= 0.0))].flat[0]}; expected zero or more, and finite (S)"
            )
        if not (np.isfinite(v0).all() and (v0 > 0.0).all()):
            raise CrossbarError(
                f"Sinh: scale {v0[~(np.isfinite(v0) & (v0 > 0.0))].flat[0]}; expected positive volts"
            )

    def current(self, voltage: Array) -> tuple[Array, Array]:
        """Return current [A] and differential conductance [S]."""
        G, v0 = (_fitting(self, part, voltage) for part in (self.conductance, self.scale))
        x = voltage / v0
        return G * v0 * np.sinh(x), G * np.cosh(x)


@dataclass(frozen=True)
class Table:
    """Devices with one measured I-V, scaled: linear between its points and beyond its ends.

    Parameters
    ----------
    voltage, current_points : array_like, shape (points,)
        Rising, through (0, 0). [V, A]
    scale : float or array_like, shape (N, M)
        Factor on the current of each device. [1]

    Raises
    ------
    CrossbarError
        If the voltages do not rise, the current falls anywhere, or a factor is negative.
    """

    voltage: ArrayLike
    current_points: ArrayLike
    scale: ArrayLike = 1.0

    def __post_init__(self) -> None:
        factor = numbers("scale", self.scale)
        if not (np.isfinite(factor).all() and (factor >= 0.0).all()):
            raise CrossbarError("scale: expected factors of zero or more, and finite")
        v, i = numbers("voltage", self.voltage), numbers("current_points", self.current_points)
        if v.ndim != 1 or v.shape != i.shape or v.size < 2 or not (np.diff(v) > 0).all():
            raise CrossbarError(
                "voltage: expected two or more rising values, and as many in current_points"
            )
        if not ((np.diff(i) >= 0).all() and np.interp(0.0, v, i) == 0.0):
            raise CrossbarError(
                "current_points: expected a current through zero at 0 V that never falls with the voltage"
            )

    def current(self, voltage: Array) -> tuple[Array, Array]:
        """Return current [A] and differential conductance [S]."""
        v, i = np.asarray(self.voltage, float), np.asarray(self.current_points, float)
        slopes = np.diff(i) / np.diff(v)
        k = np.clip(np.searchsorted(v, voltage, side="right") - 1, 0, v.size - 2)
        scale = _fitting(self, self.scale, voltage)
        return scale * (i[k] + slopes[k] * (voltage - v[k])), scale * slopes[k]


def _fitting(devices: object, values: ArrayLike, voltage: Array) -> Array:
    """Return values of devices of an array, if they are of its shape."""
    found = np.asarray(values, float)
    if found.ndim and found.shape != voltage.shape:
        try:
            np.broadcast_to(found, voltage.shape)
        except ValueError:
            raise CrossbarError(
                f"devices: {type(devices).__name__} holds values of shape {found.shape}; expected one, or {voltage.shape}"
            ) from None
    return found


@dataclass(frozen=True)
class Characteristic:
    """Devices given by one function of the voltage.

    Parameters
    ----------
    function : callable
        ``function(voltage)`` with voltages of shape (N, M) returns the currents, or currents and differential conductances.
        Without conductances they come from central differences. [A, S]
    """

    function: Callable[[Array], Array | tuple[Array, Array]]

    def current(self, voltage: Array) -> tuple[Array, Array]:
        """Return current [A] and differential conductance [S]."""
        found = self.function(voltage)
        if isinstance(found, tuple):
            return found
        current = numbers("devices: current", found)
        h = np.maximum(np.abs(voltage), 1e-3) * np.cbrt(np.finfo(float).eps)
        up, down = (
            numbers("devices: current", self.function(v)) for v in (voltage + h, voltage - h)
        )
        return current, (up - down) / (2.0 * h)


def as_devices(devices: Devices | Callable) -> Devices:
    """Return devices, a function of the voltage made one."""
    if isinstance(devices, Devices):
        return devices
    if callable(devices):
        return Characteristic(devices)
    raise CrossbarError(
        f"devices (={devices!r:.60}) must have a method current(voltage), or be a function of the voltage"
    )


@dataclass(frozen=True)
class Placed:
    """Devices at some of the crossings; the others are open.

    Parameters
    ----------
    devices : Devices
    present : ndarray of bool, shape (N, M)
    """

    devices: Devices
    present: NDArray[np.bool_]

    def current(self, voltage: Array) -> tuple[Array, Array]:
        """Return current [A] and differential conductance [S], zero where there is no device."""
        found = _both(self.devices, voltage)
        return np.where(self.present, found[0], 0.0), np.where(self.present, found[1], 0.0)


@dataclass(frozen=True)
class Point:
    """Where the array settles: drops of both lines [V], current [A] and differential conductance [S] of each device."""

    x: Array
    y: Array
    current: Array
    slope: Array
    residual: float
    iterations: int


def newton(
    devices: Devices, word: Lines, bit: Lines, delta: Array, tolerance: float, limit: int
) -> Point:
    """Return where an array of nonlinear devices settles.

    Parameters
    ----------
    devices : Devices
    word, bit : Lines
    delta : ndarray, shape (N, M)
        Voltage of each device were there no drops. [V]
    tolerance : float
        Of the relative residual: the larger of that of the last linear solve, and of what the devices conduct less what the
        wires carry to them, over the latter.
    limit : int
        Iterations of a linear solve at most.

    Raises
    ------
    CrossbarError
        If a current is no number, or falls with the voltage.
    ConvergenceError
        If the residual stays above the tolerance.
    """
    x, y, carried = np.zeros(delta.shape), np.zeros(delta.shape), np.zeros(delta.shape)
    current, slope = evaluate(devices, delta)
    error, iterations = 1.0, 0
    for _ in range(_STEPS):
        to_x, to_y = x.copy(), y.copy()
        goal = max(0.1 * tolerance, min(1e-3, 0.01 * error))
        factors, J = solver.factor(slope, word, bit), current - slope * (x - y)
        linear, taken = solver.solve(factors, J, to_x, to_y, goal, limit)
        new = current + slope * ((to_x - x) - (to_y - y))
        step, was = 1.0, np.linalg.norm(current - carried)
        for _ in range(_HALVINGS):
            towards = (1.0 - step) * carried + step * new
            x_new, y_new = x + step * (to_x - x), y + step * (to_y - y)
            conducted, slope_new = evaluate(devices, delta + (x_new - y_new), strict=False)
            mismatch = np.linalg.norm(conducted - towards)
            if mismatch <= (1.0 - 0.1 * step) * was or mismatch <= 0.1 * tolerance * np.linalg.norm(
                towards
            ):
                break
            step *= 0.5
        x, y, carried, current, slope = x_new, y_new, towards, conducted, slope_new
        iterations += taken
        size = max(np.linalg.norm(carried), _NO_CURRENT * np.linalg.norm(slope * delta))
        error = float(mismatch / size) if size > 0.0 else float(mismatch)
        if max(error, linear) <= tolerance and step == 1.0:
            return Point(x, y, carried, slope, max(error, linear), iterations)
    raise ConvergenceError(
        f"the array's relative residual is {error:.1e} after {_STEPS} Newton steps; expected {tolerance:.1e}. Ask for a "
        f"larger tolerance, or check that the devices' current is smooth and rises with the voltage"
    )


def evaluate(devices: Devices, voltage: Array, strict: bool = True) -> tuple[Array, Array]:
    """Return current and slope of each device; infinite where they are no numbers, unless that is an error."""
    current, slope = _both(devices, voltage)
    bad = ~(np.isfinite(current) & (slope <= LARGEST) & (slope >= 0))
    if bad.any():
        k = tuple(int(n) for n in np.argwhere(bad)[0])
        if strict or slope[k] < 0.0:
            raise CrossbarError(
                f"devices: current {current[k]:.3g} A and slope {slope[k]:.3g} S at {voltage[k]:.3g} V, cell {k}; expected "
                f"numbers, and a current that does not fall with the voltage, its slope at most {LARGEST:.0e} S"
            )
        return np.full_like(current, math.inf), slope
    return current, np.ascontiguousarray(np.where(slope < SMALLEST, 0.0, slope))


def _both(devices: Devices, voltage: Array) -> tuple[Array, Array]:
    """Return current and slope as the devices give them, of the shape of the voltages."""
    with np.errstate(over="ignore", invalid="ignore"):
        found = devices.current(voltage)
    if not (isinstance(found, tuple) and len(found) == 2):
        raise CrossbarError(
            f"devices: current(voltage) returned {type(found).__name__}; expected currents and differential conductances"
        )
    current, slope = numbers("devices: current", found[0]), numbers("devices: slope", found[1])
    for what, part in (("currents", current), ("slopes", slope)):
        if part.shape != voltage.shape:
            raise CrossbarError(
                f"devices: {what} of shape {part.shape} for voltages of shape {voltage.shape}; expected the same"
            )
    return current, slope
