"""Recording -> curves: what each device was given and what came back, ready to be played to a law."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from acanthite.errors import FitError
from acanthite.quantities import accepts_quantities

if TYPE_CHECKING:
    import xarray as xr

Array = NDArray[np.float64]
Each = Literal["device", "cycle"]
_Played = tuple[Array, NDArray[np.bool_], Array, Array]
_SETTLED = 2.0  # a first sample later than this many typical intervals was not reached in one ramp


@dataclass(frozen=True)
class Curve:
    """One stretch of one device's life.

    Parameters
    ----------
    label : str
        Of the device, unique over all recordings of a fit.
    cycle : int
        Number of the cycle in its recording; -1 where the curve is all of them.
    segments : ndarray, shape (segment, 4)
        Duration [s], voltage at its start and end [V], current limit [A], as the compiled engine
        takes them.
    recorded : ndarray of bool, shape (segment,)
        Whether the end of a segment is compared.
    current : ndarray, shape (sample,)
        Measured at the recorded ends. [A]
    voltage : ndarray, shape (sample,)
        There. [V]
    cycles : ndarray of int, shape (sample,)
        Number of the cycle each sample belongs to.

    Examples
    --------
    >>> from acanthite.constants import mA
    >>> devices = ac.device.Filament.from_film(ac.film.grow()).sample(2, seed=1)
    >>> loops = ac.measurement.run(
    ...     devices, ac.measurement.Sweep(-0.5, 0.25, cycles=2, compliance=0.1 * mA)
    ... )
    >>> curve = ac.fitting.curves(loops)[0]
    >>> curve.label, curve.current.size, curve.segments.shape
    ('0', 600, (600, 4))
    """

    label: str
    cycle: int
    segments: Array
    recorded: NDArray[np.bool_]
    current: Array
    voltage: Array
    cycles: NDArray[np.int64]


@accepts_quantities
def curves(
    recordings: xr.Dataset | Iterable[xr.Dataset], each: Each = "device", rate: float | None = None
) -> list[Curve]:
    """Return the curves of recordings.

    Parameters
    ----------
    recordings : xarray.Dataset or iterable of them
        Recordings with dims (device, cycle, ...), of which device and cycle may be absent.
    each : {"device", "cycle"}
        One curve a device, all its cycles in a row; or one a cycle, the cycle before it played
        first unrecorded.
    rate : float, optional
        Speed of the sweep where the file has no times. [V/s]

    Returns
    -------
    list of Curve

    Raises
    ------
    FitError
        If there is nothing to fit, or times are missing and no rate is given.

    Examples
    --------
    >>> from acanthite.constants import mA
    >>> devices = ac.device.Filament.from_film(ac.film.grow()).sample(2, seed=1)
    >>> loops = ac.measurement.run(
    ...     devices, ac.measurement.Sweep(-0.5, 0.25, cycles=2, compliance=0.1 * mA)
    ... )
    >>> len(ac.fitting.curves(loops)), len(ac.fitting.curves(loops, each="cycle"))
    (2, 4)
    """
    import xarray as xr

    if each not in ("device", "cycle"):
        raise FitError(f"each = {each!r}; expected 'device' or 'cycle'")
    datasets = [recordings] if isinstance(recordings, xr.Dataset) else list(recordings)
    for dataset in datasets:
        for name in ("voltage", "current", "time"):
            if name not in dataset:
                raise FitError(
                    f"recording has no variable {name!r}; expected voltage [V], current [A] and "
                    "time [s]"
                )
    all_curves: list[Curve] = []
    for number, dataset in enumerate(datasets):
        prefix = f"{number}:" if len(datasets) > 1 else ""
        all_curves += _of_dataset(dataset, prefix, each, rate)
    if not all_curves:
        raise FitError(
            "no curve to fit: the recordings hold no device with eight or more finite samples"
        )
    return all_curves


def _of_dataset(dataset: xr.Dataset, prefix: str, each: Each, rate: float | None) -> list[Curve]:
    volts, amperes, times = (_table(dataset, name) for name in ("voltage", "current", "time"))
    if "applied" in dataset and "compliance" in dataset.attrs:
        volts = _table(dataset, "applied")
    shape = np.broadcast_shapes(volts.shape, amperes.shape, times.shape)
    volts, amperes, times = (np.broadcast_to(a, shape) for a in (volts, amperes, times))
    named = "device" in dataset.coords
    names = np.atleast_1d(dataset["device"].values) if named else range(shape[0])
    numbers = _cycle_numbers(dataset, shape[1])
    held = float(dataset.attrs.get("compliance") or np.inf)
    limits = np.broadcast_to(_table(dataset, "limit") if "limit" in dataset else held, shape)
    stretches = []
    for d, name in enumerate(names):
        cycles = [
            _steps(volts[d, c], amperes[d, c], times[d, c], limits[d, c], rate)
            for c in range(shape[1])
        ]
        played = [c for c, cycle in enumerate(cycles) if cycle[2].size]
        stretches += _curves_of(
            f"{prefix}{name}", [cycles[c] for c in played], numbers[played], each
        )
    return [curve for curve in stretches if curve.current.size >= 8]


def _cycle_numbers(dataset: xr.Dataset, count: int) -> NDArray[np.int64]:
    """Return the recording's own numbers of its cycles; counted from 1 where it has none."""
    if "cycle" in dataset.coords and dataset["cycle"].dtype.kind in "iu":
        return np.atleast_1d(dataset["cycle"].values).astype(np.int64)
    return np.arange(1, count + 1)


def _table(dataset: xr.Dataset, name: str) -> Array:
    """Return a variable with dims (device, cycle, sample); the inner dims of a program become one."""
    array = dataset[name]
    for dim in ("device", "cycle"):
        if dim not in array.dims:
            array = array.expand_dims(dim)
    inner = [d for d in dataset["current"].dims if d in array.dims and d not in ("device", "cycle")]
    values = array.transpose("device", "cycle", *inner).values.astype(float)
    return values.reshape(*values.shape[:2], -1)


def _steps(volts: Array, amperes: Array, times: Array, limit: Array, rate: float | None) -> _Played:
    """Return segments, recorded, current and voltage of one cycle, samples without a voltage left
    out.
    """
    there = np.isfinite(volts)
    volts = volts[there]
    amperes = amperes[there]
    times = times[there]
    limit = limit[there]
    if not volts.size:
        return np.empty((0, 4)), np.empty(0, bool), amperes, volts
    duration = sweep_durations(volts, times, rate)
    start = np.r_[0.0, volts[:-1]]  # a source comes from zero
    segments = np.column_stack([duration, start, volts, limit])
    recorded = np.isfinite(amperes)
    return segments, recorded, amperes[recorded], volts[recorded]


def sweep_durations(volts: Array, times: Array, rate: float | None) -> Array:
    """Return how long each sample of a sweep took to reach, from its times, or from its speed where
    that is given.

    Parameters
    ----------
    volts, times : ndarray, shape (sample,)
        [V], [s]
    rate : float, optional
        [V/s]

    Returns
    -------
    ndarray, shape (sample,)
        [s]

    Raises
    ------
    FitError
        If the rate is not positive, or there are neither rising times nor a rate.
    """
    if rate is not None:
        if not rate > 0:
            raise FitError(f"rate = {rate:g} V/s; expected more than zero")
        steps = np.abs(np.diff(volts, prepend=0.0)) / rate
        least = np.median(steps[steps > 0]) if (steps > 0).any() else 1.0
        return np.where(steps > 0, steps, least)  # a repeated voltage lasts as long as a step
    gaps = np.diff(times)
    if not np.isfinite(times).all() or not (gaps >= 0).all() or not (gaps > 0).any():
        raise FitError(
            "recording has no rising times; give the sweep's speed as rate (--rate on the command "
            "line) [V/s]"
        )
    typical = float(np.median(gaps[gaps > 0]))
    first = times[0] if 0 < times[0] <= _SETTLED * typical else typical
    return np.maximum(np.r_[first, gaps], 1e-6 * typical)


def _curves_of(
    label: str, cycles: Sequence[_Played], numbers: NDArray[np.int64], each: Each
) -> list[Curve]:
    if not cycles:
        return []
    if each == "device":
        parts = list(zip(*cycles, strict=True))
        segments, recorded, current, voltage = (np.concatenate(part) for part in parts)
        number = np.repeat(numbers, [c[2].size for c in cycles])
        return [Curve(label, -1, segments, recorded, current, voltage, number)]
    stretches = []
    for i, (segments, recorded, current, voltage) in enumerate(cycles):
        if i > 0:  # the state a cycle starts from is the one the cycle before left
            before = cycles[i - 1][0]
            segments = np.concatenate([before, segments])
            recorded = np.concatenate([np.zeros(len(before), bool), recorded])
        number = np.full(current.size, numbers[i])
        stretches.append(
            Curve(label, int(numbers[i]), segments, recorded, current, voltage, number)
        )
    return stretches
