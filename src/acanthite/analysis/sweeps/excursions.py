"""A sweep cut into excursions: from zero out to an extreme of one sign and back."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from acanthite.errors import AnalysisError
from acanthite.quantities import accepts_quantities

if TYPE_CHECKING:
    import xarray as xr

_ZERO = 1e-3  # of the largest voltage: readback below it is zero volts
_LEAST = 4  # samples a way out must have


@dataclass(frozen=True)
class Excursion:
    """One way out and back.

    Parameters
    ----------
    sign : int
        Of the voltage.
    out, back : slice
        Samples up to and from the extreme; ``back`` is empty where the sweep ends there.

    Examples
    --------
    >>> import numpy as np
    >>> drive = np.array([0.1, 0.2, 0.3, 0.4, 0.3, 0.2, 0.1, 0.0])
    >>> (excursion,) = ac.analysis.find_excursions(drive)
    >>> excursion.sign, drive[excursion.out].tolist(), drive[excursion.back].tolist()
    (1, [0.1, 0.2, 0.3, 0.4], [0.4, 0.3, 0.2, 0.1])
    """

    sign: int
    out: slice
    back: slice


@accepts_quantities
def find_excursions(drive: NDArray[np.float64]) -> list[Excursion]:
    """Return the excursions of a sweep, in the order of time.

    Parameters
    ----------
    drive : ndarray, shape (sample,)
        What the source was set to. [V]

    Returns
    -------
    list of Excursion
        Those with at least four samples on the way out; a return that was never gone out is left
        out.

    Examples
    --------
    >>> import numpy as np
    >>> drive = np.array([-0.1, -0.2, -0.3, -0.4, -0.2, 0.0, 0.1, 0.2, 0.3, 0.4, 0.2, 0.0])
    >>> [excursion.sign for excursion in ac.analysis.find_excursions(drive)]
    [-1, 1]
    """
    side = np.where(
        np.abs(drive) > _ZERO * np.nanmax(np.abs(drive), initial=0.0), np.sign(drive), 0
    ).astype(int)
    edges = np.flatnonzero(np.diff(side, prepend=0, append=0))
    excursions = []
    for start, stop in pairwise(edges):
        sign = int(side[start])
        if sign == 0:
            continue
        size = np.abs(drive[start:stop])
        high = np.flatnonzero(size >= size.max() * (1 - 1e-9))
        first = int(start + high[0])
        last = int(start + high[-1])
        if first + 1 - start >= _LEAST:
            excursions.append(
                Excursion(sign, slice(int(start), first + 1), slice(last, max(int(stop), last)))
            )
    return excursions


def ordered_sweeps(
    recording: xr.Dataset,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return voltage, current (device, cycle, sample) and what the source was set to (sample).

    Parameters
    ----------
    recording : xarray.Dataset
        With dim ``sample``; ``device`` and ``cycle`` are added where they are missing.

    Raises
    ------
    AnalysisError
        If it is no recording, or the current has no dim ``sample``, other dims, or fewer than two
        finite samples.
    """
    if isinstance(recording, list | tuple):
        raise AnalysisError(
            f"sweep analysis: a list of {len(recording)}; expected one recording: of the list that "
            "acanthite.measurement.read gives, take one"
        )
    dims = set(recording["current"].dims)
    if "sample" not in dims or dims - {"device", "cycle", "sample"}:
        raise AnalysisError(
            f"sweep analysis: current has dims {recording['current'].dims}; expected (device, "
            "cycle, sample)"
        )
    missing = [d for d in ("device", "cycle") if d not in dims]
    voltage, current = (
        recording[n]
        .broadcast_like(recording["current"])
        .expand_dims(missing)
        .transpose("device", "cycle", "sample")
        for n in ("voltage", "current")
    )
    v, i = np.asarray(voltage.values, float), np.asarray(current.values, float)
    measured = np.isfinite(v) & np.isfinite(i)
    if measured.sum() < 2:
        raise AnalysisError(
            f"sweep analysis: {measured.sum()} finite samples; expected a sweep of at least two"
        )
    return v, i, _drive(recording, v)


def _drive(recording: xr.Dataset, v: NDArray[np.float64]) -> NDArray[np.float64]:
    if "applied" in recording and recording["applied"].dims == ("sample",):
        return np.asarray(recording["applied"].values, float)
    flat = v.reshape(-1, v.shape[-1])
    whole = flat[np.isfinite(flat).all(-1)]
    if whole.size:
        return np.median(whole[:1001], axis=0)
    if np.isfinite(flat).any(0).all():  # every sweep has gaps, but not at the same samples
        return np.nanmedian(flat, axis=0)
    raise AnalysisError(
        "sweep analysis: no sweep is complete; give sweeps of one length without gaps"
    )
