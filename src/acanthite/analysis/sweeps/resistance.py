"""Resistance of both states at a read voltage, from sweeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from acanthite.analysis.sweeps.events import find_events
from acanthite.analysis.sweeps.excursions import ordered_sweeps
from acanthite.analysis.sweeps.switching_events import Events, SwitchingEvents
from acanthite.display import Plotted
from acanthite.errors import AnalysisError
from acanthite.quantities import accepts_quantities

if TYPE_CHECKING:
    import xarray as xr

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Resistances(Plotted, picture="acanthite.analysis.result_drawings:resistances"):
    """Both states of every cycle.

    Parameters
    ----------
    lrs, hrs : ndarray, shape (device, cycle)
        Not-a-number where the state was not reached, or not left before the read voltage; both
        where the sweep was not measured or has gaps. [Ω]
    lrs_error, hrs_error : ndarray, shape (device, cycle)
        Standard errors, from how the current scatters about its course at the read voltage. [Ω]
    lrs_is_bound : ndarray of bool, shape (device, cycle)
        The current was held by the compliance: the resistance is at most this.
    hrs_is_bound : ndarray of bool, shape (device, cycle)
        The current is within the noise: the resistance is at least this.
    read_voltage : float
        Signed. [V]

    Examples
    --------
    >>> from acanthite.constants import mA
    >>> devices = ac.device.Filament.from_film(ac.film.grow()).sample(2, seed=1)
    >>> loops = ac.measurement.run(
    ...     devices, ac.measurement.Sweep(-0.5, 0.25, cycles=2, compliance=0.1 * mA)
    ... )
    >>> states = ac.analysis.resistances(loops, read_voltage=0.05)
    >>> print(
    ...     f"LRS {float(states.lrs[0, 1]) / 1e3:.1f} kohm, HRS {float(states.ratio[0, 1]):.0e} times as much"
    ... )
    LRS 1.0 kohm, HRS 8e+05 times as much
    """

    lrs: Array
    hrs: Array
    lrs_error: Array
    hrs_error: Array
    lrs_is_bound: NDArray[np.bool_]
    hrs_is_bound: NDArray[np.bool_]
    read_voltage: float

    @property
    def ratio(self) -> Array:
        """HRS over LRS resistance, shape (device, cycle)."""
        return self.hrs / self.lrs


@accepts_quantities
def resistances(
    *recordings: xr.Dataset,
    read_voltage: float | None = None,
    events: SwitchingEvents | None = None,
) -> Resistances:
    """Read both states off sweeps, each from the way on which the device is in it.

    Where a sweep sets, HRS is read on the way out and LRS on the way back; a sweep that resets is
    used where nothing sets. Current is interpolated between samples.

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

    Examples
    --------
    >>> from acanthite.constants import mA
    >>> devices = ac.device.Filament.from_film(ac.film.grow()).sample(2, seed=1)
    >>> loops = ac.measurement.run(
    ...     devices, ac.measurement.Sweep(-0.5, 0.25, cycles=2, compliance=0.1 * mA)
    ... )
    >>> states = ac.analysis.resistances(loops, read_voltage=0.05)
    >>> states.lrs.shape, states.read_voltage, bool((states.ratio > 1e5).all())
    ((2, 2), -0.05, True)
    """
    events = events or find_events(*recordings)
    event = events.first("set") or events.first("reset")
    if event is None:
        raise AnalysisError(
            "resistances: no sweep sets or resets; there are not two states to read"
        )
    v, i, drive = ordered_sweeps(recordings[event.recording])
    size = np.abs(drive)
    top = size[event.excursion.out].max()
    level = 0.1 * top if read_voltage is None else abs(read_voltage)
    if not 0 < level <= top:
        raise AnalysisError(
            f"read_voltage={read_voltage} V: expected within the sweep, up to {top:g} V"
        )
    out, back = (
        _read(v[..., p], i[..., p], size[p], level)
        for p in (event.excursion.out, event.excursion.back)
    )
    return _states(event, out, back, level)


class _Read(NamedTuple):
    """Resistance, its error, current and noise of a current sample, each of shape (device, cycle)."""

    resistance: Array
    error: Array
    current: Array
    noise: Array


def _read(v: Array, i: Array, size: Array, level: float) -> _Read:
    """Return what is read at ``level``."""
    if size.size < 2:
        return _Read(*[np.full(v.shape[:2], np.nan)] * 4)
    order = np.argsort(size, kind="stable")
    right = int(np.clip(np.searchsorted(size[order], level), 1, size.size - 1))
    a = order[right - 1]
    b = order[right]
    share = np.clip((level - size[a]) / max(size[b] - size[a], np.finfo(float).tiny), 0, 1)
    current, voltage = ((1 - share) * x[..., a] + share * x[..., b] for x in (i, v))
    near = order[max(right - 6, 0) : right + 6]
    second = np.diff(i[..., np.sort(near)], 2, axis=-1)
    noise = (
        1.4826 * np.median(np.abs(second), axis=-1) / np.sqrt(6)
        if second.size
        else np.zeros_like(current)
    )
    measurable = np.maximum(np.abs(current), 3 * noise)
    with np.errstate(divide="ignore"):
        resistance = np.abs(voltage) / measurable
        error = resistance * noise * np.hypot(share, 1 - share) / measurable
    return _Read(resistance, error, np.abs(current), noise)


def _states(event: Events, out: _Read, back: _Read, level: float) -> Resistances:
    """Return which state is read on each way, cycle by cycle: a cycle may do the opposite of most."""
    size, preceding = np.abs(event.voltage), np.abs(event.preceding_voltage)
    first = event.searched & ~(size <= level) & ~(preceding > level)
    after = event.detected & ~event.undone
    opposite = event.opposite
    unchanged = event.missed & ~opposite
    first &= ~opposite & ~(unchanged & _like(out, back, first & event.detected, after))
    before = _merged((out, first), (back, opposite))
    later = _merged((back, after), (out, opposite))
    hrs, lrs = (before, later) if event.kind == "set" else (later, before)
    is_lrs, is_hrs = np.isfinite(lrs.resistance), np.isfinite(hrs.resistance)
    return Resistances(
        lrs.resistance,
        hrs.resistance,
        lrs.error,
        hrs.error,
        is_lrs & (lrs.current >= 0.98 * event.compliance),
        is_hrs & (hrs.current < 3 * hrs.noise),
        event.excursion.sign * level,
    )


def _merged(*parts: tuple[_Read, NDArray[np.bool_]]) -> _Read:
    """Return what is read where each part holds, not-a-number elsewhere."""
    whole = [np.full(parts[0][1].shape, np.nan) for _ in _Read._fields]
    for read, chosen in parts:
        whole = [np.where(chosen, new, old) for new, old in zip(read, whole, strict=True)]
    return _Read(*whole)


def _like(
    out: _Read, back: _Read, first: NDArray[np.bool_], after: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Return which cycles conduct on the way out rather as others do after the event than before
    it.
    """
    if not (first.any() and after.any()):
        return np.zeros(first.shape, bool)
    with np.errstate(divide="ignore", invalid="ignore"):
        middle = 0.5 * (
            np.log(np.median(out.resistance[first])) + np.log(np.median(back.resistance[after]))
        )
        falls = np.median(back.resistance[after]) < np.median(out.resistance[first])
        lower = np.log(out.resistance) < middle
    return lower == falls
