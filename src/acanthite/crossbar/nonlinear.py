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

from acanthite.crossbar.lines import numbers
from acanthite.errors import CrossbarError

Array = NDArray[np.float64]


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
    """

    conductance: ArrayLike
    scale: ArrayLike

    def current(self, voltage: Array) -> tuple[Array, Array]:
        """Return current [A] and differential conductance [S]."""
        G, v0 = np.asarray(self.conductance, float), np.asarray(self.scale, float)
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
        If the voltages do not rise, or the current falls anywhere.
    """

    voltage: ArrayLike
    current_points: ArrayLike
    scale: ArrayLike = 1.0

    def __post_init__(self) -> None:
        v, i = numbers("voltage", self.voltage), numbers("current_points", self.current_points)
        if v.ndim != 1 or v.shape != i.shape or v.size < 2 or not (np.diff(v) > 0).all():
            raise CrossbarError("voltage: expected two or more rising values, and as many in current_points")
        if not ((np.diff(i) >= 0).all() and np.interp(0.0, v, i) == 0.0):
            raise CrossbarError("current_points: expected a current through zero at 0 V that never falls with the voltage")

    def current(self, voltage: Array) -> tuple[Array, Array]:
        """Return current [A] and differential conductance [S]."""
        v, i = np.asarray(self.voltage, float), np.asarray(self.current_points, float)
        slopes = np.diff(i) / np.diff(v)
        k = np.clip(np.searchsorted(v, voltage, side="right") - 1, 0, v.size - 2)
        scale = np.asarray(self.scale, float)
        return scale * (i[k] + slopes[k] * (voltage - v[k])), scale * slopes[k]


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
            return np.asarray(found[0], float), np.asarray(found[1], float)
        h = np.maximum(np.abs(voltage), 1e-3) * np.cbrt(np.finfo(float).eps)
        up, down = np.asarray(self.function(voltage + h)), np.asarray(self.function(voltage - h))
        return np.asarray(found, float), (up - down) / (2.0 * h)
