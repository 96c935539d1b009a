"""Internal states of devices as variables of a Recording: names, units, and what follows from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite.constants import boltzmann
from acanthite.device import Devices, Law, filament_temperature

if TYPE_CHECKING:
    from acanthite.measurement.schedule import Schedule
    from acanthite.measurement.simulation import Simulated
    from acanthite.measurement.temperature import TemperatureProgram

HOT = "filament_temperature"

_LABELS = {
    "device_current": ("A", "current through the device, beside its capacitance"),
    "peak_current": ("A", "largest current through the device since the sample before"),
    "temperature": ("K", "temperature of the bath"),
    HOT: ("K", "temperature of the filament's contact"),
}
_UNITS = {
    "filament": {"gap": "m", "radius": "m", "polarisation": "V", "barrier_shift": "J"},
    "Stanford-PKU": {"gap": "m"},
}


def derived(law: Law) -> tuple[str, ...]:
    """Return what follows from voltage and current of a law, beside its states."""
    return (HOT,) if law.name == "filament" else ()


def labels(name: str, law: Law) -> dict[str, str]:
    """Return unit and long name of a variable."""
    if name in _LABELS:
        unit, text = _LABELS[name]
        return {"units": unit, "long_name": text}
    unit = _UNITS.get(law.name, {}).get(name, "1")
    return {"units": unit, "long_name": f"{name}, a state of law {law.name}"}


def state(
    name: str,
    devices: Devices,
    result: Simulated,
    temperature: TemperatureProgram | None,
    schedule: Schedule,
) -> np.ndarray:
    """Return a state, or what follows from one, at each sample."""
    if name != HOT:
        return result.states[..., devices.law.state_names.index(name)]
    current = result.device_current if result.device_current.size else result.current
    hot = filament_temperature(
        devices, result.voltage.reshape(len(devices), -1), current.reshape(len(devices), -1)
    )
    if temperature is None:
        return hot
    # squares add up: the heat on top of the bath of the moment
    own = (devices.parameter("kT") / boltzmann)[:, None]
    bath = temperature.at(schedule.times).ravel()
    return np.sqrt(np.maximum(hot**2 - own**2, 0.0) + bath**2)
