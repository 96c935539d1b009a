"""Where a measurement leaves its devices, kept in its Recording so that another goes on from there.

A device is more than its states: how many random events it drew; and where the same schedule goes
on, the integrator's last step, without which the next one would differ in the last digits.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from acanthite.device import Devices
from acanthite.errors import ProgramError
from acanthite.measurement.schedule import Schedule

if TYPE_CHECKING:
    import xarray as xr

KEPT = ("step", "implicit", "node_voltage")
"""What of the integrator goes on: its last step [s], whether it was implicit, and the voltage on a
capacitance. [V]
"""

DIGEST = "segments_sha256"
"""Attribute of a Recording that kept its state: of its schedule."""

_PREFIX = "end_"
_EVENTS = "events"


@dataclass(frozen=True)
class Carried:
    """Devices somewhere in their life.

    Parameters
    ----------
    states : ndarray, shape (state, device)
    events : ndarray of int, shape (device,)
        How many sets of random numbers each has drawn.
    steps : ndarray, shape (device, 3)
        What ``KEPT`` names.
    """

    states: np.ndarray
    events: np.ndarray
    steps: np.ndarray

    def copy(self) -> Carried:
        """Return one of its own."""
        return Carried(self.states.copy(), self.events.copy(), self.steps.copy())

    def new_schedule(self, i: int) -> None:
        """Forget the steps of device ``i``: another schedule begins."""
        self.steps[i, :2] = 0.0


def digest(schedule: Schedule) -> str:
    """Return what tells a cycle of one schedule from that of another."""
    return hashlib.sha256(schedule.segments.tobytes()).hexdigest()


def variables(devices: Devices, carried: Carried) -> dict[str, tuple[str, np.ndarray, dict]]:
    """Return what goes into a Recording: one number a device and quantity."""
    columns = dict(zip(devices.law.state_names, carried.states, strict=True))
    columns[_EVENTS] = carried.events.astype(float)
    columns |= dict(zip(KEPT, carried.steps.T, strict=True))
    return {
        f"{_PREFIX}{name}": ("device", values, {"long_name": f"{name} where the measurement ended"})
        for name, values in columns.items()
    }


def from_recording(recording: xr.Dataset, devices: Devices, schedule: Schedule) -> Carried:
    """Return where a Recording left some devices.

    Parameters
    ----------
    recording : xarray.Dataset
        Made with ``keep_state=True``.
    devices : Devices
        Those it measured, or some of them.
    schedule : Schedule
        What they are measured with next.

    Raises
    ------
    ProgramError
        If it did not keep its state, or measured other devices.
    """
    names = [*devices.law.state_names, _EVENTS, *KEPT]
    missing = [name for name in names if f"{_PREFIX}{name}" not in recording]
    law, seed = recording.attrs.get("law"), recording.attrs.get("seed")
    if law != devices.law.name or seed not in (None, devices.seed):
        raise ProgramError(
            f"run: after is a recording of law {law!r}, seed {seed}; expected one of the devices "
            f"to measure, law {devices.law.name!r}, seed {devices.seed}"
        )
    if missing:
        raise ProgramError(
            "run: after is a recording that does not hold the state of its devices; expected one "
            "measured with keep_state=True"
        )
    known = recording["device"].values.tolist()
    absent = [int(m) for m in devices.members if int(m) not in known]
    if absent:
        raise ProgramError(
            f"run: after is a recording of devices {known}; device {absent[0]} is not among them"
        )
    rows = [known.index(int(m)) for m in devices.members]
    columns = {n: recording[f"{_PREFIX}{n}"].values[rows].astype(float) for n in names}
    states = np.array([columns[n] for n in devices.law.state_names]).reshape(-1, len(rows))
    _check_bounds(states, devices)
    steps = np.stack([columns[n] for n in KEPT], axis=1)
    carried = Carried(states, columns[_EVENTS].astype(np.int64), steps)
    if recording.attrs.get(DIGEST) != digest(schedule):
        for i in range(len(rows)):
            carried.new_schedule(i)
    return carried


def _check_bounds(states: np.ndarray, devices: Devices) -> None:
    lower, upper, _ = devices.bounds()
    for k, state in enumerate(devices.law.states):
        good = (states[k] >= lower[k]) & (states[k] <= upper[k])
        if not good.all():
            i = int(np.argmin(good))
            raise ProgramError(
                f"run: after left {state.name} of device {i} at {states[k, i]:g}; this device "
                f"allows {lower[k, i]:g} to {upper[k, i]:g}: it was measured on other devices"
            )
