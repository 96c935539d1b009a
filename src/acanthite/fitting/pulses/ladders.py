"""Recordings of pulse responses, as the fits of pulse laws take them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from acanthite.errors import FitError
from acanthite.measurement.polarity import potentiating_sign

if TYPE_CHECKING:
    import xarray as xr

Array = NDArray[np.float64]
Ladder = tuple[Array, NDArray[np.bool_]]
"""Levels after each pulse, and whether the pulse before each went up."""


@dataclass(frozen=True)
class Ladders:
    """All ladders of a recording, in levels from -1 to 1.

    Parameters
    ----------
    levels : ndarray, shape (device, cycle, pulse)
    upward : ndarray of bool, shape (pulse,)
    center, half : float
        A level ``x`` is ``center + half * x`` in ``unit``.
    unit : str
        Of the data: "S", or "1" where they are relative.
    conductance : tuple of float
        What levels -1 and 1 stand for. [S]
    assumed : bool
        Whether it is an assumption.
    pulse_voltage : float
        [V]
    """

    levels: Array
    upward: NDArray[np.bool_]
    center: float
    half: float
    unit: str
    conductance: tuple[float, float]
    assumed: bool
    pulse_voltage: float

    @property
    def n_pulses(self) -> int:
        """Pulses of a ladder in the direction that has more."""
        return int(max(self.upward.sum(), (~self.upward).sum()))

    def split(self, share: float) -> tuple[list[dict[int, Ladder]], list[tuple[int, int]]]:
        """Return each device's fitted ladders by cycle, and the (device, cycle) held out."""
        if not 0 <= share < 1:
            raise FitError(f"holdout = {share:g}; expected a share from 0 to below 1")
        n_devices, n_cycles = self.levels.shape[:2]
        devices, cycles = n_devices, n_cycles
        if share and n_cycles > 1:
            cycles = max(1, n_cycles - max(1, round(share * n_cycles)))
        elif share and n_devices > 2:
            devices = max(2, n_devices - max(1, round(share * n_devices)))
        elif share:
            raise FitError(
                f"holdout = {share:g}: {n_devices} devices of one ladder each; expected two "
                "ladders or three devices, or leave it out"
            )
        fitted = [
            {c: (self.levels[d, c], self.upward) for c in range(cycles)} for d in range(devices)
        ]
        held = [
            (d, c) for d in range(n_devices) for c in range(n_cycles) if d >= devices or c >= cycles
        ]
        return fitted, held


def ladders(
    recording: xr.Dataset | xr.DataArray, conductance: tuple[float, float] | None = None
) -> Ladders:
    """Return the ladders of a recording.

    Raises
    ------
    FitError
        If it has no conductance, no pulse directions, or too few pulses.
    """
    import xarray as xr

    array = recording
    if isinstance(recording, xr.Dataset):
        if "conductance" in recording:
            array = recording["conductance"]
        elif {"current", "voltage"} <= set(recording):
            array = (recording["current"] / recording["voltage"]).assign_attrs(units="S")
        else:
            raise FitError(
                "recording has no conductance, nor current and voltage at a read; nothing to fit"
            )
    assert isinstance(array, xr.DataArray)
    for dim in ("device", "cycle"):
        array = array if dim in array.dims else array.expand_dims(dim)
    if set(array.dims) != {"device", "cycle", "pulse"} or "pulse_voltage" not in array.coords:
        raise FitError(
            f"dims {tuple(array.dims)} and coordinates {tuple(array.coords)}; expected (device, "
            "cycle, pulse) and pulse_voltage"
        )
    values = array.transpose("device", "cycle", "pulse").values.astype(float)
    volts = array["pulse_voltage"].values.astype(float)
    upward = volts * potentiating_sign(values, volts) > 0
    if min(upward.sum(), (~upward).sum()) < 3:
        raise FitError(
            f"{upward.sum()} pulses up and {(~upward).sum()} down; expected three or more of each"
        )
    unit = str(array.attrs.get("units", "S"))
    return _levels(values, upward, unit, conductance, float(np.abs(volts).mean()))


def _levels(
    values: Array,
    upward: NDArray[np.bool_],
    unit: str,
    conductance: tuple[float, float] | None,
    volts: float,
) -> Ladders:
    if np.isfinite(values[..., 0]).sum() < values[..., 0].size:
        raise FitError("a ladder's first read is no number; leave that cycle out")
    low, high = np.nanpercentile(values, [0.5, 99.5])
    if not high > low:
        raise FitError(f"every level is {low:g}; expected a response to the pulses")
    center = 0.5 * (low + high)
    half = 0.5 * (high - low)
    stands = (float(low), float(high)) if unit == "S" else conductance or (1e-7, 1e-6)
    assumed = unit != "S" and conductance is None
    if unit == "S" and conductance is not None:
        raise FitError(
            "the file's conductances are in siemens; conductance = ... is for relative values"
        )
    if unit == "S" and high <= 0:
        raise FitError(
            f"conductances from {low:g} to {high:g} S; expected current of the sign of the voltage"
        )
    if unit == "S" and low < 0:
        raise FitError(
            f"conductances from {low:g} to {high:g} S, on both sides of zero: the levels do not "
            "stand out of the "
            "noise of the reads. The pulses are too weak to move the device, or the reads too "
            "noisy; give "
            "stronger or longer pulses, or a higher read voltage"
        )
    if not 0 <= stands[0] < stands[1]:
        raise FitError(
            f"conductances from {stands[0]:g} to {stands[1]:g} S; expected 0 <= least < largest"
        )
    levels = (values - center) / half
    return Ladders(levels, upward, float(center), float(half), unit, stands, assumed, volts)
