"""Devices written one by one, as behind selectors: by identical pulses, or by write and verify."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from acanthite.constants import ms, mV, us
from acanthite.crossbar import IDEAL, DrivenArray, DynamicCells, Scheme, suited, write_map
from acanthite.device import Devices
from acanthite.errors import CellError, CrossbarError

Array = NDArray[np.float64]

READ_VOLTAGE = 5 * mV
READ_TIME = 50 * us  # polarisation has recovered by its end
_REST = 1 * ms
_MOST_PULSES = 200
_SELECTED_ONLY = Scheme("selected cells only", word=0.0, bit=1.0)


@dataclass(frozen=True)
class WritePulse:
    """The pulses that a device is written with.

    Parameters
    ----------
    voltage : float
        Of a potentiating pulse, with its sign. [V]
    width : float
        [s]
    largest : float
        Magnitude that write and verify may take. [V]
    reset_voltage : float
        What devices are reset by before they are written, with its sign; zero where they are
        written as fabricated. [V]
    reset_time : float
        [s]
    """

    voltage: float
    width: float
    largest: float
    reset_voltage: float = 0.0
    reset_time: float = 0.1


def prepared(devices: Devices, pulse: WritePulse) -> DynamicCells:
    """Return devices in a row, reset if they are to be."""
    cells = DynamicCells(devices, (1, len(devices)))
    if pulse.reset_voltage:
        cells.hold(pulse.reset_voltage, pulse.reset_voltage, pulse.reset_time)
        cells.hold(0.0, 0.0, _REST)
    return cells


def read(cells: DynamicCells) -> Array:
    """Return what the cells conduct at the end of a read [S], shape (cell,)."""
    cells.hold(READ_VOLTAGE, READ_VOLTAGE, READ_TIME)
    conductance = cells.conductance(READ_VOLTAGE).ravel()
    cells.hold(0.0, 0.0, READ_TIME)
    return conductance


def ladder(device: Devices, pulse: WritePulse) -> Array:
    """Return the levels of a typical device, pulse by pulse until they rise no more [S]."""
    cells = prepared(device, pulse)
    levels = [float(read(cells)[0])]
    for _ in range(_MOST_PULSES):
        cells.hold(pulse.voltage, pulse.voltage, pulse.width)
        cells.hold(0.0, 0.0, _REST)
        levels.append(float(read(cells)[0]))
        if levels[-1] <= levels[-2] * (1 + 1e-3):
            break
    return np.array(levels)


def by_pulses(devices: Devices, typical: Devices, target: Array, pulse: WritePulse) -> DynamicCells:
    """Give each device the number of pulses that takes the typical one nearest to the target.

    Parameters
    ----------
    devices : Devices
    typical : Devices
        One, without spread and noise.
    target : ndarray, shape (device,)
        [S]
    pulse : WritePulse
    """
    levels = ladder(typical, pulse)
    pulses = np.abs(levels[:, None] - target).argmin(axis=0)
    cells = prepared(devices, pulse)
    for k in range(int(pulses.max(initial=0))):
        chosen = (pulses > k)[None]
        cells.hold(pulse.voltage, pulse.voltage, pulse.width, chosen)
        cells.hold(0.0, 0.0, _REST, chosen)
    return cells


def by_write_verify(
    devices: Devices,
    typical: Devices,
    target: Array,
    pulse: WritePulse,
    *,
    window: tuple[float, float],
    tolerance: float,
    attempts: int,
    seed: int,
) -> DynamicCells:
    """Write and read each device until a read is within the tolerance.

    Parameters
    ----------
    devices : Devices
    typical : Devices
        One, without spread and noise.
    target : ndarray, shape (device,)
        [S]
    pulse : WritePulse
    window : (float, float)
        Of all targets. [S]
    tolerance : float
        [S]
    attempts : int
        Pulses at most.
    seed : int
        Of the noise of the reads.

    Raises
    ------
    CellError
        If no pulses suit the device.
    """
    try:
        method = suited(typical, pulse.largest, *window, tolerance, _SELECTED_ONLY)
    except CrossbarError as error:
        raise CellError(
            f"write and verify: {error}; or write by identical pulses: programming = 'single'"
        ) from None
    cells = prepared(devices, pulse)
    goal = np.maximum(target, np.finfo(float).tiny)[None]
    once = replace(method, rounds=attempts, passes=1)
    write_map(DrivenArray(cells, IDEAL), goal, once, seed=seed)
    return cells
