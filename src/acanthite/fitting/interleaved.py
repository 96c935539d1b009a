"""Sweeps of one device that went into two recordings in turn, such as a book of SETs and one of
RESETs, put together again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from acanthite.analysis.sweeps.current_limit import current_limit
from acanthite.analysis.sweeps.excursions import find_excursions, ordered_sweeps
from acanthite.errors import AnalysisError, FitError

if TYPE_CHECKING:
    import xarray as xr

Array = NDArray[np.float64]

_SAME = 0.02  # e-folds: repeated loops follow each other as well in either order
_LOW = (
    0.02,
    0.1,
)  # of the largest voltage: where the conductance that a sweep finds and leaves is read


def halves(recordings: Sequence[xr.Dataset]) -> bool:
    """Return whether these are two recordings with sweeps to one sign and to the other, of as many
    cycles (or one more).

    Examples
    --------
    >>> device = ac.device.Filament.from_film(ac.film.grow()).sample(1, seed=1)
    >>> sets = ac.measurement.run(device, ac.measurement.Sweep(-0.5))
    >>> resets = ac.measurement.run(
    ...     device, ac.measurement.Sweep(0.5), after=ac.measurement.Sweep(-0.5)
    ... )
    >>> ac.fitting.halves([sets, resets]), ac.fitting.halves([sets, sets])
    (True, False)
    """
    if len(recordings) != 2:
        return False
    try:
        signs = [{e.sign for e in find_excursions(ordered_sweeps(r)[2])} for r in recordings]
    except AnalysisError:
        return False
    a, b = (r.sizes.get("cycle", 1) for r in recordings)
    one_device = all(r.sizes.get("device", 1) == 1 for r in recordings)
    return one_device and sorted(signs, key=str) == sorted([{1}, {-1}], key=str) and abs(a - b) <= 1


def interleave(first: xr.Dataset, second: xr.Dataset) -> xr.Dataset:
    """Return one recording whose cycles are a sweep of the one followed by a sweep of the other.

    Which came first is read from the data: a sweep finds the conductance that the one before it
    left. Where cycles are so alike that either order would do, a device starts in its high
    resistance.

    Parameters
    ----------
    first, second : xarray.Dataset
        Sweeps of one device, in any order.

    Returns
    -------
    xarray.Dataset
        With ``limit``, the current that each sample was held to: the recording's, or what is seen
        of it. [A]

    Raises
    ------
    FitError
        If there is more than one device, or the numbers of sweeps differ by more than one.

    Examples
    --------
    >>> device = ac.device.Filament.from_film(ac.film.grow()).sample(1, seed=1)
    >>> sets = ac.measurement.run(device, ac.measurement.Sweep(-0.5))
    >>> resets = ac.measurement.run(
    ...     device, ac.measurement.Sweep(0.5), after=ac.measurement.Sweep(-0.5)
    ... )
    >>> loop = ac.fitting.interleave(resets, sets)
    >>> dict(loop.sizes), float(loop.voltage[0, 0, 99])
    ({'device': 1, 'cycle': 1, 'sample': 400}, -0.5)
    """
    import xarray as xr

    if any(r.sizes.get("device", 1) > 1 for r in (first, second)):
        raise FitError("sweeps in turn: recordings of several devices; expected one device")
    parts = [_sweeps(r) for r in (first, second)]
    orders = [
        order for order in (parts, parts[::-1]) if 0 <= order[0].shape[1] - order[1].shape[1] <= 1
    ]
    if not orders:
        raise FitError(
            f"sweeps in turn: {parts[0].shape[1]} sweeps and {parts[1].shape[1]}; expected the "
            "same number, or one more of the first"
        )
    a, b = _likelier(orders)
    b = np.pad(b, ((0, 0), (0, a.shape[1] - b.shape[1]), (0, 0)), constant_values=np.nan)
    b[2] += a[2, :, -1:]
    whole = np.concatenate([a, b], axis=-1)[:, None]
    names = {"voltage": "V", "current": "A", "time": "s", "limit": "A"}
    combined = xr.Dataset(
        {
            n: (("device", "cycle", "sample"), values, {"units": unit})
            for (n, unit), values in zip(names.items(), whole, strict=True)
        },
        attrs={k: v for k, v in first.attrs.items() if k != "compliance"},
    )
    return combined.assign_attrs(
        file=", ".join(str(r.attrs.get("file", "")) for r in (first, second))
    )


def _sweeps(recording: xr.Dataset) -> Array:
    """Return voltage, current, time and limit, shape (4, cycle, sample)."""
    v, i, _ = ordered_sweeps(recording)
    time = recording["time"].broadcast_like(recording["current"]).transpose(..., "sample").values
    limit = np.full(v.shape, current_limit(recording))
    return np.stack([v[0], i[0], time.reshape(v.shape)[0], limit[0]])


def _likelier(orders: Sequence[Sequence[Array]]) -> Sequence[Array]:
    """Return the order in which sweeps find what was left; the one that begins in the higher
    resistance where both do.
    """
    first, *other = sorted(
        orders, key=lambda order: float(np.nanmedian(_found_and_left(order[0])[:, 0]))
    )
    if other and _discontinuity(other[0]) < 0.5 * _discontinuity(first) - _SAME:
        return other[0]
    return first


def _discontinuity(order: Sequence[Array]) -> float:
    """Return the mean jump of the logarithm of conductance from the end of each sweep to the start
    of the next.
    """
    ends = [_found_and_left(part) for part in order]
    n = len(ends[1])
    inside = ends[0][:n, 1] - ends[1][:, 0]
    across = ends[1][: len(ends[0]) - 1, 1] - ends[0][1 : n + 1, 0]
    return float(np.nanmedian(np.abs(np.r_[inside, across])))


def _found_and_left(part: Array) -> Array:
    """Return the logarithm of conductance at low voltage on the way out and on the way back, shape
    (cycle, 2).
    """
    v, i = np.abs(part[0]), np.abs(part[1])
    top = np.nanmax(v)
    low = (v > _LOW[0] * top) & (v < _LOW[1] * top)
    early = np.arange(v.shape[1]) < v.shape[1] // 2
    with np.errstate(divide="ignore", invalid="ignore"):
        g = np.where(low & (i > 0), np.log(i / v), np.nan)
    return np.column_stack(
        [np.nanmedian(np.where(side, g, np.nan), axis=1) for side in (early, ~early)]
    )
