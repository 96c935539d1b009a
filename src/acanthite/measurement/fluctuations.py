"""The noise of the devices themselves, put on what they were simulated to do."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from acanthite import threads
from acanthite.device import Devices
from acanthite.errors import LawError
from acanthite.measurement.schedule import Schedule

_AT_THE_LIMIT = 0.999  # of it, from where on the source holds the current


def fluctuating(
    devices: Devices,
    schedule: Schedule,
    voltage: NDArray[np.float64],
    current: NDArray[np.float64],
    integration_time: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return voltage and current with the noise of the devices.

    Where the source limits the current, the voltage fluctuates instead. The states of the devices
    do not follow their noise.

    Parameters
    ----------
    devices : Devices
        With a ``noise``.
    schedule : Schedule
    voltage, current : ndarray, shape (device, cycle, sample)
        Without noise. [V], [A]
    integration_time : float
        Longest average of a sample. [s]

    Returns
    -------
    voltage, current : ndarray, shape (device, cycle, sample)

    Raises
    ------
    LawError
        If the noise gives what is no positive factor for each sample.
    """
    noise = devices.noise
    if noise is None:
        return voltage, current
    time = schedule.times.ravel()
    width = np.minimum(schedule.segments[schedule.recorded, 0], integration_time)
    width = np.tile(width, schedule.cycles)
    names = list(devices.law.parameters)

    def factor(i: int) -> NDArray[np.float64]:
        v, a = voltage[i].ravel(), current[i].ravel()
        with np.errstate(divide="ignore", invalid="ignore"):
            conductance = a / v
        parameters = dict(zip(names, devices.values[i].tolist(), strict=True))
        key = (int(devices.seed), int(devices.members[i]))
        return np.asarray(noise.factor(conductance, parameters, time, width, key), float)

    with ThreadPoolExecutor(threads.count()) as pool:
        factors = list(pool.map(factor, range(len(devices))))
    for i, one in enumerate(factors):
        if one.shape != time.shape or not (np.isfinite(one) & (one > 0)).all():
            raise LawError(
                f"noise of law {devices.law.name!r}, device {i}: factor() gave shape {one.shape}; "
                f"expected a positive number for each of {time.size} samples"
            )
    table = np.array(factors).reshape(current.shape)
    limited = np.abs(current) >= _AT_THE_LIMIT * schedule.limits
    return np.where(limited, voltage / table, voltage), np.where(limited, current, current * table)
