"""Internal states of devices as variables of a Recording: names, units, and what follows from them."""

from __future__ import annotations

import warnings

import numpy as np

from acanthite.constants import boltzmann
from acanthite.device import Devices, Law, filament_temperature
from acanthite.device.heating import SILVER_MELTS

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

    Warns
    -----
    UserWarning
        If a contact gets hotter than silver melts at.
    """
    if name != HOT:
        return states[..., devices.law.state_names.index(name)]
    hot = filament_temperature(devices, *flow)
    if bath is not None:
        # squares add up: the heat on top of the bath of the moment
        own = (devices.parameter("kT") / boltzmann)[:, None, None]
        hot = np.sqrt(np.maximum(hot**2 - own**2, 0.0) + bath**2)
    _warn_of_melting(hot)
    return hot


def _warn_of_melting(kelvin: np.ndarray) -> None:
    """Warn where contacts, shape (device, cycle, sample), are beyond what the law knows."""
    hottest = kelvin.max(axis=(1, 2))
    molten = int((hottest > SILVER_MELTS).sum())
    if molten:
        warnings.warn(
            f"filament_temperature: {molten} of {len(hottest)} devices have a contact hotter than "
            f"{SILVER_MELTS:g} K, where silver melts (the hottest {hottest.max():.0f} K); nothing "
            "melts in the law, so what it says from there on is not to be relied on: limit the "
            "current, or apply less voltage",
            UserWarning,
            stacklevel=2,
        )
