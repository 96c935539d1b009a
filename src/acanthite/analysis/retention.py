"""How long a state holds: what is left of a conductance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from acanthite.analysis.pulses import conductance

if TYPE_CHECKING:
    import xarray as xr


def retained(recording: xr.Dataset) -> xr.DataArray:
    """Return the conductance at the end of a retention test over that at its start.

    Parameters
    ----------
    recording : xarray.Dataset
        Dims (..., sample), reads in the order of time.

    Returns
    -------
    xarray.DataArray, dims (...)
    """
    g = conductance(recording)
    ratio = g.isel(sample=-1) / g.isel(sample=0)
    return ratio.assign_attrs(units="1", long_name="retained conductance")
