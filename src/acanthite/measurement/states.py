"""Internal states of devices as variables of a Recording: names, units, and what follows from them."""

from __future__ import annotations

import numpy as np

from acanthite.constants import boltzmann
from acanthite.device import Devices, Law, filament_temperature

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
    states: np.ndarray,
    flow: tuple[np.ndarray, np.ndarray],
    bath: np.ndarray | None,
) -> np.ndarray:
    """Return a state, or what follows from one, at each sample.

    Parameters
    ----------
    name : str
    devices : Devices
    states : ndarray, shape (device, cycle, sample, state)
    flow : tuple of ndarray, shape (device, cycle, sample)
        Voltage on the devices and current through them. [V], [A]
    bath : ndarray, shape (cycle, sample), optional
        Its temperature where it changes. [K]
    """
    if name != HOT:
        return states[..., devices.law.state_names.index(name)]
    hot = filament_temperature(devices, *flow)
    if bath is None:
        return hot
    # squares add up: the heat on top of the bath of the moment
    own = (devices.parameter("kT") / boltzmann)[:, None, None]
    return np.sqrt(np.maximum(hot**2 - own**2, 0.0) + bath**2)
