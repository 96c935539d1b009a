"""What a load leaves of the noise of a device: the divider of the two, solved anew."""

from __future__ import annotations

import numpy as np

from acanthite.device.compiler.load import LOAD, load_current
from acanthite.jit import njit
from acanthite.measurement.load import Load

AT_THE_LIMIT = 0.999  # of it, from where on the source holds the current
_HALVINGS = 52  # of the voltages between which the node lies: the digits of a double


def divide(
    load: Load,
    set_polarity: int,
    applied: np.ndarray,
    limits: np.ndarray,
    factor: np.ndarray,
    voltage: np.ndarray,
    current: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Return what is on the devices and what flows once each conducts ``factor`` times as much.

    Where the source limits the current, the voltage on the device gives way and the current stays.

    Parameters
    ----------
    load : Load
        Without a capacitance.
    set_polarity : int
        Of the devices.
    applied, limits : ndarray, shape (sample,)
        What the source is set to, and the most it gives. [V], [A]
    factor : ndarray, shape (device, cycle, sample)
        [1]
    voltage, current : ndarray, shape (device, cycle, sample)
        On the devices and through them, without noise. [V], [A]
    """
    numbers = np.concatenate([np.zeros(LOAD), load.numbers(set_polarity)])
    shape, samples = voltage.shape, applied.size
    on_device, flowing = voltage.reshape(-1, samples).copy(), current.reshape(-1, samples).copy()
    table = factor.reshape(-1, samples)
    _divide(applied, limits, numbers, load.transistor is None, table, on_device, flowing)
    return on_device.reshape(shape), flowing.reshape(shape)


@njit(cache=True, nogil=True)
def _divide(applied, limits, p, is_linear, factor, voltage, current):
    """Change voltages and currents in place, a row a cycle."""
    for row in range(voltage.shape[0]):
        for i in range(voltage.shape[1]):
            v, a, f = voltage[row, i], current[row, i], factor[row, i]
            if f == 1.0 or v * a <= 0.0:
                continue
            if abs(a) >= AT_THE_LIMIT * limits[i]:
                voltage[row, i] = v / f
                continue
            if is_linear:
                whole = v / a + p[LOAD]
                current[row, i] = a * whole / (v / (a * f) + p[LOAD])
                voltage[row, i] = current[row, i] * v / (a * f)
                continue
            voltage[row, i] = _node(applied[i], v, a * f / v, f, p)
            current[row, i] = voltage[row, i] * a * f / v


@njit(cache=True, inner=True)
def _node(applied, voltage, conductance, factor, p):
    """Return the voltage at which the load lets through what the device draws.

    It lies between the voltage that was and that at which the device draws what it drew: the load
    lets through the less the more is on the device.
    """
    low, high = min(abs(voltage), abs(voltage) / factor), max(abs(voltage), abs(voltage) / factor)
    sign = 1.0 if voltage > 0.0 else -1.0
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        if sign * load_current(applied, sign * middle, p) > conductance * middle:
            low = middle
        else:
            high = middle
    return sign * 0.5 * (low + high)
