"""Resistance of both states at a read voltage, from sweeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from acanthite.analysis.events import Events, SwitchingEvents, find_events
from acanthite.analysis.excursions import ordered_sweeps
from acanthite.errors import AnalysisError

if TYPE_CHECKING:
    import xarray as xr

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Resistances:
    """Both states of every cycle.

    Parameters
    ----------
    lrs, hrs : ndarray, shape (device, cycle)
        Not-a-number where the state was not reached, or not left before the read voltage. [Ω]
    lrs_is_bound : ndarray of bool, shape (device, cycle)
        The current was held by the compliance: the resistance is at most this.
    hrs_is_bound : ndarray of bool, shape (device, cycle)
        The current was not told from noise: the resistance is at least this.
    read_voltage : float
        Signed. [V]
    """

    lrs: Array
    hrs: Array
    lrs_is_bound: NDArray[np.bool_]
    hrs_is_bound: NDArray[np.bool_]
    read_voltage: float

    @property
    def ratio(self) -> Array:
        """HRS over LRS resistance, shape (device, cycle)."""
        return self.hrs / self.lrs


def resistances(
    *recordings: xr.Dataset, read_voltage: float | None = None, events: SwitchingEvents | None = None
) -> Resistances:
    """Read both states off sweeps, each from the way on which the device is in it.

    Where a sweep sets, HRS is read on the way out and LRS on the way back; a sweep that resets is used where nothing
    sets. Current is interpolated between samples.

    Parameters
    ----------
    *recordings : xarray.Dataset
        As for :func:`find_events`.
    read_voltage : float, optional
        Its size counts, the sign is that of the sweep; a tenth of the extreme without it. [V]
    events : SwitchingEvents, optional
        What :func:`find_events` found in the same recordings.

    Returns
    -------
    Resistances

    Raises
    ------
    AnalysisError
        If nothing switches, or the sweep does not reach the read voltage.
    """
    events = events or find_events(*recordings)
    event = events.first("set") or events.first("reset")
    if event is None:
        raise AnalysisError("resistances: no sweep sets or resets; there are not two states to read")
    v, i, drive = ordered_sweeps(recordings[event.recording])
    size = np.abs(drive)
    top = size[event.excursion.out].max()
    level = 0.1 * top if read_voltage is None else abs(read_voltage)
    if not 0 < level <= top:
        raise AnalysisError(f"read_voltage={read_voltage} V: expected within the sweep, up to {top:g} V")
    out, back = (
        _read(v[..., p], i[..., p], size[p], level) for p in (event.excursion.out, event.excursion.back)
    )
    return _states(event, out, back, level)


def _read(v: Array, i: Array, size: Array, level: float) -> tuple[Array, Array, Array]:
    """Return resistance, current and noise of the current at ``level``, each of shape (device, cycle)."""
    if size.size < 2:
        nothing = np.full(v.shape[:2], np.nan)
        return nothing, nothing, nothing
    order = np.argsort(size, kind="stable")
    right = int(np.clip(np.searchsorted(size[order], level), 1, size.size - 1))
    a, b = order[right - 1], order[right]
    share = np.clip((level - size[a]) / max(size[b] - size[a], np.finfo(float).tiny), 0, 1)
    current, voltage = ((1 - share) * x[..., a] + share * x[..., b] for x in (i, v))
    near = order[max(right - 6, 0) : right + 6]
    second = np.diff(i[..., np.sort(near)], 2, axis=-1)
    noise = (
        1.4826 * np.median(np.abs(second), axis=-1) / np.sqrt(6) if second.size else np.zeros_like(current)
    )
    told = np.maximum(np.abs(current), 3 * noise)
    with np.errstate(divide="ignore"):
        return np.abs(voltage) / told, np.abs(current), noise


def _states(
    event: Events, out: tuple[Array, Array, Array], back: tuple[Array, Array, Array], level: float
) -> Resistances:
    before = np.isnan(event.voltage) | (np.abs(event.voltage) > level)
    switched = np.isfinite(event.voltage)
    first, after = np.where(before, out[0], np.nan), np.where(switched, back[0], np.nan)
    (lrs, lrs_read), (hrs, hrs_read) = (
        ((after, back), (first, out)) if event.kind == "set" else ((first, out), (after, back))
    )
    return Resistances(
        lrs,
        hrs,
        lrs_read[1] >= 0.98 * event.compliance,
        hrs_read[1] < 3 * hrs_read[2],
        event.excursion.sign * level,
    )
