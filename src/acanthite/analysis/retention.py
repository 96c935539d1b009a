"""How long a state holds: what is left of a conductance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite.analysis.pulses import conductance
from acanthite.errors import AnalysisError

if TYPE_CHECKING:
    import xarray as xr


def retained(recording: xr.Dataset) -> xr.DataArray:
    """Return the conductance at the end of a retention test over that at its start.

    Parameters
    ----------
    recording : xarray.Dataset
        ``conductance``, or ``current`` and ``voltage``, dims (..., sample), reads in the order of
        time; not-a-numbers, such as those after the end of a shorter test, are left out.

    Returns
    -------
    xarray.DataArray, dims (...)
        Not-a-number where there is no read.

    Raises
    ------
    AnalysisError
        If the recording has no conductance, or none along ``sample``.

    Examples
    --------
    >>> devices = ac.device.Filament.from_film(ac.film.grow()).sample(2, seed=1)
    >>> test = ac.measurement.Retention(duration=1e3, points=10)
    >>> kept = ac.analysis.retained(
    ...     ac.measurement.run(devices, test, after=ac.measurement.Sweep(-0.5))
    ... )
    >>> kept.dims, f"{float(kept.min()):.0%} at least"
    (('device', 'cycle'), '100% at least')
    """
    g = conductance(recording)
    if "sample" not in g.dims:
        raise AnalysisError(f"retained: conductance has dims {g.dims}; expected (..., sample)")
    g = g.transpose(..., "sample")
    known = np.isfinite(g.values)
    first = np.argmax(known, axis=-1)
    last = g.sizes["sample"] - 1 - np.argmax(known[..., ::-1], axis=-1)
    start, end = (np.take_along_axis(g.values, k[..., None], -1)[..., 0] for k in (first, last))
    ratio = g.isel(sample=-1, drop=True).copy(data=end / start)
    return ratio.assign_attrs(units="1", long_name="retained conductance")
