"""Devices whose current is no straight line of the voltage.

A device must conduct better, or at least not worse, at any voltage than at none: di/dv >= 0 and
i(0) = 0. Then the array has one solution, the minimum of a convex function (its co-content).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike

from acanthite.crossbar.array_types import Array, Mask
from acanthite.crossbar.circuit.checks import LARGEST, SMALLEST, finite, numbers
from acanthite.errors import CrossbarError
from acanthite.quantities import accepts_quantities


@runtime_checkable
class NonlinearDevices(Protocol):
    """What a circuit requires of the devices at its crossings."""

    def current(self, voltage: Array) -> tuple[Array, Array]:
        """Return current [A] and differential conductance [S] of each device, shape (N, M)."""
        ...


@accepts_quantities
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

    Examples
    --------
    >>> import numpy as np
    >>> devices = ac.crossbar.Sinh(np.full((2, 2), 1e-6), scale=0.05)
    >>> array = ac.crossbar.Crossbar(np.full((2, 2), 1e-6), devices=devices)
    >>> current = array.solve([0.1, 0.1]).output_current  # of straight devices: 0.2 uA
    >>> [f"{i * 1e6:.3f} uA" for i in current]
    ['0.363 uA', '0.363 uA']
    """

    conductance: ArrayLike
    scale: ArrayLike

    def __post_init__(self) -> None:
        finite(
            "Sinh: conductance", self.conductance, least=0.0, what="zero or more, and finite (S)"
        )
        finite("Sinh: scale", self.scale, least=SMALLEST, what="positive volts")

    def current(self, voltage: Array) -> tuple[Array, Array]:
        """Return current [A] and differential conductance [S]."""
        G = _per_device(self, self.conductance, voltage)
        v0 = _per_device(self, self.scale, voltage)
        x = voltage / v0
        return G * v0 * np.sinh(x), G * np.cosh(x)


@accepts_quantities
@dataclass(frozen=True)
class Table:
    """Devices with one measured I-V, scaled: linear between its points and beyond its ends.

    Parameters
    ----------
    voltage, current_points : array_like, shape (points,)
        Rising, through (0, 0). [V], [A]
    scale : float or array_like, shape (N, M)
        Factor on the current of each device. [1]

    Raises
    ------
    CrossbarError
        If the voltages do not rise, the current falls anywhere, or a factor is negative.

    Examples
    --------
    >>> import numpy as np
    >>> devices = ac.crossbar.Table([-0.1, 0.0, 0.1, 0.2], [-1e-7, 0.0, 1e-7, 5e-7])
    >>> array = ac.crossbar.Crossbar(np.ones((2, 2)), devices=devices)
    >>> [f"{i * 1e6:.2f} uA" for i in array.solve([0.1, 0.2]).output_current]
    ['0.60 uA', '0.60 uA']
    """

    voltage: ArrayLike
    current_points: ArrayLike
    scale: ArrayLike = 1.0

    def __post_init__(self) -> None:
        finite("scale", self.scale, least=0.0, what="factors of zero or more, and finite")
        v = numbers("voltage", self.voltage)
        i = numbers("current_points", self.current_points)
        if v.ndim != 1 or v.shape != i.shape or v.size < 2 or not (np.diff(v) > 0).all():
            raise CrossbarError(
                "voltage: expected two or more rising values, and as many in current_points"
            )
        if not ((np.diff(i) >= 0).all() and np.interp(0.0, v, i) == 0.0):
            raise CrossbarError(
                "current_points: expected a current through zero at 0 V that never falls"
            )

    def current(self, voltage: Array) -> tuple[Array, Array]:
        """Return current [A] and differential conductance [S]."""
        v = np.asarray(self.voltage, float)
        i = np.asarray(self.current_points, float)
        slopes = np.diff(i) / np.diff(v)
        k = np.clip(np.searchsorted(v, voltage, side="right") - 1, 0, v.size - 2)
        scale = _per_device(self, self.scale, voltage)
        return scale * (i[k] + slopes[k] * (voltage - v[k])), scale * slopes[k]


@dataclass(frozen=True)
class Characteristic:
    """Devices given by one function of the voltage.

    Parameters
    ----------
    function : callable
        ``function(voltage)`` with voltages of shape (N, M) returns the currents, or currents and
        differential conductances. Without conductances they come from central differences. [A, S]

    Examples
    --------
    Diodes at the crossings:

    >>> import numpy as np
    >>> diode = ac.crossbar.Characteristic(lambda v: 1e-9 * np.expm1(v / 0.025))
    >>> array = ac.crossbar.Crossbar(np.ones((2, 2)), devices=diode)
    >>> [f"{i * 1e9:.1f} nA" for i in array.solve([0.1, -0.1]).output_current]
    ['52.6 nA', '52.6 nA']
    """

    function: Callable[[Array], Array | tuple[Array, Array]]

    def current(self, voltage: Array) -> tuple[Array, Array]:
        """Return current [A] and differential conductance [S]."""
        result = self.function(voltage)
        if isinstance(result, tuple):
            return result
        current = numbers("devices: current", result)
        h = np.maximum(np.abs(voltage), 1e-3) * np.cbrt(np.finfo(float).eps)
        up = numbers("devices: current", self.function(voltage + h))
        down = numbers("devices: current", self.function(voltage - h))
        return current, (up - down) / (2.0 * h)


def as_devices(devices: NonlinearDevices | Callable) -> NonlinearDevices:
    """Return devices; a function of the voltage is made one.

    Raises
    ------
    CrossbarError
        If it is neither.
    """
    if isinstance(devices, NonlinearDevices):
        return devices
    if callable(devices):
        return Characteristic(devices)
    raise CrossbarError(
        f"devices (={devices!r:.60}) must have a method current(voltage), or be a function"
    )


def evaluate(
    devices: NonlinearDevices, voltage: Array, present: Mask, strict: bool = True
) -> tuple[Array, Array]:
    """Return current [A] and slope [S] of each device.

    Parameters
    ----------
    devices : NonlinearDevices
    voltage : ndarray, shape (N, M)
        [V]
    present : ndarray of bool, shape (N, M)
        Where there are devices; elsewhere nothing flows.
    strict : bool
        Whether values that are no numbers are an error; otherwise all currents become infinite.

    Raises
    ------
    CrossbarError
        If a current falls with the voltage, or a value is no number.
    """
    current, slope = _respond(devices, voltage)
    if not present.all():
        current = np.where(present, current, 0.0)
        slope = np.where(present, slope, 0.0)
    good = np.isfinite(current) & (slope <= LARGEST) & (slope >= 0)
    if not good.all():
        k = tuple(int(n) for n in np.argwhere(~good)[0])
        if strict or slope[k] < 0.0:
            raise CrossbarError(
                f"devices: {current[k]:.3g} A, slope {slope[k]:.3g} S at {voltage[k]:.3g} V, cell "
                f"{k}; expected numbers, its slope at most {LARGEST:.0e} S and not negative"
            )
        return np.full_like(current, math.inf), slope
    return current, np.ascontiguousarray(np.where(slope < SMALLEST, 0.0, slope))


def _per_device(devices: object, values: ArrayLike, voltage: Array) -> Array:
    """Return values of devices, if they fit an array of the shape of the voltages."""
    values = np.asarray(values, float)
    try:
        np.broadcast_to(values, voltage.shape)
    except ValueError:
        raise CrossbarError(
            f"{type(devices).__name__} holds values of shape {values.shape}; expected one, or "
            f"{voltage.shape}"
        ) from None
    return values


def _respond(devices: NonlinearDevices, voltage: Array) -> tuple[Array, Array]:
    """Return current and slope as the devices give them, of the shape of the voltages."""
    with np.errstate(over="ignore", invalid="ignore"):
        result = devices.current(voltage)
    if not (isinstance(result, tuple) and len(result) == 2):
        raise CrossbarError(
            f"devices: current(voltage) returned {type(result).__name__}; expected two arrays"
        )
    current, slope = (
        numbers(f"devices: {name}", part)
        for name, part in zip(("current", "slope"), result, strict=True)
    )
    if not current.shape == slope.shape == voltage.shape:
        raise CrossbarError(
            f"devices: currents of shape {current.shape}, slopes of shape {slope.shape}; "
            f"expected the shape of the voltages, {voltage.shape}"
        )
    return current, slope
