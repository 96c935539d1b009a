"""The noise of the devices themselves, put on what they were simulated to do."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from acanthite import threads
from acanthite.device import Devices
from acanthite.errors import LawError
from acanthite.measurement.divider import AT_THE_LIMIT, divide
from acanthite.measurement.load import Load
from acanthite.measurement.schedule import Schedule
from acanthite.measurement.simulation import Simulated
from acanthite.random import generator


def fluctuating(
    devices: Devices,
    schedule: Schedule,
    simulated: Simulated,
    integration_time: float,
    before: int,
    load: Load | None = None,
) -> Simulated:
    """Return what flowed with the noise of the devices.

    Where the source limits or drives the current, the voltage fluctuates instead; behind a load
    both do. The states of the devices do not follow their noise.

    Parameters
    ----------
    devices : Devices
        With a ``noise``.
    schedule : Schedule
    simulated : Simulated
        Without noise.
    integration_time : float
        Longest average of a sample. [s]
    before : int
        How many measurements this one goes on from, each with noise of its own.
    load : Load, optional
        Between source and devices, without a capacitance.

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
    if schedule.drive == "current":
        return replace(simulated, voltage=voltage / table)
    if load is not None:
        drive = (schedule.applied, schedule.limits)
        v, a = divide(load, devices.set_polarity(), *drive, table, voltage, current)
        return replace(simulated, voltage=v, current=a)
    held = np.abs(current) >= AT_THE_LIMIT * schedule.limits
    if not held.any():
        return replace(simulated, current=current * table)
    return replace(
        simulated,
        voltage=np.where(held, voltage / table, voltage),
        current=np.where(held, current, current * table),
    )
