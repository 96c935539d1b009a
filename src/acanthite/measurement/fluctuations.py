"""The noise of the devices themselves, put on what they were simulated to do."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from acanthite import threads
from acanthite.device import Devices
from acanthite.errors import LawError
from acanthite.measurement.schedule import Schedule
from acanthite.measurement.simulation import Simulated
from acanthite.random import generator

_AT_THE_LIMIT = 0.999  # of it, from where on the source holds the current


def fluctuating(
    devices: Devices, schedule: Schedule, simulated: Simulated, integration_time: float, before: int
) -> Simulated:
    """Return what flowed with the noise of the devices.

    Where the source limits or drives the current, the voltage fluctuates instead. The states of
    the devices do not follow their noise.

    Parameters
    ----------
    devices : Devices
        With a ``noise``.
    schedule : Schedule
    simulated : Simulated
        Without noise, of devices with nothing but the source before them.
    integration_time : float
        Longest average of a sample. [s]
    before : int
        How many measurements this one goes on from, each with noise of its own.

    Returns
    -------
    Simulated

    Raises
    ------
    LawError
        If the noise gives what is no positive factor for each sample.
    """
    noise = devices.noise
    if noise is None:
        return simulated
    voltage, current = simulated.voltage, simulated.current
    time = schedule.times.ravel()
    width = np.minimum(schedule.segments[schedule.recorded, 0], integration_time)
    width = np.tile(width, schedule.cycles)
    names = list(devices.law.parameters)
    seed = int(devices.seed)
    if before:
        seed = int(generator(seed, "continued-noise", before).integers(2**32))

    def factor(i: int) -> NDArray[np.float64]:
        v, a = voltage[i].ravel(), current[i].ravel()
        with np.errstate(divide="ignore", invalid="ignore"):
            conductance = a / v
        parameters = dict(zip(names, devices.values[i].tolist(), strict=True))
        key = (seed, int(devices.members[i]))
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
    held = np.abs(current) >= _AT_THE_LIMIT * schedule.limits
    if schedule.drive == "current":
        held = np.ones(current.shape, bool)
    return replace(
        simulated,
        voltage=np.where(held, voltage / table, voltage),
        current=np.where(held, current, current * table),
    )
